"""Rules: the students of a year, a form, a house, a class or a course; and the days on which something holds.

A rule is a word that the school uses, not the hub id of a group: form 8B stays form 8B when its group is made again for
the next school year.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..model.groups import STANDARD_YEARS
from .connection import Connection

Span = tuple[str, str]
"""The first and the last day of something (yyyy-MM-dd)."""

FOREVER: Span = ("", "~")
"""Before every day, and after."""

Spans = Mapping[str, tuple[Span, ...]]
"""By hub id, in order, the days on which somebody is meant."""


@dataclass(frozen=True, order=True)
class Rule:
    """The students whose year, form, house, class or course (`by`) has a name or a code."""

    by: str
    value: str


KINDS = {"year": "YearGrp", "form": "RegGrp", "house": "HouseGrp", "class": "TeachingGrp", "course": ""}
"""What people can be chosen by, with the kind of group that it is; a course has many groups."""


def year_of(text: str | None) -> str:
    """A year group however it is written: `Year 8`, `Y8`, `08` and `8` are one, and so are `Reception` and `R`."""
    folded = word_of(text)
    for code, name in STANDARD_YEARS.items():
        if folded == name.casefold():
            return code.casefold()
    for word in ("year ", "grade ", "y"):
        if folded.startswith(word) and folded.removeprefix(word).isdigit():
            folded = folded.removeprefix(word)
    return folded.lstrip("0") if folded.strip("0").isdigit() else folded


def word_of(text: str | None) -> str:
    """What a group is called, in whatever case and with whatever spaces it is written."""
    return " ".join((text or "").casefold().split())


def within(one: Span, other: Span) -> Span:
    """The days that two spans share; it ends before it begins where there are none."""
    return max(one[0], other[0]), min(one[1], other[1])


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days in as few spans as can be."""
    found: list[Span] = []
    for first, last in sorted(s for s in spans if s[0] <= s[1]):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


_OWN = {"year": "year_group", "form": "reg_group", "house": "house_group"}
"""The student's own reference to the one group of a kind that they belong to."""


@dataclass(frozen=True)
class _Group:
    id: str
    kind: str
    span: Span
    code: str | None
    name: str | None
    year: str | None
    course: tuple[str | None, ...]

    def words(self, by: str) -> frozenset[str]:
        """What the group is called, as one of the things that people are chosen by."""
        if by == "course":
            return frozenset(map(word_of, self.course)) - {""}
        if self.kind != KINDS[by]:
            return frozenset()
        if by == "year":
            return frozenset(map(year_of, (self.code, self.name, self.year))) - {""}
        return frozenset(map(word_of, (self.code, self.name))) - {""}


@dataclass(frozen=True)
class _Place:
    """A student's place on roll: from when until when, in which groups, and in which year by its own facts."""

    id: str
    span: Span
    groups: Mapping[str, str | None]
    year: str


