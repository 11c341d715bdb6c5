"""Rows of an export become the tables of a roster; rows that a mapping cannot read are set aside by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...errors import nearest
from ..rows import Aside, Problems
from ..tables import Layout, Line, Table
from .cells import Unreadable
from .paths import ABSENT, Given, at
from .plan import Part, Plan
from .rows import kept


@dataclass(frozen=True)
class Content:
    """The rows of a file, or of one list in it, each with its line.

    `columns` are those that a file of columns has; what a JSON object may have is seen by the rows. `faults` are rows
    that cannot be read; of a `broken` one nothing can.
    """

    file: str
    rows: Sequence[tuple[int, Given]] = ()
    columns: frozenset[str] | None = None
    faults: tuple[Aside, ...] = ()
    broken: bool = False
    order: tuple[str, ...] = ()
    """The columns in their order."""


Contents = Mapping[tuple[str, str], Content]
"""By file, and by the path of the list in it."""


def tables(plan: Plan, contents: Contents, layouts: Mapping[str, Layout], problems: Problems) -> list[Table]:
    """The tables that a mapping makes; notes in `problems` what it reads and is not there."""
    for part in plan.parts:
        _check_paths(plan, part, _content(contents, part), problems)
    if problems.found:
        return []
    return [_table(plan, contents, layouts[name]) for name in plan.tables]


def _content(contents: Contents, part: Part) -> Content:
    return contents[part.file, part.at] if part.file else Content(file="", rows=((part.line, {}),))


def _check_paths(plan: Plan, part: Part, content: Content, problems: Problems) -> None:
    """Whether a file has all that a mapping reads of it."""
    if content.broken or (content.columns is None and not content.rows):
        return
    for path, optional in part.rows.reads.items():
        if optional or _has(content, path):
            continue
        readers = [name for name, cell in part.rows.columns.items() if path in cell.paths]
        reader = readers[0] if readers else "where" if path != part.rows.each else "each"
        where = f"{plan.name} line {part.lines.get(reader, part.line)}, {part.rows.table}.{reader}"
        said = f"{content.file} has no column {path}" if part.file else f"names the column {path}, but no file"
        problems.add(where, where, said, nearest(path, _known(content)))


def _has(content: Content, path: str) -> bool:
    if content.columns is not None:
        return path in content.columns
    return any(at(given, path) is not ABSENT for _, given in content.rows)


def _known(content: Content) -> set[str]:
    if content.columns is not None:
        return {*content.columns}
    return {name.removeprefix("metadata.") for _, given in content.rows[:100] for name in kept(given, set())}


@dataclass
class _Table:
    """The rows of a table as they are found."""

    layout: Layout
    rows: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    lines: list[int] = field(default_factory=list[int])
    more: list[dict[str, dict[str, None]]] = field(default_factory=list[dict[str, dict[str, None]]])
    """Of each row what is kept besides: by column, what rows with the same cells say there."""
    aside: list[Aside] = field(default_factory=list[Aside])
    seen: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict[tuple[tuple[str, str], ...], int])
    """Where rows with the same cells are: a spreadsheet says in each row the class that a pupil is in."""

    def add(self, cells: dict[str, str], more: dict[str, str], line: Line) -> None:
        same = self.seen.setdefault(tuple(cells.items()), len(self.rows))
        if same == len(self.rows):
            self.rows.append(cells)
            self.lines.append(line)
            self.more.append({name: {said: None} for name, said in more.items()})
            return
        for name, said in more.items():
            self.more[same].setdefault(name, {})[said] = None

    def fault(self, part: Part, given: Given, line: Line, wrong: Unreadable) -> None:
        # Whose row it is can be said where the key itself can be read.
        try:
            key = part.rows.columns[self.layout.key].read(given)
        except Unreadable:
            key = ""
        place = (line.file, int(line))
        self.aside.append(Aside(self.layout.name, key, place, wrong.path, wrong.what, wrong.hint))

    def table(self, broken: bool) -> Table:
        rows = [
            {**cells, **{name: ", ".join(said) for name, said in more.items()}}
            for cells, more in zip(self.rows, self.more, strict=True)
        ]
        names = list(dict.fromkeys(name for row in rows for name in row)) or [self.layout.key]
        columns: dict[str, Sequence[str]] = {name: tuple(row.get(name, "") for row in rows) for name in names}
        return Table(self.layout, columns, tuple(self.lines), broken, aside=tuple(self.aside))


def _table(plan: Plan, contents: Contents, of: Layout) -> Table:
    made, broken = _Table(of), False
    for part in plan.parts:
        if part.rows.table == of.name:
            content = _content(contents, part)
            broken = broken or content.broken
            made.aside += [replace(one, kind=of.name, key="") for one in content.faults]
            _fill(made, part, content, plan.read_beside(part))
    return made.table(broken)


def _fill(made: _Table, part: Part, content: Content, read: set[str]) -> None:
    for line, given in _counting(part, content):
        try:
            cells = part.rows.cells(given)
        except Unreadable as wrong:
            made.fault(part, given, line, wrong)
        else:
            made.add(cells, kept(given, read) if part.rows.rest else {}, line)


def _counting(part: Part, content: Content) -> Iterator[tuple[Line, Given]]:
    for number, given in content.rows:
        line = number if isinstance(number, Line) else Line.of(content.file, number)
        for one in part.rows.of(given):
            yield line, one
