"""A PostgreSQL database of an earlier hub comes to have what a new one has."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.store import schema
from rollbook.store.postgres.making import MIGRATIONS, make
from rollbook.store.postgres.session import Session

from .postgres import ABSENT, BIN, hub_served

FIRST = {"records": 13, "passing": 8}
"""The migrations from which on there have been hubs in PostgreSQL."""

SINCE = {"records": 18, "passing": 9}
"""The first of those that are undone here, all in words that say how."""

UNDOING = (
    (r'CREATE TABLE "?(\w+)"? .*', r'DROP TABLE "\1" CASCADE'),
    (r'CREATE (?:UNIQUE )?INDEX "?(\w+)"? .*', r'DROP INDEX IF EXISTS "\1"'),
    (r'CREATE VIEW "?(\w+)"? .*', r'DROP VIEW IF EXISTS "\1"'),
    (
        r"DROP TABLE draft;",
        'CREATE TABLE draft ("grant" text, kind text, mode text, people text, rules text, without text)',
    ),
    (r'ALTER TABLE "?(\w+)"? ADD COLUMN "?(\w+)"? .*', r'ALTER TABLE "\1" DROP COLUMN "\2" CASCADE'),
)


def files(name: str) -> dict[int, Path]:
    """The migrations of a schema, by number."""
    return {int(path.stem[-4:]): path for path in MIGRATIONS.glob(f"{name}_*.sql")}


@pytest.mark.parametrize("name", FIRST)
def test_each_migration_is_there_for_both_databases(name: str) -> None:
    assert sorted(files(name)) == list(range(FIRST[name], len(schema.migrations(name)) + 1))


def undone(text: str) -> Iterator[str]:
    """What takes back what a migration makes, last first."""
    for line in reversed(text.splitlines()):
        for pattern, undo in UNDOING:
            if found := re.fullmatch(pattern, line):
                yield found.expand(undo)


def held(session: Session, name: str) -> tuple[set[object], set[object]]:
    """The columns and the indexes of a schema."""
    columns = session.execute(
        "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
        " WHERE table_schema = ?",
        (name,),
    )
    indexes = session.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = ?", (name,))
    return {*columns.fetchall()}, {*indexes.fetchall()}


@pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)
@pytest.mark.parametrize("name", FIRST)
def test_a_database_of_before_has_what_a_new_one_has(name: str) -> None:
    with hub_served() as address:
        make(address)
        session = Session(address, name)
        new = held(session, name)
        made = [path for number, path in sorted(files(name).items()) if number >= SINCE[name]]
        for path in reversed(made):
            for statement in undone(path.read_text()):
                session.execute(statement)
        session.execute("DELETE FROM applied")
        session.execute("INSERT INTO applied (number) VALUES (?)", (SINCE[name] - 1,))
        assert held(session, name) != new
        make(address)
        assert held(session, name) == new
        session.close()
