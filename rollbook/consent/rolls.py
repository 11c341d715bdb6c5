"""Which rows long lists have, so that after a write only those that moved are looked up and none is counted again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Set
from dataclasses import dataclass, replace

from ..recent import holds
from ..store.plan.planner import Plan

MOST = 100_000
"""How many hub ids are kept in all; each takes some 150 bytes."""

LEAST, LONGEST = 512, 50_000
"""More than how many rows a list has that is kept, for fewer are counted in no time; and how many at the most."""

QUESTIONS = 1024
"""Of how many questions it is remembered that their rows were counted."""


@dataclass(frozen=True)
class Roll:
    """The hub ids of a question's rows, and the numbers at which the records stood then."""

    plan: Plan
    versions: Mapping[str, int]
    ids: Set[str]

    def renewed(self, versions: Mapping[str, int], moved: Set[str], there: Set[str]) -> Roll:
        """As it is now: of those that may be other ones, these are there."""
        gone = (moved & self.ids) - there
        if not gone and there <= self.ids:
            return replace(self, versions=versions)
        return Roll(self.plan, versions, (self.ids - gone) | there)


class Rolls:
    """The rolls of the questions that were counted last, within a bound of ids; serves any number of threads."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.held = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Roll] = OrderedDict()
        self._worth: OrderedDict[int, bool] = OrderedDict()
        holds(self)

    def forget(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._kept.clear()
            self.held = 0

    def find(self, key: Hashable) -> Roll | None:
        """The roll of a question, if it is there."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def is_worth(self, key: Hashable) -> bool:
        """Whether a question was counted before, and has as many rows as is worth keeping."""
        return self._worth.get(hash(key), False)

    def counted(self, key: Hashable, number: int) -> None:
        """Remember that a question has so many rows."""
        with self._lock:
            self._worth[hash(key)] = LEAST < number <= LONGEST
            self._worth.move_to_end(hash(key))
            if len(self._worth) > QUESTIONS:
                self._worth.popitem(last=False)

    def put(self, key: Hashable, roll: Roll) -> None:
        """Keep the roll of a question, in place of that of an earlier state."""
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = roll
            self.held += len(roll.ids) - (len(before.ids) if before else 0)
            while self.held > self.most:
                _, gone = self._kept.popitem(last=False)
                self.held -= len(gone.ids)
