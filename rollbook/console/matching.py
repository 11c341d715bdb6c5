"""The pages on which people decide who is who: likely matches side by side, people merged and parted again.

A school decides what is of itself on both sides. Whatever touches another school, or may, is the operator's, and a
school is not told of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from ..api.messages import Response
from ..connectors import format_of
from ..consent.schools import Listed
from ..errors import Conflict, NotFound, Problem
from ..ingest.judging import Match, Merged, called, found, judge, make_one, make_two, matches, merges
from ..ingest.matching.joining import SHOWN
from ..model.people import Person
from .forms import Form
from .guests import Guest, Routes, school_path
from .operating import HERE, hub_page, must_operate
from .premises import decided_by, looked_at, may_decide, page_of, school_at
from .visiting import go

MOST = 100
"""How many matches, and how many merges, one page shows."""

KINDS = ("Student", "Staff", "Contact")


@dataclass(frozen=True)
class Court:
    """Where somebody decides: for one school, or without one for the whole hub."""

    guest: Guest
    school: Listed | None = None

    @property
    def base(self) -> str:
        """Where its pages begin."""
        return school_path(self.school.estab, "matches") if self.school else f"{HERE}/matches"

    @property
    def may(self) -> bool:
        """Whether they may decide."""
        return self.school is None or may_decide(self.guest, self.school)

    def matches(self, state: str | None = "waiting") -> list[Match]:
        """What is theirs to decide, or was decided."""
        kept = self.guest.desk.store.kept
        every = chain.from_iterable(matches(kept, number, state) for number in self._districts())
        return [one for one in every if self.school is None or one.within(self.school.id)]

    def merges(self) -> list[tuple[int, Merged]]:
        """Who was merged, with the district, the latest first."""
        kept = self.guest.desk.store.kept
        every = ((number, one) for number in self._districts() for one in merges(kept, number))
        return [(n, one) for n, one in every if self.school is None or one.within(self.school.id)]

    def person(self, kind: str, known: str) -> tuple[int, str]:
        """The district and the hub id of somebody: of a school by the Id that it knows them by, else by hub id."""
        desk = self.guest.desk
        if self.school:
            return self.school.district, desk.schools.person(self.school.estab, kind, known)
        for person in (known, *desk.store.kept.people.persons(known)):
            for number in self._districts():
                if desk.store.kept.people.is_in(number, person):
                    return number, person
        raise NotFound(Problem("person", f"{known[:60]} is not the hub id of anybody", "it is a UUID"))

    def page(self, template: str, *more: tuple[str, str], **facts: Any) -> Response:
        """One of its pages."""
        facts |= {"here": self.base, "may": self.may, "hub": self.school is None}
        if self.school is None:
            return hub_page(self.guest, template, "Matches", more, **facts)
        return page_of(self.guest, self.school, template, ((self.base, "Matches"), *more), **facts)

    def _districts(self) -> list[int]:
        every = self.guest.desk.schools.districts()
        return [self.school.district] if self.school else [one.number for one in every]


Answer = Callable[[Court], Response]
Deed = Callable[[Court, Form], Response]


class Matching:
    """The pages of who is who, for a school and for the hub."""

    def __init__(self) -> None:
        at, hub = "schools/{estab}/matches", "hub/matches"
        reads: dict[str, Answer] = {"": self.home, "/pair": self.pair}
        does: dict[str, Deed] = {"/decide": self.decide, "/merge": self.merge, "/split": self.split}
        self.routes = Routes(
            {f"{path}{rest}": _seen(read) for path in (at, hub) for rest, read in reads.items()},
            {f"{path}{rest}": _done(do) for path in (at, hub) for rest, do in does.items()},
        )

    def home(self, court: Court) -> Response:
        """What waits, side by side, what was decided, and who was merged."""
        every = court.matches(None)
        waits = [one for one in every if one.review.state == "waiting"]
        settled = [one for one in every if one.review.state != "waiting"][::-1]
        merged = court.merges()
        looked_at(court.guest, {person for one in (*waits[:MOST], *settled[:MOST]) for person in one.people}
                  | {one.merge.stays for _, one in merged[:MOST]}, "the page of matches")  # fmt: skip
        return court.page("matches.html", waits=waits[:MOST], number=len(waits), settled=settled[:MOST],
                          merged=merged[:MOST], kinds=KINDS, called=called)  # fmt: skip

    def pair(self, court: Court) -> Response:
        """Two people side by side, who may be merged."""
        said = dict(court.guest.request.query)
        kind = said.get("kind") if said.get("kind") in KINDS else KINDS[0]
        known = tuple(said.get(name, "").strip()[:60] for name in ("stays", "gone"))
        number, people = _two(court, str(kind), *known)
        looked_at(court.guest, people, "the page of matches")
        shown = court.guest.desk.store.kept.matches.shown
        one, other = (shown(Person, number, person) for person in people)
        turned = f"{court.base}/pair?{urlencode({'kind': kind, 'stays': known[1], 'gone': known[0]})}"
        return court.page("pair.html", ("", "Merge"), kind=kind, known=known, names=(called(one), called(other)),
                          rows=_beside(one, other), turned=turned)  # fmt: skip

    def decide(self, court: Court, form: Form) -> Response:
        """Decide whether a row and a record are one."""
        match = found(court.matches(None), form.one("id") or "-")
        same = form.choice("verdict", ("same", "apart")) == "same"
        judge(court.guest.desk.store, match, same=same, by=court.guest.email, form=format_of, was=form.one("was"))
        return go(court.base)

    def merge(self, court: Court, form: Form) -> Response:
        """Make two people one."""
        number, (stays, gone) = _two(court, form.choice("kind", KINDS), form.one("stays"), form.one("gone"))
        make_one(court.guest.desk.store, number, stays, gone, court.guest.email)
        return go(court.base)

    def split(self, court: Court, form: Form) -> Response:
        """Undo a merge."""
        wanted = form.one("id")
        those = [(number, one.merge) for number, one in court.merges() if one.merge.id == wanted]
        if not those:
            raise NotFound(Problem("merge", "was undone before"))
        number, merge = those[0]
        make_two(court.guest.desk.store, number, merge.stays, merge.gone, court.guest.email)
        return go(court.base)


def _court(guest: Guest, part: dict[str, str]) -> Court:
    if "estab" in part:
        return Court(guest, school_at(guest, part["estab"]))
    must_operate(guest)
    return Court(guest)


def _seen(read: Answer) -> Callable[[Guest, dict[str, str]], Response]:
    return lambda guest, part: read(_court(guest, part))


def _done(do: Deed) -> Callable[[Guest, dict[str, str], Form], Response]:
    def answer(guest: Guest, part: dict[str, str], form: Form) -> Response:
        court = _court(guest, part)
        if court.school:
            decided_by(guest, court.school.estab)
        return do(court, form)

    return answer


def _two(court: Court, kind: str, stays: str, gone: str) -> tuple[int, tuple[str, str]]:
    """The district and the hub ids of two people, who are at the school and nowhere else where one decides for it."""
    (number, one), (other_number, other) = court.person(kind, stays), court.person(kind, gone)
    at = court.guest.desk.store.kept.people.schools_of(number, (one, other))
    strange = court.school is not None and any(schools != frozenset((court.school.id,)) for schools in at.values())
    if strange or number != other_number:
        raise Conflict("these two cannot be merged here", hint="ask the people who run this hub")
    if one == other:
        raise Conflict("these are one person already", hint="name the one that stays, then the one that goes")
    return number, (one, other)


def _beside(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    names = [name for name in dict.fromkeys((*SHOWN, *one)) if name not in ("id", "remainder")]
    return [(n, one.get(n), other.get(n)) for n in names if (one.get(n), other.get(n)) != (None, None)]
