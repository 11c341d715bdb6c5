"""One SELECT in the making: questions, values and conditions turned into SQL, as a sight lets them be seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..fields import (
    RECORDS,
    All,
    Among,
    AppearedNumber,
    Arg,
    Called,
    Compare,
    Computed,
    Condition,
    Down,
    Either,
    Expr,
    Field,
    Known,
    Many,
    Matches,
    Not,
    OneOf,
    Paired,
    Path,
    Question,
    Record,
    Ref,
    Some,
    Told,
    Value,
    Version,
    Within,
)
from ..model.people import Person
from .phrases import both, masked, matches, quote
from .rendering import RENDERERS
from .sights import Sight
from .stamps import since
from .telling import Telling

_SEEN = re.compile(r"\bseen\((?P<kind>\w+), (?P<alias>\w+)\)")


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
    disclosed: bool = False
    """Whether a scope of its own covers what is being read, so that no fact asks for itself."""

    def __post_init__(self) -> None:
        self.base = self.names.new()
        self.joins: list[str] = []
        self.last_joins: list[str] = []
        self.joined: dict[tuple[str, str], str] = {}
        self.direct: dict[str, Ref] = {}
        self.counted: dict[Expr, str] = {}
        self.telling = Telling()
        (self.nested if self.of.derived() else self.reads).update(self.of.over)

    # ---- the parts of a statement

    def json(self, columns: list[tuple[str, Expr]]) -> str:
        pairs = ", ".join(f"{quote(name)}, {self.expr(expr)}" for name, expr in columns)
        return f"CAST(json_object({pairs}) AS BLOB)"

    def tables(self) -> str:
        return " ".join([f"{self.rows(self.of)} {self.base}", *self.joins, *self.last_joins])

    def rows(self, record: type[Record]) -> str:
        """What a record's rows are selected from; a query asks by `seen(Kind, alias)` whether a row may be seen."""
        if not record.query:
            return f'"{record.table}"'

        def seen(asked: re.Match[str]) -> str:
            return " AND ".join(self.sight.linked(RECORDS[asked["kind"]], asked["alias"])) or "1"

        return f"({_SEEN.sub(seen, ' '.join(record.query.split()))})"

    def where(self, condition: Condition, *, few: bool = False) -> str:
        # SQLite would walk through the school's rows in order rather than look up the one that is called for;
        # a column with a plus before it has no index.
        bounds = self.sight.bounds(self.of, self.base, "+" if few or _names_one(condition) else "")
        self.human(self.of)
        return " AND ".join([*bounds, self.condition(condition)])

    def human(self, record: type[Record]) -> None:
        """Whether a human is there depends on their roles."""
        if record is Person:
            self.nested.update(kind.__name__ for kind in RECORDS.values() if kind.human)

    def order(self, order: tuple[Expr, ...], *, few: bool = False) -> str:
        # Every index ends in the row's own number, so that what it orders is ordered to the last.
        last = f"{self.base}.id" if self.of.derived() else f"{self.base}.rowid"
        down = " DESC" if order and isinstance(order[-1], Down) else ""
        # A value with a plus before it is in no index.
        return ", ".join(f"{'+' if few else ''}{one}" for one in [*map(self.expr, order), last + down])

    def moved(self) -> dict[str, str]:
        """For each kind, the hub ids of rows that were written, or refer to one that was written or is gone."""
        if self.of.derived() or self.sight.follows:
            return {}
        table = self.of.table
        # The plus keeps SQLite from walking through all rows of the school.
        own = " AND ".join(self.sight.bounds(self.of, "b", "+"))
        # A row that was written may stand at another school now, or be a part of somebody who is left out.
        written = f'SELECT b.id FROM "{table}" b WHERE b.district = :district AND b.seq > :since'
        found = {self.of.__name__: [written, _gone(self.of)]}
        for name, ref in self.direct.items():
            written = f'SELECT id FROM "{ref.target.table}" WHERE district = :district AND seq > :since'
            those = (
                f'SELECT b.id FROM "{table}" b WHERE {own} AND b."{name}" IN ({written} UNION ALL {_gone(ref.target)})'
            )
            found.setdefault(ref.target.__name__, []).append(those)
        return {kind: " UNION ".join(parts) for kind, parts in found.items()}

    def join(self, alias: str, ref: Ref) -> str:
        """The alias of the record that a reference points at; what the grant hides is not joined."""
        known = self.joined.get((alias, ref.name))
        if known:
            return known
        other = self.names.new()
        # Of rows that are worked out it is not known which of them a record has changed.
        if alias == self.base and not self.of.derived():
            self.direct[ref.name] = ref
            self.reads.update(ref.target.over)
        else:
            self.nested.update(ref.target.over)
        self.human(ref.target)
        on = [f"{other}.district = :district", f'{other}.id = {alias}."{ref.name}"']
        on += self.sight.linked(ref.target, other)
        self.joins.append(f"LEFT JOIN {self.rows(ref.target)} {other} ON {' AND '.join(on)}")
        self.joined[alias, ref.name] = other
        return other

    def child(self, many: Many, parent: str, *, disclosed: bool = False) -> tuple[Statement, str]:
        """A SELECT of the many records of a parent row, and the condition that makes them its own."""
        inner = self.inner(many.child, [])
        inner.disclosed = disclosed or self.disclosed
        own = [f"{inner.base}.district = :district", f'{inner.base}."{many.via.name}" = {parent}.id']
        own += self.sight.part(many.child, inner.base, many.via.target, disclosed=inner.disclosed)
        own.append(inner.condition(many.where))
        # What is asked of the records is not yet shown of them.
        inner.telling = Telling()
        return inner, " AND ".join(own)

    def inner(self, of: type[Record], hashed: list[tuple[str, Expr]]) -> Statement:
        """A statement within this one: what it reads is read in a roundabout way."""
        return Statement(of, self.sight, hashed, self.names, self.nested, self.nested)

    # ---- values

    def expr(self, expr: Expr, alias: str = "") -> str:
        own = alias or self.base
        if isinstance(expr, Told):
            return self.told(expr, own)
        if isinstance(expr, Computed):
            return self.computed(expr, own)
        if isinstance(expr, Field):
            return self.field(expr, own)
        if isinstance(expr, Path):
            return self.path(expr, own)
        for kind, render in RENDERERS:
            if isinstance(expr, kind):
                return render(self, expr, own)
        raise TypeError(f"{type(expr).__name__} has no SQL")

    def field(self, expr: Field, alias: str) -> str:
        return self.shown(expr, alias, f'{alias}."{expr.name}"')

    def shown(self, expr: Field, alias: str, value: str) -> str:
        """A fact where it may be seen, else null."""
        if self.disclosed:
            return value
        if expr.owner is Person:
            self.human(Person)
        return masked(self.sight.shows(expr, alias, sure=alias == self.base), value)

    def bare(self, expr: Expr, alias: str) -> str:
        """A value whose parts are disclosed by what holds it."""
        before, self.disclosed = self.disclosed, True
        try:
            return self.expr(expr, alias)
        finally:
            self.disclosed = before

    def told(self, expr: Told, alias: str) -> str:
        person = self.join(alias, expr.through)
        self.telling.reached(expr.through, person, "", own=alias == self.base)
        return self.shown(expr, alias, self.bare(expr.fact, person))

    def computed(self, expr: Computed, alias: str) -> str:
        return self.shown(expr, alias, self.bare(expr.value, alias))

    def path(self, expr: Path, alias: str) -> str:
        seen: list[str] = []
        for step in expr.steps:
            if not self.disclosed:
                seen.append(self.sight.shows(step, alias, sure=alias == self.base))
            own, alias = alias == self.base, self.join(alias, step)
            self.telling.reached(step, alias, both(seen), own=own)
        tells = expr.end.name in expr.steps[-1].tells
        value = self.bare(expr.end, alias) if tells else self.expr(expr.end, alias)
        return masked(both(seen), value)

    # ---- conditions

    def value(self, value: Value | Arg) -> str:
        if isinstance(value, Arg):
            self.dated |= value.name == "today"
            return f":{value.name}"
        return quote(value)

    def condition(self, condition: Condition, alias: str = "") -> str:
        alias = alias or self.base
        if isinstance(condition, Compare) and condition.op == "same":
            return f"{self.expr(condition.expr, alias)} = {self.value(condition.value)} COLLATE NOCASE"
        if isinstance(condition, Compare) and isinstance(condition.expr, Version | AppearedNumber):
            return since(self, condition, condition.expr, alias)
        if isinstance(condition, Matches):
            return matches(condition.how, self.expr(condition.expr, alias), self.value(condition.value))
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
        if isinstance(condition, Among):
            return f"{alias}.id IN (SELECT value FROM json_each({self.value(condition.ids)}))"
        if isinstance(condition, Paired):
            return self.paired(condition, alias)
        if isinstance(condition, Within):
            return f'{alias}."{condition.ref.name}" IN ({self.ids(condition.question)})'
        raise TypeError(f"{type(condition).__name__} has no SQL")

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

    def paired(self, condition: Paired, alias: str) -> str:
        """Look-ups in lists that are made once, whatever the number of rows."""
        first, (one, other), source, alone = self.expr(condition.first, alias), *self.pairs(condition.pairs)
        known = f"{first} IN (SELECT {one} {source})"
        if condition.second is None:
            return known
        second = self.expr(condition.second, alias)
        if isinstance(condition.pairs, Arg):
            second = f"coalesce({second}, '')"
        either = (
            f"{first} IN (SELECT {one} {source} AND {alone}) OR ({first}, {second}) IN (SELECT {one}, {other} {source})"
        )
        return f"({known} AND ({either}))"

    def pairs(self, pairs: Arg | Question) -> tuple[tuple[str, str], str, str]:
        """The two values of a pair, what they are selected from, and whether the second is left open."""
        if isinstance(pairs, Arg):
            source = f"FROM json_each({self.value(pairs)}) WHERE 1"
            return ("value ->> 0", "value ->> 1"), source, "json_array_length(value) = 1"
        (_, first), (_, second) = pairs.columns
        inner = self.inner(pairs.of, [])
        one, other = inner.expr(first), inner.expr(second)
        where = inner.where(pairs.where)
        self.dated |= inner.dated
        return (one, other), f"FROM {inner.tables()} WHERE {where}", f"{other} IS NULL"

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
    """Whether a condition holds for the records that are called for, and their parts, at the most."""
    if isinstance(condition, All):
        return any(map(_names_one, condition.conditions))
    if isinstance(condition, Either):
        return all(map(_names_one, condition.conditions))
    return isinstance(condition, Called | Among)
