"""What is remembered of an export: of each row by what it is known, a digest of what it said, and whom it was about.

Rows lie on shelves in the order of the things that they are of, so that two exports are compared shelf by shelf, and a
shelf on which nothing is other is not written again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

import msgspec

SHELF = 256
"""How many things a shelf has on average. Which thing begins one is decided by its id alone: a thing that comes or goes
between two others changes the shelf that it is on, and none behind it."""


class Seen(NamedTuple):
    """What is remembered of a row: its sourcedId, a digest of what it said, and the hub id of whom it was about."""

    id: str
    digest: bytes
    of: str


Things = list[tuple[str, list[Seen]]]
"""Things by their ids, in order, each with its rows."""


def digest_of(said: bytes) -> bytes:
    """What tells something that was said from anything else."""
    return blake2b(said, digest_size=12).digest()


Read = Callable[[Iterable[str]], Mapping[str, bytes]]
"""Reads parts of what was remembered, by name."""


class Shelves:
    """The rows of a list as they were, which are passed while those that are there now are put in their place."""

    def __init__(self, name: str, read: Read) -> None:
        self.changed: dict[str, bytes] = {}
        """What is to be remembered otherwise than it is, by name."""
        self._name = name
        self._read = read
        known = read([name]).get(name)
        self._left: list[tuple[str, bytes]] = (
            msgspec.msgpack.decode(known, type=list[tuple[str, bytes]]) if known else []
        )
        self._digests = dict(self._left)
        self._left.reverse()
        self._before: Things = []
        self._now: Things = []
        self._begun: list[tuple[str, bytes]] = []

    def put(self, thing: str, rows: list[Seen]) -> tuple[list[Seen], list[Seen]]:
        """Put the rows of the next thing in place; gives those of things that are no longer before it, and its own."""
        if self._now and crc32(thing.encode()) % SHELF == 0:
            self._end()
        self._now.append((thing, rows))
        gone: list[Seen] = []
        while (first := self._first()) is not None and first[0] < thing:
            gone += self._before.pop()[1]
        return gone, self._before.pop()[1] if first is not None and first[0] == thing else []

    def rest(self) -> list[Seen]:
        """The rows of things that were behind the last one that is there now, and are no longer."""
        gone: list[Seen] = []
        while self._first() is not None:
            gone += self._before.pop()[1]
        if self._now:
            self._end()
        if dict(self._begun) != self._digests:
            self.changed[self._name] = msgspec.msgpack.encode(self._begun)
            self.changed.update(
                dict.fromkeys((self._shelf(one) for one in self._digests.keys() - dict(self._begun)), b"")
            )
        return gone

    def _first(self) -> tuple[str, list[Seen]] | None:
        """The first thing that was there and has not been passed."""
        while not self._before and self._left:
            name = self._shelf(self._left.pop()[0])
            self._before = msgspec.msgpack.decode(self._read([name])[name], type=Things)
            self._before.reverse()
        return self._before[-1] if self._before else None

    def _end(self) -> None:
        first, packed = self._now[0][0], msgspec.msgpack.encode(self._now)
        digest = digest_of(packed)
        if self._digests.get(first) != digest:
            self.changed[self._shelf(first)] = packed
        self._begun.append((first, digest))
        self._now = []

    def _shelf(self, first: str) -> str:
        return f"{self._name} {first}"
