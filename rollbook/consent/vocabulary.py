"""The words of standards that a hub keeps: each with its list, its namespace and its code."""

from __future__ import annotations

from ..store.port import Store
from .memory import Memory
from .shared import SHARED


class Vocabulary:
    """The words of standards, as lists of codes."""

    def __init__(self, store: Store, memory: Memory) -> None:
        self._store = store
        self._memory = memory
        self.complete: set[str] = set()
        """The lists whose published words were all found to be kept; they stay once they are."""
        self._usable: tuple[object, frozenset[tuple[str, str]]] = None, frozenset()

    def usable(self) -> frozenset[tuple[str, str]]:
        """The words of standards that may be used today: each list's name, and `namespace#code` in small letters."""
        today = self._memory.today("UTC")
        moved = self._store.kept.history.moved(SHARED, ("Descriptor",)).get("Descriptor")
        if self._usable[0] != (moved, today):
            self._usable = (moved, today), self._store.kept.schools.usable_words(SHARED, today)
        return self._usable[1]

    def every(self) -> frozenset[tuple[str, str, str]]:
        """Every word of a standard that is kept: its list, its namespace and its code."""
        known = self._memory.known()
        if "words" not in known:
            known["words"] = self._store.kept.schools.words(SHARED)
        return known["words"]
