"""The timetable: its days and periods, the lessons in them, and where and when each of them is held."""

from __future__ import annotations

from ..fields import Code, Date, DateTime, Flag, Many, Number, Record, Ref, Text, Time
from ..scopes import S
from .groups import Group
from .organisation import School, SchoolRecord
from .people import Staff
from .students import Student

HALVES = {"AM": "Morning", "PM": "Afternoon"}
_CLASS = ("mis_id", "external_id", "xid", "name", "subject")


class Room(
    SchoolRecord,
    scope=S.School,
    writing=S.WritebackSchool,
    indexes=(("school", "mis_id"), ("school", "code")),
    natural=("school.estab", "code"),
):
    """A room in which the school teaches."""

    mis_id = Text("Id of the room", "8")
    code = Text("Room code", "R1")
    name = Text("Name of the room", "Red 1")


class RoomClosure(SchoolRecord, scope=S.School, indexes=(("school", "start"), ("room",))):
    """A time at which a room cannot be used."""

    mis_id = Text("Id of the room closure", "8")
    room = Ref("The room that is closed", Room, part_of=True, tells=("mis_id", "code", "name"))
    description = Text("Description of why the room is closed", "Exams")
    start = DateTime("Datetime the room closure occurs", "2017-11-16T14:00:00")
    end = DateTime("Datetime the room closure occurs", "2017-11-16T15:00:00")


class Timetable(SchoolRecord, scope=S.School, indexes=(("school", "start"),)):
    """A plan of the lessons of a school that is followed for a time, cycle after cycle."""

    mis_id = Text("Id of the timetable", "3")
    description = Text("Timetable name", "186")
    start = Date("Date the timetable starts", "2017-09-01")
    end = Date("Date the timetable ends", "2018-05-01")


class TimetableDay(SchoolRecord, scope=S.School, indexes=(("school",), ("timetable",))):
    """A day of a timetable's cycle."""

    mis_id = Text("Id of the timetable day", "678")
    timetable = Ref("The timetable", Timetable, part_of=True, tells=("mis_id",))
    name = Text("Name of the timetable day", "Mon")
    sequence = Number("Sequence number of the day in the timetable", 1)


class TimetableSession(SchoolRecord, scope=S.School, indexes=(("school",), ("day",))):
    """The morning or the afternoon of a day of a timetable's cycle."""

    mis_id = Text("Id of the session", "56")
    day = Ref("The day that it is a part of", TimetableDay, part_of=True, tells=("mis_id",))
    name = Text("Description of the session", "Monday AM")
    session = Code("Session code", "AM", HALVES)
    start = Time("Time that the session starts", "09:15")
    end = Time("Time that the session ends", "13:35")


class TimetablePeriod(SchoolRecord, scope=S.School, indexes=(("school",), ("timetable",), ("day",))):
    """A time of a day of a timetable's cycle, for a lesson or for registration."""

    mis_id = Text("Id of the timetable period", "1065")
    timetable = Ref("The timetable", Timetable, part_of=True, tells=("mis_id",))
    day = Ref("The day that it is a part of", TimetableDay, part_of=True, tells=("mis_id",))
    name = Text("Name of the period", "Mon:5")
    start = Time("Time (hh:mm) that the period starts", "15:10")
    end = Time("Time (hh:mm) that the period ends", "16:10")
    sequence = Number("Sequence number of the period in the timetable", 5)
    session = Code("Session code", "AM", HALVES)
    teaching = Flag("Whether lessons are taught in it", 1)


class TimetableLesson(SchoolRecord, scope=S.School, indexes=(("school",), ("period",), ("joined",))):
    """A lesson of a timetable's cycle."""

    mis_id = Text("Id of the lesson", "1765")
    period = Ref(
        "The period in which it is held",
        TimetablePeriod,
        part_of=True,
        tells=("mis_id", "name", "session", "timetable"),
    )
    joined = Ref("The lesson of the next period, when the two are a double lesson", tells=("mis_id",))


class LessonClass(SchoolRecord, scope=S.School, indexes=(("school",), ("lesson",), ("group",))):
    """A class that is taught in a lesson; in most lessons there is one."""

    mis_id = Text("Id of the instance of the class in the lesson", "8")
    lesson = Ref("The lesson", TimetableLesson, part_of=True, tells=("mis_id",))
    group = Ref("The class", Group, part_of=True, tells=_CLASS)


class LessonStaff(SchoolRecord, scope=S.School, indexes=(("school",), ("lesson",), ("staff",))):
    """A member of staff who teaches a lesson."""

    mis_id = Text("Id of the instance of the staff in the lesson", "8")
    lesson = Ref("The lesson", TimetableLesson, part_of=True, tells=("mis_id",))
    staff = Ref("The member of staff", Staff, part_of=True, tells=("mis_id", "external_id", "xid", "code"))


