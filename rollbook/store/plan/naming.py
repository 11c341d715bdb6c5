"""Whom a question names: the people whose ids its conditions compare with what the request brings.

An answer about somebody who was named says something of them also when no row of it does: that their week is free,
that so many rows are theirs, or that a guess about them is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...fields import (
    TODAY,
    All,
    Arg,
    Called,
    Coalesce,
    Compare,
    Condition,
    Either,
    Expr,
    Field,
    HubId,
    Matches,
    Not,
    OneOf,
    Paired,
    Path,
    Question,
    Record,
    Ref,
    Some,
    Told,
    Within,
)
from ...model.people import Person

IDS = frozenset({"mis_id", "external_id", "idaas_id", "xid"})
"""The facts by which the people of a school are known."""

OWN = frozenset({TODAY.name, "district_id", "district", "school", "grant", "grants"})
"""Arguments that the reader brings, and not the request."""


def asked(condition: Condition) -> Iterator[tuple[Condition, Expr]]:
    """The conditions that compare a value with what the request brings, each with the value."""
    if isinstance(condition, All | Either):
        for part in condition.conditions:
            yield from asked(part)
    elif isinstance(condition, Not):
        yield from asked(condition.condition)
    elif isinstance(condition, Some):
        yield from asked(condition.many.where & condition.where)
    elif isinstance(condition, Within):
        yield from asked(condition.question.where)
    elif isinstance(condition, Paired) and isinstance(condition.pairs, Question):
        yield from asked(condition.pairs.where)
    elif isinstance(condition, Compare | Matches | OneOf):
        values = condition.values if isinstance(condition, OneOf) else (condition.value,)
        if any(map(_brought, values)):
            yield condition, condition.expr
    elif isinstance(condition, Called):
        for field in condition.fields:
            found = Compare("=", field if condition.ref is None else condition.ref / field, condition.value)
            yield found, found.expr
    elif isinstance(condition, Paired):
        for part in condition.parts():
            yield condition, part


def _brought(value: object) -> bool:
    return isinstance(value, Arg) and value.name not in OWN


def named(condition: Condition) -> Iterator[tuple[type[Record], Condition]]:
    """The humans whom a condition names, each as a kind of record and what holds of the one who is meant."""
    for one, expr in asked(condition):
        for record, identity in _identities(expr):
            if isinstance(one, Compare) and one.op in ("=", "same"):
                yield record, Compare(one.op, identity, one.value)
            elif isinstance(one, OneOf):
                yield record, OneOf(identity, one.values)


def _identities(expr: Expr) -> Iterator[tuple[type[Record], Expr]]:
    """The humans whose id a value is, each with the id as a value of their own record."""
    if isinstance(expr, Path):
        yield from _identities(expr.end)
    elif isinstance(expr, Ref):
        if _human(expr.target):
            yield expr.target, HubId(expr.target)
    elif isinstance(expr, HubId):
        if type(expr) is HubId and _human(expr.of):
            yield expr.of, expr
    elif isinstance(expr, Coalesce):
        for value in expr.values:
            yield from _identities(value)
    elif isinstance(expr, Field) and _human(expr.owner) and _fact(expr).name in IDS | set(Person.natural):
        yield expr.owner, expr


def _fact(field: Field) -> Field:
    return field.fact if isinstance(field, Told) else field


def _human(record: type[Record]) -> bool:
    return record.human or record is Person


def compared(condition: Condition) -> Iterator[Expr]:
    """The facts that are compared with what the request brings; an id that the caller knows already is none."""
    return (expr for _, expr in asked(condition) if not any(_identities(expr)))


def about_people(condition: Condition) -> bool:
    """Whether a condition compares a fact of a human with what the request brings."""
    return any(_of_human(expr) for _, expr in asked(condition))


def _of_human(expr: Expr) -> bool:
    if isinstance(expr, Path):
        return _of_human(expr.end) or any(_human(step.target) for step in expr.steps)
    if isinstance(expr, Ref):
        return _human(expr.owner) or _human(expr.target)
    if isinstance(expr, HubId):
        return _human(expr.of)
    if isinstance(expr, Field):
        return _human(expr.owner)
    return any(map(_of_human, expr.parts()))
