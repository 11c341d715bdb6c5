"""Counts and marks by the day, made of the registers of each row: the marks of a year in a dozen rows of letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import msgspec

from .gathered import NOTHING, NOWHERE, PART, UNIT, Gathering, Laid, places, written
from .registering import FIRST_LETTER, HALVES

MOST = rb"/\#"
"""Present in the morning and in the afternoon, and closed: most of what there is to count."""

NEITHER = 2
"""The half of a day of a mark that is of neither."""


@dataclass(frozen=True, eq=False)
class Registered(Gathering):
    """A column of registers, and what is made of it: how many fit each of some choices, then marks by the day."""

    unknown: bool = True
    """Whether a mark that is unknown is counted as an empty one is."""

    def made(self, days: Sequence[Laid], gathered: str) -> list[bytes]:
        """JSON values of a row's registers."""
        span, slots, letters = gathered.split(PART)
        marks = _marks(letters, *_cut(span, slots))
        laid_out = (by_the_day(marks, span, slots, *day) for day in days)
        return [*self._numbers(marks), *map(msgspec.json.encode, laid_out)]

    def _numbers(self, marks: Marks) -> list[bytes]:
        every = marks.letters.encode()
        counted = Counter(every.translate(None, MOST).decode())
        del counted[UNIT]
        for mark in MOST:
            counted[chr(mark)] = every.count(mark)
        for other in marks.others:
            if other != NOTHING or self.unknown:
                counted[other.replace(NOTHING, "")] += 1
        return written(self.counts(counted))


class Marks(NamedTuple):
    """Marks in order: those of one letter, with a `UNIT` in the place of each other one, and the others."""

    letters: str
    others: tuple[str, ...]


def _marks(letters: str, begin: int, end: int) -> Marks:
    """Some of the marks of registers, from one to another."""
    if UNIT not in letters:
        return Marks(letters[begin:end], ())
    parts = letters.split(UNIT)
    every = UNIT.join(parts[::2])
    some, before = every[begin:end], every.count(UNIT, 0, begin)
    return Marks(some, tuple(parts[1::2][before : before + some.count(UNIT)]))


@lru_cache(1024)
def _cut(span: str, slots: str) -> tuple[int, int]:
    """Which marks of registers, which are in the order of the days, are from the first day to the last."""
    first, last = map(int, span.split(","))
    days = [day for day, _ in _whens(slots)]
    return sum(day < first for day in days), sum(day <= last for day in days)


def _whens(slots: str) -> Iterator[tuple[int, int]]:
    """The day (a number) and the half of it of each mark of some registers."""
    parts = slots.split()
    for monday, letters in zip(map(int, parts[::2]), parts[1::2], strict=True):
        for letter in letters:
            days, half = divmod(ord(letter) - FIRST_LETTER, HALVES)
            yield monday + days, half


def by_the_day(marks: Marks, span: str, slots: str, first: str, last: str, gap: str) -> str:
    """The first letters of marks, from one day to another; `gap` where there is none."""
    runs, gaps = _runs(span, slots, first, last)
    return "".join(runs(_initials(marks, gap) + gap * gaps))


def _initials(marks: Marks, gap: str) -> str:
    letters = marks.letters
    for other in marks.others:
        letters = letters.replace(UNIT, other.replace(NOTHING, "")[:1] or gap, 1)
    return letters


@lru_cache(1024)
def _runs(span: str, slots: str, first: str, last: str) -> tuple[Callable[[str], Iterable[str]], int]:
    """How the letters of marks are cut into pieces that are laid out one after the other, and the gaps after them.

    It is much the same for all students of a school.
    """
    begin, end = _cut(span, slots)
    halves = list(_whens(slots))[begin:end]
    found = places((NOWHERE if half == NEITHER else 2 * day + half for day, half in halves), first, last)
    pieces = [*_pieces(found, len(halves))]
    return itemgetter(*pieces), max([piece.stop for piece in pieces]) - len(halves)


def _pieces(found: list[int], letters: int) -> Iterator[slice]:
    """Letters that stand together in both, and gaps, which stand after all letters."""
    for _, some in groupby(enumerate(found), lambda place: (place[1] < 0, place[1] >= 0 and place[1] - place[0])):
        run = [at for _, at in some]
        yield slice(letters, letters + len(run)) if run[0] < 0 else slice(run[0], run[-1] + 1)
