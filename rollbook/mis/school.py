"""The records of one school within a transaction, as a MIS changes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..fields import Record
from ..store.writing import Batch

Row = dict[str, Any]


Sees = Callable[[type[Record], str], bool]
"""Whether an app may see a record of the school, by its hub id."""


def anything(record: type[Record], identity: str) -> bool:
    """Everything is seen: a MIS of its own judges by all that it holds."""
    return True


class SchoolRecords:
    """Finds and changes records of one school; `today` is the school's own day, `yyyy-MM-dd`.

    `sees` tells what may decide whether a change is refused: a refusal must not tell of what its app may not see.
    """

    def __init__(self, batch: Batch, school: str, today: str, sees: Sees = anything) -> None:
        self.batch = batch
        self.school = school
        self.today = today
        self.sees = sees

    def find(self, record: type[Record], **facts: Any) -> list[Row]:
        """The school's records of a kind with these stored facts, oldest first."""
        return self.batch.kept.records.find(record, self.batch.district, {"school": self.school, **facts})

    def one(self, record: type[Record], **facts: Any) -> Row | None:
        """The first of the school's records with these stored facts."""
        return next(iter(self.find(record, **facts)), None)

    def add(self, record: type[Record], values: Mapping[str, Any]) -> str:
        """A new record of the school; gives its hub id."""
        return self.batch.add(record, [{**values, "school": self.school}])[0]

    def change(self, record: type[Record], identity: str, values: Mapping[str, Any]) -> bool:
        """Change facts of a record; tells whether any differed."""
        return self.batch.change(record, identity, values)

    def remove(self, record: type[Record], identity: str) -> int:
        """Delete a record and its parts; gives how many went."""
        return self.batch.remove(record, identity)

    def get(self, record: type[Record], identity: str) -> Row | None:
        """A record by its hub id."""
        return self.batch.get(record, identity)
