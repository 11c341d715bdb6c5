"""Answers: the tables of an endpoint, rendered as one JSON object, in chunks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from ...api.resource import (
    Add,
    AnyTable,
    Context,
    Counted,
    Endpoint,
    Facts,
    Instead,
    Table,
    With,
    Without,
    following,
    question,
    rows_of,
)
from ...consent import Reader
from ...consent.pulls import Pull
from ...consent.session import Plan, Session
from ...fields import ALWAYS, Among, Arg, Expr, Question
from ...jobs import Database
from ...recent import Recent
from ...scopes import ANYONE
from . import paging
from .asking import ROW_LIMIT, Asked

FIRST_CHUNK, CHUNK = 16 * 1024, 256 * 1024
"""Bytes: the first chunk is small so that it leaves early, the others large so that they are few."""


@dataclass(frozen=True)
class Part:
    """One kind of record's share of a table, compiled."""

    plan: Plan
    main: bool
    lookup: bool
    leads: type[Table] | None = None
    """The part of the main table that it is, or that it follows."""


@dataclass(frozen=True)
class Prepared:
    """A table on the wire, compiled for a kind of grant: parts to read, areas to count, or facts to work out."""

    name: str
    parts: tuple[Part, ...] = ()
    areas: tuple[tuple[str, tuple[Plan, ...]], ...] = ()
    facts: Facts | None = None
    columns: tuple[tuple[str, str], ...] = ()
    reads: frozenset[str] = frozenset()
    """The kinds of record that it is made of."""

    @property
    def passing(self) -> bool:
        """Whether it may hold something else a moment later."""
        return self.facts is not None and self.facts.passing


_prepared: Recent[tuple[Prepared, ...]] = Recent(2048)


def prepare(asked: Asked, reader: Reader) -> tuple[Prepared, ...]:
    """The tables of an answer, compiled once for each kind of grant and shape of request."""
    key = (reader.view, asked.shape)
    return _prepared.get(key, lambda: tuple(map(_Preparing(asked, reader).run, asked.endpoint.tables)))


