"""Short ways to say the parts of a mapping that providers have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .cells import Cell, column, constant
from .plan import Part
from .rows import Condition, Rows

Said = str | Cell
"""What a column holds: what is at a path, where it is a text."""


def part(
    table: str,
    file: str,
    columns: Mapping[str, Said],
    *where: Condition,
    each: str = "",
    rest: bool | None = None,
) -> Part:
    """Rows of a table from a list."""
    return Part(Rows(table, {name: _cell(said) for name, said in columns.items()}, where, each, rest), file)


def role_of(file: str, user: Said, org: Said, role: Said, *where: Condition, each: str = "") -> Part:
    """What each user of a list is at an organisation; `role` is a word where it is a text."""
    who, place = _cell(user), _cell(org)
    columns: Mapping[str, Said] = {
        "sourcedId": replace(who, paths=(*who.paths, *place.paths), between=":"),
        "userSourcedId": who,
        "roleType": constant("primary"),
        "role": constant(role) if isinstance(role, str) else role,
        "orgSourcedId": place,
    }
    return part("roles", file, columns, *where, each=each, rest=False)


def seat_of(
    file: str,
    class_: Said,
    school: Said,
    user: Said,
    role: Said,
    *where: Condition,
    each: str = "",
    **more: Said,
) -> Part:
    """Who is in each class of a list, or teaches it; `role` is a word where it is a text."""
    group, who = _cell(class_), _cell(user)
    columns: Mapping[str, Said] = {
        "sourcedId": replace(group, paths=(*group.paths, *who.paths), between=":"),
        "classSourcedId": group,
        "schoolSourcedId": school,
        "userSourcedId": who,
        "role": constant(role) if isinstance(role, str) else role,
        **more,
    }
    return part("enrollments", file, columns, *where, each=each, rest=False)


def _cell(said: Said) -> Cell:
    return column(said) if isinstance(said, str) else said
