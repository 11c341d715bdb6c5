"""Wonde's REST API: the records of one school, by the token that Wonde gives an app for it.

A reading lists everything, or with the setting `full-every` most of the time what changed. Places in groups and classes
are listed whole each time: they may move without a trace on the student or the class.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from ..errors import Malformed, Problem
from ..ingest.mapping import Cell, but, coded, column, constant
from ..ingest.mapping.plan import Part, Plan
from ..ingest.meaning import is_day
from ..ingest.records import bit, of
from ..ingest.settings import Setting
from ..ingest.web import REACHED, Bearer, Listing, NextUrl, service_of
from ..ingest.web.recorded import Changing, Lists, RecordProvider, Settings, of_one_school
from ..ingest.web.since import FULL_EVERY
from ..model.attendance import STATUTORY_CODES, AttendanceCode, Mark
from ..model.curriculum import Subject
from ..model.groups import GROUP_KINDS, Group, GroupType, StaffMembership
from ..model.organisation import School
from ..model.people import Contact, Person, Staff
from ..model.students import Relationship, Student, StudentMembership
from ..model.timetable import Room, Timetable, TimetableDay, TimetablePeriod

ADDRESS = "https://api.wonde.com/v1.0"
PAGES = NextUrl("meta.pagination.next", {"per_page": "200"})

SEXES = {"MALE": "M", "FEMALE": "F", "OTHER": "X", "UNKNOWN": "U", "M": "M", "F": "F"}
KINDS = {"YEAR": "YearGrp", "REGISTRATION": "RegGrp", "REG": "RegGrp", "FORM": "RegGrp", "HOUSE": "HouseGrp"}
_ON_A_DAY = (but("day", ""),)
PLACES = {"YearGrp": "year_group", "RegGrp": "reg_group", "HouseGrp": "house_group"}
"""The fact of a student that a place in a group of a kind is."""
WEEKDAYS = {
    name: (name.title(), number)
    for number, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 1)
}
UNKEPT = ("created_at", "updated_at", "restored_at")


# ---- rows as the plan reads them


def _plain(value: Any) -> Any:
    """A value without envelopes: an include is in `data`, and a moment in an object with its time zone."""
    if isinstance(value, list):
        return [_plain(one) for one in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    said = cast(dict[str, Any], value)
    if "timezone" in said and "date" in said:
        return str(said["date"] or "")[:10]
    if said.keys() == {"data"}:
        return _plain(said["data"])
    return {name: _plain(one) for name, one in said.items() if name not in UNKEPT}


def _human(row: dict[str, Any], of: str) -> dict[str, Any]:
    """Somebody, with the key of the human: Wonde's ids are those of students, of employees or of contacts."""
    one = _plain(row)
    return {**one, "human": f"{of}/{one['id']}"}


def _student(row: dict[str, Any]) -> dict[str, Any]:
    one = _human(row, "students")
    # What a contact is called is the contact's, and is in the list of those.
    related = [{"id": said["id"], "relationship": said.get("relationship")} for said in one.get("contacts") or ()]
    return {**one, "contacts": related}


def _group(row: dict[str, Any]) -> dict[str, Any]:
    one = _plain(row)
    kind = KINDS.get(str(one.get("type") or "").upper(), "Cohort")
    return _placed(one, "groups", kind)


def _class(row: dict[str, Any]) -> dict[str, Any]:
    one = _plain(row)
    return _placed({**one, "subject": _id(one, "subject")}, "classes", "TeachingGrp")


def _placed(one: dict[str, Any], of: str, kind: str) -> dict[str, Any]:
    """A group with only the ids of those who are in it."""
    within = {
        who: [{"id": said["id"], "meta": said.get("meta")} for said in one.get(who) or ()]
        for who in ("students", "employees")
    }
    return {**one, **within, "group": f"{of}/{one['id']}", "kind": kind, "kinds": GROUP_KINDS[kind]}


