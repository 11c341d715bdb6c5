"""The kinds of record as they were when the layout changed: frozen, since the model goes on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from .. import schema

FILE = schema.MIGRATIONS / f"records_{schema.BEGINNINGS['records']:04d}.json"


@dataclass(frozen=True)
class Kind:
    """A kind of record: its number among the kinds, its table, and the tables that its references lead to, by column.

    A `numbered` kind keeps the hub id that a record had as the one that it was given; `days` are numbers now.
    """

    number: int
    name: str
    table: str
    numbered: bool
    references: dict[str, str]
    days: list[str]

    @property
    def known_by(self) -> str:
        """The column of the new layout that keeps the hub id."""
        return "given" if self.numbered else "id"


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of record that had a table, by its name."""
    listed = json.loads(FILE.read_text())
    return {name: Kind(number, name, **facts) for number, (name, facts) in enumerate(listed.items())}


@cache
def tables() -> dict[str, Kind]:
    """The same by table."""
    return {kind.table: kind for kind in kinds().values()}
