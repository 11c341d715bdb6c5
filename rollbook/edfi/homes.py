"""Where a property's value is in the record: how it is read from a flat row, written back, and asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from .. import fields
from ..fields import ALWAYS, Arg, Condition, Expr, Field, Given, Mapped, Matches, Not, Path, Ref, Value
from ..scopes import ANYONE

Row = Mapping[str, Any]
Rest = Mapping[str, Any]
May = Callable[[str], bool]

DISTRICT = Given(Arg("district_id"), ANYONE, about="The number that others use for the district", kind="text")
"""The district that is read: its reader binds it, since no record refers to its own district."""


def trail(expr: Expr) -> str:
    """The dotted name of a fact in the history's keys; that of the district's number is not a record's own."""
    return "district.identifier" if expr is DISTRICT else fields.trail(expr)


@dataclass(frozen=True)
class Codec:
    """A canonical value as Ed-Fi writes it, and back; `read` gives nothing for what Ed-Fi cannot say."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Value]


def _same(value: Any) -> Any:
    return value


def _numeral(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() else None


PLAIN = Codec(_same, _same)
NUMERAL = Codec(_numeral, str)


class Home(ABC):
    """What a property is in the record."""

    echoes: ClassVar[bool] = False
    """Whether what the remainder keeps only repeats a fact."""
    compared: ClassVar[bool] = False
    """Whether a part of the key has to be worked out to be compared, since no one stored fact says it."""

    @abstractmethod
    def columns(self) -> dict[str, Expr]:
        """The flat columns that it is read from."""

    @abstractmethod
    def read(self, row: Row, rest: Rest, name: str) -> Any:
        """The property's value; nothing when the record has none."""

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        """The values by stored field that say it; the field of a value that is left out becomes empty.

        `may` tells which fields the caller may write; a value of another one makes the property one that is refused.
        """
        return {}

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        """What the record cannot say of it, by the names under which the remainder keeps it."""
        return {}

    def where(self, arg: Arg) -> Condition | None:
        """The rows that have the value; nothing when it cannot be asked for."""
        return None

    def asked(self, value: Any) -> Value:
        """The value as the record has it, to compare with."""
        return value

    @property
    def known(self) -> Condition:
        """The rows in which it has a value, where it is a part of the key."""
        raise TypeError(f"{self} is no part of a key")

    def through(self, ref: Ref) -> Home:
        """The same of the record that another one refers to, as a part of its key."""
        raise TypeError(f"{self} is no part of a key")


@dataclass(frozen=True)
class Fact(Home):
    """One fact. Writing sets the stored field of that name, unless `sets` names another."""

    expr: Expr
    codec: Codec = PLAIN
    sets: str = ""
    also: tuple[tuple[str, Callable[[Any], Value]], ...] = ()
    """Further fields that follow from the value."""
    any_case: bool = False

    @cached_property
    def name(self) -> str:
        """The name of its column."""
        return trail(self.expr)

    @cached_property
    def field(self) -> str:
        """The stored field that it sets, if it sets any."""
        plain = isinstance(self.expr, Field) and self.expr.stored
        return self.sets or (self.name if plain else "")

    def columns(self) -> dict[str, Expr]:
        return {self.name: self.expr}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        value = row.get(self.name)
        return None if value is None else self.codec.read(value)

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        if not self.field:
            return {}
        written = None if value is None else self.codec.write(value)
        return {self.field: written, **{field: follows(value) for field, follows in self.also}}

    def where(self, arg: Arg) -> Condition | None:
        return self.expr.same(arg) if self.any_case else self.expr.is_(arg)

    def asked(self, value: Any) -> Value:
        return self.codec.write(value)

    @property
    def known(self) -> Condition:
        return numbered(self.expr) if self.codec is NUMERAL else known(self.expr)

    def through(self, ref: Ref) -> Home:
        return Fact(_through(ref, self.expr), self.codec, any_case=self.any_case)


@dataclass(frozen=True)
class Differing(Fact):
    """A fact that is only worth saying where it differs from another one, which is the property `beside`."""

    beside: str = ""
    than: Field | None = None
    echoes = True

    def columns(self) -> dict[str, Expr]:
        assert self.than is not None
        return {self.name: self.expr, trail(self.than): self.than}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        assert self.than is not None
        value, other = row.get(self.name), row.get(trail(self.than))
        if other is None:
            return None
        return value if value != other or rest.get(name) == value else None

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        assert self.than is not None
        if value is not None and not may(self.than.name):
            # To a caller who is not shown the other fact, this one is all that there is: they cannot differ.
            return {self.than.name: value}
        return {self.field: value if value is not None else document.get(self.beside)}

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        # A client that says the same thing twice reads it twice.
        return {name: value} if value is not None and value == document.get(self.beside) else {}


@dataclass(frozen=True)
class Guessed(Fact):
    """A fact that another one stands in for, where the record has none that Ed-Fi can say."""

    guess: Field | None = None
    guesses: Mapping[Any, Any] = field(default_factory=dict[Any, Any])
    sayable: tuple[Value, ...] = ()
    """The values that Ed-Fi has words for, if it has none for some."""

    def columns(self) -> dict[str, Expr]:
        assert self.guess is not None
        return {**super().columns(), trail(self.guess): self.guess}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        assert self.guess is not None
        said = super().read(row, rest, name)
        return said if said is not None else self.guesses.get(row.get(trail(self.guess)))

    def where(self, arg: Arg) -> Condition | None:
        assert self.guess is not None
        guessed = {key: self.codec.write(value) for key, value in self.guesses.items() if key is not None}
        otherwise = self.guesses.get(None)
        instead = Mapped(self.guess, guessed, otherwise=None if otherwise is None else self.codec.write(otherwise))
        unsaid = self.expr.unknown()
        if self.sayable:
            # What is in no published list is kept as the whole descriptor, which Ed-Fi can say.
            unsaid = unsaid | Not(self.expr.one_of(*self.sayable) | Matches(self.expr, "contains", "://"))
        return self.expr.same(arg) | (unsaid & instead.same(arg))


