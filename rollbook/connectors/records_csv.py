"""Canonical records in CSV, as a folder or a ZIP: one file for each kind of record, one column for each of its facts.

It is for whatever has no connector of its own yet: a school's system that can write tables fills every table of every
dialect with it. `student.csv` holds students: a `key` of the source's own for each row, a column for each fact by its
name in docs/reference/records.md, and in the columns that refer to other records their keys. A field without a column
is unknown. If a kind has no file, its records stay as they were. `district.csv` has one row, the district that the
records are of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import msgspec

from ..fields import Decimal, Field, Flag, Number, Record, Ref, Value
from ..ingest.bundle import MOST_BYTES, open_bundle
from ..ingest.cells import check
from ..ingest.kinds import KEY, KINDS
from ..ingest.rows import Kept, Origin, Problems, Progress, Reading, Row, SchoolTold, Stream, silent
from ..ingest.tables import Column, Layout, Table, parse
from ..model.organisation import District, School


def _layout(kind: type[Record]) -> Layout:
    columns = [Column(KEY, required=True), *(_column(name, fact) for name, fact in kind.stored().items())]
    return Layout(kind.table, tuple(columns), KEY)


def _column(name: str, fact: Field) -> Column:
    if isinstance(fact, Ref):
        return Column(name, name == "school" and not fact.shared, to=fact.target.table)
    return Column(name, kind={"flag": "bit"}.get(fact.kind, fact.kind))


LAYOUTS = {kind: _layout(kind) for kind in KINDS}


MOST_BROUGHT = 512 << 20
"""What an agent brings may unpack to this many bytes: it arrives while a hub answers others."""


COUNTS = "counts"
"""The name under which it is kept how many rows each file had."""


@dataclass
class RecordsCsv:
    """Canonical records in CSV, under the name of a connector; `most` bounds what they unpack to, in bytes.

    A file that has lost all its rows stops an import, unless it `may_empty`: then it is as likely right. What a program
    writes is `only_utf8`; what a person saves may be Windows-1252.
    """

    name: str = "records-csv"
    most: int = MOST_BYTES
    may_empty: bool = False
    only_utf8: bool = False
    format: str = "records"
    fills: frozenset[Field] = frozenset(fact for kind in KINDS for fact in kind.stored().values())

    def read(self, reading: Reading) -> Records:
        """Open a folder or ZIP and read the files in it that are records'."""
        problems = Problems()
        parts = open_bundle(reading.path, problems, most=self.most, known=[of.file for of in LAYOUTS.values()])
        found = Records(problems, self.may_empty, self.only_utf8)
        found.take_all({name: partial(part.read, problems) for name, part in parts.items()}, reading.progress)
        return found

    def changes(self, files: Mapping[str, bytes]) -> Records:
        """Read files that are at hand, each with only some of the rows of its kind."""
        found = Records(Problems(), only_utf8=self.only_utf8)
        found.take_all({name: partial(bytes, data) for name, data in files.items()}, silent)
        return found


RECORDS_CSV = RecordsCsv()
MIS_AGENT = RecordsCsv("mis-agent", MOST_BROUGHT, may_empty=True, only_utf8=True)
"""What a school's agent brings of the records beside it; a kind of which there are none has a file all the same."""


