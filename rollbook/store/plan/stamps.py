"""When a row last changed, as far as the caller may see: the newest stamp of the facts that it is shown.

A stamp is the number of a write; `moment` says when a district's writes were.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ...fields import (
    Appeared,
    AppearedNumber,
    Compare,
    Computed,
    Csv,
    Expr,
    Field,
    Kept,
    LastUpdated,
    Latest,
    Made,
    MadeNumber,
    Many,
    MarkString,
    Path,
    Record,
    Tally,
    Told,
    Version,
    WrittenNumber,
)
from ...model.people import Person
from .flavour import Flavour
from .phrases import NEVER, both, quoted
from .statement import Statement, Writes


def last_updated(sql: Statement, expr: LastUpdated, alias: str) -> str:
    return moment(_number(sql, alias))


def moment(number: str) -> str:
    """When the write with a number was (UTC, milliseconds)."""
    return f"(SELECT at FROM moment WHERE district = :district AND seq <= {number} ORDER BY seq DESC LIMIT 1)"


def latest(sql: Statement, expr: Latest, alias: str) -> str:
    """The newest stamp of the facts of many records, or of the row's making."""
    found: list[str] = []
    for many, facts in expr.sources:
        inner, own = sql.child(many, alias)
        sql.dated |= inner.dated
        changed = _newest(sql.flavour, inner.base, {f.name for f in facts}, "")
        stamps = sql.flavour.greatest(made_number(inner.of, inner.base), changed)
        found.append(f"coalesce((SELECT max({stamps}) FROM {inner.tables()} WHERE {own}), 0)")
    return moment(sql.flavour.greatest(made_number(sql.of, alias), *found, _QUIET))


def version(sql: Statement, expr: Version, alias: str) -> str:
    return _number(sql, alias)


def _number(sql: Statement, alias: str) -> str:
    """The newest stamp; a row of which nothing has changed has the stamp of its making."""
    newest, changed, turned = stamp(sql, alias)
    if not changed or turned is not None:
        return newest
    still = " AND ".join(f"{c} IS NULL" for c in changed)
    return f"CASE WHEN {still} THEN {made_number(sql.of, alias)} ELSE {newest} END"


def made_number(record: type[Record], alias: str) -> str:
    """The number of a row's making, which is its key."""
    return f"{alias}.made" if record.derived() else f"{alias}.key"


class Stamp(NamedTuple):
    """The newest stamp of a row, what is null while nothing of it has changed, and by which references people turn it.

    `turned` is None where nobody was ever let in or left out.
    """

    newest: str
    changed: list[str]
    turned: set[str] | None


def stamp(sql: Statement, alias: str) -> Stamp:
    """The newest stamp of the facts that the caller may see."""
    told: dict[tuple[str, str], set[str]] = {}
    manys: dict[tuple[str, int], Many] = {}
    for _, column in sql.hashed:
        _facts(column, sql.of, alias, "", told, manys, sql)
    told.setdefault((alias, ""), set())
    stamps = [made_number(sql.of, alias), *_stamps(sql.flavour, told)]
    changed = [f"{other}.changed" for other in dict.fromkeys(other for other, _ in told)]
    named = {name for (other, _), names in told.items() if other == alias for name in names}
    turned = sql.sight.turned(sql.of, alias, named)
    if sql.sight.follows and manys:
        for many in manys.values():
            inner, owned = sql.child(many, alias)
            stamps.append(f"coalesce((SELECT max({newest(inner)}) FROM {inner.tables()} WHERE {owned}), 0)")
        changed = []
    newest_of_all = sql.flavour.greatest(*stamps, *turned, _QUIET)
    return Stamp(newest_of_all, changed, named if turned else None)


def _stamps(flavour: Flavour, told: dict[tuple[str, str], set[str]]) -> list[str]:
    return [_newest(flavour, alias, names, seen) for (alias, seen), names in told.items() if names]


def newest(sql: Statement) -> str:
    """The newest stamp of the facts of a part that the caller may see."""
    seen: dict[str, set[str]] = {}
    for field_ in sql.of.stored().values():
        condition = sql.sight.shows(field_, sql.base, sure=False)
        seen.setdefault(condition, set()).add(field_.name)
    whole = not any(seen.keys() - {""})
    stamps = [made_number(sql.of, sql.base), *sql.sight.turned(sql.of, sql.base, sql.of.refs())]
    for condition, names in seen.items():
        if condition != NEVER:
            stamps.append(_newest(sql.flavour, sql.base, set() if whole else names, condition))
    return sql.flavour.greatest(*stamps, _QUIET)


def appeared(sql: Statement, expr: Appeared, alias: str) -> str:
    return moment(_appearance(sql, alias))


def appeared_number(sql: Statement, expr: AppearedNumber, alias: str) -> str:
    return _appearance(sql, alias)


