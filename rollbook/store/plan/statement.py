"""One SELECT in the making: the tables it joins and the records it reads, as a sight lets them be seen.

How each kind of value and of condition is written is said by a grammar, which the modules above this one make up.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ...fields import (
    RECORDS,
    All,
    Among,
    Arg,
    Called,
    Condition,
    Day,
    Down,
    Either,
    Expr,
    Field,
    HubId,
    Many,
    Record,
    Ref,
    Value,
    Within,
)
from ...model.people import Person
from . import derived
from .flavour import Column, Flavour
from .gathered import Gathering
from .phrases import every, masked, quote
from .sights import Sight
from .steps import Step, Trace
from .telling import Telling

Writes = Callable[["Statement", Any, str], str]
"""Writes a value or a condition as SQL, of the row with an alias."""


@dataclass(frozen=True)
class Grammar:
    """How each kind of value and of condition is written.

    A kind that is not named is written as the nearest one that it is a special case of.
    """

    values: Mapping[type[Expr], Writes]
    conditions: Mapping[type[Condition], Writes]


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
    grammar: Grammar
    names: Names = field(default_factory=Names)
    reads: set[str] = field(default_factory=set[str])
    nested: set[str] = field(default_factory=set[str])
    """The kinds that are read in a roundabout way, so that it is not known which rows they are read for."""
    traces: dict[Trace, None] = field(default_factory=dict[Trace, None])
    """How everything else that is read is reached from the rows of the outermost statement."""
    trace: Trace | None = ()
    """How the rows of this one are; None in a roundabout way."""
    dated: bool = False
    disclosed: bool = False
    """Whether a scope of its own covers what is being read, so that no fact asks for itself."""
    few: bool = False
    """Whether conditions are asked of few rows: what these refer to is asked, of whatever page, and not listed."""

    def __post_init__(self) -> None:
        self.base = self.names.new()
        self.joins: list[str] = []
        self.last_joins: list[str] = []
        self.joined: dict[tuple[str, str], str] = {}
        self.stored = derived.ROWS_OF.get(self.of, self.of)
        """The kind of record that is stored of whom the rows are, as far as that is known."""
        self.reached: dict[str, Trace | None] = {self.base: None if self.stored.derived() else self.trace}
        self.counted: dict[Expr, str] = {}
        self.gatherings: list[Gathering] = []
        self.made: dict[Expr, tuple[int, int]] = {}
        self.telling = Telling()
        self.nested.update({*self.of.over} - {self.stored.__name__})
        self.reads.update({*self.of.over} & {self.stored.__name__})
        self._stands_for(self.of, self.base)

    @property
    def flavour(self) -> Flavour:
        """The flavour of the database that is read."""
        return self.sight.flavour

    # ---- values and conditions

    def expr(self, expr: Expr, alias: str = "") -> str:
        """A value of a row, of the statement's own unless another one is named."""
        return _nearest(self.grammar.values, expr)(self, expr, alias or self.base)

    def condition(self, condition: Condition, alias: str = "") -> str:
        """A condition on a row, of the statement's own unless another one is named."""
        return _nearest(self.grammar.conditions, condition)(self, condition, alias or self.base)

    def value(self, value: Value | Arg) -> str:
        """A value that is written out, or bound by its name."""
        if isinstance(value, Arg):
            self.dated |= value.name == "today"
            return f":{value.name}"
        return quote(value)

    # ---- the parts of a statement

    def columns(self, columns: list[tuple[str, Expr]]) -> list[Column]:
        """The columns of a row, each with its SQL."""
        return [(name, self.expr(expr)) for name, expr in columns]

    def tables(self) -> str:
        """What is selected from, once everything else is known."""
        return " ".join([f"{self.rows(self.of)} {self.base}", *self.joins, *self.last_joins])

    def rows(self, record: type[Record]) -> str:
        """What a record's rows are selected from."""
        return derived.rows(record, self.flavour, lambda kind, alias: every(self.sight.linked(kind, alias)))

    def where(self, condition: Condition, *, few: bool = False) -> str:
        """The rows of the sight for which a condition holds; `few` that there are not many, wherever they are."""
        few = few or looked_up(self.of, condition)
        return self.within(self.condition(condition), few=few, keyed=by_key(self.of, condition))

    def within(self, condition: str, *, few: bool, keyed: bool = False) -> str:
        """The rows of the sight for which a condition holds, given as SQL; `keyed` that it names their keys."""
        self.human(self.of, self.base)
        self.decided(self.of, self.base)
        # A database would walk through the school's rows in order rather than look up the one that is called for.
        apart = [f'{self.base}."{name}" = {quote(value)}' for name, value in self.of.apart().items()]
        return every([*self.sight.bounds(self.of, self.base, few=few, keyed=keyed), *apart, condition])

    def human(self, record: type[Record], alias: str) -> None:
        """Whether a human is there, and what is told of them, may depend on their roles."""
        if record is Person and self.sight.by_roles:
            for kind in RECORDS.values():
                if kind.human:
                    self.lead(alias, Step(kind, "person", back=True))

    def decided(self, record: type[Record], alias: str) -> None:
        """What decides whether a row is there is read for it."""
        refs, kinds = self.sight.decides(record)
        self.nested.update(kinds)
        for ref in refs:
            self.lead(alias, Step(ref.owner, ref.name, back=ref.owner is not record))

    def lead(self, alias: str, step: Step) -> Trace | None:
        """A row leads to others that are read for it; None where it is not known which rows those are read for."""
        before = self.reached.get(alias)
        stored = derived.ROWS_OF.get(step.record) if not step.back else None
        if stored is step.target:
            return before
        if stored is not None:
            step = Step(stored, step.name)
        if before is None or not step.known:
            self.nested.update(step.to.over)
            return None
        trace = (*before, step)
        self.traces[trace] = None
        self.reads.update(step.to.over)
        return trace

    def _stands_for(self, record: type[Record], alias: str) -> None:
        """What a row is a part of says whom it stands for."""
        for name, ref in record.refs().items():
            if ref.part_of and ref.target.behind:
                self.lead(alias, Step(record, name))

    def order(self, order: tuple[Expr, ...], *, few: bool = False) -> str:
        """The order of the rows, to the last; `few` that they are sorted rather than met on a walk in that order."""
        derived = self.of.derived()
        last = f"{self.base}.{'id' if derived else 'key'}"
        down = bool(order) and isinstance(order[-1], Down)
        final = self._ordered(last, down=down, few=few, known=not derived)
        return ", ".join([*(self.ordered(one, few=few) for one in order), final])

    def ordered(self, by: Expr, *, few: bool = False) -> str:
        """A value to order by."""
        value, down = (by.value, True) if isinstance(by, Down) else (by, False)
        # Days are in the order of their numbers; what refers to others is in the order in which those were made.
        plain = isinstance(value, Day | Ref)
        found = self.shown(value, self.base, self.raw(value, self.base)) if plain else self.expr(value)
        return self._ordered(found, down=down, few=few, known=isinstance(value, HubId) and not value.of.derived())

    def _ordered(self, value: str, *, down: bool, few: bool, known: bool) -> str:
        return self.flavour.ordered(self.flavour.unindexed(value) if few else value, down=down, known=known)

    def raw(self, fact: Field, alias: str) -> str:
        """A stored fact as it is stored: a reference as a key, a `Day` as a number."""
        return f'{alias}."{fact.name}"'

    def join(self, alias: str, ref: Ref) -> str:
        """The alias of the record that a reference points at; what the grant hides is not joined."""
        known = self.joined.get((alias, ref.name))
        if known:
            return known
        other = self.names.new()
        self.reached[other] = self.lead(alias, Step(ref.owner, ref.name))
        self.human(ref.target, other)
        self._stands_for(ref.target, other)
        self.decided(ref.target, other)
        on = [f"{other}.district = :district", f"{other}.key = {self.raw(ref, alias)}"]
        on += self.sight.linked(ref.target, other)
        self.joins.append(f"LEFT JOIN {self.rows(ref.target)} {other} ON {every(on)}")
        self.joined[alias, ref.name] = other
        return other

    # ---- statements within this one

    def child(self, many: Many, parent: str, *, disclosed: bool = False) -> tuple[Statement, str]:
        """A SELECT of the many records of a parent row, and the condition that makes them its own."""
        trace = self.lead(parent, Step(many.child, many.via.name, back=True))
        inner = self.inner(many.child, [], trace)
        inner.decided(many.child, inner.base)
        inner.disclosed = disclosed or self.disclosed
        own = [f"{inner.base}.district = :district", f"{inner.raw(many.via, inner.base)} = {parent}.key"]
        own += self.sight.part(many.child, inner.base, many.via.target, disclosed=inner.disclosed)
        own.append(inner.condition(many.where))
        # What is asked of the records is not yet shown of them.
        inner.telling = Telling()
        return inner, every(own)

    def inner(self, of: type[Record], hashed: list[tuple[str, Expr]], trace: Trace | None = None) -> Statement:
        """A statement within this one, whose rows are reached so; without a trace, in a roundabout way."""
        reads = self.nested if trace is None else self.reads
        inner = Statement(of, self.sight, hashed, self.grammar, self.names, reads, self.nested, self.traces, trace)
        inner.few = self.few
        return inner

    @contextmanager
    def of_few(self) -> Generator[None]:
        """Within it, conditions are asked of few rows."""
        before, self.few = self.few, True
        try:
            yield
        finally:
            self.few = before

    # ---- what may be shown

    def shown(self, expr: Field, alias: str, value: str) -> str:
        """A fact where it may be seen, else null."""
        if self.disclosed:
            return value
        self.human(expr.owner, alias)
        return masked(self.sight.shows(expr, alias, sure=alias == self.base), value, self.flavour.nothing(expr.kind))

    @contextmanager
    def disclosing(self) -> Generator[None]:
        """Within it, the parts of a value are disclosed by what holds it."""
        before, self.disclosed = self.disclosed, True
        try:
            yield
        finally:
            self.disclosed = before


