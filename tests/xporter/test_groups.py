"""Groups and GroupHistory: which groups there are, who is in them, and who was."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest

from rollbook.model.groups import Group, StaffMembership, SubGroup
from rollbook.model.students import StudentMembership

from .tables import Caller, Row, Tables, listed, mis_ids

PREFIX = {"YearGrp": "GY-", "RegGrp": "GR-", "HouseGrp": "GH-", "TeachingGrp": "GC-", "Cohort": "GK-"}


def day(held: Tables, days: int) -> str:
    """The day that is so many days from today."""
    return (date.fromisoformat(held.today) + timedelta(days)).isoformat()


def memberships(held: Tables) -> list[Row]:
    """Every membership of students and staff."""
    return held.of("student_membership") + held.of("staff_membership")


def shown_groups(held: Tables) -> list[Row]:
    """The groups of today with somebody in them."""
    peopled = {m["group"] for m in memberships(held) if held.now(m)}
    return [g for g in held.of('"group"') if held.now(g) and g["id"] in peopled]


def past_groups(held: Tables) -> list[Row]:
    """The groups that have ended, and those that somebody has left."""
    left = {m["group"] for m in memberships(held) if held.ended(m)}
    return [g for g in held.of('"group"') if held.ended(g) or g["id"] in left]


def members(held: Tables, kind: str, *, past: bool = False) -> dict[str, list[Row]]:
    """The students or the staff of each group, by the group's hub id: those of now, or those who were."""
    people, found = held.known(kind), defaultdict[str, list[Row]](list)
    for m in held.of(f"{kind}_membership"):
        if held.ended(m) if past else held.now(m):
            found[m["group"]].append(people[m[kind]])
    return found


# ---- which groups


def test_groups_are_those_of_today_with_somebody_in_them(app: Caller, held: Tables):
    assert app.ids("Groups") == mis_ids(shown_groups(held))
    assert app.ids("Groups") < mis_ids(held.of('"group"'))


def test_a_group_without_anybody_is_not_shown_until_somebody_joins(asker: Caller, small: Tables):
    group = small.add(Group, kind="Cohort", code="Chess", name="Chess", start=small.today)
    assert "Chess" not in [g["Code"] for g in asker.rows("Groups")]
    small.add(StaffMembership, group=group, staff=small.staff("Current")[0]["id"])
    assert asker.one("Groups?Code=Chess")["NumStudents"] == 0


def test_a_group_is_shown_on_its_first_and_on_its_last_day(asker: Caller, small: Tables):
    first, last = (small.add(Group, kind="Cohort", code=c, name=c) for c in ("First", "Last"))
    small.change(Group, first, start=small.today)
    small.change(Group, last, end=small.today)
    for group in (first, last):
        small.add(StudentMembership, group=group, student=small.shown_students()[0]["id"])
    assert {"First", "Last"} <= {g["Code"] for g in asker.rows("Groups?Type=Cohort")}


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("YearGrp", {"YearGrp"}),
        ("yeargrp", {"YearGrp"}),
        ("RegGrp,HOUSEGRP", {"RegGrp", "HouseGrp"}),
        ("teachinggrp, cohort", {"TeachingGrp", "Cohort"}),
    ],
)
@pytest.mark.parametrize("endpoint", ["Groups", "GroupHistory"])
def test_type_leaves_one_or_more_kinds(app: Caller, held: Tables, endpoint: str, written: str, kinds: set[str]):
    every = shown_groups(held) if endpoint == "Groups" else past_groups(held)
    column = "Id" if endpoint == "Groups" else "GroupMis_Id"
    rows = app.rows(f"{endpoint}?Type={written.replace(' ', '%20')}")
    assert {r[column] for r in rows} == mis_ids(g for g in every if g["kind"] in kinds)


def test_an_unknown_type_is_refused_with_a_hint(app: Caller):
    assert "RegGrp" in app.refusal("Groups?Type=YearGrp,RegGrps")


