"""Keys of apps and of schools, kept as digests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from .apps import App
from .opened import opened
from .statements import Row, Timed


@dataclass(frozen=True)
class AppKey:
    """What an app shows in one dialect; `district` 0 stands for every district that has granted it something.

    `rights` are the permission words of the dialect's standard; `made` is the moment when it was made, UTC. The secret
    of one that is `sealed` is kept beside its digest, for whoever signs with it or is told it again.
    """

    id: str
    app: App
    dialect: str
    key: str
    district: int
    rights: tuple[str, ...]
    made: str
    sealed: bool = False


class OwnSchool(NamedTuple):
    """The school whose key was shown: its district's number, its hub id, its establishment number."""

    district: int
    id: str
    estab: str


_KEYS = (
    "SELECT c.id, a.id, a.relying_party, a.name, c.dialect, c.key, c.district, c.rights, c.made,"
    " s.credential FROM credential c JOIN app a ON a.id = c.app LEFT JOIN signing_secret s ON s.credential = c.id"
)


def _key(row: Row) -> AppKey:
    identity, app, party, name, dialect, key, district, rights, made, sealed = row
    words = tuple(json.loads(rights))
    return AppKey(identity, App(app, party, name), dialect, key, district, words, made, sealed is not None)


class Credentials(Timed):
    """Keys of apps and of schools, kept as digests."""

    def every(self) -> list[AppKey]:
        """The keys of all apps, by app, oldest first."""
        return [_key(row) for row in self._rows(f"{_KEYS} ORDER BY a.name, c.made, c.id")]

    def with_key(self, key: str) -> AppKey | None:
        """The credential with this key."""
        return self._one("c.key = ?", key)

    def with_id(self, dialect: str, identity: str) -> AppKey | None:
        """The credential of a dialect with this id."""
        return self._one("c.id = ? AND c.dialect = ?", identity, dialect)

    def by_id(self, identity: str) -> AppKey | None:
        """The credential with this id, of any dialect."""
        return self._one("c.id = ?", identity)

    def with_secret(self, dialect: str, secret: bytes) -> AppKey | None:
        """The credential of a dialect with this secret (its digest)."""
        return self._one("c.secret = ? AND c.dialect = ?", secret, dialect)

    def _one(self, where: str, *values: object) -> AppKey | None:
        row = self._row(f"{_KEYS} WHERE {where}", values)
        return _key(row) if row else None

    def client(self, dialect: str, key: str, secret: bytes) -> str | None:
        """The id of the credential of a dialect with this key and this secret (its digest), or one of before it."""
        return self._value(
            "SELECT id FROM credential c WHERE c.dialect = ? AND c.key = ? AND (c.secret = ? OR EXISTS (SELECT 1"
            " FROM earlier_secret e WHERE e.holder = c.id AND e.hash = ? AND e.until > ?))",
            (dialect, key, secret, secret, self._clock()),
        )

    # ---- secrets of before

    def holder(self, secret: bytes) -> tuple[str, float] | None:
        """Whose earlier secret (its digest) one is, and until when it is good; None where it no longer is."""
        row = self._row(
            "SELECT holder, until FROM earlier_secret WHERE hash = ? AND until > ?", (secret, self._clock())
        )
        return (row[0], row[1]) if row else None

    def earlier(self, holder: str) -> list[tuple[bytes, float]]:
        """The earlier secrets (digests) of an app or a credential (id) that are still good, and until when."""
        sql = "SELECT hash, until FROM earlier_secret WHERE holder = ? AND until > ? ORDER BY until"
        return [(digest, until) for digest, until in self._rows(sql, (holder, self._clock()))]

    def secret(self, identity: str) -> bytes | None:
        """The digest of the present secret of a credential (id)."""
        return self._value("SELECT secret FROM credential WHERE id = ?", (identity,))

    def rotate(self, identity: str, secret: bytes, until: float) -> None:
        """Let a credential (id) have another secret (its digest); those before are good until a moment, if any."""
        gone = "DELETE FROM earlier_secret WHERE until <= ? OR (holder = ? AND ? = 0)"
        self._do(gone, (self._clock(), identity, until))
        self._do(
            "INSERT INTO earlier_secret (holder, hash, sealed, until)"
            " SELECT c.id, c.secret, s.sealed, CAST(? AS DOUBLE PRECISION)"
            " FROM credential c LEFT JOIN signing_secret s ON s.credential = c.id WHERE c.id = ?",
            (until, identity),
        )
        self._do("UPDATE credential SET secret = ? WHERE id = ?", (secret, identity))
        self._do("DELETE FROM signing_secret WHERE credential = ?", (identity,))

    def seals(self, identity: str) -> list[str]:
        """The sealed secrets of a key (the credential's id) that are good now, the present one first."""
        sql = "SELECT sealed FROM earlier_secret WHERE holder = ? AND until > ? AND sealed IS NOT NULL"
        now = self.sealed(identity)
        return [] if now is None else [now, *self._values(sql, (identity, self._clock()))]

    # ---- made and ended

    def add(self, key: AppKey, secret: bytes) -> None:
        """Keep a new key of an app, with the digest of its secret."""
        self._do(
            "INSERT INTO credential (id, app, dialect, key, secret, district, rights, made)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (key.id, key.app.id, key.dialect, key.key, secret, key.district, json.dumps(key.rights), key.made),
        )
        self._do(opened("g.app = ?"), (key.app.id,))

    def seal(self, identity: str, sealed: str) -> None:
        """Keep the secret of a key (the credential's id), sealed, so that the hub knows it still."""
        self._do("INSERT INTO signing_secret (credential, sealed) VALUES (?, ?)", (identity, sealed))

    def sealed(self, identity: str) -> str | None:
        """The secret of a key (the credential's id), sealed; None where only its digest is kept."""
        return self._value("SELECT sealed FROM signing_secret WHERE credential = ?", (identity,))

    def drop(self, identity: str) -> None:
        """End a key of an app (the credential's id)."""
        self._do("DELETE FROM signing_secret WHERE credential = ?", (identity,))
        self._do("DELETE FROM earlier_secret WHERE holder = ?", (identity,))
        self._do("DELETE FROM credential WHERE id = ?", (identity,))

    # ---- schools' own

    def renew_school_key(self, district: int, school: str, digest: bytes, made: str) -> None:
        """Let a school (hub id) have a key (its digest) in place of the one it had; `made` is the moment, UTC."""
        self._do("DELETE FROM school_key WHERE district = ? AND school = ?", (district, school))
        self._do(
            "INSERT INTO school_key (hash, district, school, made) VALUES (?, ?, ?, ?)",
            (digest, district, school, made),
        )

    def school_with_key(self, digest: bytes) -> OwnSchool | None:
        """The school whose key has this digest."""
        row = self._row(
            "SELECT k.district, k.school, s.estab FROM school_key k"
            " JOIN school s ON s.district = k.district AND s.id = k.school WHERE k.hash = ?",
            (digest,),
        )
        return OwnSchool(*row) if row else None
