"""The typical server's database, filled from Rollbook's records, so that both hold the same."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from rollbook.scopes import CATALOGUE

from . import typical
from .schools import Measured

BEARER = "bench-token-of-{estab}"

Stamp = tuple[str, str, str]
"""A student's Id, LastUpdated and RowHash, as Rollbook tells them."""


def fill(database: Path, records: Path, stamps: Mapping[str, Iterable[Stamp]], schools: Iterable[Measured]) -> None:
    """Make the typical server's database."""
    with sqlite3.connect(database) as connection:
        engine = typical.create_engine(f"sqlite:///{database}")
        typical.metadata.create_all(engine)
        engine.dispose()
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("ATTACH ? AS hub", (f"file:{records}",))
        for table, source in (("person", "person"), ("groups", "group"), ("school", "school"), ("student", "student")):
            _copy(connection, table, source)
        for estab, rows in stamps.items():
            connection.executemany(
                "UPDATE student SET updated = ?2, row_hash = ?3 WHERE mis_id = ?1"
                f" AND school_id = (SELECT id FROM school WHERE estab = '{estab}')",
                rows,
            )
        for school in schools:
            digest = hashlib.sha256(BEARER.format(estab=school.estab).encode()).hexdigest()
            connection.execute(
                "INSERT INTO token SELECT ?, id, '2999-01-01', ? FROM school WHERE estab = ?",
                (digest, json.dumps(sorted(CATALOGUE)), school.estab),
            )
    connection.execute("ANALYZE")
    connection.close()


def _copy(connection: sqlite3.Connection, table: str, source: str) -> None:
    names = [c.name for c in typical.metadata.tables[table].columns if c.name not in ("updated", "row_hash")]
    listed = ", ".join(f'"{n.removesuffix("_id") if table == "student" and _refers(n) else n}"' for n in names)
    into = ", ".join(f'"{n}"' for n in names)
    connection.execute(f'INSERT INTO {table} ({into}) SELECT {listed} FROM hub."{source}" ORDER BY rowid')


def _refers(name: str) -> bool:
    return bool(typical.STUDENT.columns[name].foreign_keys)
