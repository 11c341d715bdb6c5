"""Blackboard Learn's public REST API: terms, users, courses and who is in them; a course is a class of one school."""

from __future__ import annotations

from typing import Any

from ..ingest.mapping import Condition, but, coded, column, constant, maybe, only
from ..ingest.mapping.parts import part, role_of, seat_of
from ..ingest.mapping.plan import Plan
from ..ingest.settings import Setting
from ..ingest.web import REACHED, ClientCredentials, Listing, NextUrl, service_of
from ..ingest.web.provider import TOLD, Provider

ROOT = "learn/api/public"
SCHOOL = constant("the school")
PAGES = NextUrl("paging.nextPage", {"limit": "100"})
ROLES = {"FACULTY": "teacher", "STAFF": "aide", "OBSERVER": "relative"}
SEXES = {"Female": "female", "Male": "male", "Other": "other"}
TEACHING = {"Instructor": "teacher", "TeachingAssistant": "aide", "Grader": "aide", "CourseBuilder": "aide"}


def _list(path: str, *where: Condition, **more: Any) -> Listing:
    return Listing(f"{ROOT}/{path}", ("results",), PAGES, where=where, **more)


def _user(row: dict[str, Any]) -> dict[str, Any]:
    """A user with what they are: by their roles at the institution, students where those say nothing else."""
    roles = {str(role).upper() for role in row.get("institutionRoleIds") or ()}
    return {**row, "is": next((said for role, said in ROLES.items() if role in roles), "student")}


PLAN = Plan(
    "blackboard",
    (
        part(
            "orgs",
            TOLD,
            {"sourcedId": SCHOOL, "name": "school", "type": constant("school"), "identifier": "number"},
            rest=False,
        ),
        part(
            "academicSessions",
            "terms",
            {
                "sourcedId": "id",
                "title": "name",
                "type": constant("term"),
                "startDate": column("availability.duration.start", before="T"),
                "endDate": column("availability.duration.end", before="T"),
            },
            # A term without an end has no days that could be told.
            only("availability.duration.type", "DateRange"),
        ),
        part(
            "courses",
            "courses",
            {"sourcedId": "id", "title": "name", "courseCode": "courseId", "orgSourcedId": SCHOOL},
            rest=False,
        ),
        part(
            "classes",
            "courses",
            {
                "sourcedId": "id",
                "title": "name",
                "classCode": "courseId",
                "classType": constant("scheduled"),
                "courseSourcedId": "id",
                "schoolSourcedId": SCHOOL,
                "termSourcedIds": maybe("termId"),
            },
        ),
        seat_of("places", "of", SCHOOL, "userId", coded("courseRoleId", TEACHING, "student")),
        part(
            "users",
            "users",
            {
                "sourcedId": "id",
                "enabledUser": constant("true"),
                "username": "userName",
                "givenName": "name.given",
                "familyName": "name.family",
                "middleName": maybe("name.middle"),
                "identifier": maybe("studentId"),
                "email": maybe("contact.email"),
                "sms": maybe("contact.mobilePhone"),
                "phone": maybe("contact.homePhone"),
            },
        ),
        role_of("users", "id", SCHOOL, column("is")),
        part(
            "demographics",
            "users",
            {
                "sourcedId": "id",
                "birthDate": maybe("birthDate", before="T"),
                "sex": maybe("gender", codes=SEXES, otherwise=""),
            },
            only("is", "student"),
            rest=False,
        ),
    ),
    "Blackboard Learn",
)

BLACKBOARD = Provider(
    "blackboard",
    "blackboard",
    (
        Setting("address", "The address of your Learn, https://host"),
        Setting("school", "The name of the school or institution"),
        Setting("number", "The number by which other systems know the school", needed=False),
        Setting("client", "The application's key"),
        Setting("secret", "The application's secret", secret=True),
        *REACHED,
    ),
    service_of,
    lambda said: ClientCredentials(
        f"{said['address'].rstrip('/')}/{ROOT}/v1/oauth2/token", said["client"], said["secret"]
    ),
    {
        "terms": _list("v1/terms"),
        "users": _list("v1/users", but("availability.available", "Disabled", "No")),
        "courses": _list("v3/courses", but("organization", "true")),
        "places": _list("v1/courses/{of}/users", but("availability.available", "Disabled", "No"), key="", of="courses"),
    },
    PLAN,
    {"users": _user},
)
