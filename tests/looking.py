"""What a hub's files hold, read and changed behind its back: through connections of a test's own, not the store's.

Tests look at records as everybody outside of the store knows them: a reference is a hub id, a day a text, and `seq` the
number of the last write, also where nothing was written since the record was made.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

from rollbook.fields import RECORDS, Day, Record, Ref
from rollbook.store.connection import Connection, Cursor, Opened, connect
from rollbook.store.lending import Rows
from rollbook.store.port import Store
from rollbook.store.schema import columns

KEPT, PASSING = "records.sqlite", "passing.sqlite"

TABLES = {record.table: record for record in RECORDS.values() if not record.derived()}


@contextmanager
def opened(store: Store, file: str = KEPT) -> Generator[Opened]:
    """A connection to a file of a data directory, as it is."""
    connection = connect(store.folder / file)
    try:
        yield connection
    finally:
        connection.close()


class Known:
    """The records as others know them, over a connection to their file; references may be left as they are, keys."""

    def __init__(self, connection: Connection, *, by_key: bool = False) -> None:
        self._connection = connection
        self._by_key = by_key
        self._tables = set[str]()

    def execute(self, statement: str, values: Any = ()) -> Cursor:
        """Execute a statement that reads."""
        # A temporary view stands before the table of its name.
        for table in (TABLES.keys() & set(re.findall(r"\w+", statement))) - self._tables:
            self._connection.execute(known(TABLES[table], by_key=self._by_key))
            self._tables.add(table)
        return self._connection.execute(statement, values)


@cache
def known(record: type[Record], *, by_key: bool) -> str:
    """What makes a view of a kind's rows as others know them."""
    told = {"seq": "coalesce(r.seq, r.key)"}
    told |= {name: f"date(r.{name} * 86400, 'unixepoch')" for name, f in record.stored().items() if isinstance(f, Day)}
    told |= {} if by_key else {name: _hub_id(name, ref) for name, ref in record.refs().items()}
    names = [name for name in columns(record) if name != "given"]
    shown = ", ".join(f'{told[name]} AS "{name}"' if name in told else f'r."{name}"' for name in names)
    return f'CREATE TEMP VIEW "{record.table}" AS SELECT {shown} FROM main."{record.table}" r'


def _hub_id(name: str, ref: Ref) -> str:
    # What leads nowhere must not look as if it did not lead.
    return f'coalesce((SELECT k.id FROM main."{ref.target.table}" k WHERE k.key = r."{name}"), r."{name}")'


def connected(store: Store) -> Known:
    """The records as others know them, for those who look thousands of times."""
    return Known(connect(store.folder / KEPT))


def look(store: Store, statement: str, values: Any = ()) -> Rows:
    """What a statement finds in the records, as others know them, and in all that is kept with them."""
    with opened(store) as connection:
        return Rows(Known(connection).execute(statement, values).fetchall())


def look_by_key(store: Store, statement: str, values: Any = ()) -> Rows:
    """The same where references are keys, for those who join very many rows."""
    with opened(store) as connection:
        return Rows(Known(connection, by_key=True).execute(statement, values).fetchall())


def look_passing(store: Store, statement: str, values: Any = ()) -> Rows:
    """What a statement finds in what passes; or changes there."""
    with opened(store, PASSING) as connection:
        return Rows(connection.execute(statement, values).fetchall())


@contextmanager
def changing(store: Store, file: str = KEPT) -> Generator[Connection]:
    """A transaction in which a test changes, or breaks, what is kept, where references are keys."""
    with opened(store, file) as connection, connection:
        yield connection
