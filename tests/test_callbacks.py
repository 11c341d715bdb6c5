"""`callbackUrl`: the hub tells when the data is ready, and is nobody's way into the network that it stands in."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import Any
from urllib.parse import quote

import pytest

from rollbook.api import callbacks
from rollbook.api.callbacks import Undelivered, UnreachableError, deliver, post, reachable
from rollbook.jobs import Job
from rollbook.jobs import Queue as Jobs
from rollbook.jobs.queue import DELAYS

from .hub import THORNFIELD, Hub


@dataclass
class Receiver:
    """The app's own server: keeps what is posted to it, and answers as the test says."""

    status: int = 200
    location: str = ""
    wait: threading.Event = field(default_factory=threading.Event)
    got: Queue[tuple[str, str, dict[str, str], bytes]] = field(
        default_factory=Queue[tuple[str, str, dict[str, str], bytes]]
    )
    port: int = 0

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """An address of this server."""
        return f"http://{host}:{self.port}{path}"

    def take(self) -> tuple[str, str, dict[str, str], bytes]:
        """The next request: method, path, headers and body."""
        return self.got.get(timeout=10)

    def hears_nothing(self) -> bool:
        """Whether nobody calls, for a while."""
        try:
            self.got.get(timeout=0.2)
        except Empty:
            return True
        return False


@contextmanager
def listening(receiver: Receiver, port: int = 0) -> Generator[Receiver]:
    """The receiver at a port of the loopback address, any free one if none is named."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.put((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            receiver.wait.wait(10)
            self.send_response(receiver.status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Answering)
    server.daemon_threads = True
    receiver.port = server.server_port
    receiver.wait.set()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.wait.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening(Receiver()) as one:
        yield one


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's owner lets it call the loopback address."""
    monkeypatch.setenv("ROLLBOOK_CALLBACK_ALLOW", "127.0.0.1, hooks.example")


def ask(hub: Hub, url: str, more: str = "") -> dict[str, Any]:
    """The answer to a request that names a callback, once the worker has done what it asks for."""
    answer = hub.school(f"Students?pagesize=1&callbackUrl={quote(url, safe='')}{more}", hub.token())
    hub.work()
    return answer


# ---- what is posted


@pytest.mark.usefixtures("allowed")
def test_the_state_of_the_databases_is_posted_to_the_address(small_hub: Hub, receiver: Receiver) -> None:
    status = small_hub.school("Students?onlyGetDBStatus=true", small_hub.token())
    ask(small_hub, receiver.url("/ready"))
    method, path, headers, body = receiver.take()
    assert (method, path, headers["content-type"]) == ("POST", "/ready", "application/json")
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert json.loads(body) == status
    (row,) = status["DBStatus"]
    assert (row["Id"], row["DBName"], row["Status"]) == ("1", "XodSchoolData", "OK")


@pytest.mark.usefixtures("allowed")
def test_the_query_of_the_address_is_kept(small_hub: Hub, receiver: Receiver) -> None:
    ask(small_hub, receiver.url(f"/ready?estab={THORNFIELD}&id=42&note=a%20b%26c"))
    assert receiver.take()[1] == f"/ready?estab={THORNFIELD}&id=42&note=a%20b%26c"


@pytest.mark.usefixtures("allowed")
def test_the_request_itself_is_answered_as_ever(small_hub: Hub, receiver: Receiver) -> None:
    answer = ask(small_hub, receiver.url())
    assert len(answer["Students"]) == 1
    assert receiver.take()[0] == "POST"


@pytest.mark.usefixtures("allowed")
def test_every_request_calls_even_when_its_answer_is_known_already(small_hub: Hub, receiver: Receiver) -> None:
    token = small_hub.token()
    for number in range(3):
        small_hub.school(f"Students?pagesize=1&callbackUrl={quote(receiver.url('/again'), safe='')}", token)
        small_hub.work()
        assert receiver.take()[1] == "/again", number


def test_nobody_is_called_while_a_request_is_answered(small_hub: Hub, receiver: Receiver) -> None:
    answer = small_hub.school(f"Students?pagesize=1&callbackUrl={receiver.url()}", small_hub.token())
    assert len(answer["Students"]) == 1
    assert receiver.hears_nothing()


@pytest.mark.usefixtures("allowed")
def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with listening(Receiver(status=307, location=receiver.url("/elsewhere"))) as moved:
        assert post(moved.url(), {}) == 307
        assert moved.take()[0] == "POST"
    assert receiver.hears_nothing()


@pytest.mark.usefixtures("allowed")
def test_a_receiver_that_is_not_there_is_called_again_later(small_hub: Hub) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert len(ask(small_hub, f"http://127.0.0.1:{port}/")["Students"]) == 1
    (job,) = waiting(small_hub)
    assert job.due == small_hub.now + DELAYS[0]
    assert "127.0.0.1 could not be reached" in (job.error or "")
    with listening(Receiver(), port) as back:
        small_hub.now += DELAYS[0]
        assert small_hub.work() == 1
        assert back.take()[2]["webhook-id"] == job.id
    assert waiting(small_hub) == []


