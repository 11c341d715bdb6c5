"""The rooms of the invented schools, and which of them suits a class."""

from __future__ import annotations

from typing import NamedTuple

from .schools import Plan


class RoomPlan(NamedTuple):
    """A room by its code and name."""

    code: str
    name: str


def _numbered(code: str, name: str, count: int, first: int = 1) -> tuple[RoomPlan, ...]:
    return tuple(RoomPlan(f"{code}{n}", f"{name} {n}") for n in range(first, first + count))


DEPARTMENTS: dict[str, dict[str, tuple[RoomPlan, ...]]] = {
    "secondary": {
        "En": _numbered("E", "English", 7),
        "Ma": _numbered("M", "Mathematics", 7),
        "Sc": _numbered("L", "Laboratory", 8),
        "Fr": _numbered("F", "Languages", 5),
        "Hi": _numbered("H", "History", 4),
        "Gg": _numbered("G", "Geography", 4),
        "Ar": _numbered("A", "Art Studio", 3),
        "Mu": _numbered("MU", "Music Room", 3),
        "Co": _numbered("C", "Computer Suite", 3),
        "Pe": (
            RoomPlan("SH", "Sports Hall"),
            RoomPlan("GYM", "Gymnasium"),
            RoomPlan("FLD", "Playing Field"),
            RoomPlan("CTS", "Tennis Courts"),
        ),
    },
    "primary": {"Mu": (RoomPlan("MUS", "Music Room"),)},
    "high": {
        "ENG": _numbered("", "Room", 3, 101),
        "MATH": _numbered("", "Room", 3, 111),
        "SCI": _numbered("", "Science Lab", 3, 121),
        "SOC": _numbered("", "Room", 3, 201),
        "SPA": _numbered("", "Room", 2, 211),
        "ELE": (RoomPlan("BAND", "Band Room"), RoomPlan("ART", "Art Room"), RoomPlan("SHOP", "Workshop")),
    },
}
"""The rooms of each subject: as many as it has teachers, who mostly stay in their own."""

SPARE = {
    "secondary": (
        *_numbered("SR", "Seminar Room", 4),
        RoomPlan("DS", "Drama Studio"),
        RoomPlan("LIB", "Library"),
        RoomPlan("HALL", "Main Hall"),
        RoomPlan("LT", "Lecture Theatre"),
        *_numbered("SF", "Sixth Form Study", 2),
        RoomPlan("IN", "Inclusion Room"),
        RoomPlan("DH", "Dining Hall"),
    ),
    "primary": (RoomPlan("HALL", "Hall"), RoomPlan("LIB", "Library"), RoomPlan("GR", "Group Room")),
    "high": (
        RoomPlan("LMC", "Library Media Center"),
        RoomPlan("GYM", "Gymnasium"),
        RoomPlan("CAF", "Cafeteria"),
        *_numbered("", "Room", 2, 221),
    ),
}
"""Rooms that no class has as its own, the likeliest to be used instead of another first."""


def classrooms(plan: Plan) -> dict[str, RoomPlan]:
    """The room of each class of a school in which a class stays in its room, by the code of the class."""
    if not plan.primary:
        return {}
    classes = {plan.year_code(year) + code: (year, name) for year in plan.years for code, name in plan.forms}
    return {code: RoomPlan(code, f"{plan.year_name(year)}{name}") for code, (year, name) in classes.items()}


def rooms_of(plan: Plan) -> list[RoomPlan]:
    """All rooms of a school."""
    taught = [room for rooms in DEPARTMENTS[plan.kind].values() for room in rooms]
    return [*classrooms(plan).values(), *taught, *SPARE[plan.kind]]


def room_for(plan: Plan, subject: str, code: str, teacher: int) -> RoomPlan:
    """Where a class of a subject is taught by the teacher of this number."""
    own = DEPARTMENTS[plan.kind].get(subject)
    return own[teacher % len(own)] if own else classrooms(plan)[code.split("/")[0]]
