"""Freshness: old data is given at once while its source is read behind, and what a source cannot do is told."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed
from rollbook.ingest import follow, import_roster
from rollbook.store.sqlite import Store
from tests.looking import changing, look

from ..hub import THORNFIELD, Hub
from ..receiver import Receiver, listening
from ..rosters import folder, roster
from .tables import Caller, Row

DAY = 24 * 3600


def status(asker: Caller, path: str) -> Row:
    """The state of the only database behind an endpoint."""
    (row,) = asker.answer(f"{path}?onlyGetDBStatus=true")["DBStatus"]
    return row


# ---- the hub's own school


def test_a_database_is_current_until_its_time_to_live_is_over(small_hub: Hub, asker: Caller) -> None:
    fresh = status(asker, "Students")
    assert (fresh["Status"], fresh["AgeMinutes"]) == ("OK", 0)
    small_hub.now += 1439 * 60
    assert (status(asker, "Students")["Status"], status(asker, "Students")["AgeMinutes"]) == ("OK", 1439)
    small_hub.now += 60
    assert status(asker, "Students") == {**fresh, "Status": "Refreshing", "AgeMinutes": 1440}


def test_old_data_is_given_at_once_and_renewed_behind(small_hub: Hub, asker: Caller) -> None:
    first = asker.answer("Students")
    small_hub.now += 2 * DAY
    assert asker.answer("Students") == first
    assert small_hub.work() == 1
    again = asker.answer("Students")
    assert again["Students"] == first["Students"]
    assert again["meta"][0]["DateTime"] > first["meta"][0]["DateTime"]
    assert status(asker, "Students")["Status"] == "OK"


def test_however_often_old_data_is_asked_for_it_is_renewed_once(small_hub: Hub, asker: Caller) -> None:
    asker.answer("Students")
    small_hub.now += 2 * DAY
    for _ in range(3):
        asker.answer("Students?pagesize=1")
        asker.answer("Staff?pagesize=1")
    assert small_hub.work() == 1


def test_the_night_renews_what_was_last_read_before_it(small_hub: Hub, asker: Caller) -> None:
    asker.answer("Students")
    small_hub.now += DAY
    small_hub.work()
    assert status(asker, "Students")["AgeMinutes"] == 0


def test_a_callback_waits_until_every_database_is_renewed(
    small_hub: Hub, asker: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_CALLBACK_ALLOW", "127.0.0.1")
    asker.answer("Students")
    small_hub.now += 2 * DAY
    with listening(Receiver()) as receiver:
        asker.answer(f"Students?callbackUrl={receiver.url('/ready')}")
        small_hub.work()
        # The databases were renewed in the same round or the call was put off; in a moment it is made.
        small_hub.now += 2
        small_hub.work()
        _, path, _, body = receiver.take()
        assert receiver.hears_nothing()
    assert (path, json.loads(body)["DBStatus"][0]["Status"]) == ("/ready", "OK")


def test_how_old_a_database_is_is_looked_up_once_until_anything_is_written_by_whomever(
    small_hub: Hub, asker: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases, looks = small_hub.store.passing.databases, list[tuple[int, str]]()
    one, other, third, *_ = [row["Id"] for row in asker.rows("Students")]
    of = databases.of

    def watched(district: int, school: str) -> dict[str, tuple[float, str | None]]:
        looks.append((district, school))
        return of(district, school)

    asker.answer(f"Students/{one}")
    monkeypatch.setattr(databases, "of", watched)
    asker.answer(f"Students/{other}")
    asker.answer(f"Students/{third}")
    assert looks == []
    school = small_hub.desk.grants.at(small_hub.app("all.example.org"), asker.estab)
    with Store(small_hub.store.folder) as elsewhere, elsewhere.passing as passing:
        passing.databases.note(school.district, school.school, "XodSchoolData", small_hub.now - 60 * 30, None)
    assert status(asker, "Students")["AgeMinutes"] == 30
    assert len(looks) == 1


# ---- a school that is fed by a source


def take_roster(hub: Hub, path: Path, *, followed: bool) -> Caller:
    """An app of a school that a roster feeds, which was read at this moment of the hub."""
    diff = import_roster(hub.store, CONNECTORS["oneroster-csv"], folder(path, roster()))
    if followed:
        follow(hub.store, diff.number, diff.source, path)
    read = datetime.fromtimestamp(hub.now, UTC).isoformat(timespec="milliseconds")[:23]
    with changing(hub.store) as db:
        db.execute("UPDATE sync SET at = ? WHERE district = ?", (read, diff.number))
    return Caller(hub, estab=next(e for number, _, e, _, _ in hub.desk.schools.all() if number == diff.number))


@pytest.fixture
def fed(small_hub: Hub, tmp_path: Path) -> tuple[Caller, Path]:
    """A school that a followed roster feeds, and where the roster lies."""
    return take_roster(small_hub, tmp_path / "roster", followed=True), tmp_path / "roster"


def test_a_followed_source_is_read_again_when_what_it_said_is_old(small_hub: Hub, fed: tuple[Caller, Path]) -> None:
    asker, path = fed
    (before, *_) = asker.rows("Students")
    users = path / "users.csv"
    users.write_text(users.read_text().replace(before["Surname"], "Newtwhistle"))
    small_hub.now += 2 * DAY
    assert asker.rows("Students")[0] == before
    assert small_hub.work() >= 1
    assert asker.rows("Students")[0]["Surname"] == "Newtwhistle"


def test_what_a_source_was_refused_for_is_told_without_its_values(small_hub: Hub, fed: tuple[Caller, Path]) -> None:
    asker, path = fed
    whole = asker.rows("Students")
    manifest = path / "manifest.csv"
    good = manifest.read_text()
    manifest.write_text(good.replace("users,bulk", "users,Fernwhistle"))
    small_hub.now += 2 * DAY
    asker.answer("Students")
    small_hub.work()
    assert asker.rows("Students") == whole
    failed = status(asker, "Students")
    assert (failed["Status"], failed["Problem"]) == ("Failed", "the source could not be read; see ValidationErrors")
    assert asker.one("Health")["XodStatus"] == "failed"
    (refused,) = asker.rows("ValidationErrors")
    assert refused["Place"] == "manifest.csv line 8, column value"
    assert refused["Error"] == "file.users is a value"
    assert "Fernwhistle" not in str(refused)
    manifest.write_text(good)
    import_roster(small_hub.store, CONNECTORS["oneroster-csv"], path)
    assert asker.rows("ValidationErrors") == []


def test_rows_that_are_set_aside_are_listed_without_their_values_until_they_are_right(
    small_hub: Hub, fed: tuple[Caller, Path]
) -> None:
    asker, path = fed
    whole = asker.rows("Students")
    users = path / "users.csv"
    good = users.read_text()
    lines = good.splitlines()
    column = lines[0].split(",").index("enabledUser")
    cells = lines[1].split(",")
    cells[column] = "Fernwhistle"
    users.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n")
    import_roster(small_hub.store, CONNECTORS["oneroster-csv"], path)
    assert asker.rows("Students") == whole
    assert status(asker, "Students")["Status"] == "OK"
    (aside,) = asker.rows("ValidationErrors")
    assert (aside["Id"], aside["Place"]) == ("oneroster-csv:d.aside.1", "users.csv line 2, column enabledUser")
    assert (aside["Error"], aside["Resolution"]) == ("is not true or false", "expected true or false")
    assert "Fernwhistle" not in str(aside)
    other = Caller(small_hub, estab="1002")
    assert other.rows("ValidationErrors") == []
    users.write_text(good)
    import_roster(small_hub.store, CONNECTORS["oneroster-csv"], path)
    assert asker.rows("ValidationErrors") == []


def test_a_source_that_cannot_be_followed_grows_old_and_keeps_its_date(small_hub: Hub, tmp_path: Path) -> None:
    asker = take_roster(small_hub, tmp_path / "roster", followed=False)
    small_hub.now += 31 * DAY
    asker = Caller(small_hub, estab=asker.estab)
    asker.answer("Students")
    assert small_hub.work() == 0
    health = asker.one("Health")
    assert health["SchoolDataAgeDays"] > 30
    assert health["SchoolDataStatus"] == "expired"
    assert status(asker, "Students")["Status"] == "OK"


def test_a_refused_first_import_leaves_nothing_behind(small_hub: Hub, tmp_path: Path) -> None:
    path = folder(tmp_path / "roster", roster())
    (path / "users.csv").write_text("sourcedId\n")
    with pytest.raises(Malformed):
        import_roster(small_hub.store, CONNECTORS["oneroster-csv"], path)
    assert look(small_hub.store, "SELECT count(*) FROM refusal").get == 0


def test_a_download_can_be_forced(small_hub: Hub, asker: Caller, fed: tuple[Caller, Path]) -> None:
    asked = "AttendanceForDateRange?date=2026-11-20&onlyGetDBStatus=true"
    asker.answer(asked)
    small_hub.now += 600
    assert asker.one(asked, "DBStatus")["AgeMinutes"] == 10
    assert asker.one(f"{asked}&forcedownload=true", "DBStatus")["AgeMinutes"] == 0
    other, _ = fed
    assert other.one(f"{asked}&forcedownload=true", "DBStatus")["Status"] == "Refreshing"
    assert small_hub.work() == 1
    assert other.one(asked, "DBStatus") | {"AgeMinutes": 0, "Status": "OK"} == other.one(asked, "DBStatus")


# ---- what a source can fill


def test_the_hubs_own_school_can_fill_every_field(app: Caller) -> None:
    rows = app.rows("MISEndpointSupport")
    assert {row["IsSupported"] for row in rows} == {1}
    asked = app.rows("MISEndpointSupport?EndpointName=students&FieldName=upn")
    assert asked == [row for row in rows if row["Id"] == "Students.Students.UPN"]


def test_a_school_fed_by_a_roster_can_fill_what_a_roster_has(fed: tuple[Caller, Path]) -> None:
    asker, _ = fed
    can = {row["Id"]: row["IsSupported"] for row in asker.rows("MISEndpointSupport")}
    assert (can["Students.Students.Forename"], can["Students.Students.UPN"]) == (1, 0)
    assert (can["Groups.Group.StudentIds"], can["Students.Students.HouseGroup"]) == (1, 0)
    assert can["Students.Students.RowHash"] == 1


def test_nothing_that_a_roster_brought_is_called_impossible(fed: tuple[Caller, Path]) -> None:
    asker, _ = fed
    can = {row["Id"]: row["IsSupported"] for row in asker.rows("MISEndpointSupport")}
    for segment in ("Students", "Staff", "Groups", "Contacts", "StudentContacts", "PersonComms"):
        for table, rows in asker.answer(segment).items():
            filled = {name for row in rows for name, value in row.items() if value not in (None, "", 0)}
            assert table == "meta" or not [n for n in filled if not can[f"{segment}.{table}.{n}"]], table


def test_a_copy_of_the_data_directory_has_its_databases_too(small_hub: Hub, asker: Caller, tmp_path: Path) -> None:
    asker.answer("Students")
    shutil.copytree(small_hub.store.folder, tmp_path / "copy")
    other = Hub(tmp_path / "copy")
    other.now = small_hub.now + 60
    assert status(Caller(other), "Students")["AgeMinutes"] == 1
    assert asker.estab == THORNFIELD
    other.close()
