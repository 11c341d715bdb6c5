"""The registers of an invented school: who was there, who was late, who was ill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from operator import itemgetter
from random import Random
from typing import Any, NamedTuple

from .admissions import CURRENT, LEFT_THIS_YEAR, Place
from .bells import bells, period_numbers
from .groups import Groups
from .lessons import slots_of
from .schools import Plan
from .years import Day

Row = dict[str, Any]
"""A mark, by the names of its facts."""

PRESENT = {"AM": "/", "PM": "\\"}


class Entry(NamedTuple):
    """What a register says of one session."""

    mark: str
    minutes: int | None = None
    note: str | None = None


AM_PRESENT, PM_PRESENT = Entry("/"), Entry("\\")


class Mishap(NamedTuple):
    """Why a student is not simply present: how many days in 10,000 it begins, and for how many sessions."""

    often: int
    mark: str
    sessions: tuple[int, int]
    part: str
    minutes: tuple[int, int] | None
    notes: tuple[str | None, ...]


MISHAPS = (
    Mishap(110, "I", (2, 8), "AM", None, ("Cold", "Sickness bug", "Headache", None, None, None)),
    Mishap(30, "I", (1, 1), "PM", None, ("Sent home with a temperature", None)),
    Mishap(170, "L", (1, 1), "AM", (2, 28), ("Bus was late", "Overslept", None, None, None)),
    Mishap(55, "M", (1, 1), "AM", None, ("Dentist", "Orthodontist", "Eye clinic")),
    Mishap(45, "M", (1, 1), "PM", None, ("Dentist", "Hospital appointment", None)),
    Mishap(25, "O", (1, 4), "AM", None, (None,)),
    Mishap(20, "U", (1, 1), "AM", (35, 90), ("No reason given", None)),
    Mishap(14, "P", (1, 1), "PM", None, ("County cross-country",)),
    Mishap(10, "B", (2, 2), "AM", None, ("Taster day at college",)),
    Mishap(10, "N", (1, 2), "AM", None, (None,)),
    Mishap(7, "G", (4, 10), "AM", None, ("Family holiday, not agreed",)),
    Mishap(6, "C", (1, 2), "AM", None, ("Family wedding", "Funeral")),
    Mishap(4, "E", (2, 6), "AM", None, ("Suspended",)),
    Mishap(2, "C1", (2, 2), "AM", None, ("Filming, licensed",)),
    Mishap(2, "T", (6, 10), "AM", None, ("Autumn fair season",)),
    Mishap(2, "Y1", (2, 2), "AM", None, ("School bus broken down",)),
)
MISHAPS_IN_ALL = sum(m.often for m in MISHAPS)


class Occasion(NamedTuple):
    """Days on which a year, or one in so many of it, is elsewhere; an empty mark changes nothing."""

    kind: str
    dates: tuple[str, ...]
    years: tuple[int, ...]
    one_in: int
    am: str
    pm: str
    note: str


OCCASIONS = (
    Occasion("secondary", ("2026-10-14",), (9,), 1, "V", "V", "Field trip to Heron Marsh"),
    Occasion("secondary", tuple(f"2026-10-{d:02}" for d in range(5, 10)), (12,), 1, "W", "W", "Work experience"),
    Occasion("secondary", ("2026-11-18",), (13,), 4, "J1", "", "University interview"),
    Occasion("secondary", ("2026-11-16", "2026-11-17"), (13,), 1, "", "S", "Study leave"),
    Occasion("secondary", ("2026-09-21",), tuple(range(7, 14)), 60, "R", "R", "Yom Kippur"),
    Occasion("secondary", ("2026-11-19",), tuple(range(7, 14)), 25, "Y2", "", "Flood on the Mossbridge road"),
    Occasion("secondary", ("2026-09-24", "2026-10-01", "2026-10-08"), (10,), 50, "K", "K", "Farm school"),
    Occasion("secondary", ("2025-10-07",), (8,), 1, "V", "V", "Visit to the water mill"),
    Occasion("secondary", ("2025-11-19",), (13,), 3, "J1", "", "University interview"),
    Occasion("secondary", ("2026-01-20", "2026-01-27", "2026-02-03"), (10,), 40, "K", "K", "Farm school"),
    Occasion("secondary", ("2026-02-05",), tuple(range(7, 14)), 1, "", "Y7", "Burst water main"),
    Occasion("secondary", ("2026-03-20",), tuple(range(7, 14)), 40, "R", "R", "Eid al-Fitr"),
    Occasion("secondary", tuple(f"2026-05-{d:02}" for d in (11, 12, 13, 14, 15)), (11, 13), 1, "", "S", "Study leave"),
    Occasion("secondary", tuple(f"2026-06-{d:02}" for d in range(15, 20)), (11, 13), 1, "S", "S", "Study leave"),
    Occasion("secondary", tuple(f"2026-06-{d:02}" for d in range(22, 27)), (12,), 1, "W", "W", "Work experience"),
    Occasion("secondary", ("2026-07-02",), (7,), 1, "P", "P", "District sports day"),
    Occasion("primary", ("2026-09-03", "2026-09-04", "2026-09-07"), (0,), 1, "", "X", "Half days at first"),
    Occasion("primary", ("2026-11-12",), (4,), 1, "V", "V", "Visit to the windmill"),
    Occasion("primary", ("2026-11-10",), tuple(range(7)), 1, "", "Y4", "Boiler failure"),
    Occasion("high", ("2026-10-22",), (11,), 1, "V", "V", "College fair"),
)
NOT_TAKEN = {("secondary", 9, 1), ("secondary", 11, 3), ("primary", 2, 0), ("high", 10, 1)}
"""Whose register of this afternoon has not been taken: kind of school, year, and which of its groups."""


class Registers:
    """The registers of a school's students from the first day of the academic year to today."""

    def __init__(self, groups: Groups, places: Iterable[Place], today: str) -> None:
        self.groups = groups
        self.plan = groups.plan
        self.today = today
        self.days = [day for day in self.plan.this_year.days() if day.date <= today]
        self.past = list(self.plan.last_year.days())
        self.places = [p for p in places if p.stay.status in (CURRENT, LEFT_THIS_YEAR)]
        self.before = [p for p in places if p.year_in(self.plan.last_year) is not None]

    def sessions(self) -> Iterator[Row]:
        """The rows of the marks of every morning and afternoon of this year."""
        return _by_day(self._rows(place, self.of(place)) for place in self.places)

    def last_year(self) -> Iterator[Row]:
        """The rows of the marks of every morning and afternoon of the year before."""
        return _by_day(self._rows(place, self.of_last_year(place)) for place in self.before)

    def _rows(self, place: Place, entries: Iterable[tuple[Day, str, Entry]]) -> Iterator[Row]:
        for day, session, entry in entries:
            yield {
                "school": self.groups.school,
                "student": place.id,
                "date": day.date,
                "session": session,
                "kind": "S",
                "mark": entry.mark,
                "minutes_late": entry.minutes,
                "notes": entry.note,
            }

    def lessons(self, monday: str) -> Iterator[Row]:
        """The rows of the marks of every lesson since a Monday, in keeping with those of the sessions."""
        numbers = period_numbers(self.plan, self.plan.this_year)
        codes = {group: code for (_, code), group in self.groups.teaching.items()}
        # Where one teacher has a class all day, nobody registers it again and again.
        places = () if self.plan.primary else self.places
        return _by_day(self._lessons(place, monday, self._week(place, codes), numbers) for place in places)

    def _lessons(
        self,
        place: Place,
        monday: str,
        week: Mapping[tuple[int, str], list[str]],
        numbers: Mapping[tuple[str, str], str],
    ) -> Iterator[Row]:
        rng = Random(f"{self.plan.key} {place.number} lessons")
        for day, session, entry in self.of(place, monday):
            for period in week[day.weekday, session] if entry.mark not in "#-" else ():
                mark = _lesson_mark(entry, session, period, late=rng.random() < 0.01)
                yield {
                    "school": self.groups.school,
                    "student": place.id,
                    "date": day.date,
                    "session": session,
                    "kind": "L",
                    "instance": numbers[day.date, period],
                    "mark": mark,
                    "minutes_late": rng.randrange(1, 15) if mark == "L" else None,
                }

    def _week(self, place: Place, codes: dict[str, str]) -> defaultdict[tuple[int, str], list[str]]:
        """The periods in which a student has lessons, by weekday and session."""
        taught = [bell for bell in bells(self.plan) if bell.teaching]
        found: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        for slot in sorted(s for group in place.lessons.values() for s in slots_of(self.plan, codes[group]).lessons):
            weekday, period = divmod(slot, len(taught))
            found[weekday, taught[period].session].append(taught[period].name)
        return found

    def of(self, place: Place, since: str = "") -> Iterator[tuple[Day, str, Entry]]:
        """What the registers say of one student, session by session; always the same for the same student."""
        # Attendance must repeat; nobody needs to be surprised by it.
        rng = Random(f"{self.plan.key} {place.number}")
        for day, am, pm in self._days(place, place.stay.year, self.days, rng):
            if day.date >= since:
                yield day, "AM", am
                yield day, "PM", pm

    def of_last_year(self, place: Place) -> Iterator[tuple[Day, str, Entry]]:
        """What the registers of the year before say of one student, session by session."""
        rng = Random(f"{self.plan.key} {place.number} {self.plan.last_year.name}")
        year = place.year_in(self.plan.last_year)
        for day, am, pm in self._days(place, place.stay.year if year is None else year, self.past, rng):
            yield day, "AM", am
            yield day, "PM", pm

    def _days(self, place: Place, year: int, days: list[Day], rng: Random) -> Iterator[tuple[Day, Entry, Entry]]:
        luck = rng.choice((0.3, 0.5, 0.8, 0.8, 1.0, 1.2, 2.5)) * MISHAPS_IN_ALL / 10_000
        occasions = _occasions(self.plan, place, year)
        last = place.leaving or self.today
        spell: list[Entry] = []
        elsewhere = place.part_time or place.dual
        for day in days:
            if not place.entry <= day.date <= last:
                continue
            if not day.closed and not spell and rng.random() < luck:
                spell = _spell(rng)
            usual = _usual_absence(place, day) if elsewhere else None
            yield day, *self._day(place, day, spell, occasions.get(day.date), usual)

    def _day(
        self, place: Place, day: Day, spell: list[Entry], occasion: Occasion | None, usual: Entry | None
    ) -> tuple[Entry, Entry]:
        if day.closed:
            closed = Entry("#", None, day.closed.description)
            return closed, closed
        am = spell.pop() if spell else AM_PRESENT
        pm = spell.pop() if spell else PM_PRESENT
        if occasion:
            am = Entry(occasion.am, None, occasion.note) if occasion.am else am
            pm = Entry(occasion.pm, None, occasion.note) if occasion.pm else pm
        if day.date == self.today and self._not_taken(place):
            return am, Entry("-")
        return am, usual or pm if pm is PM_PRESENT else pm

    def _not_taken(self, place: Place) -> bool:
        year = place.stay.year
        return (self.plan.kind, year, self.groups.form_of(place, year)) in NOT_TAKEN


