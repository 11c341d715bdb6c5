"""Connections to one file, lent to whoever reads or writes, so that any number of threads can use a store at once.

A connection serves one thread at a time. Statements borrow one for as long as it takes to fetch their rows; a reading
of one moment borrows one until it ends, whichever threads that happens in.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, Generic, Protocol, TypeVar

from .connection import Connection, Cursor, NotOpened, Opened
from .plan.flavour import Flavour
from .plan.flavours.sqlite import SQLITE
from .turns import Writer

FEW_FILES = 256
"""A process that may open no more files than this keeps one connection to a file instead of several."""

IDLE = 8 if resource.getrlimit(resource.RLIMIT_NOFILE)[0] > FEW_FILES else 1
"""How many connections are kept open while nobody needs them: each takes two file descriptors and a cache."""

RETURN_SECONDS, LOOK_SECONDS = 5.0, 0.02
"""For how long a thread that cannot open a connection waits for one to be given back, and how often it looks."""


class Rows:
    """The rows of a statement, all of them fetched."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = rows
        self._at = 0

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.fetchall())

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        if self._at >= len(self._rows):
            return None
        self._at += 1
        return self._rows[self._at - 1]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows that are left."""
        at, self._at = self._at, len(self._rows)
        return self._rows[at:] if at else self._rows

    @property
    def get(self) -> Any:
        """The one value, row or list of rows, whichever there is; None for nothing."""
        found = [row[0] if len(row) == 1 else row for row in self._rows]
        return (found[0] if len(found) == 1 else found) if found else None


class Lendable(Connection, Protocol):
    """A connection that can be lent to one after the other."""

    def txn_state(self, schema: str | None = None) -> int:
        """0 where no statement reads or writes, and no transaction is open."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


One = TypeVar("One", bound=Lendable)


class Lent(Generic[One]):
    """Connections to a database; each statement is executed on one that nobody else uses."""

    flavour: Flavour = SQLITE

    def __init__(self, opens: Callable[[], One], idle: int = IDLE) -> None:
        self._open = opens
        self._most = idle
        # The one that was used last is taken first: it has compiled most of what is asked.
        self._idle: list[One] = []
        self._closed = False

    def take(self) -> One:
        """A connection for the caller alone."""
        try:
            return self._idle.pop()
        except IndexError:
            pass
        try:
            return self._open()
        except NotOpened:
            return self._given_back(time.monotonic() + RETURN_SECONDS)

    def _given_back(self, until: float) -> One:
        """A connection that another thread gives back: all files are open that this process may open."""
        while True:
            with suppress(IndexError):
                return self._idle.pop()
            if time.monotonic() > until:
                return self._open()
            time.sleep(LOOK_SECONDS)

    def give(self, connection: One) -> None:
        """Give a connection back.

        One on which somebody has not read a statement to its end still stands at that statement's moment: the next one
        must not read there.
        """
        if self._closed or len(self._idle) >= self._most or connection.txn_state("main"):
            connection.close()
        else:
            self._idle.append(connection)

    @contextmanager
    def lend(self) -> Generator[One]:
        """A connection for a block."""
        connection = self.take()
        try:
            yield connection
        finally:
            self.give(connection)

    def execute(self, statements: str, bindings: Any = None) -> Cursor:
        """Execute statements, and fetch all their rows."""
        connection = self.take()
        try:
            return Rows(connection.execute(statements, bindings).fetchall())
        finally:
            self.give(connection)

    def executemany(self, statements: str, sequenceofbindings: Iterable[Any]) -> Cursor:
        """Execute a statement once for each set of values."""
        with self.lend() as connection:
            return Rows(connection.executemany(statements, sequenceofbindings).fetchall())

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows to a table."""
        with self.lend() as connection:
            connection.insert(table, columns, rows)

    def filling(self, table: str) -> AbstractContextManager[None]:
        """Each statement is one of its own."""
        return nullcontext()

    def close(self) -> None:
        """Close the connections; those that are still lent are closed when they are given back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()


class OwnWrites(Lent[Opened]):
    """Connections to a file; a thread that writes to it reads what it has written."""

    def __init__(self, opens: Callable[[], Opened]) -> None:
        super().__init__(opens)
        self._writer = Writer(opens())

    @property
    def mine(self) -> Connection | None:
        """The connection whose transaction the present thread has open."""
        return self._writer.mine

    def transaction(self, patience: float) -> AbstractContextManager[Connection]:
        """Whole or not at all; raises `Occupied` when others write for longer than `patience` seconds."""
        return self._writer.transaction(patience)

    def execute(self, statements: str, bindings: Any = None) -> Cursor:
        """Execute statements; within this thread's own transaction they see what it has written."""
        mine = self.mine
        return super().execute(statements, bindings) if mine is None else mine.execute(statements, bindings)

    def close(self) -> None:
        """Close the connections."""
        super().close()
        self._writer.close()
