"""Every resource, the paths that lead from one to another, and what of each concerns one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...api.listing.resource import Resource
from ...api.listing.rows import Conditions
from ...fields import ALWAYS, Arg, Condition, HubId, Many, Not, Question, Some, Within
from ...model.calendar import Session
from ...model.curriculum import Course, CourseOffering, Subject
from ...model.employment import StaffAssignment
from ...model.groups import ClassSection, Group, GroupSession, StaffMembership
from ...model.organisation import District, School, Site
from ...model.people import Contact, Person, Staff
from ...model.roster import (
    as_contact,
    as_employee,
    as_pupil,
    as_staff,
    as_student,
    is_district_head,
    is_employed,
    is_head,
    is_kept_away,
    is_pupil,
    is_teacher,
    teaches_class,
)
from ...model.students import Relationship, Student, StudentMembership
from ...model.timetable import LessonClass, TimetableLesson, TimetablePeriod
from .people import agents, people
from .places import courses, districts, schools, sessions
from .teaching import classes, enrollments, sections

RESOURCES: Mapping[str, Resource] = {
    r.name: r for r in (districts, schools, sessions, courses, people, classes, sections, enrollments, agents)
}
"""In the order in which the documentation reads them all."""

READS = frozenset(
    record.__name__
    for record in (
        *(District, School, Site, Session, Subject, Course, CourseOffering),
        *(Group, GroupSession, ClassSection, StudentMembership, StaffMembership),
        *(Person, Student, Staff, StaffAssignment, Contact, Relationship),
        *(LessonClass, TimetableLesson, TimetablePeriod),
    )
)
"""Every kind of record that rosters are made of."""

PARENT, ME = Arg("parent"), Arg("me")
MY_SCHOOLS, MY_CLASSES = Arg("my_schools"), Arg("my_classes")
MY_SECTIONS, MY_WHOLE_CLASSES = Arg("my_sections"), Arg("my_whole_classes")
"""Lists of hub ids: a person's schools, classes and sections, and the classes of which no section is theirs alone."""


@dataclass(frozen=True)
class Path:
    """Where a path leads from one thing: the resource, and which of its rows."""

    leads: str
    rows: Conditions


_places = Many("The places of a student in classes", StudentMembership.student)
_posts = Many("The classes that a member of staff leads", StaffMembership.staff)
_class_students = Many("The students of a class", StudentMembership.group)
_class_staff = Many("The staff of a class", StaffMembership.group)
_section_students = Many("The students of a section", StudentMembership.section)
_section_staff = Many("The staff of a section", StaffMembership.section)
_class_sections = Many("The sections of a class", ClassSection.group)
_school_students = Many("The students of a school", Student.school, where=is_pupil)
_school_staff = Many("The staff of a school", Staff.school, where=is_employed)
_school_contacts = Many("The contacts of a school's students", Contact.school)
_offerings = Many("The offerings of a course", CourseOffering.course)
_course_classes = Many("The classes that follow a course", Group.course)
_offered_classes = Many("The classes that follow a course as it is offered", Group.offering)
_subject_classes = Many("The classes that are taught a subject", Group.subject)
_observed = Many("The students of a contact", Relationship.contact, where=Not(is_kept_away))
_observers = Many("The contacts of a student", Relationship.student, where=Not(is_kept_away))


def _taught(where: Condition) -> Condition:
    return Some(as_student, Some(_places, where))


def _teaching(where: Condition) -> Condition:
    return Some(as_staff, Some(_posts, where))


def _theirs(person: Arg) -> Conditions:
    """The enrolments of one person."""
    student = Question(Student, (), where=Student.person.is_(person))
    staff = Question(Staff, (), where=Staff.person.is_(person))
    return {
        StudentMembership: Within(StudentMembership.student, student),
        StaffMembership: Within(StaffMembership.staff, staff),
    }


def _agents_of(person: Arg) -> Condition:
    """Where one person is the observer or the target."""
    return Within(Relationship.contact, Question(Contact, (), where=Contact.person.is_(person))) | Within(
        Relationship.student, Question(Student, (), where=Student.person.is_(person))
    )


_student_in_class, _staff_in_class = StudentMembership.group.is_(PARENT), StaffMembership.group.is_(PARENT)
_student_in_section, _staff_in_section = StudentMembership.section.is_(PARENT), StaffMembership.section.is_(PARENT)
_person = _theirs(PARENT)
_in_schools_of_person = (
    Some(_school_students, Student.person.is_(PARENT))
    | Some(_school_staff, Staff.person.is_(PARENT))
    | Some(_school_contacts, Contact.person.is_(PARENT))
)

