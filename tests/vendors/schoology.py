"""Schoology's API 1: envelopes in the singular, rows by number, links to the next page that lead to the first."""

from __future__ import annotations

from typing import Any

from tests.services import Asked, Reply

from .service import COUNTS, MOST, PARENTS, Case, Row, Shown, Vendor, always, counted, initial, num, number, signed

ROLES = ("School Admin", "Teacher", "Student", "Parent")
WORDS = {"administrator": ROLES[0], "teacher": ROLES[1], "student": ROLES[2], "parent": ROLES[3]}


def _page(asked: Asked, path: str, rows: list[dict[str, Any]]) -> Reply:
    name = path.rsplit("/", 1)[-1]
    if name in ("roles", "buildings"):
        return Reply({name[:-1]: rows})
    begin = counted(asked, "start")
    part = rows[begin : begin + min(MOST, counted(asked, "limit", 20))]
    links = {"self": asked.url, "next": f"{asked.url.partition('?')[0]}?page=1"}
    return Reply({name if name == "gradingperiods" else name[:-1]: part, "total": str(len(rows)), "links": links})


def _building(row: Row) -> int:
    return 0 if row["school"] == "d" else number(row["school"])


SCHOOLOGY = Case(
    Vendor(
        {
            "schools": Shown("districts", {"id": num("sourcedId"), "title": "name", "city": ""}),
            "schools/{of}/buildings": lambda tables, of: [
                {"id": number(row["sourcedId"]), "title": row["name"], "building_code": row["identifier"]}
                for row in tables["orgs"]
                if row["type"] == "school"
            ],
            "roles": lambda tables, of: [
                {"id": str(at), "title": title, "faculty": int(at < 2), "role_type": 1}
                for at, title in enumerate(ROLES)
            ],
            "gradingperiods": Shown(
                "terms", {"id": "sourcedId", "title": "title", "start": "startDate", "end": "endDate"}
            ),
            "users": Shown(
                "people",
                {
                    "uid": num("sourcedId"),
                    "school_id": number("d"),
                    "building_id": _building,
                    "school_uid": "identifier",
                    "name_first": "givenName",
                    "name_last": "familyName",
                    "name_title": "metadata.locker",
                    "username": "username",
                    "primary_email": "email",
                    "gender": initial,
                    "birthday_date": "birthDate",
                    "password": "password",
                    "role_id": lambda row: ROLES.index(WORDS[row["role"]]),
                    "child_uids": lambda row: str(number("s1")) if row["role"] == "parent" else "",
                },
            ),
            "courses": Shown(
                "offered",
                {"id": num("offered"), "title": "title", "course_code": "courseCode", "building_id": num("school")},
            ),
            "courses/{of}/sections": Shown(
                "sections",
                {
                    "id": num("sourcedId"),
                    "section_title": "title",
                    "section_school_code": "classCode",
                    "access_code": always("hunter2"),
                    "grading_periods": lambda row: row["termSourcedIds"].split(","),
                },
                "offered",
            ),
            "sections/{of}/enrollments": Shown(
                "seats",
                {
                    "id": num("sourcedId"),
                    "uid": num("userSourcedId"),
                    "admin": lambda row: int(row["role"] == "teacher"),
                    "status": always("1"),
                },
                "classSourcedId",
            ),
        },
        _page,
        lambda asked: signed(asked, "key", "secret"),
    ),
    {"address": "{where}", "key": "key", "secret": "secret"},
    "secret",
    {**COUNTS, **PARENTS, "Session": 2, "GroupSession": 6},
)
