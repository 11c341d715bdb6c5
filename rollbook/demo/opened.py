"""An invented school once its people and groups are there: what the rest of its records are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ..fields import Record
from .admissions import Place
from .draft import Draft
from .groups import Groups
from .schools import Plan
from .staffroom import Staffroom


@dataclass
class Opened:
    """A school with its students and staff in their groups, on a day."""

    draft: Draft
    plan: Plan
    school: str
    groups: Groups
    staff: Staffroom
    places: list[Place]
    today: str
    streams: list[tuple[type[Record], Iterable[Mapping[str, Any]]]] = field(
        default_factory=list[tuple[type[Record], Iterable[Mapping[str, Any]]]]
    )
    """Rows of which there are too many to be held at once, by kind, in the order in which they are written."""

    def chance_of(self, what: str) -> Random:
        """Randomness of its own for one kind of record: what is added to another changes nothing here."""
        return Random(f"{self.plan.key} {what}")

    def put(self, record: type[Record], /, **facts: Any) -> str:
        """Add a record of the school; gives its hub id."""
        return self.draft.put_later(record, school=self.school, **facts)

    def stream(self, record: type[Record], rows: Iterable[Mapping[str, Any]]) -> None:
        """Have rows written last, one after the other as they are made; each names its school itself."""
        self.streams.append((record, rows))
