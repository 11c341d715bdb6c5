"""Answers of a list by offset: a page of a resource read and finished, some rows at a time."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from ...consent import DistrictReader
from ...consent.gaps import moment_is_lost
from ...consent.session import Plan, Session
from ...consent.slips import shows
from ...recent import Finished
from .asking import Asked
from .planning import HUB_ID, WHO, Manner, columns, lost, prepare, sources
from .resource import Finish, Part, Resource
from .rows import Rows
from .tombstones import Renamed, Tombstones, polls, wants

FINISHED: Finished[bytes] = Finished(32 * 1024 * 1024, times=1)
"""Rows as they are sent, of those that were read last: most of a list is as it was when it is asked for again."""

EMPTY: tuple[Any, ...] = (None, "", [], {})
"""What is left out of a thing."""


class Told(NamedTuple):
    """A thing as it is told, with its hub id and that of whom it is about, as far as that is asked for."""

    id: str
    who: str | None
    thing: dict[str, Any]


Found = tuple[Part | None, Any]
"""A row of a part; of no part, something that is gone, as it is told."""


class Reading:
    """One resource of one moment of a district, as a request asks for it; `args` are the values of the request.

    `few` that rows are looked up; `renamed` is what is told by other ids than before; `rests` are the kinds of record
    on which the values rest.
    """

    def __init__(
        self,
        reader: DistrictReader,
        session: Session,
        manner: Manner,
        resource: Resource,
        asked: Asked,
        rows: Rows,
        args: Mapping[str, Any],
        *,
        few: bool = False,
        renamed: Callable[[], tuple[Renamed, ...]] = tuple,
        rests: frozenset[str] = frozenset(),
    ) -> None:
        self.session = session
        self.manner = manner
        self.resource = resource
        self.asked = asked
        self.rests = rests
        self.args: dict[str, Any] = {**args, **rows.args, "touched": "[]"}
        self.gone: Tombstones | None = None
        self._finishing: dict[Part, list[tuple[str, str, Finish | None]]] = {}
        parts = resource.parts
        if wants(manner, asked):
            self.gone = Tombstones(reader, session, manner, resource, rows, asked, self.args, renamed())
            self.args["touched"] = json.dumps([*self.gone.touched])
            if polls(manner, asked):
                parts = (*parts, *(lost(manner, part) for part in parts if part.lost is not None))
        self.plans = [(part, prepare(reader, manner, resource, part, asked, rows, few=few)) for part in parts]

    def count(self) -> int:
        """How many there are in all."""
        every = sum(self.session.count(plan, self.args) for _, plan in self.plans)
        return every + (len(self.gone.found) if self.gone else 0)

    # ---- the page

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

    # ---- what is told

    def things(self) -> Iterator[dict[str, Any]]:
        """The things of the page."""
        for part, row in self.page():
            yield dict(row) if part is None else self._as_touched(self.told(part, row))

    def sent(self) -> Iterator[bytes]:
        """The things of the page as they are sent."""
        if self.gone is not None:
            yield from map(msgspec.json.encode, self.things())
            return
        for part, row in self.page():
            assert part is not None
            yield FINISHED.get((part, self.asked.fields), row, lambda row, part=part: self._finished(part, row))

    def _finished(self, part: Part, row: bytes) -> bytes:
        return msgspec.json.encode(self.told(part, row).thing)

    def _as_touched(self, told: Told) -> dict[str, Any]:
        """A thing that changed by losing a part: that has no stamp of its own any more, but a moment."""
        at, modified = self.gone.touched.get(told.id) if self.gone else None, self.manner.modified
        if at is None or modified not in told.thing:
            return told.thing
        return {**told.thing, modified: max(told.thing[modified], f"{at}Z")}

    def told(self, part: Part, row: bytes) -> Told:
        """A row in the dialect's words."""
        values = msgspec.json.decode(row, type=dict[str, Any])
        thing: dict[str, Any] = {}
        for name, source, finish in self._shown(part):
            value = values[source] if finish is None else finish(values[source])
            if value not in EMPTY:
                thing[name] = value
        return Told(values[HUB_ID], values.get(WHO), thing)

    def _shown(self, part: Part) -> list[tuple[str, str, Finish | None]]:
        """What is shown of a row of a part: its name, the column that it is read from, and what finishes it."""
        if part not in self._finishing:
            known, wanted = columns(part, self.asked), self.asked.fields
            those = sources(known)
            self._finishing[part] = [(n, those[n], p.finish) for n, p in known.items() if not wanted or n in wanted]
        return self._finishing[part]


def kinds(readings: Iterable[Reading]) -> frozenset[str]:
    """The kinds of record that answers are made of."""
    return frozenset[str]().union(
        *(one for reading in readings for one in (reading.rests, *(plan.reads for _, plan in reading.plans)))
    )


EVER = "1970-01-01T00:00:00.000Z"


def unless_lost(reader: DistrictReader, manner: Manner, asked: Asked) -> Asked:
    """What a request asks, where it asks for what changed since a moment that a restored hub knows nothing of.

    Whoever read then has what the hub no longer has: they are told everything.
    """
    gaps = reader.gaps if polls(manner, asked) else ()
    if not gaps:
        return asked
    said = [
        replace(one, value=EVER)
        if one.name == manner.modified
        and one.operator[0] == ">"
        and moment_is_lost(gaps, str(one.value).removesuffix("Z"))
        else one
        for one in asked.filter.clauses
    ]
    return replace(asked, filter=replace(asked.filter, clauses=tuple(said)))
