"""What schools granted to apps, from authorisation to end, with what was agreed and when it ends."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from .statements import Statements

ENDED = 'EXISTS (SELECT 1 FROM ending WHERE ending."grant" = g.id AND ending.at <= hub_now())'
"""Whether the moment has come that a school named for the end of a grant `g`."""

STATE = f"CASE WHEN {ENDED} THEN 'revoked' ELSE g.state END"
"""The state of a grant `g` now: a moment that has come counts before anybody has written it down."""


class Place(NamedTuple):
    """Where a grant is of: the school's hub id, number and name, and the hub id of the app that has it."""

    school: str
    estab: str
    name: str
    app: str


class Grants(Statements):
    """What schools granted to apps, from authorisation to end, with what was agreed and when it ends."""

    def places(self) -> dict[str, Place]:
        """The school and the app of each grant, by its hub id."""
        rows = self._rows(
            'SELECT g.id, g.school, s.estab, s.name, g.app FROM "grant" g'
            " JOIN school s ON s.district = g.district AND s.id = g.school"
        )
        return {grant: Place(*place) for grant, *place in rows}

    def open(self, identity: str, app: str, district: int, school: str, scopes: Iterable[str], at: str) -> None:
        """A grant that is active at once, for a school that an app makes itself; `at` is the moment, UTC."""
        self._do(
            'INSERT INTO "grant" (id, app, district, school, scopes, state, version, people, made)'
            " VALUES (?, ?, ?, ?, ?, 'active', 1, '{}', ?)",
            (identity, app, district, school, json.dumps(sorted(scopes)), at),
        )
