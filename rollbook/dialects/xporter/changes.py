"""Change sets: what has changed since the data set that a `changedRows` value names.

The value is a digest of the data set last returned: unchanged data gives the same value back. The difference is
taken over the rows as shown, before paging; side tables and deletions stand on the first page.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter

import msgspec

from ...api.resource import Context
from ...consent.desk import moment
from ...consent.reader import Session
from ...errors import Problem
from .answering import Prepared, gather, kinds_read, pagination, prepare, separated, worked_out
from .asking import Asked
from .wire import UnknownChangeSet

Rows = dict[str, dict[str, bytes]]
"""For each table, each row's key with a digest of the row."""

START = "*"


@dataclass
class _Set:
    """The data set that is being returned, as it grows, beside the one that the caller has."""

    request: str
    versions: dict[str, int]
    """The sequence number at which each kind of record that it reads has last moved."""
    before: Rows = field(default_factory=dict[str, dict[str, bytes]])
    then: dict[str, int] | None = None
    """The versions of the caller's set, where it came of the same request."""
    now: Rows = field(default_factory=dict[str, dict[str, bytes]])
    changed: int = 0

    def still(self, kinds: frozenset[str]) -> bool:
        """Whether these kinds of record have stood still since the caller's set."""
        return self.then is not None and all(self.then.get(k) == self.versions.get(k) for k in kinds)

    def deleted(self, table: str) -> list[str]:
        return sorted(self.before.get(table, {}).keys() - self.now[table].keys())

    def digest(self) -> str:
        """32 hex digits, whatever the order in which the rows were read."""
        whole = hashlib.blake2b(digest_size=16)
        for table, rows in sorted(self.now.items()):
            whole.update(table.encode() + b"\0")
            for key in sorted(rows):
                whole.update(key.encode() + b"\0" + rows[key])
        return whole.hexdigest()


def render_changes(asked: Asked, context: Context) -> Iterator[bytes]:
    """The body of an answer to `changedRows`; raises `UnknownChangeSet` before anything is said."""
    reader, value = context.reader, asked.changed_rows or START
    tables = prepare(asked, reader)
    kinds = frozenset(k for t in tables for k in kinds_read(t, asked.endpoint))
    found = _Set(_request(asked, context), reader.versions(kinds))
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
        request, versions, rows = known
        found.then = json.loads(versions) if request == found.request else None
        passing = any(t.facts is not None and t.facts.passing for t in tables)
        if not passing and found.still(kinds):
            return iter((_unchanged(asked, context, value),))
        found.before = msgspec.msgpack.decode(rows, type=Rows)
    return gather(_pieces(asked, context, found))


def _request(asked: Asked, context: Context) -> str:
    """Everything but records that decides which data set is returned."""
    grant = context.reader.grant
    shape = (
        asked.options,
        asked.filters,
        sorted(asked.args.items()),
        asked.select,
        context.reader.today,
        grant.version,
    )
    return repr(shape)


def _pieces(asked: Asked, context: Context, found: _Set) -> Iterator[bytes]:
    tables = prepare(asked, context.reader)
    with context.reader.session() as session:
        for number, table in enumerate(tables):
            yield b"%s%s:[" % (b"," if number else b"{", msgspec.json.encode(table.name))
            yield from separated(_changed(table, asked, context, session, found))
            yield b"]"
    for table in tables:
        gone = found.deleted(table.name) if asked.offset == 0 else []
        rows = [{"Id": key} for key in gone]
        yield b",%s:%s" % (msgspec.json.encode(f"{table.name}_deleted"), msgspec.json.encode(rows))
    digest = found.digest()
    context.reader.remember(
        asked.endpoint.segment,
        digest,
        context.now,
        found.request,
        json.dumps(found.versions),
        msgspec.msgpack.encode(found.now),
    )
    yield _tail(asked, context, digest, found.changed)


def _changed(table: Prepared, asked: Asked, context: Context, session: Session, found: _Set) -> Iterator[list[bytes]]:
    """The rows of a table that are new or different, those of the page only; every row is put on record."""
    if table.facts is None and table.name in found.before and found.still(kinds_read(table, asked.endpoint)):
        found.now[table.name] = found.before[table.name]
        return
    for part in table.parts:
        first, last = (asked.offset, asked.offset + asked.limit) if part.main else (0, 0 if asked.offset else 1 << 62)
        at = 0
        for rows in _different(table.name, session.keyed(part.plan, asked.args), found):
            if first <= at < last:
                yield rows
            at += 1
        found.changed += at if part.main else 0
    named = ((str(next(iter(msgspec.json.decode(row).values()))), row) for row in worked_out(table, context, session))
    yield from _different(table.name, named, found)


def _different(table: str, keyed: Iterator[tuple[str, bytes]], found: _Set) -> Iterator[list[bytes]]:
    """The rows that the caller does not have, together by key: two spells in one group have the same Id."""
    before, now = found.before.get(table, {}), found.now.setdefault(table, {})
    for key, pairs in itertools.groupby(keyed, itemgetter(0)):
        rows = [row for _, row in pairs]
        now[key] = digest = hashlib.blake2b(b"".join(rows), digest_size=8).digest()
        if before.get(key) != digest:
            yield rows


def _unchanged(asked: Asked, context: Context, value: str) -> bytes:
    """The answer when no table that it reads has moved: nothing is read."""
    names = [t.name for t in prepare(asked, context.reader)]
    tables = b",".join(
        b"%s:[]" % msgspec.json.encode(name) for name in itertools.chain(names, (f"{n}_deleted" for n in names))
    )
    return b"{" + tables + _tail(asked, context, value, 0)


def _tail(asked: Asked, context: Context, digest: str, changed: int) -> bytes:
    rows = msgspec.json.encode([_description(asked, context, digest)])
    paged = (
        b',"__pagination__":' + msgspec.json.encode([pagination(asked, changed)])
        if asked.paged or changed > asked.limit
        else b""
    )
    return b',"meta":[]%s,"__changedRows__":%s}' % (paged, rows)


def _description(asked: Asked, context: Context, digest: str) -> dict[str, str | None]:
    value, reader = asked.changed_rows or START, context.reader
    started = value == START
    page = f"&page=1&pageSize={asked.limit}" if asked.paged else ""
    made = None if started else moment(reader.snapshot_made(asked.endpoint.segment, value))
    return {
        "SnapshotDate": made,
        "SnapshotRP": None if started else reader.grant.app.relying_party,
        "PreviousChangedRows": None if started else value,
        "RequestedChangedRows": value,
        "NextChangedRows": digest,
        "NextUrl": f"?changedRows={digest}{page}",
    }
