"""Humans of an app whom no school has, not yet or no longer: each waits, seen by that app only, for a role."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import Occupied
from ..fields import Record
from ..model.people import Person
from ..store.kept.history import Stone
from ..store.plan.sights import APP, AS
from ..store.writing import Batch
from .shared import SHARED


class Pending:
    """The humans of one app who have no role, within a transaction."""

    def __init__(self, batch: Batch, app: str) -> None:
        self._kept = batch.kept
        self._batch = batch
        self._app = app

    def find(self, fact: str, value: str, role: type[Record]) -> dict[str, Any] | None:
        """A human in a role by one of the stored facts."""
        found = self._kept.people.waiting(SHARED, self._app, fact, value)
        # Of those who were released before roles were noted, only the number is known.
        return next((row for row in found if role.__name__ in _kept(row).get(AS, [role.__name__])), None)

    def put(self, role: type[Record], values: Mapping[str, Any], rest: Mapping[str, Any], identity: str = "") -> str:
        """Keep a human, or change the one with this hub id; gives the hub id."""
        self._batch.hold()
        before = _kept(self._batch.get(Person, identity) if identity else None)
        roles = sorted({*before.get(AS, ()), role.__name__})
        kept = json.dumps({**before, **rest, APP: self._app, AS: roles}, ensure_ascii=False)
        if identity:
            self._batch.change(Person, identity, {**values, "remainder": kept})
        else:
            identity = self._batch.add(Person, [{**values, "remainder": kept}])[0]
        self._batch.settle()
        return identity

    def holds(self, identity: str) -> bool:
        """Whether a human with this hub id waits."""
        return _kept(self._batch.get(Person, identity)).get(APP) == self._app

    def take(self, identity: str) -> dict[str, Any]:
        """Let a human go to a district, with the same hub id; gives what to add there."""
        self._batch.hold()
        row = self._batch.get(Person, identity)
        if row is None:
            # They have gone to another district since they were found.
            raise Occupied("somebody else has just let this person join a district", hint="try again")
        self._batch.remove(Person, identity)
        self._batch.settle()
        rest = {k: v for k, v in _kept(row).items() if k not in (APP, AS)}
        facts = {n: row[n] for n in Person.stored()}
        return {**facts, "id": identity, "remainder": json.dumps(rest, ensure_ascii=False) if rest else None}

    def drop(self, identity: str, role: type[Record]) -> None:
        """Forget a human; the app that told of them finds them among what is gone."""
        self._batch.hold()
        row = self._batch.get(Person, identity)
        if row is None:
            return
        facts = {f"person.{n}": v for n, v in self._kept.records.keys(Person, row).items()}
        self._batch.remove(Person, identity)
        seq, at = self._batch.tick()
        keys = {**facts, "person": identity}
        told = Stone(seq, at, role.__name__, identity, self._app, "gone", keys, row["made"])
        self._kept.history.add(SHARED, told)
        self._batch.settle()


def _kept(row: Mapping[str, Any] | None) -> dict[str, Any]:
    return json.loads((row or {}).get("remainder") or "{}")
