"""Outside agencies and their people (school.agencyagent).

What is medical stands in a part of its own of each table, whose rows are there for those who hold StudentMedical too.
"""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table, Union
from ...fields import ALWAYS, Arg, Called, Condition, Expr, LastUpdated, Question, RowHash, Some, Within
from ...model import agency as model
from ...model.agency import (
    MEDICAL_AGENCY,
    MEDICAL_AGENT,
    Agency,
    Agent,
    MedicalAgency,
    MedicalAgencyAgent,
    MedicalAgencyStudent,
    MedicalAgent,
    MedicalAgentStudent,
    agency_now,
    agency_students,
    agent_now,
    agent_students,
)
from ...model.students import Student
from ...scopes import S


def _agency(of: type[Agency]) -> dict[str, Expr]:
    return {
        "Id": of.mis_id,
        "AgencyType": of.kind,
        "AgencyName": of.name,
        "Telephone": of.telephone,
        "Fax": of.fax,
        "EmailAddress": of.email,
        "Website": of.website,
        "HouseNumber": of.house_no,
        "HouseName": of.house_name,
        "Apartment": of.apartment,
        "Street": of.street,
        "District": of.locality,
        "Town": of.town,
        "County": of.county,
        "Postcode": of.post_code,
        "Country": of.country,
        "AddressBlock": of.address_block,
        "LastUpdated": LastUpdated(of),
        "RowHash": RowHash(of),
    }


def _agent(of: type[Agent]) -> dict[str, Expr]:
    return {
        "Id": of.mis_id,
        "Title": of.title,
        "Surname": of.surname,
        "Forename": of.forename,
        "MiddleName": of.middle_name,
        "Gender": of.gender,
        "Telephone": of.telephone,
        "EmailAddress": of.email,
        "PrimaryTelephone": of.primary_telephone,
        "PrimaryEmailAddress": of.primary_email,
        "LastUpdated": LastUpdated(of),
        "RowHash": RowHash(of),
    }


def _agency_student(of: type[model.AgencyStudent]) -> dict[str, Expr]:
    return {
        "Id": of.mis_id,
        "AgencyId": of.agency / Agency.mis_id,
        "StudentId": of.student / Student.mis_id,
        "AgencyStudentLinkType": of.link_type,
        "AgencyStudentStartDate": of.start,
        "AgencyStudentEndDate": of.end,
        "LastUpdated": LastUpdated(of),
        "RowHash": RowHash(of),
    }


def _agent_student(of: type[model.AgentStudent]) -> dict[str, Expr]:
    return {
        "Id": of.mis_id,
        "AgentId": of.agent / Agent.mis_id,
        "StudentId": of.student / Student.mis_id,
        "AgentStudentLinkType": of.link_type,
        "AgentStudentStartDate": of.start,
        "AgentStudentEndDate": of.end,
        "LastUpdated": LastUpdated(of),
        "RowHash": RowHash(of),
    }


def _agency_agent(of: type[model.AgencyAgent]) -> dict[str, Expr]:
    return {
        "Id": of.mis_id,
        "AgencyId": of.agency / Agency.mis_id,
        "AgentId": of.agent / Agent.mis_id,
        "LastUpdated": LastUpdated(of),
        "RowHash": RowHash(of),
    }


_agency_linked, _agent_linked = Some(agency_students, ALWAYS), Some(agent_students, ALWAYS)


class Agencies(
    Table,
    of=Agency,
    name="Agency",
    only=Agency.kind.is_not(MEDICAL_AGENCY) & _agency_linked,
    order=(Agency.mis_id,),
    shared=_agency(Agency),
):
    """Agencies that work with students on roll today."""


class MedicalAgencies(
    Table, of=MedicalAgency, name="Agency", only=_agency_linked, order=(Agency.mis_id,), shared=_agency(MedicalAgency)
):
    """Medical practices and the like with which students on roll are registered today."""


class Agents(
    Table,
    of=Agent,
    name="Agent",
    only=Agent.kind.is_not(MEDICAL_AGENT) & _agent_linked,
    order=(Agent.mis_id,),
    shared=_agent(Agent),
):
    """Agents who work with students on roll today."""


class Doctors(
    Table, of=MedicalAgent, name="Agent", only=_agent_linked, order=(Agent.mis_id,), shared=_agent(MedicalAgent)
):
    """Doctors of students on roll today."""


