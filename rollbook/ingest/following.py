"""Following a source change by change: what it says is different is written, and nothing else is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..errors import Problem, Stop
from ..fields import RECORDS
from ..store.writing import Batch
from .applying import write_plan
from .kinds import BY_TABLE, KINDS
from .memory import note_sync
from .plan import Held, Plan, make_plan, target_of
from .rows import Source, Stream, silent


def follow_changes(
    batch: Batch,
    name: str,
    source: Source,
    key: str,
    gone: Mapping[str, Iterable[str]],
    few: int,
    max_shrink: float = 0.5,
) -> Plan:
    """Write what a source reports as changed, within the transaction of a batch; `key` is the source's in remainders.

    `gone` are keys by the name of their table. Raises `Malformed` with everything that is wrong, and `Stop` when of
    one kind more than `few` records and more than a share of them would go.
    """
    for table in gone.keys() - BY_TABLE.keys():
        source.problems.add("gone", table[:60], "is not a kind of record")
    said = {stream.kind: stream for stream in source.streams(lambda _: None, "")}
    source.problems.stop()
    streams = [
        replace(said.get(kind, Stream(kind, ())), whole=False, gone=frozenset(gone.get(kind.table, ())))
        for kind in KINDS
        if kind in said or kind.table in gone
    ]
    plan = make_plan(name, _held(batch, name, streams), streams, source.problems)
    source.problems.stop()
    _guard(batch, plan, few, max_shrink)
    if plan.moved:
        write_plan(batch, plan, key, silent)
        note_sync(batch, plan)
    return plan


def _held(batch: Batch, name: str, streams: Iterable[Stream]) -> Held:
    """What is known of the rows named, and of those that they refer to: a school's others may be a million."""
    wanted: dict[str, set[str]] = {}
    for stream in streams:
        keys = wanted.setdefault(stream.kind.__name__, set())
        keys.update(stream.gone, (row.key for row in stream.rows))
        for ref in stream.kind.refs():
            there = {row.refs.get(ref) for row in stream.rows}
            wanted.setdefault(target_of(stream.kind, ref), set()).update(key for key in there if key)
    held = Held()
    for kind, keys in wanted.items():
        held.add(kind, batch.kept.sources.said_of(batch.district, name, RECORDS[kind], keys))
    return held


def _guard(batch: Batch, plan: Plan, few: int, most: float) -> None:
    found: list[Problem] = []
    for part in plan.parts:
        if len(part.gone) > few:
            before = batch.kept.sources.count(batch.district, plan.source, part.kind.__name__)
            if len(part.gone) > most * before:
                found.append(Problem(part.kind.__name__, f"{len(part.gone):,} of {before:,} would be removed"))
    if found:
        raise Stop(Problem("", f"more than {most:.0%} of a kind of record is missing from this source"), *found)
