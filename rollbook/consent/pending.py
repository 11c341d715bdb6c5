"""Humans whom an app has told of before any school has: each waits, seen by nobody, for the first role at a school."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..model.people import Person
from ..store.connection import Connection
from ..store.schema import columns
from ..store.writing import Batch
from .shared import SHARED

_APP = "$app"


class Pending:
    """The humans of one app who have no role yet, within a transaction."""

    def __init__(self, connection: Connection, app: str) -> None:
        self._connection = connection
        self._batch = Batch(connection, SHARED)
        self._app = app

    def find(self, fact: str, value: str) -> dict[str, Any] | None:
        """A human by one of the stored facts."""
        names = list(columns(Person))
        row = self._connection.execute(
            f'SELECT {", ".join(f""" "{n}" """ for n in names)} FROM person WHERE district = ? AND "{fact}" = ?'
            " AND remainder ->> ? = ?",
            (SHARED, value, f'$."{_APP}"', self._app),
        ).fetchone()
        return dict(zip(names, row, strict=True)) if row else None

    def holds(self, identity: str) -> bool:
        """Whether a human with this hub id waits."""
        row = self._batch.get(Person, identity)
        return row is not None and json.loads(row["remainder"] or "{}").get(_APP) == self._app

    def put(self, values: Mapping[str, Any], rest: Mapping[str, Any], identity: str = "") -> str:
        """Keep a human, or change the one with this hub id; gives the hub id."""
        kept = {**values, "remainder": json.dumps({_APP: self._app, **rest}, ensure_ascii=False)}
        if identity:
            self._batch.change(Person, identity, kept)
        else:
            identity = self._batch.add(Person, [kept])[0]
        self._batch.settle()
        return identity

    def take(self, identity: str) -> dict[str, Any]:
        """Let a human go to a district, with the same hub id; gives what to add there."""
        row = self._batch.get(Person, identity)
        assert row is not None
        self._connection.execute("DELETE FROM person WHERE district = ? AND id = ?", (SHARED, identity))
        rest = {k: v for k, v in json.loads(row["remainder"] or "{}").items() if k != _APP}
        facts = {n: row[n] for n in Person.stored()}
        return {**facts, "id": identity, "remainder": json.dumps(rest, ensure_ascii=False) if rest else None}

    def drop(self, identity: str) -> None:
        """Forget a human; as nobody saw them, nobody is told."""
        self._connection.execute("DELETE FROM person WHERE district = ? AND id = ?", (SHARED, identity))
