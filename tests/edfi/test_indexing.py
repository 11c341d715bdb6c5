"""Hubs of before, which did not note what documents refer to: it is noted when they are opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rollbook.store import indexing
from tests.district import EdFi, assignment, staff
from tests.hub import Hub
from tests.looking import look

from .conftest import caller
from .school_year import ESTAB, write
from .test_documents import newest
from .test_named import HELP, LITTLE, MINE, leaves_out_staff

TABLES = ("pointer", "word_use")


def noted(hub: Hub) -> dict[str, list[tuple[Any, ...]]]:
    """What it is noted that documents refer to, and which words they use."""
    return {table: list(look(hub.store, f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4")) for table in TABLES}


def kept_beside(hub: Hub) -> set[str]:
    """The records of documents of which something is kept beside the record's facts."""
    asked = """SELECT id FROM "{}" WHERE remainder LIKE '%"edfi"%'"""
    return {identity for table in indexing.TABLES for (identity,) in look(hub.store, asked.format(table))}


def of_before(hub: Hub) -> Path:
    """Make a hub as it was before anything was noted; gives its folder."""
    with hub.store.transaction() as kept:
        for table in TABLES:
            kept.connection.execute(f"DELETE FROM {table}")
        kept.connection.execute("DELETE FROM setting WHERE name = 'pointers'")
    hub.close()
    return hub.store.folder


def test_what_documents_refer_to_is_noted_when_a_hub_of_before_is_opened(term_folder: Path, tmp_path: Path) -> None:
    hub = Hub.copy(term_folder, tmp_path / "hub")
    those, version = kept_beside(hub), newest(caller(hub))
    before = {name: [row for row in rows if row[1] in those] for name, rows in noted(hub).items()}
    again = Hub(of_before(hub))
    assert noted(again) == before
    assert newest(caller(again)) == version
    assert all(len(rows) > 20 for rows in before.values())
    again.close()


def test_who_is_not_seen_hides_a_document_of_before(api: EdFi, monkeypatch: pytest.MonkeyPatch) -> None:
    write(api, "staffs", "staffEducationOrganizationAssignmentAssociations")
    api.post("staffs", staff("8002", "Ida"))
    api.post("staffEducationOrganizationAssignmentAssociations", assignment("8002", ESTAB))
    api.hub.grant(app=LITTLE)
    api.post("interventions", HELP)
    monkeypatch.setattr(indexing, "AT_ONCE", 2)
    hub = Hub(of_before(api.hub))
    assert len(caller(hub, app=LITTLE).get(MINE)) == 1
    leaves_out_staff(hub, "8002")
    assert caller(hub, app=LITTLE).get(MINE) == []
    hub.close()


def test_a_cut_short_step_goes_on_and_a_second_opening_does_nothing(api: EdFi, monkeypatch: pytest.MonkeyPatch) -> None:
    before = noted(api.hub)
    folder, note, left = of_before(api.hub), indexing.__dict__["_note"], [None] * 5
    monkeypatch.setattr(indexing, "AT_ONCE", 2)

    def cut(*args: Any) -> int:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        return note(*args)

    monkeypatch.setattr(indexing, "_note", cut)
    with pytest.raises(KeyboardInterrupt):
        Hub(folder)
    monkeypatch.setattr(indexing, "_note", note)
    Hub(folder).close()
    monkeypatch.setattr(indexing, "_note", cut)
    again = Hub(folder)
    assert noted(again) == before
    again.close()
