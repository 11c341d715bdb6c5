"""Rules: the students of a year, a form, a house, a class or a course; and the days on which something holds.

A rule is a word that the school uses, not the hub id of a group: form 8B stays form 8B when its group is made again for
the next school year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..model.groups import STANDARD_YEARS

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
