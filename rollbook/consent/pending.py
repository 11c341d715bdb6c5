"""Humans of an app whom no school has, not yet or no longer: each waits, seen by that app only, for a role."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..fields import Record
from ..model.people import Person
from ..store.connection import Connection
from ..store.keys import keys_of
from ..store.schema import columns
from ..store.writing import Batch, number_of
from .shared import SHARED

APP, AS, HIDDEN = "$app", "$as", "$hidden"
"""What the remainder of a human who was told of by an app says: the app, the roles in which it told of them, and the
facts that it could not see when the last role ended. They stay with the human while they have a role."""


class Pending:
    """The humans of one app who have no role, within a transaction."""

    def __init__(self, connection: Connection, app: str) -> None:
        self._connection = connection
        self._batch = Batch(connection, SHARED)
        self._app = app

    def find(self, fact: str, value: str, role: type[Record]) -> dict[str, Any] | None:
        """A human in a role by one of the stored facts."""
        names = list(columns(Person))
        rows = self._connection.execute(
            f'SELECT {", ".join(f""" "{n}" """ for n in names)} FROM person WHERE district = ? AND "{fact}" = ?'
            " AND remainder ->> ? = ?",
            (SHARED, value, f'$."{APP}"', self._app),
        ).fetchall()
        found = (dict(zip(names, row, strict=True)) for row in rows)
        # Of those who were released before roles were noted, only the number is known.
        return next((row for row in found if role.__name__ in _kept(row).get(AS, [role.__name__])), None)

    def put(self, role: type[Record], values: Mapping[str, Any], rest: Mapping[str, Any], identity: str = "") -> str:
        """Keep a human, or change the one with this hub id; gives the hub id. What is hidden is not emptied."""
        before = _kept(self._batch.get(Person, identity) if identity else None)
        hidden = {*before.get(HIDDEN, ())}
        facts = {n: v for n, v in values.items() if v is not None or n not in hidden}
        roles = {*before.get(AS, ()), role.__name__}
        kept = {**before, **rest, **marks(self._app, roles, hidden - {n for n, v in facts.items() if v is not None})}
        if identity:
            self._batch.change(Person, identity, {**facts, "remainder": json.dumps(kept, ensure_ascii=False)})
        else:
            identity = self._batch.add(Person, [{**facts, "remainder": json.dumps(kept, ensure_ascii=False)}])[0]
        self._batch.settle()
        return identity

    def keep(self, row: Mapping[str, Any], role: type[Record], hidden: Iterable[str], app: str) -> None:
        """Let a human of a district (a row of it) wait, with the same hub id, for the app that told of them."""
        before = _kept(row)
        told = marks(app, {*before.get(AS, ()), role.__name__}, {*before.get(HIDDEN, ()), *hidden})
        facts = {n: row[n] for n in Person.stored()}
        if self._batch.get(Person, row["id"]):
            return
        kept = json.dumps({**before, **told}, ensure_ascii=False)
        self._batch.add(Person, [{**facts, "id": row["id"], "remainder": kept}])
        self._batch.settle()

    def take(self, identity: str) -> dict[str, Any]:
        """Let a human go to a district, with the same hub id; gives what to add there."""
        row = self._batch.get(Person, identity)
        assert row is not None
        self._batch.remove(Person, identity)
        self._batch.settle()
        return {**{n: row[n] for n in Person.stored()}, "id": identity, "remainder": row["remainder"]}

    def drop(self, identity: str, role: type[Record]) -> None:
        """Forget a human; the app that told of them finds them among what is gone."""
        row = self._batch.get(Person, identity)
        if row is None:
            return
        facts = {f"person.{n}": v for n, v in keys_of(self._connection, Person, row).items()}
        self._batch.remove(Person, identity)
        seq, at = self._batch.tick()
        keys = json.dumps({**facts, "person": identity})
        told = (SHARED, seq, role.__name__, identity, self._app, "gone", at, keys, number_of(row["made"]))
        self._connection.execute("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", told)
        self._batch.settle()


def told_by(row: Mapping[str, Any]) -> str:
    """The id of the app that told of a human before any school had them; empty where nobody did."""
    return _kept(row).get(APP, "")


def _kept(row: Mapping[str, Any] | None) -> dict[str, Any]:
    return json.loads((row or {}).get("remainder") or "{}")


def marks(app: str, roles: Iterable[str], hidden: Iterable[str]) -> dict[str, Any]:
    """What the remainder of a human says who was told of by an app."""
    return {APP: app, AS: sorted(roles), HIDDEN: sorted(hidden)}
