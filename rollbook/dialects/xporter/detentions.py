"""Detentions and the lists that they are written with (school.detentions, school.detentionlookups)."""

from __future__ import annotations

from ...api.resource import Also, Endpoint, Filter, Option, Table
from ...fields import ALWAYS, Arg, Called, Condition, Expr, Question, Ref, Some, Within
from ...model.conduct import Behaviour
from ...model.detention import (
    Detention,
    DetentionActivity,
    DetentionLookup,
    DetentionStaff,
    DetentionType,
    StudentDetention,
    detention_students,
)
from ...model.groups import Group
from ...model.people import Staff
from ...model.students import Student
from ...scopes import S


class DetentionStudents(
    Table,
    of=StudentDetention,
    order=(StudentDetention.detention / Detention.date, StudentDetention.mis_id),
):
    """Students' places in detentions."""

    Id = StudentDetention.mis_id
    DetentionId = StudentDetention.detention / Detention.mis_id
    StudentId = StudentDetention.student / Student.mis_id
    ReasonId = StudentDetention.reason / DetentionLookup.mis_id
    AttendedId = StudentDetention.attended / DetentionLookup.mis_id
    NonAttendanceReason = StudentDetention.non_attendance_reason
    BehaviourId = StudentDetention.behaviour / Behaviour.mis_id
    AddedByStaffId = StudentDetention.added_by / Staff.mis_id
    Comments = StudentDetention.comments


class Detentions(Table, of=Detention, order=(Detention.date, Detention.mis_id)):
    """Detentions, each on one day with the member of staff who takes it."""

    Id = Detention.mis_id
    DetentionTypeId = Detention.type / DetentionType.mis_id
    LocationId = Detention.location / DetentionLookup.mis_id
    DetentionDate = Detention.date
    StartTime = Detention.start_time
    EndTime = Detention.end_time
    AssignedStaffId = Detention.staff / Staff.mis_id
    RecordedDate = Detention.recorded_on
    RecordedByStaffId = Detention.recorded_by / Staff.mis_id


def _list(kind: str) -> Condition:
    return DetentionLookup.kind.is_(kind) & DetentionLookup.active.is_not(0)


def _old(kind: str) -> Condition:
    return DetentionLookup.kind.is_(kind) & DetentionLookup.active.is_(0)


_ORDERED = (DetentionLookup.display_order, DetentionLookup.mis_id)


class DetentionReasonLookup(Table, of=DetentionLookup, only=_list("Reason"), order=_ORDERED):
    """Reasons for detentions."""

    Id = DetentionLookup.mis_id
    Code = DetentionLookup.code
    Description = DetentionLookup.description
    DisplayOrder = DetentionLookup.display_order


class DetentionAttendedLookup(Table, of=DetentionLookup, only=_list("Attended"), order=_ORDERED):
    """Whether a student came to a detention: what may be said."""

    Id = DetentionLookup.mis_id
    Code = DetentionLookup.code
    Description = DetentionLookup.description
    DisplayOrder = DetentionLookup.display_order


class DetentionTypeLookup(
    Table, of=DetentionType, only=DetentionType.active.is_not(0), order=(DetentionType.code, DetentionType.mis_id)
):
    """Kinds of detention, with when and where they are usually held."""

    Id = DetentionType.mis_id
    Code = DetentionType.code
    Description = DetentionType.description
    DefaultLocationId = DetentionType.location / DetentionLookup.mis_id
    Frequency = DetentionType.frequency
    DefaultDayOfWeekNum = DetentionType.weekday
    DefaultStartTime = DetentionType.start_time
    DefaultEndTime = DetentionType.end_time
    YearGroupId = DetentionType.year_group / Group.mis_id


class DetentionLocationLookup(Table, of=DetentionLookup, only=_list("Location"), order=_ORDERED):
    """Places where detentions are held."""

    Id = DetentionLookup.mis_id
    Code = DetentionLookup.code
    Description = DetentionLookup.description


