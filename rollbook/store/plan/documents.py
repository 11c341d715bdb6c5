"""How JSON within a row is written: objects, lists, truth, and what clients wrote beside the facts."""

from __future__ import annotations

from ...fields import Expr, Kept, KeptValue, Nested, Split, Truth
from .phrases import masked
from .stamps import keeps
from .statement import Statement, Writes


def kept(sql: Statement, expr: Kept, alias: str) -> str:
    value = sql.flavour.json_member(f"{alias}.remainder", *expr.dialect.split("."))
    return sql.flavour.json_or(masked(keeps(sql, expr, alias), value), "null")


def kept_value(sql: Statement, expr: KeptValue, alias: str) -> str:
    value = sql.flavour.member(f"{alias}.remainder", *expr.kept.dialect.split("."), *expr.path, kind=expr.kind)
    return masked(keeps(sql, expr.kept, alias), value)


def nested(sql: Statement, expr: Nested, alias: str) -> str:
    members = [(name, sql.expr(value, alias)) for name, value in expr.members.items()]
    return sql.flavour.object(members, prune=expr.prune)


def split(sql: Statement, expr: Split, alias: str) -> str:
    return sql.flavour.parts(sql.expr(expr.value, alias))


def truth(sql: Statement, expr: Truth, alias: str) -> str:
    return sql.flavour.truth(sql.expr(expr.value, alias))


DOCUMENTS: dict[type[Expr], Writes] = {
    Kept: kept,
    KeptValue: kept_value,
    Nested: nested,
    Split: split,
    Truth: truth,
}
