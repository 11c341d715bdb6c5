"""The only door out: a reader made for one grant, that sees what the grant holds and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from ..fields import Condition, Expr, Question
from ..recent import Recent, once
from ..store.kept import Kept
from ..store.kept.asides import SetAside
from ..store.kept.sources import Reading, Refusal
from ..store.plan.planner import Plan, plan
from ..store.plan.sights import OneSchool
from ..store.port import Store
from .grants import Grant
from .pulls import Pulls
from .renewing import RecentRows, Renewing
from .session import Session
from .snapshots import Snapshots

PLANS = 2048
"""How many compiled questions are kept, of 30 kB each: whoever reads all of a district has 1,200, and selections of a
caller's own make more. Of a circle of questions longer than this none would be there again."""

OWN_SOURCE = "demo"
"""The source of records that are kept in the hub and nowhere else."""

Made = TypeVar("Made")

_plans: Recent[Plan] = Recent(PLANS)


def veiled(store: Store, known: dict[object, Any]) -> bool:
    """Whether any record of the hub is veiled from some app; `known` holds what was looked up since the last write."""
    return once(known, "veiled", store.kept.history.any_veiled)


class Reader:
    """Reads one school for one grant, as of one day; `known` holds what was looked up since the last write."""

    def __init__(
        self, store: Store, grant: Grant, today: str, known: dict[object, Any], recent: RecentRows | None = None
    ) -> None:
        """`recent` keeps rows of lists from one answer to the next."""
        self._store = store
        self.grant = grant
        self.today = today
        self._known = known
        self._recent = recent
        self._where = grant.district, grant.school
        self._base = {
            "district": grant.district,
            "school": grant.school,
            "grant": grant.id,
            "app": grant.app.relying_party,
            "seer": grant.app.id,
            "today": today,
            "allowed_on": today,
        }
        self._veils = veiled(store, known)
        self.view: Hashable = (grant.view, self._veils, store.flavour)
        """What decides how a question is compiled; whatever is compiled for a reader is kept under this at least."""

    def as_of(self, day: str) -> Reader:
        """The same reader, to whom the records are those of an earlier day; whom it may see is decided today.

        What has dates is as it was on that day. Other facts are as they are: nobody keeps what they were.
        """
        other = copy(self)
        other.today, other._base = day, {**self._base, "today": day}
        return other

    def kept_since(self) -> str:
        """The day (UTC) since which the hub has kept records of the school's district."""
        return self.once("began", lambda: self._store.kept.history.began(self.grant.district))[:10]

    # ---- what may be seen

    def sees(self, value: Expr | Condition) -> bool:
        """Whether the grant holds what a value or a condition on it needs."""
        return value.need.met_by(self.grant.scopes)

    def visible(self, columns: Iterable[tuple[str, Expr]]) -> tuple[tuple[str, Expr], ...]:
        """The columns that the grant may see; the others are as if they did not exist."""
        return tuple((name, expr) for name, expr in columns if self.sees(expr))

    def prepare(self, question: Question, key: object) -> Plan:
        """The question, compiled for this grant; `key` tells it from others, so that it is compiled once."""
        return _plans.get((self.view, key), lambda: self._compile(question))

    def _compile(self, question: Question) -> Plan:
        seen = replace(
            question,
            columns=self.visible(question.columns),
            hashed=None if question.hashed is None else self.visible(question.hashed),
            # What may not be seen names no row either.
            key=question.key if question.key is not None and self.sees(question.key) else None,
        )
        return plan(seen, OneSchool(self.grant.people, self._veils, flavour=self._store.flavour))

    # ---- reading

    @contextmanager
    def session(self) -> Generator[Session]:
        """One moment of the store: whatever is read inside agrees."""
        with self._store.lend(self.grant.district) as kept:
            yield Session(kept, self._base, renewing=self._renewing(kept))

    def _renewing(self, kept: Kept) -> Renewing | None:
        # What is veiled has no number of its own, so it cannot be told when that was another record.
        if self._recent is None or self._veils:
            return None
        moved = partial(kept.history.moved, self.grant.district, school=self.grant.school)
        return Renewing(self._recent, (self.grant.id, self.grant.version), moved)

    def versions(self, kinds: frozenset[str]) -> dict[str, int]:
        """The sequence number at which each kind of record last moved; equal numbers, equal records."""
        moved = self._store.kept.history.moved
        return self.once(("versions", kinds), lambda: moved(self.grant.district, kinds, self.grant.school))

    def synced(self) -> str | None:
        """The moment when the school's records were last read from their source, or first made here."""
        return next((reading.at for reading in self._readings()), None)

    def source(self) -> tuple[float | None, str]:
        """When the school's records were last read from their source (seconds since 1970), and of which kind it is.

        `feed`: the hub can read it again by itself; `once`: it was handed over; `live`: the hub is where they are kept.
        """
        return self.once("source", self._source)

    def _source(self) -> tuple[float | None, str]:
        readings = self._readings()
        if not readings or readings[0].source == OWN_SOURCE:
            return None, "live"
        at = datetime.fromisoformat(readings[0].at).replace(tzinfo=UTC).timestamp()
        return at, "feed" if any(reading.fed for reading in readings) else "once"

    def sources(self) -> frozenset[str]:
        """The names of the sources that the school's records were read from; none for those kept here."""
        return frozenset(reading.source for reading in self._readings() if reading.source != OWN_SOURCE)

    def _readings(self) -> list[Reading]:
        return self.once("readings", lambda: self._store.kept.sources.readings(*self._where))

    def refusals(self) -> list[Refusal]:
        """What the school's sources were last refused for."""
        return self.once("refusals", lambda: self._store.kept.sources.refusals(*self._where))

    def set_aside(self) -> list[SetAside]:
        """What is set aside of the school's sources."""
        return self.once("set aside", lambda: self._store.kept.asides.of_school(*self._where))

    def sessions(self) -> list[tuple[str, str, str]]:
        """The kind, first and last day of each academic year, term and other session of the school."""
        return self.once("sessions", lambda: self._store.kept.schools.sessions(*self._where))

    def once(self, what: object, read: Callable[[], Made]) -> Made:
        """What is read of the school once, until anything is written."""
        return once(self._known, (what, *self._where), read)

    @property
    def pulls(self) -> Pulls:
        """What callers are reading page by page."""
        return Pulls(self._store.passing)

    def snapshots(self, endpoint: str) -> Snapshots:
        """The data sets that an endpoint returned, to compare with what comes later."""
        return Snapshots(self._store.passing, self.grant.id, endpoint)
