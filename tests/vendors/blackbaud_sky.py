"""Blackbaud's SKY API: a subscription's key beside a token, people by their roles, and whole rosters of sections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.oneroster_service import Rows
from tests.services import Asked, Reply

from .service import (
    COUNTS,
    GRADED,
    MOST,
    PARENTS,
    Case,
    Row,
    Shown,
    Vendor,
    always,
    client,
    grade,
    initial,
    midnight,
    num,
    number,
    views,
)

ROLES = {
    "student": (1, 14, "Student"),
    "teacher": (2, 15, "Teacher"),
    "parent": (3, 16, "Parent"),
    "administrator": (4, 332, "Staff"),
}


def _page(asked: Asked, path: str, rows: list[dict[str, Any]]) -> Reply:
    """People come in pages after the id of the last one, and rosters without an envelope."""
    if path.endswith("rosters"):
        return Reply(rows)
    if path.endswith("extended"):
        rows = [row for row in rows if str(row["roles"][0]["base_role_id"]) == asked.params["base_role_ids"]]
        ids = [str(row["id"]) for row in rows]
        begin = ids.index(asked.params["marker"]) + 1 if "marker" in asked.params else 0
        rows = rows[begin : begin + MOST]
    return Reply({"count": len(rows), "value": rows})


def _role(row: Row) -> list[dict[str, Any]]:
    key, base, name = ROLES[row["role"]]
    return [{"id": key, "base_role_id": base, "name": name}]


def _parents(row: Row) -> list[dict[str, Any]]:
    parent = row.get("agentSourcedIds")
    return [{"relationship": 6, "user_one_id": 1, "user_two_id": number(parent)}, {"relationship": 3}] if parent else []


def _rosters(tables: Mapping[str, Rows], of: str) -> list[dict[str, Any]]:
    return [
        {
            "section": {
                "id": number(row["sourcedId"]),
                "name": row["title"],
                "identifier": row["classCode"],
                "duration": {"id": number(row["termSourcedIds"].split(",")[0]), "name": "Fall"},
                "offering": {"id": 5, "name": "English", "course_code": "ENG", "school_level": {"id": 228}},
            },
            "roster": [_seat(seat) for seat in row["seats"]],
        }
        for row in views(tables)["sections"]
    ]


def _seat(row: Row) -> dict[str, Any]:
    teaches = row["role"] == "teacher"
    leader = {"is_leader": teaches, "is_head": teaches, "is_faculty": teaches, "type": "Teacher" if teaches else None}
    return {"user": {"id": number(row["userSourcedId"])}, "enroll_date": "2026-08-20T00:00:00", "leader": leader}


BLACKBAUD_SKY = Case(
    Vendor(
        {
            "school/v1/years": lambda tables, of: [
                {"id": year, "school_year_label": f"{year}-{year + 1}", "current_year": year == 2026}
                | {"begin_date": f"{year}-08-15T00:00:00", "end_date": f"{year + 1}-06-10T00:00:00"}
                for year in (2025, 2026)
            ],
            "school/v1/terms": Shown(
                "terms",
                {
                    "id": num("sourcedId"),
                    "description": "title",
                    "begin_date": midnight("startDate"),
                    "end_date": midnight("endDate"),
                    "level_id": always(228),
                    "offering_type": always(1),
                },
            ),
            "school/v1/roles": lambda tables, of: [
                {"id": key, "base_role_id": base, "name": name, "hidden": False}
                for key, base, name in (*ROLES.values(), (9, 99, "Past Parent"))
            ],
            "school/v1/users/extended": Shown(
                "people",
                {
                    "id": num("sourcedId"),
                    "roles": _role,
                    "first_name": "givenName",
                    "last_name": "familyName",
                    "middle_name": "middleName",
                    "username": "username",
                    "email": "email",
                    "student_id": "identifier",
                    "birth_date": midnight("birthDate"),
                    "gender": initial,
                    "locker.number": "metadata.locker",
                    "student_info.grade_level_abbreviation": lambda row: grade(row) if row.get("grades") else None,
                    "relationships": _parents,
                },
            ),
            "school/v1/academics/rosters": _rosters,
        },
        _page,
        lambda asked: asked.headers.get("bb-api-subscription-key") == "subscription",
        token="token",
        grants=client("client", "secret"),
        rotates=True,
    ),
    {
        "address": "{where}",
        "tokens": "{where}/token",
        "subscription": "subscription",
        "client": "client",
        "secret": "secret",
        "refresh-token": "{refresh}",
        "school": "Alder School",
        "number": "1001",
        "per-second": "10000",
    },
    "secret",
    {**COUNTS, **GRADED, **PARENTS, "School": 1, "Course": 1, "Staff": 3, "Session": 3, "GroupSession": 3}
    | {"GroupType": 2, "Group": 4},
    district="Heronsgate District",
)
