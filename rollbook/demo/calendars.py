"""The calendar of an invented school: each weekday of its terms, who is taught on it, and when there are grades."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..model.calendar import CalendarDay, DayCalendar, Session
from ..store.writing import Batch
from .draft import guid
from .opened import Opened

EVENTS = {
    "Holiday": "Holiday",
    "HalfTerm": "Holiday",
    "PublicHoliday": "Holiday",
    "StaffTraining": "Teacher only day",
}
"""What is on, as Ed-Fi says it, by the kind of a closure."""

QUARTERS = (
    ("First Nine Weeks", "2026-08-10", "2026-10-07"),
    ("Second Nine Weeks", "2026-10-12", "2026-12-18"),
    ("Third Nine Weeks", "2027-01-05", "2027-03-12"),
    ("Fourth Nine Weeks", "2027-03-22", "2027-05-21"),
)
"""The grading periods of an American school, with their first and last days."""


def put_calendar(batch: Batch, opened: Opened) -> None:
    """Write a school's calendar of this academic year."""
    year, new = opened.plan.this_year, opened.draft.later_id
    # Schools in the United States name the grades that a calendar is for.
    grades = ",".join(map(opened.plan.grade, opened.plan.years)) if opened.plan.american else None
    own = {"id": new(), "code": year.name, "year": int(year.end[:4]), "kind": "School", "school": opened.school}
    (calendar,) = batch.add(DayCalendar, [{**own, "grades": grades}])
    of = {"school": opened.school, "calendar": calendar}
    days = ((day.date, EVENTS[day.closed.kind] if day.closed else "Instructional day") for day in year.days())
    batch.add(CalendarDay, [{"id": new(), **of, "date": date, "events": event} for date, event in days])
    if opened.plan.american:
        batch.add(Session, [{"id": new(), **one} for one in _grading_periods(opened)])


def _grading_periods(opened: Opened) -> Iterator[dict[str, Any]]:
    """The parts of a year for which an American school gives grades: two of each semester."""
    year = opened.plan.this_year
    for name, start, end in QUARTERS:
        semester = next(term for term in year.terms if term.start <= start <= term.end)
        yield {
            "school": opened.school,
            "external_id": guid(opened.plan.estab, "session", year.name, name),
            "name": name,
            "grading_period": name,
            "kind": "gradingPeriod",
            "start": start,
            "end": end,
            "year": int(year.end[:4]),
            "school_year": year.name,
            "parent": opened.groups.sessions[f"{year.name} {semester.name}"],
            "instructional_days": sum(start <= day.date <= end and not day.closed for day in year.days()),
        }
