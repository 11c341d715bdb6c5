"""Change sets: what has changed since the data set that a `changedRows` value names.

The value is a digest of the data set last returned: unchanged data gives the same value back. The difference is
taken over the rows as shown, before paging; side tables and deletions stand on the first page. Where nothing that a
table reads has moved, it is not read; where only its own records and those that they refer to have, only the rows
that may be other ones are.

The pages of a change set are cut from the set that its first page was made of, of which hub ids, keys and digests are
kept. A later page shows its rows as they are by then. Those that are other rows by then, or are gone, are struck from
the set that the caller will name next, so that the next change set tells of them whatever they have become.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

import msgspec

from ...api.resource import Context
from ...consent.grants import moment
from ...consent.pulls import Pull
from ...consent.session import Session
from ...consent.slips import People, shows
from ...errors import Problem
from . import paging
from .answering import Part, Prepared, gather, pagination, prepare, read_by, separated, worked_out
from .asking import Asked
from .wire import UnknownChangeSet

START = "*"
PAUSE = 500
"""How many rows are compared before other requests have their turn."""

Keyed = Iterable[tuple[str, str, bytes, People]]
"""Rows with the hub id of their record and their key, and whom they tell of."""

Shown = list[tuple[bytes, People]]
"""Rows that may be shown."""

STRUCK = b""
"""The digest of a row of which it is not known what the caller has: no row's digest."""


class Entry(NamedTuple):
    """The rows of one key, and what they are told apart by from what the caller has."""

    key: str
    ids: tuple[str, ...]
    digest: bytes
    rows: Shown


class Rows(msgspec.Struct, array_like=True):
    """The rows of a table that a caller has: a digest by key, the key by hub id, and the sum of all digests.

    Two rows may have one key (a student who joined a group twice); they are one to a change set.
    """

    digests: dict[str, bytes] = msgspec.field(default_factory=dict[str, bytes])
    keys: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    total: bytes = bytes(16)


Tables = dict[str, Rows]


@dataclass
class _Comparison:
    """The data set that is being returned, as it grows, beside the one that the caller has."""

    request: str
    versions: dict[str, int]
    """The sequence number at which each kind of record that it reads has last moved."""
    before: Tables = field(default_factory=dict[str, Rows])
    then: dict[str, int] | None = None
    """The versions of the caller's set, where it came of the same request."""
    now: Tables = field(default_factory=dict[str, Rows])
    gone: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    changed: int = 0
    """How many rows of the main table so far are new or different."""
    entries: list[tuple[tuple[str, ...], str, bytes]] = field(default_factory=list[tuple[tuple[str, ...], str, bytes]])
    """Hub ids, key and digest of each of them, in order."""
    made: float = 0
    """When the caller's set was first returned, seconds since 1970."""

    def moved(self, kinds: frozenset[str]) -> frozenset[str]:
        """The kinds of record that have moved since the caller's set; all, where the request was another one."""
        then = self.then
        return kinds if then is None else frozenset(k for k in kinds if then.get(k) != self.versions.get(k))

    def digest(self) -> str:
        """32 hex digits: equal data sets have equal ones, whatever the order in which they were read."""
        return _sum(rows.total for rows in self.now.values()).hex()


def _sum(parts: Iterable[bytes]) -> bytes:
    return (sum(int.from_bytes(part, "big") for part in parts) % (1 << 128)).to_bytes(16, "big")


def _weight(table: str, key: str, digest: bytes) -> int:
    row = b"\0".join((table.encode(), key.encode(), digest))
    return int.from_bytes(hashlib.blake2b(row, digest_size=16).digest(), "big")


