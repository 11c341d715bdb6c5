"""OneRoster CSV out: what the files say, that it comes in elsewhere as it went out, and what a delta has."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.consent.ledger import Ledger
from rollbook.dialects.oneroster.exporting import Export, written
from rollbook.dialects.oneroster.sheets import SHEETS
from rollbook.errors import Malformed
from rollbook.ingest import import_roster
from rollbook.model.assessment import Aspect
from rollbook.model.groups import StaffMembership
from rollbook.model.people import Person
from tests import rosters
from tests.hub import THORNFIELD, Hub
from tests.looking import look
from tests.told import entries

from .platform import Platform, Row
from .test_gradebook import RIGHTS, put, volcano
from .test_gradebook import G as BOOK

ONEROSTER = CONNECTORS["oneroster-csv"]
ROOTS = {"1.1": "/ims/oneroster/v1p1", "1.2": "/ims/oneroster/rostering/v1p2"}
KINDS = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments", "demographics")


def export(platform: Platform, path: Path, version: str = "1.2", mode: str = "bulk") -> Export:
    made = Export(platform.hub.desk, platform.credential, version, mode)
    written(made, Ledger(platform.hub.store.folder, platform.hub.desk.clock), path)
    made.arrived()
    return made


def rows(path: Path, name: str) -> list[dict[str, str]]:
    with (path / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def said(path: Path) -> dict[str, set[tuple[str, str]]]:
    """What a delta says of each file: keys and statuses."""
    found = {p.stem: {(r["sourcedId"], r["status"]) for r in rows(path, p.stem)} for p in path.glob("[!m]*.csv")}
    return {name: one for name, one in found.items() if one}


def named(hub: Hub, endpoint: str) -> set[str]:
    """The hub ids of those of whom such exports told."""
    lines = [one.number for one in entries(hub) if one.what.endpoint == endpoint]
    return {person for line in lines for person in hub.store.ledger.people(line)}


# ---- what the files say

HEADERS = {
    ("1.1", "users"): "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
    "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
    ("1.2", "users"): "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,"
    "preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns",
    ("1.2", "roles"): "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    "userProfileSourcedId",
    ("1.1", "classes"): "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
    ("1.1", "demographics"): "sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,"
    "blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,"
    "hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
}


def test_columns_are_in_the_order_of_the_standard() -> None:
    for (version, name), header in HEADERS.items():
        (sheet,) = [one for one in SHEETS[version] if one.name == name]
        assert [column for column in sheet.header if not column.startswith("metadata.")] == header.split(",")


def test_a_zip_has_a_manifest_and_a_row_for_each_thing(platform: Platform, tmp_path: Path) -> None:
    export(platform, tmp_path / "one.zip")
    export(platform, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    told = dict(csv.reader(io.StringIO(texts["manifest.csv"])))
    assert (told["manifest.version"], told["oneroster.version"], told["file.users"]) == ("1.0", "1.2", "bulk")
    assert (told["file.userProfiles"], told["file.roles"], told["file.lineItems"]) == ("absent", "bulk", "bulk")
    student = platform.rows("students")[0]
    (row,) = [r for r in csv.DictReader(io.StringIO(texts["users.csv"])) if r["sourcedId"] == student["sourcedId"]]
    assert (row["givenName"], row["familyName"]) == (student["givenName"], student["familyName"])
    assert (row["status"], row["dateLastModified"], row["password"]) == ("", "", "")
    assert row["primaryOrgSourcedId"] == student["primaryOrg"]["sourcedId"]
    assert row["userIds"] == ",".join(f"{{{one['type']}:{one['identifier']}}}" for one in student["userIds"])
    for name in KINDS:
        assert texts[f"{name}.csv"].count("\r\n") == 1 + len(platform.rows(name))


def test_what_is_not_granted_is_in_no_file(small_hub: Hub, tmp_path: Path) -> None:
    lite = Platform(small_hub, ("SchoolLite", "StudentLite"), schools=(THORNFIELD,), rights=("roster-core.readonly",))
    export(lite, tmp_path)
    assert not (tmp_path / "demographics.csv").exists()
    assert "file.demographics,absent" in (tmp_path / "manifest.csv").read_text()
    assert {row["role"] for row in rows(tmp_path, "roles")} == {"student"}
    assert not any(row["phone"] or row["sms"] or row["agentSourcedIds"] for row in rows(tmp_path, "users"))


def test_whom_an_export_tells_of_is_on_the_ledger_before_it_is_there(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Export(platform.hub.desk, platform.credential, "1.2", "bulk")

    def full(*_: object) -> None:
        raise OSError("the disk is full")

    ledger = Ledger(tmp_path)
    monkeypatch.setattr(ledger, "note", full)
    with pytest.raises(OSError, match="full"):
        written(made, ledger, tmp_path / "roster.zip")
    assert not list(tmp_path.glob("roster*"))
    export(platform, tmp_path / "roster")
    assert {row["sourcedId"] for row in platform.rows("users")} <= named(platform.hub, "oneroster-csv 1.2 bulk")


# ---- out and in

NOT_ALIKE = {
    # The ids that somebody has in the system that a roster came from, and those that a hub makes for who has none.
    "1.2": {"users": {"userIds", "userMasterIdentifier"}},
    # A role has no days in 1.1, so who has left is not known to have. Whoever has no name to sign in with has their id.
    "1.1": {"users": {"userIds", "userMasterIdentifier", "enabledUser", "username"}},
}


def things(platform: Platform, version: str, name: str, known: Callable[[str], str] = str) -> dict[str, Row]:
    """What is listed, by id, as far as two hubs have to agree on it."""
    # Files have no resources.
    less = NOT_ALIKE[version].get(name, set()) | {"dateLastModified", "sourcedId", "resources"}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return known(value["sourcedId"]) if "href" in value else {n: plain(v) for n, v in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return sorted(map(plain, value), key=repr) if isinstance(value, list) else value  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    listed = platform.rows(f"{ROOTS[version]}/{name}")
    for row in listed if name == "users" else ():
        # A student of two schools may have a grade at each, and a roster has one.
        row |= {"grades": row["grades"][:1]} if "grades" in row else {}
        if row.get("metadata") == {"rollbook.synthetic": "username"}:
            # Each hub makes one of its own for who has none.
            del row["username"]
    return {known(row["sourcedId"]): {n: plain(v) for n, v in row.items() if n not in less} for row in listed}


def known_ids(hub: Hub) -> Callable[[str], str]:
    """Ids of a hub by those that its records have in the roster that they came from."""
    tables = ["person", "school", "district", "session", "course", "groups", "student_membership", "staff_membership"]
    there = {name for (name,) in look(hub.store, "SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()}
    asked = " UNION ALL ".join(f'SELECT id, external_id FROM "{name}"' for name in (*tables, "group") if name in there)
    known = dict(look(hub.store, asked).fetchall())
    return lambda identity: known.get(identity) or identity


@pytest.mark.files
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_district_that_goes_out_and_into_an_empty_hub_is_the_same_there(
    platform: Platform, empty_folder: Path, tmp_path: Path, version: str
) -> None:
    export(platform, tmp_path / "out", version)
    hub = Hub.copy(empty_folder, tmp_path / "other")
    diff = import_roster(hub.store, ONEROSTER, tmp_path / "out", new_district=True)
    assert (diff.aside, diff.notes) == ((), ())
    other, known = Platform(hub, schools=("1001", "1002")), known_ids(hub)
    for name in KINDS:
        if (version, name) == ("1.1", "demographics"):
            continue
        there, here = things(other, version, name, known), things(platform, version, name)
        assert there == here
    assert not import_roster(hub.store, ONEROSTER, tmp_path / "out").moved
    hub.close()


def test_what_a_hub_exported_comes_back_to_it_as_what_it_has(empty_folder: Path, tmp_path: Path) -> None:
    hub = Hub.copy(empty_folder, tmp_path / "other")
    import_roster(hub.store, ONEROSTER, rosters.folder(tmp_path / "in", rosters.version_1_2(), "1.2"))
    platform = Platform(hub, schools=("1001", "1002"))
    before = {name: things(platform, "1.2", name) for name in KINDS}
    export(platform, tmp_path / "out")

    def again() -> Any:
        return import_roster(
            hub.store, ONEROSTER, tmp_path / "out", district=platform.credential.district, name="our own"
        )

    assert [(diff := again()).total(what) for what in ("new", "changed", "gone")] == [0, 0, 0]
    assert not diff.aside
    assert not again().moved
    assert {name: things(platform, "1.2", name) for name in KINDS} == before
    hub.close()


# ---- deltas


def _teaching(platform: Platform) -> Row:
    return next(one for one in platform.rows("enrollments") if one["role"] == "teacher")


@pytest.mark.files
def test_a_delta_has_what_is_other_than_in_the_last_export_and_brings_another_hub_there(
    writer: Platform, empty_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(Malformed, match="nothing was exported"):
        export(writer, tmp_path, mode="delta")
    export(writer, tmp_path / "whole")
    hub = Hub.copy(empty_folder, tmp_path / "other")
    import_roster(hub.store, ONEROSTER, tmp_path / "whole", new_district=True)
    other = Platform(hub, schools=("1001", "1002"))
    export(writer, tmp_path / "nothing", mode="delta")
    assert said(tmp_path / "nothing") == {}
    who, place = writer.rows("students")[0], _teaching(writer)
    with writer.hub.store.write(writer.credential.district) as batch:
        batch.change(Person, who["sourcedId"], {"surname": "Quillfeather", "legal_surname": "Quillfeather"})
        batch.remove(StaffMembership, place["sourcedId"])
    export(writer, tmp_path / "some", mode="delta")
    assert said(tmp_path / "some") == {
        "users": {(who["sourcedId"], "active")},
        "enrollments": {(place["sourcedId"], "tobedeleted")},
    }
    (row,) = rows(tmp_path / "some", "users")
    assert (row["familyName"], row["dateLastModified"]) == (
        "Quillfeather",
        writer.one(f"users/{who['sourcedId']}")["dateLastModified"],
    )
    # The ledger has those of whom it told, and nobody of whom it was silent.
    told = named(writer.hub, "oneroster-csv 1.2 delta") - {who["sourcedId"], place["user"]["sourcedId"]}
    assert len(told) == len(who["agents"])
    diff = import_roster(hub.store, ONEROSTER, tmp_path / "some")
    assert (diff.total("gone"), diff.aside) == (1, ())
    for name in ("users", "enrollments"):
        assert things(other, "1.2", name, known_ids(hub)) == things(writer, "1.2", name)
    hub.close()


# ---- gradebooks


def test_times_of_day_survive_the_way_and_work_in_no_category_stays_in_none(
    small_hub: Hub, empty_folder: Path, tmp_path: Path
) -> None:
    grader = Platform(small_hub, rights=RIGHTS)
    item = grader.rows(f"{BOOK}/lineItems")[0]["sourcedId"]
    with small_hub.store.write(1) as batch:
        batch.change(Aspect, item, {"category": None, "assigned": "2026-11-02T09:30:00.000"})
    told = grader.one(f"{BOOK}/lineItems/{item}")
    category = grader.one(f"{BOOK}/categories/{told['category']['sourcedId']}")
    assert told["category"]["sourcedId"] == told["school"]["sourcedId"]
    assert (category["title"], category["metadata"]) == ("No category", {"rollbook.synthetic": "category"})
    assert category in grader.rows(f"{BOOK}/classes/{told['class']['sourcedId']}/categories")
    export(grader, tmp_path / "out")
    hub = Hub.copy(empty_folder, tmp_path / "other")
    import_roster(hub.store, ONEROSTER, tmp_path / "out", new_district=True)
    other = Platform(hub, schools=("1001", "1002"), rights=RIGHTS)
    there = other.one(f"{BOOK}/lineItems/{item}")
    assert {name: there[name] for name in ("assignDate", "dueDate")} == {
        "assignDate": "2026-11-02T09:30:00.000Z",
        "dueDate": told["dueDate"],
    }
    assert there["category"]["sourcedId"] == there["school"]["sourcedId"]
    assert look(hub.store, "SELECT count(*) FROM assessment_category WHERE name = 'No category'").get == 0
    hub.close()


def test_the_category_that_stands_for_none_is_taken_and_not_written(small_hub: Hub) -> None:
    grader = Platform(small_hub, rights=RIGHTS)
    item = volcano(grader)
    school = item["school"]["sourcedId"]
    with small_hub.store.write(1) as batch:
        batch.change(Aspect, grader.rows(f"{BOOK}/lineItems")[0]["sourcedId"], {"category": None})
    assert put(grader, "lineItems", "lineItem", "loose", {**item, "category": {"sourcedId": school}}).status == 201
    assert look(small_hub.store, "SELECT category FROM aspect WHERE external_id = 'loose'").get is None
    assert put(grader, "categories", "category", school, {"title": "Mine"}).status == 400
    assert grader.ask(f"{BOOK}/categories/{school}", "DELETE").status == 400
