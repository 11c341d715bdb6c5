"""How conditions on a row are written."""

from __future__ import annotations

from functools import partial
from typing import TypeGuard

from ...fields import (
    All,
    Among,
    AppearedNumber,
    Arg,
    Called,
    Compare,
    Condition,
    Day,
    Either,
    Expr,
    HubId,
    Known,
    Matches,
    Not,
    OneOf,
    Paired,
    Question,
    Ref,
    Some,
    Version,
    Within,
)
from .phrases import ALWAYS, NEVER, every, keys_of
from .stamps import since
from .statement import Statement, Writes, identified
from .steps import Step

_COMPARED = {"IS NOT": "IS DISTINCT FROM"}
"""What an operator of `fields` is in SQL, where it is another one: known values only are compared with `IS NOT`."""


def compare(sql: Statement, condition: Compare, alias: str) -> str:
    if condition.op == "same":
        return sql.flavour.same(sql.expr(condition.expr, alias), sql.value(condition.value))
    if isinstance(condition.expr, Version | AppearedNumber):
        return since(sql, condition, condition.expr, alias)
    if condition.op == "=" and _by_id(condition.expr):
        return _one_of_ids(sql, condition.expr, f"VALUES ({sql.value(condition.value)})", alias)
    op, value = _COMPARED.get(condition.op, condition.op), sql.value(condition.value)
    if isinstance(condition.expr, Day):
        return (
            f"{sql.shown(condition.expr, alias, sql.raw(condition.expr, alias))} {op} {sql.flavour.day_number(value)}"
        )
    return f"{sql.expr(condition.expr, alias)} {op} {value}"


def matches(sql: Statement, condition: Matches, alias: str) -> str:
    return sql.flavour.matches(condition.how, sql.expr(condition.expr, alias), sql.value(condition.value))


def one_of(sql: Statement, condition: OneOf, alias: str) -> str:
    expr, values = condition.expr, [sql.value(v) for v in condition.values]
    brought = len(values) == 1 and isinstance(condition.values[0], Arg)
    those = sql.flavour.listed(values[0], expr.kind) if brought else ", ".join(values)
    if _by_id(expr):
        return _one_of_ids(sql, expr, those if brought else f"VALUES ({'), ('.join(values)})", alias)
    if brought:
        return sql.flavour.one_of_few(sql.expr(expr, alias), those)
    return f"{sql.expr(expr, alias)} IN ({those})"


def _by_id(expr: Expr) -> TypeGuard[Ref | HubId]:
    """Whether a value is a hub id that is looked up once, for its key, rather than compared row by row."""
    return isinstance(expr, Ref) or (type(expr) is HubId and expr.of.numbered)


def _one_of_ids(sql: Statement, expr: Ref | HubId, ids: str, alias: str) -> str:
    if isinstance(expr, HubId):
        return identified(sql.flavour, expr.of, alias, ids)
    return sql.flavour.one_of_few(sql.shown(expr, alias, sql.raw(expr, alias)), keys_of(expr.target, ids))


def known(sql: Statement, condition: Known, alias: str) -> str:
    if isinstance(condition.expr, Ref):
        return f"{sql.shown(condition.expr, alias, sql.raw(condition.expr, alias))} IS NOT NULL"
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
        sql.lead(alias, Step(condition.ref.owner, condition.ref.name))
    found = " UNION ALL ".join(
        f'SELECT key FROM "{table}" WHERE {sql.sight.called(condition.fields[0].owner)} AND "{f.name}" = {value}'
        for f in condition.fields
    )
    return sql.flavour.one_of_few(sql.raw(condition.ref, alias) if condition.ref else f"{alias}.key", found)


def among(sql: Statement, condition: Among, alias: str) -> str:
    return identified(sql.flavour, sql.of, alias, sql.flavour.listed(sql.value(condition.ids)))


def paired(sql: Statement, condition: Paired, alias: str) -> str:
    """Look-ups in lists that are made once, whatever the number of rows."""
    one, other, source, alone = _pairs(sql, condition.pairs)
    worth = sql.expr if isinstance(condition.pairs, Arg) else partial(_compared, sql)
    first = worth(condition.first, alias)
    known = sql.flavour.one_of_few(first, f"SELECT {one} {source}")
    if condition.second is None:
        return known
    second = worth(condition.second, alias)
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
    one, other = _compared(inner, first, inner.base), _compared(inner, second, inner.base)
    where = inner.where(pairs.where)
    sql.dated |= inner.dated
    return one, other, f"FROM {inner.tables()} WHERE {where}", f"{other} IS NULL"


def _compared(sql: Statement, value: Expr, alias: str) -> str:
    """A value to be compared with one of its kind: what refers to a record by its key, which needs no look-up."""
    return sql.shown(value, alias, sql.raw(value, alias)) if isinstance(value, Ref) else sql.expr(value, alias)


def within(sql: Statement, condition: Within, alias: str) -> str:
    key, inner = sql.raw(condition.ref, alias), _answering(sql, condition, alias)
    if sql.few and not inner.of.derived():
        own = f"{inner.base}.key = {key}"
        where = inner.within(inner.condition(condition.question.where), few=True, keyed=True)
        sql.dated |= inner.dated
        return f"EXISTS (SELECT 1 FROM {inner.tables()} WHERE {every([own, where])})"
    those = _keys(inner, condition.question)
    sql.dated |= inner.dated
    if not condition.question.limited and names_few(condition.question.where):
        return sql.flavour.one_of_few(key, those)
    return f"{key} IN ({those})"


def names_few(condition: Condition) -> bool:
    """Whether a condition holds for what the request lists, and what belongs to that, at the most."""
    match condition:
        case All():
            return any(map(names_few, condition.conditions))
        case Either():
            return all(map(names_few, condition.conditions))
        case Some():
            return names_few(condition.where)
        case Within():
            return names_few(condition.question.where)
        case OneOf() | Paired():
            return isinstance(condition.pairs if isinstance(condition, Paired) else condition.values[0], Arg)
        case _:
            return isinstance(condition, Called | Among)


def _answering(sql: Statement, condition: Within, alias: str) -> Statement:
    """A SELECT of the records that a question answers with, to which a row refers.

    One may also leave a page for another one's sake. Only which rows there are depends on that, not what they say.
    """
    question, trace = condition.question, sql.lead(alias, Step(condition.ref.owner, condition.ref.name))
    return sql.inner(question.of, list(question.hashed or question.columns), trace)


def _keys(inner: Statement, question: Question) -> str:
    """A SELECT of the keys of those records, page included."""
    where = inner.where(question.where)
    page = (
        f" ORDER BY {inner.order(question.order)} {inner.flavour.page(':page', ':before')}" if question.limited else ""
    )
    return f"SELECT {inner.base}.key FROM {inner.tables()} WHERE {where}{page}"


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