class LessonRoom(SchoolRecord, scope=S.School, indexes=(("school",), ("lesson",), ("room",))):
    """A room in which a lesson is held."""

    mis_id = Text("Id of the instance of the room in the lesson", "8")
    lesson = Ref("The lesson", TimetableLesson, part_of=True, tells=("mis_id",))
    room = Ref("The room", Room, part_of=True, tells=("mis_id", "code", "name"))


class TimetableDayInstance(SchoolRecord, scope=S.School, indexes=(("school", "date"), ("day",))):
    """A date on which a day of a timetable's cycle is followed."""

    mis_id = Text("Id of the instance of the day", "45986")
    day = Ref("The day of the cycle", TimetableDay, part_of=True, tells=("mis_id", "name", "timetable"))
    date = Date("Date the day instance occurs", "2017-11-16")


class TimetableSessionInstance(SchoolRecord, scope=S.School, indexes=(("school", "date"), ("session",), ("held",))):
    """A morning or an afternoon of a date."""

    mis_id = Text("Event Instance Id of the Session", "40001")
    session = Ref("The session of the cycle", TimetableSession, part_of=True, tells=("mis_id", "name", "session"))
    held = Ref("The day that it is a part of", TimetableDayInstance, part_of=True, tells=("mis_id",))
    date = Date("Date of the session", "2017-05-01")
    start = DateTime("Start date and time of the event", "2017-05-01T09:15:00")
    end = DateTime("End date and time of the event", "2017-05-01T13:35:00")


class TimetablePeriodInstance(SchoolRecord, scope=S.School, indexes=(("school", "date"), ("period",), ("held",))):
    """A period of a date; marks in the registers of its lessons refer to it."""

    mis_id = Text("Event Instance Id of the Period", "46845")
    period = Ref(
        "The period of the cycle", TimetablePeriod, part_of=True, tells=("mis_id", "name", "session", "teaching")
    )
    held = Ref("The day that it is a part of", TimetableDayInstance, part_of=True, tells=("mis_id",))
    half = Ref("The session that it is a part of", TimetableSessionInstance, tells=("mis_id",))
    date = Date("Date of the period", "2017-05-01")
    start = DateTime("Start date and time of the event", "2017-05-01T09:15:00")
    end = DateTime("End date and time of the event", "2017-05-01T10:15:00")


class LessonInstance(
    SchoolRecord,
    scope=S.School,
    numbered=True,
    indexes=(("school", "date", "start"), ("lesson",), ("slot",), ("joined",)),
):
    """A lesson as it is held on a date."""

    mis_id = Text("Id of the lesson instance", "44901")
    lesson = Ref("The lesson of the cycle", TimetableLesson, part_of=True, tells=("mis_id", "period"))
    slot = Ref("The period of the date", TimetablePeriodInstance, tells=("mis_id",))
    joined = Ref("The next lesson on the same date, when the two are a double lesson", tells=("mis_id",))
    date = Date("Date this lesson occurs", "2017-05-11")
    start = DateTime("Specific start date and time", "2016-11-28T11:35:00")
    end = DateTime("Specific end date and time", "2016-11-28T12:35:00")


COVER = {"StaffCover": "Somebody else teaches", "RoomCover": "Taught in another room"}


class CoverLesson(SchoolRecord, scope=S.School, indexes=(("school", "date"), ("instance",))):
    """A change to one lesson of a date: somebody else teaches it, or it is taught in another room."""

    mis_id = Text("Id of the instance of the cover lesson", "90")
    instance = Ref("The lesson of the date", LessonInstance, part_of=True, tells=("mis_id",))
    date = Date("Date this lesson occurs", "2017-05-11")
    kind = Code("Type of cover", "StaffCover", COVER)


class CoverStaff(SchoolRecord, scope=S.School, indexes=(("school", "date"), ("cover",), ("staff",), ("instance",))):
    """A member of staff who covers a lesson."""

    mis_id = Text("Id of the staff of the cover lesson", "90")
    cover = Ref("The cover", CoverLesson, part_of=True, tells=("mis_id",))
    instance = Ref("The lesson of the date", LessonInstance, part_of=True, tells=("mis_id",))
    staff = Ref("The member of staff", Staff, part_of=True, tells=("mis_id", "external_id", "xid", "code"))
    date = Date("Date this lesson occurs", "2017-05-11")


