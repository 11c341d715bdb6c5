"""How the rows of a statement lead to what else it reads: along references, and back along those that lead to them."""

from __future__ import annotations

from dataclasses import dataclass

from ...fields import Record


@dataclass(frozen=True)
class Step:
    """One step: along a reference of a kind of record, or `back` to the rows of that kind which refer by it."""

    record: type[Record]
    name: str
    back: bool = False

    @property
    def target(self) -> type[Record]:
        """The kind that the reference leads to."""
        return self.record.refs()[self.name].target

    @property
    def to(self) -> type[Record]:
        """The kind at which the step ends."""
        return self.record if self.back else self.target

    @property
    def known(self) -> bool:
        """Whether both kinds have rows of their own; of those that are worked out it is not known which have moved."""
        return not (self.record.derived() or self.target.derived())


Trace = tuple[Step, ...]
"""The steps from a row of the outermost statement to a row that is read for it."""
