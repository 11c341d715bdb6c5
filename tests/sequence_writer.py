"""Writes programmes of one school, at random, until it is told to stop; some of its transactions end with the process.

Run as `python -m tests.sequence_writer FOLDER DATABASE DISTRICT SCHOOL SEED`, with an empty DATABASE for files; it ends
when its standard input does.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from pathlib import Path

from rollbook.model.curriculum import Program
from rollbook.store.opening import opened
from rollbook.store.writing import Batch

CRASHES, LINGERS, LONGEST = 0.08, 0.25, 1.0
"""Of how many transactions the process ends in the middle, how many wait before they are kept, and for how many seconds
at most: as long as a reader takes to look how far the numbers go and to read so far."""


def write(batch: Batch, school: str, mine: list[str], rng: random.Random) -> tuple[list[str], list[str]]:
    """Add, change and remove some programmes; gives those that were added and those that are gone."""
    new = batch.add(
        Program, ({"school": school, "name": _name(rng), "kind": "Other"} for _ in range(rng.randint(0, 3)))
    )
    gone = rng.sample(mine, min(len(mine), rng.randint(0, 1)))
    for one in gone:
        batch.remove(Program, one)
    for one in rng.sample(mine, min(len(mine), 3)):
        if one not in gone:
            batch.change(Program, one, {"name": _name(rng)})
    return new, gone


def _name(rng: random.Random) -> str:
    return f"Programme {rng.randint(0, 10**9)}"


def work(where: tuple[Path, str], district: int, school: str, rng: random.Random, stopped: threading.Event) -> None:
    """Write until stopped."""
    mine: list[str] = []
    folder, database = where
    with opened(folder, database) as store:
        while not stopped.is_set():
            with store.write(district) as batch:
                new, gone = write(batch, school, mine, rng)
                if rng.random() < LINGERS:
                    time.sleep(rng.random() * LONGEST)
                if rng.random() < CRASHES:
                    os._exit(1)
            mine = [one for one in (*mine, *new) if one not in gone]
            time.sleep(rng.random() * 0.01)


if __name__ == "__main__":
    ending = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ending.set()), daemon=True).start()
    folder, database, district, school, seed = sys.argv[1:]
    work((Path(folder), database), int(district), school, random.Random(seed), ending)
