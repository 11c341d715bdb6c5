"""Blackbaud's SKY API, School: one school's years, terms, people and the rosters of its academic sections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..ingest.mapping import but, coded, column, constant, maybe, only
from ..ingest.mapping.parts import part, role_of, seat_of
from ..ingest.mapping.plan import Plan
from ..ingest.mapping.words import GRADES, SEXES
from ..ingest.settings import Setting
from ..ingest.web import REACHED, Listing, Marker, RefreshToken, Service, service_of
from ..ingest.web.consenting import Consent
from ..ingest.web.provider import TOLD, Lists, Provider

ADDRESS = "https://api.sky.blackbaud.com"
PAGE = "https://app.blackbaud.com/oauth/authorize"
TOKENS = "https://oauth2.sky.blackbaud.com/token"
PER_SECOND = 5.0
"""What a subscription may ask for in a second is the subscription's; others may share it."""
SCHOOL = constant("the school")
ROLES = {"Student": "student", "Teacher": "teacher", "Parent": "parent", "Staff": "aide"}
"""The core roles, which a school may not rename; the first one that somebody has counts."""
PARENT = ("6", "parent_child")
ACADEMIC = "1"


def _service(said: Mapping[str, str]) -> Service:
    service = service_of(said, said.get("address") or ADDRESS, per_second=PER_SECOND)
    return replace(service, headers={"Bb-Api-Subscription-Key": said["subscription"]})


def _list(path: str, *, rows: str = "value", **more: Any) -> Listing:
    return Listing(f"school/v1/{path}", (rows,), **more)


def _user(row: dict[str, Any]) -> dict[str, Any]:
    """Somebody by the first of the core roles that they have, with the parents of a student."""
    held = {one.get("name") for one in row.get("roles") or ()}
    parents = [
        str(one.get("user_two_id"))
        for one in row.get("relationships") or ()
        if str(one.get("relationship")).casefold() in PARENT
    ]
    known = next((said for role, said in ROLES.items() if role in held), "")
    number = row.get("student_id") or row.get("host_id")
    return {**row, "is": known, "number": number, "parents": parents if known == "student" else []}


def _joined(lists: Lists) -> None:
    """Name as parents only those who are listed: of others there is no more than a name."""
    listed = {str(one["id"]) for one in lists["users"] or () if one["is"] == "parent"}
    for one in lists["users"] or ():
        one["parents"] = [parent for parent in one["parents"] if parent in listed]


HERE = but("is", "")

PLAN = Plan(
    "blackbaud-sky",
    (
        part(
            "orgs",
            TOLD,
            {"sourcedId": SCHOOL, "name": "school", "type": constant("school"), "identifier": "number"},
            rest=False,
        ),
        part(
            "academicSessions",
            "years",
            {
                "sourcedId": column("id"),
                "title": "school_year_label",
                "type": constant("schoolYear"),
                "startDate": column("begin_date", before="T"),
                "endDate": column("end_date", before="T"),
            },
        ),
        part(
            "academicSessions",
            "terms",
            {
                # Terms are of a level of the school, and their numbers those of no years.
                "sourcedId": column("level_id", "id", between="-t"),
                "title": "description",
                "type": constant("term"),
                "startDate": column("begin_date", before="T"),
                "endDate": column("end_date", before="T"),
            },
        ),
        part(
            "courses",
            "rosters",
            {
                "sourcedId": "section.offering.id",
                "title": "section.offering.name",
                "courseCode": maybe("section.offering.course_code"),
                "orgSourcedId": SCHOOL,
            },
            rest=False,
        ),
        part(
            "classes",
            "rosters",
            {
                "sourcedId": "section.id",
                "title": "section.name",
                "classCode": maybe("section.identifier"),
                "classType": constant("scheduled"),
                "courseSourcedId": "section.offering.id",
                "schoolSourcedId": SCHOOL,
                "termSourcedIds": maybe("section.offering.school_level.id", "section.duration.id", between="-t"),
            },
            rest=False,
        ),
        seat_of(
            "rosters",
            "section.id",
            SCHOOL,
            "roster.user.id",
            coded("roster.leader.is_faculty", {"true": "teacher"}, "student"),
            each="roster",
            primary=maybe("roster.leader.is_head"),
            beginDate=maybe("roster.enroll_date", before="T"),
        ),
        part(
            "users",
            "users",
            {
                "sourcedId": "id",
                "enabledUser": constant("true"),
                "username": maybe("username"),
                "givenName": "first_name",
                "familyName": "last_name",
                "middleName": maybe("middle_name"),
                "preferredGivenName": maybe("preferred_name"),
                "identifier": "number",
                "email": maybe("email"),
                "grades": maybe("student_info.grade_level_abbreviation", codes=GRADES, otherwise=""),
                "agentSourcedIds": maybe("parents"),
            },
            HERE,
        ),
        role_of("users", "id", SCHOOL, column("is"), HERE),
        part(
            "demographics",
            "users",
            {
                "sourcedId": "id",
                "birthDate": maybe("birth_date", before="T"),
                "sex": maybe("gender", codes=SEXES, otherwise=""),
            },
            only("is", "student"),
            rest=False,
        ),
    ),
    "Blackbaud",
)

BLACKBAUD_SKY = Provider(
    "blackbaud-sky",
    "blackbaud-sky",
    (
        Setting("school", "The name of the school"),
        Setting("number", "The number by which other systems know the school", needed=False),
        Setting("subscription", "The subscription key of your developer account", secret=True),
        Setting("client", "The id of your application"),
        Setting("secret", "The application's secret", secret=True),
        Setting("refresh-token", "A refresh token of who authorised the application", secret=True, renewed=True),
        Setting("address", f"The address of the API, where not {ADDRESS}", needed=False),
        Setting("tokens", f"The address that gives tokens, where not {TOKENS}", needed=False),
        Setting("page", f"The address at which somebody authorises the application, where not {PAGE}", needed=False),
        *REACHED,
    ),
    _service,
    lambda said: RefreshToken(said.get("tokens") or TOKENS, said["client"], said["secret"], said["refresh-token"]),
    {
        "years": _list("years", where=(only("current_year", "true"),)),
        "terms": _list("terms", key="", where=(only("offering_type", ACADEMIC),)),
        "roles": _list("roles", where=(only("name", *ROLES),)),
        "users": Listing(
            "school/v1/users/extended",
            ("value",),
            Marker(),
            {"base_role_ids": "{of}"},
            of="roles",
            by="base_role_id",
        ),
        "rosters": _list("academics/rosters", rows="", key="section.id"),
    },
    PLAN,
    {"users": _user},
    joined=_joined,
    asks=lambda said: Consent(said.get("page") or PAGE, said.get("tokens") or TOKENS, said["client"], said["secret"]),
)
