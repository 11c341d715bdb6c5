"""When the numbers of the new layout were written, taken from every stamp of the old one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..connection import Opened
from .catalogue import kinds
from .numbers import Numbers
from .spelling import moment
from .walking import Chunk, Table, once, table, walk

NOTES = """
CREATE TABLE IF NOT EXISTS notes.dated (district INTEGER NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (district, number)) WITHOUT ROWID;
"""

OTHERS = {
    "clock": "SELECT o.district, o.seq, o.at FROM main.clock o",
    "history": "SELECT o.district, o.seq, o.at FROM main.history o",
    "turned": 'SELECT g.district, o.seq, o.at FROM main.turned o JOIN main."grant" g ON g.id = o."grant"',
}
"""Tables besides those of records that tell when a number was written."""


def dated(connection: Opened) -> Iterator[None]:
    """Note the moment of every number that is told somewhere."""
    connection.execute(NOTES)
    numbers = Numbers(connection)
    for kind in kinds().values():
        rows = f'main."{kind.table}" o'
        made = f"SELECT o.district, {numbers.key(kind, 'o')}, {moment('o.made')} FROM {rows}"
        changed = f"SELECT o.district, {numbers.of_stamp(kind, 'o', 'c.value')}, {moment('c.value')} FROM {rows}"
        yield from _walk(connection, kind.table, made, f"{changed}, json_each(o.changed) c")
    for name, said in OTHERS.items():
        yield from _walk(connection, name, said)


def _walk(connection: Opened, name: str, *said: str) -> Iterator[None]:
    of = table(connection, name)
    yield from walk(connection, "notes", f"moments of {name}", of, partial(_date, connection, of, said))


def _date(connection: Opened, of: Table, said: tuple[str, ...], chunk: Chunk) -> None:
    for rows in said:
        sql = f"INSERT OR IGNORE INTO notes.dated {rows} WHERE {of.within('o', chunk)}"
        connection.execute(sql, chunk.bound())


def put_moments(connection: Opened) -> None:
    """Write down the moments, and each district's clock, moved on to the last number that anything of it has."""
    once(connection, "new", "moments", partial(_put, connection))


def _put(connection: Opened) -> None:
    # One row for each moment: the numbers behind it are of the same one, up to the next row.
    before = "lag(at) OVER (PARTITION BY district ORDER BY number) AS before"
    # A number that stands for what is gone is never to be given to a record.
    used = "SELECT district, number FROM notes.dated UNION ALL SELECT district, number FROM notes.astray"
    for statement in (
        "INSERT INTO new.moment (district, seq, at) SELECT district, number, at"
        f" FROM (SELECT *, {before} FROM notes.dated) WHERE before IS NOT at",
        "INSERT INTO new.clock (district, seq, at) SELECT district, seq, at FROM main.clock",
        f"INSERT INTO new.clock (district, seq, at) SELECT district, max(number), '' FROM ({used})"
        " WHERE true GROUP BY district ON CONFLICT (district) DO UPDATE SET seq = max(seq, excluded.seq)",
    ):
        connection.execute(statement)
