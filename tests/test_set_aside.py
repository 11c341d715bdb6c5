"""Rows with faults: a roster comes out as the one without them, and once they are mended as the good one."""

from __future__ import annotations

import copy
import csv
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.connectors import CONNECTORS
from rollbook.errors import Stop
from rollbook.ingest import Diff, import_roster
from rollbook.ingest.conformance import by_keys
from rollbook.store.sqlite import Store
from tests import rosters

from .demo_data import new_store
from .test_cli import refused, said

ONEROSTER = CONNECTORS["oneroster-csv"]

Roster = rosters.Roster
Hurt = Callable[[dict[str, str]], None]


def take(folder: Path, store: Store, tables: Roster, **options: Any) -> Diff:
    modes = options.pop("modes", {})
    for old in folder.glob("*"):
        old.unlink()
    return import_roster(store, ONEROSTER, rosters.folder(folder, tables, **modes), most_aside=1.0, **options)


def set_to(column: str, value: str) -> Hurt:
    def hurt(row: dict[str, str]) -> None:
        row[column] = value

    return hurt


FAULTS: dict[str, list[Hurt]] = {
    "users": [set_to("role", "studnet"), set_to("givenName", ""), set_to("enabledUser", "perhaps")],
    "enrollments": [
        set_to("userSourcedId", "nobody"),
        set_to("classSourcedId", "none"),
        set_to("beginDate", "01/02/2026"),
    ],
    "classes": [set_to("courseSourcedId", "none"), set_to("classType", "club"), set_to("schoolSourcedId", "d")],
    "demographics": [set_to("birthDate", "4.5.2019"), set_to("sex", "unknown")],
}
"""What can be wrong with a row of each file."""

NUMBERED = ("mis_id", "xid", "student_unique_id", "staff_unique_id")
"""What the hub hands out in the order in which records come."""


def larger() -> Roster:
    """The sample with more children, so that a few faults are no more than half of anything."""
    tables = rosters.roster()
    for row in tables["classes"]:
        row.setdefault("classType", "scheduled")
    for number in range(13, 31):
        school, group = ("a", "k2") if number % 2 else ("b", "k3")
        tables["users"].append(rosters.student(f"s{number}", number, school))
        tables["enrollments"].append(rosters.enrolment(f"g{number}", group, school, f"s{number}"))
        tables["demographics"].append({"sourcedId": f"s{number}", "birthDate": "2019-05-04", "sex": "male"})
    return tables


def hurt(tables: Roster, rng: random.Random, count: int) -> tuple[Roster, dict[str, set[str]]]:
    """The roster with faults in it, and the keys of the rows that have them, by file."""
    bad, keys = copy.deepcopy(tables), dict[str, set[str]]()
    # The small class only: for another, more than half of its school's enrolments would wait.
    for name in rng.choices(["users", "enrollments", "demographics"], k=count) + rng.choices(["classes", "users"]):
        row = rng.choice([row for row in bad[name] if row["sourcedId"] not in {"k2", "k3", "p"}])
        rng.choice(FAULTS[name])(row)
        keys.setdefault(name, set()).add(row["sourcedId"])
    return bad, keys


def without(tables: Roster, keys: dict[str, set[str]]) -> Roster:
    """The roster without some rows, and what depends on them."""
    users, classes = keys.get("users", set()), keys.get("classes", set())
    gone = {
        "users": users,
        "classes": classes,
        "demographics": keys.get("demographics", set()) | users,
        "enrollments": keys.get("enrollments", set())
        | {row["sourcedId"] for row in tables["enrollments"] if row["userSourcedId"] in users}
        | {row["sourcedId"] for row in tables["enrollments"] if row["classSourcedId"] in classes},
    }
    return {name: [row for row in rows if row["sourcedId"] not in gone.get(name, ())] for name, rows in tables.items()}


