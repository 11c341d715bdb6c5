"""Brightspace's API: sets of rows with a bookmark, single org units, and refresh tokens that are used once."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from tests.services import Asked, Reply

from .service import COUNTS, MOST, PARENTS, Case, Row, Shown, Vendor, always, num, number

ROLES = {"student": "Learner", "teacher": "Instructor", "administrator": "Site Admin", "parent": "Parent"}
ROOT = 6606
LP = "d2l/api/lp/1.46"


def _page(asked: Asked, path: str, rows: list[dict[str, Any]]) -> Reply:
    """A page after a bookmark; one org unit, or what is said of the organisation, comes as itself."""
    if "/courses/" in path or path.endswith("/info"):
        return Reply(rows[0]) if rows else Reply({"Errors": []}, 404)
    begin = int(asked.params.get("bookmark", 0))
    end = begin + MOST
    return Reply({"PagingInfo": {"Bookmark": str(end), "HasMoreItems": end < len(rows)}, "Items": rows[begin:end]})


def _knows(asked: Asked) -> bool:
    form = dict(parse_qsl(asked.body.decode()))
    return (form["client_id"], form["client_secret"], form["grant_type"]) == ("client", "secret", "refresh_token")


def _user(row: Row) -> dict[str, Any]:
    said = {"Identifier": str(number(row["sourcedId"])), "DisplayName": row["givenName"]}
    return {"User": said, "Role": {"Id": 1, "Code": None, "Name": ROLES[row["role"]]}}


BRIGHTSPACE = Case(
    Vendor(
        {
            f"{LP}/organization/info": lambda tables, of: [{"Identifier": str(ROOT), "Name": "Alder School"}],
            f"{LP}/orgstructure/": Shown(
                "sections",
                {"Identifier": lambda row: str(number(row["sourcedId"])), "Name": "title", "Type.Id": always(3)},
            ),
            f"{LP}/courses/{{of}}": Shown(
                "sections",
                {
                    "Identifier": lambda row: str(number(row["sourcedId"])),
                    "Name": "title",
                    "Code": "classCode",
                    "IsActive": always(True),
                    "CourseTemplate": lambda row: {"Identifier": "77", "Name": "English", "Code": "ENG"},
                    "Semester": None,
                },
                "sourcedId",
            ),
            f"{LP}/enrollments/orgUnits/{ROOT}/users/": lambda tables, of: [_user(row) for row in tables["users"]],
            f"{LP}/enrollments/orgUnits/{{of}}/users/": Shown(
                "seats",
                {
                    "User.Identifier": lambda row: str(number(row["userSourcedId"])),
                    "Role.Name": lambda row: ROLES[row["role"]],
                },
                "classSourcedId",
            ),
            f"{LP}/users/": Shown(
                "people",
                {
                    "UserId": num("sourcedId"),
                    "OrgDefinedId": "identifier",
                    "FirstName": "givenName",
                    "LastName": "familyName",
                    "MiddleName": "middleName",
                    "UserName": "username",
                    "ExternalEmail": "email",
                    "Activation.IsActive": always(True),
                    "Pronouns": "metadata.locker",
                },
            ),
        },
        _page,
        token="token",
        grants=_knows,
        rotates=True,
    ),
    {
        "address": "{where}",
        "tokens": "{where}/token",
        "client": "client",
        "secret": "secret",
        "refresh-token": "{refresh}",
        "school": "Alder School",
        "number": "1001",
    },
    "secret",
    {
        **{kind: count for kind, count in (COUNTS | PARENTS).items() if kind != "Relationship"},
        "School": 1,
        "Course": 1,
        "Staff": 3,
        "GroupType": 1,
    },
    ("Tansy", "Fennel", None, None, "910001"),
    district="Heronsgate District",
)
