"""ASGI's own terms, and what is said in them wherever a request is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Protocol

from .messages import Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Beside(Protocol):
    """What runs beside the server, from its start to its end."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End."""
        ...


def client(scope: Scope) -> str:
    """The address that a request comes from."""
    return (scope.get("client") or ("",))[0]


async def lifespan(receive: Receive, send: Send, beside: Iterable[Beside]) -> None:
    """Begin and end with the server."""
    while True:
        message = await receive()
        for one in beside:
            (one.start if message["type"] == "lifespan.startup" else one.stop)()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def send_whole(send: Send, response: Response) -> None:
    """Send an answer that is in memory."""
    assert isinstance(response.body, bytes)
    length = (b"content-length", b"%d" % len(response.body))
    await send({"type": "http.response.start", "status": response.status, "headers": [*response.headers, length]})
    await send({"type": "http.response.body", "body": response.body})


async def send_head(send: Send, response: Response) -> None:
    """Answer HEAD: a length must be that of GET's answer (RFC 9110 §8.6), which is not known, so none is told."""
    await send({"type": "http.response.start", "status": response.status, "headers": list(response.headers)})
    await send({"type": "http.response.body", "body": b""})
