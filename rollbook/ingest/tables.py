"""CSV files as tables: what their columns must hold is declared in a line, and checked column by column."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import cached_property, lru_cache
from itertools import compress

from ..errors import nearest
from .rows import Problems

MARKS = re.compile(r"(?P<name>[\w.]+)(?P<required>!?)(?P<kind>[@?~]?)(?P<many>>>)?(?:>?(?P<to>\w+))?")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")
# A photograph or a document is a cell of some megabytes; Python would refuse it at 128 KB.
csv.field_size_limit(64 << 20)

KINDS = {"@": "date", "?": "flag", "~": "moment", "": "text"}


@dataclass(frozen=True)
class Column:
    """What one column of a file must hold; `to` names the file whose rows it refers to."""

    name: str
    required: bool = False
    kind: str = "text"
    to: str = ""
    many: bool = False
    choices: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Layout:
    """The columns of a file, and which one is its key."""

    name: str
    columns: tuple[Column, ...]
    key: str
    dropped: frozenset[str] = frozenset()

    @property
    def file(self) -> str:
        """The file's name in the bundle."""
        return f"{self.name}.csv"


def layout(name: str, columns: str, *, key: str, dropped: Iterable[str] = (), **choices: Iterable[str]) -> Layout:
    """Columns: `!` required, `@` day, `?` true or false, `~` moment, `>orgs` one of its rows, `>>` many."""
    made: list[Column] = []
    for word in columns.split():
        m = MARKS.fullmatch(word)
        if m is None:
            raise TypeError(f"{name}: cannot read the column {word}")
        allowed = frozenset(choices.get(m["name"], ()))
        made.append(Column(m["name"], bool(m["required"]), KINDS[m["kind"]], m["to"] or "", bool(m["many"]), allowed))
    return Layout(name, tuple(made), key, frozenset(dropped))


@dataclass
class Table:
    """The rows of one file, column by column; `lines` says where each row begins."""

    layout: Layout
    columns: dict[str, Sequence[str]]
    lines: Sequence[int] = ()
    broken: bool = False
    gone: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> Sequence[str]:
        """A column, blank in every row when the file does not have it."""
        found = self.columns.get(name)
        return self._blank if found is None else found

    def __len__(self) -> int:
        return len(self.lines)

    @cached_property
    def _blank(self) -> Sequence[str]:
        return ("",) * len(self)

    @cached_property
    def keys(self) -> dict[str, int]:
        """Where the row of each key is."""
        return {key: at for at, key in enumerate(self[self.layout.key])}

    def cells(self, *names: str) -> Iterator[tuple[str, ...]]:
        """The named cells, row by row."""
        return zip(*(self[n] for n in names), strict=True)

    def get(self, key: str, name: str) -> str:
        """One cell; blank when there is no such row."""
        at = self.keys.get(key)
        return "" if at is None else self[name][at]

    def place(self, at: int) -> tuple[str, int]:
        """Where a row came from."""
        return self.layout.file, self.lines[at]

    def extras(self, *names: str) -> list[dict[str, str] | None]:
        """Of each row what the named columns hold, and those that no layout knows, for its remainder."""
        known = {c.name for c in self.layout.columns} | self.layout.dropped
        wanted = [n for n in (*names, *(c for c in self.columns if c not in known)) if any(self[n])]
        if not wanted:
            return [None] * len(self)
        return [{n: c for n, c in zip(wanted, row, strict=True) if c} or None for row in self.cells(*wanted)]

    def without(self, names: Collection[str], rows: Collection[int] = ()) -> Table:
        """The table less some columns and rows; the keys of the rows are `gone`."""
        columns = {name: cells for name, cells in self.columns.items() if name not in names}
        if not rows:
            return replace(self, columns=columns)
        stay = [at not in rows for at in range(len(self))]
        columns = {name: tuple(compress(cells, stay)) for name, cells in columns.items()}
        gone = self.gone | {self[self.layout.key][at] for at in rows}
        return replace(self, columns=columns, lines=tuple(compress(self.lines, stay)), gone=gone)

    def patched(self, delta: Table) -> Table:
        """The table with a delta laid over it."""
        names = list(self.columns | delta.columns)
        lines = dict.fromkeys(self.keys, 0) | {key: delta.lines[at] for key, at in delta.keys.items()}
        rows = {t[t.layout.key][at]: row for t in (self, delta) for at, row in enumerate(t.cells(*names))}
        for key in delta.gone:
            rows.pop(key, None)
        cells = zip(*rows.values(), strict=True) if rows else ((),) * len(names)
        columns: dict[str, Sequence[str]] = dict(zip(names, cells, strict=True))
        return Table(self.layout, columns, [lines[key] for key in rows], delta.broken, delta.gone)


