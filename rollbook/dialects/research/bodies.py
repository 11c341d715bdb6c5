"""What clients send: bodies as JSON objects, each attribute taken as its resource says."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from ...api.bodies import read_json
from ...errors import Malformed, Problem
from .catalogue import Resource
from .values import Wrong, kind_of

REQUIRED = "This field is required."


def json_body(body: bytes) -> dict[str, Any]:
    """The object that a body is; nothing is an empty one."""
    if not body.strip():
        return {}
    try:
        sent: Any = read_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        told = str(error) if isinstance(error, msgspec.DecodeError) else "it cannot be read"
        raise Malformed(Problem("", f"JSON parse error - {told}", "send a JSON object in UTF-8")) from None
    if not isinstance(sent, dict):
        said = f"Invalid data. Expected a dictionary, but got {kind_of(sent)}."
        raise Malformed(Problem("non_field_errors", said))
    return cast(dict[str, Any], sent)


def taken(resource: Resource, sent: dict[str, Any], *, whole: bool) -> tuple[dict[str, Any], list[Problem]]:
    """What is to be written, and what is wrong with it; `whole` asks for all that is required.

    What a resource does not have, or shows only, is passed over.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, attribute in resource.attributes.items():
        if attribute.read_only:
            continue
        if name not in sent:
            if attribute.required and whole:
                problems.append(Problem(name, REQUIRED))
            continue
        try:
            values[name] = attribute.take(sent[name])
        except Wrong as error:
            problems.append(Problem(name, str(error)))
    return values, problems
