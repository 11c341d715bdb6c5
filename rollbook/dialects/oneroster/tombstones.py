"""What is gone, told to a client that asks what changed: whole objects, as far as the history and the grants allow.

OneRoster 1.2 Rostering Service, information model: an object whose `status` is `tobedeleted` may be removed by whoever
has it. Lists have such objects only for filters that speak of `dateLastModified`, or for `tobedeleted` itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import msgspec

from ...api.listing.bygone import COMPARED, Bygone, Unknowable, parts_of
from ...api.listing.resource import Part, Resource
from ...api.listing.rows import Rows
from ...consent import DistrictReader
from ...consent.bygone import Gone, Namesake
from ...consent.session import Session
from ...fields import RECORDS, Csv, Expr, HubId, OneOf, Question
from ...model.people import CALLED, OWN, Person
from .asking import Asked
from .filters import Clause
from .ids import IDS, ROLES, namesakes
from .properties import listed_with

GONE = "tobedeleted"
MODIFIED = "dateLastModified"

Thing = Mapping[str, Any]


def wants(asked: Asked) -> bool:
    """Whether a request asks for what is gone too."""
    return polls(asked) or any(one.name == "status" and _status(one) for one in asked.filter.clauses)


def polls(asked: Asked) -> bool:
    """Whether a request asks for what changed."""
    return any(one.name == MODIFIED for one in asked.filter.clauses)


def _status(clause: Clause) -> bool:
    return (clause.value == GONE) == (clause.operator == "=")


@dataclass(frozen=True)
class Tombstone:
    """Something that is gone: as it is told, and the hub ids of the people it was about."""

    thing: Thing
    people: tuple[str, ...]


class Tombstones:
    """What is gone of the rows of a resource that a request asks for, and what lost a part since."""

    def __init__(
        self, reader: DistrictReader, session: Session, resource: Resource, rows: Rows, asked: Asked, args: Thing
    ) -> None:
        self._reader = reader
        self._session = session
        self._resource = resource
        self._rows = rows
        self._asked = asked
        self._args = args

    @cached_property
    def _stones(self) -> list[Gone]:
        kinds = {part.of.__name__ for part in self._resource.parts}
        for part in self._resource.parts:
            for property in part.properties.values():
                kinds.update(_kinds(property.shown))
        return [one for one in self._reader.gone(kinds, self._since) if one.what == "gone"]

    @property
    def _since(self) -> int:
        """The number from which on it matters what is gone."""
        after = [one.value for one in self._asked.filter.clauses if one.name == MODIFIED and one.operator[0] == ">"]
        return self._reader.number_at(max(after)) if after and not self._asked.filter.either else 0

    @cached_property
    def touched(self) -> Mapping[str, str]:
        """When the parts of things went that may still be there, by the hub ids of these."""
        found: dict[str, str] = {}
        for stone in self._stones:
            found |= {str(value): stone.at for value in stone.keys.values()}
        return found | {one.id: one.at for one in self._namesakes}

    @cached_property
    def _namesakes(self) -> list[Namesake]:
        """What is listed by another id than before, since that is of several things."""
        return namesakes(self._reader, self._session).get(listed_with(self._resource.name), [])

    @cached_property
    def found(self) -> list[Tombstone]:
        """What is gone, in the order in which it went."""
        parts = parts_of(self._stones)
        made = [
            one
            for part in self._resource.parts
            for gone in self._gone(part)
            if (one := self._tombstone(part, gone, Bygone(self._reader, gone, parts, self._args)))
        ]
        names = {one.name: one for one in self._namesakes}
        made += filter(None, map(self._no_more, names.values()))
        return sorted(made, key=lambda one: (one.thing[MODIFIED], one.thing["sourcedId"]))

    def _gone(self, part: Part) -> list[Gone]:
        """What is gone of a kind of record, each once, and has not come back."""
        last = {one.id: one for one in (self._humans() if part.of is Person else self._stones)}
        last = {i: one for i, one in last.items() if one.kind == part.of.__name__}
        there = self._there(part, list(last))
        return [one for identity, one in last.items() if identity not in there]

    def _humans(self) -> list[Gone]:
        """Humans by their roles that are gone."""
        roles: dict[str, list[Gone]] = {}
        for stone in self._stones:
            if stone.kind in ROLES and stone.keys.get("person"):
                roles.setdefault(stone.keys["person"], []).append(stone)
        return [self._human(identity, stones) for identity, stones in roles.items()]

    def _human(self, identity: str, roles: list[Gone]) -> Gone:
        keys: dict[str, Any] = {}
        for role in roles:
            facts = {name.removeprefix("person."): role.keys.get(name) for name in CALLED}
            own = RECORDS[role.kind].fields
            keys |= {n: v for n, v in facts.items() if v and n in own and self._reader.tells(role, own[n])}
            # Whoever knew the human knew them by it.
            keys |= {n.removeprefix("person."): role.keys[n] for n in OWN if n.startswith("person.") and n in role.keys}
        last = roles[-1]
        return Gone(last.seq, last.at, Person.__name__, identity, last.school, "gone", keys, last.made)

    def _there(self, part: Part, ids: list[str]) -> set[str]:
        question = Question(part.of, (("id", HubId(part.of)),), part.only & OneOf(HubId(part.of), (IDS,)))
        plan = self._reader.prepare(question, ("oneroster", self._resource, part.of.__name__, "still there"))
        args = {**self._args, "ids": json.dumps(ids)}
        read = (row for some, _ in self._session.chosen(plan, args, named=False) for row in some) if ids else ()
        return {msgspec.json.decode(row, type=dict[str, str])["id"] for row in read}

    def _tombstone(self, part: Part, gone: Gone, bygone: Bygone) -> Tombstone | None:
        try:
            if not bygone.holds(self._rows.of(part)):
                return None
        except Unknowable:
            return None
        thing = dict(_told(part, bygone)) | {"status": GONE, MODIFIED: f"{gone.at}Z"}
        return self._asked_for(thing, (gone.id,) if part.of is Person else tuple(gone.people))

    def _no_more(self, one: Namesake) -> Tombstone | None:
        """An id that leads to nothing any more, as a thing that is gone."""
        of = tuple(other.id for other in self._namesakes if other.name == one.name and other.kind == Person.__name__)
        return self._asked_for({"sourcedId": one.name, "status": GONE, MODIFIED: f"{one.at}Z"}, of)

    def _asked_for(self, thing: Thing, people: tuple[str, ...]) -> Tombstone | None:
        said = self._asked.filter
        held = [_matches(thing, clause) for clause in said.clauses]
        return Tombstone(thing, people) if (any(held) if said.either else all(held)) else None

    def shown(self, one: Tombstone) -> Thing:
        """A tombstone with the fields that were asked for."""
        wanted = self._asked.fields
        return {name: value for name, value in one.thing.items() if not wanted or name in wanted}


def _kinds(expr: Expr) -> Iterator[str]:
    """The kinds of record that are listed in a value."""
    if isinstance(expr, Csv):
        yield expr.many.child.__name__
    for part in expr.parts():
        yield from _kinds(part)


def _told(part: Part, bygone: Bygone) -> Iterator[tuple[str, Any]]:
    """What is still known of the members of a thing."""
    for name, property in part.properties.items():
        value = bygone.or_none(property.shown)
        told = property.finish(value) if property.finish is not None and value is not None else value
        if told not in (None, "", [], {}):
            yield name, told


def _matches(thing: Thing, clause: Clause) -> bool:
    """Whether a thing is what a condition of a filter asks for, as far as it is known."""
    value, wanted = thing.get(clause.name), clause.value
    words = [*_words(value)]
    if clause.name == MODIFIED:
        words = [word.removesuffix("Z") for word in words]
    match clause.operator:
        case "!=":
            return wanted not in words
        case "~":
            return any(word == wanted if isinstance(value, list) else wanted.lower() in word.lower() for word in words)
        case _:
            return any(COMPARED[clause.operator](word, wanted) for word in words)


def _words(value: Any) -> Iterator[str]:
    """What a filter compares of a member: texts, and the ids that references lead to."""
    if isinstance(value, list):
        for one in cast(list[Any], value):
            yield from _words(one)
    elif isinstance(value, Mapping):
        yield cast(Thing, value)["sourcedId"]
    elif value is not None:
        yield str(value)
