"""What is gone, as Edlink told it last: every property, of which those are known that the history keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...api.listing.bygone import Bygone
from ...api.listing.resource import Property, Resource
from ...consent import DistrictReader
from ...consent.bygone import Gone
from ...fields import All, Condition, Expr, Field, Known, Path, Split, When, trail
from .answering import UPDATED, Reading
from .catalogue import RESOURCES

PARTS = {part.of.__name__: part for resource in RESOURCES.values() for part in resource.parts}


def last_state(reading: Reading, resource: Resource, gone: Gone) -> dict[str, Any]:
    """A thing that is gone, as far as the history keeps it and its school let it be seen."""
    part = next(part for part in resource.parts if part.of.__name__ == gone.kind)
    bygone = Bygone(reading.reader, gone, {}, reading.args)
    told = {name: _told(reading.reader, gone, bygone, one) for name, one in part.properties.items()}
    return told | {UPDATED: f"{gone.at}Z"}


def was_told(reader: DistrictReader, gone: Gone) -> bool:
    """Whether a school let it be seen what a thing had to lead to, to be listed: the student of an enrolment."""
    part = PARTS.get(gone.kind)
    return part is None or all(reader.tells(gone, expr) for expr in _led(part.only))


def _led(condition: Condition) -> Iterator[Expr]:
    if isinstance(condition, Known):
        yield condition.expr
    elif isinstance(condition, All):
        for one in condition.conditions:
            yield from _led(one)


def _told(reader: DistrictReader, gone: Gone, bygone: Bygone, one: Property) -> Any:
    value = bygone.or_none(one.shown) if _knows(reader, gone, one.shown) else None
    if one.finish is not None:
        return one.finish(value)
    return [] if value is None and isinstance(one.shown, Split) else value


def _knows(reader: DistrictReader, gone: Gone, expr: Expr) -> bool:
    """Whether a choice between words rests on facts that are still known; other facts are left out one by one."""
    if not isinstance(expr, When):
        return True
    return reader.tells(gone, expr) and all(trail(fact) in gone.keys for fact in _facts(expr))


def _facts(expr: Expr) -> Iterator[Field | Path]:
    if isinstance(expr, Field | Path):
        yield expr
    else:
        for part in expr.parts():
            yield from _facts(part)
