"""The typical server's database, filled from Rollbook's records, so that both hold the same."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine

from rollbook.edfi.descriptors import published
from rollbook.fields import RECORDS, Record
from rollbook.scopes import CATALOGUE

from .callers import PEER_TOKEN, Callers
from .schools import Measured
from .typical.tables import metadata

BEARER = "bench-token-of-{estab}"

COPIED = {
    "person": "person",
    "groups": "group",
    "school": "school",
    "student": "student",
    "staff": "staff",
    "contact": "contact",
    "project": "project",
    "project_member": "project_member",
    "research_subject": "research_subject",
    "subject_project": "subject_project",
    "research_cohort": "research_cohort",
    "cohort_subject": "cohort_subject",
    "research_tag": "research_tag",
}
"""The typical server's tables, each with the hub's that its rows come from."""

OWN = ("made", "updated", "touched", "row_hash", "district_uid")
"""Columns that the hub has no column for: it says them in its answers."""


@dataclass(frozen=True)
class Stamps:
    """What Rollbook's answers say about rows beside their facts."""

    students: Mapping[str, Iterable[tuple[str, str, str]]]
    """By school: each student's Id, LastUpdated and RowHash."""
    people: Iterable[tuple[str, str, str, str]]
    """Each human's id, when the record was made, when it changed for Ed-Fi and when for Edlink."""


def fill(database: Path, records: Path, stamps: Stamps, schools: Iterable[Measured], callers: Callers) -> None:
    """Make the typical server's database; the callers reach the first school."""
    schools = list(schools)
    with sqlite3.connect(database) as connection:
        engine = create_engine(f"sqlite:///{database}")
        metadata.create_all(engine)
        engine.dispose()
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("ATTACH ? AS hub", (f"file:{records}",))
        for table, source in COPIED.items():
            _copy(connection, table, source)
        words = {f"{word['namespace']}#{word['code']}" for word in published()}
        connection.executemany("INSERT INTO descriptor VALUES (?)", sorted((word,) for word in words))
        connection.execute(
            "UPDATE school SET district_uid = (SELECT d.id FROM hub.school s JOIN hub.district d"
            " ON d.district = s.district WHERE s.id = school.id)"
        )
        _stamp(connection, stamps)
        _admit(connection, schools, callers)
    # Not the hub's: its own has no statistics either.
    connection.execute("ANALYZE main")
    connection.close()


def _copy(connection: sqlite3.Connection, table: str, source: str) -> None:
    columns = metadata.tables[table].columns
    links = {
        c.name for c in columns if c.name.endswith("_id") and (c.foreign_keys or c.name in ("user_id", "strain_id"))
    }
    names = [c.name for c in columns if c.name not in OWN]
    record = next(record for record in RECORDS.values() if record.table == source)
    listed = ", ".join(_told(record, n.removesuffix("_id") if n in links else n) for n in names)
    into = ", ".join(f'"{n}"' for n in names)
    connection.execute(f'INSERT INTO {table} ({into}) SELECT {listed} FROM hub."{source}" r ORDER BY r.key')


def _told(record: type[Record], name: str) -> str:
    """A fact of a row of the hub's; where it is a reference, the hub id of what it leads to."""
    ref = record.refs().get(name)
    return f'(SELECT k.id FROM hub."{ref.target.table}" k WHERE k.key = r."{name}")' if ref else f'r."{name}"'


def _stamp(connection: sqlite3.Connection, stamps: Stamps) -> None:
    for estab, rows in stamps.students.items():
        connection.executemany(
            "UPDATE student SET updated = ?2, row_hash = ?3 WHERE mis_id = ?1"
            f" AND school_id = (SELECT id FROM school WHERE estab = '{estab}')",
            rows,
        )
    connection.executemany("UPDATE person SET made = ?2, updated = ?3, touched = ?4 WHERE id = ?1", stamps.people)


def _admit(connection: sqlite3.Connection, schools: list[Measured], callers: Callers) -> None:
    scopes = json.dumps(sorted(CATALOGUE))
    for school in schools:
        connection.execute(
            "INSERT INTO token SELECT ?, id, '2999-01-01', ? FROM school WHERE estab = ?",
            (_digest(BEARER.format(estab=school.estab)), scopes, school.estab),
        )
    connection.execute(
        "INSERT INTO school_grant SELECT ?, id, ? FROM school WHERE estab = ?", (callers.app, scopes, schools[0].estab)
    )
    connection.execute(
        "INSERT INTO caller VALUES (?, ?, ?, '2999-01-01', 1)", (_digest(PEER_TOKEN), callers.app, callers.researcher)
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
