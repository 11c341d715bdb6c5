"""Attendance Writeback and Attendance Writeback Async: marks at sessions and in lessons, of one date."""

from __future__ import annotations

from ....mis import Change
from ....mis.attendance import Attendance, MarkEntry
from ....model.attendance import AttendanceCode
from ....scopes import S
from .operation import Case, Operation
from .sections import Body, Item, Property, Section, shown

LONGEST_NOTE = 500
"""Characters of a note or a statutory comment."""

COMMENTED = ("B", "K", "Y7")
"""The marks that must come with a statutory comment."""

IN_USE = AttendanceCode.active.is_not(0)

MARKS = Section(
    "Marks",
    "The marks to set, each of one student at a session or in a lesson; all of one date.",
    (
        Property("StudentId", "id", "Id of the student record", "9919", True),
        Property("MarkType", "text", "S for session, L for lesson attendance", "S", True),
        Property("Date", "date", "Date of the attendance (yyyy-mm-dd)", "2026-11-20", True),
        Property("Session", "text", "AM or PM session", "AM"),
        Property("InstanceId", "id", "PeriodId of the lesson from the timetable information", "44905"),
        Property("Mark", "text", "Mark to be written back (escape backslash)", "\\", True),
        Property("Mins", "integer", "Number of minutes late", 5),
        Property("Notes", "text", "Comments for the mark, at most 500 characters", "Missed the bus"),
        Property(
            "StatutoryComment",
            "text",
            "Statutory comment, at most 500 characters; mandatory for the marks B, K and Y7 where the MIS keeps it",
            "Referral order",
        ),
    ),
    mandatory=True,
)


def read(body: Body, case: Case, wrong: list[str]) -> Change | None:
    """The marks of a body; what only the live register can tell is left to the MIS ("tier 2")."""
    items = body["Marks"]
    dates = {item["Date"] for item in items if "Date" in item}
    if len(dates) > 1:
        wrong.append("Only write back a set of marks for the same date")
    for item in items:
        _check(item, case, wrong)
    return None if wrong else Attendance(dates.pop(), tuple(map(_entry, items)))


def _check(item: Item, case: Case, wrong: list[str]) -> None:
    student = item.get("StudentId")
    if student is not None and case.checker.student(student) is None:
        wrong.append(f"Invalid StudentId: {shown(student)}")
    kind = item.get("MarkType")
    if kind == "L" and "InstanceId" not in item:
        wrong.append(f"InstanceId required for Lesson attendance writeback for StudentId: {shown(student or '')}")
    if kind == "S" and item.get("Session") not in ("AM", "PM"):
        wrong.append(f"Invalid Session provided: {shown(item.get('Session', ''))}")
    if kind is not None and kind not in ("S", "L"):
        wrong.append(f"Invalid MarkType provided: {shown(kind)}")
    mark = item.get("Mark")
    if mark is not None and case.checker.known(AttendanceCode, IN_USE, mark=mark) is None:
        wrong.append(f"Invalid Mark provided: {shown(mark)}")
    if item.get("Mins", 0) < 0:
        wrong.append(f"Invalid Mins provided: {item['Mins']}")
    _check_texts(item, case, wrong)


def _check_texts(item: Item, case: Case, wrong: list[str]) -> None:
    student = shown(item.get("StudentId", ""))
    wrong += [
        f"{name} field max character limit ({LONGEST_NOTE}) exceeded for StudentId: {student}"
        for name in ("Notes", "StatutoryComment")
        if len(item.get(name, "")) > LONGEST_NOTE
    ]
    if case.profile.statutory_comments and item.get("Mark") in COMMENTED and "StatutoryComment" not in item:
        wrong.append("Missing mandatory field StatutoryComment")


def _entry(item: Item) -> MarkEntry:
    lesson = item["MarkType"] == "L"
    return MarkEntry(
        student=item["StudentId"],
        mark=item["Mark"],
        session=None if lesson else item["Session"],
        instance=item["InstanceId"] if lesson else None,
        minutes_late=item.get("Mins"),
        notes=item.get("Notes"),
        statutory_comment=item.get("StatutoryComment"),
    )


attendance = Operation(
    "Attendance",
    "Attendance Writeback",
    "Create or update session or lesson attendance marks in the MIS, of one date.",
    ("attendance/{estab}", "writeback/attendance/{estab}", "writeback/attendance"),
    S.WritebackAttendance,
    (MARKS,),
    read,
    supported=lambda profile: profile.attendance,
    subject="Attendance",
    listed=("Attendance", "LessonAttendance"),
)

attendance_async = Operation(
    "AttendanceAsync",
    "Attendance Writeback Async",
    "Create or update session or lesson attendance marks in the MIS, and be called back when that is done.",
    ("attendanceasync/{estab}", "writeback/attendanceasync/{estab}", "writeback/attendanceasync"),
    S.WritebackAttendance,
    (MARKS,),
    read,
    asynchronous=True,
    supported=lambda profile: profile.attendance,
    subject="Attendance",
)

OPERATIONS = (attendance, attendance_async)