@pytest.mark.parametrize("endpoint", ["Groups", "GroupHistory"])
def test_code_leaves_the_groups_of_that_code(app: Caller, held: Tables, endpoint: str):
    every = shown_groups(held) if endpoint == "Groups" else past_groups(held)
    code = next(g["code"] for g in every if g["kind"] == "TeachingGrp")
    rows = app.rows(f"{endpoint}?Code={code}")
    assert {r["XID"] for r in rows} == {g["xid"] for g in every if g["code"] == code}


@pytest.mark.parametrize("endpoint", ["Groups", "GroupHistory"])
@pytest.mark.parametrize(
    ("first", "last"), [("2027-07-17", None), (None, "2026-09-01"), ("2026-07-18", "2026-09-01"), ("2027-07-22", None)]
)
def test_dates_leave_out_groups_that_ended_before_or_began_after(
    app: Caller, held: Tables, endpoint: str, first: str | None, last: str | None
):
    every = shown_groups(held) if endpoint == "Groups" else past_groups(held)
    asked = "&".join(f"{n}={d}" for n, d in (("DateFrom", first), ("DateTo", last)) if d)
    expected = {
        g["xid"]
        for g in every
        if (first is None or g["end"] is None or g["end"] >= first)
        and (last is None or g["start"] is None or g["start"] <= last)
    }
    assert {r["XID"] for r in app.rows(f"{endpoint}?{asked}")} == expected
    assert expected < {g["xid"] for g in every}


def test_the_days_of_date_from_and_date_to_are_within(asker: Caller, small: Tables):
    start, end = day(small, -10), day(small, 10)
    group = small.add(Group, kind="Cohort", code="Chess", name="Chess", start=start, end=end)
    small.add(StudentMembership, group=group, student=small.shown_students()[0]["id"])
    assert asker.rows(f"Groups?Code=Chess&DateFrom={end}")
    assert asker.rows(f"Groups?Code=Chess&DateFrom={day(small, 11)}") == []
    assert asker.rows(f"Groups?Code=Chess&DateTo={start}")
    assert asker.rows(f"Groups?Code=Chess&DateTo={day(small, -11)}") == []


def test_date_from_after_date_to_is_refused(app: Caller):
    assert "is after DateTo" in app.refusal("Groups?DateFrom=2026-09-02&DateTo=2026-09-01")


@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_a_group_is_found_by_each_of_its_ids(app: Caller, held: Tables, known_by: str):
    now, past = shown_groups(held)[9], past_groups(held)[9]
    assert app.one(f"Groups/{now[known_by]}")["XID"] == now["xid"]
    assert app.one(f"Groups?id={now[known_by]}")["XID"] == now["xid"]
    assert app.one(f"GroupHistory/{past[known_by]}")["XID"] == past["xid"]


def test_updated_since_shows_groups_that_changed_after_that_date(asker: Caller, small: Tables):
    group = shown_groups(small)[0]
    small.change(Group, group["id"], "2027-03-01T09:00:00.000", name="Renamed")
    row = asker.one("Groups?updatedSince=2027-02-28")
    assert (row["Id"], row["Name"]) == (group["mis_id"], "Renamed")
    assert asker.rows("Groups?updatedSince=2027-03-02") == []


# ---- what is said of each


def test_staff_and_students_of_a_group_are_those_of_today(app: Caller, held: Tables):
    students, staff = members(held, "student"), members(held, "staff")
    rows = {r["Id"]: r for r in app.rows("Groups?options=includeMembersIds,includeMembersIdaasIds,includeMembersXIDs")}
    for g in shown_groups(held):
        row, pupils, teachers = rows[g["mis_id"]], students[g["id"]], staff[g["id"]]
        assert row["NumStudents"] == len(pupils)
        assert listed(row["Staff"]) == sorted(t["code"] for t in teachers if t["code"])
        assert listed(row["StudentIds"]) == sorted(p["mis_id"] for p in pupils)
        assert listed(row["StudentIdaasIds"]) == sorted(f"PL-{p['mis_id']}" for p in pupils)
        assert listed(row["StudentXIDs"]) == sorted(p["xid"] for p in pupils)
        assert listed(row["StaffIds"]) == sorted(t["mis_id"] for t in teachers)
        assert listed(row["StaffIdaasIds"]) == sorted(f"PWT-{t['mis_id']}" for t in teachers)
        assert listed(row["StaffXIDs"]) == sorted(t["xid"] for t in teachers)


