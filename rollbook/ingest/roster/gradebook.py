"""What a roster in OneRoster's shape says of gradebooks: what is set for classes, what it counts for, who got what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from ...fields import Record, Value
from ...model.assessment import Aspect, AssessmentCategory, AssessmentResult, MarkSet
from ...model.gradebook import ScoreScale, ScoreScaleValue
from ..rows import Row
from ..tables import Table, split
from .classes import FLAGS, Classes
from .places import blank, more

OWN = dict.fromkeys(("exam", "prior", "ks1", "ks2", "ks3"), 0)
"""What class work is not: a public examination, or a national assessment."""

OF_DAYS = "rollbook"
MOMENTS = tuple(f"metadata.{OF_DAYS}.{name}" for name in ("assignDate", "dueDate"))
"""Where another hub, or a service, tells moments for which OneRoster's files have days."""

Objectives = dict[str, dict[str, list[Any]]]
"""By line item or result and by source, the learning objectives."""


class Gradebook:
    """Line items as aspects of their classes' schools, and results as results of these; keys are sourcedIds."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self.tables = classes.tables
        self.school = classes.class_school
        self.items = self.tables["lineItems"]
        self.sorted_under = classes.not_made_up("categories")

    def made(self) -> list[tuple[type[Record], Iterable[Row]]]:
        """Every record, each kind after those that it refers to."""
        return [
            (AssessmentCategory, self.categories()),
            (ScoreScale, self.scales()),
            (ScoreScaleValue, self.scale_values()),
            (Aspect, self.line_items()),
            (MarkSet, self.ranges()),
            (AssessmentResult, self.results()),
        ]

    def categories(self) -> list[Row]:
        """Categories, which all schools of the district share."""
        table = self.tables["categories"]
        cells = zip(table.cells("sourcedId", "title", "weight"), table.extras(), strict=True)
        return [
            Row(key, {"external_id": key, "name": title, "weight": _number(weight)}, {}, extra, table.place(at))
            for at, ((key, title, weight), extra) in enumerate(cells)
            if key in self.sorted_under
        ]

    # ---- what scores stand for

    def scales(self) -> list[Row]:
        """Scales of the classes that are graded by them."""
        table, courses = self.tables["scoreScales"], self.tables["courses"].keys
        names = ("sourcedId", "title", "type", "classSourcedId", "courseSourcedId", "orgSourcedId")
        made: list[Row] = []
        for at, ((key, title, kind, group, course, org), extra) in enumerate(
            zip(table.cells(*names), table.extras(), strict=True)
        ):
            if school := self.school.get(group):
                refs = {"school": school, "group": group, "course": course if course in courses else None}
                rest = more(extra, orgSourcedId=org if org != school else "")
                values = blank(external_id=key, title=title, kind=kind)
                made.append(Row(key, values, refs, rest, table.place(at)))
        return made

    def scale_values(self) -> list[Row]:
        """What each score of a scale stands for, as in `{90-100:A},{75-89:B}`."""
        table = self.tables["scoreScales"]
        made: list[Row] = []
        for at, (key, group, listed) in enumerate(table.cells("sourcedId", "classSourcedId", "scoreScaleValue")):
            for order, pair in enumerate(split(listed) if group in self.school else (), 1):
                score, _, stands_for = pair.strip("{}").partition(":")
                values = blank(score=score.strip(), stands_for=stands_for.strip(), display_order=order)
                refs: dict[str, str | None] = {"school": self.school[group], "scale": key}
                made.append(Row(f"{key}:{order}", values, refs, None, table.place(at)))
        return made

    def _scale_of(self, name: str, column: str) -> dict[str, str]:
        """The scale of each line item, or of each result; the first one where several are named."""
        made: dict[str, str] = {}
        for key, scale in self.tables[name].cells(column, "scoreScaleSourcedId"):
            made.setdefault(key, scale)
        return made

    # ---- what is set, and what came of it

    def line_items(self) -> list[Row]:
        """What is set for the classes of schools."""
        table, sessions = self.items, self.tables["academicSessions"].keys
        scales = self._scale_of("lineItemScoreScales", "lineItemSourcedId")
        objectives = _objectives(self.tables["lineItemLearningObjectiveIds"], "lineItemSourcedId")
        names = ("sourcedId", "title", "description", "assignDate", "dueDate", "classSourcedId", "categorySourcedId")
        terms = ("gradingPeriodSourcedId", "academicSessionSourcedId", "schoolSourcedId")
        made: list[Row] = []
        cells = zip(table.cells(*names, *terms), table.cells(*MOMENTS), table.extras(), strict=True)
        for at, ((key, title, about, assigned, due, group, category, *of), (since, until), extra) in enumerate(cells):
            if school := self.school.get(group):
                named = next((one for one in of[:2] if one), "")
                known = named if named in sessions else None
                of_category = category if category in self.sorted_under else None
                refs = {"school": school, "group": group, "category": of_category, "session": known}
                refs |= {"score_scale": scales.get(key)}
                values = blank(external_id=key, name=title, description=about, kind="Integer")
                values |= {**OWN, "classwork": 1, "assigned": _moment(assigned, since), "due": _moment(due, until)}
                said = {name: value for name, value in (extra or {}).items() if name not in MOMENTS}
                rest = more(said, schoolSourcedId=of[2] if of[2] != school else "")
                rest = more(rest, academicSessionSourcedId="" if known else named)
                made.append(Row(key, values, refs, _with(rest, objectives.get(key), "Ids"), table.place(at)))
        return made

    def ranges(self) -> list[Row]:
        """The numbers that results of a line item may be."""
        names = ("sourcedId", "classSourcedId", "resultValueMin", "resultValueMax", "assignDate")
        return [
            Row(
                key,
                {"least": _number(least), "most": _number(most), "start": start},
                {"school": self.school[group], "aspect": key},
                None,
                self.items.place(at),
            )
            for at, (key, group, least, most, start) in enumerate(self.items.cells(*names))
            if (least or most) and group in self.school
        ]

    def results(self) -> list[Row]:
        """What students achieved; each is a student of the class's school."""
        table = self.tables["results"]
        groups = dict(zip(self.items["sourcedId"], self.items["classSourcedId"], strict=True))
        scales = self._scale_of("resultScoreScales", "resultSourcedId")
        objectives = _objectives(self.tables["resultLearningObjectiveIds"], "resultSourcedId")
        names = ("sourcedId", "lineItemSourcedId", "studentSourcedId", "classSourcedId", "scoreStatus", "score")
        said = ("textScore", "scoreDate", "comment", "inProgress", "incomplete", "late", "missing")
        made: list[Row] = []
        for at, ((key, item, user, group, status, score, text, day, comment, *flags), extra) in enumerate(
            zip(table.cells(*names, *said), table.extras(), strict=True)
        ):
            if school := self.school.get(groups[item]):
                values = blank(external_id=key, status=status, result=text, date=day, notes=comment)
                values |= {"numeric_value": _number(score)}
                values |= dict(
                    zip(("in_progress", "incomplete", "late", "missing"), map(FLAGS.get, flags), strict=True)
                )
                refs = {"school": school, "aspect": item, "student": f"{user}@{school}", "score_scale": scales.get(key)}
                rest = more(extra, classSourcedId=group if group != groups[item] else "")
                made.append(Row(key, values, refs, _with(rest, objectives.get(key), "Results"), table.place(at)))
        return made


