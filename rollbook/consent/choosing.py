"""How a school chooses the people whom an app may read of: in a draft, while the grant is paused, then confirmed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..errors import Conflict, Malformed, Problem, nearest
from ..store.sqlite import Store
from .filtering import KINDS, Choice
from .grants import MODES, Grant, human_kind

EVERYONE = "all"
"""The mode in which nobody is named."""


@dataclass(frozen=True)
class Draft:
    """Of one kind of human: everyone (`all`), `only` the people with these MIS ids, or all `except` them."""

    mode: str
    people: frozenset[str]


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


class ChoosingDesk:
    """The part of the desk at which a school chooses people for a grant."""

    store: Store

    def choose(self, grant: Grant, kind: str, mode: str, mis_ids: Iterable[str]) -> Grant:
        """Let a grant see only these people of a kind, or all except them; mode `all` takes the choice back."""
        raise NotImplementedError

    def people_of(self, grant: Grant) -> tuple[Choice, ...]:
        """What a grant sees of each kind of human."""
        raise NotImplementedError

    def pause(self, grant: Grant, paused: bool = True) -> Grant:
        """Stop a grant for a while, or let it go on."""
        raise NotImplementedError

    def today(self, time_zone: str) -> str:
        """The day as of which a school is read."""
        raise NotImplementedError

    # ---- the draft

    def begin_choosing(self, grant: Grant) -> Mapping[str, Draft]:
        """Pause a grant and lay out what is chosen now, to be changed; a draft that there is goes on."""
        self.pause(grant)
        there = self.draft(grant)
        if there:
            return there
        now = {kind: self.chosen(grant, kind) for kind in KINDS}
        with self.store.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?)", [_row(grant, k, d) for k, d in now.items()]
            )
        return now

    def draft(self, grant: Grant) -> dict[str, Draft]:
        """What has been chosen so far, by kind of human; empty where the school is not choosing."""
        rows = self.store.records.execute(
            'SELECT kind, mode, people FROM draft WHERE "grant" = ?', (grant.id,)
        ).fetchall()
        found = {kind: Draft(mode, frozenset(json.loads(people))) for kind, mode, people in rows}
        return {kind: found[kind] for kind in KINDS if kind in found}

    def change_draft(
        self, grant: Grant, kind: str, mode: str, *, tick: Iterable[str] = (), untick: Iterable[str] = ()
    ) -> Draft:
        """Change the draft of one kind: its mode, and people (MIS ids) who are ticked or no longer are."""
        human = human_kind(kind)
        if mode not in {*MODES, EVERYONE}:
            raise Malformed(Problem("mode", f"{mode[:20]} is not known", nearest(mode[:20], [*MODES, EVERYONE])))
        ticked, gone = frozenset(tick), frozenset(untick)
        strange = ticked - self._held(grant, human, ticked)
        if strange:
            raise Malformed(Problem("people", f"{len(strange)} of those ticked are not people of the school"))
        with self.store.transaction() as db:
            said = db.execute('SELECT people FROM draft WHERE "grant" = ? AND kind = ?', (grant.id, human)).get
            if said is None:
                raise Conflict("nobody is choosing people now", hint="begin on the page of the authorisation")
            draft = Draft(mode, (frozenset(json.loads(said)) - gone) | ticked)
            db.execute("INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?)", _row(grant, human, draft))
        return draft

    def confirm_choosing(self, grant: Grant) -> Grant:
        """Let what was drafted be chosen, and the grant go on."""
        drafts = self.draft(grant)
        if not drafts:
            raise Conflict("nobody is choosing people now", hint="begin on the page of the authorisation")
        for kind, draft in drafts.items():
            # Whoever has been taken out of the records meanwhile is nobody's choice any more.
            people = self._held(grant, kind, draft.people) if draft.mode != EVERYONE else frozenset[str]()
            if Draft(draft.mode, people) != self.chosen(grant, kind):
                self.choose(grant, kind, draft.mode, sorted(people))
        self._drop_draft(grant)
        return self.pause(grant, False)

    def give_up_choosing(self, grant: Grant) -> Grant:
        """Leave what is chosen as it was before, and let the grant go on."""
        self._drop_draft(grant)
        return self.pause(grant, False)

    def _drop_draft(self, grant: Grant) -> None:
        with self.store.transaction() as db:
            db.execute('DELETE FROM draft WHERE "grant" = ?', (grant.id,))

    # ---- people

    def chosen(self, grant: Grant, kind: str) -> Draft:
        """What the school has chosen of one kind of human; whom the app leaves out by itself does not count."""
        choice = next(c for c in self.people_of(grant) if c.kind == kind)
        return Draft(choice.mode, frozenset(choice.ids) if choice.mode != EVERYONE else frozenset())

    def candidates(self, grant: Grant, kind: str, search: Search, limit: int = -1, offset: int = 0) -> list[Candidate]:
        """The school's people of a kind who are looked for, by surname."""
        place = _PLACE[kind]
        rows = self.store.records.execute(
            "SELECT r.mis_id, trim(coalesce(p.forename, '') || ' ' || coalesce(p.surname, '')),"
            f" {place}, {_LEFT[kind]} {self._where(kind)}"
            " ORDER BY fold(p.surname), fold(p.forename), r.mis_id LIMIT :limit OFFSET :offset",
            {**self._sought(grant, search), "limit": limit, "offset": offset},
        ).fetchall()
        return [Candidate(mis_id, name, where, bool(left)) for mis_id, name, where, left in rows]

    def count_candidates(self, grant: Grant, kind: str, search: Search) -> int:
        """How many people are looked for."""
        return self.store.records.execute(f"SELECT count(*) {self._where(kind)}", self._sought(grant, search)).get

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
            "today": self.today(grant.time_zone),
            "text": " ".join(search.text.split()).casefold(),
            "leavers": search.leavers,
            "narrowed": search.ticked is not None,
            "kept": json.dumps(sorted(search.ticked or ())),
        }

    def _held(self, grant: Grant, kind: str, mis_ids: frozenset[str]) -> frozenset[str]:
        """Those of some MIS ids that are people of the school."""
        table = _FROM[kind].split(" ")[0]
        rows = self.store.records.execute(
            f"SELECT mis_id FROM {table} WHERE district = ? AND school = ?"
            " AND mis_id IN (SELECT value FROM json_each(?))",
            (grant.district, grant.school, json.dumps(sorted(mis_ids))),
        ).fetchall()
        return frozenset(m for (m,) in rows)


def _row(grant: Grant, kind: str, draft: Draft) -> tuple[str, str, str, str]:
    return grant.id, kind, draft.mode, json.dumps(sorted(draft.people))
