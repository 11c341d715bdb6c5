"""Rubrics: the criteria by which work of a class is judged, and the levels of performance that each knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...api.listing.resource import Part, Property, Resource
from ...consent import Writer
from ...errors import Malformed, Problem
from ...fields import Many, Rows
from ...model.gradebook import Rubric, RubricCriterion, RubricLevel
from .resource import NO_PROPERTIES, stamps

Criterion = Mapping[str, Any]
"""A criterion as it is sent, with its `performance_levels`."""

_criteria = Many("The criteria of a rubric", RubricCriterion.rubric)
_levels = Many("The levels of performance of a criterion", RubricLevel.criterion)

rubrics = Resource(
    "rubrics",
    "rubric",
    Part(
        Rubric,
        {
            **stamps(Rubric),
            "title": Property(Rubric.title),
            "description": Property(Rubric.description),
            "grading_criteria": Property(
                Rows(
                    _criteria,
                    {
                        "name": RubricCriterion.name,
                        "description": RubricCriterion.description,
                        "weight": RubricCriterion.weight,
                        "performance_levels": Rows(
                            _levels,
                            {
                                "name": RubricLevel.name,
                                "description": RubricLevel.description,
                                "points": RubricLevel.points,
                            },
                            order=(RubricLevel.display_order,),
                        ),
                    },
                    order=(RubricCriterion.display_order,),
                )
            ),
            "properties": NO_PROPERTIES,
        },
        parts=(_criteria,),
    ),
)


def points(chosen: Mapping[str, str], criteria: Iterable[Criterion]) -> float:
    """The points of the levels that were chosen, by criterion; raises with every name that a rubric does not have."""
    known = {one["name"]: {level["name"]: level["points"] for level in one["performance_levels"]} for one in criteria}
    problems: list[Problem] = []
    for criterion, level in chosen.items():
        if level not in known.get(criterion, ()):
            what = f"has no level {level[:60]} of {criterion[:60]}"
            problems.append(Problem("rubric_grade", what, "name criteria and levels as the rubric does"))
    if problems:
        raise Malformed(*problems)
    return float(sum(known[criterion][level] or 0 for criterion, level in chosen.items()))


def write_criteria(writer: Writer, school: str, rubric: str, criteria: Iterable[Criterion]) -> None:
    """Let a rubric have these criteria in place of those that it had."""
    for before in writer.find(RubricCriterion, rubric=rubric):
        writer.remove(RubricCriterion, before["id"])
    for place, criterion in enumerate(criteria, 1):
        facts = {name: criterion.get(name) for name in ("name", "description", "weight")}
        identity = writer.add(RubricCriterion, {"school": school, "rubric": rubric, **facts, "display_order": place})
        for rank, level in enumerate(criterion["performance_levels"], 1):
            own = {name: level.get(name) for name in ("name", "description", "points")}
            writer.add(RubricLevel, {"school": school, "criterion": identity, **own, "display_order": rank})
