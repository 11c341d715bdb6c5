"""Questions: what is read of a resource for a request, and of which rows; a filter is a condition like any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

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
    Known,
    Literal,
    Matches,
    Not,
    OneOf,
    Question,
    Some,
)
from .asking import Asked, Clause
from .resource import Part, Property, Resource
from .rows import NEVER, Rows, whole

HUB_ID, WHO = "@id", "@who"
"""Columns that are read beside the properties: the hub id of a row, and that of whom it is about."""

NOBODY = "00000000-0000-0000-0000-000000000000"
"""What stands for an id that leads to nothing."""

TOUCHED = Arg("touched")
"""The hub ids of what lost parts."""

Find = Callable[[Property, str], str | None]
"""Gives the hub id of what a property leads to under an id."""


@dataclass(frozen=True)
class Manner:
    """How a dialect lists: its name, and what its things call their status and when they last changed.

    `gone` is the status of what is to be deleted; `about` are the properties that lead to whom a thing is about.
    """

    name: str
    status: str
    gone: str
    modified: str
    about: tuple[str, ...] = ()


# ---- what is read


def columns(part: Part, asked: Asked) -> Mapping[str, Property]:
    """What is read of each row: what is shown, its id, and what it is sorted by."""
    if not asked.fields:
        return part.properties
    needed = {next(iter(part.properties)), asked.sort, *asked.fields}
    return {n: p for n, p in part.properties.items() if n in needed}


def sources(known: Mapping[str, Property]) -> Mapping[str, str]:
    """The column that each property is read from: what several are made of is read once, for the first of them."""
    first: dict[int, str] = {}
    return {name: first.setdefault(id(what.shown), name) for name, what in known.items()}


def bound(asked: Asked, resource: Resource, find: Find) -> dict[str, Any]:
    """The values of a request's filter; ids are looked up, and compared by hub id."""
    properties = resource.properties
    return {f"filter{n}": _bound(properties[c.name], c, find) for n, c in enumerate(asked.filter.clauses)}


def _bound(what: Property, clause: Clause, find: Find) -> Any:
    if what.kind == "uuid":
        return find(what, clause.value.strip()) or NOBODY
    if what.kind == "number":
        return float(clause.value)
    return f",{clause.value}," if what.kind == "list" and clause.operator == "~" else clause.value


def prepare(
    reader: DistrictReader, manner: Manner, resource: Resource, part: Part, asked: Asked, rows: Rows, *, few: bool
) -> Plan:
    """A part of a resource as it was asked for, compiled once for each kind of reader and shape of request.

    `few` that rows are looked up, and not met on a walk.
    """
    shape = (
        *(manner.name, resource, part.of.__name__, part.only, rows.name, asked.fields, asked.sort, asked.down),
        *(asked.filter.either, tuple(shape_of(part, c) for c in asked.filter.clauses)),
    )
    return reader.prepare(_question(reader, manner, part, asked, rows, few), shape)


def shape_of(part: Part, clause: Clause) -> tuple[Any, ...]:
    """What tells a condition from others: its value too where that decides at once whether it holds."""
    decides = clause.operator in ("=", "!=") and isinstance(part.properties[clause.name].value, Literal)
    return (clause.name, clause.operator, clause.value if decides else "")


def _question(reader: DistrictReader, manner: Manner, part: Part, asked: Asked, rows: Rows, few: bool) -> Question:
    identity, where = HubId(part.of), rows.of(part)
    held = [_held(manner, part, c, Arg(f"filter{n}")) for n, c in enumerate(asked.filter.clauses)]
    if held:
        where = where & (Either(tuple(held)) if asked.filter.either else All(tuple(held)))
    by = part.properties[asked.sort].value if asked.sort else None
    first: tuple[Expr, ...] = () if by is None else (Down(by) if asked.down else by,)
    known = columns(part, asked)
    shown = {HUB_ID: identity, **{n: known[n].shown for n in sources(known).values()}}
    if not asked.fields:
        shown.update((WHO, p.value) for n, p in part.properties.items() if n in manner.about)
    order, all_of = (*first, identity), whole(reader, part)
    return Question(part.of, tuple(shown.items()), where, order=order, hashed=all_of, few=few, sorted=by is not None)


def _held(manner: Manner, part: Part, clause: Clause, value: Arg) -> Condition:
    held = compare(part.properties[clause.name], clause, value)
    # What has lost a part has changed, and has no stamp of it.
    later = clause.name == manner.modified and clause.operator.startswith(">")
    return held | OneOf(HubId(part.of), (TOUCHED,)) if later else held


@cache
def lost(manner: Manner, part: Part) -> Part:
    """What was among a part's rows and is there still, as something that is to be deleted."""
    status = Property(Literal(manner.gone), part.properties[manner.status].filters)
    return replace(part, only=part.lost or NEVER, lost=None, properties={**part.properties, manner.status: status})


# ---- conditions


def compare(what: Property, clause: Clause, value: Arg) -> Condition:
    """A filter's condition on a property."""
    if clause.operator in ("!=", "not in"):
        other = "=" if clause.operator == "!=" else "in"
        return Not(compare(what, replace(clause, operator=other), value))
    held = NEVER if _unread(what) else _compare(what, what.value, clause, value)
    if what.among is not None:
        many, fact = what.among
        # A list has a word, or it has not.
        one = replace(clause, operator="=") if clause.operator == "~" and what.kind == "list" else clause
        held = held | Some(many, _compare(what, fact, one, value))
    return held


def _unread(what: Property) -> bool:
    return what.among is not None and isinstance(what.value, Literal)


def _compare(what: Property, expr: Expr, clause: Clause, value: Arg) -> Condition:
    if isinstance(expr, Literal) and clause.operator == "=":
        return ALWAYS if expr.value == clause.value else NEVER
    match clause.operator:
        case "=":
            return expr.is_(value)
        case "~":
            listed = what.kind == "list"
            return Matches(Key(",", expr, ",") if listed else expr, "contains" if listed else "icontains", value)
        case "in":
            return OneOf(expr, (value,))
        case "starts with":
            return Matches(expr, "istarts", value)
        case "is known":
            return Known(expr)
        case "is unknown":
            return Not(Known(expr))
        case ">":
            return expr.after(value)
        case ">=":
            return expr.since(value)
        case "<":
            return expr.before(value)
        case _:
            return expr.until(value)
