"""What an integration is told of itself: where its records come from, when they were made available, what it asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from ...api.listing.asking import Clause
from ...api.listing.resource import Listing, Property
from ...consent import Desk, DistrictReader
from ...consent.feeding import Feeding, Reading, Source
from ...consent.requests import PastRequest, Requests
from ...errors import Malformed, NotFound, Problem
from ...fields import Literal
from .asking import Asked
from .resource import ID, UNKNOWN
from .submissions import shaped
from .wire import Fault

RETENTION = timedelta(days=30)
MOST = 10_000
"""How many of the latest requests are told."""

Thing = Mapping[str, Any]

_SOURCE = (
    *("id", "created_date", "updated_date", "state", "name", "configuration", "properties"),
    *("provider_id", "team_id"),
)
_MATERIALIZATION = ("id", "created_date", "updated_date", "state", "priority", "source_id", "integration_id")
_LICENSE = ("id", "product_id", "integration_id", "school_count", "class_count", "person_count")
_REQUEST = (
    *("id", "date", "start_date", "end_date", "method", "path", "status", "properties", "input", "output"),
    *("idempotency_key", "categories", "person_id", "integration_id", "developer_id", "district_id", "user_id"),
)
LISTINGS: Mapping[str, Listing] = {
    name: Listing(name, {one: Property(Literal(None), ID, "uuid") if one == "id" else UNKNOWN for one in names})
    for name, names in (
        *(("licenses", _LICENSE), ("sources", _SOURCE)),
        *(("materializations", _MATERIALIZATION), ("requests", _REQUEST)),
    )
}


@dataclass(frozen=True)
class Logbook:
    """What there is to be told of one integration with a district (hub id) at a moment."""

    desk: Desk
    reader: DistrictReader
    district: str | None
    now: float

    def things(self, name: str) -> list[Thing]:
        """The things of a listing, the first one first."""
        of = {
            "licenses": self.licenses,
            "sources": self.sources,
            "materializations": self.materializations,
            "requests": self.requests,
        }
        return list(of[name]())

    def licenses(self) -> Iterator[Thing]:
        """What schools granted: it licenses them, with all that they share, to the one product that an app is."""
        yield {
            "id": shaped(f"license {self.reader.credential.id}"),
            "product_id": self.reader.app.id,
            "integration_id": self.reader.credential.id,
            "school_count": len(self.reader.reach),
            "class_count": 0,
            "person_count": 0,
        }

    # ---- sources

    @property
    def _feeding(self) -> Feeding:
        return Feeding(self.desk.store, self.reader)

    def _source_id(self, source: Source) -> str:
        return shaped(f"source {self.reader.district} {source.name}")

    def sources(self) -> Iterator[Thing]:
        """The named sources of the schools."""
        for source in self._feeding.sources():
            read = self._feeding.readings(source)
            yield {
                "id": self._source_id(source),
                "created_date": f"{source.made}Z",
                "updated_date": f"{read[-1].ended if read else source.made}Z",
                "state": "active" if source.reads else "paused",
                "name": source.name,
                "configuration": {},
                "properties": {"connector": source.connector},
                "provider_id": None,
                "team_id": self.district,
            }

    # ---- materializations

    def _first(self) -> Thing:
        made = self.reader.credential.made
        return self._materialized(self.reader.credential.id, made, made, "complete", self.district)

    def materializations(self) -> Iterator[Thing]:
        """The making of the integration, which let it read what there was, and each reading of a source since."""
        every: list[Thing] = [self._first(), *(thing for _, _, thing in self._readings)]
        yield from sorted(every, key=lambda one: one["created_date"])

    @cached_property
    def _readings(self) -> list[tuple[Source, Reading, Thing]]:
        return list(self._read())

    def _read(self) -> Iterator[tuple[Source, Reading, Thing]]:
        for source in self._feeding.sources():
            for read in self._feeding.readings(source):
                if read.ended >= self.reader.credential.made:
                    of = f"{self.reader.credential.id} {source.name} {read.started}"
                    told = (read.started, read.ended, "complete" if read.done else "error", self._source_id(source))
                    yield source, read, self._materialized(of, *told)

    def _materialized(self, of: str, started: str, ended: str, state: str, source: str | None) -> Thing:
        return {
            "id": shaped(f"materialization {of}"),
            "created_date": f"{started}Z",
            "updated_date": f"{ended}Z",
            "state": state,
            "priority": 0,
            "source_id": source,
            "integration_id": self.reader.credential.id,
        }

    def of_events(self, events: Iterable[tuple[int, str]]) -> dict[int, str]:
        """The materialization that each write was of which made an event, by the number and moment of the write."""
        found = {number: self._of_write(number, at) for number, at in events}
        return {number: identity for number, identity in found.items() if identity}

    def _of_write(self, number: int, at: str) -> str:
        if at <= self.reader.credential.made:
            return self._first()["id"]
        within = {
            source.name: thing["id"] for source, read, thing in self._readings if read.started <= at <= read.ended
        }
        return within.get(self._feeding.maker(number) or "", "") if within else ""

    # ---- requests

    def requests(self) -> Iterator[Thing]:
        """What the app asked of the district in thirty days, each request once."""
        grants = [one for one in self.desk.grants.of(self.reader.app) if one.id in self.reader.grant_ids]
        asked = Requests(self.desk.store, self.reader.app, grants, managing=False).of_dialect("edlink", MOST)
        since = (self.now - RETENTION.total_seconds()) * 1000
        # What was seen through several grants has a line for each.
        lines = {one.tracking or str(one.number): one for one in asked if one.at >= since}
        for one in lines.values():
            yield self._request(one)

    def _request(self, one: PastRequest) -> Thing:
        at = f"{datetime.fromtimestamp(one.at / 1000, UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
        method, _, address = one.endpoint.rpartition(" ")
        identity = one.tracking or shaped(f"request {self.reader.credential.id} {one.number}")
        return {
            **dict.fromkeys(_REQUEST),
            "id": identity,
            **dict.fromkeys(("date", "start_date", "end_date"), at),
            "method": method or "GET",
            "path": f"/api/v2/{'my' if one.reader else 'graph'}/{address}",
            "status": one.status,
            "properties": {"rows": one.rows},
            "input": {},
            "output": {"$request": identity},
            "categories": [],
            "person_id": one.reader or None,
            "integration_id": self.reader.credential.id,
            "district_id": self.district,
        }


# ---- pages


def only(asked: Asked, things: list[Thing]) -> list[Thing]:
    """The things that a filter lets through."""
    return [thing for thing in things if all(_holds(clause, thing[clause.name]) for clause in asked.clauses)]


def _holds(clause: Clause, value: str) -> bool:
    if clause.operator == "equals":
        return value == clause.value
    return (value in clause.value) == (clause.operator == "in")


def page(asked: Asked, things: list[Thing]) -> tuple[list[Thing], bool]:
    """A page of things by their order, and whether there are more."""
    ids = [thing["id"] for thing in things]
    first = _place("$after", asked.after, ids) + 1 if asked.after else 0
    last = _place("$before", asked.before, ids) if asked.before else len(ids)
    found = things[first:last]
    found = found[::-1] if asked.backward else found
    return found[: asked.size], len(found) > asked.size


def _place(name: str, identity: str, ids: list[str]) -> int:
    if identity not in ids:
        raise Malformed(Fault(name, "is not in the list", "begin with the first page again", "INVALID_CURSOR"))
    return ids.index(identity)


def fetch(name: str, identity: str, things: list[Thing]) -> Thing:
    """One thing."""
    found = next((thing for thing in things if thing["id"] == identity), None)
    if found is None:
        raise NotFound(Problem(name.removesuffix("s"), "was not found", f"list {name} to see which exist"))
    return found


def limited(asked: Asked, thing: Thing) -> Thing:
    """A thing with the fields that were asked for."""
    return {name: value for name, value in thing.items() if not asked.fields or name in asked.fields}
