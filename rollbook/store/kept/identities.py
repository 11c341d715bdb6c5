"""Accounts elsewhere that people sign in with, and what an address there lets them do; times are seconds since 1970."""

from __future__ import annotations

from typing import NamedTuple

from .statements import Timed


class Identity(NamedTuple):
    """An account elsewhere: who says so, how they name the person, the account here (hub id), first and last use."""

    issuer: str
    subject: str
    account: str
    made: float
    used: float


class DomainRole(NamedTuple):
    """What those may do, and where (a hub id), whom a provider gives an address of a domain; who said so, and when."""

    issuer: str
    domain: str
    role: str
    place: str
    made_by: str
    made: float


_IDENTITIES = "SELECT issuer, subject, account, made, used FROM identity"
_DOMAINS = "SELECT issuer, domain, role, place, made_by, made FROM domain_role"


class Identities(Timed):
    """Accounts elsewhere that people sign in with, and what an address there lets them do."""

    admits = False

    def with_subject(self, issuer: str, subject: str) -> Identity | None:
        """The one that a provider names so."""
        row = self._row(f"{_IDENTITIES} WHERE issuer = ? AND subject = ?", (issuer, subject))
        return Identity(*row) if row else None

    def of(self, account: str) -> list[Identity]:
        """Those of an account."""
        return [Identity(*row) for row in self._rows(f"{_IDENTITIES} WHERE account = ? ORDER BY made", (account,))]

    def every(self) -> list[Identity]:
        """All of them, in the order in which they were first used."""
        return [Identity(*row) for row in self._rows(f"{_IDENTITIES} ORDER BY made, issuer, subject")]

    def use(self, issuer: str, subject: str, account: str) -> None:
        """Note that somebody signs in with an account elsewhere; the first time, that it is theirs."""
        now = self._clock()
        self._do(
            "INSERT INTO identity (issuer, subject, account, made, used) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (issuer, subject) DO UPDATE SET used = excluded.used",
            (issuer, subject, account, now, now),
        )

    def drop(self, account: str, issuer: str = "") -> int:
        """Let nobody sign in to an account with one elsewhere any more, at one provider or any; gives how many."""
        gone = "DELETE FROM identity WHERE account = ? AND (? = '' OR issuer = ?) RETURNING 1"
        self.changed = True
        return len(self._rows(gone, (account, issuer, issuer)))

    # ---- domains

    def domains(self) -> list[DomainRole]:
        """What addresses of domains let people do."""
        return [DomainRole(*row) for row in self._rows(f"{_DOMAINS} ORDER BY domain, issuer, role, place")]

    def of_domain(self, issuer: str, domain: str) -> list[DomainRole]:
        """What an address of a domain lets those do to whom a provider gives it."""
        rows = self._rows(f"{_DOMAINS} WHERE issuer = ? AND domain = ? ORDER BY role, place", (issuer, domain))
        return [DomainRole(*row) for row in rows]

    def let_in(self, issuer: str, domain: str, role: str, place: str, by: str) -> bool:
        """Let an address of a domain give a role; false where it does already."""
        return self._do(
            "INSERT INTO domain_role (issuer, domain, role, place, made_by, made) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING RETURNING 1",
            (issuer, domain, role, place, by, self._clock()),
        )

    def keep_out(self, issuer: str, domain: str, role: str, place: str) -> bool:
        """Let an address of a domain no longer give a role; false where it does not."""
        gone = "DELETE FROM domain_role WHERE issuer = ? AND domain = ? AND role = ? AND place = ? RETURNING 1"
        return self._do(gone, (issuer, domain, role, place))