PATHS: Mapping[tuple[str, str], Path] = {
    ("districts", "administrators"): Path("people", {Person: Some(as_employee, is_district_head)}),
    ("schools", "classes"): Path("classes", {Group: Group.school.is_(PARENT)}),
    ("schools", "courses"): Path("courses", {Course: Course.school.is_(PARENT) | Course.school.unknown()}),
    ("schools", "sessions"): Path("sessions", {Session: Session.school.is_(PARENT) | Session.school.unknown()}),
    ("schools", "people"): Path(
        "people",
        {
            Person: Some(as_pupil, Student.school.is_(PARENT))
            | Some(as_employee, Staff.school.is_(PARENT))
            | Some(as_contact, Contact.school.is_(PARENT))
        },
    ),
    ("schools", "administrators"): Path("people", {Person: Some(as_employee, Staff.school.is_(PARENT) & is_head)}),
    ("schools", "teachers"): Path("people", {Person: Some(as_employee, Staff.school.is_(PARENT) & is_teacher)}),
    ("schools", "students"): Path("people", {Person: Some(as_pupil, Student.school.is_(PARENT))}),
    ("courses", "classes"): Path(
        "classes", {Group: Group.course.is_(PARENT) | (Group.offering / CourseOffering.course).is_(PARENT)}
    ),
    ("classes", "sections"): Path("sections", {ClassSection: ClassSection.group.is_(PARENT)}),
    ("classes", "enrollments"): Path(
        "enrollments", {StudentMembership: _student_in_class, StaffMembership: _staff_in_class}
    ),
    ("classes", "people"): Path("people", {Person: _taught(_student_in_class) | _teaching(_staff_in_class)}),
    ("classes", "teachers"): Path("people", {Person: _teaching(_staff_in_class & teaches_class)}),
    ("classes", "students"): Path("people", {Person: _taught(_student_in_class)}),
    ("sections", "enrollments"): Path(
        "enrollments", {StudentMembership: _student_in_section, StaffMembership: _staff_in_section}
    ),
    ("sections", "people"): Path("people", {Person: _taught(_student_in_section) | _teaching(_staff_in_section)}),
    ("sections", "teachers"): Path("people", {Person: _teaching(_staff_in_section & teaches_class)}),
    ("sections", "students"): Path("people", {Person: _taught(_student_in_section)}),
    ("people", "enrollments"): Path("enrollments", _person),
    ("people", "districts"): Path("districts", {District: ALWAYS}),
    ("people", "schools"): Path("schools", {School: _in_schools_of_person}),
    ("people", "classes"): Path(
        "classes",
        {Group: Some(_class_students, _person[StudentMembership]) | Some(_class_staff, _person[StaffMembership])},
    ),
    ("people", "sections"): Path(
        "sections",
        {
            ClassSection: Some(_section_students, _person[StudentMembership])
            | Some(_section_staff, _person[StaffMembership])
        },
    ),
    ("people", "agents"): Path("agents", {Relationship: _agents_of(PARENT)}),
}
"""Every documented path from one thing to others."""

# ---- what concerns one person

_my_class = HubId(Group).one_of(MY_CLASSES)
_beside_me = {
    StudentMembership: StudentMembership.group.one_of(MY_CLASSES),
    StaffMembership: StaffMembership.group.one_of(MY_CLASSES),
}
_stands_for_me = Some(as_contact, Some(_observed, (Relationship.student / Student.person).is_(ME)))
_i_stand_for = Some(as_student, Some(_observers, (Relationship.contact / Contact.person).is_(ME)))

MINE: Conditions = {
    District: ALWAYS,
    School: HubId(School).one_of(MY_SCHOOLS),
    Session: Session.school.one_of(MY_SCHOOLS) | Session.school.unknown(),
    Course: Some(_course_classes, _my_class) | Some(_offerings, Some(_offered_classes, _my_class)),
    Person: HubId(Person).is_(ME)
    | _taught(_beside_me[StudentMembership])
    | _teaching(_beside_me[StaffMembership])
    | _stands_for_me
    | _i_stand_for,
    Group: _my_class,
    ClassSection: HubId(ClassSection).one_of(MY_SECTIONS) | ClassSection.group.one_of(MY_WHOLE_CLASSES),
    **_theirs(ME),
    Relationship: _agents_of(ME),
    # Only expansions show these.
    Subject: Some(_subject_classes, _my_class),
}
"""What a person sees of each kind: their schools, classes and sections, who else is in these, their own enrolments,
and those for whom they stand or who stand for them."""


def check_mine(resources: Iterable[Resource], mine: Conditions) -> None:
    """Raise `TypeError` for a resource of which nothing says what of it concerns one person."""
    missing = [f"{r.name} ({part.of.__name__})" for r in resources for part in r.parts if part.of not in mine]
    if missing:
        raise TypeError(f"MINE does not say what of {', '.join(missing)} concerns one person")


check_mine(RESOURCES.values(), MINE)

BESIDE: Conditions = {**MINE, **{kind: MINE[kind] | where for kind, where in _beside_me.items()}}
"""The same on paths that lead from a class, a section or a person: there, the enrolments of the others show too."""
