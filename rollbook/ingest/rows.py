"""What a connector gives: rows of canonical kinds by the source's own keys, in streams, from one district."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from operator import ne
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ..errors import Malformed, Problem
from ..fields import Field, Record, Value
from ..model.organisation import School
from ..store.kept.sources import SETTLED as SETTLED
from .packed import Long, Packed
from .renewing import InMemory, Renew

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


def silent(what: str, done: int, of: int) -> None:
    """Progress that is not shown."""


Kept = Callable[[str], bytes | None]
"""Gives back what a source asked to keep at its last import, by name; under `SETTLED`, whether all was taken in."""


def nothing_kept(name: str) -> bytes | None:
    """What a source that was never taken in asked to keep."""


class Request(NamedTuple):
    """A request that was sent to a source, as it is kept on record; no secret is in its address.

    `status` is that of HTTP, or 0 where there was no answer; `rows` are those that the answer held; `error` says in
    words what was wrong with it.
    """

    method: str
    address: str
    status: int
    rows: int
    seconds: float
    error: str = ""


Note = Callable[[Request], None]
"""Keeps a request on record."""


def unnoted(request: Request) -> None:
    """A request that is not kept on record."""


@dataclass(frozen=True)
class Reading:
    """What a connector is given for one reading of a source.

    `settings` are opened: there are secrets among them, which go nowhere else. `folder` is private to the source, and
    is there again when a reading was cut short; None where nothing can be put by. What changed is
    enough where `changes` is true, and all is to be asked for where it is false; None: as the source's settings say.
    `renew` has a secret exchanged that its provider renews.
    """

    path: Path
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    kept: Kept = nothing_kept
    progress: Progress = silent
    folder: Path | None = None
    note: Note = unnoted
    changes: bool | None = None
    renew: Renew = field(default_factory=InMemory)


class Place(NamedTuple):
    """A line of a file, or an object of a JSON file; line 0 or less stands for what an earlier import brought."""

    file: str
    line: int

    def __str__(self) -> str:
        word = "row" if self.file.endswith(".json") else "line"
        return f"{self.file} {word} {self.line}" if self.line > 0 else f"{self.file} as imported before"


class Row(NamedTuple):
    """One record as a source tells it; `refs` name other rows of the same source by their keys."""

    key: str
    values: dict[str, Value]
    refs: dict[str, str | None]
    remainder: dict[str, Any] | None = None
    place: tuple[str, int] = ("", 0)
    numbers: Mapping[str, str] | None = None
    """Of a human, the source's own numbers by the unique id that each can be; used where nobody else has them."""


AT_ONCE = 1_000_000
"""How many numbers are sorted at a time."""

Told = tuple[Row, bytes]
"""A row, and the digest of what it says."""


