"""The records that Wonde's rows make: a kind, and for each of its facts where it is in a row."""

from __future__ import annotations

from ...ingest.mapping import Cell, but, coded, column, constant
from ...ingest.mapping.plan import Part, Plan
from ...ingest.records import bit, of
from ...model.attendance import AttendanceCode, Mark
from ...model.curriculum import Subject
from ...model.groups import Group, GroupType, StaffMembership
from ...model.organisation import School
from ...model.people import Contact, Person, Staff
from ...model.students import Relationship, Student, StudentMembership
from ...model.timetable import (
    LessonClass,
    LessonRoom,
    LessonStaff,
    Room,
    Timetable,
    TimetableDay,
    TimetableLesson,
    TimetablePeriod,
)

SEXES = {"MALE": "M", "FEMALE": "F", "OTHER": "X", "UNKNOWN": "U", "M": "M", "F": "F"}
_ON_A_DAY = (but("day", ""),)

SCHOOL = column("school")


_KIND: dict[str, str | Cell] = {
    "key": column("kind"), "school": SCHOOL, "code": column("kind"), "description": column("kinds")
}  # fmt: skip
"""What kinds of groups are, in either table of groups."""

_GROUP: dict[str, str | Cell] = {
    "key": column("group"),
    "school": SCHOOL,
    "type": column("kind"),
    "kind": column("kind"),
    "mis_id": "mis_id",
    "external_id": "id",
    "code": "code",
    "name": "name",
}
"""What a group is, in either table of groups."""


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


def _marks(file: str, kind: str) -> Part:
    return of(
        Mark,
        file,
        key=column("id"),
        school=SCHOOL,
        student=column("student"),
        date=column("date"),
        session=column("session"),
        kind=constant(kind),
        mark="mark",
        minutes_late="minutes_late",
        notes="comment",
        instance="instance",
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
        of(GroupType, "groups", _KIND),
        of(GroupType, "classes", _KIND),
        of(Group, "groups", _GROUP, rest=True),
        of(Group, "classes", _GROUP, rest=True, subject="subject"),
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
        of(TimetableLesson, "lessons", key=column("lesson"), school=SCHOOL, period="period"),
        of(
            LessonClass,
            "lessons",
            key=column("lesson"),
            school=SCHOOL,
            lesson=column("lesson"),
            group=column("class"),
        ),
        of(
            LessonStaff,
            "lessons",
            each="staff",
            key=column("lesson", "staff.id", between=":"),
            school=SCHOOL,
            lesson=column("lesson"),
            staff=column("staff.id"),
        ),
        of(
            LessonRoom,
            "lessons",
            each="rooms",
            key=column("lesson", "rooms.id", between=":"),
            school=SCHOOL,
            lesson=column("lesson"),
            room=column("rooms.id"),
        ),
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
        _marks("marks", "S"),
        _marks("lesson marks", "L"),
    ),
    "Wonde",
)
