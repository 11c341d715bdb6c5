"""The numbers of a transaction's writes, and its moment."""

from __future__ import annotations

from .connection import Connection
from .lasting import Lasting
from .numbering import now


class Numbers:
    """The numbers of the writes of one transaction, over districts that nobody else writes meanwhile.

    There is one count for all districts: a record's number is its own in the whole hub, and who reads several districts
    knows with one number how far they have read.
    """

    _lasting: Lasting | None = None

    def __init__(self, connection: Connection, district: int, lasting: Lasting | None = None) -> None:
        self._connection = connection
        self._lasting = lasting
        self._before, last = self._read() if lasting is None else lasting.get("clock", (), self._read)
        # A clock set back must not make a later write look older.
        self._at = max(now(), last)
        self.taken = 0
        """How many numbers have been taken."""

    def _read(self) -> tuple[int, str]:
        return self._connection.execute("SELECT coalesce(max(seq), 0), coalesce(max(at), '') FROM clock").get

    def keep(self) -> None:
        """The clock has been written: whoever writes next goes on from here."""
        if self._lasting is not None:
            self._lasting.put("clock", (self._before + self.taken, self._at))

    @property
    def before(self) -> int:
        """A number that is less than all that are taken, and not less than any that was committed in the district."""
        return self._before

    @property
    def at(self) -> str:
        """The moment of the transaction (UTC, milliseconds)."""
        return self._at

    def hold(self) -> None:
        """Keep everybody else from writing the district until the transaction ends, where they are not kept already."""

    def take(self, count: int) -> int:
        """The first of as many numbers, one after the other, as are needed next."""
        first = self._before + self.taken + 1
        self.taken += count
        return first

    def beside(self, district: int) -> Numbers:
        """The numbers for another district in the same transaction."""
        return self
