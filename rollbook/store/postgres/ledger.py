"""The ledger on PostgreSQL: every server folds the journals that its own processes wrote into one schema."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from ...errors import Occupied
from ..connection import Connection
from ..folding import Folder
from ..ledger import Ledger
from .locks import LEDGER, have
from .session import Session

PATIENCE_SECONDS = 5.0
"""For how long folding waits while another server folds."""


class LedgerTables(Ledger):
    """The ledger of a hub in its database; opened again after the session was lost."""

    def __init__(self, folder: Path, opens: Callable[[], Session]) -> None:
        super().__init__()
        self._folder = folder
        self._opens = opens
        self._session: Session | None = None
        self._folds: Folder | None = None

    @property
    def _db(self) -> Connection:
        return self._opened()

    def _opened(self) -> Session:
        if self._session is None or not self._session.stands():
            self.close()
            self._session = session = self._opens()
            self._folds = Folder(self._folder, session, lambda: self._begin(session))
        return self._session

    def _begin(self, session: Session) -> None:
        session.execute("BEGIN")
        try:
            have(session, LEDGER, PATIENCE_SECONDS)
        except Occupied:
            session.execute("ROLLBACK")
            raise

    def check(self) -> None:
        """Raises `Unavailable` unless the ledger is there."""
        with self.lock:
            self._db.execute("SELECT 1 FROM disclosure, people, what, human, daily, usage, folded LIMIT 0")

    def fold(self) -> None:
        """Take in all that the journals of this machine hold by now; raises `Occupied` while another server does."""
        with self.lock:
            self._opened()
            assert self._folds is not None
            self._folds.fold()

    @contextmanager
    def _changing(self, table: str) -> Generator[Connection]:
        session = self._opened()
        self._begin(session)
        try:
            session.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_stays")
            yield session
            session.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_stays")
        except BaseException:
            session.execute("ROLLBACK")
            raise
        session.execute("COMMIT")

    def close(self) -> None:
        """End the session."""
        with self.lock:
            if self._session is not None:
                self._session.close()
            self._session = self._folds = None
            self._whats.clear()
