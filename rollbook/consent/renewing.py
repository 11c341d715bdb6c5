"""Lists that are asked for again: their rows stay in memory, and after a write those that moved are read anew.

Apps poll, and of a list of a thousand rows a write changes one. A plan knows which rows may be other ones since a kind
of record stood at a number (`Plan.moved`): those are read and put in their places. Which rows there are, and in what
order, is asked as well, since one that moved may stand elsewhere now, or make room for another; unless none of those is
a row, or a row that changes stays where it is (`Plan.settled`). Where a plan does not know what moved, because a record
is read in a roundabout way (`Plan.nested`), every row is read.

Rows are kept when a question is asked for the second time, so that what is asked once takes no memory.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..recent import Recent, holds
from ..store.kept.plans import Plans
from ..store.kept.statements import Row
from ..store.plan.planner import Plan
from .hashing import with_hash
from .rolls import Roll, Rolls

BOUND = 64 * 1024 * 1024
"""How much is kept in all, in bytes."""

LEAST, LONGEST = 32, 16 * 1024 * 1024
"""From how many rows on a list is kept, and up to how many bytes, about."""

QUESTIONS = 4096
"""Of how many questions it is remembered that they were asked once."""

ROW = 250
"""About how many bytes a row takes beside what is shown."""

FEW = 512
"""Up to how many rows that may be other ones are read to see whether they are rows of a list at all."""

Bound = Mapping[str, Any]


@dataclass(frozen=True)
class Kept:
    """The rows of a question, by hub id and in order, and the numbers at which the records stood that they are of."""

    plan: Plan
    versions: Mapping[str, int]
    rows: Mapping[str, Row]
    size: int
    """About how many bytes it takes."""

    @classmethod
    def of(cls, plan: Plan, versions: Mapping[str, int], rows: Mapping[str, Row]) -> Kept:
        """Rows that were all read."""
        return cls(plan, versions, rows, _size(rows))

    def renewed(self, versions: Mapping[str, int], ids: Iterable[str], fresh: Mapping[str, Row]) -> Kept:
        """The rows that there are now, in order, some of them fresh ones."""
        old = self.rows
        rows = {i: fresh[i] if i in fresh else old[i] for i in ids}
        if rows.keys() != old.keys():
            return Kept.of(self.plan, versions, rows)
        grown = _size(fresh) - _size({i: old[i] for i in fresh})
        return Kept(self.plan, versions, rows, self.size + grown)


def _size(rows: Mapping[str, Row]) -> int:
    return sum([len(row[0]) for row in rows.values()]) + len(rows) * ROW


class RecentRows:
    """The rows of the questions that were asked for last, within a bound of bytes; serves any number of threads."""

    def __init__(self, bound: int = BOUND) -> None:
        self.bound = bound
        self.held = 0
        """How many bytes are kept, about."""
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._asked: OrderedDict[int, bool] = OrderedDict()
        holds(self)
        self.counts: Recent[tuple[Plan, int]] = Recent(QUESTIONS)
        """How many rows questions have, each with its plan, by which it is told from others."""
        self.rolls = Rolls()

    def forget(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._kept.clear()
            self.held = 0

    def find(self, key: Hashable) -> Kept | None:
        """The rows of a question, if they are there."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def was_asked(self, key: Hashable) -> bool:
        """Whether a question was asked before, for a list that is worth keeping."""
        return self._asked.get(hash(key), False)

    def ask(self, key: Hashable, *, worth: bool = True) -> None:
        """Remember that a question was asked, and whether its list is `worth` keeping."""
        with self._lock:
            known = self._asked.pop(hash(key), True)
            self._asked[hash(key)] = worth and known
            if len(self._asked) > QUESTIONS:
                self._asked.popitem(last=False)

    def put(self, key: Hashable, rows: Kept) -> None:
        """Keep the rows of a question, in place of those of an earlier state."""
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = rows
            self.held += rows.size - (before.size if before else 0)
            while self.held > self.bound:
                _, gone = self._kept.popitem(last=False)
                self.held -= gone.size


