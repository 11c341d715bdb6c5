"""Districts, schools and the words of standards, as far as others than readers need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ...errors import Conflict, Problem
from ...fields import Record
from ...model.organisation import School
from ..references import key_of, row_of, rows_of
from .history import UNVEILED
from .statements import Statements, at, of_school

BESIDE = ("grant", "invitation", "signatory", "school_key", "writeback")
"""The tables beside the records that name a school's district."""

OWN_ESTABS = 9_000_000
"""Schools without an establishment number get one from here on, a thousand for each district."""


@dataclass(frozen=True)
class KnownSchool:
    """A school's public facts; nothing about its people."""

    estab: str
    name: str
    phase: str | None
    governance: str | None
    address: str | None
    post_code: str | None
    telephone: str | None
    web: str | None


class District(NamedTuple):
    """A district: its number, its name, and its id in the source that made it."""

    number: int
    name: str | None
    external_id: str | None


class Listed(NamedTuple):
    """A school as the operator's lists have it: district number, hub id, establishment number, its and its district's
    name."""

    district: int
    id: str
    estab: str
    name: str
    district_name: str


class Place(NamedTuple):
    """Where a school is: district number, hub id, establishment number, name, the system it uses, and its time zone."""

    district: int
    id: str
    estab: str
    name: str
    mis: str
    time_zone: str


