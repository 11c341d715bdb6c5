"""What work of invented classes is judged by, what is handed out for it, and what some have handed in."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from ..model.assessment import Aspect, AssessmentResult
from ..model.coursework import ClassFile, SubmissionFile
from ..model.gradebook import Rubric, RubricCriterion, RubricLevel
from ..store.writing import Batch
from .draft import guid
from .opened import Opened

HANDED_IN = "2026-11-13"
"""The day on which some handed in what they had made."""

CRITERIA = (
    (
        "Likeness",
        "How much it looks like a lighthouse",
        0.6,
        (("Excellent", "Every part is there", 30.0), ("Good", "One would know it", 20.0), ("A start", None, 10.0)),
    ),
    (
        "Teamwork",
        "Whether everybody had a part in it",
        0.4,
        (("Excellent", "All three made something", 20.0), ("A start", "One did it alone", 8.0)),
    ),
)
"""The criteria of the rubric: name, description, weight and levels."""

PLAN = ("lighthouse.txt", "What a lighthouse has", "A lighthouse has a lamp, a gallery, a tower and a door.")
RULES = ("rules.txt", "How we work in groups", "Everybody has a part. Nobody does it alone.")


def _file(title: str, description: str, text: str) -> dict[str, Any]:
    content = b64encode(text.encode()).decode()
    return {"title": title, "description": description, "size": len(text.encode()), "content": content}


def _attached(identity: str, file: dict[str, Any]) -> dict[str, Any]:
    told = {name: file[name] for name in ("title", "description", "size")}
    return {"type": "file", "id": identity, **told, "share_mode": "view"}


def put_handouts(opened: Opened, group: str, work: str) -> None:
    """Add what a piece of work is judged by, and the files for it and for its class."""
    # Ids of their own, so that everything else keeps those that it had before.
    own = {"school": opened.school}
    rubric, plan = guid(opened.school, "rubric"), guid(opened.school, "plan")
    put = opened.draft.put
    put(Rubric, id=rubric, **own, title="Things that we make", description="For models and posters", group=group)
    for place, (name, description, weight, levels) in enumerate(CRITERIA, 1):
        facts = {**own, "rubric": rubric, "name": name, "description": description, "weight": weight}
        criterion = put(RubricCriterion, id=guid(rubric, name), **facts, display_order=place)
        for rank, (level, expected, points) in enumerate(levels, 1):
            told = {**own, "criterion": criterion, "name": level, "description": expected, "points": points}
            put(RubricLevel, id=guid(criterion, level), **told, display_order=rank)
    put(ClassFile, id=guid(opened.school, "rules"), **own, group=group, **_file(*RULES))
    put(ClassFile, id=plan, **own, group=group, aspect=work, **_file(*PLAN))
    for row in (row for row in opened.draft.rows[Aspect] if row["id"] == work):
        told = {"grading_type": "rubric", "aliases": [{"type": "planner", "identifier": "unit-3"}]}
        kept = {"attachments": [_attached(plan, _file(*PLAN))], **told}
        row |= {"rubric": rubric, "remainder": json.dumps({"edlink": kept})}


def _made(student: str) -> tuple[str, dict[str, Any]]:
    """The id of what a student handed in, and the file."""
    return guid(student, "lighthouse"), _file("mine.txt", "What I made", "I made the lamp out of a jam jar.")


def handed_in(student: str) -> str:
    """What is kept beside the result of somebody who handed in a file."""
    identity, file = _made(student)
    attempt = {"id": guid(identity), "created_date": f"{HANDED_IN}T10:12:00.000Z"}
    return json.dumps({"edlink": {"attempts": [{**attempt, "attachments": [_attached(identity, file)]}]}})


def put_handed_in(batch: Batch, opened: Opened) -> None:
    """Add the files that were handed in, once the results are there with which they were."""
    asked = {"school": opened.school, "status": "submitted"}
    for result in batch.kept.records.find(AssessmentResult, batch.district, asked):
        if result["remainder"]:
            identity, file = _made(result["student"])
            batch.add(SubmissionFile, [{"id": identity, "school": opened.school, "result": result["id"], **file}])
