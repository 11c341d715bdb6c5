"""Facts and the records that they belong to; how one record leads to others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import ClassVar

from ..scopes import ANYONE, NOBODY, Need
from .expressions import ALWAYS, Condition, Expr, Value

_EPOCH = date(1970, 1, 1).toordinal()


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


class Day(Date):
    """A day of records of which there are very many: stored as the number of days since 1970-01-01."""

    sql = "INTEGER"

    @staticmethod
    def number(day: str | None) -> int | None:
        """How a day (`yyyy-MM-dd`) is stored; what is no day is a ValueError."""
        return None if day is None else date.fromisoformat(day).toordinal() - _EPOCH


class Moment(Field):
    """A moment in UTC, `yyyy-MM-ddTHH:MM:SS.mmm`."""

    kind = "moment"


class Time(Field):
    """A time of day on the school's clock, `HH:MM`."""

    kind = "time"


class DateTime(Field):
    """A date and a time of day on the school's clock, `yyyy-MM-ddTHH:MM:SS`."""

    kind = "datetime"


class Ref(Field):
    """Another record of the same district.

    `tells` names the facts of the other record that the reference itself discloses, so that they need only the
    reference's scope. `part_of` says that this record is a part of the other one: it is hidden and deleted with it.
    `shared` says of a record's school that none stands for all schools of the district, and of a human whom a record
    is a part of that it need not be anybody's.
    """

    sql = "INTEGER"

    def __init__(
        self,
        about: str,
        target: type[Record] | None = None,
        *,
        scope: Need | None = None,
        tells: tuple[str, ...] = (),
        part_of: bool = False,
        shared: bool = False,
    ) -> None:
        super().__init__(about, scope=scope)
        self._target = target
        self.tells = tells
        self.part_of = part_of
        self.shared = shared

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


