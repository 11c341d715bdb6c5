"""What all districts of a hub share: words of standards, which say nothing of anybody."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ..fields import RECORDS, Condition, Expr, Question
from ..recent import Recent, once
from ..scopes import ANYONE
from ..store.plan.planner import Plan, plan
from ..store.plan.sights import Whole
from ..store.port import Store
from .bygone import Gone, history_of
from .district import Made, versions_of
from .session import Session, kept_of

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
        self.base: dict[str, Any] = {"district": SHARED, "today": today, "allowed_on": today, "district_id": ""}

    def sees(self, value: Expr | Condition) -> bool:
        """Whether a value is anyone's."""
        return value.need == ANYONE

    def prepare(self, question: Question, key: object) -> Plan:
        """The question, compiled once; only what is shared may be asked for."""
        if question.of.__name__ not in KINDS:
            raise TypeError(f"{question.of.__name__} is not shared")
        sight = Whole(flavour=self._store.flavour)
        return _plans.get((sight.key, key), lambda: plan(question, sight))

    @contextmanager
    def session(self, of: Session | None = None, also: Iterable[int] = ()) -> Generator[Session]:
        """One moment of the store: whatever is read inside agrees; that of another's session, if given.

        `also` are the districts of others who are going to read at this moment.
        """
        with kept_of(self._store, self.district, of, also) as kept:
            yield Session(kept, self.base)

    def versions(self, kinds: Iterable[str]) -> dict[str, int]:
        """The number at which each kind of record last moved."""
        return versions_of(self._store, self._known, SHARED, kinds)

    def once(self, key: object, make: Callable[[], Made]) -> Made:
        """What is worked out once, until the next write."""
        return once(self._known, ("shared", key), make)

    def last_choice(self) -> int:
        """Nobody is left out of what is of nobody."""
        return 0

    def granted(self) -> object:
        """Nothing needs to be granted."""
        return None

    def newest(self) -> int:
        """The number of the last write to what is shared."""
        return max(self.versions(KINDS).values(), default=0)

    def gone(self, kinds: Iterable[str], since: int = 0, until: int | None = None) -> Iterator[Gone]:
        """What is gone of these kinds, and keys that changed, after `since` up to `until`."""
        wanted = sorted(k for k in kinds if RECORDS[k].scope == ANYONE and k in KINDS)
        return history_of(self._store, SHARED, wanted, since, until)

    def tells(self, gone: Gone, value: Expr) -> bool:
        """Whether a fact of what is gone is anyone's."""
        return value.need == ANYONE
