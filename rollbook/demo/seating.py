"""Seating plans of an invented school: who of a class sits where in its room."""

from __future__ import annotations

from ..model.timetable import Seat, SeatingPlan
from .admissions import Place
from .opened import Opened
from .planned import Lesson, Planned

COLUMNS = {"Sc": 8, "SCI": 8, "Co": 10}
"""How many seats stand side by side where it is not six."""

UNSEATED = ("Pe", "Mu", "ELE")
"""What is not learnt in a seat."""

ONE_IN = 5
"""Of how many classes one has a plan."""


def put_seating(opened: Opened, planned: Planned) -> None:
    """Add plans for some classes; the first of them has a second one."""
    classes: dict[str, Lesson] = {}
    for lesson in (one for one in planned.lessons if one.subject not in UNSEATED):
        classes.setdefault(lesson.code, lesson)
    chosen = [classes[code] for code in sorted(classes)][::ONE_IN]
    number = 0
    for at, lesson in enumerate(chosen):
        for name in ("Usual places", "Test conditions")[: 2 if at == 0 else 1]:
            number += 1
            _put_plan(opened, planned, lesson, name, number)


def _put_plan(opened: Opened, planned: Planned, lesson: Lesson, name: str, number: int) -> None:
    pupils = [p for p in opened.places if p.current and lesson.group in p.lessons.values()]
    columns = COLUMNS.get(lesson.subject, 6)
    rows = max(4, -(-len(pupils) // columns))
    plan = opened.put(
        SeatingPlan,
        mis_id=str(number),
        name=name,
        group=lesson.group,
        room=planned.rooms[lesson.room],
        rows=rows,
        columns=columns,
    )
    for place, seat in zip(_mixed(opened, pupils, number), range(rows * columns), strict=False):
        row, column = divmod(seat, columns)
        opened.put(Seat, plan=plan, student=place.id, row=row + 1, column=column + 1)


def _mixed(opened: Opened, pupils: list[Place], number: int) -> list[Place]:
    return opened.chance_of(f"seating {number}").sample(pupils, len(pupils))
