"""A hub under load from fifty clients of every dialect, whose processes are killed: a short run of `tests/soak`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .postgres import BIN
from .soak.run import Wanted, run

SEED = int(os.environ.get("ROLLBOOK_SOAK_SEED", "1"))
"""What is drawn; another one may be tried."""

LOAD, EVERY = 12.0, 3.0
"""Seconds of load, and seconds between two kills."""


STORE = "postgres" if BIN or os.environ.get("CI") else "files"
"""The store under load: the one with several servers, where it can be had; `make soak` has both."""


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_told_wrongly_whatever_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ROLLBOOK_KEY", "ROLLBOOK_CALLBACK_ALLOW"):
        # What a run sets is undone with the test.
        monkeypatch.setenv(name, "")
    told = run(Wanted(STORE, LOAD, EVERY, SEED), tmp_path)
    print("\n".join(told.lines))
    assert told.faults == [], f"seed {SEED}; see {tmp_path}"
