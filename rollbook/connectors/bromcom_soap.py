"""Bromcom's third-party data service (TPReadOnlyDataService, SOAP): the records of one school, entity by entity.

Which entities there are and what they hold, Bromcom tells its partners only. What is read here is what published
programs read; whatever else an entity holds stays with the record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..fields import Field
from ..ingest.mapping import but, column, constant
from ..ingest.mapping.plan import Plan
from ..ingest.records import Told, bit, facts_of, of
from ..ingest.rows import Problems, Reading
from ..ingest.settings import Setting
from ..ingest.web import REACHED, Session, service_of
from ..ingest.web.soap import Soap
from ..model.curriculum import Subject
from ..model.groups import GROUP_KINDS, Group, GroupType, StaffMembership
from ..model.organisation import School
from ..model.people import Person, Staff
from ..model.students import Student, StudentMembership

ADDRESS = "https://cloudmis.bromcom.com/Nucleus/WebServices/ThirdParty"
SERVICE = Soap("TPReadOnlyDataService.asmx", "http://tempuri.org/")

NOW = "EndDate IS NULL OR EndDate >= GETDATE()"
"""Whoever, and whatever, has not ended; the service takes conditions of SQL."""
ENTITIES = {
    "Students": NOW,
    "Staff": NOW,
    "SubjectClasses": NOW,
    "CollectionAssociates": NOW,
    "CollectionExecutives": NOW,
}
"""What is read, and which rows of it."""
NEEDED = ("Students", "Staff")

Rows = list[dict[str, Any]]


# ---- rows as the plan reads them


def _day(value: Any) -> str:
    return str(value or "")[:10]


def _student(row: Mapping[str, Any]) -> dict[str, Any]:
    """A pupil with the groups that they are in by name."""
    tutor, year = str(row.get("TutorGroup") or ""), str(row.get("YearGroup") or "")
    number = re.fullmatch(r"(?:Year |Y)?0*(\d+)", year)
    named = (("tutor", tutor, "RegGrp"), ("year", year, "YearGrp"))
    groups = [
        {"key": f"{of}/{name}", "name": name, "kind": kind, "kinds": GROUP_KINDS[kind]} for of, name, kind in named
    ]
    return {
        **_preferred(row),
        "human": f"students/{row.get('StudentID')}",
        "groups": [one for one in groups if one["name"]],
        "tutor": f"tutor/{tutor}" if tutor else "",
        "year": f"year/{year}" if year else "",
        "nc_year": number[1] if number else "",
        "DateOfBirth": _day(row.get("DateOfBirth")),
    }


def _preferred(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says, with the name that somebody goes by, and days without their time."""
    rest = {name: said for name, said in row.items() if name not in ("PreferredFirstName", "PreferredLastName")}
    return {
        **rest,
        "forename": row.get("PreferredFirstName") or row.get("FirstName") or "",
        "surname": row.get("PreferredLastName") or row.get("LastName") or "",
        "StartDate": _day(row.get("StartDate")),
        "EndDate": _day(row.get("EndDate")),
    }


def _lists(found: Mapping[str, Rows], settings: Mapping[str, str]) -> dict[str, Rows]:
    """The entities as lists, with what only all of them tell: who is in a class, and who teaches one."""
    classes = {str(row.get("ClassID")) for row in found.get("SubjectClasses", ())}
    students = {str(row.get("StudentID")) for row in found["Students"]}
    # Collections are of many kinds, and those in them people of any.
    seats = [
        _seat(row)
        for row in found.get("CollectionAssociates", ())
        if str(row.get("CollectionID")) in classes and str(row.get("PersonID")) in students
    ]
    taught = [row for row in found.get("CollectionExecutives", ()) if str(row.get("CollectionID")) in classes]
    teachers = {str(row.get("StaffID")) for row in taught}
    lists = {
        "schools": [{"name": settings["name"], "estab": settings.get("number", "")}],
        "students": [_student(row) for row in found["Students"]],
        "staff": [_staff(row, teachers) for row in found["Staff"]],
    }
    if "SubjectClasses" in found:
        lists["classes"] = [_preferred(row) for row in found["SubjectClasses"]]
        lists |= {"seats": seats, "taught": [_post(row) for row in taught]}
    return {name: [{**row, "school": settings["school"]} for row in rows] for name, rows in lists.items()}


def _staff(row: Mapping[str, Any], teachers: set[str]) -> dict[str, Any]:
    key = str(row.get("StaffID"))
    teaches = key in teachers
    return {**_preferred(row), "human": f"staff/{key}", "teaches": str(teaches), "supports": str(not teaches)}


def _seat(row: Mapping[str, Any]) -> dict[str, Any]:
    start = _day(row.get("StartDate"))
    key = f"{row.get('CollectionID')}:{row.get('PersonID')}:{start}"
    return {**row, "key": key, "StartDate": start, "EndDate": _day(row.get("EndDate"))}


def _post(row: Mapping[str, Any]) -> dict[str, Any]:
    said = str(row.get("CollectionRoleTypeDescription") or "")
    key = f"{row.get('CollectionID')}:{row.get('StaffID')}:{said}"
    return {**row, "key": key, "role": said, "main": str(said == "Main Teacher")}


