"""Waking those who wait for something to do."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection

EVERYBODY = ""
"""The cause for which everybody is woken, whatever they wait for."""

AGENTS = "agents"
"""The cause for which those are woken who wait for what an agent is to do, or for what came of it; all others are kinds
of job."""


class Bell:
    """Wakes those who wait for something to do. This one is rung by nobody else: they look by themselves now and then.

    Who waits first asks how often it rang (`rung`), then looks for something to do, and waits only where it has not
    rung since.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rung: Counter[str] = Counter()

    @property
    def trusty(self) -> bool:
        """Whether it rings, from now on, whenever anybody in any process has something to do."""
        return False

    def rung(self, causes: Collection[str]) -> int:
        """How often it rang for these causes."""
        return sum(self._rung[cause] for cause in {*causes, EVERYBODY})

    def ring(self, cause: str = EVERYBODY) -> None:
        """Wake those who wait for a cause."""
        with self._changed:
            self._rung[cause] += 1
            self._changed.notify_all()

    def wait(self, causes: Collection[str], since: int, seconds: float) -> None:
        """Wait until it has rung more often than `since`, or for so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.rung(causes) != since, seconds)

    def close(self) -> None:
        """Nobody is woken any more."""