class Roll:
    """The roll of one school, as far as rules ask."""

    def __init__(self, connection: Connection, district: int, school: str) -> None:
        self._connection = connection
        self._where = {"district": district, "school": school}

    # ---- what there is to choose by

    def rules(self) -> dict[Rule, str]:
        """Every rule that names a group of the school, with what the school calls it."""
        found: dict[Rule, str] = {}
        for by in KINDS:
            for group in self._groups.values():
                for code, name in _called(group, by):
                    found.setdefault(Rule(by, code), name)
        for place in self._places:
            if place.groups["year"] is None and place.year and Rule("year", place.year.upper()) not in found:
                found[Rule("year", place.year.upper())] = place.year.upper()
        return found

    def known(self, rule: Rule) -> bool:
        """Whether a rule names a group that the school has."""
        word = _meant(rule)
        return any(word in group.words(rule.by) for group in self._groups.values()) or (
            rule.by == "year" and any(place.year == word for place in self._places)
        )

    # ---- whom a rule names

    def named(self, rules: Iterable[Rule]) -> dict[str, tuple[Span, ...]]:
        """The students whom any of the rules names, with their days."""
        found: dict[str, list[Span]] = {}
        for rule in rules:
            for student, span in self._spans(rule):
                found.setdefault(student, []).append(span)
        return {student: merged(spans) for student, spans in found.items()}

    def on(self, day: str, rules: Iterable[Rule]) -> frozenset[str]:
        """The students whom any of the rules names on a day."""
        every = self.named(rules)
        return frozenset(i for i, spans in every.items() if any(first <= day <= last for first, last in spans))

    def _spans(self, rule: Rule) -> Iterator[tuple[str, Span]]:
        word = _meant(rule)
        those = {g.id for g in self._groups.values() if word in g.words(rule.by)}
        on_roll = {place.id: place for place in self._places}
        if rule.by in _OWN:
            # Who has a group of their own of this kind is in no other, whatever an older membership says.
            yield from ((p.id, p.span) for p in self._places if p.groups[rule.by] in those)
            on_roll = {p.id: p for p in self._places if p.groups[rule.by] is None}
            if rule.by == "year":
                placed = {student for student, _, _ in self._members(self._of_kind("YearGrp"))}
                yield from ((i, p.span) for i, p in on_roll.items() if p.year == word and i not in placed)
        for student, group, span in self._members(those):
            if student in on_roll:
                both = within(within(span, self._groups[group].span), on_roll[student].span)
                if both[0] <= both[1]:
                    yield student, both

    def _of_kind(self, kind: str) -> set[str]:
        return {g.id for g in self._groups.values() if g.kind == kind}

    # ---- the roll

    @cached_property
    def _groups(self) -> dict[str, _Group]:
        rows = self._connection.execute(
            'SELECT g.id, g.kind, g.start, g."end", g.code, g.name, g.standard_year_code,'
            ' c.code, c.title, d.code, d.title, o.code, o.title FROM "group" g'
            " LEFT JOIN course c ON c.district = g.district AND c.id = g.course"
            " LEFT JOIN course_offering o ON o.district = g.district AND o.id = g.offering"
            " LEFT JOIN course d ON d.district = o.district AND d.id = o.course"
            " WHERE g.district = :district AND g.school = :school ORDER BY g.kind, g.code, g.name, g.id",
            self._where,
        )
        made = (
            _Group(i, kind, _span(start, end), code, name, year, tuple(course))
            for i, kind, start, end, code, name, year, *course in rows
        )
        return {group.id: group for group in made}

    @cached_property
    def _places(self) -> list[_Place]:
        rows = self._connection.execute(
            "SELECT id, entry_date, leaving_date, year_group, reg_group, house_group, coalesce(nc_year, grade)"
            " FROM student WHERE district = :district AND school = :school",
            self._where,
        )
        return [
            _Place(i, _span(entry, leaving), {"year": year, "form": form, "house": house}, year_of(own))
            for i, entry, leaving, year, form, house, own in rows
        ]

    def _members(self, groups: Iterable[str]) -> list[tuple[str, str, Span]]:
        rows = self._connection.execute(
            'SELECT student, "group", start, "end" FROM student_membership WHERE district = :district'
            ' AND "group" IN (SELECT value FROM json_each(:groups))',
            {**self._where, "groups": json.dumps(sorted(groups))},
        )
        return [(student, group, _span(start, end)) for student, group, start, end in rows]


def _meant(rule: Rule) -> str:
    return year_of(rule.value) if rule.by == "year" else word_of(rule.value)


def _called(group: _Group, by: str) -> Iterator[tuple[str, str]]:
    """The value of a rule that names a group, and what the school calls the group."""
    if by == "course":
        pairs = zip(group.course[::2], group.course[1::2], strict=True)
        yield from ((code or title or "", title or code or "") for code, title in pairs if code or title)
    elif group.kind == KINDS[by] and (group.code or group.name):
        value = group.year or group.code or group.name or ""
        yield (year_of(value).upper() if by == "year" else group.code or group.name or ""), group.name or value


def _span(first: str | None, last: str | None) -> Span:
    # A day may come with a time behind it.
    return (first or FOREVER[0])[:10], (last or FOREVER[1])[:10]
