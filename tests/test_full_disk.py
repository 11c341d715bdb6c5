"""A disk without room, under a server of its own: nothing is told that cannot be recorded, and it goes on by itself.

The room is taken by the limit on the size of a file (RLIMIT_FSIZE), which any user may lower and raise again.
"""

from __future__ import annotations

import base64
import json
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.store.connection import connect
from rollbook.store.ledger import Once
from rollbook.store.sqlite import Store

from .test_server import Served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="the limits of another process are Linux's"),
]

WAIT = 60.0
"""Seconds in which the hub has noticed, on a busy machine."""

JOURNAL_BYTES = 512
"""So small that no journal can be begun, and no page of a database written."""


class Callers:
    """A client of each dialect, each of whom asks for a list of people."""

    def __init__(self, served: Served) -> None:
        facts = served.facts
        self.served = served
        key = base64.b64encode(f"{facts['edfi']['key']}:{facts['edfi']['secret']}".encode()).decode()
        head = {"Authorization": f"Basic {key}", "Content-Type": "application/x-www-form-urlencoded"}
        said = self.send("POST", "/edfi/oauth/token", head, b"grant_type=client_credentials")[2]
        self.asks = {
            "xporter": (f"/api/v1/School/{facts['xporter']['estab']}/Students", f"Idaas {served.token()}"),
            "edfi": ("/edfi/data/v3/ed-fi/students", f"Bearer {said['access_token']}"),
            "edlink": ("/api/v2/graph/people", f"Bearer {facts['edlink']['token']}"),
            "research": ("/api/private/stem/subject/", f"Bearer {facts['research']['token']}"),
        }

    def send(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> tuple[int, dict[str, str], Any]:
        """The status, the headers and the JSON of an answer."""
        connection = self.served.connection()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        found = answer.status, {n.lower(): v for n, v in answer.getheaders()}, json.loads(answer.read())
        connection.close()
        return found

    def ask(self, dialect: str) -> tuple[int, dict[str, str], Any]:
        """The answer to a client of a dialect."""
        path, authorization = self.asks[dialect]
        return self.send("GET", path, {"Authorization": authorization})

    def statuses(self) -> list[int]:
        """The statuses of the answers to a client of each."""
        return [self.ask(dialect)[0] for dialect in self.asks]


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < ends, "it did not come to be"
        time.sleep(0.1)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A hub that serves the demo."""
    with Served(tmp_path / "data") as served:
        yield served


def room(served: Served, size: int) -> None:
    """Let the files of a server grow to so many bytes."""
    _, most = resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (size, most))


def recorded(data: Path) -> list[Once]:
    """What the ledger of a hub that has ended says, the latest first."""
    with Store(data) as store:
        store.ledger.fold()
        return store.ledger.log([what.number for what in store.ledger.whats()], take=10_000)


def test_without_room_nothing_is_told_and_with_room_again_all_goes_on(served: Served, tmp_path: Path) -> None:
    callers = Callers(served)
    assert callers.statuses() == [200] * 4
    room(served, JOURNAL_BYTES)
    given = 0

    def stopped() -> bool:
        nonlocal given
        found = callers.statuses()
        given += found.count(200)
        return found == [503] * 4

    until(stopped)
    refused = {dialect: callers.ask(dialect) for dialect in callers.asks}
    assert [(status, headers["retry-after"]) for status, headers, _ in refused.values()] == [(503, "2")] * 4
    assert refused["xporter"][2]["ExceptionType"] == "ServiceUnavailable"
    assert refused["edfi"][2]["status"] == 503
    assert set(refused["edlink"][2]) >= {"$errors"}
    room(served, resource.RLIM_INFINITY)
    until(lambda: callers.statuses() == [200] * 4)
    served.kill()
    data = tmp_path / "data"
    for name in ("records.sqlite", "passing.sqlite", "ledger.sqlite"):
        assert connect(data / name).execute("PRAGMA integrity_check").get == "ok", name
    told = [one for one in recorded(data) if one.status == 200 and one.people]
    assert len(told) >= 8 + given
    assert all(not one.cut for one in told)
