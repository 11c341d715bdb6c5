"""How new rows of a kind of record are written: their columns, and what becomes of the values given for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ..fields import Day, Record


@dataclass(frozen=True)
class Shape:
    """How new rows of a kind of record are written."""

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


@cache
def shape_of(record: type[Record]) -> Shape:
    """How new rows of a kind are written."""
    names = (*record.stored(), "remainder")
    return Shape(
        names,
        frozenset({*names, "id"}),
        tuple((names.index(name), name, ref.target) for name, ref in record.refs().items()),
        tuple(names.index(name) for name, fact in record.stored().items() if isinstance(fact, Day)),
        ("key", "district", "given" if record.numbered else "id", *names),
    )
