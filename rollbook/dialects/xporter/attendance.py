"""Attendance codes and marks (school.attendancecodes, school.attendancefordate, school.attendancefordaterange)."""

from __future__ import annotations

from typing import Any

from ...api.resource import Add, Also, Context, Endpoint, Facts, Filter, Only, Option, Renew, Table
from ...fields import Arg, Called, Coalesce, Condition, Key
from ...model.attendance import AttendanceCode
from ...model.attendance import Mark as Entry
from ...model.students import Student
from ...scopes import S

_STUDENT = Entry.student / Student.mis_id


class AttendCodes(
    Table,
    of=AttendanceCode,
    only=AttendanceCode.active.is_not(0),
    order=(AttendanceCode.mark,),
    key=AttendanceCode.mark,
):
    """The marks in use at the school, and what they mean."""

    Mark = AttendanceCode.mark
    Description = AttendanceCode.description
    MeaningDescription = AttendanceCode.meaning
    ShortMeaningDescription = AttendanceCode.short_meaning
    PhysicalMeaning = AttendanceCode.physical_meaning
    Active = AttendanceCode.active


attendance_codes = Endpoint(
    "AttendanceCodes",
    "AttendanceCodes",
    "Attendance",
    "The set of attendance mark codes in use at the school.",
    S.Attendance,
    (AttendCodes,),
    databases=("XodEndpointInfo",),
    options={"includeInactive": Option("Optionally include inactive records", Also(AttendanceCode.active.is_(0)))},
)


_on_roll = (Entry.student / Student.on_roll).is_("OnRoll")


_ORDER = (Entry.date, Entry.session, Entry.student, Entry.instance, Entry.kind, Entry.mark)


class MarksForDate(Table, of=Entry, name="AttendMarks", only=_on_roll, order=_ORDER):
    """Session and lesson marks of a day."""

    Id = Key(
        _STUDENT,
        ".",
        Entry.date,
        ".",
        Coalesce(Entry.instance, Entry.session),
        about="Unique Id of the attendance mark used in the changeSet",
        example="9919.2016-08-26.AM",
    )
    Date = Entry.date
    InstanceId = Entry.instance
    StudentId = _STUDENT
    Mark = Entry.mark
    MinsLate = Entry.minutes_late
    Notes = Entry.notes
    Type = Entry.kind
    Session = Entry.session


class MarksForRange(
    Table,
    of=Entry,
    name="AttendMarks",
    only=_on_roll & Entry.kind.is_("S"),
    order=_ORDER,
):
    """Session marks of a range of days."""

    Id = Key(
        _STUDENT,
        ".",
        Entry.date,
        ".",
        Entry.session,
        about="Unique Id of the attendance mark used in the changeSet",
        example="9919.2016-08-26.AM",
    )
    Date = Entry.date
    StudentId = _STUDENT
    ExternalId = Entry.student / Student.external_id
    Mark = Entry.mark
    Type = Entry.kind
    Session = Entry.session


def _date_range(context: Context) -> list[dict[str, Any]]:
    args = context.args
    first = args.get("DateFrom") or args.get("date") or context.reader.today
    last = args.get("DateTo") or args.get("date") or context.reader.today
    return [{"Id": "1", "DateFrom": first, "DateTo": last}]


DateRange = Facts(
    "DateRange",
    _date_range,
    {
        "Id": ("Record Id of the range (always 1)", "1", "text"),
        "DateFrom": ("The first day asked for", "2016-08-22", "date"),
        "DateTo": ("The last day asked for", "2016-08-26", "date"),
    },
    need=S.Attendance,
)

_OPTIONS = {
    "excludeNoMarks": Option('Do not include where Mark= "-" in the results', Only(Entry.mark.is_not("-"))),
    "excludeClosed": Option('Do not include where Mark= "#" in the results', Only(Entry.mark.is_not("#"))),
}


def _student(arg: str) -> Condition:
    return Called((Student.mis_id, Student.external_id), Arg(arg), Entry.student)


_SESSION = Filter(
    "AM or PM session attendance",
    Entry.session.is_(Arg("sessionType")),
    kind="code",
    choices={"AM": "AM", "PM": "PM"},
)

attendance_for_date = Endpoint(
    "AttendanceForDate",
    "Attendance for Date",
    "Attendance",
    "Marks for AM / PM session and lesson attendance events for students currently on roll.",
    S.Attendance,
    (MarksForDate, DateRange),
    databases=("XodAttendanceForDate",),
    options=_OPTIONS,
    filters={
        "date": Filter(
            "The date for which to return marks; today when none is given",
            Entry.date.is_(Arg("date")),
            kind="date",
            default=lambda reader: reader.today,
        ),
        "id": Filter("A specific student Id", _student("id")),
        "attendanceType": Filter(
            "Session (S) or lesson (L) attendance",
            Entry.kind.is_(Arg("attendanceType")),
            kind="code",
            choices={"L": "L", "S": "S"},
        ),
        "sessionType": _SESSION,
    },
)

attendance_for_date_range = Endpoint(
    "AttendanceForDateRange",
    "Attendance for Date Range",
    "Attendance",
    "Marks for AM / PM session attendance events for students currently on roll in a specified date range.",
    S.Attendance,
    (MarksForRange, DateRange),
    databases=("XodAttendanceForDate",),
    years=True,
    example={"DateFrom": "2026-11-09", "DateTo": "2026-11-20"},
    options={
        **_OPTIONS,
        "includeExternalId": Option("Include the student externalId column in the resultset", Add("ExternalId")),
        "includeLeavers": Option(
            "Include marks of students who left in this or the previous academic year",
            Also(
                (Entry.student / Student.on_roll).is_("Leaver")
                & (Entry.student / Student.leaving_date).since(Arg("last_year_start"))
                & Entry.kind.is_("S")
            ),
        ),
        "forcedownload": Option(
            "If allowed force download from school",
            Renew(),
        ),
    },
    filters={
        "DateFrom": Filter(
            "The first date for which to return marks",
            Entry.date.since(Arg("DateFrom")),
            kind="date",
            required=True,
            unless="date",
        ),
        "DateTo": Filter(
            "The last date for which to return marks",
            Entry.date.until(Arg("DateTo")),
            kind="date",
            required=True,
            unless="date",
        ),
        "date": Filter("One date, instead of DateFrom and DateTo", Entry.date.is_(Arg("date")), kind="date"),
        "id": Filter("A specific student Id", _student("id")),
        "attendanceType": Filter(
            "Session (S) attendance; this endpoint has no lesson marks",
            Entry.kind.is_(Arg("attendanceType")),
            kind="code",
            choices={"L": "L", "S": "S"},
        ),
        "sessionType": _SESSION,
    },
)

ENDPOINTS = (attendance_codes, attendance_for_date, attendance_for_date_range)
