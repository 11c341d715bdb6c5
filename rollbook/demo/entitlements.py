"""What the students of an invented school are, and were, entitled to: free school meals and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from ..model.history import Entitlement, EntitlementGroup
from ..model.students import Student
from .opened import Opened

GROUPS = (("FSM", "Free School Meals"), ("PP", "Pupil Premium"), ("Ever6", "Free School Meals in the Last Six Years"))

Spell = tuple[str, str | None]
"""The first day of an entitlement and its last, if it has one."""


def put_entitlements(opened: Opened) -> None:
    """Add them, and have the students' own records say what follows from them today."""
    rng = opened.chance_of("entitlements")
    named = GROUPS[:1] if opened.plan.american else GROUPS
    groups = {short: opened.put(EntitlementGroup, short=short, name=name) for short, name in named}
    students = {row["id"]: row for row in opened.draft.rows[Student] if row["school"] == opened.school}
    for place in opened.places:
        student = students[place.id]
        meals = sorted(_meals(opened, student, place.number, rng))
        spells = {"FSM": meals} if opened.plan.american else {"FSM": meals, **_following(opened, student, meals)}
        for short, those in spells.items():
            for start, end in those:
                opened.put(Entitlement, group=groups[short], student=place.id, start=start, end=end)
        _tell(opened, student, meals)


def _meals(opened: Opened, student: dict[str, Any], number: int, rng: Random) -> Iterator[Spell]:
    """When a student was entitled to free school meals, as the facts of their own record have it."""
    began = opened.plan.this_year.first
    if student.get("fsm_start"):
        yield min(student["fsm_start"], began), min(student["fsm_end"], "2026-10-30") if student["fsm_end"] else None
        if number % 6 == 0:
            yield "2021-01-11", "2021-12-17"
    elif opened.plan.american:
        if student.get("fsm_eligible"):
            yield began, None
    elif student.get("ever6") and number % 2 == 0:
        yield "2021-09-13", "2023-03-31"
    elif number % 60 == 7 and student["nc_year"] in ("10", "11", "12", "13"):
        # So long ago that it counts no more.
        yield f"201{rng.randrange(5, 8)}-09-11", "2019-05-24"


def _following(opened: Opened, student: dict[str, Any], meals: list[Spell]) -> dict[str, list[Spell]]:
    counting: list[Spell] = []
    if meals:
        last = meals[-1][1]
        counting = [(meals[0][0], f"{int(last[:4]) + 6}{last[4:]}" if last else None)]
    lately = [spell for spell in counting if (spell[1] or "9") >= opened.today]
    student["pupil_premium"] = int(bool(student["pupil_premium"] or student["ever6"] or lately))
    # Pupil premium is also paid for children who are, or were, looked after, and for whom others told of meals before.
    otherwise: list[Spell] = (
        [(min(max(student["entry_date"], "2024-04-01"), opened.today), None)] if student["pupil_premium"] else []
    )
    # Of meals at an earlier school no more is known than that they count.
    told = otherwise if student["ever6"] and not meals else []
    return {"Ever6": counting or told, "PP": lately or otherwise or counting}


def _tell(opened: Opened, student: dict[str, Any], meals: list[Spell]) -> None:
    """Say of today what the entitlements say; of earlier schools the student's record tells by itself."""
    if meals:
        start, end = meals[-1]
        student["fsm_start"], student["fsm_end"] = start, end
        student["fsm_eligible"] = int(start <= opened.today <= (end or opened.today))
    told = student.get("ever6") and not meals
    student["ever6"] = int(bool(told)) if not meals else None
