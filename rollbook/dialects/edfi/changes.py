"""Change queries: how far the record has come, what is gone, and what is known by another key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import msgspec

from ...consent.bygone import Gone
from ...edfi.assessments import assessments, results
from ...edfi.documents import Whole
from ...edfi.gradebooks import gradebook_entries, student_gradebook_entries
from ...edfi.homes import trail
from ...edfi.schema import Resource
from ...fields import (
    ALWAYS,
    All,
    Arg,
    Compare,
    Condition,
    Down,
    Either,
    Field,
    HubId,
    Known,
    MadeNumber,
    Not,
    OneOf,
    Path,
    Question,
    Record,
    Version,
    WrittenNumber,
)
from ...model.people import Contact, Staff
from ...model.students import Student
from .former import FACTS
from .reading import REST, AnyReader, Document, find_by_key, find_in, find_with, hexadecimal, kept

HUMANS: dict[str, type[Record]] = {"students": Student, "staffs": Staff, "contacts": Contact}
"""The role with whose end a human is gone from a resource, though the human may be something else still."""


RESULTS_OF: dict[Resource, Resource] = {student_gradebook_entries: gradebook_entries, results: assessments}
"""Of what the documents of a resource are results, where one kind of record has the results of both."""


@dataclass(frozen=True)
class Change:
    """Something that is gone, or known by another key: the number of the write, and how it is told."""

    number: int
    body: dict[str, Any]
    people: tuple[str, ...]
    """The hub ids of those of whom it tells."""


def newest(resources: Sequence[Resource], readers: Sequence[AnyReader]) -> int:
    """The number of the last change that the caller can know of: what others may not see moves nothing here."""
    every = [part for resource in resources for part in resource.parts]
    return max((_newest(list(_moved(every, reader)), reader) for reader in readers), default=0)


def _moved(resources: Sequence[Resource], reader: AnyReader) -> Iterator[Resource]:
    """The resources of which anything was ever written where a reader looks."""
    moved = reader.versions(frozenset(kind for resource in resources for kind in _kinds(resource)))
    there = (one for one in resources if not isinstance(one, Whole) or _kinds(one) & moved.keys())
    return (one for one in there if one not in RESULTS_OF or _has_any(RESULTS_OF[one], reader))


def _has_any(resource: Resource, reader: AnyReader) -> bool:
    """Whether there is any document: most schools have many results, and where no class has work, none is of any."""
    with reader.session() as session:
        return find_in(resource, reader, session, ALWAYS, {}, "any") is not None


def _newest(resources: Sequence[Resource], reader: AnyReader) -> int:
    """The number of the last change of some resources, of which those that were written last are looked at first."""
    # What a choice of people took out of sight, or let in, bears its number.
    best = reader.last_choice() if resources else 0
    written = reader.versions(frozenset(one.of.__name__ for one in resources))
    last = {one: written.get(one.of.__name__, inf) for one in resources}
    for resource in sorted(resources, key=lambda one: (-last[one], not _is_last(one, reader, last[one]))):
        # No document is newer than the last write to any record of its kind.
        if written.get(resource.of.__name__, inf) > best:
            for number in (MadeNumber(resource.of), WrittenNumber(resource.of)):
                best = _last_by(resource, reader, number, best)
    return _last_gone(resources, reader, best)


def _is_last(resource: Resource, reader: AnyReader, number: float) -> bool:
    """Whether the last write to a kind of record, by its number, was to a document of a resource.

    Where documents of two are one kind of record, looking for one's newest would pass all that are newer of the other.
    """
    if resource not in RESULTS_OF or number == inf:
        return False
    with reader.session() as session:
        for each in (MadeNumber(resource.of), WrittenNumber(resource.of)):
            asked = Question(resource.of, (), resource.only & each.since(Arg("number")), few=True)
            plan = reader.prepare(asked, ("edfi", resource.asked_as, "last", type(each).__name__))
            if session.has(plan, {"number": number}):
                return True
    return False


def _last_gone(resources: Sequence[Resource], reader: AnyReader, best: int) -> int:
    """The newest of `best` and of the numbers with which documents went, or got another key, after that."""
    of_kind: dict[str, list[Resource]] = {}
    for resource in resources:
        for kind in _kinds(resource):
            of_kind.setdefault(kind, []).append(resource)
    gone = reader.gone(of_kind, best)
    return max((g.seq for g in gone if any(_is(one, g.keys) for one in of_kind[g.kind])), default=best)


def _last_by(resource: Resource, reader: AnyReader, number: HubId, best: int) -> int:
    """The newest of `best` and of the versions of the documents that were made, or written since, after that."""
    columns = (("seen", Version(resource.of)), ("number", number))
    shown = (*resource.columns, (REST, kept(resource)))
    through = (resource.role,) if resource.role else ()
    those, order = resource.only & number.known(), (Down(number),)
    asked = Question(resource.of, columns, those, order=order, hashed=shown, through=through)
    plan = reader.prepare(asked, ("edfi", resource.asked_as, "newest", type(number).__name__))
    with reader.session() as session:
        for rows, _ in session.chosen(plan, {}):
            for row in map(msgspec.json.decode, rows):
                best = max(best, row["seen"])
                # No row whose number is less than this one's can have changed after it.
                if best >= row["number"]:
                    return best
    return best


def deletes(resource: Resource, readers: Sequence[AnyReader], since: int, until: int | None) -> list[Change]:
    """What is gone between two numbers, both included; what was made again since is not told."""
    # Pages of one window follow one another, and to tell what was made again takes a look for each.
    key = ("edfi deletes", resource.name, since, until)
    found = (
        r.once((*key, part.asked_as), lambda r=r, part=part: list(_deletes(resource, part, r, readers, since, until)))
        for r in readers
        for part in resource.parts
    )
    every = sorted((change for changes in found for change in changes), key=lambda c: c.number)
    # A human whose last role is gone may still wait, and be deleted later: told once, with the last number.
    return sorted({c.body["id"]: c for c in every}.values(), key=lambda c: c.number)


def _deletes(
    resource: Resource,
    part: Resource,
    reader: AnyReader,
    readers: Sequence[AnyReader],
    since: int,
    until: int | None,
) -> Iterator[Change]:
    told: dict[str, Gone] = {}
    for gone in reader.gone(_kinds(part), since - 1, until):
        if _ends(resource, gone) and _is(part, gone.keys):
            told[str(gone.keys.get("person")) if resource.name in HUMANS else gone.id] = gone
    for identity, gone in told.items():
        key = _key(part, reader, gone)
        # A human who is left out at one school may be seen at another.
        # A student or a school may have gone to another district, where the document is the same one.
        by_id = gone.unseen or gone.what == "key"
        stands = _now(resource, reader, identity) if by_id else key and _stands(resource, readers, key)
        if key is not None and not stands:
            body = {"id": hexadecimal(identity), "changeVersion": gone.seq, "keyValues": key}
            yield Change(gone.seq, body, tuple(gone.people))


def _ends(resource: Resource, gone: Gone) -> bool:
    """Whether a document may have ended with this; one whose record has lost a part of its key is none any more."""
    return gone.what == "gone" or (gone.what == "key" and resource.name not in HUMANS)


def _stands(resource: Resource, readers: Iterable[AnyReader], key: Mapping[str, Any]) -> bool:
    for reader in readers:
        with reader.session() as session:
            if find_by_key(resource, reader, session, key):
                return True
    return False


def key_changes(resource: Resource, readers: Sequence[AnyReader], since: int, until: int | None) -> list[Change]:
    """What is known by another key since a number; several changes of one document are told as one."""
    every = ((part, r) for r in readers for part in resource.parts)
    return sorted((c for each in every for c in _key_changes(*each, since, until)), key=lambda c: c.number)


def _key_changes(resource: Resource, reader: AnyReader, since: int, until: int | None) -> Iterator[Change]:
    first: dict[str, Gone] = {}
    last: dict[str, Gone] = {}
    for gone in reader.gone({resource.of.__name__}, since - 1, until):
        if gone.what == "key" and _is(resource, gone.keys):
            first.setdefault(gone.id, gone)
            last[gone.id] = gone
    for identity, gone in last.items():
        found = _now(resource, reader, identity)
        before = _key(resource, reader, first[identity])
        after = resource.key(found.body) if found else None
        if before and after and _differs(resource, before, after):
            values = {"oldKeyValues": before, "newKeyValues": after}
            body = {"id": hexadecimal(identity), "changeVersion": gone.seq, **values}
            yield Change(gone.seq, body, tuple(gone.people))


def _differs(resource: Resource, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a key changed, of those that can: any of some resources, and of every other one who its people are."""
    names = before.keys() if resource.key_may_change else before.keys() & FACTS.keys()
    return any(before[name] != after[name] for name in names)


