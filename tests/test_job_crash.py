"""What is written down to be called is called, whenever the server is killed.

`ROLLBOOK_CRASH_ROUNDS=50 ROLLBOOK_CRASH_SEED=7 pytest tests/test_job_crash.py -s` for more; it tells what it saw.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path
from queue import Empty
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from rollbook.jobs.queue import LEASE, Queue
from rollbook.model.people import Person
from rollbook.store.sqlite import Store
from tests.looking import look

from .receiver import Receiver, listening
from .test_server import Served, wait_until

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("ROLLBOOK_CRASH_ROUNDS", "4"))
SEED = os.environ.get("ROLLBOOK_CRASH_SEED", "callbacks")
EACH = 40
"""Webhooks of each round."""

SEEN = ("--scopes", "School,StudentLite")
"""What the app of the second test sees: little, so that comparing takes no time to speak of."""

ALLOWED = {"ROLLBOOK_CALLBACK_ALLOW": "127.0.0.1"}


def test_no_callback_is_lost_and_a_repeat_has_its_id(tmp_path: Path) -> None:
    """The server is killed (SIGKILL) again and again while it calls; every call arrives, repeats under one id."""
    rng, wanted = random.Random(SEED), ROUNDS * EACH
    # So slow that each kill comes amid some of them.
    with listening(Receiver(pause=0.05)) as receiver:
        for round_ in range(ROUNDS):
            served = Served(tmp_path / "data", env=ALLOWED)
            token = served.token()
            school = f"/api/v1/School/{served.facts['xporter']['estab']}"
            for number in range(round_ * EACH, (round_ + 1) * EACH):
                address = quote(receiver.url(f"/ready?id={number}"), safe="")
                assert "SchoolInfo" in served.ask(f"{school}/SchoolInfo?callbackUrl={address}", token)
            time.sleep(rng.random() * 0.4)
            served.kill()
        amid = _under_way(tmp_path / "data")
        with Served(tmp_path / "data", env=ALLOWED):
            ids, calls = _arrived(receiver, wanted)
    assert ids.keys() == {str(number) for number in range(wanted)}
    assert all(len(told) == 1 for told in ids.values())
    assert len({identity for told in ids.values() for identity in told}) == wanted
    print(f"{ROUNDS} kills, {wanted} callbacks, {calls - wanted} repeats, {amid} under way at the last kill")


def test_a_change_is_told_although_who_noticed_it_was_killed(tmp_path: Path) -> None:
    """Changes and kills at random; after the last one the app has been told of a moment at which all had happened."""
    rng, data = random.Random(SEED), tmp_path / "data"
    with listening(Receiver()) as receiver:
        with Served(data, *SEEN, env=ALLOWED) as served:
            token, estab = served.token(), served.facts["xporter"]["estab"]
            body = b'{"url": "%s", "DatabaseName": "XodSchoolData"}' % receiver.url("/changed").encode()
            made = served.ask(f"/api/v1/School/{estab}/Webhooks/DataChanges", token, "POST", body)
            assert made["Message"] == "success"
        for round_ in range(max(ROUNDS // 2, 1)):
            _rename(data, f"Round {round_}")
            with Served(data, *SEEN, env=ALLOWED):
                time.sleep(rng.random() * 8)
        with Served(data, *SEEN, env=ALLOWED):
            # A server begins with a comparison, some seconds after its start.
            assert wait_until(lambda: _untold(data), pause=0.2)
            assert wait_until(lambda: not _untold(data), LEASE * 3, pause=0.2)
        ids = [headers["webhook-id"] for _, _, headers, _ in _all(receiver)]
    assert ids
    print(f"{ROUNDS // 2} kills amid changes, told {len(ids)} times under {len(set(ids))} ids")


def _rename(data: Path, forename: str) -> None:
    with Store(data) as store:
        person = look(
            store, "SELECT person FROM student WHERE district = 1 AND leaving_date IS NULL ORDER BY mis_id LIMIT 1"
        ).get
        with store.write(1) as batch:
            batch.change(Person, person, {"forename": forename})


def _untold(data: Path) -> bool:
    """Whether a comparison or a webhook is still to be made."""
    with Store(data) as store:
        # What is promised is brought to the queue afterwards, so that it is looked for there afterwards.
        promised: int = look(store, "SELECT count(*) FROM outbox").get
        open_ = Queue(store, time.time).jobs("waiting", "running")
        return promised > 0 or any(job.kind in ("watch", "webhook") for job in open_)


def _under_way(data: Path) -> int:
    with Store(data) as store:
        return Counter(job.state for job in Queue(store, time.time).jobs())["running"]


def _all(receiver: Receiver) -> list[tuple[str, str, dict[str, str], bytes]]:
    found: list[tuple[str, str, dict[str, str], bytes]] = []
    try:
        while True:
            found.append(receiver.got.get(timeout=0.2))
    except Empty:
        return found


def _arrived(receiver: Receiver, wanted: int) -> tuple[dict[str, set[str]], int]:
    """For each call the ids under which it came, once nothing more comes that a dead worker could still hold."""
    found: dict[str, set[str]] = {}
    calls, end = 0, time.monotonic() + LEASE * 3
    while len(found) < wanted and time.monotonic() < end:
        try:
            _, path, headers, _ = receiver.got.get(timeout=1)
        except Empty:
            continue
        calls += 1
        (number,) = parse_qs(urlsplit(path).query)["id"]
        found.setdefault(number, set()).add(headers["webhook-id"])
    return found, calls
