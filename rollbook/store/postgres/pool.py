"""Sessions lent to whoever reads or writes one schema, and transactions that are whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from ...errors import Unavailable
from ..connection import Connection, Cursor
from ..lending import Lent
from ..plan.flavour import Flavour
from ..plan.flavours.postgres import POSTGRES
from .session import Session
from .statistics import refresh


class Pool(Lent[Session]):
    """Sessions with one schema; each statement is executed on one that nobody else uses.

    A session that the server has ended while nobody used it, as when it is restarted, is not lent; where that is found
    out by the first statement only, another one is opened for it, unless it may have changed something already.
    """

    flavour: Flavour = POSTGRES

    def take(self) -> Session:
        """A session for the caller alone."""
        while not (session := super().take()).stands():
            session.close()
        return session

    def execute(self, statements: str, bindings: Any = None) -> Cursor:
        """Execute a statement, and fetch all its rows."""
        try:
            return super().execute(statements, bindings)
        except Unavailable:
            if not statements.startswith("SELECT"):
                raise
        with self._another() as session:
            return session.execute(statements, bindings)

    @contextmanager
    def _another(self) -> Generator[Session]:
        """A session that has just been opened."""
        session = self._open()
        try:
            yield session
        finally:
            self.give(session)

    @contextmanager
    def _begun(self, begin: str) -> Generator[Session]:
        """A session on which a transaction has begun, which the caller ends; `begin` may be several statements."""
        with ExitStack() as lent:
            session = lent.enter_context(self.lend())
            try:
                session.script(begin)
            except Unavailable:
                session = lent.enter_context(self._another())
                session.script(begin)
            yield session

    @contextmanager
    def reading(self, *first: str) -> Generator[Session]:
        """One reading: all that is read until the block ends is of one moment. `first` are statements to begin with."""
        with self._begun("; ".join(["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", *first])) as session:
            try:
                yield session
            finally:
                # A session that was lost has nothing to roll back; it is closed when it is given back.
                with suppress(Unavailable):
                    session.execute("ROLLBACK")

    @contextmanager
    def writing(self, begin: Callable[[Session], None]) -> Generator[Session]:
        """Whole or not at all; `begin` takes the locks that the transaction needs.

        Each statement sees what has been committed when it begins: what is read under a lock is the newest there is.
        """
        with self._begun("BEGIN ISOLATION LEVEL READ COMMITTED") as session:
            session.added.clear()
            try:
                begin(session)
                yield session
            except BaseException:
                with suppress(Unavailable):
                    session.execute("ROLLBACK")
                    # What failed amid taking numbers may have a lock that does not go with the transaction.
                    session.execute("SELECT pg_advisory_unlock_all()")
                raise
            session.execute("COMMIT")
            # What was written is kept, whatever becomes of this.
            with suppress(Unavailable):
                refresh(session, session.added)


class OwnWrites(Pool):
    """Sessions with one schema; a thread that writes to it reads what it has written."""

    def __init__(self, opens: Callable[[], Session]) -> None:
        super().__init__(opens)
        self._mine = threading.local()

    @property
    def mine(self) -> Session | None:
        """The session whose transaction the present thread has open."""
        return getattr(self._mine, "session", None)

    @contextmanager
    def transaction(self, patience: float) -> Generator[Connection]:
        """Whole or not at all; raises `Occupied` when a row is locked by others for longer than `patience` seconds."""
        with self.writing(lambda session: session.be_patient(patience)) as session:
            self._mine.session = session
            try:
                yield session
            finally:
                self._mine.session = None

    def execute(self, statements: str, bindings: Any = None) -> Cursor:
        """Execute a statement; within this thread's own transaction it sees what that has written."""
        mine = self.mine
        return super().execute(statements, bindings) if mine is None else mine.execute(statements, bindings)

    def executemany(self, statements: str, sequenceofbindings: Iterable[Any]) -> Cursor:
        """Execute a statement once for each set of values, as within `execute`."""
        mine = self.mine
        if mine is None:
            return super().executemany(statements, sequenceofbindings)
        return mine.executemany(statements, sequenceofbindings)
