"""Bringing a database file up to date when it is opened."""

from __future__ import annotations

from ..errors import Stop
from . import schema
from .connection import Connection


def migrate(connection: Connection, name: str, upto: int | None = None) -> None:
    """Bring a file (`records`, `passing` or `ledger`) up to a number, or make it; one transaction.

    Records of an older layout are brought up to its last number only: the next one makes a new file (`upgrade`).
    """
    scripts = schema.migrations(name)
    last = len(scripts) if upto is None else upto
    if connection.execute("PRAGMA user_version").get == last:
        return
    # From the start a writer's transaction: one that reads first, and writes when somebody else has, is refused.
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = int(connection.execute("PRAGMA user_version").get)
        if done > last:
            raise Stop(
                f"this data was made by a newer Rollbook (schema {done}, this one knows {last})",
                hint="upgrade Rollbook, then open it again",
            )
        for script in scripts[done or schema.BEGINNINGS[name] - 1 : last]:
            connection.execute(script)
        connection.execute(f"PRAGMA user_version = {last}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
