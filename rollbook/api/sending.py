"""Long answers as they leave: part by part, each read aside, to clients who take them."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import Any

from . import compressing
from .asgi import Receive, Send
from .messages import Response
from .streams import Held, Noted, Parts, pieces

log = logging.getLogger("rollbook")

KEEP_LIMIT = 16 * 1024 * 1024
"""The largest answer that is kept in memory, in bytes."""

SEND_SECONDS = 60.0
"""How long a client may let a piece of a long answer wait, and how long a part of it may wait to be read."""

Gone = Future[MutableMapping[str, Any]]


class Lengthy:
    """A long answer that is to be sent; `gzip` says whether the client reads that."""

    def __init__(self, response: Response, *, gzip: bool) -> None:
        assert not isinstance(response.body, bytes)
        packed = gzip and compressing.compressible(response.headers)
        headers = (*response.headers, compressing.ENCODED) if packed else response.headers
        self._response = replace(response, headers=headers)
        self._growing = response.body.growing if isinstance(response.body, Noted) else None
        self._held = Held(KEEP_LIMIT, response.keep)
        self.parts = Parts(response.body, compressing.Compressor() if packed else None)

    async def send(self, send: Send, receive: Receive, read: Callable[[], Awaitable[bytes | None]]) -> Response | None:
        """Send it; `read` gives the next of its parts, None after the last one.

        Gives the whole answer where it was sent to its end and is short enough to be kept. Whoever does not take a
        piece of it in time, or is gone, is let go.
        """
        gone = asyncio.ensure_future(receive())
        try:
            whole = await self._sent(send, gone, read)
        except TimeoutError:
            # It would hold its moment of the store for ever; the server closes an answer that is cut short.
            log.warning("gave up on a client that stopped reading")
            return None
        finally:
            gone.cancel()
        return self._whole() if whole and self._held.whole else None

    async def _sent(self, send: Send, gone: Gone, read: Callable[[], Awaitable[bytes | None]]) -> bool:
        """Send all of it; tells whether the client was there until the end."""
        status, headers = self._response.status, list(self._response.headers)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        while (part := await read()) is not None:
            for piece in pieces(part):
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            self._held.add(part)
            if self.parts.over:
                break
            if gone.done() and gone.result()["type"] == "http.disconnect":
                return False
        await send({"type": "http.response.body", "body": b""})
        return True

    def _whole(self) -> Response:
        told = self._growing.told if self._growing else None
        return replace(self._response, body=b"".join(self._held.parts), told=told)
