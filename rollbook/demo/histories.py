"""Where the students of an invented school were before, and for how long they have been enrolled at this one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from ..model.history import Enrolment, PreviousSchool
from ..model.organisation import School
from ..model.students import Student
from .admissions import CURRENT, JOINS_NEXT_YEAR, JOINS_THIS_YEAR, LEFT_LAST_YEAR, Place
from .opened import Opened
from .post16 import put_post16
from .schools import Plan


def put_histories(opened: Opened) -> None:
    """Add them, and what students study after sixteen."""
    _put_previous_schools(opened)
    _put_enrolments(opened)
    if opened.plan.kind == "secondary":
        put_post16(opened)


class Known(NamedTuple):
    """A school that students come from."""

    name: str
    authority: str | None
    estab: str | None


NURSERIES = (
    Known("Acorn Steps Nursery School", "999", "9991004"),
    Known("Little Wrens Pre-School", None, None),
    Known("Puddle Lane Playgroup", None, None),
)
PRIMARIES = (
    Known("Wrenfield Primary School", "999", "9992012"),
    Known("Mossbridge Junior School", "999", "9992025"),
    Known("Teasel Valley Primary School", "999", "9993017"),
    Known("Heron Marsh Primary School", "999", "9993031"),
    Known("Cobblers End Primary School", "998", "9982044"),
)
SECONDARIES = (
    Known("Teasel Valley School", "999", "9994023"),
    Known("Gannet Point Academy", "998", "9984007"),
    Known("Larkmoor High School", "997", "9974011"),
)
AMERICAN = (Known("Cholla Middle School", None, None), Known("Pinyon Gap Middle School", None, None))
MOVED = ("Moved to another school - left area", "Moved to another school - same area")
# A child leaves a nursery in year 0 for reception, a primary school for year 7, a middle school for grade 9.
STARTS = {
    "secondary": (PRIMARIES, SECONDARIES),
    "primary": (NURSERIES, PRIMARIES),
    "high": (AMERICAN, AMERICAN),
}
PHASES = {"secondary": "End of phase transfer - Maintained school", "primary": "End of nursery education"}


def _put_previous_schools(opened: Opened) -> None:
    rng = opened.chance_of("previous schools")
    neighbours = _left_a_neighbour(opened)
    for place in opened.places:
        if place.stay.status in (JOINS_THIS_YEAR, JOINS_NEXT_YEAR):
            continue
        rows = neighbours.get(place.child.human.id) or list(_schools_before(opened.plan, place, rng))
        for school, left, why in rows:
            opened.put(
                PreviousSchool,
                student=place.id,
                name=school.name,
                authority=school.authority,
                estab=school.estab,
                leaving_date=left,
                reason=why,
            )


Before = tuple[Known, str, str]
"""A school, when a student left it and why."""


def _left_a_neighbour(opened: Opened) -> dict[str, list[Before]]:
    """By human: the school of the same district that the secondary school's new students left."""
    if opened.plan.kind != "secondary":
        return {}
    schools = {r["id"]: Known(r["name"], r["estab"][:3], r["estab"]) for r in opened.draft.rows[School]}
    left = [r for r in opened.draft.rows[Student] if r["school"] != opened.school and r.get("leaving_date")]
    return {r["person"]: [(schools[r["school"]], r["leaving_date"], r["reason_for_leaving"])] for r in left}


def _schools_before(plan: Plan, place: Place, rng: Random) -> Iterator[Before]:
    early, alike = STARTS[plan.kind]
    entered, autumn = year_at_entry(place)
    first = autumn - (entered - min(plan.years))
    # Not every child of four has been anywhere before.
    if plan.kind != "primary" or rng.random() < 0.7:
        yield (
            early[place.child.family.number % len(early)],
            _july(first),
            PHASES.get(plan.kind, "Promoted to high school"),
        )
    if entered == 12 and plan.kind == "secondary" and not _late(plan, place):
        yield rng.choice(alike), _july(autumn), "End of phase transfer - FE/6th form college"
    elif entered > min(plan.years) or _late(plan, place):
        yield rng.choice(alike), _weekday(place.entry, -rng.randrange(3, 12)), rng.choice(MOVED)


def year_at_entry(place: Place) -> tuple[int, int]:
    """The year group in which a student came, and the calendar year in which that academic year began."""
    plan, status, year = place.stay
    autumn = int(plan.this_year.start[:4]) - (status == LEFT_LAST_YEAR)
    came = int(place.entry[:4]) - (place.entry[5:7] < plan.this_year.start[5:7])
    return year - (autumn - came), came


def _late(plan: Plan, place: Place) -> bool:
    """Whether a student came when the academic year had begun."""
    return place.entry > _weekday(plan.first_day(year_at_entry(place)[1]), 14)


def _july(year: int) -> str:
    return _weekday(f"{year}-07-21", 0)


def _weekday(day: str, later: int) -> str:
    """So many days later, or on the Friday before when that is at a weekend."""
    found = date.fromisoformat(day) + timedelta(later)
    return (found - timedelta(max(0, found.weekday() - 4))).isoformat()


def _put_enrolments(opened: Opened) -> None:
    for place in opened.places:
        for status, start, end in _enrolments(opened.plan, place):
            opened.put(Enrolment, student=place.id, status=status, start=start, end=end)


def _enrolments(plan: Plan, place: Place) -> Iterator[tuple[str, str, str | None]]:
    entered, autumn = year_at_entry(place)
    began = plan.this_year.first
    if place.stay.status == CURRENT and entered - min(plan.years) > 1 and place.number % 6 == 0:
        # Was here before, went away and came back.
        came = autumn - (entered - min(plan.years))
        yield "C", plan.first_day(came), _july(came + 1)
    if place.dual and place.entry < began:
        # At two schools only since this academic year began.
        yield "C", place.entry, (date.fromisoformat(began) - timedelta(1)).isoformat()
        yield place.enrolment, began, place.leaving
    else:
        yield place.enrolment, place.entry, place.leaving
