"""A client that costs next to nothing: one blocking socket, kept alive, that counts bytes and looks at the clock."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Any

LAST_CHUNK = b"0\r\n\r\n"
IDLE = 2.0
"""Seconds after which a connection is made anew before it is used: servers drop those that were idle for some."""


@dataclass(frozen=True)
class Timing:
    """When an answer's first byte of content and its last byte were there, in seconds since the request was sent."""

    first: float
    total: float
    size: int


class Wire:
    """A connection to one server, kept open between requests."""

    def __init__(self, port: int, authorization: str = "") -> None:
        self.port = port
        self.authorization = authorization
        self.buffer = bytearray(1 << 20)
        self.view = memoryview(self.buffer)
        self.connect()

    def connect(self) -> None:
        """Open the connection."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=600)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.used = perf_counter()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.socket.close()

    def request(self, path: str, body: bytes | None = None) -> bytes:
        """A GET as it goes over the wire, or a POST of JSON."""
        guard = f"Authorization: {self.authorization}\r\n" if self.authorization else ""
        sent = "" if body is None else f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        method = "GET" if body is None else "POST"
        return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{guard}{sent}\r\n".encode() + (body or b"")

    def time(self, path: str) -> Timing:
        """Send a request, read the answer without looking at it."""
        return self._exchange(self.request(path), None)

    def post(self, path: str, body: bytes) -> Timing:
        """POST JSON, read the answer without looking at it; raises unless it went well."""
        return self._exchange(self.request(path, body), None)

    def raw(self, path: str) -> bytes:
        """The whole answer as it came, headers and framing included."""
        kept: list[bytes] = []
        self._exchange(self.request(path), kept)
        answer = b"".join(kept)
        # Xporter tells errors with status 200.
        if b'"ExceptionMessage"' in answer[:2000]:
            raise ConnectionError(answer.decode())
        return answer

    def json(self, path: str) -> Any:
        """The content of an answer."""
        return json.loads(content(self.raw(path)))

    def _exchange(self, request: bytes, kept: list[bytes] | None) -> Timing:
        if perf_counter() - self.used > IDLE:
            self.socket.close()
            self.connect()
        began = perf_counter()
        self.socket.sendall(request)
        head, size, first = b"", 0, 0.0
        while b"\r\n\r\n" not in head:
            count = self._read(kept)
            size += count
            head += bytes(self.view[:count])
        at = head.index(b"\r\n\r\n") + 4
        if size > at:
            first = perf_counter()
        length = _length(head[:at])
        tail = head[at:][-len(LAST_CHUNK) :]
        while size < at + length if length is not None else tail != LAST_CHUNK:
            count = self._read(kept)
            first = first or perf_counter()
            size += count
            tail = (tail + bytes(self.view[max(0, count - 5) : count]))[-len(LAST_CHUNK) :]
        self.used = ended = perf_counter()
        return Timing((first or ended) - began, ended - began, size - at)

    def _read(self, kept: list[bytes] | None) -> int:
        count = self.socket.recv_into(self.buffer)
        if not count:
            raise ConnectionError("the server hung up")
        if kept is not None:
            kept.append(bytes(self.view[:count]))
        return count


def _length(head: bytes) -> int | None:
    """The length that the headers announce; None when the content comes in chunks."""
    if head.split(b" ", 2)[1] not in (b"200", b"201"):
        raise ConnectionError(head.decode("latin-1"))
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return None


def content(answer: bytes) -> bytes:
    """An answer's content, without headers and chunk framing."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if _length(head + b"\r\n") is not None:
        return body
    found: list[bytes] = []
    at = 0
    while True:
        end = body.index(b"\r\n", at)
        size = int(body[at:end], 16)
        if not size:
            return b"".join(found)
        found.append(body[end + 2 : end + 2 + size])
        at = end + 4 + size
