"""Answers: a page of a collection read and put into OneRoster's words, some rows at a time."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec

from ...api.listing.resource import Part, Resource
from ...api.listing.rows import EVERY, Rows
from ...consent import DistrictReader
from ...consent.session import Plan, Session
from ...consent.slips import shows
from ...errors import NotFound, Problem
from ...fields import HubId, Question
from ...model.organisation import District, School
from ...recent import Finished
from .asking import Asked
from .ids import find, shared_ids
from .places import orgs, this_year
from .planning import HUB_ID, WHO, bound, columns, lost, prepare
from .properties import DISTRICT, DISTRICT_ID, known_as, own_id, wanting
from .service import Collection
from .tombstones import MODIFIED, Tombstones, polls, wants
from .wire import placed

FINISHED: Finished[bytes] = Finished(32 * 1024 * 1024, times=1)
"""Rows as they are sent, of those that were read last: most of a list is as it was when it is asked for again."""

MOST_SCHOOLS = 100_000
"""How many schools of a district are told as its children."""


class Told(NamedTuple):
    """A thing as it is told, with its hub id and that of whom it is about, as far as that is asked for."""

    id: str
    who: str | None
    thing: dict[str, Any]


Found = tuple[Part | None, Any]
"""A row of a part; of no part, something that is gone, as it is told."""


class Reading:
    """One collection of one moment of a district, as a request asks for it."""

    def __init__(
        self, reader: DistrictReader, session: Session, collection: Collection, asked: Asked, rows: Rows = EVERY
    ) -> None:
        self.session = session
        self.resource = collection.resource
        self.asked = asked
        rows = rows.and_(collection.name, collection.rows)
        ids = shared_ids(reader, session)
        self.args: dict[str, Any] = {
            **rows.args,
            **this_year(reader.today),
            **ids,
            **district_of(reader, session, ids),
            **({"school_orgs": _schools(reader, session, ids)} if self.resource is orgs else {}),
            **bound(asked, self.resource, lambda of, identity: find(reader, session, of, identity, ids)),
            "touched": "[]",
        }
        self.gone: Tombstones | None = None
        parts = self.resource.parts
        if wants(asked):
            self.gone = Tombstones(reader, session, self.resource, rows, asked, self.args)
            self.args["touched"] = json.dumps([*self.gone.touched])
            parts = (*parts, *(lost(part) for part in parts if part.lost is not None and polls(asked)))
        self.plans = [(part, prepare(reader, self.resource, part, asked, rows)) for part in parts]

    def count(self) -> int:
        """How many there are in all."""
        return sum(self._counts(shown=True)) + (len(self.gone.found) if self.gone else 0)

    def _counts(self, *, shown: bool) -> list[int]:
        return [self.session.count(plan, self.args, shown=shown) for _, plan in self.plans]

    def page(self) -> Iterator[Found]:
        """The rows of the page that was asked for: kind of record after kind of record, unless they are sorted."""
        if self.asked.sort and (len(self.plans) > 1 or self.gone):
            return self._sorted()
        return self._one_after_the_other()

    def _one_after_the_other(self) -> Iterator[Found]:
        left, passed = self.asked.limit, self.asked.offset
        for part, plan in self.plans:
            if left <= 0:
                return
            several = len(self.plans) > 1 or self.gone is not None
            here = self.session.count(plan, self.args, shown=False) if passed and several else -1
            if 0 <= here <= passed:
                passed -= here
                continue
            for row in self._rows(plan, left, passed):
                left -= 1
                yield part, row
            passed = 0
        yield from self._tombstones(passed, passed + left)

    def _tombstones(self, first: int, last: int | None) -> Iterator[Found]:
        """Some of what is gone."""
        for one in self.gone.found[first:last] if self.gone else ():
            shows(*one.people)
            yield None, self.gone.shown(one) if self.gone else one.thing

    def _sorted(self) -> Iterator[Found]:
        """Rows of several kinds of record in one order."""
        most, down = self.asked.offset + self.asked.limit, self.asked.down
        streams = [[(part, row) for row in self._rows(plan, most, 0)] for part, plan in self.plans]
        gone = sorted(self._tombstones(0, None), key=self._place, reverse=down)
        merged = heapq.merge(*streams, gone, key=self._place, reverse=down)
        return islice(merged, self.asked.offset, most)

    def _place(self, found: Found) -> tuple[bool, Any]:
        part, row = found
        value = (row if part is None else msgspec.json.decode(row, type=dict[str, Any])).get(self.asked.sort)
        return (value is not None, "" if value is None else value)

    def _rows(self, plan: Plan, limit: int, offset: int) -> Iterator[bytes]:
        for some in self.session.rows(plan, self.args, limit, offset):
            yield from some

    def sent(self, roots: Sequence[str]) -> Iterator[bytes]:
        """The rows of the page as they are sent, with references below the addresses of the services."""
        for part, row in self.page():
            if part is None:
                finished = msgspec.json.encode(row)
            elif self.gone is not None:
                told = self.told(part, row)
                finished = msgspec.json.encode(self._as_touched(told.id, told.thing))
            else:
                key = (part, self.asked.fields)
                finished = FINISHED.get(key, row, lambda row, part=part: self._finished(part, row))
            yield placed(finished, roots)

    def _finished(self, part: Part, row: bytes) -> bytes:
        return msgspec.json.encode(self.told(part, row).thing)

    def _as_touched(self, identity: str, thing: dict[str, Any]) -> dict[str, Any]:
        """A thing that changed by losing a part: that has no stamp of its own any more, but a moment."""
        at = self.gone.touched.get(identity) if self.gone else None
        if at is None or MODIFIED not in thing:
            return thing
        return {**thing, MODIFIED: max(thing[MODIFIED], f"{at}Z")}

    def told(self, part: Part, row: bytes) -> Told:
        """A row in OneRoster's words, with references below the root."""
        values = msgspec.json.decode(row, type=dict[str, Any])
        identity, who = values.pop(HUB_ID), values.pop(WHO, None)
        shown = {name: self._told(part, name, value) for name, value in values.items() if self._shows(name)}
        return Told(identity, who, {name: value for name, value in shown.items() if value not in (None, "", [], {})})

    def _shows(self, name: str) -> bool:
        return not self.asked.fields or name in self.asked.fields

    def _told(self, part: Part, name: str, value: Any) -> Any:
        finish = columns(self.resource, part, self.asked)[name].finish
        return value if finish is None else finish(value)


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