def test_a_group_is_told_by_its_own_facts(app: Caller, held: Tables):
    staff, rows = held.known("staff"), {r["Id"]: r for r in app.rows("Groups")}
    for g in shown_groups(held):
        row = rows[g["mis_id"]]
        assert (row["Code"], row["Name"], row["Type"]) == (g["code"], g["name"], g["kind"])
        assert row["IdaasId"] == PREFIX[g["kind"]] + g["mis_id"]
        assert row["PrimaryStaffId"] == (staff[g["primary_staff"]]["mis_id"] if g["primary_staff"] else None)


@pytest.mark.parametrize("endpoint", ["Groups", "GroupHistory"])
def test_the_subject_of_a_group_is_shown_when_asked_for(app: Caller, held: Tables, endpoint: str):
    subjects = held.known("subject")
    every = shown_groups(held) if endpoint == "Groups" else past_groups(held)
    expected = {g["xid"]: subjects[g["subject"]]["name"] if g["subject"] else None for g in every}
    rows = app.rows(f"{endpoint}?includeSubjects=true")
    assert {r["XID"]: r["SubjectName"] for r in rows} == expected
    assert not {"SubjectLocalId", "SubjectCode", "SubjectName"} & set(app.rows(f"{endpoint}?pagesize=1")[0])


def test_group_types_come_with_a_table_of_them(app: Caller, held: Tables):
    answer, types = app.answer("Groups?includeGroupTypes=true"), held.known("group_type")
    assert {(t["Id"], t["TypeCode"], t["TypeDescription"]) for t in answer["GroupTypes"]} == {
        (t["mis_id"], t["code"], t["description"]) for t in types.values()
    }
    assert {g["Id"]: g["TypeId"] for g in answer["Group"]} == {
        g["mis_id"]: types[g["type"]]["mis_id"] if g["type"] else None for g in shown_groups(held)
    }
    plain = app.answer("Groups?pagesize=1")
    assert "TypeId" not in plain["Group"][0]
    assert plain["GroupTypes"] == []


@pytest.mark.parametrize("endpoint", ["Groups", "GroupHistory"])
def test_standard_year_groups_are_a_lookup(app: Caller, held: Tables, endpoint: str):
    rows = app.rows(f"{endpoint}?includeStandardYeargroups=true", "StandardYearGroupLookup")
    shown = {(r["Id"], r["GroupMis_Id"], r["StandardYeargroupCode"], r["StandardYeargroupName"]) for r in rows}
    assert shown == {
        (f"GY-{g['mis_id']}", g["mis_id"], g["standard_year_code"], g["standard_year_name"])
        for g in held.of('"group"')
        if g["kind"] == "YearGrp" and held.now(g)
    }
    assert app.rows(endpoint, "StandardYearGroupLookup") == []


@pytest.mark.parametrize("endpoint", ["Groups", "GroupHistory"])
def test_sub_groups_are_those_of_the_groups_shown(app: Caller, held: Tables, endpoint: str):
    groups = held.known('"group"')
    every = mis_ids(shown_groups(held) if endpoint == "Groups" else past_groups(held))
    pairs = [(groups[s["child"]]["mis_id"], groups[s["parent"]]["mis_id"]) for s in held.of("sub_group")]
    rows = app.rows(f"{endpoint}?includeSubGroups=true", "SubGroups")
    assert sorted((r["ChildGroupId"], r["ParentGroupId"]) for r in rows) == sorted(p for p in pairs if p[0] in every)
    assert all(r["Id"] == f"{r['ChildGroupId']}.{r['ParentGroupId']}" for r in rows)
    assert app.rows(endpoint, "SubGroups") == []