class CoverRoom(SchoolRecord, scope=S.School, indexes=(("school", "date"), ("cover",), ("room",), ("instance",))):
    """A room in which a lesson is held instead of its own."""

    mis_id = Text("Id of the room of the cover lesson", "90")
    cover = Ref("The cover", CoverLesson, part_of=True, tells=("mis_id",))
    instance = Ref("The lesson of the date", LessonInstance, part_of=True, tells=("mis_id",))
    room = Ref("The room", Room, part_of=True, tells=("mis_id", "code", "name"))
    date = Date("Date this lesson occurs", "2017-05-11")


class ClassOfLesson(
    SchoolRecord,
    scope=S.School,
    over=("LessonInstance", "LessonClass"),
):
    """A class that is taught in a lesson of a date."""

    instance = Ref("The lesson of the date", LessonInstance, part_of=True, tells=("mis_id",))
    group = Ref("The class", Group, part_of=True, tells=_CLASS)


class StaffOfLesson(
    SchoolRecord,
    scope=S.School,
    over=("LessonInstance", "LessonStaff"),
):
    """A member of staff who is timetabled to teach a lesson of a date."""

    instance = Ref("The lesson of the date", LessonInstance, part_of=True, tells=("mis_id",))
    staff = Ref("The member of staff", Staff, part_of=True, tells=("mis_id", "external_id", "xid", "code"))


class RoomOfLesson(
    SchoolRecord,
    scope=S.School,
    over=("LessonInstance", "LessonRoom"),
):
    """A room in which a lesson of a date is timetabled."""

    instance = Ref("The lesson of the date", LessonInstance, part_of=True, tells=("mis_id",))
    room = Ref("The room", Room, part_of=True, tells=("mis_id", "code", "name"))


class StudentOfLesson(
    SchoolRecord,
    scope=S.School,
    over=("LessonInstance", "LessonClass", "StudentMembership"),
):
    """A student who is a member, on the date, of a class that a lesson is taught to."""

    instance = Ref("The lesson of the date", LessonInstance, part_of=True, tells=("mis_id",))
    student = Ref("The student", Student, part_of=True, tells=("mis_id", "external_id", "xid"))


class TimetableSubject(
    Record,
    scope=S.School,
    over=("Subject",),
):
    """A subject that the school's timetable may use."""

    school = Ref("The school that teaches it; all schools of the district if empty", School, shared=True)
    mis_id = Text("Id of the subject", "562")
    code = Code("Short code of the subject", "Te")
    name = Text("Full name of the subject", "Technology")


class SeatingPlan(SchoolRecord, scope=S.School | S.EmergeForWeb, indexes=(("school", "mis_id"), ("group",), ("room",))):
    """Where each student of a class sits in a room."""

    mis_id = Text("Id of the seating plan", "3")
    name = Text("Name of the seating plan", "Practical benches")
    group = Ref("The class", Group, part_of=True, tells=("mis_id", "external_id", "xid", "name"))
    room = Ref("The room that the plan is for", Room, tells=("mis_id", "code", "name"))
    rows = Number("How many rows of seats the room has", 5)
    columns = Number("How many seats a row has", 6)


class Seat(SchoolRecord, scope=S.School | S.EmergeForWeb, indexes=(("school",), ("plan",), ("student",))):
    """A student's seat in a seating plan."""

    plan = Ref(
        "The seating plan", SeatingPlan, part_of=True, tells=("mis_id", "name", "group", "room", "rows", "columns")
    )
    student = Ref("Who sits there", Student, part_of=True, tells=("mis_id", "idaas_id"))
    row = Number("The row of the seat, 1 at the front", 2)
    column = Number("The seat in its row, 1 at the left as the teacher sees it", 3)


timetable_periods = Many("The periods of a timetable's cycle", TimetablePeriod.timetable)
timetable_days = Many("The days of a timetable's cycle", TimetableDay.timetable)
lesson_classes = Many("The classes of a lesson", LessonClass.lesson)
lesson_staff = Many("The staff of a lesson", LessonStaff.lesson)
room_lessons = Many("The lessons that are held in a room", LessonRoom.room)
room_covers = Many("The lessons that are held in a room instead of their own", CoverRoom.room)
instance_classes = Many("The classes of a lesson of a date", ClassOfLesson.instance)
instance_staff = Many("The staff who are timetabled to teach a lesson of a date", StaffOfLesson.instance)
instance_rooms = Many("The rooms in which a lesson of a date is timetabled", RoomOfLesson.instance)
instance_students = Many("The students of a lesson of a date", StudentOfLesson.instance)
instance_cover = Many("The staff who cover a lesson of a date", CoverStaff.instance)
