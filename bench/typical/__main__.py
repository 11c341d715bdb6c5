"""The peer as a server."""

from __future__ import annotations

import json
import socket
import sys

import uvicorn
import uvloop
from fastapi import FastAPI

from . import edfi, edlink, oneroster, research, xporter
from .admission import connect

app = FastAPI()
for dialect in (xporter, edfi, edlink, oneroster, research):
    app.include_router(dialect.router)


async def serve() -> None:
    """Serve on any free port, which is printed."""
    connect(sys.argv[1])
    listening = socket.create_server(("127.0.0.1", 0))
    print(json.dumps({"port": listening.getsockname()[1]}), flush=True)
    config = uvicorn.Config(app, http="httptools", log_level="warning", access_log=False)
    await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    uvloop.run(serve())
