"""Students and staff: told of before any school knows them, seen from their first enrolment or position on."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.model.people import Person
from rollbook.model.students import Student
from tests.district import (
    EdFi,
    agency,
    assignment,
    cohort,
    contact,
    contact_of,
    enrolment,
    place,
    school,
    staff,
    student,
    word,
)
from tests.hub import BRAMBLESIDE, SAGUARO, Hub
from tests.looking import look

from .conftest import caller
from .school_year import ESTAB, TERM, write
from .test_writing import clock, plain, problem

FIRST = {
    "students": (student("7001"), "studentSchoolAssociations", enrolment("7001", ESTAB)),
    "staffs": (staff("8001"), "staffEducationOrganizationAssignmentAssociations", assignment("8001", ESTAB)),
    "contacts": (contact("9001"), "studentContactAssociations", contact_of("9001", "7002")),
}
"""A human, and what makes them a school's."""


def first(api: EdFi, resource: str) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """One of these; a contact is of a student who is at the school."""
    if resource == "contacts":
        api.post("students", student("7002"))
        api.post("studentSchoolAssociations", enrolment("7002", ESTAB))
    return FIRST[resource]


@pytest.mark.parametrize("resource", FIRST)
def test_the_first_role_makes_a_human_seen_under_the_same_id(api: EdFi, resource: str) -> None:
    human, link, role = first(api, resource)
    identity = api.post(resource, human)
    assert api.post(resource, human | {"firstName": "Renamed"}, 200) == identity
    api.post(link, role)
    shown = api.get(f"{resource}/{identity}")
    assert plain(shown) == human | {"firstName": "Renamed"}
    assert api.post(resource, human, 200) == identity
    assert plain(api.get(f"{resource}/{identity}")) == human


@pytest.mark.parametrize("resource", FIRST)
def test_another_app_neither_sees_nor_gets_a_human_who_waits(api: EdFi, resource: str) -> None:
    human, link, role = first(api, resource)
    identity = api.post(resource, human)
    for _, _, estab, _, _ in api.hub.desk.schools.all():
        api.hub.grant(estab=estab, app="other.example.org")
    other = caller(api.hub, app="other.example.org")
    assert problem(other.ask("GET", f"{resource}/{identity}"))[0] == 404
    assert problem(other.ask("POST", link, role))[:2] == (409, "data-conflict:unresolved-reference")
    theirs = other.post(resource, human | {"firstName": "Other"})
    assert theirs != identity
    other.post(link, role)
    assert other.get(f"{resource}/{theirs}")["firstName"] == "Other"
    assert plain(api.get(f"{resource}/{identity}")) == human


@pytest.mark.parametrize("resource", FIRST)
def test_a_human_whose_only_role_has_ended_is_the_apps_again(api: EdFi, resource: str) -> None:
    human, link, role = first(api, resource)
    identity, held = api.post(resource, human), api.post(link, role)
    since = api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"] + 1
    assert api.ask("DELETE", f"{link}/{held}").status == 204
    key = next(iter(human))
    assert [h["id"] for h in api.get(f"{resource}?{key}={human[key]}")] == [identity]
    assert plain(api.get(f"{resource}/{identity}")) == human
    assert api.get(f"{resource}/deletes?minChangeVersion={since}") == []
    assert api.post(resource, human | {"firstName": "Renamed"}, 200) == identity
    api.post(link, role)
    assert plain(api.get(f"{resource}/{identity}")) == human | {"firstName": "Renamed"}
    assert [h["id"] for h in api.get(f"{resource}?{key}={human[key]}")] == [identity]
    assert api.get(f"{resource}/deletes?minChangeVersion={since}") == []


@pytest.mark.parametrize("resource", FIRST)
def test_a_role_may_be_written_anew_without_the_human(api: EdFi, resource: str) -> None:
    human, link, role = first(api, resource)
    identity, held = api.post(resource, human), api.post(link, role)
    assert api.ask("DELETE", f"{link}/{held}").status == 204
    api.post(link, role)
    assert plain(api.get(f"{resource}/{identity}")) == human