def _period(row: dict[str, Any]) -> dict[str, Any]:
    one = _plain(row)
    name, number = WEEKDAYS.get(str(one.get("day") or "").lower(), (str(one.get("day") or ""), ""))
    times = {key: str(one.get(key) or "")[:5] for key in ("start_time", "end_time")}
    return {**one, **times, "day": name, "number": number}


def _code(row: dict[str, Any]) -> dict[str, Any]:
    """A code with what the mark means by statute, if it is one."""
    one = _plain(row)
    _, meaning = STATUTORY_CODES.get(str(one.get("code")), ("", None))
    return {**one, "meaning": vars(meaning) if meaning else {}}


def _mark(row: dict[str, Any]) -> dict[str, Any]:
    one = _plain(row)
    code = one.get("attendance_code")
    return {**one, "student": _id(one, "student"), "mark": code["code"] if isinstance(code, dict) else code}


def _id(row: Mapping[str, Any], name: str) -> str:
    """The id of what a row is of: included as an object, or named by its id alone."""
    there = row.get(name) or row.get(f"{name}_id")
    return str(there["id"] if isinstance(there, dict) else there or "")  # pyright: ignore[reportUnknownArgumentType]


def _joined(lists: Lists, settings: Settings) -> None:
    """Say of each student which year, registration group and house the groups have them in."""
    of_one_school(lists, settings["school"])
    for one in lists["schools"] or ():
        one["estab"] = f"{_number(one, 'la_code')}{_number(one, 'establishment_number')}"
    students = {one["id"]: one for one in lists["students"] or ()}
    for group in lists["groups"] or ():
        for student in group.get("students") or () if group["kind"] in PLACES else ():
            if student["id"] in students:
                students[student["id"]][PLACES[group["kind"]]] = group["group"]


def _number(school: Mapping[str, Any], name: str) -> str:
    """A number of a school, which Wonde says of the school or of its region."""
    region: Mapping[str, Any] = school.get("region") or {}
    numbers: Mapping[str, Any] = region.get("identifiers") or {}
    return str(school.get(name) or numbers.get(name) or "")


# ---- tables

SCHOOL = column("school")


def _person(file: str) -> Part:
    home = "contact_details.addresses.home"
    return of(
        Person,
        file,
        key=column("human"),
        external_id="upi",
        title="title",
        forename=column("forename"),
        surname=column("surname"),
        middle_name="middle_names",
        legal_forename="legal_forename",
        legal_surname="legal_surname",
        gender=Cell(("gender",), codes=SEXES, otherwise="", optional=True),
        birth_date="date_of_birth",
        home_email="contact_details.emails.home",
        home_phone="contact_details.phones.home",
        mobile_phone="contact_details.phones.mobile",
        house_no=f"{home}.house_number",
        house_name=f"{home}.house_name",
        apartment=f"{home}.apartment",
        street=f"{home}.street",
        locality=f"{home}.district",
        town=f"{home}.town",
        county=f"{home}.county",
        post_code=f"{home}.postcode",
        country=f"{home}.country",
        ethnicity="extended_details.ethnicity",
        ethnicity_code="extended_details.ethnicity_code",
        religion="extended_details.religion",
        first_language="extended_details.first_language",
        nationality="extended_details.nationality",
    )


def _seats(file: str) -> tuple[Part, Part]:
    """Who is in a group, and who teaches it."""
    of_student, of_employee = column("group", "students.id", between=":"), column("group", "employees.id", between=":")
    return (
        of(
            StudentMembership,
            file,
            each="students",
            key=of_student,
            school=SCHOOL,
            group=column("group"),
            student=column("students.id"),
        ),
        of(
            StaffMembership,
            file,
            each="employees",
            key=of_employee,
            school=SCHOOL,
            group=column("group"),
            staff=column("employees.id"),
            is_main=bit("employees.meta.is_main_teacher"),
        ),
    )


