"""The embedded store: SQLite through apsw; files for records and consent, for what passes, and for what was told."""

from __future__ import annotations

import threading
from collections.abc import Collection, Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from . import copies, port
from .bell import Bell
from .connection import Opened, connect, connect_as_it_is
from .homing import bring_home
from .hub_ids import HubIds
from .indexing import bring_pointers
from .kept import Kept
from .kept.history import END
from .ledger_file import LedgerFile
from .lending import Lent, OwnWrites
from .migrating import migrate
from .numbers import Numbers
from .passing import Passing
from .port import PATIENCE_SECONDS
from .turns import Writer
from .upgrade import bring_up
from .watching import Watch

RECORDS, PASSING = "records.sqlite", "passing.sqlite"


class Store(port.Store):
    """A data directory, open, for any number of threads."""

    def __init__(self, folder: Path | str, *, patience: float = PATIENCE_SECONDS) -> None:
        super().__init__(folder, patience=patience)
        bring_up(self.folder)
        writer = self._open()
        migrate(writer, "records")
        self._writer = Writer(writer)
        self._lent = Lent(self._reading)
        self._hub_ids = HubIds()
        self.kept = Kept(self._lent, self._now, self._hub_ids)
        passing = self._open_passing()
        migrate(passing, "passing")
        passing.close()
        self.passing = Passing(OwnWrites(self._open_passing), lambda: self.patience, self._turn)
        # To tell that a file has changed takes none of what makes a connection dear: what its tables are.
        self.watch = Watch(partial(connect_as_it_is, self.folder / name) for name in (RECORDS, PASSING))
        self.bell = Bell()
        self._opening = threading.Lock()
        self._ledger: LedgerFile | None = None
        bring_home(self)
        bring_pointers(self)

    @property
    def ledger(self) -> LedgerFile:
        """What was told to whom about whom, opened when it is first asked for."""
        with self._opening:
            if self._ledger is None:
                self._ledger = LedgerFile(self.folder, lambda connection: migrate(connection, "ledger"))
        return self._ledger

    def layout(self) -> int:
        """The number that the file has."""
        return int(self._lent.execute("PRAGMA user_version").get)

    def engine(self) -> str:
        """The library's name and version."""
        return f"SQLite {self._lent.execute('SELECT sqlite_version()').get}"

    def copy_to(self, folder: Path, patience: float) -> None:
        """Copy the files, page by page."""
        self.ledger.fold()
        copies.copy_files(self.folder, folder, patience)

    def overwrite(self) -> bool:
        """Write each file anew, so that no page of it is left over, and empty the log beside it."""
        done = [copies.written_anew(self.folder / name) for name in copies.FILES]
        return all(done)

    def again(self) -> Store:
        """The same directory, opened once more."""
        return Store(self.folder)

    def close(self) -> None:
        """Close every connection; the files then hold everything."""
        for one in (self._lent, self.passing, self.watch, self._writer):
            one.close()
        if self._ledger is not None:
            self._ledger.close()

    @contextmanager
    def lend(self, *districts: int) -> Generator[Kept]:
        """One reading: all that is read until the block ends is of one moment; a file has no wall."""
        with self._lent.lend() as connection:
            connection.execute("BEGIN")
            try:
                yield Kept(connection, self._now, self._hub_ids)
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def transaction(self, patience: float | None = None) -> Generator[Kept]:
        """Whole or not at all; one writes to the file at a time."""
        hub_ids = HubIds(self._hub_ids)
        try:
            with self._writer.transaction(self.patience if patience is None else patience) as connection:
                self._turn()
                kept = Kept(connection, self._now, hub_ids)
                yield kept
                kept.settle()
            self._hub_ids.learn(hub_ids)
        finally:
            self._turn()

    @contextmanager
    def together(self, district: int, patience: float | None = None) -> Generator[Kept]:
        """Whole or not at all, and on the disk at its end; what others write meanwhile is so at the same time."""
        hub_ids = HubIds(self._hub_ids)
        try:
            with self._writer.together(self.patience if patience is None else patience) as turn:
                self._turn()
                lasting = self._writer.lasting
                kept = Kept(turn.connection, self._now, hub_ids, partial(Numbers, lasting=lasting), lasting)
                yield kept
                turn.last = kept.settle()
            self._hub_ids.learn(hub_ids)
        finally:
            self._turn()

    def of_districts(self, districts: Collection[int], patience: float | None = None) -> AbstractContextManager[Kept]:
        """As any other transaction."""
        return self.transaction(patience)

    def of_new_district(self, patience: float | None = None) -> AbstractContextManager[Kept]:
        """As any other transaction."""
        return self.transaction(patience)

    def final(self, districts: Iterable[int]) -> int:
        """Every number: one writes to the file at a time, so each commit has greater ones than those before."""
        return END

    def _open(self) -> Opened:
        return connect(self.folder / RECORDS)

    def _open_passing(self) -> Opened:
        return connect(self.folder / PASSING)

    def _reading(self) -> Opened:
        connection = self._open()
        connection.execute("PRAGMA query_only = ON")
        return connection
