"""How many requests a caller may send, so that one of them cannot take the hub from all others."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

PER_MINUTE = 12_000
"""Requests a minute for each token, unless the hub's owner says otherwise: more than any known client sends, and less
than would keep a processor busy."""

GUESSES = 30
"""Wrong secrets a minute for each caller and name that it signs in by."""

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

    def spend(self, caller: Hashable) -> float:
        """Count a request; gives 0, or after how many seconds the caller may send it."""
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

    def wait(self, caller: Hashable) -> float:
        """After how many seconds a caller may send another request, without counting one; 0 for at once."""
        return max(self._moments.get(caller, 0.0) - self.clock() - self._room, 0.0)

    def _forget(self, now: float) -> None:
        self._moments = {caller: moment for caller, moment in self._moments.items() if moment > now}
        if len(self._moments) > self.callers:
            # So many at once are no callers of a school's hub; a bound that holds is worth more than their count.
            self._moments.clear()
