"""What is gone: tombstones and changes of key as the history keeps them, and what is taken out of somebody's sight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ..fields import RECORDS
from ..model.people import Person
from ..store.kept.history import Namesake, Stone
from ..store.port import Store

__all__ = ["Gone", "Namesake", "Stones", "bare", "by_record", "first", "history_of"]


@dataclass(frozen=True)
class Gone(Stone):
    """A record that is gone, or whose key changed, as an app is told of it."""

    unseen: bool = False
    """Whether people are left out now whom it was of: nothing that is seen can have its key."""

    @classmethod
    def of(cls, stone: Stone) -> Gone:
        """What the history says of a record."""
        return cls(**vars(stone))

    @property
    def humans(self) -> list[tuple[str, str | None]]:
        """The humans that it was, or was a part of: what each is, and the hub id."""
        record = RECORDS[self.kind]
        own: list[tuple[str, str | None]] = [(self.kind, self.id)] if record.human or record is Person else []
        return own + [
            (ref.target.__name__, self.keys.get(name))
            for name, ref in record.refs().items()
            if ref.part_of and ref.target.human
        ]

    @property
    def people(self) -> list[str]:
        """Their hub ids."""
        return [identity for _, identity in self.humans if identity]


def history_of(
    store: Store, district: int, kinds: Iterable[str], since: int, until: int | None, seer: str = ""
) -> Iterator[Gone]:
    """What is gone of some kinds in a district, and keys that changed, after one number up to another.

    `seer` is the app that is told, where some records are veiled.
    """
    return map(Gone.of, store.kept.history.stones(district, kinds, since, until, seer))


def bare(gone: Gone) -> Gone:
    """The same without what is remembered beside its keys, which may have changed while the app could not see it."""
    less = {*RECORDS[gone.kind].remembers} - {*RECORDS[gone.kind].natural}
    return replace(gone, keys={name: value for name, value in gone.keys.items() if name not in less})


Stones = Mapping[tuple[str, str], list[Gone]]
"""By kind and hub id, in order, what a record was known by before each change of its key, and when it went."""


def by_record(stones: Iterable[Gone]) -> Stones:
    """What is said of each record, in order."""
    found: dict[tuple[str, str], list[Gone]] = {}
    for stone in stones:
        found.setdefault((stone.kind, stone.id), []).append(stone)
    return found


def first(stones: Stones, kind: str, identity: str, number: int) -> Gone | None:
    """The first thing said of a record from a number on."""
    return next((stone for stone in stones.get((kind, identity), ()) if stone.seq >= number), None)
