"""People who were sent to a provider to sign in, until they come back; times are seconds since 1970."""

from __future__ import annotations

from typing import NamedTuple

from .statements import Statements


class Away(NamedTuple):
    """Somebody who was sent to a provider: from which browser, with what it must repeat, and where they were going."""

    provider: str
    browser: bytes
    """The digest of the browser's cookie."""
    nonce: str
    verifier: str
    back: str
    """The address that the provider sends them back to."""
    next: str
    kept: str
    """What they had filled in, to be sent once they are in."""
    expires: float


class SentAway(Statements):
    """People who were sent to a provider to sign in, each under the digest of what they bring back."""

    def send(self, digest: bytes, away: Away, now: float) -> None:
        """Send somebody away; those whose time is up are forgotten."""
        self._do("DELETE FROM sent_away WHERE expires <= ?", (now,))
        self._do(
            'INSERT INTO sent_away (hash, provider, browser, nonce, verifier, back, "next", kept, expires)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (digest, *away),
        )

    def welcome(self, digest: bytes) -> Away | None:
        """Who comes back; nobody comes back twice."""
        row = self._row(
            "DELETE FROM sent_away WHERE hash = ?"
            ' RETURNING provider, browser, nonce, verifier, back, "next", kept, expires',
            (digest,),
        )
        return Away(*row) if row else None
