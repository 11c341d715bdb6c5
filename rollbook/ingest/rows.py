"""What a connector gives: rows of canonical kinds by the source's own keys, in streams, from one district."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ..errors import Malformed, Problem
from ..fields import Field, Record, Value

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


def silent(what: str, done: int, of: int) -> None:
    """Progress that is not shown."""


Kept = Callable[[str], bytes | None]
"""Gives back what a source asked to keep at its last import, by name."""


class Place(NamedTuple):
    """A line of a file; line 0 stands for what an earlier import brought."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file} line {self.line}" if self.line else f"{self.file} as imported before"


class Row(NamedTuple):
    """One record as a source tells it; `refs` name other rows of the same source by their keys."""

    key: str
    values: dict[str, Value]
    refs: dict[str, str | None]
    remainder: dict[str, Any] | None = None
    place: tuple[str, int] = ("", 0)
    numbers: Mapping[str, str] | None = None
    """Of a human, the source's own numbers by the unique id that each can be; used where nobody else has them."""


@dataclass(frozen=True)
class Stream:
    """The rows of one kind. `whole`: what is missing is gone; otherwise only the keys in `gone` are."""

    kind: type[Record]
    rows: Sequence[Row]
    whole: bool = True
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Origin:
    """The district that a source speaks for: its key there and its name, as far as it says."""

    key: str | None = None
    name: str | None = None


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

    def read(self, path: Path, progress: Progress) -> Source:
        """Open a roster and read it, collecting every problem in the source that is given back."""
        ...


@dataclass
class Problems:
    """Everything that is wrong with a source; of many alike the first ones, and how many more."""

    most: int = 20
    found: dict[str, list[Problem]] = field(default_factory=dict[str, list[Problem]])
    count: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, group: str, where: str, what: str, hint: str = "") -> None:
        """Note a problem; those of one `group` (a file and column) are alike."""
        self.count[group] = self.count.get(group, 0) + 1
        listed = self.found.setdefault(group, [])
        if len(listed) < self.most:
            listed.append(Problem(where, what, hint))

    def cell(self, place: tuple[str, int], column: str, what: str, hint: str = "") -> None:
        """Note a problem with one cell of a file."""
        self.add(f"{place[0]}, column {column}", f"{Place(*place)}, column {column}", what, hint)

    def all(self) -> list[Problem]:
        """The problems in the order in which they were found."""
        listed: list[Problem] = []
        for group, problems in self.found.items():
            listed += problems
            if more := self.count[group] - len(problems):
                listed.append(Problem(group, f"and {more:,} more like this"))
        return listed

    def stop(self) -> None:
        """Refuse the source if anything is wrong with it."""
        if self.found:
            raise Malformed(*self.all())
