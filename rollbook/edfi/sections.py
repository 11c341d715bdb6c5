"""Sections, in which course offerings are taught, and who is in them."""

from __future__ import annotations

from ..fields import Condition, Ref
from ..model.calendar import Session
from ..model.curriculum import CourseOffering
from ..model.groups import Group, StaffMembership
from ..model.organisation import School
from ..model.students import StudentMembership
from ..scopes import S
from .declaring import declare, through
from .homes import NUMERAL, Differing, Fact, Guessed, Listing, numbered
from .people import staff, student
from .teaching import course_offerings
from .words import GRADES, POSITIONS, uri, words

_session_school = CourseOffering.session / (Session.school / School.estab)

sections = declare(
    "sections",
    Group,
    {
        "sectionIdentifier": Fact(Group.code),
        # A section is where its group is, which a course offering of another school does not move.
        "courseOfferingReference": through(
            Group.offering, course_offerings, schoolId=Fact(Group.school / School.estab, NUMERAL)
        ),
        "offeredGradeLevels": Listing(Group.grades, "gradeLevelDescriptor", words("GradeLevel", GRADES)),
        "sectionName": Differing(Group.name, beside="sectionIdentifier", than=Group.code),
    },
    only=Group.kind.is_("TeachingGrp") & numbered(Group.offering / _session_school),
    fresh={"kind": "TeachingGrp"},
    belongs=("offering",),
)


def _in_section(group: Ref) -> Condition:
    return (group / Group.kind).is_("TeachingGrp") & numbered(group / (Group.offering / _session_school))


student_section_associations = declare(
    "studentSectionAssociations",
    StudentMembership,
    {
        "beginDate": Fact(StudentMembership.start),
        "sectionReference": through(StudentMembership.group, sections),
        "studentReference": student(StudentMembership.student),
        "endDate": Fact(StudentMembership.end),
    },
    only=_in_section(StudentMembership.group),
    remainder=S.Student,
    belongs=("group", "student"),
)

staff_section_associations = declare(
    "staffSectionAssociations",
    StaffMembership,
    {
        "beginDate": Fact(StaffMembership.start),
        "sectionReference": through(StaffMembership.group, sections),
        "staffReference": staff(StaffMembership.staff),
        "classroomPositionDescriptor": Guessed(
            StaffMembership.role,
            words("ClassroomPosition", POSITIONS),
            any_case=True,
            also=(("is_main", lambda position: int(position == uri("ClassroomPosition", "Teacher of Record"))),),
            guess=StaffMembership.is_main,
            sayable=tuple(POSITIONS.values()),
            guesses={
                1: uri("ClassroomPosition", "Teacher of Record"),
                0: uri("ClassroomPosition", "Support Teacher"),
                None: uri("ClassroomPosition", "Teacher of Record"),
            },
        ),
        "endDate": Fact(StaffMembership.end),
    },
    only=_in_section(StaffMembership.group),
    remainder=S.Staff,
    belongs=("group", "staff"),
)
