"""One SELECT in the making: questions, values and conditions turned into SQL, as a sight lets them be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..fields import (
    RECORDS,
    All,
    Arg,
    AsText,
    Called,
    Coalesce,
    Compare,
    Computed,
    Condition,
    Csv,
    Down,
    Either,
    Expr,
    Field,
    First,
    Given,
    HubId,
    Initial,
    Kept,
    KeptValue,
    Key,
    Known,
    LastUpdated,
    Listed,
    Literal,
    Made,
    Many,
    Mapped,
    MarkString,
    Matches,
    Nested,
    Not,
    OneOf,
    Path,
    Question,
    Record,
    Ref,
    Rows,
    Some,
    Split,
    Tally,
    Told,
    Truth,
    Value,
    Version,
    When,
    Within,
    Words,
    WriteNumber,
)
from ..model.people import Person
from .sights import NEVER, Sight

TEXT_STAMP = 23
"""The length of the moment at the head of a stamp; the number of the write follows it."""


@dataclass
class Names:
    """Aliases that are used once in a statement."""

    used: int = 0

    def new(self) -> str:
        self.used += 1
        return f"t{self.used}"


@dataclass
class Statement:
    """One SELECT in the making: the tables it joins, the records it reads."""

    of: type[Record]
    sight: Sight
    hashed: list[tuple[str, Expr]]
    names: Names = field(default_factory=Names)
    reads: set[str] = field(default_factory=set[str])
    nested: set[str] = field(default_factory=set[str])
    dated: bool = False
    slots: tuple[str, str] | None = None
    disclosed: bool = False
    """Whether a scope of its own covers what is being read, so that no fact asks for itself."""

    def __post_init__(self) -> None:
        self.base = self.names.new()
        self.joins: list[str] = []
        self.joined: dict[tuple[str, str], str] = {}
        self.direct: dict[str, Ref] = {}
        (self.nested if self.of.view else self.reads).update(self.of.over)

    # ---- the parts of a statement

    def json(self, columns: list[tuple[str, Expr]]) -> str:
        pairs = ", ".join(f"{_quote(name)}, {self.expr(expr)}" for name, expr in columns)
        return f"CAST(json_object({pairs}) AS BLOB)"

    def tables(self) -> str:
        return " ".join([f'"{self.of.table}" {self.base}', *self.joins])

    def where(self, condition: Condition, *, few: bool = False) -> str:
        # SQLite would walk through the school's rows in order rather than look up the one that is called for;
        # a column with a plus before it has no index.
        bounds = self.sight.bounds(self.of, self.base, self.names.new, "+" if few or _names_one(condition) else "")
        self.human(self.of)
        return " AND ".join([*bounds, self.condition(condition)])

    def human(self, record: type[Record]) -> None:
        """Whether a human is there depends on their roles."""
        if record is Person:
            self.nested.update(kind.__name__ for kind in RECORDS.values() if kind.human)

    def order(self, order: tuple[Expr, ...], *, few: bool = False) -> str:
        # Every index ends in the row's own number, so that what it orders is ordered to the last.
        last = f"{self.base}.id" if self.of.view else f"{self.base}.rowid"
        down = " DESC" if order and isinstance(order[-1], Down) else ""
        # A value with a plus before it is in no index.
        return ", ".join(f"{'+' if few else ''}{one}" for one in [*map(self.expr, order), last + down])

    def moved(self) -> dict[str, str]:
        """For each kind, the hub ids of rows that were written, or refer to one that was written or is gone."""
        if self.of.view or self.sight.follows:
            return {}
        table = self.of.table
        # The plus keeps SQLite from walking through all rows of the school.
        own = " AND ".join(self.sight.bounds(self.of, "b", self.names.new, "+"))
        found = {self.of.__name__: [f'SELECT b.id FROM "{table}" b WHERE {own} AND b.seq > :since']}
        found[self.of.__name__].append(_gone(self.of))
        for name, ref in self.direct.items():
            written = f'SELECT id FROM "{ref.target.table}" WHERE district = :district AND seq > :since'
            those = (
                f'SELECT b.id FROM "{table}" b WHERE {own} AND b."{name}" IN ({written} UNION ALL {_gone(ref.target)})'
            )
            found.setdefault(ref.target.__name__, []).append(those)
        return {kind: " UNION ".join(parts) for kind, parts in found.items()}

    def with_(self) -> str:
        if self.slots is None:
            return ""
        first, last = self.slots
        return (
            f"WITH RECURSIVE day(date) AS (SELECT {first} UNION ALL SELECT date(date, '+1 day') FROM day"
            f" WHERE date < {last}), slot(date, session) AS MATERIALIZED (SELECT date, session FROM day,"
            " (SELECT 'AM' AS session UNION ALL SELECT 'PM')) "
        )

    def join(self, alias: str, ref: Ref) -> str:
        """The alias of the record that a reference points at; what the grant hides is not joined."""
        known = self.joined.get((alias, ref.name))
        if known:
            return known
        other = self.names.new()
        if alias == self.base:
            self.direct[ref.name] = ref
            self.reads.update(ref.target.over)
        else:
            self.nested.update(ref.target.over)
        self.human(ref.target)
        on = [f"{other}.district = :district", f'{other}.id = {alias}."{ref.name}"']
        on += self.sight.linked(ref.target, other)
        self.joins.append(f'LEFT JOIN "{ref.target.table}" {other} ON {" AND ".join(on)}')
        self.joined[alias, ref.name] = other
        return other

    def child(self, many: Many, parent: str, *, disclosed: bool = False) -> tuple[Statement, str]:
        """A SELECT of the many records of a parent row, and the condition that makes them its own."""
        inner = self.inner(many.child, [])
        inner.disclosed = disclosed or self.disclosed
        own = [f"{inner.base}.district = :district", f'{inner.base}."{many.via.name}" = {parent}.id']
        own += self.sight.part(many.child, inner.base, many.via.target, disclosed=inner.disclosed)
        own.append(inner.condition(many.where))
        return inner, " AND ".join(own)

    def inner(self, of: type[Record], hashed: list[tuple[str, Expr]]) -> Statement:
        """A statement within this one: what it reads is read in a roundabout way."""
        return Statement(of, self.sight, hashed, self.names, self.nested, self.nested)

    # ---- values

    def expr(self, expr: Expr, alias: str = "") -> str:
        for kind, method in _EXPRESSIONS:
            if isinstance(expr, kind):
                return method(self, expr, alias or self.base)
        raise TypeError(f"{type(expr).__name__} has no SQL")

    def field(self, expr: Field, alias: str) -> str:
        return self.shown(expr, alias, f'{alias}."{expr.name}"')

    def shown(self, expr: Field, alias: str, value: str) -> str:
        """A fact where it may be seen, else null."""
        if self.disclosed:
            return value
        if expr.owner is Person:
            self.human(Person)
        return _where(self.sight.shows(expr, alias, self.names.new, sure=alias == self.base), value)

    def bare(self, expr: Expr, alias: str) -> str:
        """A value whose parts are disclosed by what holds it."""
        before, self.disclosed = self.disclosed, True
        try:
            return self.expr(expr, alias)
        finally:
            self.disclosed = before

    def told(self, expr: Told, alias: str) -> str:
        return self.shown(expr, alias, self.bare(expr.fact, self.join(alias, expr.through)))

    def computed(self, expr: Computed, alias: str) -> str:
        return self.shown(expr, alias, self.bare(expr.value, alias))

    def path(self, expr: Path, alias: str) -> str:
        seen: list[str] = []
        for step in expr.steps:
            if not self.disclosed:
                seen.append(self.sight.shows(step, alias, self.names.new, sure=alias == self.base))
            alias = self.join(alias, step)
        tells = expr.end.name in expr.steps[-1].tells
        value = self.bare(expr.end, alias) if tells else self.expr(expr.end, alias)
        return _where(_both(seen), value)

    def hub_id(self, expr: HubId, alias: str) -> str:
        return f"{alias}.id"

    def made(self, expr: Made, alias: str) -> str:
        return f"substr({alias}.made, 1, {TEXT_STAMP})"

    def kept(self, expr: Kept, alias: str) -> str:
        value = f"{alias}.remainder -> '$.{expr.dialect}'"
        return f"json(coalesce({_where(self.keeps(expr, alias), value)}, 'null'))"

    def kept_value(self, expr: KeptValue, alias: str) -> str:
        path = ".".join((expr.kept.dialect, *expr.path))
        return _where(self.keeps(expr.kept, alias), f"{alias}.remainder ->> '$.{path}'")

    def write_number(self, expr: WriteNumber, alias: str) -> str:
        return f"{alias}.seq"

    def keeps(self, expr: Kept, alias: str) -> str:
        """Whether what was written beside the facts is shown."""
        if self.disclosed:
            return ""
        if expr.role is None:
            return self.sight.allows(expr.of, alias, expr.need)
        self.human(Person)
        return self.sight.remembers(expr.role, alias, expr.need, self.names.new)

    def nested_object(self, expr: Nested, alias: str) -> str:
        pairs = ", ".join(f"{_quote(name)}, {self.expr(value, alias)}" for name, value in expr.members.items())
        # A merge patch (RFC 7396) into nothing leaves out what is null.
        return f"json_patch('{{}}', json_object({pairs}))" if expr.prune else f"json_object({pairs})"

    def split(self, expr: Split, alias: str) -> str:
        value = self.expr(expr.value, alias)
        # json_quote writes an unknown value as the word null, a text that says so as "null".
        quoted = f"NULLIF(json_quote(NULLIF({value}, '')), 'null')"
        return f"""json(coalesce('[' || replace({quoted}, ',', '","') || ']', '[]'))"""

    def truth(self, expr: Truth, alias: str) -> str:
        return f"json(CASE {self.expr(expr.value, alias)} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"

    def down(self, expr: Down, alias: str) -> str:
        return f"{self.expr(expr.value, alias)} DESC"

    def words(self, expr: Words, alias: str) -> str:
        parts = [_quote(v) if isinstance(v, str) else self.expr(v, alias) for v in expr.values]
        if isinstance(expr, Key):
            return f"({' || '.join(parts)})"
        filled = [p if isinstance(v, str) else f"NULLIF({p}, '')" for p, v in zip(parts, expr.values, strict=True)]
        return f"NULLIF(concat_ws({_quote(expr.separator)}, {', '.join(filled)}), '')"

    def initial(self, expr: Initial, alias: str) -> str:
        return f"substr({self.expr(expr.value, alias)}, 1, 1)"

    def mapped(self, expr: Mapped, alias: str) -> str:
        cases = " ".join(f"WHEN {_quote(k)} THEN {_quote(v)}" for k, v in expr.words.items())
        return f"CASE {self.expr(expr.value, alias)} {cases} ELSE {_quote(expr.otherwise)} END"

    def when(self, expr: When, alias: str) -> str:
        cases = " ".join(f"WHEN {self.condition(c, alias)} THEN {_quote(v)}" for c, v in expr.cases)
        return f"CASE {cases} ELSE {_quote(expr.otherwise)} END"

    def as_text(self, expr: AsText, alias: str) -> str:
        return f"CAST({self.expr(expr.value, alias)} AS TEXT)"

    def literal(self, expr: Literal, alias: str) -> str:
        return _quote(expr.value)

    def given(self, expr: Given, alias: str) -> str:
        return self.value(expr.arg)

    def of_many(self, expr: Csv, alias: str) -> tuple[Statement, str, str]:
        """What is read of each of many records: the statement, its rows, and what it needs to be shown at all."""
        inner, own = self.child(expr.many, alias, disclosed=expr.scope is not None)
        self.dated |= inner.dated
        covered = expr.scope is not None and not self.disclosed
        seen = self.sight.allows(expr.many.via.target, alias, expr.scope) if covered and expr.scope else ""
        return inner, own, seen

    def csv(self, expr: Csv, alias: str) -> str:
        inner, own, seen = self.of_many(expr, alias)
        what = inner.expr(expr.what)
        every = f"SELECT DISTINCT {what} AS x FROM {inner.tables()} WHERE {own}"
        return _where(seen, f"(SELECT group_concat(x, {_quote(expr.separator)} ORDER BY length(x), x) FROM ({every}))")

    def first(self, expr: First, alias: str) -> str:
        inner, own, seen = self.of_many(expr, alias)
        what = inner.expr(expr.what)
        return _where(seen, f"(SELECT {what} FROM {inner.tables()} WHERE {own} LIMIT 1)")

    def listed(self, expr: Listed, alias: str) -> str:
        inner, own, seen = self.of_many(expr, alias)
        what = inner.expr(expr.what)
        every = f"SELECT DISTINCT {what} AS x FROM {inner.tables()} WHERE {own}"
        values = f"SELECT json_group_array(x ORDER BY x) FROM ({every}) WHERE x IS NOT NULL"
        return f"json(coalesce({_where(seen, f'({values})')}, '[]'))"

    def rows(self, expr: Rows, alias: str) -> str:
        inner, own, seen = self.of_many(expr, alias)
        what = inner.expr(expr.what)
        order = ", ".join([*(inner.expr(o) for o in expr.order), f"+{inner.base}.id"])
        every = f"SELECT {what} AS x FROM {inner.tables()} WHERE {own} ORDER BY {order}"
        return f"json(coalesce({_where(seen, f'(SELECT json_group_array(json(x)) FROM ({every}))')}, '[]'))"

    def coalesce(self, expr: Coalesce, alias: str) -> str:
        return f"coalesce({', '.join(self.expr(v, alias) for v in expr.values)})"

    def tally(self, expr: Tally, alias: str) -> str:
        covered = expr.scope is not None
        inner, own = self.child(expr.many, alias, disclosed=covered)
        where = inner.condition(expr.where)
        self.dated |= inner.dated
        seen = ""
        if expr.scope is not None and not self.disclosed:
            seen = self.sight.allows(expr.many.via.target, alias, expr.scope)
        return _where(seen, f"(SELECT count(*) FROM {inner.tables()} WHERE {own} AND {where})")

    def mark_string(self, expr: MarkString, alias: str) -> str:
        self.slots = (self.value(expr.first), self.value(expr.last))
        inner, own = self.child(expr.many, alias)
        mark = f"LEFT JOIN {inner.tables()} ON {inner.base}.date = slot.date AND {inner.base}.session = slot.session"
        letter = f"coalesce(substr({inner.base}.mark, 1, 1), {_quote(expr.gap)})"
        return f"(SELECT group_concat({letter}, '' ORDER BY slot.date, slot.session) FROM slot {mark} AND {own})"

    def last_updated(self, expr: LastUpdated, alias: str) -> str:
        return self.cut(self.stamp(alias), alias, f"1, {TEXT_STAMP}")

    def version(self, expr: Version, alias: str) -> str:
        return f"CAST({self.cut(self.stamp(alias), alias, str(TEXT_STAMP + 1))} AS INTEGER)"

    def cut(self, stamp: tuple[str, list[str]], alias: str, piece: str) -> str:
        """A piece of the newest stamp; a row of which nothing has changed has the stamp of its making."""
        newest, changed = stamp
        if not changed:
            return f"substr({newest}, {piece})"
        still = " AND ".join(f"{c} IS NULL" for c in changed)
        return f"CASE WHEN {still} THEN substr({alias}.made, {piece}) ELSE substr({newest}, {piece}) END"

    def stamp(self, alias: str) -> tuple[str, list[str]]:
        """The newest stamp of the facts that the caller may see, and what is null while nothing has changed."""
        told: dict[tuple[str, str], set[str]] = {}
        manys: dict[tuple[str, int], Many] = {}
        for _, column in self.hashed:
            _facts(column, self.of, alias, "", told, manys, self)
        told.setdefault((alias, ""), set())
        stamps = [f"{alias}.made", *(_newest(other, names, seen) for (other, seen), names in told.items() if names)]
        changed = [f"{other}.changed" for other in dict.fromkeys(other for other, _ in told)]
        if self.sight.follows and manys:
            for many in manys.values():
                inner, owned = self.child(many, alias)
                stamps.append(f"coalesce((SELECT max({inner.newest()}) FROM {inner.tables()} WHERE {owned}), '')")
            changed = []
        return f"max({', '.join([*stamps, _QUIET])})", changed

    def newest(self) -> str:
        """The newest stamp of the facts of a part that the caller may see."""
        seen: dict[str, set[str]] = {}
        for field_ in self.of.stored().values():
            condition = self.sight.shows(field_, self.base, self.names.new, sure=False)
            seen.setdefault(condition, set()).add(field_.name)
        whole = not any(seen.keys() - {""})
        stamps = [f"{self.base}.made"]
        for condition, names in seen.items():
            if condition != NEVER:
                stamps.append(_newest(self.base, set() if whole else names, condition))
        return f"max({', '.join([*stamps, _QUIET])})"

    # ---- conditions

    def value(self, value: Value | Arg) -> str:
        if isinstance(value, Arg):
            self.dated |= value.name == "today"
            return f":{value.name}"
        return _quote(value)

    def condition(self, condition: Condition, alias: str = "") -> str:
        alias = alias or self.base
        if isinstance(condition, Compare) and condition.op == "same":
            return f"{self.expr(condition.expr, alias)} = {self.value(condition.value)} COLLATE NOCASE"
        if isinstance(condition, Compare) and isinstance(condition.expr, Version):
            return self.since(condition, condition.expr, alias)
        if isinstance(condition, Matches):
            return _matches(condition.how, self.expr(condition.expr, alias), self.value(condition.value))
        if isinstance(condition, Compare):
            return f"{self.expr(condition.expr, alias)} {condition.op} {self.value(condition.value)}"
        if isinstance(condition, OneOf):
            return f"{self.expr(condition.expr, alias)} IN {self.values(condition)}"
        if isinstance(condition, Known):
            return f"{self.expr(condition.expr, alias)} IS NOT NULL"
        if isinstance(condition, All):
            return (
                f"({' AND '.join(self.condition(c, alias) for c in condition.conditions)})"
                if condition.conditions
                else "1"
            )
        if isinstance(condition, Either):
            return f"({' OR '.join(self.condition(c, alias) for c in condition.conditions)})"
        if isinstance(condition, Not):
            return f"({self.condition(condition.condition, alias)}) IS NOT TRUE"
        if isinstance(condition, Some):
            inner, own = self.child(condition.many, alias)
            where = inner.condition(condition.where)
            self.dated |= inner.dated
            return f"EXISTS (SELECT 1 FROM {inner.tables()} WHERE {own} AND {where})"
        if isinstance(condition, Called):
            return self.called(condition, alias)
        if isinstance(condition, Within):
            return f'{alias}."{condition.ref.name}" IN ({self.ids(condition.question)})'
        raise TypeError(f"{type(condition).__name__} has no SQL")

    def since(self, condition: Compare, expr: Version, alias: str) -> str:
        """Rows by the number of their last change that the caller may see."""
        compared = f"{self.version(expr, alias)} {condition.op} {self.value(condition.value)}"
        if condition.op.startswith(">") and self.stamp(alias)[1] == [f"{alias}.changed"]:
            # The row's own number is never less, and has an index.
            return f"({alias}.seq {condition.op} {self.value(condition.value)} AND {compared})"
        return compared

    def called(self, condition: Called, alias: str) -> str:
        """One look-up in each field's index, instead of a walk through all the rows."""
        table, value = condition.fields[0].owner.table, self.value(condition.value)
        if condition.ref is not None:
            self.nested.update(condition.ref.target.over)
        found = " UNION ALL ".join(
            f'SELECT id FROM "{table}" WHERE {self.sight.called(condition.fields[0].owner)} AND "{f.name}" = {value}'
            for f in condition.fields
        )
        return f'{alias}."{condition.ref.name if condition.ref else "id"}" IN ({found})'

    def values(self, condition: OneOf) -> str:
        if len(condition.values) == 1 and isinstance(condition.values[0], Arg):
            return f"(SELECT value FROM json_each({self.value(condition.values[0])}))"
        return f"({', '.join(self.value(v) for v in condition.values)})"

    def ids(self, question: Question) -> str:
        """A SELECT of the hub ids that a question answers with, page included."""
        hashed = list(question.hashed or question.columns)
        inner = self.inner(question.of, hashed)
        where = inner.where(question.where)
        page = f" ORDER BY {inner.order(question.order)} LIMIT :page OFFSET :before" if question.limited else ""
        self.dated |= inner.dated
        return f"SELECT {inner.base}.id FROM {inner.tables()} WHERE {where}{page}"


