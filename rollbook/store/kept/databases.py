"""The cached databases of schools: when each was last read, and why it could not be."""

from __future__ import annotations

from .statements import Statements


class Databases(Statements):
    """The cached databases of schools: when each was last read, and why it could not be.

    Moments are seconds since 1970; a school is named by its district's number and its hub id.
    """

    def of(self, district: int, school: str) -> dict[str, tuple[float, str | None]]:
        """By name, when each database of a school was last read (0: never), and why the last attempt failed."""
        rows = self._rows(
            "SELECT name, read, problem FROM cached WHERE district = ? AND school = ?", (district, school)
        )
        return {name: (read, problem) for name, read, problem in rows}

    def read_at(self, district: int, school: str, name: str) -> float:
        """When a database was last read; 0 when it never was."""
        found = "SELECT read FROM cached WHERE district = ? AND school = ? AND name = ?"
        return self._value(found, (district, school, name)) or 0.0

    def read_before(self, moment: float) -> list[tuple[int, str, str]]:
        """The district, school and name of every database that was last read before a moment."""
        return [
            (district, school, name)
            for district, school, name in self._rows(
                "SELECT district, school, name FROM cached WHERE read < ? ORDER BY district, school, name", (moment,)
            )
        ]

    def note(self, district: int, school: str, name: str, read: float | None, problem: str | None) -> None:
        """A database was read at a moment, or (None) could not be for this reason."""
        self._do(
            "INSERT INTO cached (district, school, name, read, problem)"
            " VALUES (:district, :school, :name, coalesce(:read, 0), :problem)"
            " ON CONFLICT (district, school, name)"
            " DO UPDATE SET read = coalesce(:read, cached.read), problem = excluded.problem",
            {"district": district, "school": school, "name": name, "read": read, "problem": problem},
        )
        if self._flavour.stirs:
            # Hubs keep the ages in memory.
            self._do(self._flavour.stirs)
