"""The hub's processes: killed at once, started again, and watched."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ..test_server import COMMAND

STARTS = 90.0
"""Seconds within which a process says that it is there; a database that is away meanwhile is waited for."""


@dataclass
class Process:
    """A program that says a line when it is ready; its lines are kept in a file for each time that it was started."""

    name: str
    command: Callable[[Process], list[str]]
    folder: Path
    """Where what it says is kept."""
    times: int = 0
    port: int = 0
    running: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> Path:
        """What it has said since it was last started."""
        return self.folder / f"{self.name}.{self.times}.out"

    def start(self) -> None:
        """Start it, again and again while its database is away, and wait until it is there."""
        until = time.monotonic() + STARTS
        while not self._started():
            if time.monotonic() > until:
                raise AssertionError(f"{self.name} does not start; see {self.said}")
            time.sleep(0.3)

    def _started(self) -> bool:
        self.times += 1
        faults = self.said.with_suffix(".err")
        with self.said.open("wb") as out, faults.open("wb") as err:
            self.running = subprocess.Popen(self.command(self), stdout=out, stderr=err)
        while b"\n" not in self.said.read_bytes():
            if self.running.poll() is not None:
                return False
            time.sleep(0.02)
        return True

    def kill(self) -> None:
        """End it at once, as `kill -9` does."""
        if self.running is not None:
            self.running.kill()
            self.running.wait()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.running is not None and self.running.poll() is None


def server(name: str, data: Path, more: list[str], folder: Path) -> Process:
    """`rollbook serve`, which keeps its port when it is started again."""

    def command(process: Process) -> list[str]:
        if process.times > 1 and not process.port:
            process.port = port_of(folder / f"{name}.1.out")
        options = ["--data", str(data), "--port", str(process.port), "--rate-limit", "0", *more]
        return [str(COMMAND), "serve", *options]

    return Process(name, command, folder)


def worker(name: str, data: Path, more: list[str], folder: Path) -> Process:
    """`rollbook work`, which does the hub's jobs and answers nobody."""
    return Process(name, lambda _: [str(COMMAND), "work", "--data", str(data), *more], folder)


def port_of(said: Path) -> int:
    """The port that a server says it listens at."""
    return urlsplit(said.read_text().split("\n")[0].split()[-1]).port or 0


def program(name: str, module: str, folder: Path, *arguments: str) -> Process:
    """One of the programs of this package."""
    return Process(name, lambda one: [sys.executable, "-m", module, *arguments, str(one.times)], folder)


def started(processes: list[Process]) -> None:
    """Start processes side by side."""
    threads = [threading.Thread(target=one.start) for one in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# ---- memory


Sizes = list[tuple[float, float]]
"""Megabytes, and the moments at which a process had them."""


@dataclass
class Memory:
    """How much memory of their own some processes have had, by name and process."""

    processes: list[Process]
    seen: dict[tuple[str, int], Sizes] = field(default_factory=dict[tuple[str, int], Sizes])
    _ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Look each second until told to end."""
        while not self._ended.wait(1):
            for one in self.processes:
                if one.running is not None and (size := own_memory(one.running.pid)):
                    self.seen.setdefault((one.name, one.running.pid), []).append((time.monotonic(), size))

    def end(self) -> None:
        """Look no more."""
        self._ended.set()

    def longest(self, name: str) -> Sizes:
        """What was seen of that process of a name that lived longest."""
        return max((seen for (who, _), seen in self.seen.items() if who == name), key=len, default=Sizes())


def own_memory(pid: int) -> float:
    """Megabytes that a process has for itself; none when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("RssAnon")), 0)


def slope(seen: Sizes) -> float:
    """Megabytes a minute by which something grew in the second half of what was seen (least squares)."""
    late = seen[len(seen) // 2 :]
    if len(late) < 2:
        return 0
    middle, size = sum(t for t, _ in late) / len(late), sum(s for _, s in late) / len(late)
    spread = sum((t - middle) ** 2 for t, _ in late)
    return 60 * sum((t - middle) * (s - size) for t, s in late) / spread


def environment(**more: str) -> None:
    """Have every process of the hub take these settings, and keep what it compiles."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.update(more)
