"""Brightspace's API (Valence): users, course offerings and who is in them; an offering is a class of one school."""

from __future__ import annotations

from typing import Any

from ..ingest.mapping import at, column, constant, maybe, only
from ..ingest.mapping.parts import part, role_of, seat_of
from ..ingest.mapping.plan import Plan
from ..ingest.settings import Setting
from ..ingest.web import REACHED, Cursor, Listing, RefreshToken, service_of
from ..ingest.web.consenting import Consent
from ..ingest.web.provider import TOLD, Look, Provider

PAGE = "https://auth.brightspace.com/oauth2/auth"
TOKENS = "https://auth.brightspace.com/core/connect/token"
SCOPES = "core:*:* enrollment:orgunit:read orgunits:course:read users:userdata:read"
SCHOOL = constant("the school")
PAGES = Cursor("bookmark", "PagingInfo.Bookmark", limit="", more="PagingInfo.HasMoreItems")
OFFERING = "3"
"""The number of the type of org unit that a course offering is, the same everywhere."""
ROLES = {
    "learner": "student",
    "student": "student",
    "instructor": "teacher",
    "teacher": "teacher",
    "faculty": "teacher",
    "admin": "administrator",
    "parent": "parent",
    "guardian": "guardian",
}
"""What a role is by a word of its name, which each institution chooses."""


def _role(named: object) -> str:
    name = str(named or "").casefold()
    return next((said for word, said in ROLES.items() if word in name), "aide")


def _list(path: str, **more: Any) -> Listing:
    return Listing(f"d2l/api/lp/{{version}}/{path}", ("Items",), PAGES, **more)


def _one(path: str, **more: Any) -> Listing:
    """A list of the one row that is at an address."""
    return Listing(f"d2l/api/lp/{{version}}/{path}", key="Identifier", lone=True, **more)


def _course(row: dict[str, Any]) -> dict[str, Any]:
    """An offering with what is taught: its template, or itself where it has none."""
    return {
        **row,
        "taught": row.get("CourseTemplate") or {name: row.get(name) for name in ("Identifier", "Name", "Code")},
    }


def _user(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "is": _role(row.get("role"))}


def _seat(row: dict[str, Any]) -> dict[str, Any]:
    """A place in an offering; whoever only looks after it, such as an administrator, helps there."""
    role = _role(at(row, "Role.Name"))
    return {**row, "is": role if role in ("student", "teacher") else "aide"}


PLAN = Plan(
    "brightspace",
    (
        part(
            "orgs",
            TOLD,
            {"sourcedId": SCHOOL, "name": "school", "type": constant("school"), "identifier": "number"},
            rest=False,
        ),
        part(
            "courses",
            "courses",
            {
                "sourcedId": "taught.Identifier",
                "title": "taught.Name",
                "courseCode": maybe("taught.Code"),
                "orgSourcedId": SCHOOL,
            },
            rest=False,
        ),
        part(
            "classes",
            "courses",
            {
                "sourcedId": "Identifier",
                "title": "Name",
                "classCode": maybe("Code"),
                "classType": constant("scheduled"),
                "courseSourcedId": "taught.Identifier",
                "schoolSourcedId": SCHOOL,
            },
        ),
        seat_of("places", "of", SCHOOL, "User.Identifier", column("is")),
        part(
            "users",
            "users",
            {
                "sourcedId": "UserId",
                "enabledUser": constant("true"),
                "username": "UserName",
                "givenName": "FirstName",
                "familyName": "LastName",
                "middleName": maybe("MiddleName"),
                "identifier": maybe("OrgDefinedId"),
                "email": maybe("ExternalEmail"),
            },
        ),
        role_of("users", "UserId", SCHOOL, column("is")),
    ),
    "Brightspace",
)

BRIGHTSPACE = Provider(
    "brightspace",
    "brightspace",
    (
        Setting("address", "The address of the institution's Brightspace, https://host"),
        Setting("school", "The name of the school or institution"),
        Setting("number", "The number by which other systems know the school", needed=False),
        Setting("client", "The id of the application that was registered in Brightspace"),
        Setting("secret", "The application's secret", secret=True),
        Setting("refresh-token", "A refresh token of who authorised the application", secret=True, renewed=True),
        Setting("version", "The version of the learning platform's API, where not 1.46", needed=False),
        Setting("tokens", f"The address that gives tokens, where not {TOKENS}", needed=False),
        Setting("page", f"The address at which somebody authorises the application, where not {PAGE}", needed=False),
        Setting("scopes", f"The scopes to ask for, where not {SCOPES}", needed=False),
        *REACHED,
    ),
    service_of,
    lambda said: RefreshToken(
        said.get("tokens") or TOKENS, said["client"], said["secret"], said["refresh-token"], in_form=True
    ),
    {
        "organization": _one("organization/info"),
        "offerings": _list("orgstructure/", params={"orgUnitType": OFFERING}, key="Identifier"),
        "courses": _one("courses/{of}", of="offerings", by="Identifier", where=(only("IsActive", "true"),)),
        "members": _list("enrollments/orgUnits/{of}/users/", key="User.Identifier", of="organization", by="Identifier"),
        "users": _list("users/", key="UserId", where=(only("Activation.IsActive", "true"),)),
        "places": _list("enrollments/orgUnits/{of}/users/", key="User.Identifier", of="courses", by="Identifier"),
    },
    PLAN,
    {"courses": _course, "users": _user, "places": _seat},
    {"users": (Look("role", "UserId", "members", "User.Identifier", "Role.Name"),)},
    usual={"version": "1.46"},
    asks=lambda said: Consent(
        said.get("page") or PAGE,
        said.get("tokens") or TOKENS,
        said["client"],
        said["secret"],
        tuple((said.get("scopes") or SCOPES).split()),
        in_form=True,
    ),
)
