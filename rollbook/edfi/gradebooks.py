"""Work that is set for classes, and what came of it: the record's assessments and their results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..fields import Arg, Condition, Expr, First, Kept, KeptValue, Key, Mapped, Matches, Not, Path, Record, Ref, Value
from ..model.assessment import Aspect, AssessmentResult, MarkSet, range_now
from ..model.groups import Group
from ..model.organisation import School
from ..scopes import S
from .declaring import declare, through
from .homes import Fact, Home, May, Rest, Row, trail
from .people import student
from .sections import sections
from .teaching import grading_periods
from .words import folded, uri

ENTRIES, MARKED = "gradebookEntries", "studentGradebookEntries"

OWN_SPACE = "uri://school/"
"""What the namespace of a school's own work begins with, before the number of the school."""

MIDNIGHT = "00:00:00"


def _kept(of: type[Record], resource: str, name: str) -> KeptValue:
    return KeptValue(Kept(of, f"edfi.{resource}"), name)


@dataclass(frozen=True)
class Namespace(Fact):
    """Who numbers a piece of work: an authority, or else the school whose own it is."""

    estab: Expr = Aspect.school / School.estab
    compared = True

    def columns(self) -> dict[str, Expr]:
        return {self.name: self.expr, trail(self.estab): self.estab}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        said, school = row.get(self.name), row.get(trail(self.estab))
        return said if said is not None or school is None else f"{OWN_SPACE}{school}"

    def where(self, arg: Arg) -> Condition | None:
        return self.expr.is_(arg) | (self.expr.unknown() & Key(OWN_SPACE, self.estab).is_(arg))

    @property
    def known(self) -> Condition:
        return self.expr.known() | self.estab.known()

    def through(self, ref: Ref) -> Home:
        assert isinstance(self.estab, Path)
        return Namespace(ref / Aspect.namespace, estab=ref / self.estab)


@dataclass(frozen=True)
class _DayOf(Fact):
    """The day of a moment; with the property that is its time of day, if there is one."""

    time: str = ""

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        said = row.get(self.name)
        return said[:10] if said else None

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        at = document.get(self.time) or MIDNIGHT
        return {self.field: f"{value}T{at}.000" if value is not None else None}

    def where(self, arg: Arg) -> Condition | None:
        return Matches(self.expr, "starts", arg)


@dataclass(frozen=True)
class _TimeOf(Home):
    """The time of day of a moment, which the property `day` writes with it; midnight only where somebody said so."""

    moment: Fact
    day: str
    said: KeptValue
    echoes = True

    def columns(self) -> dict[str, Expr]:
        return self.moment.columns()

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        at, kept = row.get(self.moment.name), rest.get(name)
        told = at[11:19] if at else kept
        return told if told != MIDNIGHT or kept == MIDNIGHT else None

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        beside = value == MIDNIGHT or document.get(self.day) is None
        return {name: value} if value is not None and beside else {}

    def where(self, arg: Arg) -> Condition | None:
        at = self.moment.expr
        told = Not(Matches(at, "ends", f"{MIDNIGHT}.000")) | self.said.is_(MIDNIGHT)
        return (Matches(at, "ends", arg) & told) | (at.unknown() & Key(self.said, ".000").is_(arg))

    def asked(self, value: Any) -> Value:
        return f"{value}.000"


@dataclass(frozen=True)
class Most(Home):
    """How many points there are: the end of the range of results, which whoever writes sets."""

    most: First
    echoes = True

    def columns(self) -> dict[str, Expr]:
        return {"most": self.most}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        return row.get("most")

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        # A range is a record of its own: what is kept beside moves the document with it.
        return {name: value} if value is not None else {}

    def where(self, arg: Arg) -> Condition | None:
        return self.most.is_(arg)


def range_of(most: float, since: str | None) -> dict[str, Value]:
    """The numbers that results with so many points may be, from a day on if one is known."""
    return {"start": since[:10] if since else None, "least": min(0, most), "most": most}


@dataclass(frozen=True)
class _Section(Home):
    """How another system calls a section: what was written, or the section's own identifier."""

    said: KeptValue
    own: Path

    def columns(self) -> dict[str, Expr]:
        return {trail(self.own): self.own}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        return rest.get(name) or row.get(trail(self.own))

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value}

    def where(self, arg: Arg) -> Condition | None:
        return self.said.is_(arg) | (self.said.unknown() & self.own.is_(arg))


