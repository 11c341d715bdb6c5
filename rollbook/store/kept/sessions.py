"""Sessions of people who signed in, each under the digest of its token; times are seconds since 1970."""

from __future__ import annotations

from .statements import Statements


class Sessions(Statements):
    """Sessions of people who signed in."""

    # Researchers were the first to have accounts: the table is still named for them.

    def begin(self, digest: bytes, account: str, name: str, now: float, ends: float, most: int) -> None:
        """Begin a session; of one account there are so many at most, and the one that ends first makes room."""
        self._do("DELETE FROM research_token WHERE expires <= ?", (now,))
        self._do(
            "DELETE FROM research_token WHERE hash IN (SELECT hash FROM (SELECT hash,"
            ' row_number() OVER (ORDER BY expires DESC) AS place FROM research_token WHERE "user" = ?) AS held'
            " WHERE place >= ?)",
            (account, most),
        )
        self._do(
            'INSERT INTO research_token (hash, "user", name, made, expires) VALUES (?, ?, ?, ?, ?)',
            (digest, account, name, now, ends),
        )

    def of(self, digest: bytes) -> tuple[str, float] | None:
        """Whose session a token is for, and when it ends."""
        row = self._row('SELECT "user", expires FROM research_token WHERE hash = ?', (digest,))
        return (row[0], row[1]) if row else None

    def prolong(self, digest: bytes, ends: float) -> None:
        """Let a session end later."""
        self._do("UPDATE research_token SET expires = ? WHERE hash = ?", (ends, digest))

    def end_all(self, account: str) -> int:
        """End every session of an account; returns how many there were."""
        return len(self._rows('DELETE FROM research_token WHERE "user" = ? RETURNING 1', (account,)))
