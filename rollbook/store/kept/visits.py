"""People who are signed in with a browser, each under the digest of its cookie; times are seconds since 1970."""

from __future__ import annotations

from typing import NamedTuple

from .statements import Statements


class Sitting(NamedTuple):
    """A browser that somebody is signed in with: the account (hub id), how far, since when, and when it last asked."""

    account: str
    stage: str
    """`code` while a code is still to come, then `in`."""
    made: float
    used: float


class Visits(Statements):
    """People who are signed in with a browser."""

    def begin(self, digest: bytes, account: str, stage: str, now: float, oldest: float) -> None:
        """Begin a sitting; those that began before the `oldest` are forgotten."""
        self._do("DELETE FROM session WHERE made <= ?", (oldest,))
        self._do(
            "INSERT INTO session (hash, account, stage, made, used) VALUES (?, ?, ?, ?, ?)",
            (digest, account, stage, now, now),
        )

    def of(self, digest: bytes) -> Sitting | None:
        """The sitting of a cookie."""
        row = self._row("SELECT account, stage, made, used FROM session WHERE hash = ?", (digest,))
        return Sitting(*row) if row else None

    def use(self, digest: bytes, now: float) -> None:
        """Note that a sitting goes on."""
        self._do("UPDATE session SET used = ? WHERE hash = ?", (now, digest))

    def end(self, digest: bytes) -> None:
        """End a sitting."""
        self._do("DELETE FROM session WHERE hash = ?", (digest,))

    def end_all(self, account: str, but: bytes = b"") -> int:
        """End every sitting of an account but one; returns how many there were."""
        ended = "DELETE FROM session WHERE account = ? AND hash <> ? RETURNING 1"
        return len(self._rows(ended, (account, but)))