@pytest.mark.parametrize("resource", ["students", "staffs"])
def test_whom_the_caller_does_not_see_is_not_there_for_them(api: EdFi, resource: str) -> None:
    """A guessed id leads to nobody; the human whom the caller tells of instead stands beside the other one."""
    human, link, role = FIRST[resource]
    theirs = api.post(resource, human)
    api.post(link, role)
    api.hub.grant(estab=BRAMBLESIDE, app="other.example.org")
    other = caller(api.hub, app="other.example.org")
    elsewhere = {
        name: {member: int(BRAMBLESIDE) for member in value} if name[:6] in ("school", "educat") else value
        for name, value in role.items()
    }
    guessed = other.ask("POST", link, elsewhere)
    assert problem(guessed)[:2] == (409, "data-conflict:unresolved-reference")
    nobody = other.ask("POST", link, {**elsewhere, next(iter(role)): {next(iter(human)): "nobody"}})
    assert nobody.json["detail"] == guessed.json["detail"]
    own = other.post(resource, human | {"firstName": "Other"})
    other.post(link, elsewhere)
    assert own != theirs
    key = next(iter(human))
    assert [h["firstName"] for h in other.get(f"{resource}?{key}={human[key]}")] == ["Other"]
    assert plain(api.get(f"{resource}/{theirs}")) == human
    assert problem(other.ask("GET", f"{resource}/{theirs}"))[0] == 404


def test_a_student_needs_an_enrolment_before_anything_else(api: EdFi) -> None:
    api.post("cohorts", cohort("1", ESTAB))
    api.post("students", student("7001"))
    before = clock(api)
    refused = api.ask("POST", "studentCohortAssociations", place("1", ESTAB, "7001", "2026-09-14"))
    assert problem(refused)[:2] == (403, "security:authorization")
    assert clock(api) == before
    api.post("studentSchoolAssociations", enrolment("7001", ESTAB))
    api.post("studentCohortAssociations", place("1", ESTAB, "7001", "2026-09-14"))


def test_a_member_of_staff_needs_a_position_before_anything_else(api: EdFi) -> None:
    api.post("cohorts", cohort("1", ESTAB))
    api.post("staffs", staff("8001"))
    refused = api.ask("POST", "staffCohortAssociations", TERM["staffCohortAssociations"])
    assert problem(refused)[:2] == (403, "security:authorization")
    api.post("staffEducationOrganizationAssignmentAssociations", assignment("8001", ESTAB))
    api.post("staffCohortAssociations", TERM["staffCohortAssociations"])


def test_a_position_in_a_district_is_refused_with_the_reason(api: EdFi) -> None:
    api.post("staffs", staff("8001"))
    before = clock(api)
    refused = api.ask("POST", "staffEducationOrganizationAssignmentAssociations", assignment("8001", 1000))
    status, _, paths = problem(refused)
    assert (status, list(paths)) == (400, ["$.educationOrganizationReference"])
    assert clock(api) == before


def test_a_cohort_of_the_district_takes_students_of_all_its_schools(api: EdFi) -> None:
    api.post("cohorts", cohort("1", 1000))
    for unique, at in (("7001", ESTAB), ("7002", int(BRAMBLESIDE))):
        api.post("students", student(unique))
        api.post("studentSchoolAssociations", enrolment(unique, at))
        identity = api.post("studentCohortAssociations", place("1", 1000, unique, "2026-09-14"))
        assert plain(api.get(f"studentCohortAssociations/{identity}")) == place("1", 1000, unique, "2026-09-14")
    both = api.get("studentCohortAssociations?cohortIdentifier=1&educationOrganizationId=1000")
    assert sorted(a["studentReference"]["studentUniqueId"] for a in both) == ["7001", "7002"]


