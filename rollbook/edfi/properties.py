"""The properties of documents: their kinds, what each is in the record, and what a document says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..fields import Expr, Many, Record, Rows, Value
from .homes import Home, Rest, Row, trail

Link = Callable[["Target", Any], "dict[str, str] | None"]
"""Makes a reference's `link` from its target and the hub id of what it points at; without one it is the district."""


@dataclass(frozen=True)
class Pointing:
    """A reference that a document makes, to be resolved."""

    target: Target
    identity: dict[str, Any]
    path: str
    sets: str = ""
    """The stored field that takes the hub id, if one does."""
    role: type[Record] | None = None
    """The role at the row's school which that human has, when the field takes the role rather than the human."""
    link: str = ""
    """The collection, when the reference is a row of its linking record."""


@dataclass(frozen=True)
class Word:
    """A descriptor that a document uses, to be checked."""

    kind: str
    uri: str
    path: str


class Anything:
    """Every field may be written; which were asked about is noted."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __call__(self, name: str) -> bool:
        self.asked.add(name)
        return True


@dataclass(frozen=True)
class Written:
    """A document split into what goes where."""

    may: Callable[[str], bool] = field(default_factory=Anything)
    """Whether a stored field may be written."""
    keeps: bool = True
    """Whether what has no canonical field may be written."""
    values: dict[str, Value] = field(default_factory=dict[str, Value])
    """Canonical values by stored field, empty ones too: what the document leaves out is cleared. What may not be
    written is left alone."""
    references: list[Pointing] = field(default_factory=list[Pointing])
    words: list[Word] = field(default_factory=list[Word])
    rest: dict[str, Any] = field(default_factory=dict[str, Any])
    """What has no canonical field."""
    lacking: dict[str, str] = field(default_factory=dict[str, str])
    """What the document says and may not be written: by path the stored field, "" where it has none."""

    def is_the_same_for(self, may: Callable[[str], bool], *, keeps: bool) -> bool:
        """Whether a document is split alike for whoever may write these fields: no field is another's."""
        return keeps and self.keeps and isinstance(self.may, Anything) and all(map(may, self.may.asked))

    def say(self, values: Mapping[str, Value], path: str = "") -> None:
        """Take values by stored field, which the property at a path says, if one does."""
        for name, value in values.items():
            if self.may(name):
                self.values[name] = value
            elif path and value is not None:
                self.lacking.setdefault(path, name)

    def keep(self, rest: Mapping[str, Any], path: str = "") -> None:
        """Take what has no canonical field."""
        if self.keeps:
            self.rest.update(rest)
        elif path and rest:
            self.lacking.setdefault(path, "")


# ---- properties


@dataclass(frozen=True, eq=False)
class Property:
    """One property of a document. A part of the natural key is required."""

    name: str
    about: str
    required: bool = field(default=False, kw_only=True)
    identity: bool = field(default=False, kw_only=True)
    home: Home | None = field(default=None, kw_only=True)
    otherwise: Any = field(default=None, kw_only=True)
    """What is read where neither the record nor the remainder has a value."""

    @property
    def needed(self) -> bool:
        """Whether each document must have it."""
        return self.required or self.identity

    def columns(self) -> dict[str, Expr]:
        """The flat columns that it is read from."""
        return self.home.columns() if self.home else {}

    def read(self, row: Row, rest: Rest, link: Link | None = None) -> Any:
        """Its value in a flat row with its remainder."""
        value = self.home.read(row, rest, self.name) if self.home else rest.get(self.name)
        return self.otherwise if value is None or value == [] else value

    def split(self, document: Mapping[str, Any], into: Written) -> None:
        """Put its value where it belongs."""
        value, path = document.get(self.name), f"$.{self.name}"
        # A caller who is not shown the value reads, and sends back, what stands in for it.
        said = path if value not in (None, [], self.otherwise) else ""
        if self.home:
            into.say(self.home.write(value, document, into.may), said)
            into.keep(self.home.rest(self.name, value, document), "" if self.home.echoes else said)
        elif value is not None:
            into.keep({self.name: value}, said)
        if value is not None:
            self.gather(value, path, into)

    def gather(self, value: Any, path: str, into: Written) -> None:
        """Note the references and descriptors in a value."""


@dataclass(frozen=True, eq=False)
class Text(Property):
    """Words, up to `most` characters."""

    most: int
    least: int = 0


@dataclass(frozen=True, eq=False)
class Integer(Property):
    """A whole number."""

    least: int | None = None
    most: int | None = None
    bits: int = 32


@dataclass(frozen=True, eq=False)
class Number(Property):
    """A number with a fraction."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, eq=False)
class Boolean(Property):
    """True or false."""


@dataclass(frozen=True, eq=False)
class Date(Property):
    """A day, `yyyy-MM-dd`."""


@dataclass(frozen=True, eq=False)
class Time(Property):
    """A time of day, `HH:mm:ss`."""


@dataclass(frozen=True, eq=False)
class Moment(Property):
    """A day with a time of it, `yyyy-MM-ddTHH:mm:ssZ`."""


@dataclass(frozen=True, eq=False)
class Descriptor(Property):
    """A word of a list, `namespace#code`; `kind` is the list's name without `Descriptor`."""

    kind: str

    def gather(self, value: Any, path: str, into: Written) -> None:
        into.words.append(Word(self.kind, value, path))


