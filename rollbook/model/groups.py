"""Groups of students and staff: year, registration, house and teaching groups, and cohorts."""

from __future__ import annotations

from ..fields import (
    TODAY,
    Coalesce,
    Code,
    Computed,
    Condition,
    Date,
    Flag,
    Key,
    Many,
    Mapped,
    Number,
    Ref,
    Text,
    When,
)
from ..scopes import S
from .calendar import Session
from .curriculum import Course, CourseOffering, Program, Subject
from .organisation import School, SchoolRecord
from .origin import came_from
from .people import Staff

GROUP_KINDS = {
    "YearGrp": "Year Group",
    "RegGrp": "Registration Group",
    "HouseGrp": "House Group",
    "TeachingGrp": "Teaching Group",
    "Cohort": "Cohort",
}
"""The codes are Xporter's (school.groups, Types); `Cohort` stands beside them for groups that others made."""


IDAAS_PREFIXES = {"YearGrp": "GY-", "RegGrp": "GR-", "HouseGrp": "GH-", "TeachingGrp": "GC-", "Cohort": "GK-"}
"""The document's examples show GY, GR and GC; houses and cohorts follow their pattern; any other kind is `G-`."""


STANDARD_YEARS = {
    "N1": "Nursery 1",
    "N2": "Nursery 2",
    "R": "Reception",
    **{str(year): f"Year {year}" for year in range(1, 15)},
}
"""National curriculum year groups (DfE Common Basic Data Set) by their short codes, as school.groups has them."""

_YEARS_BY_CODE = {
    **{code: code for code in STANDARD_YEARS},
    **{f"{year:02}": str(year) for year in range(1, 10)},
    **{f"Y{year}": str(year) for year in range(1, 15)},
}
"""How schools code the groups that are whole years."""


class GroupType(SchoolRecord, scope=S.School | S.SchoolLite, indexes=(("school", "mis_id"),)):
    """A kind of group that a school has."""

    mis_id = Text("The MIS Id of the group type", "2")
    code = Code("Type of group", "TeachingGrp", GROUP_KINDS)
    description = Text("Description of the group type", "Teaching Group")
    parent = Ref("The group type that this one belongs under", tells=("mis_id",))


class Group(
    SchoolRecord,
    scope=S.School | S.SchoolLite,
    writing=S.WritebackGroups,
    indexes=(
        ("school", "mis_id"),
        ("school", "external_id"),
        ("school", "xid"),
        ("school", "kind"),
        ("school", "code"),
        ("external_id",),
    ),
    natural=(
        "code",
        "kind",
        "school.estab",
        "offering.code",
        "offering.session.name",
        "offering.session.year",
        "external_id",
        "district.identifier",
    ),
    remembers=("origin", "name", "class_type", "school.external_id", "school.origin"),
):
    """A named set of students and staff of a school, or of all schools of a district, for a time."""

    school = Ref(
        "The school that the group belongs to; all schools of the district if empty", School, part_of=True, shared=True
    )
    mis_id = Text("The MIS Id of the group", "8811")
    external_id = Text("The MIS external Id of the group", "86779760-cb6e-40d9-b8f9-ea3ba86677d7")
    origin = came_from()
    xid = Text("The XID of the group", "x7f2b5c")
    kind = Code("The group type", "YearGrp", GROUP_KINDS)
    idaas_id = Computed(
        "The Idaas Id of the group", "GC-8811", Key(Mapped(kind, IDAAS_PREFIXES, otherwise="G-"), mis_id)
    )
    type = Ref("The school's own record of the group type", GroupType, tells=("mis_id",))
    code = Text("The group code", "9X1/Fr")
    name = Text("The group name, often the same as Code", "9X1/Fr")
    start = Date("The first day of the group", "2026-09-01")
    end = Date("The last day of the group", "2027-07-21")
    primary_staff = Ref("The main teacher for this group", Staff, tells=("mis_id",))
    subject = Ref("The subject that the group is taught", Subject, tells=("mis_id", "code", "name"))
    standard_year_code = Code("The short yeargroup code, as the school's system gives it", "8")
    standard_year_name = Text("The name of the yeargroup, as the school's system gives it", "Year 8")
    standard_year = Computed(
        "The short yeargroup code. Reception will be R",
        "8",
        Coalesce(
            standard_year_code, Mapped(name, {v: k for k, v in STANDARD_YEARS.items()}), Mapped(code, _YEARS_BY_CODE)
        ),
    )
    standard_year_title = Computed(
        "The name of the yeargroup",
        "Year 8",
        Coalesce(standard_year_name, Mapped(standard_year, STANDARD_YEARS), name),
    )
    course = Ref("The course that the class follows", Course)
    grades = Text("CSV of the grades that the class is for", "KG,01")
    location = Text("Where the class meets", "Room 12")
    periods = Text("CSV of the periods in which the class meets", "1,3")
    subjects = Text("CSV of the subjects that the class is taught", "English")
    subject_codes = Text("CSV of the codes of those subjects", "ENG")
    class_type = Code("Whether a class is a homeroom or scheduled", "scheduled")
    description = Text("What the group is, in a sentence", "Year 9 students who study in the library after school")
    purpose = Text("What a cohort is for, as a value of Ed-Fi's CohortTypeDescriptor", "Study Hall")
    offering = Ref("The course offering that the class follows", CourseOffering)
    active = Computed(
        "Whether the group has begun and has not ended",
        1,
        When((start.after(TODAY), 0), (end.before(TODAY), 0), otherwise=1, kind="flag"),
    )


