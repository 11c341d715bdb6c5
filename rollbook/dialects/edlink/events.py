"""Events: what was made, changed or deleted in the last thirty days, as the stamps and tombstones of records tell it.

A row gives one event for its making and one for its last change, each with the row as it is now; a change before the
last one is gone with it, so that whoever reads the events in order ends with the rows as they are. What a change of the
school's choice of people takes out of sight is deleted to this app, and what it lets in again is made again.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from ...api.listing.bygone import as_human
from ...api.listing.resource import Listing, Part, Resource
from ...api.listing.rows import Rows, whole
from ...consent.bygone import Gone
from ...consent.gaps import Gap, is_lost
from ...consent.slips import shows
from ...errors import Malformed, NotFound, Problem
from ...fields import Appeared, AppearedNumber, Arg, Condition, Down, Expr, HubId, LastUpdated, OneOf, Question, Version
from ...model.roster import CLASS_KINDS
from .answering import AT_ONCE, ID_AT, Reading
from .asking import Asked
from .catalogue import RESOURCES
from .former import last_state, was_told
from .logbook import Logbook
from .people import people
from .planning import IDS
from .resource import UNKNOWN
from .teaching import classes
from .wire import Fault

RETENTION = timedelta(days=30)

_DAYS = 4096
"""As many days as an event's id can tell apart."""

NAMES = ("id", "date", "type", "target", "target_id", "integration_id", "materialization_id", "data")
listing = Listing("events", dict.fromkeys(NAMES, UNKNOWN))

TARGETS = {part.of.__name__: resource for resource in RESOURCES.values() for part in resource.parts}
ROLES = {"Student": people, "Staff": people, "Contact": people}
"""The kinds of record whose tombstones tell of a human."""

PIECES = {many.via.owner.__name__: many.via.name for part in classes.parts for many in part.parts}
"""The kinds of record that are a part of a class, and have changed it when they go; each with its reference to it."""

END = 2**62
"""A number after every write."""

SINCE, LOW, HIGH = Arg("since"), Arg("low"), Arg("high")


@dataclass(frozen=True)
class Event:
    """Something that happened to a thing: `seq` is the number of the write."""

    seq: int
    at: str
    type: str
    resource: Resource
    target: str
    gone: Gone | None = None
    """What the history keeps of a thing that is gone."""

    @property
    def id(self) -> str:
        """A UUID that says when it was: events in the order of their ids are in the order of their writes."""
        mark = hashlib.sha256(f"{self.resource.one} {self.target} {self.type}".encode()).hexdigest()
        digits = f"{self.seq:012x}4{_day(self.at) % _DAYS:03x}{'89ab'[int(mark[0], 16) % 4]}{mark[1:16]}"
        return str(uuid.UUID(digits))


def _day(at: str) -> int:
    return datetime.fromisoformat(at).replace(tzinfo=UTC).toordinal()


def seq_of(identity: str) -> int:
    """The number of the write that an event's id tells."""
    return int(identity.replace("-", "")[:12], 16)


def check(asked: Asked, newest: int, now: float, gaps: Iterable[Gap] = ()) -> None:
    """Refuse a place in the list that is none, or that lies so far back that events since then are gone."""
    today = datetime.fromtimestamp(now, UTC).toordinal()
    for name, place in (("$after", asked.after), ("$before", asked.before)):
        if not place:
            continue
        age = (today - int(place[15:18], 16)) % _DAYS
        if seq_of(place) > newest or place[14] != "4":
            raise _lost(name, "is not an event")
        if is_lost(gaps, seq_of(place)):
            raise _lost(name, "is of before the hub was restored from a backup, which does not have it")
        if RETENTION.days < age < _DAYS // 2:
            raise _lost(name, "is older than thirty days")


def _lost(name: str, what: str) -> Malformed:
    return Malformed(Fault(name, what, "read everything again, then go on with the newest event", "INVALID_CURSOR"))


# ---- reading


