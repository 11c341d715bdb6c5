"""Canonical records in CSV, as a folder or a ZIP: one file for each kind of record, one column for each of its facts.

It is for whatever has no connector of its own yet: a school's system that can write tables fills every table of every
dialect with it. `student.csv` holds students: a `key` of the source's own for each row, a column for each fact by its
name in docs/reference/records.md, and in the columns that refer to other records their keys. A field without a column
is unknown. If a kind has no file, its records stay as they were. `district.csv` has one row, the district that the
records are of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from ..fields import Field
from ..ingest.bundle import MOST_BYTES, open_bundle
from ..ingest.kinds import BY_TABLE, KEY, KINDS
from ..ingest.records import LAYOUTS, Told
from ..ingest.rows import Origin, Problems, Progress, Reading, Stream, silent
from ..ingest.tables import Layout, Table, parse
from ..model.organisation import District

MOST_BROUGHT = 512 << 20
"""What an agent brings may unpack to this many bytes: it arrives while a hub answers others."""


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
        found = Records(problems, may_empty=self.may_empty, only_utf8=self.only_utf8)
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
class Records(Told):
    """The files as tables."""

    only_utf8: bool = False

    def take_all(self, files: Mapping[str, Callable[[], bytes | None]], progress: Progress) -> None:
        """Read the files by their names, and find out which district they are of."""
        for name in sorted(files.keys() - {of.file for of in LAYOUTS.values()}):
            self.problems.add(name, name, "is not named after a kind of record", "see docs/reference/records.md")
        wanted = [of for of in LAYOUTS.values() if of.file in files]
        for done, of in enumerate(wanted):
            progress("reading", done, len(wanted))
            self.take(self._table(of, files[of.file]()))
        progress("reading", len(wanted), len(wanted))
        self.place()

    def _table(self, of: Layout, data: bytes | None) -> Table:
        if data is None:
            return Table(of, {}, broken=True)
        table = parse(of, data, self.problems, only_utf8=self.only_utf8)
        for name in table.columns.keys() - {column.name for column in of.columns}:
            said = f"column {name!r} is not a field of {BY_TABLE[of.name].__name__}"
            self.problems.add(f"{of.file} columns", f"{of.file} line 1", said)
        return table

    def place(self) -> None:
        """Find out which district the records are of."""
        table = self.tables.get(District)
        if table is None or table.broken:
            return
        if len(table) > 1:
            said = f"has {len(table)} rows"
            self.problems.add("district.csv", "district.csv", said, "import each district separately")
        for key, name in table.cells(KEY, "name"):
            self.origin = Origin(key, name or None, self.schools())

    def _within(self, name: str, found: list[Stream]) -> list[Stream]:
        # What is in no file stays as it was, also the district.
        return found
