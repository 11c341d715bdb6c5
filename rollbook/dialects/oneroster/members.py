"""What may be written of a gradebook: the members of each entity, and the facts of the record that take them.

OneRoster 1.2 Gradebook Service, information model, section 4; what a member must be is checked here, what a reference
leads to where it is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Annotated, Any, cast

import msgspec

from ...errors import Problem, nearest
from ...fields import Record, Value
from ...model.assessment import Aspect, AssessmentCategory, AssessmentResult
from ...model.gradebook import SCORE_STATUSES, ScoreScale

SOURCED_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:@=+-]{0,254}")
"""What may be chosen as an id: letters and digits that need no care in an address."""

Taken = Callable[[Any], Any]
"""Puts a value as the record has it; raises `ValueError` with what is wrong with it."""


@dataclass(frozen=True)
class Member:
    """A member, the stored fact that takes it, and how; `leads` names the collection in which its id is looked up."""

    fact: str
    take: Taken
    needed: bool = False
    leads: str = ""


# ---- what values must be


def text(value: Any) -> str:
    """A text."""
    if not isinstance(value, str) or "\0" in value or len(value) > 4000:
        raise ValueError("expected a text of up to 4,000 characters")
    return value


def number(value: Any) -> float:
    """A number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= 1e15:
        raise ValueError("expected a number")
    return float(value)


def flag(value: Any) -> int:
    """A flag, which is written as a text."""
    if value not in ("true", "false"):
        raise ValueError('expected "true" or "false", as a text')
    return int(value == "true")


def moment(value: Any) -> str:
    """A moment, UTC, as the store writes moments."""
    try:
        at = datetime.fromisoformat(text(value))
        utc = (at.astimezone(UTC) if at.tzinfo else at).replace(tzinfo=None)
        return utc.isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):
        raise ValueError("expected a moment, such as 2026-11-20T08:45:00.000Z") from None


def day(value: Any) -> str:
    """A day; the time after it is cut off."""
    try:
        return date.fromisoformat(text(value)[:10]).isoformat()
    except ValueError:
        raise ValueError("expected a day, such as 2026-11-20") from None


def status(value: Any) -> str:
    """How far the marking has come."""
    if value not in SCORE_STATUSES and not str(value).startswith("ext:"):
        raise ValueError(f"expected one of {', '.join(SCORE_STATUSES)}")
    return text(value)


def identity(value: Any) -> str:
    """The id in a reference."""
    found = cast(Mapping[str, Any], value).get("sourcedId") if isinstance(value, dict) else None
    if not isinstance(found, str) or not found or "\0" in found:
        raise ValueError('expected a reference, such as {"sourcedId": "…"}')
    return found


class _Pair(msgspec.Struct, forbid_unknown_fields=True):
    itemValueLHS: str
    itemValueRHS: str


class _Ids(msgspec.Struct, forbid_unknown_fields=True):
    source: str
    learningObjectiveIds: Annotated[list[str], msgspec.Meta(min_length=1)]


