"""Classes, and who is enrolled in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...api.listing.resource import Part, Property, each, flat
from ...api.listing.resource import Resource as Listed
from ...fields import Coalesce, Condition, Date, Expr, HubId, Literal, Many, Mapped, Nested, Record, Ref, When
from ...model.curriculum import Course, CourseOffering, Subject
from ...model.groups import Group, GroupSession, StaffMembership
from ...model.people import Staff
from ...model.resources import ClassResource
from ...model.roster import CLASS_KINDS, assists, group_sessions, is_class, runs, teaches_class
from ...model.students import GRADES, Student, StudentMembership
from .properties import ID, NOTHING_MADE_UP, csv, link, links, stamps, text, told_id, word, yes_or_no
from .wire import reference

_materials = Many("The resources that a class uses", ClassResource.group)
_OWN_WORDS = {"rollbook.groupType": Group.kind, "rollbook.purpose": Group.purpose}
_type = Mapped(Group.kind, {"RegGrp": "homeroom"}, otherwise="scheduled")
_grade = Mapped(Group.standard_year_code, GRADES)


_terms = {
    "many": told_id(GroupSession.session, "academicSessions"),
    "one": told_id(Group.offering / CourseOffering.session, "academicSessions"),
    "school": told_id(Group.school, "academicSessions"),
}


def terms_of(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """The sessions of a class; one of which none is told has its school's synthetic term."""
    ids = flat([told["many"], told["one"]]) or flat(told["school"])
    return [reference("academicSessions", one) for one in sorted(ids)]


classes = Listed(
    "classes",
    "class",
    Part(
        Group,
        {
            **stamps(Group, "classes"),
            # What a class is tells lessons from registers and from cohorts, which OneRoster has no word for.
            "metadata": Property(Nested(_OWN_WORDS, prune=True)),
            "title": text(Group.name),
            "classCode": text(Group.code),
            "classType": word(Coalesce(Group.class_type, _type)),
            "location": text(Group.location),
            "grades": csv(Coalesce(Group.grades, _grade, Group.course / Course.grades)),
            "subjects": csv(Coalesce(Group.subjects, Group.subject / Subject.name, Group.course / Course.subjects)),
            # A class that follows no course has one of its own.
            "course": link(Coalesce(Group.course, Group.offering / CourseOffering.course, HubId(Group)), "courses"),
            "school": link(Group.school, "orgs"),
            "terms": Property(
                Nested({name: each(group_sessions, told) if name == "many" else told for name, told in _terms.items()}),
                ID,
                "uuid",
                Group.offering / CourseOffering.session,
                (group_sessions, GroupSession.session),
                "academicSessions",
                terms_of,
            ),
            "subjectCodes": csv(Coalesce(Group.subject_codes, Group.course / Course.subject_codes)),
            "periods": csv(Group.periods),
            "resources": links(each(_materials, told_id(ClassResource.resource, "resources")), "resources"),
        },
        # A class belongs to a school; what the whole district shares is no class.
        only=is_class & Group.school.known(),
        parts=(group_sessions,),
    ),
    key="sourcedId",
)

staff_role = When((teaches_class, "teacher"), (assists, "ext:ta"), (runs, "administrator"), otherwise="ext:aide")
"""What a member of staff is in a class; OneRoster 1.2 has no word for those who assist: they are extensions."""

old_staff_role = When((teaches_class, "teacher"), (runs, "administrator"), otherwise="aide")
"""The same in the words of 1.1."""


def _enrolment(
    of: type[Record], user: Expr, group: Ref, role: Expr, primary: Expr, start: Date, end: Date
) -> dict[str, Property]:
    return {
        **stamps(of, "enrollments"),
        "metadata": NOTHING_MADE_UP,
        "user": link(user, "users"),
        "class": link(group, "classes"),
        "school": link(group / Group.school, "orgs"),
        "role": word(role),
        "primary": yes_or_no(primary),
        "beginDate": text(start),
        "endDate": text(end),
    }


def _in_class(user: Expr, group: Ref) -> Condition:
    return (group / Group.kind).one_of(*CLASS_KINDS) & (group / Group.school).known() & user.known()


_student, _staff = StudentMembership, StaffMembership
student_user, staff_user = _student.student / Student.person, _staff.staff / Staff.person


def _enrollments(of_staff: Expr) -> Listed:
    # Only among teachers is one the first.
    of_student, never = Literal("student"), Literal(None)
    return Listed(
        "enrollments",
        "enrollment",
        Part(
            _student,
            _enrolment(_student, student_user, _student.group, of_student, never, _student.start, _student.end),
            only=_in_class(student_user, _student.group),
        ),
        Part(
            _staff,
            _enrolment(_staff, staff_user, _staff.group, of_staff, _staff.is_main, _staff.start, _staff.end),
            only=_in_class(staff_user, _staff.group),
        ),
        key="sourcedId",
    )


enrollments, old_enrollments = _enrollments(staff_role), _enrollments(old_staff_role)
