"""Where students are enrolled, and what members of staff work as."""

from __future__ import annotations

from ..model.employment import StaffAssignment
from ..model.students import Student
from ..scopes import S
from .declaring import At, declare, organisation, through
from .homes import Fact
from .organisations import schools
from .people import staff
from .words import GRADES, RESIDENCIES, uri, word

student_school_associations = declare(
    "studentSchoolAssociations",
    Student,
    {
        "entryDate": Fact(Student.entry_date),
        "classOfSchoolYearTypeReference": At(homes={"schoolYear": Fact(Student.graduation_year)}),
        "schoolReference": through(Student.school, schools),
        "studentReference": At(Student.person, {"studentUniqueId": Fact(Student.student_unique_id)}),
        "entryGradeLevelDescriptor": word(Student.grade_level, "GradeLevel", GRADES, sets="grade"),
        "exitWithdrawDate": Fact(Student.leaving_date),
        "residencyStatusDescriptor": word(Student.residence_status, "ResidencyStatus", RESIDENCIES),
    },
    otherwise={"entryGradeLevelDescriptor": uri("GradeLevel", "Other")},
    remainder=S.StudentExtended,
)

staff_assignments = declare(
    "staffEducationOrganizationAssignmentAssociations",
    StaffAssignment,
    {
        "beginDate": Fact(StaffAssignment.start),
        "staffClassificationDescriptor": word(StaffAssignment.classification, "StaffClassification"),
        "educationOrganizationReference": organisation(StaffAssignment.school),
        "staffReference": staff(StaffAssignment.staff),
        "endDate": Fact(StaffAssignment.end),
        "positionTitle": Fact(StaffAssignment.title),
    },
)
