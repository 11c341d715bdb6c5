"""Columns of a table that take little memory: what repeats is held once, and what does not lies side by side."""

from __future__ import annotations

from abc import abstractmethod
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress
from operator import eq
from typing import cast, overload

BLOCK = 4_096
"""How many cells that do not repeat are in one text; a column of fewer is a tuple."""

BETWEEN = "\0"
"""What stands between them: no record can hold it."""

OFTEN = 4
"""How often a cell is there on average, where cells repeat."""


class Cells(Sequence[str]):
    """The cells of a column."""

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return [self._cell(one) for one in range(*at.indices(len(self)))]
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self._cell(at % len(self))

    @abstractmethod
    def _cell(self, at: int) -> str:
        """The cell at a place from the beginning."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        cells = cast(Sequence[object], other)
        return len(self) == len(cells) and all(map(eq, self, cells))

    __hash__ = None  # pyright: ignore[reportAssignmentType]


class Repeating(Cells):
    """Cells that repeat: each `word` once, and by its place which one every cell is."""

    def __init__(self, words: Sequence[str], codes: Sequence[int]) -> None:
        self.words = words
        self.codes = codes

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[str]:
        return map(self.words.__getitem__, self.codes)

    def _cell(self, at: int) -> str:
        return self.words[self.codes[at]]


class Various(Cells):
    """Cells that do not repeat, as texts of so many cells each."""

    def __init__(self, blocks: Sequence[str], count: int) -> None:
        self._blocks = blocks
        self._count = count
        self._last: tuple[int, list[str]] = (-1, [])

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(block.split(BETWEEN) for block in self._blocks)

    def _cell(self, at: int) -> str:
        block, within = divmod(at, BLOCK)
        if self._last[0] != block:
            self._last = (block, self._blocks[block].split(BETWEEN))
        return self._last[1][within]


def blanks(count: int) -> Sequence[str]:
    """As many blank cells."""
    return Repeating(("",), bytes(count))


def distinct(cells: Sequence[str]) -> set[str]:
    """Every cell of a column once; of one that was read as other words, also words that no cell has any more."""
    return set(cells.words if isinstance(cells, Repeating) and len(cells) else cells)


def chosen(cells: Sequence[str], stay: Iterable[bool]) -> Sequence[str]:
    """Those cells of a column that stay."""
    left = compress(cells, stay)
    return column(left) if isinstance(cells, Cells) else tuple(left)


def column(cells: Iterable[str]) -> Sequence[str]:
    """A column of cells, none of which has a U+0000 in it."""
    made = Growing()
    made.extend(cells)
    return made.done()


class _Codes(dict[str, int]):
    def __missing__(self, word: str) -> int:
        code = self[word] = len(self)
        return code


class Growing:
    """A column as its cells come."""

    def __init__(self) -> None:
        self._words: _Codes | None = _Codes()
        self._codes = array("I")
        self._blocks: list[str] = []
        self._open: list[str] = []

    def extend(self, cells: Iterable[str]) -> None:
        """Add cells."""
        if self._words is None:
            self._open += cells
            self._close()
            return
        self._codes.extend(map(self._words.__getitem__, cells))
        if len(self._words) > max(BLOCK, len(self._codes) // OFTEN):
            words, self._words = list(self._words), None
            self._open = [words[code] for code in self._codes]
            self._codes = array("I")
            self._close()

    def _close(self) -> None:
        whole = len(self._open) // BLOCK * BLOCK
        self._blocks += [BETWEEN.join(self._open[at : at + BLOCK]) for at in range(0, whole, BLOCK)]
        del self._open[:whole]

    def done(self) -> Sequence[str]:
        """The column."""
        if self._words is None:
            count = len(self._blocks) * BLOCK + len(self._open)
            return Various([*self._blocks, *([BETWEEN.join(self._open)] if self._open else [])], count)
        words = list(self._words)
        if len(self._codes) <= BLOCK:
            return tuple(words[code] for code in self._codes)
        kind = "B" if len(words) <= 1 << 8 else "H" if len(words) <= 1 << 16 else "I"
        return Repeating(words, array(kind, self._codes))
