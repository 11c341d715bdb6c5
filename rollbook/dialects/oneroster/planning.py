"""Questions: what is read of a resource for a request, and of which rows; a filter is a condition like any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from ...api.listing.resource import Part, Property, Resource
from ...api.listing.rows import Rows, whole
from ...consent import DistrictReader
from ...consent.session import Plan
from ...fields import (
    ALWAYS,
    All,
    Arg,
    Condition,
    Down,
    Either,
    Expr,
    HubId,
    Key,
    Literal,
    Matches,
    Not,
    OneOf,
    Question,
    Some,
)
from .asking import Asked
from .catalogue import COLLECTIONS, NEVER
from .filters import Clause
from .gradebook import GRADEBOOK
from .materials import MATERIALS

LISTED: Mapping[str, Resource] = {name: one.resource for name, one in {**COLLECTIONS, **GRADEBOOK, **MATERIALS}.items()}
"""The resources to which references lead."""


def columns(resource: Resource, part: Part, asked: Asked) -> Mapping[str, Property]:
    """What is read of each row: what is shown, its id, and what it is sorted by."""
    if not asked.fields:
        return part.properties
    needed = {next(iter(part.properties)), asked.sort, *asked.fields}
    return {n: p for n, p in part.properties.items() if n in needed}


HUB_ID, WHO = "@id", "@who"
"""Columns that are read beside the properties: the hub id of a row, and that of whom it is about."""

NOBODY = "00000000-0000-0000-0000-000000000000"
"""What stands for an id that leads to nothing."""

Find = Callable[[Resource, str], str | None]
"""Gives the hub id of what has an id."""


def bound(asked: Asked, resource: Resource, find: Find) -> dict[str, Any]:
    """The values of a request's filter; ids are looked up, and compared by hub id."""
    properties = resource.properties
    return {f"filter{n}": _bound(resource, properties[c.name], c, find) for n, c in enumerate(asked.filter.clauses)}


def _bound(resource: Resource, what: Property, clause: Clause, find: Find) -> Any:
    kind = what.kind
    if kind == "uuid":
        return find(LISTED[what.leads] if what.leads else resource, clause.value.strip()) or NOBODY
    if kind == "number":
        return float(clause.value)
    return f",{clause.value}," if kind == "list" and clause.operator == "~" else clause.value


def prepare(reader: DistrictReader, resource: Resource, part: Part, asked: Asked, rows: Rows) -> Plan:
    """A part of a resource as it was asked for, compiled once for each kind of reader and shape of request."""
    shape = (
        *("oneroster", resource, part.of.__name__, part.only, rows.name, asked.fields, asked.sort, asked.down),
        *(asked.filter.either, tuple(_shape(part, c) for c in asked.filter.clauses)),
    )
    return reader.prepare(_question(reader, resource, part, asked, rows), shape)


def _shape(part: Part, clause: Clause) -> tuple[str, ...]:
    """What tells a condition from others: its value too where that decides at once whether it holds."""
    literal = isinstance(part.properties[clause.name].value, Literal)
    return (clause.name, clause.operator, clause.value if literal else "")


def _question(reader: DistrictReader, resource: Resource, part: Part, asked: Asked, rows: Rows) -> Question:
    identity = HubId(part.of)
    where = rows.of(part)
    held = [_held(part, c, Arg(f"filter{n}")) for n, c in enumerate(asked.filter.clauses)]
    if held:
        where = where & (Either(tuple(held)) if asked.filter.either else All(tuple(held)))
    by = part.properties[asked.sort].value if asked.sort else None
    first: tuple[Expr, ...] = () if by is None else (Down(by) if asked.down else by,)
    shown = {HUB_ID: identity, **{n: p.shown for n, p in columns(resource, part, asked).items()}}
    who = next((p.value for n, p in part.properties.items() if n in ABOUT), None)
    return Question(
        part.of,
        (*shown.items(), *(((WHO, who),) if who is not None and not asked.fields else ())),
        where,
        order=(*first, identity),
        hashed=whole(reader, part),
        # What is asked for by its id is looked up, and not met on a walk.
        few="wanted" in rows.args,
        sorted=by is not None,
    )


def _held(part: Part, clause: Clause, value: Arg) -> Condition:
    held = compare(part.properties[clause.name], clause, value)
    # What has lost a part has changed, and has no stamp of it.
    later = clause.name == "dateLastModified" and clause.operator.startswith(">")
    return held | OneOf(HubId(part.of), (TOUCHED,)) if later else held


ABOUT = ("user", "student")
"""The properties that lead to whom a thing is about."""

TOUCHED = Arg("touched")
"""The hub ids of what lost parts."""


@cache
def lost(part: Part) -> Part:
    """What was among a part's rows and is there still, as something that is to be deleted."""
    status = Property(Literal("tobedeleted"), part.properties["status"].filters)
    return replace(part, only=part.lost or NEVER, lost=None, properties={**part.properties, "status": status})


def compare(what: Property, clause: Clause, value: Arg) -> Condition:
    """A filter's condition on a property."""
    if clause.operator == "!=":
        return Not(compare(what, Clause(clause.name, "=", clause.value), value))
    held = NEVER if _unread(what) else _compare(what, what.value, clause, value)
    if what.among is not None:
        many, fact = what.among
        exact = Clause(clause.name, "=", clause.value)
        held = held | Some(many, _compare(what, fact, exact, value))
    return held


def _unread(what: Property) -> bool:
    return what.among is not None and isinstance(what.value, Literal)


def _compare(what: Property, expr: Expr, clause: Clause, value: Arg) -> Condition:
    if isinstance(expr, Literal):
        return ALWAYS if expr.value == clause.value else NEVER
    match clause.operator:
        case "=":
            return expr.is_(value)
        case "~":
            listed = what.kind == "list"
            return Matches(Key(",", expr, ",") if listed else expr, "contains" if listed else "icontains", value)
        case ">":
            return expr.after(value)
        case ">=":
            return expr.since(value)
        case "<":
            return expr.before(value)
        case _:
            return expr.until(value)
