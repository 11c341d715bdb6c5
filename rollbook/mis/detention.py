"""Entering detentions (Xporter document, "Detention Writeback Async")."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..consent.checking import Checker
from ..fields import Record
from ..model.conduct import Behaviour
from ..model.detention import Detention, DetentionLookup, DetentionStaff, DetentionType, StudentDetention
from ..model.people import Staff
from ..model.students import Student
from ..scopes import Need, S
from .changes import Change, Invalid, Results, as_told
from .events import KINDS
from .profiles import Profile
from .school import Row, SchoolRecords


class Detained(msgspec.Struct, frozen=True, omit_defaults=True):
    """A student who is to come, or need not (`gone`); what is not said stays as it is."""

    student: str
    gone: bool = False
    reason: str | None = None
    attended: str | None = None
    non_attendance_reason: str | None = None
    behaviour: str | None = None
    added_by: str | None = None
    comments: str | None = None


class Helper(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member of staff who helps, or does not (`gone`)."""

    staff: str
    gone: bool = False


class Sitting(msgspec.Struct, frozen=True, omit_defaults=True):
    """A detention: a new one, or the one with the MIS id `update`; dates `yyyy-MM-dd`, times `HH:MM`.

    `number` is the caller's own, `staff` takes it. What is not said stays as it is.
    """

    number: str
    update: str | None = None
    type: str | None = None
    location: str | None = None
    date: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    staff: str | None = None
    recorded_on: str | None = None
    recorded_by: str | None = None
    students: tuple[Detained, ...] = ()
    helpers: tuple[Helper, ...] = ()


class Detentions(Change, frozen=True):
    """Detentions, with who is to come and who helps."""

    sittings: tuple[Sitting, ...]

    @property
    def need(self) -> Need:
        """Write-back of conduct."""
        return S.WritebackConduct

    def people(self) -> dict[str, Iterable[str]]:
        """Who is to come, and everybody who has to do with it."""
        detained = [one for sitting in self.sittings for one in sitting.students]
        staff = [name for sitting in self.sittings for name in (sitting.staff, sitting.recorded_by)]
        staff += [one.added_by for one in detained]
        staff += [one.staff for sitting in self.sittings for one in sitting.helpers]
        return {"Student": [one.student for one in detained], "Staff": [name for name in staff if name is not None]}

    def strangers(self, checker: Checker) -> list[str]:
        """People, and incidents in which nobody took part of whom the app may know."""
        incidents = KINDS["Beh"]
        return super().strangers(checker) + [
            f"Invalid BehaviourId {one.behaviour}"
            for sitting in self.sittings
            for one in sitting.students
            if one.behaviour is not None
            and checker.known(incidents.event, incidents.seen, mis_id=one.behaviour) is None
        ]

    def enter(self, school: SchoolRecords, profile: Profile) -> Results:
        """Enter them."""
        return tuple(
            {"DetentionId": as_told(sitting.number), "ActualId": as_told(_enter(school, sitting))}
            for sitting in self.sittings
        )


def _enter(school: SchoolRecords, sitting: Sitting) -> str:
    """Enter one with all its parts; gives its MIS id."""
    identity = _sitting(school, sitting)
    for one in sitting.students:
        _detain(school, identity, one)
    for helper in sitting.helpers:
        _help(school, identity, helper)
    row = school.get(Detention, identity)
    assert row is not None, identity
    return row["mis_id"]


def _sitting(school: SchoolRecords, sitting: Sitting) -> str:
    facts = {
        "type": _one(school, DetentionType, "DetentionTypeId", sitting.type),
        "location": _one(school, DetentionLookup, "LocationId", sitting.location, kind="Location"),
        "date": sitting.date,
        "start_time": sitting.start_time,
        "end_time": sitting.end_time,
        "staff": _one(school, Staff, "AssignedStaffId", sitting.staff),
        # What was written down tomorrow was written down today.
        "recorded_on": min(sitting.recorded_on, school.today) if sitting.recorded_on else None,
        "recorded_by": _one(school, Staff, "RecordedByStaffId", sitting.recorded_by),
    }
    said = {name: value for name, value in facts.items() if value is not None}
    if sitting.update is None:
        usual = {"date": school.today, "recorded_on": school.today, **_usual_times(school, sitting, facts["type"])}
        return school.add(Detention, {**usual, **said})
    found = school.one(Detention, mis_id=sitting.update)
    if found is None:
        raise Invalid(f"Invalid UpdateId {sitting.update}")
    school.change(Detention, found["id"], said)
    return found["id"]


def _usual_times(school: SchoolRecords, sitting: Sitting, kind: str | None) -> Row:
    """When detentions of a type are usually held, where nothing is said of it."""
    usual = school.get(DetentionType, kind) if kind else None
    if usual is None or sitting.start_time or sitting.end_time:
        return {}
    return {name: usual[name] for name in ("start_time", "end_time")}


def _detain(school: SchoolRecords, detention: str, one: Detained) -> None:
    where = {"detention": detention, "student": _one(school, Student, "StudentId:", one.student)}
    before = school.one(StudentDetention, **where)
    if one.gone:
        _take_off(school, StudentDetention, before, f"Invalid StudentId: -{one.student}")
        return
    facts = {
        "reason": _one(school, DetentionLookup, "ReasonId", one.reason, kind="Reason"),
        "attended": _one(school, DetentionLookup, "AttendedId", one.attended, kind="Attended"),
        "non_attendance_reason": one.non_attendance_reason,
        "behaviour": _one(school, Behaviour, "BehaviourId", one.behaviour),
        "added_by": _one(school, Staff, "AddedByStaffId", one.added_by),
        "comments": one.comments,
    }
    said = {name: value for name, value in facts.items() if value is not None}
    if before is None:
        school.add(StudentDetention, {**where, **said})
    else:
        school.change(StudentDetention, before["id"], said)


def _help(school: SchoolRecords, detention: str, one: Helper) -> None:
    where = {"detention": detention, "staff": _one(school, Staff, "StaffId:", one.staff)}
    before = school.one(DetentionStaff, **where)
    if one.gone:
        _take_off(school, DetentionStaff, before, f"Invalid StaffId: -{one.staff}")
    elif before is None:
        school.add(DetentionStaff, where)


def _take_off(school: SchoolRecords, record: type[Record], row: Row | None, wrong: str) -> None:
    if row is None:
        raise Invalid(wrong)
    school.remove(record, row["id"])


def _one(school: SchoolRecords, record: type[Record], name: str, mis_id: str | None, **facts: str) -> str | None:
    """The hub id of what is named, if anything is; raises `Invalid` when it is not there or no longer used."""
    if mis_id is None:
        return None
    found = school.one(record, mis_id=mis_id, **facts)
    if found is None or found.get("active") == 0:
        raise Invalid(f"Invalid {name} {mis_id}")
    return found["id"]
