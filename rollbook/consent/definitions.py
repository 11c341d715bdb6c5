"""What whoever runs a hub defines for a dialect, such as claim sets: kept whole, and read by the dialect."""

from __future__ import annotations

from ..store.port import Store


class Definitions:
    """Definitions of this hub, by what they are of."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, what: str) -> str:
        """What was defined, as it was written; nothing if nothing was."""
        return self._store.setting(what) or ""

    def put(self, what: str, text: str) -> None:
        """Define something anew."""
        self._store.set(what, text)
