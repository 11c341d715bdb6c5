"""Applications: those who hope for a place, and those who have one."""

from __future__ import annotations

import pytest

from rollbook.model.application import Applicant, ApplicantMedicalEvent, ApplicantSenNeed, ApplicantSenProvision
from rollbook.model.application import Application as Record
from rollbook.model.people import Person

from ..hub import Hub
from .tables import Caller, Row, Tables, mis_ids

ABOUT = {
    "ApplicantSENProvisions": "applicant_sen_provision",
    "ApplicantSENNeeds": "applicant_sen_need",
    "ApplicantMedicalEvents": "applicant_medical_event",
}
"""The tables about applicants, and the store's."""
BOTH = "Applications?includeAdmitted=true"


def made(held: Tables, *, admitted: bool = False) -> list[Row]:
    """The applications that are open, or all of them."""
    return [a for a in held.of("application") if admitted or a["status"] != "Admitted"]


@pytest.mark.parametrize(("asked", "admitted"), [("Applications", False), (BOTH, True)])
def test_applications_are_open_ones_and_admitted_ones_when_asked_for(
    app: Caller, held: Tables, asked: str, admitted: bool
):
    assert app.ids(asked) == mis_ids(made(held, admitted=admitted))
    assert len(made(held)) < len(made(held, admitted=True))


@pytest.mark.parametrize(("asked", "admitted"), [("Applications", False), (BOTH, True)])
def test_applicants_are_those_of_the_applications(app: Caller, held: Tables, asked: str, admitted: bool):
    applicants = held.known("applicant")
    whose = {a["applicant"] for a in made(held, admitted=admitted)}
    assert app.ids(asked, "Applicants") == mis_ids(applicants[one] for one in whose)
    for table, kept in ABOUT.items():
        rows = [r for r in held.of(kept) if r["applicant"] in whose]
        assert app.ids(asked, table) == mis_ids(rows)
        assert rows


def test_the_option_may_be_refused_by_name(app: Caller):
    assert app.ids("Applications?includeAdmitted=false") == app.ids("Applications")
    assert app.ids("Applications?options=includeAdmitted") == app.ids(BOTH)


def test_an_application_says_what_is_known_of_it(app: Caller, held: Tables):
    applicants, students = held.known("applicant"), held.known("student")
    names = {
        "Reference": "reference",
        "AcademicYear": "academic_year",
        "IntakeGroup": "intake_group",
        "YearGroupCode": "year_code",
        "Route": "route",
        "ApplicationDate": "application_date",
        "IsLate": "is_late",
        "Preference": "preference",
        "Status": "status",
        "Criterion": "criterion",
        "Distance": "distance",
        "WaitingListPosition": "waiting_list",
        "DecisionDate": "decision_date",
        "ResponseDate": "response_date",
        "AdmissionDate": "admission_date",
        "EnrolmentStatus": "enrolment_status",
        "PartTime": "part_time",
        "Boarder": "boarder",
    }
    stored = {a["mis_id"]: a for a in held.of("application")}
    for row in app.rows(BOTH):
        application = stored[row["Id"]]
        assert {c: row[c] for c in names} == {c: application[n] for c, n in names.items()}
        assert row["ApplicantId"] == applicants[application["applicant"]]["mis_id"]
        student = students.get(application["student"])
        assert row["StudentId"] == (student["mis_id"] if student else None)


def test_an_applicant_is_the_human_who_may_become_a_student(app: Caller, held: Tables):
    people = {p["id"]: p for p in held.sql("SELECT * FROM person WHERE district = ?", held.school["district"])}
    students, stored = held.known("student"), {a["mis_id"]: a for a in held.of("applicant")}
    names = {
        "Forename": "forename",
        "Surname": "surname",
        "MiddleName": "middle_name",
        "LegalForename": "legal_forename",
        "LegalSurname": "legal_surname",
        "Gender": "gender",
        "DateOfBirth": "birth_date",
        "HomePhone": "home_phone",
        "Street": "street",
        "District": "locality",
        "TownOrCity": "town",
        "PostCode": "post_code",
    }
    for row in app.rows(BOTH, "Applicants"):
        applicant = stored[row["Id"]]
        assert {c: row[c] for c in names} == {c: people[applicant["person"]][n] for c, n in names.items()}
        for column, name in (("StudentId", "student"), ("SiblingStudentId", "sibling")):
            student = students.get(applicant[name])
            assert row[column] == (student["mis_id"] if student else None)


