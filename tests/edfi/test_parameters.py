"""The query of a collection: names in any case, and every problem at once."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.dialects.edfi.parameters import Query, filters, understand
from rollbook.dialects.edfi.problems import InvalidQuery
from rollbook.edfi.resources import HOMED, RESOURCES
from rollbook.edfi.schema import Resource


def asked(resource: str, **parameters: str) -> Query:
    """A query, understood."""
    return understand(RESOURCES[resource], parameters.items())


def told(resource: str, *pairs: tuple[str, str]) -> list[str]:
    """What is said about a query that is not valid, when it is read strictly."""
    with pytest.raises(InvalidQuery) as caught:
        understand(RESOURCES[resource], pairs, strict=True)
    return [str(problem) for problem in caught.value.problems]


def test_nothing_asked_is_the_first_page() -> None:
    query = asked("cohorts")
    assert (query.limit, query.offset, query.total, query.paged) == (25, 0, False, False)


def test_names_and_truths_are_read_in_any_case() -> None:
    query = asked("cohorts", LIMIT="500", offSet="3", TotalCount="True", MINCHANGEVERSION="7", maxChangeVersion="9")
    assert (query.limit, query.offset, query.total, query.paged) == (500, 3, True, True)
    assert (query.changed_since, query.changed_until) == (7, 9)


def test_a_page_by_token_has_its_size() -> None:
    query = asked("cohorts", pageToken="bm93", pageSize="100")
    assert (query.token, query.limit, query.paged) == ("bm93", 100, False)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert told(
        "cohorts",
        ("limit", "501"),
        ("offset", "-1"),
        ("totalcount", "maybe"),
        ("cohortIdentifer", "1"),
        ("educationOrganizationId", "here"),
        ("minChangeVersion", "x"),
    ) == [
        "limit: limit must be a whole number, between 0 and 500.",
        "offset: offset must be a whole number, 0 or more.",
        "totalcount: totalCount must be true or false.",
        "cohortIdentifer: cohortIdentifer is not a parameter of cohorts. (did you mean cohortIdentifier?)",
        "educationOrganizationId: educationOrganizationId must be a whole number.",
        "minChangeVersion: minChangeVersion must be a whole number, 0 or more.",
    ]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (
            {"pageToken": "bm93", "limit": "5"},
            "pageToken: pageToken cannot be used together with limit.",
        ),
        (
            {"pageToken": "bm93", "pageSize": "5", "limit": "5", "offset": "0"},
            "pageToken: pageToken cannot be used together with limit and offset.",
        ),
        ({"pageSize": "5"}, "pageSize: pageSize needs a pageToken."),
        (
            {"minChangeVersion": "2", "maxChangeVersion": "1"},
            "minChangeVersion: minChangeVersion must not be greater than maxChangeVersion.",
        ),
    ],
)
def test_what_does_not_go_together_is_told(parameters: dict[str, str], said: str) -> None:
    assert told("cohorts", *parameters.items()) == [said]


def test_a_filter_compares_with_what_the_record_has() -> None:
    query = asked(
        "cohorts", cohorttypedescriptor="uri://ed-fi.org/CohortTypeDescriptor#Study Hall", cohortIdentifier="1"
    )
    assert query.args == {"filter_cohortIdentifier_0": "1", "filter_cohortTypeDescriptor_0": "Study Hall"}
    assert query.shape == ("cohortIdentifier", "cohortTypeDescriptor")
    assert len(query.where) == 2


def test_a_member_of_several_references_is_asked_of_all_of_them() -> None:
    query = asked("courseOfferings", schoolId="255901001")
    assert query.args == {"filter_schoolId_0": "255901001", "filter_schoolId_1": "255901001"}


def test_what_has_no_canonical_field_is_asked_of_the_remainder() -> None:
    scope = "uri://ed-fi.org/CohortScopeDescriptor#District"
    assert asked("cohorts", cohortScopeDescriptor=scope).rest == (((("cohortScopeDescriptor",),), scope),)
    assert asked("staffCohortAssociations", studentRecordAccess="TRUE").rest == (((("studentRecordAccess",),), True),)
    assert asked("studentSchoolAssociations", nextYearSchoolId="2").rest == (
        ((("nextYearSchoolReference", "schoolId"),), 2),
    )


def test_what_one_of_two_optional_references_says_is_enough() -> None:
    calendar, year = ("calendarReference", "schoolYear"), ("schoolYearTypeReference", "schoolYear")
    assert asked("studentSchoolAssociations", schoolYear="2027").rest == (((calendar, year), 2027),)
    # The school of the enrolment is always there, that of the calendar is the same.
    assert asked("studentSchoolAssociations", schoolId="7").args == {"filter_schoolId_0": "7"}


def test_an_organisation_answers_to_both_names_of_its_number() -> None:
    assert asked("schools", educationOrganizationId="255901001").args == {"filter_schoolId_0": "255901001"}
    assert asked("localEducationAgencies", educationOrganizationId="255901").args == {
        "filter_localEducationAgencyId_0": "255901"
    }


def test_a_feed_of_changes_has_no_filters() -> None:
    pairs = [("cohortIdentifier", "1")]
    assert understand(RESOURCES["cohorts"], pairs, filtered=False).shape == ()
    with pytest.raises(InvalidQuery):
        understand(RESOURCES["cohorts"], pairs, filtered=False, strict=True)


def test_what_a_resource_does_not_know_is_ignored_and_a_bad_value_is_not() -> None:
    assert asked("cohorts", cohortIdentifer="1", filterByAuthorization="x", cohortIdentifier="2").shape == (
        "cohortIdentifier",
    )
    with pytest.raises(InvalidQuery) as caught:
        asked("cohorts", cohortIdentifer="1", educationOrganizationId="here")
    assert [p.where for p in caught.value.problems] == ["educationOrganizationId"]


NAMES: dict[str, Any] = {
    "cohorts": [
        "cohortIdentifier",
        "educationOrganizationId",
        "academicSubjectDescriptor",
        "cohortDescription",
        "cohortScopeDescriptor",
        "cohortTypeDescriptor",
    ],
    "studentSchoolAssociations": [
        "entryDate",
        "calendarCode",
        "schoolId",
        "schoolYear",
        "classOfSchoolYear",
        "educationOrganizationId",
    ],
    "sections": [
        "sectionIdentifier",
        "localCourseCode",
        "schoolId",
        "schoolYear",
        "sessionName",
        "locationClassroomIdentificationCode",
        "locationSchoolId",
    ],
    "studentSectionAssociations": ["beginDate", "dualCreditEducationOrganizationId", "localCourseCode", "schoolId"],
}


@pytest.mark.parametrize("resource", NAMES)
def test_filters_are_named_as_the_data_standard_does(resource: str) -> None:
    assert list(filters(RESOURCES[resource]))[: len(NAMES[resource])] == NAMES[resource]


ASKED = {"Integer": "2027", "Number": "0.5", "Boolean": "true", "Date": "2026-09-14", "Time": "10:30:00"}
"""A value for each kind of property that is no text."""


@pytest.mark.parametrize("resource", HOMED, ids=lambda r: r.name)
def test_each_filter_can_be_asked(resource: Resource) -> None:
    for one in filters(resource).values():
        query = understand(resource, [(one.name, ASKED.get(type(one.one).__name__, "uri://ed-fi.org/X#Y"))])
        assert len(query.where) + len(query.rest) == (1 if one.either else max(len(one.homes), 1))
