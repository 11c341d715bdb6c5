"""Questions turned into SQL whose result is the JSON of each row; compiled once for each kind of grant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..fields import (
    All,
    Arg,
    AsText,
    Called,
    Coalesce,
    Compare,
    Computed,
    Condition,
    Csv,
    Either,
    Expr,
    Field,
    First,
    Given,
    Initial,
    Key,
    Known,
    LastUpdated,
    Literal,
    Many,
    Mapped,
    MarkString,
    Not,
    OneOf,
    Path,
    Question,
    Record,
    Ref,
    RowHash,
    Some,
    Tally,
    Told,
    Value,
    When,
    Within,
    Words,
)
from ..model.organisation import District, School

Guards = Mapping[str, str]
"""For each kind of human that a grant names one by one: `only` those chosen, or all `except` them."""

TEXT_STAMP = 23
"""The length of the moment at the head of a stamp."""


@dataclass(frozen=True)
class Plan:
    """A question as SQL, each row one JSON object; parameters are `:district`, `:school`, `:grant`, `:today` and the
    question's own arguments, `:limit` and `:offset`, and `:page` and `:before` for the rows that these are parts of.

    `rows` yields (shown) or, where a RowHash is shown, (shown, hashed). `keyed` yields the row's hub id and key before
    them, `some` does so for the rows whose hub ids stand in the JSON list `:only`. `moved` yields the hub ids of the
    rows that may be other ones since a kind of record stood at `:since`, for each kind that they are made of, except
    those in `nested`, which are read in a roundabout way.
    """

    rows: str
    keyed: str
    some: str
    moved: dict[str, str]
    count: str
    reads: frozenset[str]
    nested: frozenset[str]
    dated: bool
    row_hash: str | None


def plan(question: Question, guards: Guards) -> Plan:
    """Compile a question for grants with these guards; columns that a caller may not see must be gone already."""
    shown = [(name, expr) for name, expr in question.columns if not isinstance(expr, RowHash)]
    marks = [name for name, expr in question.columns if isinstance(expr, RowHash)]
    hashed = [(n, e) for n, e in (question.hashed or question.columns) if not isinstance(e, RowHash)]
    sql = _Sql(question.of, guards, hashed)
    bodies = [sql.json(shown)]
    if marks:
        # The digest is over the whole row; where that is what is shown, once is enough.
        same = [n for n, _ in shown] == [n for n, _ in hashed]
        bodies.append("NULL" if same else sql.json(hashed))
    key = sql.expr(question.key) if question.key is not None else f"{sql.base}.id"
    where = sql.where(question.where)
    order = sql.order(question.order)
    source = f"FROM {sql.tables()} WHERE {where}"
    tail = f"{source} ORDER BY {order} LIMIT :limit OFFSET :offset"
    columns = ", ".join([f"{sql.base}.id", key, *bodies])
    some = f"{source} AND {sql.base}.id IN (SELECT value FROM json_each(:only)) ORDER BY {order}"
    counted = _Sql(question.of, guards, hashed)
    counted_where = counted.where(question.where)
    return Plan(
        rows=f"{sql.with_()}SELECT {', '.join(bodies)} {tail}",
        keyed=f"{sql.with_()}SELECT {columns} {tail}",
        some=f"{sql.with_()}SELECT {columns} {some}".replace(f" {sql.base}.school =", f" +{sql.base}.school ="),
        moved=sql.moved(),
        count=f"{counted.with_()}SELECT count(*) FROM {counted.tables()} WHERE {counted_where}",
        reads=frozenset(sql.reads | sql.nested),
        nested=frozenset(sql.nested),
        dated=sql.dated or counted.dated,
        row_hash=marks[0] if marks else None,
    )


@dataclass
class _Names:
    """Aliases that are used once in a statement."""

    used: int = 0

    def new(self) -> str:
        self.used += 1
        return f"t{self.used}"


@dataclass
class _Sql:
    """One SELECT in the making: the tables it joins, the records it reads."""

    of: type[Record]
    guards: Guards
    hashed: list[tuple[str, Expr]]
    names: _Names = field(default_factory=_Names)
    reads: set[str] = field(default_factory=set[str])
    nested: set[str] = field(default_factory=set[str])
    dated: bool = False
    slots: tuple[str, str] | None = None

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

    def where(self, condition: Condition) -> str:
        return " AND ".join([*self.bounds(condition), *self.guarded(self.of, self.base), self.condition(condition)])

    def bounds(self, condition: Condition) -> list[str]:
        """One district, one school: nothing else can be read."""
        # SQLite would walk through the school's rows in order rather than look up the one that is called for;
        # a column with a plus before it has no index.
        plus = "+" if _names_one(condition) else ""
        bound = [f"{self.base}.district = :district"]
        school = self.of.fields.get("school")
        if self.of is School:
            bound.append(f"{self.base}.id = :school")
        elif isinstance(school, Ref):
            own = f"{plus}{self.base}.school = :school"
            bound.append(own if school.part_of else f"({own} OR {self.base}.school IS NULL)")
        elif self.of is not District:
            raise TypeError(f"{self.of.__name__} is read through a role at a school")
        return bound

    def order(self, order: tuple[Expr, ...]) -> str:
        # Every index ends in the row's own number, so that what it orders is ordered to the last.
        return ", ".join([*map(self.expr, order), f"{self.base}.id" if self.of.view else f"{self.base}.rowid"])

    def moved(self) -> dict[str, str]:
        """For each kind, the hub ids of rows that were written, or refer to one that was written or is gone."""
        if self.of.view:
            return {}
        table = self.of.table
        # The plus keeps SQLite from walking through all rows of the school.
        own = "b.district = :district" + (" AND +b.school = :school" if "school" in self.of.fields else "")
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

    def guarded(self, record: type[Record], alias: str) -> list[str]:
        """A row is hidden with the human that it is, or is a part of."""
        found = [self.guard(record, f"{alias}.id")] if record.human else []
        found += [
            self.guard(ref.target, f'{alias}."{name}"')
            for name, ref in record.refs().items()
            if ref.part_of and ref.target.human
        ]
        return [g for g in found if g]

    def guard(self, record: type[Record], identity: str) -> str:
        mode = self.guards.get(record.__name__)
        if mode is None:
            return ""
        chosen = f"""SELECT 1 FROM chosen WHERE "grant" = :grant AND kind = '{record.__name__}' AND id = {identity}"""
        return f"{'' if mode == 'only' else 'NOT '}EXISTS ({chosen})"

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
        on = [f"{other}.district = :district", f'{other}.id = {alias}."{ref.name}"']
        on += self.guarded(ref.target, other)
        self.joins.append(f'LEFT JOIN "{ref.target.table}" {other} ON {" AND ".join(on)}')
        self.joined[alias, ref.name] = other
        return other

    def child(self, many: Many, parent: str) -> tuple[_Sql, str]:
        """A SELECT of the many records of a parent row, and the condition that makes them its own."""
        inner = _Sql(many.child, self.guards, [], self.names, self.nested, self.nested)
        own = [f"{inner.base}.district = :district", f'{inner.base}."{many.via.name}" = {parent}.id']
        own += inner.guarded(many.child, inner.base)
        own.append(inner.condition(many.where))
        return inner, " AND ".join(own)

    # ---- values

    def expr(self, expr: Expr, alias: str = "") -> str:
        for kind, method in _EXPRESSIONS:
            if isinstance(expr, kind):
                return method(self, expr, alias or self.base)
        raise TypeError(f"{type(expr).__name__} has no SQL")

    def field(self, expr: Field, alias: str) -> str:
        return f'{alias}."{expr.name}"'

    def told(self, expr: Told, alias: str) -> str:
        return self.expr(expr.fact, self.join(alias, expr.through))

    def computed(self, expr: Computed, alias: str) -> str:
        return self.expr(expr.value, alias)

    def path(self, expr: Path, alias: str) -> str:
        for step in expr.steps:
            alias = self.join(alias, step)
        return self.expr(expr.end, alias)

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

    def csv(self, expr: Csv, alias: str) -> str:
        inner, own = self.child(expr.many, alias)
        what = inner.expr(expr.what)
        self.dated |= inner.dated
        every = f"SELECT DISTINCT {what} AS x FROM {inner.tables()} WHERE {own}"
        return f"(SELECT group_concat(x, {_quote(expr.separator)} ORDER BY length(x), x) FROM ({every}))"

    def first(self, expr: First, alias: str) -> str:
        inner, own = self.child(expr.many, alias)
        what = inner.expr(expr.what)
        self.dated |= inner.dated
        return f"(SELECT {what} FROM {inner.tables()} WHERE {own} LIMIT 1)"

    def coalesce(self, expr: Coalesce, alias: str) -> str:
        return f"coalesce({', '.join(self.expr(v, alias) for v in expr.values)})"

    def tally(self, expr: Tally, alias: str) -> str:
        inner, own = self.child(expr.many, alias)
        where = inner.condition(expr.where)
        self.dated |= inner.dated
        return f"(SELECT count(*) FROM {inner.tables()} WHERE {own} AND {where})"

    def mark_string(self, expr: MarkString, alias: str) -> str:
        self.slots = (self.value(expr.first), self.value(expr.last))
        inner, own = self.child(expr.many, alias)
        mark = f"LEFT JOIN {inner.tables()} ON {inner.base}.date = slot.date AND {inner.base}.session = slot.session"
        letter = f"coalesce(substr({inner.base}.mark, 1, 1), {_quote(expr.gap)})"
        return f"(SELECT group_concat({letter}, '' ORDER BY slot.date, slot.session) FROM slot {mark} AND {own})"

    def last_updated(self, expr: LastUpdated, alias: str) -> str:
        told: dict[str, set[str]] = {}
        own: set[str] = set()
        for _, column in self.hashed:
            _facts(column, own, told, self)
        stamps = [f"{alias}.made"]
        changed: list[str] = []
        for other, names in ((alias, own), *told.items()):
            listed = ", ".join(_quote(n) for n in sorted(names))
            changed.append(f"{other}.changed")
            stamps.append(f"coalesce((SELECT max(value) FROM json_each({other}.changed) WHERE key IN ({listed})), '')")
        still = " AND ".join(f"{c} IS NULL" for c in changed)
        return (
            f"CASE WHEN {still} THEN substr({alias}.made, 1, {TEXT_STAMP})"
            f" ELSE substr(max({', '.join(stamps)}), 1, {TEXT_STAMP}) END"
        )

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
        if isinstance(condition, Compare):
            return f"{self.expr(condition.expr, alias)} {condition.op} {self.value(condition.value)}"
        if isinstance(condition, OneOf):
            return f"{self.expr(condition.expr, alias)} IN {self.listed(condition)}"
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

    def called(self, condition: Called, alias: str) -> str:
        """One look-up in each field's index, instead of a walk through all the rows."""
        table, value = condition.fields[0].owner.table, self.value(condition.value)
        if condition.ref is not None:
            self.nested.update(condition.ref.target.over)
        found = " UNION ALL ".join(
            f'SELECT id FROM "{table}" WHERE district = :district AND school = :school AND "{f.name}" = {value}'
            for f in condition.fields
        )
        return f'{alias}."{condition.ref.name if condition.ref else "id"}" IN ({found})'

    def listed(self, condition: OneOf) -> str:
        if len(condition.values) == 1 and isinstance(condition.values[0], Arg):
            return f"(SELECT value FROM json_each({self.value(condition.values[0])}))"
        return f"({', '.join(self.value(v) for v in condition.values)})"

    def ids(self, question: Question) -> str:
        """A SELECT of the hub ids that a question answers with, page included."""
        hashed = list(question.hashed or question.columns)
        inner = _Sql(question.of, self.guards, hashed, self.names, self.nested, self.nested)
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


