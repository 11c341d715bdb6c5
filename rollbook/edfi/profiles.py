"""Profiles: shapes of resources with fewer members to read or to write, in the XML that Ed-Fi defines for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ..errors import Malformed, Problem, nearest
from .properties import Collection, Descriptor, Object, Property
from .schema import Resource

ALL, ONLY, EXCEPT = "IncludeAll", "IncludeOnly", "ExcludeOnly"
MODES = (ALL, ONLY, EXCEPT)

Item = Mapping[str, Any]

USAGES = {"ReadContentType": "readable", "WriteContentType": "writable"}


@dataclass(frozen=True)
class Filter:
    """Which items of a collection belong to a shape: those with, or without, some values of a descriptor."""

    member: str
    only: bool
    values: frozenset[str]

    def takes(self, item: Mapping[str, Any]) -> bool:
        """Whether an item belongs to it."""
        return (str(item.get(self.member, "")).lower() in self.values) is self.only


@dataclass(frozen=True)
class Selection:
    """Some members of an object, by name; those that are named with a selection of their own are there in part."""

    mode: str
    members: Mapping[str, Selection | None] = field(default_factory=dict[str, "Selection | None"])
    filters: tuple[Filter, ...] = ()

    def has(self, one: Property) -> bool:
        """Whether a member is there, whole or in part. What tells a document or an item from others always is."""
        if one.identity or self.mode == ALL:
            return True
        named = one.name in self.members
        return named if self.mode == ONLY else not named or self.within(one) is not None

    def within(self, one: Property) -> Selection | None:
        """What is there of a member that is there in part."""
        return self.members.get(one.name)

    def takes(self, item: Mapping[str, Any]) -> bool:
        """Whether an item of a collection is there."""
        return all(one.takes(item) for one in self.filters)


def shown(properties: Sequence[Property], chosen: Selection, document: Mapping[str, Any]) -> dict[str, Any]:
    """What a shape has of a document; what the hub adds to one is always there."""
    named = {one.name: one for one in properties}
    left = {n: v for n, v in document.items() if n not in named or chosen.has(named[n])}
    return {n: _part(named[n], chosen, v) if n in named else v for n, v in left.items()}


def _part(one: Property, chosen: Selection, value: Any) -> Any:
    within = chosen.within(one)
    if within is None or not isinstance(one, Collection | Object):
        return value
    if isinstance(one, Object):
        return shown(one.properties, within, value)
    return [shown(one.properties, within, item) for item in value if within.takes(item)]


def merged(
    properties: Sequence[Property], chosen: Selection, written: Mapping[str, Any], kept: Mapping[str, Any]
) -> dict[str, Any]:
    """A document as it is after a write: what the shape has as it is written, the rest as it was kept."""
    made = {n: v for n, v in written.items() if n not in {one.name for one in properties}}
    for one in properties:
        new, old = written.get(one.name), kept.get(one.name)
        value = _merged(one, chosen, new, old) if chosen.has(one) else old
        if value is not None:
            made[one.name] = value
    return made


def _merged(one: Property, chosen: Selection, new: Any, old: Any) -> Any:
    within = chosen.within(one)
    if within is not None and isinstance(one, Object) and isinstance(new, dict):
        return merged(one.properties, within, cast(Item, new), old or {})
    if within is None or not isinstance(one, Collection) or not _items(new):
        return new
    before: dict[str, Item] = {_told(one, item): item for item in old or ()}
    made = [
        merged(one.properties, within, item, before.get(_told(one, item), {}))
        for item in cast("list[Item]", new or [])
        if within.takes(item)
    ]
    return [*made, *(item for item in before.values() if not within.takes(item))]


def _items(value: Any) -> bool:
    """Whether a value is what a collection must be, so that it can be looked into before it is checked."""
    if value is None:
        return True
    return isinstance(value, list) and all(isinstance(item, dict) for item in cast("list[Any]", value))


def _told(one: Collection, item: Item) -> str:
    """What tells an item of a collection from the others."""
    return repr([item.get(p.name) for p in one.properties if p.identity]).lower()


@dataclass(frozen=True)
class Profile:
    """A profile: for each resource that it covers, by name, its shape to read and its shape to write."""

    name: str
    shapes: Mapping[tuple[str, str], Selection]
    """By the resource's name in addresses and the usage, `readable` or `writable`."""

    def covers(self, resource: Resource) -> bool:
        """Whether it says anything of a resource."""
        return any(name == resource.name for name, _ in self.shapes)


