"""Several servers on one PostgreSQL database: what one knows the others know, and what they told is in one ledger."""

from __future__ import annotations

import http.client
import json
import os
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from rollbook.consent import Desk
from rollbook.jobs import Queue
from rollbook.store.connection import connect
from rollbook.store.opening import opened
from rollbook.store.port import Store
from rollbook.store.postgres.copying import copy, number_on
from rollbook.store.postgres.session import Session

from .hub import THORNFIELD
from .postgres import ABSENT, BIN, hub_served, restart
from .test_ledger_crash import named_endpoint
from .test_server import COMMAND, PATIENCE, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]

PARTY = "app.example.org"
KEY = "one key for every server, of enough characters"


class Server:
    """`rollbook serve` on a database, with a data directory of its own; it may be killed and started again."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self._command = [COMMAND, "serve", "--data", folder, "--database", address, "--port", "0"]
        self.start()

    def start(self) -> None:
        """Start it, and wait until it serves."""
        env = {**os.environ, "ROLLBOOK_KEY": KEY}
        command = list(map(str, self._command))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, text=True)
        assert self.process.stdout is not None
        said: str = self.process.stdout.readline()
        parts = urlsplit(said.split()[-1])
        self.host, self.port = str(parts.hostname), int(parts.port or 0)

    def kill(self) -> None:
        """End it at once, as `kill -9` does."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def asked(
        self, path: str, token: str | None = None, method: str = "GET", body: bytes | None = None
    ) -> tuple[HTTPResponse, Any]:
        """An answer, whole, over a connection of its own, and its JSON."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"Authorization": f"Idaas {token}"} if token else {})
            answer = connection.getresponse()
            return answer, json.loads(answer.read())
        finally:
            connection.close()

    def school(self, path: str, token: str) -> dict[str, Any]:
        """The JSON of a school endpoint."""
        return self.asked(f"/api/v1/School/{THORNFIELD}/{path}", token)[1]

    def sign_in(self, secret: str) -> str:
        """A token for the app at the school."""
        body = {"estab": THORNFIELD, "relyingParty": PARTY, "password": secret}
        return self.asked("/api/oauth/GetToken", method="POST", body=json.dumps(body).encode())[1]["token"]


@pytest.fixture(scope="module")
def address(small_folder: Path) -> Iterator[str]:
    """A database with the small demo schools."""
    with hub_served() as where:
        for name in ("records", "passing"):
            source, target = connect(small_folder / f"{name}.sqlite"), Session(where, name)
            copy(source, target)
            if name == "records":
                number_on(target)
            source.close()
            target.close()
        yield where


@pytest.fixture(scope="module")
def servers(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Two servers, as on two machines."""
    both = Server(tmp_path_factory.mktemp("one"), address), Server(tmp_path_factory.mktemp("other"), address)
    yield both
    for one in both:
        one.kill()


