"""Resources made of the standard's facts, and of homes: where properties live in the record.

A declaration says what the standard does not: the record, and for each property that has a place in it, which. What
nobody gives a home is kept beside the record as it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypedDict, TypeVar

from ..errors import nearest
from ..fields import ALWAYS, Condition, Expr, Record, Ref
from ..model.organisation import School
from . import standard
from .homes import Home, OrganisationId
from .properties import (
    Boolean,
    Collection,
    Date,
    Descriptor,
    Integer,
    Linking,
    Moment,
    Number,
    Object,
    Property,
    Reference,
    Target,
    Text,
    Time,
)
from .schema import Resource
from .standard import Kind, Line
from .telling import about

YEARS = "schoolYearTypes"
"""School years, which all exist: nobody has to make one before it is referred to."""


@dataclass(frozen=True)
class At:
    """Where a reference lives in the record: the hub id of what it refers to, and the members of its key.

    It sets the stored field of that name, unless `sets` names another; `role` is the role that is meant where the
    reference is to a human.
    """

    id: Expr | None = None
    homes: Mapping[str, Home] = field(default_factory=dict[str, Home])
    sets: str | None = None
    role: type[Record] | None = None

    @property
    def field(self) -> str:
        """The stored field that it sets, if it sets any."""
        if self.sets is not None:
            return self.sets
        return self.id.name if isinstance(self.id, Ref) else ""


Place = Home | At | Linking

PLACES: dict[str, type | tuple[type, ...]] = {">": At, "[": (Home, Linking)}
"""What the home of a reference and of a collection may be, by how their type begins; of all others it is a `Home`."""


def through(ref: Ref, resource: Resource, **others: Home) -> At:
    """The place of a reference by which a record refers to another one, whose own key says where its members are."""
    own = {name: home.through(ref) for name, home in resource.key_homes if name not in others}
    return At(ref, {**own, **others})


def organisation(school: Ref) -> At:
    """The place of a reference to the school that a record belongs to, or to the district."""
    return At(school, {"educationOrganizationId": OrganisationId(school, school / School.estab)})


def made_of(
    facts: Kind, homes: Mapping[str, Place] | None = None, otherwise: Mapping[str, Any] | None = None
) -> tuple[Property, ...]:
    """The properties of a kind of document."""
    making = _Making(homes or {}, otherwise or {})
    made = tuple(making.property(line, (facts.name,)) for line in facts.lines)
    making.check(facts.name)
    return made


R = TypeVar("R", bound=Resource)


def declare(
    name: str,
    of: type[Record],
    homes: Mapping[str, Place] | None = None,
    *,
    otherwise: Mapping[str, Any] | None = None,
    only: Condition = ALWAYS,
    kind: type[R] = Resource,
    **others: Any,
) -> R:
    """A resource by its name in the standard; `homes` and `otherwise` (what stands in for nothing) by property.

    A property of an item is told by both names, such as `programs.programReference`. Documents are the records whose
    key is known, and that `only` holds for; `others` are further facts of a `Resource`. Raises TypeError for a property
    that the standard does not have.
    """
    facts = standard.kinds()[name]
    properties = made_of(facts, homes, otherwise)
    own: dict[str, Any] = {"unified": facts.unified, "key_may_change": facts.moves, **others}
    made = kind(name, facts.entity, about(facts.entity), of, properties, **own)
    return replace(made, only=only & made.known)


class _More(TypedDict, total=False):
    """What any property may be beside its name, its words and its type."""

    required: bool
    identity: bool
    home: Home | None
    otherwise: Any


@dataclass
class _Making:
    """The making of one resource's properties, which notes the homes that it has given."""

    homes: Mapping[str, Place]
    otherwise: Mapping[str, Any]
    met: set[str] = field(default_factory=set[str])

    def property(self, line: Line, above: tuple[str, ...]) -> Property:
        """The property that a line says, below the names that lead to it."""
        names = (*above, line.name)
        path = ".".join(names[1:])
        self.met.add(path)
        place, said = self.place(path, line), about(*names)
        inner = tuple(self.property(one, names) for one in line.inner)
        more = _More(
            required=line.required,
            identity=line.key,
            home=place if isinstance(place, Home) else None,
            otherwise=self.otherwise.get(path),
        )
        if line.type == "[]":
            links = place if isinstance(place, Linking) else None
            return Collection(line.name, said, line.words[0], inner, links, **more)
        if line.type == "{}":
            return Object(line.name, said, line.words[0], inner, **more)
        if line.type.startswith(">"):
            at, target = place if isinstance(place, At) else At(), target_of(line.type[1:])
            return Reference(line.name, said, target, at.homes, at.id, at.field, at.role, line.names, **more)
        return value(line, said, more)

    def place(self, path: str, line: Line) -> Place | None:
        """Where the property at a path lives; raises TypeError where one of its type cannot."""
        place, (above, _, _) = self.homes.get(path), path.rpartition(".")
        if place is None:
            return None
        if not isinstance(place, PLACES.get(line.type[0], Home)):
            raise TypeError(f"{path} cannot live in {type(place).__name__}")
        if above and not isinstance(self.homes.get(above), Linking):
            raise TypeError(f"{path} has no home of its own: it lives where {above} does")
        if (
            isinstance(place, At)
            and place.homes
            and set(place.homes) != {m.name for m in target_of(line.type[1:]).members}
        ):
            raise TypeError(f"{path} lives by other members than those of its key")
        return place

    def check(self, resource: str) -> None:
        """Raise TypeError for a path that the standard does not have."""
        for path in (*self.homes, *self.otherwise):
            if path not in self.met:
                raise TypeError(f"{resource} has no {path} in the standard; {nearest(path, list(self.met))}")


