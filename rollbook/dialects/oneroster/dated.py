"""An addition of ours: the roll, and the enrolments in force, as of an earlier day, as far as dates tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...api.listing.rows import Conditions
from ...api.listing.services import Collection
from ...fields import Arg, Condition, Expr, Some
from ...model.groups import StaffMembership
from ...model.people import Person
from ...model.roster import as_student
from ...model.students import Student, StudentMembership

AS_OF = "asOf"

_DAY = Arg("as_of")
"""The day that is asked for."""


def _ended(end: Expr) -> Condition:
    return end.unknown() | end.since(_DAY)


def _in_force(start: Expr, end: Expr) -> Condition:
    return (start.unknown() | start.until(_DAY)) & _ended(end)


# Without the date of entry nobody was on roll: at a school that does not grant the dates, that is everybody.
_ON_ROLL = Student.entry_date.until(_DAY) & _ended(Student.leaving_date)

_STUDENTS: Conditions = {Person: Some(as_student, _ON_ROLL)}
_ENROLLMENTS: Conditions = {
    StudentMembership: _in_force(StudentMembership.start, StudentMembership.end)
    & _ended(StudentMembership.student / Student.leaving_date),
    StaffMembership: _in_force(StaffMembership.start, StaffMembership.end),
}

DATED: Mapping[str, Conditions] = {
    "students": _STUDENTS,
    "enrollments": _ENROLLMENTS,
    "schools/{id}/enrollments": _ENROLLMENTS,
    "schools/{id}/classes/{id}/enrollments": _ENROLLMENTS,
}
"""The addresses that can be read as of a day, and which rows there were then."""

NEEDED: Mapping[str, tuple[Expr, ...]] = {"students": (Student.entry_date, Student.leaving_date)}
"""What must be seen for that, at some school, beside what a present reading needs."""


def as_it_was(collection: Collection, address: str) -> Collection:
    """What an address lists, as of the day that is asked for."""
    rows = {**collection.rows, **DATED[address]}
    return replace(collection, name=f"{collection.name} as of a day", rows=rows)
