"""Cohorts: lists of students for tracking, analysis or intervention, and who is on them."""

from __future__ import annotations

from ..fields import Condition, Many, Ref
from ..model.curriculum import Program
from ..model.groups import Group, GroupProgram, StaffMembership
from ..model.organisation import School
from ..model.people import Staff
from ..model.students import Student, StudentMembership
from . import targets
from .homes import Fact, OrganisationId, known, placed
from .people import staff_reference, student_reference
from .schema import Boolean, Collection, Date, Descriptor, Linking, Reference, Resource, Same, Text
from .words import uri, word

_program = GroupProgram.program

program_reference = Reference(
    "programReference",
    "The programme",
    targets.PROGRAM,
    identity=True,
    at=_program,
    homes={
        "educationOrganizationId": OrganisationId(
            _program / Program.school, _program / (Program.school / School.estab)
        ),
        "programName": Fact(_program / Program.name),
        "programTypeDescriptor": word(_program / Program.kind, "ProgramType"),
    },
)

cohorts = Resource(
    "cohorts",
    "Cohort",
    "Any named list of students, for tracking, analysis or intervention.",
    of=Group,
    only=Group.kind.is_("Cohort") & known(Group.code) & placed(Group.school, Group.school / School.estab),
    fresh={"kind": "Cohort", "name": Same("code")},
    properties=(
        Text("cohortIdentifier", "The name or id of the cohort", 36, identity=True, home=Fact(Group.code)),
        Reference(
            "educationOrganizationReference",
            "The school or district whose cohort it is",
            targets.ORGANISATION,
            identity=True,
            at=Group.school,
            sets="school",
            homes={"educationOrganizationId": OrganisationId(Group.school, Group.school / School.estab)},
        ),
        Descriptor("academicSubjectDescriptor", "The subject of an academic intervention", "AcademicSubject"),
        Text("cohortDescription", "What the cohort is, and what for", 1024, home=Fact(Group.description)),
        Descriptor("cohortScopeDescriptor", "How far it reaches: a class, a school, a district", "CohortScope"),
        Descriptor(
            "cohortTypeDescriptor",
            "The kind of cohort",
            "CohortType",
            required=True,
            home=word(Group.purpose, "CohortType"),
            otherwise=uri("CohortType", "Other"),
        ),
        Collection(
            "programs",
            "The programmes that it belongs to",
            "cohortProgram",
            (program_reference,),
            links=Linking(Many("The programmes of a group", GroupProgram.group), "program"),
        ),
    ),
)


def _cohort(group: Ref) -> Reference:
    return Reference(
        "cohortReference",
        "The cohort",
        targets.COHORT,
        identity=True,
        at=group,
        sets="group",
        homes={
            "cohortIdentifier": Fact(group / Group.code),
            "educationOrganizationId": OrganisationId(group / Group.school, group / (Group.school / School.estab)),
        },
    )


def _in_cohort(group: Ref) -> Condition:
    return (
        (group / Group.kind).is_("Cohort")
        & known(group / Group.code)
        & placed(group / Group.school, group / (Group.school / School.estab))
    )


student_cohort_associations = Resource(
    "studentCohortAssociations",
    "StudentCohortAssociation",
    "A student's place in a cohort, for a time.",
    of=StudentMembership,
    belongs=("group", "student"),
    only=_in_cohort(StudentMembership.group)
    & known(StudentMembership.start, StudentMembership.student / Student.student_unique_id),
    properties=(
        Date("beginDate", "The first day in the cohort", identity=True, home=Fact(StudentMembership.start)),
        _cohort(StudentMembership.group),
        student_reference(StudentMembership.student),
        Date("endDate", "The last day in the cohort", home=Fact(StudentMembership.end)),
        Collection(
            "sections",
            "The sections whose students the cohort divides",
            "studentCohortAssociationSection",
            (Reference("sectionReference", "The section", targets.SECTION, identity=True),),
        ),
    ),
)

staff_cohort_associations = Resource(
    "staffCohortAssociations",
    "StaffCohortAssociation",
    "A member of staff's work with a cohort, for a time.",
    of=StaffMembership,
    belongs=("group", "staff"),
    only=_in_cohort(StaffMembership.group)
    & known(StaffMembership.start, StaffMembership.staff / Staff.staff_unique_id),
    properties=(
        Date("beginDate", "The first day with the cohort", identity=True, home=Fact(StaffMembership.start)),
        _cohort(StaffMembership.group),
        staff_reference(StaffMembership.staff),
        Date("endDate", "The last day with the cohort", home=Fact(StaffMembership.end)),
        Boolean("studentRecordAccess", "Whether it opens the cohort's records to the member of staff"),
    ),
)
