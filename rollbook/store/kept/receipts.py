"""What schools were given in writing of each decision."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from .statements import Row, Timed


class Terms(NamedTuple):
    """What a grant comes to now, and who hears of it.

    `agreed` is the address of whoever agreed, `invited` that of the invitation whose link still opens, `own` the
    school's: each may be empty. `ends` and `now` are seconds since 1970.
    """

    app: str
    estab: str
    school: str
    time_zone: str
    scopes: tuple[str, ...]
    agreed: str
    ends: float | None
    own: str
    invited: str
    now: float


class Entry(NamedTuple):
    """A receipt: its id, the hub id of the grant, the moment (seconds since 1970), the event, and what it says."""

    id: str
    grant: str
    at: float
    event: str
    said: Mapping[str, Any]


_ENTRIES = 'SELECT id, "grant", at, event, told FROM receipt'


def _entry(row: Row) -> Entry:
    identity, grant, at, event, told = row
    return Entry(identity, grant, at, event, json.loads(told))


class Receipts(Timed):
    """What schools were given in writing of each decision."""

    def terms(self, grant: str) -> Terms | None:
        """What a grant (hub id) comes to now."""
        row = self._row(
            "SELECT a.name, s.estab, coalesce(s.name, s.estab), coalesce(nullif(s.time_zone, ''), 'UTC'), g.scopes,"
            " coalesce(t.email, ''), e.at, coalesce(s.email, ''), coalesce(i.email, '')"
            ' FROM "grant" g JOIN app a ON a.id = g.app'
            " JOIN school s ON s.district = g.district AND s.id = g.school"
            ' LEFT JOIN agreement t ON t."grant" = g.id LEFT JOIN ending e ON e."grant" = g.id'
            " LEFT JOIN invitation i ON i.app = g.app AND i.school = g.school AND i.expires > 0 WHERE g.id = ?",
            (grant,),
        )
        if row is None:
            return None
        app, estab, school, time_zone, scopes, agreed, ends, own, invited = row
        return Terms(
            app, estab, school, time_zone, tuple(json.loads(scopes)), agreed, ends, own, invited, self._clock()
        )

    def add(self, entry: Entry) -> None:
        """Keep a receipt."""
        self._do(
            'INSERT INTO receipt (id, "grant", at, event, told) VALUES (?, ?, ?, ?, ?)',
            (entry.id, entry.grant, entry.at, entry.event, json.dumps(entry.said)),
        )

    def of(self, grant: str) -> list[Entry]:
        """The receipts of a grant (hub id), the latest first."""
        return [_entry(row) for row in self._rows(f'{_ENTRIES} WHERE "grant" = ? ORDER BY at DESC, id DESC', (grant,))]

    def with_id(self, identity: str) -> Entry | None:
        """The receipt with this id."""
        row = self._row(f"{_ENTRIES} WHERE id = ?", (identity,))
        return _entry(row) if row else None
