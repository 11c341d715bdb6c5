"""The numbers of writes: one sequence for the whole hub, of which whoever has a district takes some.

They are taken while the district is locked, so within a district their order is that of the commits. Who fails leaves a
gap, and so does who has taken more than were needed.

Between districts it is not: a greater number may be committed first. So whoever takes numbers for a district holds, for
as long as the transaction goes on, a second lock whose number says how far the sequence had come before the first of
them (`take`), and whoever reads several districts goes no further than that (`final`).
"""

from __future__ import annotations

from typing import cast

from ..connection import Connection
from ..numbering import now
from ..numbers import Numbers
from .locks import LOCK, have
from .session import Session

MOST = 1_000
"""How many numbers are taken in advance at most."""

TAKE = f"""
CREATE OR REPLACE FUNCTION take(numbers bigint, begun bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  before bigint;
  first bigint;
BEGIN
  -- Until the end, nobody else may take any.
  PERFORM pg_advisory_lock({LOCK}, -3);
  IF begun >= 0 THEN
    -- A lock's number has 64 bits: a district and the lower or, with the first bit set, the upper half of a number.
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO before FROM records.number;
    PERFORM pg_advisory_xact_lock_shared((begun << 32) | (before & 4294967295));
    PERFORM pg_advisory_xact_lock_shared((CAST(1 AS bigint) << 63) | (begun << 32) | (before >> 32));
  END IF;
  first := nextval('records.number');
  PERFORM setval('records.number', first + numbers - 1);
  PERFORM pg_advisory_unlock({LOCK}, -3);
  RETURN first;
END $$
"""
"""The function that takes numbers that follow each other, and returns the first of them; `begun` is the district where
they are its first in the transaction, else -1."""

FINAL = f"""
CREATE OR REPLACE FUNCTION final(districts text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  last bigint;
BEGIN
  -- First how far the sequence has come, then who is under way: whoever begins in between takes greater numbers.
  SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO last FROM records.number;
  RETURN least(last, (
    WITH held AS MATERIALIZED (
      SELECT pid, objsubid, CAST(classid AS bigint) AS high, CAST(objid AS bigint) AS low FROM pg_locks
      WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    SELECT min(before) FROM (
      SELECT sum(CASE WHEN n.high >= 2147483648 THEN n.low << 32 ELSE n.low END) AS before
      FROM held d JOIN held n ON n.pid = d.pid AND n.objsubid = 1 AND (n.high & 2147483647) = d.low
      WHERE d.objsubid = 2 AND d.high = {LOCK}
        AND d.low IN (SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(districts AS json)))
      GROUP BY d.low
    ) begun
  ));
END $$
"""
"""The function that tells up to which number nothing more is to come in some districts (a list in JSON)."""


class Shared(Numbers):
    """The numbers of the writes of one transaction to one district, which it has alone from the first on."""

    def __init__(self, connection: Connection, district: int, patience: float) -> None:
        self._patience = patience
        self._session = cast(Session, connection)
        self._district = district
        self._held = False
        self.taken = 0
        self._next, self._end, self._more = 0, 0, 1

    @property
    def before(self) -> int:
        """A number that is less than all that are taken, and not less than any that was committed in the district."""
        self.hold()
        return self._before

    @property
    def at(self) -> str:
        """The moment of the transaction (UTC, milliseconds)."""
        self.hold()
        return self._at

    def hold(self) -> None:
        """Keep everybody else from writing the district until the transaction ends."""
        if self._held:
            return
        have(self._session, self._district, self._patience)
        clock = "SELECT seq, at FROM clock WHERE district = ?"
        self._before, last = self._session.execute(clock, (self._district,)).fetchone() or (0, "")
        self._at = max(now(), last)
        self._held = True

    def take(self, count: int) -> int:
        """The first of as many numbers, one after the other, as are needed next."""
        self.hold()
        if self._next + count > self._end:
            self._more = min(self._more * 2, MOST)
            some, begun = max(count, self._more), -1 if self._end else self._district
            self._next = self._session.execute("SELECT take(?, ?)", (some, begun)).get
            self._end = self._next + some
        first, self._next = self._next, self._next + count
        self.taken += count
        return first

    def beside(self, district: int) -> Numbers:
        """The numbers for another district in the same transaction."""
        return self if district == self._district else Shared(self._session, district, self._patience)
