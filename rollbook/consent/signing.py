"""What the hub signs its calls to an app with: secrets that are derived when they are needed, and stored nowhere."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable

from ..store.port import Store
from .grants import App

OVERLAP = 24 * 3600.0
"""Seconds for which calls are signed with the earlier secret too, so that a receiver can change over in between."""

PREFIX = "whsec_"
"""How Standard Webhooks marks a secret (specification 1.0.0, Signature scheme)."""


class Signing:
    """What each app verifies the hub's calls with."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def secret(self, app: App) -> str:
        """The secret with which calls to an app are signed now, in the form that receivers' libraries take."""
        return PREFIX + base64.b64encode(self._derived(app, self._store.kept.apps.rotation(app.id)[0])).decode()

    def rotate(self, app: App, until: float = 0.0) -> str:
        """Another secret for an app; for a day, or until a moment, calls carry the earlier one's signature too."""
        with self._store.transaction() as kept:
            kept.apps.rotate(app.id, until - OVERLAP if until else self._clock())
        return self.secret(app)

    def keys(self, app: App) -> list[bytes]:
        """The keys with which a call to an app is signed now, the newest first."""
        rotation, at = self._store.kept.apps.rotation(app.id)
        overlapping = rotation and self._clock() < at + OVERLAP
        return [self._derived(app, number) for number in ([rotation, rotation - 1] if overlapping else [rotation])]

    def _derived(self, app: App, rotation: int) -> bytes:
        return hmac.digest(self._store.secret("webhook signing"), f"{app.id} {rotation}".encode(), "sha256")
