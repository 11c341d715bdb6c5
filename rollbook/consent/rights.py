"""What an app may write of a record, and how it is told what it may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..errors import NotHeld, Problem
from ..fields import RECORDS
from ..scopes import CATALOGUE, Need

HINT = "ask the school to grant it"

WRITTEN = frozenset(
    name
    for r in (*RECORDS.values(), *RECORDS.sharing.values())
    for need in (r.writing, r.human_writing)
    for way in need.ways
    for name in way
)
"""The write scopes that keys write records with; what else changes something is Xporter's write-backs."""


def lacking(where: str, need: Need) -> Problem:
    """What cannot be written because the school did not grant it."""
    return Problem(where, f"needs the scope {need}" if need.ways else "is not available to any app", HINT)


def unwritable(need: Need) -> Problem:
    """What is wrong with a write for which no school has granted the write scope."""
    said = "; ".join(CATALOGUE[name].words for way in need.ways for name in sorted(way))
    hint = f"{HINT}; whoever runs the hub can add it with `rollbook apps widen`"
    return Problem("", f'Writing this needs the scope {need} ("{said}")' if said else "No app may write this", hint)


@dataclass(frozen=True)
class Rights:
    """What an app may write of one record: decided from its grants and from what it sees, never from what is stored."""

    writing: Need
    """The write scope that a school must have granted."""
    need: Need
    """What else writing anything at all of the record needs."""
    met: Callable[[Need], bool]
    """Whether a need is met."""
    needs: Callable[[str], Need]
    """What a stored fact needs."""
    told: Callable[[str], bool] | None = None
    """Whether a fact may be written, where its need alone does not say so."""

    _known: dict[str, bool] = field(default_factory=dict[str, bool], compare=False)

    def may(self, name: str) -> bool:
        """Whether a stored fact may be written."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self.told(name) if self.told else self.met(self.needs(name))
        return known

    def require(self) -> None:
        """Raise `NotHeld` unless a school lets the app write records like this."""
        if not self.met(self.writing):
            raise NotHeld(unwritable(self.writing))
