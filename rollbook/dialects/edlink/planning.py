"""Questions: what is read of a resource for a request, and of which rows; a filter is a condition like any other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...consent import DistrictReader
from ...consent.session import Plan
from ...fields import (
    ALWAYS,
    Arg,
    Coalesce,
    Condition,
    Csv,
    Down,
    Expr,
    Field,
    HubId,
    Key,
    Known,
    Many,
    Matches,
    Not,
    OneOf,
    Path,
    Question,
    Some,
    Words,
)
from ...recent import Recent
from .asking import Asked, Clause
from .catalogue import Conditions
from .resource import Part, Property, Resource, each, expansion

IDS = Arg("ids")

Args = Mapping[str, Any]


@dataclass(frozen=True)
class Rows:
    """Which rows of a resource are meant: a name for them, the conditions of each kind of record, and their values."""

    name: str = ""
    where: tuple[Conditions, ...] = ()
    args: Args = field(default_factory=dict[str, Any])

    def of(self, part: Part) -> Condition:
        """What holds of a part's rows."""
        held = part.only
        for conditions in self.where:
            held = held & conditions[part.of]
        return held

    def and_(self, name: str, where: Conditions, **args: Any) -> Rows:
        """Fewer rows: those of which something more holds."""
        return Rows(f"{self.name} {name}", (*self.where, where), {**self.args, **args})


EVERY = Rows()


# ---- what may be asked


def sees(reader: DistrictReader, expr: Expr) -> bool:
    """Whether any part of a value is shown to a reader; a value that is made of several needs one of them."""
    if isinstance(expr, Csv):
        return reader.sees(expr.many.via) and sees(reader, expr.what)
    if isinstance(expr, Coalesce) or (isinstance(expr, Words) and not isinstance(expr, Key)):
        return any(sees(reader, part) for part in expr.parts())
    return reader.sees(expr)


def may_filter(reader: DistrictReader, what: Property) -> bool:
    """Whether a reader may filter by a property: only where some school shows it."""
    return sees(reader, what.value) or (what.among is not None and reader.sees(what.among[1]))


# ---- questions


def compare(what: Property, clause: Clause, value: Arg) -> Condition:
    """A filter's condition on a property."""
    if clause.operator == "not in":
        return Not(compare(what, Clause(clause.name, "in"), value))
    held = _compare(what.value, clause.operator, value)
    if what.among is not None:
        many, fact = what.among
        held = held | Some(many, _compare(fact, clause.operator, value))
    return held


def _compare(expr: Expr, operator: str, value: Arg) -> Condition:
    match operator:
        case "equals":
            return expr.is_(value)
        case "in":
            return OneOf(expr, (value,))
        case "starts with":
            return Matches(expr, "istarts", value)
        case "contains":
            return Matches(expr, "icontains", value)
        case "is known":
            return Known(expr)
        case "is unknown":
            return Not(Known(expr))
        case "gt":
            return expr.after(value)
        case "gte":
            return expr.since(value)
        case "lt":
            return expr.before(value)
        case _:
            return expr.until(value)


def bound(asked: Asked) -> dict[str, Any]:
    """The values of a request's filters and of its page."""
    values: dict[str, Any] = {
        f"filter{n}": c.value if isinstance(c.value, str) else json.dumps(c.value)
        for n, c in enumerate(asked.clauses)
        if c.value is not None
    }
    return values | {n: v for n, v in (("beyond", asked.after), ("short_of", asked.before)) if v}


def columns(part: Part, asked: Asked) -> dict[str, Property]:
    """What is read of each row: what is shown, its id, and the ids that expand."""
    if not asked.fields:
        return dict(part.properties)
    needed = {"id", *asked.fields, *(n for n, p in part.properties.items() if p.leads and expansion(n) in asked.expand)}
    return {n: p for n, p in part.properties.items() if n in needed}


def prepare(reader: DistrictReader, resource: Resource, part: Part, asked: Asked, rows: Rows) -> Plan:
    """A part of a resource as it was asked for, compiled once for each kind of reader and shape of request."""
    shape = (
        *("edlink", resource.name, part.of.__name__, rows.name),
        *(asked.fields, asked.expand, tuple((c.name, c.operator) for c in asked.clauses)),
        *(asked.backward, bool(asked.after), bool(asked.before)),
    )
    return reader.prepare(_question(reader, part, asked, rows), shape)


_wholes: Recent[tuple[tuple[str, Expr], ...]] = Recent(256)


def whole(reader: DistrictReader, part: Part) -> tuple[tuple[str, Expr], ...]:
    """Everything that a row tells a reader, whatever of it is shown: a change of any of it is a change of the row."""
    return _wholes.get((reader.sight.key, part.of.__name__), lambda: tuple(_whole(reader, part)))


def _whole(reader: DistrictReader, part: Part) -> Iterator[tuple[str, Expr]]:
    parts = {repr(many.via): many.via for many in part.parts}
    for value in (*(column.shown for column in part.properties.values()), *part.only.parts()):
        for leaf in _leaves(value):
            if isinstance(leaf, Csv):
                parts[repr(leaf.many.via)] = leaf.many.via
            elif (
                isinstance(leaf, Field | Path) and (leaf.steps[0] if isinstance(leaf, Path) else leaf).owner is part.of
            ):
                yield repr(leaf), leaf
    for name, via in parts.items():
        if via.target is part.of and reader.sees(via):
            yield name, each(Many("The parts of a row", via), via)


def _leaves(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Csv | Field | Path):
        yield expr
    else:
        for part in expr.parts():
            yield from _leaves(part)


def _question(reader: DistrictReader, part: Part, asked: Asked, rows: Rows) -> Question:
    identity = HubId(part.of)
    where = rows.of(part)
    for number, clause in enumerate(asked.clauses):
        where = where & compare(part.properties[clause.name], clause, Arg(f"filter{number}"))
    where = where & (identity.after(Arg("beyond")) if asked.after else ALWAYS)
    where = where & (identity.before(Arg("short_of")) if asked.before else ALWAYS)
    return Question(
        part.of,
        tuple((n, p.shown) for n, p in columns(part, asked).items()),
        where,
        order=(Down(identity) if asked.backward else identity,),
        hashed=whole(reader, part),
    )
