"""What a school does beside its lessons to help students on (school.interventions, school.studentinterventions).

The document names the tables and the dates that they are asked for, not their columns: these are Rollbook's.
"""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table
from ...fields import Arg, Condition, Csv, Field, LastUpdated, Path, RowHash, Tally
from ...model import intervention as model
from ...model.agency import Agent
from ...model.intervention import (
    Intervention,
    InterventionAgent,
    InterventionContact,
    InterventionOverview,
    intervention_agents,
    intervention_contacts,
    intervention_staff,
    overview_students,
)
from ...model.people import Contact, Staff
from ...model.students import Student
from ...scopes import S

_on_roll = (Intervention.student / Student.on_roll).is_("OnRoll")


class InterventionOvervews(
    Table, of=InterventionOverview, order=(InterventionOverview.start, InterventionOverview.mis_id)
):
    """The kinds of help that the school offers, or has offered."""

    Id = InterventionOverview.mis_id
    Name = InterventionOverview.name
    Type = InterventionOverview.kind
    Description = InterventionOverview.description
    Aim = InterventionOverview.aim
    StartDate = InterventionOverview.start
    EndDate = InterventionOverview.end
    SessionsPerWeek = InterventionOverview.sessions_per_week
    SessionMinutes = InterventionOverview.minutes
    LeadStaffId = InterventionOverview.leader / Staff.mis_id
    NumStudents = Tally(overview_students, about="Count of students on roll who take part today")
    LastUpdated = LastUpdated(InterventionOverview)
    RowHash = RowHash(InterventionOverview)


class Interventions(
    Table,
    of=Intervention,
    only=_on_roll,
    order=(Intervention.start, Intervention.student / Student.mis_id, Intervention.mis_id),
):
    """What each student on roll takes part in, or took part in."""

    Id = Intervention.mis_id
    OverviewId = Intervention.overview / InterventionOverview.mis_id
    StudentId = Intervention.student / Student.mis_id
    Status = Intervention.status
    StartDate = Intervention.start
    EndDate = Intervention.end
    ReviewDate = Intervention.review
    Reason = Intervention.reason
    Target = Intervention.target
    StartingPoint = Intervention.before
    EndPoint = Intervention.after
    Outcome = Intervention.outcome
    Comments = Intervention.comments
    LastUpdated = LastUpdated(Intervention)
    RowHash = RowHash(Intervention)


class InterventionStaff(
    Table,
    of=model.InterventionStaff,
    only=(model.InterventionStaff.student / Student.on_roll).is_("OnRoll"),
    order=(model.InterventionStaff.intervention / Intervention.mis_id, model.InterventionStaff.mis_id),
):
    """The members of staff who take part."""

    Id = model.InterventionStaff.mis_id
    InterventionId = model.InterventionStaff.intervention / Intervention.mis_id
    StaffId = model.InterventionStaff.staff / Staff.mis_id
    Role = model.InterventionStaff.role
    LastUpdated = LastUpdated(model.InterventionStaff)
    RowHash = RowHash(model.InterventionStaff)


class InterventionContacts(
    Table,
    of=InterventionContact,
    only=(InterventionContact.student / Student.on_roll).is_("OnRoll"),
    order=(InterventionContact.intervention / Intervention.mis_id, InterventionContact.mis_id),
):
    """The contacts who take part."""

    Id = InterventionContact.mis_id
    InterventionId = InterventionContact.intervention / Intervention.mis_id
    ContactId = InterventionContact.contact / Contact.mis_id
    Role = InterventionContact.role
    LastUpdated = LastUpdated(InterventionContact)
    RowHash = RowHash(InterventionContact)


class InterventionAgents(
    Table,
    of=InterventionAgent,
    only=(InterventionAgent.student / Student.on_roll).is_("OnRoll"),
    order=(InterventionAgent.intervention / Intervention.mis_id, InterventionAgent.mis_id),
):
    """The agents who take part."""

    Id = InterventionAgent.mis_id
    InterventionId = InterventionAgent.intervention / Intervention.mis_id
    AgentId = InterventionAgent.agent / Agent.mis_id
    Role = InterventionAgent.role
    LastUpdated = LastUpdated(InterventionAgent)
    RowHash = RowHash(InterventionAgent)


def _ends_after(end: Field | Path) -> Condition:
    return end.unknown() | end.since(Arg("DateFrom"))


_PARTS = (
    (InterventionStaff, model.InterventionStaff.intervention),
    (InterventionContacts, InterventionContact.intervention),
    (InterventionAgents, InterventionAgent.intervention),
)

interventions = Endpoint(
    "Interventions",
    "Interventions",
    "School",
    "What the school does beside its lessons to help students on: what it offers, who takes part, and who helps them.",
    S.Conduct,
    (InterventionOvervews, Interventions, *(table for table, _ in _PARTS)),
    filters={
        "DateFrom": Filter(
            "The date from which to collect: what ended before it is left out",
            _ends_after(InterventionOverview.end),
            kind="date",
            elsewhere={
                Interventions: _ends_after(Intervention.end),
                **{table: _ends_after(ref / Intervention.end) for table, ref in _PARTS},
            },
        ),
        "DateTo": Filter(
            "The end of the date range: what starts after it is left out",
            InterventionOverview.start.until(Arg("DateTo")),
            kind="date",
            elsewhere={
                Interventions: Intervention.start.until(Arg("DateTo")),
                **{table: (ref / Intervention.start).until(Arg("DateTo")) for table, ref in _PARTS},
            },
        ),
    },
)


class StudentInterventions(
    Table,
    of=Intervention,
    only=_on_roll,
    order=(Intervention.student / Student.mis_id, Intervention.start, Intervention.mis_id),
):
    """What each student on roll takes part in, or took part in, and with whom."""

    Id = Intervention.mis_id
    StudentId = Intervention.student / Student.mis_id
    StudentIdaasId = Intervention.student / Student.idaas_id
    OverviewId = Intervention.overview / InterventionOverview.mis_id
    Name = Intervention.overview / InterventionOverview.name
    Type = Intervention.overview / InterventionOverview.kind
    Aim = Intervention.overview / InterventionOverview.aim
    Status = Intervention.status
    StartDate = Intervention.start
    EndDate = Intervention.end
    ReviewDate = Intervention.review
    Reason = Intervention.reason
    Target = Intervention.target
    StartingPoint = Intervention.before
    EndPoint = Intervention.after
    Outcome = Intervention.outcome
    Comments = Intervention.comments
    StaffIds = Csv(intervention_staff, model.InterventionStaff.staff / Staff.mis_id, about="CSV of Ids of the staff")
    ContactIds = Csv(
        intervention_contacts, InterventionContact.contact / Contact.mis_id, about="CSV of Ids of the contacts"
    )
    AgentIds = Csv(intervention_agents, InterventionAgent.agent / Agent.mis_id, about="CSV of Ids of the agents")
    LastUpdated = LastUpdated(Intervention)
    RowHash = RowHash(Intervention)


student_interventions = Endpoint(
    "StudentInterventions",
    "Student interventions and associated data.",
    "Students",
    "Interventions for students on roll, outside lessons: the reason, the people involved and the outcome.",
    S.Conduct,
    (StudentInterventions,),
    filters={
        "DateFrom": Filter("What ended before this date is left out", _ends_after(Intervention.end), kind="date"),
        "DateTo": Filter(
            "What starts after this date is left out", Intervention.start.until(Arg("DateTo")), kind="date"
        ),
    },
)

ENDPOINTS = (interventions, student_interventions)