# ---- tables

SCHOOL = column("school")

_HUMAN = {
    "key": column("human"),
    "forename": column("forename"),
    "surname": column("surname"),
    "legal_forename": "FirstName",
    "legal_surname": "LastName",
    "middle_name": "MiddleName",
}
"""What students and staff tell of a human alike."""
_subject = (but("SubjectDescription", ""),)
PLAN = Plan(
    "bromcom",
    (
        of(School, "schools", key=SCHOOL, name=column("name"), estab="estab", external_id=SCHOOL),
        of(
            Subject,
            "classes",
            where=_subject,
            key=column("SubjectDescription"),
            school=SCHOOL,
            name=column("SubjectDescription"),
        ),
        of(
            GroupType,
            "students",
            each="groups",
            key=column("groups.kind"),
            school=SCHOOL,
            code=column("groups.kind"),
            description=column("groups.kinds"),
        ),
        of(
            Group,
            "students",
            each="groups",
            key=column("groups.key"),
            school=SCHOOL,
            type=column("groups.kind"),
            kind=column("groups.kind"),
            code=column("groups.name"),
            name=column("groups.name"),
        ),
        of(
            Group,
            "classes",
            rest=True,
            key=column("ClassID"),
            school=SCHOOL,
            kind=constant("TeachingGrp"),
            mis_id=column("ClassID"),
            code="ClassDescription",
            name=column("ClassDescription"),
            start="StartDate",
            end="EndDate",
            subject="SubjectDescription",
        ),
        of(
            Person,
            "students",
            _HUMAN,
            external_id=column("StudentID"),
            birth_date="DateOfBirth",
        ),
        of(Person, "staff", _HUMAN, external_id=column("StaffID")),
        of(
            Student,
            "students",
            rest=True,
            key=column("StudentID"),
            school=SCHOOL,
            person=column("human"),
            mis_id=column("StudentID"),
            upn="UPN",
            admission_no="AdmissionNumber",
            entry_date="StartDate",
            leaving_date="EndDate",
            nc_year="nc_year",
            year_group="year",
            reg_group="tutor",
        ),
        of(
            Staff,
            "staff",
            rest=True,
            key=column("StaffID"),
            school=SCHOOL,
            person=column("human"),
            mis_id=column("StaffID"),
            is_teacher=bit("teaches"),
            is_support=bit("supports"),
            employment_start="StartDate",
            employment_end="EndDate",
        ),
        of(
            StudentMembership,
            "students",
            each="groups",
            key=column("groups.key", "StudentID", between=":"),
            school=SCHOOL,
            group=column("groups.key"),
            student=column("StudentID"),
        ),
        of(
            StudentMembership,
            "seats",
            key=column("key"),
            school=SCHOOL,
            group=column("CollectionID"),
            student=column("PersonID"),
            start="StartDate",
            end="EndDate",
        ),
        of(
            StaffMembership,
            "taught",
            key=column("key"),
            school=SCHOOL,
            group=column("CollectionID"),
            staff=column("StaffID"),
            role="role",
            is_main=bit("main"),
        ),
    ),
    "Bromcom",
)


class BromcomSoap:
    """Bromcom's data service."""

    name = "bromcom-soap"
    format = "bromcom"
    fills: frozenset[Field] = facts_of(PLAN)
    settings = (
        Setting("school", "Bromcom's id of the school"),
        Setting("name", "What the school is called"),
        Setting("number", "The school's DfE number, by which other sources know it", needed=False),
        Setting("user", "The user name that Bromcom gave you"),
        Setting("password", "The password that belongs to it", secret=True),
        Setting("address", f"The address of the services, where not {ADDRESS}", needed=False),
        *REACHED,
    )

    def read(self, reading: Reading) -> Told:
        """Ask for every entity that the account may read; raises `Malformed` and `Unavailable`."""
        said, told = reading.settings, Told(Problems())
        signed = {"username": said["user"], "password": said["password"]}
        service = service_of(said, said.get("address") or ADDRESS)
        found: dict[str, Rows] = {}
        with Session(service, None, reading.note) as session:
            listed = SERVICE.table(session, "findEntitiesBySchoolID", {"schoolID": said["school"], **signed})
            allowed = {str(row.get("EntityName")) for row in listed}
            for done, (name, condition) in enumerate(ENTITIES.items()):
                reading.progress("reading", done, len(ENTITIES))
                if name in allowed or name in NEEDED:
                    asked = {"schoolID": said["school"], "entityName": name, "entityFilter": condition, **signed}
                    found[name] = SERVICE.table(session, "getEntityDataBySchoolID", asked)
                else:
                    told.notes.append(f"{name} may not be read, and what is held of them stays")
        reading.progress("reading", len(ENTITIES), len(ENTITIES))
        told.fill(PLAN, {name: [*enumerate(rows, 1)] for name, rows in _lists(found, said).items()})
        told.place()
        return told


BROMCOM_SOAP = BromcomSoap()
