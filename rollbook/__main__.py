"""The `rollbook` command: `rollbook`, or `python -m rollbook`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .cli import run

if TYPE_CHECKING:
    from .api.http import Edge
    from .store.port import Store


def application(store: Store, *, demo: Mapping[str, Any] | None = None) -> Edge:
    """The ASGI application over an open store. It is imported when something is served, so that help comes at once."""
    from .app import application as hub

    return hub(store, demo=demo)


def main() -> None:
    """Run the command."""
    run(application)


if __name__ == "__main__":
    main()
