"""Servers as processes of their own, and what they take of the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from .client import Wire
from .schools import PARTY, Measured

MB = 1024 * 1024


@dataclass(frozen=True)
class Server:
    """A running server: its process, its port, and the threads that it had before anybody asked it anything."""

    pid: int
    port: int
    workers: frozenset[str] = frozenset()

    def wire(self, authorization: str = "") -> Wire:
        """A connection to it."""
        return Wire(self.port, authorization)

    def cpu(self) -> float:
        """Seconds for which its threads have been on a processor."""
        return _on_processor(self.pid, _threads(self.pid))

    def answering(self) -> float:
        """Seconds for which the threads that answer have been on a processor; the workers are other ones."""
        return _on_processor(self.pid, _threads(self.pid) - self.workers)

    def status(self, name: str) -> int:
        """A line of its status, such as VmRSS, in bytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
        return 0


def _threads(pid: int) -> frozenset[str]:
    return frozenset(task.name for task in Path(f"/proc/{pid}/task").iterdir())


def _on_processor(pid: int, threads: frozenset[str]) -> float:
    """Seconds for which some threads of a process have been on a processor."""
    stats = (Path(f"/proc/{pid}/task/{thread}/schedstat") for thread in threads)
    return sum(int(stat.read_text().split()[0]) for stat in stats) / 1e9


@contextmanager
def rollbook(
    data: Path, command_module: str = "bench.rollbook_command", *, database: str | None = None
) -> Generator[Server]:
    """`rollbook serve`, as anybody would start it; or a command of the bench's that differs from it in one thing."""
    command = [sys.executable, "-m", command_module, "serve", "--data", str(data), "--port", "0"]
    command += ["--database", database] if database else []
    with _started(command) as (process, line):
        # The workers begin before the server says that it is there, the threads that answer when they are needed.
        workers = _threads(process.pid) - {str(process.pid)}
        yield Server(process.pid, int(line.rsplit(":", 1)[1]), workers)


@contextmanager
def module(name: str, *arguments: str) -> Generator[Server]:
    """A server of this bench, which prints its port as JSON."""
    with _started([sys.executable, "-m", name, *arguments]) as (process, line):
        yield Server(process.pid, json.loads(line)["port"])


@contextmanager
def _started(command: Sequence[str]) -> Generator[tuple[subprocess.Popen[str], str]]:
    here = Path(__file__).parent.parent
    # A wide terminal keeps the address on one line.
    environment = {**os.environ, "COLUMNS": "400", "ROLLBOOK_RATE_LIMIT": "0"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=here, env=environment) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline().strip()
            if not line:
                raise RuntimeError(f"{' '.join(command)} did not start")
            yield process, line
        finally:
            process.terminate()


def sign_in(server: Server, school: Measured) -> str:
    """A school token for Rollbook, as the header's value."""
    facts = {"estab": school.estab, "relyingParty": PARTY, "password": school.secret, "thirdpartyid": "XporterOnDemand"}
    asked = Request(
        f"http://127.0.0.1:{server.port}/api/oauth/GetToken",
        json.dumps(facts).encode(),
        {"Content-Type": "application/json"},
    )
    with urlopen(asked, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return f"Idaas {found['token']}"


@dataclass
class Memory:
    """How much memory a server took beyond what it had, in bytes, at its peak."""

    resident: int = 0
    own: int = 0
    """Without pages of files, such as the database's, that the system maps and may take back at any moment."""


@contextmanager
def memory_of(server: Server) -> Generator[Memory]:
    """Watch a server's memory until the block ends."""
    found, stop = Memory(), threading.Event()
    # Writing 5 resets the peak (Linux, proc(5)).
    Path(f"/proc/{server.pid}/clear_refs").write_text("5")
    resident, own = server.status("VmRSS"), server.status("RssAnon")
    peak = own

    def watch() -> None:
        nonlocal peak
        while not stop.wait(0.005):
            peak = max(peak, server.status("RssAnon"))

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield found
    finally:
        stop.set()
        watching.join()
        found.resident = max(server.status("VmHWM") - resident, 0)
        found.own = max(peak, server.status("RssAnon")) - own
