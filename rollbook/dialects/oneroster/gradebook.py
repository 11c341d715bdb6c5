"""Gradebooks and assessments: what is set for classes, what it counts for and what came of it, and scales of scores.

OneRoster 1.2 Gradebook Service, REST binding, section 2: 22 addresses; in 1.1 they are below the one root.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...api.listing.resource import Part, Property, Resource
from ...api.listing.rows import Conditions
from ...api.listing.services import PARENT, WITHIN, Collections, Path
from ...fields import (
    ALWAYS,
    Coalesce,
    Condition,
    First,
    HubId,
    Literal,
    Many,
    Nested,
    Not,
    Question,
    Ref,
    Rows,
    Some,
    Within,
)
from ...model.assessment import Aspect, AssessmentCategory, AssessmentResult, MarkSet, range_now
from ...model.calendar import Session
from ...model.gradebook import ScoreScale, ScoreScaleValue
from ...model.organisation import School
from ...model.people import Person
from ...model.roster import as_student
from ...model.students import Student, StudentMembership
from .catalogue import COLLECTIONS, whole
from .properties import ID, kept, link, made_up, number, stamps, text, told_id, word, yes_or_no
from .properties import moment as moment_of
from .wire import reference

GRADING_PERIOD = "gradingPeriod"

_of_class = Aspect.classwork.is_(1)
_unsorted = Many(
    "The work of a school's classes that is in no category", Aspect.school, where=_of_class & Aspect.category.unknown()
)

categories = Resource(
    "categories",
    "category",
    Part(
        AssessmentCategory,
        {
            **stamps(AssessmentCategory, "categories"),
            "metadata": kept(AssessmentCategory, "metadata"),
            "title": text(AssessmentCategory.name),
            "weight": number(AssessmentCategory.weight),
        },
    ),
    Part(
        School,
        {
            **stamps(School, "categories"),
            "metadata": made_up("category"),
            "title": text(Literal("No category")),
            "weight": number(Literal(None)),
        },
        only=Some(_unsorted, ALWAYS),
        lost=Not(Some(_unsorted, ALWAYS)),
    ),
    key="sourcedId",
)
"""Categories, and one for each school with work that is in none, since work needs one; its id is the school's."""

_values = Many("The scores that a scale explains", ScoreScaleValue.scale)

score_scales = Resource(
    "scoreScales",
    "scoreScale",
    Part(
        ScoreScale,
        {
            **stamps(ScoreScale, "scoreScales"),
            "metadata": kept(ScoreScale, "metadata"),
            "title": text(ScoreScale.title),
            "type": text(ScoreScale.kind),
            "course": link(ScoreScale.course, "courses"),
            "class": link(ScoreScale.group, "classes"),
            "scoreScaleValue": Property(
                Rows(
                    _values,
                    {"itemValueLHS": ScoreScaleValue.score, "itemValueRHS": ScoreScaleValue.stands_for},
                    order=(ScoreScaleValue.display_order,),
                )
            ),
        },
        only=ScoreScale.group.known(),
        parts=(_values,),
    ),
    key="sourcedId",
)

# ---- what is set


def _period(*, grading: bool) -> Property:
    """The session that work counts towards, where it is a grading period, or where it is none."""

    def told(of: Mapping[str, Any]) -> dict[str, str] | None:
        there = of["id"] and (of["kind"] == GRADING_PERIOD) == grading
        return reference("academicSessions", of["id"]) if there else None

    shown = Nested({"id": told_id(Aspect.session, "academicSessions"), "kind": Aspect.session / Session.kind})
    return Property(shown, () if grading else ID, "uuid", Aspect.session, None, "academicSessions", told)


_set = {
    "metadata": kept(Aspect, "metadata"),
    "title": text(Aspect.name),
    "description": text(Aspect.description),
    "class": link(Aspect.group, "classes"),
    "scoreScale": link(Aspect.score_scale, "scoreScales"),
    "resultValueMin": number(First(range_now, MarkSet.least)),
    "resultValueMax": number(First(range_now, MarkSet.most)),
    "learningObjectiveSet": kept(Aspect, "learningObjectiveSet"),
}

line_items = Resource(
    "lineItems",
    "lineItem",
    Part(
        Aspect,
        {
            **stamps(Aspect, "lineItems"),
            **_set,
            "assignDate": moment_of(Aspect.assigned),
            "dueDate": moment_of(Aspect.due),
            "school": link(Aspect.school, "orgs"),
            "category": link(Coalesce(Aspect.category, Aspect.school), "categories"),
            "gradingPeriod": _period(grading=True),
            "academicSession": _period(grading=False),
        },
        only=_of_class,
    ),
    key="sourcedId",
)
"""Work that is set for one class."""

assessment_line_items = Resource(
    "assessmentLineItems",
    "assessmentLineItem",
    Part(
        Aspect,
        {
            **stamps(Aspect, "assessmentLineItems"),
            **_set,
            "parentAssessmentLineItem": link(Aspect.parent, "assessmentLineItems"),
        },
        only=Aspect.classwork.is_not(1) & Aspect.exam.is_not(1),
    ),
    key="sourcedId",
)
"""What a school assesses beside the work of its classes; public examinations are neither."""

# ---- what came of it

