"""The new file's tables at first, and their indexes, views and triggers when every row is there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .. import schema
from ..connection import Opened, connect
from .walking import MARKS

NUMBER = schema.BEGINNINGS["records"]
"""The migration that makes the new layout."""


def layout() -> str:
    """What makes the new layout."""
    return schema.migrations("records")[NUMBER - 1]


def open_new(path: Path) -> Opened:
    """The new file, with its tables made."""
    connection = connect(path)
    # Indexes are sorted on the disk where they are larger than what is kept in memory.
    for pragma in ("temp_store = FILE", "cache_size = -16384", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    with connection:
        connection.execute(MARKS.format(file="main"))
        for statement in missing(connection, "table"):
            connection.execute(statement)
    return connection


def finished(connection: Opened) -> Iterator[None]:
    """Make what is faster and smaller when it is made last, each in a transaction of its own."""
    for kind in ("index", "view", "trigger"):
        for statement in missing(connection, kind):
            connection.execute(statement)
            yield


def missing(connection: Opened, kind: str) -> list[str]:
    """What makes the tables, indexes, views or triggers that a file has not got yet."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema").fetchall()}
    return [sql for name, sql in _asked(kind) if name not in there]


@cache
def _asked(kind: str) -> list[tuple[str, str]]:
    """What the layout has of a kind: the names, and the statements that make them."""
    whole = connect(Path(":memory:"))
    whole.execute(layout())
    asked = "SELECT name, sql FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL ORDER BY rowid"
    found = whole.execute(asked, (kind,)).fetchall()
    whole.close()
    return [(name, sql) for name, sql in found]
