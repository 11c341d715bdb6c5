"""Copying what one database holds into another, table by table."""

from __future__ import annotations

from ..connection import Connection
from .session import Session

_GO_ON = "SELECT setval('records.number', greatest((SELECT max(seq) FROM clock), 1))"


def copy(source: Connection, target: Session) -> None:
    """Copy every table of a schema into one that has the same tables, with nothing in them; whole or not at all.

    What moves meanwhile must be of one moment: `source` is within a transaction.
    """
    target.execute("BEGIN")
    try:
        for (table,) in source.execute(source.flavour.tables).fetchall():
            names = [name for (name,) in source.execute(source.flavour.columns, (table,)).fetchall()]
            listed = ", ".join(f'"{name}"' for name in names)
            target.insert(table, names, source.execute(f'SELECT {listed} FROM "{table}"'))
    except BaseException:
        target.execute("ROLLBACK")
        raise
    target.execute("COMMIT")
    # Without knowing how much there is, the server plans questions of several joins as if there were next to nothing.
    target.execute("ANALYZE")


def number_on(records: Session) -> None:
    """Have writes numbered from the last one on that was copied."""
    records.execute(_GO_ON)
