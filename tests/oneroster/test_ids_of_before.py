"""A hub of before comes to know by what rosters call people, and which of their ids are of several things."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from rollbook.connectors import CONNECTORS
from rollbook.ingest import import_roster
from rollbook.store import schema
from rollbook.store.postgres.making import MIGRATIONS
from rollbook.store.postgres.store import Store as Database
from tests import looking, rosters
from tests.hub import Hub

MIGRATION = "records_0019.sql"

KNOWN = (
    "SELECT id, origin FROM person ORDER BY id",
    "SELECT district, listed, name, id, kind FROM namesake ORDER BY listed, name, id",
)


def test_it_is_brought_to_what_a_hub_of_today_has_written_down(empty_folder: Path, tmp_path: Path) -> None:
    hub, tables = Hub.copy(empty_folder, tmp_path / "hub"), rosters.roster()
    tables["classes"][2]["sourcedId"] = "c1"
    for row in tables["enrollments"]:
        row["classSourcedId"] = row["classSourcedId"].replace("k3", "c1")
    import_roster(hub.store, CONNECTORS["oneroster-csv"], rosters.folder(tmp_path / "in", tables))
    folder = MIGRATIONS if isinstance(hub.store, Database) else schema.MIGRATIONS
    steps = (folder / MIGRATION).read_text().partition("\n-- ")[2]
    with looking.opened(hub.store) as records:
        before = [records.execute(one).fetchall() for one in KNOWN]
        records.execute("UPDATE person SET origin = NULL")
        records.execute("DELETE FROM namesake")
        cast(Any, records).script(f"-- {steps}") if folder is MIGRATIONS else records.execute(f"-- {steps}")
        assert [records.execute(one).fetchall() for one in KNOWN] == before
    assert {origin for _, origin in before[0]} == {"oneroster"}
    assert [row[1:3] for row in before[1]] == [("courses", "c1"), ("courses", "c1")]
    hub.close()