def kinds(readings: Iterable[Reading]) -> frozenset[str]:
    """The kinds of record that answers are made of."""
    return frozenset(kind for reading in readings for _, plan in reading.plans for kind in plan.reads)


def missing(collection: Collection, identity: str) -> NotFound:
    """Nothing there, or nothing that this caller may see: the two look alike."""
    hint = f"list {collection.name} to see which exist"
    return NotFound(Problem(collection.one, f"{identity[:60]} was not found", hint))


Headers = tuple[tuple[bytes, bytes], ...]


def links(address: str, asked: Asked, query: Mapping[str, str], total: int) -> Headers:
    """How many there are, and where the other pages are (RFC 8288)."""
    last = max(total - 1, 0) // asked.limit * asked.limit
    offsets = {"first": 0, "prev": max(asked.offset - asked.limit, 0), "next": asked.offset + asked.limit, "last": last}
    if asked.offset == 0:
        del offsets["prev"]
    if offsets["next"] >= total:
        del offsets["next"]
    told = (f'<{_page(address, asked, query, offset)}>; rel="{rel}"' for rel, offset in offsets.items())
    return ((b"x-total-count", b"%d" % total), (b"link", ", ".join(told).encode("latin-1", "replace")))


def _page(address: str, asked: Asked, query: Mapping[str, str], offset: int) -> str:
    return f"{address}?{urlencode({**query, 'limit': asked.limit, 'offset': offset})}"