class DetentionActivities(
    Table,
    of=DetentionActivity,
    order=(DetentionActivity.detention / Detention.date, DetentionActivity.mis_id),
):
    """What is done in detentions."""

    Id = DetentionActivity.mis_id
    DetentionId = DetentionActivity.detention / Detention.mis_id
    ActivityId = DetentionActivity.activity / DetentionLookup.mis_id


class DetentionActivityLookup(Table, of=DetentionLookup, only=_list("Activity"), order=_ORDERED):
    """What may be done in a detention."""

    Id = DetentionLookup.mis_id
    Code = DetentionLookup.code
    Description = DetentionLookup.description
    DisplayOrder = DetentionLookup.display_order


class DetentionOtherStaff(
    Table, of=DetentionStaff, order=(DetentionStaff.detention / Detention.date, DetentionStaff.mis_id)
):
    """Staff who help with detentions, beside those who take them."""

    Id = DetentionStaff.mis_id
    DetentionId = DetentionStaff.detention / Detention.mis_id
    StaffId = DetentionStaff.staff / Staff.mis_id


_OLD: dict[type[Table], Condition] = {
    DetentionReasonLookup: _old("Reason"),
    DetentionAttendedLookup: _old("Attended"),
    DetentionTypeLookup: DetentionType.active.is_(0),
    DetentionLocationLookup: _old("Location"),
    DetentionActivityLookup: _old("Activity"),
}
_HISTORICAL = "Add this option to include historical lookups"


def _of_days(date: Expr, arg: str) -> Condition:
    return date.since(Arg(arg)) if arg == "DateFrom" else date.until(Arg(arg))


def _day(arg: str, about: str) -> Filter:
    return Filter(
        about,
        _of_days(StudentDetention.detention / Detention.date, arg),
        kind="date",
        elsewhere={
            Detentions: _of_days(Detention.date, arg),
            DetentionActivities: _of_days(DetentionActivity.detention / Detention.date, arg),
            DetentionOtherStaff: _of_days(DetentionStaff.detention / Detention.date, arg),
        },
    )


_DETAINED = Some(
    detention_students,
    Called((Student.mis_id, Student.external_id), Arg("StudentId"), StudentDetention.student),
)


def _theirs(detention: Ref) -> Condition:
    return Within(detention, Question(Detention, (), _DETAINED))


_LOOKUPS = (
    DetentionReasonLookup,
    DetentionAttendedLookup,
    DetentionTypeLookup,
    DetentionLocationLookup,
    DetentionActivityLookup,
)

detentions = Endpoint(
    "Detentions",
    "Detentions",
    "Students",
    "Detentions, the students who are to come to them, and the lists that they are written with.",
    S.StudentDetentions,
    (
        DetentionStudents,
        Detentions,
        DetentionReasonLookup,
        DetentionAttendedLookup,
        DetentionTypeLookup,
        DetentionLocationLookup,
        DetentionActivities,
        DetentionActivityLookup,
        DetentionOtherStaff,
    ),
    options={"includeInactive": Option(_HISTORICAL, Also(ALWAYS, _OLD))},
    filters={
        "StudentId": Filter(
            "Detentions of a specific student, by Id or ExternalId",
            Called((Student.mis_id, Student.external_id), Arg("StudentId"), StudentDetention.student),
            elsewhere={
                Detentions: _DETAINED,
                DetentionActivities: _theirs(DetentionActivity.detention),
                DetentionOtherStaff: _theirs(DetentionStaff.detention),
            },
        ),
        "DateFrom": _day("DateFrom", "Detentions on or after this day (yyyy-MM-dd)"),
        "DateTo": _day("DateTo", "Detentions on or before this day (yyyy-MM-dd)"),
    },
)

detention_lookups = Endpoint(
    "DetentionLookups",
    "Detention Lookups",
    "Students",
    "The lookup Ids for the codes and types that are needed to write detentions.",
    S.StudentDetentions,
    _LOOKUPS,
    databases=("XodEndpointInfo",),
    options={"includeInactive": Option(_HISTORICAL, Also(_old("Reason"), _OLD))},
)

ENDPOINTS: tuple[Endpoint, ...] = (detentions, detention_lookups)
