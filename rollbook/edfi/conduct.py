"""Incidents, and the students and members of staff who had a part in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..fields import ALWAYS, Arg, Coalesce, Condition, Expr, Literal, Not, Path, Ref, Value
from ..model.conduct import Behaviour, BehaviourStaff, BehaviourStudent, ConductLookup, ConductType
from ..scopes import S
from .declaring import declare, through
from .entries import Entered, Entry
from .homes import Fact, May, Rest, Row, trail
from .organisations import schools
from .people import staff, student
from .words import uri

CODE_OF_CONDUCT = uri("Behavior", "School Code of Conduct")
"""What a kind of incident is that a school names in its own words: Ed-Fi has no narrower word for any."""

PLACES = {
    "Cafeteria": "Cafeteria area",
    "Classroom": "Classroom",
    "Corridor": "Hallway or stairs",
    "Courtyard": "On-campus other outside area",
    "Dining Hall": "Cafeteria area",
    "Outside School Grounds": "Off campus",
    "Playground": "Athletic field or playground",
    "Playing Field": "Athletic field or playground",
}
"""The places that schools have names for and that Ed-Fi has words for."""

PARTS = {
    "Instigator": "Perpetrator",
    "Participant": "Perpetrator",
    "Target": "Victim",
    "Victim": "Victim",
    "Witness": "Witness",
}
"""What schools call the part that a student had in an incident, and Ed-Fi's words for it."""

HARMLESS = ("Victim", "Witness")
"""The parts of those who did nothing wrong."""


def _kind(ref: Ref) -> Entry:
    return Entry(ref, ConductType, "Behavior", {"category": "Beh"}, otherwise=CODE_OF_CONDUCT)


def _part(ref: Ref, kind: str = "BehStuRole") -> Entry:
    member = "disciplineIncidentParticipationCodeDescriptor"
    return Entry(ref, ConductLookup, "DisciplineIncidentParticipationCode", {"kind": kind}, PARTS, member=member)


@dataclass(frozen=True)
class Commented(Fact):
    """A text that other dialects show with the record, and Ed-Fi only to those who may read comments."""

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        if may(self.name):
            return super().write(value, document, may)
        return {self.name: value} if value is not None else {}


discipline_incidents = declare(
    "disciplineIncidents",
    Behaviour,
    {
        "incidentIdentifier": Fact(Behaviour.mis_id),
        "schoolReference": through(Behaviour.school, schools),
        "behaviors": replace(_kind(Behaviour.type), member="behaviorDescriptor"),
        "incidentDate": Fact(Behaviour.date),
        "incidentDescription": Commented(Behaviour.comments, sets="description"),
        "incidentLocationDescriptor": Entry(
            Behaviour.location, ConductLookup, "IncidentLocation", {"kind": "BehLocation"}, table=PLACES
        ),
    },
    only=Behaviour.date.known(),
    remainder=S.Conduct & S.ConductComments,
)


@dataclass(frozen=True)
class _Behaved(Entered):
    """What a student did: what was told of the student, or else the kind of the incident."""

    own: Entry
    incident: Path
    """The word of the kind of the incident."""

    @property
    def entry(self) -> Entry:
        return self.own

    @property
    def words(self) -> tuple[Path, Path]:
        """The words that may say it, the nearest first."""
        return self.own.word, self.incident

    def columns(self) -> dict[str, Expr]:
        return {trail(word): word for word in self.words}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        return next((said for word in self.words if (said := row.get(trail(word)))), CODE_OF_CONDUCT)

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        return self.own.write(value, document, may)

    def where(self, arg: Arg) -> Condition:
        said = Coalesce(*self.words)
        return said.same(arg) | (said.unknown() & Literal(CODE_OF_CONDUCT).same(arg))

    @property
    def known(self) -> Condition:
        return ALWAYS


_ROLE = BehaviourStudent.role / ConductLookup.description
_BYSTANDER = BehaviourStudent.bystander.is_(1) | (
    BehaviourStudent.bystander.unknown() & _ROLE.one_of(*(role for role, part in PARTS.items() if part in HARMLESS))
)
_DATED = (BehaviourStudent.behaviour / Behaviour.date).known()

student_behaviors = declare(
    "studentDisciplineIncidentBehaviorAssociations",
    BehaviourStudent,
    {
        "behaviorDescriptor": _Behaved(
            _kind(BehaviourStudent.type),
            BehaviourStudent.behaviour / (Behaviour.type / ConductType.word),
        ),
        "disciplineIncidentReference": through(BehaviourStudent.behaviour, discipline_incidents),
        "studentReference": student(BehaviourStudent.student),
        "disciplineIncidentParticipationCodes": _part(BehaviourStudent.role),
    },
    only=_DATED & Not(_BYSTANDER),
    fresh={"bystander": 0},
    remainder=(S.Student | S.StudentLite) & S.Conduct & S.ConductComments,
    belongs=("behaviour", "student"),
)

student_non_offenders = declare(
    "studentDisciplineIncidentNonOffenderAssociations",
    BehaviourStudent,
    {
        "disciplineIncidentReference": through(BehaviourStudent.behaviour, discipline_incidents),
        "studentReference": student(BehaviourStudent.student),
        "disciplineIncidentParticipationCodes": _part(BehaviourStudent.role),
    },
    only=_DATED & _BYSTANDER,
    fresh={"bystander": 1},
    remainder=(S.Student | S.StudentLite) & S.Conduct,
    belongs=("behaviour", "student"),
)

staff_involved = declare(
    "staffDisciplineIncidentAssociations",
    BehaviourStaff,
    {
        "disciplineIncidentReference": through(BehaviourStaff.behaviour, discipline_incidents),
        "staffReference": staff(BehaviourStaff.staff),
        "disciplineIncidentParticipationCodes": _part(BehaviourStaff.role, "StfRole"),
    },
    only=(BehaviourStaff.behaviour / Behaviour.date).known(),
    remainder=(S.Staff | S.StaffLite) & S.Conduct,
    belongs=("behaviour", "staff"),
)
