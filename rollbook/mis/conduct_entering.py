"""Entering one achievement or incident in the records of a school."""

from __future__ import annotations

from typing import Any

from ..fields import Record
from ..model.conduct import ConductLookup, ConductType
from ..model.detention import StudentDetention
from ..model.people import Staff
from ..model.students import Student
from .changes import Invalid
from .conduct_media import keep_file, link_files
from .events import Event, Involved, Share
from .profiles import Profile
from .school import Row, SchoolRecords

STAFF_ROLES, WITNESS = "StfRole", "witness"

CALLED = {
    "activity": "ActivityId",
    "location": "LocationId",
    "time": "EntryTimeId",
    "bullying_type": "BullTypeId",
    "status": "StatusId",
}
"""What the document calls the facts of an event that are entries of lists."""

OUTCOMES = {"Ach": "Achievement", "Beh": "Behaviour"}

ONE_STUDENT = "Only one student can be linked to a conduct record for"


class Entering:
    """An event on its way into a school's records, within a transaction; what does not fit them raises `Invalid`."""

    def __init__(self, school: SchoolRecords, profile: Profile, event: Event, writer: str) -> None:
        self.school = school
        self.profile = profile
        self.event = event
        self.kind = event.kind
        self.writer = writer

    def enter(self) -> str:
        """Enter it with all its parts; gives its MIS id."""
        identity = self._event()
        mis_id: str = self._row(self.kind.event, identity)["mis_id"]
        for share in self.event.students:
            self._share(identity, share)
        for one in self.event.staff:
            self._involve(identity, one)
        self._files(identity)
        return mis_id

    def _event(self) -> str:
        """The event's own facts; gives its hub id."""
        said = self._facts()
        if self.event.update is None:
            return self.school.add(self.kind.event, {"recorded_on": self.school.today, **said})
        found = self.school.one(self.kind.event, mis_id=self.event.update)
        if found is None:
            raise Invalid(f"Invalid UpdateId {self.event.update}")
        self.school.change(self.kind.event, found["id"], said)
        return found["id"]

    def _facts(self) -> Row:
        event = self.event
        said: Row = {"date": event.date, "description": event.note}
        if event.type is not None:
            said["type"] = self._in_use(
                ConductType, f"Invalid TypeId {event.type}", category=event.category, mis_id=event.type
            )
        for fact, name in CALLED.items():
            given = getattr(event, fact)
            if given is not None:
                said[fact] = self._entry(self.kind.lists[fact], given, f"Invalid {name} {given}")
        if event.recorded_by is not None:
            said["recorded_by"] = self._one(Staff, event.recorded_by, f"Invalid RecordedById {event.recorded_by}")
        return _said(said)

    # ---- who took part

    def _share(self, event: str, share: Share) -> None:
        student = self._one(Student, share.student, f"Invalid StudentId: {share.student}")
        where = {self.kind.of: event, "student": student}
        before = self.school.one(self.kind.student, **where)
        if share.gone:
            self._take_off(self.kind.student, before, f"Invalid StudentId: -{share.student}")
            return
        said = self._said_of(share)
        if before is not None:
            self.school.change(self.kind.student, before["id"], said)
            return
        if share.points is None:
            raise Invalid("Missing mandatory field Points")
        self.school.add(self.kind.student, {**where, **said})
        shares = self.school.find(self.kind.student, **{self.kind.of: event})
        shown = [row for row in shares if row["student"] == student or self.school.sees(Student, row["student"])]
        if not self.profile.many_students and len(shown) > 1:
            raise Invalid(f"{ONE_STUDENT} {self.profile.name}")

    def _said_of(self, share: Share) -> Row:
        said: Row = {"points": share.points}
        if share.outcome is not None:
            wrong = f"Invalid {OUTCOMES[self.kind.category]} OutcomeId {share.outcome}"
            said["outcome"] = self._entry(self.kind.lists["outcome"], share.outcome, wrong)
        if share.role is not None:
            wrong = f"Invalid Student RoleId for StudentId: {share.student}"
            said["role"] = self._entry(self.kind.lists["role"], share.role, wrong)
        return _said(said)

    def _involve(self, event: str, one: Involved) -> None:
        staff = self._one(Staff, one.staff, f"Invalid StaffId: {one.staff}")
        where = {self.kind.of: event, "staff": staff}
        before = self.school.one(self.kind.staff, **where)
        if one.gone:
            self._take_off(self.kind.staff, before, f"Invalid StaffId: -{one.staff}")
        elif before is None:
            self.school.add(self.kind.staff, {**where, "role": self._role(one)})
        else:
            self.school.change(self.kind.staff, before["id"], _said({"role": self._role(one)}))

    def _role(self, one: Involved) -> str | None:
        if one.role is not None:
            return self._entry(STAFF_ROLES, one.role, f"Invalid Staff RoleId for StaffId: {one.staff}")
        if self.profile.any_staff_role:
            return None
        roles = self.school.find(ConductLookup, kind=STAFF_ROLES)
        return next((r["id"] for r in roles if (r["description"] or "").lower() == WITNESS and _in_use(r)), None)

    def _take_off(self, record: type[Record], row: Row | None, wrong: str) -> None:
        if row is None:
            raise Invalid(wrong)
        self.school.remove(record, row["id"])

    # ---- what it leaves behind

    def _files(self, event: str) -> None:
        for file in self.event.media:
            keep_file(self.school, {self.kind.of: event, "writer": self.writer, "number": file.number}, file)
        students = [row["student"] for row in self.school.find(self.kind.student, **{self.kind.of: event})]
        if students:
            link_files(self.school, {self.kind.of: event}, students)
        else:
            self._forget(event)

    def _forget(self, event: str) -> None:
        """What nobody took part in did not happen: no reader would ever see what was written of it."""
        if self.kind.category == "Beh":
            for row in self.school.find(StudentDetention, behaviour=event):
                self.school.change(StudentDetention, row["id"], {"behaviour": None})
        self.school.remove(self.kind.event, event)

    # ---- looking up

    def _one(self, record: type[Record], mis_id: str, wrong: str) -> str:
        found = self.school.one(record, mis_id=mis_id)
        if found is None:
            raise Invalid(wrong)
        return found["id"]

    def _entry(self, kind: str, mis_id: str, wrong: str) -> str:
        return self._in_use(ConductLookup, wrong, kind=kind, mis_id=mis_id)

    def _in_use(self, record: type[Record], wrong: str, **facts: str) -> str:
        found = self.school.one(record, **facts)
        if found is None or not _in_use(found):
            raise Invalid(wrong)
        return found["id"]

    def _row(self, record: type[Record], identity: str) -> Row:
        found = self.school.get(record, identity)
        assert found is not None, identity
        return found


def _said(facts: dict[str, Any]) -> Row:
    """Those facts that are said."""
    return {name: value for name, value in facts.items() if value is not None}


def _in_use(row: Row) -> bool:
    return row["active"] != 0
