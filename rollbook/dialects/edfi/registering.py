"""Attendance events are entered in the register: a mark follows from each that has one, and goes with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...edfi.attendance import SCHOOL, halves_of, mark_of
from ...edfi.resources import RESOURCES
from ...edfi.schema import Written
from ...mis.attendance import CLOSED
from ...model.attendance import Mark
from ...model.students import Student
from ...model.timetable import LessonClass, LessonInstance, TimetablePeriod, TimetablePeriodInstance
from .pen import Pen, remainder

FACTS = ("mark", "minutes_late", "notes", "remainder")
"""What an event changes of a mark that is there already, and gives back when it goes."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where in the registers of a day a mark stands: at a session, or in the lesson of a period."""

    session: str
    instance: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """The stored facts that say so."""
        return {"kind": "L" if self.instance else "S", "session": self.session, "instance": self.instance}


class RegisterPen(Pen):
    """Writes attendance events, which are kept whole, and the marks that follow from them."""

    def add(self, document: Mapping[str, Any], written: Written) -> str:
        identity = super().add(document, written)
        self.enter(identity, document)
        return identity

    def change(self, identity: str, document: Mapping[str, Any], written: Written, *, rename: bool = False) -> None:
        self.withdraw(identity, self.writer.get(self.resource.of, identity) or {})
        super().change(identity, document, written, rename=rename)
        self.enter(identity, document)

    def remove(self, identity: str) -> None:
        before = self.writer.get(self.resource.of, identity) or {}
        super().remove(identity)
        if self.writer.get(self.resource.of, identity) is None:
            self.withdraw(identity, before)

    # ---- the register

    def enter(self, identity: str, document: Mapping[str, Any]) -> None:
        """Enter the marks that follow from an event, of a student of the school."""
        row = self.writer.get(self.resource.of, identity) or {}
        student = self.writer.get(Student, row.get("student") or "") or {}
        if not row.get("school") or student.get("school") != row["school"]:
            return
        for place in self.places_of(document):
            mark = mark_of(document, place.session)
            if mark is not None:
                said = {"mark": mark, "minutes_late": None, "notes": document.get("attendanceEventReason")}
                self.put(identity, row, {"date": document["eventDate"], **place.facts}, said)

    def put(self, identity: str, row: Row, where: Row, said: Row) -> None:
        """Enter a mark, unless the school was closed; what stood there is noted, to come back when the event goes."""
        where = {"school": row["school"], "student": row["student"], **where}
        before = next(iter(self.writer.find(Mark, **where)), None)
        if before is not None and before["mark"] == CLOSED:
            return
        was = {name: before[name] for name in FACTS} if before else None
        note = {"of": identity, "mark": said["mark"], "was": was}
        facts = {**said, "remainder": remainder(self.resource, before["remainder"] if before else None, note)}
        if before is None:
            self.writer.add(Mark, {**where, **facts})
        else:
            self.writer.entail(Mark, before["id"], facts)

    def withdraw(self, identity: str, row: Row) -> None:
        """Take back the marks that followed from an event, but for those that somebody has changed since."""
        day = json.loads(row.get("known_as") or "{}").get("eventDate")
        for mark in self.writer.find(Mark, student=row.get("student"), date=day) if day else ():
            note = self.note(mark["remainder"])
            if note.get("of") == identity and note["mark"] == mark["mark"]:
                self.give_back(mark["id"], note["was"])

    def give_back(self, mark: str, was: dict[str, Any] | None) -> None:
        """Let a mark be what it was before; what another event had said, and is gone, is passed over."""
        while was and (note := self.note(was["remainder"])) and not self.writer.get(self.resource.of, note["of"]):
            was = note["was"]
        if was is None:
            self.writer.remove(Mark, mark)
        else:
            self.writer.entail(Mark, mark, was)

    def note(self, kept: str | None) -> dict[str, Any]:
        """What an event has noted of a mark."""
        return json.loads(kept or "{}").get("edfi", {}).get(self.resource.name, {})

    # ---- where

    def places_of(self, document: Mapping[str, Any]) -> Iterable[Place]:
        """Where the marks of an event stand."""
        if self.resource.name == SCHOOL:
            return [Place(half) for half in halves_of(document)]
        return list(self.lessons(document))

    def lessons(self, document: Mapping[str, Any]) -> Iterator[Place]:
        """The lessons of a section on the day of an event, or those in the class periods that it names."""
        group = self.locator.document(RESOURCES["sections"], document["sectionReference"])
        named = {one["classPeriodReference"]["classPeriodName"] for one in document.get("classPeriods", ())}
        for one in self.writer.find(LessonClass, group=group) if group else ():
            for held in self.writer.find(LessonInstance, lesson=one["lesson"], date=document["eventDate"]):
                slot = self.writer.get(TimetablePeriodInstance, held["slot"] or "") or {}
                period = self.writer.get(TimetablePeriod, slot.get("period") or "")
                if period and (not named or period["name"] in named):
                    yield Place(period["session"], slot["mis_id"])
