"""What a hub's record holds, asked for through a connection of the bench's own."""

from __future__ import annotations

from typing import Any

from rollbook.store.connection import connect
from rollbook.store.port import Store

AT_SCHOOL = "school = (SELECT key FROM school WHERE id = ?)"
"""That a record is of the school with a hub id."""


def look(store: Store, statement: str, values: Any = ()) -> list[Any]:
    """The rows that a statement finds."""
    connection = connect(store.folder / "records.sqlite")
    try:
        return connection.execute(statement, values).fetchall()
    finally:
        connection.close()
