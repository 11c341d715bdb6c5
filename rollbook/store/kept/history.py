"""What moved, what is gone, former ids, and records that one app alone sees or does not see."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...fields import RECORDS, Record
from .statements import Row, Statements

SEER = "$app"
"""Where the history keeps the one app to which what is gone, or has another key, is told."""

OTHERS = "$but"
"""Where the history keeps the one app to which it is not told that something is gone."""

UNVEILED = "id NOT IN (SELECT id FROM veiled WHERE shown = 1)"
"""What holds of records that not only one app sees."""

END = 2**62
"""A number after every write."""

_STONE = "seq, at, kind, id, school, what, keys, made"


@dataclass(frozen=True)
class Stone:
    """What is written down of a record that is gone, or that has another key (`what` is `gone` or `key`).

    `keys` are the natural keys that it had, by dotted name.
    """

    seq: int
    at: str
    kind: str
    id: str
    school: str
    what: str
    keys: Mapping[str, Any]
    made: int | None = None
    """The number of the record's making; unknown of what is gone since before that was written down."""


@dataclass(frozen=True)
class Veiled:
    """A record that only one app sees (`shown`), or that everybody but that app sees, since a moment (UTC).

    The first is what an app wrote under a natural key that is taken by something that it may not see. The second is
    what an app deleted while something depends on it that the app may not see. `app` is the name that it signs in by.
    """

    district: int
    kind: str
    id: str
    app: str
    shown: bool
    at: str


@dataclass(frozen=True)
class Namesake:
    """A record that was listed under an id of its source's with another one, since a moment (UTC)."""

    listed: str
    name: str
    kind: str
    id: str
    at: str


