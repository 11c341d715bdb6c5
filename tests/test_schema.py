"""The store's tables: frozen as migrations, and those that the model asks for."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from rollbook.errors import Stop
from rollbook.store import schema
from rollbook.store.connection import connect
from rollbook.store.sqlite import Store

REGENERATE = "freeze the difference as the next migration in rollbook/store/migrations"


def tables(folder: Path, statements: list[str]) -> dict[str, str]:
    """What a database holds when the statements have run: name to its SQL, white space folded."""
    database = connect(folder / f"{uuid4()}.sqlite")
    for statement in statements:
        database.execute(statement)
    rows = database.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {name: " ".join(sql.split()) for name, sql in rows}


def test_the_migrations_make_the_tables_that_the_model_asks_for(tmp_path: Path) -> None:
    assert tables(tmp_path, schema.migrations("records")) == tables(tmp_path, schema.derived()), REGENERATE
    assert tables(tmp_path, schema.migrations("passing")) == tables(tmp_path, schema.PASSING), REGENERATE


def test_a_store_is_opened_again_as_it_was(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        number = store.new_district({"name": "Larkspur"})
    with Store(tmp_path) as store:
        found = store.records.execute("SELECT district, name FROM district").fetchall()
    assert found == [(number, "Larkspur")]


def test_data_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    database = connect(tmp_path / "records.sqlite")
    database.execute("PRAGMA user_version = 999")
    with pytest.raises(Stop, match="made by a newer Rollbook"):
        Store(tmp_path)
    assert database.execute("PRAGMA user_version").fetchall() == [(999,)]


def test_every_table_of_records_has_the_district_first_in_its_key(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for record in (r for r in schema.RECORDS.values() if not r.view):
            keys = store.records.execute(f'SELECT name FROM pragma_table_info("{record.table}") WHERE pk ORDER BY pk')
            assert [name for (name,) in keys] == ["district", "id"]
