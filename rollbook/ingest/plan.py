"""What must be written to make the hub agree with the source: calculated by reading only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from ..errors import Problem, Stop
from ..fields import RECORDS, Record, Ref, Value
from ..model.organisation import School
from ..store.kept.sources import Said
from ..store.writing import Batch
from .limits import FEW
from .rows import Aside, Problems, Row, Stream

_encode = msgspec.msgpack.Encoder().encode


def digest(row: Row) -> bytes:
    """What tells whether a row says anything new: all of it but its key and place."""
    said = (*row[1:4], sorted(row.numbers.items())) if row.numbers else row[1:4]
    return hashlib.blake2b(_encode(said), digest_size=16).digest()


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
    """What becomes of one kind of record; `whole` as of its stream."""

    kind: type[Record]
    rows: list[Row]
    whole: bool = True
    new: list[tuple[Row, bytes]] = field(default_factory=list[tuple[Row, bytes]])
    joined: list[tuple[Row, bytes, str]] = field(default_factory=list[tuple[Row, bytes, str]])
    """Rows that are new to the source, of records that the hub holds already."""
    rekeyed: dict[str, str] = field(default_factory=dict[str, str])
    """Keys that the source no longer uses, of records that it knows by others now."""
    changed: list[tuple[Row, bytes, str]] = field(default_factory=list[tuple[Row, bytes, str]])
    gone: dict[str, str] = field(default_factory=dict[str, str])
    others: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many rows are not said again, as of its stream."""
    again: list[Row] = field(default_factory=list[Row])
    """Rows that say once more what one before them says."""

    def leave_out(self, keys: set[str]) -> None:
        """Have nothing become of the rows with these keys."""
        self.rows = [row for row in self.rows if row.key not in keys]
        self.new = [one for one in self.new if one[0].key not in keys]
        left = {identity for row, _, identity in self.joined if row.key in keys}
        self.joined = [one for one in self.joined if one[2] not in left]
        self.rekeyed = {key: identity for key, identity in self.rekeyed.items() if identity not in left}
        self.changed = [one for one in self.changed if one[0].key not in keys]
        self.gone = {key: identity for key, identity in self.gone.items() if key not in keys}

    @property
    def unchanged(self) -> int:
        """How many rows say what they said before."""
        others = sum(self.others.values())
        return len(self.rows) - len(self.new) - len(self.joined) - len(self.changed) + others


@dataclass(frozen=True)
class Question:
    """A row that is new to the source and may be a record that the hub holds: somebody has to decide."""

    kind: type[Record]
    key: str
    candidate: str
    """The record's hub id; "" for that of another new row, whose key is `twin`."""
    rule: str
    facts: tuple[str, ...]
    """The names of the facts that were compared."""
    said: Mapping[str, Value]
    waits: bool
    """Whether the row waits; one that its source itself keeps apart from the record is written, and only offered."""
    twin: str = ""


@dataclass
class Plan:
    """The parts in the order in which they are written, with what was held before."""

    source: str
    held: Held
    parts: list[Part]
    questions: list[Question] = field(default_factory=list[Question])
    aside: list[Aside] = field(default_factory=list[Aside])
    """Rows that are set aside, each once: those that wait for it are named with it."""
    waiting: list[tuple[type[Record], Row]] = field(default_factory=list[tuple[type[Record], Row]])
    """The rows themselves, with all that wait for them, as far as they could be read."""

    @property
    def moved(self) -> bool:
        """Whether there is anything to write."""
        return any(p.new or p.joined or p.changed or p.gone or p.rekeyed for p in self.parts)


def held_of(batch: Batch, source: str, streams: Sequence[Stream]) -> Held:
    """What a source said before, as far as the hub still holds it; of all, where any of the streams is whole."""
    return read_held(batch, source) if any(one.whole for one in streams) else held_of_rows(batch, source, streams)


def held_of_rows(batch: Batch, source: str, streams: Iterable[Stream]) -> Held:
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
        if keys:
            held.add(kind, batch.kept.sources.said_of(batch.district, source, RECORDS[kind], keys))
    return held


def read_held(batch: Batch, source: str) -> Held:
    """Read what a source said before, as far as the hub still holds it."""
    held, sources = Held(), batch.kept.sources
    for kind in sources.kinds(batch.district, source):
        if kind in RECORDS:
            held.add(kind, sources.said(batch.district, source, RECORDS[kind]))
    return held


def make_plan(source: str, held: Held, streams: Iterable[Stream]) -> Plan:
    """Compare rows with what was held."""
    return Plan(source, held, [_compare(stream, held.of(stream.kind)) for stream in streams])


def _compare(stream: Stream, known: dict[str, tuple[bytes, str]]) -> Part:
    part = Part(stream.kind, [], stream.whole, others=stream.others)
    seen = dict.fromkeys(stream.aside, b"")
    for row in stream.rows:
        said, before = digest(row), known.get(row.key)
        if seen.get(row.key) == said:
            part.again.append(row)
            continue
        part.rows.append(row)
        if before is None:
            part.new.append((row, said))
        elif before[0] != said:
            part.changed.append((row, said, before[1]))
        seen[row.key] = said
    gone = known.keys() - seen.keys() if stream.whole else known.keys() & stream.gone - seen.keys()
    part.gone = {key: known[key][1] for key in known if key in gone}
    return part


def target_of(kind: type[Record], name: str) -> str:
    """The name of the kind that a reference points at."""
    ref = kind.fields[name]
    if not isinstance(ref, Ref):
        raise TypeError(f"{kind.__name__}.{name} is not a reference")
    return ref.target.__name__


def guard(batch: Batch, plan: Plan, problems: Problems, most: float) -> None:
    """Stop when a kind loses more than a share of what the source held of it, in all or at one school.

    Nor may a file have lost all its rows, however few those were.
    """
    found = problems.lost_rows()
    found += [problem for part in plan.parts if part.gone for problem in _shrunk(batch, part, plan.held, most)]
    if found:
        hint = "if that is right, import again with --allow-shrink"
        raise Stop(Problem("", f"more than {most:.0%} of a kind of record is missing from this source", hint), *found)


def _shrunk(batch: Batch, part: Part, held: Held, most: float) -> Iterable[Problem]:
    # Of rows that are not said again, only their number is known.
    before = len(held.of(part.kind)) if part.whole else part.unchanged + len(part.changed) + len(part.gone)
    gone = len(part.gone)
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