def render_changes(asked: Asked, context: Context) -> Iterator[bytes]:
    """The body of an answer to `changedRows`; raises `UnknownChangeSet` before anything is said."""
    reader, value = context.reader, asked.changed_rows or START
    tables = prepare(asked, reader)
    kinds = read_by(tables)
    found = _Comparison(_request(asked, context), reader.versions(kinds))
    if value != START:
        known = reader.remembered(asked.endpoint.segment, value)
        if known is None:
            raise UnknownChangeSet(
                Problem(
                    "changedRows",
                    "is not a value that this endpoint returned to this app",
                    "start again with changedRows=*",
                )
            )
        request, versions, found.made = known
        found.then = json.loads(versions) if request == found.request else None
    pull = paging.find(asked, context)
    if pull is not None:
        found.changed = pull.total
        return gather(_later_page(asked, context, found, pull))
    if value != START:
        passing = any(table.passing for table in tables)
        if not passing and not found.moved(kinds) and found.then is not None:
            return iter((_unchanged(asked, context, found),))
        rows = reader.remembered_rows(asked.endpoint.segment, value)
        found.before = msgspec.msgpack.decode(rows, type=Tables)
    if asked.offset:
        raise UnknownChangeSet(
            Problem("page", "belongs to a change set that has expired", "request page=1 of it again")
        )
    return gather(_pieces(asked, context, found))


def _request(asked: Asked, context: Context) -> str:
    """Everything but records that decides which data set is returned."""
    grant, args = context.reader.grant, sorted(asked.args.items())
    return repr((asked.options, asked.filters, args, asked.select, context.reader.today, grant.version))


def _pieces(asked: Asked, context: Context, found: _Comparison) -> Iterator[bytes]:
    tables = prepare(asked, context.reader)
    with context.reader.session() as session:
        for number, table in enumerate(tables):
            yield b"%s%s:[" % (b"," if number else b"{", msgspec.json.encode(table.name))
            yield from separated(_changed(table, asked, context, session, found))
            yield b"]"
    for table in tables:
        rows = [{"Id": key} for key in sorted(found.gone.get(table.name, ()))]
        yield b",%s:%s" % (msgspec.json.encode(f"{table.name}_deleted"), msgspec.json.encode(rows))
    digest = found.digest()
    same = digest == asked.changed_rows and found.then is not None
    kept = None if same else msgspec.msgpack.encode(found.now)
    context.reader.remember(
        asked.endpoint.segment, digest, context.now, found.request, json.dumps(found.versions), kept
    )
    if asked.paged or found.changed > asked.limit:
        _begin_pull(asked, context, found, digest)
    yield _tail(asked, context, found, digest)


# ---- pages of one set


def _begin_pull(asked: Asked, context: Context, found: _Comparison, digest: str) -> None:
    """Keep what the later pages are cut from; the first is on its way."""
    later = (found.entries[at : at + asked.limit] for at in range(asked.limit, len(found.entries), asked.limit))
    blobs = map(msgspec.msgpack.encode, itertools.chain([()], later))
    context.reader.pulls.begin(paging.question(asked, context), context.now, found.changed, digest, blobs)


def _later_page(asked: Asked, context: Context, found: _Comparison, pull: Pull) -> Iterator[bytes]:
    kept = context.reader.pulls.page(pull, asked.page or 1, context.now)
    entries = msgspec.msgpack.decode(kept, type=list[tuple[list[str], str, bytes]]) if kept else []
    within = paging.bound(asked, [identity for ids, _, _ in entries for identity in ids])
    now: dict[str, bytes] = {}
    tables = prepare(within, context.reader)
    with context.reader.session() as session:
        for number, table in enumerate(tables):
            yield b"%s%s:[" % (b"," if number else b"{", msgspec.json.encode(table.name))
            if number == 0:
                yield from separated(_as_now(table, within, session, now))
            yield b"]"
    for table in tables:
        yield b",%s:[]" % msgspec.json.encode(f"{table.name}_deleted")
    then = {key: digest for _, key, digest in entries}
    differ = [key for key in {**then, **now} if then.get(key) != now.get(key)]
    if differ:
        context.reader.amend(asked.endpoint.segment, pull.state, lambda rows: _struck(rows, tables[0].name, differ))
    yield _tail(asked, context, found, pull.state)


