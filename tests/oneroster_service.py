"""A OneRoster service on loopback, 1.1 and 1.2, made from the specification: it serves the rosters of the tests."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.services import Asked, Reply

ROOT = {"1.1": "/ims/oneroster/v1p1/", "1.2": "/ims/oneroster/rostering/v1p2/"}
LISTS = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments", "demographics")
Rows = list[dict[str, str]]


def read(folder: Path) -> dict[str, Rows]:
    """The rows of a roster that was written as a folder."""
    return {
        path.stem: [*csv.DictReader(path.open(newline=""))]
        for path in sorted(folder.glob("*.csv"))
        if path.stem != "manifest"
    }


def version_of(folder: Path) -> str:
    return "1.2" if "oneroster.version,1.2" in (folder / "manifest.csv").read_text() else "1.1"


def ref(key: str, kind: str) -> dict[str, str]:
    return {"href": f"https://sis.example.org/{kind}s/{key}", "sourcedId": key, "type": kind}


def refs(keys: str, kind: str) -> list[dict[str, str]]:
    return [ref(key, kind) for key in keys.split(",") if key]


def words(text: str) -> list[str]:
    return [word for word in text.split(",") if word]


def base(row: Mapping[str, str]) -> dict[str, Any]:
    metadata = {name.removeprefix("metadata."): cell for name, cell in row.items() if name.startswith("metadata.")}
    return {
        "sourcedId": row["sourcedId"],
        "status": row.get("status") or "active",
        "dateLastModified": row.get("dateLastModified") or "2026-08-15T00:00:00.000Z",
        **({"metadata": {name: cell for name, cell in metadata.items() if cell}} if any(metadata.values()) else {}),
    }


def plain(row: Mapping[str, str], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names if row.get(name)}


def org(row: Mapping[str, str]) -> dict[str, Any]:
    parent = {"parent": ref(row["parentSourcedId"], "org")} if row.get("parentSourcedId") else {}
    return {**base(row), **plain(row, "name", "type", "identifier"), **parent, "children": []}


def academic_session(row: Mapping[str, str]) -> dict[str, Any]:
    parent = {"parent": ref(row["parentSourcedId"], "academicSession")} if row.get("parentSourcedId") else {}
    return {**base(row), **plain(row, "title", "type", "startDate", "endDate", "schoolYear"), **parent}


def course(row: Mapping[str, str]) -> dict[str, Any]:
    facts = {**plain(row, "title", "courseCode"), "subjects": words(row.get("subjects", ""))}
    return {**base(row), **facts, "org": ref(row["orgSourcedId"], "org")}


def class_(row: Mapping[str, str]) -> dict[str, Any]:
    lists = {name: words(row.get(name, "")) for name in ("grades", "subjects", "subjectCodes", "periods")}
    return {
        **base(row),
        **plain(row, "title", "classCode", "classType", "location"),
        **lists,
        "course": ref(row["courseSourcedId"], "course"),
        "school": ref(row["schoolSourcedId"], "org"),
        "terms": refs(row.get("termSourcedIds", ""), "academicSession"),
    }


def user(row: Mapping[str, str], roles: Rows) -> dict[str, Any]:
    names = ("username", "givenName", "familyName", "middleName", "identifier", "email", "sms", "phone", "password")
    one = {**base(row), **plain(row, *names), "enabledUser": row["enabledUser"] == "true"}
    one |= {"grades": words(row.get("grades", "")), "agents": refs(row.get("agentSourcedIds", ""), "user")}
    if roles:
        return one | {"roles": [role(said) for said in roles if said["userSourcedId"] == row["sourcedId"]]}
    return one | {"role": row.get("role", ""), "orgs": refs(row.get("orgSourcedIds", ""), "org")}


def role(row: Mapping[str, str]) -> dict[str, Any]:
    return {**plain(row, "roleType", "role", "beginDate", "endDate"), "org": ref(row["orgSourcedId"], "org")}


def enrollment(row: Mapping[str, str]) -> dict[str, Any]:
    links = {name: ref(row[f"{name}SourcedId"], kind) for name, kind in (("class", "class"), ("user", "user"))}
    return {**base(row), **plain(row, "role", "primary"), **links, "school": ref(row["schoolSourcedId"], "org")}


def demographic(row: Mapping[str, str]) -> dict[str, Any]:
    return {**base(row), **{name: cell for name, cell in row.items() if cell and name not in base(row)}}


MADE: Mapping[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {
    "orgs": org,
    "academicSessions": academic_session,
    "courses": course,
    "classes": class_,
    "enrollments": enrollment,
    "demographics": demographic,
}


@dataclass
class OneRoster:
    """Serves folders of rosters, each under its name; `quirks` change what is answered, by the last part of a path."""

    folder: Path
    most: int = 4
    """How many rows a page has at most, whatever is asked for."""
    quirks: dict[str, Callable[[Asked, list[dict[str, Any]]], Reply]] = field(
        default_factory=dict[str, Callable[[Asked, list[dict[str, Any]]], Reply]]
    )

    def __call__(self, asked: Asked) -> Reply:
        match = re.fullmatch(r"/(\w+)(/ims/oneroster/(?:rostering/)?v1p\d/)(\w+)", asked.path)
        if match is None or match[3] not in LISTS:
            return Reply({"imsx_codeMajor": "failure", "imsx_description": "unknown object"}, 404)
        if not asked.headers.get("authorization"):
            return Reply({"imsx_codeMajor": "failure", "imsx_description": "not authorised"}, 401)
        name, folder = match[3], self.folder / match[1]
        assert match[2] == ROOT[version_of(folder)]
        objects = self.objects(read(folder), name)
        if "filter" in asked.params:
            since = asked.params["filter"].removeprefix("dateLastModified>'").removesuffix("'")
            objects = [one for one in objects if one["dateLastModified"] > since]
        return self.quirks[name](asked, objects) if name in self.quirks else self.page(asked, name, objects)

    def objects(self, tables: Mapping[str, Rows], name: str) -> list[dict[str, Any]]:
        if name == "users":
            return [user(row, tables.get("roles", [])) for row in tables["users"]]
        return [MADE[name](row) for row in tables.get(name, [])]

    def page(self, asked: Asked, name: str, objects: list[dict[str, Any]]) -> Reply:
        begin = int(asked.params.get("offset", 0))
        end = begin + min(int(asked.params.get("limit", 100)), self.most)
        link = f'<{asked.url.partition("?")[0]}?offset={end}>; rel="next"'
        headers = {"X-Total-Count": str(len(objects))} | ({"Link": link} if end < len(objects) else {})
        return Reply({name: objects[begin:end]}, headers=headers)
