"""Districts and schools as the operator of a hub names them."""

from __future__ import annotations

from ..errors import NotFound, Problem, nearest
from ..fields import RECORDS
from ..store.kept.schools import District, Place
from ..store.kept.schools import Listed as Listed
from ..store.port import Store
from .grants import human_kind


class Schools:
    """The districts and schools of a hub."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Listed]:
        """Every school, by district and establishment number."""
        return self._store.kept.schools.listed()

    def districts(self) -> list[District]:
        """Every district, by number."""
        return self._store.kept.schools.districts()

    def find(self, estab: str) -> tuple[int, str, str]:
        """The district number, hub id and name of the school with this establishment number."""
        found = self._store.kept.schools.numbered(estab)
        if found is None:
            raise self._unknown(estab)
        return found

    def place(self, estab: str) -> Place:
        """Where the school with this establishment number is."""
        found = self._store.kept.schools.place(estab)
        if found is None:
            raise self._unknown(estab)
        return found

    def _unknown(self, estab: str) -> NotFound:
        known = [f"{school.estab}" for school in self.all()][:40]
        return NotFound(Problem("estab", f"no school has the number {estab}", nearest(estab, known)))

    def person(self, estab: str, kind: str, mis_id: str) -> str:
        """The hub id of the human who is a student, a member of staff or a contact of a school by an MIS id."""
        human = human_kind(kind)
        district, school, _ = self.find(estab)
        found = self._store.kept.people.with_mis_id(RECORDS[human], district, school, mis_id)
        if found is None:
            raise NotFound(Problem("people", f"no {human} has the Id {mis_id} at {estab}"))
        return found

    def has_records(self, estab: str) -> bool:
        """Whether anybody's records have come from a school."""
        district, school, _ = self.find(estab)
        return self._store.kept.schools.has_records(district, school)
