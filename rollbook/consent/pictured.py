"""Numbers of a school that pictures are drawn of: attendance, the roll, and who reads how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ..model.attendance import STATUTORY_CODES
from ..store.plan.gathered import UNIT
from ..store.plan.registering import DAYS, FIRST_LETTER, HALVES
from ..store.port import Store
from ..store.rules import year_of

_EPOCH = date(1970, 1, 1).toordinal()

COUNTED = {code: meaning.short for code, (_, meaning) in STATUTORY_CODES.items()}
"""What each mark means."""

_IN, _POSSIBLE = ("Present", "AEA"), ("Present", "AEA", "Authorised", "Unauthorised")


@dataclass(frozen=True)
class Attendance:
    """Of each year group and week, at how many of the possible sessions pupils were there."""

    years: tuple[str, ...]
    weeks: tuple[date, ...]
    counts: dict[tuple[str, date], tuple[int, int]]
    """By year group and the Monday of a week: sessions attended, and possible ones."""

    def share(self, year: str, week: date) -> float | None:
        """The share of sessions attended; None where none was possible."""
        there, possible = self.counts.get((year, week), (0, 0))
        return there / possible if possible else None


class Pictured:
    """Numbers of schools, for their own people."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def attendance(self, district: int, school: str, first: date, last: date) -> Attendance:
        """Attendance by week and year group, of the days from one to another."""
        with self._store.lend(district) as kept:
            years = self._years(district, school)
            rows = kept.rolls.registers(district, school, _number(first) - DAYS + 1, _number(last))
        counts: dict[tuple[str, date], tuple[int, int]] = {}
        for student, monday, slots, marks in rows:
            year = years.get(student, "")
            for slot, mark in zip(slots, _marks(marks), strict=False):
                day = monday + (ord(slot) - FIRST_LETTER) // HALVES
                meaning = COUNTED.get(mark)
                if meaning in _POSSIBLE and _number(first) <= day <= _number(last):
                    on = date.fromordinal(day + _EPOCH)
                    place = year, on - timedelta(days=on.weekday())
                    there, possible = counts.get(place, (0, 0))
                    counts[place] = there + (meaning in _IN), possible + 1
        weeks = tuple(sorted({week for _, week in counts}))
        return Attendance(tuple(sorted({year for year, _ in counts}, key=_in_order)), weeks, counts)

    def roll(self, district: int, school: str, days: list[date]) -> list[int]:
        """How many pupils were on roll on each of some days."""
        with self._store.lend(district) as kept:
            spans = [place.span for place in kept.rolls.places(district, school)]
        return [sum(first <= day.isoformat() <= last for first, last in spans) for day in days]

    def _years(self, district: int, school: str) -> dict[int, str]:
        """What the year group of each student (a key) is called."""
        with self._store.lend(district) as kept:
            groups = {group.key: group.name or group.code or "" for group in kept.rolls.groups(district, school)}
            places = kept.rolls.places(district, school)
        # Who has left is in no group; what is known is the year that they were in.
        called = {year_of(groups.get(p.groups["year"] or 0, "")): groups.get(p.groups["year"] or 0) for p in places}
        named = {p.key: groups.get(p.groups["year"] or 0) or called.get(p.year) or p.year.upper() for p in places}
        return {key: name or "No year" for key, name in named.items()}


def _marks(text: str) -> Iterator[str]:
    """The marks of a register's row, some of which are of several letters."""
    for place, part in enumerate(text.split(UNIT)):
        yield from [part] if place % 2 else part


def _number(day: date) -> int:
    return day.toordinal() - _EPOCH


def _in_order(name: str) -> tuple[int, str]:
    digits = "".join(c for c in name if c.isdigit())
    return int(digits or 0), name
