"""Rows that a service gave, as tables of a roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..roster.layouts import LAYOUTS
from ..tables import Layout, Table

SERVED: Mapping[str, Layout] = {of.name: replace(of, ending="") for of in LAYOUTS}
"""The tables of a roster that comes in no files: a row's place is its number in what was listed."""


def table_of(of: Layout, rows: Sequence[Mapping[str, str]]) -> Table:
    """A table of rows by column; a column that a row does not have is blank in it."""
    names = dict.fromkeys((*(column.name for column in of.columns), *(name for row in rows for name in row)))
    return Table(of, {name: tuple(row.get(name, "") for row in rows) for name in names}, range(1, len(rows) + 1))
