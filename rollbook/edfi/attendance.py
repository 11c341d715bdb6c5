"""What an event of a student's attendance says in the words of a register: which mark, and at which session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .words import published

SCHOOL, SECTION = "studentSchoolAttendanceEvents", "studentSectionAttendanceEvents"

MARKS: Mapping[str, tuple[str, str]] = {
    "In Attendance": ("/", "\\"),
    "Excused Absence": ("C", "C"),
    "Unexcused Absence": ("O", "O"),
    "Tardy": ("L", "L"),
}
"""The marks of a morning and of an afternoon by the published category.

A register has no mark for the other categories: who leaves early, or is there for a part of the day, was marked when
it was taken. Why somebody is away is said by the reason, which is the note of the mark.
"""

NOON = "12:00:00"


def mark_of(document: Mapping[str, Any], half: str) -> str | None:
    """The mark that a document stands for in the morning (`AM`) or the afternoon (`PM`), if there is one for it."""
    category = published("AttendanceEventCategory", document["attendanceEventCategoryDescriptor"])
    known = {name.lower(): marks for name, marks in MARKS.items()}.get((category or "").lower())
    return known[half == "PM"] if known else None


def halves_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The sessions of its day that an event of a school's is about.

    Who is late is so once. What takes less than a day is about the part that a time of coming or going tells apart.
    """
    came, went, took = (document.get(name) for name in ("arrivalTime", "departureTime", "eventDuration"))
    if mark_of(document, "AM") == "L":
        return ("PM",) if came and came >= NOON else ("AM",)
    if took is None or took >= 1:
        return "AM", "PM"
    return ("AM",) if came and took > 0 else ("PM",) if went and took > 0 else ()
