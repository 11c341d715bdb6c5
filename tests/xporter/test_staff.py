"""Staff: who is listed, what each option adds, and what each filter leaves."""

from __future__ import annotations

import base64
from collections import defaultdict
from datetime import date

import pytest

from rollbook.model.people import Person, Staff

from ..hub import Hub
from .tables import Caller, Row, Tables, listed, mis_ids

SIDES = {
    "StaffHierarchy": "includeHierarchy",
    "StaffVehicles": "includeStaffVehicles",
    "StaffNextOfKin": "includeStaffNextOfKin",
    "StaffSWAC": "includeStaffSWAC",
}
"""Each side table, and the option that fills it."""


def day_before(day: str) -> str:
    """The day before a day."""
    return date.fromordinal(date.fromisoformat(day).toordinal() - 1).isoformat()


# ---- who is listed


def test_staff_are_those_who_work_at_the_school_today(app: Caller, held: Tables):
    assert app.ids("Staff") == mis_ids(held.staff("Current"))


@pytest.mark.parametrize(("option", "status"), [("includeFuture", "Future"), ("includeTemporary", "Temporary")])
def test_other_staff_are_added_when_asked_for(app: Caller, held: Tables, option: str, status: str):
    added = app.ids(f"Staff?{option}=true") - app.ids("Staff")
    assert added == mis_ids(held.staff(status))
    assert added


def test_staff_who_left_in_this_or_the_previous_year_are_added_when_asked_for(app: Caller, held: Tables):
    since = held.year_start(last=True)
    recent = mis_ids(s for s in held.staff("Previous") if s["employment_end"] >= since)
    assert app.ids("Staff?includePrevious=true") - app.ids("Staff") == recent
    assert recent


def test_staff_who_left_in_an_earlier_year_stay_out(asker: Caller, small: Tables):
    person, since = small.staff("Current")[5], small.year_start(last=True)
    small.change(Staff, person["id"], employment_end=day_before(since))
    assert person["mis_id"] not in asker.ids("Staff?includePrevious=true")
    small.change(Staff, person["id"], employment_end=since)
    assert person["mis_id"] in asker.ids("Staff?includePrevious=true")
    assert person["mis_id"] not in asker.ids("Staff")


def test_staff_are_current_on_their_first_and_on_their_last_day(asker: Caller, small: Tables):
    first, last, *_ = small.staff("Current")
    small.change(Staff, first["id"], employment_start=small.today)
    small.change(Staff, last["id"], employment_end=small.today)
    assert {first["mis_id"], last["mis_id"]} <= asker.ids("Staff")


def test_teachers_only_leaves_teachers(app: Caller, held: Tables):
    assert app.ids("Staff?teachersOnly=true") == mis_ids(s for s in held.staff("Current") if s["is_teacher"])


def test_teachers_only_holds_for_staff_that_are_added_too(app: Caller, held: Tables):
    shown = app.ids("Staff?options=teachersOnly,includeFuture")
    assert shown == mis_ids(s for s in held.staff("Current", "Future") if s["is_teacher"])
    assert shown < app.ids("Staff?includeFuture=1")


# ---- filters


@pytest.mark.parametrize("status", ["Current", "Future", "Previous", "Temporary"])
def test_staff_status_leaves_one_kind_of_staff(app: Caller, held: Tables, status: str):
    assert app.ids(f"Staff?staffStatus={status}") == mis_ids(held.staff(status))
    assert app.ids(f"Staff?staffStatus={status.upper()}") == mis_ids(held.staff(status))


@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_a_member_of_staff_is_found_by_each_of_their_ids(app: Caller, held: Tables, known_by: str):
    person = held.staff("Current")[3]
    assert app.ids(f"Staff/{person[known_by]}") == {person["mis_id"]}
    assert app.ids(f"Staff?id={person[known_by]}") == {person["mis_id"]}


