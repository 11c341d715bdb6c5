"""Apps: who they are, and the secrets with which they manage what schools granted them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from ..errors import Conflict, Malformed, NotFound, Problem, nearest
from ..store.sqlite import Store
from ..store.writing import now
from .grants import App
from .secrets import digest, new_secret


@dataclass(frozen=True)
class Veiled:
    """A record that only one app sees (`shown`), or that everybody but that app sees, since a moment (UTC).

    The first is what an app wrote under a natural key that is taken by something that it may not see. The second is
    what an app deleted while something depends on it that the app may not see.
    """

    district: int
    kind: str
    id: str
    app: str
    shown: bool
    at: str


class Apps:
    """The apps that a hub knows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[App]:
        """All apps by name."""
        rows = self._store.records.execute("SELECT id, relying_party, name FROM app ORDER BY name, id")
        return [App(*row) for row in rows]

    def named(self, relying_party: str) -> App:
        """The app that signs in by this name."""
        found = self._store.records.execute(
            "SELECT id, relying_party, name FROM app WHERE relying_party = ?", (relying_party,)
        ).fetchone()
        if found is None:
            known = [a.relying_party for a in self.all()]
            raise NotFound(Problem("app", f"{relying_party} is not known", nearest(relying_party, known)))
        return App(*found)

    def by_id(self, identity: str) -> App | None:
        """The app with this id, if there is one."""
        row = self._store.records.execute(
            "SELECT id, relying_party, name FROM app WHERE id = ?", (identity,)
        ).fetchone()
        return App(*row) if row else None

    def add(self, relying_party: str, name: str = "") -> tuple[App, str]:
        """A new app and its management secret, which is shown once and kept only as a hash."""
        if not relying_party or any(c.isspace() for c in relying_party):
            raise Malformed(Problem("relying party", "must be a name without spaces", "such as app.example.org"))
        if any(a.relying_party.lower() == relying_party.lower() for a in self.all()):
            raise Conflict(Problem("relying party", f"{relying_party} is already taken"))
        app, secret = App(str(uuid.uuid4()), relying_party, name or relying_party), new_secret()
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO app VALUES (?, ?, ?, ?, ?)",
                (app.id, app.relying_party, app.name, digest(secret), now()),
            )
        return app, secret

    def new_secret(self, app: App) -> str:
        """Another management secret for an app; the earlier one and its tokens are void."""
        secret = new_secret()
        with self._store.transaction() as db:
            db.execute("UPDATE app SET secret = ? WHERE id = ?", (digest(secret), app.id))
        with self._store.passing as db:
            db.execute("""DELETE FROM token WHERE app = ? AND "grant" = ''""", (app.id,))
        return secret

    def veiled(self) -> list[Veiled]:
        """The records that only one app sees, or that one app does not see, oldest first."""
        rows = self._store.records.execute(
            "SELECT v.district, v.kind, v.id, a.relying_party, v.shown, v.at FROM veiled v JOIN app a ON a.id = v.app"
            " ORDER BY v.at, v.id"
        )
        return [
            Veiled(district, kind, identity, app, bool(shown), at) for district, kind, identity, app, shown, at in rows
        ]
