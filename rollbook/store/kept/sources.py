"""What each source said last, when it was read, and what was refused."""

from __future__ import annotations

from typing import NamedTuple

from .statements import Statements


class Reading(NamedTuple):
    """When a source was last read for a school: the moment, UTC; `fed` that the hub can read it again by itself."""

    at: str
    source: str
    fed: bool


class Refusal(NamedTuple):
    """What a source was last refused for: one of its problems, numbered from 0."""

    source: str
    at: str
    where: str
    what: str
    hint: str
    number: int


class Sources(Statements):
    """What each source said last, when it was read, and what was refused."""

    def readings(self, district: int, school: str) -> list[Reading]:
        """The sources that a school's (hub id) records were read from, the last one first."""
        rows = self._rows(
            "SELECT s.at, s.source, f.source IS NOT NULL FROM sync s LEFT JOIN feed f"
            " ON f.district = s.district AND f.source = s.source"
            " WHERE s.district = ? AND s.school = ? ORDER BY s.at DESC",
            (district, school),
        )
        return [Reading(at, source, bool(fed)) for at, source, fed in rows]

    def refusals(self, district: int, school: str) -> list[Refusal]:
        """What the sources of a school were last refused for."""
        rows = self._rows(
            'SELECT r.source, r.at, r."where", r.what, r.hint, r.number FROM refusal r JOIN sync s'
            " ON s.district = r.district AND s.source = r.source"
            " WHERE r.district = ? AND s.school = ? ORDER BY r.source, r.number",
            (district, school),
        )
        return [Refusal(*row) for row in rows]

    def tells_of(self, district: int, identity: str) -> bool:
        """Whether a source told of a record, by its hub id."""
        found = "SELECT 1 FROM source_row WHERE district = ? AND id = ? LIMIT 1"
        return self._row(found, (district, identity)) is not None
