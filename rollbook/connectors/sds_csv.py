"""Microsoft School Data Sync CSV, versions 1 (also in its UK format), 2 and 2.1, as a folder or a ZIP.

Which version it is, the names of the files tell, and of version 1 the headers which format. Names of columns count
letter by letter, as they do for School Data Sync. Passwords are never kept; what else has no field stays in the
record's remainder, under `sds`. A bundle is always whole: what is missing is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..ingest.bundle import Part, open_bundle
from ..ingest.mapping.cells import Cell, column, constant
from ..ingest.mapping.paths import Given
from ..ingest.mapping.rows import Condition, Rows
from ..ingest.roster.fills import FILLS
from ..ingest.roster.humans import RACES
from ..ingest.roster.people import CONTACTS
from ..ingest.roster.roster import Roster
from ..ingest.roster.sheets import Says, Sheet, read_sheet, roster_of, with_days
from ..ingest.rows import Problems, Reading
from ..ingest.tables import Layout, layout, split

US = {"key": "SIS ID", "school": "School SIS ID", "own": "SIS ID", "section": "Section SIS ID"}
UK = {"key": "ID", "school": "School DfE Number", "own": "DfE Number", "section": "Section ID"}
"""What version 1 calls ids: of a row, of its school, of a school itself, of a section."""

TEACHERS = ("professor", "faculty", "instructor", "adjunct", "lecturer")
"""Roles of version 2 that are a teacher's in OneRoster's words."""
SCHOOLS = ("college", "university")
"""Kinds of organisation that have classes of their own, as a school has."""
HUB_ROLES = ("administrator", "aide", "proctor", "student", "teacher", *CONTACTS)
ORGS = {"ministryofeducation": "national", **{name: name for name in ("school", "district", "department", "state")}}


class SdsCsv:
    """School Data Sync rosters in CSV."""

    name = "sds-csv"
    format = "sds"
    fills = FILLS

    def read(self, reading: Reading) -> Roster:
        """Open a folder or ZIP and read the files of the version that it is in."""
        problems = Problems()
        parts = open_bundle(reading.path, problems)
        first = "School.csv" in parts
        if parts and not first and "orgs.csv" not in parts:
            said = "contains neither School.csv (version 1) nor orgs.csv (version 2)"
            problems.add("bundle", str(reading.path), said, "choose the folder with School Data Sync's files")
        ids = _ids(parts, problems) if first else US
        files = V1[ids["key"]] if first else V2
        sheets: dict[str, Sheet] = {}
        for done, of in enumerate(files):
            reading.progress("reading", done, len(files))
            sheets[of.name] = read_sheet(of, parts.get(of.file), problems)
        reading.progress("reading", len(files), len(files))
        _need(parts, [of for of in files if of.name in NEEDED], problems)
        told = "roles.csv" in parts
        says = _version_1(sheets, ids) if first else _version_2(sheets, told)
        roster = roster_of("sds-1" if first else "1.2" if told else "sds-2", says, problems, self.name, ONCE)
        known = {of.file for of in files}
        roster.notes += [
            f"{name} is not a file of School Data Sync and was not read" for name in parts if name not in known
        ]
        return roster


SDS_CSV = SdsCsv()
ONCE = ("courses", "academicSessions")
NEEDED = {"School", "Section", "Student", "Teacher", "StudentEnrollment", "TeacherRoster", "orgs", "users"}


def _need(parts: Mapping[str, Part], files: Iterable[Layout], problems: Problems) -> None:
    for of in files:
        if parts and of.file not in parts:
            problems.add(of.file, of.file, "is missing", "each upload needs the same files, also those without rows")


# ---- version 1


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


def _ids(parts: Mapping[str, Part], problems: Problems) -> Mapping[str, str]:
    """Which names version 1 uses for its ids here."""
    header = (parts["School.csv"].read(problems) or b"").decode("utf-8-sig", "replace").partition("\n")[0]
    return UK if UK["own"] in {name.strip(' "\r') for name in header.split(",")} else US


def _version_1(sheets: Mapping[str, Sheet], ids: Mapping[str, str]) -> list[Says]:
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


# ---- version 2

V2 = (
    layout("orgs", "sourcedId! name! type! parentSourcedId", key="sourcedId"),
    layout("academicSessions", "sourcedId! title! type! schoolYear startDate! endDate!", key="sourcedId"),
    layout("courses", "sourcedId! orgSourcedId! title! code schoolYearSourcedId subject grade", key="sourcedId"),
    layout("classes", "sourcedId! orgSourcedId! title! sessionSourcedIds courseSourcedId code", key="sourcedId"),
    layout(
        "users",
        "sourcedId! username^ givenName familyName email phone sms orgSourcedIds role grade",
        key="sourcedId",
        dropped=["password"],
    ),
    layout(
        "roles",
        "userSourcedId! orgSourcedId! role! sessionSourcedId grade isPrimary roleStartDate roleEndDate",
        key="userSourcedId",
    ),
    layout("enrollments", "classSourcedId! userSourcedId! role!", key="userSourcedId"),
    layout(
        "demographics",
        "userSourcedId! sex birthDate birthCity birthState birthCountry ethnicityCodes raceCodes",
        key="userSourcedId",
    ),
    layout("userFlags", "userSourcedId! flag!", key="userSourcedId"),
    layout("relationships", "userSourcedId! relationshipUserSourcedId! relationshipRole!", key="userSourcedId"),
)


def _version_2(sheets: Mapping[str, Sheet], told: bool) -> list[Says]:
    classes = {str(row.get("sourcedId", "")): str(row.get("orgSourcedId", "")) for row in sheets["classes"]}

    def placed(row: Given) -> dict[str, str]:
        school = classes.get(str(row.get("classSourcedId", "")), "")
        return {"school": school or "the school of no class", "role": role_of(str(row.get("role", "")))}

    users = sheets["users"].finding(_Beside(sheets).of)
    return [
        Says(sheets["orgs"].finding(_kind), (ORG,)),
        Says(sheets["academicSessions"], (SESSION,)),
        Says(sheets["courses"], (COURSE,)),
        Says(sheets["classes"], (CLASS,)),
        Says(users, (USER if told else replace(USER, columns={**USER.columns, **ROLE_OF_USER}),)),
        Says(sheets["roles"].finding(_role), (ROLE,)),
        Says(sheets["enrollments"].finding(placed), (PLACE,)),
        Says(sheets["demographics"].finding(_races), (DEMOGRAPHIC,)),
        *([Says(_contacts(sheets), (CONTACT,))] if told else []),
    ]


def role_of(word: str) -> str:
    """A role in OneRoster's words: those that it does not have are its extensions."""
    known = {role.lower(): role for role in HUB_ROLES} | dict.fromkeys(TEACHERS, "teacher")
    return known.get(word.lower(), f"ext:{word}") if word else ""


