"""What the data model has had since version 2.5: departments, subjects, calendars, days, periods, meetings, enrolments.

The documentation calls these models beta; they are read with an integration's token, and make no events.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...api.listing.resource import Part, Property, Resource, each, in_order
from ...fields import Arg, Expr, First, Given, HubId, Key, Literal, Nested, Record, Ref, Split, Time, When
from ...model.curriculum import Subject
from ...model.organisation import Organisation, School
from ...model.people import Staff
from ...model.students import Student
from ...model.timetable import (
    ClassOfLesson,
    LessonInstance,
    Timetable,
    TimetableDay,
    TimetableDayInstance,
    TimetableLesson,
    TimetablePeriod,
    TimetablePeriodInstance,
    instance_classes,
)
from .catalogue import RESOURCES
from .resource import NO_IDS, NO_PROPERTIES, UNKNOWN, day, identifiers, link, stamps
from .teaching import state
from .words import subjects as subject_areas


def _ceds(known: dict[str, Any]) -> str | None:
    return next(iter(subject_areas(known)), None)


def _hour(value: Time) -> Property:
    """A time of day; the day that stands before it means nothing."""
    return Property(Key("1970-01-01T", value, ":00.000Z"))


def _of_school(school: Ref) -> Property:
    return Property(Split(school), kind="uuid", leads="schools", finish=in_order)


SCHOOLS_BY_ID, SOURCES_IDS = Arg("schools_by_source_id"), Arg("ids_of_sources")
"""The hub ids of the schools in reach, by the ids that their sources gave them, and these ids, as a list."""


def _belongs(known: dict[str, Any]) -> list[str]:
    """The schools that a department is a part of; one of the district as such is of none."""
    schools: dict[str, str] = json.loads(known["schools"] or "{}")
    return [schools[known["parent"]]] if known["parent"] in schools else []


departments = Resource(
    "departments",
    "department",
    Part(
        Organisation,
        {
            **stamps(Organisation),
            "properties": NO_PROPERTIES,
            "name": Property(Organisation.name),
            "description": UNKNOWN,
            "identifiers": identifiers(sis_id=Organisation.external_id, school_id=Organisation.identifier),
            "school_ids": Property(
                Nested(
                    {
                        "parent": Organisation.parent_id,
                        "schools": Given(SCHOOLS_BY_ID, School.scope, kind="text"),
                    }
                ),
                kind="uuid",
                leads="schools",
                finish=_belongs,
            ),
        },
        # Of a department of a school that shares nothing, an app learns nothing.
        only=Organisation.kind.is_("department") & Organisation.parent_id.one_of(SOURCES_IDS),
    ),
)

subjects = Resource(
    "subjects",
    "subject",
    Part(
        Subject,
        {
            **stamps(Subject),
            "name": Property(Subject.name),
            "code": Property(Subject.code),
            "ceds_code": Property(Nested({"names": Subject.name, "codes": Literal(None)}), finish=_ceds),
            "description": UNKNOWN,
            "properties": NO_PROPERTIES,
            "identifiers": identifiers(),
            "department_id": UNKNOWN,
        },
    ),
)

calendars = Resource(
    "calendars",
    "calendar",
    Part(
        Timetable,
        {
            **stamps(Timetable),
            "name": Property(Timetable.description),
            "code": UNKNOWN,
            "start_date": day(Timetable.start),
            "end_date": day(Timetable.end),
            "state": Property(state(Timetable.start, Timetable.end)),
            "flags": NO_IDS,
            "type": UNKNOWN,
            "properties": NO_PROPERTIES,
            "identifiers": identifiers(),
            "school_ids": _of_school(Timetable.school),
        },
    ),
)

days = Resource(
    "days",
    "day",
    Part(
        TimetableDayInstance,
        {
            **stamps(TimetableDayInstance),
            "date": day(TimetableDayInstance.date),
            "flags": Property(Split(Literal("instructional"))),
            "comments": Property(TimetableDayInstance.day / TimetableDay.name),
            "properties": NO_PROPERTIES,
            "identifiers": identifiers(),
            "calendar_id": Property(TimetableDayInstance.day / TimetableDay.timetable),
            "route_ids": NO_IDS,
        },
    ),
)

periods = Resource(
    "periods",
    "period",
    Part(
        TimetablePeriod,
        {
            **stamps(TimetablePeriod),
            "name": Property(TimetablePeriod.name),
            "description": Property(TimetablePeriod.day / TimetableDay.name),
            "start_time": _hour(TimetablePeriod.start),
            "end_time": _hour(TimetablePeriod.end),
            "type": Property(When((TimetablePeriod.teaching.is_(1), "class"), otherwise="homeroom")),
            "flags": NO_IDS,
            "properties": NO_PROPERTIES,
            "identifiers": identifiers(),
            "school_ids": _of_school(TimetablePeriod.school),
            "session_ids": NO_IDS,
        },
    ),
)

# ---- meetings


def _meeting(of: type[Record], kind: str, group: Expr, held: Expr, period: Expr, also: Property) -> Part:
    return Part(
        of,
        {
            **stamps(of),
            "type": Property(Literal(kind)),
            "properties": also,
            "identifiers": identifiers(),
            "class_id": link(group, "classes"),
            "day_id": Property(held),
            "period_id": Property(period),
        },
    )


def _joined(known: dict[str, Any]) -> dict[str, list[str]]:
    found = in_order(known)
    return {"class_ids": found} if len(found) > 1 else {}


meetings = Resource(
    "meetings",
    "meeting",
    _meeting(
        LessonInstance,
        "period",
        First(instance_classes, ClassOfLesson.group),
        LessonInstance.slot / TimetablePeriodInstance.held,
        LessonInstance.lesson / TimetableLesson.period,
        Property(Nested({"group": each(instance_classes, ClassOfLesson.group)}), finish=_joined),
    ),
    _meeting(TimetableDayInstance, "day", Literal(None), HubId(TimetableDayInstance), Literal(None), NO_PROPERTIES),
)
"""The days, and the lessons of a date: of classes that are taught together the first is named, all in `properties`."""

# ---- who is at a school, and when


def _at_school(of: type[Record], person: Expr, school: Expr, start: Expr, end: Expr, role: Expr) -> Part:
    return Part(
        of,
        {
            **stamps(of),
            "school_id": link(school, "schools"),
            "person_id": link(person, "people"),
            "track_id": UNKNOWN,
            "school_enrollment_role_id": UNKNOWN,
            "start_date": day(start),
            "end_date": day(end),
            "properties": Property(Nested({"role": role})),
            "identifiers": identifiers(),
        },
        only=person.known(),
    )


school_enrollments = Resource(
    "school_enrollments",
    "school_enrollment",
    _at_school(Student, Student.person, Student.school, Student.entry_date, Student.leaving_date, Literal("student")),
    _at_school(
        Staff,
        Staff.person,
        Staff.school,
        Staff.employment_start,
        Staff.employment_end,
        When((Staff.is_teacher.is_(1), "teacher"), otherwise="staff"),
    ),
)

LATER: Mapping[str, Resource] = {
    r.name: r for r in (departments, subjects, calendars, days, periods, meetings, school_enrollments)
}
"""The newer resources of which the record has something; of tracks, routes and the like it has nothing."""

EVERY: Mapping[str, Resource] = {**RESOURCES, **LATER}

for _resource in EVERY.values():
    for _name, _property in _resource.properties.items():
        if _property.leads and _property.leads not in EVERY:
            raise TypeError(f"{_resource.name}.{_name} leads to {_property.leads}, which is no resource")
