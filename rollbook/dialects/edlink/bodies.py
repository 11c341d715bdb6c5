"""What may be sent of coursework, as JSON Schema, made from what takes each member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import classroom, members
from .members import Member, OneOf

Json = dict[str, Any]

TEXT: Json = {"type": "string"}


def thing(*needed: str, **members: Json) -> Json:
    """An object with members, of which some are needed."""
    return {"type": "object", "properties": members, **({"required": [*needed]} if needed else {})}


def listed(of: Json) -> Json:
    """A list of something."""
    return {"type": "array", "items": of}


_BODIES: Mapping[str, Mapping[str, Member]] = {
    **{one.one: taken for one, _, taken in classroom.RESOURCES.values()},
    "submission": members.SUBMISSION,
    "attempt": members.ATTEMPT,
    "alias": members.ALIAS,
}

_COUNT: Json = {"type": "integer", "minimum": 0}
_LEVEL = thing("name", name=TEXT, description=TEXT, points={"type": "number", "minimum": 0})
_CRITERION = thing(
    *("name", "performance_levels"),
    name=TEXT,
    description=TEXT,
    weight={"type": "number", "minimum": 0},
    performance_levels={**listed(_LEVEL), "minItems": 1},
)
_BYTES = listed({"type": "integer", "minimum": 0, "maximum": 255})
_TAKEN: Mapping[members.Taken, Json] = {
    members.text: TEXT,
    members.number: {"type": "number", "minimum": 0},
    members.count: _COUNT,
    members.moment: {"type": "string", "format": "date-time"},
    members.kept_moment: {"type": "string", "format": "date-time"},
    members.texts: listed(TEXT),
    members.content: {**_BYTES, "description": "The bytes of the file"},
    members.attachments: listed(thing(type=TEXT, id=TEXT, url=TEXT, title=TEXT, data=_BYTES)),
    members.alias_type: {"type": "string", "pattern": f"^{members.ALIAS_TYPE}$"},
    members.alias_identifier: {"type": "string", "pattern": f"^{members.ALIAS_IDENTIFIER}$"},
    members.levels: {"type": "object", "additionalProperties": TEXT},
    members.criteria: {**listed(_CRITERION), "minItems": 1},
    members.open_object: {"type": "object"},
    members.flags: listed({"type": "string", "enum": [*members.FLAGS]}),
}
"""What is sent, by what takes it."""


def schemas() -> dict[str, Json]:
    """The schema of each body, by what is written."""
    return {name: _written(taken) for name, taken in _BODIES.items()}


def partial(written: Json) -> Json:
    """The schema of a body that says only what is to change."""
    return {name: value for name, value in written.items() if name != "required"}


def _written(taken: Mapping[str, Member]) -> Json:
    return thing(*(n for n, one in taken.items() if one.needed), **{n: _sent(one) for n, one in taken.items()})


def _sent(member: Member) -> Json:
    if isinstance(member.take, OneOf):
        return {"type": "string", "enum": [*member.take.words]}
    return _TAKEN[member.take]