@dataclass
class Records:
    """The files as tables."""

    problems: Problems
    may_empty: bool = False
    only_utf8: bool = False
    notes: list[str] = field(default_factory=list[str])
    tables: dict[type[Record], Table] = field(default_factory=dict[type[Record], Table])
    counts: dict[str, int] = field(default_factory=dict[str, int])
    """How many rows each file had when it was last there."""
    origin: Origin = field(default_factory=Origin)
    size: int = 0

    def take_all(self, files: Mapping[str, Callable[[], bytes | None]], progress: Progress) -> None:
        """Read the files by their names, and find out which district they are of."""
        for name in sorted(files.keys() - {of.file for of in LAYOUTS.values()}):
            self.problems.add(name, name, "is not named after a kind of record", "see docs/reference/records.md")
        wanted = [(kind, of) for kind, of in LAYOUTS.items() if of.file in files]
        for done, (kind, of) in enumerate(wanted):
            progress("reading", done, len(wanted))
            self.take(kind, of, files[of.file]())
        progress("reading", len(wanted), len(wanted))
        self.place()

    def take(self, kind: type[Record], of: Layout, data: bytes | None) -> None:
        """Read one file, and check what can be checked in it alone."""
        table = (
            parse(of, data, self.problems, only_utf8=self.only_utf8) if data is not None else Table(of, {}, broken=True)
        )
        known = {column.name for column in of.columns}
        for name in table.columns.keys() - known:
            said = f"column {name!r} is not a field of {kind.__name__}"
            self.problems.add(f"{of.file} columns", f"{of.file} line 1", said)
        self.size += len(table)
        good, wrong = check(table, self.problems)
        schools = dict(zip(wrong[KEY], wrong["school"], strict=True))
        aside = [replace(one, kind=kind.__name__, school=schools.get(one.key, "")) for one in good.aside]
        self.problems.aside += aside
        self.tables[kind] = replace(good, aside=tuple(aside))

    def place(self) -> None:
        """Find out which district the records are of."""
        table = self.tables.get(District)
        if table is None or table.broken:
            return
        if len(table) > 1:
            said = f"has {len(table)} rows"
            self.problems.add("district.csv", "district.csv", said, "import each district separately")
        for key, name in table.cells(KEY, "name"):
            self.origin = Origin(key, name or None, tuple(self._schools()))

    def _schools(self) -> Iterator[SchoolTold]:
        table = self.tables.get(School)
        if table is not None and not table.broken:
            yield from (SchoolTold(*row) for row in table.cells(KEY, "name", "estab", "identifier"))

    def streams(self, kept: Kept, name: str) -> list[Stream]:
        """Every record that the files hold, each kind after those that it refers to."""
        if self.problems.found:
            return []
        self._count(kept(COUNTS))
        return [self._stream(kind, self.tables[kind]) for kind in KINDS if kind in self.tables]

    def _stream(self, kind: type[Record], table: Table) -> Stream:
        # Of a row without a key nobody can tell which record it is of, so none is missing for certain.
        whole = all(one.key for one in table.aside)
        return Stream(kind, list(_rows(kind, table)), whole, aside=frozenset(one.key for one in table.aside))

    def _count(self, before: bytes | None) -> None:
        self.counts = msgspec.msgpack.decode(before, type=dict[str, int]) if before else {}
        for table in self.tables.values():
            file, count = table.layout.file, len(table) + len(table.aside)
            if not (count or self.may_empty) and self.counts.get(file):
                self.problems.emptied[file] = self.counts[file]
            self.counts[file] = count

    def keep(self) -> Mapping[str, bytes]:
        """How many rows each file has: otherwise each says all of its kind."""
        return {COUNTS: msgspec.msgpack.encode(self.counts, order="sorted")}


READ: dict[type[Field], Callable[[str], Value]] = {Flag: int, Number: int, Decimal: float}


def _rows(kind: type[Record], table: Table) -> Iterator[Row]:
    facts = {n: f for n, f in kind.stored().items() if n in table.columns}
    refs = [n for n, f in facts.items() if isinstance(f, Ref)]
    values = {n: READ.get(type(f), str) for n, f in facts.items() if not isinstance(f, Ref)}
    said, pointed = table.cells(*values) if values else None, table.cells(*refs) if refs else None
    for at, key in enumerate(table[KEY]):
        cells = next(said) if said else ()
        keys = next(pointed) if pointed else ()
        yield Row(
            key,
            {n: read(cell) if cell else None for (n, read), cell in zip(values.items(), cells, strict=True)},
            {n: there or None for n, there in zip(refs, keys, strict=True)},
            None,
            table.place(at),
        )
