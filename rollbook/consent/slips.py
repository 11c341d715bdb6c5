"""Slips: for each request that is answered, who asked for what, and whom the answer tells of, as it is read.

The edge lays a slip for each request. Whatever is read until it is answered is read through a `Session`, which puts
the people on the slip that lies there; so no dialect can forget to. The desk puts down who asks.

A slip belongs to one request and lies in the context of whoever works on it (`contextvars`): a body that is read
later, perhaps by another thread, is read with its slip laid again (`lying`).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import cast

from ..store.plan.sights import BETWEEN


@dataclass(frozen=True)
class People:
    """Hub ids of the people of whom some rows tell, as the store gives them: nothing, or one or several in a text."""

    singles: tuple[Sequence[str | None], ...] = ()
    lists: tuple[Sequence[str | None], ...] = ()
    filled: Sequence[str | None] = ()
    """Which of the facts that were asked for each row tells, by letters (`store/plan/facts.py`)."""
    one: bool = False
    """Whether one thing was asked for, so that there is a letter for each fact."""
    schools: Sequence[str | None] = ()
    """Where a district is read, through which schools each row was seen: hub ids with commas between."""

    def row(self, at: int) -> People:
        """Those of one row."""
        return self.rows([at])

    def rows(self, places: Sequence[int]) -> People:
        """Those of some rows."""
        singles = tuple(tuple(c[at] for at in places) for c in self.singles)
        lists = tuple(tuple(c[at] for at in places) for c in self.lists)
        filled = tuple(self.filled[at] for at in places) if self.filled else ()
        schools = tuple(self.schools[at] for at in places) if self.schools else ()
        return People(singles, lists, filled, self.one, schools)


NOBODY = frozenset({None, ""})
"""What stands for nobody where a hub id might."""


@dataclass
class Share:
    """What an answer tells through some of the grants under which it was read."""

    grants: tuple[str, ...]
    facts: frozenset[str] = frozenset()
    people: set[str | None] = field(default_factory=set[str | None])
    """The hub ids of those of whom it tells, and None or "" for nobody."""
    rows: int = 0

    def tell(self, facts: frozenset[str], rows: int, people: People) -> None:
        """Rows are shown that tell these facts of these people."""
        if not facts <= self.facts:
            self.facts = self.facts | facts if self.facts else facts
        self.rows += rows
        for column in people.singles:
            self.people.update(column)
        for column in people.lists:
            for ids in filter(None, column):
                self.people.update(ids.split(BETWEEN))

    def take(self) -> set[str]:
        """The people, who are then no longer on it."""
        found, self.people = self.people, set()
        found -= NOBODY
        return cast(set[str], found)


@dataclass
class Slip:
    """What one answer tells, to be written into the ledger when it leaves."""

    dialect: str = ""
    endpoint: str = ""
    """What was asked for, in the dialect's words: `school.students`, `students`, `people/{id}/classes`."""
    app: str = ""
    """The hub id of the app that asked."""
    grants: tuple[str, ...] = ()
    """The hub ids of the grants under which it was read."""
    reader: str = ""
    """The hub id of the person on whose behalf the app asked, or of the researcher; none for the app itself."""
    shares: dict[tuple[str, ...], Share] = field(default_factory=dict[tuple[str, ...], Share])
    """What is told, by the grants through which it was seen: each has a line of its own."""
    named: set[str] = field(default_factory=set[str])
    """The hub ids of those whom the request names, and the caller may see: also a refusal says something of them."""
    outcome: str = ""
    """The name of the error, if it was refused."""
    status: int = 0
    """The HTTP status that the outcome stands for; 0 for that of the response."""
    tracking: str = ""
    """The TrackingId of a write-back."""
    school: str = ""
    """The establishment number, where one school is asked about; for whoever runs the hub."""
    request: str = ""
    """The request's id."""

    @property
    def counts(self) -> bool:
        """Whether it is of a request by somebody who was admitted, or tells of somebody."""
        return bool(self.app or self.reader or self.shares or self.named)

    def by(self, app: str, grants: Iterable[str], reader: str = "") -> None:
        """Who asks, and under which grants."""
        self.app, self.grants, self.reader = app, tuple(grants), reader

    def share(self, grants: tuple[str, ...] = ()) -> Share:
        """What is told through some of the grants; without any, through all of them."""
        found = self.shares.get(grants)
        if found is None:
            found = self.shares[grants] = Share(grants)
        return found

    def tell(self, facts: frozenset[str], rows: int, people: People, grants: tuple[str, ...] = ()) -> None:
        """Rows are shown that tell these facts of these people, who were seen through these grants."""
        self.share(grants).tell(facts, rows, people)

    def refuse(self, outcome: str, status: int) -> None:
        """The request is refused: whatever was read, nobody is told of but those whom it names, and no fact of them."""
        self.outcome, self.status = outcome, status
        self.shares = {}

    def forget(self) -> None:
        """Nothing of what was read until now leaves: it is read anew."""
        self.shares, self.named = {}, set()

    def show_nothing(self) -> None:
        """The answer has no content: it tells that those whom it is about are there, and no fact of them."""
        for share in self.shares.values():
            share.facts, share.rows = frozenset(), 0


_SLIP: ContextVar[Slip | None] = ContextVar("slip", default=None)

current = _SLIP.get
"""The slip that lies there; none outside of a request."""


def lay(slip: Slip | None) -> None:
    """Lay a slip for what this task does from now on."""
    _SLIP.set(slip)


@contextmanager
def lying(slip: Slip | None) -> Generator[None]:
    """Lay a slip for what is done within the block."""
    before = _SLIP.set(slip)
    try:
        yield
    finally:
        _SLIP.reset(before)


def asks(endpoint: str) -> None:
    """Put down what is asked for."""
    slip = _SLIP.get()
    if slip is not None:
        slip.endpoint = endpoint


def asked_by(app: str, grants: Iterable[str], reader: str = "", school: str = "") -> None:
    """Put down who asks, under which grants and, where they are of one, of which school (establishment number)."""
    slip = _SLIP.get()
    if slip is not None:
        slip.by(app, grants, reader)
        slip.school = school


def tracks(tracking: str) -> None:
    """Put down the tracking id of a write-back."""
    slip = _SLIP.get()
    if slip is not None:
        slip.tracking = tracking


def shows(*people: str) -> None:
    """Put down people whom an answer names by other ways than rows, by their hub ids."""
    slip = _SLIP.get()
    if slip is not None:
        slip.share().people.update(people)


def names(*people: str) -> None:
    """Put down people whom the request names, as far as the caller may see them, by their hub ids."""
    slip = _SLIP.get()
    if slip is not None:
        slip.named.update(people)


def refuses(outcome: str, status: int) -> None:
    """Put down that the request is refused, under the dialect's name of the error and its HTTP status."""
    slip = _SLIP.get()
    if slip is not None:
        slip.refuse(outcome, status)
