"""New files of a test begin as copies of what all migrations made: to make each anew takes a quarter of a second."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import cast

import apsw

from rollbook.store import sqlite
from rollbook.store.connection import Connection, connect
from rollbook.store.migrating import migrate

_MADE: dict[str, apsw.Connection] = {}
_MAKING = threading.Lock()


def begin_from_copies() -> None:
    """From now on whoever makes a data directory in this process does so; one that is there already is migrated."""
    sqlite.migrate = _begun


def _begun(connection: Connection, name: str, upto: int | None = None) -> None:
    if upto is not None or connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").get is not None:
        migrate(connection, name, upto)
        return
    with _MAKING, cast(apsw.Connection, connection).backup("main", _made(name), "main") as copying:
        copying.step()


def _made(name: str) -> apsw.Connection:
    if name not in _MADE:
        made = connect(Path(":memory:"))
        migrate(made, name)
        _MADE[name] = cast(apsw.Connection, made)
    return _MADE[name]
