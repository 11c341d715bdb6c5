"""Calls that leave the hub: one post, bounded in time and size, to real sockets."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from rollbook.addresses import UnreachableError, read_address
from rollbook.api import callbacks
from rollbook.api.callbacks import CallError, Reply, post

from .hub import Hub
from .receiver import Receiver, answering, listening

PATIENCE = 10.0
"""Seconds after which a call was not bounded: a third of what those who dribble take, many times what it may take."""


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's owner lets it call the loopback address."""
    monkeypatch.setenv("ROLLBOOK_CALLBACK_ALLOW", "127.0.0.1, ::1, hooks.example")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening(Receiver()) as one:
        yield one


def call(url: str, seconds: float = 30) -> Reply:
    """Post an empty object."""
    return post(read_address(url), b"{}", {"Content-Type": "application/json"}, seconds=seconds)


def call_to(answer: Callable[[socket.socket], None], seconds: float = 30) -> Reply:
    """Post to a server that answers as told."""
    with answering(answer) as port:
        return call(f"http://127.0.0.1:{port}/", seconds)


# ---- what is sent


def test_a_body_is_posted_whole(receiver: Receiver) -> None:
    whole = b"x" * 3_000_000
    assert post(read_address(receiver.url("/a?b=c")), whole, {"X-A": "1"}, seconds=30) == Reply(200)
    method, path, headers, body = receiver.take()
    assert (method, path, body) == ("POST", "/a?b=c", whole)
    assert headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "x-a": "1",
        "content-length": "3000000",
        "connection": "close",
    }


def test_a_receiver_on_ipv6_is_called() -> None:
    with listening(Receiver(), host="::1") as receiver:
        assert call(receiver.url(host="[::1]")) == Reply(200)
        assert receiver.take()[2]["host"] == f"[::1]:{receiver.port}"


def test_proxies_that_the_environment_names_are_not_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert call(receiver.url()) == Reply(200)


# ---- where it goes


def test_the_name_is_looked_up_once_so_that_it_cannot_change_its_mind(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    connected: list[object] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["8.8.8.8"] if len(asked) == 1 else ["127.0.0.1"]

    def connect(address: object, *_: object, **__: object) -> socket.socket:
        connected.append(address)
        raise OSError("not in a test")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OSError, match="not in a test"):
        post(read_address(receiver.url(host="rebinding.example")), b"", {}, resolve=resolve)
    assert (asked, connected) == (["rebinding.example"], [("8.8.8.8", receiver.port)])


def test_a_name_for_a_private_address_is_not_connected_to(receiver: Receiver) -> None:
    with pytest.raises(UnreachableError, match=r"inside\.example has no public address"):
        post(read_address(receiver.url(host="inside.example")), b"", {}, resolve=lambda host, port: ["127.0.0.1"])
    assert receiver.hears_nothing()


def test_an_allowed_name_is_called_by_its_name_at_the_first_address_that_answers(receiver: Receiver) -> None:
    address = read_address(receiver.url("/x", host="Hooks.Example"))
    assert post(address, b"", {}, resolve=lambda host, port: ["::1", "127.0.0.1"]) == Reply(200)
    assert receiver.take()[2]["host"] == f"hooks.example:{receiver.port}"


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with listening(Receiver(status=307, location=receiver.url("/elsewhere"))) as moved:
        assert call(moved.url()) == Reply(307)
        assert moved.take()[0] == "POST"
    assert receiver.hears_nothing()


def test_a_certificate_that_is_not_the_hosts_ends_the_call(receiver: Receiver) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        call(receiver.url().replace("http:", "https:"))
    assert receiver.hears_nothing()


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://0.0.0.0:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://127.0.0.2:{port}/",
        "http://8.8.8.8@127.0.0.1:{port}/",
    ],
)
def test_however_the_loopback_address_is_written_a_request_that_names_it_is_refused(
    small_hub: Hub, receiver: Receiver, url: str
) -> None:
    written = url.format(port=receiver.port).replace("@", "%40")
    answer = small_hub.school(f"Students?pagesize=1&callbackUrl={written}", small_hub.token())
    assert answer["ExceptionMessage"].startswith("callbackUrl: ")
    assert small_hub.work() == 0
    assert receiver.hears_nothing()


