"""Entering seating plans: who of a class sits where in a room.

A plan is changed seat by seat: whoever is not named stays where they are, so that an app which does not see everybody
of a class unseats nobody whom it does not know of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ..model.groups import Group
from ..model.students import Student
from ..model.timetable import Room, Seat, SeatingPlan
from ..scopes import Need, S
from .changes import Change, Invalid, Results
from .profiles import Profile
from .school import Row, SchoolRecords


class SeatEntry(msgspec.Struct, frozen=True):
    """Where a student sits, counted from 1 at the front and from 1 at the left as the teacher sees it."""

    student: str
    row: int
    column: int


class PlanEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A plan: by its id, or by its name and its group, which makes it when it is not there."""

    mis_id: str | None = None
    group: str | None = None
    name: str | None = None
    room: str | None = None
    rows: int | None = None
    columns: int | None = None
    seats: tuple[SeatEntry, ...] = ()
    unseated: tuple[str, ...] = ()
    """Students who lose their seat."""


class Seating(Change, frozen=True):
    """Seating plans to be made and changed."""

    plans: tuple[PlanEntry, ...]

    @property
    def need(self) -> Need:
        """Whatever lets seating plans be read."""
        return (S.School | S.EmergeForWeb) & S.WritebackSeating

    def people(self) -> dict[str, Iterable[str]]:
        """The students who are given a seat."""
        return {"Student": [seat.student for plan in self.plans for seat in plan.seats]}

    def enter(self, school: SchoolRecords, profile: Profile) -> Results:
        """Enter the plans, all or none; gives the id of each."""
        return tuple(self._enter(school, plan) for plan in self.plans)

    def _enter(self, school: SchoolRecords, plan: PlanEntry) -> Mapping[str, Any]:
        kept = self._plan(school, plan)
        for seat in plan.seats:
            where = {"plan": kept["id"], "student": _student(school, seat.student)}
            place = {"row": seat.row, "column": seat.column}
            before = school.one(Seat, **where)
            if before is None:
                school.add(Seat, {**where, **place})
            else:
                school.change(Seat, before["id"], place)
        for student in plan.unseated:
            for seat in school.find(Seat, plan=kept["id"], student=_student(school, student)):
                school.remove(Seat, seat["id"])
        return {"Name": kept["name"], "ActualId": kept["mis_id"]}

    def _plan(self, school: SchoolRecords, plan: PlanEntry) -> Row:
        """The plan's record, with what is told of it."""
        said: Row = {"name": plan.name, "rows": plan.rows, "columns": plan.columns}
        if plan.group is not None:
            said["group"] = _known(school, Group, "GroupId", plan.group)
        if plan.room is not None:
            said["room"] = _known(school, Room, "RoomId", plan.room)
        said = {name: value for name, value in said.items() if value is not None}
        if plan.mis_id is not None:
            before = school.one(SeatingPlan, mis_id=plan.mis_id)
            if before is None:
                raise Invalid(f"Invalid PlanId provided: {plan.mis_id}")
        else:
            before = school.one(SeatingPlan, group=said.get("group"), name=plan.name)
        identity = before["id"] if before else school.add(SeatingPlan, said)
        if before:
            school.change(SeatingPlan, identity, said)
        return school.get(SeatingPlan, identity) or {}


def _known(school: SchoolRecords, record: type[Group | Room], name: str, mis_id: str) -> str:
    found = school.one(record, mis_id=mis_id)
    if found is None:
        raise Invalid(f"Invalid {name} provided: {mis_id}")
    return found["id"]


def _student(school: SchoolRecords, mis_id: str) -> str:
    found = school.one(Student, mis_id=mis_id)
    if found is None:
        raise Invalid(f"Invalid StudentId: {mis_id}")
    return found["id"]
