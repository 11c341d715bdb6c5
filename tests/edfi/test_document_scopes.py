"""What each kind of document needs, set for every resource of the standard, and closed where nothing is said."""

from __future__ import annotations

import pytest

from rollbook.edfi import belonging, conduct
from rollbook.edfi.resources import HOMED
from rollbook.edfi.schema import Reference, Resource
from rollbook.model.document_scopes import GUARDS, STAFF, STUDENT, Guard, guard_of
from rollbook.scopes import CATALOGUE, S, lets_change

ROWS = sorted(GUARDS.items())


def names(guard: Guard, kind: str) -> bool:
    return any(w.kind == kind for w in guard.whose)


def test_every_resource_of_the_standard_has_a_row_and_nothing_else_has():
    assert len(GUARDS) == 138
    assert guard_of("studentHomelessProgramAssociations") is not None
    assert guard_of("extensions") is None


def test_nothing_that_names_a_student_is_open_to_school_scopes_alone():
    open_to_school = {n for n, g in ROWS if names(g, "student") and g.read.met_by({"School", "SchoolLite"})}
    assert open_to_school == set()


def test_whoever_reads_a_document_that_a_person_is_part_of_may_see_that_they_are_there():
    keyed = [(n, g) for n, g in ROWS if "surveyResponse" not in str(g.whose) and n != "surveyResponses"]
    for name, guard in keyed:
        for kind, need in (("student", STUDENT), ("staff", STAFF), ("contact", S.Contact)):
            if names(guard, kind):
                assert all(need.met_by(way) for way in guard.whole.ways), (name, kind)


def test_every_row_reads_by_scopes_that_read_and_writes_by_scopes_that_write():
    for name, guard in ROWS:
        assert guard.read.ways, name
        assert not any(CATALOGUE[s].changes for way in guard.whole.ways for s in way), name
        assert lets_change(guard.write), name
        assert guard.reason, name


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("studentHomelessProgramAssociations", {"StudentFamily"}),
        ("studentMigrantEducationProgramAssociations", {"StudentMigrant"}),
        ("studentNeglectedOrDelinquentProgramAssociations", {"StudentDelinquency"}),
        ("studentSchoolFoodServiceProgramAssociations", {"StudentFunding"}),
        ("studentTitleIPartAProgramAssociations", {"StudentFunding"}),
        ("studentSection504ProgramAssociations", {"StudentMedical"}),
        ("studentSpecialEducationProgramAssociations", {"SEN", "StudentMedical"}),
        ("studentLanguageInstructionProgramAssociations", {"StudentDemographic"}),
    ],
)
def test_a_sensitive_programme_needs_a_scope_of_its_own_beside_that_of_programmes(name: str, held: set[str]):
    read = GUARDS[name].read
    assert not read.met_by({"Student", "StudentPrograms"})
    assert not read.met_by({"Student", *held})
    assert read.met_by(set(CATALOGUE) - {"StudentLite"})


@pytest.mark.parametrize("resource", HOMED, ids=str)
def test_a_row_of_what_the_record_has_a_home_for_says_what_the_record_says(resource: Resource):
    guard = GUARDS[resource.name]
    scope = (resource.role or resource.of).scope
    assert guard.write == resource.writing
    assert all(scope.met_by(way) for way in guard.read.ways)


@pytest.mark.parametrize(
    "resource", [belonging.student_profiles, conduct.discipline_incidents, conduct.student_behaviors], ids=str
)
def test_a_member_that_is_kept_beside_the_record_needs_no_less_than_its_row_says(resource: Resource):
    guard, kept = GUARDS[resource.name], resource.remainder
    assert kept is not None
    beside = [p.name for p in resource.properties if not p.home and not isinstance(p, Reference)]
    assert beside
    assert [n for n in beside if not all(guard.parts.get(n, guard.read).met_by(way) for way in kept.ways)] == []
