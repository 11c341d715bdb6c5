"""What there is to copy: the tables of each of a hub's databases, and their rows some megabytes at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from .. import schema
from ..connection import Connection, connect

DATABASES = ("passing", "ledger", "records")
"""What a hub's databases are called, as files and as schemas; the records come last, since they make a hub."""

AT_ONCE = 4_000_000
"""How many bytes of rows are read together, about."""

FIRST, MOST = 50, 20_000
"""How many rows are read at first, while their size is not known, and at most."""

Row = tuple[Any, ...]

_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True)
class Table:
    """A table of a database: its name, and the columns that hold something of their own."""

    database: str
    name: str
    columns: tuple[str, ...]

    @property
    def step(self) -> str:
        """What the copying of the table is called where it is noted."""
        return f"{self.database} {self.name}"

    @property
    def listed(self) -> str:
        """The columns, as SQL lists them."""
        return ", ".join(f'"{name}"' for name in self.columns)


@cache
def tables_of(database: str) -> tuple[Table, ...]:
    """The tables of a database in today's layout, which are the same in every store."""
    new = connect(Path(":memory:"))
    for script in schema.making(database):
        new.execute(script)
    names = [name for (name,) in new.execute(new.flavour.tables).fetchall()]
    found = tuple(
        Table(database, name, tuple(c for (c,) in new.execute(new.flavour.columns, (name,)))) for name in names
    )
    new.close()
    return found


def pages(source: Connection, of: Table, after: Row = ()) -> Iterator[tuple[list[Row], Row]]:
    """The rows of a table behind a key, some at a time, each time with the key of the last one."""
    key = [name for (name,) in source.execute(source.flavour.primary, (of.name,)).fetchall()]
    places, some = [of.columns.index(name) for name in key], FIRST
    while rows := source.execute(_page(of, key, after), (*after, some)).fetchall():
        after = tuple(rows[-1][at] for at in places)
        yield rows, after
        each = len(_encode(rows)) / len(rows)
        some = max(1, min(MOST, int(AT_ONCE / each), some * 4))


def _page(of: Table, key: list[str], after: Row) -> str:
    by = ", ".join(f'"{name}"' for name in key)
    behind = f"WHERE ({by}) > ({', '.join('?' * len(after))}) " if after else ""
    return f'SELECT {of.listed} FROM "{of.name}" {behind}ORDER BY {by} LIMIT ?'