def as_delta(tables: Roster, keys: dict[str, set[str]]) -> Roster:
    """The rows with these keys as a delta."""
    return {
        name: [{**row, "status": "active"} for row in tables[name] if row["sourcedId"] in wanted]
        for name, wanted in keys.items()
    }


def roster_of(store: Store) -> dict[tuple[str, str], dict[str, Any]]:
    """What a hub holds, but for its own numbers."""
    return {key: {n: v for n, v in row.items() if n not in NUMBERED} for key, row in by_keys(store).items()}


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1_000_000), count=st.integers(1, 4))
def test_a_roster_with_faults_is_the_one_without_those_rows_and_whole_once_they_are_mended(
    tmp_path_factory: pytest.TempPathFactory, seed: int, count: int
) -> None:
    rng, folder = random.Random(seed), tmp_path_factory.mktemp("aside")
    good = larger()
    bad, keys = hurt(good, rng, count)
    with new_store(folder / "whole") as store:
        take(folder / "roster", store, good)
        whole = roster_of(store)
    with new_store(folder / "less") as store:
        take(folder / "roster", store, without(good, keys))
        less = roster_of(store)
    for name, mend in (("bulk", good), ("delta", as_delta(good, keys))):
        with new_store(folder / name) as store:
            diff = take(folder / "roster", store, bad)
            assert {(one.kind, one.key) for one in diff.aside} == {(n, key) for n, ks in keys.items() for key in ks}
            assert roster_of(store) == less
            modes = dict.fromkeys(mend, name)
            assert take(folder / "roster", store, mend, modes=modes).aside == ()
            assert roster_of(store) == whole
    with new_store(folder / "held") as store:
        take(folder / "roster", store, good)
        assert not take(folder / "roster", store, bad).moved
        assert roster_of(store) == whole


# ---- what waits for what another file brings


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        yield opened


def test_an_enrolment_goes_in_when_its_user_comes_later_though_it_is_not_sent_again(
    store: Store, tmp_path: Path
) -> None:
    tables = rosters.roster()
    late = tables["users"].pop(1)
    assert len(take(tmp_path / "roster", store, tables).aside) == 2
    diff = take(tmp_path / "roster", store, {"users": [{**late, "status": "active"}]}, modes={"users": "delta"})
    assert diff.aside == ()
    assert {"h2", "e2"} <= {key for kind, key in by_keys(store) if kind == "StudentMembership"}


def test_what_is_set_aside_of_a_user_who_is_deleted_is_over(store: Store, tmp_path: Path) -> None:
    tables = rosters.roster()
    tables["enrollments"][0]["beginDate"] = "soon"
    take(tmp_path / "roster", store, tables)
    gone = {"sourcedId": "s1", "status": "tobedeleted"}
    users = [{**row, **gone} for row in tables["users"] if row["sourcedId"] == "s1"]
    take(tmp_path / "roster", store, {"users": users}, modes={"users": "delta"})
    assert store.kept.asides.of_source(1, "oneroster-csv:d") == []


def test_a_fault_stays_listed_by_deltas_that_say_nothing_of_its_row_and_keeps_its_moment(
    store: Store, tmp_path: Path
) -> None:
    tables = rosters.roster()
    tables["users"][1]["givenName"] = ""
    take(tmp_path / "roster", store, tables)
    (first,) = store.kept.asides.of_source(1, "oneroster-csv:d")
    assert (first.where, first.what, first.waits) == ("users.csv line 3, column givenName", "is empty", 2)
    named = {**tables["users"][2], "familyName": "Nettlebed", "status": "active"}
    take(tmp_path / "roster", store, {"users": [named]}, modes={"users": "delta"})
    (again,) = store.kept.asides.of_source(1, "oneroster-csv:d")
    assert again.where == "users.csv as imported before, column givenName"
    assert (again.at, again.waits) == (first.at, 2)


