"""Attendance: one record for each student, and each student's marks of a week counted."""

from __future__ import annotations

from ....fields import Record
from ....model.attendance import COUNTED, KNOWN_MARKS, ONE_BY_ONE, Attendance, AttendanceWeek
from ..flavour import Flavour
from ..phrases import quoted
from .text import Query, Seen, View


def _of_students(flavour: Flavour) -> str:
    return "SELECT district, id, school, id AS student, mis_id, made, seq, NULL AS changed FROM student"


def _sums(flavour: Flavour) -> str:
    counts = {name: f"mark IN ({quoted(marks)})" for name, marks in {**COUNTED, **ONE_BY_ONE}.items()}
    counts["unknown"] = f"mark NOT IN ({quoted(KNOWN_MARKS)})"
    return ", ".join(f"sum(n * {flavour.number(one)}) AS {name}" for name, one in counts.items())


def _weeks(flavour: Flavour, seen: Seen) -> str:
    """The weeks in which the school holds marks, and every student's in each."""
    held = "(SELECT {}(date) FROM mark WHERE district = :district AND school = :school)"
    monday, sunday = flavour.week("first")
    next_monday, next_sunday = flavour.days_after("monday", 7), flavour.days_after("sunday", 7)
    return f"""
    WITH RECURSIVE
      held(first, last) AS (
        SELECT {flavour.greatest(":startDate", held.format("min"))},
               {flavour.least(":endDate", held.format("max"))}),
      week(monday, sunday) AS (
        SELECT {monday}, {sunday} FROM held WHERE first <= last
        UNION ALL SELECT {next_monday}, {next_sunday} FROM week, held
        WHERE {next_monday} <= last)
    SELECT :district AS district, student || '.' || monday AS id, :school AS school, student, monday,
           {flavour.any_of("sunday")} AS sunday,
           {_sums(flavour)}, max(made) AS made, max(seq) AS seq, NULL AS changed
    FROM (
      SELECT s.id AS student, monday, {flavour.any_of("sunday")} AS sunday, m.mark, count(*) AS n,
             {flavour.any_of("s.made")} AS made, {flavour.any_of("s.seq")} AS seq
      FROM student s CROSS JOIN week CROSS JOIN mark m
      WHERE s.district = :district AND {flavour.unindexed("s.school")} = :school
        AND m.district = :district AND m.student = s.id AND m.kind = 'S'
        AND m.date BETWEEN {flavour.greatest("monday", ":startDate")} AND {flavour.least("sunday", ":endDate")}
      GROUP BY s.id, monday, m.mark) marks
    GROUP BY student, monday
    """


VIEWS: dict[type[Record], View] = {Attendance: _of_students}
QUERIES: dict[type[Record], Query] = {AttendanceWeek: _weeks}
