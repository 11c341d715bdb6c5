"""CSV files as tables: what their columns must hold is declared in a line, and checked column by column."""

from __future__ import annotations

import csv
import io
import re
from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property, lru_cache
from itertools import compress, repeat
from typing import Self

from .columns import blanks, chosen, distinct
from .csv_rows import CsvRows
from .rows import Aside, Problems

MARKS = re.compile(
    r"(?P<name>\w[\w. ]*)(?P<required>[!^]?)(?P<kind>[@?~%#]?)(?P<many>>>)?(?:>?(?P<to>\w+))?(?P<loose>\*?)"
)
# A photograph or a document is a cell of some megabytes; Python would refuse it at 128 KB.
csv.field_size_limit(64 << 20)

KINDS = {"@": "date", "?": "flag", "~": "moment", "%": "grades", "#": "decimal", "": "text"}


@dataclass(frozen=True)
class Column:
    """What one column of a file must hold; `to` names the file whose rows it refers to.

    A row is not without a `required` cell, a file not without a `headed` column. What a `loose` one refers to may be
    missing: filters of exporters often leave it out.
    """

    name: str
    required: bool = False
    kind: str = "text"
    to: str = ""
    many: bool = False
    choices: frozenset[str] = frozenset()
    headed: bool = False
    loose: bool = False


@dataclass(frozen=True)
class Layout:
    """The columns of a file, and which one is its key."""

    name: str
    columns: tuple[Column, ...]
    key: str
    dropped: frozenset[str] = frozenset()
    ending: str = ".csv"
    any_case: bool = False
    """Whether a header may spell its columns in small or capital letters as it likes."""

    @property
    def file(self) -> str:
        """The file's name in the bundle, or what else its rows came from."""
        return f"{self.name}{self.ending}"

    def named(self, header: Sequence[str]) -> list[str]:
        """A header by the names of the columns that it means."""
        names = {c.name.lower(): c.name for c in self.columns} if self.any_case else {}
        names |= {name.lower(): name for name in self.dropped} if self.any_case else {}
        return [names.get(name.strip().lower(), name) for name in header]

    def requiring(self, *names: str) -> Layout:
        """The same, where these columns must not be blank either."""
        return replace(self, columns=tuple(replace(c, required=True) if c.name in names else c for c in self.columns))


def layout(
    name: str, columns: str | Iterable[str], *, key: str, dropped: Iterable[str] = (), **choices: Iterable[str]
) -> Layout:
    """Columns: `!` required, `^` in the header, `@` day, `?` true or false, `~` moment, `%` grades, `#` number,
    `>orgs` one of its rows, `>>` many, `*` which may be missing."""
    made: list[Column] = []
    for word in columns.split() if isinstance(columns, str) else columns:
        m = MARKS.fullmatch(word)
        if m is None:
            raise TypeError(f"{name}: cannot read the column {word}")
        allowed = frozenset(choices.get(m["name"], ()))
        needed, kind, to = m["required"], KINDS[m["kind"]], m["to"] or ""
        flags = {"many": bool(m["many"]), "headed": bool(needed), "loose": bool(m["loose"])}
        made.append(Column(m["name"], needed == "!", kind, to, choices=allowed, **flags))
    return Layout(name, tuple(made), key, frozenset(dropped))


class Line(int):
    """A line of a file that is not called as the table is into which its rows went."""

    file: str

    @classmethod
    def of(cls, file: str, number: int) -> Self:
        """A line by its number, from 1."""
        line = cls(number)
        line.file = file
        return line


