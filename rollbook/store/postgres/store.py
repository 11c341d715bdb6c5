"""A hub's store in a PostgreSQL database, for any number of servers."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Generator, Iterable, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from ...errors import Occupied
from .. import copies, port
from ..homing import bring_home
from ..hub_ids import HubIds
from ..indexing import bring_pointers
from ..kept import Kept
from ..passing import Passing
from ..port import PATIENCE_SECONDS
from . import distributing, locks, wall
from .layout import laid_out
from .ledger import LedgerTables
from .listening import Listening
from .making import MADE, make
from .numbers import Shared
from .pool import OwnWrites, Pool
from .replica import Following, Replica, counted
from .session import Session
from .watch import Watch

_WRITTEN = "INSERT INTO version VALUES (?, 1) ON CONFLICT (district) DO UPDATE SET number = version.number + 1"


class Store(port.Store):
    """A database, open, for any number of threads; `folder` is a directory of this machine for its journals."""

    def __init__(
        self, folder: Path | str, address: str, replica: str | None = None, *, patience: float = PATIENCE_SECONDS
    ) -> None:
        super().__init__(folder, patience=patience)
        self.address = address
        """How the database is reached, as libpq says it: `postgresql://user@host/name`."""
        self.replica = replica
        """How a replica of it is reached, if there is one."""
        make(address)
        self._reading = Pool(partial(Session, address, "records", read_only=True))
        role = wall.READER if self._stands() else ""
        self._walled = Pool(partial(Session, address, "records", read_only=True, role=role)) if role else None
        follows = partial(Following, schema="records", read_only=True, role=role)
        self._replica = Replica(partial(follows, replica)) if replica else None
        self._writing = Pool(partial(Session, address, "records"))
        self._hub_ids = HubIds()
        self.kept = Kept(self._reading, self._now, self._hub_ids)
        self.passing = Passing(OwnWrites(partial(Session, address, "passing")), lambda: self.patience, self._turn)
        self.watch = Watch(partial(Session, address, "records", read_only=True))
        self.bell = Listening(partial(Session, address, "passing", read_only=True))
        self._opening = threading.Lock()
        self._ledger: LedgerTables | None = None
        bring_home(self)
        bring_pointers(self)

    @property
    def ledger(self) -> LedgerTables:
        """What was told to whom about whom, opened when it is first asked for."""
        with self._opening:
            if self._ledger is None:
                self._ledger = LedgerTables(self.folder, partial(Session, self.address, "ledger"))
        return self._ledger

    def layout(self) -> int:
        """The last number that was applied."""
        return int(self._reading.execute("SELECT max(number) FROM applied").get)

    def engine(self) -> str:
        """The server's name and version."""
        return f"PostgreSQL {self._reading.execute('SHOW server_version').get}"

    def copy_to(self, folder: Path, patience: float) -> None:
        """Copy every row, in one snapshot."""
        self.ledger.fold()
        copies.copy_database(self.address, folder)

    def overwrite(self) -> bool:
        """Take away what was deleted and nobody reads any more."""
        with closing(Session(self.address, "records")) as session:
            session.execute("VACUUM")
        return True

    def again(self) -> Store:
        """The same database, opened once more."""
        return Store(self.folder, self.address, self.replica)

    def close(self) -> None:
        """End every session."""
        for one in (self._reading, self._writing, self.passing, self.watch, self.bell, self._walled, self._replica):
            if one is not None:
                one.close()
        if self._ledger is not None:
            self._ledger.close()

    def _stands(self) -> bool:
        with self._reading.lend() as session:
            return wall.stands(session)

    @contextmanager
    def lend(self, *districts: int) -> Generator[Kept]:
        """One reading: all that is read until the block ends is of one moment."""
        with ExitStack() as reading:
            if not districts:
                session = reading.enter_context(self._reading.reading())
                yield (Kept if self._walled is None else wall.Open)(session, self._now, self._hub_ids)
            elif self._walled is None:
                yield Kept(self._session_of(reading, districts), self._now, self._hub_ids)
            else:
                session = self._session_of(reading, districts, wall.facing(districts[0]))
                yield wall.Walled(wall.Behind(session, districts), districts[0], self._now, self._hub_ids)

    def _session_of(self, reading: ExitStack, districts: tuple[int, ...], *first: str) -> Session:
        """A session for what is read of some districts, at a replica where one has it all."""
        if self._replica is not None:
            session = self._replica.caught_up(reading, districts, counted(self._reading, districts), *first)
            if session is not None:
                return session
        return reading.enter_context((self._walled or self._reading).reading(*first))

    @contextmanager
    def transaction(self, patience: float | None = None) -> Generator[Kept]:
        """Whole or not at all, while nobody else writes what is no district's."""
        with self._transaction((locks.HUB,), patience) as kept:
            yield kept

    @contextmanager
    def of_districts(self, districts: Collection[int], patience: float | None = None) -> Generator[Kept]:
        """Whole or not at all, while nobody else writes to these districts."""
        with self._transaction(locks.in_order(districts), patience) as kept:
            yield kept

    @contextmanager
    def of_new_district(self, patience: float | None = None) -> Generator[Kept]:
        """Whole or not at all, while nobody else makes a district."""
        with self._transaction((locks.FOUNDING,), patience) as kept:
            yield kept

    def final(self, districts: Iterable[int]) -> int:
        """A number up to which every write to some districts is there now, or never will be."""
        return self._reading.execute("SELECT final(?)", (json.dumps(sorted(districts)),)).get

    @contextmanager
    def _transaction(self, parts: Sequence[int], patience: float | None) -> Generator[Kept]:
        seconds = self.patience if patience is None else patience

        def begin(session: Session) -> None:
            for part in parts:
                locks.have(session, part, seconds)
            session.be_patient(seconds)

        try:
            with self._writing.writing(begin) as session:
                self._turn()
                hub_ids = HubIds(self._hub_ids)
                kept = Kept(session, self._now, hub_ids, partial(Shared, patience=seconds))
                yield kept
                kept.settle()
                session.executemany(_WRITTEN, [(part,) for part in parts])
            self._hub_ids.learn(hub_ids)
        finally:
            self._turn()


def holds(address: str) -> bool:
    """Whether a database holds a hub; raises `Occupied` while another process makes one there."""
    with closing(Session(address, "public", read_only=True)) as session:
        if locks.being_made(session):
            raise _being_made()
        return _is_there(session)


@contextmanager
def alone(address: str) -> Generator[None]:
    """Make a hub in a database that holds none, which nobody else takes for one until the block ends.

    Raises `Occupied` where another process makes one, or has just made it.
    """
    with closing(Session(address, "public")) as session:
        if not locks.have_making(session) or _is_there(session):
            raise _being_made()
        yield


def _is_there(session: Session) -> bool:
    return bool(session.execute("SELECT to_regclass('records.applied') IS NOT NULL").get)


def _being_made() -> Occupied:
    return Occupied("another process is making a hub in this database", hint="wait until it has ended, then try again")


def layout(address: str) -> tuple[str, bool]:
    """How the tables lie, in words, and whether the wall stands."""
    make(address)
    session = Session(address, "records")
    try:
        return str(laid_out(session)), wall.stands(session)
    finally:
        session.close()


def distribute(address: str, parts: int | None = None) -> str:
    """Distribute the tables by district; returns how they lie then, in words."""
    make(address)
    return str(distributing.distribute(address, parts or distributing.PARTS))


def take_away(address: str) -> None:
    """Take the schemas of a hub out of a database, with all that is in them."""
    session = Session(address, "public")
    try:
        for name in MADE:
            session.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
    finally:
        session.close()
