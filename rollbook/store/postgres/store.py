"""A hub's store in a PostgreSQL database, for any number of servers."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from .. import port
from ..hub_ids import HubIds
from ..kept import Kept
from ..passing import Passing
from ..port import PATIENCE_SECONDS
from . import locks
from .ledger import LedgerTables
from .making import MADE, make
from .numbers import Shared
from .pool import OwnWrites, Pool
from .session import Session
from .watch import Watch

_WRITTEN = "INSERT INTO version VALUES (?, 1) ON CONFLICT (district) DO UPDATE SET number = version.number + 1"


class Store(port.Store):
    """A database, open, for any number of threads; `folder` is a directory of this machine for its journals."""

    def __init__(self, folder: Path | str, address: str, *, patience: float = PATIENCE_SECONDS) -> None:
        super().__init__(folder, patience=patience)
        self.address = address
        """How the database is reached, as libpq says it: `postgresql://user@host/name`."""
        make(address)
        self._reading = Pool(partial(Session, address, "records", read_only=True))
        self._writing = Pool(partial(Session, address, "records"))
        self._hub_ids = HubIds()
        self.kept = Kept(self._reading, self._now, self._hub_ids)
        self.passing = Passing(OwnWrites(partial(Session, address, "passing")), lambda: self.patience, self._turn)
        self.watch = Watch(partial(Session, address, "records", read_only=True))
        self._opening = threading.Lock()
        self._ledger: LedgerTables | None = None

    @property
    def ledger(self) -> LedgerTables:
        """What was told to whom about whom, opened when it is first asked for."""
        with self._opening:
            if self._ledger is None:
                self._ledger = LedgerTables(self.folder, partial(Session, self.address, "ledger"))
        return self._ledger

    def again(self) -> Store:
        """The same database, opened once more."""
        return Store(self.folder, self.address)

    def close(self) -> None:
        """End every session."""
        for one in (self._reading, self._writing, self.passing, self.watch):
            one.close()
        if self._ledger is not None:
            self._ledger.close()

    @contextmanager
    def lend(self) -> Generator[Kept]:
        """One reading: all that is read until the block ends is of one moment."""
        with self._reading.reading() as session:
            yield Kept(session, self._now, self._hub_ids)

    @contextmanager
    def transaction(self, patience: float | None = None) -> Generator[Kept]:
        """Whole or not at all, while nobody else writes records or consent of this hub."""
        with self._transaction(None, patience) as kept:
            yield kept

    @contextmanager
    def of_district(self, district: int, patience: float | None = None) -> Generator[Kept]:
        """Whole or not at all, while nobody else writes to this district, or changes consent."""
        with self._transaction(district, patience) as kept:
            yield kept

    @contextmanager
    def _transaction(self, district: int | None, patience: float | None) -> Generator[Kept]:
        seconds = self.patience if patience is None else patience

        def begin(session: Session) -> None:
            if district is None:
                locks.have_hub(session, seconds)
            else:
                locks.share_hub(session, seconds)
                locks.have_district(session, district, seconds)
            session.be_patient(seconds)

        try:
            with self._writing.writing(begin) as session:
                self._turn()
                yield Kept(session, self._now, HubIds(), partial(Shared, patience=seconds))
                session.execute(_WRITTEN, (locks.HUB if district is None else district,))
        finally:
            self._turn()


def holds(address: str) -> bool:
    """Whether a database holds a hub."""
    session = Session(address, "public", read_only=True)
    try:
        return bool(session.execute("SELECT to_regclass('records.applied') IS NOT NULL").get)
    finally:
        session.close()


def take_away(address: str) -> None:
    """Take the schemas of a hub out of a database, with all that is in them."""
    session = Session(address, "public")
    try:
        for name in MADE:
            session.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
    finally:
        session.close()
