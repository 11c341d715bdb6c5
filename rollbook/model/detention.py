"""Detentions: when and where they are held, why, and who comes."""

from __future__ import annotations

from ..fields import Code, Date, Flag, Many, Number, Ref, Text, Time
from ..scopes import S
from .conduct import Behaviour
from .groups import Group
from .organisation import SchoolRecord
from .people import Staff
from .students import Student

_ID = ("mis_id",)


class DetentionLookup(
    SchoolRecord, scope=S.StudentDetentions, indexes=(("school", "kind", "mis_id"), ("school", "mis_id"))
):
    """An entry of a list that a school keeps for its detentions."""

    kind = Code(
        "The list that it belongs to",
        "Reason",
        {"Reason": "Reasons", "Attended": "Attendance", "Location": "Places", "Activity": "What is done"},
    )
    mis_id = Text("Id of the lookup", "4")
    code = Code("Code of the lookup", "LI")
    description = Text("Description of the lookup", "Lunchtime Incident")
    display_order = Number("Display order of the lookup", 12)
    active = Flag("Whether it may be used for new records", 1)


class DetentionType(SchoolRecord, scope=S.StudentDetentions, indexes=(("school", "mis_id"),)):
    """A kind of detention, with when and where it is usually held."""

    mis_id = Text("Id of the detention type", "2")
    code = Code("Detention type code", "SLTD")
    description = Text("Detention type description", "SLT Detention")
    location = Ref("The default location", DetentionLookup, tells=_ID)
    frequency = Text("Frequency of the detention", "Weekly")
    weekday = Number("Default day of the week number; Monday is 1", 4)
    start_time = Time("Default start time", "12:00")
    end_time = Time("Default end time", "12:30")
    year_group = Ref("The year group that the detention is for", Group, tells=_ID)
    active = Flag("Whether it may be used for new records", 1)


class Detention(SchoolRecord, scope=S.StudentDetentions, indexes=(("school", "mis_id"), ("school", "date", "mis_id"))):
    """A detention on one day, with the member of staff who takes it."""

    mis_id = Text("Id of the detention record", "1471")
    type = Ref("The detention type", DetentionType, tells=_ID)
    location = Ref("The detention location", DetentionLookup, tells=_ID)
    date = Date("Date of the detention", "2018-10-26")
    start_time = Time("Start time of the detention", "15:00")
    end_time = Time("End time of the detention", "17:00")
    staff = Ref("The staff member assigned to the detention", Staff, tells=_ID)
    recorded_on = Date("Date the detention was recorded", "2018-10-29")
    recorded_by = Ref("The staff member who recorded the detention", Staff, tells=_ID)


class StudentDetention(
    SchoolRecord,
    scope=S.StudentDetentions,
    indexes=(("school", "mis_id"), ("student",), ("detention",)),
    natural=("mis_id", "detention.date", "school.estab", "student.person.student_unique_id"),
):
    """A student's place in a detention, and whether the student attended."""

    mis_id = Text("Id of the student detention record", "1744")
    detention = Ref("The detention", Detention, part_of=True, tells=("mis_id", "date"))
    student = Ref("The student", Student, part_of=True, tells=("mis_id", "external_id", "on_roll"))
    reason = Ref("The detention reason", DetentionLookup, tells=_ID)
    attended = Ref("The attended status", DetentionLookup, tells=_ID)
    non_attendance_reason = Text("Reason for non attendance", "Doctors appointment.")
    behaviour = Ref("The associated behaviour incident", Behaviour, tells=_ID)
    added_by = Ref("The staff member who added the student detention record", Staff, tells=_ID)
    comments = Text("Comments associated with the student detention", "Don't forget book bag.")


class DetentionActivity(SchoolRecord, scope=S.StudentDetentions, indexes=(("school", "mis_id"), ("detention",))):
    """What is done in a detention."""

    mis_id = Text("Id of the detention activity", "33")
    detention = Ref("The detention", Detention, part_of=True, tells=("mis_id", "date"))
    activity = Ref("The activity", DetentionLookup, tells=_ID)


class DetentionStaff(
    SchoolRecord, scope=S.StudentDetentions, indexes=(("school", "mis_id"), ("staff",), ("detention",))
):
    """A member of staff who helps with a detention, other than the one who takes it."""

    mis_id = Text("Id of the detention other staff record", "10")
    detention = Ref("The detention", Detention, part_of=True, tells=("mis_id", "date"))
    staff = Ref("The staff member", Staff, part_of=True, tells=_ID)


detention_students = Many("The students of a detention", StudentDetention.detention)
student_detentions = Many("The detentions of a student", StudentDetention.student)
