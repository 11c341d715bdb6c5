"""What a hub's files hold, read and changed behind its back: through connections of a test's own, not the store's."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from rollbook.store.connection import Connection, Opened, connect
from rollbook.store.lending import Rows
from rollbook.store.sqlite import Store

RECORDS, PASSING = "records.sqlite", "passing.sqlite"


@contextmanager
def opened(store: Store, file: str = RECORDS) -> Generator[Opened]:
    """A connection to a file of a data directory."""
    connection = connect(store.folder / file)
    try:
        yield connection
    finally:
        connection.close()


def connected(store: Store) -> Connection:
    """A connection to the records, for those who look thousands of times."""
    return connect(store.folder / RECORDS)


def look(store: Store, statement: str, values: Any = ()) -> Rows:
    """What a statement finds in the records and all that is kept with them."""
    with opened(store) as connection:
        return Rows(connection.execute(statement, values).fetchall())


def look_passing(store: Store, statement: str, values: Any = ()) -> Rows:
    """What a statement finds in what passes; or changes there."""
    with opened(store, PASSING) as connection:
        return Rows(connection.execute(statement, values).fetchall())


@contextmanager
def changing(store: Store, file: str = RECORDS) -> Generator[Connection]:
    """A transaction in which a test changes, or breaks, what is kept."""
    with opened(store, file) as connection, connection:
        yield connection
