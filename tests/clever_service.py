"""Clever's Data API on loopback, made from its public documents: it serves the rosters of the tests, by their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.oneroster_service import Rows, read
from tests.services import Asked, Reply

DISTRICT = "d"


def schools_of(tables: dict[str, Rows]) -> dict[str, str]:
    """The school of each organisation: Clever has no departments."""
    return {
        row["sourcedId"]: row["sourcedId"] if row["type"] == "school" else row.get("parentSourcedId", "")
        for row in tables["orgs"]
    }


def districts(tables: dict[str, Rows]) -> list[dict[str, Any]]:
    return [{"id": o["sourcedId"], "name": o["name"]} for o in tables["orgs"] if o["type"] == "district"]


def schools(tables: dict[str, Rows]) -> list[dict[str, Any]]:
    return [
        {"id": o["sourcedId"], "name": o["name"], "district": DISTRICT, "school_number": o["identifier"]}
        for o in tables["orgs"]
        if o["type"] == "school"
    ]


def terms(tables: dict[str, Rows]) -> list[dict[str, Any]]:
    return [
        {"id": s["sourcedId"], "name": s["title"], "start_date": s["startDate"], "end_date": s["endDate"]}
        for s in tables["academicSessions"]
        if s["type"] == "term"
    ]


def courses(tables: dict[str, Rows]) -> list[dict[str, Any]]:
    return [
        {"id": c["sourcedId"], "name": c["title"], "number": c["courseCode"], "district": DISTRICT}
        for c in tables["courses"]
    ]


def sections(tables: dict[str, Rows]) -> list[dict[str, Any]]:
    return [_section(tables, row) for row in tables["classes"]]


def _section(tables: dict[str, Rows], row: dict[str, str]) -> dict[str, Any]:
    seats = [seat for seat in tables["enrollments"] if seat["classSourcedId"] == row["sourcedId"]]
    of = {role: [s["userSourcedId"] for s in seats if s["role"] == role] for role in ("teacher", "student")}
    return {
        "id": row["sourcedId"],
        "name": row["title"],
        "district": DISTRICT,
        "school": schools_of(tables)[row["schoolSourcedId"]],
        "course": row["courseSourcedId"] if row["sourcedId"] != "k1" else None,
        "term_id": row["termSourcedIds"].split(",")[0],
        "subject": "homeroom/advisory" if row.get("classType") == "homeroom" else "english/language arts",
        "grade": str(int(row["grades"])) if row.get("grades") else None,
        "teacher": next(iter(of["teacher"]), None),
        "teachers": of["teacher"],
        "students": of["student"],
    }


def users(tables: dict[str, Rows]) -> list[dict[str, Any]]:
    born = {row["sourcedId"]: row for row in tables["demographics"]}
    parents = {row["agentSourcedIds"]: row["sourcedId"] for row in tables["users"] if row.get("agentSourcedIds")}
    return [_user(row, born.get(row["sourcedId"], {}), parents) for row in tables["users"]]


def _user(row: dict[str, str], born: dict[str, str], parents: dict[str, str]) -> dict[str, Any]:
    key, school = row["sourcedId"], row["orgSourcedIds"]
    one: dict[str, Any] = {"id": key, "district": DISTRICT, "email": row.get("email") or None}
    one["name"] = {"first": row["givenName"], "last": row["familyName"], "middle": ""}
    one |= {"ext": {"locker": row["metadata.locker"]}} if row.get("metadata.locker") else {}
    login = {"credentials": {"district_username": row["username"], "district_password": row.get("password")}}
    placed = {"school": school, "schools": [school], **login}
    if row["role"] == "student":
        sex = {"female": "F", "male": "M"}.get(born.get("sex", ""), "")
        facts = {"student_number": row["identifier"], "grade": str(int(row["grades"])), "gender": sex}
        day = born.get("birthDate", "")
        facts |= {"dob": f"{int(day[5:7])}/{int(day[8:])}/{day[:4]}"} if day else {}
        return one | {"roles": {"student": {**placed, **facts, "race": "Asian" if born else "Unknown"}}}
    if row["role"] == "parent":
        related = [{"student": parents[key], "relationship": "Mother", "type": "Parent/Guardian"}]
        name = {"first": "", "last": f"{row['givenName']} {row['familyName']}"}
        return one | {"name": name, "roles": {"contact": {"student_relationships": related, "phone": "555-0101"}}}
    return one | {"roles": {"teacher": placed} if row["role"] == "teacher" else {"district_admin": login}}


LISTS = {
    "districts": districts,
    "schools": schools,
    "terms": terms,
    "courses": courses,
    "sections": sections,
    "users": users,
}


@dataclass
class Clever:
    """Serves folders of rosters, each under its name; pages are followed by links from the root."""

    folder: Path
    most: int = 5

    def __call__(self, asked: Asked) -> Reply:
        match = re.fullmatch(r"/(\w+)/v3\.0/(\w+)", asked.path)
        if match is None or match[2] not in LISTS:
            return Reply({"error": "Resource not found"}, 404)
        if asked.headers.get("authorization") != "Bearer clever":
            return Reply({"message": "Unauthorized"}, 401)
        rows = LISTS[match[2]](read(self.folder / match[1]))
        keys = [row["id"] for row in rows]
        begin = keys.index(asked.params["starting_after"]) + 1 if "starting_after" in asked.params else 0
        part = rows[begin : begin + min(self.most, int(asked.params["limit"]))]
        links = [{"rel": "self", "uri": asked.path}]
        if begin + len(part) < len(rows):
            links += [{"rel": "next", "uri": f"{asked.path}?limit=1000&starting_after={part[-1]['id']}"}]
        return Reply({"data": [{"data": row, "uri": f"{asked.path}/{row['id']}"} for row in part], "links": links})
