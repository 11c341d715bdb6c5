"""Attendance codes and the marks made with them.

Codes and meanings: Department for Education, "Working together to improve school attendance" (statutory from
August 2024), chapter 8 (contents of the attendance register).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..fields import TODAY, Arg, Code, Date, Flag, Many, Number, Ref, Text
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
    "H": ("Holiday authorised by the school", AUTHORISED),
    "Y": ("Unable to attend due to exceptional circumstances", NOT_REQUIRED),
}
"""Codes that the guidance of August 2024 took out of use; older marks still carry them."""


def codes_that_mean(*meanings: Meaning) -> tuple[str, ...]:
    """The statutory marks, current and withdrawn, with one of the meanings."""
    every = {**STATUTORY_CODES, **WITHDRAWN_CODES}
    return tuple(code for code, (_, meaning) in every.items() if meaning in meanings)


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
    indexes=(("school", "date", "session", "student", "instance"), ("student", "date", "session", "kind", "mark")),
):
    """One mark in a register: a student's attendance at a session or a lesson."""

    student = Ref("Whose mark", Student, part_of=True, tells=("mis_id", "external_id", "on_roll"))
    date = Date("The date of the attendance mark", "2016-08-26")
    session = Code("The morning or afternoon session", "AM", {"AM": "Morning", "PM": "Afternoon"})
    kind = Code("Attendance type (S for Session, L for Lesson)", "S", {"S": "Session", "L": "Lesson"})
    instance = Text("The unique event instance Id (Useful for lesson attendance)", "38764")
    mark = Code("The specific mark received", "L")
    minutes_late = Number("The number of minutes late when code L is used", 5)
    notes = Text("Any notes to explain the mark given", "Bus was late")


YEAR_START = Arg("year_start")
marks_this_year = Many(
    "The session marks of a student from the start of the academic year until today",
    Mark.student,
    where=Mark.kind.is_("S") & Mark.date.since(YEAR_START) & Mark.date.until(TODAY),
)
