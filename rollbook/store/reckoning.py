"""What the lists of a grant come to, day by day: whom it sees of each kind of human.

Contacts go with their students: where not every student is seen, a contact is seen while one of their students is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ..model.people import Contact, Staff
from ..model.students import Student
from .kept import Kept
from .kept.choices import Lists
from .roll import Roll
from .rules import FOREVER, Span, Spans, merged, within

KINDS = tuple(kind.__name__ for kind in (Student, Staff, Contact))
"""The kinds of human of whom a grant keeps lists."""


@dataclass(frozen=True)
class Guard:
    """What the lists come to: nobody is asked about (`all`), `only` these are seen on these days, or all `except`."""

    mode: str
    spans: Spans

    def on(self, day: str) -> tuple[str, frozenset[str]]:
        """What holds on one day."""
        return self.mode, frozenset(i for i, spans in self.spans.items() if any(a <= day <= b for a, b in spans))

    def seen(self, identity: str) -> tuple[Span, ...]:
        """The days on which somebody is seen."""
        listed = self.spans.get(identity, ())
        return listed if self.mode == "only" else between(listed)

    def lets_in(self, identity: str, day: str) -> bool:
        """Whether somebody is seen on a day."""
        return any(first <= day <= last for first, last in self.seen(identity))


class Reckoning:
    """What the lists of one grant (hub id) come to, or would if something else were said of some kinds of human."""

    def __init__(self, kept: Kept, grant: str) -> None:
        self.place = kept.choices.place(grant)
        self.lists = {kind: kept.choices.said(grant, kind) for kind in KINDS}
        self.people = people = kept.for_somebody(self.place.district)
        """What the rest is read of: the district's records."""
        self._candidates = people.candidates
        self._roll = Roll(people.rolls, self.place.district, self.place.school)
        self._guards: dict[str, Guard] = {}
        self._offers: dict[str, Guard] = {}

    def suppose(self, kind: str, lists: Lists) -> None:
        """Go by other lists of a kind, before anything is reckoned."""
        self.lists[kind] = lists

    def listed(self, kind: str) -> dict[str, tuple[Span, ...]]:
        """Who stands on the school's list of a kind, with their days."""
        lists = self.lists[kind]
        by_rule = self._roll.named(lists.rules) if lists.rules else {}
        every = by_rule | dict.fromkeys(lists.named, (FOREVER,))
        return {identity: spans for identity, spans in every.items() if identity not in lists.without}

    def guard(self, kind: str) -> Guard:
        """Whom a grant sees of a kind."""
        if kind not in self._guards:
            self._guards[kind] = self._own(kind, declined=True)
            if kind == Contact.__name__ and self.guard(Student.__name__).mode != "all":
                self._guards[kind] = self._with_students(self._guards[kind])
        return self._guards[kind]

    def seen(self, kind: str) -> list[str]:
        """Who is seen of a kind today, where only some are."""
        mode, ids = self.guard(kind).on(self.place.day)
        return sorted(ids) if mode == "only" else []

    def offers(self, kind: str, identity: str) -> bool:
        """Whether the school lets somebody be seen today, whatever the app leaves out of that kind by itself."""
        if kind not in self._offers:
            own = self._own(kind, declined=False)
            with_students = kind == Contact.__name__ and self.guard(Student.__name__).mode != "all"
            self._offers[kind] = self._with_students(own) if with_students else own
        return self._offers[kind].lets_in(identity, self.place.day)

    def _own(self, kind: str, *, declined: bool) -> Guard:
        lists, spans = self.lists[kind], self.listed(kind)
        without = lists.declined if declined else frozenset[str]()
        if lists.mode == "only":
            return Guard("only", {i: s for i, s in spans.items() if i not in without})
        every = {**(spans if lists.mode == "except" else {}), **dict.fromkeys(without, (FOREVER,))}
        return Guard("except" if without else lists.mode, every)

    def _with_students(self, own: Guard) -> Guard:
        """The contacts whom a guard of their own lets in, on the days on which one of their students is seen."""
        students, found = self.guard(Student.__name__), dict[str, list[Span]]()
        for contact, student in self._candidates.contacts(self.place.district, self.place.school):
            for span in students.seen(student):
                found.setdefault(contact, []).extend(within(span, other) for other in own.seen(contact))
        spans = {contact: merged(some) for contact, some in found.items()}
        return Guard("only", {contact: some for contact, some in spans.items() if some})


def between(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The days that are in none of some spans, which are in order."""
    found: list[Span] = []
    first = FOREVER[0]
    for start, end in spans:
        if start > FOREVER[0]:
            found.append((first, _beside(start, -1)))
        if end >= FOREVER[1]:
            return tuple(s for s in found if s[0] <= s[1])
        first = _beside(end, 1)
    return (*(s for s in found if s[0] <= s[1]), (first, FOREVER[1]))


def _beside(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days)).isoformat()
