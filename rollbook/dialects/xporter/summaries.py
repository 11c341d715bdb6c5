"""What attendance marks add up to (school.attendancesummary, school.attstatsbyweek,
school.historicalattendancesummary)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Option, Table, With
from ...fields import ALWAYS, TODAY, Arg, Called, Coalesce, Expr, Given, Key, MarkString, Some, Tally
from ...model.attendance import (
    STATUTORY_COMMENTS,
    YEAR_END,
    YEAR_START,
    Attendance,
    AttendanceWeek,
    Mark,
    counts,
    in_year,
    marks_this_year,
)
from ...model.students import Student
from ...scopes import S
from .attendance import AttendCodes

COUNTS = {
    "NumUnknownMarks": "unknown",
    "MarkIs_PresentAM": "present_am",
    "MarkIs_L": "mark_l",
    "MarkIs_PresentPM": "present_pm",
    **{f"MarkIs_{letter}": f"mark_{letter.lower()}" for letter in "WBVJPSTRECHMINGOU"},
    "MarkIs_NoMark": "no_mark",
    "NumPossibleMarks": "possible",
    "NumMissingMarks": "missing",
    "NumPresentMarks": "present",
    "NumApprovedEAMarks": "approved",
    "NumAuthAbsMarks": "authorised",
    "NumUnauthAbsMarks": "unauthorised",
    "NumLateMarks": "late",
    "NumLateBeforeRegMarks": "late_before",
}
"""The columns that count marks, each with the name of the statistic."""


class AttStatsByWeek(
    Table,
    of=AttendanceWeek,
    order=(AttendanceWeek.student / Student.mis_id, AttendanceWeek.monday),
    shared={column: AttendanceWeek.fields[name] for column, name in COUNTS.items()},
):
    """The marks of each student and week, counted."""

    Id = Key(
        AttendanceWeek.student / Student.mis_id,
        ".",
        AttendanceWeek.monday,
        about="Unique composite id of the record",
        example="7658.2016-12-26",
    )
    StudentId = AttendanceWeek.student / Student.mis_id
    WeekStartDate = AttendanceWeek.monday
    WeekEndDate = AttendanceWeek.sunday


att_stats_by_week = Endpoint(
    "AttStatsByWeek",
    "Summary attendance statistics by week for a date range.",
    "Attendance",
    "Retrieve summary attendance statistics by week for a specified date range.",
    S.Attendance,
    (AttStatsByWeek,),
    databases=("XodAttendanceForDate",),
    example={"startDate": "2026-11-09", "endDate": "2026-11-20"},
    filters={
        # The weeks are made of the marks between the two days; they leave nothing to be filtered.
        "startDate": Filter("Start date of the date range", ALWAYS, kind="date", required=True),
        "endDate": Filter("End date of the date range", ALWAYS, kind="date", required=True),
    },
)


# ---- a year's summary

_OF_YEAR: dict[str, Expr] = {
    "ExternalId": Attendance.student / Student.external_id,
    "StartDate": Given(YEAR_START, S.Attendance, about="The first day that is counted", example="2016-09-01"),
}
_TALLIES: dict[str, Expr] = {
    column: Tally(marks_this_year, counts(name), about=AttendanceWeek.fields[name].about.replace("date range", "year"))
    for column, name in COUNTS.items()
}


class AttendanceSummary(
    Table,
    of=Attendance,
    only=(Attendance.student / Student.on_roll).is_("OnRoll"),
    order=(Attendance.mis_id,),
    shared={
        "Id": Key(Attendance.mis_id, about="Unique id of the record: the student's", example="9919"),
        "StudentId": Attendance.mis_id,
        **_OF_YEAR,
        "EndDate": Given(TODAY, S.Attendance, about="The last day that is counted: today", example="2017-01-19"),
        **_TALLIES,
        "Marks": MarkString(
            marks_this_year,
            YEAR_START,
            TODAY,
            about="Packed mark string, two session marks per day, starting from StartDate",
        ),
    },
):
    """The marks of this academic year until today of each student on roll, counted."""


class HistoricalAttendanceSummary(
    Table,
    of=Attendance,
    only=Some(marks_this_year, ALWAYS),
    order=(Attendance.mis_id,),
    shared={
        "Id": Key(
            Attendance.mis_id,
            ".",
            Given(Arg("SchoolYear"), S.Attendance),
            about="Unique id of the record",
            example="9919.2016",
        ),
        "StudentId": Attendance.mis_id,
        **_OF_YEAR,
        "EndDate": Given(YEAR_END, S.Attendance, about="The last day of the academic year", example="2017-08-31"),
        "SchoolYear": Given(
            Arg("SchoolYear"),
            S.Attendance,
            about="The calendar year in which the academic year begins",
            example="2016",
            kind="text",
        ),
        **_TALLIES,
    },
):
    """The marks of an academic year of each student who has any, counted."""


_MARK_OF: dict[str, Expr] = {
    "Id": Key(
        Mark.student / Student.mis_id,
        ".",
        Mark.date,
        ".",
        Mark.session,
        about="Unique id of the attendance mark",
        example="9919.2016-08-26.AM",
    ),
    "StudentId": Mark.student / Student.mis_id,
    "Date": Mark.date,
    "Session": Mark.session,
    "Mark": Mark.mark,
}
_ORDER = (Mark.date, Mark.session, Mark.student)


class MinutesLate(
    Table,
    of=Mark,
    only=in_year & Mark.minutes_late.known(),
    follows=Mark.student,
    order=_ORDER,
    shared={**_MARK_OF, "MinsLate": Mark.minutes_late},
):
    """How late students were at the sessions of the year, as far as registers say."""


class AttendanceNotes(
    Table,
    of=Mark,
    only=in_year & Mark.notes.known() & Mark.mark.is_not("#"),
    follows=Mark.student,
    order=_ORDER,
    shared={**_MARK_OF, "Notes": Mark.notes},
):
    """The notes on the session marks of the year; that the school was closed is in its calendar."""


# Where a register has one line for both, the note is what the law asks for.
_COMMENT = Coalesce(Mark.statutory_comment, Mark.notes)


class StatutoryComments(
    Table,
    of=Mark,
    only=in_year & _COMMENT.known() & Mark.mark.one_of(*STATUTORY_COMMENTS),
    follows=Mark.student,
    order=_ORDER,
    shared={**_MARK_OF, "Comment": _COMMENT},
):
    """What the law has registers say with marks of the year: where and how students were taught, or what kept them."""


_OPTIONS = {
    "includeMinutesLate": Option("Set to include the minutes late resultset", With(MinutesLate)),
    "includeAttendanceNotes": Option("Set to include the attendance notes resultset", With(AttendanceNotes)),
    "includeStatutoryComments": Option("Set to include the statutory comments resultset", With(StatutoryComments)),
}


def _student(about: str) -> Filter:
    return Filter(about, Called((Student.mis_id, Student.external_id), Arg("id"), Attendance.student))


attendance_summary = Endpoint(
    "AttendanceSummary",
    "Attendance Summary",
    "Attendance",
    "The session marks of each student on roll from the start of the academic year until today, counted.",
    S.Attendance,
    (AttendanceSummary, AttendCodes, MinutesLate, AttendanceNotes, StatutoryComments),
    databases=("XodAttendanceSummary",),
    years=True,
    options=_OPTIONS,
    filters={"id": _student("Optional Student Id")},
)

historical_attendance_summary = Endpoint(
    "HistoricalAttendanceSummary",
    "HistoricalAttendanceSummary",
    "Attendance",
    "The session marks of an academic year, counted for each student who has any.",
    S.Attendance,
    (HistoricalAttendanceSummary, MinutesLate, AttendanceNotes, StatutoryComments),
    databases=("XodAttendanceSummary",),
    years=True,
    example={"SchoolYear": "2025"},
    options=_OPTIONS,
    filters={
        "SchoolYear": Filter(
            "Mandatory filter to determine which schoolyear the data is extracted for. Pass the start year of the"
            ' academic year, e.g. "2023".',
            ALWAYS,
            kind="year",
            required=True,
        ),
        "id": _student("Optional filter to return details for a single student"),
    },
)

ENDPOINTS = (attendance_summary, att_stats_by_week, historical_attendance_summary)
