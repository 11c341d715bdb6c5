"""Comparing both sides by a digest of each table, made of every value of every row as it is read."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from ...errors import Problem, Stop
from ..connection import Connection
from .copying import Databases, every_table
from .marks import Mark, keep, marks_of
from .tables import Row, Table, pages

_BYTES = 16

_encode = msgspec.msgpack.Encoder().encode


class Digest(NamedTuple):
    """How many rows a table has, and the sum of their digests: the same in whichever order they are read."""

    rows: int = 0
    total: int = 0

    def and_of(self, rows: list[Row]) -> Digest:
        """The digest of some more rows. Texts, numbers and bytes that look alike are different."""
        each = (blake2b(_encode(row), digest_size=_BYTES).digest() for row in rows)
        total = sum((int.from_bytes(one) for one in each), self.total)
        return Digest(self.rows + len(rows), total % (1 << 8 * _BYTES))


def verified(source: Databases, target: Databases) -> Iterator[int]:
    """Compare what has not been compared yet; yields how many rows are read on either side.

    Raises `Stop` where a table is not the same.
    """
    reached = {name: marks_of(one) for name, one in target.items()}
    for of in every_table():
        step = f"comparing {of.step}"
        done = reached[of.database].get(step, Mark())
        yield 2 * done.rows
        if not done.whole:
            rows = yield from _compared(source[of.database], target[of.database], of)
            keep(target[of.database], step, Mark(rows, (), whole=True))


def _compared(source: Connection, target: Connection, of: Table) -> Generator[int, None, int]:
    before = yield from _digest(source, of)
    after = yield from _digest(target, of)
    if before != after:
        raise _differs(of, before, after)
    return before.rows


def _digest(side: Connection, of: Table) -> Generator[int, None, Digest]:
    found = Digest()
    for rows, _ in pages(side, of):
        found = found.and_of(rows)
        yield len(rows)
    return found


def _differs(of: Table, before: Digest, after: Digest) -> Stop:
    counted = f"{before.rows:,} rows came to {after.rows:,}"
    what = counted if before.rows != after.rows else "not every row is what it was"
    hint = "the source is as it was; run the command again, and report this if it stops again"
    return Stop(Problem(f"{of.name} in {of.database}", f"what was copied is not what there is: {what}", hint))
