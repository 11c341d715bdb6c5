"""Aeries' API 5: whole lists, those of a school below the school, for who has a certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.oneroster_service import Rows
from tests.services import Reply

from .service import (
    COUNTS,
    GRADED,
    PARENTS,
    Case,
    Row,
    Shown,
    Vendor,
    always,
    grade,
    initial,
    midnight,
    num,
    number,
    shaped,
    views,
)

TERM = {
    "TermCode": "sourcedId",
    "TermDescription": "title",
    "StartDate": midnight("startDate"),
    "EndDate": midnight("endDate"),
}
NAMES = {"FirstName": "givenName", "LastName": "familyName", "MiddleName": "middleName"}


def _schools(tables: Mapping[str, Rows], of: str) -> list[dict[str, Any]]:
    """Schools with their terms, among them the district as school 0 and one that is closed."""
    terms = [shaped(row, TERM) for row in views(tables)["terms"]]
    codes = {"InactiveStatusCode": "", "StateCountyID": "65", "StateDistrictID": "99999", "Terms": terms}
    schools = [
        {"SchoolCode": number(row["sourcedId"]), "Name": row["name"], "StateSchoolID": row["identifier"], **codes}
        for row in views(tables)["schools"]
    ]
    others = [
        {"SchoolCode": 0, "Name": "Heronsgate District"},
        {"SchoolCode": 999, "Name": "Closed", "InactiveStatusCode": "I"},
    ]
    return [*schools, *({**codes, "StateSchoolID": "", "Terms": [], **row} for row in others)]


def _team(row: Row) -> list[dict[str, Any]]:
    return [
        {"StaffID": number(seat["userSourcedId"]), "IsPrimaryTeacher": True, "InactiveStatusCode": ""}
        for seat in row["seats"]
        if seat["role"] == "teacher"
    ]


AERIES = Case(
    Vendor(
        {
            "api/v5/schools": _schools,
            "api/v5/courses": Shown(
                "courses", {"ID": "sourcedId", "Title": "title", "DepartmentCode": "", "InactiveStatusCode": ""}
            ),
            "api/v5/staff": Shown(
                "staff",
                {
                    "ID": num("sourcedId"),
                    **NAMES,
                    "EmailAddress": "email",
                    "NetworkLoginID": "username",
                    "Title": lambda row: "Principal" if row["role"] == "administrator" else "",
                    "PrimaryAeriesSchool": lambda row: 0 if row["school"] == "d" else number(row["school"]),
                    "InactiveStatusCode": "",
                },
            ),
            "api/v5/schools/{of}/students": Shown(
                "students",
                {
                    "StudentID": num("sourcedId"),
                    "SchoolCode": num("school"),
                    "StudentNumber": "identifier",
                    **NAMES,
                    "Gender": initial,
                    "Grade": grade,
                    "Birthdate": midnight("birthDate"),
                    "EthnicityCode": lambda row: "N" if row["sex"] else "",
                    "InactiveStatusCode": "",
                    "NetworkLoginID": "username",
                    "StudentEmailAddress": "email",
                    "Locker": "metadata.locker",
                },
                "school",
            ),
            "api/v5/schools/{of}/contacts": Shown(
                "parents",
                {
                    "StudentID": num("child"),
                    "SequenceNumber": 1,
                    **NAMES,
                    "EmailAddress": "email",
                    "CellPhone": "sms",
                    "RelationshipToStudentCode": always("10"),
                    "EducationalRightsHolder": always("Y"),
                },
                "school",
            ),
            "api/v5/schools/{of}/sections": Shown(
                "sections",
                {
                    "SchoolCode": num("school"),
                    "SectionNumber": num("sourcedId"),
                    "Period": "periods",
                    "Semester": lambda row: row["termSourcedIds"].split(",")[0],
                    "CourseID": "courseSourcedId",
                    "SectionStaffMembers": _team,
                    "Room": "",
                    "InactiveStatusCode": "",
                },
                "school",
            ),
            "api/v5/schools/{of}/classes": Shown(
                "places",
                {
                    "StudentID": num("userSourcedId"),
                    "SchoolCode": num("school"),
                    "SectionNumber": num("classSourcedId"),
                    "CourseID": lambda row: row["section"]["courseSourcedId"],
                    "DateStarted": always("2026-08-15T00:00:00"),
                    "DateEnded": None,
                },
                "school",
            ),
        },
        lambda asked, path, rows: Reply(rows),
        lambda asked: asked.headers.get("aeries-cert") == "certificate",
    ),
    {"address": "{where}", "certificate": "certificate"},
    "certificate",
    {
        **COUNTS,
        **GRADED,
        **PARENTS,
        "Course": 1,
        "ContactComm": 2,
        "Session": 4,
        "GroupSession": 3,
    },
    ("Tansy", "Fennel", "2019-05-04", "F", str(number("s1"))),
)