def test_a_student_of_another_district_is_not_there(api: EdFi) -> None:
    api.post("students", student("7001"))
    api.post("studentSchoolAssociations", enrolment("7001", ESTAB))
    api.post("cohorts", cohort("1", int(SAGUARO)))
    refused = api.ask("POST", "studentCohortAssociations", place("1", int(SAGUARO), "7001", "2026-09-14"))
    assert problem(refused)[:2] == (409, "data-conflict:unresolved-reference")


def test_a_student_may_move_to_another_district(api: EdFi) -> None:
    identity = api.post("students", student("7001"))
    left = api.post("studentSchoolAssociations", enrolment("7001", ESTAB, exitWithdrawDate="2026-10-01"))
    count = api.ask("GET", "students?totalCount=true&limit=0").headers["total-count"]
    since = api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"] + 1
    came = api.post("studentSchoolAssociations", enrolment("7001", int(SAGUARO), "2026-10-02"))

    # A record in each district, and one document: by query, in lists, in counts, page by page.
    records = look(api.hub.store, "SELECT district FROM person WHERE student_unique_id = '7001' ORDER BY 1")
    assert records.fetchall() == [(1,), (2,)]
    assert [s["id"] for s in api.get("students?studentUniqueId=7001")] == [identity]
    assert api.ask("GET", "students?totalCount=true&limit=0").headers["total-count"] == count
    every = [s["id"] for offset in range(0, int(count), 25) for s in api.get(f"students?limit=25&offset={offset}")]
    assert (len(every), every.count(identity)) == (int(count), 1)
    enrolled = api.get("studentSchoolAssociations?studentUniqueId=7001")
    assert sorted(e["id"] for e in enrolled) == sorted([left, came])
    assert [e["id"] for e in api.get(f"studentSchoolAssociations?minChangeVersion={since}")] == [came]

    # Both records say the same.
    api.put("students", identity, student("7001", "Anahi"))
    names = look(api.hub.store, "SELECT legal_forename, forename FROM person WHERE student_unique_id = '7001'")
    assert len(set(names.fetchall())) == 1
    assert api.get(f"students/{identity}")["firstName"] == "Anahi"

    # Whoever leaves the first district is still a student of the second.
    assert api.ask("DELETE", f"studentSchoolAssociations/{left}").status == 204
    assert [s["id"] for s in api.get("students?studentUniqueId=7001")] == [identity]
    assert api.get(f"students/deletes?minChangeVersion={since}") == []
    assert api.ask("DELETE", f"studentSchoolAssociations/{came}").status == 204
    assert [s["id"] for s in api.get("students?studentUniqueId=7001")] == [identity]
    assert look(api.hub.store, "SELECT count(*) FROM twin").get == 0


def test_an_app_of_one_district_sees_nothing_of_the_other(api: EdFi) -> None:
    identity = api.post("students", student("7001"))
    api.post("studentSchoolAssociations", enrolment("7001", ESTAB))
    api.post("studentSchoolAssociations", enrolment("7001", int(SAGUARO), "2026-10-02"))
    api.hub.grant(estab=SAGUARO, app="other.example.org")
    other = caller(api.hub, app="other.example.org")
    assert [s["id"] for s in other.get("students?studentUniqueId=7001")] == [identity]
    assert [e["entryDate"] for e in other.get("studentSchoolAssociations?studentUniqueId=7001")] == ["2026-10-02"]


def test_a_second_enrolment_is_another_document_of_the_same_student(api: EdFi) -> None:
    identity = api.post("students", student("7001"))
    first = api.post("studentSchoolAssociations", enrolment("7001", ESTAB, exitWithdrawDate="2026-10-01"))
    second = api.post("studentSchoolAssociations", enrolment("7001", ESTAB, "2026-11-02"))
    third = api.post("studentSchoolAssociations", enrolment("7001", int(BRAMBLESIDE)))
    told = api.get("studentSchoolAssociations?studentUniqueId=7001")
    assert sorted(e["id"] for e in told) == sorted([first, second, third])
    assert [s["id"] for s in api.get("students?studentUniqueId=7001")] == [identity]


