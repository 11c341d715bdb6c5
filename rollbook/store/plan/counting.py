"""Counts of the many records of a row, and what is packed of them: those of the same records are made in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...fields import (
    All,
    Arg,
    Compare,
    Condition,
    Either,
    Expr,
    Field,
    Known,
    Many,
    MarkString,
    Not,
    OneOf,
    Tally,
    Total,
)
from ...model.attendance import Mark
from . import derived
from .gathered import BETWEEN, NOWHERE, PART, UNIT, Choice, Days, Gathering
from .phrases import every, quote
from .registered import Registered
from .registering import REGISTERS, registers
from .statement import Statement


def count_together(sql: Statement, columns: Iterable[Expr]) -> None:
    """Have the columns that count the same records read them once; what is counted alone stays as it is.

    Marks are laid out with what counts them, or else by themselves.
    """
    sets: dict[tuple[int, bool], list[Tally]] = {}
    distinct = list(dict.fromkeys(columns))
    for expr in distinct:
        if isinstance(expr, Tally):
            sets.setdefault((id(expr.many), expr.scope is not None), []).append(expr)
    _count_later(sql, distinct)
    packs = [e for e in distinct if isinstance(e, MarkString)]
    for tallies in sets.values():
        if len(tallies) > 1:
            _count(sql, tallies, [pack for pack in packs if pack.many is tallies[0].many])
    for pack in packs:
        if pack not in sql.made:
            inner, own = sql.child(pack.many, sql.base)
            _gather(sql, inner, own, [], (), [pack])


def _count(sql: Statement, tallies: list[Tally], packs: list[MarkString]) -> None:
    scope, many = tallies[0].scope, tallies[0].many
    inner, own = sql.child(many, sql.base, disclosed=scope is not None)
    seen = sql.sight.allows(many.via.target, sql.base, scope) if scope is not None else ""
    choices = _choices(inner, tallies)
    if choices is not None and not seen:
        # What stands under a scope of its own is not told with what needs none.
        packed = scope is None and _asked(tallies)[0].name == "mark"
        _gather(sql, inner, own, tallies, choices, packs if packed else [])
    else:
        _join(sql, inner, own, tallies)


def _gather(
    sql: Statement,
    inner: Statement,
    own: str,
    tallies: list[Tally],
    choices: tuple[Choice, ...],
    packs: list[MarkString],
) -> None:
    """The values of the one fact that is asked for are gathered, with marks, and made into counts after the query."""
    asked = _asked(tallies)[0].name if tallies else Mark.mark.name
    days = tuple(Days(_argument(sql, pack.first), _argument(sql, pack.last), pack.gap) for pack in packs)
    rows = _registers(sql, [*tallies, *packs][0].many) if asked == Mark.mark.name else ""
    if rows:
        found: Gathering = Registered(rows, choices, days)
    else:
        found = Gathering(_texts(inner, own, asked, slots=bool(packs)), choices, days)
    sql.dated |= inner.dated
    _make(sql, [*tallies, *packs], found)


def _make(sql: Statement, columns: Iterable[Expr], gathering: Gathering) -> None:
    sql.made.update({expr: (len(sql.gatherings), at) for at, expr in enumerate(columns)})
    sql.gatherings.append(gathering)


def _texts(inner: Statement, own: str, asked: str, *, slots: bool) -> str:
    """The values of a fact of many records, and where each is to be laid out."""
    joined, mark, between = inner.flavour.joined, inner.base, f", {quote(PART)}, "
    parts = ["count(*)"]
    if slots:
        half = f"CASE {mark}.session WHEN 'AM' THEN {mark}.date * 2 WHEN 'PM' THEN {mark}.date * 2 + 1 END"
        parts.append(joined(inner.flavour.word(f"coalesce({half}, {NOWHERE})", "number"), BETWEEN))
    parts.append(joined(f"coalesce({mark}.\"{asked}\", '')", UNIT))
    return f"(SELECT concat({between.join(parts)}) FROM {inner.tables()} WHERE {own})"


def _registers(sql: Statement, many: Many) -> str:
    """The registers that hold just these marks, and all of them are seen of whom one is; "" where there are none."""
    span = _span(many.where) if many.via is Mark.student else None
    if span is None or not sql.sight.together(many.child, many.via.target):
        return ""
    alias, flavour, (since, until) = sql.names.new(), sql.flavour, span
    first = flavour.day_number(_of(map(sql.value, since), flavour.greatest))
    last = flavour.day_number(_of(map(sql.value, until), flavour.least))
    own = [f"{alias}.district = :district", f"{alias}.student = {sql.base}.key"]
    own += sql.sight.part(many.child, alias, many.via.target, disclosed=sql.disclosed)
    return registers(flavour, alias, every(own), first, last)


Span = tuple[list[Arg], list[Arg]]
"""The days from the latest of some on, until the earliest of others."""


def _span(where: Condition) -> Span | None:
    """The days whose session marks are meant, if that is all that is asked of them."""
    span: Span = [], []
    kinds = 0
    for one in _parts(where):
        match one:
            case Compare("=", Mark.kind, "S"):
                kinds += 1
            case Compare(">=", Mark.date, Arg() as day):
                span[0].append(day)
            case Compare("<=", Mark.date, Arg() as day):
                span[1].append(day)
            case _:
                return None
    return span if kinds and all(span) else None


def _parts(where: Condition) -> Iterator[Condition]:
    """All that must hold, one by one."""
    if isinstance(where, All):
        for one in where.conditions:
            yield from _parts(one)
    else:
        yield where


def _of(days: Iterable[str], chosen: Callable[..., str]) -> str:
    """One of several days, given as SQL."""
    every_one = list(days)
    return chosen(*every_one) if len(every_one) > 1 else every_one[0]


def _count_later(sql: Statement, columns: Iterable[Expr]) -> None:
    """The counts of a record that are made of its registers after the query."""
    choices = derived.COUNTED_LATER.get(sql.of, {})
    facts = [fact for fact in columns if isinstance(fact, Field) and fact.owner is sql.of and fact.name in choices]
    if any(sql.sight.shows(fact, sql.base, sure=True) for fact in facts):
        raise TypeError(f"{sql.of.__name__} is read through one grant")
    if facts:
        rows = f"{sql.base}.{REGISTERS}"
        _make(sql, facts, Registered(rows, tuple(choices[fact.name] for fact in facts), (), unknown=False))


def _argument(sql: Statement, arg: Arg) -> str:
    """The name of an argument, which is bound though no SQL names it."""
    sql.value(arg)
    return arg.name


def _join(sql: Statement, inner: Statement, own: str, tallies: list[Tally]) -> None:
    """The counts are made beside each row."""
    alias = sql.names.new()
    columns, source = (_by_facts if _alike(inner, tallies) else _one_by_one)(inner, own, tallies)
    join, counts = inner.flavour.beside(columns, source, alias)
    sql.dated |= inner.dated
    # It comes last, when it is known which rows are there.
    sql.last_joins.append(join)
    sql.counted.update(zip(tallies, counts, strict=True))


Counted = tuple[list[str], str]
"""The SQL of each count, and what it is selected from."""


def _choices(inner: Statement, tallies: list[Tally]) -> tuple[Choice, ...] | None:
    """What is asked of the one text that all the tallies ask for, if that is so."""
    asked = {fact.name: fact for fact in _asked(tallies)}
    if len(asked) != 1 or any(isinstance(t, Total) for t in tallies):
        return None
    (fact,) = asked.values()
    choices = [_choice(t.where) for t in tallies]
    texts = fact.kind in ("text", "code") and _open(inner, fact)
    return tuple(c for c in choices if c) if texts and all(choices) else None


def _choice(condition: Condition) -> Choice | None:
    """A condition that wants a text to be one of some, or not to be; an unknown text is none of any."""
    if isinstance(condition, Not):
        inner = _choice(condition.condition)
        return (not inner[0], inner[1]) if inner and inner[0] else None
    if isinstance(condition, OneOf) and isinstance(condition.expr, Field):
        some = tuple(v for v in condition.values if isinstance(v, str) and v)
        return (True, some) if len(some) == len(condition.values) else None
    return None


def _one_by_one(inner: Statement, own: str, tallies: list[Tally]) -> Counted:
    """Every record is asked every condition."""
    whats = [inner.expr(t.what) if isinstance(t, Total) else "1" for t in tallies]
    sums = _sums(inner, tallies, whats, inner.base)
    return sums, f"FROM {inner.tables()} WHERE {own}"


def _by_facts(inner: Statement, own: str, tallies: list[Tally]) -> Counted:
    """Records that are alike in all that is asked of them are asked once."""
    names = [f'"{name}"' for name in dict.fromkeys(f.name for f in _asked(tallies))]
    alike = inner.names.new()
    kept = [*(f"{inner.base}.{name} AS {name}" for name in names), "count(*) AS n"]
    totals: dict[Tally, str] = {}
    for at, tally in enumerate(tallies):
        if isinstance(tally, Total):
            totals[tally] = f"x{at}"
            kept.append(f"sum({inner.expr(tally.what)}) AS x{at}")
    groups = f"GROUP BY {', '.join(str(at + 1) for at in range(len(names)))}"
    sums = _sums(inner, tallies, [f"{alike}.{totals.get(t, 'n')}" for t in tallies], alike)
    source = f"FROM (SELECT {', '.join(kept)} FROM {inner.tables()} WHERE {own} {groups}) {alike}"
    return sums, source


def _sums(inner: Statement, tallies: list[Tally], whats: list[str], alias: str) -> list[str]:
    return [
        f"coalesce(sum({what}) FILTER (WHERE {inner.condition(tally.where, alias)}), 0)"
        for tally, what in zip(tallies, whats, strict=True)
    ]


def _alike(inner: Statement, tallies: list[Tally]) -> bool:
    """Whether all that is asked of the records is some facts of their own, and what is added up is whole numbers."""
    exact = all(not isinstance(t, Total) or t.kind in ("number", "flag") for t in tallies)
    plain = exact and all(_plain(t.where) for t in tallies)
    return plain and bool(_asked(tallies)) and all(_open(inner, fact) for fact in _asked(tallies))


def _asked(tallies: list[Tally]) -> list[Field]:
    """The facts that the conditions are about."""
    return [fact for t in tallies for fact in t.where.parts() if isinstance(fact, Field)]


def _plain(condition: Condition) -> bool:
    """Whether a condition asks for facts as they are."""
    if isinstance(condition, All | Either):
        return all(map(_plain, condition.conditions))
    if isinstance(condition, Not):
        return _plain(condition.condition)
    return isinstance(condition, Compare | OneOf | Known) and isinstance(condition.expr, Field)


def _open(inner: Statement, fact: Field) -> bool:
    """Whether a fact is stored with the record and shown of all its rows."""
    own = fact.stored and issubclass(inner.of, fact.owner)
    return own and (inner.disclosed or not inner.sight.shows(fact, inner.base, sure=False))
