"""Ellucian Ethos: bare lists by rows to leave out with the total in a header, and a JWT of minutes for a key."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from tests.services import Asked, Reply

from .service import COUNTS, MOST, Case, Row, Shown, Vendor, always, counted

ENDS = time.time() + 3600
ROLES = {"student": "student", "teacher": "instructor", "administrator": "employee", "parent": "prospectiveStudent"}


def _id(column: str) -> Callable[[Row], str]:
    return lambda row: str(uuid.uuid5(uuid.NAMESPACE_URL, row[column]))


def _page(asked: Asked, path: str, rows: list[dict[str, Any]]) -> Reply:
    begin = counted(asked, "offset")
    return Reply(
        rows[begin : begin + min(MOST, counted(asked, "limit", 100))], headers={"X-Total-Count": str(len(rows))}
    )


def _jwt(token: str) -> bytes:
    """A token whose text is the whole answer."""
    said = json.dumps({"sub": token, "exp": ENDS}).encode()
    return f"e30.{base64.urlsafe_b64encode(said).decode().rstrip('=')}.c2lnbmVk".encode()


def _names(row: Row) -> list[dict[str, Any]]:
    return [
        {"type": {"category": "legal"}, "firstName": "Legal", "lastName": "Name"},
        {"preference": "preferred", "firstName": row["givenName"], "lastName": row["familyName"]},
    ]


def _credentials(row: Row) -> list[dict[str, str]]:
    said = {"bannerId": row.get("identifier"), "bannerUserName": row["username"]}
    return [{"type": kind, "value": value} for kind, value in said.items() if value]


ETHOS = Case(
    Vendor(
        {
            "api/academic-periods": Shown(
                "terms",
                {
                    "id": _id("sourcedId"),
                    "title": "title",
                    "category.type": always("term"),
                    "startOn": lambda row: f"{row['startDate']}T00:00:00Z",
                    "endOn": lambda row: f"{row['endDate']}T00:00:00Z",
                },
            ),
            "api/courses": Shown("courses", {"id": _id("sourcedId"), "title": "title", "number": "courseCode"}),
            "api/sections": Shown(
                "sections",
                {
                    "id": _id("sourcedId"),
                    "titles": lambda row: [{"type": {"id": "short"}, "value": row["title"]}],
                    "code": "classCode",
                    "course.id": _id("courseSourcedId"),
                    "academicPeriod.id": lambda row: str(uuid.uuid5(uuid.NAMESPACE_URL, "t1")),
                },
            ),
            "api/persons": Shown(
                "people",
                {
                    "id": _id("sourcedId"),
                    "names": _names,
                    "credentials": _credentials,
                    "roles": lambda row: [{"role": "alumni"}, {"role": ROLES[row["role"]]}],
                    "emails": lambda row: [{"preference": "primary", "address": row["email"]}] if row["email"] else [],
                    "dateOfBirth": "birthDate",
                    "gender": "sex",
                    "citizenshipStatus.category": "metadata.locker",
                },
            ),
            "api/section-registrations": Shown(
                "places",
                {
                    "id": _id("sourcedId"),
                    "registrant.id": _id("userSourcedId"),
                    "section.id": _id("classSourcedId"),
                    "status.registrationStatus": always("registered"),
                },
            ),
            "api/section-instructors": Shown(
                "posts",
                {
                    "id": _id("sourcedId"),
                    "instructor.id": _id("userSourcedId"),
                    "section.id": _id("classSourcedId"),
                    "instructorRole": always("primary"),
                },
            ),
        },
        _page,
        token="auth",
        grants=lambda asked: asked.headers.get("authorization") == "Bearer key",
        given=_jwt,
    ),
    {"address": "{where}", "key": "key", "school": "Alder School", "number": "1001"},
    "key",
    {
        **COUNTS,
        "School": 1,
        "Course": 1,
        "Person": 15,
        "Staff": 3,
        "GroupType": 1,
        "Session": 2,
        "GroupSession": 3,
    },
    district="Heronsgate District",
)