def identified(flavour: Flavour, record: type[Record], alias: str, ids: str) -> str:
    """Whether a row has one of some hub ids, given as a SELECT; an id that is made of a key is found by that."""
    few = flavour.one_of_few
    if not record.numbered:
        return few(f"{alias}.id", ids)
    rows, made = f'FROM "{record.table}" n WHERE', f"WITH i(id) AS ({ids}) SELECT {flavour.key_in('id')} FROM i"
    by_id = f"SELECT n.key {rows} n.district = :district AND {few('n.given', ids)}"
    by_key = f"SELECT n.key {rows} {flavour.unindexed('n.district')} = :district AND {few('n.key', made)}"
    # Asked of the row itself, whether it is one or the other would have a database walk through all of them.
    return few(f"{alias}.key", f"{by_id} UNION ALL {by_key} AND n.given IS NULL")


def by_key(of: type[Record], condition: Condition) -> bool:
    """Whether a condition names the keys of the rows for which it holds, or of the rows that these are made of."""
    if isinstance(condition, All):
        return any(by_key(of, one) for one in condition.conditions)
    if isinstance(condition, Either):
        return all(by_key(of, one) for one in condition.conditions)
    called = isinstance(condition, Called) and condition.ref is None
    return called or _follows(of, condition) or (isinstance(condition, Among) and of.numbered)


def _follows(of: type[Record], condition: Condition) -> bool:
    """Whether rows that are worked out from others are those of some of these."""
    return isinstance(condition, Within) and of.derived() and condition.ref.target.__name__ in of.over


def looked_up(of: type[Record], condition: Condition) -> bool:
    """Whether a condition holds for the records that are called for, and their parts, at the most.

    What is worked out from others is also looked up by those: a database has no index of its own for it.
    """
    if isinstance(condition, All):
        return any(looked_up(of, one) for one in condition.conditions)
    if isinstance(condition, Either):
        return all(looked_up(of, one) for one in condition.conditions)
    return isinstance(condition, Called | Among) or _follows(of, condition)


def _nearest(written: Mapping[type[Any], Writes], one: Expr | Condition) -> Writes:
    for kind in type(one).__mro__:
        if kind in written:
            return written[kind]
    raise TypeError(f"{type(one).__name__} has no SQL")
