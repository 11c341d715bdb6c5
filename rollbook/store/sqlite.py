"""The embedded store: SQLite through apsw; files for records and consent, for what passes, and for what was told."""

from __future__ import annotations

import hmac
import os
import threading
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..errors import Stop
from . import schema
from .connection import BUSY_SECONDS, Connection, Opened, connect
from .kept import Kept
from .ledger import LedgerFile
from .lending import Lent, Writer
from .passing import Passing
from .permissions import close_to_others
from .watching import Watch
from .writing import Batch


def _migrate(connection: Connection, name: str) -> None:
    scripts = schema.migrations(name)
    if connection.execute("PRAGMA user_version").get == len(scripts):
        return
    # From the start a writer's transaction: one that reads first, and writes when somebody else has, is refused.
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = int(connection.execute("PRAGMA user_version").get)
        if done > len(scripts):
            raise Stop(
                f"this data was made by a newer Rollbook (schema {done}, this one knows {len(scripts)})",
                hint="upgrade Rollbook, then open it again",
            )
        for script in scripts[done:]:
            connection.execute(script)
        connection.execute(f"PRAGMA user_version = {len(scripts)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _hub_key(path: Path) -> bytes:
    """The key of a data directory, made when it is first asked for: one, whoever asks first."""
    if not path.exists():
        beside = path.with_name(f"hub.{uuid.uuid4()}.new")
        beside.touch(mode=0o600)
        beside.write_bytes(os.urandom(32))
        # A link fails where somebody else was faster; a half-written key is never seen under the name.
        with suppress(FileExistsError):
            os.link(beside, path)
        beside.unlink()
    return path.read_bytes()


class Store:
    """A data directory, open, for any number of threads. `kept` reads; `write` changes what is kept."""

    def __init__(self, folder: Path | str, *, patience: float = BUSY_SECONDS) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        if not os.access(self.folder, os.W_OK):
            raise Stop(f"the data directory {self.folder} cannot be written to", hint="is the disk read-only?")
        close_to_others(self.folder)
        self.clock: Callable[[], float] = time.time
        """What the hub takes for the time (seconds since 1970)."""
        self.patience = patience
        """For how many seconds a write waits for somebody else's."""
        writer = self._open()
        _migrate(writer, "records")
        self._writer = Writer(writer)
        self._lent = Lent(self._reading)
        self.kept = Kept(self._lent, self._now)
        """Operations that read what is kept, each of its own moment.

        `lend` is for several of one moment, `transaction` for those that change it.
        """
        passing = self._open_passing()
        _migrate(passing, "passing")
        passing.close()
        self.passing = Passing(self._open_passing, lambda: self.patience)
        self.watch = Watch((self._reading, self._open_passing))
        self._opening = threading.Lock()
        self._key: bytes | None = None
        self._ledger: LedgerFile | None = None

    @property
    def ledger(self) -> LedgerFile:
        """What was told to whom about whom, opened when it is first asked for."""
        with self._opening:
            if self._ledger is None:
                self._ledger = LedgerFile(self.folder, lambda connection: _migrate(connection, "ledger"))
        return self._ledger

    def secret(self, purpose: str) -> bytes:
        """A secret of this data directory for one purpose, 32 bytes, the same each time.

        It is derived from `hub.key` beside the databases, so that a copy of them alone tells no secret.
        """
        if self._key is None:
            self._key = _hub_key(self.folder / "hub.key")
        return hmac.digest(self._key, purpose.encode(), "sha256")

    def close(self) -> None:
        """Close every connection; the files then hold everything."""
        for one in (self._lent, self.passing, self.watch, self._writer):
            one.close()
        if self._ledger is not None:
            self._ledger.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def data_version(self) -> int:
        """A number that is another one as soon as anybody has changed the records or the grants."""
        return self.watch.versions()[0]

    @contextmanager
    def lend(self) -> Generator[Kept]:
        """One reading: all that is read until the block ends is of one moment."""
        with self._lent.lend() as connection:
            connection.execute("BEGIN")
            try:
                yield Kept(connection, self._now)
            finally:
                connection.execute("ROLLBACK")

    def _open(self) -> Opened:
        return connect(self.folder / "records.sqlite")

    def _now(self) -> float:
        # The clock may be set after the store is opened.
        return self.clock()

    def _open_passing(self) -> Opened:
        return connect(self.folder / "passing.sqlite")

    def _reading(self) -> Opened:
        connection = self._open()
        connection.execute("PRAGMA query_only = ON")
        return connection

    @contextmanager
    def transaction(self, patience: float | None = None) -> Generator[Kept]:
        """Whole or not at all: what is changed is kept when the block ends without an error.

        Raises `Occupied` when somebody else, such as a long import, writes for longer than `patience` seconds (the
        store's own, unless it is given), `NoRoom` when the disk is full.
        """
        with self._writer.transaction(self.patience if patience is None else patience) as connection:
            yield Kept(connection, self._now)

    @contextmanager
    def write(self, district: int, patience: float | None = None) -> Generator[Batch]:
        """Change the records of one district in one transaction, with one history."""
        with self.transaction(patience) as kept:
            batch = Batch(kept, district)
            yield batch
            batch.settle()

    def new_district(self, values: dict[str, Any]) -> int:
        """Make a district; its number is the first part of the key of all its records."""
        with self.founding(values) as batch:
            return batch.district

    @contextmanager
    def founding(self, values: dict[str, Any], founder: str = "") -> Generator[Batch]:
        """Make a district, and records of it, in one transaction. `founder` is the id of the app that makes it."""
        with self.transaction() as kept:
            batch = Batch(kept, kept.schools.next_district())
            batch.add_district(values)
            if founder:
                kept.apps.found(founder, batch.district)
            yield batch
            batch.settle()

    def setting(self, name: str) -> str | None:
        """A setting of this data directory."""
        return self.kept.settings.get(name)

    def set(self, name: str, value: str) -> None:
        """Change a setting of this data directory."""
        with self.transaction() as kept:
            kept.settings.put(name, value)
