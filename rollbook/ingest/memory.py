"""What is kept between imports: each source's last data, what it asked to keep, and when it was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ..model.organisation import School
from ..store.writing import Batch
from .plan import Part, Plan
from .rows import Row


def remember_rows(batch: Batch, plan: Plan, ids: Mapping[str, Mapping[str, str]]) -> None:
    """Write down what the source says now, and forget what it no longer does."""
    sources, stale = batch.kept.sources, set(plan.held.stale)
    new = [(part.kind.__name__, row.key, said) for part in plan.parts for row, said in part.new]
    changed = [(part.kind.__name__, row.key, said) for part in plan.parts for row, said, _ in part.changed]
    # In the order of their key, so that the rows of the table come to lie side by side.
    rows = [(kind, key, digest, ids[kind][key]) for kind, key, digest in sorted([*new, *changed])]
    known = {(kind, key) for kind, key, _ in changed} | stale
    sources.remember(batch.district, plan.source, (row for row in rows if row[:2] not in known))
    sources.correct(batch.district, plan.source, (row for row in rows if row[:2] in known))
    gone = [(part.kind.__name__, key) for part in plan.parts for key in part.gone]
    again = {row[:2] for row in rows}
    sources.forget(batch.district, plan.source, (lost for lost in (*gone, *plan.held.stale) if lost not in again))


def keep(batch: Batch, source: str, kept: Mapping[str, bytes]) -> None:
    """Keep what the source must find again."""
    for name, data in kept.items():
        batch.kept.sources.keep_file(batch.district, source, name, data)


def note_sync(batch: Batch, plan: Plan) -> None:
    """Write down when the source was read, and per school what came of it; '' is the whole district."""
    tallies: dict[str, dict[str, Counter[str]]] = {}
    for part in plan.parts:
        new = Counter(_school(part, row) for row, _ in part.new)
        changed = Counter(_school(part, row) for row, _, _ in part.changed)
        every = Counter(_school(part, row) for row in part.rows)
        for school, count in every.items():
            counts = Counter(new=new[school], changed=changed[school], unchanged=count - new[school] - changed[school])
            tallies.setdefault(school, {})[part.kind.__name__] = counts
    tallies[""] = {
        p.kind.__name__: Counter(new=len(p.new), changed=len(p.changed), gone=len(p.gone), unchanged=p.unchanged)
        for p in plan.parts
    }
    _put_sync(batch, plan, tallies)


def _school(part: Part, row: Row) -> str:
    return (row.key if part.kind is School else row.refs.get("school")) or ""


def _put_sync(batch: Batch, plan: Plan, tallies: Mapping[str, Mapping[str, Counter[str]]]) -> None:
    ids = {key: batch.kept.sources.record_of(batch.district, plan.source, "School", key) or "" for key in tallies}
    batch.synced(plan.source, {ids[key]: tally for key, tally in tallies.items()})