class AgencyStudents(
    Table,
    of=model.AgencyStudent,
    name="AgencyStudent",
    only=agency_now & (model.AgencyStudent.agency / Agency.kind).is_not(MEDICAL_AGENCY),
    order=(model.AgencyStudent.student / Student.mis_id, model.AgencyStudent.start),
    shared=_agency_student(model.AgencyStudent),
):
    """Which agencies work with which students today."""


class MedicalAgencyStudents(
    Table,
    of=MedicalAgencyStudent,
    name="AgencyStudent",
    only=agency_now,
    order=(model.AgencyStudent.student / Student.mis_id, model.AgencyStudent.start),
    shared=_agency_student(MedicalAgencyStudent),
):
    """With which medical agencies students are registered today."""


class AgentStudents(
    Table,
    of=model.AgentStudent,
    name="AgentStudent",
    only=agent_now & (model.AgentStudent.agent / Agent.kind).is_not(MEDICAL_AGENT),
    order=(model.AgentStudent.student / Student.mis_id, model.AgentStudent.start),
    shared=_agent_student(model.AgentStudent),
):
    """Which agents work with which students today."""


class DoctorStudents(
    Table,
    of=MedicalAgentStudent,
    name="AgentStudent",
    only=agent_now,
    order=(model.AgentStudent.student / Student.mis_id, model.AgentStudent.start),
    shared=_agent_student(MedicalAgentStudent),
):
    """Who the doctors of students are today."""


def _both(agency: Condition, agent: Condition) -> Condition:
    """Links between an agency and an agent of whom both are so."""
    link = model.AgencyAgent
    return Within(link.agency, Question(Agency, (), agency)) & Within(link.agent, Question(Agent, (), agent))


class AgencyAgents(
    Table,
    of=model.AgencyAgent,
    name="AgencyAgent",
    only=(model.AgencyAgent.agency / Agency.kind).is_not(MEDICAL_AGENCY)
    & (model.AgencyAgent.agent / Agent.kind).is_not(MEDICAL_AGENT)
    & _both(_agency_linked, _agent_linked),
    order=(model.AgencyAgent.mis_id,),
    shared=_agency_agent(model.AgencyAgent),
):
    """Which of the agents belongs to which of the agencies."""


class MedicalAgencyAgents(
    Table,
    of=MedicalAgencyAgent,
    name="AgencyAgent",
    only=_both(_agency_linked, _agent_linked),
    order=(model.AgencyAgent.mis_id,),
    shared=_agency_agent(MedicalAgencyAgent),
):
    """Which of the doctors belongs to which of the practices."""


_agency_student_called = Called((Student.mis_id,), Arg("StudentId"), model.AgencyStudent.student)
_agent_student_called = Called((Student.mis_id,), Arg("StudentId"), model.AgentStudent.student)
_agency_called = Some(agency_students, _agency_student_called)
_agent_called = Some(agent_students, _agent_student_called)
_both_called = _both(_agency_called, _agent_called)

agency_agent = Endpoint(
    "AgencyAgent",
    "Agencies and Agents",
    "School",
    "Agencies and agents that are currently linked to students on roll. "
    "Medical agencies and doctors need StudentMedical as well.",
    S.AgencyAgent,
    (
        Union("Agency", (Agencies, MedicalAgencies)),
        Union("Agent", (Agents, Doctors)),
        Union("AgencyStudent", (AgencyStudents, MedicalAgencyStudents)),
        Union("AgentStudent", (AgentStudents, DoctorStudents)),
        Union("AgencyAgent", (AgencyAgents, MedicalAgencyAgents)),
    ),
    filters={
        "StudentId": Filter(
            "Records relating to a specific student",
            ALWAYS,
            elsewhere={
                Agencies: _agency_called,
                MedicalAgencies: _agency_called,
                Agents: _agent_called,
                Doctors: _agent_called,
                AgencyStudents: _agency_student_called,
                MedicalAgencyStudents: _agency_student_called,
                AgentStudents: _agent_student_called,
                DoctorStudents: _agent_student_called,
                AgencyAgents: _both_called,
                MedicalAgencyAgents: _both_called,
            },
        )
    },
)

ENDPOINTS = (agency_agent,)