def value(line: Line, said: str, more: _More) -> Property:
    """The property that a line says which is a single value."""
    least, most = line.bounds
    match line.type:
        case "text":
            return Text(line.name, said, int(most), int(least or 0), **more)
        case "int" | "long":
            bits = 64 if line.type == "long" else 32
            return Integer(line.name, said, _whole(least), _whole(most), bits, **more)
        case "decimal":
            return Number(line.name, said, _number(least), _number(most), **more)
        case kind if kind.startswith("#"):
            return Descriptor(line.name, said, kind[1:], **more)
        case kind:
            return _PLAIN[kind](line.name, said, **more)


def _whole(said: str) -> int | None:
    return int(said) if said else None


def _number(said: str) -> float:
    return float(said) if {*".e"} & {*said} else int(said)


_PLAIN: dict[str, type[Boolean | Date | Time | Moment]] = {
    "bool": Boolean,
    "date": Date,
    "time": Time,
    "moment": Moment,
}


# ---- what references point at


@cache
def target_of(entity: str) -> Target:
    """What a reference to an entity points at, by the members of its natural key."""
    kind = standard.entities()[entity]
    members = sorted(_key(kind), key=lambda one: one.name)
    served = {one.name: _renamed(kind, one) for one in standard.kinds_of(entity)}
    return Target(entity[0].lower() + entity[1:], tuple(members), served, kind.name == YEARS)


def _key(kind: Kind) -> list[Property]:
    """The members of a kind's natural key; one that references share is there once."""
    found: dict[str, Property] = {}
    for line in (one for one in kind.lines if one.key):
        if line.type.startswith(">"):
            for member in target_of(line.type[1:]).members:
                name = line.names.get(member.name, member.name)
                found.setdefault(name, replace(member, name=name, about=about(f">{name}")))
        else:
            found[line.name] = value(line, about(f">{line.name}"), {})
    return list(found.values())


def _renamed(abstract: Kind, kind: Kind) -> dict[str, str]:
    """The members of an abstract kind's key that have another name in a kind of it: its one number."""
    if kind is abstract:
        return {}
    ours, theirs = ([line.name for line in one.lines if line.key] for one in (abstract, kind))
    return {ours[0]: theirs[0]} if len(ours) == 1 else {}
