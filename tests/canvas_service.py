"""Canvas's API on loopback, made from its public documents: it serves the rosters of the tests, by their names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.clever_service import schools_of
from tests.oneroster_service import Rows, read
from tests.services import Asked, Reply

Tables = dict[str, Rows]
Listed = list[dict[str, Any]]
TYPES = {"student": "StudentEnrollment", "teacher": "TeacherEnrollment", "aide": "TaEnrollment"}


def account(row: dict[str, str]) -> dict[str, Any]:
    parent = row.get("parentSourcedId") or None
    return {
        "id": row["sourcedId"],
        "name": row["name"],
        "parent_account_id": parent,
        "sis_account_id": row["identifier"],
    }


def terms(tables: Tables) -> list[dict[str, Any]]:
    dated = [
        {"id": s["sourcedId"], "name": s["title"], "start_at": f"{s['startDate']}T06:00:00Z", "end_at": s["endDate"]}
        for s in tables["academicSessions"]
        if s["type"] == "term"
    ]
    return [{"id": "default", "name": "Default Term", "start_at": None, "end_at": None}, *dated]


def courses(tables: Tables) -> list[dict[str, Any]]:
    """A course for each class, as Canvas has it: no two classes of a roster share one there."""
    homes = schools_of(tables)
    return [
        {
            "id": f"course-{row['sourcedId']}",
            "name": row["title"],
            "course_code": row["classCode"],
            "account_id": homes[row["schoolSourcedId"]],
            "enrollment_term_id": row["termSourcedIds"].split(",")[0] or "default",
        }
        for row in tables["classes"]
    ]


def users(tables: Tables) -> list[dict[str, Any]]:
    return [
        {
            "id": row["sourcedId"],
            "name": f"{row['givenName']} {row['familyName']}",
            "sortable_name": f"{row['familyName']}, {row['givenName']}",
            "sis_user_id": row.get("identifier") or None,
            "integration_id": row.get("metadata.locker") or None,
            "login_id": row["username"],
            "email": row.get("email") or None,
        }
        for row in tables["users"]
    ]


def enrollments(tables: Tables, key: str) -> list[dict[str, Any]]:
    seats = [row for row in tables["enrollments"] if row["classSourcedId"] == key]
    parents = {row["sourcedId"]: row["agentSourcedIds"] for row in tables["users"] if row.get("agentSourcedIds")}
    of: list[tuple[str, str, str, str | None]] = [
        *((row["sourcedId"], row["userSourcedId"], TYPES[row["role"]], None) for row in seats),
        *(
            (f"observing-{row['sourcedId']}", parents[row["userSourcedId"]], "ObserverEnrollment", row["userSourcedId"])
            for row in seats
            if row["userSourcedId"] in parents
        ),
    ]
    return [
        {
            "id": identity,
            "course_id": f"course-{key}",
            "course_section_id": key,
            "user_id": user,
            "type": kind,
            "enrollment_state": "active",
            "associated_user_id": watched,
        }
        for identity, user, kind, watched in of
    ]


@dataclass
class Canvas:
    """Serves folders of rosters, each under its name; the header Link leads from page to page."""

    folder: Path
    most: int = 5
    found: dict[str, Tables] = field(default_factory=dict[str, Tables])
    """The rosters that were read: no test changes one that is served."""

    def tables(self, name: str) -> Tables:
        if name not in self.found:
            self.found[name] = read(self.folder / name)
        return self.found[name]

    def __call__(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != "Bearer canvas":
            return Reply({"errors": [{"message": "Invalid access token."}]}, 401)
        match = re.fullmatch(r"/(\w+)/api/v1/(accounts|courses)/([\w-]+)(?:/(\w+))?", asked.path)
        answer = self.answer(self.tables(match[1]), match[2], match[3], match[4]) if match else None
        if answer is None:
            return Reply({"errors": [{"message": "The specified resource does not exist."}]}, 404)
        if isinstance(answer, dict):
            return Reply(answer)
        page = int(asked.params.get("page", 1))
        begin, size = (page - 1) * self.most, min(self.most, int(asked.params["per_page"]))
        link = f'<{asked.url.partition("?")[0]}?page={page + 1}&per_page={size}>; rel="next"'
        part = answer[begin : begin + size]
        headers = {"Link": link} if begin + size < len(answer) else {}
        return Reply({"enrollment_terms": part} if match and match[4] == "terms" else part, headers=headers)

    def answer(self, tables: Tables, of: str, key: str, what: str | None) -> Listed | dict[str, Any] | None:
        accounts = [account(row) for row in tables["orgs"]]
        (root,) = [row for row in accounts if row["parent_account_id"] is None]
        match (of, what):
            case ("accounts", None):
                return root if key == "self" else None
            case ("accounts", "sub_accounts"):
                return [row for row in accounts if row is not root]
            case ("accounts", "terms"):
                return terms(tables)
            case ("accounts", "courses"):
                return courses(tables)
            case ("accounts", "users"):
                return users(tables)
            case ("courses", "sections"):
                (row,) = [row for row in tables["classes"] if f"course-{row['sourcedId']}" == key]
                return [{"id": row["sourcedId"], "name": row["title"], "course_id": key}]
            case ("courses", "enrollments"):
                return enrollments(tables, key.removeprefix("course-"))
            case _:
                return None
