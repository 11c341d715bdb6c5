"""Pieces of SQL: values written out, conditions put together, ways to match a text."""

from __future__ import annotations

from ..fields import Value
from .sights import NEVER


def masked(seen: str, value: str, otherwise: str = "NULL") -> str:
    """A value where a condition holds."""
    if not seen:
        return value
    if seen == NEVER:
        return otherwise
    return f"CASE WHEN {seen} THEN {value} ELSE {otherwise} END"


def both(conditions: list[str]) -> str:
    """All of the conditions; those that say nothing are left out."""
    said = [c for c in conditions if c]
    return NEVER if NEVER in said else " AND ".join(said)


MATCHED = {
    "contains": "instr({0}, {1}) > 0",
    "starts": "substr({0}, 1, length({1})) = {1}",
    "ends": "({1} = '' OR substr({0}, -length({1})) = {1})",
    "equals": "{0} = {1}",
}


def matches(how: str, text: str, value: str) -> str:
    plain = MATCHED.get(how)
    if plain is None:
        return MATCHED[how.removeprefix("i")].format(f"fold({text})", f"fold({value})")
    return plain.format(text, value)


def quote(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)
