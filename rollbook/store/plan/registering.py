"""How a student's session marks of four weeks are one row: what is written of each mark, and the text of many weeks.

A row of `register` is named by its first day, a Monday, as the number of days since 1970-01-01. `slots` has one letter
for each mark, which says on which day and in which half of it; `marks` has the marks in the same order.
"""

from __future__ import annotations

from .flavour import Flavour
from .gathered import NOTHING, PART, UNIT

DAYS = 28
"""How many days a row has."""

_FIRST_MONDAY = -3
"""Of the week of 1970-01-01, which was a Thursday."""

REGISTERS = "registers"
"""The column of a query that has the text of a row's registers."""

FIRST_LETTER, HALVES = 40, 3
"""The letter of the first morning, and how many letters a day has: morning, afternoon, and neither of them."""


def monday_of(day: int) -> int:
    """The first day of the row that a day is in."""
    return day - (day - _FIRST_MONDAY) % DAYS


def register(flavour: Flavour, student: str, monday: str) -> str:
    """A SELECT of the one row of slots and marks of a student and four weeks; both are null where there are none."""
    half = "CASE session WHEN 'AM' THEN 0 WHEN 'PM' THEN 1 ELSE 2 END"
    slot = flavour.letter(f"{FIRST_LETTER} + (date - {monday}) * {HALVES} + {half}")
    order = ", ".join(flavour.ordered(one, down=False) for one in ("date", "session", "mark", "key"))
    return (
        f"SELECT {flavour.joined(slot, '')} AS slots, {flavour.joined(_letter(flavour), '')} AS marks FROM"
        f" (SELECT date, session, mark FROM mark WHERE district = :district AND student = {student} AND kind = 'S'"
        f" AND date BETWEEN {monday} AND {monday} + {DAYS - 1} ORDER BY {order}) m"
    )


def _letter(flavour: Flavour) -> str:
    """A mark of one letter as it is, any other between separators."""
    nothing, part, unit = (_character(flavour, one) for one in (NOTHING, PART, UNIT))
    plain = f"replace(replace(mark, {unit}, ' '), {part}, ' ')"
    other = f"{unit} || coalesce({plain}, {nothing}) || {unit}"
    return f"CASE WHEN length(mark) = 1 AND mark >= ' ' THEN mark ELSE {other} END"


def registers(flavour: Flavour, alias: str, where: str, first: str, last: str) -> str:
    """The text of the rows for which something holds, of two days (numbers) and those between.

    It has three parts: the two days; the first day and the slots of each row, with spaces between; all the marks.
    """
    part, monday = _character(flavour, PART), flavour.word(f"{alias}.monday", "number")
    days, marks = flavour.joined(f"{monday} || ' ' || {alias}.slots", " "), flavour.joined(f"{alias}.marks", "")
    those = f"{alias}.monday BETWEEN {first} - {DAYS - 1} AND {last}"
    rows = f"SELECT monday, slots, marks FROM register {alias} WHERE {where} AND {those} ORDER BY monday"
    return f"concat({first}, ',', {last}, {part}, (SELECT concat({days}, {part}, {marks}) FROM ({rows}) {alias}))"


def _character(flavour: Flavour, character: str) -> str:
    """A character that is not to be seen in a statement, where it would be taken for a space."""
    return flavour.letter(str(ord(character)))
