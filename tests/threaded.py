"""A hub that is served over a socket from a thread of this process."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

from rollbook.api.http import Edge
from rollbook.cli.server import Server
from rollbook.cli.serving import SETTINGS, listen, url_of


@contextmanager
def threaded(edge: Edge) -> Generator[str]:
    """The address at which an application is served meanwhile."""
    listening = listen("127.0.0.1", 0)
    server = Server(uvicorn.Config(edge, **SETTINGS), lambda: None, edge)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield url_of(listening)
    server.should_exit = True
    thread.join(20)
