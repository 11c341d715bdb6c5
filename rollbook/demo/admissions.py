"""Children's places at the invented schools: who is there, who came late, who left, who will come."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from .draft import Draft
from .people import Home, Human
from .schools import BRAMBLESIDE, SAGUARO, THORNFIELD, Plan, Trust
from .years import Year


class Stay(NamedTuple):
    """Being at a school: in which year, and whether now, until lately or in future."""

    plan: Plan
    status: str
    year: int


CURRENT, LEFT_LAST_YEAR, LEFT_THIS_YEAR, JOINS_THIS_YEAR, JOINS_NEXT_YEAR = (
    "current",
    "left last year",
    "left this year",
    "joins this year",
    "joins next year",
)

MOVES: tuple[tuple[int, tuple[Stay, ...]], ...] = (
    (24, (Stay(THORNFIELD, CURRENT, 7), Stay(BRAMBLESIDE, LEFT_LAST_YEAR, 6))),
    (20, (Stay(BRAMBLESIDE, CURRENT, 6), Stay(THORNFIELD, JOINS_NEXT_YEAR, 7))),
    (50, (Stay(THORNFIELD, LEFT_LAST_YEAR, 11),)),
    (30, (Stay(THORNFIELD, LEFT_LAST_YEAR, 13),)),
    (5, (Stay(THORNFIELD, LEFT_LAST_YEAR, 8),)),
    (3, (Stay(THORNFIELD, LEFT_THIS_YEAR, 8),)),
    (4, (Stay(THORNFIELD, LEFT_THIS_YEAR, 10),)),
    (3, (Stay(THORNFIELD, LEFT_THIS_YEAR, 12),)),
    (4, (Stay(THORNFIELD, JOINS_THIS_YEAR, 7),)),
    (3, (Stay(THORNFIELD, JOINS_THIS_YEAR, 9),)),
    (10, (Stay(THORNFIELD, JOINS_NEXT_YEAR, 7),)),
    (14, (Stay(BRAMBLESIDE, LEFT_LAST_YEAR, 6),)),
    (3, (Stay(BRAMBLESIDE, LEFT_LAST_YEAR, 3),)),
    (3, (Stay(BRAMBLESIDE, LEFT_THIS_YEAR, 2),)),
    (3, (Stay(BRAMBLESIDE, JOINS_THIS_YEAR, 1),)),
    (22, (Stay(BRAMBLESIDE, JOINS_NEXT_YEAR, 0),)),
    (30, (Stay(SAGUARO, LEFT_LAST_YEAR, 12),)),
    (3, (Stay(SAGUARO, LEFT_LAST_YEAR, 10),)),
    (3, (Stay(SAGUARO, LEFT_THIS_YEAR, 11),)),
    (2, (Stay(SAGUARO, JOINS_THIS_YEAR, 9),)),
    (8, (Stay(SAGUARO, JOINS_NEXT_YEAR, 9),)),
)
"""How many children come, go or go from one school to another, and where; the others stay where they are."""


KNOWN = {plan.kind: plan for plan in (THORNFIELD, BRAMBLESIDE, SAGUARO)}
"""The school of each kind of which it is told in detail."""


@dataclass
class Place:
    """One child's past, present or planned place at one school."""

    id: str
    number: int
    stay: Stay
    child: Child
    entry: str
    leaving: str | None
    form: int
    house: int
    ability: float
    lessons: dict[str, str] = field(default_factory=dict[str, str])

    def year_in(self, year: Year) -> int | None:
        """The year group that the child is in during an academic year; none when not at the school then."""
        plan, status, now = self.stay
        if year is plan.this_year:
            return now if status in (CURRENT, LEFT_THIS_YEAR, JOINS_THIS_YEAR) else None
        if status == LEFT_LAST_YEAR:
            return now
        before = status in (CURRENT, LEFT_THIS_YEAR) and self.entry <= year.last
        return now - 1 if before and now - 1 in plan.years else None

    @property
    def current(self) -> bool:
        """Whether the child goes there now."""
        return self.stay.status == CURRENT

    @property
    def part_time(self) -> bool:
        """Whether the child is not there every day."""
        return self.current and self.number % 120 == 17

    @property
    def enrolment(self) -> str:
        """The enrolment status: a guest, at two schools (mostly here or there), or at this one only."""
        return {31: "G", 61: "S", 91: "M"}.get(self.number % 150, "C") if self.current else "C"

    @property
    def dual(self) -> bool:
        """Whether the child goes to another school too."""
        return self.enrolment in "SM"