def test_a_new_sub_group_is_told(asker: Caller, small: Tables):
    child, parent, *_ = (g for g in shown_groups(small) if g["kind"] == "HouseGrp")
    small.add(SubGroup, child=child["id"], parent=parent["id"])
    rows = asker.rows(f"Groups/{child['mis_id']}?includeSubGroups=true", "SubGroups")
    assert [r["Id"] for r in rows] == [f"{child['mis_id']}.{parent['mis_id']}"]


# ---- memberships


def member_pairs(held: Tables, kind: str, groups: list[Row], *, past: bool = False) -> list[tuple[str, str]]:
    """The MIS ids of groups and of those who are, or were, in them."""
    people = members(held, kind, past=past)
    return sorted((g["mis_id"], p["mis_id"]) for g in groups for p in people[g["id"]])


def test_student_members_are_those_of_today(app: Caller, held: Tables):
    rows = app.rows("Groups?includeStudentMembers=true", "StudentMembers")
    shown = sorted((r["GroupId"], r["StudentId"]) for r in rows)
    assert shown == member_pairs(held, "student", shown_groups(held))
    assert app.rows("Groups", "StudentMembers") == []


def test_staff_members_are_those_of_today(app: Caller, held: Tables):
    rows = app.rows("Groups?includeStaffMembers=true", "StaffMembers")
    shown = sorted((r["GroupId"], r["StaffId"]) for r in rows)
    assert shown == member_pairs(held, "staff", shown_groups(held))
    assert app.rows("Groups", "StaffMembers") == []


def test_members_follow_the_groups_shown(app: Caller, held: Tables):
    years = [g for g in shown_groups(held) if g["kind"] == "YearGrp"]
    rows = app.rows("Groups?Type=YearGrp&includeStudentMembers=true", "StudentMembers")
    assert sorted((r["GroupId"], r["StudentId"]) for r in rows) == member_pairs(held, "student", years)


def test_a_member_is_named_by_every_id(app: Caller, held: Tables):
    groups, students = held.known('"group"'), held.known("student")
    m = next(m for m in held.of("student_membership") if held.now(m))
    group, student = groups[m["group"]], students[m["student"]]
    asked = f"Groups/{group['mis_id']}?includeStudentMembers=true"
    row = next(r for r in app.rows(asked, "StudentMembers") if r["StudentId"] == student["mis_id"])
    idaas = PREFIX[group["kind"]] + group["mis_id"]
    assert row["Id"] == f"{idaas}.PL-{student['mis_id']}"
    assert (row["GroupExternalId"], row["StudentExternalId"]) == (group["external_id"], student["external_id"])
    assert (row["GroupIdaasId"], row["StudentIdaasId"]) == (idaas, f"PL-{student['mis_id']}")
    assert (row["StartDate"], row["EndDate"]) == (m["start"], m["end"])


# ---- the future


def test_future_groups_are_added_when_asked_for(app: Caller, held: Tables):
    peopled = {m["group"] for m in memberships(held)}
    future = mis_ids(g for g in held.of('"group"') if held.later(g) and g["id"] in peopled)
    assert app.ids("Groups?includeFutureGroups=true") - app.ids("Groups") == future
    assert future


def test_future_memberships_come_with_future_groups(app: Caller, held: Tables):
    groups, students = held.known('"group"'), held.known("student")
    answer = app.answer("Groups?includeFutureGroups=true&includeStudentMembers=true")
    listed_groups = {g["Id"] for g in answer["Group"]}
    expected = [
        (groups[m["group"]]["mis_id"], students[m["student"]]["mis_id"])
        for m in held.of("student_membership")
        if (held.now(m) or held.later(m)) and groups[m["group"]]["mis_id"] in listed_groups
    ]
    assert sorted((r["GroupId"], r["StudentId"]) for r in answer["StudentMembers"]) == sorted(expected)
    assert any(held.later(m) for m in held.of("student_membership"))


# ---- history


def test_history_is_of_groups_that_ended_or_that_somebody_left(app: Caller, held: Tables):
    assert {r["GroupMis_Id"] for r in app.rows("GroupHistory")} == mis_ids(past_groups(held))


