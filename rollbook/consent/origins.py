"""Origins: from where browsers may call for an app, which is for its sandboxes and for no real school."""

from __future__ import annotations

import re

from ..errors import Conflict, Malformed, Problem
from ..store.port import Store
from .grants import App

MOST = 10
"""How many origins an app may name."""

# RFC 6454 §6.2: a scheme, a host and perhaps a port. Only a developer's own machine does without TLS.
_ORIGIN = re.compile(r"https://[a-z0-9.-]{1,200}(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?")


class Origins:
    """The origins of apps."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, app: App) -> list[str]:
        """The origins of an app, in order."""
        return self._store.kept.apps.origins(app.id)

    def apps(self, origin: str) -> list[str]:
        """The apps (hub ids) that named an origin."""
        return self._store.kept.apps.from_origin(origin)

    def add(self, app: App, origin: str) -> None:
        """Let browsers call from an origin for the sandboxes of an app."""
        wanted = origin.strip().rstrip("/").lower()
        if not _ORIGIN.fullmatch(wanted):
            hint = "such as https://app.example.org or http://localhost:3000"
            raise Malformed(Problem("origin", "is no scheme, host and port", hint))
        with self._store.transaction() as kept:
            if len(kept.apps.origins(app.id)) >= MOST:
                raise Conflict(f"an app may name {MOST} origins", hint="remove one first")
            kept.apps.add_origin(app.id, wanted)

    def drop(self, app: App, origin: str) -> None:
        """Let browsers call from an origin no longer."""
        with self._store.transaction() as kept:
            kept.apps.drop_origin(app.id, origin)

    def may(self, origin: str, caller: str) -> bool:
        """Whether a caller (the id of a grant or a credential) is, at this origin, an app at its sandbox."""
        kept = self._store.kept
        held = kept.grants.with_id(caller) or kept.credentials.by_id(caller)
        if held is None or held.app.id not in kept.apps.from_origin(origin):
            return False
        return held.district in kept.sandboxes.districts(held.app.id)
