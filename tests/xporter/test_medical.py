"""StudentMedical and DietaryNeeds: health and diet of the students on roll."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from rollbook.model.medical import MedicalNote, MedicalRecord, StudentCondition, StudentDietaryNeed
from rollbook.model.students import Student

from ..hub import Hub
from .tables import Caller, Row, Tables

Shown = Callable[[Row, Row], tuple[object, ...]]

TABLES: dict[str, tuple[str, tuple[str, ...], Shown]] = {
    "StudentMedical": (
        "medical_record",
        ("Id", "StudentAssessedDisabled", "EmergencyConsent", "PregnantPupil"),
        lambda row, student: (student["mis_id"], student["disabled"], row["emergency_consent"], row["pregnant"]),
    ),
    "StudentMedicalNotes": (
        "medical_note",
        ("Id", "StudentId", "Summary", "Note", "LastModified"),
        lambda row, student: (
            row["mis_id"],
            student["mis_id"],
            row["summary"],
            row["note"],
            row["last_modified"],
        ),
    ),
    "StudentMedicalEvents": (
        "medical_event",
        ("Id", "StudentMis_Id", "EventType", "EventDescription", "EventDate", "FollowUpDate"),
        lambda row, student: (
            row["mis_id"],
            student["mis_id"],
            row["kind"],
            row["description"],
            row["date"],
            row["follow_up"],
        ),
    ),
    "MedicalEventNotes": (
        "medical_event_note",
        ("Id", "Summary", "Note"),
        lambda row, student: (row["mis_id"], row["summary"], row["note"]),
    ),
    "StudentConditions": (
        "student_condition",
        ("StudentId",),
        lambda row, student: (student["mis_id"],),
    ),
}
"""For each table about students, the store's, the columns to compare, and what they must say."""


def stored(held: Tables, table: str, student: str = "") -> list[tuple[object, ...]]:
    """What a table must show of the students on roll, or of one of them."""
    kept, _, shown = TABLES[table]
    people = {s["id"]: s for s in held.students("OnRoll") if student in ("", s["mis_id"])}
    return sorted((shown(r, people[r["student"]]) for r in held.of(kept) if r["student"] in people), key=str)


def told(rows: list[Row], table: str) -> list[tuple[object, ...]]:
    """The same of an answer."""
    return sorted((tuple(r[c] for c in TABLES[table][1]) for r in rows), key=str)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_what_is_known_of_the_students_on_roll(app: Caller, held: Tables, table: str):
    assert told(app.rows("StudentMedical", table), table) == stored(held, table)
    kept = held.of(TABLES[table][0])
    assert len(kept) > len(stored(held, table)) > 100


@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_a_student_id_leaves_what_is_known_of_that_student_in_every_table(app: Caller, held: Tables, known_by: str):
    noted = {r["student"] for r in held.of("medical_event_note")} & {r["student"] for r in held.of("medical_note")}
    student = next(s for s in held.students("OnRoll") if s["id"] in noted)
    answer = app.answer(f"StudentMedical?StudentId={student[known_by]}")
    for table in TABLES:
        assert told(answer[table], table) == stored(held, table, student["mis_id"])
        assert answer[table]
    assert len(answer["ConditionLookups"]) == len(held.of("medical_condition"))


def test_nobody_is_called_by_an_id_that_nobody_has(app: Caller):
    answer = app.answer("StudentMedical?StudentId=1")
    assert [len(answer[t]) for t in TABLES] == [0] * len(TABLES)


def test_a_condition_of_a_student_is_one_of_the_list(app: Caller, held: Tables):
    answer = app.answer("StudentMedical")
    listed = {r["Id"]: r["ConditionDescription"] for r in answer["ConditionLookups"]}
    assert listed == {c["mis_id"]: c["description"] for c in held.of("medical_condition")}
    conditions, students = held.known("medical_condition"), held.known("student")
    expected = {
        f"{conditions[r['condition']]['mis_id']}.{students[r['student']]['mis_id']}"
        for r in held.of("student_condition")
        if held.roll(students[r["student"]]) == "OnRoll"
    }
    assert {r["Id"] for r in answer["StudentConditions"]} == expected
    for row in answer["StudentConditions"]:
        assert row["Id"] == f"{row['MedicalConditionId']}.{row['StudentId']}"
        assert row["ConditionDescription"] == listed[row["MedicalConditionId"]]


