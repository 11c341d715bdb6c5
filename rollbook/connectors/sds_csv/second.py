"""Versions 2 and 2.1 of School Data Sync's files, which are close to OneRoster's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...ingest.mapping.cells import Cell, column, constant
from ...ingest.mapping.paths import Given
from ...ingest.mapping.rows import Rows
from ...ingest.roster.humans import RACES
from ...ingest.roster.people import CONTACTS
from ...ingest.roster.sheets import Says, Sheet
from ...ingest.tables import layout, split

TEACHERS = ("professor", "faculty", "instructor", "adjunct", "lecturer")
"""Roles of version 2 that are a teacher's in OneRoster's words."""
SCHOOLS = ("college", "university")
"""Kinds of organisation that have classes of their own, as a school has."""
HUB_ROLES = ("administrator", "aide", "proctor", "student", "teacher", *CONTACTS)
ORGS = {"ministryofeducation": "national", **{name: name for name in ("school", "district", "department", "state")}}


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


def version_2(sheets: Mapping[str, Sheet], told: bool) -> list[Says]:
    """What the files of version 2 say; `told` whether, as in 2.1, roles are in a file of their own."""
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
