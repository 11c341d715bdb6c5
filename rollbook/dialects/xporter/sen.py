"""Special educational needs (school.sen)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Option, Table, With
from ...fields import (
    ALWAYS,
    Arg,
    Called,
    Coalesce,
    Condition,
    Expr,
    Path,
    Ref,
    When,
    Words,
)
from ...model.agency import Agent
from ...model.documents import StudentDocument
from ...model.people import Contact, Staff
from ...model.students import Student
from ...model.support import Disability as Disabled
from ...model.support import (
    SenEvent,
    SenEventPerson,
    SenNeed,
    SenPlan,
    SenPlanDocument,
    SenProvision,
    SenReview,
    SenStatement,
    SenStatementDocument,
)
from ...scopes import S
from .filters import updated_since_in


def _on_roll(student: Ref) -> Condition:
    return (student / Student.on_roll).is_("OnRoll")


def _roles(staff: Ref, agent: Ref, contact: Path | None = None) -> Words:
    """The roles of a person at the school that the caller may know about."""
    roles: list[Expr] = [When(((agent / Agent.mis_id).known(), "Agent"))]
    if contact is not None:
        roles.append(When((contact.known(), "Contact")))
    roles.append(When(((staff / Staff.mis_id).known(), "Employee")))
    roles.append(When(((staff / Staff.is_teacher).is_(1), "Teacher")))
    return Words(",", *roles, about="CSV of roles the person has", example="Agent,Employee,Teacher")


class StudentSENTypeHistory(
    Table,
    of=SenNeed,
    only=_on_roll(SenNeed.student),
    order=(SenNeed.student / Student.mis_id, SenNeed.rank, SenNeed.start),
):
    """Current and historical special educational needs of students on roll."""

    Id = SenNeed.mis_id
    StudentMis_Id = SenNeed.student / Student.mis_id
    NeedTypeDescription = SenNeed.description
    NeedTypeCode = SenNeed.code
    Rank = SenNeed.rank
    NeedNotes = SenNeed.notes
    NeedStartDate = SenNeed.start
    NeedEndDate = SenNeed.end
    Active = SenNeed.active


class StudentSENProvisionHistory(
    Table,
    of=SenProvision,
    only=_on_roll(SenProvision.student),
    order=(SenProvision.student / Student.mis_id, SenProvision.start),
):
    """What was and is provided for the needs of students on roll."""

    Id = SenProvision.mis_id
    StudentMis_Id = SenProvision.student / Student.mis_id
    SENProvisionCode = SenProvision.code
    SENProvisionDescription = SenProvision.description
    SENProvisionStartDate = SenProvision.start
    SENProvisionEndDate = SenProvision.end
    Active = SenProvision.active


class StudentDisabilities(
    Table,
    of=Disabled,
    only=_on_roll(Disabled.student),
    order=(Disabled.student / Student.mis_id, Disabled.start),
):
    """Current and historical disabilities of students on roll."""

    Id = Disabled.mis_id
    StudentMis_Id = Disabled.student / Student.mis_id
    Disability = Disabled.description
    DisabilityStartDate = Disabled.start
    DisabilityEndDate = Disabled.end
    Active = Disabled.active


class StudentSENReviews(
    Table,
    of=SenReview,
    only=_on_roll(SenReview.student),
    order=(SenReview.student / Student.mis_id, SenReview.date),
):
    """Reviews of what is provided, and who coordinates them."""

    Id = SenReview.mis_id
    StudentMis_Id = SenReview.student / Student.mis_id
    ReviewType = SenReview.kind
    ReviewStatus = SenReview.status
    ReviewDate = SenReview.date
    SENStatus = SenReview.sen_status
    Comments = SenReview.comments
    SenCoordinatorName = Coalesce(
        SenReview.staff / Staff.display_name,
        SenReview.agent / Agent.display_name,
        about="Name of the SEN coordinator",
        example="Mrs A Zelinskova",
    )
    Roles = _roles(SenReview.staff, SenReview.agent)
    StaffLocalId = SenReview.staff / Staff.idaas_id
    StaffMis_Id = SenReview.staff / Staff.mis_id
    AgentLocalId = SenReview.agent / Agent.local_id
    AgentMis_id = SenReview.agent / Agent.mis_id


class SENEvents(
    Table, of=SenEvent, only=_on_roll(SenEvent.student), order=(SenEvent.student / Student.mis_id, SenEvent.date)
):
    """What was done about the needs of students on roll."""

    Id = SenEvent.mis_id
    Student_MisId = SenEvent.student / Student.mis_id
    EventType = SenEvent.kind
    EventDate = SenEvent.date
    Comments = SenEvent.comments


_event_contact = SenEventPerson.contact / Contact.mis_id
# Somebody whom a grant leaves out took no part in anything.
_somebody = (
    (SenEventPerson.staff / Staff.mis_id).known()
    | (SenEventPerson.agent / Agent.mis_id).known()
    | _event_contact.known()
)


class SENEventPersons(
    Table,
    of=SenEventPerson,
    only=_on_roll(SenEventPerson.student) & _somebody,
    order=(SenEventPerson.event / SenEvent.mis_id, SenEventPerson.mis_id),
):
    """Who took part in the events."""

    Id = SenEventPerson.mis_id
    SENEventsId = SenEventPerson.event / SenEvent.mis_id
    PersonName = Coalesce(
        SenEventPerson.contact / Contact.display_name,
        SenEventPerson.agent / Agent.display_name,
        Words(
            " ",
            SenEventPerson.staff / Staff.title,
            SenEventPerson.staff / Staff.forename,
            SenEventPerson.staff / Staff.surname,
        ),
        about="Name of the person",
        example="Mrs Ann Smith",
    )
    Roles = _roles(SenEventPerson.staff, SenEventPerson.agent, _event_contact)
    StaffLocalId = SenEventPerson.staff / Staff.idaas_id
    StaffMis_Id = SenEventPerson.staff / Staff.mis_id
    AgentLocalId = SenEventPerson.agent / Agent.local_id
    AgentMis_Id = SenEventPerson.agent / Agent.mis_id
    ContactLocalId = SenEventPerson.contact / Contact.idaas_id
    ContactMis_Id = _event_contact


class SENStatements(
    Table,
    of=SenStatement,
    only=_on_roll(SenStatement.student),
    order=(SenStatement.student / Student.mis_id, SenStatement.requested),
):
    """Statements of special educational needs of students on roll."""

    Id = SenStatement.mis_id
    StudentMis_Id = SenStatement.student / Student.mis_id
    DateRequested = SenStatement.requested
    ConsultationDate = SenStatement.consultation
    TemporaryDisapplicationSubjects = SenStatement.temporary_disapplication
    PermanentDisapplicationSubjects = SenStatement.permanent_disapplication
    StatutoryAssessment = SenStatement.assessment
    StatementOutcome = SenStatement.outcome
    SubjectToTribunal = SenStatement.tribunal
    AppealNotes = SenStatement.appeal_notes
    DateCeased = SenStatement.ceased
    DateFinalised = SenStatement.finalised
    Comments = SenStatement.comments
    LEAAgentId = SenStatement.agent / Agent.mis_id


class SENStatementDocuments(
    Table,
    of=SenStatementDocument,
    only=_on_roll(SenStatementDocument.student),
    order=(SenStatementDocument.statement / SenStatement.mis_id, SenStatementDocument.mis_id),
):
    """Documents that belong to the statements."""

    Id = SenStatementDocument.mis_id
    StatementId = SenStatementDocument.statement / SenStatement.mis_id
    DocumentId = SenStatementDocument.document / StudentDocument.mis_id


class SENEHCP(
    Table, of=SenPlan, only=_on_roll(SenPlan.student), order=(SenPlan.student / Student.mis_id, SenPlan.requested)
):
    """Education, health and care plans of students on roll, asked for or made."""

    Id = SenPlan.mis_id
    StudentMis_Id = SenPlan.student / Student.mis_id
    DateRequested = SenPlan.requested
    ConsultationDate = SenPlan.consultation
    TemporaryDisapplicationSubjects = SenPlan.temporary_disapplication
    PermanentDisapplicationSubjects = SenPlan.permanent_disapplication
    StatutoryAssessment = SenPlan.assessment
    StatementOutcome = SenPlan.outcome
    SubjectToTribunal = SenPlan.tribunal
    UndergoingSENDMediation = SenPlan.mediation
    AppealNotes = SenPlan.appeal_notes
    DateCeased = SenPlan.ceased
    DateFinalised = SenPlan.finalised
    Comments = SenPlan.comments


class SENEHCPDocuments(
    Table,
    of=SenPlanDocument,
    only=_on_roll(SenPlanDocument.student),
    order=(SenPlanDocument.plan / SenPlan.mis_id, SenPlanDocument.mis_id),
):
    """Documents that belong to the plans."""

    Id = SenPlanDocument.mis_id
    SENEHCPlanId = SenPlanDocument.plan / SenPlan.mis_id
    DocumentId = SenPlanDocument.document / StudentDocument.mis_id


_STUDENTS: dict[type[Table], Ref] = {
    StudentSENTypeHistory: SenNeed.student,
    StudentSENProvisionHistory: SenProvision.student,
    StudentDisabilities: Disabled.student,
    StudentSENReviews: SenReview.student,
    SENEvents: SenEvent.student,
    SENEventPersons: SenEventPerson.student,
    SENStatements: SenStatement.student,
    SENStatementDocuments: SenStatementDocument.student,
    SENEHCP: SenPlan.student,
    SENEHCPDocuments: SenPlanDocument.student,
}
"""Each table with the reference to the student whom its rows are about."""

sen = Endpoint(
    "SEN",
    "Special Educational Needs",
    "Students",
    "Students' special educational needs, what is provided for them, and their disabilities; "
    "reviews, events, statements and plans when they are asked for.",
    S.SEN | S.SENTypes | S.SENReviews | S.SENEvents | S.SENStatements | S.SENEHCP,
    tuple(_STUDENTS),
    options={
        "includeSENReviews": Option("Set to include the reviews", With(StudentSENReviews)),
        "includeSENEvents": Option("Set to include the events and who took part", With(SENEvents, SENEventPersons)),
        "includeSENStatements": Option(
            "Set to include the statements and their documents", With(SENStatements, SENStatementDocuments)
        ),
        "includeSENEHCP": Option(
            "Set to include the education, health and care plans and their documents", With(SENEHCP, SENEHCPDocuments)
        ),
    },
    filters={
        "StudentId": Filter(
            "SEN and disability details for a particular student",
            ALWAYS,
            elsewhere={t: Called((Student.mis_id,), Arg("StudentId"), ref) for t, ref in _STUDENTS.items()},
        ),
        "SENProvision": Filter(
            "What type of provision is returned from StudentSENProvisionHistory, by its code",
            ALWAYS,
            elsewhere={StudentSENProvisionHistory: SenProvision.code.same(Arg("SENProvision"))},
        ),
        "SENTypeRank": Filter(
            "The severity of SEN Type, where 1 is most severe",
            ALWAYS,
            kind="number",
            elsewhere={StudentSENTypeHistory: SenNeed.rank.is_(Arg("SENTypeRank"))},
        ),
        "Active": Filter(
            "Currently active types, provisions and disabilities (1), or those that are not (0)",
            ALWAYS,
            kind="flag",
            elsewhere={
                StudentSENTypeHistory: SenNeed.active.is_(Arg("Active")),
                StudentSENProvisionHistory: SenProvision.active.is_(Arg("Active")),
                StudentDisabilities: Disabled.active.is_(Arg("Active")),
            },
        ),
        "updatedSince": updated_since_in(*_STUDENTS),
    },
)

ENDPOINTS = (sen,)
