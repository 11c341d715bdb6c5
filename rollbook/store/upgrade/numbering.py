"""Finding out which numbers the new layout takes from the old one, and giving fresh ones where it can take none.

A record's key is the number at the end of the stamp of its making. Where a row has none, or one that another row has
already (in the first release districts counted by themselves), all its stamps get fresh numbers, greater than any in
use and in the order of the row's own.

What a reference leads to that is gone has the number that the history remembers of it, or else a fresh one: references
to the same nothing stay alike, and lead nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..connection import Opened
from .catalogue import Kind, kinds, tables
from .spelling import number
from .walking import Chunk, Table, once, table, walk

NOTES = """
CREATE TABLE IF NOT EXISTS notes.taken (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, row INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS notes.odd (n INTEGER PRIMARY KEY, kind INTEGER NOT NULL, row INTEGER NOT NULL,
  stamp TEXT NOT NULL, number INTEGER, UNIQUE (kind, row, stamp));
CREATE TABLE IF NOT EXISTS notes.gone (kind TEXT NOT NULL, district INTEGER NOT NULL, id TEXT NOT NULL,
  number INTEGER NOT NULL, PRIMARY KEY (kind, district, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes.astray (n INTEGER PRIMARY KEY, kind TEXT NOT NULL, district INTEGER NOT NULL,
  id TEXT NOT NULL, number INTEGER, UNIQUE (kind, district, id));
CREATE TABLE IF NOT EXISTS notes.highest (number INTEGER NOT NULL);
INSERT INTO notes.highest SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM notes.highest);
"""
"""The rows whose numbers are taken; the stamps that need fresh ones, in the order in which they get them; what the
history remembers; what references lead to that is not there; and the highest number in use."""


def numbered(connection: Opened) -> Iterator[None]:
    """Note the numbers of all rows and of all that references lead to."""
    connection.execute(NOTES)
    every = [(kind, table(connection, kind.table)) for kind in kinds().values()]
    for kind, of in every:
        yield from walk(connection, "notes", f"numbers of {of.name}", of, partial(_take, connection, kind, of))
    gone = table(connection, "history")
    yield from walk(connection, "notes", "gone", gone, partial(_remember, connection, gone))
    for kind, of in every:
        yield from walk(connection, "notes", f"references of {of.name}", of, partial(_follow, connection, kind, of))
    once(connection, "notes", "fresh", partial(_give, connection))


def _take(connection: Opened, kind: Kind, of: Table, chunk: Chunk) -> None:
    """Note the numbers of some rows, and which of the rows need others."""
    rows, here, values = f'main."{of.name}" o', of.within("o", chunk), chunk.bound(kind=kind.number)
    own, each = number("o.made"), number("c.value")
    changes = f"{rows}, json_each(o.changed) c WHERE {here} AND o.changed IS NOT NULL"
    takes_none = "t.kind IS NOT :kind OR t.row IS NOT o.rowid"
    unnumbered = f"SELECT 1 FROM json_each(o.changed) c WHERE {each} IS NULL"
    for statement in (
        f"INSERT OR IGNORE INTO notes.taken SELECT {own}, :kind, o.rowid FROM {rows} WHERE {here} AND {own} > 0",
        f"INSERT INTO notes.odd (kind, row, stamp) SELECT :kind, o.rowid, o.made FROM {rows} LEFT JOIN notes.taken t"
        f" ON t.number = {own} WHERE {here} AND ({takes_none} OR EXISTS ({unnumbered})) ORDER BY o.rowid",
        # Behind the makings of all these rows, so that no change is older than its row.
        f"INSERT OR IGNORE INTO notes.odd (kind, row, stamp) SELECT :kind, o.rowid, c.value FROM {changes} AND EXISTS"
        " (SELECT 1 FROM notes.odd d WHERE d.kind = :kind AND d.row = o.rowid) ORDER BY o.rowid, c.value",
        f"UPDATE notes.highest SET number = max(number, (SELECT max(o.seq) FROM {rows} WHERE {here}),"
        f" (SELECT coalesce(max({each}), 0) FROM {changes}))",
    ):
        connection.execute(statement, values)


def _remember(connection: Opened, of: Table, chunk: Chunk) -> None:
    """Note the numbers that the history tells; the last one that a hub id had is meant by it."""
    connection.execute(
        "INSERT OR REPLACE INTO notes.gone SELECT o.kind, o.district, o.id, o.made FROM main.history o"
        f" WHERE {of.within('o', chunk)} AND o.made IS NOT NULL ORDER BY o.district, o.seq",
        chunk.bound(),
    )


def _follow(connection: Opened, kind: Kind, of: Table, chunk: Chunk) -> None:
    """Note the references of some rows that lead to nothing."""
    for name, target in kind.references.items():
        there = f'SELECT 1 FROM main."{target}" t WHERE t.district = o.district AND t.id = o."{name}"'
        leads_nowhere = f'o."{name}" IS NOT NULL AND NOT EXISTS ({there})'
        connection.execute(
            f'INSERT OR IGNORE INTO notes.astray (kind, district, id) SELECT :target, o.district, o."{name}"'
            f' FROM main."{of.name}" o WHERE {of.within("o", chunk)} AND {leads_nowhere}',
            chunk.bound(target=tables()[target].name),
        )


def _give(connection: Opened) -> None:
    """Give fresh numbers, behind every number that anything has."""
    sources = ("main.clock", "main.history", "main.moved", "main.turned")
    highest = ", ".join(f"(SELECT coalesce(max(seq), 0) FROM {source})" for source in sources)
    told = ", ".join(f"(SELECT coalesce(max(number), 0) FROM notes.{source})" for source in ("taken", "gone"))
    taken = "SELECT t.number FROM notes.taken t"
    for statement in (
        f"UPDATE notes.highest SET number = max(number, {highest}, {told})",
        "UPDATE notes.odd SET number = n + (SELECT number FROM notes.highest)",
        "UPDATE notes.astray SET number = g.number FROM notes.gone g WHERE g.kind = astray.kind"
        f" AND g.district = astray.district AND g.id = astray.id AND g.number NOT IN ({taken})",
        # Where districts counted by themselves, two that are gone may have had the same number.
        "UPDATE notes.astray SET number = NULL WHERE n NOT IN (SELECT min(n) FROM notes.astray GROUP BY number)",
        "UPDATE notes.astray SET number = n + (SELECT number FROM notes.highest)"
        " + (SELECT coalesce(max(n), 0) FROM notes.odd) WHERE number IS NULL",
    ):
        connection.execute(statement)
