"""`rollbook serve`: answer over HTTP."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import click
import uvicorn

from ..api.http import Edge
from ..api.limits import PER_MINUTE
from .common import Application, data_option, open_store, out

RATE_LIMIT = "ROLLBOOK_RATE_LIMIT"
"""The environment variable that says how many requests a minute a caller may send."""


class _Server(uvicorn.Server):
    """Tells when it is ready, with the port that it really has."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None], edge: Edge) -> None:
        super().__init__(config)
        self.ready = ready
        self.edge = edge

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End; whoever waits for something to happen is answered first."""
        self.edge.ending = True
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self.ready(self.servers[0].sockets[0].getsockname()[1])


def _steady_heap() -> None:
    """Keep freed memory for the next large answer (glibc): returning it costs more than the answer does."""
    trim, top_pad, mmap = -1, -2, -3
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        for setting, value in ((trim, 1 << 30), (top_pad, 16 << 20), (mmap, 1 << 30)):
            mallopt(setting, value)


def serve_edge(edge: Edge, host: str, port: int, ready: Callable[[str], None]) -> None:
    _steady_heap()
    config = uvicorn.Config(
        edge,
        host=host,
        port=port,
        http="httptools",
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    _Server(config, lambda actual: ready(f"http://{host}:{actual}"), edge).run()


def rate_option() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that says how many requests a caller may send."""
    return click.option(
        "--rate-limit",
        type=click.IntRange(min=0),
        envvar=RATE_LIMIT,
        default=PER_MINUTE,
        show_default=True,
        help=f"Requests a minute for each token, in each process (or {RATE_LIMIT}); 0 for any number.",
    )


@click.command()
@data_option()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on; 0 for any free one.")
@click.option("--workers", default=1, show_default=True, help="Processes that answer; each core can have one.")
@rate_option()
@click.pass_obj
def serve(application: Application, data: Path | None, host: str, port: int, workers: int, rate_limit: int) -> None:
    """Serve a data directory."""
    with open_store(data) as store:
        store.ledger.check()
        if workers == 1:
            return serve_edge(
                application(store).limited(rate_limit),
                host,
                port,
                lambda url: out.print(f"Rollbook serves {store.folder} at {url}"),
            )
        os.environ |= {"ROLLBOOK_DATA": str(store.folder), RATE_LIMIT: str(rate_limit)}
    uvicorn.run(
        "rollbook.app:from_environment", factory=True, workers=workers, host=host, port=port, http="httptools",
        log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    return None
