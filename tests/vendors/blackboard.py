"""Blackboard Learn's API: pages that name the address of the next one from the root, and OAuth 2 client credentials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.services import Asked, Reply

from .service import COUNTS, MOST, PARENTS, Case, Row, Shown, Vendor, always, client, counted, num

ROLES = {"student": "STUDENT", "teacher": "FACULTY", "administrator": "STAFF", "parent": "OBSERVER"}


def _page(asked: Asked, path: str, rows: list[dict[str, Any]]) -> Reply:
    begin = counted(asked, "offset")
    end = begin + min(MOST, counted(asked, "limit", 100))
    more = {"paging": {"nextPage": f"{asked.path}?offset={end}&limit=100"}} if end < len(rows) else {}
    return Reply({"results": rows[begin:end], **more})


def _id(column: str) -> Callable[[Row], str]:
    of = num(column)
    return lambda row: f"_{of(row)}_1"


BLACKBOARD = Case(
    Vendor(
        {
            "learn/api/public/v1/terms": Shown(
                "terms",
                {
                    "id": "sourcedId",
                    "name": "title",
                    "availability.duration.type": always("DateRange"),
                    "availability.duration.start": lambda row: f"{row['startDate']}T05:00:00.000Z",
                    "availability.duration.end": lambda row: f"{row['endDate']}T05:00:00.000Z",
                },
            ),
            "learn/api/public/v1/users": Shown(
                "people",
                {
                    "id": _id("sourcedId"),
                    "userName": "username",
                    "studentId": "identifier",
                    "name.given": "givenName",
                    "name.family": "familyName",
                    "contact.email": "email",
                    "gender": lambda row: row["sex"].title() or "Unknown",
                    "birthDate": lambda row: f"{row['birthDate']}T00:00:00.000Z" if row["birthDate"] else None,
                    "institutionRoleIds": lambda row: [ROLES[row["role"]]],
                    "availability.available": always("Yes"),
                    "job.department": "metadata.locker",
                },
            ),
            "learn/api/public/v3/courses": Shown(
                "sections",
                {
                    "id": _id("sourcedId"),
                    "courseId": "sourcedId",
                    "name": "title",
                    "termId": lambda row: row["termSourcedIds"].split(",")[0],
                    "organization": always(False),
                },
            ),
            "learn/api/public/v1/courses/{of}/users": Shown(
                "seats",
                {
                    "id": _id("sourcedId"),
                    "userId": _id("userSourcedId"),
                    "courseRoleId": lambda row: "Instructor" if row["role"] == "teacher" else "Student",
                    "availability.available": always("Yes"),
                },
                "classSourcedId",
            ),
        },
        _page,
        token="learn/api/public/v1/oauth2/token",
        grants=client("client", "secret"),
    ),
    {"address": "{where}", "client": "client", "secret": "secret", "school": "Alder School", "number": "1001"},
    "secret",
    {
        **{kind: count for kind, count in (COUNTS | PARENTS).items() if kind != "Relationship"},
        "School": 1,
        "Course": 3,
        "Staff": 3,
        "GroupType": 1,
        "Session": 2,
        "GroupSession": 3,
    },
    district="Heronsgate District",
)
