"""Questions: what is read of a resource for a request, and of which rows; a filter is a condition like any other."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ...api.listing.asking import Clause
from ...api.listing.planning import compare, shape_of
from ...api.listing.resource import Part, Property, Resource
from ...api.listing.rows import Rows, whole
from ...consent import DistrictReader
from ...consent.session import Plan
from ...fields import (
    ALWAYS,
    Arg,
    Down,
    HubId,
    Question,
)
from .asking import Asked
from .resource import expansion

IDS = Arg("ids")

# ---- questions


_MEANT = {"equals": "=", "contains": "~", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
"""What an operator is called in other dialects."""


def _meant(clause: Clause) -> Clause:
    return replace(clause, operator=_MEANT.get(clause.operator, clause.operator))


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
        *(asked.fields, asked.expand, tuple(shape_of(part, _meant(c)) for c in asked.clauses)),
        *(asked.backward, bool(asked.after), bool(asked.before)),
    )
    return reader.prepare(_question(reader, part, asked, rows), shape)


def _question(reader: DistrictReader, part: Part, asked: Asked, rows: Rows) -> Question:
    identity = HubId(part.of)
    where = rows.of(part)
    for number, clause in enumerate(asked.clauses):
        where = where & compare(part.properties[clause.name], _meant(clause), Arg(f"filter{number}"))
    where = where & (identity.after(Arg("beyond")) if asked.after else ALWAYS)
    where = where & (identity.before(Arg("short_of")) if asked.before else ALWAYS)
    return Question(
        part.of,
        tuple((n, p.shown) for n, p in columns(part, asked).items()),
        where,
        order=(Down(identity) if asked.backward else identity,),
        hashed=whole(reader, part),
    )
