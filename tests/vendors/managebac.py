"""ManageBac's API 2: one school, numbered pages with totals, and people who are archived; what is null is not there."""

from __future__ import annotations

from typing import Any

from tests.services import Asked, Reply

from .service import COUNTS, GRADED, MOST, PARENTS, Case, Row, Shown, Vendor, always, counted, num, number

NAMES = {"id": num("sourcedId"), "first_name": "givenName", "last_name": "familyName", "email": "email"}


def _page(asked: Asked, path: str, rows: list[dict[str, Any]]) -> Reply:
    size = min(MOST, counted(asked, "per_page", 100))
    page = counted(asked, "page", 1)
    part = [{name: said for name, said in row.items() if said is not None} for row in rows[size * (page - 1) :][:size]]
    return Reply({path: part, "meta": {"current_page": page, "total_count": len(rows), "per_page": size}})


def _grade(row: Row) -> str | None:
    return f"Grade {int(row['grades'])}" if row.get("grades") else None


MANAGEBAC = Case(
    Vendor(
        {
            "classes": Shown(
                "sections",
                {
                    "id": num("sourcedId"),
                    "name": "title",
                    "uniq_id": "classCode",
                    "grade": _grade,
                    "subject_id": always(927),
                    "subject_name": always("English"),
                },
            ),
            "students": Shown(
                "students",
                {
                    **NAMES,
                    "archived": always(False),
                    "student_id": "identifier",
                    "gender": lambda row: row["sex"].title() or None,
                    "birthday": "birthDate",
                    "class_grade": _grade,
                    "locker": "metadata.locker",
                },
            ),
            "teachers": Shown(
                "staff", {**NAMES, "archived": always(False), "identifier": "username", "role": always("Advisor")}
            ),
            "parents": Shown(
                "parents",
                {**NAMES, "archived": always(False), "child_ids": lambda row: [number(row["child"])]},
            ),
            "memberships": Shown(
                "seats",
                {
                    "id": num("sourcedId"),
                    "user_id": num("userSourcedId"),
                    "class_id": num("classSourcedId"),
                    "role": lambda row: row["role"].title(),
                },
            ),
        },
        _page,
        lambda asked: asked.headers.get("auth-token") == "token",
    ),
    {"address": "{where}", "token": "token", "school": "Alder School", "number": "1001"},
    "token",
    {**COUNTS, **GRADED, **PARENTS, "School": 1, "Course": 1, "Staff": 3, "Subject": 1, "GroupType": 2, "Group": 4},
    district="Heronsgate District",
)
