"""The whole timetable of an academic year (school.timetablemodel)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Option, Table, Without
from ...fields import ALWAYS, Arg, Condition, Question, Some, Tally, Within
from ...model import timetable as model
from ...model.curriculum import Subject
from ...model.groups import Group
from ...model.people import Staff as Employee
from ...model.timetable import (
    CoverLesson,
    CoverRoom,
    CoverStaff,
    LessonClass,
    LessonInstance,
    LessonRoom,
    Room,
    RoomClosure,
    Timetable,
    TimetableDay,
    TimetableDayInstance,
    TimetableLesson,
    TimetablePeriod,
)
from ...scopes import S

_FIRST, _LAST = Arg("year_start"), Arg("year_end")
_of_year = Timetable.start.until(_LAST) & Timetable.end.since(_FIRST)
_periods_of_year = Within(TimetablePeriod.timetable, Question(Timetable, (), _of_year))
_lessons_of_year = Within(TimetableLesson.period, Question(TimetablePeriod, (), _periods_of_year))
_LESSONS = Question(TimetableLesson, (), _lessons_of_year)


def _in_year(date: model.Date) -> Condition:
    return date.since(_FIRST) & date.until(_LAST)


class Timetables(Table, of=Timetable, only=_of_year, order=(Timetable.start,)):
    """The timetables of the academic year."""

    Id = Timetable.mis_id
    Description = Timetable.description
    StartDate = Timetable.start
    EndDate = Timetable.end
    DaysPerCycle = Tally(model.timetable_days, about="Number of days in a timetable cycle")
    PeriodsPerCycle = Tally(model.timetable_periods, about="Number of periods in a timetable cycle")
    TeachingPeriodsPerCycle = Tally(
        model.timetable_periods,
        TimetablePeriod.teaching.is_(1),
        about="Number of teaching periods in a timetable cycle",
    )


class TimetableDays(
    Table,
    of=TimetableDay,
    only=Within(TimetableDay.timetable, Question(Timetable, (), _of_year)),
    order=(TimetableDay.timetable / Timetable.mis_id, TimetableDay.sequence),
):
    """The days of the cycle of each timetable."""

    Id = TimetableDay.mis_id
    TimetableId = TimetableDay.timetable / Timetable.mis_id
    DayName = TimetableDay.name
    Sequence = TimetableDay.sequence


class TimetablePeriods(
    Table,
    of=TimetablePeriod,
    only=_periods_of_year,
    order=(TimetablePeriod.timetable / Timetable.mis_id, TimetablePeriod.sequence),
):
    """The periods of each day of the cycle, those for registration too."""

    Id = TimetablePeriod.mis_id
    TimetableDayId = TimetablePeriod.day / TimetableDay.mis_id
    PeriodName = TimetablePeriod.name
    StartTime = TimetablePeriod.start
    EndTime = TimetablePeriod.end
    PeriodSequence = TimetablePeriod.sequence


class TimetableLessons(Table, of=TimetableLesson, only=_lessons_of_year, order=(TimetableLesson.mis_id,)):
    """The lessons of the cycle."""

    Id = TimetableLesson.mis_id
    TimetablePeriodId = TimetableLesson.period / TimetablePeriod.mis_id


class LessonClasses(Table, of=LessonClass, only=Within(LessonClass.lesson, _LESSONS), order=(LessonClass.mis_id,)):
    """The classes that are taught in the lessons."""

    Id = LessonClass.mis_id
    TimetableLessonId = LessonClass.lesson / TimetableLesson.mis_id
    GroupId = LessonClass.group / Group.mis_id
    GroupName = LessonClass.group / Group.name
    SubjectId = LessonClass.group / (Group.subject / Subject.mis_id)
    SubjectName = LessonClass.group / (Group.subject / Subject.name)


class LessonStaff(
    Table,
    of=model.LessonStaff,
    only=Within(model.LessonStaff.lesson, _LESSONS),
    order=(model.LessonStaff.mis_id,),
):
    """The staff who teach the lessons."""

    Id = model.LessonStaff.mis_id
    TimetableLessonId = model.LessonStaff.lesson / TimetableLesson.mis_id
    Staff = model.LessonStaff.staff / Employee.mis_id


class LessonRooms(Table, of=LessonRoom, only=Within(LessonRoom.lesson, _LESSONS), order=(LessonRoom.mis_id,)):
    """The rooms in which the lessons are held."""

    Id = LessonRoom.mis_id
    TimetableLessonId = LessonRoom.lesson / TimetableLesson.mis_id
    RoomId = LessonRoom.room / Room.mis_id
    RoomName = LessonRoom.room / Room.name
    RoomCode = LessonRoom.room / Room.code


class Rooms(
    Table,
    of=Room,
    only=Some(model.room_lessons, Within(LessonRoom.lesson, _LESSONS)),
    order=(Room.code,),
):
    """The rooms in which lessons are timetabled."""

    Id = Room.mis_id
    RoomName = Room.name
    RoomCode = Room.code


class TimetableDayInstances(
    Table, of=TimetableDayInstance, only=_in_year(TimetableDayInstance.date), order=(TimetableDayInstance.date,)
):
    """The dates of the academic year on which lessons are held, each with its day of the cycle."""

    Id = TimetableDayInstance.mis_id
    TimetableDayId = TimetableDayInstance.day / TimetableDay.mis_id
    Date = TimetableDayInstance.date


class LessonInstances(
    Table,
    of=LessonInstance,
    only=_in_year(LessonInstance.date),
    order=(LessonInstance.date, LessonInstance.start),
):
    """The lessons on their dates."""

    Id = LessonInstance.mis_id
    TimetableLessonId = LessonInstance.lesson / TimetableLesson.mis_id
    StartDate = LessonInstance.start
    EndDate = LessonInstance.end


class CoverLessons(Table, of=CoverLesson, only=_in_year(CoverLesson.date), order=(CoverLesson.date,)):
    """The lessons of a date that somebody else teaches, or that are held elsewhere."""

    Id = CoverLesson.mis_id
    LessonInstanceId = CoverLesson.instance / LessonInstance.mis_id
    Type = CoverLesson.kind


class CoverLessonStaff(Table, of=CoverStaff, only=_in_year(CoverStaff.date), order=(CoverStaff.date,)):
    """Who teaches them instead."""

    Id = CoverStaff.mis_id
    LessonInstanceId = CoverStaff.instance / LessonInstance.mis_id
    Staff = CoverStaff.staff / Employee.mis_id


class CoverLessonRooms(Table, of=CoverRoom, only=_in_year(CoverRoom.date), order=(CoverRoom.date,)):
    """Where they are held instead."""

    Id = CoverRoom.mis_id
    LessonInstanceId = CoverRoom.instance / LessonInstance.mis_id
    RoomId = CoverRoom.room / Room.mis_id
    RoomName = CoverRoom.room / Room.name
    RoomCode = CoverRoom.room / Room.code


class RoomClosures(
    Table,
    of=RoomClosure,
    only=RoomClosure.end.since(_FIRST) & RoomClosure.start.until(_LAST),
    order=(RoomClosure.start,),
):
    """The times in the academic year at which a room cannot be used."""

    Id = RoomClosure.mis_id
    Description = RoomClosure.description
    StartDate = RoomClosure.start
    EndDate = RoomClosure.end


class AllRooms(Table, of=Room, order=(Room.code,)):
    """All rooms of the school, those in which no lesson is timetabled too."""

    Id = Room.mis_id
    RoomName = Room.name
    RoomCode = Room.code


def _within(name: str, first: bool) -> dict[type[Table], Condition]:
    dates = {
        LessonInstances: LessonInstance.date,
        CoverLessons: CoverLesson.date,
        CoverLessonStaff: CoverStaff.date,
        CoverLessonRooms: CoverRoom.date,
    }
    return {table: date.since(Arg(name)) if first else date.until(Arg(name)) for table, date in dates.items()}


timetable_model = Endpoint(
    "TimetableModel",
    "Timetable model",
    "Timetable",
    "All timetables of the academic year: their days, periods and lessons, and how lessons, staff, rooms and classes"
    " belong together.",
    S.School,
    (
        Timetables,
        TimetableDays,
        TimetablePeriods,
        TimetableLessons,
        LessonClasses,
        LessonStaff,
        LessonRooms,
        Rooms,
        TimetableDayInstances,
        LessonInstances,
        CoverLessons,
        CoverLessonStaff,
        CoverLessonRooms,
        RoomClosures,
        AllRooms,
    ),
    years=True,
    options={
        "excludeLessonInstances": Option(
            "Add this option to remove lesson instances from the data", Without(LessonInstances)
        ),
    },
    filters={
        "LessonInstancesDateFrom": Filter(
            "The first date of the lesson instances and their cover",
            ALWAYS,
            kind="date",
            elsewhere=_within("LessonInstancesDateFrom", True),
        ),
        "LessonInstancesDateTo": Filter(
            "The last date of the lesson instances and their cover",
            ALWAYS,
            kind="date",
            elsewhere=_within("LessonInstancesDateTo", False),
        ),
        "SchoolYear": Filter(
            "The calendar year in which the academic year begins; the current one when none is given",
            ALWAYS,
            kind="year",
        ),
    },
)

ENDPOINTS = (timetable_model,)
