"""Organisations, academic sessions and courses."""

from __future__ import annotations

from typing import Any

from ...api.listing.resource import Part, Property, each
from ...api.listing.resource import Resource as Listed
from ...fields import (
    ALWAYS,
    Arg,
    AsText,
    Coalesce,
    Given,
    Key,
    Literal,
    Made,
    Many,
    Mapped,
    Not,
    Rows,
    Some,
    Split,
)
from ...model.calendar import Session
from ...model.curriculum import Course, CourseOffering, Subject
from ...model.groups import Group
from ...model.organisation import District, School
from ...model.resources import CourseResource
from ...model.roster import group_sessions, is_class
from ...model.students import GRADES
from .properties import (
    DISTRICT,
    NOTHING_MADE_UP,
    SYNTHETIC,
    TEXT,
    csv,
    link,
    links,
    made_up,
    own_id,
    stamps,
    text,
    told_id,
    word,
)

# ---- organisations


def _numbered(told: Any) -> dict[str, str] | None:
    return {SYNTHETIC: "identifier"} if told is None else None


orgs = Listed(
    "orgs",
    "org",
    Part(
        District,
        {
            **stamps(District, "orgs"),
            "metadata": Property(District.identifier, finish=_numbered),
            "name": text(District.name),
            "type": word(Literal("district")),
            "identifier": text(Coalesce(District.identifier, own_id(District, "orgs"))),
            "parent": link(Literal(None), "orgs"),
            "children": links(Split(Given(Arg("school_orgs"), School.scope, kind="text")), "orgs"),
        },
    ),
    Part(
        School,
        {
            **stamps(School, "orgs"),
            "metadata": Property(Coalesce(School.identifier, School.estab), finish=_numbered),
            "name": text(School.name),
            "type": word(Literal("school")),
            "identifier": text(Coalesce(School.identifier, School.estab, own_id(School, "orgs"))),
            "parent": link(DISTRICT, "orgs"),
            "children": links(Split(Literal(None)), "orgs"),
        },
    ),
    key="sourcedId",
)

# ---- academic sessions

_inner = Many("The sessions that a session is made of", Session.parent)

without_session = (
    is_class
    & Group.school.known()
    & Not(Some(group_sessions, ALWAYS))
    & (Group.offering / CourseOffering.session).unknown()
)
"""Classes of which no session is told: those of a school that registers and groups its pupils by the year."""

_classes_of_school = Many("The classes of a school that have no session", Group.school, where=without_session)

stands_for_term = Some(_classes_of_school, ALWAYS)

BEGINS, ENDS = "-08-01", "-07-31"
"""The first and the last day of the academic year where nobody says which they are: a synthetic term has them."""


def this_year(today: str) -> dict[str, str]:
    """The academic year of a day: its first and last day, and the calendar year in which it ends."""
    year = int(today[:4]) + (today[4:] >= BEGINS)
    return {"year_start": f"{year - 1}{BEGINS}", "year_end": f"{year}{ENDS}", "school_year": str(year)}


def _of_year(name: str) -> Property:
    return Property(Given(Arg(name), School.scope, kind="text"), TEXT)


sessions = Listed(
    "academicSessions",
    "academicSession",
    Part(
        Session,
        {
            **stamps(Session, "academicSessions"),
            "metadata": NOTHING_MADE_UP,
            "title": text(Session.name),
            "startDate": text(Session.start),
            "endDate": text(Session.end),
            "type": word(Session.kind),
            "parent": link(Session.parent, "academicSessions"),
            "children": links(
                Rows(_inner, {"is": own_id(Session, "academicSessions")}, order=(Made(Session),)), "academicSessions"
            ),
            "schoolYear": text(AsText(Session.year)),
        },
    ),
    Part(
        School,
        {
            **stamps(School, "academicSessions"),
            "metadata": made_up("term"),
            "title": text(Key(School.name, Literal(" "), Given(Arg("school_year"), School.scope, kind="text"))),
            "startDate": _of_year("year_start"),
            "endDate": _of_year("year_end"),
            "type": word(Literal("term")),
            "parent": link(Literal(None), "academicSessions"),
            "children": links(Split(Literal(None)), "academicSessions"),
            "schoolYear": _of_year("school_year"),
        },
        only=stands_for_term,
        lost=Not(stands_for_term),
    ),
    key="sourcedId",
)
"""Sessions, and a term for each school with classes of which no session is told; its id is the school's."""

# ---- courses

without_course = is_class & Group.school.known() & Group.course.unknown() & Group.offering.unknown()
"""Classes that follow no course: registration groups, cohorts, and the teaching groups of most British schools."""


def _coded(told: Any) -> dict[str, str] | None:
    return {SYNTHETIC: "courseCode"} if told is None else None


_materials = Many("The resources of a course", CourseResource.course)

courses = Listed(
    "courses",
    "course",
    Part(
        Course,
        {
            **stamps(Course, "courses"),
            "metadata": Property(Course.code, finish=_coded),
            "title": text(Course.title),
            "schoolYear": link(Course.school_year, "academicSessions"),
            "courseCode": text(Coalesce(Course.code, own_id(Course, "courses"))),
            "grades": csv(Course.grades),
            "subjects": csv(Course.subjects),
            "org": link(Coalesce(Course.school, DISTRICT), "orgs"),
            "subjectCodes": csv(Course.subject_codes),
            "resources": links(each(_materials, told_id(CourseResource.resource, "resources")), "resources"),
        },
    ),
    Part(
        Group,
        {
            **stamps(Group, "courses"),
            "metadata": made_up("course"),
            "title": text(Group.name),
            "schoolYear": link(Literal(None), "academicSessions"),
            "courseCode": text(Coalesce(Group.code, own_id(Group, "courses"))),
            "grades": csv(Coalesce(Group.grades, Mapped(Group.standard_year_code, GRADES))),
            "subjects": csv(Coalesce(Group.subjects, Group.subject / Subject.name)),
            "org": link(Group.school, "orgs"),
            "subjectCodes": csv(Group.subject_codes),
            "resources": links(Split(Literal(None)), "resources"),
        },
        only=without_course,
        lost=is_class & Group.school.known() & (Group.course.known() | Group.offering.known()),
    ),
    key="sourcedId",
)
"""Courses, and one for each class that follows none; its id is the class's."""
