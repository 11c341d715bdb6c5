"""Microsoft Graph's education API: the schools of a tenant with their classes and users, by an app's own permission.

Graph tells what School Data Sync, or somebody by hand, has put into the tenant. Classes and users of no school are not
read: nobody could say whose they are.
"""

from __future__ import annotations

from typing import Any

from ..ingest.mapping import Cell, but, constant, maybe, only
from ..ingest.mapping.parts import part, role_of, seat_of
from ..ingest.mapping.plan import Plan
from ..ingest.mapping.words import GRADES
from ..ingest.settings import Setting
from ..ingest.web import REACHED, ClientCredentials, Listing, NextUrl, service_of
from ..ingest.web.provider import Look, Provider

ADDRESS = "https://graph.microsoft.com/v1.0"
LOGIN = "https://login.microsoftonline.com"
SCOPE = "https://graph.microsoft.com/.default"
"""All permissions that an administrator of the tenant has granted the app."""
PAGES = NextUrl("@odata.nextLink")

ROLES = {"student": "student", "teacher": "teacher"}


def _class(row: dict[str, Any]) -> dict[str, Any]:
    """A class with its course; version 1.0 of the API names none, and then it is one of its own."""
    course: dict[str, Any] = row.get("course") or {}
    named = course.get("externalId")
    title = course.get("displayName") if named else ""
    term: dict[str, Any] = row.get("term") or {}
    dated = term.get("externalId") and term.get("startDate") and term.get("endDate")
    when = term["externalId"] if dated else ""
    return {
        **row,
        "term": term,
        "in": when,
        "course": named or f"course of {row.get('id')}",
        "taught": title or row.get("displayName"),
    }


def _user(row: dict[str, Any]) -> dict[str, Any]:
    """A user with the number that they have as a student or as a teacher."""
    student: dict[str, Any] = row.get("student") or {}
    teacher: dict[str, Any] = row.get("teacher") or {}
    return {**row, "number": student.get("studentNumber") or teacher.get("teacherNumber") or ""}


PLAN = Plan(
    "graph",
    (
        part(
            "orgs",
            "schools",
            {
                "sourcedId": "id",
                "name": "displayName",
                "type": constant("school"),
                "identifier": maybe("schoolNumber"),
            },
        ),
        part(
            "academicSessions",
            "classes",
            {
                "sourcedId": "in",
                "title": maybe("term.displayName"),
                "type": constant("term"),
                "startDate": maybe("term.startDate", before="T"),
                "endDate": maybe("term.endDate", before="T"),
            },
            but("in", ""),
            rest=False,
        ),
        part("courses", "classes", {"sourcedId": "course", "title": "taught", "orgSourcedId": "of"}, rest=False),
        part(
            "classes",
            "classes",
            {
                "sourcedId": "id",
                "title": "displayName",
                "classCode": maybe("classCode"),
                "classType": constant("scheduled"),
                "courseSourcedId": "course",
                "schoolSourcedId": "of",
                "termSourcedIds": "in",
                "grades": maybe("grade", codes=GRADES, otherwise=""),
            },
        ),
        part(
            "users",
            "users",
            {
                "sourcedId": "id",
                "enabledUser": maybe("accountEnabled", constant="true"),
                "username": "userPrincipalName",
                "givenName": "givenName",
                "familyName": "surname",
                "middleName": maybe("middleName"),
                "identifier": "number",
                "email": maybe("mail"),
                "sms": maybe("mobilePhone"),
                "grades": maybe("student.grade", codes=GRADES, otherwise=""),
            },
        ),
        role_of("users", "id", "of", Cell(("primaryRole",), codes=ROLES), only("primaryRole", *ROLES)),
        part(
            "demographics",
            "users",
            {
                "sourcedId": "id",
                "birthDate": maybe("student.birthDate", before="T"),
                "sex": maybe("student.gender", codes={w: w for w in ("female", "male", "other")}, otherwise=""),
            },
            only("primaryRole", "student"),
            rest=False,
        ),
        # Teachers are among the members as well.
        seat_of("members", "of", "school", "id", "student", only("primaryRole", "student")),
        seat_of("teachers", "of", "school", "id", "teacher"),
    ),
    "Microsoft",
)


def _below(path: str, of: str) -> Listing:
    return Listing(f"education/{of}/{{of}}/{path}", ("value",), PAGES, of=of)


GRAPH_REST = Provider(
    "graph-rest",
    "graph",
    (
        Setting("tenant", "The tenant's id or one of its domains, such as school.onmicrosoft.com"),
        Setting("client", "The application id of the app that an administrator registered"),
        Setting("secret", "The app's client secret", secret=True),
        Setting("address", f"The address of the API, where not {ADDRESS}", needed=False),
        Setting("login", f"Where tokens are given, where not {LOGIN}", needed=False),
        *REACHED,
    ),
    lambda said: service_of(said, said.get("address") or ADDRESS),
    lambda said: ClientCredentials(
        f"{(said.get('login') or LOGIN).rstrip('/')}/{said['tenant']}/oauth2/v2.0/token",
        said["client"],
        said["secret"],
        (SCOPE,),
        in_form=True,
    ),
    {
        "schools": Listing("education/schools", ("value",), PAGES),
        "users": _below("users", "schools"),
        "classes": _below("classes", "schools"),
        "members": _below("members", "classes"),
        "teachers": _below("teachers", "classes"),
    },
    PLAN,
    {"classes": _class, "users": _user},
    {name: (Look("school", "of", "classes", "id", "of"),) for name in ("members", "teachers")},
)
