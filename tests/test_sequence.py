"""The order of writes: whoever follows a feed by its numbers holds what a fresh reading gives, whoever writes how."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rollbook.model.organisation import School
from rollbook.store.port import Store

from .hub import Hub
from .laws.districts import EDFI, Caller, caller
from .postgres import ABSENT, BIN, hub_served

SECONDS = 6.0
"""For how long is written at least."""

ROUNDS = 15
"""How often the copy is brought up to date meanwhile at least."""

DOCUMENTS = 40
"""How many documents there are at the end at least."""

ESTABS = "1000001", "1000002"
"""The numbers of two schools, each of a district of its own."""

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

    def __init__(self, where: tuple[Path, str], district: int, school: str, name: str) -> None:
        self._command = [sys.executable, "-m", "tests.sequence_writer", *map(str, where), str(district), school]
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
        if self._process.poll() is None:
            self._process.communicate(timeout=60)


@pytest.fixture(params=["files", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a hub is kept: the address of a PostgreSQL database, or nothing for files."""
    if request.param == "files":
        yield ""
        return
    if BIN is None and not os.environ.get("CI"):
        pytest.skip(ABSENT)
    with hub_served() as where:
        yield where


def founded(store: Store, estab: str) -> tuple[int, str]:
    """A district with a school."""
    with store.founding({"name": f"The trust of {estab}"}) as batch:
        (school,) = batch.add(School, [{"estab": estab, "name": "A school"}])
        return batch.district, school


@pytest.mark.slow
def test_a_copy_kept_by_one_number_over_two_districts_is_what_a_fresh_reading_gives(
    empty_folder: Path, tmp_path: Path, database: str
) -> None:
    shutil.copytree(empty_folder, tmp_path, dirs_exist_ok=True)
    with ExitStack() as ending:
        hub = Hub(tmp_path, database)
        ending.callback(hub.close)
        schools = [founded(hub.store, estab) for estab in ESTABS]
        follower, rounds = Follower(caller(hub, {estab: ["School"] for estab in ESTABS})), 0
        where = tmp_path, database
        keepers = [Keeper(where, *school, f"{school[0]}.{n}.") for school in schools for n in (1, 2)]
        for keeper in keepers:
            ending.callback(keeper.end)
        until = time.monotonic() + SECONDS
        while (
            time.monotonic() < until
            or rounds < ROUNDS
            or len(follower.held) < DOCUMENTS
            or not all(keeper.crashes for keeper in keepers)
        ):
            follower.follow()
            rounds += 1
            for keeper in keepers:
                keeper.keep()
        for keeper in keepers:
            keeper.end()
        follower.follow()
        fresh = follower.fresh()
    assert follower.held == fresh
