"""How long readers wait beside something that keeps the hub busy: a lock that is held, an import, a slow client."""

from __future__ import annotations

import itertools
import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from statistics import quantiles
from time import perf_counter

from .client import Wire
from .importing import HERE, roster, write_roster
from .reading import Field, hub_path
from .report import Line, time_text

CONNECTIONS = 8
EVERY = 0.025
"""Seconds from one request of a connection to its next, whatever became of the last: 320 requests a second in all."""
WARM = 1
"""Seconds for which a hub that was just started is asked before anything counts."""
AIM = 3
"""How many times as long as on an idle hub 99 of 100 readers may wait."""
SIP = 64 * 1024
"""Bytes that a slow client reads at a time, twenty times a second."""

Over = Callable[[float], bool]
"""Whether it is over, after so many seconds."""
Busy = Callable[[Field], AbstractContextManager[Over]]
"""What keeps a hub busy, until it is over."""


def measure_waiting(field: Field) -> list[Line]:
    """The 99th percentile of eight readers' waits: alone, and beside whatever keeps the hub busy."""
    alone = _waits(field, _nothing)
    lines = [_line("on an idle hub", alone, None)]
    for what, busy in (
        ("while another process holds the write lock", _locked),
        (f"while {field.sizes.crowd:,} students are imported", _importing),
        (f"while a client reads {field.sizes.large:,} rows slowly", _sipping),
    ):
        lines.append(_line(what, _waits(field, busy), alone))
    return lines


def _line(what: str, found: list[float], alone: list[float] | None) -> Line:
    most = percentile(found, 99)
    told = f"{time_text(percentile(found, 50))} in the middle, {time_text(most)} for 99 of 100, {time_text(max(found))}"
    ratio = most / percentile(alone, 99) if alone else None
    return Line(
        f"One student of 1,000, {CONNECTIONS} readers, {what}",
        f"{told} at most" + (f": {ratio:.1f} times" if ratio else ""),
        aim=f"99 of 100 within {AIM} times the idle hub's" if ratio else "",
        met=ratio <= AIM if ratio else None,
    )


def percentile(waits: list[float], share: int) -> float:
    """What so many of a hundred waits are below."""
    return quantiles(waits, n=100, method="inclusive")[share - 1]


# ---- readers


def _waits(field: Field, busy: Busy) -> list[float]:
    """How long each request waited, counted from when it was due: one that waits for the last one waits as well.

    The first second is not counted: every thread of the hub prepares its statements then.
    """
    with field.asking(field.small) as wire:
        ids = [row["Id"] for row in wire.json(hub_path(field.small, "?select=Id"))["Students"]]
        # Each run begins with the same answers in memory.
        for one in ids:
            wire.time(hub_path(field.small, f"/{one}"))
    with busy(field) as over:
        found: list[list[float]] = [[] for _ in range(CONNECTIONS)]
        readers = [
            threading.Thread(target=_read, args=(field, ids[n::CONNECTIONS], over, n * EVERY / CONNECTIONS, found[n]))
            for n in range(CONNECTIONS)
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    return [wait for waits in found for wait in waits]


def _read(field: Field, ids: list[str], over: Over, late: float, waits: list[float]) -> None:
    paths = itertools.cycle([hub_path(field.small, f"/{i}") for i in ids])
    with field.asking(field.small) as wire:
        wire.time(next(paths))
        due = began = perf_counter() + late
        while not over(due - began):
            time.sleep(max(due - perf_counter(), 0))
            wire.time(next(paths))
            if due - began >= WARM:
                waits.append(perf_counter() - due)
            due += EVERY


# ---- what keeps the hub busy


@contextmanager
def _nothing(field: Field) -> Generator[Over]:
    yield lambda seconds: seconds >= field.sizes.seconds


@contextmanager
def _locked(field: Field) -> Generator[Over]:
    """Another process holds the lock of whoever writes, and a request to write waits for it."""
    connection = sqlite3.connect(field.folder / "data" / "records.sqlite", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    writing = threading.Thread(target=_write, args=(field,), daemon=True)
    writing.start()
    try:
        yield lambda seconds: seconds >= field.sizes.seconds
    finally:
        connection.execute("ROLLBACK")
        connection.close()
        writing.join()


def _write(field: Field) -> None:
    body = {
        "cohortIdentifier": "waiting",
        "cohortTypeDescriptor": "uri://ed-fi.org/CohortTypeDescriptor#Other",
        "educationOrganizationReference": {"educationOrganizationId": int(field.small.estab)},
    }
    with field.calling("edfi") as wire:
        try:
            wire.post("/edfi/data/v3/ed-fi/cohorts", json.dumps(body).encode())
        except ConnectionError as error:
            # Refused when it has waited its share.
            if " 503 " not in str(error):
                raise


@contextmanager
def _importing(field: Field) -> Generator[Over]:
    """Another process imports a roster into the hub's data directory, until it has done so."""
    source = field.folder / "crowd"
    write_roster(source, roster(field.sizes.crowd))
    words = ["-m", "bench.rollbook_command", "import", "oneroster-csv", str(source)]
    with subprocess.Popen(
        [sys.executable, *words, "--data", str(field.folder / "data")], stdout=subprocess.DEVNULL, cwd=HERE
    ) as process:
        try:
            yield lambda seconds: process.poll() is not None
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise RuntimeError("the import failed")


@contextmanager
def _sipping(field: Field) -> Generator[Over]:
    """A client has asked for every student of the large school, and reads a little at a time."""
    with field.asking(field.large) as wire:
        wire.socket.sendall(wire.request(hub_path(field.large)))
        stopped = threading.Event()
        reader = threading.Thread(target=_sip, args=(wire, stopped), daemon=True)
        reader.start()
        try:
            yield lambda seconds: seconds >= field.sizes.seconds
        finally:
            stopped.set()
            reader.join()


def _sip(wire: Wire, stopped: threading.Event) -> None:
    while not stopped.wait(0.05):
        wire.socket.recv(SIP)
