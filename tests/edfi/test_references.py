"""References and natural keys: what is not there, what may be called something else, and what follows from it."""

from __future__ import annotations

import copy
from typing import Any, cast

import pytest

from rollbook.edfi.resources import HOMED, RESOURCES
from tests.district import (
    EdFi,
    agency,
    assessment,
    calendar,
    calendar_date,
    cohort,
    contact_of,
    enrolment,
    grading_period,
    handed_in,
    incident,
    offering,
    part_in,
    place,
    room,
    section,
    session,
    student,
    word,
    work,
)

from .school_year import ESTAB, TERM, write
from .test_writing import clock, plain, problem

# ---- what is not there


def lost(resource: str) -> list[tuple[str, str]]:
    """Each reference that a document of the term makes, with its target's name."""
    return [(p.name, p.target.name) for p in RESOURCES[resource].references if p.name in TERM[resource]]


@pytest.mark.parametrize("resource", [name for name in TERM if lost(name)])
def test_each_reference_to_what_is_not_there_is_refused_with_its_path(api: EdFi, resource: str) -> None:
    identity = write(api)[resource]
    for name, target in lost(resource):
        if target == "schoolYearType":
            continue
        document = copy.deepcopy(TERM[resource])
        last = list(document[name])[-1]
        was = document[name][last]
        other = was + 1 if isinstance(was, int) else was + "x" if "#" not in was else word("ProgramType", "Athletics")
        for reference in (cast("dict[str, Any]", v) for v in document.values() if isinstance(v, dict)):
            reference |= {last: other} if last in reference else {}
        before = clock(api)
        refused = api.ask("POST", resource, document)
        status, kind, paths = problem(refused)
        assert (status, kind) == (409, "data-conflict:unresolved-reference"), (resource, name)
        assert f"$.{name}" in paths
        assert clock(api) == before
        if not RESOURCES[resource].by_name[name].identity:
            assert problem(api.ask("PUT", f"{resource}/{identity}", document))[:2] == (status, kind)
            assert clock(api) == before


def test_every_reference_that_leads_nowhere_is_told_at_once(api: EdFi) -> None:
    answer = api.ask("POST", "studentCohortAssociations", place("none", ESTAB, "nobody", "2026-09-14"))
    assert problem(answer) == (
        409,
        "data-conflict:unresolved-reference",
        {
            "$.cohortReference": [
                f"There is no cohort with cohortIdentifier = none, educationOrganizationId = {ESTAB}."
            ],
            "$.studentReference": ["There is no student with studentUniqueId = nobody."],
        },
    )
    assert answer.json["detail"] == "The referenced cohort, student do not exist."


def test_a_missing_descriptor_is_told_before_a_missing_reference(api: EdFi) -> None:
    answer = api.ask("POST", "cohorts", cohort("1", 4242, "No Such Kind"))
    uri = word("CohortType", "No Such Kind")
    assert problem(answer) == (
        400,
        "bad-request:data-validation-failed",
        {"$.cohortTypeDescriptor": [f"{uri} is not a value of CohortTypeDescriptor."]},
    )


def test_every_unknown_descriptor_is_told_at_once(api: EdFi) -> None:
    wrong = cohort("1", ESTAB, "No Such Kind") | {"cohortScopeDescriptor": word("CohortScope", "Galaxy")}
    wrong["programs"] = [
        {
            "programReference": {
                "educationOrganizationId": ESTAB,
                "programName": "A",
                "programTypeDescriptor": word("ProgramType", "None"),
            }
        }
    ]
    paths = problem(api.ask("POST", "cohorts", wrong))[2]
    assert sorted(paths) == [
        "$.cohortScopeDescriptor",
        "$.cohortTypeDescriptor",
        "$.programs[0].programReference.programTypeDescriptor",
    ]


def test_a_word_of_another_list_is_no_word_of_this_one(api: EdFi) -> None:
    wrong = cohort("1", ESTAB) | {"cohortTypeDescriptor": word("CohortScope", "District")}
    assert problem(api.ask("POST", "cohorts", wrong))[0] == 400


UNSERVED: dict[str, tuple[str, Any]] = {
    "students": (
        "personReference",
        {"personId": "1", "sourceSystemDescriptor": "uri://ed-fi.org/SourceSystemDescriptor#District"},
    ),
    "localEducationAgencies": ("stateEducationAgencyReference", {"stateEducationAgencyId": 35}),
    "studentSchoolAssociations": (
        "calendarReference",
        {"calendarCode": "nowhere", "schoolId": ESTAB, "schoolYear": 2027},
    ),
    "sections": ("locationReference", {"classroomIdentificationCode": "nowhere", "schoolId": ESTAB}),
}


