"""Clever CSV, as Clever takes it over SFTP and Genesis and others write it, as a folder or a ZIP.

Columns may stand in any order and their names in any case, since exporters differ. A file is always whole: what is
missing is gone. A student with several contacts, or at several schools, has a row for each. Passwords are never kept;
what else has no field stays in the record's remainder, under `clever`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..ingest.bundle import open_bundle
from ..ingest.mapping.cells import Cell, coded, column, constant
from ..ingest.mapping.paths import Given
from ..ingest.mapping.rows import Condition, Rows
from ..ingest.roster.fills import FILLS
from ..ingest.roster.roster import Roster
from ..ingest.roster.sheets import Says, Sheet, read_sheet, roster_of, with_days
from ..ingest.rows import Problems, Reading
from ..ingest.tables import Layout, layout

TEACHERS = tuple(f"Teacher_{n}_id" for n in range(2, 11))
CONTACT = (
    *("Contact_name", "Contact_relationship", "Contact_type", "Contact_phone", "Contact_phone_type"),
    *("Contact_email", "Contact_sis_id"),
)


def _layout(name: str, columns: str, key: str) -> Layout:
    return replace(layout(name, columns, key=key, dropped=["Password"]), any_case=True)


LAYOUTS = (
    _layout("schools", "School_id! School_name! School_number", "School_id"),
    _layout(
        "students",
        "School_id! Student_id! Student_number Last_name! Middle_name First_name! Grade Gender Dob Race Hispanic_Latino"
        f" Student_email Username {' '.join(CONTACT)}",
        "Student_id",
    ),
    _layout(
        "teachers",
        "School_id! Teacher_id! Teacher_number Teacher_email First_name! Middle_name Last_name! Username",
        "Teacher_id",
    ),
    _layout("staff", "School_id! Staff_id! Staff_email First_name! Last_name! Username Role", "Staff_id"),
    _layout(
        "sections",
        f"School_id! Section_id! Teacher_id {' '.join(TEACHERS)} Name Section_number Grade Course_name Course_number"
        " Period Subject Term_name Term_start Term_end",
        "Section_id",
    ),
    _layout("enrollments", "School_id Section_id! Student_id!", "Student_id"),
)
NEEDED = ("schools", "students", "teachers", "sections", "enrollments")

SEXES = {"M": "male", "F": "female", "X": "other"}
RACES = {
    "A": "asian",
    "Asian": "asian",
    "B": "blackOrAfricanAmerican",
    "Black or African American": "blackOrAfricanAmerican",
    "W": "white",
    "C": "white",
    "Caucasian": "white",
    "White": "white",
    "I": "americanIndianOrAlaskaNative",
    "American Indian": "americanIndianOrAlaskaNative",
    "P": "nativeHawaiianOrOtherPacificIslander",
    "Hawaiian or Other Pacific Islander": "nativeHawaiianOrOtherPacificIslander",
    "T": "demographicRaceTwoOrMoreRaces",
    "Two or More Races": "demographicRaceTwoOrMoreRaces",
}
YES = {"Y": "true", "N": "false", "Yes": "true", "No": "false", "True": "true", "False": "false"}
PARENTS = ("parent", "mother", "father", "stepmother", "stepfather")
GUARDIANS = ("guardian", "caregiver", "foster parent")


class CleverCsv:
    """Clever rosters in CSV."""

    name = "clever-csv"
    format = "clever"
    fills = FILLS

    def read(self, reading: Reading) -> Roster:
        """Open a folder or ZIP and read Clever's files."""
        problems, sheets = Problems(), dict[str, Sheet]()
        parts = open_bundle(reading.path, problems, known=[of.file for of in LAYOUTS])
        for done, of in enumerate(LAYOUTS):
            reading.progress("reading", done, len(LAYOUTS))
            sheets[of.name] = read_sheet(of, parts.get(of.file), problems)
            if parts and of.name in NEEDED and of.file not in parts:
                problems.add(of.file, of.file, "is missing", f"Clever's files are {', '.join(NEEDED)}, each .csv")
        reading.progress("reading", len(LAYOUTS), len(LAYOUTS))
        sheets = with_days(sheets, {"students": ("Dob",), "sections": ("Term_start", "Term_end")})
        roster = roster_of("clever", _says(sheets), problems, self.name, ("courses", "academicSessions"))
        known = {of.file for of in LAYOUTS}
        roster.notes += [f"{name} is not a file of Clever's and was not read" for name in parts if name not in known]
        return roster


