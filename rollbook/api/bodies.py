"""JSON bodies, read strictly: an object that names a member twice says two things and is refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import msgspec

from ..errors import Malformed, Problem


def read_json(body: bytes, kind: Any = Any) -> Any:
    """The value that a JSON body is, as a `kind` that msgspec knows.

    Raises `Malformed` with the path of every member that is given twice (`$.student.name`), and what
    `msgspec.json.decode` raises for a body that is not JSON.
    """
    found = msgspec.json.decode(body, type=kind)
    # RFC 8259 §4 leaves open which of two values counts, and readers differ: what one reader checked, another would do.
    if _repeats(body) and (repeated := list(_repeated(body))):
        raise Malformed(*(Problem(path, "is given more than once", "send each member once") for path in repeated))
    return found


def _repeats(body: bytes) -> bool:
    """Whether any object names a member more than once."""
    fewer = False

    def look(members: list[tuple[str, Any]]) -> None:
        nonlocal fewer
        fewer = fewer or len(dict(members)) < len(members)

    json.loads(body, object_pairs_hook=look, parse_int=str, parse_float=str)
    return fewer


class _Members(list[tuple[str, Any]]):
    """The members of an object as they were sent, before any of them is lost."""


def _repeated(body: bytes) -> Iterator[str]:
    """The paths of the members that their object has more than once, each once."""
    left: list[tuple[str, Any]] = [("$", json.loads(body, object_pairs_hook=_Members, parse_int=str, parse_float=str))]
    while left:
        path, value = left.pop()
        if isinstance(value, _Members):
            yield from (f"{path}.{name}" for name, times in Counter(n for n, _ in value).items() if times > 1)
            left += [(f"{path}.{name}", inner) for name, inner in value if isinstance(inner, list)]
        else:
            items = enumerate(cast("list[Any]", value) if isinstance(value, list) else [])
            left += [(f"{path}[{at}]", inner) for at, inner in items if isinstance(inner, list)]
