"""Who saw what about a person, when: the ledger read for the person, the school or the operator who asks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from ..errors import Malformed, NotFound, Problem
from ..fields import RECORDS
from ..store.ledger import Often, Once, Span, What
from ..store.sqlite import Store
from .grants import Grant, human_kind
from .wording import words_of

_EPOCH = date(1970, 1, 1).toordinal()

_HERE = "district IN (SELECT district FROM clock)"


@dataclass(frozen=True)
class Viewer:
    """Who saw something: the app, the school that had granted it (number and hub id), on whose behalf."""

    relying_party: str
    app_name: str
    estab: str
    school: str
    reader: str


@dataclass(frozen=True)
class Disclosure:
    """What was seen: through which API, where, which facts, by whom; one line for each viewer and set of facts."""

    viewers: tuple[Viewer, ...]
    dialect: str
    endpoint: str
    facts: tuple[str, ...]
    times: int
    first: str
    """The moment of the first time, UTC, with milliseconds and `Z`."""
    last: str
    rows: int = 0
    people: int = 0
    """How many rows, and people, one answer told of; of several answers neither is told."""
    whole: bool = True
    """Whether the answer reached its end."""

    @property
    def words(self) -> tuple[str, ...]:
        """The facts in words, as a parent may read them."""
        return tuple(map(words_of, self.facts))


class Disclosures:
    """The ledger of a data directory, with the names of apps and schools."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # ---- whom

    def of_person(self, identity: str) -> frozenset[str]:
        """All hub ids of a human: the person's and those of each role, also of roles that are gone.

        Any of them will do; raises `NotFound` when the hub has never held it.
        """
        people = {identity, *self._persons(identity)}
        found = people | {role for person in people for role in self._roles(person)}
        if found == {identity} and not self._held("Person", identity):
            raise NotFound(Problem("person", f"{identity[:60]} is not the hub id of anybody", "it is a UUID"))
        return frozenset(found)

    def at_school(self, district: int, school: str, kind: str, mis_id: str) -> frozenset[str]:
        """The hub ids of whoever was or is a student, a member of staff or a contact of a school by an MIS id."""
        human = human_kind(kind)
        found = self._store.records.execute(
            f'SELECT id, person FROM "{RECORDS[human].table}" WHERE district = ? AND school = ? AND mis_id = ?',
            (district, school, mis_id),
        ).fetchall()
        found += self._store.records.execute(
            "SELECT id, keys ->> '$.person' FROM history WHERE district = ? AND kind = ? AND school = ?"
            " AND what = 'gone' AND keys ->> '$.mis_id' = ?",
            (district, human, school, mis_id),
        ).fetchall()
        if not found:
            raise NotFound(Problem("person", f"no {human} of the school has, or had, the Id {mis_id[:60]}"))
        return frozenset(identity for row in found for identity in row if identity)

    def _persons(self, role: str) -> list[str]:
        """The human who has or had a role."""
        return self._ask_roles("SELECT person FROM {table} WHERE {here} AND id = ?", role) + self._gone(
            "h.id = ?", role
        )

    def _roles(self, person: str) -> list[str]:
        """The roles that a human has or had."""
        held = self._ask_roles("SELECT id FROM {table} WHERE {here} AND person = ?", person)
        return held + self._gone("h.keys ->> '$.person' = ?", person, "h.id")

    def _ask_roles(self, sql: str, identity: str) -> list[str]:
        tables = [r.table for r in RECORDS.values() if r.human]
        every = " UNION ALL ".join(sql.format(table=f'"{table}"', here=_HERE) for table in tables)
        rows = self._store.records.execute(every, (identity,) * len(tables))
        return [found for (found,) in rows if found]

    def _gone(self, where: str, identity: str, what: str = "h.keys ->> '$.person'") -> list[str]:
        kinds = json.dumps([r.__name__ for r in RECORDS.values() if r.human])
        rows = self._store.records.execute(
            f"SELECT {what} FROM history h WHERE h.{_HERE} AND h.kind IN (SELECT value FROM json_each(?))"
            f" AND h.what = 'gone' AND {where}",
            (kinds, identity),
        )
        return [found for (found,) in rows if found]

    def _held(self, kind: str, identity: str) -> bool:
        table = RECORDS[kind].table
        there = self._store.records.execute(f'SELECT 1 FROM "{table}" WHERE {_HERE} AND id = ?', (identity,)).get
        left = f"SELECT 1 FROM history h WHERE h.{_HERE} AND h.kind = ? AND h.what = 'gone' AND h.id = ?"
        return there is not None or self._store.records.execute(left, (kind, identity)).get is not None

    # ---- what

    def often(self, ids: Iterable[str], days: Span, school: str = "") -> list[Disclosure]:
        """What was told of a human, a line for each way in which it was, the latest first.

        With a `school` (hub id) only what it had granted itself: what others granted is not its to know.
        """
        self._store.ledger.fold()
        found = self._store.ledger.about(ids, days)
        return [self._often(one, school) for one in found if self._concerns(one.what, school)]

    def each(self, ids: Iterable[str], days: Span, take: int, skip: int = 0, school: str = "") -> list[Disclosure]:
        """Single answers that told of a human, the latest first."""
        self._store.ledger.fold()
        whats = None
        if school:
            whats = [what.number for what in self._store.ledger.whats() if self._concerns(what, school)]
        return [self._once(one, school) for one in self._store.ledger.each(ids, days, whats, take, skip)]

    def _concerns(self, what: What, school: str) -> bool:
        return not school or any(self._grants.get(grant, _UNKNOWN)[0] == school for grant in what.grants)

    def _often(self, one: Often, school: str) -> Disclosure:
        said = (self._viewers(one.what, school), one.what.dialect, one.what.endpoint, one.what.facts)
        return Disclosure(*said, one.times, _moment(one.first), _moment(one.last))

    def _once(self, one: Once, school: str) -> Disclosure:
        said = (self._viewers(one.what, school), one.what.dialect, one.what.endpoint, one.what.facts)
        return Disclosure(*said, 1, _moment(one.at), _moment(one.at), one.rows, one.people, not one.cut)

    def _viewers(self, what: What, school: str) -> tuple[Viewer, ...]:
        """The app by each grant that it read under; a researcher's apps are those of the projects."""
        reader = self._readers.get(what.reader, what.reader)
        grants = [self._grants.get(grant, _UNKNOWN) for grant in what.grants]
        found = [
            Viewer(*self._apps.get(app, (app, app)), estab, name, reader)
            for here, estab, name, app in grants
            if not school or here == school
        ]
        return tuple(found) or (Viewer(*self._apps.get(what.app, (what.app, what.app)), "", "", reader),)

    @cached_property
    def _apps(self) -> dict[str, tuple[str, str]]:
        rows = self._store.records.execute("SELECT id, relying_party, name FROM app")
        return {identity: (party, name) for identity, party, name in rows}

    @cached_property
    def _grants(self) -> dict[str, tuple[str, str, str, str]]:
        """By grant the school's hub id, number and name, and the app's hub id."""
        rows = self._store.records.execute(
            'SELECT g.id, g.school, s.estab, s.name, g.app FROM "grant" g'
            " JOIN school s ON s.district = g.district AND s.id = g.school"
        )
        return {identity: tuple(rest) for identity, *rest in rows}

    @cached_property
    def _readers(self) -> dict[str, str]:
        """Researchers by their e-mail addresses, as projects name them."""
        return dict(self._store.records.execute("SELECT id, email FROM research_user").fetchall())


