"""Readings at a replica, which are given only where it has all that the caller may know of.

Each transaction counts up what it writes, under the locks of what it writes: `version` for a district or for what is no
district's, and `clock`, the last number of each district whose records it touches. So a replica that has counted as far
as the primary has everything that was written to these districts until then, the caller's own last write included; no
token has to be brought along. What the replica has beyond that is newer, as it may be at the primary.

One count for everything would not do: which of two transactions comes first the primary and a replica may see
differently, unless both wait for the same lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack, suppress

from ...errors import Unavailable
from ..connection import Connection
from . import locks
from .pool import Pool
from .session import Session

AWAY_SECONDS = 5.0
"""For how long nobody asks a replica that could not be reached."""

_COUNTED = """
SELECT 'version', district, number FROM version WHERE district = ANY(?1)
UNION ALL SELECT 'clock', district, seq FROM clock WHERE district = ANY(?1)
"""

Counted = Mapping[tuple[str, int], int]
"""How far each count has come."""


def counted(connection: Connection, districts: Collection[int]) -> Counted:
    """How far the counts of districts have come, and those of what is no district's, as the connection sees them."""
    parts = [*districts, locks.HUB, locks.FOUNDING]
    return {(count, district): number for count, district, number in connection.execute(_COUNTED, (parts,)).fetchall()}


def has_all(found: Counted, wanted: Counted) -> bool:
    """Whether nothing is missing."""
    return all(found.get(count, 0) >= number for count, number in wanted.items())


class Replica:
    """Sessions at a replica, lent where it has caught up."""

    def __init__(self, opens: Callable[[], Session]) -> None:
        self._sessions = Pool(opens)
        self._away_until = 0.0

    def caught_up(self, until: ExitStack, districts: Collection[int], wanted: Counted, *first: str) -> Session | None:
        """A session with a reading that has all that was counted of some districts; None where the replica is behind,
        or away.

        The reading begins with some statements, and ends with `until`.
        """
        if time.monotonic() < self._away_until:
            return None
        with ExitStack() as own, suppress(Unavailable):
            self._away_until = time.monotonic() + AWAY_SECONDS
            session = own.enter_context(self._sessions.reading(*first))
            behind = not has_all(counted(session, districts), wanted)
            self._away_until = 0.0
            if not behind:
                until.enter_context(own.pop_all())
                return session
        return None

    def close(self) -> None:
        """End the sessions."""
        self._sessions.close()