def _facts(expr: Expr, own: set[str], told: dict[str, set[str]], sql: _Sql) -> None:
    """The stored facts that a row's own record, and the human it tells of, contribute to a column."""
    if isinstance(expr, Told):
        own.add(expr.through.name)
        names = told.setdefault(sql.join(sql.base, expr.through), set())
        _facts(expr.fact, names, {}, sql)
    elif isinstance(expr, Path):
        own.add(expr.steps[0].name)
    elif isinstance(expr, Field) and expr.stored:
        own.add(expr.name)
    elif not isinstance(expr, Csv | Tally | MarkString):
        for part in expr.parts():
            _facts(part, own, told, sql)


def _quote(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


_Method = Callable[[_Sql, Any, str], str]
_EXPRESSIONS: tuple[tuple[type[Expr], _Method], ...] = (
    (Told, _Sql.told),
    (Computed, _Sql.computed),
    (Field, _Sql.field),
    (Path, _Sql.path),
    (Words, _Sql.words),
    (Initial, _Sql.initial),
    (Mapped, _Sql.mapped),
    (When, _Sql.when),
    (AsText, _Sql.as_text),
    (Literal, _Sql.literal),
    (Given, _Sql.given),
    (First, _Sql.first),
    (Csv, _Sql.csv),
    (Coalesce, _Sql.coalesce),
    (Tally, _Sql.tally),
    (MarkString, _Sql.mark_string),
    (LastUpdated, _Sql.last_updated),
)