def test_members_in_the_history_are_those_who_left(app: Caller, held: Tables):
    answer = app.answer("GroupHistory?options=includeStudentMembers,includeStaffMembers")
    students = sorted((r["GroupMis_Id"], r["StudentId"]) for r in answer["StudentMembers"])
    staff = sorted((r["GroupMis_Id"], r["StaffId"]) for r in answer["StaffMembers"])
    assert students == member_pairs(held, "student", past_groups(held), past=True)
    assert staff == member_pairs(held, "staff", past_groups(held), past=True)
    assert all(r["EndDate"] < held.today for r in answer["StudentMembers"] + answer["StaffMembers"])


def test_ids_of_members_in_the_history_are_those_who_left(app: Caller, held: Tables):
    students, staff = members(held, "student", past=True), members(held, "staff", past=True)
    asked = "GroupHistory?options=includeMembersIds,includeMembersXIDs,includeMembersIdaasIds"
    rows = {r["GroupMis_Id"]: r for r in app.rows(asked)}
    for g in past_groups(held):
        row = rows[g["mis_id"]]
        assert listed(row["StudentIds"]) == sorted(p["mis_id"] for p in students[g["id"]])
        assert listed(row["StudentXIDs"]) == sorted(p["xid"] for p in students[g["id"]])
        assert listed(row["StudentIdaasIds"]) == sorted(f"PL-{p['mis_id']}" for p in students[g["id"]])
        assert listed(row["StaffIds"]) == sorted(t["mis_id"] for t in staff[g["id"]])
        assert listed(row["StaffXIDs"]) == sorted(t["xid"] for t in staff[g["id"]])
        assert listed(row["StaffIdaasIds"]) == sorted(f"PWT-{t['mis_id']}" for t in staff[g["id"]])


def test_a_membership_that_ended_moves_from_groups_to_the_history(asker: Caller, small: Tables):
    membership = next(m for m in small.of("student_membership") if small.now(m))
    group = small.known('"group"')[membership["group"]]["mis_id"]
    student = small.known("student")[membership["student"]]["mis_id"]

    def in_group(endpoint: str) -> bool:
        rows = asker.rows(f"{endpoint}?id={group}&includeStudentMembers=true", "StudentMembers")
        return student in {r["StudentId"] for r in rows}

    assert (in_group("Groups"), in_group("GroupHistory")) == (True, False)
    small.change(StudentMembership, membership["id"], end=day(small, -1))
    assert (in_group("Groups"), in_group("GroupHistory")) == (False, True)


def test_a_group_that_ended_moves_to_the_history(asker: Caller, small: Tables):
    group = shown_groups(small)[0]
    small.change(Group, group["id"], end=day(small, -1))
    assert asker.rows(f"Groups/{group['mis_id']}") == []
    assert asker.one(f"GroupHistory/{group['mis_id']}")["Name"] == group["name"]


@pytest.mark.parametrize(
    ("code", "name", "year", "title"),
    [
        ("7", "Year 7", "7", "Year 7"),
        ("Y10", "Tens", "10", "Year 10"),
        ("REC", "Reception", "R", "Reception"),
        ("03", "Class Otter", "3", "Year 3"),
        ("MIX", "Otters", None, "Otters"),
    ],
)
def test_the_standard_year_of_a_year_group_is_worked_out_where_nobody_gave_it(
    asker: Caller, small: Tables, code: str, name: str, year: str | None, title: str
):
    group = next(g for g in small.of('"group"') if g["kind"] == "YearGrp" and g["code"] == "9")
    small.change(Group, group["id"], code=code, name=name, standard_year_code=None, standard_year_name=None)
    rows = asker.rows("Groups?includeStandardYeargroups=true", "StandardYearGroupLookup")
    (row,) = [r for r in rows if r["GroupMis_Id"] == group["mis_id"]]
    assert (row["StandardYeargroupCode"], row["StandardYeargroupName"]) == (year, title)
