"""What must be written to make the hub agree with the source: calculated by reading only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b
from itertools import chain, islice

import msgspec

from ..errors import Problem, Stop
from ..fields import RECORDS, Record, Ref, Value
from ..model.organisation import School
from ..store.kept.sources import Said
from ..store.writing import Batch
from .kinds import KINDS
from .limits import FEW
from .packed import BLOCK, Long, Packed, like
from .rows import Aside, Problems, Row, Rows, Seen, Stream, Told, school_of

_encode = msgspec.msgpack.Encoder().encode


def digest(row: Row) -> bytes:
    """What tells whether a row says anything new: all of it but its key and place."""
    said = (*row[1:4], sorted(row.numbers.items())) if row.numbers else row[1:4]
    return blake2b(_encode(said), digest_size=16).digest()


def packed(kind: type[Record], rows: Iterable[Row], there: Mapping[str, Set[str]]) -> Rows:
    """Rows as they come, packed with the digest of each; `there` are the keys of the rows before them, by kind."""
    # Of rows to which nothing refers there may be a million, whose keys need not be held.
    seen, told, every = Seen(kind, there, whole=kind.__name__ in targets()), Packed[Told](Told), iter(rows)
    while some := list(islice(every, BLOCK)):
        seen.see(some)
        told.extend(zip(some, map(digest, some), strict=True))
    seen.end()
    return Rows(told, seen if seen.whole or seen.alone else None)


def _told(rows: Collection[Row]) -> Long[Told]:
    return rows.told if isinstance(rows, Rows) else [(row, digest(row)) for row in rows]


Known = tuple[Row, bytes, str]
"""A row of a record that the hub holds: the digest of what it says, and the record's hub id."""


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
    """What becomes of one kind of record; `whole` as of its stream. Its lists are never changed, but replaced."""

    kind: type[Record]
    told: Long[Told]
    whole: bool = True
    new: Long[Told] = field(default_factory=list[Told])
    joined: Long[Known] = field(default_factory=list[Known])
    """Rows that are new to the source, of records that the hub holds already."""
    rekeyed: dict[str, str] = field(default_factory=dict[str, str])
    """Keys that the source no longer uses, of records that it knows by others now."""
    changed: Long[Known] = field(default_factory=list[Known])
    gone: dict[str, str] = field(default_factory=dict[str, str])
    others: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many rows are not said again, as of its stream."""
    again: list[Row] = field(default_factory=list[Row])
    """Rows that say once more what one before them says."""
    fresh: set[str] = field(default_factory=set[str])
    """The keys of those that are new to the source, of a kind that others refer to."""
    astray: Mapping[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By the name of a reference, the keys to which a row refers and that are of no row of the source."""
    schools: Counter[str] = field(default_factory=Counter[str])
    """How many rows there are, by the key of their school."""
    twins: bool = False
    """Whether rows share a key that say different things."""

    @property
    def rows(self) -> Rows:
        """All of its rows."""
        return Rows(self.told)

    def leave_out(self, keys: set[str]) -> None:
        """Have nothing become of the rows with these keys."""
        every = self.new is self.told
        self.schools.subtract(school_of(self.kind, row) for row in self.rows if row.key in keys)
        self.told = like(self.told, Told, (one for one in self.told if one[0].key not in keys))
        self.new = self.told if every else like(self.new, Told, (one for one in self.new if one[0].key not in keys))
        self.fresh = self.fresh - keys
        left = {identity for row, _, identity in self.joined if row.key in keys}
        self.joined = like(self.joined, Known, (one for one in self.joined if one[2] not in left))
        self.rekeyed = {key: identity for key, identity in self.rekeyed.items() if identity not in left}
        self.changed = like(self.changed, Known, (one for one in self.changed if one[0].key not in keys))
        self.gone = {key: identity for key, identity in self.gone.items() if key not in keys}

    def join(self, found: Mapping[str, str]) -> None:
        """Take rows that are new to the source for records (hub ids, by the rows' keys) that the hub holds."""
        more = ((row, said, found[row.key]) for row, said in self.new if row.key in found)
        self.joined = like(self.told, Known, chain(self.joined, more))
        self.new = like(self.new, Told, (one for one in self.new if one[0].key not in found))
        self.fresh = self.fresh - found.keys()

    @property
    def unchanged(self) -> int:
        """How many rows say what they said before."""
        others = sum(self.others.values())
        return len(self.told) - len(self.new) - len(self.joined) - len(self.changed) + others


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
    erased: frozenset[str] = frozenset()
    """The keys of people who were erased, of whom nothing is kept."""

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
    parts, there = list[Part](), dict[str, set[str]]()
    for stream in streams:
        part, keys = _compare(stream, held.of(stream.kind), there)
        parts.append(part)
        if stream.kind.__name__ in targets():
            there[stream.kind.__name__] = keys
    return Plan(source, held, parts)


def _compare(
    stream: Stream, known: Mapping[str, tuple[bytes, str]], there: Mapping[str, set[str]]
) -> tuple[Part, set[str]]:
    """What becomes of a stream, and the keys of its rows, where anything refers to these."""
    part = Part(stream.kind, _told(stream.rows), stream.whole, others=stream.others)
    seen = _seen(stream, part, there, bool(known))
    if seen.whole and len(seen.keys) < len(part.told):
        part.told = like(part.told, Told, _once(part))
        part.twins = len(seen.keys) < len(part.told)
        seen = _seen(replace(stream, rows=()), part, there, True)
    part.astray, part.schools = seen.astray, seen.schools
    part.new = part.told
    if known:
        part.new = like(part.told, Told, (one for one in part.told if one[0].key not in known))
        part.changed = like(part.told, Known, _changed(part, known))
        gone = known.keys() - seen.keys - stream.aside
        gone = gone if stream.whole else gone & stream.gone
        part.gone = {key: known[key][1] for key in known if key in gone}
    if stream.kind.__name__ in targets():
        part.fresh = seen.keys - known.keys() if known else seen.keys
    return part, seen.keys


def _seen(stream: Stream, part: Part, there: Mapping[str, set[str]], wanted: bool) -> Seen:
    """What was seen of the rows of a part, with all keys where these are `wanted`."""
    known = stream.rows.seen if isinstance(stream.rows, Rows) else None
    if known and (known.whole or not wanted):
        return known
    seen = Seen(part.kind, there)
    every = iter(part.rows)
    while some := list(islice(every, BLOCK)):
        seen.see(some)
    seen.end()
    return seen


def _once(part: Part) -> Iterator[Told]:
    """The rows less those that say once more what the one before with their key says."""
    seen: dict[str, bytes] = {}
    for row, said in part.told:
        if seen.get(row.key) == said:
            part.again.append(row)
        else:
            yield row, said
        seen[row.key] = said


def _changed(part: Part, known: Mapping[str, tuple[bytes, str]]) -> Iterator[Known]:
    for row, said in part.told:
        before = known.get(row.key)
        if before is not None and before[0] != said:
            yield row, said, before[1]


@cache
def targets() -> frozenset[str]:
    """The names of the kinds to which rows of others refer."""
    return frozenset(target_of(kind, name) for kind in KINDS for name in kind.refs())


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
