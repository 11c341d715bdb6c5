"""Finding a record by its natural key: by what the record stores, step by step, through indexes.

Asking for the whole key at once would join everything that it leads through, for every record of the district.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol, TypeVar

from ..fields import Record
from ..model.people import Contact, Person, Staff
from ..model.students import Student
from .declaring import target_of
from .documents import Whole
from .homes import Fact, Home
from .resources import RESOURCES
from .schema import Pointing, Reference, Resource, Target
from .words import folded

ROLES: dict[str, type[Record]] = {"student": Student, "staff": Staff, "contact": Contact}
"""The role that a human has as the target of a reference."""

UNIQUE_IDS: dict[str, str] = {name: f"{name}_unique_id" for name in ROLES}
"""The stored fact by which a human is known, by the name of the target that refers to it."""

ORGANISATIONS = ("school", "educationOrganization", "localEducationAgency")

Facts = dict[str, Any]

Found = TypeVar("Found")


@dataclass(frozen=True)
class Place:
    """An organisation: its district's number, and its hub id if it is a school."""

    district: int
    school: str | None


def place_of(known: Mapping[int, Place], target: Target, identity: Mapping[str, Any]) -> Place | None:
    """The organisation that a reference names, among those known by number; nothing when it is of another kind."""
    found = known.get(next(iter(identity.values())))
    if found is None or (target.name == "school" and found.school is None):
        return None
    return None if target.name == "localEducationAgency" and found.school else found


class Looking(Protocol):
    """The records of a district, as far as somebody sees them."""

    def once(self, key: object, make: Callable[[], Found]) -> Found:
        """What is found once."""
        ...

    def find(self, record: type[Record], **facts: Any) -> list[Facts]:
        """The records with these stored facts, whoever may see them, oldest first."""
        ...

    def get(self, record: type[Record], identity: str) -> Facts | None:
        """A record by its hub id, whoever may see it."""
        ...

    def sees(self, record: type[Record], identity: str) -> bool:
        """Whether a record may be seen."""
        ...

    def known_as(self, record: type[Record], identity: str) -> Facts:
        """What others know a record by now."""
        ...


