"""Assessments and what students achieved in them, beside the work of classes: the record's aspects and results."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..fields import Arg, Coalesce, Condition, Expr, Field, First, Key, Literal, Value
from ..model.assessment import Aspect, AssessmentResult, MarkSet, range_now
from ..model.document_scopes import GUARDS
from .declaring import At, declare, through
from .gradebooks import Most, Namespace
from .homes import Fact, Home, May, Rest, Row, trail
from .people import student
from .words import folded, uri

MIDNIGHT = "00:00:00"

assessments = declare(
    "assessments",
    Aspect,
    {
        "assessmentIdentifier": Fact(Aspect.mis_id),
        "namespace": Namespace(Aspect.namespace),
        "educationOrganizationReference": At(sets="school"),
        "assessmentTitle": Fact(Aspect.name),
        "maxRawScore": Most(First(range_now, MarkSet.most)),
    },
    otherwise={"academicSubjects": [{"academicSubjectDescriptor": uri("AcademicSubject", "Other")}]},
    only=Aspect.classwork.is_not(1) & Aspect.exam.is_not(1) & Aspect.name.known(),
    fresh={"kind": "Integer", **dict.fromkeys(("classwork", "exam", "prior", "ks1", "ks2", "ks3"), 0)},
    stays=True,
    roams=True,
)


@dataclass(frozen=True, kw_only=True)
class _Taken(Fact):
    """When a test was taken: a day, and a time of it where somebody said one; else its midnight."""

    time: Field

    def columns(self) -> dict[str, Expr]:
        return {self.name: self.expr, self.time.name: self.time}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        day, time = row.get(self.name), row.get(self.time.name)
        return f"{day}T{time or MIDNIGHT}Z" if day is not None else None

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        day, _, time = (value or "").removesuffix("Z").partition("T")
        return {self.field: day or None, self.time.name: time if time != MIDNIGHT and time else None}

    def where(self, arg: Arg) -> Condition | None:
        return Key(self.expr, "T", Coalesce(self.time, Literal(MIDNIGHT)), "Z").is_(arg)

    def asked(self, value: Any) -> Value:
        return value


METHOD, TYPE, SCORE = "assessmentReportingMethodDescriptor", "resultDatatypeTypeDescriptor", "result"

RANKS = frozenset(folded(uri("AssessmentReportingMethod", word)) for word in ("Percentile", "Percentile rank"))
"""The methods that tell how many did no better."""

_NUMBER = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,5})?")

MOST_LETTERS = 35
"""How long a score may be in Ed-Fi."""


def _number(score: str) -> float | None:
    return float(score) if _NUMBER.fullmatch(score) else None


def _told(value: Any) -> str:
    """A fact of the record as the text of a score."""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)


def _is(item: Mapping[str, Any], value: Any) -> bool:
    """Whether an item says what a fact does."""
    score = item[SCORE]
    return score == value if isinstance(value, str) else _number(score) == value


def _slots(items: list[dict[str, Any]]) -> dict[str, int]:
    """Which items are facts of the record: the first number, the first word, and the first share of all who sat it."""
    found: dict[str, int] = {}
    for at, item in enumerate(items):
        number, ranked = _number(item[SCORE]) is not None, folded(item[METHOD]) in RANKS
        if not ranked:
            found.setdefault("number" if number else "word", at)
        elif number:
            found.setdefault("rank", at)
    return found


def scored(method: str, kind: str, score: str) -> dict[str, Any]:
    """A score by a method of reporting, both in the standard's words."""
    return {METHOD: uri("AssessmentReportingMethod", method), TYPE: uri("ResultDatatypeType", kind), SCORE: score}


def _own(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The items that the facts alone make."""
    if (number := said.get("number")) is not None:
        yield scored("Number score", "Integer" if float(number).is_integer() else "Decimal", _told(number))
    if (word := said.get("word")) is not None and len(word) <= MOST_LETTERS:
        yield scored("Letter grade/mark", "Level", word)
    if (rank := said.get("rank")) is not None:
        yield scored("Percentile rank", "Percentile", _told(rank))


@dataclass(frozen=True)
class _Scores(Home):
    """The scores by method: what the record has as facts, and the list that a client wrote, where it says more."""

    number: Field
    word: Field
    rank: Field
    written: Field

    def columns(self) -> dict[str, Expr]:
        return {trail(one): one for one in (self.number, self.word, self.rank, self.written)}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        kept: list[dict[str, Any]] = json.loads(row.get(self.written.name) or "[]")
        said = self._facts(row)
        at = {place: slot for slot, place in _slots(kept).items()}
        items: list[dict[str, Any]] = []
        for place, item in enumerate(kept):
            slot = at.get(place)
            value = said.pop(slot, None) if slot else None
            if slot is None or (value is not None and _is(item, value)):
                items.append(item)
            elif value is not None and len(_told(value)) <= MOST_LETTERS:
                items.append({**item, SCORE: _told(value)})
        methods = {folded(item[METHOD]) for item in items}
        return items + [one for one in _own(said) if folded(one[METHOD]) not in methods]

    def _facts(self, row: Row) -> dict[str, Any]:
        """What the record says; a word that is the number is none of its own."""
        number, word, rank = (row.get(one.name) for one in (self.number, self.word, self.rank))
        as_number = _number(word) if word is not None else None
        number = as_number if number is None else number
        return {"number": number, "word": None if as_number is not None and as_number == number else word, "rank": rank}

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        items: list[dict[str, Any]] = value or []
        scores = {slot: items[at][SCORE] for slot, at in _slots(items).items()}
        number, rank = (_number(scores[slot]) if slot in scores else None for slot in ("number", "rank"))
        said = {"number": number, "word": scores.get("word"), "rank": rank}
        # Schools' own systems say a number as a word, too.
        word = scores.get("word", scores.get("number"))
        plain = items == list(_own(said))
        kept = None if plain or not items else json.dumps(items, ensure_ascii=False)
        return {self.number.name: number, self.word.name: word, self.rank.name: rank, self.written.name: kept}


_TEST = AssessmentResult.aspect

results = declare(
    "studentAssessments",
    AssessmentResult,
    {
        "studentAssessmentIdentifier": Fact(AssessmentResult.mis_id),
        "assessmentReference": through(AssessmentResult.aspect, assessments),
        "studentReference": student(AssessmentResult.student),
        "administrationDate": _Taken(AssessmentResult.date, time=AssessmentResult.time),
        "scoreResults": _Scores(
            AssessmentResult.numeric_value,
            AssessmentResult.result,
            AssessmentResult.percentile,
            AssessmentResult.scores,
        ),
    },
    only=(_TEST / Aspect.classwork).is_not(1) & (_TEST / Aspect.exam).is_not(1) & (_TEST / Aspect.name).known(),
    remainder=GUARDS["studentAssessments"].whole,
    belongs=("student",),
)
"""What students achieved in assessments that are records of their district."""
