"""People, and who stands for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...api.listing.resource import Part, Property, Resource, each, in_order
from ...fields import (
    ALWAYS,
    Coalesce,
    Condition,
    Expr,
    Field,
    First,
    Made,
    Many,
    Mapped,
    Nested,
    Not,
    Record,
    Ref,
    Rows,
    Some,
    Split,
    Truth,
    When,
    Words,
)
from ...model.organisation import School
from ...model.origin import ONEROSTER
from ...model.people import Contact, Person, Staff
from ...model.roster import (
    as_contact,
    as_employee,
    as_pupil,
    as_staff,
    as_student,
    is_district_head,
    is_governor,
    is_guardian,
    is_head,
    is_kept_away,
    is_other_staff,
    is_parent,
    is_teacher,
    of_contact,
    of_staff,
    of_student,
    stands_for,
    students_of_contact,
    work_email,
)
from ...model.students import Relationship, Student
from .places import address, district_link
from .resource import (
    EMAIL,
    ID,
    NAME,
    NO_PROPERTIES,
    PRODUCTS,
    UNKNOWN,
    identifiers,
    link,
    midnight,
    stamps,
)
from .words import GENDERS, RESIDENCE, grade_levels, races

# ---- what people are

ROLES: tuple[tuple[str, Condition], ...] = (
    ("student", Some(as_pupil, ALWAYS)),
    ("district-administrator", Some(as_employee, is_district_head)),
    ("administrator", Some(as_employee, is_head)),
    ("teacher", Some(as_employee, is_teacher)),
    ("staff", Some(as_employee, is_other_staff)),
    ("member", Some(as_employee, is_governor)),
    ("parent", stands_for(is_parent)),
    ("guardian", stands_for(is_guardian)),
    ("aide", stands_for(Not(is_parent | is_guardian))),
    ("observer", Some(as_contact, Not(Some(students_of_contact, ALWAYS)))),
)
"""The roles of a human today: a leaver has none, and a contact of whose students nothing is told only observes."""

# ---- people


def _of_school(fact: Field) -> Expr:
    """What the school of a student or a member of staff tells."""
    return Coalesce(First(as_pupil, Student.school / fact), First(as_employee, Staff.school / fact))


def _of_roles(student: Field | Ref, staff: Field | Ref, contact: Field | Ref) -> Expr:
    """The same fact of every role that somebody has."""
    return Nested(
        {
            "student": each(as_pupil, student),
            "staff": each(as_employee, staff),
            "contact": each(as_contact, contact),
        }
    )


def _from_oneroster(via: Ref, role: type[Record]) -> Expr:
    roster = Many(
        "The roles of a human that a OneRoster roster told of", via, where=role.fields["origin"].is_(ONEROSTER)
    )
    return each(roster, role.fields["external_id"])


_rostered = Nested(
    {
        role.table: _from_oneroster(via, role)
        for via, role in ((Student.person, Student), (Staff.person, Staff), (Contact.person, Contact))
    }
)
"""The `sourcedId` by which rosters know a human, in any role."""


demographics = Nested(
    {
        "person": Nested(
            {
                "birthday": midnight(Person.birth_date),
                "gender": Mapped(Person.gender, GENDERS),
                "country_of_birth": Person.birth_country_code,
                "state_of_birth": Person.birth_state,
                "city_of_birth": Person.birth_city,
                "hispanic_or_latino_ethnicity": Truth(Person.hispanic),
                "races": Person.races,
            }
        ),
        # Read once for each of the schools, since a student's record is wide.
        "students": Rows(
            as_student,
            {
                "residence_status": Mapped(Student.residence_status, RESIDENCE),
                "english_language_learner": Truth(Student.eal),
                "homeless": Truth(Student.homeless),
                "gifted_talented": Truth(Student.gifted),
                "food_service_program_eligibility": Mapped(Student.fsm_eligible, {1: "Free", 0: "FullPrice"}),
                "economically_disadvantaged": Truth(Student.economically_disadvantaged),
                "migrant": Truth(Student.migrant),
                "public_assistance": Truth(Student.public_assistance),
                "rural_residency": Truth(Student.rural_residency),
                "individualized_education_plan": Truth(Student.individualized_education_plan),
            },
            order=(Made(Student),),
        ),
    }
)

DEMOGRAPHICS = (
    *("birthday", "gender", "residence_status", "english_language_learner", "country_of_birth", "state_of_birth"),
    *("city_of_birth", "hispanic_or_latino_ethnicity", "races", "homeless", "disability", "gifted_talented"),
    *("food_service_program_eligibility", "economically_disadvantaged", "migrant", "public_assistance"),
    *("rural_residency", "individualized_education_plan"),
)
"""The documented members. The record knows that somebody is disabled, not by which of the US categories."""


def demographics_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """The demographics of a human: of each fact of a student, what the first school says that tells it."""
    found: dict[str, Any] = dict.fromkeys(DEMOGRAPHICS)
    for row in (told["person"], *told["students"]):
        for name, value in row.items():
            if found[name] is None:
                found[name] = value
    return {**found, "races": races(found["races"])}


people = Resource(
    "people",
    "person",
    Part(
        Person,
        {
            **stamps(Person),
            "first_name": Property(Person.forename, NAME),
            "middle_name": Property(Person.middle_name),
            "last_name": Property(Person.surname, NAME),
            "display_name": Property(Words(" ", Person.forename, Person.surname), NAME),
            "picture_url": UNKNOWN,
            "roles": Property(Split(Words(",", *(When((held, role)) for role, held in ROLES)))),
            "email": Property(Coalesce(work_email, Person.home_email, of_contact(Contact.work_email)), EMAIL),
            "phone": Property(
                Coalesce(
                    of_staff(Staff.work_phone), Person.mobile_phone, Person.home_phone, of_contact(Contact.work_phone)
                )
            ),
            "locale": Property(_of_school(School.locale)),
            "time_zone": Property(_of_school(School.time_zone)),
            "graduation_year": Property(of_student(Student.graduation_year)),
            "grade_levels": Property(each(as_pupil, Student.grade_level), finish=grade_levels),
            "demographics": Property(demographics, finish=demographics_of),
            "address": Property(
                address(
                    street=Words(" ", Person.house_name, Person.house_no, Person.street),
                    unit=Person.apartment,
                    postal_code=Person.post_code,
                    city=Person.town,
                    state=Person.county,
                    country=Person.country,
                    phone=Person.home_phone,
                )
            ),
            "properties": NO_PROPERTIES,
            "identifiers": identifiers(
                sis_id=_of_roles(Student.external_id, Staff.external_id, Contact.external_id),
                oneroster_id=_rostered,
                state_id=each(as_pupil, Student.upn),
                username=Person.username,
                email=work_email,
            ),
            "district_id": district_link,
            "school_ids": Property(
                _of_roles(Student.school, Staff.school, Contact.school), kind="uuid", leads="schools", finish=in_order
            ),
            "product_ids": PRODUCTS,
        },
        parts=(as_student, as_staff, as_contact),
    ),
)

# ---- agents

observer = Relationship.contact / Contact.person
target = Relationship.student / Student.person

agents = Resource(
    "agents",
    "agent",
    Part(
        Relationship,
        {
            **stamps(Relationship),
            "relationship": Property(When((is_parent, "parent"), (is_guardian, "guardian"), otherwise="aide")),
            "properties": NO_PROPERTIES,
            "identifiers": identifiers(),
            "observer_id": link(observer, "people", ID),
            "target_id": link(target, "people", ID),
        },
        # Whom a court keeps away from a child is nobody's agent.
        only=Not(is_kept_away) & observer.known() & target.known(),
        lost=is_kept_away,
    ),
)
