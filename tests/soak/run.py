"""A run: the hub, its clients, the trouble, and what came of it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rollbook.consent import Desk
from rollbook.store.opening import opened
from rollbook.store.port import Store

from ..receiver import Receiver, listening
from . import checks
from .cast import Casting, cast
from .client import Client, Field
from .hooks import Hooks
from .importing import bring
from .places import Place, placed
from .processes import Memory, Process, environment, port_of, slope, started
from .trouble import Trouble
from .wire import Log

KEY = "one key for every server, of enough characters"


@dataclass(frozen=True)
class Wanted:
    """How a run is to be: where the hub is kept, for how long, how often something is killed, the seed."""

    store: str
    seconds: float
    every: float
    seed: int
    pause: float = 0.6


@dataclass
class Told:
    """What came of a run."""

    faults: list[str] = field(default_factory=list[str])
    lines: list[str] = field(default_factory=list[str])
    growth: float = 0.0
    """Megabytes a minute by which the server that nobody killed grew in the second half."""

    def say(self, line: str) -> None:
        """Tell a figure."""
        self.lines.append(line)


def run(wanted: Wanted, folder: Path) -> Told:
    """Run, and look over everything; `folder` keeps what is needed to find out why something was wrong."""
    environment(ROLLBOOK_KEY=KEY, ROLLBOOK_CALLBACK_ALLOW="127.0.0.1")
    told, log = Told(), Log(folder / "requests.jsonl")
    with ExitStack() as ending:
        ending.callback(log.close)
        receiver = ending.enter_context(listening(Receiver()))
        place = ending.enter_context(placed(wanted.store, folder))
        store = ending.enter_context(opened(place.data, place.address))
        processes = place.processes()
        ending.callback(lambda: [one.kill() for one in processes])
        field = Field(wanted.seed, lambda: ports(processes), log, wanted.pause, receiver.url("").rstrip("/"))
        clients, district = _prepared(store, field, folder)
        started(processes)
        _know_ports(processes)
        hooks, trouble = Hooks(receiver), Trouble(place, processes, field, wanted.seconds, wanted.every)
        with watched(processes) as memory:
            began = time.monotonic()
            _load(clients, trouble)
            lasted = time.monotonic() - began
            _look_over(field, place, store, clients, processes, hooks, district, told)
        _tell(told, wanted, clients, trouble, hooks, memory, lasted)
        told.faults = field.faults
    return told


def ports(processes: list[Process]) -> list[int]:
    """Where the servers listen, whether or not they are there."""
    return [one.port for one in processes if one.port]


def _know_ports(processes: list[Process]) -> None:
    for one in processes:
        if one.name.startswith("server"):
            one.port = port_of(one.said)


def _prepared(store: Store, field: Field, folder: Path) -> tuple[list[Client], int]:
    """The clients, and the district whose roster is imported."""
    bring(store, folder / "rosters", 1)
    desk = Desk(store)
    district, _, estab, *_ = max(desk.schools.all())
    return cast(Casting(desk, field, estab)), district


@contextmanager
def watched(processes: list[Process]) -> Generator[Memory]:
    """Look at the memory of some processes meanwhile."""
    memory = Memory(processes)
    thread = threading.Thread(target=memory.watch, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        memory.end()
        thread.join()


def _load(clients: list[Client], trouble: Trouble) -> None:
    threads = [threading.Thread(target=one.run, name=one.name, daemon=True) for one in clients]
    for thread in threads:
        thread.start()
    try:
        trouble.make()
    finally:
        trouble.ground.ended.set()
        for thread in threads:
            thread.join(180)


def _look_over(
    field: Field,
    place: Place,
    store: Store,
    clients: list[Client],
    processes: list[Process],
    hooks: Hooks,
    district: int,
    told: Told,
) -> None:
    # The one that imports is the only one that would still write.
    processes[-1].kill()
    for one in processes[:-1]:
        if not one.alive:
            field.fault(one.name, f"ended by itself; see {one.said}")
            one.start()
    checks.changes(field, clients, hooks, store)
    # What is written through the queue is there when it has been told of.
    checks.calls(field, clients, hooks)
    for one in clients:
        one.judged(one.finish)
    for one in processes:
        one.kill()
    try:
        done, tried = checks.imported(place, store, district)
        told.say(f"rosters: {done} acknowledged of {tried} tried")
        lines, missing = checks.ledger(place, store, clients)
        told.say(f"the ledger: {lines} lines")
        field.faults.extend([*missing, *checks.sound(place)])
    except Exception as error:
        field.fault("the end", f"{type(error).__name__}: {error}")


def _tell(
    told: Told,
    wanted: Wanted,
    clients: list[Client],
    trouble: Trouble,
    hooks: Hooks,
    memory: Memory,
    lasted: float,
) -> None:
    ends = Counter[str]()
    for one in clients:
        ends += one.counts.ends
    answered = sum(number for what, number in ends.items() if what.isdigit() and what != "503")
    told.say(f"{wanted.store}, seed {wanted.seed}: {len(clients)} clients for {lasted:.0f} s")
    told.say(f"trouble: {_listed(trouble.did)}")
    told.say(f"answers: {answered}, {answered / lasted:.0f} a second; of all requests: {_listed(ends)}")
    told.say(f"latency: {_latency(sorted(second for one in clients for second in one.counts.seconds))}")
    told.say(f"calls: {len(hooks.done)}, {hooks.repeats} came again; {hooks.changed.total()} told of changes")
    told.growth = slope(seen := memory.longest("server-0"))
    sizes = ", ".join(f"{size:.0f}" for _, size in (seen[0], seen[len(seen) // 2], seen[-1])) if seen else "none"
    told.say(f"memory of a server that lived on, first, half-way and last: {sizes} MB; {told.growth:+.1f} MB a minute")


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{what} {times}" for what, times in sorted(counts.items()))


def _latency(seconds: list[float]) -> str:
    if not seconds:
        return "nothing was answered"
    middle, most = (1000 * seconds[int(len(seconds) * part)] for part in (0.5, 0.99))
    return f"{middle:.0f} ms in the middle, {most:.0f} ms for 99 of 100, {seconds[-1]:.1f} s at most"
