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

import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

import msgspec

from ...api.resource import Context
from ...consent.grants import moment
from ...consent.pulls import Pull
from ...consent.session import Session
from ...consent.slips import People, shows
from ...consent.snapshots import Snapshot, Snapshots, Written
from ...errors import Problem
from . import paging
from .answering import Part, Prepared, gather, pagination, prepare, read_by, separated, worked_out
from .asking import Asked
from .comparing import Entry, Keyed, Some, Whole, bodies_of, by_key
from .datasets import DataSet, Held, Rows
from .wire import UnknownChangeSet

START = "*"

STRUCK = b""
"""The digest of a row of which it is not known what the caller has: no row's digest."""


@dataclass
class _Comparison:
    """The data set that is being returned, as it grows, beside the one that the caller has."""

    request: str
    versions: dict[str, int]
    """The sequence number at which each kind of record that it reads has last moved."""
    before: DataSet = field(default_factory=DataSet)
    then: dict[str, int] | None = None
    """The versions of the caller's set, where it came of the same request."""
    now: DataSet = field(default_factory=DataSet)
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


def render_changes(asked: Asked, context: Context) -> Iterator[bytes]:
    """The body of an answer to `changedRows`; raises `UnknownChangeSet` before anything is said."""
    reader, value = context.reader, asked.changed_rows or START
    snapshots = reader.snapshots(asked.endpoint.segment)
    tables = prepare(asked, reader)
    kinds = read_by(tables)
    found = _Comparison(_request(asked, context), reader.versions(kinds))
    known = snapshots.find(value, context.now) if value != START else None
    if value != START:
        if known is None:
            raise UnknownChangeSet(
                Problem(
                    "changedRows",
                    "is not a value that this endpoint returned to this app",
                    "start again with changedRows=*",
                )
            )
        found.made = known.made
        found.then = json.loads(known.versions) if known.request == found.request else None
    pull = paging.find(asked, context)
    if pull is not None:
        found.changed = pull.total
        return gather(_later_page(asked, context, found, pull))
    if known is not None:
        passing = any(table.passing for table in tables)
        if not passing and not found.moved(kinds) and found.then is not None:
            return iter((_unchanged(asked, context, found),))
        found.before = DataSet.known(snapshots, value, known)
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
    digest, snapshots = found.now.digest(), context.reader.snapshots(asked.endpoint.segment)
    snapshots.keep(digest, context.now, found.request, json.dumps(found.versions), found.now.written(found.before))
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
        snapshots = context.reader.snapshots(asked.endpoint.segment)
        struck = partial(_struck, snapshots, pull.state, table=tables[0].name, keys=differ)
        snapshots.amend(pull.state, context.now, struck)
    yield _tail(asked, context, found, pull.state)


def _as_now(table: Prepared, within: Asked, session: Session, now: dict[str, bytes]) -> Iterator[list[bytes]]:
    """The rows of a page as they are now; their digests are put in `now`."""
    for part in table.parts:
        for entry in by_key(session.keyed(part.plan, within.args)):
            now[entry.key] = entry.digest
            for _, people in entry.rows:
                session.shows(part.plan, 1, people)
            yield bodies_of(entry.rows)


def _struck(snapshots: Snapshots, digest: str, found: Snapshot, *, table: str, keys: Iterable[str]) -> Written:
    """A data set in which these rows equal nothing that there may be."""
    known = DataSet.known(snapshots, digest, found)
    rows = known.tables[table]
    held = rows.at(keys)
    rows.replace((), held, {key: Held(STRUCK, held[key].ids if key in held else []) for key in keys})
    return known.written(known)


# ---- comparing a table


def _changed(
    table: Prepared, asked: Asked, context: Context, session: Session, found: _Comparison
) -> Iterator[list[bytes]]:
    """The rows of a table that are new or different, those of the page only; an empty list is a pause."""
    before = found.before.tables.get(table.name) or Rows(table.name)
    kinds = found.moved(table.reads)
    whole = found.then is None or table.facts is not None or bool(table.areas)
    if not whole and not kinds:
        found.now.tables[table.name] = before
        return
    since = {kind: (found.then or {}).get(kind, 0) for kind in kinds}
    whole = whole or any(kinds & p.plan.nested or session.lost(p.plan, since) for p in table.parts)
    comparing = Whole(before) if whole else Some(before)
    for part in table.parts:
        yield from _page(comparing.part(part.plan, asked.args, session, since), part, asked, session, found)
    if isinstance(comparing, Whole):
        yield from (bodies_of(one.rows) for one in comparing.all(_named(table, context, session)) if one is not None)
    found.now.tables[table.name] = comparing.now()
    found.gone[table.name] = comparing.gone()
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
            yield bodies_of(entry.rows)


def _named(table: Prepared, context: Context, session: Session) -> Keyed:
    """The rows that are worked out, each with its first value for a key."""
    for row in worked_out(table, context, session):
        key = str(next(iter(msgspec.json.decode(row).values())))
        yield key, key, row, People()


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
