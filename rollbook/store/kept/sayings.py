"""What is said of records that several sources know, or that the hub itself has overwritten."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ...fields import Record
from .statements import Row, Statements

HUB = ""
"""The hub itself, where a source would be named."""

ABOVE, BELOW = "", "made"
"""The keys under which the hub itself says something: above all sources, and below them, of a record that it had before
any source knew it."""


class Say(NamedTuple):
    """What one claimant says of a record."""

    source: str
    key: str
    """By which the source knows the record; blank where that is the row that the record was made of."""
    facts: Mapping[str, Any] | None
    """By name what is not blank; of what the hub says above, also that something is blank. None: there is no record."""
    made: int
    """The number of the write since which it says something."""
    changed: Mapping[str, int]
    """The numbers since which it says what it says, of facts that it did not say so from the first."""

    def since(self, name: str) -> int:
        """The number of the write since which it says a fact as it does."""
        return self.changed.get(name, self.made)


class Sayings(Statements):
    """What is said of records that several sources know, or that the hub itself has overwritten.

    Nothing is kept here of a record that one source brought and nobody overwrote: it is what that source says.
    """

    admits = False

    def fed(self, district: int) -> bool:
        """Whether any source brought something of a district."""
        return self._value("SELECT 1 FROM source_row WHERE district = ? LIMIT 1", (district,)) is not None

    def any(self, district: int) -> bool:
        """Whether anything is kept of a district."""
        return self._value("SELECT 1 FROM saying WHERE district = ? LIMIT 1", (district,)) is not None

    def of(self, district: int, record: type[Record], ids: Iterable[str]) -> dict[str, list[Say]]:
        """What is said of those of these records (hub ids) of which anything is kept."""
        rows = self._rows(
            f"SELECT s.id, s.source, s.key, s.says, s.made, s.changed FROM ({self._flavour.listed(':ids')}) j"
            " CROSS JOIN saying s WHERE s.district = :district AND s.kind = :kind AND s.id = j.value"
            " ORDER BY s.id, s.source, s.key",
            {"ids": json.dumps(list(ids)), "district": district, "kind": record.__name__},
        )
        found: dict[str, list[Say]] = {}
        for identity, *said in rows:
            found.setdefault(identity, []).append(_say(said))
        return found

    def known(self, district: int, record: type[Record], identity: str, made: int) -> tuple[list[Say], str | None]:
        """What is kept of a record, and the source whose reading made it, with the number of its making."""
        maker = "SELECT source FROM moment WHERE district = :district AND seq <= :made ORDER BY seq DESC LIMIT 1"
        rows = self._rows(
            f"SELECT ({maker}), s.source, s.key, s.says, s.made, s.changed FROM (SELECT 1) one LEFT JOIN saying s"
            " ON s.district = :district AND s.kind = :kind AND s.id = :id ORDER BY s.source, s.key",
            {"district": district, "kind": record.__name__, "id": identity, "made": made},
        )
        return [_say(said) for _, *said in rows if said[0] is not None], rows[0][0]

    def ids(self, district: int, record: type[Record]) -> frozenset[str]:
        """The records of a kind of which anything is kept."""
        kept = "SELECT DISTINCT id FROM saying WHERE district = ? AND kind = ?"
        return frozenset(self._values(kept, (district, record.__name__)))

    def of_source(self, district: int, source: str) -> list[tuple[str, str]]:
        """The records, kind and hub id, of which something is kept that a source says."""
        rows = self._rows(
            "SELECT DISTINCT kind, id FROM saying WHERE district = ? AND source = ? ORDER BY kind, id",
            (district, source),
        )
        return [(kind, identity) for kind, identity in rows]

    def deleted(self, district: int) -> frozenset[str]:
        """The records that sources have and the hub holds deleted."""
        return frozenset(self._values("SELECT id FROM saying WHERE district = ? AND says IS NULL", (district,)))

    def maker(self, district: int, number: int) -> str | None:
        """The source of whose reading a write was; none where it was not of a reading."""
        return self._value(
            "SELECT source FROM moment WHERE district = ? AND seq <= ? ORDER BY seq DESC LIMIT 1", (district, number)
        )

    def makers(self, district: int, numbers: Collection[int]) -> dict[int, str | None]:
        """Of each of some writes, the source of whose reading it was."""
        maker = "SELECT source FROM moment WHERE district = :district AND seq <= j.value ORDER BY seq DESC LIMIT 1"
        listed = self._flavour.listed(":numbers", "number")
        rows = self._rows(
            f"SELECT j.value, ({maker}) FROM ({listed}) j",
            {"district": district, "numbers": json.dumps(sorted(numbers))},
        )
        return dict(rows)

    def when(self, district: int, number: int) -> str | None:
        """The moment of a write (UTC, milliseconds)."""
        return self._value(
            "SELECT at FROM moment WHERE district = ? AND seq <= ? ORDER BY seq DESC LIMIT 1", (district, number)
        )

    # ---- changing

    def put(self, district: int, record: type[Record], identity: str, says: Iterable[Say]) -> None:
        """Keep what is said of a record, in the place of what was kept."""
        self.drop(district, record, identity)
        columns = ("district", "kind", "id", "source", "key", "says", "made", "changed")
        self._connection.insert("saying", columns, [(district, record.__name__, identity, *_row(s)) for s in says])

    def drop(self, district: int, record: type[Record], identity: str) -> None:
        """Keep nothing more of a record."""
        what = (district, record.__name__, identity)
        self._do("DELETE FROM saying WHERE district = ? AND kind = ? AND id = ?", what)


def _row(say: Say) -> Row:
    facts = None if say.facts is None else json.dumps(dict(say.facts), ensure_ascii=False)
    said = say.facts or {}
    changed = {name: number for name, number in say.changed.items() if number != say.made and name in said}
    return say.source, say.key, facts, say.made, json.dumps(changed) if changed else None


def _say(row: Sequence[Any]) -> Say:
    source, key, facts, made, changed = row
    return Say(source, key, None if facts is None else json.loads(facts), made, json.loads(changed or "{}"))
