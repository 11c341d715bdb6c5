"""What each source said last, when it was read, and what was refused."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import NamedTuple

from ...errors import Problem
from ...fields import Record
from .. import connection
from ..references import key_of
from .statements import Row, Statements

SETTLED = "settled"
"""The name under which it is kept that all rows of a source were taken in as they were, when it was last read."""


class Said(NamedTuple):
    """What a source said last of one kind of record."""

    rows: dict[str, tuple[bytes, str]]
    """By its key for each, the digest of what it said, and the record's hub id."""
    lost: list[str]
    """Its keys for records that are no longer there, as they went with others."""


class Standing(NamedTuple):
    """How a source stands among those of its district: which is asked first, and what it may say."""

    source: str
    precedence: int
    may: tuple[str, ...]
    """Kinds (`Student`) and fields (`Person.email`); everything where there are none."""

    def may_say(self, kind: str, field: str = "") -> bool:
        """Whether it may say a field of a kind of record; without a field, anything of that kind."""
        said = allowed(self.may, kind)
        return said is None or (f"{kind}.{field}" in said if field else bool(said))

    def whole(self, kind: str) -> bool:
        """Whether it may say all of a kind of record, and not only some fields."""
        return allowed(self.may, kind) is None


@lru_cache(maxsize=4096)
def allowed(may: tuple[str, ...], kind: str) -> frozenset[str] | None:
    """The fields (`Person.email`) of a kind that may be said; None for the whole kind."""
    named = frozenset(may)
    return None if kind in named or not named else frozenset(one for one in named if one.startswith(f"{kind}."))


class Fed(NamedTuple):
    """A district that a source has brought, with its name."""

    district: int
    source: str
    name: str