# ---- how long it takes, and how much


def test_a_receiver_that_says_nothing_is_left(receiver: Receiver) -> None:
    receiver.wait.clear()
    with pytest.raises(TimeoutError):
        call(receiver.url(), 0.3)
    # It was left before it answered: it was called, and still waits.
    assert receiver.take()[0] == "POST"
    assert not receiver.wait.is_set()


def test_a_receiver_that_dribbles_gets_no_more_time_than_any_other() -> None:
    def dribble(connection: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000:
            connection.send(bytes([byte]))
            time.sleep(0.02)

    began = time.monotonic()
    with pytest.raises(TimeoutError):
        call_to(dribble, 0.3)
    assert time.monotonic() - began < PATIENCE


def test_a_receiver_that_does_not_read_gets_no_more_time_either() -> None:
    left = threading.Event()

    def read_nothing(connection: socket.socket) -> None:
        left.wait(PATIENCE)

    with answering(read_nothing) as port:
        with pytest.raises(TimeoutError):
            post(read_address(f"http://127.0.0.1:{port}/"), b"x" * 8_000_000, {}, seconds=0.3)
        left.set()


def test_a_name_that_nobody_looks_up_in_time_is_left() -> None:
    left = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        left.wait(PATIENCE)
        return ["127.0.0.1"]

    with pytest.raises(TimeoutError, match="could not be looked up in time"):
        post(read_address("http://hooks.example/"), b"", {}, resolve=resolve, seconds=0.2)
    left.set()


def test_a_body_that_dribbles_after_its_head_delays_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def dribble(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            connection.send(b".")
            time.sleep(0.03)

    monkeypatch.setattr(callbacks, "LINGER_SECONDS", 0.1)
    began = time.monotonic()
    assert call_to(dribble) == Reply(202)
    assert time.monotonic() - began < PATIENCE


def test_of_a_huge_answer_little_is_read() -> None:
    sent: list[int] = []

    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        sent.extend(connection.send(b"x" * 65536) for _ in range(1000))

    assert call_to(flood) == Reply(200)
    assert sum(sent) < 32 * 1024 * 1024


def test_a_head_without_an_end_is_not_read_on() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000)

    with pytest.raises(CallError, match="head is larger than 64 KB"):
        call_to(flood)


# ---- what comes back


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        (b"HTTP/1.1 204\r\n\r\n", Reply(204)),
        (b"HTTP/1.0 200 Fine by me\r\n\r\nhello", Reply(200)),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\n\r\n", Reply(201)),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", Reply(101)),
        (b"HTTP/1.1 429 Slow down\r\nretry-after: 120\r\n\r\n", Reply(429, 120.0)),
        (b"HTTP/1.1 503 \r\nRetry-After: Fri, 20 Nov 2020 08:00:00 GMT\r\n\r\n", Reply(503, 0.0)),
        (b"HTTP/1.1 503 \r\nRetry-After: soon\r\n\r\n", Reply(503)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -7\r\nretry-after: " + b"9" * 50 + b"\r\n\r\n", Reply(200)),
    ],
)
def test_an_answer_is_its_status_and_when_to_call_again(answer: bytes, reply: Reply) -> None:
    assert call_to(lambda connection: connection.sendall(answer)) == reply


@pytest.mark.parametrize(
    "answer", [b"220 mail.example ESMTP\r\n\r\n", b"HTTP/2 200 OK\r\n\r\n", b"HTTP/1.1 999 \r\n\r\n"]
)
def test_what_does_not_answer_in_http_is_told(answer: bytes) -> None:
    with pytest.raises(CallError, match="did not answer in HTTP"):
        call_to(lambda connection: connection.sendall(answer))


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_receiver_that_hangs_up_is_told(answer: bytes) -> None:
    with pytest.raises((CallError, ConnectionError)):
        call_to(lambda connection: connection.sendall(answer))


def test_nothing_is_logged_of_what_was_said(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        post(read_address(receiver.url()), b"Fernwhistle", {})
    assert "Fernwhistle" not in caplog.text
