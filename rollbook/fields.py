"""Fields of records, the values that rows yield from them, and conditions on those values.

A fact is declared once, on the canonical field: its name, type, example, one-sentence description and what consent
it needs. Everything else (tables, filters, documents, the consent screen) is derived from that line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from .scopes import ANYONE, Need

Value = str | int | float | None


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


class Field(Expr):
    """One fact of a record."""

    sql = "TEXT"
    name: str = ""
    owner: type[Record]
    stored = True

    def __init__(self, about: str, example: Value = None, *, scope: Need | None = None) -> None:
        self.about = about
        self.example = example
        self.scope = scope

    @property
    def need(self) -> Need:
        return self.scope if self.scope is not None else self.owner.scope

    def __repr__(self) -> str:
        return f"{self.owner.__name__}.{self.name}"


class Text(Field):
    """Words, names and numbers that are written rather than counted."""


class Code(Field):
    """One of a list of values."""

    def __init__(
        self,
        about: str,
        example: Value = None,
        choices: Mapping[str, str] | None = None,
        *,
        scope: Need | None = None,
    ) -> None:
        super().__init__(about, example, scope=scope)
        self.choices = dict(choices or {})


class Flag(Field):
    """Yes (1), no (0) or not known (null)."""

    sql = "INTEGER"
    kind = "flag"


class Number(Field):
    """A whole number."""

    sql = "INTEGER"
    kind = "number"


class Decimal(Field):
    """A number with a fraction."""

    sql = "REAL"
    kind = "decimal"


class Date(Field):
    """A day, `yyyy-MM-dd`."""

    kind = "date"


class Moment(Field):
    """A moment in UTC, `yyyy-MM-ddTHH:MM:SS.mmm`."""

    kind = "moment"


class Ref(Field):
    """Another record of the same district.

    `tells` names the facts of the other record that the reference itself discloses, so that they need only the
    reference's scope. `part_of` says that this record is a part of the other one: it is hidden and deleted with it.
    """

    def __init__(
        self,
        about: str,
        target: type[Record] | None = None,
        *,
        scope: Need | None = None,
        tells: tuple[str, ...] = (),
        part_of: bool = False,
    ) -> None:
        super().__init__(about, scope=scope)
        self._target = target
        self.tells = tells
        self.part_of = part_of

    @property
    def target(self) -> type[Record]:
        """The kind of record referred to; its own kind when none was named."""
        return self._target or self.owner

    def __truediv__(self, field: Field | Path) -> Path:
        return Path((self,), field) if isinstance(field, Field) else Path((self, *field.steps), field.end)


class Told(Field):
    """A fact of the human, as a role at a school tells it: the scope belongs to the role."""

    stored = False

    def __init__(self, through: Ref, fact: Field, *, scope: Need | None = None) -> None:
        super().__init__(fact.about, fact.example, scope=scope)
        self.through = through
        self.fact = fact
        self.kind = fact.kind

    def parts(self) -> Iterator[Expr]:
        yield self.through
        yield self.fact


class Computed(Field):
    """A fact worked out from others of the same record; it discloses what it says, not what it is made of."""

    stored = False

    def __init__(self, about: str, example: Value, value: Expr, *, scope: Need | None = None) -> None:
        super().__init__(about, example, scope=scope)
        self.value = value
        self.kind = value.kind

    def parts(self) -> Iterator[Expr]:
        yield self.value


class Path(Expr):
    """A fact of a record reached through references."""

    def __init__(self, steps: tuple[Ref, ...], end: Field) -> None:
        self.steps = steps
        self.end = end
        self.about, self.example, self.kind = end.about, end.example, end.kind
        targets = [*(s.target for s in steps)]
        for step, owner in zip((*steps[1:], end), targets, strict=True):
            if not issubclass(owner, step.owner):
                raise TypeError(f"{step!r} is not a field of {owner.__name__}")

    @property
    def need(self) -> Need:
        needed = ANYONE
        for step, following in zip(self.steps, (*self.steps[1:], self.end), strict=True):
            needed &= step.need
            if following.name not in step.tells and following is self.end:
                needed &= following.need
        return needed

    def parts(self) -> Iterator[Expr]:
        yield from self.steps
        yield self.end


def _need_of(*values: Expr) -> Need:
    needed = ANYONE
    for value in values:
        needed &= value.need
    return needed


class Words(Expr):
    """Values and literal text put together with a separator; what is unknown is left out."""

    def __init__(self, separator: str, *values: Expr | str, about: str = "", example: Value = None) -> None:
        self.separator = separator
        self.values = values
        self.about = about
        self.example = example

    @property
    def need(self) -> Need:
        return _need_of(*self.parts())

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
        return _need_of(*self.parts())

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
    """The same value in every row."""

    def __init__(self, value: Value, about: str = "") -> None:
        self.value = value
        self.example = value
        self.about = about
        self.kind = "number" if isinstance(value, int) else "text"

    @property
    def need(self) -> Need:
        return ANYONE


class Many:
    """The records that refer to a record by `via`, those for which `where` holds, in `order`."""

    def __init__(self, about: str, via: Ref, *, where: Condition | None = None, scope: Need | None = None) -> None:
        self.about = about
        self.via = via
        self.where = where if where is not None else ALWAYS
        self.scope = scope

    @property
    def child(self) -> type[Record]:
        """The kind of record that refers."""
        return self.via.owner

    @property
    def need(self) -> Need:
        """What must be held to know of these records."""
        return self.scope if self.scope is not None else self.via.need


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
        return _need_of(*self.values)

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


@dataclass(frozen=True)
class Arg:
    """A value that the request brings, by name."""

    name: str


TODAY = Arg("today")


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
        return _need_of(*self.parts())


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
class Within(Condition):
    """The record referred to is one that another question answers with."""

    ref: Ref
    question: Question

    def parts(self) -> Iterator[Expr]:
        yield self.ref


ALWAYS = All(())


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


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Record:
    """One kind of thing that the hub keeps; a subclass's fields are its facts, its docstring its definition.

    Class keywords: `scope`, the consent that its facts need unless they say otherwise; `human`, that a row is a
    human whom a grant may leave out; `indexes`, tuples of field names that are looked up together; `order`, the
    fields by which a list of them is kept in order; `view`, the SQL of a record that is worked out from others, and
    `over`, the names of those.
    """

    table: ClassVar[str] = ""
    scope: ClassVar[Need] = ANYONE
    human: ClassVar[bool] = False
    fields: ClassVar[dict[str, Field]] = {}
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()
    view: ClassVar[str] = ""
    over: ClassVar[tuple[str, ...]] = ()
    abstract: ClassVar[bool] = True

    def __init_subclass__(
        cls,
        *,
        scope: Need = ANYONE,
        human: bool = False,
        abstract: bool = False,
        indexes: tuple[tuple[str, ...], ...] = (),
        view: str = "",
        over: tuple[str, ...] = (),
    ) -> None:
        cls.table = _snake(cls.__name__)
        cls.scope = scope
        cls.human = human
        cls.indexes = indexes
        cls.view = view
        cls.over = over or (cls.__name__,)
        cls.abstract = abstract
        # A field that several kinds of record share is copied for each, since its scope belongs to (field, kind).
        cls.fields = {}
        for base in reversed(cls.__mro__):
            for name, field in vars(base).items():
                if isinstance(field, Field):
                    own = field if base is cls else _copy(field)
                    own.name, own.owner = name, cls
                    if own is not field:
                        setattr(cls, name, own)
                    cls.fields[name] = own
        if not abstract:
            RECORDS[cls.__name__] = cls
        for index in indexes:
            unknown = [n for n in index if n not in cls.fields]
            if unknown:
                raise TypeError(f"{cls.__name__} has no {', '.join(unknown)} to index")

    @classmethod
    def stored(cls) -> dict[str, Field]:
        """The fields that are columns."""
        return {n: f for n, f in cls.fields.items() if f.stored}

    @classmethod
    def refs(cls) -> dict[str, Ref]:
        """The references to other records."""
        return {n: f for n, f in cls.fields.items() if isinstance(f, Ref)}


RECORDS: dict[str, type[Record]] = {}


def _copy(field: Field) -> Field:
    twin = object.__new__(type(field))
    twin.__dict__.update(field.__dict__)
    return twin
