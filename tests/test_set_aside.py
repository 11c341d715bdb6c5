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

NUMBERED = ("mis_id", "xid", "student_unique_id", "staff_unique_id", "contact_unique_id")
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