_aspect: Ref = AssessmentResult.aspect
_marked = {
    "metadata": kept(AssessmentResult, "metadata"),
    "student": link(AssessmentResult.student / Student.person, "users"),
    "scoreScale": link(AssessmentResult.score_scale, "scoreScales"),
    # Schools' own systems keep what is graded, and do not say so.
    "scoreStatus": word(Coalesce(AssessmentResult.status, Literal("fully graded"))),
    "score": number(AssessmentResult.numeric_value),
    "textScore": text(AssessmentResult.result),
    "scoreDate": text(Coalesce(AssessmentResult.date, AssessmentResult.collection_date)),
    "comment": text(AssessmentResult.notes),
    "learningObjectiveSet": kept(AssessmentResult, "learningObjectiveSet"),
    "inProgress": yes_or_no(AssessmentResult.in_progress),
    "incomplete": yes_or_no(AssessmentResult.incomplete),
    "late": yes_or_no(AssessmentResult.late),
    "missing": yes_or_no(AssessmentResult.missing),
}

results = Resource(
    "results",
    "result",
    Part(
        AssessmentResult,
        {
            **stamps(AssessmentResult, "results"),
            **_marked,
            "lineItem": link(_aspect, "lineItems"),
            "class": link(_aspect / Aspect.group, "classes"),
        },
        only=(_aspect / Aspect.classwork).is_(1),
    ),
    key="sourcedId",
)

assessment_results = Resource(
    "assessmentResults",
    "assessmentResult",
    Part(
        AssessmentResult,
        {
            **stamps(AssessmentResult, "assessmentResults"),
            **_marked,
            "assessmentLineItem": link(_aspect, "assessmentLineItems"),
            "scorePercentile": number(AssessmentResult.percentile),
        },
        only=(_aspect / Aspect.classwork).is_not(1) & (_aspect / Aspect.exam).is_not(1),
    ),
    key="sourcedId",
)


# ---- the same in OneRoster 1.1


def _without(of: Resource, *later: str, **instead: Property) -> Resource:
    """A resource without the members that came later."""
    parts = (
        replace(part, properties={n: one for n, one in part.properties.items() if n not in later} | instead)
        for part in of.parts
    )
    return Resource(of.name, of.one, *parts, key="sourcedId")


_LATER = ("scoreScale", "learningObjectiveSet")
old_categories = _without(categories, "weight")
old_line_items = _without(
    line_items, *_LATER, "school", "academicSession", gradingPeriod=link(Aspect.session, "academicSessions")
)
old_results = _without(results, *_LATER, "class", "textScore", "inProgress", "incomplete", "late", "missing")

# ---- collections and paths

GRADEBOOK: Collections = {
    one.name: whole(one)
    for one in (categories, line_items, results, score_scales, assessment_line_items, assessment_results)
}
OLD_GRADEBOOK: Collections = {one.name: whole(one) for one in (old_categories, old_line_items, old_results)}
BEGINS: Collections = {name: COLLECTIONS[name] for name in ("classes", "schools", "students", "academicSessions")}

_places = Many("The places of a student in classes", StudentMembership.student)
_items_of_class = Many("What is sorted under a category", Aspect.category)


def _of_item(where: Condition) -> Conditions:
    return {AssessmentResult: Within(_aspect, Question(Aspect, (), where))}


_this_item = HubId(Aspect).is_(PARENT)
_in_class: Conditions = _of_item(Aspect.group.is_(PARENT))
_of_student = Within(AssessmentResult.student, Question(Student, (), Student.person.is_(PARENT)))
_this_student: Conditions = {
    AssessmentResult: Within(_aspect, Question(Aspect, (), Aspect.group.is_(WITHIN))) & _of_student
}
_student_in_class: Conditions = {Person: Some(as_student, Some(_places, StudentMembership.group.is_(WITHIN)))}
_any_session: Conditions = {Session: ALWAYS, School: ALWAYS}

OLD_PATHS: Mapping[str, Path] = {
    "classes/{id}/categories": Path(
        "categories",
        {
            AssessmentCategory: Some(_items_of_class, _of_class & Aspect.group.is_(PARENT)),
            School: Some(_unsorted, Aspect.group.is_(PARENT)),
        },
    ),
    "classes/{id}/lineItems": Path("lineItems", {Aspect: Aspect.group.is_(PARENT)}),
    "classes/{id}/lineItems/{id}/results": Path("results", _of_item(_this_item), {Aspect: Aspect.group.is_(WITHIN)}),
    "classes/{id}/results": Path("results", _in_class),
    "classes/{id}/students/{id}/results": Path("results", _this_student, _student_in_class),
}
"""What leads from one thing to gradebooks in both versions."""

PATHS: Mapping[str, Path] = {
    **OLD_PATHS,
    "classes/{id}/academicSessions/{id}/results": Path(
        "results", {AssessmentResult: ALWAYS}, _any_session, reads=False
    ),
    "classes/{id}/scoreScales": Path("scoreScales", {ScoreScale: ScoreScale.group.is_(PARENT)}),
    "lineItems/{id}/results": Path("results", _of_item(_this_item)),
    "schools/{id}/lineItems": Path("lineItems", {Aspect: Aspect.school.is_(PARENT)}),
    "schools/{id}/scoreScales": Path("scoreScales", {ScoreScale: ScoreScale.school.is_(PARENT)}),
}
