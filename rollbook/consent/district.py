"""Reading a district: one reader for all schools of it that have granted an app something, each by its own grant."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ..fields import RECORDS, Arg, Condition, Expr, HubId, Question, Record
from ..model.people import Person
from ..recent import Recent
from ..store.planner import Plan, plan
from ..store.sights import Schools, View
from ..store.sqlite import Store
from .credentials import Credential
from .grants import Grant
from .reader import PLANS, Session

_plans: Recent[Plan] = Recent(PLANS)


@dataclass(frozen=True)
class Gone:
    """A record that is gone, or whose key changed: `keys` are the natural keys that it had, by dotted name."""

    seq: int
    at: str
    kind: str
    id: str
    school: str
    what: str
    keys: Mapping[str, Any]

    @property
    def humans(self) -> list[tuple[str, str | None]]:
        """The humans that it was, or was a part of: what each is, and the hub id."""
        record = RECORDS[self.kind]
        own: list[tuple[str, str | None]] = [(self.kind, self.id)] if record.human or record is Person else []
        return own + [
            (ref.target.__name__, self.keys.get(name))
            for name, ref in record.refs().items()
            if ref.part_of and ref.target.human
        ]

    @property
    def people(self) -> list[str]:
        """Their hub ids."""
        return [identity for _, identity in self.humans if identity]


def versions_of(store: Store, known: dict[object, Any], district: int, kinds: Iterable[str]) -> dict[str, int]:
    """The number at which each kind of record last moved in a district; `known` holds what was looked up before."""
    listed = json.dumps(sorted(kinds))
    key = ("versions", district, listed)
    if key not in known:
        rows = store.records.execute(
            "SELECT kind, max(seq) FROM moved WHERE district = ? AND kind IN (SELECT value FROM json_each(?))"
            " GROUP BY kind ORDER BY kind",
            (district, listed),
        )
        known[key] = dict(rows.fetchall())
    return known[key]


def history_of(store: Store, district: int, kinds: Iterable[str], since: int, until: int | None) -> Iterator[Gone]:
    """What is gone of some kinds in a district, and keys that changed, after one number up to another."""
    with store.lend() as connection:
        rows = connection.execute(
            "SELECT seq, at, kind, id, school, what, keys FROM history WHERE district = ? AND seq > ? AND seq <= ?"
            " AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq",
            (district, since, until if until is not None else 2**62, json.dumps(sorted(kinds))),
        ).fetchall()
    return map(_gone, rows)


def _gone(row: tuple[Any, ...]) -> Gone:
    seq, at, kind, identity, school, what, keys = row
    return Gone(seq, at, kind, identity, school or "", what, json.loads(keys))


class DistrictReader:
    """Reads the schools of one district that granted an app something, as of one day.

    A row is there when its school granted what the record needs, a fact is null where its school did not grant it, and
    the people whom a school left out are nowhere.
    """

    def __init__(
        self,
        store: Store,
        credential: Credential,
        district: int,
        identifier: str,
        grants: list[Grant],
        today: str,
        known: dict[object, Any],
    ) -> None:
        self._store = store
        self._known = known
        self.credential = credential
        self.app = credential.app
        self.district = district
        self.identifier = identifier
        self.grants = grants
        self.today = today
        self.grant_ids = tuple(g.id for g in grants)
        of = {g.school: View(g.scopes & credential.scopes, tuple(sorted(g.people.items()))) for g in grants}
        # A district without a school yet is seen by whoever made it.
        views = sorted(set(of.values()), key=repr) or [View(credential.scopes)]
        self.sight = Schools(tuple(views))
        self.reach = {school: views.index(view) for school, view in of.items()}
        self.base: dict[str, Any] = {
            "district": district,
            "reach": json.dumps(self.reach),
            "grants": json.dumps([g.id for g in grants]),
            "today": today,
            # A record does not refer to its own district, so what others know that by is brought along.
            "district_id": identifier,
        }

    # ---- what may be seen

    def sees(self, value: Expr | Condition) -> bool:
        """Whether any school granted what a value, or a condition on it, needs."""
        return all(map(self.sight.sees, [value] if isinstance(value, Expr) else value.parts()))

    def prepare(self, question: Question, key: object) -> Plan:
        """The question, compiled for readers with these views; `key` tells it from others."""
        sight = replace(self.sight, roles=question.through) if question.through else self.sight
        return _plans.get((sight.key, key), lambda: plan(question, sight))

    # ---- reading

    @contextmanager
    def session(self) -> Generator[Session]:
        """One moment of the store: whatever is read inside agrees."""
        with self._store.lend() as connection:
            yield Session(connection, self.base)

    def versions(self, kinds: Iterable[str]) -> dict[str, int]:
        """The number at which each kind of record last moved in the district; equal numbers, equal records."""
        return versions_of(self._store, self._known, self.district, kinds)

    def granted(self) -> object:
        """What the schools granted, and when they last changed it: an answer rests on it."""
        return self.today, tuple((g.id, g.version) for g in self.grants)

    def newest(self) -> int:
        """The number of the last write to the district."""
        return int(self._store.records.execute("SELECT seq FROM clock WHERE district = ?", (self.district,)).get or 0)

    # ---- what is gone

    def gone(self, kinds: Iterable[str], since: int = 0, until: int | None = None) -> Iterator[Gone]:
        """What is gone of these kinds, and keys that changed (`what` is `gone` or `key`), after `since` up to `until`.

        Only what the caller could have seen while it was there.
        """
        return filter(self._knew, history_of(self._store, self.district, kinds, since, until))

    def tells(self, gone: Gone, value: Expr) -> bool:
        """Whether the caller could see a fact of what is gone: its keys hold some that need more than the record."""
        view = self.reach.get(gone.school)
        views = self.sight.meeting(value.need)
        return bool(views) if view is None else view in views

    def _knew(self, gone: Gone) -> bool:
        record = RECORDS[gone.kind]
        if record is Person:
            return any(map(self._knew, self._roles_gone(gone.id))) or (gone.what == "key" and self._knows(gone.id))
        view = self.reach.get(gone.school)
        if gone.school and view is None:
            return False
        seen = self.sight.meeting(record.scope)
        if not seen or (view is not None and view not in seen):
            return False
        return view is None or all(self._chose(view, kind, identity) for kind, identity in gone.humans)

    def _chose(self, view: int, kind: str, identity: str | None) -> bool:
        """Whether a human is among those whom the school chose."""
        mode = dict(self.sight.views[view].guards).get(kind)
        return mode is None or (identity in self._chosen(kind)) == (mode == "only")

    def _chosen(self, kind: str) -> frozenset[str]:
        key = ("chosen", self.base["grants"], kind)
        if key not in self._known:
            rows = self._store.records.execute(
                'SELECT id FROM chosen WHERE kind = ? AND "grant" IN (SELECT value FROM json_each(?))',
                (kind, self.base["grants"]),
            )
            self._known[key] = frozenset(identity for (identity,) in rows)
        return self._known[key]

    def _roles_gone(self, person: str) -> list[Gone]:
        """The roles of a human that are gone; a human without any was never seen."""
        roles = json.dumps([r.__name__ for r in RECORDS.values() if r.human])
        rows = self._store.records.execute(
            "SELECT seq, at, kind, id, school, what, keys FROM history WHERE district = ? AND what = 'gone'"
            " AND kind IN (SELECT value FROM json_each(?)) AND keys ->> '$.person' = ?",
            (self.district, roles, person),
        )
        return [_gone(row) for row in rows]

    def _knows(self, person: str) -> bool:
        """Whether a human is seen now."""
        with self._store.lend() as connection:
            return self.finds(Session(connection, self.base), Person, person)

    def finds(self, session: Session, record: type[Record], identity: str) -> bool:
        """Whether a record with this hub id is seen."""
        asked = Question(record, (), where=HubId(record).is_(Arg("wanted")))
        found = self.prepare(asked, ("finds", record.__name__))
        return session.count(found, {"wanted": identity}) > 0
