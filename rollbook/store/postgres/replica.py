"""Readings at a replica, which are given only where it has all that the caller may know of.

Each transaction counts up what it writes, under the locks of what it writes: `version` for a district or for what is no
district's, and `clock`, the last number of each district whose records it touches. So a replica that has counted as far
as the primary has everything that was written to these districts until then, the caller's own last write included; no
token has to be brought along. What the replica has beyond that is newer, as it may be at the primary.

A replica may end a reading, because the primary's writes clean up what it still sees, and they are not to wait. The
primary cannot go on from there, since it is past that moment: all is to be read anew (`Interrupted`), and for a while
nobody asks the replica.

One count for everything would not do: which of two transactions comes first the primary and a replica may see
differently, unless both wait for the same lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from ...errors import Interrupted, Unavailable
from ..connection import Connection
from ..lending import Rows
from . import locks
from .pool import Pool
from .session import Session

AWAY_SECONDS = 5.0
"""For how long nobody asks a replica that could not be reached, or ended a reading."""

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


class Following(Session):
    """A session at a replica: whatever makes a statement fail there is no failure of the primary."""

    def execute(self, statements: str, bindings: Any = None) -> Rows:
        """Execute one statement, and fetch all its rows."""
        with _interrupted():
            return super().execute(statements, bindings)

    def script(self, statements: str) -> None:
        """Execute statements without values, one after the other."""
        with _interrupted():
            super().script(statements)


@contextmanager
def _interrupted() -> Generator[None]:
    try:
        yield
    except Unavailable as error:
        raise Interrupted from error


class Replica:
    """Sessions at a replica, lent where it has caught up."""

    def __init__(self, opens: Callable[[], Following]) -> None:
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
            away_until = self._stay_away()
            session = own.enter_context(self._sessions.reading(*first))
            behind = not has_all(counted(session, districts), wanted)
            if self._away_until == away_until:
                self._away_until = 0.0
            if not behind:
                until.push(self._ended)
                until.enter_context(own.pop_all())
                return session
        return None

    def _stay_away(self) -> float:
        self._away_until = time.monotonic() + AWAY_SECONDS
        return self._away_until

    def _ended(self, kind: type[BaseException] | None, *_: object) -> None:
        """A reading has ended, perhaps with an error."""
        if kind is Interrupted:
            self._stay_away()

    def close(self) -> None:
        """End the sessions."""
        self._sessions.close()
