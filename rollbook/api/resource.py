"""Tables and endpoints as values: what a dialect shows of the record, by the names that its standard gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..consent import Reader
from ..fields import ALWAYS, Condition, Expr, Field, Question, Record, Ref, Value, Within
from ..jobs import Database
from ..scopes import ANYONE, Need


class Table:
    """A table of an answer: columns of one kind of record, spelled as the standard spells them.

    Class keywords: `of`, the kind of record; `name`, the table's name on the wire when the class's is taken;
    `only`, the rows that belong to it; `order`; `key`, what tells its rows apart in a change set; `follows`, the
    reference to the main table's record, when the table holds parts of it; `shared`, columns that stand in several
    tables, after its own.
    """

    of: ClassVar[type[Record]]
    name: ClassVar[str]
    columns: ClassVar[dict[str, Expr]]
    only: ClassVar[Condition]
    order: ClassVar[tuple[Expr, ...]]
    key: ClassVar[Expr | None]
    follows: ClassVar[Ref | None]

    def __init_subclass__(
        cls,
        *,
        of: type[Record],
        name: str = "",
        only: Condition = ALWAYS,
        order: tuple[Expr, ...] = (),
        key: Expr | None = None,
        follows: Ref | None = None,
        shared: Mapping[str, Expr] | None = None,
    ) -> None:
        cls.of = of
        cls.name = name or cls.__name__
        own = {n: e for n, e in vars(cls).items() if isinstance(e, Expr)}
        cls.columns = {**{n: e for n, e in (shared or {}).items() if n == "Id"}, **own, **(shared or {})}
        cls.only = only
        cls.order = order
        cls.key = key if key is not None else cls.columns.get("Id")
        cls.follows = follows


@dataclass(frozen=True)
class Union:
    """One table on the wire that is filled from several kinds of record, one after the other."""

    name: str
    parts: tuple[type[Table], ...]


@dataclass(frozen=True)
class Counted:
    """A table with a row for each area and how many rows a question has there."""

    name: str
    need: Need
    areas: Mapping[str, type[Table] | Union]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Facts:
    """A table whose rows are worked out for the request rather than read from records."""

    name: str
    rows: Callable[[Context], list[dict[str, Any]]]
    columns: Mapping[str, tuple[str, Value, str]]
    """Name to what it is about, an example and its kind."""
    need: Need = ANYONE
    passing: bool = False
    """Whether the same question may be answered differently a moment later."""


AnyTable = type[Table] | Union | Counted | Facts


@dataclass(frozen=True)
class Context:
    """What a request is about, once it is understood: the reader, its arguments, the moment, and the databases."""

    reader: Reader
    args: Mapping[str, Any]
    now: float
    endpoint: Endpoint
    catalogue: Mapping[str, Endpoint]
    databases: tuple[Database, ...] = ()
    fills: frozenset[Field] | None = None
    """The facts that the school's sources can fill; None for every one."""
    caller: str = ""
    """What tells the caller from others under the same grant."""


# ---- options


@dataclass(frozen=True)
class Add:
    """Show columns that are not shown otherwise."""

    columns: tuple[str, ...]

    def __init__(self, *columns: str) -> None:
        object.__setattr__(self, "columns", columns)


@dataclass(frozen=True)
class With:
    """Fill tables that are empty otherwise."""

    tables: tuple[AnyTable, ...]

    def __init__(self, *tables: AnyTable) -> None:
        object.__setattr__(self, "tables", tables)


@dataclass(frozen=True)
class Also:
    """Have further rows in the main table, and in others; `beside` names an option that must be asked for too.

    `whatever` is for rows that are shown whatever the filters say.
    """

    rows: Condition
    elsewhere: Mapping[type[Table], Condition] = field(default_factory=dict[type[Table], Condition])
    beside: str = ""
    whatever: bool = False


@dataclass(frozen=True)
class Only:
    """Have fewer rows in the main table."""

    rows: Condition


@dataclass(frozen=True)
class Without:
    """Leave tables empty."""

    tables: tuple[AnyTable, ...]

    def __init__(self, *tables: AnyTable) -> None:
        object.__setattr__(self, "tables", tables)


@dataclass(frozen=True)
class Ignore:
    """Have these filters narrow nothing, whether they are given or have a value of their own."""

    filters: tuple[str, ...]

    def __init__(self, *filters: str) -> None:
        object.__setattr__(self, "filters", filters)


@dataclass(frozen=True)
class Instead:
    """Have columns of a table say something else."""

    table: type[Table]
    columns: Mapping[str, Expr]


@dataclass(frozen=True)
class Renew:
    """Have the databases behind the answer renewed, however old they are."""


@dataclass(frozen=True)
class Nothing:
    """Accepted, since clients send it, and without effect here for the reason given."""

    why: str


Effect = Add | With | Without | Also | Only | Ignore | Instead | Renew | Nothing


