"""Resources as values: the properties of a document, its natural key, and what it is in the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..fields import ALWAYS, All, Arg, Compare, Condition, Expr, Field, Path, Record, Told, Value
from ..scopes import NOBODY, Need
from .entries import Entered, Entry
from .homes import Home, May, Rest, Row, Stated, trail
from .properties import (
    Anything,
    Boolean,
    Collection,
    Date,
    Descriptor,
    Integer,
    Link,
    Linking,
    Moment,
    Number,
    Object,
    Pointing,
    Property,
    Reference,
    Target,
    Text,
    Time,
    Word,
    Written,
)

Member = tuple[str, Property, Reference | None]
"""A member of a natural key by its name, as a property and the reference that it stands in."""


@dataclass(frozen=True)
class Same:
    """The value that another stored field is given."""

    field: str


def _alike(condition: Condition) -> Iterator[tuple[str, Any]]:
    match condition:
        case All():
            for one in condition.conditions:
                yield from _alike(one)
        case Compare(op="=", expr=Field() | Path() as fact):
            yield trail(fact), condition.value
        case _:
            return


@dataclass(frozen=True, eq=False, repr=False)
class Resource:
    """One kind of document: a declaration from which its reading, writing, filters and specification are made."""

    name: str
    """As it stands in addresses, in the plural."""
    entity: str
    about: str
    of: type[Record]
    """The record that a document is."""
    properties: tuple[Property, ...]
    """In the order in which documents show them."""
    only: Condition = ALWAYS
    """The records that are documents: those that have the natural key."""
    remainder: Need | None = None
    """What must be held to read what has no canonical field; the record's own scope if none is named."""
    role: type[Record] | None = None
    """The role that a human must be seen in, where the record is a human."""
    numbered: str = ""
    """The member by which clients know a descriptor's list; documents of other resources have none."""
    key_may_change: bool = False
    fresh: Mapping[str, Value | Same] = field(default_factory=dict[str, "Value | Same"])
    """Canonical values that only a new record is given."""
    belongs: tuple[str, ...] = ()
    """The fields whose records give a new record its school, where its document does not: the first that has one."""
    stays: bool = False
    """Whether a record stays at the school that it was given, where its document names none that has it."""
    roams: bool = False
    """Whether what is kept whole in other districts may refer to a document, since no school has it for itself."""
    read_only: bool = False
    """Whether only other dialects and sources write the records: no document is made one."""
    fitting: Callable[[Mapping[str, Any]], bool] | None = None
    """Which documents the record can be, where it is one of several places for them; all of them if not said."""
    unified: tuple[tuple[str, ...], ...] = ()
    """Paths whose values are one and the same member of the key; `[*]` stands for each item."""

    def __post_init__(self) -> None:
        if self.writing == NOBODY and not self.read_only:
            raise TypeError(f"{self.name} is written, and {self.of.__name__} says nothing of who may")

    def __repr__(self) -> str:
        return self.name

    @property
    def parts(self) -> tuple[Resource, ...]:
        """What its documents may be, each in order: they are of one resource, and of several kinds of record."""
        return (self,)

    @cached_property
    def asked_as(self) -> str:
        """What tells questions for it from those for other parts of the same resource."""
        return f"{self.name} {self.of.__name__}"

    def fits(self, document: Mapping[str, Any]) -> bool:
        """Whether the record can say what makes a document one, as far as the document alone tells."""
        return not self.read_only and (self.fitting is None or self.fitting(document))

    @cached_property
    def columns(self) -> tuple[tuple[str, Expr], ...]:
        """The flat columns that documents are made of, one for each canonical fact."""
        every = {name: expr for p in self.properties for name, expr in p.columns().items()}
        return tuple(every.items())

    @cached_property
    def told(self) -> tuple[Property, ...]:
        """The properties of which the record itself may tell."""
        return tuple(p for p in self.properties if p.columns() or p.otherwise is not None)

    @cached_property
    def by_name(self) -> dict[str, Property]:
        """The properties by name."""
        return {p.name: p for p in self.properties}

    @cached_property
    def writing(self) -> Need:
        """What must be granted to write a document, beside what its facts need."""
        return self.role.human_writing if self.role is not None else self.of.writing

    @property
    def singular(self) -> str:
        """The name of one document, as schemas spell it."""
        return self.entity[0].lower() + self.entity[1:]

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references that a document makes outside of its collections."""
        return tuple(p for p in self.properties if isinstance(p, Reference))

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The entries of schools' lists that documents name by words, by the stored field that refers to each."""
        homes = (p.home for p in self.properties)
        return {home.entry.ref.name: home.entry for home in homes if isinstance(home, Entered)}

    @cached_property
    def key_entries(self) -> frozenset[str]:
        """Those of them that are parts of the natural key, by the stored field."""
        homes = (p.home for p in self.properties if p.identity)
        return frozenset(home.entry.ref.name for home in homes if isinstance(home, Entered))

    @cached_property
    def common(self) -> dict[str, Any]:
        """The facts that the records of all documents have alike, by dotted name."""
        return dict(_alike(self.only))

    @cached_property
    def compared(self) -> bool:
        """Whether natural keys have to be worked out to be compared."""
        return any(home.compared for _, home in self.key_homes)

    @cached_property
    def humans(self) -> frozenset[str]:
        """The fields that are facts of the human whom the record tells of, and are written there."""
        fields = self.of.fields.items()
        return frozenset(n for n, f in fields if isinstance(f, Told)) if self.stated else frozenset()

    @cached_property
    def stated(self) -> tuple[Stated, ...]:
        """What a document may say of a human, and may leave out."""
        return tuple(p.home for p in self.properties if isinstance(p.home, Stated))

    @property
    def links(self) -> dict[str, Linking]:
        """The collections that are records of their own, by name."""
        return {p.name: p.links for p in self.properties if isinstance(p, Collection) and p.links}

    # ---- documents

    def shape(self, row: Row, kept: Rest | None = None, link: Link | None = None) -> dict[str, Any]:
        """The document that a flat row is, with what its client wrote beside; without `id` and what the hub adds."""
        values = ((p.name, p.read(row, kept or {}, link)) for p in (self.properties if kept else self.told))
        return {name: value for name, value in values if value is not None and value != []}

    def unshape(self, document: Mapping[str, Any], may: May | None = None, *, keeps: bool = True) -> Written:
        """A valid document split into canonical values, references, descriptors and the remainder.

        `may` tells which stored fields the caller may write, any without it; `keeps` whether also what has none.
        """
        into = Written(may or Anything(), keeps)
        for one in self.properties:
            one.split(document, into)
        return into

    def first(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """The canonical values that a new record is given beside those of its document."""
        return {n: values.get(v.field) if isinstance(v, Same) else v for n, v in self.fresh.items()}

    # ---- the natural key

    def members(self) -> tuple[Member, ...]:
        """Each member of the natural key by its name, as a property and the reference that it stands in."""
        return self._members

    @cached_property
    def _members(self) -> tuple[Member, ...]:
        found: list[Member] = []
        for one in (p for p in self.properties if p.identity):
            if isinstance(one, Reference):
                found += ((one.parameter(m.name), m, one) for m in one.target.members)
            else:
                found.append((one.name, one, None))
        return tuple(found)

    def key(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The natural key of a document, by member; what the change queries call keyValues."""
        return {
            name: document[one.name] if holder is None else document[holder.name][one.name]
            for name, one, holder in self.members()
        }

    @cached_property
    def keyed(self) -> Condition:
        """The record with a natural key, whose values are bound by `key_args`."""
        found = ALWAYS
        for name, home in self.key_homes:
            where = home.where(Arg(f"key_{name}"))
            if where is None:
                raise TypeError(f"{self.name} cannot be found by {name}")
            found = found & where
        return self.only & found

    def key_args(self, key: Mapping[str, Any]) -> dict[str, Value]:
        """The arguments that `keyed` asks for."""
        return {f"key_{name}": home.asked(key[name]) for name, home in self.key_homes}

    def key_of(self, gone: Mapping[str, Any]) -> dict[str, Any]:
        """The natural key of a record that is gone, from the facts that the history keeps, by their dotted names."""
        # A record's school is told by its number alone; without one it belonged to the district.
        row = {**gone, **{n.removesuffix(".estab"): v for n, v in gone.items() if n.endswith("school.estab")}}
        key: dict[str, Any] = {}
        for name, home in self.key_homes:
            # What two references share is told once.
            value = home.read(row, {}, name)
            key[name] = key.get(name) if value is None else value
        return key

    @cached_property
    def key_facts(self) -> tuple[Expr, ...]:
        """The facts of the record that its natural key is made of."""
        return tuple(expr for _, home in self.key_homes for expr in home.columns().values())

    @cached_property
    def key_homes(self) -> tuple[tuple[str, Home], ...]:
        """Where each member of the natural key is in the record; one that references share is there for each."""
        found: list[tuple[str, Home]] = []
        for name, one, holder in self.members():
            home = holder.homes.get(one.name) if holder else one.home
            if home is None:
                raise TypeError(f"{self.name}: the record does not say {name}")
            found.append((name, home))
        return tuple(found)

    @property
    def known(self) -> Condition:
        """The records whose natural key is known."""
        found = ALWAYS
        for _, home in self.key_homes:
            found = found & home.known
        return found


__all__ = [
    "Boolean",
    "Collection",
    "Date",
    "Descriptor",
    "Integer",
    "Link",
    "Linking",
    "Moment",
    "Number",
    "Object",
    "Pointing",
    "Property",
    "Reference",
    "Resource",
    "Same",
    "Target",
    "Text",
    "Time",
    "Word",
    "Written",
]
