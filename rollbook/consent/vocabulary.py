"""The words of standards that a hub keeps: each with its list, its namespace and its code."""

from __future__ import annotations

from ..store.sqlite import Store
from .memory import Memory
from .shared import SHARED


class Vocabulary:
    """The words of standards, as lists of codes."""

    def __init__(self, store: Store, memory: Memory) -> None:
        self._store = store
        self._memory = memory
        self._usable: tuple[object, frozenset[tuple[str, str]]] = None, frozenset()

    def usable(self) -> frozenset[tuple[str, str]]:
        """The words of standards that may be used today: each list's name, and `namespace#code` in small letters."""
        today = self._memory.today("UTC")
        moved = self._store.records.execute(
            "SELECT seq FROM moved WHERE district = ? AND kind = 'Descriptor'", (SHARED,)
        ).get
        if self._usable[0] != (moved, today):
            rows = self._store.records.execute(
                "SELECT kind, lower(namespace || '#' || code) FROM descriptor WHERE district = ?"
                " AND coalesce(effective_from, '') <= ? AND coalesce(effective_to, '9') >= ?",
                (SHARED, today, today),
            )
            self._usable = (moved, today), frozenset(rows.fetchall())
        return self._usable[1]

    def every(self) -> frozenset[tuple[str, str, str]]:
        """Every word of a standard that is kept: its list, its namespace and its code."""
        known = self._memory.known()
        if "words" not in known:
            rows = self._store.records.execute(
                "SELECT kind, namespace, code FROM descriptor WHERE district = ?", (SHARED,)
            )
            known["words"] = frozenset(rows.fetchall())
        return known["words"]