class SubGroup(SchoolRecord, scope=S.School | S.SchoolLite, indexes=(("school",), ("child",), ("parent",))):
    """A group that belongs to a larger one, such as a registration group to its year."""

    child = Ref("The smaller group", Group, part_of=True, tells=("mis_id", "idaas_id", "type"))
    parent = Ref("The larger group", Group, part_of=True, tells=("mis_id", "idaas_id", "type"))


class GroupSession(
    SchoolRecord,
    scope=S.School | S.SchoolLite,
    writing=S.WritebackGroups,
    indexes=(("school",), ("group",), ("session",)),
):
    """A session in which a group meets."""

    school = Ref(
        "The school that the group belongs to; all schools of the district if empty", School, part_of=True, shared=True
    )
    group = Ref("The group", Group, part_of=True)
    session = Ref("The session", Session, part_of=True)


class GroupProgram(
    SchoolRecord,
    scope=S.School | S.SchoolLite,
    writing=S.WritebackGroups,
    indexes=(("school",), ("group",), ("program",)),
):
    """A programme that a group is a part of."""

    school = Ref(
        "The school that the group belongs to; all schools of the district if empty", School, part_of=True, shared=True
    )
    group = Ref("The group", Group, part_of=True)
    program = Ref("The programme", Program, part_of=True)


class ClassSection(SchoolRecord, scope=S.School | S.SchoolLite, indexes=(("school",), ("group",))):
    """A part of a class that is taught separately, such as a set for practical work."""

    group = Ref("The class", Group, part_of=True)
    external_id = Text("Its id in the system that it came from", "c2f0c2b8-3c2a-4a43-8b0a-5c3f8f1f4e10")
    origin = came_from()
    name = Text("The name of the section", "9X1/Sc practical A")
    description = Text("What the section is for", "Practical work in the laboratory")
    periods = Text("CSV of the periods in which the section meets", "3")


MEMBERSHIP_KEY = (*(n if n == "district.identifier" else f"group.{n}" for n in Group.natural), "start")
"""A place in a group is known by the group, the member and its first day."""

PLACED = ("origin", "group.origin", "group.school", "group.school.external_id", "group.school.origin")
"""What is remembered of a place in a group, and of the group that it was in."""


class StaffMembership(
    SchoolRecord,
    scope=S.School | S.SchoolLite,
    writing=S.WritebackGroups,
    indexes=(("school",), ("group", "staff"), ("staff",), ("external_id",)),
    natural=(*MEMBERSHIP_KEY, "staff.person.staff_unique_id"),
    remembers=(
        *PLACED,
        *("staff.person", "staff.person.external_id", "staff.person.origin"),
        *("staff.is_teacher", "role", "is_main", "end"),
    ),
):
    """A member of staff's place in a group, for a time."""

    group = Ref("The group", Group, part_of=True, tells=("mis_id", "external_id", "xid", "idaas_id", "name"))
    staff = Ref(
        "The member of staff",
        Staff,
        part_of=True,
        tells=("mis_id", "external_id", "xid", "idaas_id", "code", "staff_unique_id"),
    )
    external_id = Text(
        "The id of the membership in the system that it came from", "3f6e5745-da32-4cb8-9300-81f9e6ff27cc"
    )
    origin = came_from()
    role = Text("Staff role within the group", "Head of Year")
    is_main = Flag("Whether this is the group's main member of staff", 1)
    priority = Number("The order of the group's members of staff, lowest first", 1)
    start = Date("Start date of the staff membership", "2018-09-01")
    end = Date("End date of the staff membership", "2019-06-24")
    section = Ref("The section of the class that the member of staff teaches, if not all of it", ClassSection)


def _now(start: Date, end: Date) -> Condition:
    return (start.unknown() | start.until(TODAY)) & (end.unknown() | end.since(TODAY))


staff_now = _now(StaffMembership.start, StaffMembership.end)
staff_later = StaffMembership.start.after(TODAY)
staff_before = StaffMembership.end.before(TODAY)

group_staff = Many("The members of staff of a group now", StaffMembership.group, where=staff_now)
group_staff_ever = Many("The members of staff of a group at any time", StaffMembership.group)
staff_groups = Many(
    "The groups that a member of staff belongs to now", StaffMembership.staff, where=staff_now, scope=S.School
)
