"""Whatever is killed amid write-backs: none is lost, none is entered twice, and each one's outcome is told.

Conduct is what is written, since a second entry of the same order would be a second record.
`ROLLBOOK_CRASH_ROUNDS=50 ROLLBOOK_CRASH_SEED=7 pytest tests/test_writeback_crash.py -s` for more.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from rollbook.jobs.queue import LEASE
from rollbook.store.connection import connect
from rollbook.store.sqlite import Store
from tests.looking import look

from .test_callbacks import Receiver, listening
from .test_server import Served

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("ROLLBOOK_CRASH_ROUNDS", "6"))
SEED = os.environ.get("ROLLBOOK_CRASH_SEED", "write-backs")
EACH = 30
"""Write-backs of each round."""


@dataclass
class Told:
    """What an app was told of one write-back: under which ids, with what outcome, and which record it is."""

    ids: set[str] = field(default_factory=set[str])
    outcomes: set[str] = field(default_factory=set[str])
    actual: set[str] = field(default_factory=set[str])
    times: int = 0


class App:
    """An app that asks again, under the same Idempotency-Key, for whatever it had no answer to."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.wanted: list[str] = []
        self.answered: dict[str, dict[str, Any]] = {}
        self.told: dict[str, Told] = {}

    def run(self, served: Served, number: int) -> None:
        """Ask for some more write-backs, every third of them synchronous, until the server is gone."""
        first = len(self.wanted)
        self.wanted += [f"{KINDS[n % len(KINDS)]}/{n}" for n in range(first, first + number)]
        with suppress(OSError, http.client.HTTPException, ValueError):
            token = served.token()
            words = _words(served, token)
            for key in self.wanted:
                if key not in self.answered:
                    self.answered[key] = self.ask(served, token, key, words)

    def ask(self, served: Served, token: str, key: str, words: dict[str, int]) -> dict[str, Any]:
        """The answer to one write-back."""
        conduct = {"Id": 1, "IncidentType": "Ach", "EntryDate": "2026-11-20", "Note": f"write-back {key}", **words}
        body = {
            "Conducts": [conduct],
            "Participants": [{"ConductId": 1, "Points": 2, "StudentId": 9919}],
            "Callback": {"Method": "POST", "Url": self.receiver.url(f"/done?id={key}&estab=9994001")},
        }
        connection = served.connection()
        try:
            headers = {"Authorization": f"Idaas {token}", "Idempotency-Key": key}
            connection.request("POST", f"/api/v1/Writeback/{key.split('/')[0]}", json.dumps(body), headers)
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        assert answer["ExceptionMessage"] is None, answer
        return answer

    def listen(self, seconds: float) -> None:
        """Hear what is told, until everything has been or nothing more comes."""
        until = time.monotonic() + seconds
        while len(self.told) < len(self.wanted) and time.monotonic() < until:
            try:
                _, path, headers, body = self.receiver.got.get(timeout=0.5)
            except Empty:
                continue
            query = {name: value for name, (value,) in parse_qs(urlsplit(path).query).items()}
            told = self.told.setdefault(query["id"], Told())
            told.ids.add(headers["webhook-id"])
            told.outcomes.add(query["XodCompleted"])
            told.actual |= {str(one["ActualId"]) for one in json.loads(body).get("result", ())}
            told.times += 1


KINDS = ("ConductAsync", "ConductAsync", "Conduct")


def _words(served: Served, token: str) -> dict[str, int]:
    """A kind of achievement, and a member of staff who writes it down."""
    school = "/api/v1/School/9994001"
    (kind, *_) = served.ask(f"{school}/ConductLookups?conductType=Ach", token)["ConductTypes"]
    (staff, *_) = served.ask(f"{school}/Staff?pagesize=1&select=Id", token)["Staff"]
    return {"TypeId": int(kind["LocalId"]), "RecordedById": int(staff["Id"])}


def test_no_write_back_is_lost_or_entered_twice_and_each_outcome_is_told(tmp_path: Path) -> None:
    """The server, and the worker within it, is killed (SIGKILL) again and again, at random moments."""
    rng = random.Random(SEED)
    data, allowed = tmp_path / "data", {"ROLLBOOK_CALLBACK_ALLOW": "127.0.0.1"}
    with listening(Receiver()) as receiver:
        app = App(receiver)
        for _ in range(ROUNDS):
            served = Served(data, env=allowed)
            killer = threading.Timer(0.1 + rng.random() * 0.9, served.process.kill)
            killer.start()
            app.run(served, EACH)
            killer.join()
            served.kill()
        with Served(data, env=allowed) as served:
            app.run(served, 0)
            app.listen(LEASE * 2 + 30)
    entered = _entered(data)
    assert app.answered.keys() == set(app.wanted)
    assert entered.keys() == set(app.wanted)
    assert {key: len(ids) for key, ids in entered.items() if len(ids) != 1} == {}
    assert app.told.keys() == set(app.wanted)
    assert {key: told for key, told in app.told.items() if len(told.ids) != 1 or told.outcomes != {"True"}} == {}
    assert {key: told.actual for key, told in app.told.items()} == entered
    again = sum(told.times for told in app.told.values()) - len(app.told)
    print(f"\n{ROUNDS} kills, {len(app.wanted)} write-backs, each entered once; {again} told twice, under one id")


def _entered(data: Path) -> dict[str, set[str]]:
    """The MIS ids of the achievements that each write-back made."""
    found: dict[str, set[str]] = {}
    with Store(data) as store:
        for path in ("records.sqlite", "passing.sqlite"):
            assert connect(data / path).execute("PRAGMA integrity_check").get == "ok"
        rows = look(store, "SELECT description, mis_id FROM achievement WHERE description GLOB 'write-back *'")
        for note, mis_id in rows:
            found.setdefault(note.removeprefix("write-back "), set()).add(mis_id)
    return found
