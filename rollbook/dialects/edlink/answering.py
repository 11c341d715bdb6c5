"""Answers: a page of a resource read, expanded and finished, some rows at a time."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from ...api.listing.resource import Part, Resource, flat
from ...api.listing.rows import EVERY, Args, Rows
from ...consent import DistrictReader
from ...consent.gaps import Gap, moment_is_lost
from ...consent.session import Plan, Session
from ...consent.slips import People
from ...errors import NotFound, Problem
from ...fields import Arg, HubId, OneOf, Question
from ...model.organisation import District, School
from ...recent import Finished
from . import later
from .asking import Asked
from .planning import IDS, bound, columns, prepare
from .resource import expansions

AT_ONCE = 128
"""How many things are finished, and expanded, together."""

FINISHED: Finished[bytes] = Finished(32 * 1024 * 1024, times=1)
"""Rows as they are sent, of those that were read last: most of a list is as it was when it is asked for again."""

ID_AT = slice(7, 43)
"""Where the hub id stands in a row, which begins with it."""

WANTED = Arg("wanted")

UPDATED, SINCE, EVER = "updated_date", ("gt", "gte"), "1970-01-01T00:00:00.000"
"""What those ask by who poll for what is new, and the moment from which on everything is."""


# ---- reading


class Reading:
    """One moment of a district, read for one request; `concerns` are the rows that whoever asks may see of it."""

    def __init__(self, reader: DistrictReader, session: Session) -> None:
        self.reader = reader
        self.session = session
        self.concerns = EVERY
        self.whom: dict[bytes, tuple[Plan, People, int]] = {}
        """For each row that was read, by its hub id, whom it tells of: which of those that were read with it."""
        self.args = {**self.district(), "product": reader.app.id}

    def district(self) -> dict[str, Any]:
        """What the district tells of everything in it; nothing where no school shows it."""
        facts = {
            "district_id": HubId(District),
            "country": District.country,
            "locale": District.locale,
            "time_zone": District.time_zone,
            "district_source_id": District.external_id,
        }
        plan = self.plan(Question(District, tuple(facts.items())), "district")
        for rows, _ in self.session.chosen(plan, {}, 1):
            return msgspec.json.decode(rows[0], type=dict[str, Any])
        return dict.fromkeys(facts)

    def schools(self) -> dict[str, Any]:
        """The schools in reach by their sources' ids, as values of a request: what is beside schools refers so."""
        facts = (("id", HubId(School)), ("source_id", School.external_id))
        plan = self.plan(Question(School, facts, School.external_id.known()), "schools")
        found = [
            msgspec.json.decode(row, type=dict[str, str]) for rows, _ in self.session.chosen(plan, {}) for row in rows
        ]
        by_id = {one["source_id"]: one["id"] for one in found}
        ids = [one for one in (*by_id, self.args["district_source_id"]) if one]
        return {"schools_by_source_id": json.dumps(by_id), "ids_of_sources": json.dumps(ids)}

    def plan(self, question: Question, name: str) -> Plan:
        """A question of the dialect's own."""
        return self.reader.prepare(question, ("edlink", "own", name))

    def page(self, resource: Resource, asked: Asked, rows: Rows) -> Iterator[tuple[Part, bytes]]:
        """The rows of a page and the one after it, in order, whichever kind of record they are of."""
        asked = unless_lost(self.reader.gaps, asked)
        args = {**self.args, **self.concerns.args, **rows.args, **bound(asked)}
        plans = [(part, prepare(self.reader, resource, part, asked, rows)) for part in resource.parts]
        streams = [self.stream(part, plan, args, asked.size + 1) for part, plan in plans]
        return heapq.merge(*streams, key=lambda found: found[1][ID_AT], reverse=asked.backward)

    def stream(self, part: Part, plan: Plan, args: Args, most: int) -> Iterator[tuple[Part, bytes]]:
        for rows, people in self.session.chosen(plan, args, most):
            for at, row in enumerate(rows):
                self.whom[row[ID_AT]] = plan, people, at
                yield part, row

    def show(self, rows: Iterable[bytes]) -> None:
        """These of the rows that were read go out; others only told whether there are more."""
        together: dict[tuple[int, int], tuple[Plan, People, list[int]]] = {}
        for row in rows:
            plan, people, at = self.whom[row[ID_AT]]
            together.setdefault((id(plan), id(people)), (plan, people, []))[2].append(at)
        for plan, people, places in together.values():
            self.session.shows(plan, len(places), people.rows(places))

    def finds(self, resource: Resource, identity: str, rows: Rows) -> bool:
        """Whether something is there."""
        return any(True for _ in self.page(resource, Asked(fields=("id",), size=1), only(resource, identity, rows)))

    # ---- finishing

    def finished(self, resource: Resource, asked: Asked, found: list[tuple[Part, bytes]]) -> Iterator[bytes]:
        """Rows as they are sent: in Edlink's words, with what their ids expand to."""
        self.show(row for _, row in found)
        if not asked.expand:
            return (_finished(part, asked, row) for part, row in found)
        read = [_Row(part, asked, row) for part, row in found]
        for name, holder in expansions(resource).items():
            if name in asked.expand:
                self.expand(name, holder, resource.properties[holder].leads, read)
        return (row.encoded(asked) for row in read)

    def expand(self, name: str, holder: str, leads: str, rows: list[_Row]) -> None:
        """Put beside the ids of one property what they are the ids of."""
        target = later.EVERY[leads]
        wanted = sorted({identity for row in rows for identity in row.ids(holder)})
        within = self.concerns.and_("ids", {p.of: OneOf(HubId(p.of), (IDS,)) for p in target.parts})
        within = Rows(within.name, within.where, {**within.args, "ids": json.dumps(wanted)})
        plain = Asked(size=len(wanted))
        found = list(self.page(target, plain, within)) if wanted else []
        self.show(row for _, row in found)
        known = {row[ID_AT].decode(): _finished(part, plain, row) for part, row in found}
        for row in rows:
            row.put(name, holder, known)


