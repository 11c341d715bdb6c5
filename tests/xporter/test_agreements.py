"""ParentalConsents: what parents agreed to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rollbook.model.agreement import ParentalConsent
from rollbook.model.students import Student

from ..hub import Hub
from .tables import Caller, Tables


def agreed(held: Tables, *students: str) -> set[tuple[str, str]]:
    """Student and kind of consent, by their MIS ids, of those on roll, or of some of them."""
    people, kinds = held.known("student"), held.known("consent_type")
    return {
        (s["mis_id"], kinds[r["kind"]]["mis_id"])
        for r in held.of("parental_consent")
        if held.roll(s := people[r["student"]]) == "OnRoll" and (not students or s["mis_id"] in students)
    }


def test_there_is_a_row_for_each_consent_given_for_a_student_on_roll(app: Caller, held: Tables):
    rows = app.rows("ParentalConsents")
    assert {(r["StudentMisId"], r["ParentalConsentLookupId"]) for r in rows} == agreed(held)
    assert len(rows) == len(agreed(held)) < len(held.of("parental_consent"))


def test_a_consent_is_named_by_student_and_kind(app: Caller):
    row = app.rows("ParentalConsents/9919")[0]
    assert row == {
        "Id": "PL.9919.1",
        "StudentMisId": "9919",
        "StudentLocalID": "PL.9919",
        "ParentalConsentLookupId": "1",
    }


@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_an_id_leaves_the_consents_for_one_student(app: Caller, held: Tables, known_by: str):
    student = held.shown_students()[0]
    for asked in (f"ParentalConsents/{student[known_by]}", f"ParentalConsents?id={student[known_by]}"):
        answer = app.answer(asked)
        shown = {(r["StudentMisId"], r["ParentalConsentLookupId"]) for r in answer["ParentalConsents"]}
        assert shown == agreed(held, student["mis_id"])
        assert len(answer["ParentalConsentLookups"]) == len(held.of("consent_type"))


def test_what_is_asked_of_parents_is_listed(app: Caller, held: Tables):
    rows = app.rows("ParentalConsents", "ParentalConsentLookups")
    expected = {(k["mis_id"], k["description"]) for k in held.of("consent_type")}
    assert {(r["Id"], r["ConsentDescription"]) for r in rows} == expected
    assert ("2", "Data Exchange") in expected


def test_a_consent_that_is_withdrawn_is_deleted_from_a_change_set(asker: Caller, small: Tables):
    first = asker.answer("ParentalConsents?changedRows=*")["__changedRows__"][0]["NextChangedRows"]
    one = next(r for r in asker.rows("ParentalConsents/9919"))
    kinds = {k["id"]: k["mis_id"] for k in small.of("consent_type")}
    graham = next(s["id"] for s in small.of("student") if s["mis_id"] == "9919")
    consent = next(
        c["id"]
        for c in small.of("parental_consent")
        if c["student"] == graham and kinds[c["kind"]] == one["ParentalConsentLookupId"]
    )
    with small.hub.store.write(small.school["district"]) as batch:
        batch.remove(ParentalConsent, consent)
    then = asker.answer(f"ParentalConsents?changedRows={first}")
    assert then["ParentalConsents"] == []
    assert then["ParentalConsents_deleted"] == [{"Id": one["Id"]}]


def test_consents_for_a_student_who_left_are_told_no_longer(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    assert asker.rows(f"ParentalConsents/{student['mis_id']}")
    yesterday = (date.fromisoformat(small.today) - timedelta(1)).isoformat()
    small.change(Student, student["id"], leaving_date=yesterday)
    assert asker.rows(f"ParentalConsents/{student['mis_id']}") == []


def test_consents_need_a_scope_of_their_own(hub: Hub, app: Caller):
    assert Caller(hub, ["ParentalConsents"]).rows("ParentalConsents") == app.rows("ParentalConsents")
    body = hub.school("ParentalConsents", Caller(hub, ["Student", "StudentExtended"]).token)
    assert body["ExceptionType"] == "ScopeNotHeld"
