"""Tokens that apps got for their keys, and codes and refresh tokens for one person's, until they end."""

from __future__ import annotations

from typing import NamedTuple

from .statements import Statements


class Ticket(NamedTuple):
    """A token: the id of the credential it came from, the person (hub id, or "") it is for, its end (s since 1970)."""

    credential: str
    person: str
    expires: float


class Tickets(Statements):
    """Tokens that apps got for their keys, and codes and refresh tokens for one person's."""

    def add(self, digest: bytes, kind: str, ticket: Ticket, now: float) -> None:
        """Keep a ticket of a kind (`access`, `code` or `refresh`), and forget those that have ended by now."""
        self._do("DELETE FROM ticket WHERE expires < ?", (now,))
        self._do(
            "INSERT INTO ticket (hash, credential, kind, person, expires) VALUES (?, ?, ?, ?, ?)",
            (digest, ticket.credential, kind, ticket.person, ticket.expires),
        )

    def access(self, digest: bytes) -> Ticket | None:
        """The access token with this digest, also one that has ended."""
        row = self._row("SELECT credential, person, expires FROM ticket WHERE hash = ? AND kind = 'access'", (digest,))
        return Ticket(*row) if row else None

    def redeem(self, digest: bytes, kind: str, credential: str, now: float) -> str | None:
        """Use up a code or a refresh token of a credential (id) that has not ended; returns the person it is for."""
        return self._value(
            "DELETE FROM ticket WHERE hash = ? AND credential = ? AND kind = ? AND expires > ? RETURNING person",
            (digest, credential, kind, now),
        )

    def sign(self, credential: str, said: str, request: str, expires: float, now: float) -> bool:
        """Remember until a moment what a signed request of a credential (id) said once.

        Tells whether no other request has said it before; forgets what has ended by now.
        """
        self._do("DELETE FROM nonce WHERE expires < ?", (now,))
        self._do(
            "INSERT INTO nonce (credential, said, request, expires) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (credential, said, request, expires),
        )
        first = self._value("SELECT request FROM nonce WHERE credential = ? AND said = ?", (credential, said))
        return first == request

    def note_use(self, digest: bytes, at: float) -> None:
        """Note that a secret (its digest) was shown."""
        self._do(
            "INSERT INTO secret_use (hash, at) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET at = excluded.at",
            (digest, at),
        )

    def last_use(self, digest: bytes) -> float | None:
        """When a secret (its digest) was last shown; None where it never was."""
        return self._value("SELECT at FROM secret_use WHERE hash = ?", (digest,))

    def drop(self, credential: str) -> None:
        """Forget every ticket of a credential (id)."""
        self._do("DELETE FROM ticket WHERE credential = ?", (credential,))
