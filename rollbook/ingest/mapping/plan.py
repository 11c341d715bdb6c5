"""A mapping of a whole export: which file, or list in a file, the rows of each table of a roster come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .rows import Rows


@dataclass(frozen=True)
class Part:
    """Rows of one table from one file.

    `at` is the dotted path of the list in a JSON file, blank for the whole file. Without a `file` it is one row of
    constants. `line` is where the mapping says it, `lines` where it says each column.
    """

    rows: Rows
    file: str
    at: str = ""
    line: int = 0
    lines: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class Plan:
    """All parts of a mapping, in its order; `name` is that of its file, `system` of the system that exports."""

    name: str
    parts: tuple[Part, ...]
    system: str = ""

    @property
    def tables(self) -> list[str]:
        """The tables that have rows, in the order in which they are named first."""
        return list(dict.fromkeys(part.rows.table for part in self.parts))

    @property
    def files(self) -> list[str]:
        """The files that are read."""
        return list(dict.fromkeys(part.file for part in self.parts if part.file))

    @property
    def version(self) -> str:
        """The version of OneRoster in whose shape the tables are: only 1.2 has one for roles."""
        return "1.2" if "roles" in self.tables else "1.1"

    def of_file(self, file: str) -> Iterator[Part]:
        """The parts that come from a file."""
        return (part for part in self.parts if part.file == file)

    def read_beside(self, part: Part) -> set[str]:
        """Every path that a part reads, or another one of the same rows."""
        same = (other for other in self.of_file(part.file) if other.at == part.at)
        return {path for other in same for path in other.rows.reads}