class _Scored(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    learningObjectiveId: str
    score: float | None = None
    textScore: str | None = None


class _Results(msgspec.Struct, forbid_unknown_fields=True):
    source: str
    learningObjectiveResults: Annotated[list[_Scored], msgspec.Meta(min_length=1)]


def _shaped(kind: Any) -> Taken:
    def take(value: Any) -> Any:
        try:
            found = msgspec.to_builtins(msgspec.convert(value, type=kind))
        except msgspec.ValidationError as error:
            raise ValueError(str(error)) from None
        return _storable(found)

    return take


def _storable(value: Any) -> Any:
    if "\\u0000" in json.dumps(value):
        raise ValueError("holds the character U+0000")
    return value


def open_object(value: Any) -> Any:
    """An object of whatever members."""
    if not isinstance(value, dict):
        raise ValueError("expected an object")
    return _storable(cast(Any, value))


# ---- entities

KEPT = ("metadata", "learningObjectiveSet")
"""What is kept beside the facts of a record."""
LEAST, MOST, PAIRS = "least", "most", "pairs"
"""What records of their own take: the range of scores, and what scores stand for."""


@dataclass(frozen=True)
class Entity:
    """What an entity is written to: the record, its members, and what a new record has besides.

    `item` is the member through which a result belongs to something.
    """

    name: str
    record: type[Record]
    members: Mapping[str, Member]
    fresh: Mapping[str, Value] = field(default_factory=dict[str, Value])
    item: str = ""

    def only(self, *names: str) -> Entity:
        """The same with some of its members."""
        return replace(self, members={n: m for n, m in self.members.items() if n in names})


def _lead(fact: str, leads: str, *, needed: bool = False) -> Member:
    return Member(fact, identity, needed, leads)


_base = {"metadata": Member("", open_object)}
_scored = {
    "scoreScale": _lead("score_scale", "scoreScales"),
    "resultValueMin": Member(LEAST, number),
    "resultValueMax": Member(MOST, number),
    "learningObjectiveSet": Member("", _shaped(list[_Ids])),
}
_titled = {"title": Member("name", text, True), "description": Member("description", text)}
_marked = {
    "student": _lead("student", "users", needed=True),
    "scoreScale": _lead("score_scale", "scoreScales"),
    "scoreStatus": Member("status", status, True),
    "score": Member("numeric_value", number),
    "textScore": Member("result", text),
    "scoreDate": Member("date", day, True),
    "comment": Member("notes", text),
    "learningObjectiveSet": Member("", _shaped(list[_Results])),
    "inProgress": Member("in_progress", flag),
    "incomplete": Member("incomplete", flag),
    "late": Member("late", flag),
    "missing": Member("missing", flag),
}
_of_school: Mapping[str, Value] = {"kind": "Integer", **dict.fromkeys(("exam", "prior", "ks1", "ks2", "ks3"), 0)}
"""What a new assessment is besides: one of the school's own."""

CATEGORY = Entity(
    "category",
    AssessmentCategory,
    {**_base, "title": Member("name", text, True), "weight": Member("weight", number)},
)
SCORE_SCALE = Entity(
    "scoreScale",
    ScoreScale,
    {
        **_base,
        "title": Member("title", text, True),
        "type": Member("kind", text, True),
        "course": _lead("course", "courses"),
        "class": _lead("group", "classes", needed=True),
        "scoreScaleValue": Member(PAIRS, _shaped(Annotated[list[_Pair], msgspec.Meta(min_length=1)]), True),
    },
)
LINE_ITEM = Entity(
    "lineItem",
    Aspect,
    {
        **_base,
        **_titled,
        "assignDate": Member("assigned", moment, True),
        "dueDate": Member("due", moment, True),
        "class": _lead("group", "classes", needed=True),
        "school": _lead("school", "schools", needed=True),
        "category": _lead("category", "categories", needed=True),
        "gradingPeriod": _lead("session", "academicSessions"),
        "academicSession": _lead("session", "academicSessions"),
        **_scored,
    },
    {**_of_school, "classwork": 1},
)
ASSESSMENT_LINE_ITEM = Entity(
    "assessmentLineItem",
    Aspect,
    {
        **_base,
        **_titled,
        "class": _lead("group", "classes"),
        "parentAssessmentLineItem": _lead("parent", "assessmentLineItems"),
        **_scored,
    },
    {**_of_school, "classwork": 0},
)
RESULT = Entity(
    "result",
    AssessmentResult,
    {**_base, "lineItem": _lead("aspect", "lineItems", needed=True), "class": _lead("group", "classes"), **_marked},
    item="lineItem",
)
ASSESSMENT_RESULT = Entity(
    "assessmentResult",
    AssessmentResult,
    {
        **_base,
        "assessmentLineItem": _lead("aspect", "assessmentLineItems", needed=True),
        "scorePercentile": Member("percentile", number),
        **_marked,
    },
    item="assessmentLineItem",
)

ENTITIES: Mapping[str, Entity] = {
    "categories": CATEGORY,
    "scoreScales": SCORE_SCALE,
    "lineItems": LINE_ITEM,
    "results": RESULT,
    "assessmentLineItems": ASSESSMENT_LINE_ITEM,
    "assessmentResults": ASSESSMENT_RESULT,
}
_OLD_ITEM = ("title", "description", "assignDate", "dueDate", "category", "class", "gradingPeriod")
OLD_ENTITIES: Mapping[str, Entity] = {
    "categories": CATEGORY.only("metadata", "title"),
    "lineItems": LINE_ITEM.only("metadata", *_OLD_ITEM, "resultValueMin", "resultValueMax"),
    "results": RESULT.only("metadata", "lineItem", "student", "scoreStatus", "score", "scoreDate", "comment"),
}
"""By collection; those of 1.1 have fewer members, and leave the others as they are."""


@dataclass(frozen=True)
class Said:
    """What a document says: its id, values by stored fact, references by member, and what is kept beside them."""

    at: str
    sourced_id: str
    values: Mapping[str, Any]
    leads: Mapping[str, str]
    rest: Mapping[str, Any]


def understand(entity: Entity, document: Any, at: str, problems: list[Problem]) -> Said:
    """A document, understood; everything that is wrong with it is added to the problems."""
    if not isinstance(document, dict):
        problems.append(Problem(at, f"is no {entity.name}", "send an object"))
        return Said(at, "", {}, {}, {})
    given = {name: value for name, value in cast(dict[str, Any], document).items() if value is not None}
    known = {"sourcedId", "status", "dateLastModified", *entity.members}
    for name in [name for name in given if name not in known][:20]:
        hint = nearest(name[:80], sorted(known))
        problems.append(Problem(f"{at}.{name[:80]}", f"is no member of a {entity.name}", hint))
    taken = {name: _take(member, given.get(name), f"{at}.{name}", problems) for name, member in entity.members.items()}
    leads = {name: taken[name] for name, member in entity.members.items() if member.leads and taken[name]}
    values = {m.fact: taken[name] for name, m in entity.members.items() if m.fact and not m.leads}
    rest = {name: taken[name] for name in KEPT if name in entity.members}
    return Said(at, _own_id(given, at, problems), values, leads, rest)


def _take(member: Member, value: Any, at: str, problems: list[Problem]) -> Any:
    if value is None:
        if member.needed:
            problems.append(Problem(at, "is missing", "it is required"))
        return None
    try:
        return member.take(value)
    except ValueError as error:
        problems.append(Problem(at, "cannot be read", str(error)))
        return None


def _own_id(given: Mapping[str, Any], at: str, problems: list[Problem]) -> str:
    if given.get("status", "active") != "active":
        problems.append(Problem(f"{at}.status", "can only be active", "use DELETE for what is to go"))
    found = given.get("sourcedId", "")
    if found and not (isinstance(found, str) and SOURCED_ID.fullmatch(found)):
        hint = "use up to 255 letters, digits and . _ ~ : @ = + -"
        problems.append(Problem(f"{at}.sourcedId", "cannot be an id", hint))
        return ""
    return found
