"""The declarations: natural keys, what goes where in the record, and that nothing is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.edfi import standard
from rollbook.edfi.declaring import At, Place, declare, target_of
from rollbook.edfi.descriptors import DESCRIPTORS, KINDS, published
from rollbook.edfi.homes import Fact, trail
from rollbook.edfi.published import WORDS
from rollbook.edfi.resources import EVERY, HOMED, RESOURCES
from rollbook.edfi.schema import (
    Collection,
    Descriptor,
    Property,
    Reference,
    Resource,
    Written,
)
from rollbook.edfi.validation import understand
from rollbook.edfi.words import uri
from rollbook.model.groups import Group

from .drawn import documents

RECOVERY = {
    "educationOrganizationId": 255901,
    "programName": "Reading Recovery",
    "programTypeDescriptor": "uri://ed-fi.org/ProgramTypeDescriptor#Remedial Education",
}
STUDY_HALL: dict[str, Any] = {
    "cohortIdentifier": "1",
    "educationOrganizationReference": {"educationOrganizationId": 255901107},
    "cohortDescription": "Cohort 1 Description",
    "cohortScopeDescriptor": "uri://ed-fi.org/CohortScopeDescriptor#District",
    "cohortTypeDescriptor": "uri://ed-fi.org/CohortTypeDescriptor#Study Hall",
    "programs": [{"programReference": RECOVERY}],
}


# ---- keys


KEYS = {
    "localEducationAgencies": ["localEducationAgencyId"],
    "schools": ["schoolId"],
    "students": ["studentUniqueId"],
    "staffs": ["staffUniqueId"],
    "contacts": ["contactUniqueId"],
    "studentContactAssociations": ["contactUniqueId", "studentUniqueId"],
    "studentSchoolAssociations": ["entryDate", "schoolId", "studentUniqueId"],
    "staffEducationOrganizationAssignmentAssociations": [
        "beginDate",
        "staffClassificationDescriptor",
        "educationOrganizationId",
        "staffUniqueId",
    ],
    "programs": ["programName", "programTypeDescriptor", "educationOrganizationId"],
    "sessions": ["sessionName", "schoolId", "schoolYear"],
    "courses": ["courseCode", "educationOrganizationId"],
    "courseOfferings": ["localCourseCode", "schoolId", "schoolYear", "sessionName"],
    "sections": ["sectionIdentifier", "localCourseCode", "schoolId", "schoolYear", "sessionName"],
    "studentSectionAssociations": [
        "beginDate",
        "localCourseCode",
        "schoolId",
        "schoolYear",
        "sectionIdentifier",
        "sessionName",
        "studentUniqueId",
    ],
    "staffSectionAssociations": [
        "beginDate",
        "localCourseCode",
        "schoolId",
        "schoolYear",
        "sectionIdentifier",
        "sessionName",
        "staffUniqueId",
    ],
    "cohorts": ["cohortIdentifier", "educationOrganizationId"],
    "studentCohortAssociations": ["beginDate", "cohortIdentifier", "educationOrganizationId", "studentUniqueId"],
    "staffCohortAssociations": ["beginDate", "cohortIdentifier", "educationOrganizationId", "staffUniqueId"],
    "studentEducationOrganizationAssociations": ["educationOrganizationId", "studentUniqueId"],
    "disciplineIncidents": ["incidentIdentifier", "schoolId"],
    "studentDisciplineIncidentBehaviorAssociations": [
        "behaviorDescriptor",
        "incidentIdentifier",
        "schoolId",
        "studentUniqueId",
    ],
    "studentDisciplineIncidentNonOffenderAssociations": ["incidentIdentifier", "schoolId", "studentUniqueId"],
    "staffDisciplineIncidentAssociations": ["incidentIdentifier", "schoolId", "staffUniqueId"],
    "locations": ["classroomIdentificationCode", "schoolId"],
    "calendars": ["calendarCode", "schoolId", "schoolYear"],
    "calendarDates": ["date", "calendarCode", "schoolId", "schoolYear"],
    "gradingPeriods": ["gradingPeriodDescriptor", "gradingPeriodName", "schoolId", "schoolYear"],
    "gradebookEntries": ["gradebookEntryIdentifier", "namespace"],
    "studentGradebookEntries": ["gradebookEntryIdentifier", "namespace", "studentUniqueId"],
    "assessments": ["assessmentIdentifier", "namespace"],
}


def test_the_natural_keys_are_those_of_the_data_standard() -> None:
    assert {r.name: list(dict.fromkeys(name for name, _, _ in r.members())) for r in HOMED} == KEYS


def test_only_targets_of_cascading_updates_let_their_key_change() -> None:
    assert {r.name for r in HOMED if r.key_may_change} == {
        "courseOfferings",
        "gradebookEntries",
        "locations",
        "sections",
        "sessions",
        "studentSchoolAssociations",
        "studentSectionAssociations",
    }


@pytest.mark.parametrize("resource", [*HOMED, DESCRIPTORS["cohortTypeDescriptors"]], ids=lambda r: r.name)
def test_the_history_keeps_the_facts_that_a_natural_key_is_made_of(resource: Resource) -> None:
    told = dict.fromkeys(resource.of.natural, "2027")
    assert None not in resource.key_of(told).values()


def test_a_reference_names_the_natural_key_of_what_it_points_at() -> None:
    for target in map(target_of, standard.entities()):
        for name, there in ((n, there) for n, there in target.served.items() if n in KEYS):
            assert {there.get(m.name, m.name) for m in target.members} == set(KEYS[name]), (target.name, name)


def test_a_deleted_cohort_of_the_district_is_told_with_the_number_of_the_district() -> None:
    gone = {"code": "1", "kind": "Cohort", "school.estab": None, "district.identifier": "255901"}
    assert RESOURCES["cohorts"].key_of(gone) == {"cohortIdentifier": "1", "educationOrganizationId": 255901}


def test_a_home_for_what_the_standard_does_not_have_is_refused_with_a_hint() -> None:
    with pytest.raises(TypeError, match=r"cohorts has no cohortIdentifer in the standard; did you mean cohortId"):
        declare("cohorts", Group, {"cohortIdentifer": Fact(Group.code)})


@pytest.mark.parametrize(
    ("name", "home", "said"),
    [
        ("educationOrganizationReference", Fact(Group.code), "cannot live in Fact"),
        ("cohortIdentifier", At(Group.school), "cannot live in At"),
        ("programs.programReference", At(), "it lives where programs does"),
        ("educationOrganizationReference", At(homes={"schoolId": Fact(Group.code)}), "other members"),
    ],
)
def test_a_home_that_a_property_cannot_have_is_refused(name: str, home: Place, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        declare("cohorts", Group, {name: home})


def test_the_standard_has_all_of_its_resources() -> None:
    assert len(list(standard.documents())) == 138
    assert [kind.name for kind in standard.kinds_of("EducationOrganization")] == [
        "schools",
        "communityOrganizations",
        "communityProviders",
        "educationOrganizationNetworks",
        "educationServiceCenters",
        "localEducationAgencies",
        "organizationDepartments",
        "postSecondaryInstitutions",
        "stateEducationAgencies",
    ]


def test_a_member_that_two_references_have_is_told_apart_in_the_key() -> None:
    members = {m.name for m in target_of("StudentSpecialEducationProgramAssociation").members}
    assert members == {m.name for m in target_of("GeneralStudentProgramAssociation").members}
    assert members >= {"educationOrganizationId", "programEducationOrganizationId"}


# ---- descriptors


def test_each_list_that_a_document_uses_is_there() -> None:
    used = {d.kind for r in EVERY for d in _descriptors(r.properties)}
    assert used <= set(WORDS)
    assert set(KINDS) == set(WORDS)


def test_words_fit_and_are_there_once() -> None:
    rows = list(published())
    assert len({(row["kind"], row["code"].lower()) for row in rows}) == len(rows)
    assert [row for row in rows if len(row["code"]) > 50 or len(row["short"]) > 75] == []
    assert {
        "kind": "CohortTypeDescriptor",
        "namespace": "uri://ed-fi.org/CohortTypeDescriptor",
        "code": "Study Hall",
        "short": "Study Hall",
        "description": "Study Hall",
    } in rows


def test_what_stands_in_for_a_missing_word_is_a_published_one() -> None:
    words = {uri(kind, word.partition("|")[0]) for kind, those in WORDS.items() for word in those}
    said = [text for r in HOMED for p in r.properties for text in _texts(p.otherwise) if "://" in text]
    assert said
    assert set(said) <= words


def _descriptors(properties: tuple[Property, ...]) -> Iterator[Descriptor]:
    for one in properties:
        if isinstance(one, Descriptor):
            yield one
        elif isinstance(one, Reference):
            yield from _descriptors(one.target.members)
        elif isinstance(one, Collection):
            yield from _descriptors(one.properties)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    if isinstance(value, dict):
        value = list(cast("dict[str, Any]", value).values())
    if isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from _texts(one)


# ---- what goes where


def test_a_cohort_is_split_into_facts_references_words_and_a_remainder() -> None:
    cohorts = RESOURCES["cohorts"]
    written = cohorts.unshape(understand(cohorts, STUDY_HALL))
    assert written.values == {"code": "1", "description": "Cohort 1 Description", "purpose": "Study Hall"}
    assert written.rest == {"cohortScopeDescriptor": "uri://ed-fi.org/CohortScopeDescriptor#District"}
    assert [(p.target.name, p.identity, p.path, p.sets, p.link) for p in written.references] == [
        (
            "educationOrganization",
            {"educationOrganizationId": 255901107},
            "$.educationOrganizationReference",
            "school",
            "",
        ),
        (
            "program",
            RECOVERY,
            "$.programs[0].programReference",
            "program",
            "programs",
        ),
    ]
    assert [(w.kind, w.path) for w in written.words] == [
        ("CohortScope", "$.cohortScopeDescriptor"),
        ("CohortType", "$.cohortTypeDescriptor"),
        ("ProgramType", "$.programs[0].programReference.programTypeDescriptor"),
    ]
    assert cohorts.first(written.values) == {"kind": "Cohort", "name": "1"}


def test_a_cohort_is_read_from_a_flat_row() -> None:
    row: dict[str, Any] = {
        "code": "1",
        "school": "0a1b2c3d",
        "school.estab": "255901107",
        "district.identifier": "255901",
        "description": None,
        "purpose": "Field Trip",
        "programs": [],
    }
    assert RESOURCES["cohorts"].shape(row, None) == {
        "cohortIdentifier": "1",
        "educationOrganizationReference": {"educationOrganizationId": 255901107},
        "cohortTypeDescriptor": "uri://ed-fi.org/CohortTypeDescriptor#Field Trip",
    }


def test_a_cohort_without_a_school_is_its_districts() -> None:
    row = {"code": "1", "school": None, "school.estab": None, "district.identifier": "255901", "purpose": None}
    assert RESOURCES["cohorts"].shape(
        row, None, lambda target, identity: {"rel": target.name, "href": f"/{identity}"}
    ) == {
        "cohortIdentifier": "1",
        "educationOrganizationReference": {
            "educationOrganizationId": 255901,
            "link": {"rel": "educationOrganization", "href": "/None"},
        },
        "cohortTypeDescriptor": "uri://ed-fi.org/CohortTypeDescriptor#Other",
    }


def test_a_fact_that_another_dialect_changed_wins_over_the_remainder() -> None:
    row = {"staff_unique_id": "207219", "legal_forename": "Ida", "forename": "Ida", "home_email": "new@home.example"}
    kept = {
        "preferredFirstName": "Idalia",
        "electronicMails#uri://ed-fi.org/ElectronicMailTypeDescriptor#Home/Personal": {
            "primaryEmailAddressIndicator": True
        },
    }
    shown = RESOURCES["staffs"].shape(row, kept)
    assert "preferredFirstName" not in shown
    assert shown["electronicMails"] == [
        {
            "electronicMailTypeDescriptor": "uri://ed-fi.org/ElectronicMailTypeDescriptor#Home/Personal",
            "electronicMailAddress": "new@home.example",
            "primaryEmailAddressIndicator": True,
        }
    ]


def test_a_preferred_name_is_told_where_it_is_another_one() -> None:
    students = RESOURCES["students"]
    row = {"legal_forename": "Elizabeth", "forename": "Liz", "legal_surname": "Abbess", "surname": "Abbess"}
    assert students.shape(row) == {"firstName": "Elizabeth", "lastSurname": "Abbess", "preferredFirstName": "Liz"}
    assert students.shape({"forename": "Liz", "surname": "Abbess"}) == {"firstName": "Liz", "lastSurname": "Abbess"}


def test_a_word_of_another_authority_is_kept_whole() -> None:
    associations = RESOURCES["studentSchoolAssociations"]
    texan = "uri://tea.texas.gov/GradeLevelDescriptor#EE"
    written = associations.unshape({"entryDate": "2026-08-20", "entryGradeLevelDescriptor": texan})
    assert written.values["grade"] == texan
    assert associations.shape({"grade_level": texan}) == {"entryGradeLevelDescriptor": texan}


def test_a_grade_is_kept_as_ceds_codes_it() -> None:
    associations = RESOURCES["studentSchoolAssociations"]
    ninth = "uri://ed-fi.org/GradeLevelDescriptor#Ninth grade"
    assert associations.unshape({"entryGradeLevelDescriptor": ninth.upper()}).values["grade"] == "09"
    assert associations.shape({"grade_level": "09"}) == {"entryGradeLevelDescriptor": ninth}


def test_what_a_document_leaves_out_is_cleared() -> None:
    sessions = RESOURCES["sessions"]
    assert sessions.unshape({"sessionName": "2026-2027 Fall"}).values == {
        "name": "2026-2027 Fall",
        "school": None,
        "year": None,
        "school_year": None,
        "start": None,
        "end": None,
        "term": None,
        "kind": "term",
        "instructional_days": None,
    }


def test_a_session_also_tells_its_kind_and_academic_year() -> None:
    written = RESOURCES["sessions"].unshape(
        {
            "sessionName": "Fall",
            "schoolReference": {"schoolId": 255901001},
            "schoolYearTypeReference": {"schoolYear": 2027},
            "termDescriptor": "uri://ed-fi.org/TermDescriptor#Fall Semester",
        }
    )
    told = {"term": "Fall Semester", "kind": "semester", "year": 2027, "school_year": "2026-2027"}
    assert told.items() <= written.values.items()


# ---- round trips


@pytest.mark.parametrize("resource", [*HOMED, DESCRIPTORS["cohortTypeDescriptors"]], ids=lambda r: r.name)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_written_is_read_back(resource: Resource, data: st.DataObject) -> None:
    document = data.draw(documents(resource))
    assert understand(resource, document, posted=True) == document
    written = resource.unshape(document)
    shown = resource.shape(_row(resource, written, document), written.rest)
    assert _sorted(shown) == _sorted(document)
    assert resource.key(shown) == resource.key(document)


def _row(resource: Resource, written: Written, document: dict[str, Any]) -> dict[str, Any]:
    """The flat row that the store would give: facts that were set, and those of what the references point at."""
    row: dict[str, Any] = {**{name: None for name, _ in resource.columns}, **written.values}
    row |= {"grade_level": written.values.get("grade")} if "grade_level" in row else {}
    row |= {"comments": written.values.get("description")} if "comments" in row else {}
    row |= {name: value for name, value in resource.common.items() if name in row}
    row |= {"most": document.get("maxPoints", document.get("maxRawScore"))} if "most" in row else {}
    row |= {trail(entry.word): written.values.get(name) for name, entry in resource.entries.items()}
    row |= {trail(resource.of.fields[name]): written.values.get(name) for name in resource.humans}
    for one in resource.references:
        if one.name in document:
            row |= _columns(one, document[one.name])
    for name in resource.links:
        link = resource.by_name[name]
        assert isinstance(link, Collection)
        row[name] = [
            _columns(p, i[p.name]) for i in document.get(name, ()) for p in link.properties if isinstance(p, Reference)
        ]
    return row


def _columns(one: Reference, value: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, home in one.homes.items():
        row |= dict.fromkeys(home.columns(), home.asked(value[name]))
        row |= dict.fromkeys((n for n in home.columns() if n.endswith("session.kind")), "gradingPeriod")
    return row


def _sorted(value: Any) -> Any:
    """The same value with its collections in one order: the standard says that they have none."""
    if isinstance(value, dict):
        return {name: _sorted(inner) for name, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return sorted(map(_sorted, cast("list[Any]", value)), key=lambda item: json.dumps(item, sort_keys=True))
    return value
