"""The numbers of writes: one sequence for the whole hub, of which whoever has a district takes some.

They are taken while the district is locked, so within a district their order is that of the commits. Who fails leaves a
gap, and so does who has taken more than were needed.
"""

from __future__ import annotations

from typing import cast

from ..connection import Connection
from ..numbering import now
from ..numbers import Numbers
from .locks import have_district
from .session import Session

MOST = 1_000
"""How many numbers are taken in advance at most."""

TAKE = """
CREATE FUNCTION take(numbers bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE first bigint;
BEGIN
  -- Between the two, nobody else may take any.
  PERFORM pg_advisory_lock({lock}, -3);
  first := nextval('records.number');
  PERFORM setval('records.number', first + numbers - 1);
  PERFORM pg_advisory_unlock({lock}, -3);
  RETURN first;
END $$
"""
"""The function that takes numbers that follow each other, and returns the first of them."""


class Shared(Numbers):
    """The numbers of the writes of one transaction to one district, which it has alone from the first on."""

    def __init__(self, connection: Connection, district: int, patience: float) -> None:
        self._patience = patience
        self._session = cast(Session, connection)
        self._district = district
        clock = "SELECT seq, at FROM clock WHERE district = ?"
        self.before, last = connection.execute(clock, (district,)).fetchone() or (0, "")
        self.at = max(now(), last)
        self.taken = 0
        self._next, self._end, self._more = 0, 0, 1

    def take(self, count: int) -> int:
        """The first of as many numbers, one after the other, as are needed next."""
        if not self._end:
            have_district(self._session, self._district, self._patience)
        if self._next + count > self._end:
            self._more = min(self._more * 2, MOST)
            some = max(count, self._more)
            self._next = self._session.execute("SELECT take(?)", (some,)).get
            self._end = self._next + some
        first, self._next = self._next, self._next + count
        self.taken += count
        return first

    def beside(self, district: int) -> Numbers:
        """The numbers for another district in the same transaction."""
        return self if district == self._district else Shared(self._session, district, self._patience)
