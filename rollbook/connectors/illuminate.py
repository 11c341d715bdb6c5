"""Illuminate Education's API: sites, terms, students with their enrolments, users, sections and who is in them."""

from __future__ import annotations

from typing import Any

from ..ingest.mapping import Cell, but, column, constant, maybe
from ..ingest.mapping.parts import part, role_of, seat_of
from ..ingest.mapping.plan import Plan
from ..ingest.mapping.words import GRADES, SEXES
from ..ingest.settings import Setting
from ..ingest.web import REACHED, Listing, Numbered, OAuth1, service_of
from ..ingest.web.provider import Look, Provider

DISTRICT = "9999999"
"""The number that the district itself has among the sites."""


def _list(name: str, key: str, **more: Any) -> Listing:
    """A list by pages, or in one piece where it is short."""
    pages = Numbered(200, limit="limit", path="num_results")
    return Listing(f"rest_server.php/Api/{name}/", ("results", ""), pages, key=key, **more)


def _site(row: dict[str, Any]) -> dict[str, Any]:
    """A school, or the district that is the parent of all."""
    district = str(row["site_id"]) == DISTRICT or str(row.get("site_type_name")).casefold() == "district"
    above = {"type": "district", "parent": ""} if district else {"type": "school", "parent": row.get("parent_site_id")}
    return {**row, **above}


def _user(row: dict[str, Any]) -> dict[str, Any]:
    """A user: whoever has a section teaches."""
    return {**row, "is": "teacher" if row.pop("teaches") else "aide"}


# Illuminate counts students and users each from 1.
USER = Cell(("user_id",), ahead="user:")
NAMES = {"givenName": "first_name", "familyName": "last_name", "middleName": maybe("middle_name")}

PLAN = Plan(
    "illuminate",
    (
        part(
            "orgs",
            "sites",
            {
                "sourcedId": "site_id",
                "name": "site_name",
                "type": "type",
                "identifier": maybe("state_school_id"),
                "parentSourcedId": maybe("parent"),
            },
        ),
        part(
            "academicSessions",
            "terms",
            {
                "sourcedId": "term_id",
                "title": "term_name",
                "type": constant("term"),
                "startDate": column("start_date", before="T"),
                "endDate": column("end_date", before="T"),
            },
        ),
        part(
            "courses",
            "courses",
            {
                "sourcedId": "course_id",
                "title": "short_name",
                "courseCode": maybe("school_course_id"),
                "orgSourcedId": "site_id",
            },
        ),
        part(
            "classes",
            "sections",
            {
                "sourcedId": "section_id",
                "title": "named",
                "classCode": maybe("local_section_id"),
                "classType": constant("scheduled"),
                "courseSourcedId": "course_id",
                "schoolSourcedId": "site_id",
                "termSourcedIds": maybe("term_id"),
                "periods": maybe("timeblock_name"),
                "location": maybe("room_number"),
            },
        ),
        seat_of(
            "sections",
            "section_id",
            "site_id",
            USER,
            "teacher",
            but("user_id", ""),
            primary=maybe("primary_teacher"),
        ),
        seat_of(
            "places",
            "section_id",
            "at",
            "student_id",
            "student",
            beginDate=maybe("entry_date", before="T"),
            endDate=maybe("leave_date", before="T"),
        ),
        part(
            "users",
            "students",
            {
                "sourcedId": "student_id",
                "enabledUser": constant("true"),
                **NAMES,
                "identifier": maybe("local_student_id"),
                "email": maybe("email"),
                "grades": maybe("grade", codes=GRADES, otherwise="Other"),
            },
        ),
        role_of("students", "student_id", "site_id", "student"),
        part(
            "demographics",
            "students",
            {
                "sourcedId": "student_id",
                "birthDate": maybe("birth_date", before="T"),
                "sex": maybe("gender", codes=SEXES, otherwise=""),
            },
            rest=False,
        ),
        part(
            "users",
            "users",
            {
                "sourcedId": USER,
                "enabledUser": constant("true"),
                "username": maybe("username"),
                **NAMES,
                "identifier": maybe("local_user_id"),
                "email": maybe("email1"),
            },
        ),
        role_of("users", USER, "site_id", column("is")),
    ),
    "Illuminate",
)


ILLUMINATE = Provider(
    "illuminate",
    "illuminate",
    (
        Setting("address", "The address of the district's Illuminate, https://district.illuminateed.com/live"),
        Setting("key", "The consumer key that Illuminate gave you"),
        Setting("secret", "The consumer secret", secret=True),
        Setting("token", "The access token of the user that you read as"),
        Setting("token-secret", "The secret of that token", secret=True),
        *REACHED,
    ),
    service_of,
    lambda said: OAuth1(said["key"], said["secret"], "HMAC-SHA1", said["token"], said["token-secret"]),
    {
        "sites": _list("Sites", "site_id"),
        "grades": _list("GradeLevels", "grade_level_id"),
        "terms": _list("Terms", "term_id"),
        "courses": _list("Courses", "course_id"),
        "users": _list("Users", "user_id", where=(but("active", "false", "0"),)),
        "students": _list("Enrollment", "student_id"),
        "sections": _list("MasterSchedule", ""),
        "places": _list("Roster", ""),
    },
    PLAN,
    {"sites": _site, "users": _user},
    {
        "students": (Look("grade", "grade_level_id", "grades", "grade_level_id", "short_name"),),
        "users": (Look("teaches", "user_id", "sections", "user_id", "section_id"),),
        "sections": (Look("named", "course_id", "courses", "course_id", "short_name"),),
        "places": (Look("at", "section_id", "sections", "section_id", "site_id"),),
    },
)
