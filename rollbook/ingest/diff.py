"""What an import changes or would change: counts by kind of record, with examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

EXAMPLES = 3


@dataclass
class Tally:
    """How many records of one kind are new, changed, gone and the same, and a few of each by name."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def moved(self) -> bool:
        """Whether anything is different."""
        return bool(self.new or self.changed or self.gone)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers without the examples."""
        return {"new": self.new, "changed": self.changed, "gone": self.gone, "unchanged": self.unchanged}


@dataclass(frozen=True)
class Diff:
    """What came of an import, or of its dry run: nothing was written unless `applied`."""

    district: str
    number: int
    source: str
    kinds: dict[str, Tally]
    notes: tuple[str, ...] = ()
    rows: int = 0
    """How many rows the source has, in its own terms."""
    writes: int = 0
    """How many records were written, with what the hub adds by itself, such as attendance codes."""
    applied: bool = False

    @property
    def moved(self) -> bool:
        """Whether anything is new, changed or gone."""
        return any(tally.moved for tally in self.kinds.values())

    def total(self, what: str) -> int:
        """How many records are `new`, `changed`, `gone` or `unchanged`."""
        return sum(tally.counts[what] for tally in self.kinds.values())

    def lines(self) -> Iterator[tuple[str, int, int, int, int]]:
        """Kind, new, changed, gone, unchanged: a line of a table for each kind that there is."""
        for kind, tally in self.kinds.items():
            if any(tally.counts.values()):
                yield kind, tally.new, tally.changed, tally.gone, tally.unchanged
