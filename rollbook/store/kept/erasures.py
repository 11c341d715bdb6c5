"""People who were erased: what is known of that, and taking them out of what is kept beside the records.

Records go as any others do. What is left then is what tells of them: the history, what sources said and asked to keep,
what people decided, and what is promised. Somebody is known there by hub ids, and by `words`: numbers and addresses
that nobody else has.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .having import having
from .history import Stone, stone_of
from .statements import Row, Statements

NAMES = frozenset({"forename", "surname", "legal_forename", "legal_surname"})
"""The last steps of what the history keeps that says what somebody is called."""

STAYS = "renewed"
"""How the names of files of sources begin that hold what they are read with, and nothing that they said."""


class Erasure(NamedTuple):
    """Somebody who was erased: a keyed digest of the hub id, when, by whom and why, how many records of each kind went.

    Moments are UTC. `until` is when apps are told no longer by which ids they knew them, `ended` when that was so.
    """

    id: str
    person: str
    at: str
    by: str
    why: str
    gone: Mapping[str, int]
    until: str
    ended: str | None = None


_COLUMNS = "id, person, at, made_by, why, gone, until, ended"

_BY_ID = (
    ("history", "former_id", "person"),
    ("history", "namesake", "id"),
    ("decisions", "review", "candidate"),
    ("decisions", "merged", "stays"),
    ("decisions", "merged", "gone"),
    ("sources", "source_row", "id"),
    ("sources", "saying", "id"),
)
"""Tables of a district of which rows go by the hub id that a column holds, and what they are called in words."""

_BY_WORD = (
    ("sources", "source_row", ("key",)),
    ("decisions", "review", ("key", "said")),
    ("decisions", "merged", ("steps",)),
    ("sources", "refusal", ('"where"', "what", "hint")),
    ("history", "former_id", ("value",)),
    ("history", "namesake", ("name",)),
)
"""Tables of a district of which rows go that have somebody's words in a column."""

_EVERYWHERE = (("jobs", "outbox", ("payload", "key")), ("decisions", "decision", ("about",)))
"""The same of tables that are no district's."""


