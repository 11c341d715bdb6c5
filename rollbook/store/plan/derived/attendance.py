"""Attendance: one record for each student, and each student's marks of a week counted."""

from __future__ import annotations

from ....fields import Record
from ....model.attendance import COUNTED, KNOWN_MARKS, ONE_BY_ONE, Attendance, AttendanceWeek
from ..flavour import Flavour
from ..phrases import HERE, quoted
from .text import Query, Seen, View, written


def _of_students(flavour: Flavour) -> str:
    return f"""
    SELECT s.district, s.id, s.key, s.school, s.key AS student, s.mis_id, s.key AS made, {written(flavour, "s")} AS seq,
           NULL AS changed
    FROM student s
    """


def _sums(flavour: Flavour) -> str:
    counts = {name: f"mark IN ({quoted(marks)})" for name, marks in {**COUNTED, **ONE_BY_ONE}.items()}
    counts["unknown"] = f"mark NOT IN ({quoted(KNOWN_MARKS)})"
    return ", ".join(f"sum(n * {flavour.number(one)}) AS {name}" for name, one in counts.items())


def _weeks(flavour: Flavour, seen: Seen) -> str:
    """The weeks in which the school holds marks, and every student's in each."""
    held = f"(SELECT {{}}(date) FROM mark WHERE district = :district AND school = {HERE})"
    first, last = (flavour.day(held.format(one)) for one in ("min", "max"))
    monday, sunday = flavour.week("first")
    next_monday, next_sunday = flavour.days_after("monday", 7), flavour.days_after("sunday", 7)
    return f"""
    WITH RECURSIVE
      held(first, last) AS (
        SELECT {flavour.greatest(":startDate", first)},
               {flavour.least(":endDate", last)}),
      week(monday, sunday) AS (
        SELECT {monday}, {sunday} FROM held WHERE first <= last
        UNION ALL SELECT {next_monday}, {next_sunday} FROM week, held
        WHERE {next_monday} <= last)
    SELECT :district AS district, {flavour.any_of("marks.id")} || '.' || monday AS id, NULL AS key, {HERE} AS school,
           student, monday,
           {flavour.any_of("sunday")} AS sunday,
           {_sums(flavour)}, max(made) AS made, max(seq) AS seq, NULL AS changed
    FROM (
      SELECT s.key AS student, {flavour.any_of("s.id")} AS id, monday, {flavour.any_of("sunday")} AS sunday,
             m.mark, count(*) AS n, s.key AS made, {flavour.any_of(written(flavour, "s"))} AS seq
      FROM student s CROSS JOIN week CROSS JOIN mark m
      WHERE s.district = :district AND {flavour.unindexed("s.school")} = {HERE}
        AND m.district = :district AND m.student = s.key AND m.kind = 'S'
        AND m.date BETWEEN {flavour.day_number(flavour.greatest("monday", ":startDate"))}
        AND {flavour.day_number(flavour.least("sunday", ":endDate"))}
      GROUP BY s.key, monday, m.mark) marks
    GROUP BY student, monday
    """


VIEWS: dict[type[Record], View] = {Attendance: _of_students}
QUERIES: dict[type[Record], Query] = {AttendanceWeek: _weeks}