@dataclass(frozen=True)
class Child:
    """A child of a family."""

    human: Human
    family: Family
    cohort: int
    """The year that a child of this age is in now; one who starts next year is in year -1."""

    @property
    def serial(self) -> int:
        """A number that no other child of the district has."""
        return self.family.number * 20 + self.cohort + 1


@dataclass(frozen=True)
class Guardian:
    """Somebody to turn to about a family's children; no relationship to one of them need be a parent's."""

    human: Human
    relationship: str
    parental: int
    court_order: int
    facts: dict[str, Any]


@dataclass(frozen=True)
class Family:
    """Children who have the same people to care for them."""

    number: int
    surname: str
    home: Home
    background: dict[str, Any]
    guardians: tuple[Guardian, ...]


class Admissions:
    """Gives children their places, in order, with a number at each school."""

    def __init__(self, draft: Draft, today: date) -> None:
        self.draft = draft
        self.today = today.isoformat()
        self.places: list[Place] = []
        self._numbers: Counter[str] = Counter()
        self._dealt: Counter[tuple[str, int]] = Counter()

    def admit(self, child: Child, stay: Stay, *, form: int | None = None) -> Place:
        """Give a child a place at a school."""
        plan = stay.plan
        self._numbers[plan.key] += 1
        self._dealt[plan.key, child.cohort] += 1
        entry, leaving = self._dates(stay)
        place = Place(
            id=self.draft.new_id(),
            number=plan.first_student + self._numbers[plan.key] - 1,
            stay=stay,
            child=child,
            entry=entry,
            leaving=leaving,
            form=self._dealt[plan.key, child.cohort] if form is None else form,
            house=child.family.number,
            ability=self.draft.rng.random(),
        )
        self.places.append(place)
        return place

    def _dates(self, stay: Stay) -> tuple[str, str | None]:
        plan, status, year = stay
        this, last = plan.this_year, plan.last_year
        if status == JOINS_NEXT_YEAR:
            return plan.first_day(int(this.first[:4]) + 1), None
        if status == JOINS_THIS_YEAR:
            return next(d.date for d in this.days() if d.date >= this.terms[1].start and not d.closed), None
        entry = self._entry(stay)
        if status == CURRENT:
            return entry, None
        if status == LEFT_THIS_YEAR:
            return min(entry, this.first), _last_day(plan, this.first, self._between(this.first, self.today, 0.3))
        at_the_end = year in (6, 11, 13) or (plan.american and year == 12)
        leaving = last.last
        if not at_the_end:
            leaving = _last_day(plan, last.first, self._between(last.first, last.last, 0.2))
        return min(entry, last.first), leaving

    def _entry(self, stay: Stay) -> str:
        plan, status, year = stay
        autumn = int(plan.this_year.first[:4]) - (status == LEFT_LAST_YEAR)
        entered = 12 if year > 11 and not plan.american and self.draft.chance(0.3) else min(plan.years)
        usual = plan.first_day(autumn - (year - entered))
        if status != CURRENT or not self.draft.chance(0.1):
            return usual
        # Late joiners arrive on any school day until last week.
        return _first_day(plan, self._between(usual, self.today, 0.0, 0.98), self.today)

    def _between(self, first: str, last: str, from_share: float, to_share: float = 0.9) -> date:
        start, length = date.fromisoformat(first), (date.fromisoformat(last) - date.fromisoformat(first)).days
        share = from_share + (to_share - from_share) * self.draft.rng.random()
        return start + timedelta(int(length * share))


