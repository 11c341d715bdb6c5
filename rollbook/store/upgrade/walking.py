"""Going through a table chunk by chunk in the order in which its rows lie, with a mark of how far one has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..connection import Opened

CHUNK = 20_000
"""How many rows are one transaction: enough to be fast, few enough that little is done again after a kill."""

MARKS = (
    "CREATE TABLE IF NOT EXISTS {file}.reached (step TEXT NOT NULL, place INTEGER NOT NULL, value,"
    " PRIMARY KEY (step, place)) WITHOUT ROWID"
)
"""How far each step has come: the key of the last row that is done, one value after the other."""


@dataclass(frozen=True)
class Table:
    """A table of the old file: its columns, those of its primary key, and those that its rows lie in the order of."""

    name: str
    columns: tuple[str, ...]
    primary: tuple[str, ...]
    order: tuple[str, ...]

    def within(self, alias: str, chunk: Chunk) -> str:
        """The condition that a row lies in a chunk, whose ends are bound by `Chunk.bound`."""
        by = ", ".join(f'{alias}."{name}"' for name in self.order)
        first, last = (", ".join(f":{end}{n}" for n in range(len(self.order))) for end in ("after", "upto"))
        return f"({by}) <= ({last})" + (f" AND ({by}) > ({first})" if chunk.after else "")


@dataclass(frozen=True)
class Chunk:
    """The rows behind one key, from the first where there is none, up to another."""

    after: tuple[Any, ...]
    upto: tuple[Any, ...]

    def bound(self, **more: Any) -> dict[str, Any]:
        """The values that a statement over the chunk needs."""
        ends = {"after": self.after, "upto": self.upto}
        return {f"{end}{n}": value for end, values in ends.items() for n, value in enumerate(values)} | more


def table(connection: Opened, name: str) -> Table:
    """A table of the old file."""
    facts = connection.execute("SELECT name, pk FROM pragma_table_xinfo(?, 'main')", (name,)).fetchall()
    made = str(connection.execute("SELECT sql FROM main.sqlite_schema WHERE name = ?", (name,)).get)
    primary = tuple(column for _, column in sorted((pk, column) for column, pk in facts if pk))
    order = primary if made.endswith("WITHOUT ROWID") else ("rowid",)
    return Table(name, tuple(column for column, _ in facts), primary, order)


def old_tables(connection: Opened) -> list[Table]:
    """Every table of the old file."""
    named = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name"
    return [table(connection, name) for (name,) in connection.execute(named).fetchall()]


def walk(connection: Opened, file: str, step: str, of: Table, work: Callable[[Chunk], object]) -> Iterator[None]:
    """Do what is left of a step, one chunk in each transaction; `file` (`new` or `notes`) keeps how far it has come."""
    after = reached(connection, file, step)
    while upto := _last(connection, of, after):
        with connection:
            work(Chunk(after, upto))
            reach(connection, file, step, upto)
        after = upto
        yield


def reached(connection: Opened, file: str, step: str) -> tuple[Any, ...]:
    """How far a step has come; nothing where it has not begun."""
    sql = f"SELECT value FROM {file}.reached WHERE step = ? ORDER BY place"
    return tuple(value for (value,) in connection.execute(sql, (step,)).fetchall())


def reach(connection: Opened, file: str, step: str, at: Sequence[Any]) -> None:
    """Keep how far a step has come."""
    connection.executemany(
        f"INSERT OR REPLACE INTO {file}.reached VALUES (?, ?, ?)", [(step, n, value) for n, value in enumerate(at)]
    )


def once(connection: Opened, file: str, step: str, work: Callable[[], object]) -> None:
    """Do a step that is one transaction, unless it has been done."""
    if not reached(connection, file, step):
        with connection:
            work()
            reach(connection, file, step, (1,))


def chunks_of(connection: Opened, of: Table) -> int:
    """About how many chunks a table has."""
    return -(-int(connection.execute(f'SELECT count(*) FROM main."{of.name}"').get) // CHUNK)


def _last(connection: Opened, of: Table, after: tuple[Any, ...]) -> tuple[Any, ...]:
    """The key at which the next chunk ends; nothing where no row is left."""
    by = ", ".join(f'"{name}"' for name in of.order)
    rest = f"WHERE ({by}) > ({', '.join('?' * len(after))})" if after else ""
    ordered = f'SELECT {by} FROM main."{of.name}" {rest} ORDER BY {by}'
    full = connection.execute(f"{ordered} LIMIT 1 OFFSET {CHUNK - 1}", after).fetchone()
    if full:
        return full
    backwards = ", ".join(f'"{name}" DESC' for name in of.order)
    return (
        connection.execute(f'SELECT {by} FROM main."{of.name}" {rest} ORDER BY {backwards} LIMIT 1', after).fetchone()
        or ()
    )
