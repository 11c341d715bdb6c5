"""The academic years of the invented schools: terms, closures, and what is in the diary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from ..model.calendar import CalendarEvent, Session
from .draft import Draft, guid


@dataclass(frozen=True)
class Term:
    """A named part of a year."""

    name: str
    kind: str
    start: str
    end: str


@dataclass(frozen=True)
class Closure:
    """Days on which nobody is taught."""

    kind: str
    description: str
    start: str
    end: str


@dataclass(frozen=True)
class Day:
    """A weekday in a term."""

    date: str
    weekday: int
    closed: Closure | None


@dataclass(frozen=True)
class Year:
    """An academic year."""

    name: str
    start: str
    end: str
    terms: tuple[Term, ...]
    closures: tuple[Closure, ...]

    @property
    def first(self) -> str:
        """The first day of its first term."""
        return self.terms[0].start

    @property
    def last(self) -> str:
        """The last day of its last term."""
        return self.terms[-1].end

    def days(self) -> Iterator[Day]:
        """The weekdays of its terms, those of half terms and training days too."""
        return iter(self._weekdays)

    @cached_property
    def _weekdays(self) -> list[Day]:
        found: list[Day] = []
        for term in self.terms:
            day, end = date.fromisoformat(term.start), date.fromisoformat(term.end)
            while day <= end:
                if day.weekday() < 5:
                    found.append(Day(day.isoformat(), day.weekday(), self._closed(day.isoformat())))
                day += timedelta(1)
        return found

    def taught(self, term: Term | None = None) -> int:
        """On how many days the school teaches, in a term or all year."""
        first, last = (term.start, term.end) if term else (self.first, self.last)
        return sum(first <= day.date <= last and not day.closed for day in self.days())

    def _closed(self, day: str) -> Closure | None:
        return next((c for c in self.closures if c.start <= day <= c.end), None)


def _inset(*days: str) -> tuple[Closure, ...]:
    return tuple(Closure("StaffTraining", "INSET Day", day, day) for day in days)


def _public(**days: str) -> tuple[Closure, ...]:
    return tuple(Closure("PublicHoliday", name.replace("_", " "), day, day) for name, day in days.items())


UK_LAST = Year(
    "2025-2026",
    "2025-09-01",
    "2026-08-31",
    (
        Term("Autumn Term", "term", "2025-09-03", "2025-12-19"),
        Term("Spring Term", "term", "2026-01-05", "2026-03-27"),
        Term("Summer Term", "term", "2026-04-13", "2026-07-21"),
    ),
    (
        *_inset("2025-09-02", "2025-10-24", "2026-01-05", "2026-06-26"),
        *_public(Christmas_Day="2025-12-25", Boxing_Day="2025-12-26", New_Years_Day="2026-01-01"),
        *_public(Good_Friday="2026-04-03", Easter_Monday="2026-04-06", Early_May_Bank_Holiday="2026-05-04"),
        *_public(Spring_Bank_Holiday="2026-05-25", Summer_Bank_Holiday="2026-08-31"),
        Closure("HalfTerm", "Autumn Half Term", "2025-10-27", "2025-10-31"),
        Closure("Holiday", "Christmas Holiday", "2025-12-22", "2026-01-02"),
        Closure("HalfTerm", "Spring Half Term", "2026-02-16", "2026-02-20"),
        Closure("Holiday", "Easter Holiday", "2026-03-30", "2026-04-10"),
        Closure("HalfTerm", "Summer Half Term", "2026-05-25", "2026-05-29"),
        Closure("Holiday", "Summer Holiday", "2026-07-22", "2026-08-31"),
    ),
)
UK_THIS = Year(
    "2026-2027",
    "2026-09-01",
    "2027-08-31",
    (
        Term("Autumn Term", "term", "2026-09-02", "2026-12-18"),
        Term("Spring Term", "term", "2027-01-04", "2027-03-25"),
        Term("Summer Term", "term", "2027-04-12", "2027-07-21"),
    ),
    (
        *_inset("2026-09-01", "2026-10-23", "2027-01-04", "2027-06-25"),
        *_public(Christmas_Day="2026-12-25", Boxing_Day="2026-12-28", New_Years_Day="2027-01-01"),
        *_public(Good_Friday="2027-03-26", Easter_Monday="2027-03-29", Early_May_Bank_Holiday="2027-05-03"),
        *_public(Spring_Bank_Holiday="2027-05-31", Summer_Bank_Holiday="2027-08-30"),
        Closure("HalfTerm", "Autumn Half Term", "2026-10-26", "2026-10-30"),
        Closure("Holiday", "Christmas Holiday", "2026-12-21", "2027-01-01"),
        Closure("HalfTerm", "Spring Half Term", "2027-02-15", "2027-02-19"),
        Closure("Holiday", "Easter Holiday", "2027-03-26", "2027-04-09"),
        Closure("HalfTerm", "Summer Half Term", "2027-05-31", "2027-06-04"),
        Closure("Holiday", "Summer Holiday", "2027-07-22", "2027-08-31"),
    ),
)
US_LAST = Year(
    "2025-2026",
    "2025-07-01",
    "2026-06-30",
    (
        Term("Fall Semester", "semester", "2025-08-11", "2025-12-19"),
        Term("Spring Semester", "semester", "2026-01-06", "2026-05-22"),
    ),
    (
        *_public(Labor_Day="2025-09-01", Veterans_Day="2025-11-11", Martin_Luther_King_Day="2026-01-19"),
        Closure("Holiday", "Thanksgiving Break", "2025-11-26", "2025-11-28"),
        Closure("Holiday", "Winter Break", "2025-12-22", "2026-01-05"),
        Closure("Holiday", "Spring Break", "2026-03-16", "2026-03-20"),
    ),
)
US_THIS = Year(
    "2026-2027",
    "2026-07-01",
    "2027-06-30",
    (
        Term("Fall Semester", "semester", "2026-08-10", "2026-12-18"),
        Term("Spring Semester", "semester", "2027-01-05", "2027-05-21"),
    ),
    (
        *_public(Labor_Day="2026-09-07", Veterans_Day="2026-11-11", Martin_Luther_King_Day="2027-01-18"),
        Closure("StaffTraining", "Professional Development Day", "2026-09-25", "2026-09-25"),
        Closure("HalfTerm", "Fall Break", "2026-10-08", "2026-10-09"),
        Closure("Holiday", "Thanksgiving Break", "2026-11-25", "2026-11-27"),
        Closure("Holiday", "Winter Break", "2026-12-21", "2027-01-04"),
        Closure("Holiday", "Spring Break", "2027-03-15", "2027-03-19"),
    ),
)

TERMS = {
    "Autumn Term": "First Trimester",
    "Spring Term": "Second Trimester",
    "Summer Term": "Third Trimester",
    "Fall Semester": "Fall Semester",
    "Spring Semester": "Spring Semester",
}
"""What Ed-Fi's TermDescriptor calls the parts of a year."""