@dataclass(frozen=True)
class Renewing:
    """Renews the rows of lists for one reader, in one moment of the store."""

    recent: RecentRows
    state: Hashable
    """What decides what the reader sees, beside the records."""
    versions: Callable[[Iterable[str]], Mapping[str, int]]
    """The numbers at which kinds of record last moved, as of that moment."""

    def key(self, found: Plan, bound: Bound) -> Hashable:
        """What tells a question from others; a digest, for lists of people may be among the values."""
        said = repr((self.state, sorted(bound.items())))
        return id(found), hashlib.blake2b(said.encode(), digest_size=16).digest()

    def asked(self, found: Plan, bound: Bound, places: range, size: int) -> None:
        """The rows at these places are among the answer to a question, which has so many bytes up to there."""
        if found.moving is not None and (LEAST - 1 in places or size > LONGEST):
            self.recent.ask(self.key(found, bound), worth=size <= LONGEST)

    def count(self, plans: Plans, found: Plan, bound: Bound) -> int:
        """How many rows a question has on all pages, counted once while the records stand where they do."""
        versions, key = self.versions(found.reads), self.key(found, bound)
        known = key, tuple(versions.items())
        return self.recent.counts.get(known, lambda: (found, self._counted(plans, found, bound, key, versions)))[1]

    def _counted(self, plans: Plans, found: Plan, bound: Bound, key: Hashable, versions: Mapping[str, int]) -> int:
        """How many rows a question has now; those of a long list are known one by one when it is counted again."""
        rolls, roll = self.recent.rolls, None
        if found.moving is not None and ":page" not in found.source and rolls.is_worth(key):
            roll = self._roll(plans, found, bound, rolls.find(key), versions)
        if roll is not None:
            rolls.put(key, roll)
        number = plans.count(found, bound) if roll is None else len(roll.ids)
        rolls.counted(key, number)
        return number

    def _roll(
        self, plans: Plans, found: Plan, bound: Bound, before: Roll | None, versions: Mapping[str, int]
    ) -> Roll | None:
        """The rows of a question one by one; None where another answer, of a later moment, was faster."""
        if before is not None and _later(before.versions, versions):
            return None
        moved = self._moved(plans, found, bound, before.versions, versions) if before else None
        if before is None or moved is None or len(moved) > FEW:
            return Roll(found, versions, frozenset(plans.ids(found, {**bound, "limit": -1, "offset": 0})))
        return before.renewed(versions, moved, set(plans.those(found, bound, moved)) if moved else set[str]())

    def rows(self, plans: Plans, found: Plan, bound: Bound) -> list[Row] | None:
        """The rows of a list, each what is shown and then whom it tells of; None where they are not kept."""
        if found.moving is None:
            return None
        key = self.key(found, bound)
        before = self.recent.find(key)
        if before is None and not self.recent.was_asked(key):
            return None
        versions = self.versions(found.reads)
        if before is not None and _later(before.versions, versions):
            # Another answer, of a later moment, was faster.
            return None
        kept = self.renewed(plans, found, bound, before, versions) if before else None
        kept = kept or Kept.of(found, versions, dict(complete(found, plans.keyed(found, bound))))
        if kept.size > LONGEST:
            self.recent.ask(key, worth=False)
        elif kept is not before:
            self.recent.put(key, kept)
        return list(kept.rows.values())

    def renewed(
        self, plans: Plans, found: Plan, bound: Bound, before: Kept, versions: Mapping[str, int]
    ) -> Kept | None:
        """The rows as they are now; None where so many may be other ones that all are to be read."""
        if all(versions.get(kind) == before.versions.get(kind) for kind in found.reads):
            return before
        moved = self._moved(plans, found, bound, before.versions, versions)
        if moved is None:
            return None
        stayed = _in_place(plans, found, bound, before, moved)
        if stayed is not None:
            return before.renewed(versions, before.rows, stayed) if stayed else replace(before, versions=versions)
        ids = plans.ids(found, bound)
        wanted = [i for i in ids if i in moved or i not in before.rows]
        if len(wanted) > len(ids) // 2:
            return None
        fresh = dict(complete(found, plans.some(found, bound, wanted))) if wanted else {}
        return before.renewed(versions, ids, fresh)

    def _moved(
        self, plans: Plans, found: Plan, bound: Bound, before: Mapping[str, int], versions: Mapping[str, int]
    ) -> set[str] | None:
        """The hub ids of those rows that may be other ones than before; None where it is not known which."""
        kinds = {kind for kind in found.reads if versions.get(kind) != before.get(kind)}
        if not found.moved.keys() >= kinds or not found.nested.isdisjoint(kinds):
            return None
        then = {kind: before.get(kind, 0) for kind in kinds}
        if any(plans.lost(found, kind, since, bound) for kind, since in then.items()):
            return None
        return {i for kind, since in then.items() for i in plans.moved(found, kind, since, bound)}


def _in_place(
    plans: Plans, found: Plan, bound: Bound, before: Kept, moved: Collection[str]
) -> Mapping[str, Row] | None:
    """Those of the rows that moved, as they are now; None where some may have come, gone or changed places."""
    were = before.rows.keys() & moved
    if len(moved) > FEW or (were and not found.settled) or bound["offset"] or ":page" in found.source:
        return None
    if 0 <= bound["limit"] <= len(before.rows):
        # More rows may follow, which one that moved could now be among.
        there = plans.those(found, bound, moved) if moved else []
        if not found.settled or not before.rows or _on_page(before, there) != were:
            return None
        return dict(complete(found, plans.some(found, bound, were))) if were else {}
    now = dict(complete(found, plans.some(found, bound, moved))) if moved else {}
    return now if now.keys() == were else None


def _on_page(before: Kept, ids: Iterable[str]) -> set[str]:
    """Those of some rows that stand no further than the last one of a page, which is in the order of hub ids."""
    rows = [*before.rows]
    last, down = rows[-1], rows[0] > rows[-1]
    return {i for i in ids if (i >= last if down else i <= last)}


def _later(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    """Whether numbers are of a later moment than others."""
    return any(number > other.get(kind, 0) for kind, number in one.items())


def complete(found: Plan, keyed: Iterable[Row]) -> Iterator[tuple[str, Row]]:
    """Rows by hub id, their digests put in."""
    for identity, _, *row in keyed:
        if found.row_hash is None:
            yield identity, tuple(row)
        else:
            shown, hashed, *people = row
            yield identity, (with_hash(found.row_hash, shown, hashed), *people)