def _gone(record: type[Record]) -> str:
    return f"SELECT id FROM history WHERE district = :district AND kind = '{record.__name__}' AND seq > :since"


def _names_one(condition: Condition) -> bool:
    """Whether a condition holds for the one record that is called for, and its parts, at the most."""
    if isinstance(condition, All):
        return any(map(_names_one, condition.conditions))
    if isinstance(condition, Either):
        return all(map(_names_one, condition.conditions))
    return isinstance(condition, Called)


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
        return seen if sql.disclosed else _both([seen, sql.sight.shows(fact, alias, sql.names.new, sure=True)])

    if isinstance(expr, Kept):
        told.setdefault((alias, sql.keeps(expr, alias)), set()).add("remainder")
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
    elif not isinstance(expr, MarkString):
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
    before, sql.disclosed = sql.disclosed, True
    try:
        _facts(expr, of, alias, seen, told, manys, sql)
    finally:
        sql.disclosed = before


_QUIET = "''"
"""A stamp that is less than any other: with a single value, SQLite's max() would be the one over all rows."""


def _newest(alias: str, names: set[str], seen: str) -> str:
    """The newest stamp of the facts named, or of any when none is, where they may be seen; "" when none has changed."""
    listed = f" WHERE key IN ({', '.join(_quote(n) for n in sorted(names))})" if names else ""
    newest = f"(SELECT max(value) FROM json_each({alias}.changed){listed})"
    shown = f"{alias}.changed IS NOT NULL" + (f" AND {seen}" if seen else "")
    return _QUIET if seen == NEVER else f"CASE WHEN {shown} THEN coalesce({newest}, '') ELSE '' END"


