"""What happens to a hub meanwhile: processes are killed, the database is restarted, the replica promoted."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from .client import Field
from .places import Place
from .processes import Process

RESTARTS, PROMOTION = (0.15, 0.3), 0.5
"""At which parts of a run the store is taken away from everybody, and the primary is lost."""


@dataclass
class Trouble:
    """Makes trouble for so many seconds, the same for the same seed."""

    place: Place
    processes: list[Process]
    ground: Field
    seconds: float
    every: float
    interrupts: int = 0
    did: Counter[str] = field(default_factory=Counter[str])

    def make(self) -> None:
        """Go on until the time is over; then everything runs."""
        began, kills = time.monotonic(), 0
        dice = random.Random(f"{self.ground.seed} trouble")
        marked = [(part * self.seconds, self._interrupt) for part in RESTARTS]
        marked.append((PROMOTION * self.seconds, self._promote))
        while (now := time.monotonic() - began) < self.seconds:
            if marked and now >= marked[0][0]:
                marked.pop(0)[1]()
            elif now >= (kills + 1) * self.every:
                kills += 1
                self._kill(dice)
            self.ground.ended.wait(0.1)

    def _kill(self, dice: random.Random) -> None:
        # The first server is spared, so that it can be seen whether its memory grows.
        one = dice.choice(self.processes[1:])
        one.kill()
        self._note(f"killed {one.name.partition('-')[0]}", one.name)
        time.sleep(dice.random())
        one.start()

    def _interrupt(self) -> None:
        self.interrupts += 1
        self._note(self.place.interrupt(self.processes, self.interrupts))

    def _promote(self) -> None:
        if what := self.place.promote():
            self._note(what)

    def _note(self, what: str, more: str = "") -> None:
        self.did[what] += 1
        self.ground.log.put("trouble", what, more)