def test_an_event_note_names_its_event(app: Caller, held: Tables):
    answer, events = app.answer("StudentMedical"), held.known("medical_event")
    shown = {r["Id"]: r["MedicalEventId"] for r in answer["MedicalEventNotes"]}
    notes = [n for n in held.of("medical_event_note") if n["mis_id"] in shown]
    assert shown == {n["mis_id"]: events[n["event"]]["mis_id"] for n in notes}
    assert set(shown.values()) <= {r["Id"] for r in answer["StudentMedicalEvents"]}


def test_dietary_needs_of_a_medical_record_are_listed_in_words(app: Caller, held: Tables):
    needs, records = held.known("dietary_need"), held.known("medical_record")
    expected: dict[str, set[str]] = {}
    for row in held.of("student_dietary_need"):
        student = held.known("student")[records[row["record"]]["student"]]
        expected.setdefault(student["mis_id"], set()).add(needs[row["need"]]["description"])
    rows = app.rows("StudentMedical", "StudentMedical")
    shown = {r["Id"]: set(r["DietaryNeeds"].split(", ")) for r in rows if r["DietaryNeeds"]}
    assert shown == {student: words for student, words in expected.items() if student in {r["Id"] for r in rows}}
    assert any(len(words) > 1 for words in shown.values())