def _now(resource: Resource, reader: AnyReader, identity: str) -> Document | None:
    with reader.session() as session:
        return find_with(resource, reader, session, identity)


def _kinds(resource: Resource) -> set[str]:
    return {HUMANS.get(resource.name, resource.of).__name__}


def _key(resource: Resource, reader: AnyReader, gone: Gone) -> dict[str, Any] | None:
    """The natural key that a record had, if it had a whole one and the caller could see all of it."""
    keys = gone.keys
    if not all(reader.tells(gone, fact) for fact in resource.key_facts):
        return None
    own = {name.removeprefix("person."): v for name, v in keys.items()} if resource.name in HUMANS else keys
    key = resource.key_of(own)
    return None if any(value is None for value in key.values()) else key


def _is(resource: Resource, keys: Mapping[str, Any]) -> bool:
    """Whether what had these keys was a document of the resource: several share some kinds of record."""
    return _held(resource.only, keys) is not False


def _held(condition: Condition, keys: Mapping[str, Any]) -> bool | None:
    """Whether a condition held of what is gone; None where the history does not keep what it asks."""
    match condition:
        case All() | Either():
            held = [_held(one, keys) for one in condition.conditions]
            decides = isinstance(condition, Either)
            return decides if decides in held else None if None in held else not decides
        case Not():
            held = _held(condition.condition, keys)
            return None if held is None else not held
        case Compare(op="=", expr=Field() | Path() as fact):
            return keys.get(trail(fact)) == condition.value
        case Compare(op="IS NOT", expr=Field() | Path() as fact) if trail(fact) in keys:
            return keys.get(trail(fact)) != condition.value
        case OneOf(expr=Field() | Path() as fact) if trail(fact) in keys:
            return keys.get(trail(fact)) in condition.values
        case Known(expr=Field() | Path() as fact) if trail(fact) in keys:
            return keys.get(trail(fact)) is not None
        case _:
            return None
