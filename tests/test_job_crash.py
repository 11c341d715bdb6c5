"""What is written down to be called is called, whenever the server is killed."""

from __future__ import annotations

import random
import time
from pathlib import Path
from queue import Empty
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from rollbook.jobs.queue import LEASE

from .receiver import Receiver, listening
from .test_server import Served

pytestmark = pytest.mark.slow

CALLS, KILLS = 60, 6


def test_no_callback_is_lost_and_a_repeat_has_its_id(tmp_path: Path) -> None:
    """The server is killed (SIGKILL) again and again while it calls; every call arrives, repeats under one id."""
    rng = random.Random("callbacks")
    allowed = {"ROLLBOOK_CALLBACK_ALLOW": "127.0.0.1"}
    with listening(Receiver()) as receiver:
        for kill in range(KILLS):
            served = Served(tmp_path / "data", env=allowed)
            token = served.token()
            school = f"/api/v1/School/{served.facts['xporter']['estab']}"
            for number in range(kill * CALLS // KILLS, (kill + 1) * CALLS // KILLS):
                address = quote(receiver.url(f"/ready?id={number}"), safe="")
                assert "SchoolInfo" in served.ask(f"{school}/SchoolInfo?callbackUrl={address}", token)
            time.sleep(rng.random() * 0.4)
            served.kill()
        with Served(tmp_path / "data", env=allowed):
            ids = _arrived(receiver)
    assert ids.keys() == {str(number) for number in range(CALLS)}
    assert all(len(told) == 1 for told in ids.values())
    assert len({identity for told in ids.values() for identity in told}) == CALLS


def _arrived(receiver: Receiver) -> dict[str, set[str]]:
    """For each call the ids under which it came, once nothing more comes that a dead worker could still hold."""
    found: dict[str, set[str]] = {}
    end = time.monotonic() + LEASE * 2
    while len(found) < CALLS and time.monotonic() < end:
        try:
            _, path, headers, _ = receiver.got.get(timeout=1)
        except Empty:
            continue
        (number,) = parse_qs(urlsplit(path).query)["id"]
        found.setdefault(number, set()).add(headers["webhook-id"])
    return found
