"""The outbox: what a change of the records causes, written in the transaction of the change.

Jobs live beside what passes, in a file of their own, and no transaction spans two files. So whoever changes records
promises a job in the same transaction, and the worker brings it to the queue under the same id: once, however often
either is killed in between.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .statements import Timed


class Promise(NamedTuple):
    """A job that was promised; `payload` is JSON, `due` and `made` are seconds since 1970."""

    id: str
    kind: str
    key: str
    payload: str
    due: float
    made: float


class Outbox(Timed):
    """Jobs that a change of the records has promised, until the queue has them."""

    admits = False

    def promise(
        self, kind: str, payload: Mapping[str, Any], *, identity: str = "", key: str = "", due: float | None = None
    ) -> str:
        """Promise a job within a transaction of the records; returns the job's id.

        `due` is the moment (seconds since 1970) from which it is done; of one kind and `key` one job waits at a time.
        """
        identity, now = identity or str(uuid.uuid4()), self._clock()
        self._do(
            "INSERT INTO outbox (id, kind, key, payload, due, made) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (identity, kind, key or identity, json.dumps(payload), now if due is None else due, now),
        )
        self._ring(kind)
        return identity

    def waiting(self) -> bool:
        """Whether any job has been promised that is not known to be in the queue."""
        return self._value("SELECT 1 FROM outbox LIMIT 1") is not None

    def promised(self) -> list[Promise]:
        """The jobs that were promised, in that order."""
        rows = self._rows("SELECT id, kind, key, payload, due, made FROM outbox ORDER BY made, id")
        return [Promise(*row) for row in rows]

    def forget(self, ids: Iterable[str]) -> None:
        """Take out jobs that are in the queue."""
        self._each("DELETE FROM outbox WHERE id = ?", [(identity,) for identity in ids])