def parse(of: Layout, data: bytes, problems: Problems) -> Table:
    """Read a file; a table is `broken` when its keys cannot be trusted: no reference is held to it."""
    text = _decode(of.file, data, problems)
    if text is None:
        return Table(of, {}, broken=True)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    failed = ""
    try:
        rows.extend(reader)
    except csv.Error as error:
        failed = str(error)
    lines = _lines(text, rows, reader.line_num)
    if failed:
        begun = (lines[-1] + 1) if lines else 1
        where = f"{of.file} line {begun}" + (f" to {reader.line_num}" if reader.line_num > begun else "")
        problems.add(of.file, where, f"is not valid CSV: {failed}", "double each quotation mark inside a quoted cell")
    return _table(of, rows, lines, bool(failed), problems)


def _decode(file: str, data: bytes, problems: Problems) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        said = f"byte {error.start + 1:,} (0x{data[error.start]:02X}) is not UTF-8"
        problems.add(file, f"{file} line {line}", said, "save the file as UTF-8")
        return None


def _lines(text: str, rows: list[list[str]], last: int) -> Sequence[int]:
    if last == len(rows):
        return range(1, last + 1)
    # A quoted cell may run over several lines.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = [1]
    for _ in rows:
        next(reader)
        begins.append(reader.line_num + 1)
    return begins[:-1]


def _table(of: Layout, rows: list[list[str]], lines: Sequence[int], broken: bool, problems: Problems) -> Table:
    if not rows:
        problems.add(of.file, of.file, "has no header line", f"expected {_header(of)}")
        return Table(of, {}, broken=True)
    header, width = rows[0], len(rows[0])
    if _check_header(of, header, problems):
        broken = True
    if set(map(len, rows)) != {width}:
        for row, line in zip(rows, lines, strict=True):
            if row and len(row) != width:
                said = f"has {len(row)} cells, expected {width} as in the header"
                problems.add(f"{of.file} rows", f"{of.file} line {line}", said)
        good = [i for i, row in enumerate(rows) if len(row) == width]
        broken = broken or any(row and len(row) != width for row in rows)
        rows, lines = [rows[i] for i in good], [lines[i] for i in good]
    columns: dict[str, Sequence[str]] = dict.fromkeys(header, ())
    if rows[1:]:
        columns.update(zip(header, zip(*rows[1:], strict=True), strict=True))
    return Table(of, columns, lines[1:], broken)


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
        if column.required and column.name in missing:
            problems.add(where, where, f"column {column.name} is missing", f"expected {_header(of)}")
    return of.key not in header or len(set(header)) != len(header)


def _meant(name: str, missing: set[str]) -> str:
    lower = {m.lower(): m for m in missing}
    close = get_close_matches(name.strip().lower(), lower, n=1, cutoff=0.85)
    return lower[close[0]] if close else ""


def check(table: Table, problems: Problems) -> None:
    """Check each column's distinct values, then name the cells that hold the wrong ones."""
    _check_keys(table, problems)
    for column in table.layout.columns:
        if column.name not in table.columns or column.name == table.layout.key:
            continue
        distinct = set(table[column.name])
        wrong = {v: said for v in distinct if (said := _wrong(column, v))}
        if wrong:
            _name_cells(table, column.name, wrong, problems)


def _check_keys(table: Table, problems: Problems) -> None:
    keys = table[table.layout.key]
    if len(table.keys) == len(keys) and "" not in table.keys:
        return
    first: dict[str, int] = {}
    for at, key in enumerate(keys):
        if not key:
            problems.cell(table.place(at), table.layout.key, "is empty", "expected an id")
        elif key in first:
            said = f"{key!r} is also the id of line {table.lines[first[key]]}"
            problems.cell(table.place(at), table.layout.key, said, "each row needs its own id")
        else:
            first[key] = at


