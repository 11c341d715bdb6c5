"""The timetable of an invented school: its rooms, its lessons, and what is changed and arranged in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..model.groups import Group
from ..model.timetable import LessonClass, LessonInstance, LessonRoom, LessonStaff, Room, TimetableLesson
from .cover import put_cover
from .cycle import Cycle
from .lessons import slots_of
from .opened import Opened
from .planned import Lesson, Planned
from .rooms import room_for, rooms_of
from .seating import put_seating


def put_timetable(opened: Opened) -> None:
    """Add the rooms, the timetables of two years, and the lessons of this one with their cover and seating plans."""
    rooms = {
        room.code: opened.put(Room, mis_id=str(number), code=room.code, name=room.name)
        for number, room in enumerate(rooms_of(opened.plan), 1)
    }
    Cycle(opened, opened.plan.last_year, 1)
    cycle = Cycle(opened, opened.plan.this_year, 2)
    cycle.put_dates()
    planned = Planned(cycle, rooms, _lessons(opened, cycle))
    _put_lessons(opened, planned)
    planned.hold(lambda: opened.draft.promise(LessonInstance))
    opened.stream(LessonInstance, _held(opened, planned))
    put_cover(opened, planned)
    put_seating(opened, planned)


def _lessons(opened: Opened, cycle: Cycle) -> list[Lesson]:
    """The lessons of the week, in order."""
    plan = opened.plan
    facts = {row["id"]: row for row in opened.draft.rows[Group]}
    subjects = {identity: code for code, identity in opened.groups.subjects.items()}
    members = {member.id: member for member in opened.staff.members}
    found: list[Lesson] = []
    for (year, code), group in opened.groups.teaching.items():
        if year != plan.this_year.name:
            continue
        slots, subject = slots_of(plan, code), subjects[facts[group]["subject"]]
        room = room_for(plan, subject, code, slots.teacher).code
        for slot in slots.lessons:
            weekday, period = divmod(slot, len(cycle.taught))
            found.append(Lesson(code, group, subject, members[facts[group]["primary_staff"]], room, weekday, period))
    return sorted(found, key=lambda one: (one.weekday, one.period, one.code))


def _put_lessons(opened: Opened, planned: Planned) -> None:
    for number, one in enumerate(planned.lessons, 1):
        one.id = opened.draft.later_id()
        own = {"mis_id": str(number), "lesson": one.id}
        opened.put(LessonClass, **own, group=one.group)
        opened.put(LessonStaff, **own, staff=one.teacher.id)
        opened.put(LessonRoom, **own, room=planned.rooms[one.room])
    for number, one in enumerate(planned.lessons, 2001):
        following = planned.following(one)
        opened.draft.put(
            TimetableLesson,
            id=one.id,
            school=opened.school,
            mis_id=str(number),
            period=planned.cycle.periods[one.weekday, planned.bell(one).name],
            joined=following.id if following else None,
        )


def _held(opened: Opened, planned: Planned) -> Iterator[dict[str, Any]]:
    for number, held in enumerate(planned.held.values(), 100_001):
        bell, following = planned.bell(held.lesson), planned.following(held.lesson)
        yield {
            "school": opened.school,
            "id": held.id,
            "mis_id": str(number),
            "lesson": held.lesson.id,
            "slot": planned.cycle.dated[held.date, bell.name],
            "joined": planned.held[held.date, following.key].id if following else None,
            "date": held.date,
            "start": f"{held.date}T{bell.start}:00",
            "end": f"{held.date}T{bell.end}:00",
        }
