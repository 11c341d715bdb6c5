"""`rollbook demo` over real sockets: long answers hold nobody up, and nobody who goes away leaves anything behind."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from rollbook.model.attendance import Mark
from rollbook.store.connection import connect
from rollbook.store.opening import holds
from rollbook.store.sqlite import Store
from tests.looking import look, look_passing

from .demo_data import demo_schools
from .hub import THORNFIELD

COMMAND = Path(sys.executable).with_name("rollbook")
PATIENCE = 60.0
"""Seconds after which a socket gives up; nothing here takes more than one or two, unless the machine is busy."""

PATIENT = {"ROLLBOOK_WRITE_WAIT": "30"}
"""What has a server refuse nobody only because the machine is busy."""


class Served:
    """`rollbook demo` (or another command) in a process of its own, and a client of it.

    Where `data` holds nothing, a copy of the small demo schools is put there, unless the command is to make them anew.
    """

    def __init__(
        self, data: Path, *more: str, env: dict[str, str] | None = None, files: int = 0, anew: bool = False
    ) -> None:
        if not (anew or holds(data)):
            demo_schools(0.05, data)
        asked = [COMMAND, "demo", "--json", "--port", "0", "--data", data, "--size", "0.05", *more]
        # With `files`, the process may open no more than so many.
        before = ["prlimit", f"--nofile={files}:{files}"] if files else []
        self.process = subprocess.Popen(
            [*before, *map(str, asked)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **PATIENT, **(env or {})},
            text=True,
        )
        assert self.process.stdout is not None
        self.facts: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.url: str = self.facts["url"]
        parts = urlsplit(self.url)
        self.host, self.port = str(parts.hostname), int(parts.port or 0)

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """End it at once, as `kill -9` does."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def connection(self) -> http.client.HTTPConnection:
        """A client's connection, not open yet."""
        return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)

    def ask(self, path: str, token: str | None = None, method: str = "GET", body: bytes | None = None) -> Any:
        """The JSON of an answer, over a connection of its own."""
        connection = self.connection()
        try:
            connection.request(method, path, body, {"Authorization": f"Idaas {token}"} if token else {})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def token(self) -> str:
        """A token for the demo app at the first school."""
        x = self.facts["xporter"]
        body = {"estab": x["estab"], "relyingParty": x["relyingParty"], "password": x["schoolSecret"]}
        return self.ask("/api/oauth/GetToken", method="POST", body=json.dumps(body).encode())["token"]


class Reading:
    """A client that reads no faster than it is told to."""

    def __init__(self, served: Served, path: str, token: str) -> None:
        self.socket = socket.socket()
        # So small that the server cannot put a long answer into it and be done.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(PATIENCE)
        self.socket.connect((served.host, served.port))
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Idaas {token}\r\nConnection: close\r\n\r\n"
        self.socket.sendall(head.encode())
        self.got = b""

    def some(self, size: int) -> None:
        """Read until there are `size` bytes."""
        while len(self.got) < size:
            self.got += self.socket.recv(4096)

    def rest(self) -> dict[str, Any]:
        """Read to the end, and give the JSON of the body."""
        self.socket.settimeout(PATIENCE * 2)
        parts = [self.got]
        while part := self.socket.recv(1 << 20):
            parts.append(part)
        self.close()
        head, _, body = b"".join(parts).partition(b"\r\n\r\n")
        assert b"transfer-encoding: chunked" in head.lower()
        return json.loads(_unchunked(body))

    def vanish(self) -> None:
        """Go away without a word, as a client does that is switched off."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.close()

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()


def _unchunked(body: bytes) -> bytes:
    whole: list[bytes] = []
    while True:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return b"".join(whole)
        whole.append(body[:length])
        body = body[length + 2 :]


TERM = f"/api/v1/School/{THORNFIELD}/AttendanceForDateRange?DateFrom=2026-09-01&DateTo=2026-10-16"
"""Some 60,000 rows at the demo's full size: 8 MB, more than sockets hold."""


