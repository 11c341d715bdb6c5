"""How a school chooses the people whom an app may read of: in a draft, while the grant is paused, then confirmed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..errors import Conflict, Malformed, Problem, nearest
from ..fields import RECORDS
from ..store.choices import Lists, Reckoning, lists_of, place_of
from ..store.connection import Connection
from ..store.rules import KINDS as CHOSEN_BY
from ..store.rules import Roll, Rule
from ..store.sqlite import Store
from .authorising import Grants
from .filtering import KINDS, People
from .grants import MODES, Grant, human_kind
from .memory import Memory
from .receipts import give_receipt

EVERYONE = "all"
"""The mode in which nobody is named."""


@dataclass(frozen=True)
class Draft:
    """Of one kind of human: everyone (`all`), `only` the people on a list, or all `except` them.

    On the list are the `people` (MIS ids) and those whom the `rules` name, without those in `without`.
    """

    mode: str
    people: frozenset[str]
    rules: frozenset[Rule] = frozenset()
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Offer:
    """A rule that a school may choose: what it calls the group, and how many students the rule names today."""

    rule: Rule
    name: str
    count: int


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be chosen: MIS id, name, and where the school's people look for them (a form, a staff code)."""

    mis_id: str
    name: str
    place: str
    left: bool


@dataclass(frozen=True)
class Search:
    """Which people are looked for: by part of a name, a place or an Id; with those who left; of those `ticked`."""

    text: str = ""
    leavers: bool = False
    ticked: frozenset[str] | None = None


_FROM = {
    "Student": 'student r LEFT JOIN "group" g ON g.district = r.district AND g.id = r.reg_group',
    "Staff": "staff r",
    "Contact": "contact r",
}
_PLACE = {"Student": "coalesce(g.name, '')", "Staff": "coalesce(r.code, '')", "Contact": "''"}
_LEFT = {
    "Student": "coalesce(r.leaving_date < :today, 0)",
    "Staff": "coalesce(r.employment_end < :today, 0)",
    "Contact": "0",
}


