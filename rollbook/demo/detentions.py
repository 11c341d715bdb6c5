"""Detentions of an invented school: they follow from incidents, on later days, with those who take them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..model.detention import (
    Detention,
    DetentionActivity,
    DetentionLookup,
    DetentionStaff,
    DetentionType,
    StudentDetention,
)
from .admissions import Place
from .conduct_words import AMERICAN, LATE_DETENTION, LUNCH_DETENTION, SENIOR_DETENTION, Sort
from .opened import Opened
from .staffroom import Member
from .years import Year


class Kind(NamedTuple):
    """A kind of detention: on which weekday (Monday is 0), when, where, and for which year."""

    code: str
    name: str
    weekday: int | None
    start: str
    end: str
    place: str
    year: int | None = None
    old: bool = False


LUNCHTIME = Kind("LUND", "Lunchtime Detention", None, "12:30", "12:55", "R12")
YOUNGEST = Kind("Y7LD", "Year 7 Lunchtime Detention", None, "12:30", "12:50", "LIB", 7)
AFTER_SCHOOL = Kind("ASD", "After School Detention", 2, "15:15", "16:00", "HALL")
SENIOR = Kind("SLTD", "SLT Detention", 4, "15:15", "16:15", "HALL")
SATURDAY = Kind("SATD", "Saturday Detention", 5, "09:30", "11:30", "HALL", None, True)
KINDS = (LUNCHTIME, AFTER_SCHOOL, SENIOR, YOUNGEST, SATURDAY)

FOLLOWS = {LUNCH_DETENTION: LUNCHTIME, LATE_DETENTION: AFTER_SCHOOL, SENIOR_DETENTION: SENIOR}
"""Which detention follows from which outcome."""

LOOKUPS: dict[str, tuple[tuple[str, str], ...]] = {
    "Reason": (
        ("HW", "Homework"),
        ("DL", "Disruption of Learning"),
        ("LT", "Lateness"),
        ("LI", "Lunchtime Incident"),
        ("DF", "Defiance"),
        ("SR", "Serious Incident"),
        ("OT", "Other"),
        ("LB", "Library Books"),
    ),
    "Attended": (
        ("ATT", "Attended"),
        ("NR", "Not Recorded"),
        ("DNA", "Did Not Attend"),
        ("ABS", "Absent from School"),
        ("EXC", "Let Off"),
    ),
    "Location": (("HALL", "Main Hall"), ("R12", "Room 12"), ("LIB", "Library"), ("ANX", "Old Annexe")),
    "Activity": (
        ("HOM", "Homework"),
        ("REF", "Reflection Sheet"),
        ("REA", "Silent Reading"),
        ("TID", "Tidying Up"),
        ("LIN", "Copying Out"),
    ),
}
OLD_LOOKUPS = {"LB", "EXC", "ANX", "LIN"}

REASONS = {
    "Homework not done": "HW",
    "Disruption of learning": "DL",
    "Late to lesson": "LT",
    "Missed lesson": "LT",
    "Lunchtime Incident": "LI",
    "Defiance": "DF",
    "Assault": "SR",
    "Bullying": "SR",
    "Damage to property": "SR",
}
EXCUSES = ("Doctors appointment.", "Took the early bus.", "Forgot.", "Rehearsal for the concert.")
REMARKS = ("Don't forget book bag.", "Bring the missing homework.", "Home has been told.", None, None, None, None)

FIRST_DETENTION, FIRST_PLACE = 1471, 1744


@dataclass
class Detained:
    """A student who is to be detained: for which incident, with what outcome, and how it was written down."""

    place: Place
    event: str
    outcome: str
    year: Year
    sort: Sort
    written: dict[str, Any]


@dataclass
class Sitting:
    """A detention on a day, with those who are to come."""

    kind: Kind
    date: str
    students: list[Detained] = field(default_factory=list[Detained])
    moved: set[str] = field(default_factory=set[str])
    """The students who did not come to the one before."""

    def holds(self, one: Detained) -> bool:
        """Whether the student is to come already."""
        return any(other.place is one.place for other in self.students)


def put_detentions(opened: Opened, detained: list[Detained], absent: set[tuple[str, str]]) -> None:
    """Add the detentions that follow from what was written down, and the lists that they are written with."""
    lists = _put_lists(opened)
    types = {kind.code: _put_type(opened, kind, lists) for kind in KINDS}
    writer = Writer(opened, lists, types, absent)
    for session in _planned(detained, absent, opened.today):
        writer.write(session)


def _put_lists(opened: Opened) -> dict[tuple[str, str], str]:
    every = ((kind, order, *entry) for kind, entries in LOOKUPS.items() for order, entry in enumerate(entries, 1))
    return {
        (kind, code): opened.put(
            DetentionLookup,
            kind=kind,
            mis_id=str(number),
            code=code,
            description=words,
            display_order=order,
            active=int(code not in OLD_LOOKUPS),
        )
        for number, (kind, order, code, words) in enumerate(every, 1)
    }


def _put_type(opened: Opened, kind: Kind, lists: dict[tuple[str, str], str]) -> str:
    return opened.put(
        DetentionType,
        mis_id=str(KINDS.index(kind) + 1),
        code=kind.code,
        description=AMERICAN.get(kind.name, kind.name) if opened.plan.american else kind.name,
        location=lists["Location", kind.place],
        frequency="Daily" if kind.weekday is None else "Weekly",
        weekday=None if kind.weekday is None else kind.weekday + 1,
        start_time=kind.start,
        end_time=kind.end,
        year_group=opened.groups.years.get(kind.year) if kind.year else None,
        active=int(not kind.old),
    )


def _planned(detained: list[Detained], absent: set[tuple[str, str]], today: str) -> list[Sitting]:
    """Every detention in order: each student comes to the next one that is not theirs already."""
    sessions: dict[tuple[str, str], Sitting] = {}
    for one in detained:
        kind = FOLLOWS[one.outcome]
        if kind is LUNCHTIME and one.place.year_in(one.year) == YOUNGEST.year:
            kind = YOUNGEST
        days = (d for d in _days(kind, one) if not _there(sessions, kind, d, one))
        date = next(days, None)
        if date is None:
            continue
        _join(sessions, kind, date, one)
        missed = date < today and (one.place.id, date) in absent
        again = next(days, None) if missed else None
        if again:
            _join(sessions, kind, again, one).moved.add(one.place.id)
    return sorted(sessions.values(), key=lambda s: (s.date, s.kind.code))


def _days(kind: Kind, one: Detained) -> Iterator[str]:
    after = max(one.written["date"], one.written["recorded_on"])
    last = one.place.leaving or one.year.end
    for day in one.year.days():
        if after < day.date <= last and not day.closed and kind.weekday in (None, day.weekday):
            yield day.date


def _there(sessions: dict[tuple[str, str], Sitting], kind: Kind, date: str, one: Detained) -> bool:
    session = sessions.get((kind.code, date))
    return session is not None and session.holds(one)


def _join(sessions: dict[tuple[str, str], Sitting], kind: Kind, date: str, one: Detained) -> Sitting:
    session = sessions.setdefault((kind.code, date), Sitting(kind, date))
    session.students.append(one)
    return session


class Writer:
    """Who takes the detentions and writes down who came."""

    def __init__(
        self,
        opened: Opened,
        lists: dict[tuple[str, str], str],
        types: dict[str, str],
        absent: set[tuple[str, str]],
    ) -> None:
        self.opened = opened
        self.lists = lists
        self.types = types
        self.absent = absent
        self.rng = opened.chance_of("detentions")
        self.takers = [m for m in opened.staff.teachers() if m.post.under not in (None,)]
        self.seniors = [m for m in opened.staff.teachers() if m.post.title in SENIORS]
        self.helpers = [m for m in opened.staff.members if m.current and m.post.kind == "support"]
        self.count = 0
        self.places = 0

    def write(self, session: Sitting) -> None:
        """Add a detention with its students, what is done, and who helps."""
        first = min(session.students, key=lambda s: s.written["recorded_on"])
        detention = self.opened.put(
            Detention,
            mis_id=str(FIRST_DETENTION + self.count),
            type=self.types[session.kind.code],
            location=self.lists["Location", session.kind.place],
            date=session.date,
            start_time=session.kind.start,
            end_time=session.kind.end,
            staff=self._taker(session).id,
            recorded_on=first.written["recorded_on"],
            recorded_by=first.written["recorded_by"],
        )
        for one in session.students:
            self._place(detention, session, one)
        for code in self._activities(session):
            self.opened.put(DetentionActivity, detention=detention, activity=self.lists["Activity", code])
        if self.helpers and (self.count % 4 == 0 or len(session.students) > 8):
            helper = self.helpers[self.count // 4 % len(self.helpers)]
            self.opened.put(DetentionStaff, detention=detention, staff=helper.id)
        self.count += 1

    def _taker(self, session: Sitting) -> Member:
        able = self.seniors if session.kind is SENIOR else self.takers
        return able[self.count % len(able)]

    def _activities(self, session: Sitting) -> tuple[str, ...]:
        if session.kind is SENIOR:
            return ("REF", "TID")
        return self.rng.choice((("HOM",), ("HOM", "REA"), ("REF",), ("REA",)))

    def _place(self, detention: str, session: Sitting, one: Detained) -> None:
        attended, why = self._came(session, one)
        moved = one.place.id in session.moved
        self.opened.put(
            StudentDetention,
            mis_id=str(FIRST_PLACE + self.places),
            detention=detention,
            student=one.place.id,
            reason=self.lists["Reason", REASONS.get(one.sort.name, "OT")],
            attended=self.lists["Attended", attended],
            non_attendance_reason=why,
            behaviour=one.event,
            added_by=one.written["recorded_by"],
            comments="Moved from an earlier day." if moved else self.rng.choice(REMARKS),
        )
        self.places += 1

    def _came(self, session: Sitting, one: Detained) -> tuple[str, str | None]:
        if session.date >= self.opened.today:
            return "NR", None
        if (one.place.id, session.date) in self.absent:
            return "ABS", "Not in school that day."
        came = self.rng.random()
        if came < 0.9:
            return "ATT", None
        return ("DNA", self.rng.choice(EXCUSES)) if came < 0.96 else ("NR", None)


SENIORS = ("Headteacher", "Deputy Headteacher", "Principal", "Assistant Principal")