class Locator(ABC):
    """Finds the records of a district that are seen, by their natural keys; organisations by those known by number."""

    def __init__(self, record: Looking, district: int, known: Mapping[int, Place]) -> None:
        self.record = record
        self.district = district
        self.known = known

    def document(self, resource: Resource, key: Mapping[str, Any]) -> str | None:
        """The hub id of the document with a natural key, if it is seen."""
        return next((identity for part, identity in self.having(resource, key) if self.seen(part, identity)), None)

    def taken(self, resource: Resource, key: Mapping[str, Any], **more: Any) -> bool:
        """Whether a record has a natural key, and it is not seen; `more` are further facts of it."""
        return not all(self.record.sees(part.of, identity) for part, identity in self.having(resource, key, **more))

    def having(self, resource: Resource, key: Mapping[str, Any], **more: Any) -> Iterator[tuple[Resource, str]]:
        """The hub ids of the records with a natural key, whoever may see them, each with what they are documents of."""
        for part in RESOURCES.get(resource.name, resource).parts:
            wanted = ("having", part.asked_as, *key.items(), *more.items())
            for identity in self.record.once(wanted, lambda part=part: list(self.look_for(part, key, more))):
                yield part, identity

    def look_for(self, resource: Resource, key: Mapping[str, Any], more: Facts) -> Iterator[str]:
        """The same, read from the record."""
        for facts in ({**one, **more} for one in self.candidates(resource, key)):
            for row in self.record.find(resource.of, **facts):
                if self.fits(resource, key, row):
                    yield row["id"]

    @abstractmethod
    def seen(self, resource: Resource, identity: str) -> bool:
        """Whether a record is a document of the resource that is seen."""

    def target(self, target: Target, identity: Mapping[str, Any]) -> str | None:
        """The hub id of what a reference names, where it is a document."""
        wanted = ("target", target.name, *identity.items())
        return self.record.once(wanted, lambda: next((found for _, found in self.targets(target, identity)), None))

    def targets(self, target: Target, identity: Mapping[str, Any]) -> Iterator[tuple[Resource, str]]:
        """The documents that a reference may name, with their resources."""
        for name, members in target.served.items():
            resource = RESOURCES.get(name)
            if resource is not None:
                found = self.document(resource, {members.get(m, m): value for m, value in identity.items()})
                if found:
                    yield resource, found

    # ---- what a document refers to

    def leads(self, one: Pointing) -> str | None:
        """The hub id of what a reference of a document leads to; a district has none among its own records."""
        if one.target.name not in ORGANISATIONS:
            return self.reference(one.target, one.identity)[1]
        place = place_of(self.known, one.target, one.identity)
        return place.school if place else self.kept_whole(one)

    def kept_whole(self, one: Pointing) -> str | None:
        """The hub id of an organisation that is neither a school nor a district of schools."""
        found = self.targets(one.target, one.identity)
        return next((i for resource, i in found if isinstance(resource, Whole)), None)

    def named(self, references: Iterable[Pointing]) -> dict[str, str]:
        """Whom a document names by referring to what is known by them, by the path of each number."""
        known = ((one, name) for one in references if one.target.name not in UNIQUE_IDS for name in UNIQUE_IDS)
        found: dict[str, str] = {}
        for one, name in known:
            member = f"{name}UniqueId"
            if member in one.identity:
                those = self.people(target_of(name.capitalize()), {member: one.identity[member]})
                found |= {f"{one.path}.{member}": person for person in those[:1]}
        return found

    # ---- what a record stores of its key

    def candidates(self, resource: Resource, key: Mapping[str, Any]) -> Iterator[Facts]:
        """The stored facts that a record with a natural key has; a human may have it in several roles."""
        if isinstance(resource, Whole):
            yield from self.whole(resource, key)
            return
        facts: Facts = {name: value for name, value in resource.common.items() if name in resource.of.stored()}
        many: dict[str, list[str]] = {}
        for one in (p for p in resource.properties if p.identity):
            if not isinstance(one, Reference):
                facts |= _stored(one.home, key[one.name])
                continue
            identity = {m.name: key[one.parameter(m.name)] for m in one.target.members}
            if one.role is not None:
                many[one.sets] = self.roles(one.role, one.target, identity)
            elif one.sets and not resource.stays:
                there, found = self.reference(one.target, identity)
                if not there:
                    return
                facts[one.sets] = found
            else:
                for member in one.target.members:
                    facts |= _stored(one.homes.get(member.name), identity[member.name])
        facts |= self.school(resource, facts)
        for chosen in product(*many.values()):
            yield facts | dict(zip(many, chosen, strict=True))

    def whole(self, resource: Whole, key: Mapping[str, Any]) -> Iterator[Facts]:
        """The stored facts by which a document that is kept whole is found."""
        digest, naming = {"digest": resource.found_by(key)["digest"]}, resource.known_with
        if naming is None:
            yield digest
            return
        human = {naming.of.member: key[naming.of.member]}
        for role in self.roles(naming.of.role, naming.of.target, human):
            yield {**digest, naming.of.name: role}

    def reference(self, target: Target, identity: Mapping[str, Any]) -> tuple[bool, str | None]:
        """Whether what a reference names is there, and its hub id; a district has none among its own records."""
        if target.everywhere:
            return True, None
        if target.name in ORGANISATIONS:
            place = place_of(self.known, target, identity)
            there = place is not None and place.district == self.district
            return there, place.school if place and there else None
        if target.name in UNIQUE_IDS:
            people = self.people(target, identity)
            return bool(people), next(iter(people), None)
        found = self.target(target, identity)
        return found is not None, found

    def people(self, target: Target, identity: Mapping[str, Any]) -> list[str]:
        """The humans with a unique id who are seen: a guessed id must lead to nobody."""
        return people(self.record, target, identity)

    def roles(self, role: type[Record], target: Target, identity: Mapping[str, Any]) -> list[str]:
        """The roles of a human."""
        return [row["id"] for p in self.people(target, identity) for row in roles(self.record, role, p)]

    def school(self, resource: Resource, facts: Facts) -> Facts:
        """The school of a section is that of its offering: with it, there is an index."""
        if "school" in facts or "offering" not in facts:
            return {}
        offering = self.record.get(resource.of.refs()["offering"].target, facts["offering"])
        return {"school": offering["school"]} if offering else {}

    def fits(self, resource: Resource, key: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
        """Whether words that are the same in any case are the same, and what is worked out as well."""
        words = ((p.home, key[p.name]) for p in resource.properties if p.identity and not isinstance(p, Reference))
        if resource.compared:
            known, said = self.record.known_as(resource.of, row["id"]), _folded(key)
            return _folded(resource.key_of(known)) == said
        return all(
            str(row[home.field]).lower() == str(home.asked(value)).lower()
            for home, value in words
            if isinstance(home, Fact) and home.any_case and home.field
        )


def _folded(key: Mapping[str, Any]) -> dict[str, str]:
    return {name: folded(str(value)) for name, value in key.items()}


def people(record: Looking, target: Target, identity: Mapping[str, Any]) -> list[str]:
    """The humans with a unique id who are seen: a guessed id must lead to nobody."""
    fact, value = UNIQUE_IDS[target.name], str(next(iter(identity.values())))
    named = record.once(("people", fact, value), lambda: record.find(Person, **{fact: value}))
    return [row["id"] for row in named if record.sees(Person, row["id"])]


def roles(record: Looking, role: type[Record], person: str) -> list[dict[str, Any]]:
    """The roles of a human, whoever may see them."""
    return record.once(("roles", role, person), lambda: record.find(role, person=person))


def _stored(home: Home | None, value: Any) -> Facts:
    if isinstance(home, Fact) and home.field and not home.any_case and not home.compared:
        return {home.field: home.asked(value)}
    return {}
