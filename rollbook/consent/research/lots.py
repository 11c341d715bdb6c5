"""Lots: whom all that was ever published does not set apart, so that no differences tell of a few.

Every number that is published counts a set of students. Students are in one lot while each of those sets holds all of
them or none, so whatever is made of the numbers, by subtracting or adding, is a number of whole lots. A set is
published only if no lot of fewer than the smallest number comes of it: then no reckoning comes to fewer either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping

Who = tuple[int, str]
"""A student: district number and hub id."""

NEVER = 0
"""The lot of everybody who was never counted, of whom there may be any number."""


class Lots:
    """The lots of students, as more and more is published."""

    def __init__(self, held: Mapping[Who, int], smallest: int, new: Callable[[], int]) -> None:
        """`held` are the lots of those who were counted before; `new` numbers the next lot."""
        self.of = dict(held)
        self.smallest = smallest
        self._new = new
        self._sizes = Counter(self.of.values())

    def publishes(self, counted: Collection[Who]) -> bool:
        """Whether a set may be published, and if so takes it for published."""
        found = self._parts(counted)
        if len(counted) < self.smallest or not all(self._splits_well(lot, len(some)) for lot, some in found.items()):
            return False
        for lot, some in found.items():
            if lot == NEVER or len(some) < self._sizes[lot]:
                self._split(lot, some)
        return True

    def _parts(self, counted: Collection[Who]) -> dict[int, list[Who]]:
        parts = dict[int, list[Who]]()
        for who in counted:
            parts.setdefault(self.of.get(who, NEVER), []).append(who)
        return parts

    def _splits_well(self, lot: int, some: int) -> bool:
        """Whether so many of a lot are all of it, or are many and leave many."""
        if lot == NEVER:
            return some >= self.smallest
        left = self._sizes[lot] - some
        return left == 0 or min(some, left) >= self.smallest

    def _split(self, lot: int, some: list[Who]) -> None:
        made = self._new()
        self.of.update(dict.fromkeys(some, made))
        self._sizes[made] = len(some)
        if lot != NEVER:
            self._sizes[lot] -= len(some)
