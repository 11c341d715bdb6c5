"""What a request of this dialect brings to a list: ids, the district and its year, and how one thing is looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from ...api.listing.asking import Asked
from ...api.listing.planning import Manner, bound
from ...api.listing.reading import Reading, unless_lost
from ...api.listing.resource import Property, Resource
from ...api.listing.rows import EVERY, Rows
from ...api.listing.services import Collection
from ...api.listing.tombstones import ROLES
from ...consent import DistrictReader
from ...consent.session import Session
from ...errors import NotFound, Problem
from ...fields import HubId, Question
from ...model.organisation import District, School
from ...model.people import Person
from .catalogue import COLLECTIONS
from .gradebook import GRADEBOOK
from .ids import find, renamed, shared_ids
from .materials import MATERIALS
from .places import orgs, this_year
from .properties import DISTRICT, DISTRICT_ID, known_as, own_id, wanting

MANNER = Manner("oneroster", "status", "tobedeleted", "dateLastModified", about=("user", "student"))

MOST_SCHOOLS = 100_000
"""How many schools of a district are told as its children."""

LISTED: Mapping[str, Resource] = {n: one.resource for n, one in {**COLLECTIONS, **GRADEBOOK, **MATERIALS}.items()}
"""The resources to which references lead."""


def reading(
    reader: DistrictReader,
    session: Session,
    collection: Collection,
    asked: Asked,
    rows: Rows = EVERY,
    *,
    few: bool = False,
) -> Reading:
    """One collection of one moment of a district, as a request asks for it; `few` that one thing is looked up."""
    asked = unless_lost(reader, MANNER, asked)
    resource, ids = collection.resource, shared_ids(reader, session)

    def meant(what: Property, identity: str) -> str | None:
        return find(reader, session, LISTED[what.leads] if what.leads else resource, identity, ids)

    args = {
        **this_year(reader.today),
        **ids,
        **district_of(reader, session, ids),
        **({"school_orgs": _schools(reader, session, ids)} if resource is orgs else {}),
        **bound(asked, resource, meant),
    }
    led = (resource.properties[one.name] for one in asked.filter.clauses)
    rests = kinds_of(LISTED[what.leads] if what.leads else resource for what in led if what.kind == "uuid")
    some = rows.and_(collection.name, collection.rows)
    others = partial(renamed, reader, session, resource)
    return Reading(reader, session, MANNER, resource, asked, some, args, few=few, renamed=others, rests=rests)


def kinds_of(resources: Iterable[Resource]) -> frozenset[str]:
    """The kinds of record that decide what has an id, and who sees it."""
    kinds = {part.of for resource in resources for part in resource.parts}
    return frozenset({kind.__name__ for kind in kinds} | ({*ROLES} if Person in kinds else set()))


_ORG = {DISTRICT.arg.name: HubId(District), DISTRICT_ID.arg.name: own_id(District, "orgs")}
_DISTRICT = Question(District, tuple(_ORG.items()))


def district_of(reader: DistrictReader, session: Session, ids: Mapping[str, Any]) -> dict[str, Any]:
    """The hub id of the district, and the id under which it is listed, as values of a request."""
    plan = reader.prepare(_DISTRICT, ("oneroster", "own", "district"))
    for rows, _ in session.chosen(plan, ids, 1):
        return msgspec.json.decode(rows[0], type=dict[str, Any])
    return dict.fromkeys(_ORG)


_SCHOOLS = Question(School, (("id", own_id(School, "orgs")),), order=(HubId(School),))


def _schools(reader: DistrictReader, session: Session, ids: Mapping[str, Any]) -> str:
    """The schools that the reader sees, which the district is made of: records do not refer to theirs."""
    plan = reader.prepare(_SCHOOLS, ("oneroster", "own", "schools"))
    found = (row for rows, _ in session.chosen(plan, ids, MOST_SCHOOLS) for row in rows)
    return ",".join(msgspec.json.decode(row, type=dict[str, Any])["id"] for row in found)


def ways(resource: Resource, identity: str, rows: Rows = EVERY) -> Iterator[Rows]:
    """The one row with an id, in each way in which it can have it: its own id, or the hub's."""
    found = {part.of: known_as(part.of, resource.name, identity) for part in resource.parts}
    for at in range(max(map(len, found.values()))):
        known = {of: ways[at] for of, ways in found.items()}
        yield rows.and_(f"wanted {at}", known, **wanting(identity))


def missing(collection: Collection, identity: str) -> NotFound:
    """Nothing there, or nothing that this caller may see: the two look alike."""
    hint = f"list {collection.name} to see which exist"
    return NotFound(Problem(collection.one, f"{identity[:60]} was not found", hint))