PLAN = Plan(
    "wonde",
    (
        of(
            School,
            "schools",
            rest=True,
            key=SCHOOL,
            name=column("name"),
            estab="estab",
            external_id=SCHOOL,
            phase="phase_of_education",
            mis="mis",
        ),
        of(Subject, "subjects", rest=True, key=column("id"), school=SCHOOL, mis_id="mis_id", code="code", name="name"),
        of(Room, "rooms", rest=True, key=column("id"), school=SCHOOL, mis_id="mis_id", code="code", name="name"),
        of(Timetable, "periods", key=SCHOOL, school=SCHOOL, description=constant("Wonde")),
        of(
            TimetableDay,
            "periods",
            where=_ON_A_DAY,
            key=column("day"),
            school=SCHOOL,
            timetable=SCHOOL,
            name=column("day"),
            sequence="number",
        ),
        of(
            TimetablePeriod,
            "periods",
            rest=True,
            key=column("id"),
            school=SCHOOL,
            timetable=SCHOOL,
            day="day",
            mis_id="mis_id",
            name="name",
            start="start_time",
            end="end_time",
        ),
        of(GroupType, "groups", key=column("kind"), school=SCHOOL, code=column("kind"), description=column("kinds")),
        of(
            GroupType,
            "classes",
            key=column("kind"),
            school=SCHOOL,
            code=column("kind"),
            description=column("kinds"),
        ),
        of(
            Group,
            "groups",
            rest=True,
            key=column("group"),
            school=SCHOOL,
            type=column("kind"),
            kind=column("kind"),
            mis_id="mis_id",
            external_id="id",
            code="code",
            name="name",
        ),
        of(
            Group,
            "classes",
            rest=True,
            key=column("group"),
            school=SCHOOL,
            type=column("kind"),
            kind=column("kind"),
            mis_id="mis_id",
            external_id="id",
            code="code",
            name="name",
            subject="subject",
        ),
        _person("students"),
        _person("employees"),
        _person("contacts"),
        of(
            Student,
            "students",
            rest=True,
            key=column("id"),
            school=SCHOOL,
            person=column("human"),
            mis_id="mis_id",
            external_id="id",
            work_email="contact_details.emails.email",
            upn="education_details.upn",
            former_upn="education_details.former_upn",
            uln="education_details.learner_number",
            admission_no="education_details.admission_number",
            entry_date="education_details.admission_date",
            leaving_date="education_details.leaving_date",
            nc_year="education_details.current_nc_year",
            part_time=bit("education_details.part_time"),
            year_group="year_group",
            reg_group="reg_group",
            house_group="house_group",
            parental_salutation="contact_details.salutation",
            sen_provision=coded("extended_details.sen_status", {word: word for word in "NKE"}, otherwise=""),
            fsm_eligible=bit("extended_details.free_school_meals"),
            ever6=bit("extended_details.free_school_meals_6"),
            eal=bit("extended_details.english_as_additional_language"),
            pupil_premium=bit("extended_details.premium_pupil_indicator"),
            service_child=bit("extended_details.service_children_indicator"),
            in_care=bit("extended_details.in_lea_care"),
            ever_in_care=bit("extended_details.ever_in_care"),
        ),
        of(
            Staff,
            "employees",
            rest=True,
            key=column("id"),
            school=SCHOOL,
            person=column("human"),
            mis_id="mis_id",
            external_id="id",
            code="initials",
            work_email="contact_details.emails.work",
            work_phone="contact_details.phones.work",
            is_teacher=bit("employment_details.teaching_staff"),
            is_support=Cell(("employment_details.teaching_staff",), codes={"true": "0", "false": "1"}, optional=True),
            teacher_number="employment_details.teacher_number",
            employment_start="employment_details.employment_start_date",
            employment_end="employment_details.employment_end_date",
            roles="roles.name",
        ),
        of(
            Contact,
            "contacts",
            rest=True,
            key=column("id"),
            school=SCHOOL,
            person=column("human"),
            mis_id="mis_id",
            external_id="id",
            work_email="contact_details.emails.work",
            work_phone="contact_details.phones.work",
        ),
        of(
            Relationship,
            "students",
            each="contacts",
            key=column("id", "contacts.id", between=":"),
            school=SCHOOL,
            student=column("id"),
            contact=column("contacts.id"),
            relationship="contacts.relationship.relationship",
            priority="contacts.relationship.priority",
            parental=bit("contacts.relationship.parental_responsibility"),
            court_order=bit("contacts.relationship.court_order"),
        ),
        *_seats("groups"),
        *_seats("classes"),
        of(
            AttendanceCode,
            "codes",
            rest=True,
            key=column("id"),
            school=SCHOOL,
            mark=column("code"),
            description="description",
            meaning="meaning.statistical",
            short_meaning="meaning.short",
            physical_meaning="meaning.physical",
        ),
        of(
            Mark,
            "marks",
            key=column("id"),
            school=SCHOOL,
            student=column("student"),
            date=column("date"),
            session=column("session"),
            kind=constant("S"),
            mark="mark",
            minutes_late="minutes_late",
            notes="comment",
        ),
    ),
    "Wonde",
)