def test_a_medical_record_changes_with_what_the_student_does_not_eat(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    record = next(r for r in small.of("medical_record") if r["student"] == student["id"])
    need = next(n for n in small.of("dietary_need") if n["description"] == "Seafood allergy")
    asked = f"StudentMedical?StudentId={student['mis_id']}"
    before = asker.one(asked, "StudentMedical")
    small.add(StudentDietaryNeed, student=student["id"], need=need["id"], record=record["id"])
    after = asker.one(asked, "StudentMedical")
    assert "Seafood allergy" in after["DietaryNeeds"]
    assert after["RowHash"] != before["RowHash"]


def test_what_is_known_of_a_student_who_leaves_is_told_no_longer(asker: Caller, small: Tables):
    student = next(s for s in small.shown_students() if s["id"] in {e["student"] for e in small.of("medical_event")})
    asked = f"StudentMedical?StudentId={student['mis_id']}"
    assert asker.rows(asked, "StudentMedicalEvents")
    yesterday = (date.fromisoformat(small.today) - timedelta(1)).isoformat()
    small.change(Student, student["id"], leaving_date=yesterday)
    answer = asker.answer(asked)
    assert [len(answer[t]) for t in TABLES] == [0] * len(TABLES)
    assert asker.rows(f"DietaryNeeds?id={student['mis_id']}", "StudentDietaryNeeds") == []


def test_what_is_not_known_is_null(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    record = next(r for r in small.of("medical_record") if r["student"] == student["id"])
    small.change(MedicalRecord, record["id"], emergency_consent=None, pregnant=None)
    small.change(Student, student["id"], disabled=None)
    row = asker.one(f"StudentMedical?StudentId={student['mis_id']}", "StudentMedical")
    assert (row["EmergencyConsent"], row["PregnantPupil"], row["StudentAssessedDisabled"]) == (None, None, None)


def test_a_change_set_has_the_conditions_that_came_and_went(asker: Caller, small: Tables):
    student, condition = small.shown_students()[0], small.of("medical_condition")[-1]
    first = asker.answer("StudentMedical?changedRows=*")["__changedRows__"][0]["NextChangedRows"]
    made = small.add(StudentCondition, student=student["id"], condition=condition["id"])
    key = f"{condition['mis_id']}.{student['mis_id']}"
    then = asker.answer(f"StudentMedical?changedRows={first}")
    assert [r["Id"] for r in then["StudentConditions"]] == [key]
    with small.hub.store.write(small.school["district"]) as batch:
        batch.remove(StudentCondition, made)
    last = asker.answer(f"StudentMedical?changedRows={then['__changedRows__'][0]['NextChangedRows']}")
    assert last["StudentConditions_deleted"] == [{"Id": key}]


def test_the_scope_of_pregnancy_alone_opens_no_medical_record(hub: Hub):
    caller = Caller(hub, ["StudentPregnancy"])
    body = hub.school("StudentMedical", caller.token)
    assert body["ExceptionType"] == "ScopeNotHeld"


def test_the_medical_scope_shows_every_column(hub: Hub, app: Caller):
    alone = Caller(hub, ["StudentMedical"]).answer("StudentMedical")
    everything = app.answer("StudentMedical")
    assert {t: rows[0].keys() for t, rows in alone.items() if t != "meta"} == {
        t: rows[0].keys() for t, rows in everything.items() if t != "meta"
    }


def test_a_student_who_was_left_out_of_a_grant_has_no_medical_rows(small_hub: Hub, small: Tables):
    caller = Caller(small_hub, ["StudentMedical"])
    noted = {r["student"] for r in small.of("medical_event_note")}
    student = next(s for s in small.shown_students() if s["id"] in noted)
    assert caller.rows(f"StudentMedical?StudentId={student['mis_id']}", "MedicalEventNotes")
    grant = small_hub.desk.grants.at(small_hub.app("studentmedical.example.org"), caller.estab)
    small_hub.desk.people.choose(grant, "students", "except", [student["mis_id"]])
    answer = caller.answer(f"StudentMedical?StudentId={student['mis_id']}")
    assert [len(answer[t]) for t in TABLES] == [0] * len(TABLES)


def test_a_note_that_is_edited_has_a_later_update(asker: Caller, small: Tables):
    note = next(n for n in small.of("medical_note") if small.roll(small.known("student")[n["student"]]) == "OnRoll")
    small.change(MedicalNote, note["id"], "2027-03-01T09:00:00.000", summary="Spare inhaler in the office")
    row = next(r for r in asker.rows("StudentMedical", "StudentMedicalNotes") if r["Id"] == note["mis_id"])
    assert (row["Summary"], row["LastUpdated"]) == ("Spare inhaler in the office", "2027-03-01T09:00:00.000")


# ---- diet


def test_dietary_needs_are_listed_with_their_codes(app: Caller, held: Tables):
    rows = app.rows("DietaryNeeds", "DietaryNeeds")
    expected = {(n["mis_id"], n["code"], n["description"]) for n in held.of("dietary_need")}
    assert {(r["Id"], r["Code"], r["Description"]) for r in rows} == expected
    assert ("DAIR", "No dairy produce") in {(r["Code"], r["Description"]) for r in rows}


def diets(held: Tables, *students: str) -> set[tuple[str, str, str, str]]:
    """What the students on roll, or some of them, do not eat."""
    people, needs = held.known("student"), held.known("dietary_need")
    return {
        (r["mis_id"], needs[r["need"]]["mis_id"], s["mis_id"], f"PL-{s['mis_id']}")
        for r in held.of("student_dietary_need")
        if held.roll(s := people[r["student"]]) == "OnRoll" and (not students or s["mis_id"] in students)
    }


COLUMNS = ("Id", "DietaryNeedsId", "StudentId", "StudentLocalId")


def test_students_have_dietary_needs_of_the_list(app: Caller, held: Tables):
    rows = app.rows("DietaryNeeds", "StudentDietaryNeeds")
    assert {tuple(r[c] for c in COLUMNS) for r in rows} == diets(held)
    assert len(rows) == len(diets(held)) > 100


@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_an_id_leaves_the_dietary_needs_of_one_student(app: Caller, held: Tables, known_by: str):
    someone = next(iter(sorted(diets(held))))[2]
    student = next(s for s in held.of("student") if s["mis_id"] == someone)
    for asked in (f"DietaryNeeds/{student[known_by]}", f"DietaryNeeds?id={student[known_by]}"):
        answer = app.answer(asked)
        assert {tuple(r[c] for c in COLUMNS) for r in answer["StudentDietaryNeeds"]} == diets(held, someone)
        assert len(answer["DietaryNeeds"]) == len(held.of("dietary_need"))


@pytest.mark.parametrize("scope", ["DietaryNeeds", "StudentMedical"])
def test_either_of_two_scopes_shows_dietary_needs_in_full(hub: Hub, app: Caller, scope: str):
    answer = Caller(hub, [scope]).answer("DietaryNeeds")
    assert answer["StudentDietaryNeeds"] == app.rows("DietaryNeeds", "StudentDietaryNeeds")
    assert answer["DietaryNeeds"] == app.rows("DietaryNeeds", "DietaryNeeds")


def test_the_scope_of_diet_alone_opens_no_medical_record(hub: Hub):
    body = hub.school("StudentMedical", Caller(hub, ["DietaryNeeds"]).token)
    assert body["ExceptionType"] == "ScopeNotHeld"
