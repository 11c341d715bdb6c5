"""How old the data of a school's source is: the cached databases of the Xporter service, and their renewal.

The service keeps a school's data in databases, each current for a time (vendor documentation, caching). An answer
from one that has expired is given at once, while it is renewed behind; one that was never read is read first. Rollbook
answers from its record, so a database is as old as the last reading of the source that its records come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from ..consent.reader import Reader
from ..store.port import Store
from .queue import Queue

DATABASES = {
    "XodSchoolData": 1440,
    "XodAttendanceSummary": 1440,
    "XodAssessmentTables": 1440,
    "XodAttendanceForDate": 30,
    "XodConductForToday": 30,
    "XodConductPoints": 30,
    "XodConductForDateRange": 720,
    "XodAssessmentResults": 30,
    "XodEndpointInfo": 5,
}
"""Each database with the minutes for which it is current (vendor documentation, caching)."""

PURGED = 30
"""Days after which the service lets go of what it could not renew (the document, school.health)."""


@dataclass(frozen=True)
class Database:
    """One database of a school: when it was read, until when it is current, and whether it is being renewed.

    `status` is OK, Refreshing (an older reading is answered from while the source is read behind) or Failed (the last
    renewal failed, `problem` says why, and the older reading is answered from). Moments are seconds since 1970.
    """

    name: str
    read: float
    expires: float
    status: str
    problem: str | None = None

    def age_minutes(self, now: float) -> int:
        """Whole minutes since it was read."""
        return max(int((now - self.read) // 60), 0)


class Freshness:
    """Knows how old a school's databases are, and has those renewed that have expired."""

    def __init__(self, store: Store, queue: Queue, clock: Callable[[], float]) -> None:
        self.store = store
        self.queue = queue
        self.clock = clock

    def look(self, reader: Reader, names: Iterable[str]) -> tuple[Database, ...]:
        """The databases behind an answer; those that have expired are being renewed from now on."""
        held = reader.once("databases", lambda: self._held(reader))
        source = reader.source()
        return tuple(self._look(reader, name, held.get(name), source) for name in names)

    def _held(self, reader: Reader) -> dict[str, tuple[float, str | None]]:
        return self.store.passing.databases.of(reader.grant.district, reader.grant.school)

    def renew(self, reader: Reader, names: Iterable[str]) -> None:
        """Have databases renewed, however old they are; where the hub is the source, they are current at once.

        The reader that is given does not learn of it: whoever looks afterwards needs another one.
        """
        _, kind = reader.source()
        for name in names if kind != "once" else ():
            if kind == "live":
                self.note(reader.grant.district, reader.grant.school, name, self.clock(), None)
            else:
                self._add(reader.grant.district, reader.grant.school, name)

    def _add(self, district: int, school: str, name: str) -> None:
        """Have a database renewed, unless it is being renewed already."""
        key = f"{district}/{school}/{name}"
        if not self.queue.pending("refresh", key):
            self.queue.add("refresh", {"district": district, "school": school, "database": name}, key=key)

    def _look(
        self, reader: Reader, name: str, held: tuple[float, str | None] | None, source: tuple[float | None, str]
    ) -> Database:
        now, life = self.clock(), DATABASES[name] * 60
        synced, kind = source
        if kind == "once":
            # Nobody can read a file again that was handed over once: its age says so.
            read = now if synced is None else synced
            return Database(name, read, read + life * (int((now - read) // life) + 1), "OK")
        if held is None:
            held = (now if synced is None or kind == "live" else synced, None)
            self.note(reader.grant.district, reader.grant.school, name, held[0], None)
        read, problem = held
        if read + life > now and not self._renewing(reader, name):
            return Database(name, read, read + life, "Failed" if problem else "OK", problem)
        self._add(reader.grant.district, reader.grant.school, name)
        return Database(name, read, read + life, "Failed" if problem else "Refreshing", problem)

    def _renewing(self, reader: Reader, name: str) -> bool:
        key = f"{reader.grant.district}/{reader.grant.school}/{name}"
        return reader.once(("renewing", name), lambda: self.queue.pending("refresh", key))

    def note(self, district: int, school: str, name: str, read: float | None, problem: str | None) -> None:
        """Write down that a database was read, or (without a moment) why it could not be."""
        with self.store.passing as passing:
            passing.databases.note(district, school, name, read, problem)

    def read_at(self, district: int, school: str, name: str) -> float:
        """When a database was last read (seconds since 1970); 0 when it never was."""
        return self.store.passing.databases.read_at(district, school, name)

    def note_all(self, district: int, schools: Iterable[str], read: float | None, problem: str | None) -> None:
        """Write down for every database of some schools that it was read, or why it could not be."""
        for school in schools:
            for name in DATABASES:
                self.note(district, school, name, read, problem)

    def renew_at_night(self) -> None:
        """Have renewed whatever was last read before three in the morning of today, as the service does (UTC)."""
        today = datetime.fromtimestamp(self.clock(), UTC)
        three = today.replace(hour=3, minute=0, second=0, microsecond=0).timestamp()
        if self.clock() < three:
            return
        for district, school, name in self.store.passing.databases.read_before(three):
            self._add(district, school, name)
