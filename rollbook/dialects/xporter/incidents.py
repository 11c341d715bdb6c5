"""What may be asked of achievements and behaviour alike: days, students, staff, one record."""

from __future__ import annotations

from collections.abc import Callable

from ...api.resource import Add, Filter, Option, Table
from ...fields import ALWAYS, Arg, Called, Condition, Some
from ...model.conduct import (
    Achievement,
    AchievementStaff,
    AchievementStudent,
    Behaviour,
    BehaviourStaff,
    BehaviourStudent,
    achievement_staff,
    achievement_students,
    behaviour_staff,
    behaviour_students,
)
from ...model.people import Staff
from ...model.students import Student
from .filters import updated_since_in

Kind = type[Achievement] | type[Behaviour]

OF_STUDENTS = "CSV of the Ids of the students who took part"
OF_STAFF = "CSV of the Ids of the staff who had to do with it, beside the one who recorded it"

RANGE = {"DateFrom": "2026-11-09", "DateTo": "2026-11-20"}

LINKED = {
    "includeStudentIds": Option("Include a CSV of the Ids of linked students in the main table", Add("StudentIds")),
    "includeStaffIds": Option(
        "Include a CSV of the Ids of linked staff in the main table (not of those who recorded)", Add("StaffIds")
    ),
}


def by_student(of: Kind) -> Condition:
    """A student took part."""
    known_by = (Student.mis_id, Student.external_id)
    if of is Achievement:
        return Some(achievement_students, Called(known_by, Arg("StudentId"), AchievementStudent.student))
    return Some(behaviour_students, Called(known_by, Arg("StudentId"), BehaviourStudent.student))


def by_staff(of: Kind) -> Condition:
    """A member of staff had to do with it."""
    known_by = (Staff.mis_id, Staff.external_id)
    if of is Achievement:
        return Some(achievement_staff, Called(known_by, Arg("StaffId"), AchievementStaff.staff))
    return Some(behaviour_staff, Called(known_by, Arg("StaffId"), BehaviourStaff.staff))


def by_id(of: Kind) -> Condition:
    """It has this Id, with or without its category before it."""
    return of.mis_id.is_(Arg("id")) | of.conduct_id.is_(Arg("id"))


def each(
    tables: tuple[type[Table], ...],
    about: str,
    where: Callable[[Kind], Condition],
    *,
    kind: str = "text",
    required: bool = False,
) -> Filter:
    """A filter that asks the same of each kind of record that fills a table."""
    asked = {table: where(_kind(table)) for table in tables}
    return Filter(about, ALWAYS, kind=kind, required=required, elsewhere=asked)


def _kind(table: type[Table]) -> Kind:
    return Achievement if table.of is Achievement else Behaviour


def filters_of_days(*tables: type[Table]) -> dict[str, Filter]:
    """The filters of an endpoint that is about a range of days."""
    return {
        "DateFrom": each(
            tables,
            "The date from which to collect records (yyyy-MM-dd)",
            lambda of: of.date.since(Arg("DateFrom")),
            kind="date",
            required=True,
        ),
        "DateTo": each(
            tables,
            "The last date for which records are collected (yyyy-MM-dd)",
            lambda of: of.date.until(Arg("DateTo")),
            kind="date",
            required=True,
        ),
        "IncidentDate": each(
            tables,
            "Records of what happened on a specific date (yyyy-MM-dd)",
            lambda of: of.date.is_(Arg("IncidentDate")),
            kind="date",
        ),
        **filters_of_today(*tables),
    }


def filters_of_today(*tables: type[Table]) -> dict[str, Filter]:
    """The filters of an endpoint that is about today."""
    return {
        "StudentId": each(tables, "Records in which a student took part, by Id or ExternalId", by_student),
        "StaffId": each(tables, "Records with which a member of staff had to do, by Id or ExternalId", by_staff),
        "id": each(tables, "A specific conduct record, by Id or ConductId", by_id),
        "updatedSince": updated_since_in(*tables),
    }
