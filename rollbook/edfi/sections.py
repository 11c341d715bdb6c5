"""Sections, in which course offerings are taught, and who is in them."""

from __future__ import annotations

from ..fields import Condition, Ref
from ..model.calendar import Session
from ..model.curriculum import CourseOffering
from ..model.groups import Group, StaffMembership
from ..model.organisation import School
from ..model.people import Staff
from ..model.students import Student, StudentMembership
from ..scopes import S
from . import parts, targets
from .homes import NUMERAL, Differing, Fact, Guessed, known, numbered
from .people import staff_reference, student_reference
from .schema import Boolean, Collection, Date, Descriptor, Integer, Number, Reference, Resource, Text
from .words import POSITIONS, uri, words


def _programs(item: str) -> Collection:
    return parts.single(
        "programs",
        "The programmes that it belongs to",
        item,
        Reference("programReference", "A programme", targets.PROGRAM, identity=True),
    )


_offering = Group.offering
_group_school = Group.school / School.estab
_session_school = CourseOffering.session / (Session.school / School.estab)
_offering_year = CourseOffering.session / Session.year
_offering_session = CourseOffering.session / Session.name

_is_section = (
    Group.kind.is_("TeachingGrp")
    & known(Group.code, _offering / CourseOffering.code, _offering / _offering_year, _offering / _offering_session)
    & numbered(_group_school, _offering / _session_school)
)

sections = Resource(
    "sections",
    "Section",
    "A class: a course offering as one set of students is taught it.",
    of=Group,
    only=_is_section,
    key_may_change=True,
    fresh={"kind": "TeachingGrp"},
    belongs=("offering",),
    unified=(
        ("$.courseOfferingReference.schoolId", "$.classPeriods[*].classPeriodReference.schoolId"),
        ("$.locationSchoolReference.schoolId", "$.locationReference.schoolId"),
    ),
    properties=(
        Text("sectionIdentifier", "The school's own identifier of it", 255, identity=True, home=Fact(Group.code)),
        Reference(
            "courseOfferingReference",
            "The course offering",
            targets.OFFERING,
            identity=True,
            at=_offering,
            sets="offering",
            homes={
                "localCourseCode": Fact(_offering / CourseOffering.code),
                "schoolId": Fact(_group_school, NUMERAL),
                "schoolYear": Fact(_offering / _offering_year),
                "sessionName": Fact(_offering / _offering_session),
            },
        ),
        Reference("locationReference", "The room", targets.LOCATION, prefix="location"),
        Reference("locationSchoolReference", "The school of the room", targets.SCHOOL, prefix="location"),
        parts.credit_conversion("availableCreditConversion"),
        parts.credits("availableCredits", "The credits that it gives"),
        Descriptor("availableCreditTypeDescriptor", "The kind of those credits", "CreditType"),
        parts.single(
            "characteristics",
            "What marks the section",
            "sectionCharacteristic",
            Descriptor("sectionCharacteristicDescriptor", "A mark", "SectionCharacteristic", identity=True),
        ),
        parts.single(
            "classPeriods",
            "The periods in which it meets",
            "sectionClassPeriod",
            Reference("classPeriodReference", "A period", targets.CLASS_PERIOD, identity=True),
        ),
        parts.course_characteristics("sectionCourseLevelCharacteristic"),
        Descriptor("educationalEnvironmentDescriptor", "The setting", "EducationalEnvironment"),
        Descriptor("instructionLanguageDescriptor", "The language of teaching", "Language"),
        Descriptor("mediumOfInstructionDescriptor", "The medium of teaching", "MediumOfInstruction"),
        parts.grade_levels("offeredGradeLevels", "sectionOfferedGradeLevel", Group.grades),
        Boolean("officialAttendancePeriod", "Whether the day's attendance is taken in it"),
        Descriptor("populationServedDescriptor", "Whom it is for", "PopulationServed"),
        _programs("sectionProgram"),
        Text(
            "sectionName",
            "A name that says more than the identifier",
            100,
            home=Differing(Group.name, beside="sectionIdentifier", than=Group.code),
        ),
        Descriptor("sectionTypeDescriptor", "Whether it is for attendance, credit or both", "SectionType"),
        Integer("sequenceOfCourse", "Which part of a course in parts it is", 1, 8),
    ),
)