@pytest.fixture
def store(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The same database in this process, as for a command beside the servers."""
    monkeypatch.setenv("ROLLBOOK_KEY", KEY)
    with opened(tmp_path, address) as one:
        yield one


def secret_of(desk: Desk) -> str:
    """The school's secret for the app, new each time."""
    app = next((a for a in desk.apps.all() if a.relying_party == PARTY), None) or desk.apps.add(PARTY)[0]
    return desk.grants.authorise(app, THORNFIELD, ["all"])[1]


def test_what_one_server_gave_another_takes_and_what_was_revoked_is_refused_by_all_at_once(
    servers: tuple[Server, Server], store: Store
) -> None:
    one, other = servers
    desk = Desk(store)
    for _ in range(5):
        token = one.sign_in(secret_of(desk))
        # Twice each, so that the second answer is one from memory.
        every = [server.school("SchoolInfo", token) for server in (one, other, one, other)]
        assert all(answer["meta"] == every[0]["meta"] for answer in every)
        desk.grants.revoke(desk.grants.at(desk.apps.named(PARTY), THORNFIELD))
        assert all(server.school("SchoolInfo", token).get("ExceptionMessage") for server in servers)


def test_jobs_are_done_once_by_whoever_is_free(servers: tuple[Server, Server], store: Store) -> None:
    queue = Queue(store, time.time)
    ids = {queue.add("revoke", {"grant": "none"}) for _ in range(60)}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and any(job.id in ids for job in queue.jobs("waiting", "running")):
        time.sleep(0.1)
    done = [job for job in queue.jobs("done") if job.id in ids]
    assert {(job.state, job.tries) for job in done} == {("done", 1)}
    assert len(done) == len(ids)


def test_a_database_that_is_restarted_is_missed_for_a_moment_and_said_to_be(
    servers: tuple[Server, Server], store: Store, address: str
) -> None:
    token, ended = servers[0].sign_in(secret_of(Desk(store))), threading.Event()
    odd: list[tuple[int, str | None, Any]] = []
    counts: Counter[int] = Counter()

    def ask(server: Server) -> None:
        while not ended.is_set():
            answer, said = server.asked(f"/api/v1/School/{THORNFIELD}/Students", token)
            counts[answer.status] += 1
            away = answer.status == 503 and answer.headers["Retry-After"] and said["ExceptionMessage"]
            if not away and not said.get("Students"):
                odd.append((answer.status, answer.headers["Retry-After"], said))

    clients = [threading.Thread(target=ask, args=(server,)) for server in servers for _ in range(2)]
    for client in clients:
        client.start()
    for _ in range(2):
        _more(counts, 12, 200)
        restart(address)
    _more(counts, 12, 200)
    ended.set()
    for client in clients:
        client.join()
    assert odd == []
    assert all(server.school("Students", token)["Students"] for server in servers)
    assert counts[200] > 20


def test_every_answer_that_was_received_is_in_the_one_ledger_whichever_server_was_killed(
    servers: tuple[Server, Server], store: Store, address: str
) -> None:
    rng = random.Random("servers")
    token = servers[0].sign_in(secret_of(Desk(store)))
    received: Counter[str] = Counter()
    before = _kept(store, servers, address)
    ended = threading.Event()

    def ask(server: Server, number: int) -> None:
        paths = ["Students", f"Students?id={9919 + number}", "Contacts", "Staff"]
        for at in range(10_000):
            if ended.is_set():
                return
            path = paths[(at + number) % len(paths)]
            try:
                answer, said = server.asked(f"/api/v1/School/{THORNFIELD}/{path}", token)
            except (OSError, HTTPException, json.JSONDecodeError):
                # Nothing listens for a while: to ask at once would be to ask for all that is asked.
                ended.wait(0.01)
                continue
            assert answer.status == 200, said
            assert "ExceptionMessage" not in said, said
            received[path.partition("?")[0].lower()] += 1

    clients = [threading.Thread(target=ask, args=(server, n)) for server in servers for n in range(2)]
    for client in clients:
        client.start()
    for server in servers:
        _more(received, 15)
        time.sleep(rng.random())
        server.kill()
        server.start()
    _more(received, 15)
    ended.set()
    for client in clients:
        client.join()
    kept = _kept(store, servers, address) - before
    assert received.total() > 40
    assert {name: kept[name] - times for name, times in received.items() if kept[name] < times} == {}


def _more(counts: Counter[Any], number: int, kind: Any = None) -> None:
    """Wait until there have been so many more answers, of a kind or of any."""

    def count() -> int:
        return counts.total() if kind is None else counts[kind]

    enough = count() + number
    assert wait_until(lambda: count() >= enough)


def _kept(store: Store, servers: tuple[Server, Server], address: str) -> Counter[str]:
    """How many answers of each endpoint are in the ledger, once the journals of all machines are."""
    for server in servers:
        with opened(server.folder, address) as its:
            its.ledger.fold()
    whats = [what.number for what in store.ledger.whats()]
    return Counter(named_endpoint(one) for one in store.ledger.log(whats, take=1_000_000) if not one.cut)