def _by_day(students: Iterable[Iterator[Row]]) -> Iterator[Row]:
    """The marks of some students, each student's in the order of days, as a school enters them: day by day."""
    return merge(*students, key=itemgetter("date"))


def _occasions(plan: Plan, place: Place, year: int) -> dict[str, Occasion]:
    those = [o for o in OCCASIONS if o.kind == plan.kind and year in o.years]
    return {day: o for o in those if place.number % o.one_in == 0 for day in o.dates}


def _usual_absence(place: Place, day: Day) -> Entry | None:
    if place.part_time and day.weekday == 4 and day.date >= place.stay.plan.this_year.start:
        return Entry("C2", None, "Part-time timetable")
    if place.dual and day.weekday in (1, 3):
        return Entry("D", None, "At the other school")
    return None


def _spell(rng: Random) -> list[Entry]:
    """The entries from now on, the next one last."""
    mishap = rng.choices(MISHAPS, [m.often for m in MISHAPS])[0]
    minutes = rng.randrange(*mishap.minutes) if mishap.minutes else None
    first = Entry(mishap.mark, minutes, rng.choice(mishap.notes))
    later = [Entry(mishap.mark)] * (rng.randint(*mishap.sessions) - 1)
    return [*later, first, AM_PRESENT] if mishap.part == "PM" else [*later, first]


def _lesson_mark(entry: Entry, session: str, period: str, *, late: bool) -> str:
    # Who came late to the morning's register was in the later lessons.
    arrived = entry.mark in ("L", "U") and period != "1"
    if entry.mark == PRESENT[session] or arrived:
        return "L" if late else PRESENT[session]
    return entry.mark
