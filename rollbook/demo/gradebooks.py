"""Gradebooks of invented classes: the work that is set, what it counts for, how everybody did, and a test."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..edfi.assessments import scored
from ..model.assessment import Aspect, AssessmentCategory, AssessmentResult, MarkSet
from ..model.gradebook import ScoreScale, ScoreScaleValue
from ..model.groups import Group
from ..model.people import Contact
from ..model.resources import (
    ClassResource,
    ContactResource,
    CourseResource,
    Resource,
    StaffResource,
    StudentResource,
)
from .admissions import Place
from .draft import Draft
from .handouts import handed_in, put_handouts
from .opened import Opened

CLASSES = 4
"""How many classes of a school keep a gradebook."""

CATEGORIES = {"Homework": 30.0, "Quizzes": 20.0, "Projects": 50.0}


class Work(NamedTuple):
    """Something that is set for a class: when, until when, for how many points, and when it was marked."""

    title: str
    description: str
    category: str
    assigned: str
    due: str
    points: int
    marked: str | None


WORKS = (
    Work("A map of the way to school", "Draw it to scale", "Homework", "2026-09-14", "2026-09-21", 20, "2026-09-24"),
    Work("Ten questions on Chapter 1", "Without the book", "Quizzes", "2026-10-12", "2026-10-12", 10, "2026-10-13"),
    Work("A model of a lighthouse", "In groups of three", "Projects", "2026-11-02", "2026-11-30", 50, None),
)

OPEN = "2026-11-16"
"""The day on which it was written down how work stands that is not marked yet."""

LETTERS = (("90-100", "A"), ("75-89", "B"), ("60-74", "C"), ("40-59", "D"), ("0-39", "E"))
LATE = (("90-100", "B"), ("75-89", "C"), ("60-74", "D"), ("0-59", "E"))
"""What shares of all points stand for, in per cent, of work that came in time and of work that came late."""

SAT, TEST, PARTS = "2026-11-12", "Autumn listening test", ("Part 1: instructions", "Part 2: a story")
"""The day and the name of a test of whole classes, and its parts."""

PRESS = "uri://larkspur-press.example/tests"
"""Who numbers that test."""

RESOURCES = (
    {
        "title": "An Atlas of Invented Islands",
        "roles": "student,teacher",
        "importance": "primary",
        "vendor_resource_id": "atlas-7",
        "vendor_id": "larkspur-press.example",
        "application_id": "reader",
    },
    {
        "title": "Answers to the Atlas",
        "roles": "teacher",
        "importance": "secondary",
        "vendor_resource_id": "atlas-7-answers",
        "vendor_id": "larkspur-press.example",
    },
    {
        "title": "Reading Ruler",
        "roles": "student",
        "importance": "secondary",
        "vendor_resource_id": "ruler",
        "vendor_id": "clear-pages.example",
        "application_id": "ruler-web",
    },
)

SONGBOOK = {
    "title": "Songs of our School",
    "roles": "student,teacher",
    "importance": "secondary",
    "vendor_resource_id": "songs",
    "vendor_id": "school-office.example",
}
"""What a school has made for itself."""

NO_WORDS = "Ask me about the last one"


def put_gradebooks(draft: Draft, opened: Sequence[Opened]) -> None:
    """Add the gradebooks of a district's schools, and what their classes learn with."""
    categories = {
        name: draft.put_later(AssessmentCategory, name=name, weight=weight) for name, weight in CATEGORIES.items()
    }
    resources = [draft.put_later(Resource, **facts) for facts in RESOURCES]
    for one in opened:
        books = [_Book(one, code, group, categories) for code, group in _classes(one)]
        for book in books:
            book.open()
        for book in books[:1]:
            book.test()
            put_handouts(one, book.group, book.made)
        one.stream(AssessmentResult, (row for book in books for row in book.results()))
        one.stream(AssessmentResult, (row for book in books[:1] for row in book.tested()))
        _put_resources(one, [book.group for book in books], resources)


def _classes(opened: Opened) -> list[tuple[str, str]]:
    this = opened.plan.this_year.name
    now = [(code, group) for (year, code), group in opened.groups.teaching.items() if year == this]
    return now[:CLASSES]