# ---- XML


def read(text: str, resources: Mapping[str, Resource]) -> list[Profile]:
    """The profiles of an XML document, one or many; raises `Malformed` with all that is wrong."""
    try:
        root: Element = fromstring(text)
    except (ElementTree.ParseError, DefusedXmlException) as error:
        raise Malformed(Problem("profile", f"is not XML: {error}")) from error
    known = {r.singular.lower(): r for r in resources.values()}
    found: list[Problem] = []
    made = [_profile(one, known, found) for one in ([root] if root.tag == "Profile" else root.iter("Profile"))]
    if not made:
        found.append(Problem("profile", "has no element Profile"))
    if found:
        raise Malformed(*found)
    return made


def alone(text: str, name: str) -> str:
    """One profile of an XML document, as a document of its own."""
    root: Element = fromstring(text)
    every = [root] if root.tag == "Profile" else root.iter("Profile")
    return next(ElementTree.tostring(one, "unicode") for one in every if one.get("name", "").lower() == name.lower())


def _profile(element: Element, known: Mapping[str, Resource], found: list[Problem]) -> Profile:
    name = element.get("name", "")
    if not name:
        found.append(Problem("Profile", "has no name"))
    shapes: dict[tuple[str, str], Selection] = {}
    for each in element.iter("Resource"):
        said = each.get("name", "")
        resource, where = known.get(said.lower()), f"{name}/{said}"
        if resource is None:
            found.append(
                Problem(where, "is no resource of this API", nearest(said, [r.entity for r in known.values()]))
            )
            continue
        for tag, usage in USAGES.items():
            if (content := each.find(tag)) is not None:
                shapes[resource.name, usage] = _selection(content, resource.properties, f"{where}/{tag}", found)
    return Profile(name, shapes)


def _selection(element: Element, properties: Sequence[Property], where: str, found: list[Problem]) -> Selection:
    mode = element.get("memberSelection", ALL)
    if mode not in MODES:
        found.append(Problem(where, f"{mode} is no memberSelection", nearest(mode, MODES)))
    members: dict[str, Selection | None] = {}
    for each in element:
        if each.tag in ("Property", "Object", "Collection", "Reference"):
            one = _member(each.get("name", ""), properties)
            if one is None:
                names = [p.name[0].upper() + p.name[1:] for p in properties]
                found.append(
                    Problem(where, f"has no member {each.get('name', '')}", nearest(each.get("name", ""), names))
                )
                continue
            members[one.name] = _inner(each, one, f"{where}/{one.name}", found)
        elif each.tag not in ("Filter", "Extension"):
            found.append(Problem(where, f"{each.tag} is no element of a profile"))
    return Selection(mode, members, tuple(_filters(element, properties, where, found)))


def _inner(element: Element, one: Property, where: str, found: list[Problem]) -> Selection | None:
    """The selection within a member; nothing where it is meant whole."""
    whole = element.get("memberSelection", ALL) == ALL and element.find("Filter") is None
    if whole or not isinstance(one, Collection | Object):
        return None
    return _selection(element, one.properties, where, found)


def _filters(element: Element, properties: Sequence[Property], where: str, found: list[Problem]) -> Iterator[Filter]:
    for each in element.findall("Filter"):
        one = _member(each.get("propertyName", ""), properties)
        if not isinstance(one, Descriptor):
            found.append(Problem(where, f"has no descriptor {each.get('propertyName', '')} to filter by"))
            continue
        values = frozenset((value.text or "").strip().lower() for value in each.findall("Value"))
        yield Filter(one.name, each.get("filterMode", ONLY) == ONLY, values)


def _member(name: str, properties: Sequence[Property]) -> Property | None:
    """The member that a profile means: it may write a collection's name with that of its resource before it."""
    named = [p for p in properties if name.lower() == p.name.lower()]
    ending = sorted((p for p in properties if name.lower().endswith(p.name.lower())), key=lambda p: -len(p.name))
    return next(iter((*named, *(p for p in ending if isinstance(p, Collection | Object)))), None)
