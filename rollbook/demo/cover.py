"""Cover at an invented school: whose lessons somebody else teaches, and which are held in another room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from ..model.timetable import CoverLesson, CoverRoom, CoverStaff, RoomClosure
from .absences import absences, days_of
from .opened import Opened
from .planned import Held, Planned
from .rooms import DEPARTMENTS, SPARE
from .staffroom import Member


class Closure(NamedTuple):
    """A room that cannot be used: its code, why, and the first and the last moment."""

    room: str
    why: str
    start: str
    end: str


CLOSURES = {
    "secondary": (
        Closure("L4", "Gas taps repaired", "2026-10-05T08:40:00", "2026-10-06T15:20:00"),
        Closure("SH", "Mock examinations", "2026-11-16T08:40:00", "2026-11-18T15:20:00"),
        Closure("C2", "Computers replaced", "2026-11-30T08:40:00", "2026-12-01T15:20:00"),
        Closure("HALL", "Winter Concert rehearsal", "2026-12-09T13:10:00", "2026-12-09T15:20:00"),
        Closure("SH", "Exams", "2027-05-17T08:40:00", "2027-05-28T15:20:00"),
    ),
    "primary": (
        Closure("MUS", "Piano tuned", "2026-11-18T08:50:00", "2026-11-18T15:15:00"),
        Closure("HALL", "Floor polished", "2026-12-17T08:50:00", "2026-12-17T15:15:00"),
    ),
    "high": (
        Closure("121", "Fume hood inspected", "2026-11-17T07:50:00", "2026-11-17T14:55:00"),
        Closure("GYM", "Blood drive", "2026-12-03T07:50:00", "2026-12-03T14:55:00"),
    ),
}

EXAMINED = ("11", "12", "13")
"""How the codes of classes begin whose students are soon to be examined."""


def put_cover(opened: Opened, planned: Planned) -> None:
    """Add who teaches for those who are away, which rooms are closed, and what is held elsewhere instead."""
    desk = _Desk(opened, planned)
    for held, absent in desk.uncovered():
        desk.cover(held, absent)
    for number, closure in enumerate(CLOSURES[opened.plan.kind], 1):
        room = planned.rooms[closure.room]
        opened.put(
            RoomClosure,
            mis_id=str(number),
            room=room,
            description=closure.why,
            start=closure.start,
            end=closure.end,
        )
        desk.move(closure)


class _Desk:
    """Where cover is arranged, in the morning of each day."""

    def __init__(self, opened: Opened, planned: Planned) -> None:
        self.opened = opened
        self.planned = planned
        self.count = 0
        self.covered: Counter[str] = Counter()
        self.away = {(day, away.member.id) for away in absences(opened) for day in days_of(away)}
        current = [m for m in opened.staff.members if m.current]
        self.supply = [m for m in current if m.post.kind == "supply"]
        self.teachers = opened.staff.teachers()

    def uncovered(self) -> Iterator[tuple[Held, Member]]:
        """The lessons of those who are away, day by day."""
        for day in sorted({day for day, _ in self.away}):
            for held in self.planned.on(day):
                if (day, held.lesson.teacher.id) in self.away:
                    yield held, held.lesson.teacher

    def cover(self, held: Held, absent: Member) -> None:
        """Have somebody who is free teach a lesson: those who are there for it, or a colleague of the department.

        A department looks after its own examination classes first.
        """
        busy = self.planned.busy[held.date, held.lesson.period]
        colleagues = [m for m in self.teachers if m.post.subject == absent.post.subject]
        first = (colleagues, self.supply) if held.lesson.code.startswith(EXAMINED) else (self.supply, colleagues)
        for able in (*first, self.teachers):
            free = [m for m in able if m.id not in busy and (held.date, m.id) not in self.away and _there(m, held)]
            if free:
                chosen = min(free, key=lambda m: self.covered[m.id])
                self.covered[chosen.id] += 1
                busy.add(chosen.id)
                self._put(held, "StaffCover", CoverStaff, staff=chosen.id)
                return

    def move(self, closure: Closure) -> None:
        """Have the lessons in a closed room held in one that is free and suits them, if there is any."""
        for day in self.planned.cycle.dates:
            for held in self.planned.on(day.date) if closure.start[:10] <= day.date <= closure.end[:10] else ():
                bell = self.planned.bell(held.lesson)
                within = closure.start < f"{day.date}T{bell.end}" and f"{day.date}T{bell.start}" < closure.end
                if held.lesson.room == closure.room and within:
                    self._move(held)

    def _move(self, held: Held) -> None:
        key, lesson = self.opened.plan.kind, held.lesson
        busy = self.planned.busy[held.date, lesson.period]
        likely = [*DEPARTMENTS[key].get(lesson.subject, ()), *SPARE[key]]
        room = next((r.code for r in likely if r.code not in busy and not _closed(key, r.code, held.date)), None)
        if room:
            busy.add(room)
            self._put(held, "RoomCover", CoverRoom, room=self.planned.rooms[room])

    def _put(self, held: Held, kind: str, of: type[CoverStaff] | type[CoverRoom], **who: str) -> None:
        self.count += 1
        own = {"mis_id": str(self.count), "date": held.date, "instance": held.id}
        cover = self.opened.put(CoverLesson, **own, kind=kind)
        self.opened.put(of, **own, cover=cover, **who)


def _there(member: Member, held: Held) -> bool:
    return (not member.start or member.start <= held.date) and (not member.end or held.date <= member.end)


def _closed(school: str, room: str, day: str) -> bool:
    return any(c.room == room and c.start[:10] <= day <= c.end[:10] for c in CLOSURES[school])
