"""What each thing looks like: the members that OneRoster 1.2 allows, those that it wants, and references that lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest

from rollbook.dialects.oneroster.services import GRADEBOOK, MATERIALS, ROSTERS
from tests.hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub

from .platform import HOST, Platform, Row

SET = "description scoreScale resultValueMin resultValueMax learningObjectiveSet"
MARKED = (
    "student! scoreScale scoreStatus! score textScore scoreDate! comment learningObjectiveSet inProgress incomplete"
    " late missing"
)
BASE = "sourcedId status dateLastModified metadata"
MEMBERS = {
    "org": "name! type! identifier! parent children",
    "academicSession": "title! startDate! endDate! type! schoolYear! parent children",
    "course": "title! courseCode! schoolYear grades subjects org subjectCodes resources",
    "class": "title! course! school! terms! classCode classType location grades subjects subjectCodes periods"
    " resources",
    "user": "enabledUser! givenName! familyName! roles! username userIds middleName preferredFirstName"
    " preferredMiddleName preferredLastName pronouns primaryOrg identifier email sms phone agents grades password"
    " userMasterIdentifier userProfiles",
    "enrollment": "user! class! school! role! primary beginDate endDate",
    "demographics": "birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican"
    " nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity"
    " countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus",
    "category": "title! weight",
    "lineItem": f"title! assignDate! dueDate! class! school! category! gradingPeriod academicSession {SET}",
    "assessmentLineItem": f"title! class parentAssessmentLineItem {SET}",
    "result": f"lineItem! class {MARKED}",
    "assessmentResult": f"assessmentLineItem! scorePercentile {MARKED}",
    "scoreScale": "title! type! course class! scoreScaleValue!",
    "resource": "title roles importance vendorResourceId! vendorId applicationId",
}
"""The members of each entity, with those that are wanted (OneRoster 1.2, information models of the three services)."""

WORDS = {
    "org": {"type": "department|district|local|national|school|state"},
    "academicSession": {"type": "gradingPeriod|semester|schoolYear|term"},
    "class": {"classType": "homeroom|scheduled"},
    "enrollment": {"role": "administrator|proctor|student|teacher|ext:.+", "primary": "true|false"},
    "user": {"enabledUser": "true|false"},
    "result": {"scoreStatus": "exempt|fully graded|not submitted|partially graded|submitted", "late": "true|false"},
    "resource": {"importance": "primary|secondary"},
    "demographics": {"sex": "male|female|unspecified|other", "white": "true|false", "birthDate": r"\d{4}-\d\d-\d\d"},
}
ROLES = (
    "aide|counselor|districtAdministrator|guardian|parent|principal|proctor|relative|siteAdministrator|student"
    "|systemAdministrator|teacher|ext:.+"
)


EVERY = {
    f"{service.root}/{name}": collection.one
    for service in (ROSTERS, GRADEBOOK, MATERIALS)
    for name, collection in service.collections.items()
}
"""The address of each collection of 1.2, with what one of it is."""


@pytest.fixture(scope="module")
def american(shared: Hub) -> Platform:
    """A platform of the American district, which keeps what British schools do not."""
    return Platform(shared, schools=(SAGUARO,), app="american.example.org")


@pytest.mark.parametrize("path", EVERY)
def test_everything_has_the_members_that_the_standard_gives_it(
    platform: Platform, american: Platform, path: str
) -> None:
    one = EVERY[path]
    words = MEMBERS[one].split()
    allowed = {*BASE.split(), *(word.rstrip("!") for word in words)}
    wanted = {*BASE.split()[:3], *(word.rstrip("!") for word in words if word.endswith("!"))}
    found = [*platform.rows(path), *american.rows(path)]
    assert found or path.endswith("/gradingPeriods")
    for row in found:
        assert row.keys() <= allowed, row
        assert wanted <= row.keys(), (wanted - row.keys(), row)
        assert row["status"] == "active"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["dateLastModified"])
        for member, pattern in WORDS.get(one, {}).items():
            assert member not in row or re.fullmatch(pattern, row[member]), row


def test_roles_are_words_of_the_vocabulary_and_the_first_is_the_primary_one(platform: Platform) -> None:
    for user in platform.rows("users"):
        assert [one["roleType"] for one in user["roles"]] == ["primary", *["secondary"] * (len(user["roles"]) - 1)]
        assert all(re.fullmatch(ROLES, one["role"]) for one in user["roles"])
        assert user["primaryOrg"] == user["roles"][0]["org"]


def test_a_district_is_made_of_the_schools_that_a_client_sees(small_hub: Hub) -> None:
    for schools in ((THORNFIELD, BRAMBLESIDE), (THORNFIELD,)):
        platform = Platform(small_hub, schools=schools, app=f"{len(schools)}.example.org")
        (district,) = [org for org in platform.rows("orgs") if org["type"] == "district"]
        found = platform.rows("schools")
        assert len(found) == len(schools)
        assert {one["sourcedId"] for one in district["children"]} == {one["sourcedId"] for one in found}
        assert {one["parent"]["sourcedId"] for one in found} == {district["sourcedId"]}
        assert not any("children" in one for one in found)


def references(value: Any) -> Iterator[Row]:
    """Every reference in a row."""
    if isinstance(value, dict):
        told = cast(Row, value)
        yield from [told] if "href" in told else []
        value = list(told.values())
    for one in cast(list[Any], value) if isinstance(value, list) else []:
        yield from references(one)


def test_every_reference_leads_to_what_it_says(platform: Platform, american: Platform) -> None:
    for who in (platform, american):
        there = {
            f"http://{HOST}{path}/{row['sourcedId']}": (row["sourcedId"], one)
            for path, one in EVERY.items()
            for row in who.rows(path)
        }
        told = [one for path in EVERY for row in who.rows(path) for one in references(row)]
        assert len(told) > 1000
        wrong = [one for one in told if there.get(one["href"]) != (one["sourcedId"], one["type"])]
        assert wrong == []


def test_a_class_without_course_or_term_has_made_up_ones_that_say_so(platform: Platform, american: Platform) -> None:
    register = next(c for c in platform.rows("classes") if c["classType"] == "homeroom")
    course = platform.one(f"courses/{register['course']['sourcedId']}")
    assert (course["metadata"], course["title"]) == ({"rollbook.synthetic": "course"}, register["title"])
    assert [c["sourcedId"] for c in platform.rows(f"courses/{course['sourcedId']}/classes")] == [register["sourcedId"]]
    terms = [t for t in american.rows("terms") if t.get("metadata") == {"rollbook.synthetic": "term"}]
    assert len(terms) == 1
    meets = american.rows(f"terms/{terms[0]['sourcedId']}/classes")
    every = american.rows("classes")
    assert meets == [c for c in every if c["terms"][0]["sourcedId"] == terms[0]["sourcedId"]]


def test_users_are_those_whom_the_other_dialects_know(platform: Platform) -> None:
    token = platform.hub.token(app="platform.example.org")
    listed = platform.hub.school("Students?select=Id,Surname,UPN", token)["Students"]
    known = {row["UPN"]: row["Surname"] for row in listed if row["UPN"]}
    found = {
        one["identifier"]: user["familyName"]
        for user in platform.rows("students")
        for one in user["userIds"]
        if one["type"] == "UPN"
    }
    assert known
    assert known.items() <= found.items()
