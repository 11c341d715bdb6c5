"""Canonical records in CSV: whatever a table of any endpoint shows, a source can fill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.connectors.records_csv import RECORDS_CSV
from rollbook.consent import App
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.errors import Malformed, Stop
from rollbook.ingest import import_roster
from rollbook.ingest.exporting import export as write_records
from rollbook.model.organisation import District

from ..hub import Hub
from ..laws.asking import widest

OWN = ("LastUpdated", "RowHash", "DateTime")
"""What tells of the hub's own writing rather than of the school."""

HUB = ("Health", "MISEndpointSupport", "ValidationErrors", "Counts", "ScopeFields")
"""Endpoints about the hub itself."""


def export(hub: Hub, district: int, folder: Path) -> None:
    """Write the records of a district as files, with hub ids for keys."""
    with hub.store.lend() as connection:
        write_records(connection, district, folder)


Asked = tuple[str, str, dict[str, str]]
"""A token for each of two hubs, and the widest question to each endpoint."""


@pytest.fixture(scope="module")
def asked(copied: tuple[Hub, Hub]) -> Asked:
    hub, other = copied
    token = hub.token()
    return token, other.token(), widest(hub, token)


@pytest.fixture(scope="module")
def copied(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, Hub]]:
    """The small demo schools, and a hub that has the records of the first district from files alone."""
    folder = tmp_path_factory.mktemp("copied")
    hub = Hub.copy(small_folder, folder / "hub")
    export(hub, 1, folder / "files")
    other = Hub(folder / "other")
    import_roster(other.store, RECORDS_CSV, folder / "files")
    other.store.set("today", hub.store.setting("today") or "")
    yield hub, other
    other.close()
    hub.close()


def plain(rows: Any) -> Any:
    """Rows without what tells of the hub's own writing, in an order that does not rest on hub ids."""
    return sorted(repr({n: v for n, v in row.items() if n not in OWN}) for row in rows)


@pytest.mark.parametrize(
    "segment", sorted(e.segment for e in ENDPOINTS.values() if e.segment not in (*HUB, "TestError"))
)
def test_a_source_can_fill_every_table_of_an_endpoint(copied: tuple[Hub, Hub], asked: Asked, segment: str) -> None:
    (hub, other), (token, theirs, paths) = copied, asked
    said, again = hub.school(paths[segment], token), other.school(paths[segment], theirs)
    for table in said.keys() - {"meta"}:
        assert plain(again[table]) == plain(said[table]), table


def test_the_same_files_again_change_nothing(copied: tuple[Hub, Hub], tmp_path: Path) -> None:
    _, other = copied
    export(copied[0], 1, tmp_path / "files")
    assert import_roster(other.store, RECORDS_CSV, tmp_path / "files").moved is False


def test_everything_wrong_with_the_files_is_told_at_once(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "hub")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "district.csv").write_text("key,name\nd,Larkspur\n")
    (folder / "school.csv").write_text("key,estab,name,colour\ns,9994001,Thornfield,green\n")
    (folder / "person.csv").write_text("key,forename,birth_date\np,Newt,yesterday\n")
    (folder / "student.csv").write_text("key,school,person,ever6\n1,s,q,maybe\n2,,p,1\n")
    (folder / "pets.csv").write_text("key\n")
    with pytest.raises(Malformed) as refused:
        import_roster(hub.store, RECORDS_CSV, folder)
    said = str(refused.value)
    assert "pets.csv: is not named after a kind of record" in said
    assert "school.csv line 1: column 'colour' is not a field of School" in said
    assert "person.csv line 2, column birth_date: is not a day" in said
    assert "student.csv line 2, column ever6: is not 0 or 1" in said
    assert "student.csv line 3, column school: is empty" in said
    assert hub.desk.schools.all() == []
    hub.close()


def test_a_reference_to_nothing_is_set_aside_until_what_it_refers_to_is_there(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "hub")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "district.csv").write_text("key,name\nd,Larkspur\n")
    (folder / "school.csv").write_text("key,estab,name\ns,9994001,Thornfield\n")
    (folder / "student.csv").write_text("key,school,person\n1,s,q\n")
    (aside,) = import_roster(hub.store, RECORDS_CSV, folder).aside
    said = "student.csv line 2, column person: 'q' is not a Person in the source"
    assert str(aside.problem).startswith(said)
    (folder / "student.csv").unlink()
    (folder / "person.csv").write_text("key,surname\nq,Newtwhistle\n")
    diff = import_roster(hub.store, RECORDS_CSV, folder)
    assert (diff.aside, diff.kinds["Student"].new) == ((), 1)
    hub.close()


def test_a_file_that_lost_all_its_rows_stops_the_import_however_few_they_were(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "hub")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "district.csv").write_text("key,name\nd,Larkspur\n")
    (folder / "school.csv").write_text("key,estab,name\ns,9994001,Thornfield\n")
    (folder / "session.csv").write_text("key,school,name\nt,s,Autumn\n")
    import_roster(hub.store, RECORDS_CSV, folder)
    (folder / "session.csv").write_text("key,school,name\n")
    with pytest.raises(Stop, match=r"session.csv: has only a header, and had 1 row before"):
        import_roster(hub.store, RECORDS_CSV, folder)
    assert import_roster(hub.store, RECORDS_CSV, folder, allow_shrink=True).kinds["Session"].gone == 1
    hub.close()


def test_a_file_that_is_not_there_says_nothing_about_its_kind(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "hub")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "district.csv").write_text("key,name\nd,Larkspur\n")
    (folder / "school.csv").write_text("key,estab,name\ns,9994001,Thornfield\n")
    import_roster(hub.store, RECORDS_CSV, folder)
    (folder / "school.csv").unlink()
    (folder / "district.csv").write_text("key,name\nd,Larkspur Trust\n")
    diff = import_roster(hub.store, RECORDS_CSV, folder)
    assert diff.kinds[District.__name__].counts["changed"] == 1
    assert [name for _, _, _, name, _ in hub.desk.schools.all()] == ["Thornfield"]
    assert isinstance(hub.app(), App)
    hub.close()


def test_the_same_records_make_the_same_file(copied: tuple[Hub, Hub], tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        export(copied[0], 1, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert import_roster(copied[1].store, RECORDS_CSV, tmp_path / "one.zip").moved is False