def _as_now(table: Prepared, within: Asked, session: Session, now: dict[str, bytes]) -> Iterator[list[bytes]]:
    """The rows of a page as they are now; their digests are put in `now`."""
    for part in table.parts:
        for entry in _by_key(session.keyed(part.plan, within.args), {}):
            now[entry.key] = entry.digest
            for _, people in entry.rows:
                session.shows(part.plan, 1, people)
            yield _bodies(entry.rows)


def _struck(rows: bytes, table: str, keys: Iterable[str]) -> bytes:
    """A data set in which these rows equal nothing that there may be."""
    tables = msgspec.msgpack.decode(rows, type=Tables)
    tables[table].digests |= dict.fromkeys(keys, STRUCK)
    return msgspec.msgpack.encode(tables)


# ---- comparing a table


def _changed(
    table: Prepared, asked: Asked, context: Context, session: Session, found: _Comparison
) -> Iterator[list[bytes]]:
    """The rows of a table that are new or different, those of the page only; an empty list is a pause."""
    before = found.before.get(table.name, Rows())
    kinds = found.moved(table.reads)
    whole = found.then is None or table.facts is not None or bool(table.areas)
    if not whole and not kinds:
        found.now[table.name] = before
        return
    whole = whole or any(kinds & part.plan.nested for part in table.parts)
    comparing = _Table(table.name, before, Rows() if whole else before)
    found.now[table.name] = comparing.now
    for part in table.parts:
        if whole:
            rows = comparing.all(session.keyed(part.plan, asked.args))
        else:
            rows = comparing.some(
                part, asked, session, {k: found.then[k] for k in kinds if found.then and k in found.then}
            )
        yield from _page(rows, part, asked, session, found)
    yield from (_bodies(one.rows) for one in comparing.all(_named(table, context, session)) if one is not None)
    found.gone[table.name] = comparing.finish(whole)
    if any(part.plan.human for part in table.parts):
        shows(*comparing.left())


def _page(
    entries: Iterable[Entry | None], part: Part, asked: Asked, session: Session, found: _Comparison
) -> Iterator[list[bytes]]:
    """Those of a part's changed rows that stand on the first page; of the others it is kept which they are."""
    for entry in entries:
        if entry is None:
            yield []
            continue
        if part.main:
            found.changed += 1
            found.entries.append((entry.ids, entry.key, entry.digest))
        if not part.main or found.changed <= asked.limit:
            for _, people in entry.rows:
                session.shows(part.plan, 1, people)
            yield _bodies(entry.rows)


def _named(table: Prepared, context: Context, session: Session) -> Keyed:
    """The rows that are worked out, each with its first value for a key."""
    for row in worked_out(table, context, session):
        key = str(next(iter(msgspec.json.decode(row).values())))
        yield key, key, row, People()


def _bodies(rows: Shown) -> list[bytes]:
    return [row for row, _ in rows]