@dataclass(frozen=True)
class FirstKnown(Home):
    """The first of several facts that is known; writing sets the first that the caller is shown."""

    facts: tuple[Field, ...]

    def columns(self) -> dict[str, Expr]:
        return {trail(fact): fact for fact in self.facts}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        return next((v for fact in self.facts if (v := row.get(trail(fact))) is not None), None)

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        return {next((fact.name for fact in self.facts if may(fact.name)), self.facts[0].name): value}

    def where(self, arg: Arg) -> Condition | None:
        *first, last = self.facts
        found = last.is_(arg)
        for fact in reversed(first):
            found = fact.is_(arg) | (fact.unknown() & found)
        return found


@dataclass(frozen=True)
class OrganisationId(Home):
    """The number of the school that a record belongs to, or of the district when it belongs to all of its schools."""

    school: Expr
    estab: Expr

    def columns(self) -> dict[str, Expr]:
        return {trail(self.school): self.school, trail(self.estab): self.estab, trail(DISTRICT): DISTRICT}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        at_school = row.get(trail(self.school)) is not None
        number = row.get(trail(self.estab) if at_school else trail(DISTRICT))
        return None if number is None else NUMERAL.read(number)

    def where(self, arg: Arg) -> Condition | None:
        return self.estab.is_(arg) | (self.school.unknown() & DISTRICT.is_(arg))

    def asked(self, value: Any) -> Value:
        return NUMERAL.write(value)

    @property
    def known(self) -> Condition:
        return placed(self.school, self.estab)

    def through(self, ref: Ref) -> Home:
        return OrganisationId(_through(ref, self.school), _through(ref, self.estab))


@dataclass(frozen=True)
class Listing(Home):
    """A text with commas, as a collection of objects with one member."""

    expr: Field
    member: str
    codec: Codec = PLAIN

    def columns(self) -> dict[str, Expr]:
        return {trail(self.expr): self.expr}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        words = [word.strip() for word in (row.get(trail(self.expr)) or "").split(",")]
        said = (self.codec.read(word.replace("%2C", ",")) for word in words if word)
        return [{self.member: one} for one in said if one is not None]

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        words = [str(self.codec.write(item[self.member])).replace(",", "%2C") for item in value or ()]
        return {self.expr.name: ",".join(words) or None}


@dataclass(frozen=True)
class Slots(Home):
    """Several facts as the items of a collection that tells them apart by a type, such as a home and a work number.

    The remainder keeps further members of such an item, and the items of other types.
    """

    facts: Mapping[str, Field]
    """The facts by the type's descriptor."""
    type: str
    value: str

    def columns(self) -> dict[str, Expr]:
        return {trail(fact): fact for fact in self.facts.values()}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        own: list[dict[str, Any]] = []
        for word, fact in self.facts.items():
            if (value := row.get(trail(fact))) is not None:
                own.append({self.type: word, self.value: value, **rest.get(f"{name}#{word}", {})})
        return [*own, *rest.get(name, ())]

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        found = self._found(value)
        return {fact.name: found[word][self.value] if word in found else None for word, fact in self.facts.items()}

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        found = self._found(value)
        others = [item for item in value or () if not any(item is own for own in found.values())]
        kept: dict[str, Any] = {name: others} if others else {}
        for word, item in found.items():
            further = {n: v for n, v in item.items() if n not in (self.type, self.value)}
            kept |= {f"{name}#{word}": further} if further else {}
        return kept

    def _found(self, items: Any) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for item in items or ():
            word = next((w for w in self.facts if w.lower() == item[self.type].lower()), None)
            if word is not None:
                found.setdefault(word, item)
        return found


@dataclass(frozen=True)
class Stated(Home):
    """What a record tells of somebody, unless a flag says that it leaves that out and changes nothing of it."""

    home: Home
    flag: Field

    def columns(self) -> dict[str, Expr]:
        return {**self.home.columns(), self.flag.name: self.flag}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        return None if row.get(self.flag.name) == 0 else self.home.read(row, rest, name)

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        if value in (None, []):
            return {self.flag.name: 0}
        return {self.flag.name: 1, **self.home.write(value, document, may)}

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        return self.home.rest(name, value, document)

    def where(self, arg: Arg) -> Condition | None:
        found = self.home.where(arg)
        return None if found is None else self.flag.is_not(0) & found

    def asked(self, value: Any) -> Value:
        return self.home.asked(value)


def _through(ref: Ref, expr: Expr) -> Path:
    if not isinstance(expr, Field | Path):
        raise TypeError(f"{expr} cannot be reached by {ref}")
    return ref / expr


def numbered(*numbers: Expr) -> Condition:
    """Each of them is a number: Ed-Fi knows organisations by whole numbers, which the record keeps as text."""
    found = ALWAYS
    for number in numbers:
        # Texts that begin with a digit other than 0: no list of schools mixes those with anything but numbers.
        found = found & number.since("1") & number.before(":")
    return found


def known(*facts: Expr) -> Condition:
    """Each of them is there."""
    found = ALWAYS
    for fact in facts:
        found = found & fact.known()
    return found


def placed(school: Expr, estab: Expr) -> Condition:
    """The school that a record belongs to has a number, or the district has, when it belongs to all of its schools."""
    return numbered(estab) | (school.unknown() & numbered(DISTRICT))
