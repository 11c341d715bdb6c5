"""Attendance codes and the marks made with them.

Codes and meanings: Department for Education, "Working together to improve school attendance" (statutory from
19 August 2024), chapter 8 (contents of the attendance register). Codes withdrawn by then: the same guidance in its
editions before. See docs/code-lists.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..fields import TODAY, Arg, Code, Condition, Date, Day, Flag, Many, Not, Number, Ref, Text
from ..scopes import S
from .organisation import SchoolRecord
from .students import Student


@dataclass(frozen=True)
class Meaning:
    """What a mark says: where the student was, and how the session counts."""

    statistical: str
    short: str
    physical: str


PRESENT = Meaning("Present", "Present", "IN")
LATE = Meaning("Present", "Present", "LATE")
EDUCATED_ELSEWHERE = Meaning("Approved Educational Activity", "AEA", "OUT")
AUTHORISED = Meaning("Authorised Absence", "Authorised", "OUT")
UNAUTHORISED = Meaning("Unauthorised Absence", "Unauthorised", "OUT")
UNAUTHORISED_LATE = Meaning("Unauthorised Absence", "Unauthorised", "LATE")
NOT_REQUIRED = Meaning("Attendance not required", "Not Required", "OUT")
NO_MARK = Meaning("No mark", "No Mark", "UNKNOWN")

STATUTORY_CODES: dict[str, tuple[str, Meaning]] = {
    "/": ("Present (AM)", PRESENT),
    "\\": ("Present (PM)", PRESENT),
    "L": ("Late (before registers closed)", LATE),
    "K": ("Education provision arranged by the local authority", EDUCATED_ELSEWHERE),
    "V": ("Educational visit or trip", EDUCATED_ELSEWHERE),
    "P": ("Participating in a sporting activity", EDUCATED_ELSEWHERE),
    "W": ("Work experience", EDUCATED_ELSEWHERE),
    "B": ("Any other approved educational activity", EDUCATED_ELSEWHERE),
    "D": ("Dual registered at another school", NOT_REQUIRED),
    "C": ("Leave of absence for exceptional circumstance", AUTHORISED),
    "C1": ("Leave of absence for a regulated performance or employment abroad", AUTHORISED),
    "C2": ("Leave of absence for a part-time timetable", AUTHORISED),
    "E": ("Suspended or permanently excluded, no alternative provision made", AUTHORISED),
    "I": ("Illness (not medical or dental appointment)", AUTHORISED),
    "J1": ("Leave of absence for an interview", AUTHORISED),
    "M": ("Medical/Dental appointments", AUTHORISED),
    "R": ("Religious observance", AUTHORISED),
    "S": ("Leave of absence for studying for a public examination", AUTHORISED),
    "T": ("Parent travelling for occupational purposes", AUTHORISED),
    "G": ("Holiday not granted by the school", UNAUTHORISED),
    "N": ("Reason for absence not yet established", UNAUTHORISED),
    "O": ("Absent in other or unknown circumstances", UNAUTHORISED),
    "U": ("Arrived in school after registration closed", UNAUTHORISED_LATE),
    "Q": ("Unable to attend because of a lack of access arrangements", NOT_REQUIRED),
    "X": ("Non-compulsory school age pupil not required to attend", NOT_REQUIRED),
    "Y1": ("Unable to attend: transport normally provided not available", NOT_REQUIRED),
    "Y2": ("Unable to attend: widespread disruption to travel", NOT_REQUIRED),
    "Y3": ("Unable to attend: part of the school premises closed", NOT_REQUIRED),
    "Y4": ("Unable to attend: whole school site unexpectedly closed", NOT_REQUIRED),
    "Y5": ("Unable to attend: in criminal justice detention", NOT_REQUIRED),
    "Y6": ("Unable to attend: public health guidance or law", NOT_REQUIRED),
    "Y7": ("Unable to attend: any other unavoidable cause", NOT_REQUIRED),
    "Z": ("Prospective pupil not on admission register", NOT_REQUIRED),
    "#": ("Planned whole or partial school closure", NOT_REQUIRED),
    "-": ("All should attend, no mark recorded", NO_MARK),
}
WITHDRAWN_CODES: dict[str, tuple[str, Meaning]] = {
    # Until 31 August 2013, when the regulations stopped providing for family holidays in term time.
    "F": ("Extended family holiday (agreed)", AUTHORISED),
    # Until 18 August 2024. Now C.
    "H": ("Holiday authorised by the school", AUTHORISED),
    # Until 18 August 2024 an interview was an educational activity; J1, which replaced it, is leave of absence.
    "J": ("At an interview with prospective employers, or another educational establishment", EDUCATED_ELSEWHERE),
    # Until 18 August 2024. Now Y1 to Y7.
    "Y": ("Unable to attend due to exceptional circumstances", NOT_REQUIRED),
}
"""Codes that guidance took out of use. Older marks still carry them and count as they did when they were made."""


def codes_that_mean(*meanings: Meaning) -> tuple[str, ...]:
    """The statutory marks, current and withdrawn, with one of the meanings."""
    every = {**STATUTORY_CODES, **WITHDRAWN_CODES}
    return tuple(code for code, (_, meaning) in every.items() if meaning in meanings)


COUNTED: dict[str, tuple[str, ...]] = {
    "possible": (
        *codes_that_mean(PRESENT, LATE, EDUCATED_ELSEWHERE, AUTHORISED, UNAUTHORISED, UNAUTHORISED_LATE),
        "-",
    ),
    "missing": ("-",),
    "present": codes_that_mean(PRESENT, LATE),
    "approved": codes_that_mean(EDUCATED_ELSEWHERE),
    "authorised": codes_that_mean(AUTHORISED),
    "unauthorised": codes_that_mean(UNAUTHORISED, UNAUTHORISED_LATE),
    "late": codes_that_mean(UNAUTHORISED_LATE),
    "late_before": codes_that_mean(LATE),
}
"""What attendance statistics count, each by its marks: a session without a mark is a possible one too."""

ONE_BY_ONE: dict[str, tuple[str, ...]] = {
    "present_am": ("/",),
    "present_pm": ("\\",),
    "no_mark": ("-",),
    **{f"mark_{letter.lower()}": (letter,) for letter in "LWBVPSTREHMINGOU"},
    "mark_c": ("C", "C1", "C2"),
    "mark_j": ("J", "J1"),
}
"""The marks that statistics count one by one; those that guidance split later (C1, C2, J1) with what they were."""

KNOWN_MARKS = (*STATUTORY_CODES, *WITHDRAWN_CODES)

STATUTORY_COMMENTS = (*(c for c, (_, meaning) in STATUTORY_CODES.items() if meaning is EDUCATED_ELSEWHERE), "Y7")
"""The marks of which a register must say more: the nature of the activity elsewhere, or of the unavoidable cause."""


class AttendanceCode(SchoolRecord, scope=S.Attendance, indexes=(("school", "mark"),)):
    """A mark that a school uses in its registers, and what it means."""

    mark = Code("The mark code from the MIS", "M")
    description = Text("The display description of the mark", "Medical/Dental appointments")
    meaning = Text("The statistical meaning of the mark", "Authorised Absence")
    short_meaning = Text("The short statistical meaning of the mark", "Authorised")
    physical_meaning = Code("The physical location meaning of the mark", "OUT")
    active = Flag("Whether the mark is active; boolean but can be null if unsupported", 1)


class Mark(
    SchoolRecord,
    scope=S.Attendance,
    writing=S.WritebackAttendance,
    numbered=True,
    # The second holds what is counted of a student's marks, so that no row is read.
    indexes=(("school", "date"), ("student", "kind", "date", "session", "mark")),
):
    """One mark in a register: a student's attendance at a session or a lesson."""

    student = Ref("Whose mark", Student, part_of=True, tells=("mis_id", "external_id", "on_roll"))
    date = Day("The date of the attendance mark", "2016-08-26")
    session = Code("The morning or afternoon session", "AM", {"AM": "Morning", "PM": "Afternoon"})
    kind = Code("Attendance type (S for Session, L for Lesson)", "S", {"S": "Session", "L": "Lesson"})
    instance = Text("The unique event instance Id (Useful for lesson attendance)", "38764")
    mark = Code("The specific mark received", "L")
    minutes_late = Number("The number of minutes late when code L is used", 5)
    notes = Text("Any notes to explain the mark given", "Bus was late")
    statutory_comment = Text(
        "What the register must record with marks for activity elsewhere or an unavoidable cause", "Referral order"
    )


