"""The working week of the staff of an invented school."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from .schools import Plan
from .staffroom import Member


class Shift(NamedTuple):
    """Work on a day of the week, 1 being Monday; a break is not counted as work."""

    weekday: int
    start: str
    end: str
    hours: float


class Week(NamedTuple):
    """When somebody works: the shifts, the hours of a full-time week, and in how many weeks of the year."""

    shifts: tuple[Shift, ...]
    full: float
    weeks: float
    paid: float
    """The share of the year for which a full-time week is paid: less than all of it for work in term time only."""

    @property
    def hours(self) -> float:
        """The hours of the week."""
        return round(sum(s.hours for s in self.shifts), 2)

    @property
    def fte(self) -> float:
        """The week as a share of a full-time one."""
        return round(self.hours / self.full, 2)

    def on(self, day: str) -> float:
        """The hours of work on a day."""
        weekday = date.fromisoformat(day).isoweekday()
        return sum(s.hours for s in self.shifts if s.weekday == weekday)


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def _shifts(start: str, end: str, hours: float, *weekdays: int) -> tuple[Shift, ...]:
    return tuple(Shift(day, start, end, hours) for day in weekdays or (1, 2, 3, 4, 5))


_TEACHING = Week(_shifts("08:20", "15:20", 6.5), 32.5, 39.0, 1.0)
_SHARED = Week(_shifts("08:20", "15:20", 6.5, 1, 2, 3), 32.5, 39.0, 1.0)
_LEADING = Week(_shifts("07:45", "16:15", 8.0), 40.0, 44.0, 1.0)
_ASSISTING = Week(_shifts("08:30", "15:00", 6.0), 37.0, 39.0, 0.8654)
_MORNINGS = Week(_shifts("08:30", "12:30", 4.0), 37.0, 39.0, 0.8654)
_OFFICE = Week((*_shifts("08:00", "16:00", 7.5, 1, 2, 3, 4), *_shifts("08:00", "15:30", 7.0, 5)), 37.0, 52.0, 1.0)
_COVER = Week(_shifts("08:20", "15:20", 6.5), 37.0, 39.0, 0.8654)
_AMERICAN = Week(_shifts("07:30", "15:30", 7.5), 37.5, 38.0, 1.0)
_AIDE = Week(_shifts("08:00", "14:30", 6.0), 37.5, 37.0, 0.71)


def week_of(plan: Plan, member: Member) -> Week:
    """The working week of a member of staff; who has lessons every day is full-time."""
    number = int(member.id[-4:], 16)
    kind, title = member.post.kind, member.post.title
    if plan.american:
        return _AMERICAN if kind == "teacher" or title == "School Counselor" else _AIDE
    if title in ("Headteacher", "Deputy Headteacher"):
        return _LEADING
    if kind == "teacher":
        return _TEACHING if member.current or number % 2 else _SHARED
    if title in ("Administrator", "School Secretary", "Librarian"):
        return _OFFICE
    if title == "Supply Teacher":
        return _SHARED
    return _COVER if kind == "supply" else _MORNINGS if number % 3 == 0 else _ASSISTING
