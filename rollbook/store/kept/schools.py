"""Districts, schools and the words of standards, as far as others than readers need them."""

from __future__ import annotations

from .statements import Statements


class Schools(Statements):
    """Districts, schools and the words of standards, as far as others than readers need them."""

    def sessions(self, district: int, school: str) -> list[tuple[str, str, str]]:
        """The kind, first and last day of each academic year, term and other session of a school, by first days."""
        rows = self._rows(
            'SELECT DISTINCT kind, start, "end" FROM session WHERE district = ?'
            ' AND (school = ? OR school IS NULL) AND start IS NOT NULL AND "end" IS NOT NULL ORDER BY start',
            (district, school),
        )
        return [(kind, start, end) for kind, start, end in rows]

    def has_estab(self, estab: str, but: str = "") -> bool:
        """Whether a school, other than the one given, has an establishment number."""
        return self._value("SELECT 1 FROM school WHERE estab = ? AND id <> ?", (estab, but)) is not None
