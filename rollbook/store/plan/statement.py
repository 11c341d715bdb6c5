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
    Many,
    Record,
    Ref,
    Value,
)
from ...model.people import Person
from . import derived
from .flavour import Column, Flavour
from .gathered import Gathering
from .phrases import every, masked, quote
from .sights import Sight
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
        self.gatherings: list[Gathering] = []
        self.made: dict[Expr, tuple[int, int]] = {}
        self.telling = Telling()
        (self.nested if self.of.derived() else self.reads).update(self.of.over)

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
        return self.within(self.condition(condition), few=few or names_one(condition))

    def within(self, condition: str, *, few: bool) -> str:
        """The rows of the sight for which a condition holds, given as SQL."""
        self.human(self.of)
        # A database would walk through the school's rows in order rather than look up the one that is called for.
        return every([*self.sight.bounds(self.of, self.base, few=few), condition])

    def human(self, record: type[Record]) -> None:
        """Whether a human is there may depend on their roles."""
        if record is Person and self.sight.by_roles:
            self.nested.update(kind.__name__ for kind in RECORDS.values() if kind.human)

    def order(self, order: tuple[Expr, ...], *, few: bool = False) -> str:
        """The order of the rows, to the last; `few` that they are sorted rather than met on a walk in that order."""
        last = f"{self.base}.{'id' if self.of.derived() else 'key'}"
        down = bool(order) and isinstance(order[-1], Down)
        return ", ".join([*(self.ordered(one, few=few) for one in order), self._ordered(last, down=down, few=few)])

    def ordered(self, by: Expr, *, few: bool = False) -> str:
        """A value to order by."""
        value, down = (by.value, True) if isinstance(by, Down) else (by, False)
        # Days are in the order of their numbers; what refers to others is in the order in which those were made.
        plain = isinstance(value, Day | Ref)
        found = self.shown(value, self.base, self.raw(value, self.base)) if plain else self.expr(value)
        return self._ordered(found, down=down, few=few)

    def _ordered(self, value: str, *, down: bool, few: bool) -> str:
        return self.flavour.ordered(self.flavour.unindexed(value) if few else value, down=down)

    def raw(self, fact: Field, alias: str) -> str:
        """A stored fact as it is stored: a reference as a key, a `Day` as a number."""
        return f'{alias}."{fact.name}"'

    def identified(self, record: type[Record], alias: str, ids: str) -> str:
        """Whether a row has one of some hub ids, given as a SELECT; an id that is made of a key is found by that."""
        if not record.numbered:
            return f"{alias}.id IN ({ids})"
        made = f"WITH i(id) AS ({ids}) SELECT {self.flavour.key_in('id')} FROM i"
        return f"({alias}.given IN ({ids}) OR {alias}.given IS NULL AND {alias}.key IN ({made}))"

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
        on = [f"{other}.district = :district", f"{other}.key = {self.raw(ref, alias)}"]
        on += self.sight.linked(ref.target, other)
        self.joins.append(f"LEFT JOIN {self.rows(ref.target)} {other} ON {every(on)}")
        self.joined[alias, ref.name] = other
        return other

    # ---- statements within this one

    def child(self, many: Many, parent: str, *, disclosed: bool = False) -> tuple[Statement, str]:
        """A SELECT of the many records of a parent row, and the condition that makes them its own."""
        inner = self.inner(many.child, [])
        inner.disclosed = disclosed or self.disclosed
        own = [f"{inner.base}.district = :district", f"{inner.raw(many.via, inner.base)} = {parent}.key"]
        own += self.sight.part(many.child, inner.base, many.via.target, disclosed=inner.disclosed)
        own.append(inner.condition(many.where))
        # What is asked of the records is not yet shown of them.
        inner.telling = Telling()
        return inner, every(own)

    def inner(self, of: type[Record], hashed: list[tuple[str, Expr]]) -> Statement:
        """A statement within this one: what it reads is read in a roundabout way."""
        return Statement(of, self.sight, hashed, self.grammar, self.names, self.nested, self.nested)

    # ---- what may be shown

    def shown(self, expr: Field, alias: str, value: str) -> str:
        """A fact where it may be seen, else null."""
        if self.disclosed:
            return value
        if expr.owner is Person:
            self.human(Person)
        return masked(self.sight.shows(expr, alias, sure=alias == self.base), value)

    @contextmanager
    def disclosing(self) -> Generator[None]:
        """Within it, the parts of a value are disclosed by what holds it."""
        before, self.disclosed = self.disclosed, True
        try:
            yield
        finally:
            self.disclosed = before


def names_one(condition: Condition) -> bool:
    """Whether a condition holds for the records that are called for, and their parts, at the most."""
    if isinstance(condition, All):
        return any(map(names_one, condition.conditions))
    if isinstance(condition, Either):
        return all(map(names_one, condition.conditions))
    return isinstance(condition, Called | Among)


def _nearest(written: Mapping[type[Any], Writes], one: Expr | Condition) -> Writes:
    for kind in type(one).__mro__:
        if kind in written:
            return written[kind]
    raise TypeError(f"{type(one).__name__} has no SQL")
