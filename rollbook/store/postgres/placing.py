"""Statements as the server wants them: parameters by number, whether they were written by place or by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

REMEMBERED = 4096
"""How many statements are remembered as they were translated."""

_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|::|:(?P<name>[A-Za-z_]\w*)|\?(?P<place>\d*)""")


class Placed(NamedTuple):
    """A statement with numbered parameters, and the names of the values in that order where they have names."""

    text: bytes
    names: tuple[str, ...] = ()


@lru_cache(REMEMBERED)
def by_name(statement: str) -> Placed:
    """A statement whose parameters are written `:name`."""
    numbers: dict[str, int] = {}

    def place(token: re.Match[str]) -> str:
        name = token["name"]
        return f"${numbers.setdefault(name, len(numbers) + 1)}" if name else token[0]

    return Placed(_TOKEN.sub(place, statement).encode(), tuple(numbers))


@lru_cache(REMEMBERED)
def by_place(statement: str) -> Placed:
    """A statement whose parameters are written `?`, each another one, or `?1`, which may come more than once."""
    count = 0

    def place(token: re.Match[str]) -> str:
        nonlocal count
        at = token["place"]
        if at is None:
            return token[0]
        count += 1
        return f"${at or count}"

    return Placed(_TOKEN.sub(place, statement).encode())


def placed(statement: str, values: Sequence[Any] | Mapping[str, Any]) -> tuple[bytes, Sequence[Any]]:
    """A statement and its values as the server wants them."""
    if isinstance(values, Mapping):
        said = by_name(statement)
        return said.text, [values[name] for name in said.names]
    return by_place(statement).text, values
