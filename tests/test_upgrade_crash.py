"""Killed while the records are brought up to today's layout, again and again, until it is done: nothing is lost.

Set ROLLBOOK_CRASH_ROUNDS for more rounds and ROLLBOOK_CRASH_SEED for other moments.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rollbook.store.connection import connect
from rollbook.store.sqlite import Store

from .old_records import draw
from .old_words import compare, read

ROUNDS = int(os.environ.get("ROLLBOOK_CRASH_ROUNDS", "12")) // 6

SEED = int(os.environ.get("ROLLBOOK_CRASH_SEED", "1"))

pytestmark = pytest.mark.slow

OPEN = """
import sys
from rollbook.store.sqlite import Store
from rollbook.store.upgrade import walking
walking.CHUNK = 10
print("begins", flush=True)
Store(sys.argv[1]).close()
print("ends", flush=True)
"""

ENDS_AT = """
import os, signal, sys
from rollbook.store.sqlite import Store
from rollbook.store.upgrade import relaying, walking

def ends(module, name, after):
    does = getattr(module, name)
    def kill(*some, **more):
        if after:
            does(*some, **more)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(module, name, kill)

place, name, after = sys.argv[2:]
ends({"os": os, "relaying": relaying}[place], name, after == "after")
Store(sys.argv[1])
"""


def everything(path: Path) -> dict[str, list[str]]:
    """All that a file holds."""
    database = connect(path)
    named = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
    found = {name: sorted(map(repr, read(database, name))) for (name,) in database.execute(named).fetchall()}
    database.close()
    return found


def whole(path: Path) -> int:
    """The number of the layout of a file that is sound."""
    database = connect(path)
    assert database.execute("PRAGMA integrity_check").get == "ok"
    number = int(database.execute("PRAGMA user_version").get)
    database.close()
    return number


def killed(folder: Path, seconds: float) -> bool:
    """Open a directory in a process that is killed after a while; tells whether it was."""
    process = subprocess.Popen(
        [sys.executable, "-c", OPEN, folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert process.returncode in (0, -signal.SIGKILL)
    return process.returncode != 0


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_killed_at_any_moment_it_goes_on_and_comes_to_the_same(tmp_path: Path, round_: int) -> None:
    moments = random.Random(SEED * 1000 + round_)
    before = draw(tmp_path / "hub", SEED * 1000 + round_, each=3, count_apart=bool(round_ % 2))
    undisturbed = Path(shutil.copytree(tmp_path / "hub", tmp_path / "undisturbed"))
    Store(undisturbed).close()
    kills = 0
    # On a machine that has much else to do it comes less far in as long, so it is given longer each time.
    while killed(tmp_path / "hub", moments.uniform(0.1, 1.2) * (1 + kills / 5)):
        kills += 1
        assert kills < 200, "it does not go on"
    compare(before, tmp_path / "hub" / "records.sqlite")
    assert everything(tmp_path / "hub" / "records.sqlite") == everything(undisturbed / "records.sqlite")
    print(f"killed {kills} times")


AT_THE_END = [
    ("relaying", "put_in_place", "before"),
    ("os", "replace", "before"),
    ("os", "replace", "after"),
    ("os", "pwrite", "after"),
]


def test_killed_where_the_new_file_takes_its_place_one_of_the_two_is_there_whole(tmp_path: Path) -> None:
    before, path = draw(tmp_path / "hub", SEED, each=2), tmp_path / "hub" / "records.sqlite"
    interrupted = tmp_path / "interrupted"
    for place, name, when in AT_THE_END:
        shutil.rmtree(interrupted, ignore_errors=True)
        shutil.copytree(path.parent, interrupted)
        ended = subprocess.run(
            [sys.executable, "-c", ENDS_AT, interrupted, place, name, when], stderr=subprocess.DEVNULL, check=False
        )
        assert ended.returncode == -signal.SIGKILL
        replaced = (name, when) not in [("put_in_place", "before"), ("replace", "before")]
        assert whole(interrupted / "records.sqlite") == (12 if replaced else 11)
        Store(interrupted).close()
        assert sorted(os.listdir(interrupted)) == ["passing.sqlite", "records.sqlite"]
        compare(before, interrupted / "records.sqlite")
