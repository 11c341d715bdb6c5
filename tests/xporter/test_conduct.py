"""Achievements and behaviour of days and of today, apart and together; and the lists that they are written with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from rollbook.model.conduct import (
    Achievement,
    Behaviour,
    ConductLookup,
    ConductType,
)

from ..hub import THORNFIELD, Hub
from .tables import Caller, Row, Tables, listed, mis_ids

FIRST, LAST = "2026-11-09", "2026-11-20"
DAYS = f"DateFrom={FIRST}&DateTo={LAST}"


@dataclass(frozen=True)
class Kind:
    """One of both categories: its endpoints, its tables on the wire, and where the store keeps it."""

    segment: str
    category: str
    event: str
    tables: tuple[str, str, str]
    record: type[Achievement] | type[Behaviour]

    def days(self, more: str = "", days: str = DAYS) -> str:
        """The question for a range of days."""
        return f"{self.segment}ForDateRange?{days}{more}"

    def today(self, more: str = "") -> str:
        """The question for today."""
        return f"{self.segment}ForToday?{more}"


ACH = Kind(
    "Achievement",
    "Ach",
    "achievement",
    ("Achievements", "StudentAchievements", "StaffAchievements"),
    Achievement,
)
BEH = Kind(
    "Behaviour",
    "Beh",
    "behaviour",
    ("Behaviour", "StudentBehaviour", "StaffBehaviour"),
    Behaviour,
)
both = pytest.mark.parametrize("kind", [ACH, BEH], ids=["achievement", "behaviour"])


def events(held: Tables, kind: Kind, first: str = FIRST, last: str = LAST) -> list[Row]:
    """What the store holds of some days."""
    return [e for e in held.of(kind.event) if first <= e["date"] <= last]


def of(held: Tables, kind: Kind, who: str, known: Callable[[Row], bool] = lambda _: True) -> set[str]:
    """The hub ids of the events that some students, or staff, have to do with."""
    people = {p["id"] for p in held.of(who) if known(p)}
    return {s[kind.event] for s in held.of(f"{kind.event}_{who}") if s[who] in people}


def words(held: Tables, identity: str | None, column: str = "description") -> str | None:
    """What an entry of a list says."""
    return held.known("conduct_lookup")[identity][column] if identity else None


def full_name(held: Tables, staff: str) -> str:
    """Title, initial and surname."""
    person = next(p for p in held.sql("SELECT * FROM person WHERE id = ?", held.known("staff")[staff]["person"]))
    return " ".join(filter(None, (person["title"], person["forename"][:1], person["surname"])))


# ---- a range of days


@both
def test_a_range_has_the_records_from_its_first_to_its_last_day(app: Caller, held: Tables, kind: Kind):
    assert app.ids(kind.days()) == mis_ids(events(held, kind))
    one = app.ids(kind.days(days=f"DateFrom={LAST}&DateTo={LAST}"))
    assert one == mis_ids(events(held, kind, LAST, LAST)) != set()


@both
def test_a_record_tells_what_was_written_down(app: Caller, held: Tables, kind: Kind):
    for event in events(held, kind)[::29]:
        row = app.one(kind.days(f"&id={event['mis_id']}"))
        assert row["ConductId"] == f"{kind.category}.{event['mis_id']}"
        assert row[f"{kind.segment}Type"] == held.known("conduct_type")[event["type"]]["description"]
        assert (row["Date"], row["RecordedOn"]) == (event["date"], event["recorded_on"])
        assert (row["Description"], row["Category"]) == (event["description"], kind.category)
        assert row["Activity"] == words(held, event["activity"])
        assert row["Location"] == words(held, event["location"])
        assert row["RecordedBy"] == full_name(held, event["recorded_by"])


def test_an_incident_tells_its_time_status_outcome_and_subject(app: Caller, held: Tables):
    for event in events(held, BEH)[::17]:
        row = app.one(BEH.days(f"&id={event['mis_id']}"))
        subject = held.known("subject")[event["subject"]]["name"] if event["subject"] else None
        assert (row["Time"], row["Status"]) == (words(held, event["time"]), words(held, event["status"]))
        assert (row["Outcome"], row["Subject"]) == (words(held, event["outcome"]), subject)


@both
def test_students_are_shown_with_their_points_and_outcomes(app: Caller, held: Tables, kind: Kind):
    found = {e["id"]: e for e in events(held, kind)}
    students = held.known("student")
    shown = {
        (r["Id"], r["StudentId"], r[f"{kind.segment}Id"], r["Points"], r["Outcome"], r["OutcomeCode"], r.get("Role"))
        for r in app.rows(kind.days(), kind.tables[1])
    }
    expected: set[tuple[object, ...]] = set()
    for share in held.of(f"{kind.event}_student"):
        if share[kind.event] in found:
            number, event = students[share["student"]]["mis_id"], found[share[kind.event]]["mis_id"]
            outcome = (words(held, share["outcome"]), words(held, share["outcome"], "code"))
            key = f"PL-{number}.{kind.category}.{event}"
            expected.add((key, number, event, share["points"], *outcome, words(held, share.get("role"))))
    assert shown == expected
    assert len(shown) > len(found)


@both
def test_staff_are_shown_with_their_roles(app: Caller, held: Tables, kind: Kind):
    found = {e["id"]: e["mis_id"] for e in events(held, kind)}
    staff = held.known("staff")
    shown = {(r["Id"], r["StaffId"], r["StaffRole"]) for r in app.rows(kind.days(), kind.tables[2])}
    assert shown == {
        (
            f"PWT-{staff[s['staff']]['mis_id']}.{kind.category}.{found[s[kind.event]]}",
            staff[s["staff"]]["mis_id"],
            words(held, s["role"]),
        )
        for s in held.of(f"{kind.event}_staff")
        if s[kind.event] in found
    }


@both
def test_linked_students_and_staff_are_listed_when_asked_for(app: Caller, held: Tables, kind: Kind):
    rows = {r["Id"]: r for r in app.rows(kind.days("&includeStudentIds=true&includeStaffIds=true"))}
    for who, column in (("student", "StudentIds"), ("staff", "StaffIds")):
        people = held.known(who)
        linked: dict[str, set[str]] = {}
        for share in held.of(f"{kind.event}_{who}"):
            linked.setdefault(share[kind.event], set()).add(people[share[who]]["mis_id"])
        for event in events(held, kind):
            assert listed(rows[event["mis_id"]][column]) == sorted(linked.get(event["id"], ()))
    assert not {"StudentIds", "StaffIds"} & app.rows(kind.days("&pagesize=1"))[0].keys()


@both
def test_a_range_needs_its_first_and_its_last_day(app: Caller, kind: Kind):
    said = app.refusal(f"{kind.segment}ForDateRange")
    assert "DateFrom: is required" in said
    assert "DateTo: is required" in said
    assert "is after DateTo" in app.refusal(kind.days(days=f"DateFrom={LAST}&DateTo={FIRST}"))


@both
def test_an_incident_date_leaves_one_day(app: Caller, held: Tables, kind: Kind):
    assert app.ids(kind.days("&IncidentDate=2026-11-17")) == mis_ids(events(held, kind, "2026-11-17", "2026-11-17"))
    assert app.ids(kind.days("&IncidentDate=2026-10-05")) == set()


@both
@pytest.mark.parametrize("known_by", ["mis_id", "external_id"])
def test_a_student_leaves_what_they_took_part_in(app: Caller, held: Tables, kind: Kind, known_by: str):
    theirs = of(held, kind, "student", lambda s: s["mis_id"] == "9919")
    (graham,) = [s for s in held.of("student") if s["mis_id"] == "9919"]
    days = "DateFrom=2026-09-01&DateTo=2026-11-20"
    answer = app.answer(kind.days(f"&StudentId={graham[known_by]}", days=days))
    expected = {e["mis_id"] for e in events(held, kind, "2026-09-01", LAST) if e["id"] in theirs}
    assert {r["Id"] for r in answer[kind.tables[0]]} == expected != set()
    # Those who took part with them are shown too.
    assert {r[f"{kind.segment}Id"] for r in answer[kind.tables[1]]} == expected


@both
@pytest.mark.parametrize("known_by", ["mis_id", "external_id"])
def test_a_member_of_staff_leaves_what_they_had_to_do_with(app: Caller, held: Tables, kind: Kind, known_by: str):
    days = "DateFrom=2026-09-01&DateTo=2026-11-20"
    theirs = of(held, kind, "staff", lambda s: s["mis_id"] == "1")
    (head,) = [s for s in held.of("staff") if s["mis_id"] == "1"]
    expected = {e["mis_id"] for e in events(held, kind, "2026-09-01", LAST) if e["id"] in theirs}
    assert app.ids(kind.days(f"&StaffId={head[known_by]}", days=days)) == expected != set()


@both
def test_a_record_is_asked_for_by_either_of_its_ids(app: Caller, held: Tables, kind: Kind):
    number = events(held, kind)[3]["mis_id"]
    for asked in (kind.days(f"&id={number}"), kind.days(f"&id={kind.category}.{number}")):
        assert app.ids(asked) == {number}
    assert app.ids(f"{kind.segment}ForDateRange/{number}?{DAYS}") == {number}
    other = "Beh" if kind is ACH else "Ach"
    assert app.ids(kind.days(f"&id={other}.{number}")) == set()


@both
def test_updated_since_leaves_what_was_written_or_changed_later(asker: Caller, small: Tables, kind: Kind):
    event = events(small, kind)[0]
    small.change(kind.record, event["id"], "2027-01-01T09:00:00.000", parent_informed=None)
    assert event["parent_informed"] is not None
    assert asker.ids(kind.days("&updatedSince=2026-12-31")) == set()
    small.change(kind.record, event["id"], "2027-01-02T09:00:00.000", date="2026-11-10")
    assert asker.ids(kind.days("&updatedSince=2026-12-31")) == {event["mis_id"]}
    assert asker.ids(kind.days("&updatedSince=2027-01-02T09:00:00.000")) == set()


@both
def test_filters_are_all_met(app: Caller, held: Tables, kind: Kind):
    event = next(e for e in events(held, kind, LAST, LAST))
    share = next(s for s in held.of(f"{kind.event}_student") if s[kind.event] == event["id"])
    student = held.known("student")[share["student"]]["mis_id"]
    asked = kind.days(f"&IncidentDate={LAST}&StudentId={student}&id={event['mis_id']}&includeStudentIds=1")
    assert student in listed(app.one(asked)["StudentIds"])
    assert app.rows(kind.days(f"&IncidentDate={FIRST}&StudentId={student}&id={event['mis_id']}")) == []


@both
def test_what_was_done_only_by_students_left_out_is_not_there(small_hub: Hub, small: Tables, kind: Kind):
    token = small_hub.token()
    graham = next(s for s in small.of("student") if s["mis_id"] == "9919")
    theirs = of(small, kind, "student", lambda s: s["mis_id"] == "9919")
    small_hub.desk.people.choose(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), "students", "only", ["9919"])
    days = "DateFrom=2025-09-01&DateTo=2026-11-20"
    answer = small_hub.school(kind.days("&includeStudentIds=true", days=days), token)
    expected = {e["mis_id"] for e in small.of(kind.event) if e["id"] in theirs}
    assert {r["Id"] for r in answer[kind.tables[0]]} == expected != set()
    assert {r["StudentIds"] for r in answer[kind.tables[0]]} == {graham["mis_id"]}
    assert {r["StudentId"] for r in answer[kind.tables[1]]} == {graham["mis_id"]}


# ---- today


@both
def test_today_has_what_happened_today(app: Caller, held: Tables, kind: Kind):
    answer = app.answer(kind.today())
    assert {r["Id"] for r in answer[kind.tables[0]]} == mis_ids(events(held, kind, held.today, held.today))
    assert all(answer[table] for table in kind.tables)
    whole = app.answer(kind.days(days=f"DateFrom={held.today}&DateTo={held.today}"))
    assert [answer[t] for t in kind.tables] == [whole[t] for t in kind.tables]


@both
def test_today_is_narrowed_as_a_range_is(app: Caller, held: Tables, kind: Kind):
    event = events(held, kind, held.today, held.today)[0]
    share = next(s for s in held.of(f"{kind.event}_student") if s[kind.event] == event["id"])
    student = held.known("student")[share["student"]]["mis_id"]
    assert app.ids(kind.today(f"id={event['mis_id']}")) == {event["mis_id"]}
    assert event["mis_id"] in app.ids(kind.today(f"StudentId={student}"))
    assert app.ids(kind.today("StudentId=0")) == app.ids(kind.today("StaffId=0")) == set()
    assert app.ids(kind.today("updatedSince=2099-01-01")) == set()
    row = app.one(kind.today(f"id={event['mis_id']}&includeStudentIds=true&includeStaffIds=true"))
    assert student in listed(row["StudentIds"])
    assert "StaffIds" in row


# ---- both together


def test_conduct_is_achievements_and_behaviour(app: Caller, held: Tables):
    rows = app.rows(f"ConductForDateRange?{DAYS}")
    expected = {f"{k.category}.{e['mis_id']}" for k in (ACH, BEH) for e in events(held, k)}
    assert {r["Id"] for r in rows} == expected
    assert len(rows) == len(expected)
    assert all(r["Id"] == f"{r['Category']}.{r['ConductId']}" for r in rows)


def test_conduct_tells_the_same_as_each_category_and_what_came_of_it(app: Caller, held: Tables):
    rows = {r["Id"]: r for r in app.rows(f"ConductForDateRange?{DAYS}")}
    for kind in (ACH, BEH):
        apart = {r["ConductId"]: r for r in app.rows(kind.days())}
        for event in events(held, kind)[::7]:
            row, alone = rows[f"{kind.category}.{event['mis_id']}"], apart[f"{kind.category}.{event['mis_id']}"]
            assert row["ConductType"] == alone[f"{kind.segment}Type"]
            assert (row["OutcomeDate"], row["ParentGuardianInformed"]) == (
                event["outcome_date"],
                event["parent_informed"],
            )
            same = ("Date", "Activity", "Location", "RecordedBy", "RecordedOn", "Description", "Category")
            assert [row[c] for c in same] == [alone[c] for c in same]


def test_the_members_of_both_categories_are_shown(app: Caller):
    answer = app.answer(f"ConductForDateRange?{DAYS}")
    for side, number, person in (("StudentConducts", 1, "StudentId"), ("StaffConducts", 2, "StaffId")):
        shown = {(r["Id"], r[person], r["ConductId"]) for r in answer[side]}
        apart = {
            (r["Id"], r[person], f"{k.category}.{r[f'{k.segment}Id']}")
            for k in (ACH, BEH)
            for r in app.rows(k.days(), k.tables[number])
        }
        assert shown == apart
    roles = {r["ConductId"][:3] for r in answer["StudentConducts"] if r["Role"]}
    assert roles == {"Beh"}


@pytest.mark.parametrize(("written", "category"), [("Ach", "Ach"), ("beh", "Beh")])
@pytest.mark.parametrize("asked", [f"ConductForDateRange?{DAYS}", "ConductForToday?"])
def test_a_category_leaves_its_records_and_their_members(app: Caller, asked: str, written: str, category: str):
    whole, answer = app.answer(asked), app.answer(f"{asked}&conductCategory={written}")
    assert answer["Conducts"] == [r for r in whole["Conducts"] if r["Category"] == category] != []
    for side in ("StudentConducts", "StaffConducts"):
        assert answer[side] == [r for r in whole[side] if r["ConductId"][:3] == category] != []


def test_a_category_is_ach_or_beh(app: Caller):
    assert "Achievement is not a valid value" in app.refusal(f"ConductForDateRange?{DAYS}&conductCategory=Achievement")


def test_fixed_conduct_ids_are_prefixed_and_join_the_members(app: Caller):
    for asked in (f"ConductForDateRange?{DAYS}", "ConductForToday?"):
        answer = app.answer(f"{asked}&useFixedConductIds=true")
        ids = {r["ConductId"] for r in answer["Conducts"]}
        assert ids == {r["Id"] for r in answer["Conducts"]}
        assert {r["ConductId"] for r in answer["StudentConducts"]} == ids
        assert not ids & {r["ConductId"] for r in app.rows(asked)}


def test_an_id_without_its_category_leaves_the_records_of_both(app: Caller, held: Tables):
    number = min(mis_ids(held.of("achievement")) & mis_ids(held.of("behaviour")))
    days = "DateFrom=2025-09-01&DateTo=2026-11-20"
    assert app.ids(f"ConductForDateRange/{number}?{days}") == {f"Ach.{number}", f"Beh.{number}"}
    assert app.ids(f"ConductForDateRange?{days}&id=Beh.{number}") == {f"Beh.{number}"}


def test_conduct_is_narrowed_by_student_staff_and_date_in_both_categories(app: Caller, held: Tables):
    days = "DateFrom=2026-09-01&DateTo=2026-11-20"
    for asked, who, number in (("StudentId=9919", "student", "9919"), ("StaffId=1", "staff", "1")):
        theirs = {i for k in (ACH, BEH) for i in of(held, k, who, lambda p, number=number: p["mis_id"] == number)}
        expected = {
            f"{k.category}.{e['mis_id']}"
            for k in (ACH, BEH)
            for e in events(held, k, "2026-09-01")
            if e["id"] in theirs
        }
        assert app.ids(f"ConductForDateRange?{days}&{asked}") == expected
        assert {c[:3] for c in expected} == {"Ach", "Beh"}
    one = app.rows(f"ConductForDateRange?{days}&IncidentDate=2026-10-06")
    assert {r["Date"] for r in one} == {"2026-10-06"}


def test_linked_people_of_both_categories_are_listed(app: Caller):
    answer = app.answer(f"ConductForDateRange?{DAYS}&includeStudentIds=true&includeStaffIds=true")
    for side, column, person in (
        ("StudentConducts", "StudentIds", "StudentId"),
        ("StaffConducts", "StaffIds", "StaffId"),
    ):
        linked: dict[str, set[str]] = {}
        for row in answer[side]:
            linked.setdefault(row["ConductId"], set()).add(row[person])
        assert {r["Id"]: set(listed(r[column])) for r in answer["Conducts"] if r[column]} == linked


def test_conduct_for_today_is_what_happened_or_was_recorded_today(app: Caller, held: Tables):
    def now(event: Row) -> bool:
        return held.today in (event["date"], event["recorded_on"])

    rows = app.rows("ConductForToday")
    assert {r["Id"] for r in rows} == {
        f"{k.category}.{e['mis_id']}" for k in (ACH, BEH) for e in held.of(k.event) if now(e)
    }
    assert any(r["Date"] < held.today for r in rows)
    assert not {"OutcomeDate", "ParentGuardianInformed"} & rows[0].keys()


@pytest.mark.parametrize("size", [50, 100, 555])
def test_the_pages_of_both_categories_and_their_members_are_the_whole(app: Caller, size: int):
    whole = app.answer(f"ConductForDateRange?{DAYS}")
    pages = -(-len(whole["Conducts"]) // size)
    walked = [app.answer(f"ConductForDateRange?{DAYS}&page={n}&pagesize={size}") for n in range(1, pages + 1)]
    assert [r for page in walked for r in page["Conducts"]] == whole["Conducts"]
    for side in ("StudentConducts", "StaffConducts"):
        assert sorted(r["Id"] for p in walked for r in p[side]) == sorted(r["Id"] for r in whole[side])
        for page in walked:
            assert {r["ConductId"] for r in page[side]} <= {r["Id"] for r in page["Conducts"]}


def test_updated_since_leaves_what_changed_of_either_category(asker: Caller, small: Tables):
    incident = events(small, BEH)[0]
    small.change(Behaviour, incident["id"], "2027-01-02T09:00:00.000", outcome_date="2026-11-21")
    assert asker.ids(f"ConductForDateRange?{DAYS}&updatedSince=2027-01-01") == {f"Beh.{incident['mis_id']}"}
    assert asker.ids("ConductForToday?updatedSince=2099-01-01") == set()


# ---- what was written needs more


def test_comments_on_achievements_and_in_joint_lists_need_their_own_scope(hub: Hub):
    plain = Caller(hub, ["Conduct"])
    assert "Description" not in plain.rows(ACH.days())[0]
    assert "Description" in plain.rows(BEH.days())[0]
    assert not any("Description" in r for r in plain.rows(f"ConductForDateRange?{DAYS}"))
    assert not any("Description" in r for r in plain.rows("ConductForToday"))
    told = Caller(hub, ["Conduct", "ConductComments"])
    for asked in (ACH.days(), f"ConductForDateRange?{DAYS}", "ConductForToday"):
        assert all("Description" in r for r in told.rows(asked))


def test_conduct_needs_no_other_scope_to_name_students_and_staff(hub: Hub, app: Caller):
    plain = Caller(hub, ["Conduct", "ConductComments"])
    whole, shown = app.answer(f"ConductForDateRange?{DAYS}"), plain.answer(f"ConductForDateRange?{DAYS}")
    assert [shown[t] for t in ("Conducts", "StudentConducts", "StaffConducts")] == [
        whole[t] for t in ("Conducts", "StudentConducts", "StaffConducts")
    ]


# ---- lists


def test_types_and_lookups_in_use_are_listed(app: Caller, held: Tables):
    answer = app.answer("ConductLookups")
    columns = ("Id", "Type", "LocalId", "Description", "Points", "SubTypeLookup", "DisplayOrder")
    names = ("category", "mis_id", "description", "points", "sub_types", "display_order")
    active = [t for t in held.of("conduct_type") if t["active"] != 0]
    assert {tuple(r[c] for c in columns) for r in answer["ConductTypes"]} == {
        (f"{t['category']}.{t['mis_id']}", *(t[n] for n in names)) for t in active
    }
    columns = ("Id", "LookupType", "LocalId", "Code", "Description", "DisplayOrder")
    names = ("kind", "mis_id", "code", "description", "display_order")
    active = [e for e in held.of("conduct_lookup") if e["active"] != 0]
    assert {tuple(r[c] for c in columns) for r in answer["ConductLookups"]} == {
        (f"{e['kind']}.{e['mis_id']}", *(e[n] for n in names)) for e in active
    }


def test_types_and_lookups_out_of_use_are_added_when_asked_for(app: Caller, held: Tables):
    plain, answer = app.answer("ConductLookups"), app.answer("ConductLookups?includeInactive=true")
    for table, record in (("ConductTypes", "conduct_type"), ("ConductLookups", "conduct_lookup")):
        added = {r["LocalId"] for r in answer[table]} - {r["LocalId"] for r in plain[table]}
        assert added == mis_ids(e for e in held.of(record) if e["active"] == 0) != set()


def test_a_type_of_which_nobody_says_whether_it_is_used_is_listed(asker: Caller, small: Tables):
    old = next(t for t in small.of("conduct_type") if t["active"] == 0)
    small.change(ConductType, old["id"], active=None)
    assert old["mis_id"] in {r["LocalId"] for r in asker.rows("ConductLookups")}


@pytest.mark.parametrize(("written", "category"), [("Ach", "Ach"), ("BEH", "Beh")])
def test_a_conduct_type_leaves_its_own_lists_and_those_of_both(app: Caller, written: str, category: str):
    answer = app.answer(f"ConductLookups?conductType={written}")
    assert {r["Type"] for r in answer["ConductTypes"]} == {category}
    whole = app.rows("ConductLookups", "ConductLookups")
    assert answer["ConductLookups"] == [r for r in whole if r["LookupType"][:3] in (category, "Stf")]
    assert {r["LookupType"][:3] for r in answer["ConductLookups"]} == {category, "Stf"}


def test_a_conduct_type_is_ach_or_beh(app: Caller):
    assert "Att is not a valid value" in app.refusal("ConductLookups?conductType=Att")


def test_updated_since_leaves_lookups_that_changed(asker: Caller, small: Tables):
    entry = next(e for e in small.of("conduct_lookup") if e["kind"] == "BehStatus")
    small.change(ConductLookup, entry["id"], "2027-01-02T09:00:00.000", description="Settled")
    answer = asker.answer("ConductLookups?updatedSince=2027-01-01")
    assert answer["ConductTypes"] == []
    assert [(r["LocalId"], r["Description"]) for r in answer["ConductLookups"]] == [(entry["mis_id"], "Settled")]