class Loss(NamedTuple):
    """What would go from a school: its name, how many of its records of a kind, and of how many."""

    school: str
    lost: int
    of: int


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
    """What each source said last, when it was read, and what was refused.

    A source is named by its district's number and its own name; schools and records by hub ids.
    """

    admits = False

    # ---- what it said

    def kinds(self, district: int, source: str) -> list[str]:
        """The kinds of record of which a source said something."""
        rows = self._rows("SELECT DISTINCT kind FROM source_row WHERE district = ? AND source = ?", (district, source))
        return [kind for (kind,) in rows]

    def said(self, district: int, source: str, record: type[Record]) -> Said:
        """What a source said last of a kind."""
        rows = self._rows(
            f"SELECT s.key, s.digest, s.id, {_lost(record)} FROM source_row s"
            " WHERE s.district = ? AND s.source = ? AND s.kind = ?",
            (district, source, record.__name__),
        )
        return _said(rows)

    def said_of(self, district: int, source: str, record: type[Record], keys: Iterable[str]) -> Said:
        """What a source said last of the records with these keys of its own."""
        rows = self._rows(
            f"SELECT s.key, s.digest, s.id, {_lost(record)} FROM ({self._flavour.listed('?')}) j"
            " CROSS JOIN source_row s WHERE s.district = ? AND s.source = ? AND s.kind = ? AND s.key = j.value",
            (json.dumps(sorted(keys)), district, source, record.__name__),
        )
        return _said(rows)

    def count(self, district: int, source: str, kind: str) -> int:
        """Of how many records of a kind a source said something."""
        return self._value(
            "SELECT count(*) FROM source_row WHERE district = ? AND source = ? AND kind = ?", (district, source, kind)
        )

    def record_of(self, district: int, source: str, kind: str, key: str) -> str | None:
        """The record that a source knows by a key."""
        return self._value(
            "SELECT id FROM source_row WHERE district = ? AND source = ? AND kind = ? AND key = ?",
            (district, source, kind, key),
        )

    def remember(self, district: int, source: str, kind: str, rows: Iterable[tuple[str, bytes, str]]) -> None:
        """Keep what a source says of new records: the key of each, the digest and the hub id, best in that order."""
        columns = ("district", "source", "kind", "key", "digest", "id")
        self._connection.insert("source_row", columns, ((district, source, kind, *row) for row in rows))

    def remembering(self, rows: int) -> AbstractContextManager[None]:
        """While what is said in so many rows is remembered: of very many, the first ones of the hub are quick."""
        first = rows >= connection.MANY and not self._rows("SELECT 1 FROM source_row LIMIT 1", ())
        return self._connection.filling("source_row") if first else nullcontext()

    def correct(self, district: int, source: str, rows: Iterable[tuple[str, str, bytes, str]]) -> None:
        """Keep what a source says now, whether or not it said something of these records: as for `remember`."""
        self._each(
            "INSERT INTO source_row (district, source, kind, key, digest, id) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (district, source, kind, key) DO UPDATE SET digest = excluded.digest, id = excluded.id",
            ((district, source, *row) for row in rows),
        )

    def forget(self, district: int, source: str, rows: Iterable[tuple[str, str]]) -> None:
        """Forget what a source says no longer: kind and key of each record."""
        self._each(
            "DELETE FROM source_row WHERE district = ? AND source = ? AND kind = ? AND key = ?",
            ((district, source, *row) for row in rows),
        )

    def forget_record(self, district: int, record: type[Record], identity: str) -> None:
        """Forget what any source says of a record that is gone: if it is said again, it is made again."""
        kind = record.__name__
        # Deleted by the id, they would be looked for among all rows of the district.
        said = "SELECT source, key FROM source_row WHERE district = ? AND id = ? AND kind = ?"
        self._each(
            "DELETE FROM source_row WHERE district = ? AND kind = ? AND source = ? AND key = ?",
            [(district, kind, *row) for row in self._rows(said, (district, identity, kind))],
        )

    def reread(self, district: int, source: str, kind: str) -> None:
        """Take everything for news that a source says of a kind the next time; the records stay until then."""
        self._do(
            "UPDATE source_row SET digest = ? WHERE district = ? AND source = ? AND kind = ?",
            (b"", district, source, kind),
        )
        self._do("DELETE FROM source_file WHERE district = ? AND source = ? AND name = ?", (district, source, SETTLED))

    def would_lose(self, record: type[Record], district: int, gone: Iterable[str]) -> list[Loss]:
        """What schools would lose of a kind, by their names, if the records with these hub ids went."""
        key = key_of(record, ":district", "j.value")
        rows = self._rows(
            f"WITH gone AS (SELECT {key} AS key FROM ({self._flavour.listed(':gone')}) j)"
            " SELECT name, lost, held FROM (SELECT s.name, count(*) AS held,"
            " sum(CASE WHEN t.key IN (SELECT key FROM gone) THEN 1 ELSE 0 END) AS lost"
            f' FROM "{record.table}" t JOIN school s ON s.district = t.district AND s.key = t.school'
            " WHERE t.district = :district GROUP BY s.key, s.name) by_school WHERE lost > 0 ORDER BY name",
            {"gone": json.dumps(list(gone)), "district": district},
        )
        return [Loss(*row) for row in rows]

    # ---- whose it is

    def district(self, source: str) -> int | None:
        """The district that a source brought."""
        return self._value("SELECT district FROM source_row WHERE source = ? LIMIT 1", (source,))

    def imported(self) -> list[str]:
        """Every source that something was imported from."""
        return self._values("SELECT DISTINCT source FROM source_row")

    def fed(self, beginning: str, named: str | None) -> list[Fed]:
        """The districts that sources whose names begin so have brought; of this name or external id, or all."""
        rows = self._rows(
            # Looked up source by source: what they all said may be millions of rows.
            "SELECT f.district, f.name, d.name FROM source f JOIN district d ON d.district = f.district"
            " WHERE substr(f.name, 1, length(:beginning)) = :beginning AND EXISTS (SELECT 1 FROM source_row s"
            " WHERE s.district = f.district AND s.source = f.name AND s.kind = 'District')"
            " AND (CAST(:named AS text) IS NULL OR :named IN (d.name, d.external_id))",
            {"beginning": beginning, "named": named},
        )
        return [Fed(*row) for row in rows]

    def schools(self, district: int, source: str) -> list[str]:
        """The schools that a source was last read for."""
        rows = self._rows(
            "SELECT school FROM sync WHERE district = ? AND source = ? AND school <> ''", (district, source)
        )
        return [school for (school,) in rows]

    # ---- what it asked to keep

    def file(self, district: int, source: str, name: str) -> bytes | None:
        """What a source asked to keep at its last import."""
        found = self._value(
            "SELECT content FROM source_file WHERE district = ? AND source = ? AND name = ?", (district, source, name)
        )
        return zlib.decompress(found) if found is not None else None

    def keep_file(self, district: int, source: str, name: str, data: bytes) -> None:
        """Keep what a source must find again, compressed; nothing is written where it is the same as before."""
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        same = "SELECT 1 FROM source_file WHERE district = ? AND source = ? AND name = ? AND digest = ?"
        if self._value(same, (district, source, name, digest)) is None:
            self._do(
                "INSERT INTO source_file (district, source, name, digest, content) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (district, source, name)"
                " DO UPDATE SET digest = excluded.digest, content = excluded.content",
                (district, source, name, digest, zlib.compress(data, 1)),
            )

    # ---- how it stands, and what was wrong with it

    def standing(self, district: int) -> tuple[Standing, ...]:
        """The sources of a district in the order in which they are asked; of equal precedence the older goes first."""
        rows = self._rows(
            "SELECT name, precedence, may FROM source WHERE district = ? ORDER BY precedence, made, name", (district,)
        )
        return tuple(Standing(name, precedence, tuple(json.loads(may))) for name, precedence, may in rows)

    def refuse(self, district: int, source: str, at: str, problems: Iterable[Problem]) -> None:
        """Keep what a source was refused for at a moment (UTC, milliseconds), in the place of what it was before."""
        self._do("DELETE FROM refusal WHERE district = ? AND source = ?", (district, source))
        self._each(
            'INSERT INTO refusal (district, source, number, at, "where", what, hint) VALUES (?, ?, ?, ?, ?, ?, ?)',
            ((district, source, number, at, p.where, p.what, p.hint) for number, p in enumerate(problems, 1)),
        )

    # ---- what schools and apps are told of it

    def readings(self, district: int, school: str) -> list[Reading]:
        """The sources that a school's (hub id) records were read from, the last one first."""
        rows = self._rows(
            "SELECT s.at, s.source, f.state IS NOT NULL AND f.state = 'on' FROM sync s LEFT JOIN source f"
            " ON f.district = s.district AND f.name = s.source"
            " WHERE s.district = ? AND s.school = ? ORDER BY s.at DESC",
            (district, school),
        )
        return [Reading(at, source, bool(fed)) for at, source, fed in rows]

    def outcomes(self, district: int, school: str) -> list[tuple[str, str, dict[str, dict[str, int]]]]:
        """Of each source that a school (hub id; "" for the whole district) was read from, the moment and, by kind of
        record, of how many what became."""
        rows = self._rows("SELECT source, at, outcome FROM sync WHERE district = ? AND school = ?", (district, school))
        return [(source, at, json.loads(outcome)) for source, at, outcome in rows]

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


def _lost(record: type[Record]) -> str:
    """Whether the record of a row went with another one; what the hub holds deleted is as if it were there."""
    held = "saying y WHERE y.district = s.district AND y.kind = s.kind AND y.id = s.id AND y.says IS NULL"
    return f"{key_of(record, 's.district', 's.id')} IS NULL AND NOT EXISTS (SELECT 1 FROM {held})"


def _said(rows: list[Row]) -> Said:
    held = {key: (digest, identity) for key, digest, identity, lost in rows if not lost}
    return Said(held, [key for key, _, _, lost in rows if lost])
