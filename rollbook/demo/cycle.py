"""The days, sessions and periods of an invented school's timetable, and the dates on which they are held."""

from __future__ import annotations

from typing import Any

from ..model.timetable import (
    Timetable,
    TimetableDay,
    TimetableDayInstance,
    TimetablePeriod,
    TimetablePeriodInstance,
    TimetableSession,
    TimetableSessionInstance,
)
from .bells import WEEKDAYS, Bell, bells, period_numbers
from .opened import Opened
from .years import Day, Year


class Cycle:
    """The days, sessions and periods of a timetable, a week long, and their dates."""

    def __init__(self, opened: Opened, year: Year, number: int) -> None:
        self.opened = opened
        self.year = year
        self.number = number
        self.bells = bells(opened.plan)
        self.taught = [bell for bell in self.bells if bell.teaching]
        self.days: list[str] = []
        self.halves: dict[tuple[int, str], str] = {}
        self.periods: dict[tuple[int, str], str] = {}
        self.dated: dict[tuple[str, str], str] = {}
        self.timetable = opened.put(
            Timetable, mis_id=str(number), description=f"Timetable {year.name}", start=year.start, end=year.end
        )
        for weekday, name in enumerate(WEEKDAYS):
            self._put_day(weekday, name)

    def _put_day(self, weekday: int, name: str) -> None:
        opened = self.opened
        first = 5 * self.number + weekday
        day = opened.put(
            TimetableDay,
            mis_id=str(180 + first),
            timetable=self.timetable,
            name=name[:3],
            sequence=weekday + 1,
        )
        self.days.append(day)
        for at, half in enumerate(("AM", "PM")):
            those = [bell for bell in self.bells if bell.session == half]
            self.halves[weekday, half] = opened.put(
                TimetableSession,
                mis_id=str(300 + 2 * first + at),
                day=day,
                name=f"{name} {half}",
                session=half,
                start=those[0].start,
                end=those[-1].end,
            )
        for at, bell in enumerate(self.bells, 1):
            sequence = weekday * len(self.bells) + at
            self.periods[weekday, bell.name] = opened.put(
                TimetablePeriod,
                mis_id=str(1000 + 100 * self.number + sequence),
                timetable=self.timetable,
                day=day,
                name=f"{name[:3]}:{bell.name}",
                start=bell.start,
                end=bell.end,
                sequence=sequence,
                session=bell.session,
                teaching=int(bell.teaching),
            )

    def put_dates(self) -> None:
        """Add the dates of the year on which the school teaches, with their sessions and periods."""
        self.numbers = period_numbers(self.opened.plan, self.year)
        self.dates = [day for day in self.year.days() if not day.closed]
        for number, day in enumerate(self.dates):
            held = self.opened.put(
                TimetableDayInstance, mis_id=str(45_001 + number), day=self.days[day.weekday], date=day.date
            )
            halves = {half: self._put_half(day, held, half, number) for half in ("AM", "PM")}
            for bell in self.bells:
                self.dated[day.date, bell.name] = self.opened.put(
                    TimetablePeriodInstance,
                    mis_id=self.numbers[day.date, bell.name],
                    period=self.periods[day.weekday, bell.name],
                    held=held,
                    half=halves[bell.session],
                    date=day.date,
                    **_times(day, bell, bell),
                )

    def _put_half(self, day: Day, held: str, half: str, number: int) -> str:
        those = [bell for bell in self.bells if bell.session == half]
        return self.opened.put(
            TimetableSessionInstance,
            mis_id=str(40_001 + 2 * number + (half == "PM")),
            session=self.halves[day.weekday, half],
            held=held,
            date=day.date,
            **_times(day, those[0], those[-1]),
        )


def _times(day: Day, first: Bell, last: Bell) -> dict[str, Any]:
    return {"start": f"{day.date}T{first.start}:00", "end": f"{day.date}T{last.end}:00"}
