"""Keeping registers: a student's session marks of four weeks in one row, so that a year is read in a dozen of them.

They are worked out from the marks and hold nothing of their own. A batch notes of which students and weeks it has
written marks, and before it ends it writes those rows anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..fields import Day, Record
from ..model.attendance import Mark
from ..model.students import Student
from .connection import Connection
from .plan.registering import monday_of, register

if TYPE_CHECKING:
    from .linking import Links, Slot

AT_MOST = 100_000
"""Of how many rows it is noted that they are to be written anew, before they are."""

SESSION = "S"


class Registers:
    """The registers of a batch's marks."""

    def __init__(self, connection: Connection, district: int, links: Links) -> None:
        self._connection = connection
        self._district = district
        self._links = links
        self._noted: set[tuple[int, int]] = set()

    def made(self, record: type[Record], columns: Mapping[str, Sequence[Any]]) -> None:
        """Records of a kind were made, with these facts as they are stored, column by column."""
        if record is not Mark:
            return
        for kind, student, day in zip(*(columns.get(n, ()) for n in ("kind", "student", "date")), strict=False):
            if kind == SESSION:
                self._note(student, day)

    def moved(self, record: type[Record], *states: Mapping[str, Any]) -> None:
        """A record of a kind was changed, or is gone: as it was and as it is."""
        if record is not Mark:
            return
        for row in states:
            if row["kind"] == SESSION and row["student"] is not None:
                found = self._links.keys(Student, [row["student"]])
                self._note(found.get(row["student"]), Day.number(row["date"]))

    def led(self, slots: Iterable[Slot]) -> None:
        """References of records now lead to others, for which they waited."""
        keys = [slot.key for slot in slots if slot.record is Mark and slot.name == "student"]
        if keys:
            those = self._connection.flavour.listed(":keys", "number")
            sql = f"SELECT student, date FROM mark WHERE district = :district AND key IN ({those})"
            for row in self._connection.execute(sql, {"district": self._district, "keys": json.dumps(keys)}).fetchall():
                self._note(*row)

    def _note(self, student: int | None, day: int | None) -> None:
        if student is not None and day is not None:
            self._noted.add((student, monday_of(day)))
            if len(self._noted) > AT_MOST:
                self.keep()

    def keep(self) -> None:
        """Write anew what was noted."""
        rows = [{"district": self._district, "student": s, "monday": monday} for s, monday in sorted(self._noted)]
        self._noted.clear()
        if rows:
            where = "WHERE district = :district AND student = :student AND monday = :monday"
            self._connection.executemany(f"DELETE FROM register {where}", rows)
            self._connection.executemany(_writing(self._connection), rows)


def _writing(connection: Connection) -> str:
    """The statement that writes one row, if there are marks for it."""
    named = [f"CAST(:{name} AS bigint)" for name in ("district", "student", "monday")]
    marks = register(connection.flavour, *named[1:])
    return f"INSERT INTO register SELECT {', '.join(named)}, slots, marks FROM ({marks}) f WHERE slots IS NOT NULL"