def trail(expr: Expr) -> str:
    """The dotted name of a fact, as the history's keys spell it: `group.code`, `person.student_unique_id`."""
    if isinstance(expr, Path):
        return ".".join((*(step.name for step in expr.steps), trail(expr.end)))
    if isinstance(expr, Told):
        return f"{expr.through.name}.{expr.fact.name}"
    if isinstance(expr, Field):
        return expr.name
    raise TypeError(f"{expr!r} has no name")


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


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Record:
    """One kind of thing that the hub keeps; a subclass's fields are its facts, its docstring its definition.

    Class keywords: `scope`, the consent that its facts need unless they say otherwise; `writing`, the consent that an
    app needs to add, change or delete a row (no scope is enough unless one is named), and
    `human_writing`, of a role, the consent to change the human through it; `human`, that a row is a human whom a grant
    may leave out; `indexes`, tuples of field names that are looked up together; `over`, of a
    record that is worked out from others, the names of those; `natural`, the facts by which others know a row, which
    the history keeps when it goes: dotted names lead through references, and `district.` to the district's own record;
    `remembers`, what it keeps besides, by which whoever knew the row is told what is gone;
    `behind`, the fact that holds the hub id of the human whom a row stands for without being one; `numbered`, that
    there are so many rows that their hub ids are made of their numbers; `told_by`, the fact that tells the kinds of
    record apart that share the table, of each of which `told` is the value; `names_others`, that documents kept in its
    rows may name humans beside those whom a row is a part of, which the index of what documents refer to tells.
    """

    table: ClassVar[str] = ""
    scope: ClassVar[Need] = ANYONE
    writing: ClassVar[Need] = NOBODY
    human_writing: ClassVar[Need] = NOBODY
    human: ClassVar[bool] = False
    fields: ClassVar[dict[str, Field]] = {}
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()
    worked_out: ClassVar[bool] = False
    over: ClassVar[tuple[str, ...]] = ()
    natural: ClassVar[tuple[str, ...]] = ()
    remembers: ClassVar[tuple[str, ...]] = ()
    behind: ClassVar[str] = ""
    numbered: ClassVar[bool] = False
    told_by: ClassVar[str] = ""
    told: ClassVar[str] = ""
    names_others: ClassVar[bool] = False
    kinds: ClassVar[dict[str, type[Record]]] = {}
    abstract: ClassVar[bool] = True

    def __init_subclass__(
        cls,
        *,
        scope: Need = ANYONE,
        writing: Need = NOBODY,
        human_writing: Need = NOBODY,
        human: bool = False,
        abstract: bool = False,
        indexes: tuple[tuple[str, ...], ...] = (),
        over: tuple[str, ...] = (),
        natural: tuple[str, ...] = (),
        remembers: tuple[str, ...] = (),
        behind: str = "",
        numbered: bool = False,
        told_by: str = "",
        told: str = "",
        names_others: bool = False,
    ) -> None:
        cls.table = cls.table if told else _snake(cls.__name__)
        cls.scope = scope
        cls.writing = writing
        cls.human_writing = human_writing
        cls.human = human
        cls.indexes = indexes
        cls.worked_out = bool(over)
        cls.over = over or (cls.__name__,)
        cls.natural = natural
        cls.remembers = remembers
        cls.behind = behind
        cls.numbered = numbered
        cls.told_by = cls.told_by if told else told_by
        cls.told = told
        cls.names_others = names_others
        cls.kinds = cls.kinds if told else {}
        cls.abstract = abstract
        # A field that several kinds of record share is copied for each, since its scope belongs to (field, kind).
        cls.fields = {}
        declared = dict(vars(cls))
        for base in reversed(cls.__mro__):
            for name, inherited in vars(base).items():
                # One that it declares anew keeps its place.
                field = declared.get(name, inherited)
                if isinstance(field, Field):
                    own = field if name in declared else _copy(field)
                    own.name, own.owner = name, cls
                    if own is not field:
                        setattr(cls, name, own)
                    cls.fields[name] = own
        if told:
            cls.kinds[told] = cls
            RECORDS.sharing[cls.__name__] = cls
        elif not abstract:
            RECORDS[cls.__name__] = cls
        for index in indexes:
            unknown = [n for n in index if n not in cls.fields and n != "id"]
            if unknown:
                raise TypeError(f"{cls.__name__} has no {', '.join(unknown)} to index")
        for name in (*natural, *remembers):
            cls.trace(name)

    @classmethod
    @cache
    def stored(cls) -> Mapping[str, Field]:
        """The fields that are columns."""
        return {n: f for n, f in cls.fields.items() if f.stored}

    @classmethod
    def derived(cls) -> bool:
        """Whether its rows are worked out from those of others, so that it has no table."""
        return cls.worked_out

    @classmethod
    def apart(cls) -> dict[str, Value]:
        """The stored fact that all of its rows have, and none of the others in its table."""
        return {cls.told_by: cls.told} if cls.told else {}

    @classmethod
    def of_row(cls, row: Mapping[str, Value]) -> type[Record]:
        """The kind of record that a row of its table is."""
        return cls.kinds.get(str(row.get(cls.told_by)), cls) if cls.told_by else cls

    @classmethod
    @cache
    def refs(cls) -> Mapping[str, Ref]:
        """The references to other records."""
        return {n: f for n, f in cls.fields.items() if isinstance(f, Ref)}

    @classmethod
    def trace(cls, name: str) -> tuple[tuple[str, ...], Field]:
        """The steps and the stored fact that a dotted name leads to; a name that leads nowhere is a TypeError."""
        *steps, last = name.split(".")
        at: type[Record] | None = cls
        for step in steps:
            at = RECORDS.get("District") if step == OWN_DISTRICT else _target(at, step)
        fact = at.fields.get(last) if at else None
        if fact is None or not fact.stored:
            raise TypeError(f"{cls.__name__} has no {name} to be known by")
        return tuple(steps), fact


OWN_DISTRICT = "district"
"""The step of a dotted name that leads to the district's own record, which nothing needs to refer to."""


class Records(dict[str, "type[Record]"]):
    """Every kind of record by name, each table's once; the kinds that share one are found by their names only."""

    def __init__(self) -> None:
        super().__init__()
        self.sharing: dict[str, type[Record]] = {}

    def __missing__(self, name: str) -> type[Record]:
        return self.sharing[name]


RECORDS = Records()


def _target(record: type[Record] | None, step: str) -> type[Record] | None:
    ref = record.fields.get(step) if record else None
    return ref.target if isinstance(ref, Ref) else None


def _copy(field: Field) -> Field:
    twin = object.__new__(type(field))
    twin.__dict__.update(field.__dict__)
    return twin
