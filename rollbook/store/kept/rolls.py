"""The rolls of schools: their groups, who is on roll, and who is in which group on which days."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..rules import FOREVER, Span, year_of
from .statements import Statements


@dataclass(frozen=True)
class RollGroup:
    """A group of a school; `course` are the codes and titles of the courses that it is of, in turn."""

    id: str
    kind: str
    span: Span
    code: str | None
    name: str | None
    year: str | None
    course: tuple[str | None, ...]


@dataclass(frozen=True)
class RollPlace:
    """A student's place on roll: from when until when, in which groups, and in which year by its own facts."""

    id: str
    span: Span
    groups: Mapping[str, str | None]
    year: str


class Rolls(Statements):
    """The rolls of schools: a school is its district's number and its hub id."""

    def groups(self, district: int, school: str) -> list[RollGroup]:
        """The groups of a school."""
        rows = self._rows(
            'SELECT g.id, g.kind, g.start, g."end", g.code, g.name, g.standard_year_code,'
            ' c.code, c.title, d.code, d.title, o.code, o.title FROM "group" g'
            " LEFT JOIN course c ON c.district = g.district AND c.id = g.course"
            " LEFT JOIN course_offering o ON o.district = g.district AND o.id = g.offering"
            " LEFT JOIN course d ON d.district = o.district AND d.id = o.course"
            " WHERE g.district = ? AND g.school = ? ORDER BY g.kind, g.code, g.name, g.id",
            (district, school),
        )
        return [
            RollGroup(i, kind, _span(start, end), code, name, year, tuple(course))
            for i, kind, start, end, code, name, year, *course in rows
        ]

    def places(self, district: int, school: str) -> list[RollPlace]:
        """Who is on roll at a school, was, or will be."""
        rows = self._rows(
            "SELECT id, entry_date, leaving_date, year_group, reg_group, house_group, coalesce(nc_year, grade)"
            " FROM student WHERE district = ? AND school = ?",
            (district, school),
        )
        return [
            RollPlace(i, _span(entry, leaving), {"year": year, "form": form, "house": house}, year_of(own))
            for i, entry, leaving, year, form, house, own in rows
        ]

    def members(self, district: int, groups: Iterable[str]) -> list[tuple[str, str, Span]]:
        """The students of groups of a district (hub ids), each with the group and the days."""
        rows = self._rows(
            'SELECT student, "group", start, "end" FROM student_membership WHERE district = ?'
            ' AND "group" IN (SELECT value FROM json_each(?))',
            (district, json.dumps(sorted(groups))),
        )
        return [(student, group, _span(start, end)) for student, group, start, end in rows]


def _span(first: str | None, last: str | None) -> Span:
    # A day may come with a time behind it.
    return (first or FOREVER[0])[:10], (last or FOREVER[1])[:10]
