"""Questions: columns of the rows of one kind of record for which a condition holds; and conditions on other records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .expressions import ALWAYS, Arg, Condition, Expr
from .record import Field, Many, Record, Ref


@dataclass(frozen=True, eq=False)
class Some(Condition):
    """At least one of the many records satisfies the condition."""

    many: Many
    where: Condition

    def parts(self) -> Iterator[Expr]:
        yield from (self.many.via, *self.many.where.parts(), *self.where.parts())


@dataclass(frozen=True, eq=False)
class Called(Condition):
    """The record (or the one that `ref` points at) is known by a value in one of several fields, each with an index."""

    fields: tuple[Field, ...]
    value: Arg
    ref: Ref | None = None

    def parts(self) -> Iterator[Expr]:
        yield from (f if self.ref is None else self.ref / f for f in self.fields)


@dataclass(frozen=True, eq=False)
class Among(Condition):
    """The record is one of those whose hub ids the request brings, a JSON list."""

    ids: Arg

    def parts(self) -> Iterator[Expr]:
        yield from ()


@dataclass(frozen=True, eq=False)
class Paired(Condition):
    """Two values are one of the pairs that the request brings, a JSON list of lists, or that a question's two columns
    answer with.

    A pair may leave the second open: a list by having one value, a question by a second that is unknown. An empty
    second in a list stands for none. Without a `second` the first value decides alone.
    """

    first: Expr
    second: Expr | None
    pairs: Arg | Question

    def parts(self) -> Iterator[Expr]:
        yield from (self.first, *([self.second] if self.second else []))
        if isinstance(self.pairs, Question):
            yield from (*(expr for _, expr in self.pairs.columns), *self.pairs.where.parts())


@dataclass(frozen=True, eq=False)
class Within(Condition):
    """The record referred to is one that another question answers with.

    `rests_on` are values that the answer gives away beside which rows there are.
    """

    ref: Ref
    question: Question
    rests_on: tuple[Expr, ...] = ()

    def parts(self) -> Iterator[Expr]:
        yield from (self.ref, *self.rests_on)


@dataclass(frozen=True, eq=False)
class Question:
    """What to read: columns of the rows of one kind of record for which a condition holds, in an order."""

    of: type[Record]
    columns: tuple[tuple[str, Expr], ...]
    where: Condition = ALWAYS
    key: Expr | None = None
    order: tuple[Expr, ...] = ()
    limited: bool = False
    hashed: tuple[tuple[str, Expr], ...] | None = None
    """The columns that a RowHash covers, when they are more than the ones shown."""
    few: bool = False
    """Whether only a few rows can fit: they are looked up, rather than met on a walk in the order that is asked for."""
    sorted: bool = False
    """Whether the request chose the order: who is skipped before a page then tells of themselves, as in a filter."""
    through: tuple[type[Record], ...] = ()
    """The roles through which a human is seen, where not all will do: a student's document tells a student's facts."""
