"""A small invented roster in OneRoster CSV, to try an import with.

The columns are those of OneRoster 1.1 and 1.2 CSV (https://www.imsglobal.org/oneroster-v11-final-csv-tables).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

Rows = list[dict[str, str]]
Roster = dict[str, Rows]
"""Rows by table, as `users`. Where a row lacks a column that another has, it is empty."""

SYSTEM = "Heronsgate SIS"

FORENAMES = (
    "Tansy",
    "Bramwell",
    "Coral",
    "Fergus",
    "Ottoline",
    "Jasper",
    "Linnet",
    "Rufus",
    "Saffron",
    "Piers",
    "Wren",
)
SURNAMES = (
    "Fennel",
    "Thistlewood",
    "Quickbeam",
    "Marchpane",
    "Otterbourne",
    "Nightjar",
    "Applegarth",
    "Candlewick",
    "Dewberry",
    "Foxglove",
    "Hazelmere",
    "Larkspur",
    "Meadowcroft",
)
"""Thirteen surnames to eleven forenames: the first 143 students all have names of their own."""

WRITTEN = (2026, 8, 15, 0, 0, 0)
"""When the files of a ZIP say that they were written, so that each ZIP is the same."""


def roster() -> Roster:
    """A district of two schools in 1.1: twelve students, two teachers, a parent, a superintendent."""
    return {
        "orgs": [
            {"sourcedId": "d", "name": "Heronsgate District", "type": "district", "identifier": "77"},
            {
                "sourcedId": "a",
                "name": "Alder School",
                "type": "school",
                "identifier": "1001",
                "parentSourcedId": "d",
            },
            {
                "sourcedId": "b",
                "name": "Birch School",
                "type": "school",
                "identifier": "1002",
                "parentSourcedId": "d",
            },
            {"sourcedId": "sci", "name": "Science", "type": "department", "parentSourcedId": "b"},
        ],
        "academicSessions": [
            session("y", "Year 2026", "schoolYear", "2026-08-15", "2027-06-10", ""),
            session("t1", "Autumn", "term", "2026-08-15", "2026-12-18", "y"),
            session("t2", "Spring", "term", "2027-01-04", "2027-06-10", "y"),
        ],
        "courses": [
            {
                "sourcedId": "c1",
                "title": "English",
                "courseCode": "EN",
                "orgSourcedId": "d",
                "subjects": "English",
            }
        ],
        "classes": [
            group("k1", "Otters", "a", classType="homeroom", grades="01"),
            group(
                "k2",
                "English 1",
                "a",
                classCode="EN-1",
                periods="1,3",
                subjects="English",
                subjectCodes="ENG",
            ),
            group("k3", "English 2", "sci", classCode="EN-2"),
        ],
        "users": [
            *(student(f"s{n}", n, "a" if n < 7 else "b") for n in range(1, 13)),
            user("t", "teacher", "a", givenName="Moss", familyName="Tarn", email="moss@heronsgate.example"),
            user("v", "teacher", "b", givenName="Vale", familyName="Rook"),
            user(
                "p",
                "parent",
                "a",
                givenName="Pia",
                familyName="Fennel",
                email="pia@home.example",
                sms="555-0101",
            ),
            user("boss", "administrator", "d", givenName="Bo", familyName="Sorrel"),
        ],
        "enrollments": [
            *(enrolment(f"h{n}", "k1", "a", f"s{n}") for n in range(1, 7)),
            *(enrolment(f"e{n}", "k2", "a", f"s{n}") for n in range(1, 7)),
            *(enrolment(f"f{n}", "k3", "sci", f"s{n}") for n in range(7, 13)),
            enrolment("et", "k2", "a", "t", role="teacher", primary="true"),
            enrolment("ev", "k3", "b", "v", role="teacher", primary="true"),
        ],
        "demographics": [
            {"sourcedId": "s1", "birthDate": "2019-05-04", "sex": "female", "asian": "true", "white": "true"}
            | {"hispanicOrLatinoEthnicity": "false", "cityOfBirth": "Riverton"},
        ],
    }


def gradebook() -> Roster:
    """What is set for a class of the roster, what came of it, and what is used: the other files of 1.2."""
    return {
        "categories": [{"sourcedId": "hw", "title": "Homework", "weight": "40"}],
        "scoreScales": [
            {"sourcedId": "abc", "title": "Letters", "type": "Points to letters", "orgSourcedId": "a"}
            | {"courseSourcedId": "c1", "classSourcedId": "k2", "scoreScaleValue": "{8-10:A},{0-7:B}"},
        ],
        "lineItems": [
            {"sourcedId": "poem", "title": "A poem about rain", "description": "At least eight lines"}
            | {"assignDate": "2026-09-07", "dueDate": "2026-09-14", "classSourcedId": "k2", "categorySourcedId": "hw"}
            | {"academicSessionSourcedId": "t1", "resultValueMin": "0", "resultValueMax": "10", "schoolSourcedId": "a"},
        ],
        "lineItemScoreScales": [{"sourcedId": "pa", "lineItemSourcedId": "poem", "scoreScaleSourcedId": "abc"}],
        "lineItemLearningObjectiveIds": [
            {"sourcedId": "po", "lineItemSourcedId": "poem", "source": "case", "learningObjectiveId": "rhyme"}
        ],
        "results": [
            result("p1", "s1", "fully graded", score="8.5", textScore="A", comment="Two lines rhyme", late="true"),
            result("p2", "s2", "not submitted", missing="true"),
        ],
        "resources": [
            {"sourcedId": "atlas", "vendorResourceId": "atlas-7", "title": "An Atlas of Invented Islands"}
            | {"roles": "student,teacher", "importance": "primary", "vendorId": "heron-press.example"}
        ],
        "classResources": [{"sourcedId": "k2a", "classSourcedId": "k2", "resourceSourcedId": "atlas"}],
        "courseResources": [{"sourcedId": "c1a", "courseSourcedId": "c1", "resourceSourcedId": "atlas"}],
        "userResources": [
            {"sourcedId": "s1a", "userSourcedId": "s1", "classSourcedId": "k2", "resourceSourcedId": "atlas"},
            {"sourcedId": "ta", "userSourcedId": "t", "orgSourcedId": "a", "resourceSourcedId": "atlas"},
        ],
    }


def result(key: str, who: str, status: str, **more: str) -> dict[str, str]:
    """A row of results.csv."""
    return {"sourcedId": key, "lineItemSourcedId": "poem", "studentSourcedId": who, "scoreStatus": status} | {
        "scoreDate": "2026-09-16",
        **more,
    }


def session(key: str, title: str, kind: str, start: str, end: str, parent: str) -> dict[str, str]:
    """A row of academicSessions.csv."""
    return {"sourcedId": key, "title": title, "type": kind, "startDate": start, "endDate": end} | {
        "parentSourcedId": parent,
        "schoolYear": "2027",
    }


def group(key: str, title: str, school: str, **more: str) -> dict[str, str]:
    """A row of classes.csv."""
    return {"sourcedId": key, "title": title, "courseSourcedId": "c1", "schoolSourcedId": school} | {
        "termSourcedIds": "t1,t2",
        **more,
    }


def user(key: str, role: str, org: str, **more: str) -> dict[str, str]:
    """A row of users.csv."""
    return {
        "sourcedId": key,
        "enabledUser": "true",
        "orgSourcedIds": org,
        "role": role,
        "username": key,
    } | more


def student(key: str, number: int, school: str) -> dict[str, str]:
    """A student in users.csv."""
    forename, surname = (names[(number - 1) % len(names)] for names in (FORENAMES, SURNAMES))
    more = {"agentSourcedIds": "p"} if number == 1 else {}
    facts = {"givenName": forename, "familyName": surname, "identifier": f"91{number:04}", "grades": "01"}
    return user(key, "student", school, **facts, **more)


def enrolment(key: str, group: str, school: str, who: str, **more: str) -> dict[str, str]:
    """A row of enrollments.csv."""
    return {"sourcedId": key, "classSourcedId": group, "schoolSourcedId": school, "userSourcedId": who} | {
        "role": "student",
        **more,
    }


def in_1_2(tables: Roster) -> Roster:
    """A roster of 1.1 in 1.2, where roles are rows of their own."""
    users = [{k: v for k, v in row.items() if k not in {"role", "orgSourcedIds"}} for row in tables["users"]]
    return {**tables, "users": users, "roles": [_role(row) for row in tables["users"]]}


def _role(user: dict[str, str]) -> dict[str, str]:
    key = user["sourcedId"]
    row = {"sourcedId": f"r-{key}", "userSourcedId": key, "roleType": "primary", "role": user["role"]}
    return row | {"orgSourcedId": user["orgSourcedIds"], "beginDate": "2026-08-15", "endDate": ""}


def manifest(tables: Mapping[str, Rows], version: str = "1.1", **modes: str) -> str:
    """The manifest of a roster: every file is bulk unless `modes` says otherwise."""
    said = dict.fromkeys(tables, "bulk") | modes
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
    lines += [f"file.{name},{mode}" for name, mode in said.items()]
    return "\n".join([*lines, f"source.systemName,{SYSTEM}", ""])


def files(tables: Mapping[str, Rows], version: str = "1.1", **modes: str) -> dict[str, str]:
    """A roster's files as text; a column is there when any row has it."""
    texts = {"manifest.csv": manifest(tables, version, **modes)}
    for name, rows in tables.items():
        text = io.StringIO()
        columns = dict.fromkeys(["sourcedId", "status", "dateLastModified", *(c for row in rows for c in row)])
        writer = csv.DictWriter(text, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        texts[f"{name}.csv"] = text.getvalue()
    return texts


def sample(version: str) -> dict[str, str]:
    """The files of the roster in a version of OneRoster, `1.1` or `1.2`."""
    return files(roster() if version == "1.1" else in_1_2(roster() | gradebook()), version)


def zipped(path: Path, texts: Mapping[str, str | bytes], inside: str = "") -> Path:
    """Write files as a ZIP, in a folder within it if `inside` names one."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(inside + name, WRITTEN), text, zipfile.ZIP_DEFLATED)
    return path