@cache
def _taught(*years: Year) -> list[str]:
    return [day.date for year in years for day in year.days() if not day.closed]


def _weeks_before(plan: Plan, day: date) -> timedelta:
    """How far to look ahead of a day in an earlier year: schools teach on much the same days in every year."""
    return timedelta(364 * max(0, -((day - date.fromisoformat(plan.last_year.first)).days // 364)))


def _first_day(plan: Plan, day: date, today: str) -> str:
    """The day, or the next one on which the school teaches if that has come, on which a child can begin."""
    ahead, days = _weeks_before(plan, day), _taught(plan.last_year, plan.this_year)
    found = days[bisect_left(days, (day + ahead).isoformat())]
    begun = (date.fromisoformat(found) - ahead).isoformat()
    return begun if begun <= today else days[bisect_right(days, today) - 1]


def _last_day(plan: Plan, first: str, day: date) -> str:
    """The day, or the one before it on which the school taught, which is a child's last."""
    days = _taught(plan.last_year, plan.this_year)
    return max(first, days[max(0, bisect_right(days, day.isoformat()) - 1)])


Seats = dict[int, list[tuple[Stay, ...]]]
"""Places to be filled, by the year that a child of that age is in now."""


def seats_of(trust: Trust, size: float) -> Seats:
    """The places to be filled at the schools of a district."""
    moves = [(max(1, round(count * size)), stays) for count, stays in _moves_of(trust)]
    seats: Seats = {}
    for count, stays in moves:
        seats.setdefault(_cohort(stays[0]), []).extend([stays] * count)
    for stay in (Stay(plan, CURRENT, year) for plan in trust.plans for year in plan.years):
        moving = sum(count for count, stays in moves if stay in stays)
        count = max(1, round(stay.plan.years[stay.year] * size) - moving)
        seats.setdefault(stay.year, []).extend([(stay,)] * count)
    return seats


def _moves_of(trust: Trust) -> list[tuple[float, tuple[Stay, ...]]]:
    """How many children move at a trust's schools: as at the known ones, in keeping with how large theirs are."""
    if any(plan in trust.plans for plan in KNOWN.values()):
        return [(count, stays) for count, stays in MOVES if stays[0].plan in trust.plans]
    found: list[tuple[float, tuple[Stay, ...]]] = []
    for count, stays in MOVES:
        for plans in _chosen([stay.plan.kind for stay in stays], trust):
            share = min(plan.roll / KNOWN[plan.kind].roll for plan in plans)
            moved = tuple(stay._replace(plan=plan) for stay, plan in zip(stays, plans, strict=True))
            found.append((count * share, moved))
    return found


def _chosen(kinds: list[str], trust: Trust) -> list[tuple[Plan, ...]]:
    """The schools of a trust that children may move between: each primary's go to one secondary."""
    by_kind = {kind: [plan for plan in trust.plans if plan.kind == kind] for kind in KNOWN}
    if len(kinds) == 1:
        return [(plan,) for plan in by_kind[kinds[0]]]
    pairs = [(first, primary) for first in by_kind["secondary"][:1] for primary in by_kind["primary"]]
    return [tuple({plan.kind: plan for plan in pair}[kind] for kind in kinds) for pair in pairs]


def _cohort(stay: Stay) -> int:
    return stay.year + {LEFT_LAST_YEAR: 1, JOINS_NEXT_YEAR: -1}.get(stay.status, 0)


def take(seats: Seats, cohort: int, wanted: tuple[Stay, ...] | None = None) -> tuple[Stay, ...]:
    """Take one of the places for children of an age, the wanted one if one is wanted."""
    stays = seats[cohort]
    taken = stays.pop(stays.index(wanted) if wanted else -1)
    if not stays:
        del seats[cohort]
    return taken