DIARY = (
    ("2026-09-17", "18:00", "2026-09-17", "19:30", "Parents", "Welcome Evening"),
    ("2026-10-07", "15:30", "2026-10-07", "16:30", "Extra Curricular", "School Choir"),
    ("2026-10-14", "08:30", "2026-10-14", "17:00", "Visit", "Field trip to Heron Marsh"),
    ("2026-11-12", "16:00", "2026-11-12", "19:00", "Parents", "Parents' Evening"),
    ("2026-11-20", "13:30", "2026-11-20", "14:30", "Assembly", "Achievement Assembly"),
    ("2026-12-10", "18:30", "2026-12-11", "20:30", "Performance", "Winter Concert"),
    ("2027-03-04", "09:00", "2027-03-04", "15:00", "Curriculum", None),
    ("2027-05-12", "09:00", "2027-05-14", "15:30", "Sport", "Games Week"),
)
"""What a school does beside teaching: first day and time, last day and time, category, description."""


def put_sessions(draft: Draft, school: str, estab: str, years: tuple[Year, ...]) -> dict[str, str]:
    """Add a school's academic years and their terms; gives the hub ids of the years by name, of terms by both names."""
    made: dict[str, str] = {}
    for year in years:
        ends = int(year.end[:4])
        made[year.name] = draft.put(
            Session,
            school=school,
            external_id=session_guid(estab, year),
            name=f"Academic Year {year.name}",
            kind="schoolYear",
            start=year.start,
            end=year.end,
            school_year=year.name,
            year=ends,
            term="Year Round",
            instructional_days=year.taught(),
        )
        for term in year.terms:
            made[f"{year.name} {term.name}"] = draft.put(
                Session,
                school=school,
                external_id=session_guid(estab, year, term),
                name=term.name,
                kind=term.kind,
                start=term.start,
                end=term.end,
                school_year=year.name,
                year=ends,
                term=TERMS[term.name],
                instructional_days=year.taught(term),
                parent=made[year.name],
            )
    return made


def session_guid(estab: str, year: Year, term: Term | None = None) -> str:
    """The external id of a school's academic year, or of a term of it."""
    return guid(estab, "session", year.name, term.name if term else "")


def put_diary(draft: Draft, school: str, years: tuple[Year, ...]) -> None:
    """Add what is in a school's diary."""
    named = CalendarEvent.kind.choices
    closures = [(c.start, None, c.end, None, named[c.kind], c.description, c.kind) for y in years for c in y.closures]
    events = [(*event, "SchoolEvent") for event in DIARY]
    names = ("start", "start_time", "end", "end_time", "category", "description", "kind")
    for number, event in enumerate(sorted([*closures, *events], key=lambda e: (e[0], e[6])), 31401):
        draft.put(CalendarEvent, school=school, mis_id=str(number), **dict(zip(names, event, strict=True)))
