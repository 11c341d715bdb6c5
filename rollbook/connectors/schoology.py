"""Schoology's REST API, version 1: buildings, grading periods, users by their roles, courses, sections, enrolments."""

from __future__ import annotations

from typing import Any

from ..ingest.mapping import coded, column, constant, maybe, only
from ..ingest.mapping.parts import part, role_of, seat_of
from ..ingest.mapping.plan import Plan
from ..ingest.mapping.words import SEXES
from ..ingest.settings import Setting
from ..ingest.web import REACHED, Listing, OAuth1, Offset, service_of
from ..ingest.web.provider import Look, Provider

ADDRESS = "https://api.schoology.com/v1"
# Links to the next page may lead to the first one again; the number of rows to leave out does not. No page has more.
PAGES = Offset(200, offset="start", path="total")
ROLES = {"student": "student", "teacher": "teacher", "parent": "parent"}


def _school(row: dict[str, Any]) -> dict[str, Any]:
    """The organisation, which is the only school where it has no buildings."""
    return {**row, "type": "district" if row.pop("building") else "school"}


def _user(row: dict[str, Any]) -> dict[str, Any]:
    """A user with what they are: by the name of their role, and otherwise by whether that is one of the faculty's."""
    role, faculty = str(row.pop("role") or "").casefold(), str(row.pop("faculty") or "0")
    known = next((said for word, said in ROLES.items() if word in role), "")
    building = str(row.get("building_id") or "0")
    other = "administrator" if faculty == "1" else "student"
    return {**row, "is": known or other, "at": row.get("school_id") if building == "0" else building}


def _course(row: dict[str, Any]) -> dict[str, Any]:
    school = row.pop("school")
    building = str(row.get("building_id") or "0")
    return {**row, "at": school if building == "0" else building}


def _section(row: dict[str, Any]) -> dict[str, Any]:
    """A section with its title; whoever knows its access code could join it."""
    title = row.pop("section_title", None) or row.pop("title", None)
    # Sections need no title of their own where the course has but one.
    return {**{name: said for name, said in row.items() if name != "access_code"}, "named": title or row["course"]}


PLAN = Plan(
    "schoology",
    (
        part(
            "orgs",
            "schools",
            {"sourcedId": "id", "name": "title", "type": "type", "identifier": maybe("building_code")},
        ),
        part(
            "orgs",
            "buildings",
            {
                "sourcedId": "id",
                "name": "title",
                "type": constant("school"),
                "identifier": maybe("building_code"),
                "parentSourcedId": "of",
            },
        ),
        part(
            "academicSessions",
            "periods",
            {
                "sourcedId": "id",
                "title": "title",
                "type": constant("gradingPeriod"),
                "startDate": "start",
                "endDate": "end",
            },
        ),
        part(
            "courses",
            "courses",
            {"sourcedId": "id", "title": "title", "courseCode": maybe("course_code"), "orgSourcedId": "at"},
        ),
        part(
            "classes",
            "sections",
            {
                "sourcedId": "id",
                "title": "named",
                "classCode": maybe("section_school_code"),
                "classType": constant("scheduled"),
                "courseSourcedId": "of",
                "schoolSourcedId": "at",
                "termSourcedIds": maybe("grading_periods"),
                "location": maybe("location"),
            },
        ),
        seat_of("places", "of", "at", "uid", coded("admin", {"1": "teacher"}, "student")),
        part(
            "users",
            "users",
            {
                "sourcedId": "uid",
                "enabledUser": constant("true"),
                "username": maybe("username"),
                "givenName": "name_first",
                "familyName": "name_last",
                "middleName": maybe("name_middle"),
                "preferredGivenName": maybe("name_first_preferred"),
                "identifier": maybe("school_uid"),
                "email": maybe("primary_email"),
                "agentSourcedIds": maybe("child_uids"),
            },
        ),
        role_of("users", "uid", "at", column("is")),
        part(
            "demographics",
            "users",
            {
                "sourcedId": "uid",
                "birthDate": maybe("birthday_date"),
                "sex": maybe("gender", codes=SEXES, otherwise=""),
            },
            only("is", "student"),
            rest=False,
        ),
    ),
    "Schoology",
)

SCHOOLOGY = Provider(
    "schoology",
    "schoology",
    (
        Setting("key", "The consumer key that Schoology shows at /api"),
        Setting("secret", "The consumer secret beside it", secret=True),
        Setting("address", f"The address of the API, where not {ADDRESS}", needed=False),
        *REACHED,
    ),
    lambda said: service_of(said, said.get("address") or ADDRESS),
    lambda said: OAuth1(said["key"], said["secret"], "HMAC-SHA1"),
    {
        "schools": Listing("schools", ("school",), PAGES),
        "buildings": Listing("schools/{of}/buildings", ("building",), of="schools"),
        "roles": Listing("roles", ("role",)),
        "periods": Listing("gradingperiods", ("gradingperiods", "gradingperiod"), PAGES, optional=True),
        "users": Listing("users", ("user",), PAGES, key="uid"),
        "courses": Listing("courses", ("course",), PAGES),
        "sections": Listing("courses/{of}/sections", ("section",), PAGES, of="courses"),
        "places": Listing(
            "sections/{of}/enrollments", ("enrollment",), PAGES, of="sections", where=(only("status", "1"),)
        ),
    },
    PLAN,
    {"schools": _school, "users": _user, "courses": _course, "sections": _section},
    {
        "schools": (Look("building", "id", "buildings", "of", "id"),),
        "users": (
            Look("role", "role_id", "roles", "id", "title"),
            Look("faculty", "role_id", "roles", "id", "faculty"),
        ),
        "courses": (Look("school", "", "schools", "id", "id"),),
        "sections": (
            Look("at", "of", "courses", "id", "at"),
            Look("course", "of", "courses", "id", "title"),
        ),
        "places": (Look("at", "of", "sections", "id", "at"),),
    },
)
