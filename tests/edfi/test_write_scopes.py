"""Reading is not writing: what an app may change, each school grants in words that say so."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.edfi.resources import EVERY, HOMED, RESOURCES
from rollbook.scopes import CATALOGUE, writable
from tests.district import EdFi, agency, cohort, edfi, enrolment, school, student
from tests.hub import BRAMBLESIDE, THORNFIELD

from .school_year import ESTAB, TERM, write
from .test_writing import clock, plain, problem

READS = sorted(name for name, scope in CATALOGUE.items() if not scope.changes)


def granted(api: EdFi, *scopes: str, estab: str = THORNFIELD, app: str = "writer.example.org") -> EdFi:
    """A caller whose claim set writes, to whom a school granted scopes."""
    api.hub.grant(scopes, estab, app)
    return edfi(api.hub, api.hub.app(app), "SISVendor")


def need_of(resource: str) -> str:
    """The write scope of a resource."""
    return str(RESOURCES[resource].writing)


def refusal(answer: Any) -> str:
    """What a refusal says, once it is one of authorisation."""
    assert problem(answer)[:2] == (403, "security:authorization"), answer.body
    return " ".join(answer.json["errors"])


def test_every_resource_has_a_write_scope_that_only_writes() -> None:
    assert all(scope in writable(CATALOGUE) for r in EVERY for way in r.writing.ways for scope in way)
    assert {need_of(r.name) for r in HOMED} == set(writable(CATALOGUE)) & {
        "WritebackSchool",
        "WritebackStudents",
        "WritebackEnrolments",
        "WritebackContacts",
        "WritebackStaff",
        "WritebackGroups",
        "WritebackConduct",
        "WritebackAssessment",
    }


def test_an_app_that_was_granted_names_neither_deletes_an_enrolment_nor_renames_a_child(api: EdFi) -> None:
    ids = write(api, "students", "studentSchoolAssociations")
    app = granted(api, "StudentLite", "SchoolLite")
    before = clock(api)
    child = app.get(f"students/{ids['students']}")
    renamed = {**plain(child), "lastSurname": "Renamed", "birthDate": "2015-05-01"}
    for method, path, body in (
        ("DELETE", f"studentSchoolAssociations/{ids['studentSchoolAssociations']}", None),
        ("PUT", f"students/{ids['students']}", renamed),
        ("POST", "students", renamed),
    ):
        assert "needs the scope Writeback" in refusal(app.ask(method, path, body))
    assert clock(api) == before
    assert app.get(f"students/{ids['students']}") == child


@pytest.mark.parametrize("resource", sorted(TERM))
def test_a_document_is_written_with_its_write_scope_and_not_without(api: EdFi, resource: str) -> None:
    ids = write(api)
    need = need_of(resource)
    without = granted(api, *sorted(CATALOGUE.keys() - {need}))
    path = f"{resource}/{ids[resource]}"
    before = clock(api)
    for method, at, body in (
        ("POST", resource, TERM[resource]),
        ("PUT", path, TERM[resource]),
        ("DELETE", path, None),
    ):
        said = refusal(without.ask(method, at, body))
        assert need in said
        assert CATALOGUE[need].words in said
        assert "Ask the school to grant it" in said
    assert clock(api) == before
    granted(api, *READS, need).put(resource, ids[resource], TERM[resource])


def test_without_the_write_scope_a_refusal_says_nothing_of_what_is_there(api: EdFi) -> None:
    ids = write(api, "students", "studentSchoolAssociations")
    app = granted(api, *READS)
    nowhere = "0" * 32
    for resource in ("students", "studentSchoolAssociations"):
        said = {refusal(app.ask("DELETE", f"{resource}/{one}")) for one in (ids[resource], nowhere)}
        assert len(said) == 1
    unknown, known = student("8999"), student("7001")
    assert refusal(app.ask("POST", "students", unknown)) == refusal(app.ask("POST", "students", known))


def test_what_one_school_lets_an_app_change_another_does_not(api: EdFi) -> None:
    granted(api, *READS, "WritebackGroups")
    app = granted(api, *READS, estab=BRAMBLESIDE)
    app.post("cohorts", cohort("here", ESTAB))
    assert "WritebackGroups" in refusal(app.ask("POST", "cohorts", cohort("there", int(BRAMBLESIDE))))


def test_a_new_student_comes_to_a_school_that_lets_the_app_add_students(api: EdFi) -> None:
    granted(api, *READS, "WritebackStudents", "WritebackEnrolments")
    app = granted(api, *READS, "WritebackEnrolments", estab=BRAMBLESIDE)
    app.post("students", student("7001"))
    refused = app.ask("POST", "studentSchoolAssociations", enrolment("7001", int(BRAMBLESIDE)))
    assert "WritebackStudents" in refusal(refused)
    app.post("studentSchoolAssociations", enrolment("7001", ESTAB))


def test_a_fact_needs_its_own_scope_beside_the_write_scope(api: EdFi) -> None:
    ids = write(api, "students", "studentSchoolAssociations")
    app = granted(api, "StudentLite", "SchoolLite", "WritebackStudents")
    answer = app.ask("PUT", f"students/{ids['students']}", student("7001", birthCity="Ajo"))
    assert answer.status == 403, answer.body


def test_who_makes_a_school_may_write_there_at_once(api: EdFi) -> None:
    founder = edfi(api.hub, api.hub.app("founder.example.org"))
    founder.post("localEducationAgencies", agency(700100))
    founder.post("schools", school(700101, 700100))
    founder.post("students", student("7001"))
    founder.post("studentSchoolAssociations", enrolment("7001", 700101))


def test_a_key_that_reads_says_how_to_get_one_that_writes(api: EdFi) -> None:
    reader = edfi(api.hub, api.hub.app("sis.example.org"), "EdFiAPIReadOnly")
    answer = reader.ask("POST", "cohorts", cohort("1", ESTAB))
    assert problem(answer)[:2] == (403, "security:authorization:access-denied:action")
    claim, said = answer.json["errors"]
    assert "must grant permission of the 'http://ed-fi.org/odsapi/actions/create' action" in claim
    assert said.startswith("This key can only read.")
    assert "--rights SISVendor" in said