@dataclass(frozen=True)
class Option:
    """Something that a request may ask for; it does what its effects say, together."""

    about: str
    effects: tuple[Effect, ...]

    def __init__(self, about: str, *effects: Effect) -> None:
        object.__setattr__(self, "about", about)
        object.__setattr__(self, "effects", effects)


# ---- filters


@dataclass(frozen=True)
class Filter:
    """A condition on the main table that brings its own value, the argument of the filter's name.

    `kind` is how the value is written: text, csv, list, pairs, range, year, date, moment, code, flag or number.
    `choices` are the values of a code or csv as they may be written (in any case), each with what it stands for. A list
    has any values, with commas between; of pairs (`702|34,701`) see `fields.Paired`; the days of a range
    (`2026-09-01|2026-12-18`) are the arguments of the filter's name with `_from` and `_to`; a year is that in which an
    academic year begins, and the arguments `year_start` and `year_end` are then its bounds. `instead` replaces the rows
    that belong to the table by themselves. `default` gives the value when none is brought. `elsewhere` are conditions
    on other tables.
    """

    about: str
    where: Condition
    kind: str = "text"
    choices: Mapping[str, str] = field(default_factory=dict[str, str])
    required: bool = False
    unless: str = ""
    """The filter that, when it is given, makes this one not required."""
    instead: bool = False
    default: Callable[[Reader], Value] | None = None
    elsewhere: Mapping[type[Table], Condition] = field(default_factory=dict[type[Table], Condition])


@dataclass(frozen=True)
class Endpoint:
    """One question that a dialect answers, and everything that may be said when it is asked."""

    segment: str
    title: str
    category: str
    about: str
    need: Need
    tables: tuple[AnyTable, ...]
    options: Mapping[str, Option] = field(default_factory=dict[str, Option])
    filters: Mapping[str, Filter] = field(default_factory=dict[str, Filter])
    databases: tuple[str, ...] = ("XodSchoolData",)
    years: bool = False
    """Whether its arguments include the first and last days of the week, the term and the academic year that it is
    now, and of the year before: `week_start`, `term_end`, `year_start`, `last_year_end` and so on; and the first day
    of the third academic year before this one, `three_years_before`."""
    example: Mapping[str, str] = field(default_factory=dict[str, str])
    """What to ask, beside every option that shows more, so that the first of the invented schools has an answer with
    rows in each table that it has any in: for the documents and for tests."""
    at_least: tuple[str, ...] = ()
    """Filters of which one must be given."""
    as_of: Need | None = None
    """What must be held to read it as of an earlier day, which tells dates; None where dates do not decide the rows."""
    together: Callable[[frozenset[str]], Condition] | None = None
    """What the filters that are given (by name) ask of the main table together, instead of each for itself."""

    @property
    def main(self) -> AnyTable | None:
        """The table whose rows are filtered and paged."""
        return self.tables[0] if self.tables else None

    def parts(self, table: AnyTable) -> tuple[type[Table], ...]:
        """The tables of records that a table on the wire is made of."""
        if isinstance(table, Union):
            return table.parts
        return (table,) if isinstance(table, type) else ()

    def optional(self) -> dict[str, str]:
        """The columns of the main table that only an option shows, each with its option."""
        return {
            column: name
            for name, option in self.options.items()
            for effect in option.effects
            if isinstance(effect, Add)
            for column in effect.columns
        }

    def withheld(self) -> list[AnyTable]:
        """The tables that only an option fills."""
        return [t for o in self.options.values() for e in o.effects if isinstance(e, With) for t in e.tables]


def rows_of(
    table: type[Table],
    endpoint: Endpoint,
    options: Mapping[str, Option],
    filters: Mapping[str, Filter],
    *,
    is_main: bool,
) -> Condition:
    """The rows of a table under the options and filters (by name) of a request."""
    effects = [e for o in options.values() for e in o.effects]
    where = table.only
    if is_main and any(f.instead for f in filters.values()):
        where = ALWAYS
    else:
        for also in (e for e in effects if isinstance(e, Also) and not e.whatever and e.beside in ("", *options)):
            further = also.rows if is_main else also.elsewhere.get(table)
            where = where | further if further is not None else where
    if is_main:
        asked = [endpoint.together(frozenset(filters))] if endpoint.together else [f.where for f in filters.values()]
        for one in (*(e.rows for e in effects if isinstance(e, Only)), *asked):
            where = where & one
        for also in (e for e in effects if isinstance(e, Also) and e.whatever):
            where = where | (table.only & also.rows)
    for one in filters.values():
        where = where & one.elsewhere.get(table, ALWAYS)
    return where


def question(
    table: type[Table],
    columns: tuple[tuple[str, Expr], ...],
    where: Condition,
    *,
    limited: bool,
    whole: tuple[tuple[str, Expr], ...],
) -> Question:
    """The question whose answer is a table."""
    return Question(table.of, columns, where, key=table.key, order=table.order, limited=limited, hashed=whole)


def following(table: type[Table], main: Question) -> Condition:
    """Only the parts of what the main table shows."""
    if table.follows is None:
        return ALWAYS
    return Within(table.follows, main)
