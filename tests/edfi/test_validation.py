"""Documents against their declaration: what is wrong is told all at once, each thing where it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.dialects.edfi import problems
from rollbook.edfi.resources import HOMED, RESOURCES
from rollbook.edfi.schema import Resource
from rollbook.edfi.validation import Invalid, understand

COHORT: dict[str, Any] = {
    "cohortIdentifier": "1",
    "educationOrganizationReference": {"educationOrganizationId": 255901107},
    "cohortTypeDescriptor": "uri://ed-fi.org/CohortTypeDescriptor#Study Hall",
}
OFFERING: dict[str, Any] = {
    "localCourseCode": "ALG-1",
    "courseReference": {"courseCode": "ALG-1", "educationOrganizationId": 255901001},
    "schoolReference": {"schoolId": 255901001},
    "sessionReference": {"schoolId": 255901001, "schoolYear": 2027, "sessionName": "Fall"},
}
READING: dict[str, Any] = {
    "educationOrganizationId": 255901,
    "programName": "Reading",
    "programTypeDescriptor": "uri://ed-fi.org/ProgramTypeDescriptor#Remedial Education",
}


def refused(resource: str, body: Any, *, posted: bool = False) -> dict[str, list[str]]:
    """What is said about a document that is not valid, by path."""
    with pytest.raises(Invalid) as caught:
        understand(RESOURCES[resource], body, posted=posted)
    return dict(problems.invalid(*caught.value.problems).validation)


def test_a_document_as_a_script_sends_it_is_taken() -> None:
    sent: dict[str, Any] = {
        "id": None,
        "cohortIdentifier": 1,
        "educationOrganizationReference": {"educationOrganizationId": "255901107", "link": {"rel": "", "href": ""}},
        "cohortTypeDescriptor": "uri://ed-fi.org/CohortTypeDescriptor#Study Hall",
        "cohortDescription": None,
        "cohortScopeDescriptor": "",
        "programs": [],
        "CohortDescription": "a name that is spelled otherwise is not a property",
        "favouriteColour": "green",
        "_etag": "5251",
        "_lastModifiedDate": "2026-11-20T08:45:00Z",
    }
    assert understand(RESOURCES["cohorts"], sent) == COHORT


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert refused(
        "cohorts",
        {
            "id": "5ae2bb6eac9d40e0a2a1c8e5a4f4f7b8",
            "cohortIdentifier": "x" * 37,
            "educationOrganizationReference": {"educationOrganizationId": "two"},
            "cohortDescription": {"en": "Cohort"},
            "cohortScopeDescriptor": "District",
            "programs": [{"programReference": {"programName": "Reading"}}, 7],
        },
        posted=True,
    ) == {
        "$.id": ["A new document must not have an id."],
        "$.cohortIdentifier": ["cohortIdentifier must be a string with a maximum length of 36."],
        "$.educationOrganizationReference.educationOrganizationId": ["educationOrganizationId must be a whole number."],
        "$.cohortDescription": ["cohortDescription must be a string."],
        "$.cohortScopeDescriptor": [
            "cohortScopeDescriptor must be a descriptor, such as uri://ed-fi.org/CohortScopeDescriptor#Other."
        ],
        "$.cohortTypeDescriptor": ["cohortTypeDescriptor is required."],
        "$.programs[0].programReference.educationOrganizationId": ["educationOrganizationId is required."],
        "$.programs[0].programReference.programTypeDescriptor": ["programTypeDescriptor is required."],
        "$.programs[1]": ["Each item of programs must be a JSON object."],
    }


def test_a_put_may_bring_its_id() -> None:
    assert understand(RESOURCES["cohorts"], {"id": "5ae2bb6e", **COHORT}) == COHORT


@pytest.mark.parametrize("body", [None, [], "cohort", 5, True, [COHORT]])
def test_a_document_is_an_object(body: Any) -> None:
    assert refused("cohorts", body) == {"$": ["The document must be a JSON object."]}


def test_names_and_numbers_that_identify_have_no_spaces_around_them() -> None:
    said = "must not have spaces at its beginning or end."
    assert refused("cohorts", {**COHORT, "cohortIdentifier": "1 "}) == {
        "$.cohortIdentifier": [f"cohortIdentifier {said}"]
    }
    spaced = {**COHORT, "programs": [{"programReference": {**READING, "programName": " Reading"}}]}
    assert refused("cohorts", spaced) == {"$.programs[0].programReference.programName": [f"programName {said}"]}


def test_other_texts_may_have_spaces_around_them() -> None:
    sent = {**COHORT, "cohortDescription": " Cohort 1 "}
    assert understand(RESOURCES["cohorts"], sent)["cohortDescription"] == " Cohort 1 "


def test_an_item_that_is_there_twice_is_told() -> None:
    other = {**READING, "programTypeDescriptor": READING["programTypeDescriptor"].upper()}
    sent = {**COHORT, "programs": [{"programReference": READING}, {"programReference": other}]}
    assert refused("cohorts", sent) == {
        "$.programs[1]": ["The 2nd item of programs has the same identifying values as an earlier one."]
    }


def test_a_key_that_two_references_share_is_one_value() -> None:
    assert understand(RESOURCES["courseOfferings"], OFFERING) == OFFERING
    other = {**OFFERING, "sessionReference": {**OFFERING["sessionReference"], "schoolId": 255901107}}
    said = ["All values of schoolId must be the same: 255901001, 255901107 are given."]
    assert refused("courseOfferings", other) == {
        "$.schoolReference.schoolId": said,
        "$.sessionReference.schoolId": said,
    }


def test_a_shared_key_is_told_in_each_item_of_a_collection() -> None:
    periods = [{"classPeriodReference": {"classPeriodName": str(n), "schoolId": n}} for n in (255901001, 2, 3)]
    sent = {
        "sectionIdentifier": "1",
        "courseOfferingReference": {
            "localCourseCode": "ALG-1",
            "schoolId": 255901001,
            "schoolYear": 2027,
            "sessionName": "Fall",
        },
        "classPeriods": periods,
    }
    assert list(refused("sections", sent)) == [
        "$.courseOfferingReference.schoolId",
        "$.classPeriods[0].classPeriodReference.schoolId",
        "$.classPeriods[1].classPeriodReference.schoolId",
        "$.classPeriods[2].classPeriodReference.schoolId",
    ]


@pytest.mark.parametrize(
    ("resource", "name", "value", "said"),
    [
        ("courses", "numberOfParts", 9, "must be between 1 and 8"),
        ("courses", "numberOfParts", 0, "must be between 1 and 8"),
        ("courses", "maximumAvailableCredits", -0.5, "must be between 0 and 999999.999"),
        ("courses", "timeRequiredForCompletion", 0, "must be 1 or more"),
        ("courses", "timeRequiredForCompletion", 2**31, "must be 1 or more"),
        ("students", "birthCity", "X", "must be a string with a minimum length of 2"),
        ("students", "birthDate", "1/32/2010", "must be a date that there is"),
        ("students", "firstName", "Ada\0", "must not have a zero character"),
        ("schools", "schoolId", 2**63, "must be 1 or more"),
        ("schools", "schoolId", 0, "must be 1 or more"),
    ],
)
def test_a_value_has_bounds(resource: str, name: str, value: Any, said: str) -> None:
    assert refused(resource, {name: value})[f"$.{name}"] == [f"{name} {said}."]


@pytest.mark.parametrize("year", [1990, 2101, "next"])
def test_a_school_year_is_one_that_there_is(year: Any) -> None:
    path = "$.schoolYearTypeReference.schoolYear"
    assert list(refused("sessions", {"schoolYearTypeReference": {"schoolYear": year}})).count(path) == 1


def test_a_body_of_a_thousand_layers_does_no_harm() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    try:
        assert "$.cohortIdentifier" in refused("cohorts", {**COHORT, "cohortIdentifier": deep, "favouriteColour": deep})
    finally:
        # Python takes a deep list apart one layer upon another.
        while deep:
            deep = deep.pop()


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(resource=st.sampled_from(HOMED), data=st.data())
def test_any_body_is_taken_or_told_and_what_is_taken_stays(resource: Resource, data: st.DataObject) -> None:
    some: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {}, optional={p.name: _json for p in resource.properties}
    )
    body = data.draw(some)
    try:
        document, wrong = understand(resource, body), ()
    except Invalid as invalid:
        document, wrong = None, invalid.problems
    assert all(one.where.startswith("$") and one.what.endswith(".") for one in wrong)
    assert document is None or understand(resource, document) == document


# ---- problem details


def test_a_refusal_is_told_as_problem_details() -> None:
    assert problems.key_change("cohorts", "cohortIdentifier").body("1f0e") == {
        "detail": "The natural key of cohorts cannot be changed. Delete the item and create it again.",
        "type": "urn:ed-fi:api:bad-request:data-validation-failed:key-change-not-supported",
        "title": "Key Change Not Supported",
        "status": 400,
        "correlationId": "1f0e",
        "errors": ["cohortIdentifier is a part of the natural key and cannot be changed."],
    }


def test_members_without_anything_in_them_are_left_out() -> None:
    body = problems.depended_on("studentCohortAssociations").body("1f0e")
    assert "errors" not in body
    assert "validationErrors" not in body
