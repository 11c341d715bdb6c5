"""How new rows of a kind of record are written: their columns, and what becomes of the values given for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ..fields import Day, Record
from .numbering import UNIQUE_IDS


@dataclass(frozen=True)
class Shape:
    """How new rows of a kind of record are written."""

    record: type[Record]
    names: tuple[str, ...]
    """The columns that a row may bring, beside its hub id."""
    known: frozenset[str]
    """All that it may bring."""
    leads: tuple[tuple[int, str, type[Record]], ...]
    """Which of the columns refer to others, with their names, and to which kind."""
    days: tuple[int, ...]
    """Which of the columns are days, stored as numbers."""
    stored: tuple[str, ...]
    """What is stored of a row: the key, the district, the hub id that was given, and the columns."""

    def saying(self, said: frozenset[str], rows: int) -> Shape:
        """How so many rows are written that bring no more than this; what the hub fills in has a column nevertheless.

        Few rows are written with all columns, by one statement whatever they say.
        """
        if not said <= self.known:
            raise TypeError(f"{self.record.__name__} has no {', '.join(sorted(said - self.known))}")
        if rows < FEW:
            return self
        return _shape(self.record, tuple(name for name in self.names if name in said or name in FILLED))


FEW = 100

FILLED = frozenset({"mis_id", "xid", *UNIQUE_IDS})
"""What the hub gives where a row does not bring it."""


def shape_of(record: type[Record]) -> Shape:
    """How new rows of a kind are written."""
    return _shape(record, (*record.stored(), "remainder"))


@lru_cache(maxsize=4096)
def _shape(record: type[Record], names: tuple[str, ...]) -> Shape:
    return Shape(
        record,
        names,
        frozenset({*record.stored(), "remainder", "id"}),
        tuple((names.index(name), name, ref.target) for name, ref in record.refs().items() if name in names),
        tuple(names.index(n) for n, fact in record.stored().items() if isinstance(fact, Day) and n in names),
        ("key", "district", "given" if record.numbered else "id", *names),
    )
