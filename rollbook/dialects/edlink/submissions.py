"""Submissions: one for each student of a class and each piece of its work, whether or not there is a result yet."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import msgspec

from ...api.listing.resource import Resource
from ...api.listing.rows import Conditions, Rows
from ...errors import NotFound, Problem
from ...fields import TODAY, Question, Within
from ...model.assessment import AssessmentResult
from ...model.coursework import SubmissionFile
from ...model.groups import StaffMembership
from ...model.people import Staff
from ...model.students import Student, StudentMembership
from .answering import Reading, only
from .asking import LARGEST_PAGE, Asked
from .catalogue import ME, PARENT
from .coursework import OF_CLASS, OPEN_TO_ALL, WORK, WORK_AT, aliases, assignments, places, posts, results
from .files import handed_in, handed_out, linked
from .rubrics import rubrics
from .teaching import classes

Row = Mapping[str, Any]

SETTERS = ("teacher", "ta", "designer", "administrator", "district-administrator")
"""Who may set work for a class and mark it, by the words for their place in it (Create Assignment, User API)."""

GRADED, EXEMPT, HANDED_IN, OPEN = "fully graded", "exempt", "submitted", "not submitted"
"""How far the marking has come, in the record's words."""

STATES = {HANDED_IN: "submitted", "partially graded": "submitted", OPEN: "created", EXEMPT: "created"}

_ALL = Asked(size=LARGEST_PAGE)
_going_on = StudentMembership.end.unknown() | StudentMembership.end.since(TODAY)
_in_class: Conditions = {StudentMembership: StudentMembership.group.is_(PARENT) & _going_on}
_of_work: Conditions = {AssessmentResult: AssessmentResult.aspect.is_(WORK)}
_mine: Conditions = {
    StudentMembership: Within(StudentMembership.student, Question(Student, (), where=Student.person.is_(ME))),
    AssessmentResult: Within(AssessmentResult.student, Question(Student, (), where=Student.person.is_(ME))),
    StaffMembership: Within(StaffMembership.staff, Question(Staff, (), where=Staff.person.is_(ME))),
}


def named(row: Row) -> list[str]:
    """The aliases of a piece of work, as addresses have them."""
    return [f"{one['type']}:{one['identifier']}" for one in row["aliases"] or ()]


def submission_id(work: str, person: str) -> str:
    """The id of what is between a piece of work and a student: a UUID that is made of theirs."""
    return shaped(f"submission {work} {person}")


def shaped(text: str) -> str:
    """A UUID of version 4's form that is made of a text, and always the same."""
    return str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=4))


@dataclass(frozen=True)
class Found:
    """What there is of a submission: the student, and the rows of their place in the class and of their result."""

    person: str
    place: bytes | None = None
    result: bytes | None = None

    @cached_property
    def said(self) -> Row:
        """The result; nothing where there is none."""
        return msgspec.json.decode(self.result, type=dict[str, Any]) if self.result else {}

    @property
    def kept(self) -> Row:
        """What is kept beside the facts of the result."""
        return self.said.get("kept") or {}

    @property
    def attempts(self) -> list[dict[str, Any]]:
        """What was handed in, in order."""
        return self.kept.get("attempts", [])

    @property
    def state(self) -> str:
        """How far it has come; a result of which nothing is said is a grade that was given back."""
        if not self.said:
            return "created"
        if self.said["status"] == OPEN and self.kept.get("state") == "reclaimed":
            return "reclaimed"
        return STATES.get(self.said["status"], "returned")

    @property
    def flags(self) -> list[str]:
        """What else is to be known of it."""
        excused = self.said.get("status") == EXEMPT
        known = {"missing": self.said.get("missing"), "late": self.said.get("late"), "excused": excused}
        return [name for name, held in known.items() if held]