def _section(group: Ref) -> Reference:
    return Reference(
        "sectionReference",
        "The section",
        targets.SECTION,
        identity=True,
        at=group,
        sets="group",
        homes={
            "localCourseCode": Fact(group / (_offering / CourseOffering.code)),
            "schoolId": Fact(group / _group_school, NUMERAL),
            "schoolYear": Fact(group / (_offering / _offering_year)),
            "sectionIdentifier": Fact(group / Group.code),
            "sessionName": Fact(group / (_offering / _offering_session)),
        },
    )


def _in_section(group: Ref) -> Condition:
    return (
        (group / Group.kind).is_("TeachingGrp")
        & known(
            group / Group.code,
            group / (_offering / CourseOffering.code),
            group / (_offering / _offering_year),
            group / (_offering / _offering_session),
        )
        & numbered(group / _group_school, group / (_offering / _session_school))
    )


student_section_associations = Resource(
    "studentSectionAssociations",
    "StudentSectionAssociation",
    "A student's place in a section, for a time.",
    of=StudentMembership,
    only=_in_section(StudentMembership.group)
    & known(StudentMembership.start, StudentMembership.student / Student.student_unique_id),
    remainder=S.Student,
    key_may_change=True,
    belongs=("group", "student"),
    properties=(
        Date("beginDate", "The first day in the section", identity=True, home=Fact(StudentMembership.start)),
        Reference(
            "dualCreditEducationOrganizationReference",
            "The institution that gives dual credit",
            targets.ORGANISATION,
            prefix="dualCredit",
        ),
        _section(StudentMembership.group),
        student_reference(StudentMembership.student),
        Descriptor("attemptStatusDescriptor", "Whether the student completed it", "AttemptStatus"),
        Boolean("dualCreditIndicator", "Whether the student gets dual credit"),
        Descriptor("dualCreditInstitutionDescriptor", "The kind of institution", "DualCreditInstitution"),
        Descriptor("dualCreditTypeDescriptor", "The kind of dual credit", "DualCreditType"),
        Boolean("dualHighSchoolCreditIndicator", "Whether it also counts for high school"),
        Date("endDate", "The last day in the section", home=Fact(StudentMembership.end)),
        Boolean("homeroomIndicator", "Whether it is the student's homeroom"),
        _programs("studentSectionAssociationProgram"),
        Descriptor("repeatIdentifierDescriptor", "Whether the student takes it again", "RepeatIdentifier"),
        Boolean("teacherStudentDataLinkExclusion", "Whether it is left out of measures of teachers"),
    ),
)

staff_section_associations = Resource(
    "staffSectionAssociations",
    "StaffSectionAssociation",
    "A member of staff's work with a section, for a time.",
    of=StaffMembership,
    only=_in_section(StaffMembership.group)
    & known(StaffMembership.start, StaffMembership.staff / Staff.staff_unique_id),
    remainder=S.Staff,
    belongs=("group", "staff"),
    properties=(
        Date("beginDate", "The first day with the section", identity=True, home=Fact(StaffMembership.start)),
        _section(StaffMembership.group),
        staff_reference(StaffMembership.staff),
        Descriptor(
            "classroomPositionDescriptor",
            "The position in the section",
            "ClassroomPosition",
            required=True,
            home=Guessed(
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
        ),
        Date("endDate", "The last day with the section", home=Fact(StaffMembership.end)),
        Boolean("highlyQualifiedTeacher", "Whether the person is highly qualified for it"),
        Number("percentageContribution", "The share of the teaching", -9.9999, 9.9999),
        Boolean("teacherStudentDataLinkExclusion", "Whether it is left out of measures of teachers"),
    ),
)
