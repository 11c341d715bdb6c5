"""What schools did about misconduct: the record's exclusions and detentions, as far as they are Ed-Fi's measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..model.detention import Detention, DetentionType, StudentDetention
from ..model.document_scopes import GUARDS
from ..model.exclusion import Exclusion
from ..model.organisation import School
from .declaring import declare, through
from .homes import Codec, Fact, May, Rest, Row, Value, numbered
from .organisations import schools
from .people import student
from .words import folded, uri

ACTIONS = "disciplineActions"

MEASURE = "disciplineDescriptor"

CODES: Mapping[str, Value] = {
    uri("Discipline", "Out of School Suspension"): "FIXD",
    uri("Discipline", "Expulsion"): "PERM",
}
"""The kinds of exclusion that Ed-Fi has words for; lunchtimes are none, nor is what was taken back."""

_FOLDED = {folded(word): code for word, code in CODES.items()}


@dataclass(frozen=True)
class _Kind(Fact):
    """The kind of an exclusion, as the one measure that was taken."""

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        return [{MEASURE: word} for word, code in CODES.items() if code == row.get(self.name)]

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        return {self.field: _FOLDED.get(folded(value[0][MEASURE]))}


def is_exclusion(document: Mapping[str, Any]) -> bool:
    """Whether a measure is an exclusion and nothing else, and its document names nobody but the student."""
    own, incidents = document["studentReference"], "studentDisciplineIncidentBehaviorAssociation"
    named = (one[f"{incidents}Reference"]["studentUniqueId"] for one in document.get(f"{incidents}s", ()))
    words = [folded(one[MEASURE]) for one in document["disciplines"]]
    alone = not document.get("staffs") and all(one == own["studentUniqueId"] for one in named)
    return len(words) == 1 and words[0] in _FOLDED and alone


exclusions = declare(
    ACTIONS,
    Exclusion,
    {
        "disciplineActionIdentifier": Fact(Exclusion.mis_id),
        "disciplineDate": Fact(Exclusion.start),
        "disciplines": _Kind(Exclusion.kind),
        "responsibilitySchoolReference": through(Exclusion.school, schools),
        "studentReference": student(Exclusion.student),
        "disciplineActionLength": Fact(Exclusion.days),
    },
    only=Exclusion.kind.one_of(*CODES.values()) & numbered(Exclusion.school / School.estab),
    remainder=GUARDS[ACTIONS].whole,
    fitting=is_exclusion,
)

PLACE = "Det."
"""What the identifier of a student's place in a detention begins with: exclusions are numbered by themselves."""


def _place(identifier: str) -> str:
    return identifier.removeprefix(PLACE) if identifier.startswith(PLACE) else ""


@dataclass(frozen=True)
class _Day(Fact):
    """The day of a detention, which its places do not store."""

    compared = True


@dataclass(frozen=True)
class _Detained(Fact):
    """The school's own word for a kind of detention, since Ed-Fi publishes none for any."""

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        return [{MEASURE: uri("Discipline", row.get(self.name) or "Detention")}]


detentions = declare(
    ACTIONS,
    StudentDetention,
    {
        "disciplineActionIdentifier": Fact(StudentDetention.mis_id, Codec(lambda number: f"{PLACE}{number}", _place)),
        "disciplineDate": _Day(StudentDetention.detention / Detention.date),
        "disciplines": _Detained(StudentDetention.detention / (Detention.type / DetentionType.description)),
        "responsibilitySchoolReference": through(StudentDetention.school, schools),
        "studentReference": student(StudentDetention.student),
    },
    only=numbered(StudentDetention.school / School.estab),
    read_only=True,
)