@dataclass
class Table:
    """The rows of one file, column by column; `lines` says where each row begins.

    `aside` are faults of rows that are not in it; `gone` the keys of what is to be deleted.
    """

    layout: Layout
    columns: dict[str, Sequence[str]]
    lines: Sequence[int] = ()
    broken: bool = False
    gone: frozenset[str] = frozenset()
    aside: tuple[Aside, ...] = ()

    def __getitem__(self, name: str) -> Sequence[str]:
        """A column, blank in every row when the file does not have it."""
        found = self.columns.get(name)
        return self._blank if found is None else found

    def __len__(self) -> int:
        return len(self.lines)

    @cached_property
    def _blank(self) -> Sequence[str]:
        return blanks(len(self))

    @cached_property
    def keys(self) -> dict[str, int]:
        """Where the row of each key is."""
        found = {key: at for at, key in enumerate(self[self.layout.key])}
        if len(found) == len(self):
            # The column has the same texts, so that each is held once.
            self.columns = {**self.columns, self.layout.key: tuple(found)}
        return found

    @property
    def keyed(self) -> bool:
        """Whether each row has a key of its own."""
        return len(distinct(self[self.layout.key])) == len(self)

    def cells(self, *names: str) -> Iterator[tuple[str, ...]]:
        """The named cells, row by row."""
        return zip(*(self[n] for n in names), strict=True)

    def get(self, key: str, name: str) -> str:
        """One cell; blank when there is no such row."""
        at = self.keys.get(key)
        return "" if at is None else self[name][at]

    def place(self, at: int) -> tuple[str, int]:
        """Where a row came from."""
        line = self.lines[at]
        return line.file if isinstance(line, Line) else self.layout.file, int(line)

    def places(self) -> Iterator[tuple[str, int]]:
        """Where each row came from."""
        return map(self.place, range(len(self)))

    def extras(self, *names: str) -> Iterable[dict[str, str] | None]:
        """Of each row what the named columns hold, and those that no layout knows, for its remainder."""
        known = {c.name for c in self.layout.columns} | self.layout.dropped
        wanted = [n for n in (*names, *(c for c in self.columns if c not in known)) if any(distinct(self[n]))]
        if not wanted:
            return repeat(None, len(self))
        return ({n: c for n, c in zip(wanted, row, strict=True) if c} or None for row in self.cells(*wanted))

    def without(self, names: Collection[str]) -> Table:
        """The table less some columns."""
        return replace(self, columns={name: cells for name, cells in self.columns.items() if name not in names})

    def less(self, rows: Collection[int]) -> Table:
        """The table less some rows."""
        return self.only([at not in rows for at in range(len(self))]) if rows else self

    def only(self, stay: Sequence[bool]) -> Table:
        """The table with those of its rows that stay."""
        columns = {name: chosen(cells, stay) for name, cells in self.columns.items()}
        lines = tuple(compress(self.lines, stay))
        return replace(self, columns=columns, lines=lines)

    def none(self) -> Table:
        """The table without any of its rows."""
        return replace(self, columns=dict.fromkeys(self.columns, ()), lines=())

    def patched(self, delta: Table) -> Table:
        """The table with a delta laid over it."""
        names = list(self.columns | delta.columns)
        lines = {key: t.lines[at] for t in (self, delta) for key, at in t.keys.items()}
        rows = {t[t.layout.key][at]: row for t in (self, delta) for at, row in enumerate(t.cells(*names))}
        for key in delta.gone:
            rows.pop(key, None)
        cells = zip(*rows.values(), strict=True) if rows else ((),) * len(names)
        columns: dict[str, Sequence[str]] = dict(zip(names, cells, strict=True))
        return replace(delta, columns=columns, lines=[lines[key] for key in rows])


def parse(of: Layout, data: bytes, problems: Problems, *, only_utf8: bool = False, delimiter: str = ",") -> Table:
    """Read a file, in UTF-8 or as Excel saves it; a table is `broken` when its keys cannot be trusted.

    No reference is held to one that is.
    """
    encoding = _encoding(of.file, data, problems, only_utf8)
    if encoding is None:
        return Table(of, {}, broken=True)
    text = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    read = CsvRows(packed=b"\0" not in data)
    read.all(csv.reader(text, strict=True, delimiter=delimiter))
    if read.failed:
        begun = read.begun + 1
        where = f"{of.file} line {begun}" + (f" to {read.line}" if read.line > begun else "")
        problems.add(
            of.file, where, f"is not valid CSV: {read.failed}", "double each quotation mark inside a quoted cell"
        )
    table = _table(of, read, problems)
    return table if read.packed else _without_zeros(table, problems)


def _encoding(file: str, data: bytes, problems: Problems, only_utf8: bool) -> str | None:
    """In what a file is written; None where it cannot be read."""
    hint = "save the file as UTF-8"
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in data[:4]:
        problems.add(file, file, "is UTF-16, which Excel calls Unicode text", f"{hint}: in Excel, CSV UTF-8")
        return None
    try:
        if not data.isascii():
            _decode(data)
        return "utf-8-sig"
    except UnicodeDecodeError as error:
        line, byte = data.count(b"\n", 0, error.start) + 1, f"0x{data[error.start]:02X}"
        windows = not only_utf8 and _is_windows(data)
        if only_utf8:
            problems.add(file, f"{file} line {line}", f"byte {error.start + 1:,} ({byte}) is not UTF-8", hint)
        elif not windows:
            said = f"byte {error.start + 1:,} ({byte}) is neither UTF-8 nor, with the rest of the file, Windows-1252"
            problems.add(file, f"{file} line {line}", said, hint)
        else:
            problems.meant[file, f"is not UTF-8 and was read as Windows-1252; {hint}"] += 0
        return "windows-1252" if windows else None


def _decode(data: bytes) -> None:
    """Raise `UnicodeDecodeError` where a file is not UTF-8."""
    decoder, part = getincrementaldecoder("utf-8")(), 1 << 20
    try:
        for at in range(0, len(data), part):
            decoder.decode(data[at : at + part], final=at + part >= len(data))
    except UnicodeDecodeError:
        # Where in the file it is not is told by decoding all of it.
        data.decode("utf-8-sig")


