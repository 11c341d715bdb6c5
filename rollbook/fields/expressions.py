"""What may be asked of a row: the values that it yields, and conditions on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..scopes import ANYONE, Need

Value = str | int | float | None


@dataclass(frozen=True)
class Arg:
    """A value that the request brings, by name."""

    name: str


TODAY = Arg("today")


class Expr:
    """A value that each row of a record yields."""

    about: str = ""
    example: Value = None
    kind: str = "text"

    @property
    def need(self) -> Need:
        """What must be held to use this value in any way."""
        raise TypeError(f"{type(self).__name__} does not say what it needs")

    def parts(self) -> Iterator[Expr]:
        """The values that this one is made of."""
        return iter(())

    def is_(self, value: Value | Arg) -> Condition:
        """Equal to a value."""
        return Compare("=", self, value)

    def is_not(self, value: Value | Arg) -> Condition:
        """Different from a value, or unknown."""
        return Compare("IS NOT", self, value)

    def same(self, value: Value | Arg) -> Condition:
        """Equal to a text, in any case."""
        return Compare("same", self, value)

    def one_of(self, *values: Value | Arg) -> Condition:
        """Equal to any of the values; an `Arg` may stand for a list."""
        return OneOf(self, values)

    def after(self, value: Value | Arg) -> Condition:
        """Greater than a value."""
        return Compare(">", self, value)

    def before(self, value: Value | Arg) -> Condition:
        """Less than a value."""
        return Compare("<", self, value)

    def since(self, value: Value | Arg) -> Condition:
        """Greater than or equal to a value."""
        return Compare(">=", self, value)

    def until(self, value: Value | Arg) -> Condition:
        """Less than or equal to a value."""
        return Compare("<=", self, value)

    def known(self) -> Condition:
        """Has a value."""
        return Known(self)

    def unknown(self) -> Condition:
        """Has no value."""
        return Not(Known(self))


class Condition:
    """Something that is true or false of each row."""

    def __and__(self, other: Condition) -> Condition:
        return All((self, other))

    def __or__(self, other: Condition) -> Condition:
        return Either((self, other))

    def parts(self) -> Iterator[Expr]:
        """The values that it depends on."""
        return iter(())

    @property
    def need(self) -> Need:
        """What must be held to ask it."""
        return need_of(*self.parts())


@dataclass(frozen=True, eq=False)
class Compare(Condition):
    """A value compared with another one."""

    op: str
    expr: Expr
    value: Value | Arg

    def parts(self) -> Iterator[Expr]:
        yield self.expr


@dataclass(frozen=True, eq=False)
class OneOf(Condition):
    """A value that is one of a list; a single `Arg` stands for a list that the request brings."""

    expr: Expr
    values: tuple[Value | Arg, ...]

    def parts(self) -> Iterator[Expr]:
        yield self.expr


MATCHES = ("contains", "starts", "ends", "icontains", "istarts", "iends", "iequals")
"""How a text may match another one; with an `i`, in any case."""


@dataclass(frozen=True, eq=False)
class Matches(Condition):
    """A text that holds another one, in one of the ways of `MATCHES`; no letter of it is a wildcard."""

    expr: Expr
    how: str
    value: Value | Arg

    def __post_init__(self) -> None:
        if self.how not in MATCHES:
            raise TypeError(f"{self.how} is not a way to match")

    def parts(self) -> Iterator[Expr]:
        yield self.expr


@dataclass(frozen=True, eq=False)
class Known(Condition):
    """A value that is there."""

    expr: Expr

    def parts(self) -> Iterator[Expr]:
        yield self.expr


@dataclass(frozen=True, eq=False)
class All(Condition):
    """All of the conditions hold."""

    conditions: tuple[Condition, ...]

    def parts(self) -> Iterator[Expr]:
        for condition in self.conditions:
            yield from condition.parts()


@dataclass(frozen=True, eq=False)
class Either(Condition):
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]

    def parts(self) -> Iterator[Expr]:
        for condition in self.conditions:
            yield from condition.parts()


@dataclass(frozen=True, eq=False)
class Not(Condition):
    """The condition does not hold."""

    condition: Condition

    def parts(self) -> Iterator[Expr]:
        return self.condition.parts()


ALWAYS = All(())


def need_of(*values: Expr) -> Need:
    """What must be held to use all of the values together."""
    needed = ANYONE
    for value in values:
        needed &= value.need
    return needed
