"""Servers that only answer, and processes that only work."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from rollbook.jobs import Queue
from rollbook.settings import JOBS
from rollbook.store.port import Store
from rollbook.store.sqlite import Store as Files

from .hub import Hub
from .test_server import COMMAND, wait_until


def states(store: Store) -> list[str]:
    """How the jobs of a hub stand."""
    return [job.state for job in Queue(store, lambda: 0.0).jobs(kind="retention")]


def lines(hub: Hub) -> int:
    """How many answers are in the ledger; nothing is folded to find out."""
    whats = [what.number for what in hub.store.ledger.whats()]
    return len(hub.store.ledger.log(whats, take=1000))


def test_a_server_without_jobs_leaves_them_to_others_and_still_takes_disclosures_into_the_ledger(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(JOBS.name, "no")
    hub = Hub.copy(small_folder, tmp_path / "hub", "")
    try:
        Queue(hub.store, lambda: hub.now).add("retention", {})
        before = lines(hub)
        assert hub.school("Students", hub.token())["Students"]
        assert lines(hub) == before
        assert hub.work() == 0
        assert lines(hub) == before + 1
        assert states(hub.store) == ["waiting"]
    finally:
        hub.close()
    monkeypatch.delenv(JOBS.name)
    hub = Hub(tmp_path / "hub", "")
    try:
        assert hub.work() >= 1
        assert states(hub.store) == ["done"]
    finally:
        hub.close()


def test_work_does_what_is_due_until_it_is_told_to_end(empty_folder: Path, tmp_path: Path) -> None:
    Hub.copy(empty_folder, tmp_path / "hub", "").close()
    command = [COMMAND, "work", "--data", tmp_path / "hub"]
    # As it may be set for the servers of the machine, too.
    env = {**os.environ, JOBS.name: "no"}
    with subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as working:
        assert working.stdout is not None
        assert working.stderr is not None
        assert working.stdout.readline().decode() == f"Rollbook does the jobs of {tmp_path / 'hub'}\n"
        with Files(tmp_path / "hub") as store:
            Queue(store, lambda: 0.0).add("retention", {})
            assert wait_until(lambda: states(store) == ["done"])
        working.send_signal(signal.SIGTERM)
        assert (working.wait(60), working.stderr.read()) == (0, b"")