def test_what_is_known_of_an_applicant_names_the_applicant(app: Caller, held: Tables):
    applicants = held.known("applicant")
    for table, kept in ABOUT.items():
        shown = {r["Id"]: r["ApplicantId"] for r in app.rows(BOTH, table)}
        assert shown == {r["mis_id"]: applicants[r["applicant"]]["mis_id"] for r in held.of(kept)}


def test_an_applicant_who_is_admitted_leaves_the_open_applications(asker: Caller, small: Tables):
    application = next(a for a in made(small) if a["status"] == "Accepted")
    (who,) = [a for a in small.of("applicant") if a["id"] == application["applicant"]]
    whose = {"applicant": who["id"]}
    small.add(ApplicantSenProvision, **whose, code="K")
    small.add(ApplicantSenNeed, **whose, code="SPLD", rank=1)
    small.add(ApplicantMedicalEvent, **whose, kind="Vaccination")
    for table in ("Applicants", *ABOUT):
        assert who["mis_id"] in {r.get("ApplicantId", r["Id"]) for r in asker.rows("Applications", table)}
    small.change(Record, application["id"], status="Admitted")
    assert application["mis_id"] not in asker.ids("Applications")
    assert application["mis_id"] in asker.ids(BOTH)
    for table in ("Applicants", *ABOUT):
        assert who["mis_id"] not in {r.get("ApplicantId", r["Id"]) for r in asker.rows("Applications", table)}
        assert who["mis_id"] in {r.get("ApplicantId", r["Id"]) for r in asker.rows(BOTH, table)}


def test_an_application_of_which_nobody_says_what_became_of_it_is_open(asker: Caller, small: Tables):
    application = made(small)[0]
    small.change(Record, application["id"], status=None)
    assert application["mis_id"] in asker.ids("Applications")


def test_a_name_that_is_corrected_is_that_of_applicant_and_student(asker: Caller, small: Tables):
    admitted = next(a for a in small.of("applicant") if a["student"])
    small.change(Person, admitted["person"], surname="Fenwhistle")
    row = next(r for r in asker.rows(BOTH, "Applicants") if r["Id"] == admitted["mis_id"])
    student = asker.one(f"Students/{row['StudentId']}?includePreAdmissions=true")
    assert row["Surname"] == student["Surname"] == "Fenwhistle"


def test_one_scope_shows_everything_of_an_applicant(hub: Hub, app: Caller):
    alone = Caller(hub, ["Applications"]).answer(BOTH)
    everything = app.answer(BOTH)
    for table in ("Applications", "Applicants", *ABOUT):
        columns = [c for c in everything[table][0] if c not in ("LastUpdated", "RowHash")]
        assert [[r[c] for c in columns] for r in alone[table]] == [[r[c] for c in columns] for r in everything[table]]


def test_applications_need_their_scope(hub: Hub):
    body = hub.school("Applications", Caller(hub, ["Student", "StudentExtended", "SEN"]).token)
    assert body["ExceptionType"] == "ScopeNotHeld"


def test_a_student_who_was_left_out_of_a_grant_has_no_application_and_is_nobodys_sibling(small_hub: Hub, small: Tables):
    caller = Caller(small_hub, ["Applications"])
    admitted = next(a for a in small.of("applicant") if a["student"])
    student = small.known("student")[admitted["student"]]
    sibling = small.shown_students()[0]
    newcomer = next(a for a in small.of("applicant") if not a["student"])
    small.change(Applicant, newcomer["id"], sibling=sibling["id"])
    grant = small_hub.desk.grants.at(small_hub.app("applications.example.org"), caller.estab)
    small_hub.desk.people.choose(grant, "students", "except", [student["mis_id"], sibling["mis_id"]])
    answer = caller.answer(BOTH)
    assert student["mis_id"] not in {r["StudentId"] for r in answer["Applications"]}
    assert admitted["mis_id"] not in {r["Id"] for r in answer["Applicants"]}
    row = next(r for r in answer["Applicants"] if r["Id"] == newcomer["mis_id"])
    assert row["SiblingStudentId"] is None


def test_a_grant_of_some_students_only_shows_no_strangers(small_hub: Hub, small: Tables):
    caller = Caller(small_hub, ["Applications"])
    admitted = next(a for a in small.of("applicant") if a["student"])
    student = small.known("student")[admitted["student"]]
    grant = small_hub.desk.grants.at(small_hub.app("applications.example.org"), caller.estab)
    small_hub.desk.people.choose(grant, "students", "only", [student["mis_id"]])
    assert {r["Id"] for r in caller.rows(BOTH, "Applicants")} == {admitted["mis_id"]}
