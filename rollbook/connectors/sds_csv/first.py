"""Version 1 of School Data Sync's files, with two sets of names for ids."""

from __future__ import annotations

from collections.abc import Mapping

from ...ingest.bundle import Part
from ...ingest.mapping.cells import Cell, column, constant
from ...ingest.mapping.paths import Given
from ...ingest.mapping.rows import Condition, Rows
from ...ingest.roster.sheets import Says, Sheet, with_days
from ...ingest.rows import Problems
from ...ingest.tables import Layout, layout

US = {"key": "SIS ID", "school": "School SIS ID", "own": "SIS ID", "section": "Section SIS ID"}
UK = {"key": "ID", "school": "School DfE Number", "own": "DfE Number", "section": "Section ID"}
"""What version 1 calls ids: of a row, of its school, of a school itself, of a section."""


def _v1(ids: Mapping[str, str]) -> tuple[Layout, ...]:
    key, school, own, section = (ids[name] for name in ("key", "school", "own", "section"))
    people = (f"{key}!", f"{school}!", "Username^", "First Name", "Last Name", "Middle Name", "Secondary Email")
    terms = ("Term SIS ID", "Term Name", "Term StartDate", "Term EndDate")
    taught = ("Course SIS ID", "Course Name", "Course Number", "Course Subject", "Course Description", "Periods")
    return (
        layout("School", (f"{own}!", "Name!", "School Number"), key=own),
        layout("Section", (f"{key}!", f"{school}!", "Section Name!", "Section Number", *terms, *taught), key=key),
        layout("Student", (*people, "Student Number", "Grade", "Birthdate", "Status"), key=key, dropped=["Password"]),
        layout("Teacher", (*people, "Teacher Number", "Status"), key=key, dropped=["Password"]),
        layout("StudentEnrollment", (f"{section}!", f"{key}!"), key=key),
        layout("TeacherRoster", (f"{section}!", f"{key}!"), key=key),
    )


V1 = {ids["key"]: _v1(ids) for ids in (US, UK)}


def ids_of(parts: Mapping[str, Part], problems: Problems) -> Mapping[str, str]:
    """Which names version 1 uses for its ids here."""
    header = (parts["School.csv"].read(problems) or b"").decode("utf-8-sig", "replace").partition("\n")[0]
    return UK if UK["own"] in {name.strip(' "\r') for name in header.split(",")} else US


def version_1(sheets: Mapping[str, Sheet], ids: Mapping[str, str]) -> list[Says]:
    """What the files of version 1 say."""
    days = {"Section": ("Term StartDate", "Term EndDate"), "Student": ("Birthdate",)}
    sheets = with_days(sheets, days)
    key, section = ids["key"], ids["section"]
    schools = {row[key]: row[ids["school"]] for row in sheets["Section"] if key in row and ids["school"] in row}
    students = {str(row.get(key, "")) for row in sheets["Student"]}

    def staff(row: Given) -> str:
        # A student and a teacher may have the same id: they are in files of their own.
        return f"teacher:{row.get(key, '')}" if row.get(key) in students else str(row.get(key, ""))

    def place(row: Given, user: str) -> dict[str, str]:
        group = str(row.get(section, ""))
        return {key: user, "school": schools.get(group, "") or "the school of no section"}

    return [
        Says(sheets["School"], (_school(ids),)),
        Says(sheets["Section"].finding(_term), _taught(ids)),
        Says(sheets["Student"].finding(_enabled), _student(ids)),
        Says(sheets["Teacher"].finding(lambda row: {**_enabled(row), key: staff(row)}), (_teacher(ids),)),
        Says(
            sheets["StudentEnrollment"].finding(lambda row: place(row, str(row.get(key, "")))),
            (_place(ids, "student"),),
        ),
        Says(sheets["TeacherRoster"].finding(lambda row: place(row, staff(row))), (_place(ids, "teacher"),)),
    ]


def _optional(path: str) -> Cell:
    return column(path, optional=True)


def _term(row: Given) -> dict[str, str]:
    """The term of a section, where it is told so far that it can be a session."""
    there = all(row.get(name) for name in ("Term SIS ID", "Term StartDate", "Term EndDate"))
    return {"term": str(row["Term SIS ID"]) if there else ""}


def _enabled(row: Given) -> dict[str, str]:
    return {"enabled": "false" if str(row.get("Status", "")).lower() in ("inactive", "deleted") else "true"}


def _school(ids: Mapping[str, str]) -> Rows:
    number = ids["own"] if ids is UK else "School Number"
    columns = {"sourcedId": column(ids["own"]), "name": column("Name"), "type": constant("school")}
    return Rows("orgs", {**columns, "identifier": _optional(number)}, rest=True)


def _taught(ids: Mapping[str, str]) -> tuple[Rows, ...]:
    group = {
        "sourcedId": column(ids["key"]),
        "title": column("Section Name"),
        "classCode": column("Section Number"),
        "schoolSourcedId": column(ids["school"]),
        "courseSourcedId": column("Course SIS ID"),
        "termSourcedIds": column("+term"),
        "periods": column("Periods"),
        "subjects": column("Course Subject"),
    }
    course = {
        "sourcedId": column("Course SIS ID"),
        "title": column("Course Name"),
        "courseCode": column("Course Number"),
        "orgSourcedId": column(ids["school"]),
        "subjects": column("Course Subject"),
    }
    term = {
        "sourcedId": column("+term"),
        "title": column("Term Name"),
        "type": constant("term"),
        "startDate": column("Term StartDate"),
        "endDate": column("Term EndDate"),
    }
    told = Condition("Course SIS ID", frozenset({""}), but=True)
    dated = Condition("+term", frozenset({""}), but=True)
    return (
        Rows("classes", group, rest=True),
        Rows("courses", course, (told,), rest=False),
        Rows("academicSessions", term, (dated,), rest=False),
    )


def _person(ids: Mapping[str, str], role: str, number: str) -> dict[str, Cell]:
    return {
        "sourcedId": column(ids["key"]),
        "enabledUser": column("+enabled"),
        "orgSourcedIds": column(ids["school"]),
        "role": constant(role),
        "username": column("Username"),
        "givenName": column("First Name"),
        "familyName": column("Last Name"),
        "middleName": column("Middle Name"),
        "identifier": column(number),
        "email": column("Secondary Email"),
    }


def _student(ids: Mapping[str, str]) -> tuple[Rows, ...]:
    born = Condition("Birthdate", frozenset({""}), but=True)
    return (
        Rows("users", {**_person(ids, "student", "Student Number"), "grades": column("Grade")}, rest=True),
        Rows("demographics", {"sourcedId": column(ids["key"]), "birthDate": column("Birthdate")}, (born,), rest=False),
    )


def _teacher(ids: Mapping[str, str]) -> Rows:
    columns = _person(ids, "teacher", "Teacher Number")
    return Rows("users", {**columns, "sourcedId": column(f"+{ids['key']}")}, rest=True)


def _place(ids: Mapping[str, str], role: str) -> Rows:
    user = f"+{ids['key']}"
    columns = {
        "sourcedId": column(ids["section"], user, between=":"),
        "classSourcedId": column(ids["section"]),
        "schoolSourcedId": column("+school"),
        "userSourcedId": column(user),
        "role": constant(role),
    }
    return Rows("enrollments", columns, rest=True)
