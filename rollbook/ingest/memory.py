"""What is kept between imports: what each source said last, what it asked to keep, what waits, when it was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import msgspec

from ..store.kept.sources import SETTLED
from ..store.writing import Batch
from .kinds import KINDS
from .plan import Part, Plan
from .rows import Aside, Problems, Row, Stream, school_of


def remember_rows(batch: Batch, plan: Plan, ids: Mapping[str, Mapping[str, str]]) -> None:
    """Write down what the source says now, and forget what it no longer does."""
    stale: dict[str, set[str]] = {}
    for kind, key in plan.held.stale:
        stale.setdefault(kind, set()).add(key)
    # In the order of their key, so that the rows of the table come to lie side by side.
    for part in sorted(plan.parts, key=lambda part: part.kind.__name__):
        _remember(batch, plan.source, part, ids[part.kind.__name__], stale.pop(part.kind.__name__, set()))
    lost = [(kind, key) for kind, keys in stale.items() for key in keys]
    batch.kept.sources.forget(batch.district, plan.source, lost)


def _remember(batch: Batch, source: str, part: Part, ids: Mapping[str, str], stale: set[str]) -> None:
    sources, kind = batch.kept.sources, part.kind.__name__
    changed = {row.key: said for row, said, _ in part.changed}
    fresh = {row.key: said for row, said in part.new} | {row.key: said for row, said, _ in part.joined}
    changed |= {key: fresh.pop(key) for key in stale & fresh.keys()}
    for said, keep in ((fresh, sources.remember), (changed, sources.correct)):
        keep(batch.district, source, ((kind, key, said[key], ids[key]) for key in sorted(said)))
    gone = stale.union(part.gone, part.rekeyed).difference(fresh, changed)
    sources.forget(batch.district, source, [(kind, key) for key in gone])


def keep(batch: Batch, plan: Plan, kept: Mapping[str, bytes]) -> None:
    """Keep what the source must find again, and whether all that it said was taken in."""
    settled = b"" if plan.aside or plan.waiting else b"all"
    for name, data in {**kept, SETTLED: settled}.items():
        batch.kept.sources.keep_file(batch.district, plan.source, name, data)


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
        new = Counter(school_of(part.kind, row) for row, _ in part.new)
        new.update(school_of(part.kind, row) for row, _, _ in part.joined)
        changed = Counter(school_of(part.kind, row) for row, _, _ in part.changed)
        every = Counter(school_of(part.kind, row) for row in part.rows) + Counter(part.others)
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


def _put_sync(batch: Batch, plan: Plan, tallies: Mapping[str, Mapping[str, Counter[str]]]) -> None:
    ids = {key: batch.kept.sources.record_of(batch.district, plan.source, "School", key) or "" for key in tallies}
    batch.synced(plan.source, {ids[key]: tally for key, tally in tallies.items()})