_UNKNOWN = ("", "", "", "")


def hub_ids(store: Store, grant: Grant, kind: str, mis_ids: Iterable[str]) -> list[str]:
    """The hub ids of people of a grant's school by their MIS ids."""
    rows = store.records.execute(
        f'SELECT id FROM "{RECORDS[kind].table}" WHERE district = ? AND school = ?'
        " AND mis_id IN (SELECT value FROM json_each(?))",
        (grant.district, grant.school, json.dumps(list(mis_ids))),
    )
    return [identity for (identity,) in rows]


def days(since: str, until: str) -> Span:
    """The days from one to another (`yyyy-MM-dd`, UTC, both included, either may be empty); raises `Malformed`."""
    problems: list[Problem] = []
    first = _day("since", since, 0, problems)
    last = _day("until", until, 2**32, problems)
    if problems:
        raise Malformed(*problems)
    return Span(first, last)


def _day(name: str, value: str, otherwise: int, problems: list[Problem]) -> int:
    if not value:
        return otherwise
    try:
        return date.fromisoformat(value).toordinal() - _EPOCH
    except ValueError:
        problems.append(Problem(name, f"{value[:40]} is not a day", "write it as 2026-11-20"))
        return otherwise


def _moment(milliseconds: int) -> str:
    at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{at.strftime('%Y-%m-%dT%H:%M:%S')}.{milliseconds % 1000:03}Z"


def as_json(one: Disclosure) -> dict[str, Any]:
    """A disclosure as the command writes it with `--json`."""
    viewers = [
        {"relyingParty": v.relying_party, "app": v.app_name, "estab": v.estab, "school": v.school, "reader": v.reader}
        for v in one.viewers
    ]
    said = {"seenBy": viewers, "api": one.dialect, "endpoint": one.endpoint, "facts": list(one.words)}
    return {**said, "times": one.times, "first": one.first, "last": one.last, "whole": one.whole}
