"""Decisions about grants that count from a later moment, whether or not anybody has written down that it has come."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from ..numbering import new_id
from .statements import Row, Timed

NARROW, WIDEN, PAUSE, RESUME, BEGIN = "narrow", "widen", "pause", "resume", "begin"
"""What can be decided for later: no longer sharing some scopes, sharing more, pausing, going on, and beginning."""

_TO = {PAUSE: "paused", RESUME: "active", BEGIN: "active"}


class Planned(NamedTuple):
    """A decision: of which grant (hub id), from which moment on (seconds since 1970), what, about which scopes.

    `by` is who decided, as receipts say it.
    """

    id: str
    grant: str
    at: float
    what: str
    scopes: tuple[str, ...]
    by: str
    made: float

    def after(self, state: str, scopes: frozenset[str]) -> tuple[str, frozenset[str]]:
        """The state and the scopes of a grant once it counts; one that has ended stays as it is."""
        if state == "revoked":
            return state, scopes
        named = frozenset(self.scopes)
        left = scopes - named if self.what == NARROW else scopes | named
        return _TO.get(self.what, state), left


def after(due: Iterable[Planned], state: str, scopes: frozenset[str]) -> tuple[str, frozenset[str]]:
    """The state and the scopes of a grant once some decisions count, in their order."""
    for one in due:
        state, scopes = one.after(state, scopes)
    return state, scopes


_PLANNED = 'SELECT p.id, p."grant", p.at, p.what, p.scopes, p.made_by, p.made FROM planned p'

# While people are chosen nothing goes on by itself: it would tell of those who are about to be left out.
_FREE = (
    f"(p.what NOT IN ('{RESUME}', '{BEGIN}') OR (NOT EXISTS (SELECT 1 FROM choosing d WHERE d.\"grant\" = p.\"grant\")"
    ' AND NOT EXISTS (SELECT 1 FROM agreement a WHERE a."grant" = p."grant" AND a.shown = 0)))'
)


class Plannings(Timed):
    """What was decided about grants (hub ids) for later; moments are seconds since 1970."""

    def add(self, grant: str, at: float, what: str, scopes: Iterable[str], by: str) -> None:
        """Keep a decision."""
        self._do(
            'INSERT INTO planned (id, "grant", at, what, scopes, made_by, made) VALUES (?, ?, ?, ?, ?, ?, ?)',
            (new_id(), grant, at, what, json.dumps(sorted(scopes)), by, self._clock()),
        )

    def of(self, grant: str) -> list[Planned]:
        """What was decided of a grant and not carried out yet, in the order in which it counts."""
        return self._those('WHERE p."grant" = ?', grant)

    def due(self) -> dict[str, list[Planned]]:
        """By grant, the decisions that count by now and are not carried out yet, in their order."""
        found: dict[str, list[Planned]] = {}
        for one in self._those(f"WHERE p.at <= ? AND {_FREE}", self._clock()):
            found.setdefault(one.grant, []).append(one)
        return found

    def moments(self) -> list[float]:
        """The moments from which decisions count, in order."""
        return self._values("SELECT at FROM planned ORDER BY at")

    def drop(self, identity: str) -> bool:
        """Forget a decision; false where it is there no more."""
        return self._do("DELETE FROM planned WHERE id = ? RETURNING 1", (identity,))

    def drop_of(self, grant: str, what: Iterable[str] = ()) -> None:
        """Forget what was decided of a grant: all, or only decisions of some kinds."""
        kinds = list(what)
        some = f" AND what {self._in('?')}" if kinds else ""
        self._do(f'DELETE FROM planned WHERE "grant" = ?{some}', (grant, *([json.dumps(kinds)] if kinds else ())))

    def _those(self, where: str, *values: object) -> list[Planned]:
        return [_planned(row) for row in self._rows(f"{_PLANNED} {where} ORDER BY p.at, p.made, p.id", values)]


def _planned(row: Row) -> Planned:
    identity, grant, at, what, scopes, by, made = row
    return Planned(identity, grant, at, what, tuple(json.loads(scopes)), by, made)
