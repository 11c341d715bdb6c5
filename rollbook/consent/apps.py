"""Apps: who they are, and the secrets with which they manage what schools granted them."""

from __future__ import annotations

import uuid

from ..errors import Conflict, Malformed, NotFound, Problem, nearest
from ..store.kept.history import Veiled
from ..store.numbering import now
from ..store.port import Store
from .grants import App
from .secrets import digest, new_secret

TAKEN = "already taken"

LONGEST = 200
"""The longest name that an app may sign in by."""


class Apps:
    """The apps that a hub knows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[App]:
        """All apps by name."""
        return self._store.kept.apps.every()

    def named(self, relying_party: str) -> App:
        """The app that signs in by this name."""
        found = self._store.kept.apps.named(relying_party)
        if found is None:
            known = [a.relying_party for a in self.all()]
            raise NotFound(Problem("app", f"{relying_party} is not known", nearest(relying_party, known)))
        return found

    def by_id(self, identity: str) -> App | None:
        """The app with this id, if there is one."""
        return self._store.kept.apps.with_id(identity)

    def add(self, relying_party: str, name: str = "") -> tuple[App, str]:
        """A new app and its management secret, which is shown once and kept only as a hash."""
        if wrong := self.name_problems(relying_party):
            raise (Conflict if wrong[0].what.endswith(TAKEN) else Malformed)(*wrong)
        app, secret = new_app(relying_party, name)
        with self._store.transaction() as kept:
            kept.apps.add(app, digest(secret), now())
        return app, secret

    def name_problems(self, relying_party: str) -> list[Problem]:
        """Why no app can be added that signs in by a name."""
        if not relying_party or len(relying_party) > LONGEST or any(c.isspace() for c in relying_party):
            return [Problem("relying party", "must be a name without spaces", "such as app.example.org")]
        if self._store.kept.apps.named(relying_party) is not None:
            return [Problem("relying party", f"{relying_party} is {TAKEN}")]
        return []

    def new_secret(self, app: App, until: float = 0.0) -> str:
        """Another management secret for an app; the earlier one is void, with its tokens, or will be at a moment."""
        secret = new_secret()
        with self._store.transaction() as kept:
            kept.apps.renew_secret(app.id, digest(secret), until)
        if until:
            return secret
        with self._store.passing as passing:
            passing.tokens.drop_managing(app.id)
        return secret

    def veiled(self) -> list[Veiled]:
        """The records that only one app sees, or that one app does not see, oldest first."""
        return self._store.kept.history.veiled()


def new_app(relying_party: str, name: str) -> tuple[App, str]:
    """An app that nobody has kept yet, and its management secret."""
    return App(str(uuid.uuid4()), relying_party, name or relying_party), new_secret()
