"""Writing coursework: what a request says is checked whole, and then written whole or not at all.

Whether it may be written is decided by the schools' grants and by what the caller sees: what is out of its sight is
answered like what is not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ...api.listing.asking import UUID
from ...api.listing.resource import Resource
from ...consent import Writer
from ...errors import Malformed, NotFound, NotHeld, Problem
from ...fields import Record
from ...model.assessment import Aspect, AssessmentCategory, AssessmentResult, MarkSet
from ...model.coursework import ClassFile, SubmissionFile
from ...model.gradebook import Rubric, RubricCriterion
from ...model.students import Student
from .answering import missing, only
from .asking import Asked
from .coursework import DIALECT, ONCE_SAID, assignments, categories
from .files import entry, filed, files, measured
from .members import ASSIGNMENT, MOST_POINTS, Said
from .places import sessions
from .rubrics import points, rubrics, write_criteria
from .submissions import EXEMPT, GRADED, HANDED_IN, OPEN, Class, Found, Row, shaped
from .wire import Fault

REMEMBERED = 30 * 24 * 3600
"""For how many seconds a key for repeats is heeded, at the least."""

FRESH: Mapping[str, Any] = {
    "kind": "Integer",
    "classwork": 1,
    **dict.fromkeys(("exam", "prior", "ks1", "ks2", "ks3"), 0),
}
"""What a new piece of work is besides: one of the school's own."""


OWN: Mapping[type[Record], tuple[type[Record], ...]] = {Aspect: (MarkSet, ClassFile), Rubric: (RubricCriterion,)}
"""What goes with a record that is deleted."""

RESOURCES: Mapping[type[Record], Resource] = {AssessmentCategory: categories, Rubric: rubrics, ClassFile: files}
ONE: Mapping[type[Record], str] = {
    Aspect: assignments.one,
    **{record: resource.one for record, resource in RESOURCES.items()},
}
"""What is below a class, and what each is called."""

REFERRED: Mapping[type[Record], str] = {
    AssessmentCategory: "assignments or assessments are sorted under it",
    Rubric: "assignments are judged by it",
}