@pytest.fixture(scope="module")
def data(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo schools at their full size, to be served and changed here only."""
    return Path(shutil.copytree(demo_folder, tmp_path_factory.mktemp("served") / "data"))


@pytest.fixture(scope="module")
def served(data: Path) -> Iterator[Served]:
    with Served(data) as one:
        yield one


@pytest.fixture(scope="module")
def token(served: Served) -> str:
    return served.token()


def wait_until(true: Callable[[], bool], seconds: float = PATIENCE, pause: float = 0.02) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def checkpoint(data: Path) -> bool:
    """Whether the write-ahead log can be emptied, which it cannot while somebody reads an older moment."""
    connection = connect(data / "records.sqlite")
    try:
        connection.execute("PRAGMA busy_timeout = 50")
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0]
        return not busy
    finally:
        connection.close()


def marks_of(data: Path, day: str) -> list[str]:
    """The hub ids of a day's session marks at the school."""
    with Store(data) as store:
        found = look(
            store,
            "SELECT m.id FROM mark m JOIN school s ON s.district = m.district AND s.id = m.school"
            " WHERE s.estab = ? AND m.date = ? AND m.kind = 'S'",
            (THORNFIELD, day),
        )
        return [identity for (identity,) in found]


def rewrite(data: Path, days: tuple[str, ...], mark: str) -> None:
    """Change every mark of these days, in one transaction."""
    ids = [i for day in days for i in marks_of(data, day)]
    with Store(data) as store, store.write(1) as batch:
        for identity in ids:
            batch.change(Mark, identity, {"mark": mark})


# ---- one connection


def test_a_connection_is_kept_for_the_next_request(served: Served, token: str) -> None:
    connection = served.connection()
    ports: set[int] = set()
    for _ in range(3):
        connection.request("GET", "/api/v1/TokenDetails", headers={"Authorization": f"Idaas {token}"})
        answer = json.loads(connection.getresponse().read())
        ports.add(connection.sock.getsockname()[1])
        assert answer["Estab"] == THORNFIELD
    connection.close()
    assert len(ports) == 1


def test_requests_sent_one_behind_the_other_are_answered_in_order(served: Served, token: str) -> None:
    head = f"Host: x\r\nAuthorization: Idaas {token}\r\n"
    with socket.create_connection((served.host, served.port), timeout=PATIENCE) as client:
        client.sendall(
            f"GET /api/v1/TokenDetails HTTP/1.1\r\n{head}\r\n"
            f"GET /api/v1/School/{THORNFIELD}/Health HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode()
        )
        got = until_closed(client)
    assert got.count(b"HTTP/1.1 200 OK") == 2
    assert got.index(b'"RelyingParty"') < got.index(b'"health"')


@pytest.mark.parametrize("path", ["/api/v1/TokenDetails", f"/api/v1/School/{THORNFIELD}/Students", "/"])
def test_head_is_answered_as_get_without_the_body(served: Served, token: str, path: str) -> None:
    connection = served.connection()
    headers = {"Authorization": f"Idaas {token}"}
    connection.request("GET", path, headers=headers)
    got = connection.getresponse()
    length = len(got.read())
    connection.request("HEAD", path, headers=headers)
    head = connection.getresponse()
    assert (head.status, head.read()) == (200, b"")
    assert head.headers["content-type"] == got.headers["content-type"]
    # RFC 9110 §8.6: a length, when it is told, is that of GET's answer.
    assert head.headers["content-length"] in (None, str(length))
    connection.request("GET", "/api/v1/TokenDetails", headers=headers)
    assert json.loads(connection.getresponse().read())["Estab"] == THORNFIELD
    connection.close()


def test_answers_about_children_are_not_to_be_kept_by_caches(served: Served, token: str) -> None:
    connection = served.connection()
    connection.request("GET", f"/api/v1/School/{THORNFIELD}/Health", headers={"Authorization": f"Idaas {token}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["server"] is None


# ---- long answers


def test_a_small_request_is_answered_while_a_long_answer_is_under_way(served: Served, token: str) -> None:
    long = Reading(served, TERM, token)
    long.some(20_000)
    details = served.ask("/api/v1/TokenDetails", token)
    few = served.ask(f"/api/v1/School/{THORNFIELD}/Students?pagesize=3&select=Id", token)
    answer = long.rest()
    assert details["Estab"] == THORNFIELD
    assert len(few["Students"]) == 3
    assert len(answer["AttendMarks"]) > 40_000


def test_a_client_that_goes_away_leaves_nothing_behind(served: Served, token: str, data: Path) -> None:
    rewrite(data, ("2026-10-16",), "/")
    clients = [Reading(served, TERM, token) for _ in range(4)]
    for client in clients:
        client.some(20_000)
    rewrite(data, ("2026-10-16",), "L")
    # While they read, the moment that they see is held: what follows shows that it is let go.
    assert not checkpoint(data)
    for client in clients:
        client.vanish()
    assert wait_until(lambda: checkpoint(data))
    assert served.ask("/api/v1/TokenDetails", token)["Estab"] == THORNFIELD
    assert len(served.ask(TERM + "&pagesize=2", token)["AttendMarks"]) == 2


def test_each_of_two_long_answers_is_of_one_moment_although_a_write_comes_between(
    served: Served, token: str, data: Path
) -> None:
    first, last = "2026-09-07", "2026-10-16"
    rewrite(data, (first, last), "/")
    early = Reading(served, TERM, token)
    early.some(20_000)
    rewrite(data, (first, last), "I")
    late = Reading(served, TERM, token)
    late.some(20_000)
    rewrite(data, (first, last), "B")

    def marks(answer: dict[str, Any]) -> dict[str, set[str]]:
        rows = answer["AttendMarks"]
        return {day: {r["Mark"] for r in rows if r["Date"] == day} for day in (first, last)}

    assert marks(early.rest()) == {first: {"/"}, last: {"/"}}
    assert marks(late.rest()) == {first: {"I"}, last: {"I"}}
    assert marks(served.ask(TERM, token)) == {first: {"B"}, last: {"B"}}


def test_a_write_shows_in_the_next_answer(served: Served, token: str, data: Path) -> None:
    day = f"/api/v1/School/{THORNFIELD}/AttendanceForDate?date=2026-11-19&attendanceType=S&select=Mark"
    for mark in ("I", "B"):
        rewrite(data, ("2026-11-19",), mark)
        assert {row["Mark"] for row in served.ask(day, token)["AttendMarks"]} == {mark}


# ---- odd clients


def raw(served: Served, text: bytes) -> bytes:
    """What comes back for bytes sent as they are."""
    with socket.create_connection((served.host, served.port), timeout=PATIENCE) as client:
        client.sendall(text)
        return until_closed(client)


def until_closed(client: socket.socket) -> bytes:
    """What comes until the server closes, or resets, the connection."""
    got = bytearray()
    with suppress(ConnectionResetError):
        while part := client.recv(65536):
            got += part
    return bytes(got)


def test_the_absolute_form_of_an_address_is_understood(served: Served, token: str) -> None:
    lines = f"GET http://hub.example/api/v1/TokenDetails HTTP/1.1\r\nHost: hub.example\r\nAuthorization: Idaas {token}"
    got = raw(served, f"{lines}\r\nConnection: close\r\n\r\n".encode())
    assert got.startswith(b"HTTP/1.1 200 OK")
    assert b'"Estab":"9994001"' in got


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\1\2\3\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /api/v1/TokenDetails HTTP/9.9\r\n\r\n",
        b"GET /caf\xc3\xa9 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /api/v1/TokenDetails?a=\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /api/v1/TokenDetails HTTP/1.1\r\nAuthorization: Idaas \xff\xfe\r\nConnection: close\r\n\r\n",
        b"POST /api/oauth/GetToken HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/oauth/GetToken HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_not_http_harms_nobody(served: Served, token: str, sent: bytes) -> None:
    got = raw(served, sent)
    assert b" 500 " not in got.split(b"\r\n")[0]
    assert b"Traceback" not in got
    assert served.ask("/api/v1/TokenDetails", token)["Estab"] == THORNFIELD


def test_half_a_request_is_not_acted_upon(served: Served, token: str, data: Path) -> None:
    x = served.facts["xporter"]
    body = json.dumps({"estab": x["estab"], "relyingParty": x["relyingParty"], "password": x["schoolSecret"]})
    before = tokens_given(data)
    with socket.create_connection((served.host, served.port), timeout=PATIENCE) as client:
        head = f"POST /api/oauth/GetToken HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body) + 1}\r\n\r\n"
        client.sendall((head + body).encode())
    for _ in range(5):
        assert served.ask("/api/v1/TokenDetails", token)["Estab"] == THORNFIELD
        time.sleep(0.02)
    assert tokens_given(data) == before
    assert served.token()
    assert tokens_given(data) == before + 1


def tokens_given(data: Path) -> int:
    """How many tokens are good."""
    with Store(data) as store:
        return look_passing(store, "SELECT count(*) FROM token").get


def test_a_body_larger_than_the_limit_is_refused_before_it_has_all_come(served: Served, token: str) -> None:
    size = 40 * 1024 * 1024
    with socket.create_connection((served.host, served.port), timeout=PATIENCE) as client:
        client.sendall(b"POST /api/v1/TokenDetails?httpstatuscodes=true HTTP/1.1\r\nHost: x\r\n")
        client.sendall(b"Content-Length: %d\r\nConnection: close\r\n\r\n" % size)
        with suppress(ConnectionError):
            for _ in range(33):
                client.sendall(b"x" * 1024 * 1024)
        got = until_closed(client)
    assert got.startswith(b"HTTP/1.1 413 ")
    assert b'"ExceptionType":"RequestTooLarge"' in got
    assert served.ask("/api/v1/TokenDetails", token)["Estab"] == THORNFIELD
