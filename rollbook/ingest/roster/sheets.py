"""Files of other formats, whose rows say what the rows of a roster's tables are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

from ..bundle import Part
from ..mapping.cells import Unreadable
from ..mapping.paths import Given
from ..mapping.rows import Rows, kept
from ..rows import Aside, Problems
from ..tables import Layout, Line, Table, parse, split
from .layouts import LAYOUTS
from .roster import Extent, Roster

FOUND = "+"
"""What stands before the name of a cell that was found out, and is in no file."""

SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: 0?0:00(?::00)?)?")


@dataclass(frozen=True)
class Sheet:
    """The rows of a file by its own columns; `faults` are of rows that cannot be told apart."""

    layout: Layout
    rows: Sequence[Given] = ()
    lines: Sequence[int] = ()
    faults: tuple[Aside, ...] = ()
    broken: bool = False

    def __iter__(self) -> Iterator[Given]:
        return iter(self.rows)

    def finding(self, find: Callable[[Given], Mapping[str, str]]) -> Sheet:
        """The same, with more in each row: what was found out by it, under names that begin with `FOUND`."""
        more = ({FOUND + name: value for name, value in find(row).items()} for row in self.rows)
        return replace(self, rows=[{**row, **found} for row, found in zip(self.rows, more, strict=True)])

    def only(self, counts: Callable[[Given], bool]) -> Sheet:
        """The same with those rows that count."""
        stay = [counts(row) for row in self.rows]
        return replace(self, rows=[*compress(self.rows, stay)], lines=[*compress(self.lines, stay)])

    @property
    def faultless(self) -> Sheet:
        """The same for another use, since each fault is told once."""
        return replace(self, faults=())


def read_sheet(of: Layout, part: Part | None, problems: Problems) -> Sheet:
    """Read a file; one that is not there has no rows."""
    if part is None:
        return Sheet(of)
    data = part.read(problems)
    if data is None:
        return Sheet(of, broken=True)
    table = parse(of, data, problems)
    table = table.without(of.dropped)
    rows = [dict(zip(table.columns, cells, strict=True)) for cells in table.cells(*table.columns)]
    return Sheet(of, rows, table.lines, table.aside, table.broken)


# ---- days


def with_days(sheets: Mapping[str, Sheet], columns: Mapping[str, Iterable[str]]) -> dict[str, Sheet]:
    """Sheets whose days are written `yyyy-MM-dd`; `columns` names those that hold days, by sheet.

    Which of two numbers is the month, all days together tell; where they leave it open it is the first, as Microsoft
    and Clever write days. Where they are at odds none is read.
    """
    words = {str(row.get(name, "")) for sheet, names in columns.items() for row in sheets[sheet] for name in names}
    said = [match for word in words if (match := SLASHED.fullmatch(word.strip()))]
    month, day = (all(int(one[at]) <= 12 for one in said) for at in (1, 2))
    first = 1 if month else 2
    read = {one[0]: f"{one[3]}-{int(one[first]):02}-{int(one[3 - first]):02}" for one in said} if month or day else {}
    return {**sheets, **{name: _read(sheets[name], names, read) for name, names in columns.items()}}


def _read(sheet: Sheet, names: Iterable[str], read: Mapping[str, str]) -> Sheet:
    wanted = {*names}
    if not read:
        return sheet
    return replace(
        sheet,
        rows=[{n: read.get(str(v).strip(), v) if n in wanted else v for n, v in row.items()} for row in sheet.rows],
    )


# ---- tables


@dataclass(frozen=True)
class Says:
    """What each row of a file says, table by table."""

    sheet: Sheet
    rows: tuple[Rows, ...]


@dataclass
class _Table:
    """The rows of a table as they are found."""

    layout: Layout
    once: bool
    """Whether only the first row of each key counts, as where many rows of a file speak of one course."""
    rows: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    lines: list[int] = field(default_factory=list[int])
    aside: list[Aside] = field(default_factory=list[Aside])
    broken: bool = False
    at: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, row: dict[str, str], line: Line) -> None:
        key = row[self.layout.key]
        before = self.at.setdefault(key, len(self.rows))
        if before == len(self.rows) or not (self.once or _joined(self.rows[before], row)):
            self.rows.append(row)
            self.lines.append(line)

    def table(self) -> Table:
        names = list(dict.fromkeys(name for row in self.rows for name in row)) or [self.layout.key]
        columns: dict[str, Sequence[str]] = {name: tuple(row.get(name, "") for row in self.rows) for name in names}
        return Table(self.layout, columns, tuple(self.lines), self.broken, aside=tuple(self.aside))


def _joined(row: dict[str, str], other: dict[str, str]) -> bool:
    """Whether two rows differ only in the organisations and the people that they list, which the first then lists."""
    if any(row.get(name, "") != other.get(name, "") for name in (row.keys() | other.keys()) - {*LISTS}):
        return False
    for name in LISTS:
        if name in row:
            row[name] = ",".join(dict.fromkeys((*split(row[name]), *split(other.get(name, "")))))
    return True


LISTS = ("orgSourcedIds", "agentSourcedIds")
"""A user at two schools, or with two contacts, has a row for each in most formats."""


def tables_of(says: Sequence[Says], layouts: Iterable[Layout], once: Iterable[str] = ()) -> list[Table]:
    """The tables of a roster as files of another format say them; of those in `once` the first row of a key counts."""
    made = {of.name: _Table(of, of.name in {*once}) for of in layouts}
    for one in says:
        read = {path for rows in one.rows for path in rows.reads}
        for rows in one.rows:
            _fill(made[rows.table], one.sheet, rows, read)
        if one.rows:
            first = made[one.rows[0].table]
            first.aside += [replace(fault, kind=first.layout.name, key="") for fault in one.sheet.faults]
    return [one.table() for one in made.values()]


def _fill(made: _Table, sheet: Sheet, rows: Rows, read: set[str]) -> None:
    made.broken = made.broken or sheet.broken
    for given, number in zip(sheet.rows, sheet.lines, strict=True):
        line = Line.of(sheet.layout.file, number)
        for one in rows.of(given):
            try:
                cells = rows.cells(one)
            except Unreadable as wrong:
                place = (line.file, int(line))
                made.aside.append(Aside(made.layout.name, "", place, wrong.path, wrong.what, wrong.hint))
            else:
                made.add({**cells, **_rest(one, read)} if rows.rest else cells, line)


def _rest(given: Given, read: set[str]) -> dict[str, str]:
    """What nothing reads, less what was only found out to mean itself."""
    own = {name: value for name, value in given.items() if not name.startswith(FOUND)}
    told = {name for name, value in own.items() if str(given.get(FOUND + name, "")).lower() == str(value).lower()}
    return kept({name: value for name, value in own.items() if name not in told}, read)


# ---- a roster

NOT_NEEDED = {"users": ("givenName", "familyName"), "classes": ("courseSourcedId",)}
"""What OneRoster needs and other formats may leave out."""


def _free(of: Layout) -> Layout:
    free = NOT_NEEDED.get(of.name, ())
    return replace(
        of, ending="", columns=tuple(replace(c, required=c.required and c.name not in free) for c in of.columns)
    )


FREE_LAYOUTS = tuple(map(_free, LAYOUTS))
"""The tables of a roster that came in another format."""


def roster_of(
    version: str, says: Sequence[Says], problems: Problems, connector: str, once: Iterable[str] = ()
) -> Roster:
    """A roster that files of another format say whole; `version` is of the format, or 1.2 where `roles` are told."""
    extent = Extent(version, dict.fromkeys((of.name for of in FREE_LAYOUTS), "bulk"))
    roster = Roster(extent, problems, connector, FREE_LAYOUTS)
    for table in tables_of(says, FREE_LAYOUTS, once):
        roster.take(table)
    roster.place()
    return roster