def _kind(row: Given) -> dict[str, str]:
    word = str(row.get("type", ""))
    known = ORGS | dict.fromkeys(SCHOOLS, "school")
    return {"type": known.get(word.lower(), f"ext:{word}") if word else ""}


def _role(row: Given) -> dict[str, str]:
    role, first = role_of(str(row.get("role", ""))), str(row.get("isPrimary", "")).lower() == "true"
    parts = (row.get("userSourcedId"), row.get("orgSourcedId"), role, row.get("sessionSourcedId"))
    key = ":".join(str(part) for part in parts if part)
    return {"id": key, "role": role, "roleType": "primary" if first else "secondary"}


def _races(row: Given) -> dict[str, str]:
    """What codes of race and ethnicity say, where they are OneRoster's; the cell as it is stays in the remainder."""
    codes = {code.lower() for code in split(str(row.get("raceCodes", "")))}
    found = {race: "true" for race in RACES if race.lower() in codes}
    ethnic = {code.lower() for code in split(str(row.get("ethnicityCodes", "")))}
    return found | ({"hispanic": "true"} if "hispanicorlatinoethnicity" in ethnic else {})


class _Beside:
    """What other files say of users: flags, grades, contacts."""

    def __init__(self, sheets: Mapping[str, Sheet]) -> None:
        self.flags = _lists(sheets["userFlags"], "flag")
        self.agents = _lists(sheets["relationships"], "relationshipUserSourcedId")
        learners = sheets["roles"].only(lambda row: role_of(str(row.get("role", ""))) == "student")
        self.grades = _lists(learners, "grade")

    def of(self, row: Given) -> dict[str, str]:
        """What they say of the user of a row."""
        user = str(row.get("sourcedId", ""))
        told = self.grades.get(user, [])
        said = {"flags": self.flags.get(user, []), "agents": self.agents.get(user, [])}
        joined = {name: ",".join(values) for name, values in said.items()}
        return {
            **joined,
            "grade": ",".join(told) or str(row.get("grade", "")),
            "role": role_of(str(row.get("role", ""))),
        }