@dataclass
class Seen:
    """What was seen of rows of one kind as they passed: of a million, not all is held."""

    kind: type[Record]
    there: Mapping[str, Set[str]]
    """By the names of kinds, the keys of the rows that came before."""
    keys: set[str] = field(default_factory=set[str])
    astray: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By the names of references, the keys to which a row refers and that none of the rows has."""
    schools: Counter[str] = field(default_factory=Counter[str])
    """How many rows there are, by the key of their school."""
    whole: bool = True
    """Whether all keys are held; otherwise only what tells whether any is there twice."""
    _short: array[int] = field(default_factory=lambda: array("q"))

    @property
    def alone(self) -> bool:
        """Whether certainly no key is there twice."""
        # Some at a time: as a list they take five times as much memory as they do in the array.
        parts = len(self._short) // AT_ONCE + 1
        every = (sorted(one for one in self._short if one % parts == part) for part in range(parts))
        return all(all(map(ne, some, islice(some, 1, None))) for some in every)

    def see(self, rows: Sequence[Row]) -> None:
        """Rows came, some at a time."""
        keys = [row[0] for row in rows]
        if self.whole:
            self.keys.update(keys)
        else:
            self._short.extend(map(hash, keys))
        refs = [row[2] for row in rows]
        self.schools.update(keys if self.kind is School else [each.get("school") or "" for each in refs])
        for name, ref in self.kind.refs().items():
            there, lost = self.there.get(ref.target.__name__, ()), self.astray.setdefault(name, set())
            lost.update(key for key in {each.get(name) for each in refs} if key is not None and key not in there)

    def end(self) -> None:
        """No more rows come."""
        own = {name for name, ref in self.kind.refs().items() if ref.target is self.kind}
        found = {name: self.astray.get(name, set[str]()) for name in self.kind.refs()}
        self.astray = {name: lost - self.keys if name in own else lost for name, lost in found.items()}


@dataclass(frozen=True)
class Rows(Collection[Row]):
    """The rows of a list that has the digest of each beside it, with what was `seen` of them, where that is known."""

    told: Long[Told]
    seen: Seen | None = None

    def __iter__(self) -> Iterator[Row]:
        return (row for row, _ in self.told)

    def __len__(self) -> int:
        return len(self.told)

    def keyed(self, key: str) -> Row | None:
        """The row with a key."""
        near = self.told.near(key) if isinstance(self.told, Packed) else self.told
        return next((row for row, _ in near if row.key == key), None)

    def __contains__(self, row: object) -> bool:
        return any(one == row for one in self)


@dataclass(frozen=True)
class Stream:
    """The rows of one kind. `whole`: what is missing is gone; otherwise only the keys in `gone` are.

    `aside` are the keys of rows that are there and cannot be read: what is held of them stays. `others` are rows that
    are there as they were when all were last taken in, and are not said again: how many, by the key of their school.
    """

    kind: type[Record]
    rows: Collection[Row]
    whole: bool = True
    gone: frozenset[str] = frozenset()
    aside: frozenset[str] = frozenset()
    others: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def count(self) -> int:
        """How many rows there are, with those that are not said again."""
        return len(self.rows) + sum(self.others.values())


def school_of(kind: type[Record], row: Row) -> str:
    """The key of the school that a row is of; blank for the district's."""
    return (row.key if kind is School else row.refs.get("school")) or ""


class Waiting(NamedTuple):
    """A row that is set aside because it refers to one that is; `school` is the key of its school, where it has one."""

    kind: str
    key: str
    place: tuple[str, int]
    school: str = ""


ERASED = "is of somebody who has been erased"
"""Why a row is set aside of which nothing is kept."""


@dataclass(frozen=True)
class Aside:
    """A row that is set aside: where it is, what is wrong with it and how to mend it.

    `kind` is that of the record, or the name of the file where a row of it makes several records; `key` is blank where
    the row's own cannot be read; `school` is the key of its school, where it has one. `waits` are the rows that are set
    aside with it, since they refer to it. What somebody has to decide is no `fault` of the source's.
    """

    kind: str
    key: str
    place: tuple[str, int]
    column: str
    what: str
    hint: str = ""
    school: str = ""
    waits: tuple[Waiting, ...] = ()
    fault: bool = True

    @property
    def schools(self) -> frozenset[str]:
        """The keys of the schools that it or any row that waits for it is of; blank stands for the whole district."""
        return frozenset((self.school, *(one.school for one in self.waits if one.school)))

    @property
    def problem(self) -> Problem:
        """The same in words, with how many rows wait for it."""
        column = f", column {self.column}" if self.column else ""
        rows = f"; {len(self.waits):,} {'row waits' if len(self.waits) == 1 else 'rows wait'} for it"
        return Problem(f"{Place(*self.place)}{column}", self.what + (rows if self.waits else ""), self.hint)


@dataclass(frozen=True)
class SchoolTold:
    """A school that a source speaks of: its key there, its name, and the numbers by which others know it."""

    key: str
    name: str
    estab: str = ""
    identifier: str = ""

    @property
    def numbers(self) -> tuple[str, ...]:
        """Its numbers, as far as they are said."""
        return tuple(number for number in (self.estab, self.identifier) if number)

    @property
    def facts(self) -> dict[str, str]:
        """What it is compared by."""
        return {"name": self.name, "estab": self.estab, "identifier": self.identifier}