class Choosing:
    """Where a school chooses people for a grant."""

    def __init__(self, store: Store, by: str, memory: Memory, grants: Grants, people: People) -> None:
        """`by` is who chooses, as receipts say it."""
        self._store = store
        self._by = by
        self._memory = memory
        self._grants = grants
        self._people = people

    # ---- the draft

    def begin(self, grant: Grant) -> Mapping[str, Draft]:
        """Pause a grant and lay out what is chosen now, to be changed; a draft that there is goes on."""
        self._grants.pause(grant)
        there = self.draft(grant)
        if there:
            return there
        now = {kind: self.chosen(grant, kind) for kind in KINDS}
        with self._store.transaction() as db:
            db.executemany(_KEEP, [_row(grant, k, d) for k, d in now.items()])
        return now

    def draft(self, grant: Grant) -> dict[str, Draft]:
        """What has been chosen so far, by kind of human; empty where the school is not choosing."""
        rows = self._store.records.execute(
            'SELECT kind, mode, people, rules, without FROM draft WHERE "grant" = ?', (grant.id,)
        ).fetchall()
        found = {kind: _draft(*row) for kind, *row in rows}
        return {kind: found[kind] for kind in KINDS if kind in found}

    def change(
        self,
        grant: Grant,
        kind: str,
        mode: str,
        *,
        tick: Iterable[str] = (),
        untick: Iterable[str] = (),
        rules: Iterable[Rule] | None = None,
    ) -> Draft:
        """Change the draft of one kind: its mode, people (MIS ids) who are ticked or no longer are, and its rules.

        Somebody whom a rule names is on the list already; unticked, they are left out of it though the rule stays.
        """
        human = human_kind(kind)
        if mode not in {*MODES, EVERYONE}:
            raise Malformed(Problem("mode", f"{mode[:20]} is not known", nearest(mode[:20], [*MODES, EVERYONE])))
        ticked, gone = frozenset(tick), frozenset(untick)
        strange = ticked - self._held(grant, human, ticked)
        if strange:
            raise Malformed(Problem("people", f"{len(strange)} of the people ticked are not at the school"))
        with self._store.transaction() as db:
            row = db.execute(
                'SELECT mode, people, rules, without FROM draft WHERE "grant" = ? AND kind = ?', (grant.id, human)
            ).fetchone()
            if row is None:
                raise Conflict("no choice of people is in progress", hint="start on the first page of this link")
            before = _draft(*row)
            wanted = before.rules if rules is None else frozenset(rules)
            by_rule = self._by_rule(grant, before.rules)
            named = (before.people - gone) | (ticked - by_rule) | (ticked & before.people)
            without = ((before.without - ticked) | (gone & by_rule)) if wanted else frozenset[str]()
            draft = Draft(mode, named, self._rules_known(grant, human, before.rules, wanted), without)
            db.execute(_KEEP, _row(grant, human, draft))
        return draft

    def confirm(self, grant: Grant) -> Grant:
        """Let what was drafted be chosen, and the grant go on."""
        drafts = self.draft(grant)
        if not drafts:
            raise Conflict("no choice of people is in progress", hint="start on the first page of this link")
        for kind, draft in drafts.items():
            # Whoever has been taken out of the records meanwhile is nobody's choice any more.
            people, without = (self._held(grant, kind, some) for some in (draft.people, draft.without))
            kept = Draft(draft.mode, people, draft.rules, without) if draft.mode != EVERYONE else _EVERYONE
            if kept != self.chosen(grant, kind):
                rules, less = sorted(kept.rules), sorted(without)
                self._people.choose(grant, kind, kept.mode, sorted(people), rules=rules, without=less, receipt=False)
        first = self._grants.first_choice(grant)
        with self._store.transaction() as db:
            db.execute('DELETE FROM draft WHERE "grant" = ?', (grant.id,))
            give_receipt(db, grant.id, "authorised" if first else "people", self._by)
        return self._grants.pause(grant, False)

    def cancel(self, grant: Grant) -> Grant:
        """Leave what is chosen as it was before, and let the grant go on."""
        self._drop_draft(grant)
        return self._grants.pause(grant, False)

    def _drop_draft(self, grant: Grant) -> None:
        with self._store.transaction() as db:
            db.execute('DELETE FROM draft WHERE "grant" = ?', (grant.id,))

    # ---- people

    def chosen(self, grant: Grant, kind: str) -> Draft:
        """What the school has chosen of one kind of human; whom the app leaves out by itself does not count."""
        choice = next(c for c in self._people.of(grant) if c.kind == kind)
        if choice.mode == EVERYONE:
            return _EVERYONE
        return Draft(choice.mode, frozenset(choice.ids), frozenset(choice.rules), frozenset(choice.without))

    def offers(self, grant: Grant) -> list[Offer]:
        """By what the school's students may be chosen: each of its years, forms, houses, classes and courses."""
        day = self._memory.today(grant.time_zone)
        with self._store.lend() as connection:
            roll = Roll(connection, grant.district, grant.school)
            return [Offer(rule, name, len(roll.on(day, [rule]))) for rule, name in roll.rules().items()]

    def on_list(self, grant: Grant, kind: str, draft: Draft) -> frozenset[str]:
        """Who is on a list today (MIS ids): those named one by one, and those whom a rule names."""
        return (draft.people | self._by_rule(grant, draft.rules)) - draft.without

    def would_see(self, grant: Grant, drafts: Mapping[str, Draft]) -> dict[str, frozenset[str]]:
        """Whom the app would see today (MIS ids) if the drafts counted, by kind of human."""
        with self._store.lend() as connection:
            place = place_of(connection, grant.id)
            said = {kind: _lists(connection, grant, kind, draft) for kind, draft in drafts.items()}
            reckoning = Reckoning(connection, place, said)
            found: dict[str, frozenset[str]] = {}
            for kind in KINDS:
                guard, rows = reckoning.guard(kind), _everyone(connection, grant, kind)
                found[kind] = frozenset(m for i, m in rows if guard.lets_in(i, place.day))
        return found

    def _by_rule(self, grant: Grant, rules: Iterable[Rule]) -> frozenset[str]:
        """The students (MIS ids) whom rules name today."""
        with self._store.lend() as connection:
            roll = Roll(connection, grant.district, grant.school)
            ids = roll.on(self._memory.today(grant.time_zone), rules)
            return frozenset(m for i, m in _everyone(connection, grant, "Student") if i in ids) if ids else frozenset()

    def _rules_known(
        self, grant: Grant, kind: str, before: frozenset[Rule], wanted: frozenset[Rule]
    ) -> frozenset[Rule]:
        """Rules that are wanted; raises `Malformed` for those that name no group of the school."""
        with self._store.lend() as connection:
            roll = Roll(connection, grant.district, grant.school)
            strange = [r for r in wanted - before if kind != "Student" or r.by not in CHOSEN_BY or not roll.known(r)]
        if strange:
            raise Malformed(Problem("rule", f"{len(strange)} of the groups chosen are not at the school"))
        return wanted

    def candidates(self, grant: Grant, kind: str, search: Search, limit: int = -1, offset: int = 0) -> list[Candidate]:
        """The school's people of a kind who are looked for, by surname."""
        place = _PLACE[kind]
        rows = self._store.records.execute(
            "SELECT r.mis_id, trim(coalesce(p.forename, '') || ' ' || coalesce(p.surname, '')),"
            f" {place}, {_LEFT[kind]} {self._where(kind)}"
            " ORDER BY fold(p.surname), fold(p.forename), r.mis_id LIMIT :limit OFFSET :offset",
            {**self._sought(grant, search), "limit": limit, "offset": offset},
        ).fetchall()
        return [Candidate(mis_id, name, where, bool(left)) for mis_id, name, where, left in rows]

    def count(self, grant: Grant, kind: str, search: Search) -> int:
        """How many people are looked for."""
        return self._store.records.execute(f"SELECT count(*) {self._where(kind)}", self._sought(grant, search)).get

    def _where(self, kind: str) -> str:
        named = "fold(coalesce(p.forename, '') || ' ' || coalesce(p.surname, ''))"
        return (
            f"FROM {_FROM[kind]} LEFT JOIN person p ON p.district = r.district AND p.id = r.person"
            " WHERE r.district = :district AND r.school = :school AND r.mis_id IS NOT NULL"
            f" AND (:leavers OR NOT {_LEFT[kind]} OR r.mis_id IN (SELECT value FROM json_each(:kept)))"
            f" AND (:text = '' OR instr({named}, :text) OR fold({_PLACE[kind]}) = :text OR r.mis_id = :text)"
            " AND (NOT :narrowed OR r.mis_id IN (SELECT value FROM json_each(:kept)))"
        )

    def _sought(self, grant: Grant, search: Search) -> dict[str, object]:
        return {
            "district": grant.district,
            "school": grant.school,
            "today": self._memory.today(grant.time_zone),
            "text": " ".join(search.text.split()).casefold(),
            "leavers": search.leavers,
            "narrowed": search.ticked is not None,
            "kept": json.dumps(sorted(search.ticked or ())),
        }

    def _held(self, grant: Grant, kind: str, mis_ids: frozenset[str]) -> frozenset[str]:
        """Those of some MIS ids that are people of the school."""
        table = _FROM[kind].split(" ")[0]
        rows = self._store.records.execute(
            f"SELECT mis_id FROM {table} WHERE district = ? AND school = ?"
            " AND mis_id IN (SELECT value FROM json_each(?))",
            (grant.district, grant.school, json.dumps(sorted(mis_ids))),
        ).fetchall()
        return frozenset(m for (m,) in rows)


