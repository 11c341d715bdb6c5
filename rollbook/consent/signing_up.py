"""Developers who sign up by themselves: an address is written to, and who reads the letter opens the account."""

from __future__ import annotations

from collections.abc import Callable

from .accounts import known_email
from .roles import DEVELOPER, SIGN_UP, Roles
from .tries import LetterTries


class SignUps:
    """Writes to those who want to build apps; the same is answered whether or not an address has an account."""

    def __init__(self, clock: Callable[[], float], roles: Roles) -> None:
        self._clock = clock
        self._roles = roles
        self._tries = LetterTries()

    def ask(self, email: str, client: str) -> str:
        """Promise a letter with a link to an address, and give it as it is kept; raises `Malformed` and `TooOften`."""
        address = known_email(email)
        if self._tries.may(address, client, self._clock()):
            self._roles.invite(address, DEVELOPER, "", SIGN_UP, mail=True)
        return address