def _lists(sheet: Sheet, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in sheet:
        if value := str(row.get(name, "")):
            listed = found.setdefault(str(row.get("userSourcedId", "")), [])
            listed += [] if value in listed else [value]
    return found


def _contacts(sheets: Mapping[str, Sheet]) -> Sheet:
    """The roles of contacts that no role is told of: at the first school of whom they belong to."""
    has = {str(row.get("userSourcedId", "")) for row in sheets["roles"]}
    at: dict[str, str] = {}
    for row in sheets["roles"]:
        at.setdefault(str(row.get("userSourcedId", "")), str(row.get("orgSourcedId", "")))
    sheet = sheets["relationships"].faultless.finding(
        lambda row: (
            {"school": at.get(str(row.get("userSourcedId", "")), "")}
            | {"role": role_of(str(row.get("relationshipRole", "")))}
        )
    )
    return sheet.only(lambda row: row.get("relationshipUserSourcedId") not in has and bool(row.get("+school")))


def _same(*names: str) -> dict[str, Cell]:
    return {name: column(name) for name in names}


# What version 1 calls a SIS ID is that of the school's own system, by which other sources may know the same.
NUMBER = {"identifier": column("sourcedId")}
ORG = Rows("orgs", {**_same("sourcedId", "name", "parentSourcedId"), "type": column("+type"), **NUMBER}, rest=True)
SESSION = Rows("academicSessions", _same("sourcedId", "title", "type", "schoolYear", "startDate", "endDate"), rest=True)
COURSE = Rows(
    "courses",
    {
        **_same("sourcedId", "title", "orgSourcedId", "schoolYearSourcedId"),
        "courseCode": column("code"),
        "subjectCodes": column("subject"),
        "grades": column("grade"),
    },
    rest=True,
)
CLASS = Rows(
    "classes",
    {
        **_same("sourcedId", "title", "courseSourcedId"),
        "classCode": column("code"),
        "schoolSourcedId": column("orgSourcedId"),
        "termSourcedIds": column("sessionSourcedIds"),
    },
    rest=True,
)
USER = Rows(
    "users",
    {
        **_same("sourcedId", "username", "givenName", "familyName", "email", "phone", "sms"),
        **NUMBER,
        "enabledUser": constant("true"),
        "agentSourcedIds": column("+agents"),
        "grades": column("+grade"),
        "metadata.userFlags": column("+flags"),
    },
    rest=True,
)
ROLE_OF_USER = {"orgSourcedIds": column("orgSourcedIds"), "role": column("+role")}
ROLE = Rows(
    "roles",
    {
        "sourcedId": column("+id"),
        **_same("userSourcedId", "orgSourcedId"),
        "roleType": column("+roleType"),
        "role": column("+role"),
        "beginDate": column("roleStartDate"),
        "endDate": column("roleEndDate"),
    },
    rest=True,
)
CONTACT = Rows(
    "roles",
    {
        "sourcedId": column("relationshipUserSourcedId", "+school", "+role", between=":"),
        "userSourcedId": column("relationshipUserSourcedId"),
        "orgSourcedId": column("+school"),
        "roleType": constant("primary"),
        "role": column("+role"),
    },
    rest=False,
)
PLACE = Rows(
    "enrollments",
    {
        "sourcedId": column("classSourcedId", "userSourcedId", "+role", between=":"),
        **_same("classSourcedId", "userSourcedId"),
        "schoolSourcedId": column("+school"),
        "role": column("+role"),
    },
    rest=True,
)
DEMOGRAPHIC = Rows(
    "demographics",
    {
        "sourcedId": column("userSourcedId"),
        "birthDate": column("birthDate"),
        "sex": column("sex"),
        **{race: column(f"+{race}") for race in RACES},
        "hispanicOrLatinoEthnicity": column("+hispanic"),
        "countryOfBirthCode": column("birthCountry"),
        "stateOfBirthAbbreviation": column("birthState"),
        "cityOfBirth": column("birthCity"),
    },
    rest=True,
)
