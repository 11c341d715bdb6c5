"""What the files of a roster say together: rows that refer to what is not there are set aside, with all that need them.

Rows that were set aside go back to what they said when they were last imported, where they said something then. So
whatever refers to them goes in, and what the hub holds of them stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cached_property

from .columns import distinct
from .rows import Aside, Problems, Waiting
from .tables import Column, Table, split

BEFORE, PENDING = 0, -1
"""The line of a row that was imported before, and of one that was set aside then."""

Known = tuple[str, str]
"""A row by the name of its file and its key."""


@dataclass
class File:
    """One file: the rows that count, those that are set aside, and what was imported of it before.

    `whole` says that a row which is missing is gone.
    """

    table: Table
    wrong: Table
    read_before: Callable[[], Table]
    whole: bool = True

    @cached_property
    def before(self) -> Table:
        """The rows as they were imported before."""
        return self.read_before()

    def set_aside(self, rows: Set[int], over: Set[int] = frozenset()) -> None:
        """Take rows out, and put in their place what they said before; those that are `over` just go."""
        table = self.table
        again = table.only([at in rows and line != BEFORE for at, line in enumerate(table.lines)])
        self.wrong = self.wrong.patched(replace(again, gone=frozenset()))
        self.table = table.less(rows | over)
        self.fall_back(set(again.keys))

    def fall_back(self, keys: set[str]) -> None:
        """Let rows that are set aside say what they said before."""
        if not keys:
            return
        # A file that says only what is different lies over what was said before already, but for its own rows.
        back = {key for key in keys if key in self.before.keys}
        if back := back - self.table.keys.keys() - self.table.gone:
            old = self.before.only([key in back for key in self.before[self.before.layout.key]])
            self.table = old.patched(self.table)

    def fall_back_on_all(self) -> None:
        """Let every row that is missing say what it said before, since one of those that are here may be it."""
        self.fall_back(set(self.before.keys))


@dataclass
class Files:
    """The files of a roster by name; `unlisted` gives what rows of a file may refer to though it does not list it."""

    files: dict[str, File]
    problems: Problems
    unlisted: Mapping[str, Callable[[Table], set[str]]] = field(default_factory=dict[str, Callable[[Table], set[str]]])
    aside: list[Aside] = field(default_factory=list[Aside])
    causes: dict[Known, int] = field(default_factory=dict[Known, int])
    waits: dict[int, list[Waiting]] = field(default_factory=dict[int, list[Waiting]])

    def begin(self) -> None:
        """Let go of what is deleted, and take up the rows that are set aside for what is in them alone."""
        for name, table in drop_orphans({name: file.table for name, file in self.files.items()}).items():
            self.files[name].table = table
        for name, file in self.files.items():
            self._forget(file)
            faults = file.table.aside
            for fault in faults:
                self._note(name, fault.key, fault)
            file.fall_back({fault.key for fault in faults})
            if file.whole and any(not fault.key for fault in faults):
                file.fall_back_on_all()

    def _forget(self, file: File) -> None:
        """Let go of rows that were set aside before and refer to what is deleted now."""
        over: set[str] = set()
        for column in (c for c in file.table.layout.columns if c.required and c.to in self.files):
            gone, wrong = self.files[column.to].table.gone, file.wrong
            cells = zip(wrong[wrong.layout.key], wrong[column.name], wrong.lines, strict=True) if gone else ()
            over |= {key for key, cell, line in cells if cell in gone and line == PENDING}
        if over:
            file.wrong = file.wrong.only([key not in over for key in file.wrong[file.wrong.layout.key]])
            file.table = replace(file.table, aside=tuple(one for one in file.table.aside if one.key not in over))

    def settle(self) -> None:
        """Set aside what refers to nothing, and what needs that, until all that is left leads somewhere."""
        while sum(self._settle(name, file) for name, file in self.files.items()):
            pass

    def note_loose(self) -> None:
        """Note what leads nowhere, where the row is right without it."""
        for name, file in self.files.items():
            self._note_loose(name, file)

    def found(self) -> list[Aside]:
        """All that is set aside, with what waits for it."""
        return [replace(one, waits=tuple(self.waits.get(n, ()))) for n, one in enumerate(self.aside)]

    def set_aside(self, name: str, faults: Mapping[int, tuple[str, str, str]]) -> None:
        """Set rows of a file aside by their positions, each for a column, what is wrong there and a hint."""
        file, table = self.files[name], self.files[name].table
        for at, said in faults.items():
            key = table[table.layout.key][at]
            if table.lines[at] != BEFORE:
                self._note(name, key, Aside(name, key, table.place(at), *said))
        file.set_aside(set(faults))

    def _note(self, name: str, key: str, fault: Aside) -> None:
        if key:
            self.causes.setdefault((name, key), len(self.aside))
        self.aside.append(fault)

    # ---- what refers to nothing

    def _settle(self, name: str, file: File) -> bool:
        found = False
        for column in file.table.layout.columns:
            target = self.files.get(column.to)
            if target is None or target.table.broken or column.name not in file.table.columns:
                continue
            lost = self._lost(column, target.table, file.table)
            if lost:
                self._let_go(name, column, target, {at: v for at, v in enumerate(file.table[column.name]) if v in lost})
                found = True
        return found

    def _lost(self, column: Column, target: Table, table: Table) -> set[str]:
        """The cells of a column that lead nowhere at all, where a row needs them to."""
        if column.loose or not (column.required or column.many):
            return set()
        values, there = distinct(table[column.name]), self._there(column, target)
        if not column.many:
            return {value for value in values if value and value not in there}
        return {
            value
            for value in values
            if value and not any(one in there or one in target.gone for one in split(value)) and split(value)
        }

    def _there(self, column: Column, target: Table) -> Set[str]:
        more = self.unlisted.get(column.to)
        return target.keys.keys() | more(target) if more else target.keys.keys()

    def _let_go(self, name: str, column: Column, target: File, rows: Mapping[int, str]) -> None:
        file, gone = self.files[name], target.table.gone
        dropped = {at for at, value in rows.items() if value in gone and (file.whole or file.table.lines[at] <= 0)}
        if fresh := sum(file.table.lines[at] > 0 for at in dropped):
            said = f"what {target.table.layout.file} deletes takes along a row that refers to it"
            self.problems.meant[file.table.layout.file, said] += fresh
        left = {at: value for at, value in rows.items() if at not in dropped}
        for at, value in left.items():
            self._blame(file.table, at, column, target.table, value)
        file.set_aside(set(left), dropped)

    def _blame(self, table: Table, at: int, column: Column, target: Table, value: str) -> None:
        if table.lines[at] == BEFORE:
            return
        name, key = table.layout.name, table[table.layout.key][at]
        one = next(iter(split(value)), value) if column.many else value
        cause = self.causes.get((column.to, one))
        if cause is not None and one not in target.keys:
            self.causes.setdefault((name, key), cause)
            self.waits.setdefault(cause, []).append(Waiting(name, key, table.place(at)))
            return
        why = "is deleted by this roster" if one in target.gone else "is not there"
        said = f"{one!r} refers to {target.layout.file}, but {why}"
        hint = "send it too, or correct the reference"
        self._note(name, key, Aside(name, key, table.place(at), column.name, said, hint))

    def _note_loose(self, name: str, file: File) -> None:
        for column in file.table.layout.columns:
            target = self.files.get(column.to)
            if target is None or column.required or column.name not in file.table.columns:
                continue
            there = target.table.keys
            lost = {v for v in distinct(file.table[column.name]) if any(one not in there for one in _parts(column, v))}
            cells = zip(file.table[column.name], file.table.lines, strict=True) if lost else ()
            if times := sum(value in lost and line > 0 for value, line in cells):
                said = f"names what is not in {target.table.layout.file}, and was read without it"
                self.problems.meant[f"{file.table.layout.file}, column {column.name}", said] += times


def _parts(column: Column, value: str) -> Iterator[str]:
    yield from (split(value) if column.many else (value,) if value else ())


# ---- what a delta deletes


def drop_orphans(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Let go of what was said before about rows that a delta deletes: deleting a user ends the enrolments too."""
    found = dict(tables)
    for name in found:
        for column in found[name].layout.columns:
            gone = found[column.to].gone if column.to in found else frozenset[str]()
            if gone and column.name in found[name].columns:
                found[name] = _without_orphans(found[name], column, gone)
    return found


def _without_orphans(table: Table, column: Column, gone: frozenset[str]) -> Table:
    before = [line <= BEFORE for line in table.lines]
    cells = table[column.name]
    if column.required:
        return table.less({at for at, cell in enumerate(cells) if before[at] and cell in gone})
    left = [
        ",".join(one for one in split(cell) if one not in gone) if was else cell
        for cell, was in zip(cells, before, strict=True)
    ]
    return replace(table, columns={**table.columns, column.name: left})
