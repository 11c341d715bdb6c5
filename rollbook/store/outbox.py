"""The outbox, by the name by which some above the store still ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .connection import Connection
from .kept.outbox import Outbox


def promise(
    connection: Connection,
    kind: str,
    payload: Mapping[str, Any],
    *,
    identity: str = "",
    key: str = "",
    due: float | None = None,
) -> str:
    """Promise a job within a transaction of the records; returns the job's id (see `kept.outbox`)."""
    return Outbox(connection).promise(kind, payload, identity=identity, key=key, due=due)
