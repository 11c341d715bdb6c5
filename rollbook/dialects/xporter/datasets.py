"""Data sets of change sets: which rows a caller has, by digests, in parts of which only those are read that matter.

A part holds the rows of some keys, or of some hub ids, by a checksum of the key or the id. So a row of a hundred
thousand is found, and changed, for what a few dozen take.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

import msgspec

from ...consent.snapshots import Parts, Read, Snapshot, Snapshots, State, Written

ROOM = 64
"""About how many rows a part holds."""

CROWDED = 8
"""How many times as many, or as few, it may hold before the rows are laid out anew."""

MODULUS = 1 << 128
"""What sums of digests are kept within."""

TABLES = "tables"
"""The part that says how each table is laid out."""

EMPTY = b"\x80"
"""A part in which nothing is left."""

Value = TypeVar("Value")


class Held(NamedTuple):
    """The rows of one key: their digest, and the hub ids of their records.

    Two rows may have one key (a student who joined a group twice); they are one to a change set.
    """

    digest: bytes
    ids: list[str]


class Layout(NamedTuple):
    """How a table is laid out: in how many parts, how many keys, and the sum of the digests of all."""

    spread: int
    size: int
    total: bytes


def nothing(names: Iterable[str]) -> Parts:
    """Reads parts where there are none."""
    return {}


NO_ROWS = Layout(1, 0, bytes(16))
"""How a table is laid out that has no rows."""


class Spread(Generic[Value]):
    """A mapping in parts, each read when something in it is first asked for; its values are decoded when they are."""

    def __init__(self, name: str, spread: int, of: type[Value], read: Read) -> None:
        self._name, self._spread, self._read = name, spread, read
        self._decode = msgspec.msgpack.Decoder(of).decode
        self._parts: dict[str, dict[str, msgspec.Raw]] = {}
        self._put: set[str] = set()
        self._stored: dict[str, bytes] = {}

    def find(self, keys: Iterable[str]) -> dict[str, Value]:
        """What there is under some keys."""
        places = {key: self._part(key) for key in keys}
        self._load(places.values())
        found = ((key, self._parts[part].get(key)) for key, part in places.items())
        return {key: self._decode(value) for key, value in found if value is not None}

    def put(self, key: str, value: Value | None) -> None:
        """Put a value under a key, or take what is there away."""
        name = self._part(key)
        if name not in self._parts:
            self._load([name])
        now = None if value is None else msgspec.Raw(msgspec.msgpack.encode(value))
        if now == self._parts[name].get(key):
            return
        self._put.add(name)
        if now is None:
            del self._parts[name][key]
        else:
            self._parts[name][key] = now

    def every(self) -> dict[str, Value]:
        """All that there is."""
        self.load_all()
        return {key: self._decode(value) for part in self._parts.values() for key, value in part.items()}

    def load_all(self) -> None:
        """Read all parts."""
        self._load(f"{self._name}{number}" for number in range(self._spread))

    def _load(self, parts: Iterable[str]) -> None:
        """Read the parts that were not read yet."""
        wanted = set(parts) - self._parts.keys()
        found = self._read(wanted) if wanted else nothing(())
        self._stored.update(found)
        for part in wanted:
            self._parts[part] = _RAW.decode(found.get(part) or EMPTY)

    def encoded(self) -> dict[str, bytes]:
        """All parts, as they are to be stored."""
        self.load_all()
        return {name: _encoded(part) for name, part in self._parts.items()}

    def stored(self) -> dict[str, bytes]:
        """All parts, as they are stored."""
        self.load_all()
        return self._stored

    def changed(self) -> dict[str, bytes]:
        """The parts in which something was put that was not there, as they are to be stored."""
        return {name: _encoded(self._parts[name]) for name in self._put}

    def _part(self, key: str) -> str:
        return f"{self._name}{zlib.crc32(key.encode()) % self._spread}"


_RAW = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])


def _encoded(part: dict[str, msgspec.Raw]) -> bytes:
    return msgspec.msgpack.encode(part, order="deterministic")


class Rows:
    """The rows of a table that a caller has, by key and by hub id, and the sum of their digests."""

    def __init__(self, table: str, layout: Layout = NO_ROWS, read: Read = nothing) -> None:
        self.table = table
        self.spread, self.size = layout.spread, layout.size
        self.total = int.from_bytes(layout.total, "big")
        self._keys = Spread(f"{table}/keys/", layout.spread, Held, read)
        self._ids = Spread(f"{table}/ids/", layout.spread, str, read)

    @classmethod
    def of(cls, table: str, rows: Mapping[str, Held], total: int, spread: int = 0) -> Rows:
        """Rows that were all read; in so many parts as they were, where that is about right."""
        made = cls(table, Layout(_spread(len(rows), spread), len(rows), total.to_bytes(16, "big")))
        for key, held in rows.items():
            made._keys.put(key, held)
            for identity in held.ids:
                made._ids.put(identity, key)
        return made

    @property
    def layout(self) -> Layout:
        """How the rows are laid out."""
        return Layout(self.spread, self.size, self.total.to_bytes(16, "big"))

    def keys_of(self, ids: Iterable[str]) -> dict[str, str]:
        """The keys of the rows of some records, by hub id."""
        return self._ids.find(ids)

    def at(self, keys: Iterable[str]) -> dict[str, Held]:
        """The rows with some keys."""
        return self._keys.find(keys)

    def every(self) -> dict[str, Held]:
        """All rows, by key."""
        return self._keys.every()

    def replace(self, ids: Iterable[str], old: Mapping[str, Held], new: Mapping[str, Held]) -> None:
        """Put rows in the place of old ones, and of those that some records had."""
        placed = {identity: key for key, held in new.items() for identity in held.ids}
        for identity in {*ids, *placed}:
            self._ids.put(identity, placed.get(identity))
        for key in {*old, *new}:
            self._keys.put(key, new.get(key))
        self.size += len(new) - len(old)

    def settled(self) -> Rows:
        """The same rows; laid out anew where the parts hold too many by now."""
        if _spread(self.size, self.spread) == self.spread:
            return self
        return Rows.of(self.table, self.every(), self.total)

    def parts(self) -> Parts:
        """All that is to be stored."""
        return {**self._keys.encoded(), **self._ids.encoded()}

    def changed(self, before: Rows) -> Parts:
        """The parts that are other ones than before, where the rows are laid out as they were."""
        if self is before:
            return {**self._keys.changed(), **self._ids.changed()}
        parts, stored = self.parts(), {**before._keys.stored(), **before._ids.stored()}
        every = parts.keys() | stored.keys()
        return {name: found for name in every if (found := parts.get(name, EMPTY)) != stored.get(name, EMPTY)}


def _spread(size: int, now: int) -> int:
    """In how many parts so many rows are kept, where they are kept in some number of parts now."""
    if now and (size <= now * ROOM * CROWDED) and (now == 1 or size * CROWDED >= now * ROOM):
        return now
    return 1 << max(size // ROOM, 1).bit_length() - 1


@dataclass
class DataSet:
    """The rows of each table that a caller has, and where they are kept."""

    tables: dict[str, Rows] = field(default_factory=dict[str, Rows])
    state: State | None = None
    stored: bytes = b""
    """How the tables are laid out, as it is stored."""

    @classmethod
    def known(cls, snapshots: Snapshots, digest: str, found: Snapshot) -> DataSet:
        """A data set that is kept; its rows are read when they are asked for."""
        if found.state is None:
            pieces = msgspec.msgpack.decode(snapshots.in_one_piece(digest) or EMPTY, type=dict[str, _Piece])
            return cls({name: piece.rows(name) for name, piece in pieces.items()})
        read = snapshots.read(found.state)
        stored = read([TABLES])[TABLES]
        layouts = msgspec.msgpack.decode(stored, type=dict[str, Layout])
        return cls({name: Rows(name, layout, read) for name, layout in layouts.items()}, found.state, stored)

    def digest(self) -> str:
        """32 hex digits: equal data sets have equal ones, whatever the order in which they were read."""
        return (sum(rows.total for rows in self.tables.values()) % MODULUS).to_bytes(16, "big").hex()

    def written(self, before: DataSet) -> Written:
        """What is to be kept of this data set, which came of another one."""
        tables = {name: rows.settled() for name, rows in self.tables.items()}
        stored = msgspec.msgpack.encode({name: rows.layout for name, rows in tables.items()}, order="deterministic")
        spread = {name: rows.spread for name, rows in tables.items()}
        if before.state is None or spread != {name: rows.spread for name, rows in before.tables.items()}:
            return Written(None, _together(stored, (rows.parts() for rows in tables.values())))
        changed = (rows.changed(before.tables[name]) for name, rows in tables.items())
        return Written(before.state, _together(b"" if stored == before.stored else stored, changed))


def _together(stored: bytes, parts: Iterable[Parts]) -> Parts:
    found = {name: part for some in parts for name, part in some.items()}
    return {**found, TABLES: stored} if stored else found


class _Piece(msgspec.Struct, array_like=True):
    """The rows of a table as they were kept in one piece: a digest by key, the key by hub id, and their sum."""

    digests: dict[str, bytes]
    keys: dict[str, str]
    total: bytes

    def rows(self, table: str) -> Rows:
        held = {key: Held(digest, []) for key, digest in self.digests.items()}
        for identity, key in self.keys.items():
            held[key].ids.append(identity)
        return Rows.of(table, held, int.from_bytes(self.total, "big"))