class Erasures(Statements):
    """People who were erased, and what is left to do of it."""

    # ---- what is known of it

    def add(self, district: int, one: Erasure) -> None:
        """Write down that somebody was erased."""
        self._do(
            f"INSERT INTO erasure (district, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (district, *one[:5], json.dumps(dict(one.gone)), one.until, one.ended),
        )

    def count(self) -> int:
        """How many erasures there are."""
        return self._value("SELECT count(*) FROM erasure")

    def of_district(self, district: int) -> list[Erasure]:
        """The erasures of a district, oldest first."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM erasure WHERE district = ? ORDER BY at, id", (district,))
        return [_erasure(row) for row in rows]

    def due(self, at: str) -> list[tuple[int, str]]:
        """The erasures, by district and id, of which apps need be told no longer at a moment (UTC)."""
        rows = self._rows("SELECT district, id FROM erasure WHERE ended IS NULL AND until <= ? ORDER BY 1, 2", (at,))
        return [(district, identity) for district, identity in rows]

    def end(self, district: int, identity: str, at: str) -> None:
        """Let the history tell of somebody no more than numbers that lead nowhere, and nothing else lead to them."""
        stones = "SELECT seq FROM erased_stone WHERE district = ? AND erasure = ?"
        own = (district, identity)
        self.forget_lists(
            self._values(f"SELECT id FROM history WHERE district = ? AND seq IN ({stones})", (district, *own))
        )
        self._do(f"UPDATE history SET keys = '{{}}' WHERE district = ? AND seq IN ({stones})", (district, *own))
        self._do("DELETE FROM erased_stone WHERE district = ? AND erasure = ?", own)
        self._do("UPDATE erasure SET ended = ? WHERE district = ? AND id = ?", (at, *own))

    def told(self, district: int, identity: str) -> list[str]:
        """The hub ids of what the history still tells of an erasure."""
        stones = "SELECT seq FROM erased_stone WHERE district = ? AND erasure = ?"
        asked = f"SELECT DISTINCT id FROM history WHERE district = ? AND seq IN ({stones})"
        return self._values(asked, (district, district, identity))

    # ---- who does not come back

    def keep_out(self, district: int, erasure: str, digests: Iterable[str]) -> None:
        """Let no source bring what these are the digests of."""
        self._each(
            "INSERT INTO erased_key (district, digest, erasure) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(district, one, erasure) for one in digests],
        )

    def any_kept_out(self, district: int) -> bool:
        """Whether anybody is kept out of a district."""
        return self._row("SELECT 1 FROM erased_key WHERE district = ? LIMIT 1", (district,)) is not None

    def kept_out(self, district: int, digests: Collection[str]) -> frozenset[str]:
        """Those of some digests that are of people who were erased."""
        asked = f"SELECT digest FROM erased_key WHERE district = :district AND digest {self._in(':digests')}"
        return frozenset(self._values(asked, {"district": district, "digests": json.dumps(sorted(digests))}))

    def let_back(self, district: int, erasure: str) -> int:
        """Let sources bring somebody again; gives by how many keys they knew them."""
        own = (district, erasure)
        (count,) = self._rows("SELECT count(*) FROM erased_key WHERE district = ? AND erasure = ?", own)[0]
        self._do("DELETE FROM erased_key WHERE district = ? AND erasure = ?", own)
        return count

    def keys(self, district: int, ids: Iterable[str]) -> list[tuple[str, str, str]]:
        """By which keys sources know some records (hub ids): source, kind and key."""
        asked = (
            f"SELECT DISTINCT source, kind, key FROM source_row WHERE district = :district AND id {self._in(':ids')}"
        )
        rows = self._rows(asked, {"district": district, "ids": json.dumps(sorted(ids))})
        return [(source, kind, key) for source, kind, key in rows]

    # ---- taking them out of what is kept beside the records

    def scrub(self, district: int, ids: Collection[str], words: Collection[str]) -> dict[str, int]:
        """Delete what tells of somebody by the hub ids of their records, or by their words; gives how much of what."""
        found = dict[str, int]()
        those = json.dumps(sorted(ids))
        for what, table, column in _BY_ID:
            where = f"district = :district AND {column} {self._in(':ids')}"
            _count(found, what, self._gone(table, where, {"district": district, "ids": those}))
        for what, table, columns in _BY_WORD:
            where, values = having(columns, words)
            _count(
                found, what, self._gone(table, f"district = :district AND ({where})", {**values, "district": district})
            )
        for what, table, columns in _EVERYWHERE:
            where, values = having(columns, words)
            _count(found, what, self._gone(table, where, values))
        _count(found, "write-backs", self._blank("writeback", "outcome", "[[], []]", words))
        _count(found, "receipts", self._blank("receipt", "told", "{}", words))
        _count(found, "sources", self._blank("source_run", "requests", "[]", words))
        self._do(
            f"DELETE FROM twin WHERE district = :district AND id {self._in(':ids')}",
            {"district": district, "ids": those},
        )
        return found

    def _gone(self, table: str, where: str, values: Mapping[str, Any]) -> int:
        (count,) = self._rows(f"SELECT count(*) FROM {table} WHERE {where}", values)[0]
        if count:
            self._do(f"DELETE FROM {table} WHERE {where}", values)
        return count

    def _blank(self, table: str, column: str, blank: str, words: Collection[str]) -> int:
        where, values = having((column,), words)
        (count,) = self._rows(f"SELECT count(*) FROM {table} WHERE {where}", values)[0]
        if count:
            self._do(f"UPDATE {table} SET {column} = :blank WHERE {where}", {**values, "blank": blank})
        return count

    def unregister(self, district: int, keys: Sequence[int]) -> None:
        """Delete the registers of students who are gone, by their keys."""
        asked = f"DELETE FROM register WHERE district = :district AND student {self._in(':keys', 'number')}"
        self._do(asked, {"district": district, "keys": json.dumps(list(keys))})

    def forget_lists(self, ids: Collection[str]) -> None:
        """Let no list of whom an app sees name some records any more."""
        for table in ("named", "declined", "chosen", "turned", "veiled"):
            self._do(f"DELETE FROM {table} WHERE id {self._in(':ids')}", {"ids": json.dumps(sorted(ids))})

    def unsay(self, district: int, ids: Collection[str]) -> int:
        """Let no source say any more that something refers to some records; gives of how many that was said."""
        where, values = having(("says",), ids)
        rows = self._rows(
            f"SELECT kind, id, source, key, says FROM saying WHERE district = :district AND ({where})",
            {**values, "district": district},
        )
        self._each(
            "UPDATE saying SET says = ? WHERE district = ? AND kind = ? AND id = ? AND source = ? AND key = ?",
            [(_without(says, ids), district, *own) for *own, says in rows],
        )
        return len(rows)

    # ---- what sources asked to keep

    def sources(self, district: int) -> list[str]:
        """The sources of a district of which files are kept."""
        return self._values("SELECT DISTINCT source FROM source_file WHERE district = ?", (district,))

    def files(self, district: int, source: str) -> list[str]:
        """The names of the files that are kept of a source, and hold what it said."""
        asked = "SELECT name FROM source_file WHERE district = ? AND source = ? AND name NOT LIKE ?"
        return self._values(asked, (district, source, f"{STAYS}%"))

    def drop_files(self, district: int, source: str) -> None:
        """Keep nothing more of what a source said: its next reading says all of it."""
        self._do(
            "DELETE FROM source_file WHERE district = ? AND source = ? AND name NOT LIKE ?",
            (district, source, f"{STAYS}%"),
        )

    # ---- the history

    def stones(self, district: int, ids: Collection[str], words: Collection[str]) -> list[Stone]:
        """What the history tells of somebody, by the hub ids of their records and by their words."""
        where, values = having(("keys",), words)
        rows = self._rows(
            "SELECT seq, at, kind, id, school, what, keys, made FROM history WHERE district = :district"
            f" AND (id {self._in(':ids')} OR {where})",
            {**values, "district": district, "ids": json.dumps(sorted(ids))},
        )
        return [stone_of(row) for row in rows]

    def silence(self, district: int, erasure: str, stones: Iterable[Stone]) -> None:
        """Let the history no longer say what somebody is called, and be told of until an erasure ends."""
        told = list(stones)
        self._each(
            "UPDATE history SET keys = ? WHERE district = ? AND seq = ?",
            [(json.dumps(_nameless(one.keys)), district, one.seq) for one in told],
        )
        self._each(
            "INSERT INTO erased_stone (district, erasure, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(district, erasure, one.seq) for one in told],
        )


def _nameless(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in keys.items() if name.rpartition(".")[2] not in NAMES}


def _without(says: str, ids: Collection[str]) -> str:
    facts = {name: value for name, value in json.loads(says).items() if value not in ids}
    return json.dumps(facts, ensure_ascii=False)


def _count(found: dict[str, int], what: str, count: int) -> None:
    if count:
        found[what] = found.get(what, 0) + count


def _erasure(row: Row) -> Erasure:
    identity, person, at, by, why, gone, until, ended = row
    return Erasure(identity, person, at, by, why, json.loads(gone), until, ended)
