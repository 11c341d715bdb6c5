"""Whom a rule names at a school, and on which days.

Each student whom it names is named for spans of days, because places in groups and on roll have dates; so what a rule
says of a day is known before the day comes, and nothing has to run at midnight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from .kept.rolls import RollGroup, RollPlace, Rolls
from .rules import KINDS, Rule, Span, merged, within, word_of, year_of

_OWN = {"year": "year_group", "form": "reg_group", "house": "house_group"}
"""The student's own reference to the one group of a kind that they belong to."""


class Roll:
    """The roll of one school, as far as rules ask."""

    def __init__(self, rolls: Rolls, district: int, school: str) -> None:
        self._rolls = rolls
        self._district = district
        self._school = school

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
        return any(word in _words(group, rule.by) for group in self._groups.values()) or (
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
        those = {g.key for g in self._groups.values() if word in _words(g, rule.by)}
        on_roll = {place.key: place for place in self._places}
        if rule.by in _OWN:
            # Who has a group of their own of this kind is in no other, whatever an older membership says.
            yield from ((p.id, p.span) for p in self._places if p.groups[rule.by] in those)
            on_roll = {p.key: p for p in self._places if p.groups[rule.by] is None}
            if rule.by == "year":
                placed = {student for student, _, _ in self._members(self._of_kind("YearGrp"))}
                yield from ((p.id, p.span) for k, p in on_roll.items() if p.year == word and k not in placed)
        for student, group, span in self._members(those):
            if student in on_roll:
                both = within(within(span, self._groups[group].span), on_roll[student].span)
                if both[0] <= both[1]:
                    yield on_roll[student].id, both

    def _of_kind(self, kind: str) -> set[int]:
        return {g.key for g in self._groups.values() if g.kind == kind}

    # ---- the roll

    @cached_property
    def _groups(self) -> dict[int, RollGroup]:
        return {group.key: group for group in self._rolls.groups(self._district, self._school)}

    @cached_property
    def _places(self) -> list[RollPlace]:
        return self._rolls.places(self._district, self._school)

    def _members(self, groups: Iterable[int]) -> list[tuple[int, int, Span]]:
        return self._rolls.members(self._district, groups)


def _words(group: RollGroup, by: str) -> frozenset[str]:
    """What a group is called, as one of the things that people are chosen by."""
    if by == "course":
        return frozenset(map(word_of, group.course)) - {""}
    if group.kind != KINDS[by]:
        return frozenset()
    if by == "year":
        return frozenset(map(year_of, (group.code, group.name, group.year))) - {""}
    return frozenset(map(word_of, (group.code, group.name))) - {""}


def _meant(rule: Rule) -> str:
    return year_of(rule.value) if rule.by == "year" else word_of(rule.value)


def _called(group: RollGroup, by: str) -> Iterator[tuple[str, str]]:
    """The value of a rule that names a group, and what the school calls the group."""
    if by == "course":
        pairs = zip(group.course[::2], group.course[1::2], strict=True)
        yield from ((code or title or "", title or code or "") for code, title in pairs if code or title)
    elif group.kind == KINDS[by] and (group.code or group.name):
        value = group.year or group.code or group.name or ""
        yield (year_of(value).upper() if by == "year" else group.code or group.name or ""), group.name or value
