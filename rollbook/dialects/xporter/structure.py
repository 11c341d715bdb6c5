"""The days, sessions and periods of a range of dates, with what is taught and where (school.timetablestructure)."""

from __future__ import annotations

from dataclasses import replace

from ...api.resource import Endpoint, Filter, Table
from ...fields import ALWAYS, Arg, Clock
from ...model.timetable import (
    Room,
    TimetableDay,
    TimetableDayInstance,
    TimetablePeriod,
    TimetablePeriodInstance,
    TimetableSession,
    TimetableSessionInstance,
    TimetableSubject,
)
from ...scopes import S
from .lessons import DATES


class TTDays(Table, of=TimetableDayInstance, order=(TimetableDayInstance.date,)):
    """The dates on which lessons are held."""

    Id = TimetableDayInstance.mis_id
    EventId = TimetableDayInstance.day / TimetableDay.mis_id
    EventDescription = TimetableDayInstance.day / TimetableDay.name
    StartDateTime = Clock(
        TimetableDayInstance.date, about="Start date and time of the event", example="2017-05-01T00:00:00"
    )
    EndDateTime = Clock(
        TimetableDayInstance.date, "23:59", about="End date and time of the event", example="2017-05-01T23:59:00"
    )


class TTSessions(Table, of=TimetableSessionInstance, order=(TimetableSessionInstance.start,)):
    """The mornings and afternoons of the dates shown."""

    Id = TimetableSessionInstance.mis_id
    DayId = TimetableSessionInstance.held / TimetableDayInstance.mis_id
    EventId = TimetableSessionInstance.session / TimetableSession.mis_id
    EventDescription = TimetableSessionInstance.session / TimetableSession.name
    Session = TimetableSessionInstance.session / TimetableSession.session
    StartDateTime = TimetableSessionInstance.start
    EndDateTime = TimetableSessionInstance.end


class TTPeriods(Table, of=TimetablePeriodInstance, order=(TimetablePeriodInstance.start,)):
    """The periods of the dates shown; lessons and their marks name them."""

    Id = TimetablePeriodInstance.mis_id
    DayId = TimetablePeriodInstance.held / TimetableDayInstance.mis_id
    SessionId = TimetablePeriodInstance.half / TimetableSessionInstance.mis_id
    EventId = TimetablePeriodInstance.period / TimetablePeriod.mis_id
    EventDescription = TimetablePeriodInstance.period / TimetablePeriod.name
    Session = TimetablePeriodInstance.period / TimetablePeriod.session
    StartDateTime = TimetablePeriodInstance.start
    EndDateTime = TimetablePeriodInstance.end


class TTSubjects(Table, of=TimetableSubject, order=(TimetableSubject.mis_id,)):
    """What the school teaches."""

    Id = TimetableSubject.mis_id
    Code = TimetableSubject.code
    Name = TimetableSubject.name


class TTRooms(Table, of=Room, order=(Room.code,)):
    """The rooms of the school."""

    Id = Room.mis_id
    Code = Room.code
    Name = Room.name


def _dated(name: str) -> Filter:
    arg, first = Arg(name), name == "DateFrom"
    dates = {
        TTDays: TimetableDayInstance.date,
        TTSessions: TimetableSessionInstance.date,
        TTPeriods: TimetablePeriodInstance.date,
    }
    narrowed = {table: date.since(arg) if first else date.until(arg) for table, date in dates.items()}
    return replace(DATES[name], where=ALWAYS, elsewhere=narrowed)


timetable_structure = Endpoint(
    "TimetableStructure",
    "Timetable Structure",
    "Timetable",
    "The days, sessions and periods in which the lessons of Timetable are held, with the school's subjects and rooms.",
    S.School,
    (TTDays, TTSessions, TTPeriods, TTSubjects, TTRooms),
    filters={"DateFrom": _dated("DateFrom"), "DateTo": _dated("DateTo")},
)

ENDPOINTS = (timetable_structure,)
