"""What is kept between imports: what each source said last, what it asked to keep, what waits, when it was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from heapq import merge
from itertools import chain
from typing import NamedTuple

import msgspec

from ..store.kept import Kept
from ..store.kept.sources import SETTLED
from ..store.writing import Batch
from .erasing.pruning import without
from .kinds import KINDS
from .packed import InOrder
from .plan import Part, Plan
from .rows import ERASED, Aside, Problems, Row, Stream, school_of

Remembered = tuple[str, bytes, str]
"""A row that is new to its source: its key, the digest of what it says, and the hub id of its record."""


@dataclass
class Written:
    """What was written of a plan, by kind, until it is remembered."""

    rows: dict[str, InOrder[Remembered]] = field(default_factory=dict[str, InOrder[Remembered]])

    def add(self, kind: str, rows: Iterable[Remembered]) -> None:
        """Rows that are new to the source were written."""
        if kind not in self.rows:
            self.rows[kind] = InOrder[Remembered](Remembered)
        self.rows[kind].extend(rows)

    def done(self, kind: str) -> None:
        """All rows of a kind were written."""
        if kind in self.rows:
            self.rows[kind].pack()


def remember_rows(batch: Batch, plan: Plan, written: Written) -> None:
    """Write down what the source says now, and forget what it no longer does."""
    stale: dict[str, set[str]] = {}
    for kind, key in plan.held.stale:
        stale.setdefault(kind, set()).add(key)
    # In the order of their key, so that the rows of the table come to lie side by side.
    with batch.kept.sources.remembering(sum(map(len, written.rows.values()))):
        for part in sorted(plan.parts, key=lambda part: part.kind.__name__):
            _remember(batch, plan.source, part, written, stale.pop(part.kind.__name__, set()))
    lost = [(kind, key) for kind, keys in stale.items() for key in keys]
    batch.kept.sources.forget(batch.district, plan.source, lost)


def _remember(batch: Batch, source: str, part: Part, written: Written, stale: set[str]) -> None:
    sources, kind, again = batch.kept.sources, part.kind.__name__, list[Remembered]()
    new = written.rows.get(kind, ())

    def news() -> Iterator[Remembered]:
        for one in new:
            if one[0] in stale:
                again.append(one)
            else:
                yield one

    sources.remember(batch.district, source, kind, news() if stale else new)
    changed = InOrder[Remembered](Remembered, ((row.key, said, identity) for row, said, identity in part.changed))
    sources.correct(batch.district, source, ((kind, *one) for one in merge(changed, again)))
    gone = stale.union(part.gone, part.rekeyed).difference(key for key, _, _ in again)
    sources.forget(batch.district, source, [(kind, key) for key in gone])


def keep(batch: Batch, plan: Plan, kept: Mapping[str, bytes], beside: Mapping[str, bytes]) -> None:
    """Keep what the source must find again, and what else is kept of it, and whether all that it said was taken in."""
    settled = b"" if plan.aside or plan.waiting else b"all"
    for name, data in chain(kept.items(), beside.items(), [(SETTLED, settled)]):
        told = without(data, plan.erased) if plan.erased else data
        batch.kept.sources.keep_file(batch.district, plan.source, name, told)


WAITING = "rows that wait"
"""The name under which rows that are set aside are kept for the next import."""


class _Waiting(NamedTuple):
    """What is set aside: rows by their kinds, and what is wrong with those that could not be read."""

    rows: list[tuple[str, Row]]
    unread: list[Aside]


def keep_waiting(batch: Batch, plan: Plan) -> None:
    """Keep the rows that are set aside: they go in when their faults are gone, though they are not sent again."""
    rows = [(kind.__name__, row) for kind, row in plan.waiting]
    read = {(kind, row.key) for kind, row in rows}
    names = {part.kind.__name__ for part in plan.parts}
    unread = [replace(one, waits=()) for one in plan.aside if one.kind in names and (one.kind, one.key) not in read]
    unread = [one for one in unread if one.what != ERASED]
    before = batch.kept.sources.file(batch.district, plan.source, WAITING)
    if rows or unread or before is not None:
        data = msgspec.msgpack.encode(_Waiting(rows, unread))
        batch.kept.sources.keep_file(batch.district, plan.source, WAITING, data)


def with_waiting(batch: Batch, source: str, streams: Iterable[Stream], problems: Problems) -> list[Stream]:
    """The streams with the rows that were set aside before, where the source does not say them, or their end, anew."""
    data = batch.kept.sources.file(batch.district, source, WAITING)
    if data is None:
        return list(streams)
    waiting, found = msgspec.msgpack.decode(data, type=_Waiting), {stream.kind: stream for stream in streams}
    every = (found.get(kind, Stream(kind, (), whole=False)) for kind in KINDS)
    more = [stream if stream.whole else _with(stream, waiting, problems) for stream in every]
    return [stream for stream in more if stream.kind in found or stream.rows or stream.aside]


def rows_waiting(kept: Kept, district: int, source: str) -> list[tuple[str, Row]]:
    """The rows of a source that wait, each with the name of its kind."""
    data = kept.sources.file(district, source, WAITING)
    return msgspec.msgpack.decode(data, type=_Waiting).rows if data else []


def _with(stream: Stream, waiting: _Waiting, problems: Problems) -> Stream:
    name = stream.kind.__name__
    said = stream.gone | stream.aside | {row.key for row in stream.rows}
    rows = [_before(row) for kind, row in waiting.rows if kind == name and row.key not in said]
    unread = [one for one in waiting.unread if one.kind == name and one.key not in said]
    problems.aside += unread
    return replace(stream, rows=[*stream.rows, *rows], aside=stream.aside | {one.key for one in unread})


def _before(row: Row) -> Row:
    return row._replace(place=(row.place[0], 0))


def note_sync(batch: Batch, plan: Plan) -> None:
    """Write down when the source was read, and per school what came of it; '' is the whole district."""
    tallies: dict[str, dict[str, Counter[str]]] = {}
    for part in plan.parts:
        new = _new_of(part)
        changed = Counter(school_of(part.kind, row) for row, _, _ in part.changed)
        every = +part.schools + Counter(part.others)
        for school, count in every.items():
            counts = Counter(new=new[school], changed=changed[school], unchanged=count - new[school] - changed[school])
            tallies.setdefault(school, {})[part.kind.__name__] = counts
    tallies[""] = {
        p.kind.__name__: Counter(
            new=len(p.new) + len(p.joined), changed=len(p.changed), gone=len(p.gone), unchanged=p.unchanged
        )
        for p in plan.parts
    }
    _put_sync(batch, plan, tallies)


def _new_of(part: Part) -> Counter[str]:
    """How many rows are new, by the key of their school."""
    if part.new is part.told:
        return part.schools
    new = Counter(school_of(part.kind, row) for row, _ in part.new)
    new.update(school_of(part.kind, row) for row, _, _ in part.joined)
    return new


def _put_sync(batch: Batch, plan: Plan, tallies: Mapping[str, Mapping[str, Counter[str]]]) -> None:
    ids = {key: batch.kept.sources.record_of(batch.district, plan.source, "School", key) or "" for key in tallies}
    batch.synced(plan.source, {ids[key]: tally for key, tally in tallies.items()})