class History(Statements):
    """What moved, what is gone, former ids, and records that one app alone sees or does not see."""

    admits = False

    # ---- what moved

    def newest(self, district: int) -> int:
        """The number of the last write to a district; 0 when there was none."""
        return self._value("SELECT seq FROM clock WHERE district = ?", (district,)) or 0

    def began(self, district: int) -> str:
        """The moment (UTC) of the first write to a district; empty when there was none."""
        return self._value("SELECT min(at) FROM moment WHERE district = ?", (district,)) or ""

    def number_at(self, district: int, at: str) -> int:
        """The number of the last write to a district up to a moment (UTC); 0 when there was none."""
        return self._value("SELECT max(seq) FROM moment WHERE district = ? AND at <= ?", (district, at)) or 0

    def moved(self, district: int, kinds: Iterable[str], school: str | None = None) -> dict[str, int]:
        """The number at which each kind of record last moved in a district.

        With a `school` (hub id) only its own records count, and those that its district shares.
        """
        there = "" if school is None else " AND school IN (:school, '')"
        rows = self._rows(
            f"SELECT kind, max(seq) FROM moved WHERE district = :district{there}"
            f" AND kind {self._in(':kinds')} GROUP BY kind ORDER BY kind",
            {"district": district, "school": school, "kinds": json.dumps(sorted(kinds))},
        )
        return dict(rows)

    # ---- what is gone

    def stones(
        self, district: int, kinds: Iterable[str], since: int = 0, until: int | None = None, seer: str = ""
    ) -> list[Stone]:
        """What is gone of some kinds in a district, and keys that changed, after one number up to another.

        `seer` is the app that is told, where some records are veiled.
        """
        last = END if until is None else until
        rows = self._rows(
            f"SELECT {_STONE} FROM history WHERE district = :district AND seq > :since AND seq <= :last"
            f" AND kind {self._in(':kinds')} {self._told(seer)} ORDER BY seq",
            {"district": district, "since": since, "last": last, "kinds": json.dumps(sorted(kinds)), "seer": seer},
        )
        return list(map(stone_of, rows))

    def roles_gone(self, district: int, person: str, seer: str = "") -> list[Stone]:
        """The roles of a human that are gone."""
        rows = self._rows(
            f"SELECT {_STONE} FROM history WHERE district = :district AND what = 'gone'"
            f" AND kind {self._in(':roles')} AND {self._flavour.member('keys', 'person')} = :person {self._told(seer)}",
            {"district": district, "roles": _roles(), "person": person, "seer": seer},
        )
        return list(map(stone_of, rows))

    def _told(self, seer: str) -> str:
        """What holds of a row of the history that an app (`:seer`) is told; nothing where none is named."""
        if not seer:
            return ""
        alone, other = (self._flavour.member("keys", name) for name in (SEER, OTHERS))
        return (
            f"AND coalesce({alone}, :seer) = :seer AND coalesce({other}, '') <> :seer AND ({alone} IS NOT NULL"
            " OR id NOT IN (SELECT id FROM veiled WHERE app = :seer AND shown = 0))"
        )

    def add(self, district: int, stone: Stone) -> None:
        """Write down that a record is gone, or has another key."""
        keys = json.dumps(stone.keys)
        said = (stone.seq, stone.at, stone.kind, stone.id, stone.school or None, stone.what, keys, stone.made)
        self._do(f"INSERT INTO history (district, {_STONE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (district, *said))

    # ---- veils

    def any_veiled(self) -> bool:
        """Whether any record of the hub is veiled from some app."""
        return bool(self._value("SELECT EXISTS (SELECT 1 FROM veiled)"))

    def veiled(self) -> list[Veiled]:
        """The records that only one app sees, or that one app does not see, oldest first."""
        rows = self._rows(
            "SELECT v.district, v.kind, v.id, a.relying_party, v.shown, v.at FROM veiled v JOIN app a ON a.id = v.app"
            " ORDER BY v.at, v.id"
        )
        return [
            Veiled(district, kind, identity, app, bool(shown), at) for district, kind, identity, app, shown, at in rows
        ]

    def come(self, district: int, record: type[Record]) -> None:
        """Let veils of records of a kind that are in a district, and were not there before, know their keys."""
        unknown = self._values("SELECT DISTINCT id FROM veiled WHERE key IS NULL AND kind = ?", (record.__name__,))
        self._each(
            "UPDATE veiled SET key = ? WHERE key IS NULL AND kind = ? AND id = ?",
            [(key, record.__name__, i) for i, key in self._keys(record, district, unknown).items()],
        )

    def go(self, key: int) -> None:
        """Let veils no longer know the key of a record that is gone."""
        self._do("UPDATE veiled SET key = NULL WHERE key = ?", (key,))

    # ---- humans of several districts

    def twins(self, district: int) -> frozenset[str]:
        """The hub ids of the humans of a district who have a record in another one too."""
        return frozenset(self._values("SELECT id FROM twin WHERE district = ?", (district,)))

    def twin(self, identity: str, districts: Iterable[int]) -> None:
        """A human has a record in each of some districts."""
        put = "INSERT INTO twin (id, district) VALUES (?, ?) ON CONFLICT DO NOTHING"
        self._each(put, [(identity, district) for district in districts])

    def twin_again(self, identity: str, district: int) -> None:
        """A human who has records in several districts has one in this district too."""
        self._do(
            "INSERT INTO twin (id, district) SELECT DISTINCT id, ? FROM twin WHERE id = ? ON CONFLICT DO NOTHING",
            (district, identity),
        )

    def part_twins(self, identity: str, district: int) -> None:
        """A human no longer has a record in a district."""
        self._do("DELETE FROM twin WHERE id = ? AND district = ?", (identity, district))

    # ---- ids of sources

    def namesakes(self, district: int) -> list[Namesake]:
        """The records of a district that were ever listed under one id with another one."""
        rows = self._rows("SELECT listed, name, kind, id, at FROM namesake WHERE district = ?", (district,))
        return [Namesake(*row) for row in rows]

    # ---- unique ids

    def called(self, district: int, fact: str, value: str) -> list[str]:
        """The humans (hub ids) of a district who have a unique id, a stored fact, now."""
        return self._values(f'SELECT id FROM person WHERE district = ? AND "{fact}" = ?', (district, value))

    def any_renumbered(self, district: int) -> bool:
        """Whether anybody of a district ever had another unique id."""
        return bool(self._value("SELECT EXISTS (SELECT 1 FROM former_id WHERE district = ?)", (district,)))

    def formerly(self, district: int, fact: str, value: str) -> list[tuple[str, str]]:
        """The humans of a district who had a unique id before: the hub id of each, and what it is now."""
        rows = self._rows(
            f'SELECT p.id, p."{fact}" FROM former_id f JOIN person p ON p.district = f.district AND p.id = f.person'
            " WHERE f.district = ? AND f.fact = ? AND f.value = ?",
            (district, fact, value),
        )
        return [(identity, now) for identity, now in rows]

    def renumbered(self, district: int, fact: str, value: str, identity: str) -> None:
        """A human had a unique id before."""
        self._do(
            "INSERT INTO former_id (district, fact, value, person) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (district, fact, value, identity),
        )

    def never_called(self, district: int, fact: str, value: str, identity: str) -> None:
        """A human did not have a unique id before after all."""
        self._do(
            "DELETE FROM former_id WHERE district = ? AND fact = ? AND value = ? AND person = ?",
            (district, fact, value, identity),
        )


def stone_of(row: Row) -> Stone:
    """What a row of the history says."""
    seq, at, kind, identity, school, what, keys, made = row
    return Stone(seq, at, kind, identity, school or "", what, json.loads(keys), made)


def _roles() -> str:
    return json.dumps([record.__name__ for record in RECORDS.values() if record.human])