def test_two_rows_that_share_a_key_are_not_chosen_between_by_a_later_delta(store: Store, tmp_path: Path) -> None:
    tables = rosters.roster()
    tables["users"].append({**tables["users"][1], "familyName": "Other"})
    assert len(take(tmp_path / "roster", store, tables).aside) == 2
    named = {**tables["users"][2], "familyName": "Nettlebed", "status": "active"}
    take(tmp_path / "roster", store, {"users": [named]}, modes={"users": "delta"})
    assert ("Person", "s2") not in by_keys(store)
    assert len(store.kept.asides.of_source(1, "oneroster-csv:d")) == 2


def test_a_source_that_may_set_more_aside_does_so_however_it_is_read(store: Store, tmp_path: Path) -> None:
    bad, files = larger(), tmp_path / "files"
    files.mkdir()
    for row in bad["demographics"][:5]:
        row["birthDate"] = "4.5.2019"
    folder = rosters.folder(files, bad)
    with pytest.raises(Stop, match="too many rows of this source have faults"):
        import_roster(store, ONEROSTER, folder)
    number = take(files, store, larger()).number
    (feed,) = store.kept.feeds.of_district(number)
    with store.of_district(number) as kept:
        kept.feeds.put(feed._replace(most_aside=0.5))
    diff = import_roster(store, ONEROSTER, rosters.folder(files, bad))
    assert [one.column for one in diff.aside] == ["birthDate"] * 5
    with pytest.raises(Stop, match="the limit is 1%"):
        import_roster(store, ONEROSTER, folder, most_aside=0.01)


def test_no_row_is_taken_for_gone_while_one_without_an_id_may_be_it(store: Store, tmp_path: Path) -> None:
    tables = rosters.roster()
    take(tmp_path / "roster", store, tables)
    tables["users"][1]["sourcedId"] = ""
    diff = take(tmp_path / "roster", store, tables)
    assert [one.what for one in diff.aside] == ["is empty"]
    assert not diff.moved


def test_passwords_are_not_kept_with_rows_that_are_set_aside(store: Store, tmp_path: Path) -> None:
    tables = rosters.roster()
    tables["users"][1]["givenName"] = ""
    take(tmp_path / "roster", store, tables)
    kept = store.kept.sources.file(1, "oneroster-csv:d", "aside users.csv")
    assert kept is not None
    assert b"hunter2" not in kept
    assert b"Thistlewood" in kept


def test_the_list_is_on_the_terminal_as_csv_and_by_command(tmp_path: Path) -> None:
    tables = rosters.roster()
    tables["users"][1]["givenName"] = ""
    roster, data, file = rosters.folder(tmp_path / "roster", tables), tmp_path / "data", tmp_path / "aside.csv"
    told = json.loads(said("import", "oneroster-csv", roster, "--aside", file, "--data", data))
    assert [(one["where"], one["waiting"]) for one in told["aside"]] == [("users.csv line 3, column givenName", 2)]
    heads, row = csv.reader(file.open())
    assert dict(zip(heads, row, strict=True)) == {
        "file": "users.csv",
        "line": "3",
        "column": "givenName",
        "reason": "is empty",
        "hint": "expected a value",
        "kind": "users",
        "key": "s2",
        "school": "a",
        "waiting": "enrollments.csv line 3; enrollments.csv line 9",
    }
    (listed,) = json.loads(said("sources", "aside", "oneroster-csv:d", "--data", data))
    assert (listed["place"], listed["waiting"]) == ("users.csv line 3, column givenName", 2)
    assert "--most-aside" in refused("import", "oneroster-csv", _worse(tmp_path), "--aside", file, "--data", data)
    # When it stops because of them, they are wanted most.
    lines = [row["line"] for row in csv.DictReader(file.open()) if row["reason"] == "is empty"]
    assert lines == ["2", "3", "4", "5", "6"]


def _worse(folder: Path) -> Path:
    tables = rosters.roster()
    for row in tables["users"][:5]:
        row["givenName"] = ""
    return rosters.folder(folder / "worse", tables)


# ---- what is read as it is meant


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
