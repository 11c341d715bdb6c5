"""Whom schools let apps see, as they and the apps said it, and what schools are choosing now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..rules import Rule
from .settings import Settings
from .statements import Row, Timed


@dataclass(frozen=True)
class Lists:
    """What was said of one kind of human, by hub ids.

    The school's list (`mode`: `all`, `only` those on it, all `except` those on it) has those `named` and those whom a
    rule names, `without` some. `declined` are those whom the app leaves out by itself.
    """

    mode: str = "all"
    named: frozenset[str] = frozenset()
    rules: frozenset[Rule] = frozenset()
    without: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()

    def amended(self, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Lists:
        """The same with people put on the school's list and others taken off, also of those whom a rule puts there."""
        added, gone = frozenset(add), frozenset(remove)
        without = ((self.without - added) | gone) if self.rules else frozenset[str]()
        return replace(self, named=(self.named | added) - gone, without=without - added)


@dataclass(frozen=True)
class Draft:
    """Of one kind of human: everyone (`all`), `only` the people on a list, or all `except` them.

    On the list are the `people` (MIS ids) and those whom the `rules` name, without those in `without`.
    """

    mode: str
    people: frozenset[str]
    rules: frozenset[Rule] = frozenset()
    without: frozenset[str] = frozenset()


class Chooser(NamedTuple):
    """Who is choosing people, as receipts name them, and since when (seconds since 1970)."""

    person: str
    since: float


@dataclass(frozen=True)
class Place:
    """Where a grant is: its hub id, district and school, and the day there."""

    grant: str
    district: int
    school: str
    day: str


class Choices(Timed):
    """Whom schools let apps see: lists and drafts. A grant is its hub id, a kind `Student`, `Staff` or `Contact`."""

    def place(self, grant: str) -> Place:
        """Where a grant is."""
        (row,) = self._rows(
            'SELECT g.id, g.district, g.school, s.time_zone FROM "grant" g'
            " JOIN school s ON s.district = g.district AND s.id = g.school WHERE g.id = ?",
            (grant,),
        )
        identity, district, school, zone = row
        return Place(identity, district, school, Settings(self._connection, self._clock).day(zone))

    # ---- what was said

    def said(self, grant: str, kind: str) -> Lists:
        """What was said of one kind of human."""
        where = (grant, kind)
        mode = self._value('SELECT mode FROM choice WHERE "grant" = ? AND kind = ?', where)
        named = self._rows('SELECT id, listed FROM named WHERE "grant" = ? AND kind = ?', where)
        rules = self._rows('SELECT "by", value FROM rule WHERE "grant" = ? AND kind = ?', where)
        own = self._rows('SELECT id FROM declined WHERE "grant" = ? AND kind = ?', where)
        return Lists(
            mode or "all",
            frozenset(i for i, listed in named if listed),
            frozenset(Rule(*row) for row in rules),
            frozenset(i for i, listed in named if not listed),
            frozenset(i for (i,) in own),
        )

    def say(self, grant: str, kind: str, lists: Lists) -> None:
        """Write down what was said of one kind of human, in place of what was said before."""
        where = (grant, kind)
        for table in ("choice", "named", "rule", "declined"):
            self._do(f'DELETE FROM {table} WHERE "grant" = ? AND kind = ?', where)
        if lists.mode != "all":
            self._do('INSERT INTO choice ("grant", kind, mode) VALUES (?, ?, ?)', (*where, lists.mode))
        named = [(i, 1) for i in sorted(lists.named)] + [(i, 0) for i in sorted(lists.without - lists.named)]
        self._each(
            'INSERT INTO named ("grant", kind, id, listed) VALUES (?, ?, ?, ?)', [(*where, *one) for one in named]
        )
        self._each(
            'INSERT INTO rule ("grant", kind, "by", value) VALUES (?, ?, ?, ?)',
            [(*where, rule.by, rule.value) for rule in sorted(lists.rules)],
        )
        self._each(
            'INSERT INTO declined ("grant", kind, id) VALUES (?, ?, ?)', [(*where, i) for i in sorted(lists.declined)]
        )

    def naming(self, kind: str, identity: str) -> list[str]:
        """The grants for which somebody of a kind (hub id) was named, or left out by the app."""
        rows = self._values(
            'SELECT "grant" FROM named WHERE kind = :kind AND id = :id UNION'
            ' SELECT "grant" FROM declined WHERE kind = :kind AND id = :id',
            {"kind": kind, "id": identity},
        )
        return sorted(rows)

    # ---- what is being chosen

    def drafting(self, kind: str, district: int, school: str) -> list[tuple[str, str]]:
        """The grants of a school (hub id) for which people of a kind are being chosen, and who chooses."""
        rows = self._rows(
            'SELECT d."grant", d.person FROM choosing d JOIN "grant" g ON g.id = d."grant"'
            " WHERE d.kind = ? AND g.district = ? AND g.school = ? ORDER BY 1, 2",
            (kind, district, school),
        )
        return [(grant, person) for grant, person in rows]

    def choosers(self, grant: str) -> list[Chooser]:
        """Who is choosing people for a grant, those first who began first."""
        rows = self._rows(
            'SELECT person, min(since) FROM choosing WHERE "grant" = ? GROUP BY person ORDER BY 2, 1', (grant,)
        )
        return [Chooser(*row) for row in rows]

    def drafts(self, grant: str, person: str) -> dict[str, Draft]:
        """What somebody has chosen so far, by kind of human; empty where they are not choosing."""
        rows = self._rows(
            'SELECT kind, mode, people, rules, without FROM choosing WHERE "grant" = ? AND person = ?', (grant, person)
        )
        return {kind: _draft(rest) for kind, *rest in rows}

    def draft(self, grant: str, person: str, kind: str) -> Draft | None:
        """What somebody has chosen so far of one kind of human; None where they are not choosing."""
        return self.drafts(grant, person).get(kind)

    def keep_drafts(self, grant: str, person: str, drafts: Mapping[str, Draft]) -> None:
        """Keep what somebody has chosen so far, by kind of human."""
        now = self._clock()
        self._each(
            'INSERT INTO choosing ("grant", person, kind, since, mode, people, rules, without)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            ' ON CONFLICT ("grant", person, kind) DO UPDATE SET mode = excluded.mode, people = excluded.people,'
            " rules = excluded.rules, without = excluded.without",
            [(grant, person, kind, now, *_columns(draft)) for kind, draft in drafts.items()],
        )

    def drop_drafts(self, grant: str, person: str | None = None) -> None:
        """Forget what somebody has chosen so far, or everybody."""
        gone = 'DELETE FROM choosing WHERE "grant" = ?'
        if person is None:
            self._do(gone, (grant,))
        else:
            self._do(f"{gone} AND person = ?", (grant, person))


def _draft(columns: Row | list[str]) -> Draft:
    mode, people, rules, without = columns
    named = frozenset(Rule(by, value) for by, value in json.loads(rules))
    return Draft(mode, frozenset(json.loads(people)), named, frozenset(json.loads(without)))


def _columns(draft: Draft) -> tuple[str, str, str, str]:
    rules = json.dumps([[rule.by, rule.value] for rule in sorted(draft.rules)])
    return draft.mode, json.dumps(sorted(draft.people)), rules, json.dumps(sorted(draft.without))
