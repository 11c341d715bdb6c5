"""Documents checked against the declaration of their resource: every problem at once, by its path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from ..errors import Malformed, Problem
from .coercion import Wrong, coerce, empty
from .schema import Collection, Descriptor, Integer, Number, Object, Property, Reference, Resource, Text

Say = Callable[[str, str], None]
"""Notes a problem: its path and what is wrong."""

DESCRIPTOR = 306
"""The longest descriptor: a namespace of 255 characters, `#` and a code of 50."""


class Invalid(Malformed):
    """The document is not valid. Fix the problems below and try again."""


def understand(resource: Resource, body: Any, *, posted: bool = False) -> dict[str, Any]:
    """A document as it is due: types coerced, what says nothing and what nobody declared left out.

    Raises `Invalid` with all that is wrong. A `posted` document must not bring an id, which the hub gives.
    """
    found: list[Problem] = []

    def say(path: str, what: str) -> None:
        found.append(Problem(path, what))

    given = _members(body)
    if given is None:
        raise Invalid(Problem("$", "The document must be a JSON object."))
    if posted and "id" in given:
        say("$.id", "A new document must not have an id.")
    document = _object(resource.properties, given, "$", say)
    for paths in resource.unified:
        _agree(paths, document, say)
    if found:
        raise Invalid(*found)
    return document


def _members(value: Any) -> dict[str, Any] | None:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _object(properties: tuple[Property, ...], given: Mapping[str, Any], at: str, say: Say) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for one in properties:
        path = f"{at}.{one.name}"
        value = given.get(one.name)
        if empty(value):
            if one.needed:
                say(path, f"{one.name} is required.")
            continue
        value = _value(one, value, path, say)
        if not empty(value):
            made[one.name] = value
    return made


def _value(one: Property, value: Any, path: str, say: Say) -> Any:
    if isinstance(one, Collection):
        return _items(one, value, path, say)
    if isinstance(one, Reference):
        return _pointing(one, value, path, say)
    if isinstance(one, Object):
        members = _members(value)
        if members is None:
            say(path, f"{one.name} must be a JSON object.")
        return members and _object(one.properties, members, path, say)
    return _scalar(one, value, path, say, identity=one.identity)


def _pointing(one: Reference, value: Any, path: str, say: Say) -> dict[str, Any] | None:
    members = _members(value)
    if members is None:
        say(path, f"{one.name} must be a JSON object.")
        return None
    made: dict[str, Any] = {}
    for member in one.target.members:
        within = f"{path}.{member.name}"
        if empty(members.get(member.name)):
            say(within, f"{member.name} is required.")
        else:
            made[member.name] = _scalar(member, members[member.name], within, say, identity=True)
    return made


def _items(one: Collection, value: Any, path: str, say: Say) -> list[dict[str, Any]] | None:
    if not isinstance(value, list):
        say(path, f"{one.name} must be a JSON array.")
        return None
    items: list[dict[str, Any]] = []
    seen: dict[Any, int] = {}
    for at, item in enumerate(cast("list[Any]", value)):
        members = _members(item)
        if members is None:
            say(f"{path}[{at}]", f"Each item of {one.name} must be a JSON object.")
            continue
        items.append(_object(one.properties, members, f"{path}[{at}]", say))
        key = _identity(one, items[-1])
        if key is not None and seen.setdefault(key, at) != at:
            which = f"{_ordinal(at + 1)} item of {one.name}"
            say(f"{path}[{at}]", f"{which} has the same identifying values as an earlier one.")
    return items


def _identity(one: Collection, item: Mapping[str, Any]) -> Any:
    """What tells an item from the others; nothing while a part of it is missing."""
    parts: list[Any] = []
    for member in (p for p in one.properties if p.identity):
        value = item.get(member.name)
        if value is None:
            return None
        if isinstance(member, Reference):
            parts += [_folded(m, value.get(m.name)) for m in member.target.members]
        else:
            parts.append(_folded(member, value))
    return tuple(parts)


def _folded(one: Property, value: Any) -> Any:
    return value.lower() if isinstance(one, Descriptor) and isinstance(value, str) else value


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"The {number}{ending}"


def _scalar(one: Property, value: Any, path: str, say: Say, *, identity: bool) -> Any:
    try:
        made = coerce(one, value)
    except Wrong as wrong:
        say(path, f"{one.name} {wrong}.")
        return None
    for what in _rules(one, made, identity=identity):
        say(path, f"{one.name} {what}.")
    return made


def _rules(one: Property, value: Any, *, identity: bool) -> Iterable[str]:
    if isinstance(one, Descriptor):
        return _word_rules(one, value, identity)
    return _text_rules(one, value, identity=identity) if isinstance(one, Text) else _number_rules(one, value)


def _number_rules(one: Property, value: Any) -> Iterator[str]:
    if isinstance(one, (Integer, Number)):
        least, most = _bounds(one)
        if (least is not None and value < least) or (most is not None and value > most):
            yield _between(least, most)


@lru_cache(maxsize=10_000)
def _word_rules(one: Descriptor, value: str, identity: bool) -> tuple[str, ...]:
    """What is wrong with a word of a list: most documents use the same few."""
    return tuple(_text_rules(one, value, identity=identity))


def _text_rules(one: Text | Descriptor, value: str, *, identity: bool) -> Iterator[str]:
    most = one.most if isinstance(one, Text) else DESCRIPTOR
    least = one.least if isinstance(one, Text) else 0
    if len(value) > most:
        yield f"must be a string with a maximum length of {most}"
    if len(value) < least:
        yield f"must be a string with a minimum length of {least}"
    if "\0" in value:
        yield "must not have a zero character"
    if identity and value != value.strip():
        yield "must not have spaces at its beginning or end"
    if isinstance(one, Descriptor) and not _is_uri(value):
        yield f"must be a descriptor, such as uri://ed-fi.org/{one.kind}Descriptor#Other"


def _is_uri(value: str) -> bool:
    space, found, code = value.partition("#")
    return bool(found and space.strip() and code.strip())


def _bounds(one: Integer | Number) -> tuple[float | None, float | None]:
    if isinstance(one, Number):
        return one.least, one.most
    reach = 2 ** (one.bits - 1)
    return (one.least if one.least is not None else -reach), (one.most if one.most is not None else reach - 1)


def _between(least: float | None, most: float | None) -> str:
    if most is None or most in (2**31 - 1, 2**63 - 1):
        return f"must be {least} or more"
    return f"must be between {least} and {most}"


# ---- keys that references share


def _agree(paths: tuple[str, ...], document: Mapping[str, Any], say: Say) -> None:
    said = [(path, value) for pattern in paths for path, value in _at(pattern, document)]
    if len({value for _, value in said}) > 1:
        for path, _ in said:
            others = sorted({str(value) for _, value in said})
            say(path, f"All values of {path.rpartition('.')[2]} must be the same: {', '.join(others)} are given.")


def _at(pattern: str, document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The values at a path of the document, each with its own path."""
    found: list[tuple[str, Any]] = [("$", document)]
    for step in pattern.split(".")[1:]:
        name, many = step.removesuffix("[*]"), step.endswith("[*]")
        next_: list[tuple[str, Any]] = []
        for path, value in found:
            inner = value.get(name)
            if many:
                next_ += [(f"{path}.{name}[{at}]", item) for at, item in enumerate(inner or ())]
            elif inner is not None:
                next_.append((f"{path}.{name}", inner))
        found = next_
    yield from found
