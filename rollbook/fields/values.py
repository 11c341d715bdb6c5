"""Values that are made of facts: put together, looked up, counted, listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..scopes import ANYONE, Need
from .expressions import ALWAYS, Arg, Condition, Expr, Value, need_of
from .record import Field, Many, Record


class Words(Expr):
    """Values and literal text put together with a separator; what is unknown is left out."""

    def __init__(self, separator: str, *values: Expr | str, about: str = "", example: Value = None) -> None:
        self.separator = separator
        self.values = values
        self.about = about
        self.example = example

    @property
    def need(self) -> Need:
        return need_of(*self.parts())

    def parts(self) -> Iterator[Expr]:
        return (v for v in self.values if isinstance(v, Expr))


class Key(Words):
    """Values put together into an id; unknown when any of them is."""

    def __init__(self, *values: Expr | str, about: str = "", example: Value = None) -> None:
        super().__init__("", *values, about=about, example=example)


class Initial(Expr):
    """The first letter of a value."""

    def __init__(self, value: Expr) -> None:
        self.value = value

    @property
    def need(self) -> Need:
        return self.value.need

    def parts(self) -> Iterator[Expr]:
        yield self.value


class Mapped(Expr):
    """A value looked up in a list of words; what is not in the list is `otherwise`."""

    def __init__(
        self,
        value: Expr,
        words: Mapping[Any, Value],
        *,
        otherwise: Value = None,
        kind: str = "text",
        about: str = "",
        example: Value = None,
    ) -> None:
        self.value = value
        self.about = about or value.about
        self.example = example
        self.words = dict(words)
        self.otherwise = otherwise
        self.kind = kind

    @property
    def need(self) -> Need:
        return self.value.need

    def parts(self) -> Iterator[Expr]:
        yield self.value


class When(Expr):
    """The first value whose condition holds."""

    def __init__(self, *cases: tuple[Condition, Value], otherwise: Value = None, kind: str = "text") -> None:
        self.cases = cases
        self.otherwise = otherwise
        self.kind = kind

    @property
    def need(self) -> Need:
        return need_of(*self.parts())

    def parts(self) -> Iterator[Expr]:
        for condition, _ in self.cases:
            yield from condition.parts()


class AsText(Expr):
    """A number written as text, where a standard does so."""

    def __init__(self, value: Expr) -> None:
        self.value = value
        self.about = value.about
        self.example = value.example

    @property
    def need(self) -> Need:
        return self.value.need

    def parts(self) -> Iterator[Expr]:
        yield self.value


class Literal(Expr):
    """The same value in every row; it says nothing by itself, but a standard may put it under a scope."""

    def __init__(self, value: Value, about: str = "", need: Need = ANYONE) -> None:
        self._need = need
        self.value = value
        self.example = value
        self.about = about
        self.kind = "number" if isinstance(value, int) else "text"

    @property
    def need(self) -> Need:
        return self._need


class Csv(Expr):
    """A fact of each of many records, in one text with commas, without repeats, in order; null when there is none."""

    def __init__(
        self, many: Many, what: Expr, *, separator: str = ",", scope: Need | None = None, about: str = ""
    ) -> None:
        self.many = many
        self.what = what
        self.separator = separator
        self.scope = scope
        self.about = about or many.about
        self.example = what.example

    @property
    def need(self) -> Need:
        return self.scope if self.scope is not None else self.many.need & self.what.need

    def parts(self) -> Iterator[Expr]:
        yield from (self.many.via, self.what, *self.many.where.parts())


class First(Csv):
    """A fact of the first of many records, where there is at most one or any will do."""


class Coalesce(Expr):
    """The first of several values that is known."""

    def __init__(self, *values: Expr, about: str = "", example: Value = None) -> None:
        self.values = values
        self.about = about or values[0].about
        self.example = example if example is not None else values[0].example
        self.kind = values[0].kind

    @property
    def need(self) -> Need:
        return need_of(*self.values)

    def parts(self) -> Iterator[Expr]:
        return iter(self.values)


class Tally(Expr):
    """How many of the many records satisfy a condition."""

    kind = "number"

    def __init__(
        self, many: Many, where: Condition | None = None, *, scope: Need | None = None, about: str = ""
    ) -> None:
        self.many = many
        self.where = where if where is not None else ALWAYS
        self.scope = scope
        self.about = about or many.about

    @property
    def need(self) -> Need:
        return self.scope if self.scope is not None else self.many.need

    def parts(self) -> Iterator[Expr]:
        yield from (self.many.via, *self.many.where.parts(), *self.where.parts())


class Total(Tally):
    """The sum of a fact over those of the many records that satisfy a condition; 0 when there is none."""

    def __init__(
        self,
        many: Many,
        what: Expr,
        where: Condition | None = None,
        *,
        scope: Need | None = None,
        about: str = "",
        example: Value = None,
    ) -> None:
        super().__init__(many, where, scope=scope, about=about)
        self.what = what
        self.kind = what.kind
        self.example = example if example is not None else what.example

    @property
    def need(self) -> Need:
        return self.scope if self.scope is not None else self.many.need & self.what.need

    def parts(self) -> Iterator[Expr]:
        yield from (*super().parts(), self.what)


class Latest(Expr):
    """The moment when one of these facts of the many records was last changed, or the row was made, UTC.

    Each source is the records and the facts of theirs that the row tells something of.
    """

    example = "2016-07-21T12:17:16.740"
    kind = "moment"

    def __init__(
        self, *sources: tuple[Many, tuple[Field, ...]], about: str = "The last time this data was updated"
    ) -> None:
        self.sources = sources
        self.about = about

    @property
    def need(self) -> Need:
        return need_of(*(fact for _, facts in self.sources for fact in facts))

    def parts(self) -> Iterator[Expr]:
        for many, facts in self.sources:
            yield from (many.via, *many.where.parts(), *facts)


class Clock(Key):
    """A date and a time of day put together, `yyyy-MM-ddTHH:MM:SS`; unknown when one of them is."""

    kind = "datetime"

    def __init__(self, day: Expr, time: Expr | str = "00:00", *, about: str = "", example: Value = None) -> None:
        super().__init__(day, "T", time, ":00", about=about or day.about, example=example)


class MarkString(Expr):
    """Session marks from `first` to `last`, two characters a day, AM then PM; `gap` where no mark is held."""

    def __init__(self, many: Many, first: Arg, last: Arg, *, gap: str = "#", about: str = "") -> None:
        self.many = many
        self.first = first
        self.last = last
        self.gap = gap
        self.about = about

    @property
    def need(self) -> Need:
        return self.many.need

    def parts(self) -> Iterator[Expr]:
        yield from (self.many.via, *self.many.where.parts())


class Given(Expr):
    """A value that belongs to the request, such as a date that it was asked for."""

    def __init__(self, arg: Arg, need: Need, *, about: str = "", example: Value = None, kind: str = "date") -> None:
        self.arg = arg
        self._need = need
        self.about = about
        self.example = example
        self.kind = kind

    @property
    def need(self) -> Need:
        return self._need


class LastUpdated(Expr):
    """The moment when a fact of this record that the caller may see was last changed, UTC."""

    about = "The last time this data was updated"
    example = "2016-07-22T13:51:54.799"
    kind = "moment"

    def __init__(self, of: type[Record]) -> None:
        self.of = of

    @property
    def need(self) -> Need:
        return self.of.scope


class RowHash(Expr):
    """The SHA-1 of the row as the caller may see it, 40 upper-case hex digits, whatever columns are selected."""

    about = "For change comparison"
    example = "7B5614EBF6AA72362817797CA4CDBC841A7B2156"

    def __init__(self, of: type[Record]) -> None:
        self.of = of

    @property
    def need(self) -> Need:
        return self.of.scope