@dataclass(frozen=True, eq=False)
class Target:
    """What a reference points at: its kind, and the members of its natural key.

    `served` are the resources that it may be one of, each with the names that the members have there when they are
    others.
    """

    name: str
    members: tuple[Property, ...]
    served: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    everywhere: bool = False
    """Whether everything that it can say exists."""


@dataclass(frozen=True, eq=False)
class Reference(Property):
    """Another resource, by the members of its natural key.

    `homes` says where the members are in the record; `at` is the hub id of what is referred to; `sets` the stored
    field that takes it. `names` are those of members as query parameters and in the natural key, where they are others.
    """

    target: Target
    homes: Mapping[str, Home] = field(default_factory=dict[str, Home])
    at: Expr | None = None
    sets: str = ""
    role: type[Record] | None = None
    names: Mapping[str, str] = field(default_factory=dict[str, str])

    def parameter(self, member: str) -> str:
        """The name of a member as a query parameter, which is also its name in the natural key."""
        return self.names.get(member, member)

    def columns(self) -> dict[str, Expr]:
        own = {name: expr for home in self.homes.values() for name, expr in home.columns().items()}
        return own | ({trail(self.at): self.at} if self.at is not None else {})

    def read(self, row: Row, rest: Rest, link: Link | None = None) -> Any:
        if not self.homes:
            return rest.get(self.name)
        value = {m.name: self.homes[m.name].read(row, rest, m.name) for m in self.target.members}
        if any(v is None for v in value.values()):
            # What led nowhere when the record was made of a document that had been kept whole.
            return rest.get(self.name)
        made = link(self.target, row.get(trail(self.at)) if self.at is not None else None) if link else None
        return {**value, "link": made} if made else value

    def split(self, document: Mapping[str, Any], into: Written) -> None:
        value, path = document.get(self.name), f"$.{self.name}"
        if not self.homes and value is not None:
            into.keep({self.name: value}, path)
        for name, home in self.homes.items():
            into.say(home.write(None if value is None else value[name], document, into.may), path)
        if value is not None:
            into.references.append(self.pointing(value, path, self.sets))
            self._words(value, path, into)
            if self.sets and not into.may(self.sets):
                into.lacking.setdefault(path, self.sets)
        elif self.sets:
            into.say({self.sets: None})

    def pointing(self, value: Mapping[str, Any], path: str, sets: str = "", link: str = "") -> Pointing:
        """The reference that a value makes."""
        return Pointing(self.target, dict(value), path, sets, self.role, link)

    def gather(self, value: Any, path: str, into: Written) -> None:
        into.references.append(self.pointing(value, path))
        self._words(value, path, into)

    def _words(self, value: Mapping[str, Any], path: str, into: Written) -> None:
        for member in self.target.members:
            member.gather(value[member.name], f"{path}.{member.name}", into)


@dataclass(frozen=True, eq=False)
class Linking:
    """A collection of references that is a record of its own: its rows, and the field that takes each hub id."""

    many: Many
    sets: str


@dataclass(frozen=True, eq=False)
class Collection(Property):
    """A list of objects, told apart by the properties that are their identity; `item` names the object's schema."""

    item: str
    properties: tuple[Property, ...]
    links: Linking | None = None

    def columns(self) -> dict[str, Expr]:
        if self.links is None:
            return super().columns()
        inner = {name: expr for p in self.properties for name, expr in p.columns().items()}
        return {self.name: Rows(self.links.many, inner)}

    def read(self, row: Row, rest: Rest, link: Link | None = None) -> Any:
        if self.links is None:
            return super().read(row, rest, link)
        items = [{p.name: p.read(item, {}, link) for p in self.properties} for item in row.get(self.name) or ()]
        return [item for item in items if all(v is not None for v in item.values())]

    def split(self, document: Mapping[str, Any], into: Written) -> None:
        if self.links is None:
            super().split(document, into)
            return
        for at, item in enumerate(document.get(self.name, ())):
            for one in (p for p in self.properties if isinstance(p, Reference)):
                path = f"$.{self.name}[{at}].{one.name}"
                one.gather(item[one.name], path, into)
                into.references[-1] = one.pointing(item[one.name], path, self.links.sets, self.name)

    def gather(self, value: Any, path: str, into: Written) -> None:
        for at, item in enumerate(value):
            for one in self.properties:
                if one.name in item:
                    one.gather(item[one.name], f"{path}[{at}].{one.name}", into)


@dataclass(frozen=True, eq=False)
class Object(Property):
    """Properties that are said together or not at all; `item` names the object's schema."""

    item: str
    properties: tuple[Property, ...]

    def gather(self, value: Any, path: str, into: Written) -> None:
        for one in self.properties:
            if one.name in value:
                one.gather(value[one.name], f"{path}.{one.name}", into)