def test_updated_since_shows_staff_who_changed_after_that_date(asker: Caller, small: Tables):
    first, second, *_ = small.staff("Current")
    small.change(Staff, first["id"], "2027-03-01T09:00:00.000", work_phone="020 7946 0999")
    small.change(Person, second["person"], "2027-03-02T09:00:00.000", surname="Fenwhistle")
    assert asker.ids("Staff?updatedSince=2027-02-28") == {first["mis_id"], second["mis_id"]}
    assert asker.ids("Staff?updatedSince=2027-03-02") == {second["mis_id"]}
    assert asker.ids("Staff?updatedSince=2027-03-03") == set()


def test_a_changed_fact_that_is_not_granted_moves_no_update(small_hub: Hub, small: Tables):
    person = small.staff("Current")[0]
    small.change(Staff, person["id"], "2027-03-01T09:00:00.000", ni_number="QQ999999A")
    assert Caller(small_hub, ["Staff", "StaffEmployment"]).ids("Staff?updatedSince=2027-02-28") == {person["mis_id"]}
    assert Caller(small_hub, ["Staff"]).ids("Staff?updatedSince=2027-02-28") == set()


# ---- columns that options add


def groups_of_staff(held: Tables) -> dict[str, list[Row]]:
    """The groups that each member of staff belongs to now, by hub id."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    groups = held.known('"group"')
    for m in filter(held.now, held.of("staff_membership")):
        found[m["staff"]].append(groups[m["group"]])
    return found


@pytest.mark.parametrize(("column", "known_by"), [("GroupIds", "mis_id"), ("GroupXIDs", "xid")])
def test_group_ids_are_the_groups_of_today(app: Caller, held: Tables, column: str, known_by: str):
    groups = groups_of_staff(held)
    expected = {s["mis_id"]: sorted(g[known_by] for g in groups[s["id"]]) for s in held.staff("Current")}
    assert {r["Id"]: listed(r[column]) for r in app.rows(f"Staff?include{column}=true")} == expected


def test_group_idaas_ids_name_the_same_groups(app: Caller):
    for row in app.rows("Staff?options=includeGroupIds,includeGroupIdaasIds"):
        ids = [i.split("-")[1] for i in listed(row["GroupIdaasIds"])]
        assert sorted(ids) == listed(row["GroupIds"])


def test_the_registration_groups_of_staff_are_named(app: Caller, held: Tables):
    groups = groups_of_staff(held)
    expected = {
        s["mis_id"]: sorted(g["name"] for g in groups[s["id"]] if g["kind"] == "RegGrp") for s in held.staff("Current")
    }
    assert {r["Id"]: listed(r["RegGroup"]) for r in app.rows("Staff")} == expected
    assert any(expected.values())


def test_photographs_of_staff_are_png_in_base64(app: Caller, held: Tables):
    images = {p["who"]: p["image"] for p in held.of("staff_photo")}
    rows = app.rows("Staff?includePhotos=true")
    assert {r["Id"]: r["Photo"] for r in rows} == {s["mis_id"]: images.get(s["id"]) for s in held.staff("Current")}
    shown = [base64.b64decode(r["Photo"], validate=True) for r in rows if r["Photo"]]
    assert shown
    assert all(image.startswith(b"\x89PNG\r\n\x1a\n") for image in shown)


@pytest.mark.parametrize("column", ["GroupIds", "GroupIdaasIds", "GroupXIDs"])
def test_a_column_of_groups_is_there_only_when_asked_for(app: Caller, column: str):
    assert column not in app.rows("Staff?pagesize=1")[0]
    assert column in app.rows(f"Staff?pagesize=1&include{column}=true")[0]


def test_the_photo_column_is_there_only_when_asked_for(app: Caller):
    assert "Photo" not in app.rows("Staff?pagesize=1")[0]
    assert "Photo" in app.rows("Staff?pagesize=1&includePhotos=true")[0]


# ---- side tables


@pytest.mark.parametrize("table", SIDES)
def test_a_side_table_is_empty_until_asked_for(app: Caller, table: str):
    assert app.rows("Staff", table) == []
    assert app.rows(f"Staff?{SIDES[table]}=true", table)


def of_current(held: Tables, table: str, whose: str = "staff") -> list[tuple[str, Row]]:
    """The rows of a table that belong to current staff, each with the MIS id of its owner."""
    current = {s["id"]: s["mis_id"] for s in held.staff("Current")}
    return [(current[r[whose]], r) for r in held.of(table) if r[whose] in current]


def test_vehicles_are_those_of_the_staff_shown(app: Caller, held: Tables):
    rows = app.rows("Staff?includeStaffVehicles=true", "StaffVehicles")
    columns = ("StaffId", "VehicleID", "VehicleModel", "VehicleColour", "VehicleRegistration")
    assert sorted(tuple(r[c] for c in columns) for r in rows) == sorted(
        (whose, v["mis_id"], v["model"], v["colour"], v["registration"])
        for whose, v in of_current(held, "staff_vehicle")
    )


def test_next_of_kin_are_those_of_the_staff_shown(app: Caller, held: Tables):
    people = {p["id"]: p for p in held.sql("SELECT * FROM person")}
    rows = app.rows("Staff?includeStaffNextOfKin=true", "StaffNextOfKin")
    shown = sorted((r["StaffId"], r["ContactId"], r["Role"], r["FullName"], r["HomePhone"]) for r in rows)
    expected: list[tuple[str, ...]] = []
    for whose, kin in of_current(held, "staff_next_of_kin"):
        person = people[kin["person"]]
        name = f"{person['forename']} {person['surname']}"
        expected.append((whose, kin["mis_id"], kin["role"], name, person["home_phone"]))
    assert shown == sorted(expected)


def test_census_roles_are_those_of_the_staff_shown(app: Caller, held: Tables):
    rows = app.rows("Staff?includeStaffSWAC=true", "StaffSWAC")
    shown = sorted((r["Id"], r["StaffMis_Id"], r["SWACRole"], r["MainRole"], r["FTE"]) for r in rows)
    assert shown == sorted(
        (r["mis_id"], whose, r["role"], r["is_main"], r["fte"]) for whose, r in of_current(held, "staff_swac_role")
    )


def test_the_hierarchy_says_who_manages_the_staff_shown(app: Caller, held: Tables):
    managers = held.known("staff")
    rows = app.rows("Staff?includeHierarchy=true", "StaffHierarchy")
    shown = sorted((r["Id"], r["ParentStaffId"], r["ChildStaffId"]) for r in rows)
    expected: list[tuple[str, str, str]] = []
    for child, line in of_current(held, "staff_hierarchy", "child"):
        parent = managers[line["parent"]]["mis_id"]
        expected.append((f"{line['code']}.{parent}.{child}", parent, child))
    assert shown == sorted(expected)


def test_a_side_table_follows_the_staff_who_are_added(app: Caller, held: Tables):
    left = held.known("staff")
    kin = [k for k in held.of("staff_next_of_kin") if held.employment(left[k["staff"]]) == "Previous"]
    rows = app.rows("Staff?staffStatus=Previous&includeStaffNextOfKin=true", "StaffNextOfKin")
    assert sorted(r["ContactId"] for r in rows) == sorted(k["mis_id"] for k in kin)


@pytest.mark.parametrize(
    ("table", "whose"),
    [
        ("StaffVehicles", "StaffId"),
        ("StaffNextOfKin", "StaffId"),
        ("StaffSWAC", "StaffMis_Id"),
        ("StaffHierarchy", "ChildStaffId"),
    ],
)
def test_a_side_table_follows_the_staff_on_the_page(app: Caller, table: str, whose: str):
    option = SIDES[table]
    whole = app.rows(f"Staff?{option}=true", table)
    walked: list[Row] = []
    for page in range(1, 9):
        answer = app.answer(f"Staff?{option}=true&page={page}&pagesize=10")
        assert {r[whose] for r in answer[table]} <= {s["Id"] for s in answer["Staff"]}
        walked += answer[table]
    assert sorted(walked, key=repr) == sorted(whole, key=repr)
