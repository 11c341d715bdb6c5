"""When each class of an invented school is taught, by which teacher of its department; nobody is in two places."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from .curriculum import HIGH, PRIMARY
from .schools import Plan
from .week import secondary_week


class Slots(NamedTuple):
    """The lessons of the week in which a class is taught, counted from 0, and the number of its teacher."""

    lessons: tuple[int, ...]
    teacher: int = 0


@cache
def _secondary() -> dict[str, Slots]:
    return {code: Slots(*said) for code, said in secondary_week().items()}


def slots_of(plan: Plan, code: str) -> Slots:
    """When a class is taught, by the code of the class."""
    if plan.american:
        return _high_school(code)
    if plan.primary:
        return _primary(plan, code)
    return _secondary()[code]


def _high_school(code: str) -> Slots:
    """A section has all its classes together, one period a day; at most two sections share a subject in a period."""
    subject, _, section = code.partition("-")
    line = next(n for n, one in enumerate(HIGH) if subject[:-2] == one.key)
    cohort = 3 * (int(subject[-2:]) - 9) + int(section) - 1
    turn, second = cohort % 7, cohort // 7
    period = (line + turn) % 7
    return Slots(tuple(7 * day + period for day in range(5)), turn + second)


def _primary(plan: Plan, code: str) -> Slots:
    """English and mathematics every morning; music when the music room is free; some science."""
    name, _, subject = code.partition("/")
    letters = [letter for letter, _ in plan.forms]
    year = 0 if name[:-1] == "R" else int(name[:-1])
    turn = year * len(letters) + letters.index(name[-1])
    match [one.key for one in PRIMARY].index(subject):
        case 0:
            return Slots(tuple(5 * day for day in range(5)))
        case 1:
            return Slots(tuple(5 * day + 1 for day in range(5)))
        case 2:
            return Slots(tuple(sorted(5 * ((turn + later) % 5) + 3 for later in (1, 3))))
        case _:
            # For more classes than the music room has time for, music is taught in their own.
            full, third = divmod(turn // 5, 3)
            return Slots((5 * (turn % 5) + (2, 4, 3)[third],), full)
