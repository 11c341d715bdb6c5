"""Attendance: one record for each student, and each student's marks of a week counted."""

from __future__ import annotations

from collections.abc import Mapping

from ....fields import Record
from ....model.attendance import COUNTED, KNOWN_MARKS, ONE_BY_ONE, Attendance, AttendanceWeek
from ....model.students import Student
from ..flavour import Flavour
from ..gathered import Choice
from ..phrases import HERE
from ..registering import REGISTERS, registers
from .text import Query, Seen, View, written


def _of_students(flavour: Flavour) -> str:
    return f"""
    SELECT s.district, s.id, s.key, s.school, s.key AS student, s.mis_id, s.key AS made, {written(flavour, "s")} AS seq,
           NULL AS changed
    FROM student s
    """


def _weeks(flavour: Flavour, seen: Seen) -> str:
    """The weeks in which the school holds marks, and those in which each student has any, with their registers."""
    held = f"(SELECT {{}}(date) FROM mark WHERE district = :district AND school = {HERE})"
    first, last = (flavour.day(held.format(one)) for one in ("min", "max"))
    monday, sunday = flavour.week("first")
    next_monday, next_sunday = flavour.days_after("monday", 7), flavour.days_after("sunday", 7)
    # What is looked up by itself is not made one join with all the marks.
    any_mark = (
        "(SELECT min(m.date) FROM mark m WHERE m.district = :district AND m.student = s.key AND m.kind = 'S'"
        " AND m.date BETWEEN w.low AND w.high)"
    )
    return f"""
    WITH RECURSIVE
      held(first, last) AS (
        SELECT {flavour.greatest(":startDate", first)},
               {flavour.least(":endDate", last)}),
      week(monday, sunday) AS (
        SELECT {monday}, {sunday} FROM held WHERE first <= last
        UNION ALL SELECT {next_monday}, {next_sunday} FROM week, held
        WHERE {next_monday} <= last),
      part(monday, sunday, low, high) AS MATERIALIZED (
        SELECT monday, sunday, {flavour.day_number(flavour.greatest("monday", ":startDate"))},
               {flavour.day_number(flavour.least("sunday", ":endDate"))} FROM week)
    SELECT :district AS district, s.id || '.' || w.monday AS id, NULL AS key, s.school, s.key AS student, w.monday,
           w.sunday, {registers(flavour, "r", "r.district = :district AND r.student = s.key", "w.low", "w.high")}
           AS {REGISTERS}, s.key AS made, {written(flavour, "s")} AS seq, NULL AS changed
    FROM student s CROSS JOIN part w
    WHERE s.district = :district AND {flavour.unindexed("s.school")} = {HERE} AND {any_mark} IS NOT NULL
    """


def _choices() -> Mapping[str, Choice]:
    """The marks that each count is of."""
    return {
        **{name: (True, marks) for name, marks in {**COUNTED, **ONE_BY_ONE}.items()},
        "unknown": (False, KNOWN_MARKS),
    }


VIEWS: dict[type[Record], View] = {Attendance: _of_students}
ROWS_OF: dict[type[Record], type[Record]] = {Attendance: Student}
QUERIES: dict[type[Record], Query] = {AttendanceWeek: _weeks}
COUNTED_LATER: dict[type[Record], Mapping[str, Choice]] = {AttendanceWeek: _choices()}