@dataclass(frozen=True)
class Window:
    """Which events are meant: those since a moment, of writes from one number to another, and between two events."""

    since: str
    low: int = 0
    high: int = END
    after: str = ""
    before: str = ""
    backward: bool = False

    @classmethod
    def of(cls, asked: Asked, now: float) -> Window:
        """The events that a request asks for."""
        low, high = seq_of(asked.after or "0" * 12), seq_of(asked.before or "f" * 12)
        return cls(_since(now), low, high, asked.after, asked.before, asked.backward)

    @property
    def args(self) -> dict[str, Any]:
        """The bounds, as the store is asked for them."""
        return {"since": self.since, "low": self.low, "high": self.high}

    def has(self, event: Event) -> bool:
        """Whether an event lies within."""
        between = self.after < event.id and (not self.before or event.id < self.before)
        return between and self.low <= event.seq <= self.high and event.at >= self.since


def _since(now: float) -> str:
    return (datetime.fromtimestamp(now, UTC) - RETENTION).strftime("%Y-%m-%dT%H:%M:%S.000")


def happened(reading: Reading, window: Window) -> Iterator[Event]:
    """The events of a window, in order."""
    streams = [_of_part(reading, window, resource, part) for resource in RESOURCES.values() for part in resource.parts]
    found = heapq.merge(
        *itertools.chain.from_iterable(streams),
        sorted(_deleted(reading, window), key=lambda e: e.id, reverse=window.backward),
        key=lambda event: event.id,
        reverse=window.backward,
    )
    return (event for event in found if window.has(event))


def _of_part(reading: Reading, window: Window, resource: Resource, part: Part) -> Iterator[Iterator[Event]]:
    made, changed, facts = Appeared(part.of), LastUpdated(part.of), whole(reading.reader, part)
    yield _stamped(reading, window, resource, part, ("created", made, (), part.only))
    yield _stamped(reading, window, resource, part, ("updated", changed, facts, part.only))
    if part.lost is not None:
        yield _stamped(reading, window, resource, part, ("deleted", changed, facts, part.lost))


def _stamped(
    reading: Reading,
    window: Window,
    resource: Resource,
    part: Part,
    what: tuple[str, Expr, tuple[tuple[str, Expr], ...], Condition],
) -> Iterator[Event]:
    kind, moment, facts, rows = what
    number = AppearedNumber(part.of) if kind == "created" else Version(part.of)
    question = Question(
        part.of,
        (("id", HubId(part.of)), ("seq", number), ("at", moment), ("made", Appeared(part.of))),
        rows & moment.since(SINCE) & number.since(LOW) & number.until(HIGH),
        order=(Down(number) if window.backward else number,),
        # Without facts to look at, the newest stamp is that of the making.
        hashed=facts or None,
    )
    name = f"{kind} {part.of.__name__} {window.backward}"
    plan = reading.plan(question, name)
    # What has not moved since then need not be looked through for what has.
    last = max([reading.reader.last_choice(), *reading.reader.versions(plan.reads).values()])
    quiet = last < window.low
    for some, _ in () if quiet else reading.session.chosen(plan, {**reading.args, **window.args}, named=False):
        for row in some:
            read = msgspec.json.decode(row, type=dict[str, Any])
            # What was written together with a row, such as its parts, is told by its making.
            if kind == "created" or read["at"] != read["made"]:
                yield Event(read["seq"], read["at"], kind, resource, read["id"])


def _deleted(reading: Reading, window: Window) -> Iterator[Event]:
    """What tombstones tell: a human of whom only one of several roles is gone has changed, as has a class.

    Its sessions and lessons are parts of it.
    """
    tombstones = reading.reader.gone((*TARGETS, *ROLES, *PIECES), window.low - 1)
    gone = [g for g in tombstones if g.what == "gone" and _was_listed(g) and was_told(reading.reader, g)]
    humans = {g.keys["person"]: g for g in gone if g.kind in ROLES}
    left = _still_there(reading, people, list(humans))
    for person, last in humans.items():
        if person not in left:
            human = as_human(reading.reader, person, [last])
            yield Event(last.seq, last.at, "deleted", people, person, human)
        # Who came into sight later is told of by that.
        elif left[person] <= last.seq:
            yield Event(last.seq, last.at, "updated", people, person)
    for one in gone:
        if one.kind in TARGETS and TARGETS[one.kind] is not people:
            yield Event(one.seq, one.at, "deleted", TARGETS[one.kind], one.id, one)
    lessened = {group: g for g in gone if g.kind in PIECES and (group := g.keys.get(PIECES[g.kind]))}
    for group, appeared in _still_there(reading, classes, list(lessened)).items():
        if appeared <= (last := lessened[group]).seq:
            yield Event(last.seq, last.at, "updated", classes, group)