YEAR_START, YEAR_END = Arg("year_start"), Arg("year_end")
in_year = Mark.kind.is_("S") & Mark.date.since(YEAR_START) & Mark.date.until(YEAR_END) & Mark.date.until(TODAY)
marks_this_year = Many(
    "The session marks of a student from the start of an academic year to its end, or until today",
    Mark.student,
    where=in_year,
)


def counts(what: str) -> Condition:
    """The marks that a statistic counts, by its name in `COUNTED` and `ONE_BY_ONE`, or the `unknown` ones."""
    if what == "unknown":
        return Not(Mark.mark.one_of(*KNOWN_MARKS))
    return Mark.mark.one_of(*{**COUNTED, **ONE_BY_ONE}[what])


class Attendance(
    SchoolRecord,
    scope=S.Attendance,
    over=("Student",),
):
    """A student's attendance; there is one for each student."""

    student = Ref("Whose attendance", Student, part_of=True, tells=("mis_id", "external_id", "on_roll"))
    mis_id = Text("Id of the student", "9919")


class AttendanceWeek(
    SchoolRecord,
    scope=S.Attendance,
    over=("Mark", "Student"),
):
    """Counts of a student's marks in a week, Monday to Sunday, or in the part of it between two dates."""

    student = Ref("Id of the student", Student, part_of=True, tells=("mis_id",))
    monday = Date("Start date of the week", "2016-12-26")
    sunday = Date("End date of the week", "2017-01-01")
    unknown = Number("Count of unknown marks", 0)
    present_am = Number("Count of present AM marks", 0)
    mark_l = Number("Count of L marks", 0)
    present_pm = Number("Count of present PM marks", 0)
    mark_w = Number("Count of W marks", 0)
    mark_b = Number("Count of B marks", 0)
    mark_v = Number("Count of V marks", 0)
    mark_j = Number("Count of J marks", 0)
    mark_p = Number("Count of P marks", 0)
    mark_s = Number("Count of S marks", 0)
    mark_t = Number("Count of T marks", 0)
    mark_r = Number("Count of R marks", 0)
    mark_e = Number("Count of E marks", 0)
    mark_c = Number("Count of C marks", 0)
    mark_h = Number("Count of H marks", 0)
    mark_m = Number("Count of M marks", 0)
    mark_i = Number("Count of I marks", 0)
    mark_n = Number("Count of N marks", 0)
    mark_g = Number("Count of G marks", 0)
    mark_o = Number("Count of O marks", 0)
    mark_u = Number("Count of U marks", 0)
    no_mark = Number("Count of no marks", 0)
    possible = Number("Count of possible marks for the date range", 0)
    missing = Number("Count of missing marks for the date range", 0)
    present = Number("Count of present marks for the date range", 0)
    approved = Number("Count of approved educational activity marks", 0)
    authorised = Number("Count of authorised absence marks for the date range", 0)
    unauthorised = Number("Count of unauthorised absence marks for the date range", 0)
    late = Number("Count of late marks for the date range", 0)
    late_before = Number("Count of late before register marks for the date range", 0)
