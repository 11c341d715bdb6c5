"""Data sets that were returned to a grant by an endpoint, to compare with what comes later: digests, never what a row
says.

They are kept in parts, so that one that differs in a row from an earlier one is kept by a part or two. Those that came
of each other have most parts in common (`store/kept/snapshots.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from ..store.kept.snapshots import Name
from ..store.kept.snapshots import Snapshot as Snapshot
from ..store.kept.snapshots import Snapshots as Kept
from ..store.kept.snapshots import State as State
from ..store.passing import Passing

KEPT_SECONDS = 60 * 24 * 3600
"""How long a data set that nobody asks after is known: sixty days."""

SPARE_SECONDS = 24 * 3600
"""How much longer it is kept, so that an answer that is compared with it comes to its end: a day."""

Parts = Mapping[str, bytes]
"""Parts of a data set, by name."""

Read = Callable[[Iterable[str]], Parts]
"""Reads those of some parts that a data set has."""


class Written(NamedTuple):
    """What is to be kept of a data set: the parts in which it differs from another one, or all, where that is None."""

    before: State | None
    parts: Parts


@dataclass(frozen=True)
class Snapshots:
    """The data sets that an endpoint returned to a grant, each known by a digest of its rows."""

    passing: Passing
    grant: str
    endpoint: str

    def _name(self, digest: str) -> Name:
        return Name(self.grant, self.endpoint, digest)

    def find(self, digest: str, at: float) -> Snapshot | None:
        """What a data set was made of, if it is known at a moment (seconds since 1970)."""
        return self.passing.snapshots.find(self._name(digest), at - KEPT_SECONDS)

    def read(self, state: State) -> Read:
        """Reads parts of a data set."""
        return partial(self.passing.snapshots.parts, state)

    def in_one_piece(self, digest: str) -> bytes:
        """The rows of a data set that was kept before there were parts."""
        return self.passing.snapshots.rows(self._name(digest)) or b""

    def keep(self, digest: str, at: float, request: str, versions: str, written: Written) -> None:
        """Keep a data set under its digest."""
        with self.passing as passing:
            passing.snapshots.clear(at - KEPT_SECONDS - SPARE_SECONDS)
            state = _put(passing.snapshots, written)
            passing.snapshots.put(self._name(digest), request, versions, at, state)

    def amend(self, digest: str, at: float, amended: Callable[[Snapshot], Written]) -> None:
        """Change the rows of a data set that is known; whoever compares with it then compares every row."""
        with self.passing as passing:
            found = self.find(digest, at)
            if found is not None and found.state is not None:
                passing.snapshots.hold(found.state.line)
                found = self.find(digest, at)
            if found is not None:
                state = _put(passing.snapshots, amended(found))
                passing.snapshots.put(self._name(digest), "", found.versions, at, state)


def _put(kept: Kept, written: Written) -> State:
    before, parts = written
    if before is None:
        return kept.begin(secrets.token_hex(8), parts)
    return kept.follow(before, parts) if parts else before