def _was_listed(gone: Gone) -> bool:
    """Whether what is gone was one of the kinds of group that are classes, or of somebody in one."""
    if gone.kind in ROLES:
        return bool(gone.keys.get("person"))
    kinds = [gone.keys.get(name) for name in ("kind", "group.kind")]
    return gone.kind not in ("Group", "StudentMembership", "StaffMembership") or any(k in CLASS_KINDS for k in kinds)


def _still_there(reading: Reading, resource: Resource, ids: list[str]) -> dict[str, int]:
    """Those of some humans or classes that are there, each with the number with which they appeared."""
    (part,) = resource.parts
    columns = (("id", HubId(part.of)), ("appeared", AppearedNumber(part.of)))
    plan = reading.plan(Question(part.of, columns, part.only & OneOf(HubId(part.of), (IDS,))), f"{part.of} still there")
    rows = (row for some, _ in reading.session.chosen(plan, {"ids": json.dumps(ids)}, named=False) for row in some)
    return {read["id"]: read["appeared"] for read in map(msgspec.json.decode, rows)}


# ---- telling


def told(reading: Reading, book: Logbook, events: list[Event], fields: tuple[str, ...]) -> list[bytes]:
    """Events as they are sent, each with the thing that it happened to as that is now, or was last."""
    shows(*(e.target for e in events if e.resource is people))
    shows(*(person for e in events if e.gone is not None for person in e.gone.people))
    data: dict[tuple[str, str], bytes] = {}
    if not fields or "data" in fields:
        for resource in RESOURCES.values():
            ids = [e.target for e in events if e.resource is resource and e.type != "deleted"]
            data |= {(resource.name, i): row for i, row in _things(reading, resource, ids)}
    of = book.of_events((event.seq, event.at) for event in events)
    return [_encoded(reading, event, of.get(event.seq), data, fields) for event in events]


def _things(reading: Reading, resource: Resource, ids: list[str]) -> Iterator[tuple[str, bytes]]:
    if ids:
        where = {p.of: OneOf(HubId(p.of), (IDS,)) for p in resource.parts}
        asked = Asked(size=len(ids))
        found = list(reading.page(resource, asked, Rows("ids", (where,), {"ids": json.dumps(ids)})))
        yield from zip((row[ID_AT].decode() for _, row in found), reading.finished(resource, asked, found), strict=True)


def _encoded(
    reading: Reading,
    event: Event,
    materialization: str | None,
    data: dict[tuple[str, str], bytes],
    fields: tuple[str, ...],
) -> bytes:
    bare = msgspec.json.encode(last_state(reading, event.resource, event.gone) if event.gone else {"id": event.target})
    entire: dict[str, Any] = {
        "id": event.id,
        "date": f"{event.at}Z",
        "type": event.type,
        "target": event.resource.one,
        "target_id": event.target,
        "integration_id": reading.reader.credential.id,
        "materialization_id": materialization,
        "data": msgspec.Raw(data.get((event.resource.name, event.target), bare)),
    }
    return msgspec.json.encode({n: v for n, v in entire.items() if not fields or n in fields})


def pages(reading: Reading, book: Logbook, asked: Asked, following: Callable[[str], None]) -> Iterator[bytes]:
    """The events of a page as a JSON array; `following` is told the last one's id when there are more."""
    newest = reading.reader.newest()
    quiet = bool(asked.after) and seq_of(asked.after) >= newest and not asked.backward
    found = [] if quiet else list(itertools.islice(happened(reading, Window.of(asked, book.now)), asked.size + 1))
    shown = found[: asked.size]
    if len(found) > asked.size:
        following(shown[-1].id)
    for first in range(0, len(shown), AT_ONCE):
        yield (b"," if first else b"[") + b",".join(told(reading, book, shown[first : first + AT_ONCE], asked.fields))
    yield b"]" if shown else b"[]"


def fetch(reading: Reading, book: Logbook, identity: str, asked: Asked) -> bytes:
    """One event."""
    around = Window(_since(book.now), low=seq_of(identity), high=seq_of(identity))
    for event in happened(reading, around):
        if event.id == identity:
            return told(reading, book, [event], asked.fields)[0]
    raise NotFound(Problem("event", "is not there", "events are kept for thirty days, and give way to later ones"))
