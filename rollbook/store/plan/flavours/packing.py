"""What SQLite gathers of the many records of a row, made into one value: values counted, marks laid out by the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from operator import itemgetter

import msgspec

_SLOT = len("2026-09-02AM")
_SESSIONS = {"AM": 0, "PM": 1}


SEPARATOR = "\x1f"
"""What stands between values that are to be counted: ASCII's own separator of units."""


def tallied(asked: str, values: str | None, *beside: str) -> str:
    """How many of the values fit each of the things asked, and what else was gathered: a JSON list in a list.

    What is asked is a JSON list of pairs: whether the value shall be one of some, and those.
    """
    counts = [0] * len(_asked(asked))
    if values is not None:
        for value, times in Counter(values.split(SEPARATOR)).items():
            for at in _fitting(asked, value):
                counts[at] += times
    return msgspec.json.encode([[*counts, *beside]]).decode()


@lru_cache(256)
def _asked(asked: str) -> list[tuple[bool, list[str]]]:
    return msgspec.json.decode(asked, type=list[tuple[bool, list[str]]])


@lru_cache(4096)
def _fitting(asked: str, value: str) -> tuple[int, ...]:
    """Which of the things asked a value fits, by their places."""
    return tuple(at for at, (among, some) in enumerate(_asked(asked)) if (value in some) == among)


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
