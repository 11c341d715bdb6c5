"""Browsers that people are signed in with: a sitting ends when nothing is asked for a while, and after half a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..store.kept.accounts import Account
from ..store.port import Store
from .secrets import digest, new_token, told_again

IDLE, LONGEST, CODE = 30 * 60.0, 12 * 3600.0, 10 * 60.0
"""Seconds after which a sitting ends without a request, in all, and while a code is still to come."""

NOTED = 60.0
"""How often it is noted that a sitting goes on, in seconds."""


@dataclass(frozen=True)
class Sitting:
    """A browser that somebody is signed in with."""

    account: Account
    name: str
    """The person's name; empty where it is not known."""
    whole: bool
    """Whether nothing is still to be shown, such as a code."""
    digest: bytes
    proof: str
    """What forms of this sitting bring back, which no other page knows."""


class Sittings:
    """The sittings of a hub."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def begin(self, account: Account, *, whole: bool) -> str:
        """What a browser keeps as a cookie while somebody is signed in."""
        token, now = new_token(30), self._clock()
        with self._store.passing as passing:
            passing.visits.begin(digest(token), account.id, "in" if whole else "code", now, now - LONGEST)
        return token

    def of(self, token: str) -> Sitting | None:
        """The sitting of a cookie; None where it has ended, or never was."""
        if not token:
            return None
        hashed, now = digest(token), self._clock()
        found = self._store.passing.visits.of(hashed)
        if found is None or not now - found.made < LONGEST:
            return None
        whole = found.stage == "in"
        if now - found.used >= (IDLE if whole else CODE):
            return None
        account = self._store.kept.accounts.by_id(found.account)
        if account is None:
            return None
        if whole and now - found.used >= NOTED:
            with self._store.passing as passing:
                passing.visits.use(hashed, now)
        proof = told_again(self._store.secret("console form"), hashed.hex()).hex()[:40]
        return Sitting(account, self._store.kept.accounts.name(account.id), whole, hashed, proof)

    def end(self, sitting: Sitting) -> None:
        """Sign out here."""
        with self._store.passing as passing:
            passing.visits.end(sitting.digest)

    def end_all(self, account: Account, but: Sitting | None = None) -> int:
        """Sign out everywhere, or everywhere else; returns how many browsers that were."""
        with self._store.passing as passing:
            return passing.visits.end_all(account.id, but.digest if but else b"")
