"""Coursework: what is set for a class, the categories it is sorted under, and what came of it.

The work is the record's assessment, which OneRoster shows as line items and Xporter as aspects. A submission is what
there is between a student of the class and the work: its id is made of both, so that it stays the same whether or not
there is a result yet, and whoever wrote it.
"""

from __future__ import annotations

import html
import re
from typing import Any

from ...api.listing.resource import Part, Property, Resource
from ...api.listing.rows import Conditions
from ...fields import ALWAYS, Arg, First, HubId, Kept, KeptValue, Key, Literal, Nested, Record, Truth, When
from ...model.assessment import Aspect, AssessmentCategory, AssessmentResult, MarkSet, range_now
from ...model.coursework import ClassFile, SubmissionFile
from ...model.gradebook import Rubric
from ...model.students import Student
from .catalogue import PARENT
from .files import ADDRESS, CLASSES, linked
from .resource import NO_IDS, NO_PROPERTIES, known_by, link, stamps
from .teaching import enrollments

DIALECT = "edlink"
"""Under which a record keeps what an app wrote that it has no fact for."""

TOMORROW, SCHOOL, WORK = Arg("tomorrow"), Arg("school_of_class"), Arg("work")

WORK_AT = f"{CLASSES}/assignments/{{}}"
"""The address of a piece of work, after that of what the request reads."""

ONCE_SAID = ("draft", "locked")
"""The states of work that are only known from whoever set them; the others follow from the day on which it begins."""

_TAG = re.compile(r"<[^<>]*>")


def moment(value: Any) -> Property:
    """A moment that the record keeps."""
    return Property(Key(value, "Z"))


def kept(of: type[Record], name: str, *, otherwise: Any = None) -> Property:
    """What an app wrote that the record has no fact for."""
    return Property(Kept(of, f"{DIALECT}.{name}"), finish=lambda said: otherwise if said is None else said)


def plain(text: str) -> str:
    """A text without its HTML."""
    return html.unescape(_TAG.sub("", text)).strip()


def _plaintext(known: dict[str, Any]) -> str | None:
    said, text = known["said"], known["text"]
    return said if said is not None else None if text is None else plain(text)


def _attached(known: dict[str, Any]) -> list[dict[str, Any]]:
    return linked(known["said"] or (), WORK_AT.format(known["address"], known["class"], known["work"]))


def _state(known: dict[str, Any]) -> str:
    return known["said"] if known["said"] in ONCE_SAID else known["begins"]


assignments = Resource(
    "assignments",
    "assignment",
    Part(
        Aspect,
        {
            **stamps(Aspect),
            "title": Property(Aspect.name),
            "description": Property(Aspect.description),
            "description_plaintext": Property(
                Nested({"said": Kept(Aspect, f"{DIALECT}.description_plaintext"), "text": Aspect.description}),
                finish=_plaintext,
            ),
            "state": Property(
                Nested(
                    {
                        "said": Kept(Aspect, f"{DIALECT}.state"),
                        "begins": When((Aspect.assigned.since(TOMORROW), "scheduled"), otherwise="open"),
                    }
                ),
                finish=_state,
            ),
            "attachments": Property(
                Nested(
                    {
                        "said": Kept(Aspect, f"{DIALECT}.attachments"),
                        "address": ADDRESS,
                        "class": Aspect.group,
                        "work": HubId(Aspect),
                    }
                ),
                finish=_attached,
            ),
            "due_date": moment(Aspect.due),
            "display_date": kept(Aspect, "display_date"),
            "start_date": moment(Aspect.assigned),
            "end_date": kept(Aspect, "end_date"),
            "assignee_mode": Property(Literal("all")),
            "assignee_ids": NO_IDS,
            "points_possible": Property(First(range_now, MarkSet.most)),
            "grading_type": kept(Aspect, "grading_type", otherwise="points"),
            "submission_types": kept(Aspect, "submission_types", otherwise=()),
            "max_attempts": kept(Aspect, "max_attempts"),
            "properties": kept(Aspect, "properties", otherwise={}),
            "identifiers": known_by(Aspect),
            "session_id": link(Aspect.session, "sessions"),
            "category_id": Property(Aspect.category),
            "rubric_id": Property(Aspect.rubric),
        },
        only=Aspect.classwork.is_(1),
        parts=(range_now,),
    ),
)

aliases = Resource(
    "aliases",
    "alias",
    Part(Aspect, {**stamps(Aspect), "aliases": kept(Aspect, "aliases", otherwise=())}, only=Aspect.classwork.is_(1)),
)
"""By what else apps know a piece of work."""

categories = Resource(
    "categories",
    "category",
    Part(
        AssessmentCategory,
        {
            **stamps(AssessmentCategory),
            "title": Property(AssessmentCategory.name),
            "weight": Property(AssessmentCategory.weight),
            "drop_lowest": kept(AssessmentCategory, "drop_lowest"),
            "position": kept(AssessmentCategory, "position"),
            "properties": NO_PROPERTIES,
            "identifiers": known_by(AssessmentCategory),
        },
    ),
)

results = Resource(
    "results",
    "result",
    Part(
        AssessmentResult,
        {
            **stamps(AssessmentResult),
            "date": Property(AssessmentResult.date),
            "person_id": Property(AssessmentResult.student / Student.person),
            "status": Property(AssessmentResult.status),
            "late": Property(Truth(AssessmentResult.late)),
            "missing": Property(Truth(AssessmentResult.missing)),
            "grade_comment": Property(AssessmentResult.notes),
            "grade_points": Property(AssessmentResult.numeric_value),
            "grade": Property(AssessmentResult.result),
            "kept": Property(Kept(AssessmentResult, DIALECT)),
        },
        only=(AssessmentResult.aspect / Aspect.classwork).is_(1) & (AssessmentResult.student / Student.person).known(),
    ),
)
"""What a submission is made of, where its student has a result."""

places = Resource("places", "place", enrollments.parts[0])
posts = Resource("posts", "post", enrollments.parts[1])
"""Who is to hand in the work of a class, and who sets it."""

SUBMISSION = (
    *("id", "created_date", "updated_date", "state", "flags", "attachments", "attempts", "grade_comment"),
    *("grade_points", "grade", "extra_attempts", "override_due_date", "properties", "identifiers", "assignment_id"),
    *("grader_id", "person_id", "rubric_grade"),
)

OF_CLASS: dict[str, Conditions] = {
    "assignments": {Aspect: Aspect.group.is_(PARENT)},
    # A school's categories serve all of its classes, and so do those of its district.
    "categories": {
        AssessmentCategory: AssessmentCategory.school.is_(SCHOOL) | AssessmentCategory.school.unknown(),
    },
    "files": {ClassFile: ClassFile.group.is_(PARENT) & ClassFile.aspect.unknown()},
    "rubrics": {Rubric: Rubric.group.is_(PARENT)},
}
"""Which rows are those of a class."""

OF_WORK: Conditions = {
    ClassFile: ClassFile.aspect.is_(WORK) | (ClassFile.group.is_(PARENT) & ClassFile.aspect.unknown())
}
OF_RESULT: Conditions = {SubmissionFile: SubmissionFile.result.is_(Arg("result"))}
"""Which files may be attached to a piece of work, and which are those of a submission."""

OPEN_TO_ALL: Conditions = {
    Aspect: KeptValue(Kept(Aspect, DIALECT), "state").is_not("draft"),
    AssessmentCategory: ALWAYS,
    ClassFile: ALWAYS,
    Rubric: ALWAYS,
}
"""Which of them students see: a draft is its teachers'."""
