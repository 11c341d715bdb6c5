"""Lessons on their dates: a school's, a group's, a student's (school.timetable, school.timetablefor*)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from ...api.resource import Endpoint, Filter, Ignore, Option, Table, With
from ...consent import Reader
from ...fields import ALWAYS, Arg, Called, Clock, Condition, Csv, Expr, Key, Many, Question, Some, Within
from ...model.curriculum import Subject
from ...model.groups import Group, SubGroup
from ...model.people import Staff as Employee
from ...model.students import Student, StudentMembership, group_students_ever
from ...model.timetable import (
    ClassOfLesson,
    CoverStaff,
    LessonClass,
    LessonInstance,
    LessonStaff,
    Room,
    RoomOfLesson,
    StaffOfLesson,
    StudentOfLesson,
    TimetableLesson,
    TimetablePeriod,
    TimetablePeriodInstance,
    instance_classes,
    instance_cover,
    instance_rooms,
    instance_staff,
    instance_students,
    lesson_classes,
    lesson_staff,
)
from ...scopes import Need, S
from .timetable import TimetableDays, TimetablePeriods, Timetables

_SUBJECT = ClassOfLesson.group / (Group.subject / Subject.code)
_BY_TIME = (LessonInstance.date, LessonInstance.start)


def _of_class(what: Expr, about: str) -> Csv:
    return Csv(instance_classes, what, about=about)


_CLASS_ID = _of_class(ClassOfLesson.group / Group.mis_id, "Id of the group taught in this lesson")
_CLASS_NAME = _of_class(ClassOfLesson.group / Group.name, "Name of the group taught in this lesson")
_SUBJECT_CODE = _of_class(_SUBJECT, "Subject code for display")
_SUBJECT_NAME = _of_class(ClassOfLesson.group / (Group.subject / Subject.name), "Full subject name")
_STAFF_CODES = Csv(instance_staff, StaffOfLesson.staff / Employee.code, about="Staff short codes for display")
_ROOM_CODES = Csv(instance_rooms, RoomOfLesson.room / Room.code, about="Room codes for display")
_PERIOD = LessonInstance.lesson / (TimetableLesson.period / TimetablePeriod.name)


class Lessons(Table, of=LessonInstance, order=_BY_TIME):
    """Lessons of a range of dates."""

    Id = LessonInstance.mis_id
    PeriodId = LessonInstance.slot / TimetablePeriodInstance.mis_id
    ClassId = _CLASS_ID
    JoinedId = LessonInstance.joined / LessonInstance.mis_id
    ClassName = _CLASS_NAME
    Period = _PERIOD
    StartDateTime = LessonInstance.start
    EndDateTime = LessonInstance.end
    StaffCodes = _STAFF_CODES
    RoomCodes = _ROOM_CODES
    SubjectCode = _SUBJECT_CODE
    SubjectName = _SUBJECT_NAME


class PersonalLessons(Table, of=LessonInstance, name="Lessons", order=_BY_TIME):
    """Lessons of a group or a person in a range of dates."""

    Id = LessonInstance.mis_id
    LessonId = LessonInstance.lesson / TimetableLesson.mis_id
    JoinedId = LessonInstance.joined / (LessonInstance.lesson / TimetableLesson.mis_id)
    PeriodId = LessonInstance.slot / TimetablePeriodInstance.mis_id
    ClassId = _CLASS_ID
    Period = _PERIOD
    Date = Clock(LessonInstance.date, about="Date this lesson occurs", example="2017-05-11T00:00:00")
    StartDateTime = LessonInstance.start
    EndDateTime = LessonInstance.end
    ClassName = _CLASS_NAME
    RoomCodes = _ROOM_CODES
    StaffCodes = _STAFF_CODES
    SubjectCode = _SUBJECT_CODE
    SubjectName = _SUBJECT_NAME


class StaffOfLessons(Table, of=StaffOfLesson, name="LessonStaff", follows=StaffOfLesson.instance):
    """The staff who are timetabled to teach the lessons shown."""

    Id = Key(
        StaffOfLesson.instance / LessonInstance.mis_id,
        ".",
        StaffOfLesson.staff / Employee.mis_id,
        about="Unique Id for changesets",
        example="576.1",
    )
    LessonId = StaffOfLesson.instance / LessonInstance.mis_id
    StaffId = StaffOfLesson.staff / Employee.mis_id
    StaffCode = StaffOfLesson.staff / Employee.code


class RoomsOfLessons(Table, of=RoomOfLesson, name="LessonRooms", follows=RoomOfLesson.instance):
    """The rooms in which the lessons shown are timetabled."""

    Id = Key(
        RoomOfLesson.instance / LessonInstance.mis_id,
        ".",
        RoomOfLesson.room / Room.mis_id,
        about="Unique Id for changesets",
        example="576.24",
    )
    LessonId = RoomOfLesson.instance / LessonInstance.mis_id
    RoomId = RoomOfLesson.room / Room.mis_id
    Code = RoomOfLesson.room / Room.code


# ---- dates


def _days_away(days: int) -> Callable[[Reader], str]:
    return lambda reader: (date.fromisoformat(reader.today) + timedelta(days)).isoformat()


DATES = {
    "DateFrom": Filter(
        "The first date for which to return timetable data; one week before today when none is given",
        LessonInstance.date.since(Arg("DateFrom")),
        kind="date",
        default=_days_away(-7),
    ),
    "DateTo": Filter(
        "The last date for which to return timetable data; two weeks from today when none is given",
        LessonInstance.date.until(Arg("DateTo")),
        kind="date",
        default=_days_away(14),
    ),
}

timetable = Endpoint(
    "Timetable",
    "Timetable",
    "Timetable",
    "The lessons of the school from day to day, with who teaches them and where. Nothing is shown unless one of the"
    " options asks for it.",
    S.School,
    (Lessons, StaffOfLessons, RoomsOfLessons),
    options={
        "includeLessons": Option("Return the list of lesson definitions", With(Lessons)),
        "includeLessonStaff": Option("Return the list of staff linked to timetabled lessons", With(StaffOfLessons)),
        "includeLessonRooms": Option(
            "Return the list of rooms to which the timetabled lessons are allocated", With(RoomsOfLessons)
        ),
    },
    filters=DATES,
)


# ---- one group, one person


def _in_lessons(where: Condition) -> Condition:
    return Within(LessonInstance.lesson, Question(TimetableLesson, (), where))


_larger_groups = Many("The groups that a group belongs to", SubGroup.child)
_GROUP_IDS = (Group.mis_id, Group.external_id, Group.xid)
_WITHIN = Question(Group, (), Some(_larger_groups, Called(_GROUP_IDS, Arg("id"), SubGroup.parent)))
_OF_GROUP = _in_lessons(
    Some(lesson_classes, Called(_GROUP_IDS, Arg("id"), LessonClass.group) | Within(LessonClass.group, _WITHIN))
)
_STAFF_IDS = (Employee.mis_id, Employee.external_id, Employee.xid)
_OF_STAFF = _in_lessons(Some(lesson_staff, Called(_STAFF_IDS, Arg("id"), LessonStaff.staff))) | Some(
    instance_cover, Called(_STAFF_IDS, Arg("id"), CoverStaff.staff)
)
_STUDENT_IDS = (Student.mis_id, Student.external_id, Student.xid)
# Of the lessons of classes that the student was ever in, those of the days of membership.
_CLASSES = Question(Group, (), Some(group_students_ever, Called(_STUDENT_IDS, Arg("id"), StudentMembership.student)))
_OF_STUDENT = _in_lessons(Some(lesson_classes, Within(LessonClass.group, _CLASSES))) & Some(
    instance_students, Called(_STUDENT_IDS, Arg("id"), StudentOfLesson.student)
)


def _from_or_to(given: frozenset[str]) -> Condition:
    """The dates of a request: `From` and `To` take the place of `DateFrom` and `DateTo`."""
    first = LessonInstance.date.since(Arg("From" if "From" in given else "DateFrom"))
    last = LessonInstance.date.until(Arg("To" if "To" in given else "DateTo"))
    return (first if given & {"From", "DateFrom"} else ALWAYS) & (last if given & {"To", "DateTo"} else ALWAYS)


def _timetable_for(whose: str, title: str, about: str, need: Need, one: Condition, example: str) -> Endpoint:
    return Endpoint(
        f"TimetableFor{whose}",
        title,
        "Timetable",
        about,
        need,
        (PersonalLessons, StaffOfLessons, RoomsOfLessons, Timetables, TimetableDays, TimetablePeriods),
        years=True,
        example={"id": example},
        options={
            "bypassDateFilter": Option(
                "Set to return all dates in the dataset", Ignore("DateFrom", "DateTo", "From", "To")
            ),
            "includeTTStructure": Option(
                "Include Timetables, TimetableDays and TimetablePeriods in the result set",
                With(Timetables, TimetableDays, TimetablePeriods),
            ),
        },
        filters={
            "id": Filter(f"{whose} Id", one, required=True),
            **DATES,
            "From": Filter("Another name of DateFrom", LessonInstance.date.since(Arg("From")), kind="date"),
            "To": Filter("Another name of DateTo", LessonInstance.date.until(Arg("To")), kind="date"),
        },
        together=lambda given: one & _from_or_to(given),
    )


ENDPOINTS = (
    timetable,
    _timetable_for(
        "Group",
        "Timetable for Group",
        "The lessons of a class, or of all classes of a larger group such as a year, in a range of dates.",
        S.School,
        _OF_GROUP,
        "301",
    ),
    _timetable_for(
        "Staff",
        "Timetable for Staff",
        "The lessons that a member of staff teaches or covers, in a range of dates.",
        S.School & (S.Staff | S.StaffLite),
        _OF_STAFF,
        "5",
    ),
    _timetable_for(
        "Student",
        "Timetable for Student",
        "The lessons of the classes that a student is a member of on the day, in a range of dates.",
        S.School & (S.Student | S.StudentLite),
        _OF_STUDENT,
        "9919",
    ),
)