def _is_windows(data: bytes) -> bool:
    """Whether a text is in Windows-1252, as Excel saves CSV in much of the world; false where that is not certain."""
    lossy = data.decode("utf-8", "ignore")
    if not lossy.isascii():
        # Parts of it are UTF-8: read as Windows-1252, those would become nonsense.
        return False
    try:
        data.decode("windows-1252")
    except UnicodeDecodeError:
        return False
    return True


def _table(of: Layout, read: CsvRows, problems: Problems) -> Table:
    if read.header is None:
        problems.add(of.file, of.file, "has no header line", f"expected {_header(of)}")
        return Table(of, {}, broken=True)
    if read.width < len(read.header):
        problems.meant[of.file, "columns without a name at the end of the header were left out"] += 0
    header = _as_meant(of, of.named(read.header[: read.width]), problems)
    broken = _check_header(of, header, problems) or bool(read.failed)
    aside = tuple(_misshapen(of, header, row, line) for row, line in read.misshapen)
    columns = dict(zip(header, read.cells, strict=True))
    return Table(of, columns, read.begins, broken, aside=aside)


def _as_meant(of: Layout, header: list[str], problems: Problems) -> list[str]:
    """The header, where a column that a file may be without is told from its name though a letter of it is wrong."""
    known, found = {c.name for c in of.columns} | of.dropped, list(header)
    free = {c.name for c in of.columns if not (c.required or c.headed)} - set(header)
    for at, name in enumerate(header):
        meant = "" if name in known else _alike(name, free)
        if meant and header.count(name) == 1:
            problems.meant[of.file, f"column {name} was read as {meant}"] += 0
            found[at] = meant
            free.discard(meant)
    return found


def _misshapen(of: Layout, header: list[str], row: list[str], line: int) -> Aside:
    # Where the key comes before what is missing or too much, it can be told. If it is not the key, nothing has it.
    at = header.index(of.key) if of.key in header else len(row)
    said = f"has {len(row)} cells, expected {len(header)} as in the header"
    hint = "quote a cell that holds a comma"
    return Aside(of.name, row[at] if at < len(row) else "", (of.file, line), "", said, hint)


def _without_zeros(table: Table, problems: Problems) -> Table:
    """The table less the rows with the character U+0000, which no record can hold."""
    said, file = ("holds the character U+0000", "leave it out"), table.layout.file
    for name in table.columns:
        if "\0" in name:
            problems.add(file, f"{file} line 1", f"column {name!r} {said[0]}", said[1])
    found = {(at, name) for name, cells in table.columns.items() for at, cell in enumerate(cells) if "\0" in cell}
    keys = [key.replace("\0", "") for key in table[table.layout.key]]
    aside = (Aside(table.layout.name, keys[at], table.place(at), name, *said) for at, name in sorted(found))
    return replace(table.less({at for at, _ in found}), aside=(*table.aside, *aside))


def _header(of: Layout) -> str:
    return ",".join(c.name for c in of.columns)


def _check_header(of: Layout, header: list[str], problems: Problems) -> bool:
    """Whether the header is so wrong that the file's rows cannot be told apart."""
    where = f"{of.file} line 1"
    known = {c.name for c in of.columns}
    missing = known - set(header)
    for name, count in Counter(header).items():
        if count > 1:
            problems.add(f"{where} twice", where, f"column {name} appears {count} times")
        elif name not in known | of.dropped and (meant := _meant(name, missing)):
            problems.add(where, where, f"column {name} is not known", f"did you mean {meant}?")
            missing.discard(meant)
    for column in of.columns:
        if (column.required or column.headed) and column.name in missing:
            problems.add(where, where, f"column {column.name} is missing", f"expected {_header(of)}")
    return of.key not in header or len(set(header)) != len(header)


def _meant(name: str, missing: set[str]) -> str:
    stems = {_stem(m): m for m in missing}
    return _alike(name, missing, 0.85) or stems.get(_stem(name), "")


def _alike(name: str, names: set[str], least: float = 0.92) -> str:
    """The one of some names that is spelled almost like this one."""
    lower = {m.lower(): m for m in names}
    close = get_close_matches(name.strip().lower(), lower, n=1, cutoff=least)
    return lower[close[0]] if close else ""


def _stem(name: str) -> str:
    """A name of a column less what says only that it refers to something: `terms` and `termSourcedIds` are alike."""
    return re.sub(r"(sourced)?_?ids?$", "", name.strip().lower()).removesuffix("s")


@lru_cache(maxsize=1 << 16)
def split(value: str) -> tuple[str, ...]:
    """The parts of a cell that holds a list."""
    return tuple(part.strip() for part in value.split(",") if part.strip())
