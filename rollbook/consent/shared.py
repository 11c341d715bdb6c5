"""What all districts of a hub share: words of standards, which say nothing of anybody."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ..fields import RECORDS, Condition, Expr, Question
from ..recent import Recent
from ..scopes import ANYONE
from ..store.planner import Plan, plan
from ..store.sights import WHOLE
from ..store.sqlite import Store
from .district import Gone
from .reader import Session

SHARED = 0
"""The partition that is no district's."""

KINDS = ("Descriptor",)
"""The records that anyone with a token may read."""

_plans: Recent[Plan] = Recent(512)


class SharedReader:
    """Reads what all districts share; it has the ways of a `DistrictReader`."""

    district = SHARED

    def __init__(self, store: Store, today: str, known: dict[object, Any]) -> None:
        self._store = store
        self._known = known
        self.today = today
        self.base: dict[str, Any] = {"district": SHARED, "today": today, "district_id": ""}

    def sees(self, value: Expr | Condition) -> bool:
        """Whether a value is anyone's."""
        return value.need == ANYONE

    def prepare(self, question: Question, key: object) -> Plan:
        """The question, compiled once; only what is shared may be asked for."""
        if question.of.__name__ not in KINDS:
            raise TypeError(f"{question.of.__name__} is not shared")
        return _plans.get(key, lambda: plan(question, WHOLE))

    @contextmanager
    def session(self) -> Generator[Session]:
        """One moment of the store: whatever is read inside agrees."""
        with self._store.lend() as connection:
            yield Session(connection, self.base)

    def versions(self, kinds: Iterable[str]) -> dict[str, int]:
        """The number at which each kind of record last moved."""
        listed = json.dumps(sorted(kinds))
        key = ("shared versions", listed)
        if key not in self._known:
            self._known[key] = dict(
                self._store.records.execute(
                    "SELECT kind, max(seq) FROM moved WHERE district = ? AND kind IN (SELECT value FROM json_each(?))"
                    " GROUP BY kind ORDER BY kind",
                    (SHARED, listed),
                )
            )
        return self._known[key]

    def granted(self) -> object:
        """Nothing needs to be granted."""
        return None

    def newest(self) -> int:
        """The number of the last write to what is shared."""
        return max(self.versions(KINDS).values(), default=0)

    def gone(self, kinds: Iterable[str], since: int = 0, until: int | None = None) -> Iterator[Gone]:
        """What is gone of these kinds, and keys that changed, after `since` up to `until`."""
        wanted = sorted(k for k in kinds if RECORDS[k].scope == ANYONE and k in KINDS)
        rows = self._store.records.execute(
            "SELECT seq, at, kind, id, school, what, keys FROM history WHERE district = ? AND seq > ? AND seq <= ?"
            " AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq",
            (SHARED, since, until if until is not None else 2**62, json.dumps(wanted)),
        ).fetchall()
        for seq, at, kind, identity, school, what, keys in rows:
            yield Gone(seq, at, kind, identity, school or "", what, json.loads(keys))