@dataclass(frozen=True)
class Origin:
    """The district that a source speaks for: its key there, its name and its schools, as far as it says."""

    key: str | None = None
    name: str | None = None
    schools: tuple[SchoolTold, ...] = ()
    hub: str = ""
    """The hub id of the district, where it was the hub itself that wrote what is read."""


class Source(Protocol):
    """A roster that was opened and read; nothing is mapped yet."""

    origin: Origin
    problems: Problems
    notes: list[str]
    size: int

    def streams(self, kept: Kept, name: str) -> list[Stream]:
        """Everything, each kind once, after those that it refers to; `name` is the district's."""
        ...

    def keep(self) -> Mapping[str, bytes]:
        """What the next import must find again, such as a cursor, or the rows that a delta adds to."""
        ...


class Connector(Protocol):
    """One kind of source. `format` is the key of the remainders that it leaves on records, `fills` the facts that it
    can bring."""

    name: str
    format: str
    fills: frozenset[Field]

    def read(self, reading: Reading) -> Source:
        """Open a roster and read it, collecting every problem in the source that is given back."""
        ...


@dataclass
class Problems:
    """What is wrong with a source: what stops all of it, and which rows are set aside; of many alike the first ones."""

    most: int = 20
    found: dict[str, list[Problem]] = field(default_factory=dict[str, list[Problem]])
    count: dict[str, int] = field(default_factory=dict[str, int])
    aside: list[Aside] = field(default_factory=list[Aside])
    """Rows that the source itself sets aside, with all that wait for them."""
    rows: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    """Of each kind that the source sets rows aside of, how many rows it has at each school; blank: in all."""
    emptied: dict[str, int] = field(default_factory=dict[str, int])
    """Files that have no rows any more, with how many they had."""
    meant: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """What was read as it was meant, by its place, and in how many rows."""

    def add(self, group: str, where: str, what: str, hint: str = "") -> None:
        """Note a problem that stops the source; those of one `group` (a file and column) are alike."""
        self.count[group] = self.count.get(group, 0) + 1
        listed = self.found.setdefault(group, [])
        if len(listed) < self.most:
            listed.append(Problem(where, what, hint))

    def cell(self, place: tuple[str, int], column: str, what: str, hint: str = "") -> None:
        """Note a problem with one cell of a file that stops the source."""
        self.add(f"{place[0]}, column {column}", f"{Place(*place)}, column {column}", what, hint)

    def all(self) -> list[Problem]:
        """The problems in the order in which they were found."""
        listed: list[Problem] = []
        for group, problems in self.found.items():
            listed += problems
            if more := self.count[group] - len(problems):
                listed.append(Problem(group, f"and {more:,} more like this"))
        return listed

    def lost_rows(self) -> list[Problem]:
        """The files that are only a header, and had rows."""
        said = "has only a header, and had {:,} {} before"
        return [Problem(file, said.format(n, "row" if n == 1 else "rows")) for file, n in self.emptied.items()]

    def notes(self) -> list[str]:
        """What was read as it was meant, once however often."""
        said = ((f"{where}: {what}", count) for (where, what), count in self.meant.items())
        return [f"{text} ({count:,} {'row' if count == 1 else 'rows'})" if count else text for text, count in said]

    def stop(self) -> None:
        """Refuse the source if anything is wrong with it that stops it."""
        if self.found:
            raise Malformed(*self.all(), *told(self.aside, self.most))


def told(aside: Sequence[Aside], most: int) -> list[Problem]:
    """Rows that are set aside, in words: of those of one file and column the first ones, and how many more."""
    groups: dict[str, list[Aside]] = {}
    for one in aside:
        column = f", column {one.column}" if one.column else ""
        groups.setdefault(f"{one.place[0]}{column}", []).append(one)
    listed: list[Problem] = []
    for group, alike in groups.items():
        listed += [one.problem for one in alike[:most]]
        if more := len(alike) - most:
            listed += [Problem(group, f"and {more:,} more like this")] if more > 0 else []
    return listed
