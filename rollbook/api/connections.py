"""Connections: what a client may send before a request is whole, how long that may take, and how many may be open."""

from __future__ import annotations

import asyncio
import resource
from contextlib import suppress
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from .watching import HEADER, fresh_id

HEAD_BYTES = 64 * 1024
"""The most bytes of a request besides its body: line, headers, framing, trailers."""

HEAD_SECONDS = 10.0
"""How long a connection may take to send a request's headers, from when it is opened or sends the first of them."""

BODY_SECONDS, BODY_BYTES = 20.0, 20 * 1024
"""A body must bring so many bytes in each so many seconds."""

UNREAD_BYTES = 64 * 1024 * 1024
"""How much of a body is still taken, and thrown away, after its request was refused."""

RESERVE = 60
"""File descriptors that connections leave to databases, journals and calls to apps."""

MOST = 4096
"""The most connections of a process."""


def most_connections() -> int:
    """How many connections a process can have open: what its limit of open files leaves, raised as far as allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return max(min(MOST, soft - RESERVE), 4)


class Connection(HttpToolsProtocol):
    """A connection that is closed when its client sends too much, too slowly, or when there are too many.

    Where all places are taken, the connection that has been idle longest makes room.
    """

    most = 0
    """The most of them; worked out when the first one comes."""
    _idle: dict[Connection, None] = {}
    """Those that are between two requests, the longest first."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._size = 0
        """Bytes of the present request, without what has come of its body."""
        self._body = 0
        self._named = 0
        """Bytes of its headers' names and values."""
        self._reading = False
        """Whether a request has begun and is not whole yet."""
        self._head = True
        """Whether its headers are not whole yet."""
        self._timer: asyncio.TimerHandle | None = None

    # ---- how many

    def connection_made(self, transport: asyncio.Transport) -> None:
        """A client has connected."""
        super().connection_made(transport)
        Connection.most = Connection.most or most_connections()
        self._idle[self] = None
        self._watch_head()
        if len(self.connections) > self.most:
            longest = next(iter(self._idle))
            longest.transport.abort()
            self._idle.pop(longest, None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over."""
        self._idle.pop(self, None)
        self._set_timer(0, None)
        super().connection_lost(exc)

    # ---- how much

    def data_received(self, data: bytes) -> None:
        """Some bytes have come."""
        self._idle.pop(self, None)
        self._size += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._timer is None and self._awaited():
            self._watch_head() if self._head else self._watch_body()
        # The framing of small chunks is several times as long as what they bring.
        if self._size > HEAD_BYTES + (0 if self._head else 8 * self._body):
            self._refuse(431, b"Request Header Fields Too Large", b"The headers are larger than 64 KB.")
        elif self._body > UNREAD_BYTES and self._present is not None and self.cycle.response_complete:
            self.transport.close()

    @property
    def _present(self) -> RequestResponseCycle | None:
        """The request that was begun last; there is none before the first."""
        return self.cycle

    def _awaited(self) -> bool:
        """Whether it is for the client to send more."""
        return self._reading or self._present is None or self.cycle.response_complete

    def on_message_begin(self) -> None:
        """A request begins."""
        self._reading = self._head = True
        self._size = self._body = self._named = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header has come."""
        self._named += len(name) + len(value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Its headers are whole."""
        self._head = False
        self._size = 0
        whole = cast(Any, self.config).loaded_app
        self.app: Any = _too_large if self._named + len(self.url) > HEAD_BYTES else whole
        self._set_timer(0, None)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Some of its body has come."""
        self._body += len(body)
        self._size = max(self._size - len(body), 0)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """It is whole."""
        self._reading, self._head = False, True
        self._size = 0
        self._set_timer(0, None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """It is answered."""
        super().on_response_complete()
        if not self.transport.is_closing() and not self._reading and not self.pipeline:
            self._idle[self] = None

    # ---- how fast

    def _set_timer(self, seconds: float, act: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if act is None else self.loop.call_later(seconds, act)

    def _watch_head(self) -> None:
        self._set_timer(HEAD_SECONDS, self._too_slow)

    def _too_slow(self) -> None:
        self._timer = None
        if not self._reading:
            # Nothing has come at all: browsers open connections in store.
            self.transport.close()
        else:
            self._refuse(408, b"Request Timeout", b"The request was not sent in time.")

    def _watch_body(self) -> None:
        had = self._body

        def look() -> None:
            self._timer = None
            if not self._reading:
                return
            # While the hub itself takes no more, the client cannot be faster.
            if self._body - had < BODY_BYTES and not self.flow.read_paused:
                self._refuse(408, b"Request Timeout", b"The request was not sent in time.")
            else:
                self._watch_body()

        self._set_timer(BODY_SECONDS, look)

    def send_400_response(self, msg: str) -> None:
        """What was sent is no request."""
        self._refuse(400, b"Bad Request", msg.encode())

    def _refuse(self, status: int, phrase: bytes, said: bytes) -> None:
        """Say why, if no answer has begun, and close."""
        if self._present is None or self.cycle.response_complete or not self.cycle.response_started:
            more = b"x-content-type-options: nosniff\r\nx-request-id: %s\r\nconnection: close\r\n\r\n" % fresh_id()
            head = b"HTTP/1.1 %d %s\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n"
            self.transport.write(head % (status, phrase, len(said)) + more + said)
        self.transport.close()


async def _too_large(scope: Any, receive: Any, send: Any) -> None:
    """Refuse a request whose headers are too large."""
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"x-content-type-options", b"nosniff"),
        (HEADER, fresh_id()),
    ]
    await send({"type": "http.response.start", "status": 431, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": b"The headers are larger than 64 KB."})
