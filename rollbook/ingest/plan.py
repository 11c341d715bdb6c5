"""What must be written to make the hub agree with the source: calculated by reading only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from ..errors import Problem, Stop
from ..fields import RECORDS, Record, Ref
from ..model.organisation import School
from ..store.kept.sources import Said
from ..store.writing import Batch
from .rows import Problems, Row, Stream

FEW = 5
"""Fewer gone than this is not a source that broke, however few there were."""

_encode = msgspec.msgpack.Encoder().encode


def digest(row: Row) -> bytes:
    """What tells whether a row says anything new: all of it but its key and place."""
    return hashlib.blake2b(_encode((row.values, row.refs, row.remainder)), digest_size=16).digest()


@dataclass
class Held:
    """What a source said before, by kind and key: the digest and the hub id."""

    kinds: dict[str, dict[str, tuple[bytes, str]]] = field(default_factory=dict[str, dict[str, tuple[bytes, str]]])
    stale: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Rows whose record the hub no longer holds, as it went with another: if said again, it is made again."""

    def of(self, kind: type[Record]) -> dict[str, tuple[bytes, str]]:
        """What is held of one kind."""
        return self.kinds.get(kind.__name__, {})

    def add(self, kind: str, said: Said) -> None:
        """Hold what was said of another kind."""
        self.kinds[kind] = said.rows
        self.stale += [(kind, key) for key in said.lost]


@dataclass
class Part:
    """What becomes of one kind of record."""

    kind: type[Record]
    rows: list[Row]
    new: list[tuple[Row, bytes]] = field(default_factory=list[tuple[Row, bytes]])
    changed: list[tuple[Row, bytes, str]] = field(default_factory=list[tuple[Row, bytes, str]])
    gone: dict[str, str] = field(default_factory=dict[str, str])
    unchanged: int = 0


@dataclass
class Plan:
    """The parts in the order in which they are written, with what was held before."""

    source: str
    held: Held
    parts: list[Part]

    @property
    def moved(self) -> bool:
        """Whether there is anything to write."""
        return any(p.new or p.changed or p.gone for p in self.parts)


def read_held(batch: Batch, source: str) -> Held:
    """Read what a source said before, as far as the hub still holds it."""
    held, sources = Held(), batch.kept.sources
    for kind in sources.kinds(batch.district, source):
        if kind in RECORDS:
            held.add(kind, sources.said(batch.district, source, RECORDS[kind]))
    return held


def make_plan(source: str, held: Held, streams: Iterable[Stream], problems: Problems) -> Plan:
    """Compare rows with what was held; one that refers to nothing, or a key given twice, is a problem."""
    plan = Plan(source, held, [_compare(stream, held.of(stream.kind), problems) for stream in streams])
    there = {name: set(keys) for name, keys in held.kinds.items()}
    for part in plan.parts:
        keys = there.setdefault(part.kind.__name__, set())
        keys.difference_update(part.gone)
        keys.update(row.key for row, _ in part.new)
    for part in plan.parts:
        _check_refs(part, there, problems)
    return plan


def _compare(stream: Stream, known: dict[str, tuple[bytes, str]], problems: Problems) -> Part:
    part = Part(stream.kind, list(stream.rows))
    seen: set[str] = set()
    for row in part.rows:
        said = digest(row)
        before = known.get(row.key)
        if before is None:
            part.new.append((row, said))
        elif before[0] != said:
            part.changed.append((row, said, before[1]))
        seen.add(row.key)
    part.unchanged = len(part.rows) - len(part.new) - len(part.changed)
    gone = known.keys() - seen if stream.whole else known.keys() & stream.gone - seen
    part.gone = {key: known[key][1] for key in known if key in gone}
    if len(seen) != len(part.rows):
        _name_twins(part, problems)
    return part


def _name_twins(part: Part, problems: Problems) -> None:
    seen: set[str] = set()
    for row in part.rows:
        if row.key in seen:
            problems.cell(row.place, part.kind.__name__, f"{row.key!r} appears twice")
        seen.add(row.key)


def _check_refs(part: Part, there: dict[str, set[str]], problems: Problems) -> None:
    for name in part.kind.refs():
        keys = {row.refs.get(name) for row in part.rows}
        target = target_of(part.kind, name)
        lost = keys - there.get(target, set()) - {None}
        for row in part.rows if lost else ():
            if row.refs.get(name) in lost:
                problems.cell(row.place, name, f"{row.refs[name]!r} is not a {target} in the source")


def target_of(kind: type[Record], name: str) -> str:
    """The name of the kind that a reference points at."""
    ref = kind.fields[name]
    if not isinstance(ref, Ref):
        raise TypeError(f"{kind.__name__}.{name} is not a reference")
    return ref.target.__name__


def guard(batch: Batch, plan: Plan, most: float) -> None:
    """Stop when a kind loses more than a share of what the source held of it, in all or at one school."""
    found = [problem for part in plan.parts if part.gone for problem in _shrunk(batch, part, plan.held, most)]
    if found:
        hint = "if that is right, import again with --allow-shrink"
        raise Stop(Problem("", f"more than {most:.0%} of a kind of record is missing from this source", hint), *found)


def _shrunk(batch: Batch, part: Part, held: Held, most: float) -> Iterable[Problem]:
    before, gone = len(held.of(part.kind)), len(part.gone)
    least = 1 if part.kind is School else FEW
    if gone < least:
        return
    if gone > most * before:
        yield Problem(part.kind.__name__, f"{gone:,} of {before:,} would be removed")
    elif "school" in part.kind.fields:
        goes = batch.kept.sources.would_lose(part.kind, batch.district, part.gone.values())
        for name, lost, had in goes:
            if lost >= FEW and lost > most * had:
                yield Problem(f"{part.kind.__name__} at {name}", f"{lost:,} of {had:,} would be removed")
