"""Reading the humans whom an app has told of and whom no school has: not yet, or no longer."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ..fields import RECORDS, Condition, Expr, Question
from ..recent import Recent, once
from ..store.plan.planner import Plan, plan
from ..store.plan.sights import View, Waiting
from ..store.port import Store
from .bygone import Gone, history_of
from .credentials import Credential
from .district import Made, versions_of
from .session import Session, kept_of
from .shared import SHARED

_plans: Recent[Plan] = Recent(512)


class WaitingReader:
    """Reads the humans of one app who wait; it has the ways of a `DistrictReader`."""

    district = SHARED

    def __init__(self, store: Store, credential: Credential, today: str, known: dict[object, Any]) -> None:
        self._store = store
        self._known = known
        self._app = credential.app.id
        self._view = View(credential.scopes)
        self.base: dict[str, Any] = {
            "district": SHARED,
            "today": today,
            "allowed_on": today,
            "district_id": "",
            "app": self._app,
        }

    def prepare(self, question: Question, key: object) -> Plan:
        """The question about humans in one role, compiled once."""
        (role,) = question.through
        sight = Waiting(role, self._view, flavour=self._store.flavour)
        return _plans.get((sight.key, key), lambda: plan(replace(question, through=()), sight))

    @contextmanager
    def session(self, of: Session | None = None, also: Iterable[int] = ()) -> Generator[Session]:
        """One moment of the store: whatever is read inside agrees; that of another's session, if given.

        `also` are the districts of others who are going to read at this moment.
        """
        with kept_of(self._store, self.district, of, also) as kept:
            yield Session(kept, self.base)

    def sees(self, value: Expr | Condition) -> bool:
        """Whether a value may be asked about."""
        return True

    def versions(self, kinds: Iterable[str]) -> dict[str, int]:
        """The number at which anybody last began or ceased to wait."""
        return versions_of(self._store, self._known, SHARED, kinds)

    def once(self, key: object, make: Callable[[], Made]) -> Made:
        """What is worked out once, until the next write."""
        return once(self._known, ("waiting", self._app, self._view, key), make)

    def twins(self) -> frozenset[str]:
        """The hub ids of those whom a district has as well, where the app did not see them any more."""
        return self.once("twins", lambda: self._store.kept.people.waiting_twins(SHARED, self._app))

    def last_choice(self) -> int:
        """Nobody is left out of an app's own."""
        return 0

    def granted(self) -> object:
        """What the credential lets through."""
        return self._view

    def gone(self, kinds: Iterable[str], since: int = 0, until: int | None = None) -> Iterator[Gone]:
        """The humans whom the app has deleted while they waited, by their roles."""
        wanted = [kind for kind in kinds if RECORDS[kind].human]
        return (one for one in history_of(self._store, SHARED, wanted, since, until) if one.school == self._app)

    def tells(self, gone: Gone, value: Expr) -> bool:
        """The app told of them itself."""
        return True
