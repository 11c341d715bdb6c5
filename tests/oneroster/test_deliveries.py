"""Deliveries: rosters that the hub brings to a server by itself, whole or not at all, again until they have arrived."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import Malformed, Stop
from rollbook.ingest.delivering import KIND, Deliveries, Delivery
from rollbook.ingest.places import Address, send
from rollbook.ingest.settings import sealed
from rollbook.jobs import Queue
from rollbook.model.people import Person
from tests.services import Asked, Reply, serving
from tests.sftp_server import ABSENT, SSHD, SftpServer, serving_sftp

from .platform import Platform
from .test_csv_out import named


class Receiver:
    """A server that takes files by PUT: what it has, and the statuses that it answers next instead of 201."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.answers: list[int] = []

    def __call__(self, asked: Asked) -> Reply:
        status = self.answers.pop(0) if self.answers else 201
        if (asked.method, asked.headers.get("authorization")) != ("PUT", "Bearer open sesame"):
            status = 401
        if status == 201:
            self.held[asked.path] = asked.body
        return Reply({}, status)


def deliver(platform: Platform, address: str, **more: Any) -> Delivery:
    store = platform.hub.store
    token = {"token": sealed(store, "token", "open sesame")}
    made = Delivery("nightly-roster", platform.credential.key, "1.2", True, address, token, "nightly 60", **more)
    Deliveries(store).add(made)
    return made


def jobs(platform: Platform) -> list[tuple[str, int]]:
    return [(job.state, job.tries) for job in Queue(platform.hub.store, lambda: platform.hub.now).jobs(kind=KIND)]


def test_a_delivery_is_tried_until_it_has_arrived_and_then_has_what_is_new(writer: Platform, tmp_path: Path) -> None:
    hub, who = writer.hub, writer.rows("students")[0]["sourcedId"]
    with serving(receiver := Receiver()) as served:
        deliver(writer, f"{served.address}/drop/")
        held, receiver.answers = receiver.held, [503]
        hub.work()
        assert (jobs(writer), held) == ([("waiting", 1)], {})
        hub.now += 11
        hub.work()
        assert (jobs(writer), len(held)) == ([("done", 2)], 1)
        assert named(hub, "oneroster-csv 1.2 bulk") >= {row["sourcedId"] for row in writer.rows("users")}
        # Nothing is new, so nothing is sent.
        hub.now += 2 * 3600
        hub.work()
        assert ([state for state, _ in jobs(writer)], len(held)) == (["done", "done"], 1)
        with hub.store.write(writer.credential.district) as batch:
            batch.change(Person, who, {"surname": "Quillfeather", "legal_surname": "Quillfeather"})
        hub.now += 2 * 3600
        hub.work()
        (path,) = [path for path in held if path != min(held)]
        (tmp_path / "delta.zip").write_bytes(held[path])
    with zipfile.ZipFile(tmp_path / "delta.zip") as archive:
        assert "Quillfeather" in archive.read("users.csv").decode()
        assert archive.read("users.csv").count(b"\r\n") == 2
        assert "file.users,delta" in archive.read("manifest.csv").decode()
    assert not [one for one in os.listdir(hub.store.folder) if one.startswith("delivery-")]


def test_what_is_refused_for_good_says_why(writer: Platform) -> None:
    with serving(receiver := Receiver()) as served:
        deliver(writer, f"{served.address}/drop/")
        receiver.answers = [403]
        writer.hub.work()
        (job,) = Queue(writer.hub.store, lambda: writer.hub.now).jobs(kind=KIND)
        assert job.error is not None
        assert "may not be written with these credentials" in job.error
        assert receiver.held == {}


@pytest.mark.skipif(SSHD is None and not os.environ.get("CI"), reason=ABSENT)
def test_a_file_has_its_name_on_an_sftp_server_when_it_is_there_whole(tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "roster-20261120-030000.zip").write_text("as it was")
    (tmp_path / "large").write_bytes(os.urandom(3 << 20))
    with serving_sftp() as server:
        address = Address.of(server.address(folder))
        send(tmp_path / "large", address, "roster-20261120-030000.zip", server.signing)
        assert [one.name for one in folder.iterdir()] == ["roster-20261120-030000.zip"]
        assert (folder / "roster-20261120-030000.zip").read_bytes() == (tmp_path / "large").read_bytes()
        _refused(server, tmp_path, address)


def _refused(server: SftpServer, tmp_path: Path, address: Address) -> None:
    """A server with another key is given nothing, and a folder that is not there is said to be so."""
    with pytest.raises(Stop, match="another than the one that is kept"):
        send(tmp_path / "large", address, "b.zip", {**server.signing, "host-key": "SHA256:another"})
    with pytest.raises(Malformed, match="is not there"):
        send(tmp_path / "large", Address.of(server.address(tmp_path / "nowhere")), "b.zip", server.signing)
    assert len(list((tmp_path / "there").iterdir())) == 1
