"""What is kept between imports: each source's last data, what it asked to keep, and when it was read."""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..model.organisation import School
from ..store.writing import Batch
from .plan import Part, Plan, ask
from .rows import Row


def remember_rows(batch: Batch, plan: Plan, ids: Mapping[str, Mapping[str, str]]) -> None:
    """Write down what the source says now, and forget what it no longer does."""
    where = (batch.district, plan.source)
    connection: Any = batch.connection
    put = connection.executemany
    # In the order of their key, so that the rows of the table come to lie side by side.
    said = [
        *((part.kind.__name__, row.key, said) for part in plan.parts for row, said in part.new),
        *((part.kind.__name__, row.key, said) for part in plan.parts for row, said, _ in part.changed),
    ]
    put(
        "INSERT OR REPLACE INTO source_row VALUES (?, ?, ?, ?, ?, ?)",
        ((*where, kind, key, digest, ids[kind][key]) for kind, key, digest in sorted(said)),
    )
    gone = [(part.kind.__name__, key) for part in plan.parts for key in part.gone]
    again = {(kind, key) for kind, key, _ in said}
    put(
        "DELETE FROM source_row WHERE district = ? AND source = ? AND kind = ? AND key = ?",
        ((*where, *lost) for lost in (*gone, *plan.held.stale) if lost not in again),
    )


def read_kept(batch: Batch, source: str, name: str) -> bytes | None:
    """What a source asked to keep at its last import."""
    find = "SELECT content FROM source_file WHERE district = ? AND source = ? AND name = ?"
    found = ask(batch.connection, find, (batch.district, source, name))
    return zlib.decompress(found[0][0]) if found else None


def keep(batch: Batch, source: str, kept: Mapping[str, bytes]) -> None:
    """Keep what the source must find again, compressed, with a digest to compare it by."""
    connection: Any = batch.connection
    find = "SELECT digest FROM source_file WHERE district = ? AND source = ? AND name = ?"
    for name, data in kept.items():
        where = (batch.district, source, name)
        fresh = hashlib.blake2b(data, digest_size=16).hexdigest()
        if ask(connection, find, where) != [(fresh,)]:
            put = "INSERT OR REPLACE INTO source_file VALUES (?, ?, ?, ?, ?)"
            connection.execute(put, (*where, fresh, zlib.compress(data, 1)))


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
    find = "SELECT id FROM source_row WHERE district = ? AND source = ? AND kind = 'School' AND key = ?"
    ids = {key: ask(batch.connection, find, (batch.district, plan.source, key)) for key in tallies}
    batch.synced(plan.source, {found[0][0] if found else "": tallies[key] for key, found in ids.items()})
