"""Where students were before, and what they were entitled to."""

from __future__ import annotations

from ..fields import TODAY, Coalesce, Code, Computed, Date, Key, Many, Ref, Some, Text, When
from ..scopes import S
from .organisation import SchoolRecord
from .students import ENROLMENT, Student

_STUDENT = ("mis_id", "external_id", "xid", "idaas_id", "on_roll", "leaving_date")


class PreviousSchool(SchoolRecord, scope=S.Student, indexes=(("school",), ("student",))):
    """A school that a student went to before."""

    student = Ref("Whose school it was", Student, part_of=True, tells=(*_STUDENT, "forename", "surname"))
    mis_id = Text("The Id of the school history record", "2318")
    name = Text("Name of the previous school", "Green Abbey School")
    authority = Text("School local authority code", "123")
    estab = Text("The DfE establishment code for the school", "3285502")
    leaving_date = Date("Date the student left previous school", "2013-12-20")
    reason = Text("Reason for leaving previous school", "End of phase transfer - Maintained school")


class Enrolment(SchoolRecord, scope=S.Student, indexes=(("school",), ("student", "start"))):
    """A period when a student was, is or will be enrolled at this school with one status."""

    student = Ref("Who is enrolled", Student, part_of=True, tells=_STUDENT)
    status = Code("The enrolment status code of the enrolment period", "C", ENROLMENT)
    start = Date("The start date of the enrolment period", "2020-01-01")
    end = Date("The end date of the enrolment period", "2021-01-26")
    key = Computed("The MIS Id of the enrolment record", "13504.2020-09-07", Key(student / Student.mis_id, ".", start))


class EntitlementGroup(SchoolRecord, scope=S.StudentFunding, indexes=(("school",),)):
    """Something that students may be entitled to."""

    mis_id = Text("Primary Key", "100")
    short = Text("Shortened or abbreviated name of the group", "FSM")
    name = Text("Full name of the group", "Free School Meals")


class Entitlement(SchoolRecord, scope=S.StudentFunding, indexes=(("school",), ("student", "start"))):
    """A period when a student was, or is, entitled to something."""

    group = Ref("What the student is entitled to", EntitlementGroup, part_of=True, tells=("mis_id", "short"))
    student = Ref("Who is entitled", Student, part_of=True, tells=_STUDENT)
    mis_id = Text("Primary key", "86")
    start = Date("Date the entitlement began", "2006-05-16")
    end = Date("Date the entitlement finished, null if unfinished", "2009-07-30")


class MealsLately(
    SchoolRecord,
    scope=S.StudentFunding,
    over=("Entitlement", "EntitlementGroup"),
):
    """An entitlement to free school meals within the last six years, or one granted because of it."""

    student = Ref("Who was entitled", Student, part_of=True)
    start = Date("Date the entitlement began", "2006-05-16")
    end = Date("Date the entitlement finished, null if unfinished", "2009-07-30")


meals_lately = Many("Entitlements to free school meals in the last six years", MealsLately.student)

ever_six = Coalesce(
    When((Some(meals_lately, MealsLately.start.until(TODAY)), 1), kind="flag"),
    Student.ever6,
    about="Student has been eligible in last 6 years for FSM",
    example=1,
)
"""Eligible for free school meals at any time in the last six years, as the entitlements of the record say, or as the
student's earlier schools told (DfE, pupil premium conditions of grant: "Ever 6 FSM")."""