class _Preparing:
    def __init__(self, asked: Asked, reader: Reader) -> None:
        self.asked = asked
        self.reader = reader
        self.endpoint = asked.endpoint
        effects = [e for o in asked.chosen_options.values() for e in o.effects]
        filled = {id(t) for e in effects if isinstance(e, With) for t in e.tables}
        emptied = {id(t) for e in effects if isinstance(e, Without) for t in e.tables}
        self.hidden = ({id(t) for t in asked.endpoint.withheld()} - filled) | emptied
        self.instead = {e.table: e.columns for e in effects if isinstance(e, Instead)}
        self.shown = {c for e in effects if isinstance(e, Add) for c in e.columns}

    def run(self, table: AnyTable) -> Prepared:
        found = self.table(table)
        return replace(found, reads=_kinds_read(found, self.endpoint))

    def table(self, table: AnyTable) -> Prepared:
        if id(table) in self.hidden and not any(t == table.name for t, _, _ in self.asked.select):
            return Prepared(table.name)
        if isinstance(table, Facts):
            return self.facts(table)
        if isinstance(table, Counted):
            return self.counted(table)
        parts = tuple(p for p in map(self.part, self.endpoint.parts(table)) if p is not None)
        return Prepared(table.name, parts)

    def facts(self, table: Facts) -> Prepared:
        seen = table.need.met_by(self.reader.grant.scopes)
        return Prepared(table.name, facts=table if seen else None, columns=self.named(table.name, table.columns))

    def counted(self, table: Counted) -> Prepared:
        if not table.need.met_by(self.reader.grant.scopes):
            return Prepared(table.name)
        areas = tuple((area, tuple(map(self.count_plan, self.endpoint.parts(t)))) for area, t in table.areas.items())
        return Prepared(table.name, areas=areas, columns=self.named(table.name, table.columns))

    def named(self, table: str, columns: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """The columns to show of a table that is not read from records, each with the name to show it by."""
        return tuple((c, n) for t, c, n in self.asked.select if t == table) or tuple((c, c) for c in columns)

    def count_plan(self, table: type[Table]) -> Plan:
        counted = question(table, (("Id", table.columns["Id"]),), table.only, limited=False, whole=())
        return self.reader.prepare(counted, ("count", table.of.__name__, table.__name__))

    def part(self, table: type[Table]) -> Part | None:
        main = table in self.endpoint.parts(self.endpoint.main) if self.endpoint.main else False
        columns = self.columns(table, main)
        if not any(e.need != ANYONE for _, e in self.reader.visible(self.everything(table, main))):
            return None
        # What may not be seen of a table narrows it to nothing.
        if not all(map(self.reader.sees, (f.elsewhere.get(table, ALWAYS) for f in self.asked.chosen_filters.values()))):
            return None
        asked = self.question(table, columns, main=main)
        plan = self.reader.prepare(asked, (*self.asked.shape, table.__name__))
        leads = table if main else self.leader(table) if table.follows else None
        return Part(plan, main, not main and table.follows is None, leads)

    def question(self, table: type[Table], columns: tuple[tuple[str, Expr], ...], *, main: bool) -> Question:
        where = rows_of(table, self.endpoint, self.asked.chosen_options, self.asked.chosen_filters, is_main=main)
        if main and self.asked.pulled:
            where = where & Among(Arg(paging.PULLED))
        if not main and table.follows is not None:
            where = where & following(table, self.question(self.leader(table), (), main=True))
        return question(table, columns, where, limited=True, whole=self.everything(table, main))

    def leader(self, table: type[Table]) -> type[Table]:
        """The main table, which side tables follow; of several kinds of record, the part that a side table is of."""
        main = self.endpoint.parts(self.endpoint.main) if self.endpoint.main else ()
        told = [p for p in main if len(main) == 1 or (table.follows and p.of is table.follows.target)]
        if len(told) != 1:
            raise TypeError(f"{table.name} cannot follow the main table of {self.endpoint.segment}")
        return told[0]

    def everything(self, table: type[Table], main: bool) -> tuple[tuple[str, Expr], ...]:
        """The columns that a row has when none are chosen, with those that options add."""
        optional = self.endpoint.optional() if main else {}
        columns = {**table.columns, **self.instead.get(table, {})}
        return tuple((n, e) for n, e in columns.items() if n not in optional or n in self.shown)

    def columns(self, table: type[Table], main: bool) -> tuple[tuple[str, Expr], ...]:
        chosen = [(c, n) for t, c, n in self.asked.select if t == table.name]
        if chosen:
            columns = {**table.columns, **self.instead.get(table, {})}
            return tuple((n, columns[c]) for c, n in chosen)
        return self.everything(table, main)


# ---- rendering


@dataclass
class Tail:
    """What is only known when the rows have been read."""

    rows: int = 0
    windows: dict[type[Table] | None, tuple[int, int]] = field(
        default_factory=dict[type[Table] | None, tuple[int, int]]
    )
    """How many rows of each part of the main table stand on the page at most, and how many before it."""


def render(asked: Asked, context: Context, pull: Pull | None = None) -> Iterator[bytes]:
    """The body of an answer; of a later page, with the pull that it belongs to."""
    return gather(_pieces(asked if pull is None else paging.page_of(pull, asked, context), context, pull))


def gather(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Small pieces put together into chunks worth sending; an empty piece asks for a pause."""
    held: list[bytes] = []
    size, enough = 0, FIRST_CHUNK
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= enough or not piece:
            yield b"".join(held)
            held.clear()
            size, enough = 0, CHUNK
    yield b"".join(held)


def separated(some: Iterable[list[bytes]]) -> Iterator[bytes]:
    """Rows with commas between them."""
    lead = b""
    for rows in some:
        yield lead + b",".join(rows) if rows else b""
        lead = b"," if rows else lead


def _pieces(asked: Asked, context: Context, pull: Pull | None) -> Iterator[bytes]:
    reader, tail = context.reader, Tail()
    with reader.session() as session:
        lead = b"{"
        for table in prepare(asked, reader):
            yield b"%s%s:[" % (lead, msgspec.json.encode(table.name))
            yield from separated(_rows(table, asked, context, session, tail))
            yield b"]"
            lead = b","
        yield b'%s"meta":%s' % (lead, msgspec.json.encode(meta(context) if asked.offset == 0 else []))
        yield from _pagination(asked, context, session, tail, pull)
    yield b"}"


def _rows(table: Prepared, asked: Asked, context: Context, session: Session, tail: Tail) -> Iterator[list[bytes]]:
    left, passed = (-1, 0) if asked.pulled else (asked.limit, asked.offset)
    for part in table.parts:
        if part.main:
            before = tail.rows
            tail.windows[part.leads] = (left, passed)
            for rows in session.rows(part.plan, asked.args, left, passed):
                tail.rows += len(rows)
                yield rows
            left -= tail.rows - before
            if passed and len(table.parts) > 1:
                passed = max(passed - session.count(part.plan, asked.args, shown=False), 0)
        elif not (part.lookup and asked.offset):
            window = tail.windows.get(part.leads, (asked.limit, asked.offset))
            yield from session.rows(part.plan, asked.args, -1, 0, *window)
    worked = list(worked_out(table, context, session))
    if asked.endpoint.main and table.name == asked.endpoint.main.name:
        worked = worked[asked.offset : asked.offset + asked.limit]
    if worked:
        yield worked


def worked_out(table: Prepared, context: Context, session: Session) -> Iterator[bytes]:
    """The rows of a table that are counted or worked out."""
    rows: list[dict[str, Any]] = []
    for area, plans in table.areas:
        rows.append({"Area": area, "Count": sum(session.count(p, context.args) for p in plans)})
    if table.facts is not None:
        rows += table.facts.rows(context)
    for row in rows:
        yield msgspec.json.encode({shown: row[name] for name, shown in table.columns})


def _pagination(asked: Asked, context: Context, session: Session, tail: Tail, pull: Pull | None) -> Iterator[bytes]:
    if not asked.paged and tail.rows < ROW_LIMIT:
        return
    total = total_rows(asked, context, session) if pull is None else total_of(pull, asked, context, session)
    if asked.paged or total > ROW_LIMIT:
        yield b',"__pagination__":' + msgspec.json.encode([pagination(asked, total)])


def total_rows(asked: Asked, context: Context, session: Session) -> int:
    """How many rows the main table has in all; a first page of several begins a pull."""
    main, *_ = prepare(asked, context.reader)
    worked = sum(1 for _ in worked_out(main, context, session))
    if asked.offset:
        return worked + sum(session.count(part.plan, asked.args) for part in main.parts)
    found = [(part.plan, session.ids(part.plan, asked.args)) for part in main.parts]
    for plan, those in found:
        session.sized(plan, asked.args, len(those))
    ids = [identity for _, those in found for identity in those]
    if len(ids) > asked.limit:
        paging.begin(asked, context, ids, state_of(what_it_reads(asked, context.reader)))
    return worked + len(ids)


def total_of(pull: Pull, asked: Asked, context: Context, session: Session) -> int:
    """How many rows a pull has; that tells of those whose rows they are, as on its first page."""
    main, *_ = prepare(replace(asked, pulled=False), context.reader)
    for part in main.parts:
        session.sized(part.plan, asked.args, pull.total)
    return pull.total


def what_it_reads(asked: Asked, reader: Reader) -> object:
    """What an answer rests on: the day, the grant, the source, and the records it is made of."""
    kinds = read_by(prepare(asked, reader))
    return reader.today, reader.grant.id, reader.grant.version, reader.source(), reader.versions(kinds)


def state_of(rests_on: object) -> str:
    """A digest of what an answer rests on: equal ones, equal answers."""
    return hashlib.sha256(repr(rests_on).encode()).hexdigest()


def pagination(asked: Asked, total: int) -> dict[str, Any]:
    """The `__pagination__` row; the next page is named even after the last one, as the service does."""
    page = asked.page or 1
    return {
        "PageSize": asked.limit,
        "PageNumber": page,
        "PageCount": -(-total // asked.limit),
        "RowCount": total,
        "NextPage": f"?page={page + 1}&pageSize={asked.limit}",
    }


def meta(context: Context) -> list[dict[str, Any]]:
    """The `meta` table: the system that the records come from, and when the oldest database was read from it."""
    read = min((d.read for d in context.databases), default=context.now)
    return [{"Id": 1, "MIS": context.reader.grant.mis, "Version": "1", "DateTime": _plain(read)}]


# ---- the state of the databases


def db_status(databases: Iterable[Database], now: float) -> dict[str, Any]:
    """The `DBStatus` object: the databases behind an endpoint. Its columns are Rollbook's, since none are public."""
    return {
        "DBStatus": [
            {
                "Id": str(number),
                "DBName": one.name,
                "Status": one.status,
                "LastUpdated": _plain(one.read),
                "ExpiresAt": _plain(one.expires),
                "AgeMinutes": one.age_minutes(now),
                "Problem": one.problem,
            }
            for number, one in enumerate(databases, 1)
        ]
    }


def _plain(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:23]


def read_by(tables: Iterable[Prepared]) -> frozenset[str]:
    """The kinds of record that some tables are made of."""
    return frozenset[str]().union(*(table.reads for table in tables))


def _kinds_read(table: Prepared, endpoint: Endpoint) -> frozenset[str]:
    plans = (*(part.plan for part in table.parts), *(plan for _, plans in table.areas for plan in plans))
    found = frozenset(kind for plan in plans for kind in plan.reads)
    return found | {"Session"} if endpoint.years else found
