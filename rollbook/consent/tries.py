"""How often a password may be wrong: people choose passwords, so whoever guesses must be slow.

Secrets that the hub makes itself are too long to guess. How often those may be wrong is bounded where requests are
counted (`api.limits`), and never keeps the right one out.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress

from ..errors import Refused
from ..recent import Recent

WINDOW_SECONDS = 900
"""For how long a wrong password of one user counts."""

REMEMBERED = 10_000
"""How many addresses, users, and pairs of the two are remembered at a time."""

HOUR, DAY = 3600.0, 24 * 3600.0

LETTERS_BY_CLIENT, LETTERS_TO_ADDRESS, LETTERS_IN_ALL = 10, 3, 200
"""How many letters are asked for from one address on the network in an hour, sent to one address for e-mail in a day,
and sent in all in an hour."""


class TooOften(Refused):
    """Too many attempts. Wait, then try again."""


class Tries:
    """Bounds how often something may fail within some seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._failed: deque[float] = deque()
        self._lock = threading.Lock()

    def begin(self, now: float) -> None:
        """Count a try as failed until it succeeds, so that many at once are no way round; raises `TooOften`."""
        with self._lock:
            while self._failed and self._failed[0] <= now - self.seconds:
                self._failed.popleft()
            if len(self._failed) >= self.most:
                raise TooOften
            self._failed.append(now)

    def succeed(self, now: float) -> None:
        """A try that began at a moment was right, or is refused for another reason."""
        with self._lock, suppress(ValueError):
            self._failed.remove(now)


class LetterTries:
    """Bounds how often letters are asked for: from one address on the network, to one for e-mail, and in all."""

    def __init__(self) -> None:
        self._clients: Recent[Tries] = Recent(REMEMBERED)
        self._addresses: Recent[Tries] = Recent(REMEMBERED)
        self._all = Tries(LETTERS_IN_ALL, HOUR)

    def may(self, address: str, client: str, now: float) -> bool:
        """Count a letter to an address; false where enough went there; raises `TooOften` for whoever asks too often."""
        self._clients.get(client, lambda: Tries(LETTERS_BY_CLIENT, HOUR)).begin(now)
        self._all.begin(now)
        # Who asks learns nothing of how often an address was written to before.
        try:
            self._addresses.get(address, lambda: Tries(LETTERS_TO_ADDRESS, DAY)).begin(now)
        except TooOften:
            return False
        return True


class Guessing:
    """Bounds how often passwords may be wrong.

    An address on the network guesses at one user's password five times, and thirty times a minute at all users'. What
    it does locks nobody out elsewhere. All addresses together guess at one user's a hundred times, but for those from
    which the user has signed in before: theirs is a bound of their own.
    """

    def __init__(self) -> None:
        self._pairs: Recent[Tries] = Recent(REMEMBERED)
        self._clients: Recent[Tries] = Recent(REMEMBERED)
        self._users: Recent[Tries] = Recent(REMEMBERED)
        self._familiar: Recent[tuple[str, str]] = Recent(REMEMBERED)

    def begin(self, client: str, user: str, now: float) -> list[Tries]:
        """Count a try; raises `TooOften`."""
        begun: list[Tries] = []
        for bound in self._bounds(client, user):
            try:
                bound.begin(now)
            except TooOften:
                _end(begun, now)
                raise
            begun.append(bound)
        return begun

    def _bounds(self, client: str, user: str) -> list[Tries]:
        bounds = [
            self._pairs.get((client, user), lambda: Tries(5, WINDOW_SECONDS)),
            self._clients.get(client, lambda: Tries(30, 60)),
        ]
        if (client, user) not in self._familiar:
            bounds.append(self._users.get(user, lambda: Tries(100, WINDOW_SECONDS)))
        return bounds

    def right(self, begun: list[Tries], client: str, user: str, now: float) -> None:
        """The password was right."""
        _end(begun, now)
        self._familiar.get((client, user), lambda: (client, user))


def _end(begun: list[Tries], now: float) -> None:
    for bound in begun:
        bound.succeed(now)
