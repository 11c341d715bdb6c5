"""What rosters make of the record: who is a pupil, who teaches, who stands for whom, which groups are classes.

Edlink and OneRoster tell of the same people and classes, each in its own words.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..fields import Coalesce, Condition, Expr, Field, First, Key, Many, Matches, Not, Some
from .employment import StaffAssignment
from .groups import Group, GroupSession, StaffMembership
from .people import Contact, Staff
from .students import Relationship, Student

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
"""What a contact is to a student, as schools and OneRoster say it; relatives count as guardians."""

_relationship = Relationship.relationship
is_kept_away = Relationship.court_order.is_(1)
is_parent = _relationship.one_of(*PARENTS)
is_guardian = Not(is_parent) & (_relationship.one_of(*GUARDIANS) | Relationship.parental.is_(1))
students_of_contact = Many("The students of a contact", Relationship.contact)


def stands_for(what: Condition) -> Condition:
    """Whether a human is that to any student, unless a court keeps them apart."""
    return Some(as_contact, Some(students_of_contact, what & Not(is_kept_away)))


# ---- what is told of them


def of_student(fact: Field) -> Expr:
    """What is told of somebody as a student, at whichever of their schools tells it."""
    return First(Many(fact.about, Student.person, where=fact.known()), fact)


def of_staff(fact: Field) -> Expr:
    """What is told of somebody as a member of staff."""
    return First(Many(fact.about, Staff.person, where=fact.known()), fact)


def of_contact(fact: Field) -> Expr:
    """What is told of somebody as a contact."""
    return First(Many(fact.about, Contact.person, where=fact.known()), fact)


work_email = Coalesce(
    of_staff(Staff.idaas_email),
    of_staff(Staff.work_email),
    of_student(Student.idaas_email),
    of_student(Student.work_email),
)

# ---- classes

CLASS_KINDS = ("TeachingGrp", "RegGrp", "Cohort")
"""The kinds of group that have lessons, a register, or a list of their own; years and houses are not classes."""

is_class = Group.kind.one_of(*CLASS_KINDS)

group_sessions = Many("The sessions in which a class meets", GroupSession.group)

ASSISTANTS = ("Teaching Assistant", "Assistant Teacher", "ta", "ext:ta")
AIDES = ("Instructional Aide", "aide", "ext:aide")

_role = StaffMembership.role
assists = _role.one_of(*ASSISTANTS)
aids = _role.one_of(*AIDES)
runs = _role.one_of("administrator")
_called_so = Matches(_role, "icontains", "teacher") | Matches(_role, "icontains", "tutor") | _role.one_of("proctor")
teaches_class = Not(assists | aids | runs) & (_called_so | (StaffMembership.staff / Staff.is_teacher).is_(1))
"""Whether a member of staff teaches a class, by what their place there is called, or since that is their profession."""
