"""Detention Writeback and Detention Writeback Async: detentions, who is to come to them and who helps."""

from __future__ import annotations

from collections.abc import Callable

from ....mis import Change
from ....mis.detention import Detained, Detentions, Helper, Sitting
from ....mis.events import KINDS
from ....model.detention import Detention, DetentionLookup, DetentionType
from ....scopes import S
from .linking import Linked, Things, bare, gone, linked, numbered
from .operation import Case, Operation
from .sections import Body, Item, Property, Section, shown

LONGEST_TEXT = 500
"""Characters of comments and of a reason for non-attendance."""

TYPE_IN_USE = DetentionType.active.is_not(0)
IN_USE = DetentionLookup.active.is_not(0)

DETENTIONS = Section(
    "Detentions",
    "The detentions, each with a number of your own by which its students and staff name it.",
    (
        Property("Id", "id", "Unique identifier of the detention for this writeback data", 1, True),
        Property("UpdateId", "id", "MIS identifier of the detention, used when updating records", 3467),
        Property("DetentionTypeId", "id", "The detention type id of detention being written", 1, new=True),
        Property("LocationId", "id", "Id of the location", 1, new=True),
        Property("DetentionDate", "date", "Date of the detention. Defaults to today if not sent", "2026-11-20"),
        Property("StartTime", "time", "Detention start time", "15:20"),
        Property("EndTime", "time", "Detention end time", "15:50"),
        Property("AssignedStaffId", "id", "Id of the staff who takes the detention", 23),
        Property(
            "RecordedDate", "date", "Date it was recorded; future dates will be set to current date", "2026-11-20"
        ),
        Property("RecordedByStaffId", "id", "Id of the staff who recorded the detention", 23),
    ),
    mandatory=True,
)

STUDENTS = Section(
    "DetentionStudents",
    "The students who are to come to each. A minus before the id takes a student off the detention.",
    (
        Property("DetentionId", "id", "Id of the linked detention in this writeback", 1, True),
        Property("StudentId", "id", "Id of the student", 9919, True),
        Property("ReasonId", "id", "Id of the detention reason", 1),
        Property("AttendedId", "id", "Id of the detention attended", 1),
        Property("NonAttendanceReason", "text", "Reason for non-attendance, at most 500 characters", "Errand"),
        Property("BehaviourId", "id", "Id of the associated behaviour incident", 4000),
        Property("AddedByStaffId", "id", "Id of the staff who added the student", 1),
        Property("Comments", "text", "Comments on the student, at most 500 characters", "Biology homework"),
    ),
)

STAFF = Section(
    "DetentionStaff",
    "Staff who help. A minus before the id takes a member of staff off the detention.",
    (
        Property("DetentionId", "id", "Id of the linked detention in this writeback", 1, True),
        Property("StaffId", "id", "Id of the staff member", 1, True),
    ),
)

SECTIONS = (DETENTIONS, STUDENTS, STAFF)

_TWICE = "You have assigned the same {} to the same detention more than once"


def read(body: Body, case: Case, wrong: list[str]) -> Change | None:
    """The detentions of a body."""
    things = numbered(body["Detentions"], wrong, "You have defined the same detention more than once")
    students = linked(
        body["DetentionStudents"],
        things,
        ("DetentionId", "StudentId"),
        wrong,
        _TWICE.format("student"),
        case.checker.student,
    )
    staff = linked(
        body["DetentionStaff"], things, ("DetentionId", "StaffId"), wrong, _TWICE.format("staff"), case.checker.staff
    )
    for item in body["Detentions"]:
        _check_detention(item, case, wrong)
    for item in body["DetentionStudents"]:
        _check_student(item, things.get(item.get("DetentionId", "")), case, wrong)
    for item in body["DetentionStaff"]:
        _check_helper(item, things.get(item.get("DetentionId", "")), case, wrong)
    return None if wrong else Detentions(tuple(_sittings(things, students, staff)))


# ---- what may be wrong


