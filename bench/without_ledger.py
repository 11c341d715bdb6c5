"""The `rollbook` command as it would be if nobody wrote down what is told: what the ledger costs is measured by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rollbook import cli
from rollbook.api.http import Edge
from rollbook.app import application
from rollbook.store.port import Store


def forgetful(store: Store, *, demo: Mapping[str, Any] | None = None) -> Edge:
    """The application, without a ledger."""
    edge = application(store, demo=demo)
    edge.ledger = None
    return edge


if __name__ == "__main__":
    cli.run(forgetful)
