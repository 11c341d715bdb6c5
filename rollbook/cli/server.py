"""The HTTP server in this process."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from ..api.http import Edge


class Server(uvicorn.Server):
    """A server that says when it is ready, and answers those who wait before it ends."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], edge: Edge) -> None:
        super().__init__(config)
        self.ready = ready
        self.edge = edge

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End; whoever waits for something to happen is answered first."""
        self.edge.ending = True
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self.ready()
