"""What a client may send before its request is whole, how slowly, and what happens to its connection otherwise."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .hub import THORNFIELD
from .test_server import PATIENCE, Served, until_closed, wait_until


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("connections") / "data") as one:
        yield one


def memory(served: Served) -> int:
    """The resident memory of a server, in MB."""
    lines = Path(f"/proc/{served.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


def test_headers_without_an_end_are_refused_before_they_fill_the_memory(served: Served) -> None:
    before = memory(served)
    with socket.create_connection((served.host, served.port), timeout=PATIENCE) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            client.sendall(b"x" * 300_000_000)
    assert memory(served) < before + 30


def test_what_is_no_request_is_told_so(served: Served) -> None:
    with socket.create_connection((served.host, served.port), timeout=PATIENCE) as client:
        client.sendall(b"GET / HTTP/1.1\r\nhost hub.example\r\n\r\n")
        head, _, said = until_closed(client).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"x-content-type-options: nosniff" in head
    assert said


def test_headers_that_are_too_large_are_told_so(served: Served) -> None:
    with socket.create_connection((served.host, served.port), timeout=PATIENCE) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 70_000 + b"\r\n\r\n")
        assert until_closed(client).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("hosts", [b"", b"Host: a\r\nHost: b\r\n", b"Host: a b\r\n"])
def test_a_request_names_exactly_one_host(served: Served, hosts: bytes) -> None:
    with socket.create_connection((served.host, served.port), timeout=PATIENCE) as client:
        client.sendall(b"GET /api/v1/TokenDetails HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n")
        got = until_closed(client)
    assert got.startswith(b"HTTP/1.1 400 ")
    assert b"x-content-type-options: nosniff" in got


def answers(served: Served, token: str) -> bool:
    """Whether a server answers."""
    try:
        got = served.ask("/api/v1/TokenDetails", token)
        return got.get("Estab") == THORNFIELD
    except OSError:
        return False


def test_a_server_that_may_open_few_files_sheds_idle_connections_and_goes_on(tmp_path: Path) -> None:
    with Served(tmp_path / "data", files=64) as served:
        token = served.token()
        idle = [socket.create_connection((served.host, served.port), timeout=PATIENCE) for _ in range(80)]
        try:
            # Those that come within the same instant may be closed without a word.
            assert wait_until(lambda: answers(served, token))
            for _ in range(5):
                assert served.ask("/api/v1/TokenDetails", token)["Estab"] == THORNFIELD
                assert served.ask(f"/api/v1/School/{THORNFIELD}/Students?pagesize=2", token)["Students"]
        finally:
            for one in idle:
                one.close()
        assert served.ask(f"/api/v1/School/{THORNFIELD}/Staff?pagesize=2", token)["Staff"]


@pytest.mark.slow
def test_a_request_that_stays_half_sent_is_closed(served: Served) -> None:
    began = time.monotonic()
    with socket.create_connection((served.host, served.port), timeout=PATIENCE) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-")
        assert until_closed(client).startswith(b"HTTP/1.1 408 ")
    assert 5 < time.monotonic() - began < PATIENCE
