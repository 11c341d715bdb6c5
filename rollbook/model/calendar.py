"""Academic years, the terms in them, and what is in a school's diary."""

from __future__ import annotations

from ..fields import Code, Date, Number, Record, Ref, Text, Time
from ..scopes import S
from .organisation import School, SchoolRecord
from .origin import came_from

SESSION_KINDS = {
    "schoolYear": "Academic year",
    "semester": "Semester",
    "term": "Term",
    "gradingPeriod": "Grading period",
}


class Session(
    Record,
    scope=S.School | S.SchoolLite,
    writing=S.WritebackSchool,
    indexes=(("school", "start"), ("external_id",), ("school", "name")),
    natural=("school.estab", "year", "name", "grading_period"),
    remembers=("kind", "start", "end", "origin", "parent.external_id", "parent.origin"),
):
    """An academic year, or a term or other part of one; what Ed-Fi and Edlink call a session."""

    school = Ref("The school that keeps it; all schools of the district if empty", School, shared=True)
    external_id = Text("The id of the session in the system that it came from", "11a91bce-3867-42e6-ba7c-5070891a7209")
    origin = came_from()
    name = Text("The name of the session", "Autumn Term")
    kind = Code("What part of a year it is", "term", SESSION_KINDS)
    start = Date("Its first day", "2026-09-02")
    end = Date("Its last day", "2026-12-18")
    school_year = Text("The academic year that it belongs to", "2026-2027")
    parent = Ref("The session that it is a part of")
    year = Number("The calendar year in which its academic year ends", 2027)
    grading_period = Text("The grading period, as a value of Ed-Fi's GradingPeriodDescriptor", "First Nine Weeks")
    term = Text("The term, as a value of Ed-Fi's TermDescriptor", "First Trimester")
    instructional_days = Number("The number of days in it on which the school teaches", 74)


class DayCalendar(
    SchoolRecord,
    scope=S.School,
    writing=S.WritebackSchool,
    indexes=(("school", "code"),),
    natural=("school.estab", "code", "year"),
):
    """Which days of a year a school teaches on, for everybody or for some of its students or staff."""

    code = Text("The school's code for the calendar", "2026-2027")
    year = Number("The calendar year in which its academic year ends", 2027)
    kind = Text("Whom it is for, as a value of Ed-Fi's CalendarTypeDescriptor", "School")
    grades = Text("The grade levels that it is for, with commas; all if empty", "09,10")


class CalendarDay(
    SchoolRecord,
    scope=S.School,
    writing=S.WritebackSchool,
    indexes=(("school",), ("calendar", "date")),
    natural=("date", "calendar.code", "calendar.year", "calendar.school.estab"),
):
    """A day of a school's calendar, and whether the school teaches on it."""

    calendar = Ref("The calendar", DayCalendar, part_of=True)
    date = Date("The day", "2026-10-23")
    events = Text("What is on, as values of Ed-Fi's CalendarEventDescriptor, with commas", "Teacher only day")


class CalendarEvent(SchoolRecord, scope=S.School, indexes=(("school", "start"),)):
    """Something in a school's diary: a holiday, a training day, a choir practice."""

    mis_id = Text("The MIS Id of the diary event", "31425")
    start = Date("Start date of the event", "2017-04-20")
    start_time = Time("Start time of the event", "15:30")
    end = Date("End date of the event", "2017-04-20")
    end_time = Time("End time of the event", "16:30")
    category = Text("Event category", "Extra Curricular")
    description = Text("Event description - typically set to category where null", "School Choir")
    kind = Code(
        "Event type",
        "SchoolEvent",
        {
            "SchoolEvent": "School Event",
            "Holiday": "Holiday",
            "StaffTraining": "Staff Training",
            "PublicHoliday": "Public Holiday",
            "HalfTerm": "Half Term",
        },
    )