@dataclass
class _Table:
    """A table as the caller has it and as it is now; the same object when only some of its rows are read."""

    name: str
    before: Rows
    now: Rows
    gone: list[str] = field(default_factory=list[str])
    moved: dict[str, str] = field(default_factory=dict[str, str])
    """The keys that rows had before they were read again, by hub id."""

    def all(self, keyed: Keyed) -> Iterator[Entry | None]:
        """Put every row on record; gives those that the caller does not have, and None for a pause."""
        total = int.from_bytes(self.now.total, "big")
        for number, entry in enumerate(_by_key(keyed, self.now.keys)):
            self.now.digests[entry.key] = entry.digest
            total += _weight(self.name, entry.key, entry.digest)
            if self.before.digests.get(entry.key) != entry.digest:
                yield entry
            elif number % PAUSE == PAUSE - 1:
                yield None
        self.now.total = (total % (1 << 128)).to_bytes(16, "big")

    def some(self, part: Part, asked: Asked, session: Session, then: dict[str, int]) -> Iterator[Entry]:
        """Read the rows that may be other ones since the kinds that moved stood there, and gives those that are.

        The rows that have the same keys are read with them.
        """
        keys = self.now.keys
        ids = session.moved(part.plan, then.keys() & part.plan.moved.keys(), then)
        fresh = list(session.keyed(part.plan, asked.args, ids)) if ids else []
        touched = {keys[i] for i in ids if i in keys} | {key for _, key, *_ in fresh}
        beside = {i for i, key in keys.items() if key in touched} - ids if touched else set[str]()
        if beside:
            ids |= beside
            fresh = list(session.keyed(part.plan, asked.args, ids))
        self.moved = {identity: keys.pop(identity) for identity in ids if identity in keys}
        yield from self.replace(touched, {entry.key: entry for entry in _by_key(fresh, keys)})

    def replace(self, touched: set[str], fresh: dict[str, Entry]) -> Iterator[Entry]:
        """Put rows in the place of those with the same keys; gives those that differ."""
        total = int.from_bytes(self.now.total, "big")
        for key in (*fresh, *sorted(touched - fresh.keys())):
            old, new = self.now.digests.pop(key, None), fresh[key].digest if key in fresh else None
            total -= _weight(self.name, key, old) if old is not None else 0
            if new is not None:
                total += _weight(self.name, key, new)
                self.now.digests[key] = new
            elif old is not None:
                self.gone.append(key)
            if new is not None and new != old:
                yield fresh[key]
        self.now.total = (total % (1 << 128)).to_bytes(16, "big")

    def finish(self, whole: bool) -> list[str]:
        """The keys that the caller has and that are there no longer."""
        if whole:
            self.gone, self.moved = list(self.before.digests.keys() - self.now.digests.keys()), self.before.keys
        return self.gone

    def left(self) -> list[str]:
        """The hub ids of the rows that are there no longer."""
        gone = set(self.gone)
        return [identity for identity, key in self.moved.items() if key in gone]


def _by_key(keyed: Keyed, keys: dict[str, str]) -> Iterator[Entry]:
    """Rows together by key, their hub ids put on record."""
    for key, rows in itertools.groupby(keyed, itemgetter(1)):
        shown: Shown = []
        ids: list[str] = []
        for identity, _, row, people in rows:
            keys[identity] = key
            ids.append(identity)
            shown.append((row, people))
        yield Entry(key, tuple(ids), _digest(shown), shown)


def _digest(rows: Shown) -> bytes:
    return hashlib.blake2b(b"".join(_bodies(rows)), digest_size=8).digest()


# ---- what stands beside the rows


def _unchanged(asked: Asked, context: Context, found: _Comparison) -> bytes:
    """The answer when no table that it reads has moved: nothing is read."""
    names = [t.name for t in prepare(asked, context.reader)]
    tables = b",".join(
        b"%s:[]" % msgspec.json.encode(name) for name in itertools.chain(names, (f"{n}_deleted" for n in names))
    )
    return b"{" + tables + _tail(asked, context, found, asked.changed_rows or START)


def _tail(asked: Asked, context: Context, found: _Comparison, digest: str) -> bytes:
    rows, changed = msgspec.json.encode([_description(asked, context, found, digest)]), found.changed
    paged = b""
    if asked.paged or changed > asked.limit:
        paged = b',"__pagination__":' + msgspec.json.encode([pagination(asked, changed)])
    return b',"meta":[]%s,"__changedRows__":%s}' % (paged, rows)


def _description(asked: Asked, context: Context, found: _Comparison, digest: str) -> dict[str, str | None]:
    value, reader = asked.changed_rows or START, context.reader
    started = value == START
    page = f"&page=1&pageSize={asked.limit}" if asked.paged else ""
    return {
        "SnapshotDate": None if started else moment(found.made),
        "SnapshotRP": None if started else reader.grant.app.relying_party,
        "PreviousChangedRows": None if started else value,
        "RequestedChangedRows": value,
        "NextChangedRows": digest,
        "NextUrl": f"?changedRows={digest}{page}",
    }
