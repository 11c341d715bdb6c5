"""The rows of a CSV file, read some at a time into columns."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator, Sequence
from typing import Protocol

from .columns import BLOCK, Growing


class Reader(Protocol):
    """A reader of CSV."""

    @property
    def line_num(self) -> int:
        """How many lines it has read."""
        ...

    def __iter__(self) -> Iterator[list[str]]: ...


class CsvRows:
    """What was read of a file, some rows at a time; `packed` says that its cells may be."""

    def __init__(self, *, packed: bool) -> None:
        self.packed = packed
        self.header: list[str] | None = None
        self.width = 0
        """How many columns have a name: a spreadsheet leaves more at their end."""
        self.columns: list[Growing | list[str]] = []
        self.lines = array("I")
        self.misshapen: list[tuple[list[str], int]] = []
        """Rows that have other cells than the header has, and the line of each."""
        self.failed = ""
        self.begun = 0
        """The line on which the last row begins that could be read."""
        self.line = 0

    def all(self, reader: Reader) -> None:
        """Read all rows, or those before the first that is no CSV."""
        rows, begins, begin = list[list[str]](), list[int](), 1
        try:
            for row in reader:
                rows.append(row)
                begins.append(begin)
                begin = reader.line_num + 1
                if len(rows) == BLOCK:
                    self._take(rows, begins)
                    rows, begins = [], []
        except csv.Error as error:
            self.failed = str(error)
        self._take(rows, begins)
        self.line = reader.line_num

    def _take(self, rows: list[list[str]], begins: list[int]) -> None:
        self.begun = begins[-1] if begins else self.begun
        if rows and self.header is None:
            self._begin(rows.pop(0))
            begins = begins[1:]
        if self.header is not None and self.width < len(self.header):
            rows = [row if any(row[self.width :]) else row[: self.width] for row in rows]
        if rows and set(map(len, rows)) != {self.width}:
            every = list(zip(rows, begins, strict=True))
            self.misshapen += [(row, line) for row, line in every if len(row) != self.width and row]
            rows = [row for row, _ in every if len(row) == self.width]
            begins = [line for row, line in every if len(row) == self.width]
        self.lines.extend(begins)
        for column, cells in zip(self.columns, zip(*rows, strict=True), strict=True) if rows else ():
            column.extend(cells)

    def _begin(self, header: list[str]) -> None:
        self.header, width = header, len(header)
        while width and not header[width - 1].strip():
            width -= 1
        self.width = width or len(header)
        self.columns = [Growing() if self.packed else [] for _ in range(self.width)]

    @property
    def cells(self) -> list[Sequence[str]]:
        """The columns, in their order."""
        return [one.done() if isinstance(one, Growing) else tuple(one) for one in self.columns]

    @property
    def begins(self) -> Sequence[int]:
        """The line on which each row begins."""
        lines = self.lines
        plain = not lines or lines[-1] - lines[0] + 1 == len(lines)
        # A quoted cell may run over several lines.
        return range(lines[0], lines[-1] + 1) if lines and plain else lines
