"""The calendar of an invented school: each weekday of its terms, and whether anybody is taught on it."""

from __future__ import annotations

from ..model.calendar import CalendarDay, DayCalendar
from ..store.writing import Batch
from .opened import Opened

EVENTS = {
    "Holiday": "Holiday",
    "HalfTerm": "Holiday",
    "PublicHoliday": "Holiday",
    "StaffTraining": "Teacher only day",
}
"""What is on, as Ed-Fi says it, by the kind of a closure."""


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
