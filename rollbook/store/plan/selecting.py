"""What is selected of each row, in as many statements as it takes for a database to keep each of them compiled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .flavour import Column

OFTEN = 4
"""In how many places a SELECT must stand for it to be made once."""

Statements = tuple[str, ...]
"""Statements that give the same rows in the same order, each some of their columns; where there are several, each row
begins with what tells it from others, so that none can be taken for another's."""


def size(texts: Iterable[str]) -> int:
    """How many bytes texts have as SQL lists them."""
    return sum(len(text.encode()) + len(", ") for text in texts)


@dataclass(frozen=True)
class Selecting:
    """How columns of rows are selected; `identity` is the SQL of what tells a row from others."""

    identity: str
    longest: int = 0
    """How long a statement may be, in bytes; 0 for any length. One whose only column is longer than that is, too."""
    common: str = ""
    """A SELECT of keys that stands in many places of a statement and is made once; "" for none."""

    def statements(self, columns: Sequence[str], source: str) -> Statements:
        """Statements whose rows have the columns, side by side."""
        if self.common and sum(text.count(self.common) for text in (*columns, source)) >= OFTEN:
            beginning = f"WITH common AS MATERIALIZED ({self.common}) SELECT"
            return self._divided(beginning, [*map(self._short, columns)], self._short(source))
        return self._divided("SELECT", columns, source)

    def _short(self, text: str) -> str:
        return text.replace(self.common, "SELECT key FROM common")

    def _divided(self, beginning: str, columns: Sequence[str], source: str) -> Statements:
        found: list[list[str]] = [[]]
        room = self.longest - size([beginning, source, self.identity])
        for column in columns:
            if self.longest and found[-1] and size([*found[-1], column]) > room:
                found.append([])
            found[-1].append(column)
        own = [self.identity] if len(found) > 1 else []
        return tuple(f"{beginning} {', '.join([*own, *some])} {source}" for some in found)


def in_parts(columns: Iterable[Column], most: int) -> Iterator[list[Column]]:
    """Columns some at a time, in their order, as many as have `most` bytes; or one that has more."""
    some: list[Column] = []
    for column in columns:
        if some and sum(size(one) for one in (*some, column)) > most:
            yield some
            some = []
        some.append(column)
    if some:
        yield some