def _where(seen: str, value: str, otherwise: str = "NULL") -> str:
    """A value where a condition holds."""
    if not seen:
        return value
    if seen == NEVER:
        return otherwise
    return f"CASE WHEN {seen} THEN {value} ELSE {otherwise} END"


def _both(conditions: list[str]) -> str:
    """All of the conditions; those that say nothing are left out."""
    said = [c for c in conditions if c]
    return NEVER if NEVER in said else " AND ".join(said)


_MATCHED = {
    "contains": "instr({0}, {1}) > 0",
    "starts": "substr({0}, 1, length({1})) = {1}",
    "ends": "({1} = '' OR substr({0}, -length({1})) = {1})",
    "equals": "{0} = {1}",
}


def _matches(how: str, text: str, value: str) -> str:
    plain = _MATCHED.get(how)
    if plain is None:
        return _MATCHED[how.removeprefix("i")].format(f"fold({text})", f"fold({value})")
    return plain.format(text, value)


def _quote(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


_Method = Callable[[Statement, Any, str], str]
_EXPRESSIONS: tuple[tuple[type[Expr], _Method], ...] = (
    (Version, Statement.version),
    (Made, Statement.made),
    (WriteNumber, Statement.write_number),
    (HubId, Statement.hub_id),
    (KeptValue, Statement.kept_value),
    (Kept, Statement.kept),
    (Nested, Statement.nested_object),
    (Truth, Statement.truth),
    (Split, Statement.split),
    (Rows, Statement.rows),
    (Listed, Statement.listed),
    (Down, Statement.down),
    (Told, Statement.told),
    (Computed, Statement.computed),
    (Field, Statement.field),
    (Path, Statement.path),
    (Words, Statement.words),
    (Initial, Statement.initial),
    (Mapped, Statement.mapped),
    (When, Statement.when),
    (AsText, Statement.as_text),
    (Literal, Statement.literal),
    (Given, Statement.given),
    (First, Statement.first),
    (Csv, Statement.csv),
    (Coalesce, Statement.coalesce),
    (Tally, Statement.tally),
    (MarkString, Statement.mark_string),
    (LastUpdated, Statement.last_updated),
)
