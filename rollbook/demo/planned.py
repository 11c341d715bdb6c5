"""The lessons of an invented school as they are planned: who is where at any time, and who is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from .bells import Bell
from .cycle import Cycle
from .staffroom import Member

Key = tuple[str, int, int]
"""What tells a lesson of the week from the others: its class, day and period."""


@dataclass
class Lesson:
    """A lesson of the week."""

    code: str
    group: str
    subject: str
    teacher: Member
    room: str
    weekday: int
    period: int
    id: str = ""

    @property
    def key(self) -> Key:
        """What tells it from the others."""
        return self.code, self.weekday, self.period


class Held(NamedTuple):
    """A lesson on a date."""

    id: str
    date: str
    lesson: Lesson


@dataclass
class Planned:
    """The lessons of a year, and whom and what they keep busy; cover and changes of room are added to that."""

    cycle: Cycle
    rooms: dict[str, str]
    lessons: list[Lesson]
    held: dict[tuple[str, Key], Held] = field(default_factory=dict[tuple[str, Key], Held])
    busy: defaultdict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    """The hub ids of staff and the codes of rooms that are not free, by date and period."""

    def __post_init__(self) -> None:
        self._known = {one.key: one for one in self.lessons}

    def bell(self, one: Lesson) -> Bell:
        """The period of the day in which a lesson is held."""
        return self.cycle.taught[one.period]

    def following(self, one: Lesson) -> Lesson | None:
        """The lesson of the same class that begins when this one ends."""
        after = self._known.get((one.code, one.weekday, one.period + 1))
        return after if after and self.bell(after).start == self.bell(one).end else None

    def hold(self, new_id: Callable[[], str]) -> None:
        """Hold the lessons on every date on which the school teaches."""
        by_day: defaultdict[int, list[Lesson]] = defaultdict(list)
        for one in self.lessons:
            by_day[one.weekday].append(one)
        for day in self.cycle.dates:
            for one in by_day[day.weekday]:
                self.held[day.date, one.key] = Held(new_id(), day.date, one)
                self.busy[day.date, one.period] |= {one.teacher.id, one.room}

    def on(self, date: str) -> list[Held]:
        """The lessons of a date."""
        weekday = next((day.weekday for day in self.cycle.dates if day.date == date), None)
        return [self.held[date, one.key] for one in self.lessons if one.weekday == weekday]
