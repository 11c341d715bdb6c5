"""`python -m tests.soak`: fifty clients for ten minutes, while processes are killed."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

from .run import Wanted, run

FLAT, FILLED = 0.5, 3600
"""Megabytes a minute by which a server may grow in the second half of a run of so many seconds: before that, what is
kept in memory on purpose, such as answers and plans, is still being filled."""


def main() -> int:
    """Run, and tell; 1 where something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--store", choices=["postgres", "files"], action="append", help="where the hub is kept (both)")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--hours", type=float, default=0)
    parser.add_argument("--every", type=float, default=30, metavar="SECONDS", help="how often a process is killed (30)")
    parser.add_argument("--pause", type=float, default=0.6, metavar="SECONDS", help="how long a client thinks (0.6)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="what is drawn; printed")
    asked = parser.parse_args()
    seconds = asked.hours * 3600 or asked.minutes * 60
    found = [
        soak(Wanted(store, seconds, asked.every, asked.seed, asked.pause))
        for store in asked.store or ["postgres", "files"]
    ]
    return int(not all(found))


def soak(wanted: Wanted) -> bool:
    """Whether a run found nothing wrong; where it did, its folder stays."""
    folder = Path(tempfile.mkdtemp(prefix=f"rollbook-soak-{wanted.store}-"))
    print(f"seed {wanted.seed}, {wanted.store}, {wanted.seconds:.0f} s, in {folder}", flush=True)
    told = run(wanted, folder)
    print("\n".join(told.lines))
    if wanted.seconds >= FILLED and told.growth > FLAT:
        told.faults.append(f"a server grew by {told.growth:.1f} MB a minute")
    for fault in told.faults[:40]:
        print(f"WRONG {fault}", file=sys.stderr)
    if told.faults:
        again = f"--store {wanted.store} --seed {wanted.seed} --minutes {wanted.seconds / 60:g}"
        print(
            f"{len(told.faults)} things were wrong. Kept: {folder}. Again: python -m tests.soak {again}",
            file=sys.stderr,
        )
        return False
    shutil.rmtree(folder)
    print("Nothing was wrong.", flush=True)
    return True


if __name__ == "__main__":
    raise SystemExit(main())