@pytest.mark.parametrize("resource", UNSERVED)
def test_what_this_hub_does_not_have_can_be_referred_to_by_nothing(api: EdFi, resource: str) -> None:
    write(api, *[name for name in TERM if "ection" not in name and "radebook" not in name])
    name, reference = UNSERVED[resource]
    system = {
        "namespace": "uri://ed-fi.org/SourceSystemDescriptor",
        "codeValue": "District",
        "shortDescription": "District",
    }
    api.ask("POST", "sourceSystemDescriptors", system)
    document = TERM.get(resource) or agency(255901)
    status, kind, paths = problem(api.ask("POST", resource, document | {name: reference}))
    assert (status, kind, list(paths)) == (409, "data-conflict:unresolved-reference", [f"$.{name}"])


def test_an_education_organisation_is_a_school_or_a_district(api: EdFi) -> None:
    for number, served in ((ESTAB, "schools"), (1000, "localEducationAgencies")):
        identity = api.post("cohorts", cohort(f"of {number}", number))
        reference = api.get(f"cohorts/{identity}")["educationOrganizationReference"]
        assert reference["educationOrganizationId"] == number
        (whose,) = api.get(f"{served}?educationOrganizationId={number}")
        if served == "schools":
            assert reference["link"] == {"rel": "School", "href": f"/ed-fi/schools/{whose['id']}"}


def test_a_district_is_no_school(api: EdFi) -> None:
    api.post("students", student("7001"))
    paths = problem(api.ask("POST", "studentSchoolAssociations", enrolment("7001", 1000)))[2]
    assert list(paths) == ["$.schoolReference"]


def test_a_reference_leads_to_what_it_names(api: EdFi) -> None:
    ids = write(api)
    for resource, identity in ids.items():
        shown = api.get(f"{resource}/{identity}")
        for name, target in lost(resource):
            if target == "schoolYearType":
                assert "link" not in shown[name]
                continue
            href = shown[name]["link"]["href"]
            assert href.startswith("/ed-fi/")
            there = api.get(href.removeprefix("/ed-fi/"))
            assert there["id"] in (*ids.values(), *(s["id"] for s in api.get("schools")))
            for member, value in plain(shown)[name].items():
                if member in there:
                    assert there[member] == value, (resource, name, member)


# ---- other natural keys

KEYS: dict[str, dict[str, Any]] = {
    "students": student("7002"),
    "staffs": TERM["staffs"] | {"staffUniqueId": "8002"},
    "contacts": TERM["contacts"] | {"contactUniqueId": "9002"},
    "studentContactAssociations": contact_of("9001", "7002"),
    "programs": TERM["programs"] | {"programName": "Reading Rescue"},
    "courses": TERM["courses"] | {"courseCode": "ALG-2"},
    "cohorts": cohort("2", ESTAB),
    "studentCohortAssociations": place("1", ESTAB, "7001", "2026-09-15"),
    "staffCohortAssociations": TERM["staffCohortAssociations"] | {"beginDate": "2026-09-15"},
    "staffSectionAssociations": TERM["staffSectionAssociations"] | {"beginDate": "2026-09-15"},
    "staffEducationOrganizationAssignmentAssociations": TERM["staffEducationOrganizationAssignmentAssociations"]
    | {"beginDate": "2026-09-15"},
    "studentEducationOrganizationAssociations": TERM["studentEducationOrganizationAssociations"]
    | {"educationOrganizationReference": {"educationOrganizationId": 1000}},
    "disciplineIncidents": incident("I-2", ESTAB),
    "studentDisciplineIncidentBehaviorAssociations": TERM["studentDisciplineIncidentBehaviorAssociations"]
    | {"behaviorDescriptor": word("Behavior", "Other")},
    "studentDisciplineIncidentNonOffenderAssociations": part_in("I-1", ESTAB, "7002"),
    "staffDisciplineIncidentAssociations": TERM["staffDisciplineIncidentAssociations"]
    | {"staffReference": {"staffUniqueId": "8002"}},
    "calendars": calendar("C2", ESTAB),
    "calendarDates": calendar_date("C1", ESTAB, "2026-09-08"),
    "studentGradebookEntries": handed_in("W-1", "7002"),
    "gradingPeriods": grading_period("P2", ESTAB),
    "assessments": assessment("T-2", "Fractions"),
}


@pytest.mark.parametrize("resource", KEYS)
def test_most_documents_keep_their_natural_key(api: EdFi, resource: str) -> None:
    identity = write(api)[resource]
    before = clock(api)
    answer = api.ask("PUT", f"{resource}/{identity}", KEYS[resource])
    assert problem(answer)[:2] == (400, "bad-request:data-validation-failed:key-change-not-supported")
    assert clock(api) == before


def test_each_resource_is_known_to_keep_its_key_or_not() -> None:
    assert KEYS.keys() | RENAMED.keys() == {r.name for r in HOMED} - {"schools", "localEducationAgencies"}


