"""Writes what the model asks for and the migrations do not make yet as the next migration: `python -m tests.freeze`.

A migration that has been released is never written again; the one that is being worked on is given by its number.
New tables, columns, indexes and views are found, and indexes and views that nothing asks for any more are dropped;
what else is renamed or taken away is written by hand.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rollbook.store import schema
from rollbook.store.connection import Connection, connect

_TABLE = re.compile(r'^CREATE TABLE "?(\w+)"? \((.*), PRIMARY KEY \([^)]*\)\)(?: WITHOUT ROWID)?$')
_NAMED = re.compile(r'^CREATE (?:UNIQUE )?(?:INDEX|VIEW|TABLE|TRIGGER) "?(\w+)"?')


def missing(database: Connection, wanted: list[str]) -> list[str]:
    """The statements that make what a database lacks, and drop the indexes and views that it has for nothing."""
    there = {name for (name,) in database.execute("SELECT name FROM sqlite_schema").fetchall()}
    asked = {named[1] for named in map(_NAMED.match, wanted) if named}
    own = (
        "SELECT upper(type), name FROM sqlite_schema WHERE type IN ('index', 'view') AND sql IS NOT NULL ORDER BY name"
    )
    found = [f'DROP {kind} "{name}"' for kind, name in database.execute(own).fetchall() if name not in asked]
    for statement in wanted:
        named, table = _NAMED.match(statement), _TABLE.match(statement)
        if named and named[1] not in there:
            found.append(statement)
        elif table:
            held = {
                row[0] for row in database.execute("SELECT name FROM pragma_table_xinfo(?)", (table[1],)).fetchall()
            }
            columns = (column.split(" ", 1) for column in table[2].split(", "))
            found += [
                f'ALTER TABLE "{table[1]}" ADD COLUMN {name} {kind}'
                for name, kind in columns
                if name.strip('"') not in held
            ]
    return found


def freeze(name: str, wanted: list[str], number: str) -> None:
    """Write the migration of a number (`0005`) of `records`, `passing` or `ledger` anew, or take it away when empty."""
    path: Path = schema.MIGRATIONS / f"{name}_{number}.sql"
    path.unlink(missing_ok=True)
    database = connect(Path(":memory:"))
    for migration in schema.migrations(name):
        database.execute(migration)
    found = missing(database, wanted)
    if found:
        path.write_text(";\n".join(found) + ";\n")


if __name__ == "__main__":
    freeze("records", schema.derived(), sys.argv[1])
    freeze("passing", schema.PASSING, sys.argv[2])
    freeze("ledger", schema.LEDGER, sys.argv[3])