class _Book:
    """The gradebook of a class."""

    def __init__(self, opened: Opened, code: str, group: str, categories: dict[str, str]) -> None:
        self.opened = opened
        self.code = code
        self.group = group
        self.categories = categories
        self.items: list[tuple[Work, str]] = []
        self.parts: list[str] = []
        self.late = ""
        self.made = ""
        self.pupils = [p for p in opened.places if p.current and group in p.lessons.values()]

    def open(self) -> None:
        """Add what is set, and what points stand for."""
        scale = self._scale("Letters for points", LETTERS)
        self.late = self._scale("Letters for points, late work", LATE)
        for work in WORKS:
            more = self._item(work, scale)
            self.made = self._measure(work.title, work.description, work.assigned, work.points, **more)
            self.items.append((work, self.made))

    @property
    def _supplier(self) -> str:
        plan = self.opened.plan
        return f"{plan.estab[:3]} {plan.estab[3:]} {plan.name}"

    def _scale(self, title: str, letters: Sequence[tuple[str, str]]) -> str:
        rows = self.opened.draft.rows[Group]
        course = next((row.get("course") for row in rows if row["id"] == self.group), None)
        scale = self.opened.put(ScoreScale, title=title, kind="Points to letters", group=self.group, course=course)
        for place, (score, letter) in enumerate(letters, 1):
            self.opened.put(ScoreScaleValue, scale=scale, score=score, stands_for=letter, display_order=place)
        return scale

    def _item(self, work: Work, scale: str) -> dict[str, Any]:
        plan, sessions = self.opened.plan, self.opened.groups.sessions
        term = plan.this_year.terms[0]
        return {
            "category": self.categories[work.category],
            "classwork": 1,
            "session": sessions[f"{plan.this_year.name} {term.name}"],
            "assigned": f"{work.assigned}T08:00:00.000",
            "due": f"{work.due}T15:00:00.000",
            "score_scale": scale,
        }

    def test(self) -> None:
        """Add a test that the class sat, and its parts."""
        whole = self._measure(TEST, TEST, SAT, 30 * len(PARTS), namespace=PRESS)
        self.parts = [self._measure(f"{TEST}, {name}", name, SAT, 30, parent=whole) for name in PARTS]

    def _measure(self, name: str, description: str, since: str, points: int, **more: Any) -> str:
        """Something that the class is marked for, from a day on, by a number of points."""
        facts = {
            "kind": "Integer",
            "name": name,
            "description": description,
            "supplier": self._supplier,
            "exam": 0,
            "prior": 0,
            **dict.fromkeys(("ks1", "ks2", "ks3"), 0),
            "classwork": 0,
            "group": self.group,
        }
        measure = self.opened.put(Aspect, **{**facts, **more})
        self.opened.put(MarkSet, aspect=measure, start=since, least=0, most=points)
        return measure

    def tested(self) -> Iterator[dict[str, Any]]:
        """The rows of how everybody did in the test."""
        rng, sat = self.opened.chance_of(f"test {self.code}"), [p for p in self.pupils if p.entry <= SAT]
        for part in self.parts:
            points = [round(30 * min(max(0.35 + 0.6 * p.ability + rng.gauss(0, 0.1), 0), 1)) for p in sat]
            for place, achieved in zip(sat, points, strict=True):
                yield {
                    **self._of(place, part, SAT),
                    "time": "09:30:00",
                    "result": str(achieved),
                    "numeric_value": achieved,
                    "scores": json.dumps([scored("Raw score", "Integer", str(achieved))]),
                    "percentile": round(100 * sum(other <= achieved for other in points) / len(points), 1),
                }

    def _of(self, place: Place, aspect: str, day: str) -> dict[str, Any]:
        return {
            "school": self.opened.school,
            "student": place.id,
            "aspect": aspect,
            "date": day,
            "collection_date": day,
        }

    def results(self) -> Iterator[dict[str, Any]]:
        """The rows of what everybody of the class achieved, or has not handed in yet."""
        rng = self.opened.chance_of(f"gradebook {self.code}")
        for work, item in self.items:
            day = work.marked or OPEN
            for place in (p for p in self.pupils if p.entry <= day <= self.opened.today):
                yield {
                    **self._of(place, item, day),
                    **(
                        self._marked(work, place, rng.gauss(0, 0.1), rng.random())
                        if work.marked
                        else self._open(place, rng.random())
                    ),
                }

    def _open(self, place: Place, chance: float) -> dict[str, Any]:
        """A result of work that is not marked yet; the class that has a rubric hands in files."""
        if chance >= 0.3:
            return {"status": "not submitted", "in_progress": 1, "incomplete": int(chance > 0.9)}
        made = {"remainder": handed_in(place.id)} if self.parts else {}
        return {"status": "submitted", "in_progress": 0, "incomplete": 0, **made}

    def _marked(self, work: Work, place: Place, luck: float, chance: float) -> dict[str, Any]:
        if chance < 0.03:
            return {"status": "not submitted", "missing": 1}
        points = round(work.points * min(max(0.35 + 0.6 * place.ability + luck, 0), 1))
        late = chance > 0.95
        letters = LATE if late else LETTERS
        said = next(letter for score, letter in letters if 100 * points >= int(score.split("-")[0]) * work.points)
        return {
            "result": said,
            "numeric_value": points,
            "status": "fully graded",
            "late": int(late),
            "score_scale": self.late if late else None,
            "notes": NO_WORDS if chance > 0.98 else None,
        }


def _put_resources(opened: Opened, classes: Sequence[str], resources: Sequence[str]) -> None:
    atlas, answers, ruler = resources
    for group in classes:
        opened.put(ClassResource, group=group, resource=atlas, title="Our atlas")
    songbook = opened.put(Resource, **SONGBOOK)
    for group in classes[1:2]:
        opened.put(ClassResource, group=group, resource=songbook, title="What we sing")
    course = next(iter(opened.groups.courses.values()), None)
    if course is not None:
        opened.put(CourseResource, course=course, resource=atlas, title="The course's atlas")
    for member in opened.staff.teachers()[:3]:
        opened.put(StaffResource, who=member.id, resource=answers, group=next(iter(classes), None))
    for place in [p for p in opened.places if p.current][:5]:
        opened.put(StudentResource, who=place.id, resource=ruler, group=next(iter(place.lessons.values()), None))
    for contact in [row for row in opened.draft.rows[Contact] if row["school"] == opened.school][:3]:
        opened.put(ContactResource, who=contact["id"], resource=ruler, group=next(iter(classes), None))
