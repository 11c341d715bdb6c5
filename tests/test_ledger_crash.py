"""Killed while it answers: every answer that somebody received is in the ledger, once.

Set ROLLBOOK_CRASH_ROUNDS for more rounds.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from http.client import HTTPException
from pathlib import Path

import pytest

from rollbook.store.ledger import Once
from rollbook.store.sqlite import Store

from .test_server import Served, wait_until

ROUNDS = max(int(os.environ.get("ROLLBOOK_CRASH_ROUNDS", "12")) // 3, 1)

pytestmark = pytest.mark.slow


def test_every_answer_that_was_received_is_in_the_ledger(tmp_path: Path) -> None:
    """The server is killed (SIGKILL) amid answers from memory, short ones and long ones, while its worker folds."""
    rng = random.Random("ledger")
    received: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for _ in range(ROUNDS):
        served = Served(tmp_path / "data")
        token = served.token()
        clients = [threading.Thread(target=_ask, args=(served, token, n, received, tried)) for n in range(3)]
        for client in clients:
            client.start()
        assert wait_until(partial(_more_than, received, received.total() + 25))
        time.sleep(1.5 * rng.random())
        served.kill()
        for client in clients:
            client.join()
    with Store(tmp_path / "data") as store:
        store.ledger.fold()
        whats = [what.number for what in store.ledger.whats()]
        every = store.ledger.log(whats, take=1_000_000)
    kept = Counter(map(named_endpoint, (one for one in every if not one.cut)))
    begun = Counter(map(named_endpoint, every))
    assert sum(received.values()) > 20 * ROUNDS
    assert {name: kept[name] - times for name, times in received.items() if kept[name] < times} == {}
    assert {name: begun[name] - tried[name] for name in begun if begun[name] > tried[name]} == {}
    assert all(one.people for one in every if not one.cut)


def _more_than(received: Counter[str], number: int) -> bool:
    return received.total() > number


def _ask(served: Served, token: str, number: int, received: Counter[str], tried: Counter[str]) -> None:
    """Ask for different things, one after the other, until nobody answers."""
    estab = served.facts["xporter"]["estab"]
    ids = [str(9919 + at) for at in range(4)]
    paths = ["Students", f"Students?id={ids[number]}", "Contacts", "Staff"]
    with suppress(OSError, HTTPException, json.JSONDecodeError):
        for at in range(10_000):
            path = paths[(at + number) % len(paths)]
            name = path.partition("?")[0].lower()
            tried[name] += 1
            answer = served.ask(f"/api/v1/School/{estab}/{path}", token)
            assert "ExceptionMessage" not in answer, answer
            received[name] += 1


def named_endpoint(one: Once) -> str:
    """The endpoint of a line of the ledger, as it is asked for."""
    return one.what.endpoint.removeprefix("school.")
