"""The only door out: a reader made for one grant, that sees what the grant holds and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ..fields import Condition, Expr, Question
from ..store.connection import Connection
from ..store.planner import Plan, plan
from ..store.sqlite import Store
from .grants import Grant

PLANS = 1024
"""How many compiled questions are kept; a caller's selections decide how many there are."""

Args = Mapping[str, Any]

_plans: OrderedDict[object, Plan] = OrderedDict()


class Reader:
    """Reads one school for one grant, as of one day."""

    def __init__(self, store: Store, grant: Grant, today: str) -> None:
        self._store = store
        self.grant = grant
        self.today = today
        self._base = {"district": grant.district, "school": grant.school, "grant": grant.id, "today": today}

    # ---- what may be seen

    def sees(self, value: Expr | Condition) -> bool:
        """Whether the grant holds what a value or a condition on it needs."""
        return value.need.met_by(self.grant.scopes)

    def visible(self, columns: Iterable[tuple[str, Expr]]) -> tuple[tuple[str, Expr], ...]:
        """The columns that the grant may see; the others are as if they did not exist."""
        return tuple((name, expr) for name, expr in columns if self.sees(expr))

    def prepare(self, question: Question, key: object) -> Plan:
        """The question, compiled for this grant; `key` tells it from others, so that it is compiled once."""
        whole = (self.grant.view, key)
        found = _plans.get(whole)
        if found is None:
            seen = replace(
                question,
                columns=self.visible(question.columns),
                hashed=None if question.hashed is None else self.visible(question.hashed),
            )
            found = _plans[whole] = plan(seen, self.grant.people)
            if len(_plans) > PLANS:
                _plans.popitem(last=False)
        else:
            _plans.move_to_end(whole)
        return found

    # ---- reading

    @contextmanager
    def session(self) -> Generator[Session]:
        """One moment of the store: whatever is read inside agrees."""
        with self._store.lend() as connection:
            yield Session(connection, self._base)

    def versions(self, kinds: Iterable[str]) -> tuple[int, ...]:
        """The sequence numbers at which these kinds of record last moved; equal numbers, equal records."""
        wanted = json.dumps(sorted(kinds))
        rows = self._store.records.execute(
            "SELECT kind, max(seq) FROM moved WHERE district = :district AND school IN (:school, '')"
            " AND kind IN (SELECT value FROM json_each(:kinds)) GROUP BY kind ORDER BY kind",
            {**self._base, "kinds": wanted},
        ).fetchall()
        return tuple(seq for _, seq in rows)

    def synced(self) -> str | None:
        """The moment when the school's records were last read from their source, or first made here."""
        return self._store.records.execute(
            "SELECT max(at) FROM sync WHERE district = :district AND school = :school", self._base
        ).get

    def year_starts(self) -> list[str]:
        """The first days of the academic years that have begun at the school, newest first."""
        rows = self._store.records.execute(
            "SELECT DISTINCT start FROM session WHERE district = :district AND (school = :school OR school IS NULL)"
            " AND kind = 'schoolYear' AND start <= :today ORDER BY start DESC LIMIT 2",
            self._base,
        )
        return [start for (start,) in rows]

    # ---- change sets

    def remembered(self, endpoint: str, digest: str) -> tuple[str, str, bytes] | None:
        """A data set that was returned to this grant before: its request, its versions and its rows."""
        return self._store.passing.execute(
            'SELECT request, versions, rows FROM snapshot WHERE "grant" = ? AND endpoint = ? AND hash = ?',
            (self.grant.id, endpoint, digest),
        ).fetchone()

    def remember(self, endpoint: str, digest: str, at: float, request: str, versions: str, rows: bytes) -> None:
        """Keep a data set under its digest, so that what comes later can be compared with it."""
        with self._store.passing as db:
            db.execute(
                "INSERT INTO snapshot VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                ' ON CONFLICT ("grant", endpoint, hash) DO UPDATE SET used = excluded.used,'
                " request = excluded.request, versions = excluded.versions, rows = excluded.rows",
                (digest, self.grant.id, endpoint, at, at, request, versions, rows),
            )

    def snapshot_made(self, endpoint: str, digest: str) -> float:
        """When a data set was first returned, seconds since 1970."""
        return self._store.passing.execute(
            'SELECT made FROM snapshot WHERE "grant" = ? AND endpoint = ? AND hash = ?',
            (self.grant.id, endpoint, digest),
        ).get


class Session:
    """Reads that agree with each other."""

    def __init__(self, connection: Connection, base: Args) -> None:
        self._connection = connection
        self._base = base

    def rows(
        self, found: Plan, args: Args, limit: int = -1, offset: int = 0, page: int = -1, before: int = 0
    ) -> Iterator[bytes]:
        """The rows, each a JSON object; `page` and `before` bound the rows that these are parts of."""
        bound = {**self._base, **args, "limit": limit, "offset": offset, "page": page, "before": before}
        if found.row_hash is None:
            for (shown,) in self._connection.execute(found.rows, bound):
                yield shown
        else:
            for shown, hashed in self._connection.execute(found.rows, bound):
                yield _with_hash(found.row_hash, shown, hashed)

    def keyed(self, found: Plan, args: Args) -> Iterator[tuple[str, bytes]]:
        """Every row with its key."""
        bound = {**self._base, **args, "limit": -1, "offset": 0, "page": -1, "before": 0}
        if found.row_hash is None:
            yield from self._connection.execute(found.keyed, bound)
        else:
            for key, shown, hashed in self._connection.execute(found.keyed, bound):
                yield key, _with_hash(found.row_hash, shown, hashed)

    def count(self, found: Plan, args: Args) -> int:
        """How many rows there are."""
        bound = {**self._base, **args, "page": -1, "before": 0}
        return int(self._connection.execute(found.count, bound).get)


def _with_hash(name: str, shown: bytes, hashed: bytes | None) -> bytes:
    digest = hashlib.sha1(shown if hashed is None else hashed, usedforsecurity=False).hexdigest().upper()
    comma = b"" if shown == b"{}" else b","
    return b'%s%s%s:"%s"}' % (shown[:-1], comma, json.dumps(name).encode(), digest.encode())
