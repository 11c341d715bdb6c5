"""Where students are enrolled, and what members of staff work as."""

from __future__ import annotations

from ..model.employment import StaffAssignment
from ..model.organisation import School
from ..model.people import Staff
from ..model.students import Student
from ..scopes import S
from . import parts, targets
from .homes import NUMERAL, Fact, OrganisationId, known, numbered
from .people import staff_reference
from .schema import Boolean, Date, Descriptor, Integer, Number, Reference, Resource, Text
from .words import GRADES, RESIDENCIES, uri, word

_at_school = Reference(
    "schoolReference",
    "The school",
    targets.SCHOOL,
    identity=True,
    at=Student.school,
    sets="school",
    homes={"schoolId": Fact(Student.school / School.estab, NUMERAL)},
)

student_school_associations = Resource(
    "studentSchoolAssociations",
    "StudentSchoolAssociation",
    "A student's enrolment at a school.",
    of=Student,
    only=known(Student.student_unique_id, Student.entry_date) & numbered(Student.school / School.estab),
    remainder=S.StudentExtended,
    key_may_change=True,
    unified=(
        ("$.schoolReference.schoolId", "$.calendarReference.schoolId"),
        ("$.schoolYearTypeReference.schoolYear", "$.calendarReference.schoolYear"),
    ),
    properties=(
        Date("entryDate", "The first day at the school", identity=True, home=Fact(Student.entry_date)),
        Reference("calendarReference", "The calendar that the student follows", targets.CALENDAR),
        Reference(
            "classOfSchoolYearTypeReference",
            "The school year in which the student is to graduate",
            targets.YEAR,
            prefix="classOf",
            homes={"schoolYear": Fact(Student.graduation_year)},
        ),
        Reference("graduationPlanReference", "The graduation plan", targets.GRADUATION_PLAN),
        Reference("nextYearSchoolReference", "The school of the next year", targets.SCHOOL, prefix="nextYear"),
        _at_school,
        Reference("schoolYearTypeReference", "The school year of the enrolment", targets.YEAR),
        Reference(
            "studentReference",
            "The student",
            targets.STUDENT,
            identity=True,
            at=Student.person,
            sets="person",
            homes={"studentUniqueId": Fact(Student.student_unique_id)},
        ),
        parts.single(
            "alternativeGraduationPlans",
            "Further graduation plans",
            "studentSchoolAssociationAlternativeGraduationPlan",
            Reference(
                "alternativeGraduationPlanReference", "A graduation plan", targets.GRADUATION_PLAN, identity=True
            ),
        ),
        parts.single(
            "educationPlans",
            "The kinds of plan that the student follows",
            "studentSchoolAssociationEducationPlan",
            Descriptor("educationPlanDescriptor", "A kind of plan", "EducationPlan", identity=True),
        ),
        Boolean("employedWhileEnrolled", "Whether the student also works for pay"),
        Descriptor("enrollmentTypeDescriptor", "The kind of enrolment", "EnrollmentType"),
        Descriptor(
            "entryGradeLevelDescriptor",
            "The grade in which the student enters",
            "GradeLevel",
            required=True,
            home=word(Student.grade_level, "GradeLevel", GRADES, sets="grade"),
            otherwise=uri("GradeLevel", "Other"),
        ),
        Descriptor("entryGradeLevelReasonDescriptor", "Why the student was promoted or not", "EntryGradeLevelReason"),
        Descriptor("entryTypeDescriptor", "How the student came to the school", "EntryType"),
        Date("exitWithdrawDate", "The last day at the school", home=Fact(Student.leaving_date)),
        Descriptor("exitWithdrawTypeDescriptor", "How the student left the school", "ExitWithdrawType"),
        Number("fullTimeEquivalency", "The share of full time, up to 1", 0, 9.9999),
        Descriptor("nextYearGradeLevelDescriptor", "The grade of the next year", "GradeLevel"),
        Boolean("primarySchool", "Whether this is the student's main enrolment"),
        Boolean("repeatGradeIndicator", "Whether the student repeats a grade"),
        Descriptor(
            "residencyStatusDescriptor",
            "Where the student lives, seen from the school",
            "ResidencyStatus",
            home=word(Student.residence_status, "ResidencyStatus", RESIDENCIES),
        ),
        Boolean("schoolChoice", "Whether the student came under public school choice"),
        Descriptor("schoolChoiceBasisDescriptor", "The law on which the choice rests", "SchoolChoiceBasis"),
        Boolean("schoolChoiceTransfer", "Whether the student was transferred under public school choice"),
        Boolean("termCompletionIndicator", "Whether the student completed the last term"),
    ),
)

staff_assignments = Resource(
    "staffEducationOrganizationAssignmentAssociations",
    "StaffEducationOrganizationAssignmentAssociation",
    "A position that a member of staff holds, for a time.",
    of=StaffAssignment,
    only=known(StaffAssignment.start, StaffAssignment.classification, StaffAssignment.staff / Staff.staff_unique_id)
    & numbered(StaffAssignment.school / School.estab),
    unified=(
        (
            "$.staffReference.staffUniqueId",
            "$.employmentStaffEducationOrganizationEmploymentAssociationReference.staffUniqueId",
        ),
    ),
    properties=(
        Date("beginDate", "The first day in the position", identity=True, home=Fact(StaffAssignment.start)),
        Descriptor(
            "staffClassificationDescriptor",
            "The kind of work",
            "StaffClassification",
            identity=True,
            home=word(StaffAssignment.classification, "StaffClassification"),
        ),
        Reference("credentialReference", "The credential for it", targets.CREDENTIAL),
        Reference(
            "educationOrganizationReference",
            "The school or district",
            targets.ORGANISATION,
            identity=True,
            at=StaffAssignment.school,
            sets="school",
            homes={
                "educationOrganizationId": OrganisationId(StaffAssignment.school, StaffAssignment.school / School.estab)
            },
        ),
        Reference(
            "employmentStaffEducationOrganizationEmploymentAssociationReference",
            "The employment that it is a part of",
            targets.EMPLOYMENT,
            prefix="employment",
            unprefixed=("staffUniqueId",),
        ),
        staff_reference(StaffAssignment.staff),
        Date("endDate", "The last day in the position", home=Fact(StaffAssignment.end)),
        Number("fullTimeEquivalency", "The share of full time", 0, 9.9999),
        Integer("orderOfAssignment", "Whether it is the first, second, ... position"),
        Text("positionTitle", "What the position is called", 100, home=Fact(StaffAssignment.title)),
    ),
)
