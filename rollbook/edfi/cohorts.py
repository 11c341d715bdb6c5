"""Cohorts: lists of students for tracking, analysis or intervention, and who is on them."""

from __future__ import annotations

from ..fields import Many
from ..model.groups import Group, GroupProgram, StaffMembership
from ..model.students import StudentMembership
from .declaring import declare, organisation, through
from .homes import Fact
from .people import staff, student
from .schema import Linking, Same
from .teaching import programs
from .words import uri, word

cohorts = declare(
    "cohorts",
    Group,
    {
        "cohortIdentifier": Fact(Group.code),
        "educationOrganizationReference": organisation(Group.school),
        "cohortDescription": Fact(Group.description),
        "cohortTypeDescriptor": word(Group.purpose, "CohortType"),
        "programs": Linking(Many("The programmes of a group", GroupProgram.group), "program"),
        "programs.programReference": through(GroupProgram.program, programs),
    },
    otherwise={"cohortTypeDescriptor": uri("CohortType", "Other")},
    only=Group.kind.is_("Cohort"),
    fresh={"kind": "Cohort", "name": Same("code")},
)

student_cohort_associations = declare(
    "studentCohortAssociations",
    StudentMembership,
    {
        "beginDate": Fact(StudentMembership.start),
        "cohortReference": through(StudentMembership.group, cohorts),
        "studentReference": student(StudentMembership.student),
        "endDate": Fact(StudentMembership.end),
    },
    only=(StudentMembership.group / Group.kind).is_("Cohort"),
    belongs=("group", "student"),
)

staff_cohort_associations = declare(
    "staffCohortAssociations",
    StaffMembership,
    {
        "beginDate": Fact(StaffMembership.start),
        "cohortReference": through(StaffMembership.group, cohorts),
        "staffReference": staff(StaffMembership.staff),
        "endDate": Fact(StaffMembership.end),
    },
    only=(StaffMembership.group / Group.kind).is_("Cohort"),
    belongs=("group", "staff"),
)