_ASSIGNED, _DUE = _DayOf(Aspect.assigned), _DayOf(Aspect.due, time="dueTime")

gradebook_entries = declare(
    ENTRIES,
    Aspect,
    {
        "gradebookEntryIdentifier": Fact(Aspect.mis_id),
        "namespace": Namespace(Aspect.namespace),
        "gradingPeriodReference": through(Aspect.session, grading_periods),
        "sectionReference": through(Aspect.group, sections),
        "dateAssigned": _ASSIGNED,
        "description": Fact(Aspect.description),
        "dueDate": _DUE,
        "dueTime": _TimeOf(_DUE, "dueDate", _kept(Aspect, ENTRIES, "dueTime")),
        "maxPoints": Most(First(range_now, MarkSet.most)),
        "sourceSectionIdentifier": _Section(
            _kept(Aspect, ENTRIES, "sourceSectionIdentifier"), Aspect.group / Group.code
        ),
        "title": Fact(Aspect.name),
    },
    only=Aspect.classwork.is_(1) & Aspect.assigned.known() & Aspect.name.known(),
    fresh={"kind": "Integer", "classwork": 1, **dict.fromkeys(("exam", "prior", "ks1", "ks2", "ks3"), 0)},
    belongs=("group",),
)


@dataclass(frozen=True, kw_only=True)
class _Coded(Fact):
    """A code of the record's as a word; a word that stands for no code, or not alone, is kept beside."""

    codes: Mapping[str, Value]
    """The codes by the words that stand for them."""
    said: KeptValue
    instead: Mapping[str, Value]
    """The codes of words that share theirs with another one."""

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        code, kept = row.get(self.name), rest.get(name)
        own = next((word for word, one in self.codes.items() if one == code and code is not None), None)
        return kept if kept and self._code(kept) == code else own

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        return {self.field: self._code(value) if value is not None else None}

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        own = {folded(word) for word in self.codes}
        return {name: value} if value is not None and folded(value) not in own else {}

    def where(self, arg: Arg) -> Condition | None:
        told = {str(code): word for word, code in self.codes.items()}
        own = Mapped(self.expr, {code: told[str(code)] for code in self.codes.values() if code is not None})
        return self.said.same(arg) | (self.said.unknown() & own.same(arg))

    def asked(self, value: Any) -> Value:
        return value

    def _code(self, word: str) -> Value:
        every = {folded(one): code for one, code in {**self.codes, **self.instead}.items()}
        return every.get(folded(word))


def _state(code: str) -> str:
    return uri("SubmissionStatus", code)


student_gradebook_entries = declare(
    MARKED,
    AssessmentResult,
    {
        "gradebookEntryReference": through(AssessmentResult.aspect, gradebook_entries),
        "studentReference": student(AssessmentResult.student),
        "assignmentLateStatusDescriptor": _Coded(
            expr=AssessmentResult.late,
            codes={uri("AssignmentLateStatus", "Late"): 1, uri("AssignmentLateStatus", "Not Late"): 0},
            said=_kept(AssessmentResult, MARKED, "assignmentLateStatusDescriptor"),
            instead={},
        ),
        "dateFulfilled": Fact(AssessmentResult.date),
        "diagnosticStatement": Fact(AssessmentResult.notes),
        "letterGradeEarned": Fact(AssessmentResult.result),
        "pointsEarned": Fact(AssessmentResult.numeric_value),
        "submissionStatusDescriptor": _Coded(
            expr=AssessmentResult.status,
            codes={
                _state("Exempt"): "exempt",
                _state("Graded"): "fully graded",
                _state("Not Submitted"): "not submitted",
                _state("Submitted"): "submitted",
            },
            said=_kept(AssessmentResult, MARKED, "submissionStatusDescriptor"),
            instead={_state("Returned"): "fully graded"},
        ),
    },
    only=(AssessmentResult.aspect / Aspect.classwork).is_(1)
    & (AssessmentResult.aspect / Aspect.assigned).known()
    & (AssessmentResult.aspect / Aspect.name).known(),
    remainder=(S.Student | S.StudentLite) & S.AssessmentResults,
    belongs=("aspect", "student"),
)
