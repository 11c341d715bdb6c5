"""How the rows of a table are told from rows of another shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .cells import Cell
from .paths import Given, at, elements, leaves, text

KEPT = "metadata."
"""What stands before the name of a column that has no place in a table, and is kept with the record all the same."""

_DIVIDES = re.compile(r"[,;|]")

NEVER_KEPT = ("password", "passwd", "passwort", "secret", "token", "pin")
"""Columns whose names end in one of these are never kept."""


@dataclass(frozen=True)
class Condition:
    """Whether a row counts: whether what is at a path is one of some words, a blank one for nothing; `but` if not."""

    path: str
    words: frozenset[str]
    but: bool = False

    def holds(self, given: Given) -> bool:
        """Whether it holds of a row."""
        value = (text(at(given, self.path)) or "").casefold()
        return (value in {word.casefold() for word in self.words}) is not self.but


def only(path: str, *words: str) -> Condition:
    """That one of some words is at a path."""
    return Condition(path, frozenset(words))


def but(path: str, *words: str) -> Condition:
    """That none of some words is at a path."""
    return Condition(path, frozenset(words), but=True)


@dataclass(frozen=True)
class Rows:
    """The rows of one table, as rows of one other shape say them.

    Only rows of which all of `where` holds count. A row with a list at `each`, or a text with commas, semicolons or
    bars, stands for one row for each part of it, which is then at that path. Columns that nothing reads stay with the
    record if `rest`, which is None where nobody said.
    """

    table: str
    columns: Mapping[str, Cell]
    where: tuple[Condition, ...] = ()
    each: str = ""
    rest: bool | None = None

    @property
    def reads(self) -> dict[str, bool]:
        """Every path that it reads, and whether it may be missing."""
        cells = {path: cell.optional for cell in self.columns.values() for path in cell.paths}
        more = (*(one.path for one in self.where), *((self.each,) if self.each else ()))
        return {**cells, **dict.fromkeys(more, False)}

    def of(self, given: Given) -> Iterator[Given]:
        """The rows that a row stands for and that count."""
        for one in _each(given, self.each):
            if all(condition.holds(one) for condition in self.where):
                yield one

    def cells(self, given: Given) -> dict[str, str]:
        """The cells of a row that counts; raises `Unreadable`."""
        return {name: cell.read(given) for name, cell in self.columns.items()}


def _each(given: Given, path: str) -> Iterator[Given]:
    if not path:
        yield given
        return
    found = at(given, path)
    for one in _DIVIDES.split(found) if isinstance(found, str) else elements(found):
        yield {**given, path: one}


def kept(given: Given, read: set[str]) -> dict[str, str]:
    """What a row holds besides what is `read` of it, by the names of columns under which it is kept."""
    return {
        f"{KEPT}{path}": said
        for path, value in leaves(given)
        if not _is_read(path, read) and not path.lower().endswith(NEVER_KEPT) and (said := _said(value))
    }


def _is_read(path: str, read: set[str]) -> bool:
    bare = ".".join(step for step in path.split(".") if not step.isdecimal())
    return path in read or bare in read


def _said(value: Any) -> str:
    return text(value) or ""
