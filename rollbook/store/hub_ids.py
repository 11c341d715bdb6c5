"""Hub ids by keys: statements tell of humans and schools by keys, which nobody above the store knows."""

from __future__ import annotations

from collections.abc import Sequence

from ..fields import RECORDS
from ..model.organisation import School
from ..model.people import Person
from .connection import Connection
from .plan.sights import BETWEEN

BLOCK = 1024
"""How many keys are looked up together: what was made together is mostly told of together."""

MOST = 1_000_000
"""How many hub ids are remembered, about 100 bytes each."""

_OF_BLOCK = " UNION ALL ".join(
    f'SELECT key, id FROM "{kind.table}" WHERE district = :district AND key >= :first AND key < :end'
    for kind in RECORDS.values()
    if kind.human or kind in (Person, School)
)


NOBODY = frozenset({None})


class HubIds:
    """The hub ids of humans and schools, remembered: a key that was ever committed stands for nothing else.

    A transaction may be rolled back and its keys be used again, so that each has one of its own, beside those that are
    known already; when it is kept, so is what it learned.
    """

    def __init__(self, committed: HubIds | None = None) -> None:
        self._known: dict[int | str | None, str] = {}
        self._blocks: set[tuple[int, int]] = set()
        self._committed = committed

    def of(self, connection: Connection, district: int, told: int | str | None) -> str | None:
        """What a statement tells by a key, or by a text of keys with commas between, by hub ids.

        A hub id is left as it is. None stands for nobody, and for somebody who is gone.
        """
        if told is None:
            return None
        if isinstance(told, int):
            return self._have(told) or self._read(connection, district, told)
        found = (self.of(connection, district, int(one)) if one.isdecimal() else one for one in told.split(BETWEEN))
        return BETWEEN.join(filter(None, found))

    def each(self, connection: Connection, district: int, told: Sequence[int | str | None]) -> list[str | None]:
        """The same for a column of many rows, each value once: schools are the same in all of them."""
        known = self._known
        others = set(told).difference(known)
        if others <= NOBODY:
            return [*map(known.get, told)]
        found = {one: self.of(connection, district, one) for one in others}
        return [found[one] if one in found else known[one] for one in told]

    def learn(self, others: HubIds) -> None:
        """Take over what a transaction learned that is kept."""
        self._make_room()
        self._known.update(others._known)
        self._blocks |= others._blocks

    def _have(self, key: int) -> str | None:
        found = self._known.get(key)
        return self._committed._have(key) if found is None and self._committed is not None else found

    def _read(self, connection: Connection, district: int, key: int) -> str | None:
        """Look up what was made together with a key; what was made later, by itself."""
        self._make_room()
        first = key - key % BLOCK
        known = self._was_read((district, first))
        self._blocks.add((district, first))
        first, end = (key, key + 1) if known else (first, first + BLOCK)
        self._known.update(connection.execute(_OF_BLOCK, {"district": district, "first": first, "end": end}).fetchall())
        return self._known.get(key)

    def _was_read(self, block: tuple[int, int]) -> bool:
        return block in self._blocks or (self._committed is not None and self._committed._was_read(block))

    def _make_room(self) -> None:
        if len(self._known) > MOST:
            self._known, self._blocks = {}, set()
