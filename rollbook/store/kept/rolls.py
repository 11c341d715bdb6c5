"""The rolls of schools: their groups, who is on roll, and who is in which group on which days."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..rules import FOREVER, Span, year_of
from .statements import Statements, at, of_school


@dataclass(frozen=True)
class RollGroup:
    """A group of a school by its key; `course` are the codes and titles of the courses that it is of, in turn."""

    key: int
    kind: str
    span: Span
    code: str | None
    name: str | None
    year: str | None
    course: tuple[str | None, ...]


@dataclass(frozen=True)
class RollPlace:
    """A student's place on roll: the student's key and hub id, from when until when, in which groups (by their keys),
    and in which year by its own facts."""

    key: int
    id: str
    span: Span
    groups: Mapping[str, int | None]
    year: str


class Rolls(Statements):
    """The rolls of schools: a school is its district's number and its hub id."""

    def groups(self, district: int, school: str) -> list[RollGroup]:
        """The groups of a school."""
        rows = self._rows(
            'SELECT g.key, g.kind, g.start, g."end", g.code, g.name, g.standard_year_code,'
            ' c.code, c.title, d.code, d.title, o.code, o.title FROM "group" g'
            " LEFT JOIN course c ON c.district = g.district AND c.key = g.course"
            " LEFT JOIN course_offering o ON o.district = g.district AND o.key = g.offering"
            " LEFT JOIN course d ON d.district = o.district AND d.key = o.course"
            f" WHERE {of_school('g')} ORDER BY g.kind, g.code, g.name, g.id",
            at(district, school),
        )
        return [
            RollGroup(key, kind, _span(start, end), code, name, year, tuple(course))
            for key, kind, start, end, code, name, year, *course in rows
        ]

    def places(self, district: int, school: str) -> list[RollPlace]:
        """Who is on roll at a school, was, or will be."""
        rows = self._rows(
            "SELECT s.key, s.id, s.entry_date, s.leaving_date, s.year_group, s.reg_group, s.house_group,"
            f" coalesce(s.nc_year, s.grade) FROM student s WHERE {of_school('s')}",
            at(district, school),
        )
        return [
            RollPlace(key, i, _span(entry, leaving), {"year": year, "form": form, "house": house}, year_of(own))
            for key, i, entry, leaving, year, form, house, own in rows
        ]

    def registers(self, district: int, school: str, first: int, last: int) -> list[tuple[int, int, str, str]]:
        """The session marks of a school's students, four weeks in a row: the student's key, the row's first day between
        two others (numbers since 1970), the slots and the marks."""
        return self._rows(
            "SELECT r.student, r.monday, r.slots, r.marks FROM register r"
            " JOIN student s ON s.district = r.district AND s.key = r.student"
            f" WHERE {of_school('s')} AND r.district = :district AND r.monday BETWEEN :first AND :last",
            at(district, school, first=first, last=last),
        )

    def members(self, district: int, groups: Iterable[int]) -> list[tuple[int, int, Span]]:
        """The students of groups of a district, each with the group and the days; all are keys."""
        rows = self._rows(
            'SELECT student, "group", start, "end" FROM student_membership WHERE district = :district'
            f' AND "group" {self._in(":groups", "number")}',
            {"district": district, "groups": json.dumps(sorted(groups))},
        )
        return [(student, group, _span(start, end)) for student, group, start, end in rows]


def _span(first: str | None, last: str | None) -> Span:
    # A day may come with a time behind it.
    return (first or FOREVER[0])[:10], (last or FOREVER[1])[:10]