class Schools(Statements):
    """Districts, schools and the words of standards, as far as others than readers need them."""

    # ---- districts

    def has_district(self, district: int) -> bool:
        """Whether there is a district of this number."""
        return self._value("SELECT 1 FROM district WHERE district = ?", (district,)) is not None

    def districts(self) -> list[District]:
        """All districts, by number."""
        return [
            District(*row) for row in self._rows("SELECT district, name, external_id FROM district ORDER BY district")
        ]

    def identifiers(self) -> dict[int, str | None]:
        """What others know each district by, where they do."""
        return dict(self._rows("SELECT district, identifier FROM district"))

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

    def listed(self) -> list[Listed]:
        """Every school, by district and establishment number."""
        rows = self._rows(
            "SELECT s.district, s.id, s.estab, s.name, d.name FROM school s JOIN district d ON d.district = s.district"
            " ORDER BY s.district, s.estab"
        )
        return [Listed(*row) for row in rows]

    def numbered(self, estab: str) -> tuple[int, str, str] | None:
        """The district number, hub id and name of the school with an establishment number that not one app alone
        sees."""
        row = self._row(f"SELECT district, id, name FROM school WHERE estab = ? AND {UNVEILED}", (estab,))
        return (row[0], row[1], row[2]) if row else None

    def place(self, estab: str) -> Place | None:
        """Where the school with an establishment number is."""
        row = self._row(
            "SELECT district, id, estab, coalesce(name, estab), coalesce(mis, ''),"
            f" coalesce(nullif(time_zone, ''), 'UTC') FROM school WHERE estab = ? AND {UNVEILED}",
            (estab,),
        )
        return Place(*row) if row else None

    def has_records(self, district: int, school: str) -> bool:
        """Whether anybody's records have come from a school (hub id)."""
        return (
            self._row(
                "SELECT 1 FROM sync WHERE district = :d AND school = :s UNION ALL"
                " SELECT 1 FROM moved WHERE district = :d AND school = :s LIMIT 1",
                {"d": district, "s": school},
            )
            is not None
        )

    def systems(self) -> dict[str, str | None]:
        """The management information system of every school, as its records name it."""
        return dict(self._rows("SELECT id, mis FROM school"))

    def told(self, district: int, school: str) -> dict[str, str | None] | None:
        """What a school is known by: its number, the number that its district uses, and its name."""
        row = self._row("SELECT estab, identifier, name FROM school WHERE district = ? AND id = ?", (district, school))
        return dict(zip(("estab", "identifier", "name"), row, strict=True)) if row else None

    def system(self, district: int, school: str) -> str | None:
        """The management information system of a school, as its records name it."""
        return self._value("SELECT mis FROM school WHERE district = ? AND id = ?", (district, school))

    def time_zone(self, district: int, school: str) -> str | None:
        """The time zone of a school, such as Europe/London."""
        return self._value("SELECT time_zone FROM school WHERE district = ? AND id = ?", (district, school))

    def known(self) -> list[KnownSchool]:
        """The schools that have a number and a name, by name."""
        rows = self._rows(
            "SELECT s.estab, s.name, s.phase, s.governance, s.address,"
            " (SELECT p.post_code FROM site p WHERE p.district = s.district AND p.school = s.key"
            " AND p.post_code IS NOT NULL ORDER BY p.is_main DESC LIMIT 1),"
            " s.telephone, s.web FROM school s WHERE s.estab IS NOT NULL AND s.name IS NOT NULL"
            " ORDER BY s.name, s.estab"
        )
        return [KnownSchool(*row) for row in rows]

    def sessions(self, district: int, school: str) -> list[tuple[str, str, str]]:
        """The kind, first and last day of each academic year, term and other session of a school, by first days."""
        rows = self._rows(
            'SELECT DISTINCT kind, start, "end" FROM session WHERE district = :district'
            f" AND (school = {key_of(School, ':district', ':school')} OR school IS NULL)"
            ' AND start IS NOT NULL AND "end" IS NOT NULL ORDER BY start',
            at(district, school),
        )
        return [(kind, start, end) for kind, start, end in rows]

    def has_estab(self, estab: str, but: str = "") -> bool:
        """Whether a school, other than the one given, has an establishment number.

        Nobody else makes a school until the transaction ends.
        """
        self._alone("schools")
        return self._value("SELECT 1 FROM school WHERE estab = ? AND id <> ?", (estab, but)) is not None

    def free_estab(self, wanted: str | None, district: int) -> str:
        """The establishment number for a new school: the one it asks for, or the next of the hub's own.

        Nobody else makes a school until the transaction ends. Raises `Conflict` when another school has the number; one
        that a single app sees does not count.
        """
        self._alone("schools")
        if not wanted:
            own = self._values("SELECT estab FROM school WHERE length(estab) = 7 AND substr(estab, 1, 1) = '9'")
            return str(max([OWN_ESTABS + district * 1000, *(int(one) for one in own if one.isdecimal())]) + 1)
        taken = self._value(f"SELECT name FROM school WHERE estab = ? AND {UNVEILED}", (wanted,))
        if taken is None:
            return wanted
        raise Conflict(Problem("estab", f"{wanted} is already {taken}", "give the school another number"))

    def largest_group(self, district: int, school: str, kind: str, day: str) -> str | None:
        """The MIS id of the group of a kind with the most students on a day (`YYYY-MM-DD`)."""
        return self._value(
            'SELECT g.mis_id FROM "group" g JOIN student_membership m ON m.district = g.district AND m."group" = g.key'
            f" WHERE {of_school('g')} AND g.kind = :kind"
            " AND coalesce(m.start, '') <= :day AND coalesce(m.\"end\", '9') >= :day"
            " GROUP BY g.key, g.mis_id ORDER BY count(*) DESC, g.mis_id LIMIT 1",
            at(district, school, kind=kind, day=day),
        )

    # ---- words of standards

    def usable_words(self, partition: int, day: str) -> frozenset[tuple[str, str]]:
        """The words that may be used on a day: each list's name, and `namespace#code` in small letters."""
        rows = self._rows(
            "SELECT kind, lower(namespace || '#' || code) FROM descriptor WHERE district = ?"
            " AND coalesce(effective_from, '') <= ? AND coalesce(effective_to, '9') >= ?",
            (partition, day, day),
        )
        return frozenset((kind, word) for kind, word in rows)

    def words(self, partition: int) -> frozenset[tuple[str, str, str]]:
        """Every word: its list, its namespace and its code."""
        rows = self._rows("SELECT kind, namespace, code FROM descriptor WHERE district = ?", (partition,))
        return frozenset((kind, namespace, code) for kind, namespace, code in rows)

    # ---- joining another district

    def rows(self, kind: type[Record], district: int, school: str) -> list[dict[str, Any]]:
        """The records of a kind that are a school's (hub id), column by column, oldest first.

        Of the kind `School` it is the school itself.
        """
        own = "t.district = :district AND t.id = :school" if kind is School else of_school("t")
        rows = self._rows(f"{rows_of(kind, self._flavour)} WHERE {own} ORDER BY t.key", at(district, school))
        return [row_of(kind, row) for row in rows]

    def move_counters(self, school: str, old: int, new: int) -> None:
        """Let the counters of a school (hub id) go on in another district."""
        self._do("UPDATE counter SET district = ? WHERE district = ? AND name LIKE ?", (new, old, f"% {school}"))

    def forget_beside(self, district: int) -> None:
        """Forget what stands beside a district's records.

        Whom its schools were invited by, who answers for them, and their own keys; who is who, and what would undo a
        merge; what was said of records.
        """
        for table in ("invitation", "signatory", "school_key", "review", "merged", "saying"):
            self._do(f"DELETE FROM {table} WHERE district = ?", (district,))

    def move_beside(self, school: str, old: int, new: int) -> None:
        """Let what is kept of a school (hub id) beside its records name another district."""
        for table in BESIDE:
            self._do(f'UPDATE "{table}" SET district = ? WHERE district = ? AND school = ?', (new, old, school))
