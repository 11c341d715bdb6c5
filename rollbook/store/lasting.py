"""What was read within transactions and lasts from one to the next: as long as nobody else writes, it is still so.

Documents that are posted one after the other name the same schools, courses and people, and rest on the same sources
and choices. Whoever writes together (`turns.py`) reads them once. What was read of a table is forgotten as soon as
anything is written to it; all is forgotten where another process has written, where something else than records was
changed, and where what was written is undone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..recent import holds

MOST = 2_000
"""How much is remembered of the same tables at most."""

Found = TypeVar("Found")

Tables = tuple[str, ...]
"""What something was read of; nothing where it is no record."""


class Lasting:
    """What lasts of one file; for the one thread whose turn it is to write to it."""

    def __init__(self) -> None:
        # Another thread may have all forgotten at any moment: what is added then is added to what is forgotten.
        self._state: tuple[dict[Tables, dict[object, Any]], dict[str, set[Tables]]] = {}, {}
        holds(self)

    def get(self, key: object, tables: Tables, make: Callable[[], Found]) -> Found:
        """What was read of some tables, read where it is not known; nobody changes it."""
        known = self._of(tables)
        if key not in known:
            if len(known) >= MOST:
                known.clear()
            known[key] = make()
        return known[key]

    def put(self, key: object, value: object) -> None:
        """What is so from now on, of what is no record."""
        self._of(())[key] = value

    def moved(self, table: str) -> None:
        """Something was written to a table."""
        found, reading = self._state
        for tables in reading.pop(table, ()):
            found.pop(tables, None)

    def forget(self) -> None:
        """Anything may be otherwise now."""
        self._state = {}, {}

    def _of(self, tables: Tables) -> dict[object, Any]:
        found, reading = self._state
        known = found.get(tables)
        if known is None:
            known = found[tables] = {}
            for table in tables:
                reading.setdefault(table, set()).add(tables)
        return known
