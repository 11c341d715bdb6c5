"""Illuminate's API: numbered pages with a total, short lists as they are, and OAuth 1.0a with a user's token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.oneroster_service import Rows
from tests.services import Asked, Reply

from .service import (
    COUNTS,
    GRADED,
    MOST,
    Case,
    Row,
    Shown,
    Vendor,
    always,
    counted,
    grade,
    initial,
    num,
    number,
    signed,
    views,
)

API = "rest_server.php/Api"


def _page(asked: Asked, path: str, rows: list[dict[str, Any]]) -> Reply:
    if path.endswith(("Sites/", "GradeLevels/")):
        return Reply(rows)
    size, page = min(MOST, counted(asked, "limit", 50)), counted(asked, "page", 1)
    part = rows[size * (page - 1) : size * page]
    return Reply({"page": page, "num_pages": -(-len(rows) // size), "num_results": len(rows), "results": part})


def _sites(tables: Mapping[str, Rows], of: str) -> list[dict[str, Any]]:
    schools = [
        {"site_id": number(row["sourcedId"]), "site_name": row["name"], "state_school_id": row["identifier"]}
        for row in views(tables)["schools"]
    ]
    kind = {"site_type_name": "High Schools", "parent_site_id": 9999999}
    district = {"site_id": 9999999, "site_name": "Heronsgate District", "site_type_name": "DISTRICT"}
    return [{**district, "parent_site_id": 9999999}, *({**row, **kind} for row in schools)]


def _at(row: Row) -> int:
    return 9999999 if row["school"] == "d" else number(row["school"])


def _sections(tables: Mapping[str, Rows], of: str) -> list[dict[str, Any]]:
    """A row for each teacher of a section."""
    return [
        {
            "section_id": number(row["sourcedId"]),
            "local_section_id": row["classCode"],
            "course_id": number(row["courseSourcedId"]),
            "site_id": _at(row),
            "term_id": number(row["termSourcedIds"].split(",")[0]),
            "user_id": number(seat["userSourcedId"]) or None,
            "primary_teacher": True,
        }
        for row in views(tables)["sections"]
        for seat in [one for one in row["seats"] if one["role"] == "teacher"] or [{"userSourcedId": ""}]
    ]


NAMES = {"first_name": "givenName", "last_name": "familyName", "middle_name": "middleName"}

ILLUMINATE = Case(
    Vendor(
        {
            f"{API}/Sites/": _sites,
            f"{API}/GradeLevels/": lambda tables, of: [
                {"grade_level_id": at + 2, "short_name": str(at), "long_name": f"Grade {at}"} for at in range(1, 13)
            ],
            f"{API}/Terms/": Shown(
                "terms",
                {"term_id": num("sourcedId"), "term_name": "title", "start_date": "startDate", "end_date": "endDate"},
            ),
            f"{API}/Courses/": Shown(
                "courses",
                {
                    "course_id": num("sourcedId"),
                    "short_name": "title",
                    "school_course_id": "courseCode",
                    "site_id": always(9999999),
                },
            ),
            f"{API}/Users/": Shown(
                "staff",
                {
                    "user_id": num("sourcedId"),
                    **NAMES,
                    "username": "username",
                    "local_user_id": "identifier",
                    "email1": "email",
                    "site_id": _at,
                    "active": always(True),
                },
            ),
            f"{API}/Enrollment/": Shown(
                "students",
                {
                    "student_id": num("sourcedId"),
                    "local_student_id": "identifier",
                    **NAMES,
                    "email": "email",
                    "birth_date": "birthDate",
                    "gender": initial,
                    "grade_level_id": lambda row: grade(row) + 2,
                    "site_id": _at,
                    "locker": "metadata.locker",
                },
            ),
            f"{API}/MasterSchedule/": _sections,
            f"{API}/Roster/": Shown(
                "places",
                {
                    "student_id": num("userSourcedId"),
                    "section_id": num("classSourcedId"),
                    "entry_date": always("2026-08-15"),
                    "leave_date": None,
                },
            ),
        },
        _page,
        lambda asked: signed(asked, "key", "secret", "token", "token-secret"),
    ),
    {"address": "{where}", "key": "key", "secret": "secret", "token": "token", "token-secret": "token-secret"},
    "token-secret",
    {
        **COUNTS,
        **GRADED,
        "Person": 15,
        "Course": 1,
        "Session": 2,
        "GroupSession": 3,
    },
)
