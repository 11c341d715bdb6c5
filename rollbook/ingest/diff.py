"""What an import changes or would change: counts by kind of record, with examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from .rows import Aside

EXAMPLES = 3


@dataclass
class Tally:
    """How many records of one kind are new, changed, gone and the same, and a few of each by name.

    `joined` are rows of records that the hub holds already, from another source or by another key, and `review` those
    that may be one of such records.
    """

    new: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0
    joined: int = 0
    review: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def moved(self) -> bool:
        """Whether anything is different."""
        return bool(self.new or self.changed or self.gone or self.joined)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers without the examples; of rows that were matched only where there are some."""
        found = {"new": self.new, "changed": self.changed, "gone": self.gone, "unchanged": self.unchanged}
        matched = {"joined": self.joined, "review": self.review}
        return found | {what: count for what, count in matched.items() if count}


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
    aside: tuple[Aside, ...] = ()
    """The rows that are set aside."""

    @property
    def moved(self) -> bool:
        """Whether anything is new, changed or gone."""
        return any(tally.moved for tally in self.kinds.values())

    def total(self, what: str) -> int:
        """How many records are `new`, `changed`, `gone`, `unchanged`, `joined` or in `review`."""
        return sum(tally.counts.get(what, 0) for tally in self.kinds.values())

    def lines(self) -> Iterator[tuple[str, int, int, int, int]]:
        """Kind, new, changed, gone, unchanged: a line of a table for each kind that there is."""
        for kind, tally in self.kinds.items():
            if any(tally.counts.values()):
                yield kind, tally.new, tally.changed, tally.gone, tally.unchanged
