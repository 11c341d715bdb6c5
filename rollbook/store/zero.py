"""The character U+0000, which a text in PostgreSQL cannot hold: no record has it, whichever database keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ..errors import Malformed, Problem
from ..fields import Record

ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""The character as JSON says it, after backslashes that stand for themselves."""

REMAINDER = "remainder"
"""The column in which facts are looked up, which PostgreSQL would have to make texts."""


def has_zero(name: str, value: object) -> bool:
    """Whether a column has a value that PostgreSQL could not keep, or not look into."""
    return isinstance(value, str) and ("\0" in value or (name == REMAINDER and bool(ESCAPED.search(value))))


def refuse_zeros(record: type[Record], rows: Iterable[Mapping[str, Any]]) -> None:
    """Raise `Malformed` where a record was to have the character, with each column that it is in."""
    found = {name: None for row in rows for name, value in row.items() if has_zero(name, value)}
    if found:
        raise Malformed(
            *(Problem(f"{record.__name__}, {name}", "holds the character U+0000", "leave it out") for name in found)
        )


def may_have_zero(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether it is worth looking for the character in many rows, told fast: as JSON they have it escaped."""
    return b"u0000" in _encode(rows)


_encode = msgspec.json.Encoder().encode