def _lists(said: Settings) -> Mapping[str, Listing]:
    """What is asked for; marks only from the day on that the settings name, since there are some hundred thousand."""
    school = f"schools/{said['school']}"
    found = {
        "schools": Listing(school, ("data",), lone=True),
        **{
            name: Listing(
                f"{school}/{path}", ("data",), PAGES, {"include": included} if included else {}, optional=not needed
            )
            for name, path, included, needed in INCLUDED
        },
    }
    if day := said.get("marks-since"):
        if not is_day(day):
            raise Malformed(Problem("marks-since", f"{day!r} is not a day", "yyyy-mm-dd"))
        asked = {"include": "student,attendance_code", "updated_after": f"{day} 00:00:00"}
        found["marks"] = Listing(f"{school}/attendance/session", ("data",), PAGES, asked)
    return found


INCLUDED = (
    ("subjects", "subjects", "", False),
    ("rooms", "rooms", "", False),
    ("periods", "periods", "", False),
    ("codes", "attendance-codes", "", False),
    ("contacts", "contacts", "contact_details", False),
    ("employees", "employees", "contact_details,employment_details,roles", True),
    ("students", "students", "contact_details,education_details,extended_details,contacts", True),
    ("groups", "groups", "students,employees", True),
    ("classes", "classes", "students,employees,subject", True),
)
"""The lists of a school: by which name, where, with what of other objects, and whether a reading needs them."""

WONDE_REST = RecordProvider(
    "wonde-rest",
    "wonde",
    (
        Setting("token", "The token that Wonde gave your app", secret=True),
        Setting("school", "Wonde's id of the school, such as A1930499544"),
        Setting(
            "marks-since", "The day, yyyy-mm-dd, from which on session marks are read; none without it", needed=False
        ),
        Setting("address", f"The address of the API, where not {ADDRESS}: it differs by region", needed=False),
        FULL_EVERY,
        *REACHED,
    ),
    lambda said: service_of(said, said.get("address") or ADDRESS),
    lambda said: Bearer(said["token"]),
    _lists,
    PLAN,
    {
        "schools": _plain,
        **dict.fromkeys(("subjects", "rooms"), _plain),
        "periods": _period,
        "codes": _code,
        "groups": _group,
        "classes": _class,
        "students": _student,
        "employees": partial(_human, of="employees"),
        "contacts": partial(_human, of="contacts"),
        "marks": _mark,
    },
    _joined,
    Changing(
        frozenset(("students", "employees", "contacts")),
        frozenset(("marks",)),
        lambda said: Listing(f"schools/{said['school']}/deletions", ("data",), PAGES),
        lambda moment: {"updated_after": moment[:19].replace("T", " ")},
    ),
)
