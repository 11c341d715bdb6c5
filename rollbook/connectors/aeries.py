"""Aeries' own API, version 5: schools with terms, students, contacts, staff, courses, sections and schedules."""

from __future__ import annotations

from typing import Any

from ..ingest.mapping import Cell, Condition, but, coded, column, constant, maybe, only
from ..ingest.mapping.parts import part, role_of, seat_of
from ..ingest.mapping.plan import Plan
from ..ingest.mapping.words import GRADES, SEXES
from ..ingest.settings import Setting
from ..ingest.web import REACHED, KeyHeader, Listing, service_of
from ..ingest.web.provider import Look, Provider

YEAR = Setting("year", "The year in which the school year begins, 2026, where not the one Aeries takes", needed=False)
TITLES = {"Teacher": "teacher", "Principal": "principal"}
DISTRICT = "0"
"""The code that the district itself has among the schools."""


def _staff(row: dict[str, Any]) -> dict[str, Any]:
    """Staff with where they are and what: whoever has a section teaches."""
    role = "teacher" if row.pop("teaches") else TITLES.get(str(row.get("Title") or ""), "aide")
    return {**row, "at": row["at"] or DISTRICT, "role": role}


def _section(row: dict[str, Any]) -> dict[str, Any]:
    """A section with those of its staff who still are."""
    team = [one for one in row.get("SectionStaffMembers") or () if not one.get("InactiveStatusCode")]
    return {**row, "SectionStaffMembers": team}


def _all(path: str, key: str = "", *where: Condition, **more: Any) -> Listing:
    return Listing(f"api/v5/{path}", params={"DatabaseYear": "{year}"}, key=key, where=where, **more)


def _below(path: str, key: str = "", *where: Condition, **more: Any) -> Listing:
    """A list that each school has."""
    return _all(f"schools/{{of}}/{path}", key, *where, of="schools", by="SchoolCode", **more)


ACTIVE = only("InactiveStatusCode", "")
SECTION = column("of", "SectionNumber")
CONTACT = column("StudentID", "SequenceNumber", between="-c")
# Aeries counts students and staff each from 1.
STAFF = Cell(("ID",), ahead="staff:")
NAMES = {"givenName": "FirstName", "familyName": "LastName", "middleName": maybe("MiddleName")}
REACHED_AT = {"sms": maybe("CellPhone"), "phone": maybe("HomePhone")}

PLAN = Plan(
    "aeries",
    (
        part("orgs", "district", {"sourcedId": "SchoolCode", "name": "Name", "type": constant("district")}),
        part(
            "orgs",
            "schools",
            {
                "sourcedId": "SchoolCode",
                "name": "Name",
                "type": constant("school"),
                "identifier": maybe("StateCountyID", "StateDistrictID", "StateSchoolID", between=""),
                "parentSourcedId": constant(DISTRICT),
            },
        ),
        part(
            "academicSessions",
            "schools",
            {
                "sourcedId": column("SchoolCode", "Terms.TermCode"),
                "title": "Terms.TermDescription",
                "type": constant("term"),
                "startDate": column("Terms.StartDate", before="T"),
                "endDate": column("Terms.EndDate", before="T"),
            },
            each="Terms",
            rest=False,
        ),
        part(
            "courses",
            "courses",
            {"sourcedId": "ID", "title": "Title", "courseCode": "ID", "orgSourcedId": constant(DISTRICT)},
        ),
        part(
            "classes",
            "sections",
            {
                "sourcedId": SECTION,
                "title": "title",
                "classCode": "SectionNumber",
                "classType": constant("scheduled"),
                "courseSourcedId": "CourseID",
                "schoolSourcedId": "of",
                "termSourcedIds": maybe("of", "Semester"),
                "periods": maybe("Period"),
                "location": maybe("Room"),
            },
        ),
        seat_of(
            "sections",
            SECTION,
            "of",
            Cell(("SectionStaffMembers.StaffID",), ahead="staff:"),
            "teacher",
            each="SectionStaffMembers",
            primary="SectionStaffMembers.IsPrimaryTeacher",
        ),
        seat_of(
            "classes",
            SECTION,
            "of",
            "StudentID",
            "student",
            beginDate=maybe("DateStarted", before="T"),
            endDate=maybe("DateEnded", before="T"),
        ),
        part(
            "users",
            "students",
            {
                "sourcedId": "StudentID",
                "enabledUser": constant("true"),
                **NAMES,
                "identifier": "StudentID",
                "username": maybe("NetworkLoginID"),
                "email": maybe("StudentEmailAddress"),
                "phone": maybe("HomePhone"),
                "grades": maybe("Grade", codes=GRADES, otherwise="Other"),
            },
        ),
        role_of("students", "StudentID", "of", "student"),
        part(
            "demographics",
            "students",
            {
                "sourcedId": "StudentID",
                "birthDate": column("Birthdate", before="T"),
                "sex": coded("Gender", SEXES, ""),
                "hispanicOrLatinoEthnicity": maybe("EthnicityCode", codes={"Y": "true", "N": "false"}, otherwise=""),
            },
            rest=False,
        ),
        part(
            "users",
            "contacts",
            {
                "sourcedId": CONTACT,
                "enabledUser": constant("true"),
                "username": constant(""),
                **NAMES,
                **REACHED_AT,
                "email": maybe("EmailAddress"),
                "agentSourcedIds": "StudentID",
            },
        ),
        role_of(
            "contacts",
            CONTACT,
            "of",
            maybe("EducationalRightsHolder", codes={"Y": "guardian"}, otherwise="relative", constant="relative"),
        ),
        part(
            "users",
            "staff",
            {
                "sourcedId": STAFF,
                "enabledUser": constant("true"),
                **NAMES,
                "identifier": "ID",
                "username": maybe("NetworkLoginID"),
                "email": maybe("EmailAddress"),
            },
        ),
        role_of("staff", STAFF, "at", column("role")),
    ),
    "Aeries",
)

AERIES = Provider(
    "aeries",
    "aeries",
    (
        Setting("address", "The address of the district's Aeries, https://host/aeries"),
        Setting("certificate", "The certificate that the district made for you in Aeries", secret=True),
        YEAR,
        *REACHED,
    ),
    service_of,
    lambda said: KeyHeader("AERIES-CERT", said["certificate"]),
    {
        # A school that is closed, and whoever has left, is still listed.
        "district": _all("schools", "SchoolCode", only("SchoolCode", DISTRICT)),
        "schools": _all("schools", "SchoolCode", but("SchoolCode", DISTRICT), ACTIVE),
        "courses": _all("courses", "ID"),
        "staff": _all("staff", "ID", ACTIVE),
        "students": _below("students", "StudentID", ACTIVE),
        "contacts": _below("contacts", "", but("LastName", ""), optional=True),
        "sections": _below("sections", "SectionNumber", ACTIVE),
        "classes": _below("classes"),
    },
    PLAN,
    {"staff": _staff, "sections": _section},
    {
        "sections": (Look("title", "CourseID", "courses", "ID", "Title"),),
        "staff": (
            Look("at", "PrimaryAeriesSchool", "schools", "SchoolCode", "SchoolCode"),
            Look("teaches", "ID", "sections", "SectionStaffMembers.StaffID", "SectionNumber"),
        ),
    },
)
