"""The order of writes: whoever follows a feed by its numbers holds what a fresh reading gives, whoever writes how."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from .hub import SAGUARO, THORNFIELD, Hub
from .laws.districts import EDFI, Caller, caller

SECONDS = 10.0
"""For how long is written."""

ALL = 500
"""The most documents on a page."""


class Follower:
    """A copy of the programmes of every district that a key reaches, kept by one number as Ed-Fi's clients keep it."""

    def __init__(self, who: Caller) -> None:
        self.who = who
        self.held: dict[str, Any] = {}
        self.position = 0

    def follow(self) -> None:
        """Bring the copy to where the feed ends now."""
        newest = self._get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"]
        if newest <= self.position:
            return
        window = f"minChangeVersion={self.position + 1}&maxChangeVersion={newest}"
        self.held |= {document["id"]: document for document in self._pages("programs", window)}
        for gone in self._pages("programs/deletes", window):
            self.held.pop(gone["id"], None)
        self.position = newest

    def fresh(self) -> dict[str, Any]:
        """What a reading from the beginning gives."""
        return {document["id"]: document for document in self._pages("programs", "minChangeVersion=0")}

    def _pages(self, path: str, window: str) -> Iterator[Any]:
        offset = 0
        while page := self._get(f"{EDFI}/{path}?{window}&limit={ALL}&offset={offset}"):
            yield from page
            offset += len(page)

    def _get(self, path: str) -> Any:
        return json.loads(self.who.get(path))[2]


class Keeper:
    """Has a process write to a school, and another one when that has crashed."""

    def __init__(self, folder: Path, district: int, school: str, name: str) -> None:
        self._command = [sys.executable, "-m", "tests.sequence_writer", str(folder), str(district), school]
        self._name = name
        self.crashes = 0
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*self._command, f"{self._name}{self.crashes}"], stdin=subprocess.PIPE)

    def keep(self) -> None:
        """Start another one if need be."""
        if self._process.poll() is not None:
            self.crashes += 1
            self._process = self._start()

    def end(self) -> None:
        """Have it end after the transaction at hand."""
        self._process.communicate(timeout=60)


@pytest.mark.slow
def test_a_copy_kept_by_one_number_over_two_districts_is_what_a_fresh_reading_gives(small_hub: Hub) -> None:
    who = caller(small_hub, {THORNFIELD: ["all"], SAGUARO: ["all"]})
    schools = [small_hub.desk.schools.find(estab)[:2] for estab in (THORNFIELD, SAGUARO)]
    assert len({district for district, _ in schools}) == 2
    follower, rounds = Follower(who), 0
    with ExitStack() as ending:
        keepers = [Keeper(small_hub.store.folder, *school, f"{school[0]}.{n}.") for school in schools for n in (1, 2)]
        for keeper in keepers:
            ending.callback(keeper.end)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until or not all(keeper.crashes for keeper in keepers):
            follower.follow()
            rounds += 1
            for keeper in keepers:
                keeper.keep()
    follower.follow()
    fresh = follower.fresh()
    assert rounds > 10
    assert len(fresh) > 50
    assert follower.held == fresh