_KEEP = "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?, ?)"

_EVERYONE = Draft(EVERYONE, frozenset())


def _row(grant: Grant, kind: str, draft: Draft) -> tuple[str, ...]:
    rules = json.dumps([[rule.by, rule.value] for rule in sorted(draft.rules)])
    return grant.id, kind, draft.mode, json.dumps(sorted(draft.people)), rules, json.dumps(sorted(draft.without))


def _draft(mode: str, people: str, rules: str, without: str) -> Draft:
    named = frozenset(Rule(by, value) for by, value in json.loads(rules))
    return Draft(mode, frozenset(json.loads(people)), named, frozenset(json.loads(without)))


def _everyone(connection: Connection, grant: Grant, kind: str) -> list[tuple[str, str]]:
    """The hub id and the MIS id of everyone of a kind."""
    table = RECORDS[kind].table
    return connection.execute(
        f'SELECT id, mis_id FROM "{table}" WHERE district = ? AND school = ? AND mis_id IS NOT NULL',
        (grant.district, grant.school),
    ).fetchall()


def _lists(connection: Connection, grant: Grant, kind: str, draft: Draft) -> Lists:
    """A draft by hub ids, beside what the app leaves out by itself."""
    ids = {mis_id: identity for identity, mis_id in _everyone(connection, grant, kind)}
    named, without = (frozenset(ids[m] for m in some if m in ids) for some in (draft.people, draft.without))
    declined = lists_of(connection, grant.id, kind).declined
    return Lists(draft.mode, named, draft.rules, without, declined)