def _wrong(column: Column, value: str) -> tuple[str, str] | None:
    if not value:
        return ("is empty", _expected(column)) if column.required else None
    if column.choices and value not in column.choices and not value.startswith("ext:"):
        return f"{value!r} is not an allowed value", nearest(value, column.choices)
    if CHECKS[column.kind](value):
        return None
    return f"{value!r} is not {_a(column.kind)}", _expected(column)


def _a(kind: str) -> str:
    return {
        "date": "a day",
        "flag": "true or false",
        "bit": "0 or 1",
        "number": "a whole number",
        "decimal": "a number",
        "time": "a time of day",
        "datetime": "a date and a time of day",
        "moment": "a moment",
    }[kind]


def _expected(column: Column) -> str:
    kinds = {
        "date": "yyyy-MM-dd",
        "flag": "true or false",
        "bit": "0 or 1",
        "number": "digits",
        "decimal": "digits, with a decimal point if needed",
        "time": "HH:MM",
        "datetime": "yyyy-MM-ddTHH:MM:SS",
        "moment": "yyyy-MM-ddTHH:MM:SSZ",
        "text": "a value",
    }
    return "expected " + (" or ".join(sorted(column.choices)) or kinds[column.kind])


def is_day(value: str) -> bool:
    """Whether the text is a day of the calendar, `yyyy-MM-dd`."""
    # The standard library reads ISO 8601's other spellings too, such as that by weeks.
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "text": lambda _: True,
    "date": is_day,
    "flag": lambda value: value in {"true", "false"},
    "bit": lambda value: value in {"0", "1"},
    "number": lambda value: re.fullmatch(r"-?[0-9]{1,18}", value) is not None,
    "decimal": lambda value: re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", value) is not None,
    "time": lambda value: re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value) is not None,
    "datetime": lambda value: is_day(value[:10]) and re.fullmatch(r"T\d\d:[0-5]\d:[0-5]\d", value[10:]) is not None,
    "moment": lambda value: MOMENT.fullmatch(value) is not None,
}


def _name_cells(table: Table, name: str, wrong: Mapping[str, tuple[str, str]], problems: Problems) -> None:
    for at, value in enumerate(table[name]):
        if value in wrong:
            problems.cell(table.place(at), name, *wrong[value])


def drop_orphans(tables: dict[str, Table]) -> None:
    """Let go of what was said before about rows that a delta deletes: deleting a user ends the enrolments too."""
    for name in tables:
        for column in tables[name].layout.columns:
            gone = tables[column.to].gone if column.to in tables else frozenset[str]()
            if gone and column.name in tables[name].columns:
                tables[name] = _without_orphans(tables[name], column, gone)


def _without_orphans(table: Table, column: Column, gone: frozenset[str]) -> Table:
    before = [line == 0 for line in table.lines]
    cells = table[column.name]
    if column.required:
        lost = {at for at, cell in enumerate(cells) if before[at] and cell in gone}
        return table.without((), lost)
    left = [
        ",".join(one for one in split(cell) if one not in gone) if was else cell
        for cell, was in zip(cells, before, strict=True)
    ]
    return replace(table, columns={**table.columns, column.name: left})


def check_references(tables: Mapping[str, Table], problems: Problems) -> None:
    """Report each cell that refers to a missing row, with both sides."""
    for table in tables.values():
        for column in table.layout.columns:
            target = tables.get(column.to)
            if target is None or target.broken or column.name not in table.columns:
                continue
            missing = _missing(set(table[column.name]), target, column.many)
            if missing:
                _name_cells(table, column.name, missing, problems)


def _missing(values: set[str], target: Table, many: bool) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for value in values:
        for one in split(value) if many else (value,):
            if one and one not in target.keys:
                why = "is deleted by this roster" if one in target.gone else "is not there"
                found[value] = (f"{one!r} refers to {target.layout.file}, but {why}", "")
    return found


@lru_cache(maxsize=1 << 16)
def split(value: str) -> tuple[str, ...]:
    """The parts of a cell that holds a list."""
    return tuple(part.strip() for part in value.split(",") if part.strip())
