"""Detentions: places in them, the detentions themselves, and the lists that they are written with."""

from __future__ import annotations

import pytest

from rollbook.model.detention import Detention, DetentionType, StudentDetention

from ..hub import THORNFIELD, Hub
from .tables import Caller, Row, Tables, mis_ids

FIRST, LAST = "2026-11-09", "2026-11-20"
PARTS = {"DetentionActivities": "detention_activity", "DetentionOtherStaff": "detention_staff"}
LISTS = {
    "DetentionReasonLookup": "Reason",
    "DetentionAttendedLookup": "Attended",
    "DetentionLocationLookup": "Location",
    "DetentionActivityLookup": "Activity",
}


def number(held: Tables, table: str, identity: str | None) -> str | None:
    """The MIS id of a row."""
    return next(r["mis_id"] for r in held.of(table) if r["id"] == identity) if identity else None


def numbers(held: Tables, *tables: str) -> dict[str | None, str | None]:
    """The MIS ids of all rows of some tables, by hub id; none for no row."""
    return {None: None, **{r["id"]: r["mis_id"] for table in tables for r in held.of(table)}}


def between(held: Tables, rows: list[Row], first: str = "", last: str = "9") -> list[Row]:
    """The rows whose detention is on one of some days."""
    days = {d["id"]: d["date"] for d in held.of("detention")}
    return [r for r in rows if first <= days[r["detention"]] <= last]


# ---- all


def test_places_in_detentions_are_told_with_why_and_whether_they_were_taken(app: Caller, held: Tables):
    columns = (
        *("Id", "DetentionId", "StudentId", "ReasonId", "AttendedId", "NonAttendanceReason"),
        *("BehaviourId", "AddedByStaffId", "Comments"),
    )
    named = numbers(held, "detention", "student", "detention_lookup", "behaviour", "staff")
    assert {tuple(r[c] for c in columns) for r in app.rows("Detentions")} == {
        (
            p["mis_id"],
            *(named[p[n]] for n in ("detention", "student", "reason", "attended")),
            p["non_attendance_reason"],
            *(named[p[n]] for n in ("behaviour", "added_by")),
            p["comments"],
        )
        for p in held.of("student_detention")
    }


def test_detentions_are_told_with_when_and_where_they_are_held_and_by_whom(app: Caller, held: Tables):
    columns = (
        *("Id", "DetentionTypeId", "LocationId", "DetentionDate", "StartTime", "EndTime"),
        *("AssignedStaffId", "RecordedDate", "RecordedByStaffId"),
    )
    assert {tuple(r[c] for c in columns) for r in app.rows("Detentions", "Detentions")} == {
        (
            d["mis_id"],
            number(held, "detention_type", d["type"]),
            number(held, "detention_lookup", d["location"]),
            *(d[n] for n in ("date", "start_time", "end_time")),
            number(held, "staff", d["staff"]),
            d["recorded_on"],
            number(held, "staff", d["recorded_by"]),
        )
        for d in held.of("detention")
    }


def test_what_is_done_and_who_helps_is_told(app: Caller, held: Tables):
    answer = app.answer("Detentions")
    assert {tuple(r.values()) for r in answer["DetentionActivities"]} == {
        (a["mis_id"], number(held, "detention", a["detention"]), number(held, "detention_lookup", a["activity"]))
        for a in held.of("detention_activity")
    }
    assert {tuple(r.values()) for r in answer["DetentionOtherStaff"]} == {
        (s["mis_id"], number(held, "detention", s["detention"]), number(held, "staff", s["staff"]))
        for s in held.of("detention_staff")
    }


# ---- filters


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        (f"DateFrom={FIRST}&DateTo={LAST}", FIRST, LAST),
        (f"DateFrom={LAST}", LAST, "9"),
        ("DateTo=2025-10-31", "", "2025-10-31"),
    ],
)
def test_days_leave_detentions_and_all_that_belongs_to_them(
    app: Caller, held: Tables, asked: str, first: str, last: str
):
    answer = app.answer(f"Detentions?{asked}")
    places = between(held, held.of("student_detention"), first, last)
    assert {r["Id"] for r in answer["DetentionStudents"]} == mis_ids(places) != set()
    days = [d for d in held.of("detention") if first <= d["date"] <= last]
    assert {r["Id"] for r in answer["Detentions"]} == mis_ids(days)
    for table, record in PARTS.items():
        assert {r["Id"] for r in answer[table]} == mis_ids(between(held, held.of(record), first, last)) != set()


@pytest.mark.parametrize("known_by", ["mis_id", "external_id"])
def test_a_student_leaves_their_places_and_detentions(app: Caller, held: Tables, known_by: str):
    counts: dict[str, int] = {}
    for place in held.of("student_detention"):
        counts[place["student"]] = counts.get(place["student"], 0) + 1
    student = held.known("student")[max(counts, key=lambda s: counts[s])]
    theirs = [p for p in held.of("student_detention") if p["student"] == student["id"]]
    detentions = {p["detention"] for p in theirs}
    answer = app.answer(f"Detentions?StudentId={student[known_by]}")
    assert {r["Id"] for r in answer["DetentionStudents"]} == mis_ids(theirs)
    assert {r["Id"] for r in answer["Detentions"]} == {number(held, "detention", d) for d in detentions}
    for table, record in PARTS.items():
        expected = mis_ids(r for r in held.of(record) if r["detention"] in detentions)
        assert {r["Id"] for r in answer[table]} == expected
    assert answer["DetentionReasonLookup"] == app.rows("Detentions", "DetentionReasonLookup")


