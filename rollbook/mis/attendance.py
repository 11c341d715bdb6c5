"""Entering attendance marks (Xporter document, "Attendance Writeback Async")."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..model.attendance import Mark
from ..model.students import Student
from ..model.timetable import LessonInstance, TimetablePeriod, TimetablePeriodInstance
from ..scopes import Need, S
from .changes import Change, Invalid, Results
from .profiles import Profile
from .school import Row, SchoolRecords

NOT_YET, NOTHING, CLOSED = "N", "-", "#"
"""No reason yet established; no mark at all; the school is closed."""

SCHOOL_CLOSED = "School appears to be closed to students on this date"
NO_LESSON = "Invalid lesson InstanceId provided"


class MarkEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A mark of one student: at a session (`AM`, `PM`), or in a lesson, told by the id of its period on the date."""

    student: str
    mark: str
    session: str | None = None
    instance: str | None = None
    minutes_late: int | None = None
    notes: str | None = None
    statutory_comment: str | None = None


class Attendance(Change, frozen=True):
    """Marks of one date, `yyyy-MM-dd`."""

    date: str
    marks: tuple[MarkEntry, ...]

    @property
    def need(self) -> Need:
        """Write-back of attendance."""
        return S.WritebackAttendance

    def people(self) -> dict[str, Iterable[str]]:
        """The students marked."""
        return {"Student": [entry.student for entry in self.marks]}

    def enter(self, school: SchoolRecords, profile: Profile) -> Results:
        """Enter the marks, all or none."""
        placed = [(entry, *self._place(school, entry)) for entry in self.marks]
        self._check_open(school, {session for entry, session, _ in placed if entry.instance is None})
        for entry, session, instance in placed:
            student = school.one(Student, mis_id=entry.student)
            if student is None:
                raise Invalid(f"Invalid StudentId: {entry.student}")
            self._enter(school, entry, student["id"], session, instance)
        return ()

    def _check_open(self, school: SchoolRecords, sessions: Iterable[str]) -> None:
        for session in sessions:
            closed = school.find(Mark, date=self.date, session=session, kind="S", mark=CLOSED)
            if any(school.sees(Mark, mark["id"]) for mark in closed):
                raise Invalid(SCHOOL_CLOSED)

    def _place(self, school: SchoolRecords, entry: MarkEntry) -> tuple[str, str | None]:
        """The session of a mark, and the id of the lesson's period."""
        if entry.instance is None:
            return entry.session or "", None
        slot = school.one(TimetablePeriodInstance, date=self.date, mis_id=entry.instance)
        held = slot and school.one(LessonInstance, date=self.date, slot=slot["id"])
        period = slot and held and school.get(TimetablePeriod, slot["period"])
        if not period:
            raise Invalid(NO_LESSON)
        return period["session"], entry.instance

    def _enter(self, school: SchoolRecords, entry: MarkEntry, student: str, session: str, instance: str | None) -> None:
        kind = "L" if instance else "S"
        where = {"student": student, "kind": kind, "date": self.date, "session": session, "instance": instance}
        before = school.one(Mark, **where)
        if entry.mark == NOT_YET and _marked(before):
            # What the school entered is not overwritten by an app that knows no more than that somebody is away.
            return
        if kind == "S" and before is not None and before["mark"] == CLOSED:
            # The app may not see that the school was closed, else it would have been told.
            return
        facts = {
            "mark": entry.mark,
            "minutes_late": entry.minutes_late,
            "notes": entry.notes,
            "statutory_comment": entry.statutory_comment,
        }
        if before is None:
            school.add(Mark, {**where, **facts})
        else:
            school.change(Mark, before["id"], facts)


def _marked(before: Row | None) -> bool:
    """Whether the school entered something else than N already."""
    return before is not None and before["mark"] not in (NOT_YET, NOTHING)
