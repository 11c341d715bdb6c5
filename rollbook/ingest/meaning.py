"""Cells that say plainly what they mean, though not as the standard writes it, are read as they are meant.

What could mean two things is never guessed: `01/02/2026` is no day, and a time in UTC from 10:00 on may be midnight of
the next day somewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

_DAY_AND_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d):\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]00:?00)?([+-]\d\d:?\d\d)?")
_GRADE = re.compile(r"(?:(?:year|grade|yr|gr)\.? ?)?(\d{1,2})(?:st|nd|rd|th)?(?: grade)?", re.IGNORECASE)
_YEARS = re.compile(r"(\d{4}) ?[-/] ?(\d{4}|\d\d)")

_FLAGS = {"true": "true", "false": "false", "1": "true", "0": "false", "yes": "true", "no": "false"}
_GRADES = {"k": "KG", "kg": "KG", "kindergarten": "KG", "pk": "PK", "prek": "PK", "pre-k": "PK", "tk": "TK"}

GRADES = frozenset((*_GRADES.values(), *(f"{grade:02}" for grade in range(1, 14))))
"""The codes that a grade is read as."""

LATEST_HOUR = 10
"""From this hour (UTC) on, midnight of the next day may be meant, in places that are far enough east."""


def is_day(value: str) -> bool:
    """Whether the text is a day of the calendar, `yyyy-MM-dd`."""
    # The standard library reads ISO 8601's other spellings too, such as that by weeks.
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def day(value: str) -> str:
    """A day that is written with a time of day."""
    said = _DAY_AND_TIME.fullmatch(value)
    if said is None or (said[3] and int(said[2]) >= LATEST_HOUR):
        return value
    return said[1]


def flag(value: str) -> str:
    """`true` or `false`, in other letters or words."""
    return _FLAGS.get(value.lower(), value)


def bit(value: str) -> str:
    """`1` or `0`, in words."""
    return {"true": "1", "false": "0"}.get(value.lower(), value)


def grades(value: str) -> str:
    """A list of grades by the codes of the Common Education Data Standards: `09` for `9`, `Grade 9` or `Year 9`."""
    return ",".join(_grade(part.strip()) for part in value.split(",")) if value else value


def _grade(value: str) -> str:
    said = _GRADE.fullmatch(value)
    return f"{int(said[1]):02}" if said and 1 <= int(said[1]) <= 13 else _GRADES.get(value.lower(), value)


def year_of(written: str) -> int | None:
    """The calendar year in which a school year ends, which is how OneRoster names it: 2027 for `2026-2027`."""
    if len(written) == 4 and written.isdecimal():
        return int(written)
    said = _YEARS.fullmatch(written)
    if said is None:
        return None
    begins = int(said[1])
    return begins + 1 if said[2] in {str(begins + 1), f"{(begins + 1) % 100:02}"} else None


MEANT: Mapping[str, Callable[[str], str]] = {"date": day, "flag": flag, "bit": bit, "grades": grades}
"""By the kind of a column, what a cell of it is read as."""
