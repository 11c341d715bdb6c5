"""How what many records of a row have is written: lists and texts of their facts, counts, sums."""

from __future__ import annotations

from ...fields import Csv, Expr, First, Listed, Many, Rows, Tally, Total
from .phrases import NEVER, every, masked
from .sights import BETWEEN
from .statement import Statement, Writes
from .telling import of_part


def of_many(sql: Statement, expr: Csv, alias: str) -> tuple[Statement, str, str]:
    """What is read of each of many records: the statement, its rows, and what it needs to be shown at all."""
    inner, own = sql.child(expr.many, alias, disclosed=expr.scope is not None)
    sql.dated |= inner.dated
    covered = expr.scope is not None and not sql.disclosed
    seen = sql.sight.allows(expr.many.via.target, alias, expr.scope) if covered and expr.scope else ""
    return inner, own, seen


def csv(sql: Statement, expr: Csv, alias: str) -> str:
    inner, own, seen = of_many(sql, expr, alias)
    what = inner.flavour.word(inner.expr(expr.what), expr.what.kind)
    _tell(sql, expr.many, inner, own, seen, alias)
    distinct = f"SELECT DISTINCT {what} AS x FROM {inner.tables()} WHERE {own}"
    text = sql.flavour.joined("x", expr.separator, "length(x), x")
    return masked(seen, f"(SELECT {text} FROM ({distinct}) e)")


def first(sql: Statement, expr: First, alias: str) -> str:
    inner, own, seen = of_many(sql, expr, alias)
    what = inner.expr(expr.what)
    _tell(sql, expr.many, inner, own, seen, alias)
    found = f"(SELECT {what} FROM {inner.tables()} WHERE {own} LIMIT 1)"
    return masked(seen, found, sql.flavour.nothing(expr.kind))


def listed(sql: Statement, expr: Listed, alias: str) -> str:
    inner, own, seen = of_many(sql, expr, alias)
    what = inner.expr(expr.what)
    _tell(sql, expr.many, inner, own, seen, alias)
    values = sql.flavour.array("x", f"SELECT DISTINCT {what} AS x FROM {inner.tables()} WHERE {own}")
    return sql.flavour.json_or(masked(seen, f"({values})"), "[]")


def rows(sql: Statement, expr: Rows, alias: str) -> str:
    inner, own, seen = of_many(sql, expr, alias)
    what = inner.expr(expr.what)
    _tell(sql, expr.many, inner, own, seen, alias)
    order = ", ".join([*(inner.ordered(o) for o in expr.order), inner.flavour.unindexed(f"{inner.base}.id")])
    objects = f"SELECT {what} AS x FROM {inner.tables()} WHERE {own} ORDER BY {order}"
    return sql.flavour.json_or(masked(seen, f"({sql.flavour.array_of_objects('x', objects)})"), "[]")


def tally(sql: Statement, expr: Tally, alias: str) -> str:
    covered = expr.scope is not None
    seen = ""
    if expr.scope is not None and not sql.disclosed:
        seen = sql.sight.allows(expr.many.via.target, alias, expr.scope)
    if alias == sql.base and expr in sql.counted:
        return masked(seen, sql.counted[expr])
    inner, own = sql.child(expr.many, alias, disclosed=covered)
    where = inner.condition(expr.where)
    sql.dated |= inner.dated
    what = f"coalesce(sum({inner.expr(expr.what)}), 0)" if isinstance(expr, Total) else "count(*)"
    return masked(seen, f"(SELECT {what} FROM {inner.tables()} WHERE {every([own, where])})")


def _tell(sql: Statement, many: Many, inner: Statement, own: str, seen: str, alias: str) -> None:
    """Have a statement tell of the humans of whom facts of the many records of a row are shown."""
    beyond = inner.telling.beyond()
    if seen == NEVER or not (beyond or any(of_part(many, inner.base))):
        return
    key = (id(many), alias, seen, tuple(text.replace(f"{inner.base}.", "") for text in beyond))
    if key in sql.telling.lists:
        return
    if not beyond:
        # What the rows are parts of is known without what else is shown of them.
        inner, own = sql.child(many, alias, disclosed=inner.disclosed)
    ids = f"concat_ws('{BETWEEN}', {', '.join([*of_part(many, inner.base), *beyond])})"
    found = f"(SELECT {sql.flavour.joined(ids, BETWEEN)} FROM {inner.tables()} WHERE {own})"
    sql.telling.lists[key] = masked(seen, found)


OF_MANY: dict[type[Expr], Writes] = {
    Csv: csv,
    First: first,
    Listed: listed,
    Rows: rows,
    Tally: tally,
}
