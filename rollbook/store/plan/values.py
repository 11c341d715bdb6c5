"""How values of one row are written: facts, what is reached through references, texts and words made of them."""

from __future__ import annotations

from ...fields import (
    AsText,
    Coalesce,
    Computed,
    Day,
    Expr,
    Field,
    Given,
    HubId,
    Initial,
    Key,
    Literal,
    Mapped,
    Path,
    Ref,
    Told,
    When,
    Words,
)
from .phrases import both, id_of, masked, quote
from .statement import Statement, Writes
from .steps import Step


def field(sql: Statement, expr: Field, alias: str) -> str:
    return sql.shown(expr, alias, sql.raw(expr, alias))


def day(sql: Statement, expr: Day, alias: str) -> str:
    return sql.shown(expr, alias, sql.flavour.day(sql.raw(expr, alias)))


def ref(sql: Statement, expr: Ref, alias: str) -> str:
    """The hub id of the record that is referred to, whoever may see that."""
    sql.lead(alias, Step(expr.owner, expr.name))
    return sql.shown(expr, alias, id_of(expr.target, sql.raw(expr, alias)))


def bare(sql: Statement, expr: Expr, alias: str) -> str:
    """A value whose parts are disclosed by what holds it."""
    with sql.disclosing():
        return sql.expr(expr, alias)


def told(sql: Statement, expr: Told, alias: str) -> str:
    person = sql.join(alias, expr.through)
    sql.telling.reached(expr.through, person, "", own=alias == sql.base)
    return sql.shown(expr, alias, bare(sql, expr.fact, person))


def computed(sql: Statement, expr: Computed, alias: str) -> str:
    return sql.shown(expr, alias, bare(sql, expr.value, alias))


def path(sql: Statement, expr: Path, alias: str) -> str:
    seen: list[str] = []
    for step in expr.steps:
        if not sql.disclosed:
            seen.append(sql.sight.shows(step, alias, sure=alias == sql.base))
        own, alias = alias == sql.base, sql.join(alias, step)
        sql.telling.reached(step, alias, both(seen), own=own)
    tells = expr.end.name in expr.steps[-1].tells
    value = bare(sql, expr.end, alias) if tells else sql.expr(expr.end, alias)
    return masked(both(seen), value, sql.flavour.nothing(expr.kind))


def hub_id(sql: Statement, expr: HubId, alias: str) -> str:
    return f"{alias}.id"


def words(sql: Statement, expr: Words, alias: str) -> str:
    parts = [quote(v) if isinstance(v, str) else f"NULLIF({_word(sql, v, alias)}, '')" for v in expr.values]
    return f"NULLIF(concat_ws({quote(expr.separator)}, {', '.join(parts)}), '')"


def key(sql: Statement, expr: Key, alias: str) -> str:
    return f"({' || '.join(quote(v) if isinstance(v, str) else _word(sql, v, alias) for v in expr.values)})"


def _word(sql: Statement, value: Expr, alias: str) -> str:
    return sql.flavour.word(sql.expr(value, alias), value.kind)


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


def coalesce(sql: Statement, expr: Coalesce, alias: str) -> str:
    return f"coalesce({', '.join(sql.expr(v, alias) for v in expr.values)})"


VALUES: dict[type[Expr], Writes] = {
    Field: field,
    Day: day,
    Ref: ref,
    Told: told,
    Computed: computed,
    Path: path,
    HubId: hub_id,
    Words: words,
    Key: key,
    Initial: initial,
    Mapped: mapped,
    When: when,
    AsText: as_text,
    Literal: literal,
    Given: given,
    Coalesce: coalesce,
}