def test_a_student_and_days_are_both_met(app: Caller, held: Tables):
    place = between(held, held.of("student_detention"), FIRST, LAST)[0]
    student = number(held, "student", place["student"])
    answer = app.answer(f"Detentions?StudentId={student}&DateFrom={FIRST}&DateTo={LAST}")
    theirs = [p for p in held.of("student_detention") if p["student"] == place["student"]]
    found = between(held, theirs, FIRST, LAST)
    assert {r["Id"] for r in answer["DetentionStudents"]} == mis_ids(found)
    assert {r["Id"] for r in answer["Detentions"]} == {number(held, "detention", p["detention"]) for p in found}


def test_days_must_be_dates_in_order(app: Caller):
    assert "soon is not a date" in app.refusal("Detentions?DateFrom=soon")
    assert "is after DateTo" in app.refusal(f"Detentions?DateFrom={LAST}&DateTo={FIRST}")


# ---- lists


@pytest.mark.parametrize("endpoint", ["Detentions", "DetentionLookups"])
@pytest.mark.parametrize(("asked", "active"), [("", (1,)), ("?includeInactive=true", (0, 1))])
def test_lists_have_what_is_in_use_and_the_rest_when_asked_for(
    app: Caller, held: Tables, endpoint: str, asked: str, active: tuple[int, ...]
):
    answer = app.answer(f"{endpoint}{asked}")
    for table, kind in LISTS.items():
        entries = [e for e in held.of("detention_lookup") if e["kind"] == kind and e["active"] in active]
        shown = {(r["Id"], r["Code"], r["Description"], r.get("DisplayOrder")) for r in answer[table]}
        ordered = kind != "Location"
        assert shown == {
            (e["mis_id"], e["code"], e["description"], e["display_order"] if ordered else None) for e in entries
        }
    types = [t for t in held.of("detention_type") if t["active"] in active]
    assert {r["Id"] for r in answer["DetentionTypeLookup"]} == mis_ids(types)
    assert len(types) == 3 + len(active)


def test_a_type_tells_when_and_where_it_is_usually_held(app: Caller, held: Tables):
    columns = (
        *("Code", "Description", "DefaultLocationId", "Frequency", "DefaultDayOfWeekNum"),
        *("DefaultStartTime", "DefaultEndTime", "YearGroupId"),
    )
    rows = app.rows("DetentionLookups?includeInactive=true", "DetentionTypeLookup")
    assert {tuple(r[c] for c in columns) for r in rows} == {
        (
            *(t[n] for n in ("code", "description")),
            number(held, "detention_lookup", t["location"]),
            *(t[n] for n in ("frequency", "weekday", "start_time", "end_time")),
            number(held, '"group"', t["year_group"]),
        )
        for t in held.of("detention_type")
    }


def test_a_type_of_which_nobody_says_whether_it_is_used_is_listed(asker: Caller, small: Tables):
    old = next(t for t in small.of("detention_type") if t["active"] == 0)
    small.change(DetentionType, old["id"], active=None)
    assert old["mis_id"] in asker.ids("DetentionLookups", "DetentionTypeLookup")


def test_historical_lookups_bring_no_other_places_or_detentions(app: Caller):
    plain, answer = app.answer("Detentions"), app.answer("Detentions?includeInactive=true")
    for table in ("DetentionStudents", "Detentions", *PARTS):
        assert answer[table] == plain[table]


# ---- consent


def test_detentions_need_their_own_scope_and_no_other(hub: Hub, app: Caller):
    own = Caller(hub, ["StudentDetentions"]).answer("Detentions")
    assert own == {**app.answer("Detentions"), "meta": own["meta"]}
    refused = hub.school("Detentions", hub.token(["Conduct", "Student"], app="conduct.example.org"))
    assert refused["ExceptionType"] == "InvalidScope" or "StudentDetentions" in refused["ExceptionMessage"]


def test_a_student_left_out_has_no_place(small_hub: Hub, small: Tables):
    token = small_hub.token()
    place = small.of("student_detention")[0]
    student = number(small, "student", place["student"])
    assert student
    small_hub.desk.people.choose(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), "students", "except", [student])
    answer = small_hub.school("Detentions", token)
    assert student not in {r["StudentId"] for r in answer["DetentionStudents"]}
    assert len(answer["DetentionStudents"]) < len(small.of("student_detention"))


def test_a_detention_that_is_moved_is_found_on_its_new_day(asker: Caller, small: Tables):
    detention = small.of("detention")[0]
    small.change(Detention, detention["id"], date="2027-02-01")
    added = small.add(StudentDetention, detention=detention["id"], student=small.shown_students()[0]["id"])
    answer = asker.answer("Detentions?DateFrom=2027-01-01")
    assert [r["Id"] for r in answer["Detentions"]] == [detention["mis_id"]]
    places = [p for p in small.of("student_detention") if p["detention"] == detention["id"]]
    assert {r["Id"] for r in answer["DetentionStudents"]} == mis_ids(places)
    assert added in {p["id"] for p in places}
