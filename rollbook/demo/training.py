"""The training of the staff of an invented school."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from ..model.workforce import StaffTraining
from .opened import Opened
from .staffroom import Member
from .years import Year


class Lesson(NamedTuple):
    """A kind of training: who gives it, how long it takes, for how many years it counts, and what it costs."""

    code: str
    title: str
    provider: str
    venue: str
    hours: float
    years: int
    cost: float


SAFEGUARDING = Lesson("SAFE", "Safeguarding: annual update", "Designated safeguarding lead", "Main Hall", 2.0, 1, 0.0)
PREVENT = Lesson("PREV", "Prevent duty", "Local authority", "Online", 1.0, 2, 0.0)
FIRST_AID = Lesson("FAW", "First aid at work", "Lanthorn First Aid", "Mossbridge", 18.0, 3, 185.0)
FIRE = Lesson("FIRE", "Fire marshal", "Local authority", "Main Hall", 3.0, 3, 40.0)
SAFER = Lesson("SREC", "Safer recruitment", "Local authority", "Online", 4.0, 5, 60.0)
READING = Lesson("READ", "Reading across the school", "In house", "Library", 2.5, 0, 0.0)


def put_training(opened: Opened) -> None:
    """Add them."""
    for number, member in enumerate(opened.staff.members):
        if member.post.when in ("future", "temporary") or not member.start:
            continue
        for year in (opened.plan.last_year, opened.plan.this_year):
            _put_annual(opened, member, year, number)
        if number % 6 == 2:
            _put(opened, member, FIRST_AID, "2025-03-10", note="Repeat every three years", days=3)
        if number % 11 == 3:
            _put(opened, member, FIRE, "2025-06-18")
        if number % 8 == 1:
            _put(opened, member, PREVENT, "2026-02-09")
        if member.post.title in ("Headteacher", "Deputy Headteacher", "Principal", "Governor"):
            _put(opened, member, SAFER, "2024-10-02")


def inset(year: Year) -> list[str]:
    """The days of a year that are kept for training."""
    return sorted(c.start for c in year.closures if c.kind == "StaffTraining")


def _put_annual(opened: Opened, member: Member, year: Year, number: int) -> None:
    days = inset(year) or [year.first]
    first = max(days[0], member.start or days[0])
    # Who comes during the year is trained on the first day.
    if first <= min(year.last, member.end or year.last):
        _put(opened, member, SAFEGUARDING, first)
    if member.post.kind == "teacher":
        later = days[1] if len(days) > 1 else days[0]
        missed = number % 13 == 6
        _put(opened, member, READING, later, missed=missed, note="Watch the recording" if missed else None)


def _put(
    opened: Opened,
    member: Member,
    lesson: Lesson,
    day: str,
    *,
    note: str | None = None,
    missed: bool = False,
    days: int = 1,
) -> None:
    if day < (member.start or "") or day > (member.end or "9"):
        return
    last = date.fromisoformat(day) + timedelta(days - 1)
    done = day <= opened.today and not missed
    until = {"expires": _years_later(last, lesson.years)} if done and lesson.years else {}
    facts: dict[str, Any] = {
        "code": lesson.code,
        "title": lesson.title,
        "provider": lesson.provider,
        "venue": lesson.venue,
        "hours": lesson.hours,
        "cost": lesson.cost,
        "result": "Completed" if done else "Booked" if day > opened.today else "Not completed",
        "notes": note,
    }
    opened.put(StaffTraining, staff=member.id, start=day, end=last.isoformat(), **until, **facts)


def _years_later(day: date, years: int) -> str:
    return (day.replace(year=day.year + years) - timedelta(1)).isoformat()
