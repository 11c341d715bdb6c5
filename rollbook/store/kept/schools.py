"""Districts, schools and the words of standards, as far as others than readers need them."""

from __future__ import annotations

from typing import NamedTuple

from .statements import Statements


class District(NamedTuple):
    """A district: its number, its name, and its id in the source that made it."""

    number: int
    name: str | None
    external_id: str | None


class Schools(Statements):
    """Districts, schools and the words of standards, as far as others than readers need them.

    Schools are named by hub ids, districts by their numbers.
    """

    # ---- districts

    def districts(self) -> list[District]:
        """All districts, by number."""
        return [
            District(*row) for row in self._rows("SELECT district, name, external_id FROM district ORDER BY district")
        ]

    def district_known_as(self, external_id: str) -> int | None:
        """The number of the district that has an id in a source."""
        return self._value("SELECT district FROM district WHERE external_id = ?", (external_id,))

    def district_id(self, number: int) -> str | None:
        """The hub id of a district's own record."""
        return self._value("SELECT id FROM district WHERE district = ?", (number,))

    def next_district(self) -> int:
        """The number for a new district."""
        return self._value("SELECT coalesce(max(district), 0) FROM clock") + 1

    # ---- schools

    def systems(self) -> dict[str, str | None]:
        """The management information system of every school, as its records name it."""
        return dict(self._rows("SELECT id, mis FROM school"))

    def system(self, district: int, school: str) -> str | None:
        """The management information system of a school, as its records name it."""
        return self._value("SELECT mis FROM school WHERE district = ? AND id = ?", (district, school))

    def time_zone(self, district: int, school: str) -> str | None:
        """The time zone of a school, such as Europe/London."""
        return self._value("SELECT time_zone FROM school WHERE district = ? AND id = ?", (district, school))

    def numbered(self, estab: str, but: str = "") -> bool:
        """Whether a school, other than the one given, has an establishment number, whoever may see it."""
        return self._row("SELECT 1 FROM school WHERE estab = ? AND id <> ?", (estab, but)) is not None
