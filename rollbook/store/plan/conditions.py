"""How conditions on a row are written."""

from __future__ import annotations

from ...fields import (
    All,
    Among,
    AppearedNumber,
    Arg,
    Called,
    Compare,
    Condition,
    Either,
    Known,
    Matches,
    Not,
    OneOf,
    Paired,
    Question,
    Some,
    Version,
    Within,
)
from .phrases import ALWAYS, NEVER, every
from .stamps import since
from .statement import Statement, Writes

_COMPARED = {"IS NOT": "IS DISTINCT FROM"}
"""What an operator of `fields` is in SQL, where it is another one: known values only are compared with `IS NOT`."""


def compare(sql: Statement, condition: Compare, alias: str) -> str:
    if condition.op == "same":
        return sql.flavour.same(sql.expr(condition.expr, alias), sql.value(condition.value))
    if isinstance(condition.expr, Version | AppearedNumber):
        return since(sql, condition, condition.expr, alias)
    op = _COMPARED.get(condition.op, condition.op)
    return f"{sql.expr(condition.expr, alias)} {op} {sql.value(condition.value)}"


def matches(sql: Statement, condition: Matches, alias: str) -> str:
    return sql.flavour.matches(condition.how, sql.expr(condition.expr, alias), sql.value(condition.value))


def one_of(sql: Statement, condition: OneOf, alias: str) -> str:
    expr = sql.expr(condition.expr, alias)
    if len(condition.values) == 1 and isinstance(condition.values[0], Arg):
        return f"{expr} IN ({sql.flavour.listed(sql.value(condition.values[0]), condition.expr.kind)})"
    return f"{expr} IN ({', '.join(sql.value(v) for v in condition.values)})"


def known(sql: Statement, condition: Known, alias: str) -> str:
    return f"{sql.expr(condition.expr, alias)} IS NOT NULL"


def all_of(sql: Statement, condition: All, alias: str) -> str:
    found = every(sql.condition(c, alias) for c in condition.conditions)
    return found if found in (ALWAYS, NEVER) else f"({found})"


def either(sql: Statement, condition: Either, alias: str) -> str:
    found = [sql.condition(c, alias) for c in condition.conditions]
    return f"({' OR '.join(found)})" if found else NEVER


def no(sql: Statement, condition: Not, alias: str) -> str:
    return f"({sql.condition(condition.condition, alias)}) IS NOT TRUE"


def some(sql: Statement, condition: Some, alias: str) -> str:
    inner, own = sql.child(condition.many, alias)
    where = inner.condition(condition.where)
    sql.dated |= inner.dated
    return f"EXISTS (SELECT 1 FROM {inner.tables()} WHERE {every([own, where])})"


def called(sql: Statement, condition: Called, alias: str) -> str:
    """One look-up in each field's index, instead of a walk through all the rows."""
    table, value = condition.fields[0].owner.table, sql.value(condition.value)
    if condition.ref is not None:
        sql.nested.update(condition.ref.target.over)
    found = " UNION ALL ".join(
        f'SELECT id FROM "{table}" WHERE {sql.sight.called(condition.fields[0].owner)} AND "{f.name}" = {value}'
        for f in condition.fields
    )
    return f'{alias}."{condition.ref.name if condition.ref else "id"}" IN ({found})'


def among(sql: Statement, condition: Among, alias: str) -> str:
    return f"{alias}.id IN ({sql.flavour.listed(sql.value(condition.ids))})"


def paired(sql: Statement, condition: Paired, alias: str) -> str:
    """Look-ups in lists that are made once, whatever the number of rows."""
    first, (one, other, source, alone) = sql.expr(condition.first, alias), _pairs(sql, condition.pairs)
    known = f"{first} IN (SELECT {one} {source})"
    if condition.second is None:
        return known
    second = sql.expr(condition.second, alias)
    if isinstance(condition.pairs, Arg):
        second = f"coalesce({second}, '')"
    either = (
        f"{first} IN (SELECT {one} {source} AND {alone}) OR ({first}, {second}) IN (SELECT {one}, {other} {source})"
    )
    return f"({known} AND ({either}))"


def _pairs(sql: Statement, pairs: Arg | Question) -> tuple[str, str, str, str]:
    """The two values of a pair, what they are selected from, and whether the second is left open."""
    if isinstance(pairs, Arg):
        return sql.flavour.pairs(sql.value(pairs))
    (_, first), (_, second) = pairs.columns
    inner = sql.inner(pairs.of, [])
    one, other = inner.expr(first), inner.expr(second)
    where = inner.where(pairs.where)
    sql.dated |= inner.dated
    return one, other, f"FROM {inner.tables()} WHERE {where}", f"{other} IS NULL"


def within(sql: Statement, condition: Within, alias: str) -> str:
    return f'{alias}."{condition.ref.name}" IN ({_ids(sql, condition.question)})'


def _ids(sql: Statement, question: Question) -> str:
    """A SELECT of the hub ids that a question answers with, page included."""
    inner = sql.inner(question.of, list(question.hashed or question.columns))
    where = inner.where(question.where)
    page = f" ORDER BY {inner.order(question.order)} {sql.flavour.page(':page', ':before')}" if question.limited else ""
    sql.dated |= inner.dated
    return f"SELECT {inner.base}.id FROM {inner.tables()} WHERE {where}{page}"


CONDITIONS: dict[type[Condition], Writes] = {
    Compare: compare,
    Matches: matches,
    OneOf: one_of,
    Known: known,
    All: all_of,
    Either: either,
    Not: no,
    Some: some,
    Called: called,
    Among: among,
    Paired: paired,
    Within: within,
}