class Class:
    """A class as somebody sees it who works there: its work, its students, and who they are themselves."""

    def __init__(self, reading: Reading, rows: Rows, identity: str, address: str, person: str = "") -> None:
        """`rows` are those that whoever asks may see; `person` is who they are, where it is a person.

        `address` is where they ask, up to `graph` or `my`.
        """
        self.reading = reading
        self.rows = rows
        self.id = identity
        self.person = person
        tomorrow = date.fromisoformat(reading.reader.today) + timedelta(days=1)
        self.args: dict[str, Any] = {
            "parent": identity,
            "me": person,
            "address": address,
            "tomorrow": f"{tomorrow}T00:00:00.000",
        }
        found = self._read(classes, only(classes, identity, rows), Asked(fields=("school_id",), size=1))
        if not found:
            raise NotFound(Problem("class", "was not found", "list classes to see which exist"))
        self.school: str = found[0]["school_id"]
        self.args["school_of_class"] = self.school
        reading.args |= self.args

    def _read(self, resource: Resource, rows: Rows, asked: Asked = _ALL) -> list[Row]:
        found = self.reading.page(resource, asked, rows)
        return [msgspec.json.decode(row, type=dict[str, Any]) for _, row in found]

    def of(self, kind: str) -> Rows:
        """The rows of a kind (`assignments`, `categories`) that are the class's, as far as whoever asks sees them."""
        where = (OF_CLASS[kind],) if self.sets else (OF_CLASS[kind], OPEN_TO_ALL)
        return Rows(f"{kind} of a class {self.sets}", where, self.args)

    def work(self, identity: str) -> Row:
        """A piece of work of the class."""
        found = self._read(assignments, only(assignments, identity, self.of("assignments")))
        if not found:
            raise NotFound(Problem("assignment", "was not found", "list assignments to see which exist"))
        return found[0]

    @cached_property
    def aliases(self) -> dict[str, str]:
        """The work of the class, as far as whoever asks sees it, by its aliases, `type:identifier`."""
        return {alias: row["id"] for row in self._read(aliases, self.of("assignments")) for alias in named(row)}

    def criteria(self, rubric: str | None) -> list[Row]:
        """The criteria of one of its rubrics; none of what is none."""
        found = self._read(rubrics, only(rubrics, rubric, self.of("rubrics"))) if rubric else []
        return found[0]["grading_criteria"] if found else []

    def file(self, identity: str, where: Conditions, args: Mapping[str, str]) -> Row | None:
        """A file itself, which goes out."""
        resource = handed_in if SubmissionFile in where else handed_out
        rows = only(resource, identity, Rows(f"files {[*args]}", (where,), {**self.args, **args}))
        found = [row for _, row in self.reading.page(resource, Asked(size=1), rows)]
        self.reading.show(found)
        return msgspec.json.decode(found[0], type=dict[str, Any]) if found else None

    @cached_property
    def sets(self) -> bool:
        """Whether whoever asks sets and marks its work: an app does, a person where they teach the class."""
        if not self.person:
            return True
        rows = Rows("my posts", ({StaffMembership: StaffMembership.group.is_(PARENT)}, _mine), self.args)
        return any(post["role"] in SETTERS for post in self._read(posts, rows, Asked(fields=("role",))))

    # ---- submissions

    def submissions(self, work: str) -> dict[str, Found]:
        """What is between a piece of work and each student, in the order of the ids: all, or a student's own."""
        found: dict[str, Found] = {}
        for resource, which, person in ((places, _in_class, "person_id"), (results, _of_work, "person_id")):
            where = (which,) if self.sets else (which, _mine)
            rows = Rows(f"{resource.name} {self.sets}", where, {**self.args, "work": work})
            for row in self._each(resource, rows):
                who = row[1][person]
                before = found.get(who, Found(who))
                found[who] = _with(before, resource, row[0])
        ids = {submission_id(work, who): one for who, one in found.items()}
        return dict(sorted(ids.items()))

    def _each(self, resource: Resource, rows: Rows) -> Iterable[tuple[bytes, Row]]:
        asked = Asked(fields=("person_id",), size=LARGEST_PAGE) if resource is places else _ALL
        for _, row in self.reading.page(resource, asked, rows):
            yield row, msgspec.json.decode(row, type=dict[str, Any])

    def show(self, some: Iterable[Found]) -> None:
        """These submissions go out."""
        self.reading.show(row for one in some for row in (one.place, one.result) if row is not None)

    def told(self, work: Row, identity: str, one: Found) -> dict[str, Any]:
        """A submission as it is sent."""
        said = one.said
        where = f"{WORK_AT.format(self.args['address'], self.id, work['id'])}/submissions/{identity}"
        attempts = [
            {"created_date": attempt["created_date"], "attachments": linked(attempt["attachments"], where)}
            for attempt in one.attempts
        ]
        # The User API has all attempts, the Graph API what is attached to the last one.
        last: list[Any] = attempts[-1]["attachments"] if attempts else []
        handed_in = {"attempts": attempts} if self.person else {"attachments": last}
        entire: dict[str, Any] = {
            "id": identity,
            "created_date": said.get("created_date", work["created_date"]),
            "updated_date": said.get("updated_date", work["updated_date"]),
            "state": one.state,
            "flags": one.flags,
            **handed_in,
            **{name: said.get(name) for name in ("grade_comment", "grade_points", "grade")},
            **{name: one.kept.get(name) for name in ("extra_attempts", "override_due_date")},
            "properties": {},
            "identifiers": [],
            "assignment_id": work["id"],
            "grader_id": None,
            "person_id": one.person,
            "rubric_grade": one.kept.get("rubric_grade"),
        }
        return entire


def _with(before: Found, resource: Resource, row: bytes) -> Found:
    if resource is places:
        return Found(before.person, row, before.result)
    # Who sat something twice is told with what came of it last.
    newest = max(filter(None, (before.result, row)), key=_when)
    return Found(before.person, before.place, newest)


def _when(row: bytes) -> tuple[str, str]:
    said = msgspec.json.decode(row, type=dict[str, Any])
    return said["date"] or "", said["created_date"] or ""