CLEVER_CSV = CleverCsv()


def _says(sheets: Mapping[str, Sheet]) -> list[Says]:
    students = {_cell(row, "Student_id") for row in sheets["students"]}
    schools = {_cell(row, "Section_id"): _cell(row, "School_id") for row in sheets["sections"]}

    def staff(key: str) -> str:
        # Clever tells students, teachers and staff apart by their files; a teacher who is staff too has one id.
        return f"staff:{key}" if key in students else key

    def placed(row: Given) -> dict[str, str]:
        return {"School_id": schools.get(_cell(row, "Section_id"), "") or _cell(row, "School_id")}

    def teaching(name: str) -> Sheet:
        return sheets["sections"].finding(lambda row: {"user": staff(_cell(row, name))}).faultless

    teachers = {_cell(row, "Teacher_id") for row in sheets["teachers"]}
    others = sheets["staff"].only(lambda row: _cell(row, "Staff_id") not in teachers)
    also = {_cell(row, "Staff_id"): _cell(row, "Role") for row in sheets["staff"]}
    return [
        Says(sheets["schools"], (SCHOOL,)),
        Says(sheets["sections"].finding(_found_of_section), (CLASS, COURSE, TERM)),
        Says(sheets["students"].finding(_found_of_student), (STUDENT, DEMOGRAPHIC, CONTACT_OF)),
        Says(
            sheets["teachers"].finding(
                lambda row: {
                    "Teacher_id": staff(_cell(row, "Teacher_id")),
                    "job": also.get(_cell(row, "Teacher_id"), ""),
                }
            ),
            (TEACHER,),
        ),
        Says(others.finding(lambda row: {"Staff_id": staff(_cell(row, "Staff_id"))}), (STAFF,)),
        Says(sheets["enrollments"].finding(placed), (PLACE,)),
        *(Says(teaching(name), (_lesson(name == "Teacher_id", name),)) for name in ("Teacher_id", *TEACHERS)),
    ]


def _cell(row: Given, name: str) -> str:
    return str(row.get(name, "")).strip()


def _found_of_section(row: Given) -> dict[str, str]:
    taught = _cell(row, "Course_number") or _cell(row, "Course_name")
    dated = all(_cell(row, name) for name in ("Term_start", "Term_end"))
    named = _cell(row, "Term_name") or "Term"
    term = f"{named} {_cell(row, 'Term_start')} {_cell(row, 'Term_end')}".replace(",", " ") if dated else ""
    return {
        "course": f"{_cell(row, 'School_id')}:{taught}" if taught else "",
        "Course_name": _cell(row, "Course_name") or taught,
        "term": term,
        "Term_name": named,
        # Not every exporter names its sections.
        "Name": _cell(row, "Name")
        or _cell(row, "Course_name")
        or _cell(row, "Section_number")
        or _cell(row, "Section_id"),
    }


def _found_of_student(row: Given) -> dict[str, str]:
    name = " ".join(_cell(row, "Contact_name").split())
    given, _, family = name.rpartition(" ")
    known = _cell(row, "Contact_sis_id")
    # Without an id of its own a contact is known by the student and the name, and siblings' parents are two.
    contact = f"contact:{known}" if known else f"{_cell(row, 'Student_id')}:contact:{name.casefold().replace(',', '')}"
    race = _cell(row, "Race")
    flag = next((flag for word, flag in RACES.items() if word.lower() == race.lower()), "")
    hispanic = next((said for word, said in YES.items() if word.lower() == _cell(row, "Hispanic_Latino").lower()), "")
    return {
        "contact": contact if name else "",
        "given": given,
        "family": family,
        "relation": _relation(_cell(row, "Contact_relationship") or _cell(row, "Contact_type")),
        "sex": SEXES.get(_cell(row, "Gender").upper()[:1], ""),
        "hispanic": hispanic,
        **({flag: "true"} if flag else {}),
    }


def _relation(word: str) -> str:
    return "parent" if word.lower() in PARENTS else "guardian" if word.lower() in GUARDIANS else "relative"


def _there(path: str) -> Condition:
    return Condition(path, frozenset({""}), but=True)


