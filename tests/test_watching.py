"""How those who run a hub watch it: over real sockets, by two processes, without a word about anybody."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from rollbook import figures
from rollbook.api.messages import Route
from rollbook.api.watching import Seen, id_of
from rollbook.model.people import Person
from rollbook.operation.logs import Formatter, Log
from rollbook.operation.metrics import EVERY
from rollbook.operation.readiness import Readiness
from rollbook.operation.tallies import Process, Shared, Tallies, Together, nothing
from rollbook.store.connection import connect

from .hub import THORNFIELD, Hub

COMMAND = Path(sys.executable).with_name("rollbook")
ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


class Server:
    """`rollbook serve` with two processes, a log of JSON, and an address of its own for what is measured."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.log = log
        asked = [
            "serve",
            "--data",
            folder,
            "--port",
            "0",
            "--workers",
            "2",
            "--metrics",
            "127.0.0.1:0",
            "--log",
            "json",
        ]
        environment = {**os.environ, "ROLLBOOK_METRICS_TOKEN": "a-token-for-prometheus", "ROLLBOOK_METRIC": ""}
        self.process = subprocess.Popen(
            [str(word) for word in (COMMAND, *asked, "--log", "json")],
            stdout=subprocess.PIPE, stderr=log.open("w"), text=True, env=environment,
        )  # fmt: skip
        assert self.process.stdout is not None
        said = self.process.stdout.readline() + self.process.stdout.readline()
        self.own, self.url = re.findall(r"http://[0-9.:]+", said)

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.removeprefix("http://").partition(":")
        return host, int(port)

    def ask(self, path: str, method: str = "GET", body: Any = None, base: str = "", **headers: str) -> Any:
        """An answer, over a connection of its own: status, headers, body."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = json.dumps(body).encode() if body is not None else None
        request = Request((base or self.url) + path, data, named, method=method)
        try:
            with closing(urlopen(request, timeout=60)) as answer:
                return answer.status, answer.headers, answer.read()
        except HTTPError as error:
            return error.code, error.headers, error.read()

    def measured(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        """What is measured, as Prometheus reads it."""
        families = text_string_to_metric_families(self.ask("/metrics", base=self.own)[2].decode())
        return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}

    def wait_until_ready(self) -> None:
        for _ in range(600):
            try:
                if self.ask("/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError("it is not ready")

    def end(self) -> list[dict[str, Any]]:
        """End it; gives the lines of its log."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]


