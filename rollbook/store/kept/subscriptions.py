"""What apps asked to be told of when it changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from .statements import Statements

State = Mapping[str, list[str]]
"""What a grant sees of a database, by endpoint: what it was read from, and a digest of it; no digest before the first
reading."""


@dataclass(frozen=True)
class Subscription:
    """Where a grant wants to be told of changes of a database; `made` is in seconds since 1970."""

    id: str
    grant: str
    database: str
    url: str
    made: float


class Subscriptions(Statements):
    """What apps asked to be told of when it changes: subscriptions, and the state that each was last told of.

    A state is kept by grant (hub id) and database for as long as somebody subscribes to it.
    """

    def of(self, grant: str, database: str = "") -> list[Subscription]:
        """The subscriptions of a grant, oldest first; to one database, or to all."""
        rows = self._rows(
            'SELECT id, "grant", database, url, made FROM subscription'
            " WHERE \"grant\" = ? AND (? = '' OR database = ?) ORDER BY made, id",
            (grant, database, database),
        )
        return [Subscription(*row) for row in rows]

    def add(self, made: Subscription) -> None:
        """Keep a subscription."""
        self._do(
            'INSERT INTO subscription (id, "grant", database, url, made) VALUES (?, ?, ?, ?, ?)',
            (made.id, made.grant, made.database, made.url, made.made),
        )

    def drop(self, grant: str, identity: str) -> bool:
        """Delete a subscription of a grant; false where it has none with this id."""
        found = self._do('DELETE FROM subscription WHERE "grant" = ? AND id = ? RETURNING 1', (grant, identity))
        self._tidy(grant)
        return found

    def end(self, grant: str) -> None:
        """Delete all subscriptions of a grant."""
        self._do('DELETE FROM subscription WHERE "grant" = ?', (grant,))
        self._tidy(grant)

    def _tidy(self, grant: str) -> None:
        self._do(
            'DELETE FROM watched WHERE "grant" = ? AND NOT EXISTS (SELECT 1 FROM subscription s'
            ' WHERE s."grant" = watched."grant" AND s.database = watched.database)',
            (grant,),
        )

    # ---- what each was told

    def watched(self) -> list[tuple[str, str]]:
        """Every grant and database to which somebody has subscribed."""
        return [(grant, database) for grant, database in self._rows('SELECT "grant", database FROM watched')]

    def watch(self, grant: str, database: str, state: State) -> None:
        """Begin with a state, unless there is one."""
        self._do(
            'INSERT INTO watched ("grant", database, state) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
            (grant, database, json.dumps(state)),
        )

    def told(self, grant: str, database: str) -> State:
        """The state that was last told of, or that was there when somebody subscribed; empty where nobody has."""
        found = self._value('SELECT state FROM watched WHERE "grant" = ? AND database = ?', (grant, database))
        return json.loads(found) if found else {}

    def tell(self, grant: str, database: str, state: State) -> None:
        """Keep the state that is told of now, where somebody subscribes."""
        self._do(
            'UPDATE watched SET state = ? WHERE "grant" = ? AND database = ?', (json.dumps(state), grant, database)
        )
