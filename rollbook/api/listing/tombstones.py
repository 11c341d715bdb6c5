"""What is gone, told to a client that asks what changed: whole things, as far as the history and the grants allow.

Lists have such things only for filters that speak of when things changed, or for the status that says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, cast

import msgspec

from ...consent import DistrictReader
from ...consent.bygone import Gone
from ...consent.session import Session
from ...consent.slips import shows
from ...fields import Arg, Csv, Expr, HubId, OneOf, Question
from ...model.people import Person
from ...recent import Recent
from .asking import Asked, Clause
from .bygone import COMPARED, Bygone, Unknowable, as_human, parts_of
from .planning import Manner
from .resource import Part, Resource
from .rows import Rows

ROLES = ("Student", "Staff", "Contact")
"""The kinds of record by which a human is somebody: whose last one is gone is gone."""

IDS = Arg("ids")

Thing = Mapping[str, Any]


def wants(manner: Manner, asked: Asked) -> bool:
    """Whether a request asks for what is gone too."""
    said = [one for one in asked.filter.clauses if one.name == manner.status]
    return polls(manner, asked) or any((one.value == manner.gone) == (one.operator == "=") for one in said)


def polls(manner: Manner, asked: Asked) -> bool:
    """Whether a request asks for what changed."""
    return any(one.name == manner.modified for one in asked.filter.clauses)


@dataclass(frozen=True)
class Tombstone:
    """Something that is gone: as it is told, and the hub ids of the people it was about."""

    thing: Thing
    people: tuple[str, ...]


@dataclass(frozen=True)
class Renamed:
    """Something that is told by another id than before, since a moment (UTC), and whom that id is of."""

    id: str
    before: str
    at: str
    people: tuple[str, ...] = ()


class _Worked(NamedTuple):
    """What is gone of a list, and who is there again instead of what was."""

    told: list[Tombstone]
    instead: frozenset[str]


LISTS = 8
"""Of how many lists it is kept for each reader what is gone of them, until the next write."""


class Tombstones:
    """What is gone of the rows of a resource that a request asks for, and what lost a part or an id since."""

    def __init__(
        self,
        reader: DistrictReader,
        session: Session,
        manner: Manner,
        resource: Resource,
        rows: Rows,
        asked: Asked,
        args: Thing,
        renamed: tuple[Renamed, ...] = (),
    ) -> None:
        self._reader = reader
        self._session = session
        self._manner = manner
        self._resource = resource
        self._rows = rows
        self._asked = asked
        self._args = args
        self._renamed = renamed

    @cached_property
    def _until(self) -> int:
        """The number up to which it is told what is gone.

        What has gone since the rows were read is still among them, and is told of the next time.
        """
        return max(self._session.kept.history.newest(self._reader.district), self._reader.last_choice())

    @cached_property
    def _stones(self) -> list[Gone]:
        kinds = {part.of.__name__ for part in self._resource.parts}
        for part in self._resource.parts:
            for property in part.properties.values():
                kinds.update(_kinds(property.shown))
        return [one for one in self._reader.gone(kinds, self._since, self._until) if one.what == "gone"]

    @property
    def _since(self) -> int:
        """The number from which on it matters what is gone."""
        said, modified = self._asked.filter, self._manner.modified
        after = [one.value for one in said.clauses if one.name == modified and one.operator[0] == ">"]
        return self._reader.number_at(max(after)) if after and not said.either else 0

    @cached_property
    def touched(self) -> Mapping[str, str]:
        """When the parts of things went that may still be there, by the hub ids of these."""
        found: dict[str, str] = {}
        for stone in self._stones:
            found |= {str(value): stone.at for value in stone.keys.values()}
        return found | {one.id: one.at for one in self._renamed}

    @cached_property
    def found(self) -> list[Tombstone]:
        """What is gone, in the order in which it went; worked out once for all pages, until the next write."""
        of = (self._manner.name, self._resource, self._rows.name, self._asked.filter, self._until)
        key = (*of, repr(sorted(self._args.items())))
        recent = self._reader.once("tombstones", lambda: Recent[_Worked](LISTS))
        worked = recent.get(key, self._worked)
        if worked.instead:
            # Were they not there, the answer would tell of those before them.
            shows(*worked.instead)
        return worked.told

    def _worked(self) -> _Worked:
        parts = parts_of(self._stones)
        made = [
            one
            for part in self._resource.parts
            for gone in self._gone(part)
            if (one := self._tombstone(part, gone, Bygone(self._reader, gone, parts, self._args)))
        ]
        made += filter(None, map(self._no_more, {one.before: one for one in self._renamed}.values()))
        made.sort(key=lambda one: (one.thing[self._manner.modified], one.thing[self._id]))
        # What came and went several times under one id is told of once.
        last = {str(one.thing[self._id]): one for one in made}
        anew, people = self._made_anew(list(last))
        told = [one for one in made if last[identity := str(one.thing[self._id])] is one and identity not in anew]
        return _Worked(told, people)

    def _made_anew(self, ids: list[str]) -> tuple[set[str], frozenset[str]]:
        """Those of some ids under which something is there again, such as who has come back, and the people of that."""
        found, whom = set[str](), set[str]()
        for part in self._resource.parts if ids else ():
            given, shown = part.of.fields.get("external_id"), part.properties[self._id].shown
            # A hub id is never given again.
            if given is None or isinstance(shown, HubId):
                continue
            question = Question(part.of, (("id", shown),), part.only & OneOf(given, (IDS,)))
            plan = self._reader.prepare(question, (self._manner.name, self._resource, part.of.__name__, "made anew"))
            read = self._session.chosen(plan, {**self._args, "ids": json.dumps(ids)}, named=False)
            for rows, people in read:
                found |= {msgspec.json.decode(row, type=dict[str, str])["id"] for row in rows}
                whom |= {one for column in people.singles for one in column if one}
        return found & {*ids}, frozenset(whom)

    @property
    def _id(self) -> str:
        return next(iter(self._resource.properties))

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
        return [as_human(self._reader, identity, stones) for identity, stones in roles.items()]

    def _there(self, part: Part, ids: list[str]) -> set[str]:
        question = Question(part.of, (("id", HubId(part.of)),), part.only & OneOf(HubId(part.of), (IDS,)))
        plan = self._reader.prepare(question, (self._manner.name, self._resource, part.of.__name__, "still there"))
        args = {**self._args, "ids": json.dumps(ids)}
        read = (row for some, _ in self._session.chosen(plan, args, named=False) for row in some) if ids else ()
        return {msgspec.json.decode(row, type=dict[str, str])["id"] for row in read}

    def _tombstone(self, part: Part, gone: Gone, bygone: Bygone) -> Tombstone | None:
        try:
            if not bygone.holds(self._rows.of(part)):
                return None
        except Unknowable:
            return None
        return self._asked_for(dict(_told(part, bygone)), gone.at, (gone.id,) if part.of is Person else gone.people)

    def _no_more(self, one: Renamed) -> Tombstone | None:
        """An id that leads to nothing any more, as a thing that is gone."""
        return self._asked_for({self._id: one.before}, one.at, one.people)

    def _asked_for(self, told: Thing, at: str, people: Iterable[str]) -> Tombstone | None:
        thing = {**told, self._manner.status: self._manner.gone, self._manner.modified: f"{at}Z"}
        said = self._asked.filter
        held = [self._matches(thing, clause) for clause in said.clauses]
        return Tombstone(thing, tuple(people)) if (any(held) if said.either else all(held)) else None

    def _matches(self, thing: Thing, clause: Clause) -> bool:
        """Whether a thing is what a condition of a filter asks for, as far as it is known."""
        value, wanted = thing.get(clause.name), clause.value
        words = [*_words(value)]
        if clause.name == self._manner.modified:
            words = [word.removesuffix("Z") for word in words]
        match clause.operator:
            case "!=":
                return wanted not in words
            case "~":
                listed = isinstance(value, list)
                return any(word == wanted if listed else wanted.lower() in word.lower() for word in words)
            case _:
                return any(COMPARED[clause.operator](word, wanted) for word in words)

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


def _words(value: Any) -> Iterator[str]:
    """What a filter compares of a member: texts, and the ids that references lead to, which come first in these."""
    if isinstance(value, list):
        for one in cast(list[Any], value):
            yield from _words(one)
    elif isinstance(value, Mapping):
        yield cast(Thing, value)["sourcedId"]
    elif value is not None:
        yield str(value)
