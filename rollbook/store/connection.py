"""What the store needs of a database connection, typed; apsw gives it."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, cast

import apsw

from ..errors import Problem, Stop, Unavailable
from .permissions import begin_file
from .plan.flavour import Flavour
from .plan.flavours.sqlite import SQLITE

BUSY_SECONDS = 30

MANY = 2_000
"""How many new rows are worth making the indexes of an empty table after them."""

Busy = apsw.BusyError


class NotOpened(Unavailable):
    """A database cannot be opened now: too many files are open, or its permissions do not allow it."""


Full = apsw.FullError, apsw.IOError
"""What SQLite raises when the disk has no room, or cannot be written to for another reason."""

Fault = apsw.Error
"""Whatever SQLite raises: a file that is no database, a disk that is full or cannot be written to."""


class Cursor(Protocol):
    """The rows of a statement."""

    def __iter__(self) -> Iterator[tuple[Any, ...]]: ...

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        ...

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows that are left."""
        ...

    @property
    def get(self) -> Any:
        """The one value, row or list of rows, whichever there is; None for nothing."""
        ...


class Connection(Protocol):
    """Whatever executes statements on one database."""

    @property
    def flavour(self) -> Flavour:
        """How the database says what not all say alike."""
        ...

    def execute(self, statements: str, bindings: Any = None) -> Cursor:
        """Execute statements."""
        ...

    def executemany(self, statements: str, sequenceofbindings: Iterable[Any]) -> Cursor:
        """Execute a statement once for each set of values."""
        ...

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows to a table, in the quickest way that the database has; none of them may be there already."""
        ...

    def filling(self, table: str) -> AbstractContextManager[None]:
        """While very many rows are added to a table of this transaction in which there is none: others see nothing.

        What finds its rows by anything but their key and hub id may be made at the end.
        """
        ...


@lru_cache(maxsize=1024)
def inserting(table: str, columns: Sequence[str]) -> str:
    """The statement that adds a row to a table, its values in the order of the columns."""
    named = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table}" ({named}) VALUES ({", ".join("?" * len(columns))})'


class Opened(Connection, Protocol):
    """An open connection to one database file; as a context, a transaction that is whole or not at all."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        ...

    def __enter__(self) -> Opened: ...

    def __exit__(self, *error: Any) -> bool | None: ...

    def set_busy_timeout(self, milliseconds: int) -> None:
        """How long to wait for a writer before giving up."""
        ...

    def txn_state(self, schema: str | None = None) -> int:
        """0 where no statement reads or writes; one that is under way goes on reading after a ROLLBACK too."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class _File(apsw.Connection):
    """A connection to a file that knows how it is to be spoken to."""

    flavour: Flavour = SQLITE

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows to a table."""
        cast(Connection, self).executemany(inserting(table, tuple(columns)), rows)

    @contextmanager
    def filling(self, table: str) -> Generator[None]:
        """Make the indexes when the rows are there: sorted once, they take a third of the time."""
        own, folder = cast(Connection, self), Path(self.db_filename("main")).parent
        # One that is unique is asked which hub ids are there already.
        made = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql LIKE 'CREATE INDEX %'"
        indexes = own.execute(f"{made} ORDER BY rowid", (table,)).fetchall()
        for name, _ in indexes:
            own.execute(f'DROP INDEX "{name}"')
        yield
        # Where the block has failed, the transaction is undone, and they are there again.
        with _sorting_beside(folder):
            own.execute("PRAGMA temp_store = FILE")
            for _, statement in indexes:
                own.execute(statement)
            own.execute("PRAGMA temp_store = MEMORY")


@contextmanager
def _sorting_beside(folder: Path) -> Generator[None]:
    """What SQLite sorts within lies in files in a folder of the hub's own, and not in memory."""
    was = os.environ.get("SQLITE_TMPDIR")
    os.environ["SQLITE_TMPDIR"] = str(folder)
    try:
        yield
    finally:
        os.environ.pop("SQLITE_TMPDIR")
        os.environ |= {"SQLITE_TMPDIR": was} if was else {}


def _fold(value: Any) -> str | None:
    """A text so that it equals the same text in any case, in every alphabet: SQLite's own `lower` knows A to Z."""
    return None if value is None else str(value).casefold()


def connect_as_it_is(path: Path) -> Opened:
    """Open a database file and change nothing of how it is kept."""
    try:
        return cast(Opened, _File(str(path)))
    except apsw.CantOpenError as error:
        raise NotOpened(f"{path} cannot be opened: {error}") from error


def connect(path: Path) -> Opened:
    """Open a database file as the store uses it."""
    if path.name != ":memory:":
        begin_file(path)
    connection = cast(apsw.Connection, connect_as_it_is(path))
    connection.set_busy_timeout(BUSY_SECONDS * 1000)
    # One plan for each question, whatever is asked with it: otherwise every execution is compiled again.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    cast(Any, connection).create_scalar_function("fold", _fold, 1, deterministic=True)
    opened = cast(Opened, connection)
    for pragma in (
        "journal_mode = WAL",
        # An acknowledged write is on the disk: a server killed at any moment, or a power cut, loses nothing.
        "synchronous = FULL",
        "cache_size = -8192",
        "mmap_size = 33554432",
        "temp_store = MEMORY",
    ):
        try:
            opened.execute(f"PRAGMA {pragma}")
        except apsw.NotADBError:
            raise Stop(Problem(str(path), "is not a database", "name another directory with --data")) from None
        except apsw.CorruptError:
            raise Stop(Problem(str(path), "is damaged", "bring it back from a backup")) from None
    return opened
