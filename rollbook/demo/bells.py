"""The school day of the invented schools, and the numbers by which its periods are known on each date."""

from __future__ import annotations

from typing import NamedTuple

from .schools import Plan
from .years import Year


class Bell(NamedTuple):
    """A period of the day; one that is not for teaching is for registration."""

    name: str
    start: str
    end: str
    session: str
    teaching: bool = True


SECONDARY = (
    Bell("AM", "08:40", "09:00", "AM", False),
    Bell("1", "09:00", "10:00", "AM"),
    Bell("2", "10:00", "11:00", "AM"),
    Bell("3", "11:20", "12:20", "AM"),
    Bell("PM", "13:10", "13:20", "PM", False),
    Bell("4", "13:20", "14:20", "PM"),
    Bell("5", "14:20", "15:20", "PM"),
)
PRIMARY = (
    Bell("AM", "08:50", "09:05", "AM", False),
    Bell("1", "09:05", "10:05", "AM"),
    Bell("2", "10:05", "11:05", "AM"),
    Bell("3", "11:20", "12:10", "AM"),
    Bell("PM", "13:10", "13:20", "PM", False),
    Bell("4", "13:20", "14:20", "PM"),
    Bell("5", "14:20", "15:15", "PM"),
)
HIGH = (
    Bell("HR", "07:50", "08:00", "AM", False),
    Bell("1", "08:00", "08:50", "AM"),
    Bell("2", "08:55", "09:45", "AM"),
    Bell("3", "09:50", "10:40", "AM"),
    Bell("4", "10:45", "11:35", "AM"),
    Bell("5", "12:15", "13:05", "PM"),
    Bell("6", "13:10", "14:00", "PM"),
    Bell("7", "14:05", "14:55", "PM"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_FIRST_NUMBER = 46_001


def bells(plan: Plan) -> tuple[Bell, ...]:
    """The periods of a school's day."""
    return HIGH if plan.american else PRIMARY if plan.primary else SECONDARY


def lessons_a_day(plan: Plan) -> int:
    """In how many periods of a day lessons are taught."""
    return sum(bell.teaching for bell in bells(plan))


def period_numbers(plan: Plan, year: Year) -> dict[tuple[str, str], str]:
    """The number of each period of the year, by its date and its name."""
    taught = [day.date for day in year.days() if not day.closed]
    periods = [(day, bell.name) for day in taught for bell in bells(plan)]
    return {period: str(number) for number, period in enumerate(periods, _FIRST_NUMBER)}
