"""Rows of one district before they are written, with the randomness and the ids that they are made with."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import Any, TypeVar

from ..fields import Record
from ..store.numbering import xid
from ..store.writing import Batch

T = TypeVar("T")

# 1 September 2026 in milliseconds: hub ids grow from here, as those of a hub that began on that day would.
_FIRST = 1_788_220_800_000
_LATER = 10_000_000


def guid(*parts: object) -> str:
    """A version 4 UUID that is always the same for the same parts."""
    words = "\x1f".join(map(str, parts))
    return str(uuid.UUID(bytes=blake2b(words.encode(), digest_size=16).digest(), version=4))


class Draft:
    """What a district will hold; two drafts with the same name are equal."""

    _batch: Batch

    def __init__(self, name: str) -> None:
        self.name = name
        # Invented people need randomness that repeats, not randomness that nobody can guess.
        self.rng = Random(name)
        self.rows: dict[type[Record], list[dict[str, Any]]] = {}
        self._count = 0
        self._later = _LATER
        self._taken: dict[str, int] = {}

    def begin(self, batch: Batch) -> None:
        """Go on within the batch in which all will be written."""
        self._batch = batch
        batch.ids = self.new_id

    def new_id(self) -> str:
        """The next hub id: a version 4 UUID whose first half grows, so that new rows lie side by side."""
        self._count += 1
        return self._id(self._count)

    def _id(self, number: int) -> str:
        head = f"{_FIRST + number:012x}"
        tail = blake2b(f"{self.name}\x1f{number}".encode(), digest_size=10).hexdigest()
        return f"{head[:8]}-{head[8:]}-4{tail[:3]}-{'89ab'[int(tail[3], 16) & 3]}{tail[4:7]}-{tail[7:19]}"

    def put(self, record: type[Record], /, **facts: Any) -> str:
        """Add a record; gives its hub id, a new one unless the facts bring one."""
        identity: str = facts.setdefault("id", "") or self.new_id()
        facts["id"] = identity
        self.rows.setdefault(record, []).append(facts)
        return identity

    def put_later(self, record: type[Record], /, **facts: Any) -> str:
        """Add a record of those that the demo learnt to hold later: all others keep the ids that they had before."""
        identity = self.later_id()
        if "xid" in record.fields:
            facts.setdefault("xid", xid(self._later))
        return self.put(record, **{"id": identity, **facts})

    def later_id(self) -> str:
        """The next hub id of those of records that the demo learnt to hold later."""
        self._later += 1
        return self._id(self._later)

    def promise(self, record: type[Record]) -> str:
        """The hub id of a record of which there are so many that the hub numbers them; it is written later."""
        # All others keep the ids that they had when these had some of the draft's own.
        self._later += 1
        return self._batch.promise(record)

    def write(self) -> None:
        """Write all that was drafted, a kind of record at a time, and forget it."""
        for record, rows in self.rows.items():
            self._batch.add(record, rows)
        self.rows = {}

    def unlike(self, text: str) -> str:
        """The text, with a number after it when it has been used before: `ann.wren`, `ann.wren2`."""
        self._taken[text] = self._taken.get(text, 0) + 1
        return text if self._taken[text] == 1 else f"{text}{self._taken[text]}"

    def chance(self, share: float) -> bool:
        """True for about this share of the times that it is asked."""
        return self.rng.random() < share

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as the others."""
        return options[int(self.rng.random() * len(options))]
