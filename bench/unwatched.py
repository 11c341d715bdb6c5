"""The `rollbook` command as it would be if nobody watched it: what ids, tallies and the log cost is measured by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from rollbook import cli
from rollbook.api.asgi import Receive, Scope, Send
from rollbook.api.http import Edge
from rollbook.api.watching import Seen
from rollbook.app import application
from rollbook.store.port import Store


class Unseen:
    """What stands for a request that nobody sees."""

    def __init__(self, send: Send) -> None:
        self.id = b""
        self.route: object = None
        self.send = send

    def __call__(self, message: Any) -> Any:
        return self.send(message)


class Unwatched(Edge):
    """The edge, without a look at what it answers."""

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self.attend(scope, dict(scope["headers"]), receive, cast(Seen, Unseen(send)))


def unwatched(store: Store, *, demo: Mapping[str, Any] | None = None) -> Edge:
    """The application, unwatched."""
    edge = application(store, demo=demo)
    edge.__class__ = Unwatched
    return edge


if __name__ == "__main__":
    cli.run(unwatched)
