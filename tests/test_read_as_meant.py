"""What exporters write every night, though not as the standard does, is read as it is meant, and noted once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.ingest import import_roster
from rollbook.ingest.conformance import by_keys
from rollbook.store.sqlite import Store
from tests import rosters

from .test_set_aside import ONEROSTER, Roster, take


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "hub") as opened:
        yield opened


def test_what_exporters_write_every_night_is_read_as_it_is_meant_and_noted_once(store: Store, tmp_path: Path) -> None:
    tables = rosters.roster()
    for row in tables["users"]:
        row["enabledUser"] = "TRUE"
    tables["users"][0]["grades"], tables["users"][1]["grades"] = "1", "Year 1"
    tables["users"][0]["agentSourcedIds"] = "p,elsewhere"
    tables["academicSessions"][0]["schoolYear"] = "2026-2027"
    tables["academicSessions"][1]["startDate"] = "2026-08-15T00:00:00.000Z"
    tables["orgs"][0]["parentSourcedId"] = "the-state"
    tables["enrollments"].append(dict(tables["enrollments"][0]))
    diff = take(tmp_path / "roster", store, tables)
    assert diff.aside == ()
    assert sorted(diff.notes) == [
        "academicSessions.csv, column schoolYear: '2026-2027' was read as 2027, the year in which it ends (1 row)",
        "academicSessions.csv, column startDate: a day with a time of day was read as the day (1 row)",
        "enrollments.csv: a row that is there again was read once (1 row)",
        "orgs.csv, column parentSourcedId: names what is not in orgs.csv, and was read without it (1 row)",
        "users.csv, column agentSourcedIds: names what is not in users.csv, and was read without it (1 row)",
        "users.csv, column enabledUser: 'TRUE' was read as true (16 rows)",
        "users.csv, column grades: '1' was read as 01, and 1 more alike (2 rows)",
    ]
    held = by_keys(store)
    assert {held["Student", f"{key}@a"]["grade"] for key in ("s1", "s2", "s3")} == {"01"}
    assert held["Session", "y"]["year"] == 2027
    assert held["Session", "t1"]["start"] == "2026-08-15"


def test_a_district_that_is_not_exported_is_known_by_its_schools(store: Store, tmp_path: Path) -> None:
    tables = rosters.roster()
    del tables["orgs"][0]
    diff = take(tmp_path / "roster", store, tables)
    assert (diff.source, diff.district, diff.aside) == ("oneroster-csv:d", "Heronsgate SIS", ())
    assert ("Person", "boss") in by_keys(store)
    again = take(tmp_path / "roster", store, rosters.roster())
    assert (again.number, again.kinds["District"].changed) == (diff.number, 1)


def test_a_delta_that_does_not_name_its_system_changes_nothing_about_schools(store: Store, tmp_path: Path) -> None:
    take(tmp_path / "roster", store, rosters.roster())
    named = {**rosters.roster()["users"][2], "familyName": "Nettlebed", "status": "active"}
    folder = rosters.folder(tmp_path / "delta", {"users": [named]}, users="delta")
    manifest = folder / "manifest.csv"
    manifest.write_text("".join(line for line in manifest.open() if "systemName" not in line))
    diff = import_roster(store, ONEROSTER, folder)
    assert {kind for kind, tally in diff.kinds.items() if tally.moved} == {"Person"}
    assert by_keys(store)["School", "a"]["mis"] == "Heronsgate SIS"


def test_a_class_that_is_to_be_deleted_in_bulk_takes_its_enrolments_along(store: Store, tmp_path: Path) -> None:
    take(tmp_path / "roster", store, rosters.roster())
    tables = rosters.roster()
    tables["classes"][1]["status"] = "tobedeleted"
    diff = take(tmp_path / "roster", store, tables)
    assert (diff.aside, diff.kinds["StudentMembership"].gone, diff.kinds["StaffMembership"].gone) == ((), 6, 1)


def test_a_manifest_that_omits_a_file_and_names_in_other_case_are_read_with_a_note(
    store: Store, tmp_path: Path
) -> None:
    texts = rosters.files(rosters.roster())
    texts["Users.csv"] = texts.pop("users.csv")
    texts["manifest.csv"] = texts["manifest.csv"].replace("file.courses,bulk\n", "")
    diff = import_roster(store, ONEROSTER, rosters.zipped(tmp_path / "x.zip", texts))
    assert diff.notes == (
        "Users.csv: was read as users.csv",
        "manifest.csv: gives no mode for courses.csv, which was read as bulk",
    )
    assert diff.kinds["Student"].new == 12


def test_a_mode_that_is_left_blank_says_nothing_of_a_file(store: Store, tmp_path: Path) -> None:
    texts = rosters.files(rosters.roster())
    manifest = texts["manifest.csv"].replace("file.courses,bulk", "file.courses,")
    texts["manifest.csv"] = manifest + "file.scoreScales,\n"
    diff = import_roster(store, ONEROSTER, rosters.zipped(tmp_path / "x.zip", texts))
    assert diff.notes == ("manifest.csv: gives no mode for courses.csv, which was read as bulk",)
    assert diff.kinds["Course"].new == len(rosters.roster()["courses"])


def test_what_is_inactive_is_over(store: Store, tmp_path: Path) -> None:
    tables = rosters.roster()
    take(tmp_path / "roster", store, tables)
    tables["enrollments"][0]["status"] = "Inactive"
    diff = take(tmp_path / "roster", store, tables)
    assert diff.notes == (
        "enrollments.csv, column status: 'inactive', which is OneRoster 1.0's, was read as tobedeleted (1 row)",
    )
    assert (diff.kinds["StudentMembership"].gone, diff.aside) == (1, ())


def _school_of_departments() -> Roster:
    """A roster that lists one department and no school, whose classes are of it."""
    tables = rosters.roster()
    schools = {"a": "history", "b": "history", "sci": "history"}
    tables["orgs"] = [{"sourcedId": "history", "name": "History", "type": "department", "parentSourcedId": "x"}]
    for row in (*tables["classes"], *tables["enrollments"]):
        row["schoolSourcedId"] = schools[row["schoolSourcedId"]]
    for row in tables["users"]:
        row["orgSourcedIds"] = "history"
    for row in tables["courses"]:
        row["orgSourcedId"] = "history"
    return tables


def test_a_department_with_classes_is_a_school_where_none_is_listed(store: Store, tmp_path: Path) -> None:
    tables = _school_of_departments()
    diff = take(tmp_path / "roster", store, tables)
    assert (
        "orgs.csv, column type: a department that has classes was read as a school, since no school is listed (1 row)"
        in diff.notes
    )
    assert (diff.kinds["School"].new, diff.kinds["Student"].new, diff.aside) == (1, 12, ())
    delta = {"orgs": [{**tables["orgs"][0], "status": "active"}]}
    again = take(tmp_path / "roster", store, delta, modes={"orgs": "delta"})
    assert (again.number, again.moved) == (diff.number, False)


def test_a_class_is_right_without_its_course_where_courses_are_not_exported(store: Store, tmp_path: Path) -> None:
    tables = rosters.roster()
    del tables["courses"]
    diff = take(tmp_path / "roster", store, tables)
    count = len(tables["classes"])
    assert (diff.kinds["Group"].new >= count, diff.aside) == (True, ())
    assert (
        f"classes.csv, column courseSourcedId: names what is not in courses.csv, and was read without it ({count} rows)"
        in diff.notes
    )
    group = by_keys(store)["Group", "k1"]
    assert (group["course"], json.loads(group["remainder"])["oneroster"]) == (None, {"courseSourcedId": "c1"})
    delta = {"users": [{**tables["users"][2], "familyName": "Nettlebed", "status": "active"}]}
    again = take(tmp_path / "roster", store, delta, modes={"users": "delta"})
    assert {kind for kind, tally in again.kinds.items() if tally.moved} == {"Person"}


def test_a_column_with_a_wrong_letter_is_read_and_one_without_a_name_is_left_out(store: Store, tmp_path: Path) -> None:
    texts = rosters.files(rosters.roster())
    first, *rows = texts["users.csv"].splitlines()
    header = f"{first},prefferedGivenName,,"
    texts["users.csv"] = "\n".join([header, f"{rows[0]},Kit", *(f"{row},,," for row in rows[1:]), ""])
    diff = import_roster(store, ONEROSTER, rosters.zipped(tmp_path / "x.zip", texts))
    assert diff.notes == (
        "users.csv: columns without a name at the end of the header were left out",
        "users.csv: column prefferedGivenName was read as preferredGivenName",
    )
    assert by_keys(store)["Person", rosters.roster()["users"][0]["sourcedId"]]["forename"] == "Kit"
