"""What it costs to watch a server: `python -m bench.watching` asks three servers by turns, in one run.

Processor time of all threads of the server is compared, so that lines which another thread writes count as well.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from . import servers
from .endpoints import make_secondary, spelled
from .ledger import TYPICAL, quarter
from .servers import Server

KINDS = {"unwatched": "bench.unwatched", "watched": "bench.rollbook_command", "logged": "bench.logging_json"}
"""The servers, each by the command that begins it."""

BATCH = 200
"""How many answers from memory are timed together."""


def measure(size: float = 0.2, rounds: int = 25) -> dict[str, dict[str, float]]:
    """Seconds of a processor for each answer: of each question, by kind of server."""
    with TemporaryDirectory() as place, ExitStack() as stack:
        first = Path(place, "0")
        school = make_secondary(first, size, 0)
        started: dict[str, Server] = {}
        for number, (kind, module) in enumerate(KINDS.items()):
            folder = Path(place, str(number))
            if number:
                shutil.copytree(first, folder)
            started[kind] = stack.enter_context(servers.rollbook(folder, module))
        wires = {k: stack.enter_context(s.wire(servers.sign_in(s, school))) for k, s in started.items()}
        at = f"/api/v1/School/{school.estab}/Students"
        found: dict[str, dict[str, float]] = {}
        for what, path, kept in (
            ("one student, from memory", f"{at}?id=9919", True),
            ("one student, read anew", f"{at}?id=9919", False),
            ("all students, 30 columns, read anew", f"{at}?select={TYPICAL}", False),
        ):
            taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
            batch = BATCH if kept else 20
            for _ in range(rounds):
                for kind, wire in wires.items():
                    before = started[kind].cpu()
                    for _ in range(batch):
                        wire.raw(path if kept else spelled(path))
                    taken[kind].append((started[kind].cpu() - before) / batch)
            found[what] = {kind: quarter(times) for kind, times in taken.items()}
            found[what]["spread"] = median(taken["unwatched"]) / found[what]["unwatched"]
        return found


def main() -> None:
    """Measure, and print a line for each question."""
    for what, times in measure().items():
        bare = times["unwatched"]
        print(
            f"{what}: {bare * 1e6:.1f} µs unwatched; watched {times['watched'] / bare:.4f} times as much,"
            f" with a log {times['logged'] / bare:.4f} times; median over quarter {times['spread']:.3f}"
        )


if __name__ == "__main__":
    main()
