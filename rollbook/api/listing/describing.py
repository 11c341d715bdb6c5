"""What OpenAPI documents say of values: their form, what they are in words, an example, and which scopes show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...fields import (
    RECORDS,
    Coalesce,
    Csv,
    Expr,
    Field,
    First,
    Key,
    Listed,
    Literal,
    Nested,
    Path,
    Record,
    Split,
    Told,
    Truth,
)
from ...model.people import Person
from ...scopes import Need
from .resource import Property, Resource

Json = dict[str, Any]

TYPES: dict[str, Json] = {
    "text": {"type": ["string", "null"]},
    "flag": {"type": ["integer", "null"], "enum": [0, 1, None]},
    "number": {"type": ["integer", "null"]},
    "decimal": {"type": ["number", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "time": {"type": ["string", "null"]},
    "datetime": {"type": ["string", "null"]},
    "moment": {"type": ["string", "null"]},
}
"""JSON Schema of each kind of value as the store gives it; what is not known is null."""


# ---- what shows a value


def needs(values: Iterable[Expr], roles: tuple[type[Record], ...] = ()) -> list[Need]:
    """What each of the facts needs that values are made of, each once; of a human's fact, what it does in each role."""
    every = roles or tuple(r for r in RECORDS.values() if r.human)
    return [*dict.fromkeys(n for value in values for n in _needs(value, every) if n.ways - {frozenset()})]


def _needs(value: Expr, roles: tuple[type[Record], ...]) -> Iterator[Need]:
    if isinstance(value, Field) and value.owner is Person:
        yield from (t.need for r in roles for t in r.fields.values() if isinstance(t, Told) and t.fact is value)
    elif isinstance(value, Field | Path) or not list(value.parts()):
        yield value.need
    else:
        for part in value.parts():
            yield from _needs(part, roles)


def ways(found: Iterable[Need]) -> list[list[str]]:
    """The ways in which any of some needs may be met, each the scopes that go together; none for any token."""
    return [list(way) for way in sorted({tuple(sorted(way)) for one in found for way in one.ways if way})]


# ---- what a value is


def told(resource: Resource, name: str) -> Json:
    """What a document says of a property beside its form."""
    values = [part.properties[name] for part in resource.parts]
    about = next((words for one in values if (words := _about(one))), "")
    said: Json = {"description": about} if about else {}
    found = ways(needs(one.shown for one in values))
    return said | ({"x-scopes": found} if found else {})


def _about(one: Property) -> str:
    if one.leads:
        return f"Which of the {one.leads}"
    return _words(one.shown)


def _words(value: Expr) -> str:
    """What a value is in words, where it is one fact, however that is written."""
    if isinstance(value, First):
        return _words(value.what)
    if isinstance(value, Nested | Csv):
        return ""
    if not isinstance(value, Key | Split | Coalesce):
        return value.about
    for part in value.parts():
        if said := _words(part):
            return said
    return value.about


def example(one: Property) -> Any:
    """An example of a property that is shown as the record has it; None where there is none."""
    return one.shown.example if one.finish is None and isinstance(one.shown, Field | Path) else None


def schema(value: Expr) -> Json:
    """The form of a value as the store gives it."""
    match value:
        case Literal(value=None):
            return {"type": "null"}
        case Listed():
            return {"type": "array", "items": schema(value.what)}
        case First():
            return schema(value.what)
        case Coalesce():
            return schema(value.values[0])
        case Truth():
            return {"type": ["boolean", "null"]}
        case Split():
            return {"type": "array", "items": {"type": "string"}}
        case Nested():
            return {"type": "object", "properties": {name: schema(one) for name, one in value.members.items()}}
        case _:
            return TYPES[value.kind]