def _number(cell: str) -> Value:
    return float(cell) if cell else None


def _moment(day: str, at: str) -> Value:
    """The moment that is told beside a day, UTC; else that at which the day begins."""
    try:
        told = datetime.fromisoformat(at)
        utc = (told.astimezone(UTC) if told.tzinfo else told).replace(tzinfo=None)
        return utc.isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):
        return f"{day}T00:00:00.000" if day else None


def _objectives(table: Table, column: str) -> Objectives:
    """The learning objectives of each line item, or, with scores, of each result."""
    made: defaultdict[str, dict[str, list[Any]]] = defaultdict(dict)
    for key, source, one, score, text in table.cells(column, "source", "learningObjectiveId", "score", "textScore"):
        scored = blank(learningObjectiveId=one, score=_number(score), textScore=text)
        told = one if column == "lineItemSourcedId" else {n: v for n, v in scored.items() if v is not None}
        made[key].setdefault(source, []).append(told)
    return made


def _with(rest: dict[str, str] | None, of: dict[str, list[Any]] | None, ending: str) -> dict[str, Any] | None:
    """A remainder with the learning objectives, as the gradebook service has them."""
    if not of:
        return rest
    sets = [{"source": source, f"learningObjective{ending}": told} for source, told in of.items()]
    return {**(rest or {}), "learningObjectiveSet": sets}
