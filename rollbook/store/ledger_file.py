"""The ledger of a data directory: one file of its own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from ..errors import Occupied, Stop
from .connection import Busy, Connection, Fault, Opened, connect
from .folding import Folder
from .ledger import Broken, Ledger

NAME = "ledger.sqlite"
"""What the file is called in a data directory."""

RESTORE = "restore it from a backup, or move it away to begin a new ledger"

CHECKED_BYTES = 32 * 1024 * 1024
"""Up to which size a ledger is checked whole when it is opened."""


class LedgerFile(Ledger):
    """The ledger of a data directory, open from the first use on; serves any number of threads.

    Raises `Broken` where the file is no ledger, cannot be written to, or was deleted while it was open. It is opened
    again when it is next asked for, so that nothing has to be restarted when somebody has put it right.
    """

    def __init__(self, folder: Path, migrate: Callable[[Connection], None]) -> None:
        super().__init__()
        self._folder = folder
        self._migrate = migrate
        self._connection: Opened | None = None
        self._folds: Folder | None = None
        self._file = 0, 0
        self._made = False

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._folds = None

    def check(self) -> None:
        """Raises `Broken` unless the file is a ledger."""
        with self.lock:
            self._opened()

    def fold(self) -> None:
        """Take in all that the journals hold by now; raises `Occupied` while another process does."""
        with self.lock:
            try:
                self._fold()
            except Busy as error:
                raise Occupied("another process is writing to the ledger of disclosures", hint="try again") from error
            except (Fault, OSError) as error:
                self._give_up()
                raise self._broken(f"cannot be written to: {error}", "see that the disk has room") from error

    def _fold(self) -> None:
        db = self._opened()
        self._folds = self._folds or Folder(self._folder, db, partial(db.execute, "BEGIN IMMEDIATE"))
        self._folds.fold()

    @property
    def _db(self) -> Connection:
        return self._opened()

    @contextmanager
    def _changing(self, table: str) -> Generator[Connection]:
        db = self._opened()
        db.execute("BEGIN IMMEDIATE")
        try:
            found = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?"
            made = db.execute(found, (table,)).fetchall()
            for name, _ in made:
                db.execute(f"DROP TRIGGER {name}")
            yield db
            for _, trigger in made:
                db.execute(trigger)
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def _opened(self) -> Opened:
        """The open file, as long as it is the one that has the name."""
        path = self._folder / NAME
        try:
            found = path.stat()
        except OSError:
            self._give_up()
            if self._made:
                hint = "put it back, or restart the hub to begin a new one"
                raise self._broken("was deleted or moved while the hub was running", hint) from None
        else:
            if self._connection is not None and (found.st_dev, found.st_ino) != self._file:
                self._give_up()
        if self._connection is None:
            self._connection = self._open(path)
        return self._connection

    def _open(self, path: Path) -> Opened:
        try:
            if not path.exists():
                self._begin(path)
            if not path.stat().st_size:
                raise self._broken("is empty", RESTORE)
            connection = self._connect(path)
            self._migrate(connection)
            connection.execute("SELECT 1 FROM disclosure, people, what, human, daily, usage, folded LIMIT 0")
            small = path.stat().st_size <= CHECKED_BYTES
            if small and (said := connection.execute("PRAGMA quick_check(1)").get) != "ok":
                raise self._broken(f"is damaged: {said}", RESTORE)
        except Busy:
            raise
        except (Fault, OSError) as error:
            raise self._broken(f"cannot be opened: {error}", RESTORE) from error
        found = path.stat()
        self._file, self._made = (found.st_dev, found.st_ino), True
        return connection

    def _connect(self, path: Path) -> Opened:
        try:
            return connect(path)
        except Stop:
            raise self._broken("is not a database", RESTORE) from None

    def _begin(self, path: Path) -> None:
        """A new ledger, which has its name when it is whole: one without anything in it has lost what it held."""
        beside = path.with_name(f"ledger.{uuid.uuid4()}.new")
        try:
            connection = connect(beside)
            self._migrate(connection)
            connection.close()
            os.chmod(beside, 0o600)
            # A link fails where somebody else was faster.
            with suppress(FileExistsError):
                os.link(beside, path)
        finally:
            for name in (beside.name, f"{beside.name}-wal", f"{beside.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)

    def _give_up(self) -> None:
        """Close what can no longer be trusted; it is opened again when it is next asked for."""
        with suppress(Fault):
            if self._connection is not None:
                self._connection.close()
        self._connection = self._folds = None
        self._whats.clear()

    def _broken(self, what: str, hint: str) -> Broken:
        return Broken(f"the ledger of disclosures {self._folder / NAME} {what}", hint=hint)
