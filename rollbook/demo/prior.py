"""What children achieved in national assessments before, the same at each school that they go to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from ..model.students import Student
from .admissions import Place
from .measures import NATIONAL, NATIONAL_SETS
from .opened import Opened


class Sitting(NamedTuple):
    """One national result: which, when, and how able the child was then."""

    measure: str
    drop: str
    day: str
    able: float


CANCELLED = (2020, 2021)
"""The summers without national assessments."""

STAGE_ENDS = {"EY": 0, "Ph": 1, "KS1": 2, "KS2": 6}
"""The year group at the end of which each is assessed."""

LAST_KS1 = 2023
"""The last summer in which the assessments of key stage 1 were statutory."""


def movers(opened: Opened) -> set[str]:
    """The students who go, went or will go to another school of the district."""
    seen: dict[str, list[str]] = {}
    for row in opened.draft.rows.get(Student, []):
        seen.setdefault(row["person"], []).append(row["id"])
    return {one for ids in seen.values() if len(ids) > 1 for one in ids}


def sittings(opened: Opened, place: Place, moves: bool) -> Iterator[Sitting]:
    """The national results of a child, up to the last summer."""
    # Both schools of a child who moves must tell the same.
    rng = Random(f"{opened.draft.name} {place.child.serial} national")
    own = rng.random()
    able = own if moves else place.ability
    then = able
    for measure in NATIONAL:
        stage = measure.key.split()[0]
        summer = int(opened.plan.this_year.start[:4]) - (place.child.cohort - STAGE_ENDS[stage] - 1)
        then = able + rng.gauss(0, 0.08) if measure.key != "Ph Out" else then
        if place.child.cohort > STAGE_ENDS[stage] and _held(stage, summer):
            yield Sitting(measure.key, NATIONAL_SETS[stage], _day(stage, summer), then)


def _held(stage: str, summer: int) -> bool:
    return summer not in CANCELLED and summer >= 2016 and (stage != "KS1" or summer <= LAST_KS1)


def _day(stage: str, summer: int) -> str:
    """Key stage 2 results come in the second week of July, the others are due at the end of June."""
    first = date(summer, 7, 7) if stage == "KS2" else date(summer, 6, 10) if stage == "Ph" else date(summer, 6, 24)
    return (first + timedelta((1 - first.weekday()) % 7)).isoformat()
