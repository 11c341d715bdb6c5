"""Data sets that were returned, to compare with what comes later."""

from __future__ import annotations

from typing import NamedTuple

from .statements import Statements


class Name(NamedTuple):
    """What a data set is known by: the grant that it was returned under, the endpoint, the digest of its rows."""

    grant: str
    endpoint: str
    digest: str


class Snapshot(NamedTuple):
    """What a data set was made of: the request, the versions of the records, the moment (seconds since 1970)."""

    request: str
    versions: str
    made: float


_IT = '"grant" = ? AND endpoint = ? AND hash = ?'


class Snapshots(Statements):
    """Data sets that were returned, to compare with what comes later."""

    def find(self, name: Name) -> Snapshot | None:
        """What a data set was made of."""
        row = self._row(f"SELECT request, versions, made FROM snapshot WHERE {_IT}", name)
        return None if row is None else Snapshot(*row)

    def rows(self, name: Name) -> bytes | None:
        """The rows of a data set."""
        return self._value(f"SELECT rows FROM snapshot_rows WHERE {_IT}", name)

    def put(self, name: Name, made_of: Snapshot) -> None:
        """Keep a data set, or that one which is kept was made of the same again."""
        request, versions, at = made_of
        self._do(
            'INSERT INTO snapshot ("grant", endpoint, hash, made, used, request, versions)'
            " VALUES (?, ?, ?, ?, ?, ?, ?)"
            ' ON CONFLICT ("grant", endpoint, hash) DO UPDATE SET used = excluded.used,'
            " request = excluded.request, versions = excluded.versions",
            (*name, at, at, request, versions),
        )

    def put_rows(self, name: Name, rows: bytes) -> None:
        """Keep the rows of a data set."""
        self._do(
            'INSERT INTO snapshot_rows ("grant", endpoint, hash, rows) VALUES (?, ?, ?, ?)'
            ' ON CONFLICT ("grant", endpoint, hash) DO UPDATE SET rows = excluded.rows',
            (*name, rows),
        )

    def forget_request(self, name: Name) -> None:
        """A data set no longer is what any request was answered with."""
        self._do(f"UPDATE snapshot SET request = '' WHERE {_IT}", name)

    def clear(self, before: float) -> None:
        """Drop what nobody asked after since a moment (seconds since 1970)."""
        self._do("DELETE FROM snapshot WHERE used < ?", (before,))
        self._do(
            "DELETE FROM snapshot_rows WHERE NOT EXISTS (SELECT 1 FROM snapshot s"
            ' WHERE s."grant" = snapshot_rows."grant" AND s.endpoint = snapshot_rows.endpoint'
            " AND s.hash = snapshot_rows.hash)"
        )
