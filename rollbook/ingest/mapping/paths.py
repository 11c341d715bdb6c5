"""Where in a row something is: a column of a CSV file, or a dotted path into a JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

Given = Mapping[str, Any]
"""A row as it came: texts by column, or a JSON object."""

ABSENT: Any = object()
"""What is at a path that a row does not have."""


def at(given: Any, path: str) -> Any:
    """What is at a path, or `ABSENT`. Of a list, all that its elements have there: `emails.address`, or `emails.0`."""
    if not path:
        return given
    if _is_object(given) and path in given:  # a column may have a dot in its name
        return given[path]
    first, _, rest = path.partition(".")
    if _is_object(given):
        return at(given[first], rest) if first in given else ABSENT
    if not _is_list(given):
        return ABSENT
    if first.isdecimal():
        return at(given[int(first)], rest) if int(first) < len(given) else ABSENT
    found = [one for one in (at(element, path) for element in given) if one is not ABSENT]
    return found if found or not given else ABSENT


def leaves(given: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value within, by its path; a list that holds no objects is one value."""
    if _is_object(given):
        for name, value in given.items():
            yield from leaves(value, f"{path}.{name}" if path else name)
    elif _is_list(given) and any(_is_object(one) or _is_list(one) for one in given):
        for number, value in enumerate(given):
            yield from leaves(value, f"{path}.{number}" if path else str(number))
    else:
        yield path, given


def text(value: Any) -> str | None:
    """A value as a cell has it: a list by commas; None where it is an object, which no cell can hold."""
    if value is None or value is ABSENT:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    if not _is_list(value):
        return None
    parts = [text(one) for one in value]
    return None if None in parts else ",".join(dict.fromkeys(part for part in parts if part))


def elements(value: Any) -> Sequence[Any]:
    """What a list holds; of one value that, of nothing nothing."""
    return value if _is_list(value) else () if value in (ABSENT, None, "") else (value,)


def _is_object(value: Any) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)


def _is_list(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
