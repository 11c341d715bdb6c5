"""Tokens that were handed out for grants and for management, kept as digests, until they end."""

from __future__ import annotations

from typing import NamedTuple

from .statements import Statements


class Token(NamedTuple):
    """What a token stands for: the app, its grant at one authorisation (none for management), and until when.

    App and grant are hub ids, the end is in seconds since 1970.
    """

    app: str
    grant: str
    serial: int
    expires: float


class Tokens(Statements):
    """Tokens that were handed out for grants and for management."""

    def add(self, digest: bytes, token: Token, now: float) -> None:
        """Keep a token, and forget those that have ended by now."""
        self._do("DELETE FROM token WHERE expires < ?", (now,))
        self._do('INSERT INTO token (hash, app, "grant", version, expires) VALUES (?, ?, ?, ?, ?)', (digest, *token))

    def with_digest(self, digest: bytes) -> Token | None:
        """The token with this digest, also one that has ended."""
        row = self._row('SELECT app, "grant", version, expires FROM token WHERE hash = ?', (digest,))
        return Token(*row) if row else None

    def drop(self, grant: str) -> None:
        """Forget the tokens of a grant (hub id)."""
        self._do('DELETE FROM token WHERE "grant" = ?', (grant,))

    def drop_managing(self, app: str) -> None:
        """Forget the tokens with which an app (hub id) manages."""
        self._do("""DELETE FROM token WHERE app = ? AND "grant" = ''""", (app,))
