"""Districts and schools as the operator of a hub names them."""

from __future__ import annotations

from ..errors import NotFound, Problem, nearest
from ..fields import RECORDS
from ..store.sqlite import Store
from ..store.writing import UNVEILED
from .grants import human_kind


class Schools:
    """The districts and schools of a hub."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[tuple[int, str, str, str, str]]:
        """Every school: district number, hub id, establishment number, name, name of the district."""
        return self._store.records.execute(
            "SELECT s.district, s.id, s.estab, s.name, d.name FROM school s JOIN district d ON d.district = s.district"
            " ORDER BY s.district, s.estab"
        ).fetchall()

    def districts(self) -> list[tuple[int, str]]:
        """Every district: its number and name."""
        return self._store.records.execute("SELECT district, name FROM district ORDER BY district").fetchall()

    def find(self, estab: str) -> tuple[int, str, str]:
        """The district number, hub id and name of the school with this establishment number."""
        found = self._store.records.execute(
            f"SELECT district, id, name FROM school WHERE estab = ? AND {UNVEILED}", (estab,)
        ).fetchone()
        if found is None:
            known = [f"{e}" for _, _, e, _, _ in self.all()][:40]
            raise NotFound(Problem("estab", f"no school has the number {estab}", nearest(estab, known)))
        return found

    def person(self, estab: str, kind: str, mis_id: str) -> str:
        """The hub id of the human who is a student, a member of staff or a contact of a school by an MIS id."""
        human = human_kind(kind)
        district, school, _ = self.find(estab)
        found = self._store.records.execute(
            f'SELECT person FROM "{RECORDS[human].table}" WHERE district = ? AND school = ? AND mis_id = ?',
            (district, school, mis_id),
        ).get
        if found is None:
            raise NotFound(Problem("people", f"no {human} has the Id {mis_id} at {estab}"))
        return found

    def has_records(self, estab: str) -> bool:
        """Whether anybody's records have come from a school."""
        district, school, _ = self.find(estab)
        return (
            self._store.records.execute(
                "SELECT 1 FROM sync WHERE district = :d AND school = :s UNION ALL"
                " SELECT 1 FROM moved WHERE district = :d AND school = :s LIMIT 1",
                {"d": district, "s": school},
            ).get
            is not None
        )
