"""Writes what the model asks for and the migrations do not make yet as the next migration: `python -m tests.freeze`.

PostgreSQL gets the same in its words, in a file of its own.

A migration that has been released is never written again; the one that is being worked on is given by its number.
One that a new file begins with holds the whole schema (`schema.BEGINNINGS`).
New tables, columns, indexes and views are found, and indexes, views and triggers that nothing asks for are dropped;
what else is renamed or taken away is written by hand.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from rollbook.fields import Day
from rollbook.store import schema
from rollbook.store.connection import Connection, connect
from rollbook.store.postgres import tables

_TABLE = re.compile(r'^CREATE TABLE "?(\w+)"? \((.*)\)(?: WITHOUT ROWID)?$')
_NEXT_PART = re.compile(r', (?="?[a-z_]+"? [A-Z]|UNIQUE |PRIMARY )')
_NAMED = re.compile(r'^CREATE (?:UNIQUE )?(?:INDEX|VIEW|TABLE|TRIGGER) "?(\w+)"?')


def missing(database: Connection, wanted: list[str]) -> list[str]:
    """The statements that make what a database lacks, and drop what it has for nothing: indexes, views, triggers."""
    there = {name for (name,) in database.execute("SELECT name FROM sqlite_schema").fetchall()}
    asked = {named[1] for named in map(_NAMED.match, wanted) if named}
    made = "type IN ('index', 'view', 'trigger') AND sql IS NOT NULL"
    own = f"SELECT upper(type), name FROM sqlite_schema WHERE {made} ORDER BY name"
    found = [f'DROP {kind} "{name}"' for kind, name in database.execute(own).fetchall() if name not in asked]
    for statement in wanted:
        named, table = _NAMED.match(statement), _TABLE.match(statement)
        if named and named[1] not in there:
            found.append(statement)
        elif table:
            held = {
                row[0] for row in database.execute("SELECT name FROM pragma_table_xinfo(?)", (table[1],)).fetchall()
            }
            parts = _NEXT_PART.split(table[2])
            columns = (part.split(" ", 1) for part in parts if not part.startswith(("UNIQUE", "PRIMARY")))
            found += [
                f'ALTER TABLE "{table[1]}" ADD COLUMN {name} {kind}'
                for name, kind in columns
                if name.strip('"') not in held
            ]
    return found


def freeze(name: str, wanted: list[str], number: str) -> None:
    """Write the migration of a number (`0005`) of `records`, `passing` or `ledger` anew, or take it away when empty."""
    path: Path = schema.MIGRATIONS / f"{name}_{number}.sql"
    other: Path = schema.MIGRATIONS / "postgres" / path.name
    path.unlink(missing_ok=True)
    other.unlink(missing_ok=True)
    database = connect(Path(":memory:"))
    for migration in schema.making(name):
        database.execute(migration)
    found = missing(database, wanted)
    if found:
        path.write_text(";\n".join(found) + ";\n")
        other.write_text(";\n".join(in_postgres(name, found)) + ";\n")


def in_postgres(name: str, statements: list[str]) -> Iterator[str]:
    """The same statements as PostgreSQL says them, of `records`, `passing` or `ledger`."""
    wanted = list({"records": tables.records, "passing": tables.passing, "ledger": tables.ledger}[name]())
    said = {named[1]: one for one in wanted if (named := _NAMED.match(one))}
    for statement in statements:
        if statement.startswith("ALTER"):
            yield tables.typed(statement)
        elif not statement.startswith(("CREATE TRIGGER", "DROP TRIGGER")):
            named = _NAMED.match(statement)
            yield said[named[1]] if named else statement


def catalogue(number: str) -> None:
    """Write down the kinds of record as they are now, where the migration of a number begins a layout.

    Whoever brings an older file up to that layout must know them as they were, whatever the model says by then.
    """
    if int(number) != schema.BEGINNINGS["records"]:
        return
    kinds = {
        record.__name__: {
            "table": record.table,
            "numbered": bool(record.numbered),
            "references": {name: ref.target.table for name, ref in record.refs().items()},
            "days": [name for name, fact in record.stored().items() if isinstance(fact, Day)],
        }
        for record in schema.RECORDS.values()
        if not record.derived()
    }
    (schema.MIGRATIONS / f"records_{number}.json").write_text(json.dumps(kinds, indent=1) + "\n")


if __name__ == "__main__":
    catalogue(sys.argv[1])
    freeze("records", schema.derived(), sys.argv[1])
    freeze("passing", schema.PASSING, sys.argv[2])
    freeze("ledger", schema.LEDGER, sys.argv[3])
