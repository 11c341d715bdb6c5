"""Agencies and agents that look after students' health, and what belongs to those."""

from __future__ import annotations

from ....fields import Record
from ....model.agency import (
    MEDICAL_AGENCY,
    MEDICAL_AGENT,
    Agency,
    AgencyAgent,
    AgencyStudent,
    Agent,
    AgentStudent,
    MedicalAgency,
    MedicalAgencyAgent,
    MedicalAgencyStudent,
    MedicalAgent,
    MedicalAgentStudent,
)
from .text import View, written

_OF_AGENCY = "JOIN agency b ON b.district = a.district AND b.key = a.agency"
_OF_AGENT = "JOIN agent c ON c.district = a.district AND c.key = a.agent"


def _those(of: type[Record], where: str, joins: str = "") -> View:
    """The records of a kind for which something holds."""
    facts = ", ".join(f'a."{name}"' for name in of.stored())
    return lambda flavour: (
        f"SELECT a.district, a.id, a.key, {facts}, a.key AS made, {written(flavour, 'a')} AS seq, a.changed"
        f' FROM "{of.table}" a {joins} WHERE {where}'
    )


VIEWS: dict[type[Record], View] = {
    MedicalAgency: _those(Agency, f"a.kind = '{MEDICAL_AGENCY}'"),
    MedicalAgent: _those(Agent, f"a.kind = '{MEDICAL_AGENT}'"),
    MedicalAgencyStudent: _those(AgencyStudent, f"b.kind = '{MEDICAL_AGENCY}'", _OF_AGENCY),
    MedicalAgentStudent: _those(AgentStudent, f"c.kind = '{MEDICAL_AGENT}'", _OF_AGENT),
    MedicalAgencyAgent: _those(
        AgencyAgent, f"b.kind = '{MEDICAL_AGENCY}' OR c.kind = '{MEDICAL_AGENT}'", f"{_OF_AGENCY} {_OF_AGENT}"
    ),
}
