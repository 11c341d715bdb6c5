"""Requests as they come: whose they are, whether they say one thing only, and their bodies, within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from ..errors import Malformed, Problem, TooLarge, Unavailable
from .asgi import Receive, Scope, client
from .messages import Handler, Request, Response
from .refusing import held_off

BODY_LIMIT = 32 * 1024 * 1024
"""The largest request that is read, in bytes; as Edlink's documentation gives for its service."""

BODIES_LIMIT = 128 * 1024 * 1024
"""How many bytes of requests are held at a time, of all callers."""

HOST = re.compile(rb"[A-Za-z0-9\-._~%!$&'()*+,;=:\[\]]*")
"""What a host and its port are written with (RFC 3986 §3.2)."""


class Receiver:
    """Finds the dialect of each path, and reads the requests to it."""

    def __init__(self, handlers: Iterable[Handler], fallback: Handler) -> None:
        prefixes = ((prefix.lower(), handler) for handler in handlers for prefix in handler.prefixes)
        self._routes = sorted(prefixes, key=lambda route: len(route[0]), reverse=True)
        # The longest first; one search instead of a comparison with each.
        self._prefixes = re.compile("|".join(f"({re.escape(prefix)})" for prefix, _ in self._routes))
        self._fallback = fallback
        self._held = 0
        """How many bytes of bodies are held by requests that have not been answered."""

    async def receive(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive
    ) -> tuple[Request, Handler, Response | None]:
        """The request and whose it is; a response at once when it is too large.

        The bytes of its body count as held until the request is `done`.
        """
        request, handler = self.begun(scope, headers)
        body, error = await self._body(receive)
        if error is None:
            return request.but(body=body) if body else request, handler, None
        self._held -= len(body)
        if isinstance(error, Unavailable):
            return request, handler, held_off(handler, request, error)
        return request, handler, handler.refuse(request, error)

    async def _body(self, receive: Receive) -> tuple[bytes, Exception | None]:
        """What came of a body, and why it is not taken."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                # Half a request must not be taken for a whole one.
                return bytes(body), Malformed("the request was cut off")
            part = message.get("body", b"")
            body += part
            self._held += len(part)
            error = self._too_large(len(body))
            if error is not None or not message.get("more_body"):
                return bytes(body), error

    def _too_large(self, size: int) -> Exception | None:
        if size > BODY_LIMIT:
            return TooLarge(f"the body is larger than {BODY_LIMIT // 1024 // 1024} MB")
        if self._held > BODIES_LIMIT:
            return Unavailable("too many large requests arrive at once", hint="try again in a few seconds")
        return None

    def done(self, request: Request) -> None:
        """A request was answered: its body is held no longer."""
        self._held -= len(request.body)

    def begun(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[Request, Handler]:
        """A request without its body, and whose it is."""
        raw = scope["raw_path"]
        # A proxy's client sends the absolute form (RFC 9112 §3.2.2).
        path, sent = scope["path"], raw.decode("latin-1")
        if raw.lower().startswith((b"http://", b"https://")):
            sent = "/" + sent.split("://", 1)[1].partition("/")[2]
            path = unquote(sent)
        request = Request(
            scope["method"],
            path,
            scope["query_string"],
            headers,
            scheme=scope.get("scheme", "http"),
            client=client(scope),
            raw_path=sent,
        )
        return request, self.handler(path)

    def handler(self, path: str) -> Handler:
        """The dialect that a path belongs to."""
        # A base address that ends in a slash gives `//api/…`.
        lower = re.sub("//+", "/", path.lower())
        found = self._prefixes.match(lower)
        return self._routes[found.lastindex - 1][1] if found and found.lastindex else self._fallback


def wrong(scope: Scope, headers: dict[bytes, bytes]) -> Malformed | None:
    """What is wrong with a request whose headers say two things, or name an impossible host (RFC 9112 §3.2)."""
    if len(headers) != len(scope["headers"]) or not HOST.fullmatch(headers.get(b"host", b"")):
        return _ambiguous(scope)
    return _no_host() if b"host" not in headers and scope.get("http_version") == "1.1" else None


def _ambiguous(scope: Scope) -> Malformed | None:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) > 1:
        return Malformed(Problem("Host", "is sent more than once", "send exactly one Host header"))
    if hosts and not HOST.fullmatch(hosts[0]):
        return Malformed(Problem("Host", "is not a valid host name", "send the host and port of the address"))
    if sum(name == b"authorization" for name, _ in scope["headers"]) > 1:
        return Malformed(Problem("Authorization", "is sent more than once", "send exactly one Authorization header"))
    return None if hosts or scope.get("http_version") != "1.1" else _no_host()


def _no_host() -> Malformed:
    return Malformed(Problem("Host", "is missing", "send a Host header, as HTTP/1.1 requires"))
