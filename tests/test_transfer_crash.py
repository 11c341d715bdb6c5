"""Killed again and again while a hub is moved, until it is done: there, and back, it is the same hub.

Set ROLLBOOK_CRASH_ROUNDS for more rounds and ROLLBOOK_CRASH_SEED for other moments.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.model.curriculum import Program
from rollbook.model.organisation import School
from rollbook.store.opening import opened
from rollbook.store.postgres.store import take_away

from .postgres import ABSENT, BIN, served
from .test_transfer import rows

ROUNDS = int(os.environ.get("ROLLBOOK_CRASH_ROUNDS", "12")) // 12

SEED = int(os.environ.get("ROLLBOOK_CRASH_SEED", "1"))

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]

MOVE = """
import os, signal, sys
from pathlib import Path
from rollbook.store.postgres import making
from rollbook.store.transfer import copying, into_database, into_directory, tables, verifying

left, points, way, folder, address = int(sys.argv[1]), *sys.argv[2:]
tables.FIRST = tables.MOST = 20

def ends(where, name):
    does = getattr(where, name)
    def kill(*some):
        global left
        found = does(*some)
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    setattr(where, name, kill)

noting = (making, "_bring_up"), (copying, "keep"), (verifying, "keep")
for where, name in (*(noting if points == "all" else ()), (os, "replace")):
    ends(where, name)
into_database(Path(folder), address) if way == "there" else into_directory(address, Path(folder))
"""
"""Moves a hub, and is killed at one of the moments at which something has just been noted or put into its place."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with served() as where:
        yield where


@pytest.fixture
def folder(empty_folder: Path, tmp_path: Path) -> Path:
    """A hub of one school with 300 clubs."""
    place = Path(shutil.copytree(empty_folder, tmp_path / "hub"))
    with opened(place) as store, store.founding({"name": "A trust"}) as batch:
        school = batch.add(School, [{"estab": "1", "name": "A school"}])[0]
        batch.add(Program, [{"school": school, "name": f"Club {n}", "kind": "Other"} for n in range(300)])
    # Whoever opens it first notes that there is nothing of before to be done.
    opened(place).close()
    return place


def killed(moment: int, way: str, folder: Path, address: str, points: str = "all") -> bool:
    """Move a hub in a process that is killed at a moment, the first being 1; tells whether it was."""
    words = [sys.executable, "-c", MOVE, str(moment), points, way, str(folder), address]
    ended = subprocess.run(words, stderr=subprocess.PIPE, check=False)
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
    return ended.returncode != 0


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_killed_at_any_moment_it_goes_on_and_comes_to_the_same(
    server: str, folder: Path, tmp_path: Path, round_: int
) -> None:
    moments, kills = random.Random(SEED * 1000 + round_), {"there": 0, "back": 0}
    take_away(server)
    for way, place in (("there", folder), ("back", tmp_path / "back")):
        # At first where the target is being made.
        moment = 2
        while killed(moment, way, place, server):
            kills[way] += 1
            moment = moments.randrange(5, 600)
    assert min(kills.values()) > 1
    assert rows(tmp_path / "back") == rows(folder)
    # The mark that the files are whole, and each of the three.
    for last in range(1, 5):
        back = tmp_path / f"back {last}"
        assert killed(last, "back", back, server, "placing")
        assert (back / "records.sqlite").exists() == (last == 4)
        assert not killed(0, "back", back, server)
        assert sorted(os.listdir(back)) == ["ledger.sqlite", "passing.sqlite", "records.sqlite"]
        assert rows(back) == rows(folder)