def test_names_are_the_persons_and_not_the_roles(api: EdFi) -> None:
    """A teacher who is known by one name at two schools is one member of staff."""
    identity = api.post("staffs", staff("8001"))
    api.post("staffEducationOrganizationAssignmentAssociations", assignment("8001", ESTAB))
    api.post("staffEducationOrganizationAssignmentAssociations", assignment("8001", int(BRAMBLESIDE)))
    assert [s["id"] for s in api.get("staffs?staffUniqueId=8001")] == [identity]
    api.put("staffs", identity, staff("8001", "Nora"))
    assert api.get(f"staffs/{identity}")["firstName"] == "Nora"


def test_a_student_without_an_entry_date_has_no_enrolment_to_show(api: EdFi) -> None:
    ids = write(api, "students", "studentSchoolAssociations")
    row = look(
        api.hub.store,
        "SELECT s.district, s.id FROM student s JOIN person p ON p.id = s.person WHERE p.student_unique_id = '7001'",
    ).fetchone()
    assert row is not None
    with api.hub.store.write(row[0]) as batch:
        batch.change(Student, row[1], {"entry_date": None})
    assert api.get("studentSchoolAssociations?studentUniqueId=7001") == []
    assert api.get(f"students/{ids['students']}")["studentUniqueId"] == "7001"


def test_a_fact_that_another_source_changed_shows_here(api: EdFi) -> None:
    ids = write(api, "students", "studentSchoolAssociations")
    tag = api.get(f"students/{ids['students']}")["_etag"]
    row = look(api.hub.store, "SELECT district, id FROM person WHERE student_unique_id = '7001'").fetchone()
    assert row is not None
    with api.hub.store.write(row[0]) as batch:
        batch.change(Person, row[1], {"legal_surname": "Juniper"})
    shown = api.get(f"students/{ids['students']}")
    assert shown["lastSurname"] == "Juniper"
    assert shown["_etag"] != tag


@pytest.mark.parametrize(
    ("born", "grade", "shown"),
    [("2015-05-01", "Fifth grade", "Fifth grade"), ("2010-01-31", "Eleventh grade", "Eleventh grade")],
)
def test_a_grade_is_read_back_as_it_was_written(api: EdFi, born: str, grade: str, shown: str) -> None:
    api.post("students", student("7001") | {"birthDate": born})
    said: dict[str, Any] = {"entryGradeLevelDescriptor": word("GradeLevel", grade)}
    identity = api.post("studentSchoolAssociations", enrolment("7001", ESTAB, **said))
    told = api.get(f"studentSchoolAssociations/{identity}")["entryGradeLevelDescriptor"]
    assert told == word("GradeLevel", shown)


def test_who_founded_a_district_is_the_only_one_who_sees_it(api: EdFi) -> None:
    api.post("localEducationAgencies", agency(700100))
    api.post("schools", school(700101, 700100))
    other = caller(other_app(api.hub), app="other.example.org")
    assert other.get("schools?schoolId=700101") == []
    assert other.get("localEducationAgencies?localEducationAgencyId=700100") == []
    refused = other.ask("POST", "cohorts", cohort("1", 700101))
    assert problem(refused)[:2] == (409, "data-conflict:unresolved-reference")
    # A number that is taken by what it may not see is answered as a free one; nobody else sees the second school.
    other.post("schools", school(700101))
    assert len(other.get("schools?schoolId=700101")) == len(api.get("schools?schoolId=700101")) == 1
    assert api.hub.desk.schools.find("700101")[0] == api.hub.desk.schools.districts()[-2][0]


def other_app(hub: Hub) -> Hub:
    """The same hub, where the first school has granted another app everything too."""
    hub.grant(app="other.example.org")
    return hub
