"""People, and who stands for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...fields import (
    ALWAYS,
    Coalesce,
    Condition,
    Expr,
    Field,
    First,
    Key,
    Made,
    Many,
    Mapped,
    Matches,
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
from ...model.employment import StaffAssignment
from ...model.organisation import School
from ...model.origin import ONEROSTER
from ...model.people import Contact, Person, Staff
from ...model.students import Relationship, Student
from .places import address, district_link
from .resource import (
    EMAIL,
    ID,
    NAME,
    NO_IDS,
    NO_PROPERTIES,
    UNKNOWN,
    Part,
    Property,
    Resource,
    each,
    identifiers,
    in_order,
    link,
    midnight,
    stamps,
)
from .words import GENDERS, RESIDENCE, grade_levels, races

# ---- what people are

is_pupil = Student.on_roll.is_not("Leaver")
is_employed = Staff.status.is_not("Previous")

as_student = Many("The places of a human as a student", Student.person)
as_pupil = Many("The places of a human as a student who has not left", Student.person, where=is_pupil)
as_staff = Many("The posts of a human", Staff.person)
as_employee = Many("The posts of a human who has not left", Staff.person, where=is_employed)
as_contact = Many("The schools that turn to a human about a student", Contact.person)

HEADS = (
    "Headteacher",
    "Deputy Headteacher",
    "Assistant Headteacher",
    "principal",
    "administrator",
    "siteAdministrator",
)
DISTRICT_HEADS = ("districtAdministrator", "systemAdministrator")
"""The roles of those who run a school, or a district: CBDS (England) and OneRoster 1.2."""

HEAD_POSITIONS = ("Principal", "Assistant Principal", "School Administrator", "School Leader")
DISTRICT_POSITIONS = ("Superintendent", "Assistant Superintendent", "LEA Administrator")
"""The same as positions, by the words of Ed-Fi's StaffClassificationDescriptor."""

_assignments = Many("The positions of a member of staff", StaffAssignment.staff)


def _holds(roles: Iterable[str], positions: tuple[str, ...]) -> Condition:
    """Whether a member of staff has one of the roles or positions."""
    held: Condition = Some(_assignments, StaffAssignment.classification.one_of(*positions))
    listed = Key(",", Staff.roles, ",")
    for role in roles:
        held = held | Matches(listed, "contains", f",{role},")
    return held


is_teacher = Staff.is_teacher.is_(1)
is_head = _holds(HEADS, HEAD_POSITIONS)
is_district_head = _holds(DISTRICT_HEADS, DISTRICT_POSITIONS)
is_governor = Staff.is_governor.is_(1)
is_other_staff = Not(is_teacher | is_head | is_district_head | is_governor)

PARENTS = ("Mother", "Father", "Parent", "Step-mother", "Step-father", "Stepmother", "Stepfather", "parent")
GUARDIANS = (
    *("Carer", "Foster Carer", "Foster Parent", "Guardian", "Grandparent", "Grandmother", "Grandfather", "Aunt"),
    *("Uncle", "Sister", "Brother", "Sibling", "Relative", "Other Relative", "guardian", "relative"),
)
"""What a contact is to a student, as schools and OneRoster say it; Edlink counts relatives as guardians."""

_relationship = Relationship.relationship
is_kept_away = Relationship.court_order.is_(1)
is_parent = _relationship.one_of(*PARENTS)
is_guardian = Not(is_parent) & (_relationship.one_of(*GUARDIANS) | Relationship.parental.is_(1))
_relations = Many("The students of a contact", Relationship.contact)


def _stands_for(what: Condition) -> Condition:
    """Whether a human is that to any student, unless a court keeps them apart."""
    return Some(as_contact, Some(_relations, what & Not(is_kept_away)))


ROLES: tuple[tuple[str, Condition], ...] = (
    ("student", Some(as_pupil, ALWAYS)),
    ("district-administrator", Some(as_employee, is_district_head)),
    ("administrator", Some(as_employee, is_head)),
    ("teacher", Some(as_employee, is_teacher)),
    ("staff", Some(as_employee, is_other_staff)),
    ("member", Some(as_employee, is_governor)),
    ("parent", _stands_for(is_parent)),
    ("guardian", _stands_for(is_guardian)),
    ("aide", _stands_for(Not(is_parent | is_guardian))),
    ("observer", Some(as_contact, Not(Some(_relations, ALWAYS)))),
)
"""The roles of a human today: a leaver has none, and a contact of whose students nothing is told only observes."""

# ---- people


def of_student(fact: Field) -> Expr:
    """What is told of somebody as a student, at whichever of their schools tells it."""
    return First(Many(fact.about, Student.person, where=fact.known()), fact)


def of_staff(fact: Field) -> Expr:
    """What is told of somebody as a member of staff."""
    return First(Many(fact.about, Staff.person, where=fact.known()), fact)


def of_contact(fact: Field) -> Expr:
    """What is told of somebody as a contact."""
    return First(Many(fact.about, Contact.person, where=fact.known()), fact)


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


work_email = Coalesce(
    of_staff(Staff.idaas_email),
    of_staff(Staff.work_email),
    of_student(Student.idaas_email),
    of_student(Student.work_email),
)

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
            "product_ids": NO_IDS,
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
