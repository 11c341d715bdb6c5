"""FACTS SIS' API: two keys, numbered pages with the number of all rows, and names with people only."""

from __future__ import annotations

from typing import Any

from tests.services import Asked, Reply

from .service import (
    COUNTS,
    GRADED,
    MOST,
    PARENTS,
    Case,
    Row,
    Shown,
    Vendor,
    always,
    counted,
    initial,
    midnight,
    num,
    number,
)


def _page(asked: Asked, path: str, rows: list[dict[str, Any]]) -> Reply:
    column, _, value = asked.params.get("Filters", "").partition("==")
    if column == "classId":
        rows = [row for row in rows if str(row[column]) == value]
    size = min(MOST + 2, counted(asked, "PageSize", 50))
    begin = size * (counted(asked, "Page", 1) - 1)
    return Reply({"results": rows[begin : begin + size], "currentPage": 1, "rowCount": len(rows)})


def _knows(asked: Asked) -> bool:
    keys = (asked.headers.get("facts-api-key"), asked.headers.get("ocp-apim-subscription-key"))
    return keys == ("key", "subscription") and asked.params["api-version"] == "1"


def _teacher(row: Row) -> int | None:
    return next((number(seat["userSourcedId"]) for seat in row["seats"] if seat["role"] == "teacher"), None)


FACTS = Case(
    Vendor(
        {
            "SchoolConfigurations": Shown(
                "schools",
                {
                    "configSchoolID": num("sourcedId"),
                    "schoolCode": "identifier",
                    "schoolName": "name",
                    "defaultYearId": always(27),
                    "active": always(True),
                },
            ),
            "Schools/{of}/SchoolTerms": Shown(
                "numbered terms",
                {
                    "termID": "number",
                    "yearID": "year",
                    "name": "title",
                    "firstDay": midnight("startDate"),
                    "lastDay": midnight("endDate"),
                    "schoolCode": "identifier",
                },
                "school",
            ),
            "Courses": Shown(
                "offered",
                {
                    "courseID": num("offered"),
                    "title": "title",
                    "abbreviation": "courseCode",
                    "schoolCode": "identifier",
                },
            ),
            "Classes/v2/schoolYears/27": Shown(
                "sections",
                {
                    "classId": num("sourcedId"),
                    "name": "title",
                    "section": "classCode",
                    "courseID": num("offered"),
                    "staffId": _teacher,
                    "yearId": always(27),
                    "term1": always(True),
                },
            ),
            "People": Shown(
                "people",
                {
                    "personId": num("sourcedId"),
                    "firstName": "givenName",
                    "lastName": "familyName",
                    "email": "email",
                    "username": "username",
                    "cellPhone": "sms",
                },
            ),
            "Students": Shown(
                "students",
                {
                    "studentId": num("sourcedId"),
                    "personStudentId": always(1568),
                    "schoolCode": "number",
                    "school.status": always("Enrolled"),
                    "school.gradeLevel": "grades",
                    "locker": lambda row: [{"id": 1, "name": row.get("metadata.locker")}],
                    "gender": initial,
                    "birthdate": "birthDate",
                },
            ),
            "People/ParentStudent": Shown(
                "parents", {"parentID": num("sourcedId"), "studentID": num("child"), "relationship": always("Mother")}
            ),
            "People/Staff": Shown(
                "staff",
                {
                    "staffId": num("sourcedId"),
                    "firstName": "givenName",
                    "active": always(True),
                    "faculty": lambda row: row["role"] == "teacher",
                    "administrator": lambda row: row["role"] == "administrator",
                    "schools": lambda row: [row["number"] or "1001"],
                },
            ),
            "Academics/Enrollments": Shown(
                "places",
                {
                    "classId": num("classSourcedId"),
                    "studentId": num("userSourcedId"),
                    "enrolled": always(True),
                },
            ),
        },
        _page,
        _knows,
    ),
    {"address": "{where}", "subscription": "subscription", "key": "key", "per-second": "10000"},
    "key",
    {**COUNTS, **GRADED, **PARENTS, "ContactComm": 2, "Session": 4, "Staff": 3},
    ("Tansy", "Fennel", "2019-05-04", "F", str(number("s1"))),
    district="Heronsgate District",
)
