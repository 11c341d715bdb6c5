"""A school joins another district, with everything that is its own and under the same ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..errors import Conflict
from ..fields import RECORDS, Record
from ..model.organisation import School
from .kept import Kept
from .writing import Batch

HUB = ("district", "made", "seq", "changed")
"""What a record gets again in another district."""


def move_school(kept: Kept, school: str, old: int, new: int) -> None:
    """Move a school (hub id) from one district to another one, within the caller's transaction.

    The history of the old district says that its records are gone, that of the new one that they are new. Raises
    `Conflict` while people are at the school, a source would bring it again, or it uses what its district shares.
    """
    rows = list(_rows(kept, school, old))
    _check(kept, old, rows)
    kept.pointers.move([row["id"] for _, row in rows], old, new)
    leaving = Batch(kept, old)
    # What refers goes before what it refers to, so that each tombstone still has its whole key.
    for kind, row in reversed(rows):
        leaving.remove(kind, row["id"])
    leaving.settle()
    kept.schools.move_counters(school, old, new)
    coming = leaving.beside(new)
    for kind, row in rows:
        coming.add(kind, [_as_new(row)])
    coming.settle()
    kept.schools.move_beside(school, old, new)


def _check(kept: Kept, old: int, rows: Iterable[tuple[type[Record], dict[str, Any]]]) -> None:
    moved = {row["id"] for _, row in rows}
    for kind, row in rows:
        if kind.human:
            raise Conflict("people are at it, whose records are a part of its district's")
        if kind is School and kept.sources.tells_of(old, row["id"]):
            raise Conflict("a source has it there, and would bring it again")
        if any(row.get(name) and row[name] not in moved for name in kind.refs()):
            raise Conflict("its classes use what its district shares")


def _rows(kept: Kept, school: str, old: int) -> Iterator[tuple[type[Record], dict[str, Any]]]:
    """The school, and every record of it, column by column."""
    for kind in (k for k in RECORDS.values() if k is School or (not k.derived() and "school" in k.fields)):
        yield from ((kind.of_row(row), row) for row in kept.schools.rows(kind, old, school))


def _as_new(row: dict[str, Any]) -> dict[str, Any]:
    # An XID is unique in a district only, so that the new one gives its own.
    return {n: v for n, v in row.items() if n not in HUB and n != "xid"}
