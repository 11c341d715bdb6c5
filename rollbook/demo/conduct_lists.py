"""The lists that an invented school keeps for achievements and behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model.conduct import ConductLookup, ConductType
from .conduct_words import (
    ACHIEVEMENTS,
    AMERICAN,
    BEHAVIOURS,
    BULLYING,
    KNOWN_AS,
    LOOKUPS,
    OLD_LOOKUPS,
    RETIRED,
    VIOLATION,
    VIOLATIONS,
    Sort,
)
from .opened import Opened


@dataclass
class Lists:
    """Hub ids of the entries: of types by category and number, of others by list and code."""

    types: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])
    entries: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def of(self, kind: str, code: str | None) -> str | None:
        """The entry of a list with a code; none for no code."""
        return self.entries[kind, code] if code else None


def put_lists(opened: Opened) -> Lists:
    """Add the school's lists."""
    lists = Lists()
    for category, sorts in (("Ach", ACHIEVEMENTS), ("Beh", BEHAVIOURS)):
        for order, sort in enumerate(sorted(sorts, key=lambda s: s.name), 1):
            lists.types[category, sort.number] = _put_type(opened, category, sort, order)
    every = ((kind, order, *entry) for kind, entries in LOOKUPS.items() for order, entry in enumerate(entries, 1))
    for number, (kind, order, code, words) in enumerate(every, 1):
        lists.entries[kind, code] = opened.put(
            ConductLookup,
            kind=kind,
            mis_id=str(number),
            code=code,
            description=_called(opened, words),
            word=KNOWN_AS.get((kind, code)) if opened.plan.american else None,
            display_order=order,
            active=int(code not in OLD_LOOKUPS),
        )
    return lists


def _put_type(opened: Opened, category: str, sort: Sort, order: int) -> str:
    return opened.put(
        ConductType,
        category=category,
        mis_id=str(sort.number),
        description=_called(opened, sort.name),
        word=VIOLATION if opened.plan.american and sort.name in VIOLATIONS else None,
        points=sort.points,
        sub_types="BehBullMode" if sort.name == BULLYING else None,
        display_order=order,
        active=int(sort.name not in RETIRED),
    )


def _called(opened: Opened, words: str) -> str:
    return AMERICAN.get(words, words) if opened.plan.american else words
