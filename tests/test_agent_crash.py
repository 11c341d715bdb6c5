"""A hub and a school's agent as two processes, either of which may be killed at any moment.

`ROLLBOOK_CRASH_ROUNDS=40 ROLLBOOK_CRASH_SEED=7 pytest tests/test_agent_crash.py -s` for more.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from rollbook.jobs.queue import LEASE
from rollbook.store.connection import connect
from rollbook.store.sqlite import Store
from tests.looking import look

from .hub import THORNFIELD, Hub
from .ports import free_port
from .school_agent import TRUST, Beside, same_records
from .test_callbacks import Receiver, listening
from .test_server import COMMAND, PATIENT, Served
from .test_writeback_crash import App

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("ROLLBOOK_CRASH_ROUNDS", "4"))
SEED = os.environ.get("ROLLBOOK_CRASH_SEED", "agents")
EACH = 20
"""Write-backs of each round."""

KINDS = ("ConductAsync", "AttendanceAsync", "ConductAsync", "Conduct")
APP = "register.example.org"


class Serving(Served):
    """`rollbook serve` over a hub that has read a school, always at the same port."""

    def __init__(self, data: Path, secret: str, port: int) -> None:
        command = [COMMAND, "serve", "--data", data, "--port", port]
        self.process = subprocess.Popen(
            list(map(str, command)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **PATIENT, "ROLLBOOK_CALLBACK_ALLOW": "127.0.0.1"},
            text=True,
        )
        assert self.process.stdout is not None
        assert "Rollbook serves" in self.process.stdout.readline()
        self.facts = {"xporter": {"estab": THORNFIELD, "relyingParty": APP, "schoolSecret": secret}}
        self.host, self.port, self.url = "127.0.0.1", port, f"http://127.0.0.1:{port}"


class Pair:
    """A hub and a school with its agent, in folders; their processes are started and ended by the test."""

    def __init__(self, folder: Path, small: Path) -> None:
        self.hub, self.school, self.credential = folder / "hub", folder / "school", folder / "credential"
        self.agents: list[subprocess.Popen[bytes]] = []
        self.log = folder / "agent.log"
        shutil.copytree(small, self.school)
        hub = Hub(self.hub)
        hub.store.set("today", "2026-11-20")
        beside = Beside(hub, self.school)
        beside.read()
        key = beside.credential
        self.credential.write_text(f"key: {key.key}\nsecret: {key.secret}\n")
        beside.close()
        self.secret = hub.desk.grants.authorise(hub.app(APP), THORNFIELD, ["all"])[1]
        hub.close()
        self.port = free_port()

    def serve(self) -> Serving:
        """Start the hub."""
        return Serving(self.hub, self.secret, self.port)

    def agent(self, *more: str) -> subprocess.Popen[bytes]:
        """Start the agent."""
        hub = f"http://127.0.0.1:{self.port}"
        command = [COMMAND, "agent", "--hub", hub, "--data", self.school, "--district", TRUST]
        command += ["--credential-file", self.credential, *more]
        with self.log.open("a") as log:
            self.agents.append(subprocess.Popen(list(map(str, command)), stderr=log))
        return self.agents[-1]

    def said(self, what: str) -> bool:
        """Whether agents have written something down, within a while."""
        until = time.monotonic() + 30
        while what not in self.log.read_text() and time.monotonic() < until:
            time.sleep(0.05)
        return what in self.log.read_text()


@pytest.fixture
def pair(tmp_path: Path, small_folder: Path) -> Iterator[Pair]:
    made = Pair(tmp_path, small_folder)
    yield made
    for process in made.agents:
        process.kill()
        process.wait()


def ended(process: subprocess.Popen[bytes], how: int) -> int:
    """How a process ended by a signal."""
    process.send_signal(how)
    return process.wait(30)


class Register(App):
    """An app that writes back conduct and attendance, and asks again for whatever it had no answer to."""

    def run(self, served: Served, number: int) -> None:
        """Ask for some more write-backs, until the server is gone."""
        first = len(self.wanted)
        self.wanted += [f"{KINDS[n % len(KINDS)]}/{n}" for n in range(first, first + number)]
        with suppress(OSError, http.client.HTTPException, ValueError):
            token = served.token()
            words = self.words(served, token)
            for key in self.wanted:
                if key not in self.answered:
                    self.answered[key] = self.ask(served, token, key, words)

    def words(self, served: Served, token: str) -> dict[str, int]:
        """A kind of achievement, and a member of staff who writes it down."""
        school = f"/api/v1/School/{THORNFIELD}"
        (kind, *_) = served.ask(f"{school}/ConductLookups?conductType=Ach", token)["ConductTypes"]
        (staff, *_) = served.ask(f"{school}/Staff?pagesize=1&select=Id", token)["Staff"]
        return {"TypeId": int(kind["LocalId"]), "RecordedById": int(staff["Id"])}

    def ask(self, served: Served, token: str, key: str, words: dict[str, int]) -> dict[str, Any]:
        """The answer to one write-back."""
        kind, number = key.split("/")
        if kind != "AttendanceAsync":
            return super().ask(served, token, key, words)
        mark = {"StudentId": "9919", "MarkType": "S", "Date": day(int(number)), "Session": "AM", "Mark": "I"}
        callback = {"Method": "POST", "Url": self.receiver.url(f"/done?id={key}&estab={THORNFIELD}")}
        body = json.dumps({"Marks": [{**mark, "Notes": f"write-back {key}"}], "Callback": callback})
        connection = served.connection()
        try:
            headers = {"Authorization": f"Idaas {token}", "Idempotency-Key": key}
            connection.request("POST", f"/api/v1/AttendanceAsync/{THORNFIELD}", body, headers)
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        assert answer["ExceptionMessage"] is None, answer
        return answer


def day(number: int) -> str:
    """A day of its own for each write-back of attendance."""
    return (date(2026, 11, 23) + timedelta(days=number)).isoformat()


def test_nothing_is_lost_or_entered_twice_when_either_side_is_killed(pair: Pair) -> None:
    rng = random.Random(SEED)
    kills = {"hub": 0, "agent": 0}
    with listening(Receiver()) as receiver:
        app = Register(receiver)
        agent = pair.agent()
        for _ in range(ROUNDS):
            served = pair.serve()
            if agent.poll() is not None:
                agent = pair.agent()
            timers = [threading.Timer(1.0 + rng.random() * 4, served.process.kill)]
            kills["hub"] += 1
            if rng.random() < 0.8:
                timers.append(threading.Timer(0.5 + rng.random() * 4, agent.kill))
                kills["agent"] += 1
            for timer in timers:
                timer.start()
            app.run(served, EACH)
            for timer in timers:
                timer.join()
            served.kill()
        if agent.poll() is not None:
            agent = pair.agent()
        with pair.serve() as served:
            until = time.monotonic() + 60
            while app.answered.keys() != set(app.wanted) and time.monotonic() < until:
                app.run(served, 0)
            app.listen(LEASE * 2 + 60)
            ended(agent, signal.SIGTERM)
    assert app.answered.keys() == set(app.wanted)
    conduct = {key for key in app.wanted if not key.startswith("AttendanceAsync")}
    entered, marked = written(pair.school)
    assert written(pair.hub) == (entered, marked)
    assert entered.keys() == conduct
    assert {key: ids for key, ids in entered.items() if len(ids) != 1} == {}
    assert marked == set(app.wanted) - conduct
    assert app.told.keys() == set(app.wanted)
    assert {key: told for key, told in app.told.items() if len(told.ids) != 1 or told.outcomes != {"True"}} == {}
    assert {key: told.actual for key, told in app.told.items() if key in conduct} == entered
    with Store(pair.hub) as hub, Store(pair.school) as school:
        same_records(hub, school, TRUST)
    again = sum(told.times for told in app.told.values()) - len(app.told)
    print(
        f"\nhub killed {kills['hub']} times, agent {kills['agent']}; {len(app.wanted)} write-backs, each entered once;"
        f" {again} told twice, under one id (seed {SEED})"
    )


def written(data: Path) -> tuple[dict[str, set[str]], set[str]]:
    """The MIS ids of the achievements that each write-back made, and which wrote a mark."""
    with Store(data) as store:
        for path in ("records.sqlite", "passing.sqlite"):
            assert connect(data / path).execute("PRAGMA integrity_check").get == "ok"
        made: dict[str, set[str]] = {}
        count = 0
        for note, mis_id in look(
            store, "SELECT description, mis_id FROM achievement WHERE description GLOB 'write-back *'"
        ):
            made.setdefault(note.removeprefix("write-back "), set()).add(mis_id)
            count += 1
        assert count == sum(map(len, made.values()))
        notes = look(store, "SELECT notes FROM mark WHERE notes GLOB 'write-back *'").fetchall()
        assert len(notes) == len({*notes})
        return made, {note.removeprefix("write-back ") for (note,) in notes}


def test_a_synchronous_write_back_is_answered_when_the_school_has_entered_it(pair: Pair) -> None:
    with listening(Receiver()) as receiver, pair.serve() as served:
        agent, app = pair.agent(), Register(receiver)
        token = served.token()
        words = app.words(served, token)
        app.ask(served, token, "Conduct/1", words)
        begun = time.monotonic()
        answer = app.ask(served, token, "Conduct/2", words)
        took = time.monotonic() - begun
        assert answer["Message"] == "success"
        assert answer["result"][0]["ActualId"]
        # The school is asked at once, and not when the hub would have given up the wait.
        assert took < 15
        # The agent waits for the hub now, and yet both end at once when they are asked to.
        begun = time.monotonic()
        assert ended(agent, signal.SIGTERM) == 0
        assert pair.said("the agent has stopped")
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(20) in (0, -signal.SIGTERM)
        assert time.monotonic() - begun < 20
    assert written(pair.hub)[0].keys() == written(pair.school)[0].keys() == {"Conduct/1", "Conduct/2"}


def test_a_second_agent_takes_over_and_the_first_is_told_so(pair: Pair) -> None:
    with pair.serve():
        first = pair.agent()
        assert pair.said("connected to the hub")
        assert pair.agent("--once").wait(30) == 0
        assert first.wait(30) == 1
        assert pair.said("another agent uses this credential")
