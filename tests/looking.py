"""What a hub's files hold, read and changed behind its back: through connections of a test's own, not the store's.

Tests look at records as everybody outside of the store knows them: a reference is a hub id, a day a text, and `seq` the
number of the last write, also where nothing was written since the record was made.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from rollbook.fields import RECORDS, Day, Record, Ref
from rollbook.store import sqlite
from rollbook.store.connection import Connection, Cursor, Opened, connect
from rollbook.store.kept.settings import Settings
from rollbook.store.lending import Rows
from rollbook.store.plan.flavour import Flavour
from rollbook.store.plan.flavours.sqlite import SQLITE
from rollbook.store.port import Store
from rollbook.store.postgres import store as postgres
from rollbook.store.postgres.session import Session
from rollbook.store.schema import columns

KEPT, PASSING = sqlite.RECORDS, sqlite.PASSING

TABLES = {record.table: record for record in RECORDS.values() if not record.derived()}


@dataclass
class Way:
    """A connection to look through, and the tables that are shown on it as others know them."""

    connection: Opened | Session
    shown: set[str] = field(default_factory=set[str])


KEPT_OPEN: WeakKeyDictionary[Store, dict[tuple[Any, ...], Way]] = WeakKeyDictionary()
"""The ways that are kept open for looking into a store, each for one thread and one kind of looking."""


def keep(store: Store) -> None:
    """Keep ways open for those who look into files again and again: to open one takes longer than most looks."""
    if isinstance(store, sqlite.Store):
        KEPT_OPEN[store] = {}


def forget(store: Store) -> None:
    """Close what was kept open, so that the store is the last one to close its files."""
    for way in KEPT_OPEN.pop(store, {}).values():
        way.connection.close()


@contextmanager
def looking(store: Store) -> Generator[None]:
    """Keep ways open for a block that looks at every kind of record."""
    kept = store in KEPT_OPEN
    if not kept:
        keep(store)
    try:
        yield
    finally:
        if not kept:
            forget(store)


@contextmanager
def lent(store: Store, file: str, kind: str) -> Generator[Way]:
    """A way to look in one of some kinds, which may be kept open."""
    kept = KEPT_OPEN.get(store)
    if kept is None:
        with opened(store, file) as connection:
            yield Way(connection)
    else:
        own = file, kind, threading.get_ident()
        if own not in kept:
            kept[own] = Way(_connected(store, file))
        yield kept[own]


@contextmanager
def opened(store: Store, file: str = KEPT) -> Generator[Opened | Session]:
    """A connection to a file of a data directory, or to the schema in its place, as it is."""
    connection = _connected(store, file)
    try:
        yield connection
    finally:
        connection.close()


def _connected(store: Store, file: str) -> Opened | Session:
    if isinstance(store, sqlite.Store):
        return connect(store.folder / file)
    assert isinstance(store, postgres.Store)
    return Session(store.address, file.removesuffix(".sqlite"))


class Known:
    """The records as others know them, looked at in some way; references may be left as they are, keys."""

    def __init__(self, way: Way, *, by_key: bool = False) -> None:
        self._way = way
        self._by_key = by_key

    def execute(self, statement: str, values: Any = ()) -> Cursor:
        """Execute a statement that reads."""
        connection, shown = self._way.connection, self._way.shown
        # A temporary view stands before the table of its name.
        for table in (TABLES.keys() & set(re.findall(r"\w+", statement))) - shown:
            connection.execute(known(TABLES[table], connection.flavour, by_key=self._by_key))
            shown.add(table)
        return connection.execute(statement, values)


@cache
def known(record: type[Record], flavour: Flavour, *, by_key: bool) -> str:
    """What makes a view of a kind's rows as others know them."""
    schema = "main" if flavour is SQLITE else "records"
    told = {"seq": "coalesce(r.seq, r.key)"}
    told |= {name: flavour.day(f"r.{name}") for name, f in record.stored().items() if isinstance(f, Day)}
    told |= {} if by_key else {name: _hub_id(schema, name, ref) for name, ref in record.refs().items()}
    those = names(record.table)
    shown = ", ".join(f'{told[name]} AS "{name}"' if name in told else f'r."{name}"' for name in those)
    return f'CREATE TEMP VIEW "{record.table}" AS SELECT {shown} FROM {schema}."{record.table}" r'


def names(table: str) -> list[str]:
    """The names of the columns of records as others know them, in order."""
    return [name for name in columns(TABLES[table.strip('"')]) if name != "given"]


def _hub_id(schema: str, name: str, ref: Ref) -> str:
    # What leads nowhere must not look as if it did not lead.
    there = f'SELECT k.id FROM {schema}."{ref.target.table}" k WHERE k.key = r."{name}"'
    return f'coalesce(({there}), CAST(r."{name}" AS TEXT))'


def connected(store: Store) -> Known:
    """The records as others know them, for those who look thousands of times."""
    return Known(Way(_connected(store, KEPT)))


def look(store: Store, statement: str, values: Any = ()) -> Rows:
    """What a statement finds in the records, as others know them, and in all that is kept with them."""
    with lent(store, KEPT, "known") as way:
        return Rows(Known(way).execute(statement, values).fetchall())


def look_by_key(store: Store, statement: str, values: Any = ()) -> Rows:
    """The same where references are keys, for those who join very many rows."""
    with lent(store, KEPT, "by key") as way:
        return Rows(Known(way, by_key=True).execute(statement, values).fetchall())


def look_passing(store: Store, statement: str, values: Any = ()) -> Rows:
    """What a statement finds in what passes; or changes there."""
    with lent(store, PASSING, "as it is") as way:
        return Rows(way.connection.execute(statement, values).fetchall())


@contextmanager
def changing(store: Store, file: str = KEPT) -> Generator[Connection]:
    """A transaction in which a test changes, or breaks, what is kept, where references are keys.

    A file tells everybody by itself that it was changed; in a database whoever writes has to say so. That others may be
    admitted from then on has to be said in both.
    """
    with lent(store, file, "as it is") as way:
        connection = way.connection
        connection.execute("BEGIN")
        try:
            yield connection
            if file == KEPT:
                Settings(connection, lambda: 0.0).turn()
            if isinstance(connection, Session) and file == KEPT:
                connection.execute("UPDATE version SET number = number + 1")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
