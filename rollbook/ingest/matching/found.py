"""What matching hands from step to step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..plan import Held
from .humans import Human


class Likely(NamedTuple):
    """Why a row may be a record: the rule, and the names of the facts that were compared."""

    rule: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Candidates:
    """By key of a row, the hub ids of the humans who may be meant, and what those are compared by."""

    by_row: Mapping[str, set[str]]
    humans: Mapping[str, Human]


@dataclass
class Ids:
    """The hub ids of what rows refer to, as far as it is known to the hub."""

    held: Held
    joined: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def of(self, kind: str, key: str | None) -> str | None:
        """The hub id of the record that the source knows by a key; None where the record is new."""
        if key is None:
            return None
        found = self.joined.get(kind, {}).get(key)
        before = self.held.kinds.get(kind, {}).get(key)
        return found or (before[1] if before else None)

    def join(self, kind: str, key: str, identity: str) -> None:
        """A row is of a record that the hub holds."""
        self.joined.setdefault(kind, {})[key] = identity
