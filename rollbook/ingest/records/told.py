"""Records as a source tells them, table by table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from ...fields import Record
from ...model.organisation import District, School
from ..cells import check
from ..kinds import BY_TABLE, KEY, KINDS
from ..mapping.paths import Given
from ..mapping.plan import Plan
from ..mapping.tabled import Content, tables
from ..rows import Kept, Origin, Problems, Row, SchoolTold, Stream
from ..tables import Table
from .layouts import LAYOUTS, rows_of

COUNTS = "counts"
"""The name under which it is kept how many rows each table had."""


@dataclass
class Told:
    """The tables of a source. A kind without a table stays as it was."""

    problems: Problems
    notes: list[str] = field(default_factory=list[str])
    tables: dict[type[Record], Table] = field(default_factory=dict[type[Record], Table])
    counts: dict[str, int] = field(default_factory=dict[str, int])
    """How many rows each table had when it was last there."""
    changes: Mapping[type[Record], frozenset[str]] = field(default_factory=dict[type[Record], frozenset[str]])
    """The kinds of which only changes are told, with the keys of what is gone."""
    partly: set[type[Record]] = field(default_factory=set[type[Record]])
    """The kinds of which not all is told, so that nobody can tell what is gone."""
    also: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """What the connector has to find again besides."""
    origin: Origin = field(default_factory=Origin)
    size: int = 0
    may_empty: bool = False

    def take(self, table: Table) -> None:
        """Take a table, and check what can be checked in it alone."""
        kind = BY_TABLE[table.layout.name]
        self.size += len(table)
        good, wrong = check(table, self.problems)
        schools = dict(zip(wrong[KEY], wrong["school"], strict=True))
        aside = [replace(one, kind=kind.__name__, school=schools.get(one.key, "")) for one in good.aside]
        self.problems.aside += aside
        self.tables[kind] = replace(good, aside=tuple(aside))

    def fill(self, plan: Plan, lists: Mapping[str, Sequence[tuple[int, Given]]]) -> None:
        """Take the rows of lists by a mapping, each with its number; what a list would say that is missing stays."""
        parts = tuple(part for part in plan.parts if part.file in lists)
        self.partly |= {BY_TABLE[part.rows.table] for part in plan.parts if part not in parts}
        contents = {(name, ""): Content(name, rows) for name, rows in lists.items()}
        layouts = {of.name: replace(of, ending="") for of in LAYOUTS.values()}
        for table in tables(replace(plan, parts=parts), contents, layouts, self.problems):
            self.take(table)

    def schools(self) -> tuple[SchoolTold, ...]:
        """The schools that are told."""
        table = self.tables.get(School)
        if table is None or table.broken:
            return ()
        return tuple(SchoolTold(*row) for row in table.cells(KEY, "name", "estab", "identifier"))

    def place(self) -> None:
        """Find out which district the records are of, where none of them is one: a school alone is a district."""
        schools = self.schools()
        alone = schools[0].name if len(schools) == 1 else ""
        self.origin = Origin(None, alone or None, schools)

    def streams(self, kept: Kept, name: str) -> list[Stream]:
        """Every record that the tables hold, each kind after those that it refers to."""
        if self.problems.found:
            return []
        self._count(kept(COUNTS))
        found = [self._stream(kind, self.tables[kind]) for kind in KINDS if kind in self.tables]
        return found if District in self.tables else self._within(name, found)

    def _within(self, name: str, found: list[Stream]) -> list[Stream]:
        # A school is of a district, whether its source names one or not.
        own = [Stream(District, [Row("the district", {"name": name}, {})])] if School in self.tables else []
        return [*own, *found]

    def _stream(self, kind: type[Record], table: Table) -> Stream:
        # Of a row without a key nobody can tell which record it is of, so none is missing for certain.
        some = kind in self.changes or kind in self.partly
        whole = not some and all(one.key for one in table.aside)
        gone = self.changes.get(kind, frozenset()) - table.keys.keys()
        others = {"": self.counts.get(table.layout.file, 0)} if some else {}
        return Stream(kind, list(rows_of(kind, table)), whole, gone, frozenset(one.key for one in table.aside), others)

    def _count(self, before: bytes | None) -> None:
        self.counts = msgspec.msgpack.decode(before, type=dict[str, int]) if before else {}
        for kind, table in self.tables.items():
            file, count = table.layout.file, len(table) + len(table.aside)
            if kind in self.changes or kind in self.partly:
                continue
            if not (count or self.may_empty) and self.counts.get(file):
                self.problems.emptied[file] = self.counts[file]
            self.counts[file] = count

    def keep(self) -> Mapping[str, bytes]:
        """How many rows each table has: otherwise each says all of its kind."""
        return {COUNTS: msgspec.msgpack.encode(self.counts, order="sorted"), **self.also}
