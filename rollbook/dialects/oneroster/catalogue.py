"""The rostering service: its collections, which rows of a resource each of them holds, and where its paths lead.

OneRoster 1.2 Rostering Service, REST binding, section 2 (service operations): 41 addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...api.listing.resource import Resource
from ...api.listing.rows import NEVER, Conditions
from ...api.listing.services import PARENT, WITHIN, Collection, Collections, Path, Scopes
from ...fields import ALWAYS, Condition, HubId, Many, Question, Some, Within
from ...model.calendar import Session
from ...model.curriculum import Course, CourseOffering
from ...model.groups import Group, GroupSession, StaffMembership
from ...model.organisation import School
from ...model.people import Staff
from ...model.roster import as_employee, as_pupil, as_staff, as_student, group_sessions, is_teacher, teaches_class
from ...model.students import Student, StudentMembership
from .people import demographics, old_demographics, old_users, users
from .places import courses, orgs, sessions, without_session
from .teaching import classes, enrollments, old_enrollments
from .tokens import CORE, DEMOGRAPHICS, READ


def _every(resource: Resource) -> Conditions:
    return {part.of: ALWAYS for part in resource.parts}


def whole(resource: Resource) -> Collection:
    """Every row of a resource, under its own name."""
    return Collection(resource.name, resource, _every(resource), resource.name)


def _some(name: str, resource: Resource, **rows: Condition) -> Collection:
    """Some rows of a resource, by the name of the record; none of the records that are not named."""
    held = {part.of: rows.get(part.of.__name__, NEVER) for part in resource.parts}
    return Collection(name, resource, held, resource.name)


is_student, is_a_teacher = Some(as_pupil, ALWAYS), Some(as_employee, is_teacher)


def _collections(users: Resource, enrollments: Resource, demographics: Resource) -> Collections:
    made = (
        *map(whole, (orgs, sessions, courses, classes, users, enrollments, demographics)),
        _some("schools", orgs, School=ALWAYS),
        _some("terms", sessions, Session=Session.kind.one_of("term"), School=ALWAYS),
        _some("gradingPeriods", sessions, Session=Session.kind.one_of("gradingPeriod")),
        _some("students", users, Person=is_student),
        _some("teachers", users, Person=is_a_teacher),
    )
    return {one.name: one for one in made}


COLLECTIONS = _collections(users, enrollments, demographics)
OLD_COLLECTIONS = _collections(old_users, old_enrollments, old_demographics)
"""Those of OneRoster 1.2, and those of 1.1."""

_places = Many("The places of a student in classes", StudentMembership.student)
_posts = Many("The classes that a member of staff leads", StaffMembership.staff)
_class_students = Many("The students of a class", StudentMembership.group)
_class_staff = Many("The staff of a class", StaffMembership.group)

_taught = Some(as_student, Some(_places, StudentMembership.group.is_(PARENT)))
_teaching = Some(as_staff, Some(_posts, StaffMembership.group.is_(PARENT) & teaches_class))
_student_of = Within(StudentMembership.student, Question(Student, (), where=Student.person.is_(PARENT)))
_staff_of = Within(StaffMembership.staff, Question(Staff, (), where=Staff.person.is_(PARENT)))
_in_class: Conditions = {
    StudentMembership: StudentMembership.group.is_(PARENT),
    StaffMembership: StaffMembership.group.is_(PARENT),
}
_at_school: Conditions = {
    StudentMembership: (StudentMembership.group / Group.school).is_(PARENT),
    StaffMembership: (StaffMembership.group / Group.school).is_(PARENT),
}
_follows = Group.course.is_(PARENT) | (Group.offering / CourseOffering.course).is_(PARENT) | HubId(Group).is_(PARENT)
_meets = Some(group_sessions, GroupSession.session.is_(PARENT)) | (Group.offering / CourseOffering.session).is_(PARENT)
_all_year = without_session & Group.school.is_(PARENT)


def _path(leads: str, **rows: Condition) -> Path:
    held = {part.of: rows.get(part.of.__name__, NEVER) for part in COLLECTIONS[leads].resource.parts}
    return Path(leads, held)


_class_paths = {
    "students": _path("students", Person=_taught),
    "teachers": _path("teachers", Person=_teaching),
    "enrollments": Path("enrollments", _in_class),
}
_at_its_school: Conditions = {Group: Group.school.is_(WITHIN)}

PATHS: Mapping[str, Path] = {
    **{f"classes/{{id}}/{leads}": _class_paths[leads] for leads in ("students", "teachers")},
    "courses/{id}/classes": _path("classes", Group=_follows),
    "schools/{id}/classes": _path("classes", Group=Group.school.is_(PARENT)),
    "schools/{id}/courses": _path(
        "courses", Course=Course.school.is_(PARENT) | Course.school.unknown(), Group=Group.school.is_(PARENT)
    ),
    "schools/{id}/enrollments": Path("enrollments", _at_school),
    "schools/{id}/students": _path("students", Person=Some(as_pupil, Student.school.is_(PARENT))),
    "schools/{id}/teachers": _path("teachers", Person=Some(as_employee, Staff.school.is_(PARENT) & is_teacher)),
    "schools/{id}/terms": _path(
        "terms", Session=Session.school.is_(PARENT) | Session.school.unknown(), School=HubId(School).is_(PARENT)
    ),
    **{
        f"schools/{{id}}/classes/{{id}}/{leads}": replace(path, within=_at_its_school)
        for leads, path in _class_paths.items()
    },
    "students/{id}/classes": _path("classes", Group=Some(_class_students, _student_of)),
    "teachers/{id}/classes": _path("classes", Group=Some(_class_staff, _staff_of)),
    "users/{id}/classes": _path("classes", Group=Some(_class_students, _student_of) | Some(_class_staff, _staff_of)),
    "terms/{id}/classes": _path("classes", Group=_meets | _all_year),
    "terms/{id}/gradingPeriods": _path("gradingPeriods", Session=Session.parent.is_(PARENT)),
}
"""Every address that leads from one thing."""

SCOPES: Mapping[str, Scopes] = {"GET": {"": frozenset({READ, CORE}), "demographics": frozenset({DEMOGRAPHICS})}}
