"""Microsoft Graph's education API on loopback, made from its public documents, with the place that gives its tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.clever_service import schools_of
from tests.oneroster_service import Rows, read
from tests.services import Asked, Reply

FORM = {
    "grant_type": "client_credentials",
    "client_id": "app",
    "client_secret": "s3cret",
    "scope": "https://graph.microsoft.com/.default",
}
Tables = dict[str, Rows]


def schools(tables: Tables) -> list[dict[str, Any]]:
    return [
        {"id": o["sourcedId"], "displayName": o["name"], "schoolNumber": o["identifier"], "principalName": None}
        for o in tables["orgs"]
        if o["type"] == "school"
    ]


def users_of(tables: Tables, school: str) -> list[dict[str, Any]]:
    born = {row["sourcedId"]: row for row in tables["demographics"]}
    return [
        user(row, born.get(row["sourcedId"], {}))
        for row in tables["users"]
        if school in row["orgSourcedIds"].split(",") and row["role"] in ("student", "teacher")
    ]


def user(row: dict[str, str], born: dict[str, str]) -> dict[str, Any]:
    one: dict[str, Any] = {
        "id": row["sourcedId"],
        "accountEnabled": True,
        "userPrincipalName": row["username"],
        "displayName": f"{row['givenName']} {row['familyName']}",
        "givenName": row["givenName"],
        "surname": row["familyName"],
        "mail": row.get("email") or None,
        "mobilePhone": None,
        "department": row.get("metadata.locker") or None,
        "primaryRole": row["role"],
        "teacher": {"teacherNumber": row["identifier"]} if row["role"] == "teacher" else None,
    }
    if row["role"] == "student":
        grade = str(int(row["grades"])) if row.get("grades") else None
        said = {"studentNumber": row["identifier"], "grade": grade, "gender": born.get("sex") or None}
        one["student"] = {**said, "birthDate": born.get("birthDate") or None}
    return one


def classes_of(tables: Tables, school: str) -> list[dict[str, Any]]:
    sessions = {row["sourcedId"]: row for row in tables["academicSessions"]}
    homes = schools_of(tables)
    return [
        class_(row, sessions.get(row["termSourcedIds"].split(",")[0]))
        for row in tables["classes"]
        if homes[row["schoolSourcedId"]] == school
    ]


def class_(row: dict[str, str], term: dict[str, str] | None) -> dict[str, Any]:
    said = {"displayName": term["title"], "externalId": term["sourcedId"]} if term else None
    days = {"startDate": term["startDate"], "endDate": term["endDate"]} if term else {}
    return {
        "id": row["sourcedId"],
        "displayName": row["title"],
        "classCode": row["classCode"],
        "externalId": f"sis-{row['sourcedId']}",
        "term": {**said, **days} if said else None,
    }


def in_class(tables: Tables, key: str, *roles: str) -> list[dict[str, Any]]:
    people = {row["sourcedId"]: row for row in tables["users"]}
    seats = [one for one in tables["enrollments"] if one["classSourcedId"] == key and one["role"] in roles]
    unknown = {"username": "", "givenName": "No", "familyName": "Body", "identifier": ""}
    return [
        user(
            {**people.get(one["userSourcedId"], {**unknown, "sourcedId": one["userSourcedId"]}), "role": one["role"]},
            {},
        )
        for one in seats
    ]


@dataclass
class Graph:
    """Serves folders of rosters, each under its name; pages are followed by their whole addresses."""

    folder: Path
    most: int = 5
    found: dict[str, Tables] = field(default_factory=dict[str, Tables])
    """The rosters that were read: no test changes one that is served."""

    def tables(self, name: str) -> Tables:
        if name not in self.found:
            self.found[name] = read(self.folder / name)
        return self.found[name]

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/login/school.example/oauth2/v2.0/token":
            if dict(parse_qsl(asked.body.decode())) != FORM:
                return Reply({"error": "invalid_client", "error_description": "AADSTS7000215: Invalid secret"}, 401)
            return Reply({"token_type": "Bearer", "expires_in": 3599, "access_token": "graph"})
        match = re.fullmatch(r"/(\w+)/v1\.0/education/(\w+)(?:/([^/]+)/(\w+))?", asked.path)
        if asked.headers.get("authorization") != "Bearer graph":
            return Reply({"error": {"code": "InvalidAuthenticationToken", "message": "Access token is empty."}}, 401)
        rows = self.rows(self.tables(match[1]), match[2], match[3], match[4]) if match else None
        if rows is None:
            return Reply({"error": {"code": "Request_ResourceNotFound", "message": "Resource not found"}}, 404)
        begin = int(asked.params.get("$skiptoken", 0))
        following = f"{asked.url.partition('?')[0]}?$skiptoken={begin + self.most}"
        link = {"@odata.nextLink": following} if begin + self.most < len(rows) else {}
        return Reply({"@odata.context": "…", **link, "value": rows[begin : begin + self.most]})

    def rows(self, tables: Tables, what: str, key: str | None, within: str | None) -> list[dict[str, Any]] | None:
        match (what, within):
            case ("schools", None):
                return schools(tables)
            case ("schools", "users"):
                return users_of(tables, str(key))
            case ("schools", "classes"):
                return classes_of(tables, str(key))
            case ("classes", "teachers"):
                return in_class(tables, str(key), "teacher")
            case ("classes", "members"):
                # Teachers are members as well.
                return in_class(tables, str(key), "teacher", "student")
            case _:
                return None