def _finished(part: Part, asked: Asked, row: bytes) -> bytes:
    """A row as it is sent, where nothing is put beside its ids."""
    return FINISHED.get((part, asked.fields), row, lambda row: _Row(part, asked, row).encoded(asked))


class _Row:
    """A row on its way out."""

    def __init__(self, part: Part, asked: Asked, row: bytes) -> None:
        self.part = part
        self.row = row
        chosen = columns(part, asked)
        self.finishes = {n: p.finish for n, p in chosen.items() if p.finish is not None}
        self.whole = not (self.finishes or asked.fields or asked.expand)
        self.values: dict[str, Any] = {} if self.whole else msgspec.json.decode(row, type=dict[str, msgspec.Raw])
        for name, finish in self.finishes.items():
            self.values[name] = finish(msgspec.json.decode(self.values[name]))
        self.more: dict[str, tuple[str, bytes]] = {}

    def ids(self, holder: str) -> list[str]:
        """The ids that a property holds."""
        value = self.values[holder]
        return flat(msgspec.json.decode(value) if isinstance(value, msgspec.Raw) else value)

    def put(self, name: str, holder: str, known: Mapping[str, bytes]) -> None:
        """Remember what a property's ids expand to."""
        found = [known[i] for i in self.ids(holder) if i in known]
        several = name != holder.removesuffix("_id")
        self.more[holder] = (name, b"[%s]" % b",".join(found) if several else (found or [b"null"])[0])

    def encoded(self, asked: Asked) -> bytes:
        if self.whole:
            return self.row
        shown: dict[str, Any] = {}
        for name, value in self.values.items():
            if not asked.fields or name in asked.fields:
                shown[name] = value
            if name in self.more:
                expanded, body = self.more[name]
                shown[expanded] = msgspec.Raw(body)
        return msgspec.json.encode(shown)


def unless_lost(gaps: Iterable[Gap], asked: Asked) -> Asked:
    """What a request asks, where it asks for what was updated since a moment that a restored hub knows nothing of.

    Whoever read then has what the hub no longer has: they are told of everything. What was only let go of (`at` is
    empty then) is no matter here, since lists hold nothing that is gone.
    """
    lost = [gap for gap in gaps if gap.at]
    if not lost:
        return asked
    said = (
        replace(one, value=EVER)
        if one.name == UPDATED and one.operator in SINCE and moment_is_lost(lost, one.value)
        else one
        for one in asked.clauses
    )
    return replace(asked, clauses=tuple(said))


def only(resource: Resource, identity: str, rows: Rows) -> Rows:
    """The one row with an id."""
    return rows.and_("wanted", {p.of: HubId(p.of).is_(WANTED) for p in resource.parts}, wanted=identity)


def missing(resource: Resource) -> NotFound:
    """Nothing there, or nothing that this caller may see: the two look alike."""
    return NotFound(Problem(resource.one, "was not found", f"list {resource.name} to see which exist"))


# ---- answers


def fetch(reading: Reading, resource: Resource, identity: str, asked: Asked, rows: Rows) -> bytes:
    """One thing."""
    found = list(reading.page(resource, asked, only(resource, identity, rows)))
    if not found:
        raise missing(resource)
    return next(reading.finished(resource, asked, found[:1]))


def pages(
    reading: Reading, resource: Resource, asked: Asked, rows: Rows, following: Callable[[str], None]
) -> Iterator[bytes]:
    """The things of a page as a JSON array; `following` is told the last one's id when there are more."""
    left, lead = asked.size, b"["
    held: list[tuple[Part, bytes]] = []
    last = b""
    for part, row in reading.page(resource, asked, rows):
        if left == 0:
            following(last.decode())
            break
        left -= 1
        last = row[ID_AT]
        held.append((part, row))
        if len(held) == AT_ONCE:
            yield lead + b",".join(reading.finished(resource, asked, held))
            held, lead = [], b","
    if held:
        yield lead + b",".join(reading.finished(resource, asked, held))
        lead = b","
    yield b"]" if lead == b"," else b"[]"