def test_an_organisation_keeps_its_number(api: EdFi) -> None:
    (found,) = api.get(f"schools?schoolId={ESTAB}")
    renumbered = plain(found) | {"schoolId": 700100}
    assert problem(api.ask("PUT", f"schools/{found['id']}", renumbered))[0] == 400


def test_the_same_key_in_another_case_is_the_same_descriptor(api: EdFi) -> None:
    identity = api.post("programs", TERM["programs"])
    shouted = TERM["programs"] | {"programTypeDescriptor": TERM["programs"]["programTypeDescriptor"].upper()}
    assert api.ask("PUT", f"programs/{identity}", shouted).status == 204


RENAMED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "sessions": (session(ESTAB, "Autumn", "2026-08-20", "2026-12-18"), {"sessionName": "Autumn"}),
    "courseOfferings": (
        offering("ALG-9", ESTAB, "Fall", "ALG-1"),
        {"localCourseCode": "ALG-9"},
    ),
    "sections": (section("Z9", "ALG-1", ESTAB, "Fall"), {"sectionIdentifier": "Z9"}),
    "studentSchoolAssociations": (enrolment("7001", ESTAB, "2026-08-27"), {"entryDate": "2026-08-27"}),
    "studentSectionAssociations": (
        TERM["studentSectionAssociations"] | {"beginDate": "2026-09-15"},
        {"beginDate": "2026-09-15"},
    ),
    "locations": (room("R902", ESTAB), {"classroomIdentificationCode": "R902"}),
    "gradebookEntries": (
        TERM["gradebookEntries"] | work("W-2", "A map"),
        {"gradebookEntryIdentifier": "W-2"},
    ),
}


@pytest.mark.parametrize("resource", RENAMED)
def test_some_documents_may_have_another_natural_key_and_take_others_with_them(api: EdFi, resource: str) -> None:
    ids = write(api)
    since = api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"] + 1
    before = {name: plain(api.get(f"{name}/{identity}")) for name, identity in ids.items()}
    document, changes = RENAMED[resource]
    assert api.ask("PUT", f"{resource}/{ids[resource]}", document).status == 204
    for name, identity in ids.items():
        after = plain(api.get(f"{name}/{identity}"))
        old, new = RESOURCES[name].key(before[name]), RESOURCES[name].key(after)
        inner = name == resource or resource in _above(name)
        follows = {**old, **{n: v for n, v in changes.items() if n in old}} if inner else old
        assert new == follows, name
        told = api.get(f"{name}/keyChanges?minChangeVersion={since}")
        expected = [(identity, old, new)] if old != new and RESOURCES[name].key_may_change else []
        assert [(t["id"], t["oldKeyValues"], t["newKeyValues"]) for t in told] == expected, name
        moved = api.get(f"{name}?minChangeVersion={since}")
        assert [d["id"] for d in moved] == ([identity] if after != before[name] else []), name


def _above(name: str) -> set[str]:
    """The resources whose key is a part of another one's."""
    return {
        "courseOfferings": {"sessions"},
        "sections": {"sessions", "courseOfferings"},
        "studentSectionAssociations": {"sessions", "courseOfferings", "sections"},
        "staffSectionAssociations": {"sessions", "courseOfferings", "sections"},
        "studentGradebookEntries": {"gradebookEntries"},
    }.get(name, set())


def test_a_key_that_another_document_has_is_refused(api: EdFi) -> None:
    identity = api.post("sessions", TERM["sessions"])
    api.post("sessions", session(ESTAB, "Spring", "2027-01-05", "2027-06-10"))
    before = clock(api)
    answer = api.ask("PUT", f"sessions/{identity}", session(ESTAB, "Spring", "2026-08-20", "2026-12-18"))
    assert problem(answer)[:2] == (409, "data-conflict:non-unique-identity")
    assert clock(api) == before


def test_several_key_changes_of_one_document_are_told_as_one(api: EdFi) -> None:
    identity = api.post("sessions", TERM["sessions"])
    for name in ("Autumn", "Michaelmas"):
        api.put("sessions", identity, session(ESTAB, name, "2026-08-20", "2026-12-18"))
    (told,) = api.get("sessions/keyChanges")
    assert (told["oldKeyValues"]["sessionName"], told["newKeyValues"]["sessionName"]) == ("Fall", "Michaelmas")
    api.put("sessions", identity, TERM["sessions"])
    assert api.get("sessions/keyChanges") == []


@pytest.mark.parametrize("resource", ["schools", "cohortTypeDescriptors", "cohorts", "students"])
def test_what_keeps_its_key_has_no_key_changes(shelf: EdFi, resource: str) -> None:
    assert shelf.get(f"{resource}/keyChanges") == []