def _person(key: str, role: str, number: str, email: str) -> dict[str, Cell]:
    return {
        "sourcedId": column(key),
        "enabledUser": constant("true"),
        "orgSourcedIds": column("School_id"),
        "role": constant(role),
        "username": column("Username"),
        "givenName": column("First_name"),
        "middleName": column("Middle_name"),
        "familyName": column("Last_name"),
        "identifier": column(number),
        "email": column(email),
    }


SCHOOL = Rows(
    "orgs",
    {
        "sourcedId": column("School_id"),
        "name": column("School_name"),
        "identifier": column("School_number"),
        "type": constant("school"),
    },
    rest=True,
)
CLASS = Rows(
    "classes",
    {
        "sourcedId": column("Section_id"),
        "title": column("+Name"),
        "grades": column("Grade"),
        "courseSourcedId": column("+course"),
        "classCode": column("Section_number"),
        "schoolSourcedId": column("School_id"),
        "termSourcedIds": column("+term"),
        "subjects": column("Subject"),
        "periods": column("Period"),
    },
    rest=True,
)
COURSE = Rows(
    "courses",
    {
        "sourcedId": column("+course"),
        "title": column("+Course_name"),
        "courseCode": column("Course_number"),
        "orgSourcedId": column("School_id"),
    },
    (_there("+course"),),
    rest=False,
)
TERM = Rows(
    "academicSessions",
    {
        "sourcedId": column("+term"),
        "title": column("+Term_name"),
        "type": constant("term"),
        "startDate": column("Term_start"),
        "endDate": column("Term_end"),
    },
    (_there("+term"),),
    rest=False,
)
STUDENT = Rows(
    "users",
    {
        **_person("Student_id", "student", "Student_number", "Student_email"),
        "grades": column("Grade"),
        "agentSourcedIds": column("+contact"),
        **{f"metadata.{name}": column(name) for name in ("Gender", "Race", "Hispanic_Latino")},
    },
    rest=True,
)
DEMOGRAPHIC = Rows(
    "demographics",
    {
        "sourcedId": column("Student_id"),
        "birthDate": column("Dob"),
        "sex": column("+sex"),
        **{race: column(f"+{race}") for race in dict.fromkeys(RACES.values())},
        "hispanicOrLatinoEthnicity": column("+hispanic"),
    },
    rest=False,
)
CONTACT_OF = Rows(
    "users",
    {
        "sourcedId": column("+contact"),
        "enabledUser": constant("true"),
        "orgSourcedIds": column("School_id"),
        "role": column("+relation"),
        "givenName": column("+given"),
        "familyName": column("+family"),
        "email": column("Contact_email"),
        "phone": column("Contact_phone"),
        **{f"metadata.{name}": column(name) for name in ("Contact_name", "Contact_relationship", "Contact_type")},
        "userMasterIdentifier": column("Contact_sis_id"),
        "metadata.Contact_phone_type": column("Contact_phone_type"),
    },
    (_there("+contact"),),
    rest=False,
)
TEACHER = Rows(
    "users",
    {**_person("+Teacher_id", "teacher", "Teacher_number", "Teacher_email"), "metadata.Role": column("+job")},
    rest=True,
)
ADMINISTRATORS = {"administrator": "administrator", "admin": "administrator", "principal": "principal"}
STAFF = Rows(
    "users",
    {
        **_person("+Staff_id", "aide", "", "Staff_email"),
        "identifier": column("Staff_id"),
        "role": coded("Role", ADMINISTRATORS, otherwise="aide"),
        "metadata.Role": column("Role"),
    },
    rest=True,
)
PLACE = Rows(
    "enrollments",
    {
        "sourcedId": column("Section_id", "Student_id", between=":"),
        "classSourcedId": column("Section_id"),
        "schoolSourcedId": column("+School_id"),
        "userSourcedId": column("Student_id"),
        "role": constant("student"),
    },
    rest=True,
)


def _lesson(first: bool, name: str) -> Rows:
    """The place of a section's teacher; the first of them is the main one."""
    columns = {
        "sourcedId": column("Section_id", "+user", between=":"),
        "classSourcedId": column("Section_id"),
        "schoolSourcedId": column("School_id"),
        "userSourcedId": column("+user"),
        "role": constant("teacher"),
        "primary": constant("true" if first else "false"),
    }
    return Rows("enrollments", columns, (_there(name),), rest=False)
