"""How many requests were answered, how, and how fast; kept by each process, and put together for all of a server.

A request costs its process one look into a dictionary and two additions. What a process has tallied it writes, once a
second, into a file of its own, where several answer; whoever is asked for the figures reads all files.
"""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from .. import figures
from ..api.messages import Route

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds up to which answers are counted together."""

LIVES_SECONDS = 10.0
"""A process that has written nothing for so long is gone; what it had counted still counts."""

Key = tuple[str, str, int]
"""Dialect, endpoint, status."""


class Tally(msgspec.Struct, array_like=True):
    """Requests of one kind: how many in each bucket (the last for longer ones), and the seconds of all."""

    times: list[int]
    seconds: float = 0.0

    def add(self, other: Tally) -> None:
        """Those of another process, too."""
        self.times = [a + b for a, b in zip(self.times, other.times, strict=True)]
        self.seconds += other.seconds


def nothing() -> Tally:
    """A tally of no request."""
    return Tally([0] * (len(BUCKETS) + 1))


class Process(msgspec.Struct, array_like=True):
    """What one process tells: when, requests, what was counted, what it holds."""

    pid: int
    at: float
    asked: list[tuple[str, str, int, Tally]]
    counted: list[tuple[str, list[str], float]]
    held: dict[str, float]


class Tallies:
    """Those of this process; added to by the event loop's thread only."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._asked: dict[Key, Tally] = {}

    def add(self, route: Route, status: int, seconds: float) -> None:
        """A request was answered."""
        tally = self._asked.get((route[0], route[1], status))
        if tally is None:
            tally = self._asked[route[0], route[1], status] = nothing()
        tally.times[bisect_left(BUCKETS, seconds)] += 1
        tally.seconds += seconds

    def told(self) -> Process:
        """What there is to tell now."""
        # A copy first: the event loop's thread may add while another one reads.
        asked = [(*key, tally) for key, tally in self._asked.copy().items()]
        counted = [(name, list(labels), value) for (name, labels), value in figures.counted().items()]
        return Process(os.getpid(), self._clock(), asked, counted, {**figures.held(), **measured()})


def measured() -> dict[str, float]:
    """What the system says of this process: bytes of memory, seconds on a processor, open files."""
    found = {"cpu": time.process_time()}
    try:
        found["memory"] = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        found["files"] = len(os.listdir("/proc/self/fd"))
    except OSError:
        # A system without /proc: what it does not tell is left out.
        pass
    return found


class Shared:
    """A folder in which each process of a server tells the others; without one there is only this process."""

    def __init__(self, folder: Path | None, tallies: Tallies | None) -> None:
        self._folder = folder
        self._tallies = tallies
        """None for a process that answers nobody itself."""

    def write(self) -> None:
        """Tell the others."""
        if self._folder is None or self._tallies is None:
            return
        told = self._tallies.told()
        beside, path = self._folder / f"{told.pid}.new", self._folder / f"{told.pid}.told"
        beside.write_bytes(msgspec.msgpack.encode(told))
        beside.replace(path)

    def every(self) -> list[Process]:
        """What every process tells, also those that are gone."""
        own = [] if self._tallies is None else [self._tallies.told()]
        return own + [one for one in self._others() if not own or one.pid != own[0].pid]

    def _others(self) -> Iterable[Process]:
        for path in sorted(self._folder.glob("*.told")) if self._folder is not None else ():
            try:
                yield msgspec.msgpack.decode(path.read_bytes(), type=Process)
            except (OSError, msgspec.MsgspecError):
                continue


class Together:
    """What the processes of a server tell, put together."""

    def __init__(self, processes: Iterable[Process], now: float) -> None:
        self.asked: dict[Key, Tally] = {}
        self.counted: dict[tuple[str, tuple[str, ...]], float] = {}
        self.live: list[Process] = []
        for one in processes:
            self._take(one)
            if one.at > now - LIVES_SECONDS:
                self.live.append(one)

    def _take(self, one: Process) -> None:
        for dialect, endpoint, status, tally in one.asked:
            self.asked.setdefault((dialect, endpoint, status), nothing()).add(tally)
        for name, labels, value in one.counted:
            key = name, tuple(labels)
            self.counted[key] = self.counted.get(key, 0.0) + value

    def latest(self, name: str) -> float | None:
        """The greatest of what live processes hold under a name; None where none does."""
        return max((one.held[name] for one in self.live if name in one.held), default=None)