@pytest.mark.usefixtures("allowed")
def test_a_call_that_is_refused_is_repeated_under_the_same_id_until_it_is_given_up(
    small_hub: Hub, receiver: Receiver
) -> None:
    receiver.status = 503
    ask(small_hub, receiver.url())
    ids = [receiver.take()[2]["webhook-id"]]
    for delay in DELAYS:
        # What has grown old meanwhile is renewed first.
        small_hub.now += delay
        small_hub.work()
        small_hub.now += 2
        small_hub.work()
        ids.append(receiver.take()[2]["webhook-id"])
    assert len(set(ids)) == 1
    queue = Jobs(small_hub.store, lambda: small_hub.now)
    (dead,) = queue.jobs("dead")
    assert (dead.id, dead.error) == (ids[0], "127.0.0.1 answered 503")
    small_hub.now += 3600
    assert small_hub.work() == 0
    receiver.status = 200
    queue.again(dead.id)
    assert small_hub.work() == 1
    assert receiver.take()[2]["webhook-id"] == dead.id


@pytest.mark.usefixtures("allowed")
def test_who_is_no_longer_granted_anything_is_not_called(small_hub: Hub, receiver: Receiver) -> None:
    small_hub.school(f"Students?pagesize=1&callbackUrl={receiver.url()}", small_hub.token())
    small_hub.desk.revoke(small_hub.desk.grant(small_hub.app(), THORNFIELD))
    assert small_hub.work() == 1
    assert receiver.hears_nothing()


def waiting(hub: Hub) -> list[Job]:
    """The jobs that are yet to be done."""
    return Jobs(hub.store, lambda: hub.now).jobs("waiting")


# ---- who is not called

INSIDE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.1.2.3",
    "::ffff:169.254.169.254",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_the_hubs_own_network_is_not_called(address: str) -> None:
    with pytest.raises(UnreachableError, match="has no public address; name it in ROLLBOOK_CALLBACK_ALLOW"):
        reachable(address, 80, lambda host, port: [host])


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_stands_for_such_an_address_is_not_called(address: str) -> None:
    with pytest.raises(UnreachableError):
        reachable("innocent.example", 443, lambda host, port: [address])


def test_of_a_names_addresses_only_a_public_one_is_called() -> None:
    assert reachable("mixed.example", 80, lambda host, port: ["127.0.0.1", "8.8.8.8", "::1"]) == "8.8.8.8"


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
        post(receiver.url(host="rebinding.example"), {}, resolve=resolve)
    assert (asked, connected) == (["rebinding.example"], [("8.8.8.8", receiver.port)])


@pytest.mark.usefixtures("allowed")
def test_a_name_that_the_owner_allows_is_called_wherever_it_is(receiver: Receiver) -> None:
    assert post(receiver.url("/x", host="Hooks.Example"), {"a": 1}, resolve=lambda host, port: ["127.0.0.1"]) == 200
    _, path, headers, body = receiver.take()
    assert (path, headers["host"], body) == ("/x", f"hooks.example:{receiver.port}", b'{"a": 1}')


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://0.0.0.0:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://8.8.8.8@127.0.0.1:{port}/",
    ],
)
def test_however_the_loopback_address_is_written_nothing_is_connected(
    small_hub: Hub, receiver: Receiver, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    with caplog.at_level(logging.WARNING, "rollbook"):
        answer = ask(small_hub, url.format(port=receiver.port))
        # Refused at once, or when the name is looked up: the request itself is answered in either case.
        assert "ExceptionMessage" in answer or "could not be reached" in caplog.text
    assert receiver.hears_nothing()


@pytest.mark.usefixtures("allowed")
def test_a_certificate_that_is_not_the_hosts_ends_the_call(receiver: Receiver) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        post(receiver.url().replace("http:", "https:"), {})
    assert receiver.hears_nothing()


# ---- what is not an address


@pytest.mark.parametrize(
    "url",
    [
        "ready",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "http://",
        "http://[",
        "http://[::1",
        "http://h:port/",
        "http://h:99999/",
        "javascript:alert(1)",
        "//hooks.example/",
    ],
)
def test_what_is_not_a_web_address_is_refused_at_once(small_hub: Hub, url: str) -> None:
    answer = ask(small_hub, url, "&httpstatuscodes=true")
    assert (answer["ExceptionType"], answer["ExceptionMessage"]) == (
        "InvalidRequest",
        "callbackUrl: is not an http or https address",
    )


@pytest.mark.parametrize("path", ["/caf%C3%A9", "/é", "/a b", "/\x01", "/%00", "/" + "x" * 5000])
@pytest.mark.usefixtures("allowed")
def test_an_odd_path_harms_nobody(receiver: Receiver, path: str) -> None:
    with suppress(Undelivered):
        deliver(receiver.url(path), {}, "7")
        assert receiver.take()[0] == "POST"


def test_a_request_that_is_refused_calls_nobody(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def note(url: str, body: dict[str, object], headers: dict[str, str]) -> int:
        called.append(url)
        return 200

    monkeypatch.setattr(callbacks, "post", note)
    assert ask(small_hub, "https://hooks.example/refused", "&colour=red")["ExceptionType"] == "InvalidRequest"
    small_hub.school("Students?callbackUrl=https://hooks.example/stranger", "not a token")
    small_hub.school("Staff?callbackUrl=https://hooks.example/ungranted", small_hub.token(["School"]))
    ask(small_hub, "https://hooks.example/answered")
    assert called == ["https://hooks.example/answered"]
