"""The outbox: what a change of the records causes, written in the transaction of the change.

Jobs live beside what passes, in a file of their own, and no transaction spans two files. So whoever changes records
promises a job in the same transaction, and the worker brings it to the queue under the same id: once, however often
either is killed in between.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from .connection import Connection


def promise(
    connection: Connection,
    kind: str,
    payload: Mapping[str, Any],
    *,
    identity: str = "",
    key: str = "",
    due: float | None = None,
) -> str:
    """Promise a job within a transaction of the records; gives the job's id.

    `due` is the moment (seconds since 1970) from which it is done; of one kind and `key` one job waits at a time.
    """
    identity, now = identity or str(uuid.uuid4()), connection.execute("SELECT hub_now()").get
    connection.execute(
        "INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, ?, ?)",
        (identity, kind, key or identity, json.dumps(payload), now if due is None else due, now),
    )
    return identity
