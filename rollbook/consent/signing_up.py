"""Developers who sign up by themselves: an address is written to, and who reads the letter opens the account."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ..recent import Recent
from .accounts import known_email
from .roles import DEVELOPER, SIGN_UP, Roles
from .tries import REMEMBERED, TooOften, Tries

HOUR, DAY = 3600.0, 24 * 3600.0

BY_CLIENT, TO_ADDRESS, IN_ALL = 10, 3, 200
"""How many letters are asked for from one address on the network in an hour, sent to one address for e-mail in a day,
and sent in all in an hour."""


class SignUps:
    """Writes to those who want to build apps; the same is answered whether or not an address has an account."""

    def __init__(self, clock: Callable[[], float], roles: Roles) -> None:
        self._clock = clock
        self._roles = roles
        self._clients: Recent[Tries] = Recent(REMEMBERED)
        self._addresses: Recent[Tries] = Recent(REMEMBERED)
        self._all = Tries(IN_ALL, HOUR)

    def ask(self, email: str, client: str) -> str:
        """Promise a letter with a link to an address, and give it as it is kept; raises `Malformed` and `TooOften`."""
        address, now = known_email(email), self._clock()
        self._clients.get(client, lambda: Tries(BY_CLIENT, HOUR)).begin(now)
        self._all.begin(now)
        # Who asks learns nothing of how often an address was written to before.
        with suppress(TooOften):
            self._addresses.get(address, lambda: Tries(TO_ADDRESS, DAY)).begin(now)
            self._roles.invite(address, DEVELOPER, "", SIGN_UP, mail=True)
        return address
