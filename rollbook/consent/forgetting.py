"""People who have forgotten their password: whoever asks is answered alike, and only a mailbox learns more."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from ..store.kept.accounts import Account
from ..store.kept.roles import AccountLink
from ..store.port import Store
from .accounts import known_email
from .tries import LetterTries

HOUR = 3600.0
"""Seconds for which a link opens that somebody asked for by themselves."""


@dataclass(frozen=True)
class Remedy:
    """What somebody is written who has forgotten their password; no link where the account has none."""

    account: Account
    link: AccountLink | None


class Forgetting:
    """Writes to those who have forgotten their password."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._tries = LetterTries()

    def ask(self, email: str, client: str) -> str:
        """Promise a letter to an address, and give it as it is kept; raises `Malformed` and `TooOften`.

        Whether anybody has an account with it is not looked at here, so that no time tells either.
        """
        address = known_email(email)
        if self._tries.may(address, client, self._clock()):
            with self._store.transaction() as kept:
                kept.outbox.promise("mail", {"letter": "forgotten", "to": address}, key=f"forgotten/{address}")
        return address

    def remedy(self, address: str) -> Remedy | None:
        """What the owner of an address is written; None where it has no account."""
        account = self._store.kept.accounts.by_email(address)
        if account is None:
            return None
        if self._store.kept.accounts.password(account.id) is None:
            return Remedy(account, None)
        # A letter that could not be sent is written again, with the link that there is.
        waiting = (one for one in self._store.kept.roles.links() if (one.email, one.made_by) == (address, address))
        return Remedy(account, next((one for one in waiting if not one.role), None) or self._new_link(account))

    def _new_link(self, account: Account) -> AccountLink:
        link = AccountLink(str(uuid.uuid4()), account.email, "", "", account.email, self._clock() + HOUR)
        with self._store.transaction() as kept:
            kept.roles.add_link(link)
            kept.decisions.add(account.email, "asked for another password")
        return link
