"""Calls that leave the hub: posted once, within bounds of time and size, never to where it must not call."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache

from ..addresses import Address, Resolve, addresses, reachable

SECONDS = 20.0
"""How long a call may take in all, from the look-up of the name to the answer's head; less than a job is leased for."""

CONNECT_SECONDS = 5.0
"""How long one of a receiver's addresses may take to be connected to, before the next one is tried."""

BODY_LIMIT = 8 * 1024 * 1024
"""The largest body that is posted, in bytes. It is refused rather than split: one call reports on one request."""

ANSWER_LIMIT = 64 * 1024
"""How much of an answer is read, in bytes."""

LINGER_SECONDS = 1.0
"""How long the rest of an answer is read whose status is known, so that its sender can end in peace."""

PIECE = 64 * 1024

_STATUS = re.compile(rb"HTTP/1\.[0-9] ([1-5][0-9]{2})(?: [^\r\n]*)?$")


class CallError(OSError):
    """What came back, or did not, is not an answer."""


@dataclass(frozen=True)
class Reply:
    """What a receiver answered: a status, and after how many seconds it wants to be called again, if it says so."""

    status: int
    again: float | None = None


def post(
    address: Address,
    body: bytes,
    headers: Mapping[str, str],
    *,
    resolve: Resolve = addresses,
    seconds: float = SECONDS,
) -> Reply:
    """Post a body and give the answer's status; redirects are not followed, and proxies not asked.

    Raises `OSError` when there is no answer in time, and `UnreachableError` when the address may not be called.
    """
    until = time.monotonic() + seconds
    with closing(_connect(address, resolve, until)) as connection:
        said = {"Host": address.authority, **headers, "Content-Length": str(len(body)), "Connection": "close"}
        head = [f"POST {address.target} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items()), "", ""]
        _send(connection, "\r\n".join(head).encode("ascii") + body, until)
        return _reply(connection, until)


def _left(until: float) -> float:
    """The seconds that are left; a receiver that says a little now and then gets no more of them."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    return left


# ---- connecting


def _connect(address: Address, resolve: Resolve, until: float) -> socket.socket:
    error: OSError = CallError("it has no address")
    for found in reachable(address.host, address.port, _in_time(resolve, until)):
        try:
            connection = socket.create_connection((found, address.port), min(_left(until), CONNECT_SECONDS))
        except OSError as failed:
            error = failed
            continue
        if not address.secure:
            return connection
        try:
            connection.settimeout(_left(until))
            return _tls().wrap_socket(connection, server_hostname=address.host)
        except BaseException:
            connection.close()
            raise
    raise error


@cache
def _tls() -> ssl.SSLContext:
    """Certificates are checked, and for the host that was named rather than the address that was found."""
    return ssl.create_default_context()


def _in_time(resolve: Resolve, until: float) -> Resolve:
    """A look-up that ends in time: the system's own takes as long as the slowest server of names lets it."""

    def look_up(host: str, port: int) -> list[str]:
        found: list[list[str] | OSError | UnicodeError] = []

        def run() -> None:
            try:
                found.append(resolve(host, port))
            except (OSError, UnicodeError) as error:
                found.append(error)

        thread = threading.Thread(target=run, name="look-up", daemon=True)
        thread.start()
        thread.join(_left(until))
        if not found:
            raise TimeoutError("its name could not be looked up in time")
        if isinstance(found[0], Exception):
            raise CallError(f"its name could not be looked up: {found[0]}") from found[0]
        return found[0]

    return look_up


# ---- sending and receiving


def _send(connection: socket.socket, whole: bytes, until: float) -> None:
    rest = memoryview(whole)
    while rest:
        connection.settimeout(_left(until))
        rest = rest[connection.send(rest[:PIECE]) :]


def _reply(connection: socket.socket, until: float) -> Reply:
    got = b""
    while True:
        head, ended, rest = got.partition(b"\r\n\r\n")
        if not ended:
            got += _some(connection, ANSWER_LIMIT - len(got), until)
            continue
        lines = head.split(b"\r\n")
        status = _STATUS.match(lines[0])
        if status is None:
            raise CallError("it did not answer in HTTP")
        # RFC 9110 §15.2: any number of interim answers may come before the answer.
        if status[1][:1] != b"1" or status[1] == b"101":
            break
        got = rest
    fields = {n.strip().lower(): v.strip() for n, _, v in (line.partition(b":") for line in lines[1:])}
    _drain(connection, len(rest), fields.get(b"content-length", b""), until)
    return Reply(int(status[1]), _seconds(fields.get(b"retry-after", b"").decode("latin-1")))


def _some(connection: socket.socket, most: int, until: float) -> bytes:
    if most <= 0:
        raise CallError(f"its answer's head is larger than {ANSWER_LIMIT // 1024} KB")
    connection.settimeout(_left(until))
    some = connection.recv(min(most, PIECE))
    if not some:
        raise CallError("it hung up without an answer")
    return some


def _drain(connection: socket.socket, read: int, length: bytes, until: float) -> None:
    """Read what else comes at once, up to the limit: a connection that is closed on it looks like a fault to some."""
    most = min(int(length), ANSWER_LIMIT) if length.isdigit() and len(length) < 20 else ANSWER_LIMIT
    until = min(until, time.monotonic() + LINGER_SECONDS)
    with suppress(OSError):
        while read < most:
            read += len(_some(connection, most - read, until))


def _seconds(said: str, now: Callable[[], float] = time.time) -> float | None:
    """What `Retry-After` says (RFC 9110 §10.2.3), in seconds; None for nothing that can be understood."""
    if said.isdigit() and len(said) < 10:
        return float(said)
    try:
        return max(parsedate_to_datetime(said).timestamp() - now(), 0.0)
    except (ValueError, OverflowError):
        return None
