"""PowerSchool's own REST API: schools with students, staff, terms, courses, sections, and who is in each section."""

from __future__ import annotations

from typing import Any

from ..ingest.mapping import Cell, but, column, constant, maybe
from ..ingest.mapping.parts import part, role_of, seat_of
from ..ingest.mapping.plan import Plan
from ..ingest.mapping.words import GRADES, SEXES
from ..ingest.settings import Setting
from ..ingest.web import REACHED, ClientCredentials, Listing, Numbered, service_of
from ..ingest.web.provider import Look, Provider

DISTRICT = "the district"
STUDENT = {"expansions": "demographics,contact_info,school_enrollment", "q": "school_enrollment.enroll_status==A"}


def _list(path: str, rows: str, **more: Any) -> Listing:
    """A list by pages, which do not say how many rows there are; one row comes as itself, without a list around it."""
    pages = Numbered(100, limit="pagesize")
    return Listing(f"ws/v1/{path}", (rows,), pages, count=f"ws/v1/{path}/count resource.count", lone=True, **more)


def _of_school(path: str, rows: str, **more: Any) -> Listing:
    return _list(f"school/{{of}}/{path}", rows, of="schools", **more)


# Each kind of record has numbers of its own, from 1.
STAFF = Cell(("id",), ahead="staff:")
NAMES = {"givenName": "name.first_name", "familyName": "name.last_name", "middleName": maybe("name.middle_name")}

PLAN = Plan(
    "powerschool",
    (
        part(
            "orgs",
            "schools",
            {
                "sourcedId": "id",
                "name": "name",
                "type": constant("school"),
                "identifier": maybe("school_number"),
                "parentSourcedId": constant(DISTRICT),
            },
        ),
        part(
            "academicSessions",
            "terms",
            {
                "sourcedId": "id",
                "title": "name",
                "type": constant("term"),
                "startDate": "start_date",
                "endDate": "end_date",
            },
        ),
        part(
            "courses",
            "courses",
            {
                "sourcedId": "id",
                "title": "course_name",
                "courseCode": "course_number",
                "orgSourcedId": constant(DISTRICT),
            },
        ),
        part(
            "classes",
            "sections",
            {
                "sourcedId": "id",
                "title": "title",
                "classCode": maybe("section_number"),
                "classType": constant("scheduled"),
                "courseSourcedId": "course_id",
                "schoolSourcedId": "of",
                "termSourcedIds": maybe("term_id"),
                "periods": maybe("external_expression"),
            },
        ),
        seat_of(
            "sections",
            "id",
            "of",
            Cell(("staff_id",), ahead="staff:"),
            "teacher",
            but("staff_id", "", "0"),
            primary=constant("true"),
        ),
        seat_of(
            "places",
            "of",
            "school",
            "student_id",
            "student",
            beginDate=maybe("entry_date"),
            endDate=maybe("exit_date"),
        ),
        part(
            "users",
            "students",
            {
                "sourcedId": "id",
                "enabledUser": constant("true"),
                "username": maybe("student_username"),
                **NAMES,
                "identifier": "local_id",
                "email": maybe("contact_info.email"),
                "grades": maybe("school_enrollment.grade_level", codes=GRADES, otherwise="Other"),
            },
        ),
        role_of("students", "id", "of", "student"),
        part(
            "demographics",
            "students",
            {
                "sourcedId": "id",
                "birthDate": maybe("demographics.birth_date"),
                "sex": maybe("demographics.gender", codes=SEXES, otherwise=""),
            },
            rest=False,
        ),
        part(
            "users",
            "staff",
            {
                "sourcedId": STAFF,
                "enabledUser": constant("true"),
                "username": maybe("teacher_username"),
                **NAMES,
                "identifier": maybe("local_id"),
                "email": maybe("emails.work_email"),
            },
        ),
        role_of("staff", STAFF, "of", column("is")),
    ),
    "PowerSchool",
)


def _staff(row: dict[str, Any]) -> dict[str, Any]:
    """Staff with what they are: whoever has a section teaches."""
    role = "teacher" if row.pop("teaches") else "aide"
    return {**row, "is": role}


POWERSCHOOL = Provider(
    "powerschool",
    "powerschool",
    (
        Setting("address", "The address of the district's PowerSchool, https://host"),
        Setting("client", "The client's id, which PowerSchool shows of your plugin"),
        Setting("secret", "The client's secret beside it", secret=True),
        *REACHED,
    ),
    service_of,
    lambda said: ClientCredentials(f"{said['address'].rstrip('/')}/oauth/access_token", said["client"], said["secret"]),
    {
        "schools": _list("district/school", "schools.school"),
        "terms": _of_school("term", "terms.term"),
        "courses": _of_school("course", "courses.course"),
        "sections": _of_school("section", "sections.section"),
        "students": _of_school("student", "students.student", params=STUDENT),
        "staff": _of_school("staff", "staffs.staff", params={"expansions": "emails"}),
        "places": _list("section/{of}/section_enrollment", "section_enrollments.section_enrollment", of="sections"),
    },
    PLAN,
    {"staff": _staff},
    {
        "sections": (Look("title", "course_id", "courses", "id", "course_name"),),
        "staff": (Look("teaches", "id", "sections", "staff_id", "id"),),
        "places": (Look("school", "of", "sections", "id", "of"),),
    },
)
