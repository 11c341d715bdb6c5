"""The rows of a roster's people as they were last, on shelves: a delta reads those that it touches.

All rows of one user, of whatever file, lie on one shelf. Whoever looks for a row by something else, such as the key of
an enrolment, is led to its shelf by a sign. A sign may lead to a shelf where the row no longer is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice, repeat
from operator import itemgetter
from typing import Any, NamedTuple
from zlib import crc32

import msgspec

from ..columns import Repeating
from ..packed import Packed
from ..rows import Kept
from ..tables import Layout, Table, split

HOMES = {
    "users": "sourcedId",
    "demographics": "sourcedId",
    "roles": "userSourcedId",
    "userProfiles": "userSourcedId",
    "enrollments": "userSourcedId",
}
"""The files of which rows are on shelves, each with the column that names the user."""

CATALOGUE = "shelves"
BEFORE = 0
USERS = 64
"""About how many users share a shelf."""


class Sign(NamedTuple):
    """What leads to a row of a file: the words of a column, of all rows or of those that say something else too."""

    name: str
    file: str
    column: str
    only: tuple[str, str] = ("", "")


ROW_SIGNS = {name: Sign(name, name, "sourcedId") for name in HOMES if name not in ("users", "demographics")}
TEACHING = Sign("teaching", "enrollments", "classSourcedId", ("role", "teacher"))
AGENT = Sign("agent", "users", "agentSourcedIds")
NUMBER = Sign("number", "users", "identifier")
SIGNS = (*ROW_SIGNS.values(), TEACHING, AGENT, NUMBER)


class Catalogue(msgspec.Struct):
    """What there is on the shelves, and what came of it when it was mapped."""

    mapping: str
    """By which Rollbook it was mapped: another one may map it otherwise."""
    district: str
    system: str | None
    shelves: int = 1
    columns: dict[str, list[str]] = {}
    """By file, the columns of its rows; a row may be short of the last ones."""
    rows: dict[str, int] = {}
    following: int = 0
    """The place of the next row that is new: rows stay in the order in which they came."""
    counts: dict[str, dict[str, int]] = {}
    """How many records of each kind came of it, by the key of their school."""
    digests: dict[str, bytes] = {}
    """Of files that were last sent whole, a digest of what each said."""
    grades: dict[str, dict[str, int]] = {}
    """How many students of each grade there are, by school."""


Shelf = dict[str, list[list[str | int]]]
"""By file, rows: their place, then their cells."""
Signs = dict[str, dict[str, list[int]]]
"""By sign and word, the shelves to which it leads."""


def catalogue_of(kept: Kept) -> Catalogue | None:
    """What there is on the shelves; None where nothing is."""
    data = kept(CATALOGUE)
    return msgspec.msgpack.decode(data, type=Catalogue) if data else None


def shelves_for(users: int) -> int:
    """How many shelves there are for a number of users."""
    return max(1, users // USERS)


class Shelves:
    """Shelves that are read as they are asked for, and changed here until they are kept."""

    def __init__(self, kept: Kept, catalogue: Catalogue) -> None:
        self._kept = kept
        self.catalogue = catalogue
        self._shelves: dict[int, Shelf] = {}
        self._signs: dict[int, Signs] = {}

    # ---- finding

    def homes(self, sign: Sign, words: set[str]) -> set[str]:
        """The users of whom there are rows to which words lead."""
        if sign.file not in self.catalogue.columns or not words:
            return set()
        home, column, only = (self._column(sign.file, name) for name in (HOMES[sign.file], sign.column, sign.only[0]))
        rows = (row for number in self._led(sign, words) for row in self._shelf(number).get(sign.file, ()))
        return {
            _cell(row, home)
            for row in rows
            if words.intersection(_words(sign, _cell(row, column))) and _cell(row, only) == sign.only[1]
        }

    def _led(self, sign: Sign, words: set[str]) -> set[int]:
        """The shelves to which words lead."""
        return {shelf for word in words for shelf in self._signs_of(sign, word)}

    def _signs_of(self, sign: Sign, word: str) -> list[int]:
        return self._signs_at(self._number(word)).setdefault(sign.name, {}).setdefault(word, [])

    def table(self, of: Layout, users: Set[str]) -> Table:
        """The rows of a file that are of some users, as they were before."""
        rows: list[list[str | int]] = []
        if of.name in self.catalogue.columns:
            home = self._column(of.name, HOMES[of.name])
            for number in {self._number(user) for user in users}:
                rows += (row for row in self._shelf(number).get(of.name, ()) if row[home] in users)
        return self._table(of, rows)

    def whole(self, of: Layout) -> Table:
        """All rows of a file, as they were before."""
        shelves = (self._shelf(number) for number in range(self.catalogue.shelves))
        return self._table(of, [row for shelf in shelves for row in shelf.get(of.name, ())])

    def _table(self, of: Layout, rows: list[list[str | int]]) -> Table:
        names = self.catalogue.columns.get(of.name) or [of.key]
        rows.sort(key=itemgetter(0))
        if any(len(row) <= len(names) for row in rows):
            rows = [[*row, *[""] * (len(names) + 1 - len(row))] for row in rows]
        _, *cells = zip(*rows, strict=True) if rows else ((),) * (len(names) + 1)
        return Table(of, dict(zip(names, cells, strict=True)), (BEFORE,) * len(rows))

    def _column(self, file: str, name: str) -> int:
        """Where a column is in the rows of a file; 0 where it is not."""
        names = self.catalogue.columns[file]
        return names.index(name) + 1 if name in names else 0

    # ---- changing

    def put(self, name: str, table: Table, users: Set[str]) -> None:
        """Let these be the rows of a file that are of some users."""
        names = self.catalogue.columns.setdefault(name, [*table.columns])
        names += [one for one in table.columns if one not in names]
        home, key = self._column(name, HOMES[name]), self._column(name, table.layout.key)
        places = self._take_out(name, users, home, key)
        for cells in table.cells(*names):
            place, was = places.pop(cells[key - 1], (0, None))
            row = [place or self._next(), *cells]
            self._shelf(self._number(cells[home - 1])).setdefault(name, []).append(row)
            if row != was:
                self._sign(name, row)
                self.catalogue.rows[name] = self.catalogue.rows.get(name, 0) + (was is None)
        self.catalogue.rows[name] = self.catalogue.rows.get(name, 0) - len(places)

    def _take_out(self, name: str, users: Set[str], home: int, key: int) -> dict[str, tuple[int, list[str | int]]]:
        """Take the rows of some users from their shelves: by key the place of each, and the row."""
        taken: dict[str, tuple[int, list[str | int]]] = {}
        for number in {self._number(user) for user in users}:
            shelf = self._shelf(number)
            rows = shelf.get(name, [])
            taken.update((str(row[key]), (int(row[0]), row)) for row in rows if row[home] in users)
            shelf[name] = [row for row in rows if row[home] not in users]
        return taken

    def _next(self) -> int:
        self.catalogue.following += 1
        return self.catalogue.following

    def _sign(self, name: str, row: Sequence[str | int]) -> None:
        number = self._number(_cell(row, self._column(name, HOMES[name])))
        for sign in (sign for sign in SIGNS if sign.file == name):
            if _cell(row, self._column(name, sign.only[0])) != sign.only[1]:
                continue
            for word in _words(sign, _cell(row, self._column(name, sign.column))):
                led = self._signs_of(sign, word)
                led += [] if number in led else [number]

    # ---- reading and keeping

    def _number(self, word: str) -> int:
        return _number(word, self.catalogue.shelves)

    def _shelf(self, number: int) -> Shelf:
        if number not in self._shelves:
            data = self._kept(_shelf_name(number))
            self._shelves[number] = msgspec.msgpack.decode(data, type=Shelf) if data else {}
        return self._shelves[number]

    def _signs_at(self, number: int) -> Signs:
        if number not in self._signs:
            data = self._kept(_sign_name(number))
            self._signs[number] = msgspec.msgpack.decode(data, type=Signs) if data else {}
        return self._signs[number]

    def keep(self) -> Iterator[tuple[str, bytes]]:
        """What was read here, as it is to be kept now."""
        yield CATALOGUE, msgspec.msgpack.encode(self.catalogue)
        for number, shelf in self._shelves.items():
            yield _shelf_name(number), _packed(shelf)
        for number, signs in self._signs.items():
            yield _sign_name(number), msgspec.msgpack.encode(_that_lead(signs))


# ---- a whole roster


AT_ONCE, MOST_PARTS = 25_000, 64
"""About how many rows are put on shelves at a time, of a roster that is not too large for that."""


def shelve(tables: Mapping[str, Table], catalogue: Catalogue) -> Iterator[tuple[str, bytes]]:
    """The rows of a whole roster on shelves, with their signs, as they are to be kept, which the catalogue is told."""
    for name in HOMES:
        catalogue.columns[name] = [*tables[name].columns]
        catalogue.rows[name] = len(tables[name])
    catalogue.following = max(catalogue.rows.values())
    count = catalogue.shelves
    parts = min(count, sum(catalogue.rows.values()) // AT_ONCE + 1, MOST_PARTS)
    for numbers, rows in _parted(_all_rows(tables, count), count, parts):
        shelves = {number: {name: list[Any]() for name in HOMES} for number in numbers}
        for row in rows:
            shelves[row[0]][row[1]].append(row[2:])
        yield from ((_shelf_name(number), msgspec.msgpack.encode(shelf)) for number, shelf in shelves.items())
    for numbers, rows in _parted(_all_signs(tables, count), count, parts):
        signs: dict[int, Signs] = {number: {sign.name: {} for sign in SIGNS} for number in numbers}
        for number, name, word, shelf in rows:
            led = signs[number][name].setdefault(word, [])
            if shelf not in led:
                insort(led, shelf)
        yield from ((_sign_name(number), msgspec.msgpack.encode(each)) for number, each in signs.items())


def _parted(rows: Iterable[tuple[Any, ...]], count: int, parts: int) -> Iterator[tuple[range, Packed[Any]]]:
    """Rows that begin with the number of a shelf, parted by that: some shelves after the other."""
    packed = [Packed[Any](Any) for _ in range(parts)]
    part_of = [number * parts // count for number in range(count)]
    every = iter(rows)
    while some := list(islice(every, AT_ONCE)):
        parted: list[list[Any]] = [[] for _ in range(parts)]
        add = [one.append for one in parted]
        for row in some:
            add[part_of[row[0]]](row)
        for one, those in zip(packed, parted, strict=True):
            one.extend(those)
    for part in range(parts):
        numbers = range(bisect_left(part_of, part), bisect_right(part_of, part))
        yield numbers, packed[part]
        # What was put on its shelves is held no longer.
        packed[part] = Packed[Any](Any)


def catalogued(catalogue: Catalogue) -> dict[str, bytes]:
    """The catalogue as it is to be kept, once it is complete."""
    return {CATALOGUE: msgspec.msgpack.encode(catalogue)}


def _all_rows(tables: Mapping[str, Table], shelves: int) -> Iterator[tuple[Any, ...]]:
    """The number of the shelf of each row, its file, its place among all from 1, and its cells."""
    for name, home in HOMES.items():
        table = tables[name]
        numbers = _numbers(table[home], shelves)
        yield from zip(numbers, repeat(name), range(1, len(table) + 1), *table.columns.values(), strict=False)


def _all_signs(tables: Mapping[str, Table], shelves: int) -> Iterator[tuple[Any, ...]]:
    """The number of each sign, its name, the word, and the shelf to which it leads."""
    for sign in SIGNS:
        table, (only, wanted) = tables[sign.file], sign.only
        kinds = table[only] if only else repeat("", len(table))
        numbers = _numbers(table[HOMES[sign.file]], shelves)
        for cell, number, kind in zip(table[sign.column], numbers, kinds, strict=True):
            if cell and kind == wanted:
                for word in _words(sign, cell):
                    yield _number(word, shelves), sign.name, word, number


def _numbers(cells: Sequence[str], shelves: int) -> Iterable[int]:
    """The shelf to which each cell of a column leads."""
    if isinstance(cells, Repeating):
        found = [_number(word, shelves) for word in cells.words]
        return map(found.__getitem__, cells.codes)
    return (_number(word, shelves) for word in cells)


def _packed(shelf: Shelf) -> bytes:
    rows = {name: sorted(rows, key=itemgetter(0)) for name, rows in shelf.items()}
    return msgspec.msgpack.encode(rows)


def _that_lead(signs: Signs) -> Signs:
    return {name: {word: led for word, led in words.items() if led} for name, words in signs.items()}


def _cell(row: Sequence[str | int], column: int) -> str:
    """A cell of a row; blank where the row is short of it, or the file has no such column."""
    return str(row[column]) if 0 < column < len(row) else ""


def _words(sign: Sign, cell: str) -> Iterable[str]:
    return split(cell) if sign is AGENT else (cell,) if cell else ()


def _number(word: str, shelves: int) -> int:
    return crc32(word.encode()) % shelves


def _shelf_name(number: int) -> str:
    return f"shelf {number:05}"


def _sign_name(number: int) -> str:
    return f"signs {number:05}"
