"""What gradebooks have besides assessments: scales that say what a score stands for, and rubrics."""

from __future__ import annotations

from ..fields import Decimal, Number, Ref, Text
from ..scopes import S
from .curriculum import Course
from .groups import Group
from .organisation import SchoolRecord
from .origin import came_from

SCORE_STATUSES = {
    "exempt": "Does not count",
    "fully graded": "Fully graded",
    "not submitted": "Not submitted",
    "partially graded": "Partially graded",
    "submitted": "Submitted, not graded",
}
"""OneRoster 1.2, vocabulary of the status of a score; others begin with `ext:`."""


class ScoreScale(
    SchoolRecord,
    scope=S.School,
    writing=S.WritebackAssessment,
    remembers=(
        *("origin", "title", "group.origin", "group.external_id"),
        *("course.origin", "course.external_id"),
    ),
    indexes=(("school",), ("group",), ("external_id",)),
):
    """What the scores of a class stand for, such as letters for shares of all points."""

    external_id = Text("Its id in the system that it came from", "scale-letters")
    origin = came_from()
    title = Text("What the scale is called", "Letters for points")
    kind = Text("What kind of scale it is, in its school's own words", "Points to letters")
    group = Ref("The class that is graded by it", Group, part_of=True)
    course = Ref("The course whose classes are graded by it", Course)


class ScoreScaleValue(
    SchoolRecord,
    scope=S.School,
    writing=S.WritebackAssessment,
    indexes=(("school",), ("scale",)),
):
    """A score, or a range of scores, and what it stands for."""

    scale = Ref("The scale", ScoreScale, part_of=True)
    score = Text("The score, or the range of scores", "90-100")
    stands_for = Text("What it stands for", "A")
    display_order = Number("Its place in the scale, from 1", 1)


class Rubric(SchoolRecord, scope=S.School, writing=S.WritebackAssessment, indexes=(("school",), ("group",))):
    """What work of a class is judged by: criteria, each with the levels of performance that it knows."""

    title = Text("What the rubric is called", "A written report")
    description = Text("What the rubric is for", "For everything that is written at home")
    group = Ref("The class whose work is judged by it", Group, part_of=True)


class RubricCriterion(SchoolRecord, scope=S.School, writing=S.WritebackAssessment, indexes=(("school",), ("rubric",))):
    """One of the things that a rubric looks at."""

    rubric = Ref("The rubric", Rubric, part_of=True)
    name = Text("What is looked at", "Grammar and spelling")
    description = Text("What is looked at, in more words", "Whole sentences, and few mistakes")
    weight = Decimal("What the criterion counts for in the grade", 0.4)
    display_order = Number("Its place in the rubric, from 1", 1)


class RubricLevel(SchoolRecord, scope=S.School, writing=S.WritebackAssessment, indexes=(("school",), ("criterion",))):
    """A level of performance that a criterion knows, and the points that it gives."""

    criterion = Ref("The criterion", RubricCriterion, part_of=True)
    name = Text("What the level is called", "Excellent")
    description = Text("What is expected for it", "Two mistakes at the most")
    points = Decimal("The points that it gives", 4.0)
    display_order = Number("Its place in the criterion, from 1", 1)
