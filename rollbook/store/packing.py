"""Marks packed into a text, one letter for each session: what SQLite gathers of a student, laid out by the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from operator import itemgetter

_SLOT = len("2026-09-02AM")
_SESSIONS = {"AM": 0, "PM": 1}


def packed(letters: str | None, slots: str | None, first: str, last: str, gap: str) -> str:
    """Letters, each of the slot (date and session) that stands in its place, from one day to another.

    Both are texts without anything in between; `gap` stands where there is no letter.
    """
    return "".join(_places(slots or "", first, last)(f"{letters or ''}{gap}"))


@lru_cache(256)
def _places(slots: str, first: str, last: str) -> Callable[[str], tuple[str, ...]]:
    """How letters with a gap after them are laid out; much the same for all students of a school."""
    start = date.fromisoformat(first).toordinal()
    days = max(date.fromisoformat(last).toordinal() - start, 0) + 1
    places = [-1] * (2 * days)
    for number in reversed(range(len(slots) // _SLOT)):
        slot = slots[number * _SLOT : (number + 1) * _SLOT]
        place = 2 * (date.fromisoformat(slot[:-2]).toordinal() - start) + _SESSIONS[slot[-2:]]
        if 0 <= place < len(places):
            places[place] = number
    return itemgetter(*places)
