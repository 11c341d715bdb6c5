"""Classes, sections, and who is enrolled in them."""

from __future__ import annotations

from ...api.listing.resource import Part, Property, Resource, each, in_order
from ...fields import (
    TODAY,
    Coalesce,
    Condition,
    Date,
    Expr,
    Literal,
    Many,
    Mapped,
    Nested,
    Record,
    Ref,
    Split,
    Truth,
    When,
)
from ...model.curriculum import Course, CourseOffering, Subject
from ...model.groups import ClassSection, Group, GroupSession, StaffMembership
from ...model.organisation import School
from ...model.people import Staff
from ...model.roster import CLASS_KINDS, assists, group_sessions, is_class, runs, teaches_class
from ...model.students import GRADES, Student, StudentMembership
from ...model.timetable import LessonClass, TimetableLesson
from .places import DISTRICT
from .resource import (
    CODE,
    ID,
    NAME,
    NO_PROPERTIES,
    PRODUCTS,
    UNKNOWN,
    day,
    known_by,
    link,
    links,
    stamps,
)
from .words import grade_levels, subjects


def state(start: Expr, end: Expr) -> Expr:
    """Where today stands between two days, either of which may be open."""
    return When((start.after(TODAY), "upcoming"), (end.before(TODAY), "completed"), otherwise="active")


# ---- classes

class_lessons = Many("The lessons of a timetable's cycle in which a class is taught", LessonClass.group)

classes = Resource(
    "classes",
    "class",
    Part(
        Group,
        {
            **stamps(Group),
            "name": Property(Group.name, NAME),
            "description": Property(Group.description),
            "picture_url": UNKNOWN,
            "subjects": Property(
                Nested(
                    {
                        "names": Coalesce(Group.subjects, Group.subject / Subject.name, Group.course / Course.subjects),
                        "codes": Coalesce(Group.subject_codes, Group.course / Course.subject_codes),
                    }
                ),
                finish=subjects,
            ),
            "grade_levels": Property(
                Coalesce(Group.grades, Mapped(Group.standard_year_code, GRADES), Group.course / Course.grades),
                finish=grade_levels,
            ),
            "periods": Property(Split(Group.periods)),
            "state": Property(state(Group.start, Group.end), ID),
            "locale": Property(Coalesce(Group.school / School.locale, DISTRICT["locale"])),
            "time_zone": Property(Coalesce(Group.school / School.time_zone, DISTRICT["time_zone"])),
            # What a class is tells lessons from registers and from cohorts, which Edlink has no word for.
            "properties": Property(Nested({"group_type": Group.kind, "purpose": Group.purpose}, prune=True)),
            "identifiers": known_by(Group),
            "session_ids": links(
                group_sessions, GroupSession.session, Group.offering / CourseOffering.session, "sessions", ID
            ),
            "course_id": link(Coalesce(Group.course, Group.offering / CourseOffering.course), "courses", ID),
            "school_id": link(Group.school, "schools"),
            "subject_id": link(Group.subject, "subjects", ID),
            # They do not expand: `periods` are the names that a roster gives.
            "period_ids": Property(each(class_lessons, LessonClass.lesson / TimetableLesson.period), finish=in_order),
            "product_ids": PRODUCTS,
        },
        # A class belongs to a school; what the whole district shares is no class.
        only=is_class & Group.school.known(),
        parts=(group_sessions, class_lessons),
    ),
)

# ---- sections

sections = Resource(
    "sections",
    "section",
    Part(
        ClassSection,
        {
            **stamps(ClassSection),
            "name": Property(ClassSection.name, NAME),
            "description": Property(ClassSection.description),
            "picture_url": UNKNOWN,
            "state": Property(state(ClassSection.group / Group.start, ClassSection.group / Group.end)),
            "locale": Property(Coalesce(ClassSection.school / School.locale, DISTRICT["locale"])),
            "time_zone": Property(Coalesce(ClassSection.school / School.time_zone, DISTRICT["time_zone"])),
            "periods": Property(Split(ClassSection.periods)),
            "properties": NO_PROPERTIES,
            "identifiers": known_by(ClassSection),
            "class_id": link(ClassSection.group, "classes"),
        },
        only=(ClassSection.group / Group.kind).one_of(*CLASS_KINDS),
    ),
)

# ---- enrolments

staff_role = When((teaches_class, "teacher"), (assists, "ta"), (runs, "administrator"), otherwise="aide")


def _enrolment(
    role: Expr, person: Expr, group: Expr, section: Expr, start: Date, end: Date, primary: Expr, of: type[Record]
) -> dict[str, Property]:
    return {
        "start_date": day(start),
        "end_date": day(end),
        "role": Property(role, CODE),
        "primary": Property(primary),
        "state": Property(state(start, end)),
        "properties": NO_PROPERTIES,
        "identifiers": known_by(of),
        "person_id": link(person, "people", ID),
        "class_id": link(group, "classes", ID),
        "section_id": link(section, "sections", ID),
    }


student_of = StudentMembership.student / Student.person
staff_of = StaffMembership.staff / Staff.person

_student, _staff = StudentMembership, StaffMembership


def _in_class(person: Expr, group: Ref) -> Condition:
    listed = (group / Group.kind).one_of(*CLASS_KINDS) & (group / Group.school).known()
    return listed & person.known()


enrollments = Resource(
    "enrollments",
    "enrollment",
    Part(
        StudentMembership,
        {
            **stamps(StudentMembership),
            **_enrolment(
                Literal("student"),
                student_of,
                _student.group,
                _student.section,
                _student.start,
                _student.end,
                # Only among teachers is one the first.
                Literal(None),
                _student,
            ),
        },
        only=_in_class(student_of, _student.group),
    ),
    Part(
        StaffMembership,
        {
            **stamps(StaffMembership),
            **_enrolment(
                staff_role,
                staff_of,
                _staff.group,
                _staff.section,
                _staff.start,
                _staff.end,
                Truth(_staff.is_main),
                _staff,
            ),
        },
        only=_in_class(staff_of, _staff.group),
    ),
)
