"""How values are written in SQL: each kind by a function of the statement, the value and the row's alias."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..fields import (
    Appeared,
    AppearedNumber,
    AsText,
    Coalesce,
    Csv,
    Down,
    Expr,
    First,
    Given,
    HubId,
    Initial,
    Kept,
    KeptValue,
    Key,
    LastUpdated,
    Latest,
    Listed,
    Literal,
    Made,
    Mapped,
    MarkString,
    Nested,
    Rows,
    Split,
    Tally,
    Total,
    Truth,
    Version,
    When,
    Words,
    WriteNumber,
)
from .phrases import masked, quote
from .stamps import TEXT_STAMP, appeared, appeared_number, keeps, last_updated, latest, version

if TYPE_CHECKING:
    from .statement import Statement


def hub_id(sql: Statement, expr: HubId, alias: str) -> str:
    return f"{alias}.id"


def made(sql: Statement, expr: Made, alias: str) -> str:
    return f"substr({alias}.made, 1, {TEXT_STAMP})"


def kept(sql: Statement, expr: Kept, alias: str) -> str:
    value = f"{alias}.remainder -> '$.{expr.dialect}'"
    return f"json(coalesce({masked(keeps(sql, expr, alias), value)}, 'null'))"


def kept_value(sql: Statement, expr: KeptValue, alias: str) -> str:
    path = ".".join((expr.kept.dialect, *expr.path))
    return masked(keeps(sql, expr.kept, alias), f"{alias}.remainder ->> '$.{path}'")


def write_number(sql: Statement, expr: WriteNumber, alias: str) -> str:
    return f"{alias}.seq"


def nested_object(sql: Statement, expr: Nested, alias: str) -> str:
    pairs = ", ".join(f"{quote(name)}, {sql.expr(value, alias)}" for name, value in expr.members.items())
    # A merge patch (RFC 7396) into nothing leaves out what is null.
    return f"json_patch('{{}}', json_object({pairs}))" if expr.prune else f"json_object({pairs})"


def split(sql: Statement, expr: Split, alias: str) -> str:
    value = sql.expr(expr.value, alias)
    # json_quote writes an unknown value as the word null, a text that says so as "null".
    quoted = f"NULLIF(json_quote(NULLIF({value}, '')), 'null')"
    return f"""json(coalesce('[' || replace({quoted}, ',', '","') || ']', '[]'))"""


def truth(sql: Statement, expr: Truth, alias: str) -> str:
    return f"json(CASE {sql.expr(expr.value, alias)} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"


def down(sql: Statement, expr: Down, alias: str) -> str:
    return f"{sql.expr(expr.value, alias)} DESC"


def words(sql: Statement, expr: Words, alias: str) -> str:
    parts = [quote(v) if isinstance(v, str) else sql.expr(v, alias) for v in expr.values]
    if isinstance(expr, Key):
        return f"({' || '.join(parts)})"
    filled = [p if isinstance(v, str) else f"NULLIF({p}, '')" for p, v in zip(parts, expr.values, strict=True)]
    return f"NULLIF(concat_ws({quote(expr.separator)}, {', '.join(filled)}), '')"


def initial(sql: Statement, expr: Initial, alias: str) -> str:
    return f"substr({sql.expr(expr.value, alias)}, 1, 1)"


def mapped(sql: Statement, expr: Mapped, alias: str) -> str:
    cases = " ".join(f"WHEN {quote(k)} THEN {quote(v)}" for k, v in expr.words.items())
    return f"CASE {sql.expr(expr.value, alias)} {cases} ELSE {quote(expr.otherwise)} END"


def when(sql: Statement, expr: When, alias: str) -> str:
    cases = " ".join(f"WHEN {sql.condition(c, alias)} THEN {quote(v)}" for c, v in expr.cases)
    return f"CASE {cases} ELSE {quote(expr.otherwise)} END"


def as_text(sql: Statement, expr: AsText, alias: str) -> str:
    return f"CAST({sql.expr(expr.value, alias)} AS TEXT)"


def literal(sql: Statement, expr: Literal, alias: str) -> str:
    return quote(expr.value)


def given(sql: Statement, expr: Given, alias: str) -> str:
    return sql.value(expr.arg)


def of_many(sql: Statement, expr: Csv, alias: str) -> tuple[Statement, str, str]:
    """What is read of each of many records: the statement, its rows, and what it needs to be shown at all."""
    inner, own = sql.child(expr.many, alias, disclosed=expr.scope is not None)
    sql.dated |= inner.dated
    covered = expr.scope is not None and not sql.disclosed
    seen = sql.sight.allows(expr.many.via.target, alias, expr.scope) if covered and expr.scope else ""
    return inner, own, seen


def csv(sql: Statement, expr: Csv, alias: str) -> str:
    inner, own, seen = of_many(sql, expr, alias)
    what = inner.expr(expr.what)
    sql.telling.listed(sql, expr.many, inner, own, seen, alias)
    every = f"SELECT DISTINCT {what} AS x FROM {inner.tables()} WHERE {own}"
    return masked(seen, f"(SELECT group_concat(x, {quote(expr.separator)} ORDER BY length(x), x) FROM ({every}))")


def first(sql: Statement, expr: First, alias: str) -> str:
    inner, own, seen = of_many(sql, expr, alias)
    what = inner.expr(expr.what)
    sql.telling.listed(sql, expr.many, inner, own, seen, alias)
    return masked(seen, f"(SELECT {what} FROM {inner.tables()} WHERE {own} LIMIT 1)")


def listed(sql: Statement, expr: Listed, alias: str) -> str:
    inner, own, seen = of_many(sql, expr, alias)
    what = inner.expr(expr.what)
    sql.telling.listed(sql, expr.many, inner, own, seen, alias)
    every = f"SELECT DISTINCT {what} AS x FROM {inner.tables()} WHERE {own}"
    values = f"SELECT json_group_array(x ORDER BY x) FROM ({every}) WHERE x IS NOT NULL"
    return f"json(coalesce({masked(seen, f'({values})')}, '[]'))"


def rows(sql: Statement, expr: Rows, alias: str) -> str:
    inner, own, seen = of_many(sql, expr, alias)
    what = inner.expr(expr.what)
    sql.telling.listed(sql, expr.many, inner, own, seen, alias)
    order = ", ".join([*(inner.expr(o) for o in expr.order), f"+{inner.base}.id"])
    every = f"SELECT {what} AS x FROM {inner.tables()} WHERE {own} ORDER BY {order}"
    return f"json(coalesce({masked(seen, f'(SELECT json_group_array(json(x)) FROM ({every}))')}, '[]'))"


def coalesce(sql: Statement, expr: Coalesce, alias: str) -> str:
    return f"coalesce({', '.join(sql.expr(v, alias) for v in expr.values)})"


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
    return masked(seen, f"(SELECT {what} FROM {inner.tables()} WHERE {own} AND {where})")


def mark_string(sql: Statement, expr: MarkString, alias: str) -> str:
    if alias == sql.base and expr in sql.counted:
        return sql.counted[expr]
    inner, own = sql.child(expr.many, alias)
    sql.dated |= inner.dated
    return f"(SELECT {packed_marks(inner, expr)} FROM {inner.tables()} WHERE {own})"


def packed_marks(inner: Statement, expr: MarkString) -> str:
    """The marks of all rows of a statement, laid out by the day."""
    first, last, gap = inner.value(expr.first), inner.value(expr.last), quote(expr.gap)
    mark = inner.base
    held = f"FILTER (WHERE {mark}.date IS NOT NULL AND {mark}.session IN ('AM', 'PM'))"
    letters = f"group_concat(coalesce(NULLIF(substr({mark}.mark, 1, 1), ''), {gap}), '') {held}"
    slots = f"group_concat({mark}.date || {mark}.session, '') {held}"
    return f"packed({letters}, {slots}, {first}, {last}, {gap})"


RENDERERS: tuple[tuple[type[Expr], Callable[[Statement, Any, str], str]], ...] = (
    (Version, version),
    (LastUpdated, last_updated),
    (Latest, latest),
    (Appeared, appeared),
    (AppearedNumber, appeared_number),
    (Made, made),
    (WriteNumber, write_number),
    (HubId, hub_id),
    (KeptValue, kept_value),
    (Kept, kept),
    (Nested, nested_object),
    (Truth, truth),
    (Split, split),
    (Rows, rows),
    (Listed, listed),
    (First, first),
    (Csv, csv),
    (Down, down),
    (Words, words),
    (Initial, initial),
    (Mapped, mapped),
    (When, when),
    (AsText, as_text),
    (Literal, literal),
    (Given, given),
    (Coalesce, coalesce),
    (Total, tally),
    (Tally, tally),
    (MarkString, mark_string),
)
"""How each kind of value is written; a kind stands before those that it is a special case of."""
