"""Outside agencies that work with students, and their people.

Those that look after students' health are medical; what a school says of them is medical too, and needs its consent
beside that for agencies.
"""

from __future__ import annotations

from ..fields import TODAY, Code, Computed, Condition, Date, Key, Many, Ref, Text, Words
from ..scopes import S
from .organisation import SchoolRecord
from .students import Student

AGENCY_TYPES = {
    "Medical": "Medical practice, hospital or clinic",
    "Psychology": "Educational psychology service",
    "Therapy": "Speech, language and other therapies",
    "Social Care": "Children's social care",
    "SEND": "The local authority's special needs team",
    "Counselling": "Counselling and mentoring",
    "Police": "Police and youth justice",
}
AGENT_TYPES = {
    "Doctor": "Doctor",
    "Educational Psychologist": "Educational psychologist",
    "Speech and Language Therapist": "Speech and language therapist",
    "Social Worker": "Social worker",
    "SEND Officer": "Officer of the local authority's special needs team",
    "Counsellor": "Counsellor or mentor",
    "Police Officer": "Police officer who works with schools",
}
MEDICAL_AGENCY, MEDICAL_AGENT = "Medical", "Doctor"
"""The kinds that stand under the consent for medical records as well (vendor documentation, 2018)."""

_BOTH = S.AgencyAgent & S.StudentMedical


class Agency(SchoolRecord, scope=S.AgencyAgent, indexes=(("school", "mis_id"),)):
    """An organisation outside the school that works with its students."""

    mis_id = Text("Id of the agency", "32")
    kind = Code("The type of agency", "Medical", AGENCY_TYPES)
    name = Text("The agency name", "Hatfield Medical Centre")
    telephone = Text("The agency telephone number", "01324 345634")
    fax = Text("The agency fax number", "01324 534324")
    email = Text("The agency email address", "enquiries@hmc.co.uk")
    website = Text("The agency website", "www.hmc.co.uk")
    house_no = Text("The agency house number", "1")
    house_name = Text("The agency house name", "Hatfield House")
    apartment = Text("The agency apartment", "2a")
    street = Text("The agency street", "Russel Street")
    locality = Text("The agency district", "Woodstock")
    town = Text("The agency town", "Oxford")
    county = Text("The agency county", "Oxfordshire")
    post_code = Text("The agency postcode", "OX4 5DW")
    country = Text("The agency country", "UK")
    address_block = Computed(
        "The address block for the agency",
        "Hatfield House\n1 Russel Street\nWoodstock\nOxford\nOxfordshire\nOX4 5DW\nUK",
        Words(
            "\n",
            apartment,
            house_name,
            Words(" ", house_no, street),
            locality,
            town,
            county,
            post_code,
            country,
        ),
    )


class Agent(SchoolRecord, scope=S.AgencyAgent, indexes=(("school", "mis_id"),)):
    """A professional outside the school who works with its students."""

    mis_id = Text("Id of the agent", "3453")
    local_id = Computed("The local Id of the agent", "PA-14", Key("PA-", mis_id))
    kind = Code("The profession of the agent", "Doctor", AGENT_TYPES)
    title = Text("Agent's title", "Mr")
    surname = Text("Agent's surname", "Smith")
    forename = Text("Agent's forename", "Bill")
    middle_name = Text("Agent's middle name", "Gregory")
    display_name = Computed("Full name of the agent", "Mr Bill Smith", Words(" ", title, forename, surname))
    gender = Text("Agent's gender", "M")
    telephone = Text("Agent's telephone number", "01345 564234")
    email = Text("Agent's email address", "bsmith@hmc.co.uk")
    primary_telephone = Text("Agent's primary telephone number", "01345 435543")
    primary_email = Text("Agent's primary email address", "bsmith@hmc.co.uk")


class AgencyStudent(
    SchoolRecord,
    scope=S.AgencyAgent,
    indexes=(("school", "mis_id"), ("agency", "student"), ("student",)),
):
    """An agency's work with a student, for a time."""

    mis_id = Text("Id for the relationship between the agency and the student", "4355")
    agency = Ref("The agency", Agency, part_of=True, tells=("mis_id", "kind"))
    student = Ref("The student", Student, part_of=True, tells=("mis_id", "on_roll"))
    link_type = Text("The type of link between the agency and the student", "Medical Centre")
    start = Date("The start date of link between the agency and the student", "2016-04-23")
    end = Date("The end date of link between the agency and the student", "2017-04-23")


class AgentStudent(
    SchoolRecord,
    scope=S.AgencyAgent,
    indexes=(("school", "mis_id"), ("agent", "student"), ("student",)),
):
    """An agent's work with a student, for a time."""

    mis_id = Text("Id for the relationship between the agent and the student", "4355")
    agent = Ref("The agent", Agent, part_of=True, tells=("mis_id", "kind"))
    student = Ref("The student", Student, part_of=True, tells=("mis_id", "on_roll"))
    link_type = Text("The type of link between the agent and the student", "Doctor")
    start = Date("The start date of link between the agent and the student", "2016-04-23")
    end = Date("The end date of link between the agent and the student", "2017-04-23")


class AgencyAgent(SchoolRecord, scope=S.AgencyAgent, indexes=(("school", "mis_id"), ("agency", "agent"), ("agent",))):
    """An agent's membership of an agency."""

    mis_id = Text("Id for the relationship between the agency and the agent", "4355")
    agency = Ref("The agency", Agency, part_of=True, tells=("mis_id", "kind"))
    agent = Ref("The agent", Agent, part_of=True, tells=("mis_id", "kind"))


class MedicalAgency(Agency, scope=_BOTH, over=("Agency",)):
    """An agency that looks after students' health."""


class MedicalAgent(Agent, scope=_BOTH, over=("Agent",)):
    """An agent who looks after students' health."""


class MedicalAgencyStudent(AgencyStudent, scope=_BOTH, over=("AgencyStudent", "Agency")):
    """A medical agency's work with a student, for a time."""


class MedicalAgentStudent(AgentStudent, scope=_BOTH, over=("AgentStudent", "Agent")):
    """A doctor's work with a student, for a time."""


class MedicalAgencyAgent(AgencyAgent, scope=_BOTH, over=("AgencyAgent", "Agency", "Agent")):
    """Somebody's membership of an agency, where either of the two is medical."""


def _now(link: type[AgencyStudent] | type[AgentStudent]) -> Condition:
    begun = link.start.unknown() | link.start.until(TODAY)
    return begun & (link.end.unknown() | link.end.since(TODAY)) & (link.student / Student.on_roll).is_("OnRoll")


agency_now, agent_now = _now(AgencyStudent), _now(AgentStudent)
"""The links that are in force today, with students on roll."""
agency_students = Many("The students an agency works with now", AgencyStudent.agency, where=agency_now)
agent_students = Many("The students an agent works with now", AgentStudent.agent, where=agent_now)