@dataclass(frozen=True)
class Once:
    """What tells a repeat of a request: a key that its app chose, and whose request it is; empty for none."""

    key: str
    whose: str
    now: float

    @property
    def ids(self) -> Iterator[str]:
        """The hub ids of what the request makes, or made when it was sent before; the first is that of today."""
        if self.key:
            period = int(self.now // REMEMBERED)
            yield from (shaped(f"{self.whose} {self.key} {at}") for at in (period, period - 1))


class Pen:
    """Writes the coursework of one class within a transaction."""

    def __init__(self, writer: Writer, room: Class, now: float) -> None:
        self.writer = writer
        self.room = room
        self.at = datetime.fromtimestamp(now, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")

    def must_set(self) -> None:
        """Raise `NotHeld` unless whoever asks sets the work of the class."""
        if not self.room.sets:
            raise NotHeld(
                Fault("class", "is not one that you teach", "ask as one of its teachers or assistants", "NO_PERMISSION")
            )

    # ---- what is set

    def create(self, record: type[Record], said: Said, once: Once) -> tuple[str, bool]:
        """A piece of work, or a category; gives its hub id, and whether it was there from a request before."""
        self.must_set()
        self._check(said)
        if there := next((i for i in once.ids if self.writer.get(record, i) is not None), ""):
            return there, True
        values = {**self._of(record, said), "remainder": _remainder({}, _kept(said))}
        own = next(once.ids, "")
        identity = self.writer.add(record, values | ({"id": own} if own else {}))
        self._parts(record, identity, said)
        self._forward(record, identity)
        return identity, False

    def _of(self, record: type[Record], said: Said) -> dict[str, Any]:
        facts = {"school": self.room.school, **self._facts(said)}
        if record is AssessmentCategory:
            return facts
        if record is not Aspect:
            size = {"size": measured(facts["content"])} if record is ClassFile else {}
            return {"group": self.room.id, **facts, **size}
        # Other systems need to know from when on it is set.
        return {**FRESH, "group": self.room.id, **facts, "assigned": facts.get("assigned") or self.at}

    def change(self, record: type[Record], identity: str, said: Said) -> None:
        """Change a piece of work, or a category, as far as something is said of it."""
        self.must_set()
        before = self._there(record, identity)
        self._check(said)
        facts = self._facts(said)
        if record is Aspect and "assigned" in facts:
            facts["assigned"] = facts["assigned"] or self.at
        self.writer.change(record, identity, {**facts, "remainder": _remainder(before, _kept(said))})
        self._parts(record, identity, said)
        self._forward(record, identity)

    def _parts(self, record: type[Record], identity: str, said: Said) -> None:
        """Make what is part of something agree with what was said of it."""
        if record is Aspect:
            self._points(identity, said)
            self._attach(identity, said)
        elif record is Rubric:
            if (criteria := said.given.get("grading_criteria")) is not None:
                write_criteria(self.writer, self.room.school, identity, criteria)
            if work := said.given.get("assignment_id"):
                self.writer.change(Aspect, self.room.work(work.lower())["id"], {"rubric": identity})

    def _attach(self, work: str, said: Said) -> None:
        """Keep the files that are attached to a piece of work, and no others of its own."""
        if "attachments" not in said.rest:
            return
        of = {"school": self.room.school, "group": self.room.id, "aspect": work}
        own = self.writer.find(ClassFile, aspect=work)
        known = {row["id"]: entry(row) for row in (*own, *self.writer.find(ClassFile, group=self.room.id, aspect=None))}
        attached = filed(self.writer, ClassFile, said.rest["attachments"] or (), known, **of)
        before = self.writer.get(Aspect, work) or {}
        self.writer.change(Aspect, work, {"remainder": _remainder(before, {"attachments": attached})})
        ids = {one.get("id") for one in attached}
        for row in (row for row in own if row["id"] not in ids):
            self.writer.remove(ClassFile, row["id"])

    def delete(self, record: type[Record], identity: str) -> None:
        """Delete a piece of work with its submissions, a file, or what nothing refers to."""
        self.must_set()
        self._there(record, identity)
        self.writer.rights(record, identity).require()
        own = OWN.get(record, ())
        if record is Aspect:
            for one in self.room.submissions(identity).values():
                for result in self._results(identity, one):
                    self.writer.forwarding.gradebook(AssessmentResult, result, goes=True)
                    self.writer.remove(AssessmentResult, result)
        if self.writer.dependents(record, identity, own):
            raise Malformed(
                Problem(ONE[record], REFERRED.get(record, "is referred to"), "change or delete those first")
            )
        self.writer.forwarding.gradebook(record, identity, goes=True)
        self.writer.drop(record, identity, own)

    def _forward(self, record: type[Record], identity: str, work: str = "") -> None:
        """Have something sent to the source that has the class; one that has no drafts would show them to students."""
        row = self.writer.get(Aspect, work or identity) or {}
        if _said(row).get("state") != "draft":
            self.writer.forwarding.gradebook(record, identity)

    def alias(self, work: str, said: Said, before: str = "") -> str:
        """Let a piece of work be known by another alias, in place of one that it has; gives it as addresses have it."""
        self.must_set()
        one = {**_parted(before), **said.given}
        named, own = f"{one['type']}:{one['identifier']}", self.room.aliases
        if before and own.get(before) != work:
            raise NotFound(Problem("alias", "was not found", "the assignment has no such alias"))
        if own.get(named, work) != work:
            raise Malformed(Fault("alias", "is that of another assignment", "choose another", "INVALID_REQUEST_BODY"))
        kept = {**{alias: None for alias, of in own.items() if of == work and alias != before}, named: None}
        row = self.writer.get(Aspect, work) or {}
        every = [_parted(alias) for alias in kept]
        self.writer.change(Aspect, work, {"remainder": _remainder(row, {"aliases": every})})
        return named

    def _there(self, record: type[Record], identity: str) -> Row:
        if record is Aspect:
            self.room.work(identity)
        elif not self.room.reading.finds(RESOURCES[record], identity, self.room.of(RESOURCES[record].name)):
            raise missing(RESOURCES[record])
        return self.writer.get(record, identity) or {}

    def _check(self, said: Said) -> None:
        if said.facts.get(MOST_POINTS) == 0:
            raise Malformed(Fault("points_possible", "is zero", "give more", "ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS"))
        if said.given.get("grading_type") == "rubric" and not said.given.get("rubric_id"):
            hint = "name the rubric that the work is judged by"
            raise Malformed(Fault("rubric_id", "is missing", hint, "MISSING_REQUIRED_FIELD"))

    def _facts(self, said: Said) -> dict[str, Any]:
        """The stored facts that are said; raises with every reference that leads nowhere."""
        found = {n: v for n, v in said.facts.items() if n != MOST_POINTS}
        problems: list[Problem] = []
        for name, identity in said.leads.items():
            leads = ASSIGNMENT[name].leads
            if identity is not None and not self._finds(leads, identity.lower()):
                problems.append(Problem(name, f"{identity[:60]} was not found", f"list {leads} to see which exist"))
            found[name.removesuffix("_id")] = None if identity is None else identity.lower()
        if problems:
            raise Malformed(*problems)
        return found

    def _finds(self, leads: str, identity: str) -> bool:
        if not UUID.fullmatch(identity):
            return False
        if leads != "sessions":
            resource = categories if leads == "categories" else rubrics
            return self.room.reading.finds(resource, identity, self.room.of(leads))
        rows = only(sessions, identity, self.room.rows)
        found = self.room.reading.page(sessions, Asked(fields=("school_id",), size=1), rows)
        schools = [json.loads(row)["school_id"] for _, row in found]
        return bool(schools) and schools[0] in (None, self.room.school)

    def _points(self, identity: str, said: Said) -> None:
        """Make the range of points agree with what was said of it; ranges of the past stay."""
        if MOST_POINTS not in said.facts:
            return
        most = said.facts[MOST_POINTS]
        now = [row for row in self.writer.find(MarkSet, aspect=identity) if row["end"] is None]
        for row in now if most is None else now[1:]:
            self.writer.remove(MarkSet, row["id"])
        if most is not None and now:
            self.writer.change(MarkSet, now[0]["id"], {"least": now[0]["least"] or 0.0, "most": most})
        elif most is not None:
            self.writer.add(MarkSet, {"school": self.room.school, "aspect": identity, "least": 0.0, "most": most})

    # ---- what came of it

    def submission(self, work: str, identity: str) -> Found:
        """What there is of a submission."""
        self.room.work(work)
        found = self.room.submissions(work).get(identity)
        if found is None:
            raise NotFound(Problem("submission", "was not found", "list submissions to see which exist"))
        return found

    def mark(self, work: str, identity: str, said: Said) -> None:
        """Mark a submission."""
        self.must_set()
        one = self.submission(work, identity)
        said = self._judged(work, said)
        self._write(work, one, {**said.facts, **_marked(one, said, self.at)}, said.rest)

    def _judged(self, work: str, said: Said) -> Said:
        """A mark with the points of the levels that were chosen, where it says no other points."""
        if not (chosen := said.rest.get("rubric_grade")):
            return said
        total = points(chosen, self.room.criteria(self.room.work(work)["rubric_id"]))
        return replace(said, facts={"numeric_value": total, **said.facts})

    def give_back(self, work: str, identity: str) -> None:
        """Give a submission back to its student, who then knows the grade."""
        self.must_set()
        one = self.submission(work, identity)
        if one.said.get("grade_points") is None and one.said.get("grade") is None:
            raise Malformed(Problem("submission", "has no grade", "send one with PATCH, then return it"))
        if one.state != "returned" and one.said["status"] != EXEMPT:
            self._write(work, one, {"status": GRADED}, {})

    def hand_in(self, work: str, identity: str, attached: list[Any], once: Once) -> bool:
        """Add an attempt to a submission; gives whether it was there from a request before."""
        one, of = self.submission(work, identity), self.room.work(work)
        if {*once.ids} & {attempt["id"] for attempt in one.attempts}:
            return True
        if one.state not in ("created", "reclaimed"):
            hint = "reclaim it first, unless it was returned"
            raise Malformed(Problem("submission", f"is {one.state} already", hint))
        late = int(bool(of["due_date"]) and of["due_date"] < f"{self.at}Z")
        facts = {"status": HANDED_IN, "late": late, "missing": 0, "date": self.at[:10]}
        result = self._write(work, one, facts, {"state": None})
        known = {file["id"]: file for attempt in one.attempts for file in attempt["attachments"] if "id" in file}
        files = filed(self.writer, SubmissionFile, attached, known, school=self.room.school, result=result)
        own = {"id": next(once.ids, None), "created_date": f"{self.at}Z", "attachments": files}
        before = self.writer.get(AssessmentResult, result) or {}
        kept = _remainder(before, {"attempts": [*one.attempts, own]})
        self.writer.change(AssessmentResult, result, {"remainder": kept})
        return False

    def take_back(self, work: str, identity: str) -> None:
        """Take a submission back to hand it in anew."""
        one = self.submission(work, identity)
        if one.state == "submitted":
            self._write(work, one, {"status": OPEN}, {"state": "reclaimed"})
        elif one.state != "reclaimed":
            raise Malformed(Problem("submission", f"is {one.state}", "only what was submitted is reclaimed"))

    def _write(self, work: str, one: Found, facts: Mapping[str, Any], rest: Mapping[str, Any]) -> str:
        """Change the result of a submission, or make one; gives its hub id."""
        if one.said:
            before = self.writer.get(AssessmentResult, one.said["id"]) or {}
            self.writer.sees(Student, before["student"])
            self.writer.change(AssessmentResult, before["id"], {**facts, "remainder": _remainder(before, rest)})
            self._forward(AssessmentResult, before["id"], work)
            return before["id"]
        student = next(
            row["id"]
            for row in self.writer.find(Student, person=one.person, school=self.room.school)
            if self.writer.sees(Student, row["id"])
        )
        own = {"school": self.room.school, "aspect": work, "student": student, "status": OPEN, "date": self.at[:10]}
        result = self.writer.add(AssessmentResult, {**own, **facts, "remainder": _remainder({}, rest)})
        self._forward(AssessmentResult, result, work)
        return result

    def _results(self, work: str, one: Found) -> list[str]:
        """Every result of somebody in a piece of work that the caller sees."""
        students = self.writer.find(Student, person=one.person, school=self.room.school)
        rows = (row for own in students for row in self.writer.find(AssessmentResult, aspect=work, student=own["id"]))
        return [row["id"] for row in rows if self.writer.sees(AssessmentResult, row["id"])]


def _marked(one: Found, said: Said, at: str) -> dict[str, Any]:
    """How far the marking has come with what is said now, and what else follows from it."""
    graded = any(
        said.facts.get(fact, one.said.get(name)) is not None
        for fact, name in (("numeric_value", "grade_points"), ("result", "grade"))
    )
    told: list[str] = (said.given.get("flags") or []) if "flags" in said.given else one.flags
    rest = HANDED_IN if one.attempts else OPEN
    found: dict[str, Any] = {"status": EXEMPT if "excused" in told else GRADED if graded else rest}
    if "flags" in said.given:
        found |= {name: int(name in told) for name in ("late", "missing")}
    if "numeric_value" in said.facts or "result" in said.facts:
        found["date"] = at[:10]
    return found


def _kept(said: Said) -> dict[str, Any]:
    """What is said beside the facts, less what is attached; a state that follows from a day is not kept."""
    rest = {n: v for n, v in said.rest.items() if n != "attachments"}
    return {n: (v if n != "state" or v in ONCE_SAID else None) for n, v in rest.items()}


def _parted(alias: str) -> dict[str, str]:
    """The type and the identifier of an alias, as addresses have it."""
    kind, found, identifier = alias.partition(":")
    return {"type": kind, "identifier": identifier} if found else {}


def _said(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a record keeps beside its facts of what an app wrote."""
    return json.loads(row.get("remainder") or "{}").get(DIALECT, {})


def _remainder(before: Mapping[str, Any], rest: Mapping[str, Any]) -> str | None:
    """What is kept beside the facts, with what is said of it now; what others wrote stays."""
    kept: dict[str, Any] = json.loads(before.get("remainder") or "{}")
    own = {n: v for n, v in {**kept.get(DIALECT, {}), **rest}.items() if v is not None}
    found = {**{n: v for n, v in kept.items() if n != DIALECT}, **({DIALECT: own} if own else {})}
    return json.dumps(found, ensure_ascii=False) if found else None
