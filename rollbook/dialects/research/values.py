"""Values as clients send them, taken one by one; what cannot be taken is told in the words of Django REST."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, cast
from uuid import UUID

LARGEST = 2**63 - 1


class Wrong(Exception):
    """A value that cannot be taken; its text is what the client is told."""


def some(value: Any, *, null: bool) -> Any:
    """A value that may be null or not."""
    if value is None and not null:
        raise Wrong("This field may not be null.")
    return value


def text(value: Any, most: int | None) -> str:
    """A text without what no database keeps."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong("Not a valid string.")
    found = str(value).strip()
    if "\0" in found:
        raise Wrong("Null characters are not allowed.")
    if most is not None and len(found) > most:
        raise Wrong(f"Ensure this field has no more than {most} characters.")
    return found


def uuid(value: Any) -> str:
    """A hub id as clients write it."""
    if not isinstance(value, str):
        raise Wrong(f"Incorrect type. Expected pk value, received {kind_of(value)}.")
    try:
        return str(UUID(value))
    except ValueError:
        raise Wrong(f"“{value[:60]}” is not a valid UUID.") from None


def number(value: Any) -> int:
    """A number by which users and groups are known."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST:
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        return int(value)
    raise Wrong(f"Incorrect type. Expected pk value, received {kind_of(value)}.")


def flag(value: Any) -> int:
    """True or false, also as words and digits."""
    said = value.lower() if isinstance(value, str) else value
    if isinstance(said, str | int) and said in _TRUTHS:
        return _TRUTHS[said]
    raise Wrong("Must be a valid boolean.")


_TRUTHS: dict[str | int, int] = {"true": 1, "1": 1, 1: 1, "false": 0, "0": 0, 0: 0}


def day(value: Any) -> str:
    """A day, yyyy-MM-dd."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise Wrong("Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")


def kind_of(value: Any) -> str:
    """What a client calls a value that it sent."""
    return "null" if value is None else str(type(value).__name__)  # pyright: ignore[reportUnknownArgumentType]


def items(value: Any) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise Wrong(f'Expected a list of items but got type "{kind_of(value)}".')
    return cast(list[Any], value)


def extra_fields(value: Any) -> None:
    """What people note besides: words and numbers by name; raises `Wrong` for anything else."""
    if not isinstance(value, dict):
        raise Wrong(f'Expected a dictionary of items but got type "{kind_of(value)}".')
    for name, one in cast(dict[str, Any], value).items():
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,99}", name):
            raise Wrong(f"“{name[:60]}” must start with a letter, then only letters, numbers and underscores.")
        if isinstance(one, bool) or not isinstance(one, str | int | float):
            raise Wrong(f"The value of “{name}” must be a string or a number.")
