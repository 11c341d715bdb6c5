"""Requests as whoever runs the hub sees them: each with an id, what was asked for, and how it was answered.

What is seen names nobody: an endpoint is a template without ids, and there is no path, no query and no body.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from random import Random
from time import perf_counter
from typing import Any, Protocol

from .asgi import Send
from .messages import NOWHERE, Response, Route

HEADER = b"x-request-id"

# Long enough for a UUID or a trace, and too plain for anything that a log must not hold.
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_draw = Random().getrandbits  # noqa: S311 -- an id is no secret


def fresh_id() -> bytes:
    """An id for a request whose client gave none."""
    return b"%016x" % _draw(64)


def id_of(headers: Mapping[bytes, bytes]) -> bytes:
    """The id that a client gave its request, if that is well formed; a new one otherwise."""
    given = headers.get(HEADER)
    return given if given is not None and _WELL_FORMED.fullmatch(given) else fresh_id()


class Seen:
    """A request and its answer; it is called with what is sent, and passes that on with the id."""

    __slots__ = ("_send", "begun", "id", "method", "route", "status")

    def __init__(self, method: str, headers: Mapping[bytes, bytes], send: Send) -> None:
        self.begun = perf_counter()
        self.id = id_of(headers) if HEADER in headers else b"%016x" % _draw(64)
        self.method = method
        self.route: Route | None = NOWHERE
        """None for what is asked about the server itself."""
        self.status = 0
        """The status that was sent; 0 when nothing was."""
        self._send = send

    def __call__(self, message: MutableMapping[str, Any]) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"].append((HEADER, self.id))
        return self._send(message)


Probe = Callable[[Mapping[bytes, bytes]], Response | None]
"""Answers what is asked about the server itself, by the request's headers; None where that is nobody's business."""


class Watch(Protocol):
    """Whoever watches a server."""

    @property
    def probes(self) -> Mapping[str, Probe]:
        """What answers questions about the server itself, by path."""
        ...

    @property
    def looking(self) -> Any:
        """What is told of the server, for an address of its own."""
        ...

    def start(self) -> None:
        """Begin with the server."""
        ...

    def stop(self) -> None:
        """End with it."""
        ...

    def note(self, seen: Seen) -> None:
        """A request was answered; called from the event loop's thread, which must not wait."""
        ...
