"""How many requests a caller may send, so that one of them cannot take the hub from all others."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress

from ..settings import RATE_LIMIT

PER_MINUTE = RATE_LIMIT.default
"""Requests a minute for each token, unless the hub's owner says otherwise: more than any known client sends, and less
than would keep a processor busy."""

GUESSES = 30
"""Wrong secrets a minute for each caller and name that it signs in by. Passwords, which people choose, have bounds of
their own (`consent.tries`)."""

CALLERS = 65_536
"""How many callers are remembered at a time."""

SPAN = 60.0
"""Seconds: what a caller has not used is saved up for so long."""


class Limit:
    """So many requests a minute for each caller, evenly or at once.

    Of a caller one number is kept: the moment from which all its requests would have been evenly spaced (the generic
    cell rate algorithm, ITU-T I.371). One whose moment has passed is as good as forgotten, so that those who send few
    requests, whoever they say they are, take no room.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic, callers: int = CALLERS) -> None:
        self.per_minute = per_minute
        self.clock = clock
        self.callers = callers
        self._gap = SPAN / per_minute
        # A little more, since sums of fractions are not exact.
        self._room = SPAN - self._gap + 1e-6
        self._moments: dict[Hashable, float] = {}
        self._lock = threading.Lock()

    def spend(self, caller: Hashable) -> float:
        """Count a request; gives 0, or after how many seconds the caller may send it."""
        with self._lock:
            now = self.clock()
            moment = self._moments.get(caller, now)
            if moment < now:
                moment = now
            elif moment - now > self._room:
                return moment - now - self._room
            self._moments[caller] = moment + self._gap
            if len(self._moments) > self.callers:
                self._forget(now)
            return 0.0

    def _forget(self, now: float) -> None:
        self._moments = {caller: moment for caller, moment in self._moments.items() if moment > now}
        if len(self._moments) > self.callers:
            # So many at once are no callers of a school's hub; a bound that holds is worth more than their count.
            self._moments.clear()


class Callers:
    """Whose tokens are which, as far as they were admitted lately: all tokens of a credential are one caller.

    A token that is not known here is counted by the address that it comes from, before it is looked up.
    """

    def __init__(self, most: int = CALLERS) -> None:
        self._most = most
        self._known: OrderedDict[bytes, str] = OrderedDict()

    def get(self, token: bytes) -> str | None:
        """Whose token it is."""
        return self._known.get(token)

    def put(self, token: bytes, caller: str) -> None:
        """Remember whose token it is."""
        self._known[token] = caller
        while len(self._known) > self._most:
            with suppress(KeyError):
                self._known.popitem(last=False)