def _check_detention(item: Item, case: Case, wrong: list[str]) -> None:
    known = case.checker.known
    if "UpdateId" not in item and "UpdateId" not in item.unread:
        DETENTIONS.complete(item, wrong)
    found: dict[str, Callable[[str], str | None]] = {
        "UpdateId": lambda one: known(Detention, mis_id=one),
        "DetentionTypeId": lambda one: known(DetentionType, TYPE_IN_USE, mis_id=one),
        "LocationId": lambda one: known(DetentionLookup, IN_USE, kind="Location", mis_id=one),
        "AssignedStaffId": case.checker.staff,
        "RecordedByStaffId": case.checker.staff,
    }
    wrong += [
        f"Invalid {name} {shown(item[name])}"
        for name, find in found.items()
        if name in item and find(item[name]) is None
    ]
    if item.get("EndTime", "99") < item.get("StartTime", ""):
        wrong.append(f"Invalid EndTime provided: {item['EndTime']}")


def _check_student(item: Item, thing: Item | None, case: Case, wrong: list[str]) -> None:
    student, known = item.get("StudentId", ""), case.checker.known
    if student and case.checker.student(bare(student)) is None:
        wrong.append(f"Invalid StudentId: {shown(student)}")
    if gone(student):
        _check_gone("students", thing, wrong)
        return
    incidents = KINDS["Beh"]
    found: dict[str, Callable[[str], str | None]] = {
        "ReasonId": lambda one: known(DetentionLookup, IN_USE, kind="Reason", mis_id=one),
        "AttendedId": lambda one: known(DetentionLookup, IN_USE, kind="Attended", mis_id=one),
        "BehaviourId": lambda one: known(incidents.event, incidents.seen, mis_id=one),
        "AddedByStaffId": case.checker.staff,
    }
    wrong += [
        f"Invalid {name} {shown(item[name])}"
        for name, find in found.items()
        if name in item and find(item[name]) is None
    ]
    wrong += [
        f"{name} field max character limit ({LONGEST_TEXT}) exceeded for StudentId: {shown(student)}"
        for name in ("NonAttendanceReason", "Comments")
        if len(item.get(name, "")) > LONGEST_TEXT
    ]


def _check_helper(item: Item, thing: Item | None, case: Case, wrong: list[str]) -> None:
    staff = item.get("StaffId", "")
    if staff and case.checker.staff(bare(staff)) is None:
        wrong.append(f"Invalid StaffId: {shown(staff)}")
    if gone(staff):
        _check_gone("staff", thing, wrong)


def _check_gone(what: str, thing: Item | None, wrong: list[str]) -> None:
    if thing is not None and "UpdateId" not in thing:
        wrong.append(f"You must provide an UpdateId when trying to remove {what} from a detention record")


# ---- what it asks for


def _sittings(things: Things, students: Linked, staff: Linked) -> list[Sitting]:
    return [
        Sitting(
            number=number,
            update=item.get("UpdateId"),
            type=item.get("DetentionTypeId"),
            location=item.get("LocationId"),
            date=item.get("DetentionDate"),
            start_time=item.get("StartTime"),
            end_time=item.get("EndTime"),
            staff=item.get("AssignedStaffId"),
            recorded_on=item.get("RecordedDate"),
            recorded_by=item.get("RecordedByStaffId"),
            students=tuple(map(_detained, students.get(number, ()))),
            helpers=tuple(Helper(bare(one["StaffId"]), gone(one["StaffId"])) for one in staff.get(number, ())),
        )
        for number, item in things.items()
    ]


def _detained(item: Item) -> Detained:
    student = item["StudentId"]
    if gone(student):
        return Detained(bare(student), True)
    facts = ("ReasonId", "AttendedId", "NonAttendanceReason", "BehaviourId", "AddedByStaffId", "Comments")
    return Detained(student, False, *map(item.get, facts))


detention = Operation(
    "Detention",
    "Detention Writeback",
    "Create or update detentions in the MIS.",
    ("writeback/detention", "writeback/detention/{estab}"),
    S.WritebackConduct,
    SECTIONS,
    read,
    supported=lambda profile: profile.detention,
    subject="Detention",
    listed=("efw.Detention",),
)

detention_async = Operation(
    "DetentionAsync",
    "Detention Writeback Async",
    "Create or update detentions in the MIS, and be called back when that is done.",
    ("writeback/detentionasync", "writeback/detentionasync/{estab}"),
    S.WritebackConduct,
    SECTIONS,
    read,
    asynchronous=True,
    supported=lambda profile: profile.detention,
    subject="Detention",
)

OPERATIONS = (detention, detention_async)