@pytest.fixture
def grant(small_folder: Path, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A data directory, and what an app signs in with."""
    hub = Hub.copy(small_folder, tmp_path / "data")
    found, secret = hub.desk.grants.authorise(hub.app(), THORNFIELD, ("all",))
    hub.close()
    return tmp_path / "data", {"estab": THORNFIELD, "relyingParty": found.app.relying_party, "password": secret}


def processes(measured: Iterable[tuple[str, object]]) -> int:
    """How many processes tell how much memory they take."""
    return len([name for name, _ in measured if name == "rollbook_process_memory_bytes"])


@pytest.mark.slow
@pytest.mark.files
def test_a_server_of_two_processes_is_watched_and_tells_nothing_of_anybody(
    grant: tuple[Path, dict[str, str]], tmp_path: Path
):
    folder, signing = grant
    server = Server(folder, tmp_path / "log")
    try:
        server.wait_until_ready()
        token = json.loads(server.ask("/api/oauth/GetToken", "POST", signing, content_type="application/json")[2])
        shown = f"Idaas {token['token']}"
        students = f"/api/v1/School/{THORNFIELD}/Students"
        body = b""
        for _ in range(20):
            status, headers, body = server.ask(f"{students}?pagesize=2", authorization=shown, x_request_id=ID)
            assert (status, headers["x-request-id"]) == (200, ID)
        someone = json.loads(body)["Students"][0]
        for path in (
            "/edfi/data/v3/ed-fi/students",
            "/api/v2/graph/people",
            "/ims/oneroster/rostering/v1p2/orgs",
            "/no",
        ):
            assert re.fullmatch("[0-9a-f]{16}", server.ask(path, authorization="Bearer hush-hush")[1]["x-request-id"])
        server.ask(f"{students}?id={someone['Id']}&forename={someone['Forename']}", authorization=shown)
        with closing(socket.create_connection(server.address, 60)) as client:
            client.sendall(b"nonsense\r\n\r\n")
            assert re.search(rb"\r\nx-request-id: [0-9a-f]{16}\r\n", client.recv(4096))
        assert server.ask("/metrics")[0] == 404
        assert server.ask("/metrics", authorization="Bearer a-token-for-nobody")[0] == 404
        assert server.ask("/metrics", authorization="Bearer a-token-for-prometheus")[0] == 200
        assert json.loads(server.ask("/healthz", base=server.own)[2]) == {"status": "ok"}
        assert json.loads(server.ask("/readyz", base=server.own)[2])["status"] == "ok"

        asked = (
            "rollbook_requests_total", (("dialect", "xporter"), ("endpoint", "school.students"), ("status", "200")),
        )  # fmt: skip
        measured = server.measured()
        until = time.monotonic() + 60
        # One process answers before the other has begun, and what it counts is there a second later.
        while (measured.get(asked, 0) < 20 or processes(measured) < 2) and time.monotonic() < until:
            time.sleep(0.2)
            measured = server.measured()
        assert measured[asked] >= 20
        assert processes(measured) == 2
        assert measured["rollbook_request_seconds_count", (("dialect", "xporter"),)] >= 21
        assert measured["rollbook_ready", (("check", "ledger"),)] == 1
        named = {one.name for one in EVERY if not one.name.startswith(("rollbook_source", "rollbook_queue"))}
        assert {name.removesuffix("_count") for name, _ in measured} >= named - {"rollbook_jobs_total"}
    finally:
        lines = server.end()

    line = next(one for one in lines if one.get("request") == ID)
    assert {name: line[name] for name in ("level", "dialect", "endpoint", "method", "status", "school")} == {
        "level": "info",
        "dialect": "xporter",
        "endpoint": "school.students",
        "method": "GET",
        "status": 200,
        "school": THORNFIELD,
    }
    assert len([one for one in lines if one.get("request") == ID]) == 20
    told = server.log.read_text()
    assert "ROLLBOOK_METRIC: is no setting of Rollbook (did you mean ROLLBOOK_METRICS?)" in told
    assert [secret for secret in (token["token"], signing["password"], "hush-hush", "forename") if secret in told] == []
    with closing(connect(folder / "records.sqlite")) as db:
        names = db.execute(f"SELECT DISTINCT surname FROM {Person.table} WHERE surname <> ''").fetchall()
        upns = db.execute("SELECT upn FROM student WHERE upn <> ''").fetchall()
    words = set(re.findall(r"[\w'-]+", told))
    assert [name for (name,) in [*names, *upns] if name in words] == []


def look(hub: Hub, **beats: float) -> dict[str, str]:
    """What is not well with a hub, whose worker came round and whose journals were taken in just now."""
    latest = {"beat": time.time(), "folded": time.time(), **beats}
    readiness = Readiness(hub.store, latest.get, lambda: hub.now)
    return {name: why for name, why in readiness.look().checks.items() if why}


def test_a_hub_that_has_what_it_needs_is_ready(small_hub: Hub):
    small_hub.now = time.time()
    assert look(small_hub) == {}


@pytest.mark.files
def test_each_thing_that_is_missing_is_named(small_hub: Hub, monkeypatch: pytest.MonkeyPatch):
    small_hub.now = now = time.time()
    assert look(small_hub, beat=now - 500) == {"worker": "no worker has come round for 500 seconds"}
    assert [*look(small_hub, folded=now - 500)] == ["ledger"]
    small_hub.now = 1_000_000_000.0
    assert [*look(small_hub)] == ["clock"]
    small_hub.now = now
    with monkeypatch.context() as patch:
        full = shutil.disk_usage(small_hub.store.folder)._replace(free=1024)

        def usage(_: Path) -> object:
            return full

        patch.setattr(shutil, "disk_usage", usage)
        assert [*look(small_hub)] == ["disk"]
    with closing(connect(small_hub.store.folder / "records.sqlite")) as db:
        before = db.execute("PRAGMA user_version").get
        db.execute("PRAGMA user_version = 999")
        assert look(small_hub) == {"migrations": f"the records have the layout 999, and this program knows {before}"}
        db.execute(f"PRAGMA user_version = {before}")
    (small_hub.store.folder / "ledger.sqlite").rename(small_hub.store.folder / "gone")
    assert [*look(small_hub)] == ["ledger"]


def test_a_hub_that_is_not_ready_says_so_without_saying_why(small_hub: Hub):
    assert small_hub.edge.watch is not None
    small_hub.edge.watch.start()
    figures.hold("beat", 0.0)
    found = small_hub.get("/readyz", host="hub")
    small_hub.edge.watch.stop()
    assert found.status == 503
    assert found.json["checks"]["worker"] == "failed"
    assert set(found.json["checks"]) == {"store", "ledger", "worker", "disk", "clock", "migrations"}
    assert set(found.json["checks"].values()) <= {"ok", "failed"}
    assert small_hub.get("/healthz", host="hub").json == {"status": "ok"}
    assert small_hub.ask("POST", "/healthz", None, b"", host="hub").status == 404


def test_what_processes_tell_is_put_together_and_the_dead_still_count(tmp_path: Path):
    tallies = Tallies()
    for seconds in (0.0004, 0.004, 60.0):
        tallies.add(Route("xporter", "school.students"), 200, seconds)
    gone = nothing()
    gone.times[0], gone.seconds = 5, 0.001
    other = Process(
        1, time.time() - 3600, [("xporter", "school.students", 200, gone)], [("job", ["mail", "done"], 2)], {}
    )
    (tmp_path / "1.told").write_bytes(msgspec.msgpack.encode(other))
    (tmp_path / "2.told").write_bytes(b"half a file")
    shared = Shared(tmp_path, tallies)
    shared.write()
    for told in (Together(shared.every(), time.time()), Together(Shared(tmp_path, None).every(), time.time())):
        (tally,) = told.asked.values()
        assert (tally.times[0], tally.times[2], tally.times[-1], sum(tally.times)) == (6, 1, 1, 8)
        assert [one.pid for one in told.live] == [os.getpid()]
        assert told.counted["job", ("mail", "done")] >= 2


def test_a_request_id_that_is_not_well_formed_is_not_repeated():
    assert id_of({b"x-request-id": ID.encode()}) == ID.encode()
    for odd in (b"short", b"Graham Nettlebed", b"x" * 65, b'evil"\r\nid-of-mine', b"a=b&c=d&e"):
        assert re.fullmatch(b"[0-9a-f]{16}", id_of({b"x-request-id": odd}))


def test_a_line_of_text_says_what_a_line_of_json_says():
    written: list[bytes] = []
    one = Seen("GET", {b"x-request-id": ID.encode()}, lambda _: None)  # pyright: ignore[reportArgumentType]
    one.route, one.status = Route("edfi", "students", "app", "99"), 503
    for form in ("text", "json"):
        log = Log(form, written.append)
        log.note((1_795_000_000.25, 0.0123, one))
        log.flush()
        log.flush()
    text, line = written
    assert text == (
        b"2026-11-18T11:06:40.250Z error request=0f8fad5b-d9cb-469f-a165-70867728950e ms=12.30"
        b" dialect=edfi endpoint=students method=GET status=503 app=app school=99\n"
    )
    assert json.loads(line)["time"] == "2026-11-18T11:06:40.250Z"
    assert " ".join(json.loads(line)) == "time level request ms dialect endpoint method status app school"


def test_of_an_error_the_kind_and_place_are_logged_and_not_what_it_says():
    try:
        raise ValueError("Graham Nettlebed")
    except ValueError:
        record = logging.getLogger("rollbook").makeRecord(
            "rollbook", logging.ERROR, __file__, 1, "fault while\nanswering %s", ("edfi",), sys.exc_info()
        )
    line = json.loads(Formatter("json").format(record))
    assert (line["message"], line["error"], line["level"]) == ("fault while answering edfi", "ValueError", "error")
    assert "test_watching.py:" in line["at"][0]
    assert "Nettlebed" not in json.dumps(line)
