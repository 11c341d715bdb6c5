"""Classes, staff, rooms and students of a lesson of a date, from those of the lesson that the timetable repeats."""

from __future__ import annotations

from ....fields import Record
from ....model.timetable import ClassOfLesson, RoomOfLesson, StaffOfLesson, StudentOfLesson, TimetableSubject
from ..flavour import Flavour
from .text import View, written

_CLASSES = "lesson_class c ON c.district = i.district AND c.lesson = i.lesson"
_MEMBERS = """
    JOIN student_membership m ON m.district = i.district AND m."group" = c."group"
     AND (m.start IS NULL OR m.start <= i.date) AND (m."end" IS NULL OR m."end" >= i.date)
"""


def _of_lesson(alias: str, fact: str, joins: str) -> View:
    """For each lesson of a date, what is joined to it; found by the lesson rather than by the school."""

    def text(flavour: Flavour) -> str:
        return f"""
        SELECT i.district, i.id || '.' || {alias}.id AS id, NULL AS key, {flavour.unindexed("i.school")} AS school,
               i.key AS instance, {alias}.{fact}, {flavour.greatest("i.key", f"{alias}.key")} AS made,
               {written(flavour, "i", alias)} AS seq, NULL AS changed
        FROM lesson_instance i {flavour.then_join} {joins}
        """

    return text


def _subjects(flavour: Flavour) -> str:
    return f"""
    SELECT s.district, s.id, s.key, s.school, s.mis_id, s.code, s.name, s.key AS made, {written(flavour, "s")} AS seq,
           NULL AS changed
    FROM subject s
    """


VIEWS: dict[type[Record], View] = {
    ClassOfLesson: _of_lesson("c", '"group"', _CLASSES),
    StaffOfLesson: _of_lesson("s", "staff", "lesson_staff s ON s.district = i.district AND s.lesson = i.lesson"),
    RoomOfLesson: _of_lesson("r", "room", "lesson_room r ON r.district = i.district AND r.lesson = i.lesson"),
    StudentOfLesson: _of_lesson("m", "student", f"{_CLASSES} {_MEMBERS}"),
    TimetableSubject: _subjects,
}
