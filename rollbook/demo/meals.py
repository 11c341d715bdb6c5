"""What the students of an invented school eat on each day of the week."""

from __future__ import annotations

from random import Random
from typing import Any

from ..model.medical import MealPattern, MealType
from .admissions import Place
from .health import known_now, students_of
from .opened import Opened

TYPES = (
    ("SM", "School Meal", 1),
    ("FM", "Free School Meal", 1),
    ("UI", "Universal Infant Free School Meal", 1),
    ("PL", "Packed Lunch", 1),
    ("HM", "Home for Lunch", 1),
    ("TR", "Tuck Shop Roll", 0),
)
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")
HABITS = ("SM",) * 9 + ("PL",) * 7 + ("mixed",) * 4


def put_meals(opened: Opened) -> None:
    """Add the kinds of meal, and a pattern for each student."""
    rng, students = opened.chance_of("meals"), students_of(opened)
    kinds = {code: opened.put(MealType, code=code, description=words, active=on) for code, words, on in TYPES}
    for place in known_now(opened):
        week = _week(rng, opened, place, students[place.id])
        opened.put(MealPattern, student=place.id, **{day: kinds[code] for day, code in week.items()})


def _week(rng: Random, opened: Opened, place: Place, student: dict[str, Any]) -> dict[str, str]:
    """The code of each day's meal; somebody who is not there all week has none on Friday."""
    days = WEEK[:4] if place.part_time else WEEK
    usual = rng.choice(HABITS)
    if usual == "mixed":
        week = {day: rng.choice(("SM", "PL")) for day in days}
    else:
        week = dict.fromkeys(days, "HM" if place.stay.year > 11 and rng.random() < 0.15 else usual)
    week |= dict.fromkeys(("saturday", "sunday"), "SM") if student["boarder"] else {}
    free = _free(opened, place, student)
    # Those for whom a meal is free mostly have it, some bring a packed lunch all the same.
    if free and rng.random() < 0.9:
        week = dict.fromkeys(week, free)
    return {day: free if free and code == "SM" else code for day, code in week.items()}


def _free(opened: Opened, place: Place, student: dict[str, Any]) -> str | None:
    """The kind of meal that a student need not pay for: by entitlement, or as every infant in England."""
    if student["fsm_eligible"]:
        return "FM"
    return "UI" if not opened.plan.american and place.stay.year < 3 else None
