"""PowerSchool's API: numbered pages that say no total, counts beside them, and one row alone without a list."""

from __future__ import annotations

from typing import Any

from tests.services import Asked, Reply

from .service import COUNTS, GRADED, MOST, Case, Shown, Vendor, client, counted, grade, initial, num, number

ENVELOPES = {"section_enrollment": ("section_enrollments", "section_enrollment"), "staff": ("staffs", "staff")}
NAMES = {"name.first_name": "givenName", "name.last_name": "familyName", "name.middle_name": "middleName"}


def _page(asked: Asked, path: str, rows: list[dict[str, Any]]) -> Reply:
    name = path.removesuffix("/count").rsplit("/", 1)[-1]
    if path.endswith("/count"):
        return Reply({"resource": {"count": len(rows)}})
    size = min(MOST + 1, counted(asked, "pagesize", 100))
    begin = size * (counted(asked, "page", 1) - 1)
    part = rows[begin : begin + size]
    outer, inner = ENVELOPES.get(name, (f"{name}s", name))
    return Reply({outer: {inner: part[0] if len(part) == 1 else part, "@extensions": ""}})


LISTS = {
    "ws/v1/district/school": Shown(
        "schools", {"id": num("sourcedId"), "name": "name", "school_number": "identifier", "low_grade": lambda row: 0}
    ),
    "ws/v1/school/{of}/term": Shown(
        "school terms",
        {"id": num("offered"), "name": "title", "start_date": "startDate", "end_date": "endDate"},
        "school",
    ),
    "ws/v1/school/{of}/course": Shown(
        "offered", {"id": num("offered"), "course_name": "title", "course_number": "courseCode"}, "school"
    ),
    "ws/v1/school/{of}/section": Shown(
        "sections",
        {
            "id": num("sourcedId"),
            "course_id": num("offered"),
            "section_number": "classCode",
            "external_expression": "periods",
            "staff_id": lambda row: next(
                (number(s["userSourcedId"]) for s in row["seats"] if s["role"] == "teacher"), None
            ),
            "term_id": lambda row: number(f"t1{row['school']}"),
        },
        "school",
    ),
    "ws/v1/school/{of}/student": Shown(
        "students",
        {
            "id": num("sourcedId"),
            "local_id": lambda row: int(row["identifier"]),
            "student_username": "username",
            **NAMES,
            "demographics.birth_date": "birthDate",
            "demographics.gender": initial,
            "contact_info.email": "email",
            "school_enrollment.grade_level": grade,
            "school_enrollment.house": "metadata.locker",
        },
        "school",
    ),
    "ws/v1/school/{of}/staff": Shown(
        "staff",
        {"id": num("sourcedId"), **NAMES, "teacher_username": "username", "emails.work_email": "email"},
        "school",
    ),
    "ws/v1/section/{of}/section_enrollment": Shown(
        "places",
        {"id": num("sourcedId"), "student_id": num("userSourcedId"), "entry_date": lambda row: "2026-08-15"},
        "classSourcedId",
    ),
}

POWERSCHOOL = Case(
    Vendor(
        {**LISTS, **{f"{path}/count": shown for path, shown in LISTS.items()}},
        _page,
        token="oauth/access_token",
        grants=client("client", "secret"),
    ),
    {"address": "{where}", "client": "client", "secret": "secret"},
    "secret",
    {**COUNTS, **GRADED, "Person": 14, "Session": 4, "GroupSession": 3},
    district="Heronsgate District",
)
