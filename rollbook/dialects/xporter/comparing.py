"""Comparing the rows of a table with those that a caller has: every row, or those that may be other ones."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from ...consent.session import Plan, Session
from ...consent.slips import People
from .datasets import MODULUS, Held, Rows

PAUSE = 500
"""How many rows are compared before other requests have their turn."""

Keyed = Iterable[tuple[str, str, bytes, People]]
"""Rows with the hub id of their record and their key, and whom they tell of."""

Shown = list[tuple[bytes, People]]
"""Rows that may be shown."""

Args = Mapping[str, Any]


class Entry(NamedTuple):
    """The rows of one key, and what they are told apart by from what the caller has."""

    key: str
    ids: tuple[str, ...]
    digest: bytes
    rows: Shown


class Whole:
    """A table of which every row is read."""

    def __init__(self, before: Rows) -> None:
        self._before = before
        self._then = before.every()
        self._rows: dict[str, Held] = {}
        self._total = 0

    def part(self, plan: Plan, args: Args, session: Session, since: Mapping[str, int]) -> Iterator[Entry | None]:
        """Put the rows of a part on record; gives those that the caller does not have, and None for a pause."""
        return self.all(session.keyed(plan, args))

    def all(self, keyed: Keyed) -> Iterator[Entry | None]:
        """The same of rows that were read."""
        for number, entry in enumerate(by_key(keyed)):
            beside = self._rows.get(entry.key)
            self._rows[entry.key] = Held(entry.digest, [*(beside.ids if beside else ()), *entry.ids])
            self._total += _weight(self._before.table, entry.key, entry.digest)
            then = self._then.get(entry.key)
            if then is None or then.digest != entry.digest:
                yield entry
            elif number % PAUSE == PAUSE - 1:
                yield None

    def now(self) -> Rows:
        """The rows as they are now."""
        return Rows.of(self._before.table, self._rows, self._total % MODULUS, self._before.spread)

    def gone(self) -> list[str]:
        """The keys that the caller has and that are there no longer."""
        return list(self._then.keys() - self._rows.keys())

    def left(self) -> list[str]:
        """The hub ids of the rows that are there no longer."""
        return [identity for key in self.gone() for identity in self._then[key].ids]


class Some:
    """A table of which those rows are read that may be other ones."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._gone: dict[str, list[str]] = {}

    def part(self, plan: Plan, args: Args, session: Session, since: Mapping[str, int]) -> Iterator[Entry]:
        """Read the rows that may be other ones since kinds of record stood at some numbers; gives those that are.

        The rows that have the same keys are read with them.
        """
        ids = session.moved(plan, since.keys() & plan.moved.keys(), since)
        fresh = list(session.keyed(plan, args, ids)) if ids else []
        touched = {*self._rows.keys_of(ids).values(), *(key for _, key, *_ in fresh)}
        old = self._rows.at(touched)
        beside = {identity for held in old.values() for identity in held.ids} - ids
        if beside:
            ids |= beside
            fresh = list(session.keyed(plan, args, ids))
        yield from self._replace(ids, old, {entry.key: entry for entry in by_key(fresh)})

    def _replace(self, ids: set[str], old: Mapping[str, Held], new: Mapping[str, Entry]) -> Iterator[Entry]:
        """Put rows in the place of those with the same keys; gives those that differ."""
        self._rows.replace(ids, old, {key: Held(entry.digest, list(entry.ids)) for key, entry in new.items()})
        total, table = self._rows.total, self._rows.table
        total -= sum(_weight(table, key, held.digest) for key, held in old.items())
        total += sum(_weight(table, key, entry.digest) for key, entry in new.items())
        self._rows.total = total % MODULUS
        self._gone |= {key: old[key].ids for key in sorted(old.keys() - new.keys())}
        yield from (entry for key, entry in new.items() if key not in old or old[key].digest != entry.digest)

    def now(self) -> Rows:
        """The rows as they are now."""
        return self._rows

    def gone(self) -> list[str]:
        """The keys that the caller has and that are there no longer."""
        return list(self._gone)

    def left(self) -> list[str]:
        """The hub ids of the rows that are there no longer."""
        return [identity for ids in self._gone.values() for identity in ids]


def by_key(keyed: Keyed) -> Iterator[Entry]:
    """Rows together by key."""
    for key, rows in itertools.groupby(keyed, itemgetter(1)):
        ids, shown = list[str](), Shown()
        for identity, _, row, people in rows:
            ids.append(identity)
            shown.append((row, people))
        yield Entry(key, tuple(ids), _digest(shown), shown)


def bodies_of(rows: Shown) -> list[bytes]:
    """What is shown of rows."""
    return [row for row, _ in rows]


def _digest(rows: Shown) -> bytes:
    return hashlib.blake2b(b"".join(bodies_of(rows)), digest_size=8).digest()


def _weight(table: str, key: str, digest: bytes) -> int:
    row = b"\0".join((table.encode(), key.encode(), digest))
    return int.from_bytes(hashlib.blake2b(row, digest_size=16).digest(), "big")
