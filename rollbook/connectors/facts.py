"""FACTS SIS' own REST API: schools, terms, courses, classes, students, parents, staff, and who is in each class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..ingest.mapping import but, column, constant, maybe, only
from ..ingest.mapping.parts import part, role_of, seat_of
from ..ingest.mapping.plan import Plan
from ..ingest.mapping.words import GRADES, SEXES
from ..ingest.settings import Setting
from ..ingest.web import REACHED, KeyHeader, Listing, Numbered, Service, service_of
from ..ingest.web.provider import Look, Provider

ADDRESS = "https://api.factsmgt.com"
DISTRICT = "the district"
PER_SECOND = 1.5
"""A subscription may send a hundred requests in a minute, and others may share it."""


def _service(said: Mapping[str, str]) -> Service:
    service = service_of(said, said.get("address") or ADDRESS, per_second=PER_SECOND)
    return replace(service, headers={"Ocp-Apim-Subscription-Key": said["subscription"]})


def _list(path: str, key: str, filters: str = "", **more: Any) -> Listing:
    pages = Numbered(100, page="Page", limit="PageSize", path="rowCount")
    return Listing(path, ("results",), pages, {"api-version": "1", "Filters": filters}, key, **more)


def _term(row: dict[str, Any]) -> dict[str, Any]:
    """A term with whether it is one of this year: its number comes again every year."""
    return {**row, "now": str(row.get("yearID")) == str(row.pop("current"))}


def _staff(row: dict[str, Any]) -> dict[str, Any]:
    known = {"administrator": "administrator", "faculty": "teacher"}
    return {**row, "is": next((said for word, said in known.items() if row.get(word)), "aide")}


PERSON = {
    "givenName": "person.firstName",
    "familyName": "person.lastName",
    "middleName": maybe("person.middleName"),
    "preferredGivenName": maybe("person.nickName"),
    "username": maybe("person.username"),
    "email": maybe("person.email"),
    "sms": maybe("person.cellPhone"),
    "phone": maybe("person.homePhone"),
    "enabledUser": constant("true"),
}

PLAN = Plan(
    "facts",
    (
        part(
            "orgs",
            "schools",
            {
                "sourcedId": "schoolCode",
                "name": "schoolName",
                "type": constant("school"),
                "identifier": "schoolCode",
                "parentSourcedId": constant(DISTRICT),
            },
        ),
        part(
            "academicSessions",
            "terms",
            {
                "sourcedId": column("schoolCode", "yearID", "termID"),
                "title": "name",
                "type": constant("term"),
                "startDate": column("firstDay", before="T"),
                "endDate": column("lastDay", before="T"),
            },
            only("now", "true"),
        ),
        part(
            "courses",
            "courses",
            {
                "sourcedId": "courseID",
                "title": "title",
                "courseCode": maybe("abbreviation"),
                "orgSourcedId": "schoolCode",
            },
        ),
        part(
            "classes",
            "classes",
            {
                "sourcedId": "classId",
                "title": "name",
                "classCode": maybe("section"),
                "classType": constant("scheduled"),
                "courseSourcedId": "courseID",
                "schoolSourcedId": "at",
            },
        ),
        seat_of("classes", "classId", "at", "staffId", "teacher", but("staffId", "", "0"), primary=constant("true")),
        seat_of("places", "classId", "at", "studentId", "student"),
        part(
            "users",
            "students",
            {
                "sourcedId": "studentId",
                **PERSON,
                "identifier": "studentId",
                "grades": maybe("school.gradeLevel", codes=GRADES, otherwise="Other"),
                "agentSourcedIds": maybe("parents"),
            },
        ),
        role_of("students", "studentId", "schoolCode", "student"),
        part(
            "demographics",
            "students",
            {
                "sourcedId": "studentId",
                "birthDate": maybe("birthdate", before="T"),
                "sex": maybe("gender", codes=SEXES, otherwise=""),
            },
            rest=False,
        ),
        part("users", "parents", {"sourcedId": "parentID", **PERSON}, rest=False),
        role_of("parents", "parentID", "at", "parent"),
        part("users", "staff", {"sourcedId": "staffId", **PERSON, "identifier": "staffId"}),
        role_of("staff", "staffId", "schools", column("is"), each="schools"),
    ),
    "FACTS SIS",
)

FACTS = Provider(
    "facts",
    "facts",
    (
        Setting("subscription", "The subscription key that FACTS gave you as a developer", secret=True),
        Setting("key", "The API key that the school made for your subscription", secret=True),
        Setting("address", f"The address of the API, where not {ADDRESS}", needed=False),
        *REACHED,
    ),
    _service,
    lambda said: KeyHeader("Facts-Api-Key", said["key"]),
    {
        "schools": _list("SchoolConfigurations", "configSchoolID", where=(only("active", "true"),)),
        "terms": _list("Schools/{of}/SchoolTerms", "", of="schools", by="configSchoolID"),
        "courses": _list("Courses", "courseID"),
        "classes": _list("Classes/v2/schoolYears/{of}", "classId", of="schools", by="defaultYearId"),
        # Students, parents and staff are people by the same numbers, and only people have names.
        "people": _list("People", "personId"),
        "students": _list("Students", "studentId", "school.status==Enrolled"),
        "parents": _list("People/ParentStudent", "", optional=True),
        "staff": _list("People/Staff", "staffId", "active==true"),
        "places": _list(
            "Academics/Enrollments", "", "classId=={of}", of="classes", by="classId", where=(only("enrolled", "true"),)
        ),
    },
    PLAN,
    {"terms": _term, "staff": _staff},
    {
        "terms": (Look("current", "schoolCode", "schools", "schoolCode", "defaultYearId"),),
        "classes": (Look("at", "courseID", "courses", "courseID", "schoolCode"),),
        "students": (
            Look("person", "studentId", "people", "personId", ""),
            Look("parents", "studentId", "parents", "studentID", "parentID"),
        ),
        "parents": (
            Look("person", "parentID", "people", "personId", ""),
            Look("at", "studentID", "students", "studentId", "schoolCode"),
        ),
        "staff": (Look("person", "staffId", "people", "personId", ""),),
        "places": (Look("at", "of", "classes", "classId", "at"),),
    },
)
