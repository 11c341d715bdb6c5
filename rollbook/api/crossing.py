"""Requests of browsers from other origins (CORS): answered for sandboxes of the app that named one, and else not.

A browser asks first (Fetch, CORS-preflight). No credentials of its own are taken: a token stands in the request.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..consent import Desk
from ..errors import NotHeld
from .messages import Request, Response

APIS = frozenset({"xporter", "edfi", "edlink", "oneroster"})
"""The dialects that browsers may call from elsewhere."""

_EXPOSED = b"ETag, Link, Location, X-Total-Count, Total-Count, X-Request-Id, Retry-After, WWW-Authenticate"
_ASKED = (
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Accept, If-Match, If-None-Match, Prefer,"
     b" X-Request-Id, Use-Snapshot"),
    (b"access-control-max-age", b"600"),
)  # fmt: skip


@dataclass
class Crossed:
    """A request from another origin, and whether whoever sends it may be told the answer there."""

    origin: bytes
    allowed: bool = False

    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """What lets the browser tell its page the answer."""
        vary = (b"vary", b"origin")
        allowed = (b"access-control-allow-origin", self.origin), (b"access-control-expose-headers", _EXPOSED)
        return (*allowed, vary) if self.allowed else (vary,)


class Crossing:
    """Decides which browsers may call from where."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def knows(self, crossed: Crossed) -> bool:
        """Whether an app named the origin."""
        return bool(self.desk.origins.apps(crossed.origin.decode("latin-1")))

    def preflight(self, request: Request, crossed: Crossed) -> Response | None:
        """The answer to a browser that asks whether it may call; None where it does not ask."""
        if request.method != "OPTIONS" or not request.header("access-control-request-method"):
            return None
        crossed.allowed = True
        return Response(b"", 204, _ASKED)

    def check(self, crossed: Crossed, caller: str) -> None:
        """Raise `NotHeld` where whoever is admitted is not an app at its own sandbox, at an origin that it named."""
        if not self.desk.origins.may(crossed.origin.decode("latin-1"), caller):
            raise NotHeld("browsers may call for a sandbox of the app only", hint="call from your server")
        crossed.allowed = True