def _appearance(sql: Statement, alias: str) -> str:
    found = sql.sight.appeared(sql.of, alias)
    own = made_number(sql.of, alias)
    return sql.flavour.greatest(own, *found) if found else own


def since(sql: Statement, condition: Compare, expr: Version | AppearedNumber, alias: str) -> str:
    """Rows by the number of their last change that the caller may see, or of their appearance."""
    bound = f"{condition.op} {sql.value(condition.value)}"
    compared = f"{sql.expr(expr, alias)} {bound}"
    turned: Iterable[str] | None = ()
    if isinstance(expr, Version):
        _, changed, turned = stamp(sql, alias)
        if changed != [f"{alias}.changed"]:
            return compared
    if not condition.op.startswith(">"):
        return compared
    # The row's own numbers are never less, and have an index.
    own = [f"{alias}.seq {bound}"] if sql.of.derived() else [f"{alias}.key {bound}", f"{alias}.seq {bound}"]
    near = [*own, *sql.sight.turned_since(sql.of, alias, turned or (), bound)]
    return f"(({' OR '.join(near)}) AND {compared})"


def keeps(sql: Statement, expr: Kept, alias: str) -> str:
    """Whether what was written beside the facts is shown."""
    if sql.disclosed:
        return ""
    if expr.role is None:
        return sql.sight.allows(expr.of, alias, expr.need)
    sql.human(Person, alias)
    return sql.sight.remembers(expr.role, alias, expr.need)


def _facts(
    expr: Expr,
    of: type[Record],
    alias: str,
    seen: str,
    told: dict[tuple[str, str], set[str]],
    manys: dict[tuple[str, int], Many],
    sql: Statement,
) -> None:
    """The stored facts that a row's own record, and the human it tells of, contribute to a column, by who sees them."""

    def under(fact: Field) -> str:
        return seen if sql.disclosed else both([seen, sql.sight.shows(fact, alias, sure=True)])

    if isinstance(expr, Kept):
        told.setdefault((alias, keeps(sql, expr, alias)), set()).add("remainder")
    elif isinstance(expr, Csv | Tally):
        manys.setdefault((repr(expr.many.via), id(expr.many.where)), expr.many)
    elif isinstance(expr, Told):
        condition, person = under(expr), sql.join(alias, expr.through)
        told.setdefault((alias, condition), set()).add(expr.through.name)
        told.setdefault((person, condition), set())
        _bare(expr.fact, expr.through.target, person, condition, told, manys, sql)
    elif isinstance(expr, Computed):
        _bare(expr.value, of, alias, under(expr), told, manys, sql)
    elif isinstance(expr, Path):
        expr = expr.steps[0]
        _facts(expr, of, alias, seen, told, manys, sql)
    elif isinstance(expr, Field) and expr.stored:
        # A condition on other records names their facts, which are none of this one's.
        if issubclass(of, expr.owner):
            told.setdefault((alias, under(expr)), set()).add(expr.name)
    elif not isinstance(expr, MarkString | Latest):
        for part in expr.parts():
            _facts(part, of, alias, seen, told, manys, sql)


def _bare(
    expr: Expr,
    of: type[Record],
    alias: str,
    seen: str,
    told: dict[tuple[str, str], set[str]],
    manys: dict[tuple[str, int], Many],
    sql: Statement,
) -> None:
    with sql.disclosing():
        _facts(expr, of, alias, seen, told, manys, sql)


_QUIET = "0"
"""A stamp that is less than any other: what a row has no other stamp beside is still two values to compare."""


def _newest(flavour: Flavour, alias: str, names: set[str], seen: str) -> str:
    """The newest stamp of the facts named, or of any when none is, where they may be seen; "" when none has changed."""
    listed = f" WHERE key IN ({quoted(sorted(names))})" if names else ""
    newest = f"(SELECT max(CAST(value AS BIGINT)) FROM {flavour.members(f'{alias}.changed')}{listed})"
    shown = f"{alias}.changed IS NOT NULL" + (f" AND {seen}" if seen else "")
    return _QUIET if seen == NEVER else f"CASE WHEN {shown} THEN coalesce({newest}, {_QUIET}) ELSE {_QUIET} END"


def made(sql: Statement, expr: Made, alias: str) -> str:
    return moment(made_number(sql.of, alias))


def number_of_making(sql: Statement, expr: MadeNumber, alias: str) -> str:
    return made_number(sql.of, alias)


def written_number(sql: Statement, expr: WrittenNumber, alias: str) -> str:
    return f"{alias}.seq"


STAMPS: dict[type[Expr], Writes] = {
    LastUpdated: last_updated,
    Version: version,
    Latest: latest,
    Made: made,
    Appeared: appeared,
    AppearedNumber: appeared_number,
    MadeNumber: number_of_making,
    WrittenNumber: written_number,
}
