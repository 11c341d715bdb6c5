"""What ids lead to: to one thing, for whoever sees it; what several sources call by one id has the hub's ids.

Whether it does is decided by what a caller sees, or has seen until it went, so that an id never tells of anything else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ...api.listing.resource import Resource
from ...api.listing.services import Collection
from ...api.listing.tombstones import IDS, ROLES, Renamed
from ...consent import DistrictReader
from ...consent.bygone import Namesake
from ...consent.session import Session
from ...errors import Malformed, Problem
from ...fields import ALWAYS, RECORDS, Condition, HubId, OneOf, Question, Record
from ...model.groups import Group
from ...model.organisation import School
from ...model.origin import LISTED
from ...model.people import Person
from .places import stands_for_term, without_course
from .properties import known_as, listed_with, shared, wanting

STANDING_IN: Mapping[tuple[str, type[Record]], Condition] = {
    ("courses", Group): without_course,
    ("academicSessions", School): stands_for_term,
}
"""What is listed in place of something that the record does not have, and when."""


def namesakes(reader: DistrictReader, session: Session) -> Mapping[str, list[Namesake]]:
    """What a caller sees, or saw, of things that are listed under ids of which each leads to several of them."""
    return reader.once("namesakes", lambda: _namesakes(reader, session))


def _namesakes(reader: DistrictReader, session: Session) -> Mapping[str, list[Namesake]]:
    by_kind: dict[tuple[str, str], list[Namesake]] = {}
    for one in reader.namesakes():
        by_kind.setdefault((one.listed, one.kind), []).append(one)
    found: dict[str, dict[str, list[Namesake]]] = {}
    for (listed, kind), those in by_kind.items():
        seen = _there(reader, session, listed, kind, those) | _gone(reader, listed, kind)
        for one in those:
            if one.id in seen:
                found.setdefault(listed, {}).setdefault(one.name, []).append(one)
    return {
        listed: [one for those in names.values() if len(those) > 1 for one in those] for listed, names in found.items()
    }


def _there(reader: DistrictReader, session: Session, listed: str, kind: str, those: Iterable[Namesake]) -> set[str]:
    """The hub ids of those that are listed now."""
    of = RECORDS[kind]
    where = OneOf(HubId(of), (IDS,)) & STANDING_IN.get((listed, of), ALWAYS)
    plan = reader.prepare(Question(of, (("id", HubId(of)),), where), ("oneroster", "namesakes", listed, kind))
    args = {"ids": json.dumps(sorted({one.id for one in those}))}
    read = (row for rows, _ in session.chosen(plan, args, named=False) for row in rows)
    return {msgspec.json.decode(row, type=dict[str, str])["id"] for row in read}


def _gone(reader: DistrictReader, listed: str, kind: str) -> set[str]:
    """The hub ids of what is gone of a kind; what stood for something else is no more than that."""
    if (listed, RECORDS[kind]) in STANDING_IN:
        return set()
    stones = [one for one in reader.gone(ROLES if kind == Person.__name__ else (kind,)) if one.what == "gone"]
    return {str(one.keys.get("person")) if one.kind in ROLES else one.id for one in stones}


def shared_ids(reader: DistrictReader, session: Session) -> dict[str, Any]:
    """The values that conditions on ids ask for: the ids that lead to nothing, since they are of several things."""
    found = namesakes(reader, session)
    return {shared(listed).name: json.dumps(sorted({one.name for one in found.get(listed, ())})) for listed in LISTED}


def renamed(reader: DistrictReader, session: Session, resource: Resource) -> tuple[Renamed, ...]:
    """What is listed by another id than before, since that is of several things."""
    those = namesakes(reader, session).get(listed_with(resource.name), ())
    people: dict[str, tuple[str, ...]] = {}
    for one in those:
        if one.kind == Person.__name__:
            people[one.name] = (*people.get(one.name, ()), one.id)
    return tuple(Renamed(one.id, one.name, one.at, people.get(one.name, ())) for one in those)


def is_shared(reader: DistrictReader, session: Session, resource: Resource, identity: str) -> bool:
    """Whether an id is of several things that the caller sees, so that it leads to none."""
    return any(one.name == identity for one in namesakes(reader, session).get(listed_with(resource.name), ()))


def refuse_shared(reader: DistrictReader, session: Session, resource: Resource, identity: str) -> None:
    """Raise `Malformed` where an id is of several things that the caller sees."""
    if is_shared(reader, session, resource, identity):
        hint = f"use the ids under which {resource.name} are listed"
        raise Malformed(Problem(f"{resource.one}.sourcedId", "is the id of several, each of another source", hint))


def find(
    reader: DistrictReader,
    session: Session,
    resource: Resource,
    identity: str,
    args: Mapping[str, Any],
    some: Collection | None = None,
) -> str | None:
    """The hub id of what a caller sees of a resource, or of some of it, under an id."""
    only: Mapping[type[Record], Condition] = some.rows if some else {}
    parts = [(part, known_as(part.of, resource.name, identity)) for part in resource.parts]
    for at in range(max(len(known) for _, known in parts)):
        for part, known in parts:
            where = part.only & only.get(part.of, ALWAYS) & known[at]
            question = Question(part.of, (("id", HubId(part.of)),), where, few=True)
            shape = ("oneroster", "known as", resource, some and some.name, part.of.__name__, at)
            plan = reader.prepare(question, shape)
            for rows, _ in session.chosen(plan, {**args, **wanting(identity)}, 1):
                return msgspec.json.decode(rows[0], type=dict[str, Any])["id"]
    return None
