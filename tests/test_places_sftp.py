"""Files on an SFTP server: a real OpenSSH server, whose key is the one that is kept."""

from __future__ import annotations

import json
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import Malformed, RollbookError, Stop, Unavailable
from rollbook.ingest.places import Address, fetch, host_key, sftp
from rollbook.ingest.places.incoming import Incoming
from rollbook.ingest.rows import Reading, Request

from . import rosters
from .sftp_server import ABSENT, PASSPHRASE, SSHD, SftpServer, serving_sftp
from .test_cli import refused, said

pytestmark = pytest.mark.skipif(SSHD is None and not os.environ.get("CI"), reason=ABSENT)


@pytest.fixture(scope="module")
def server() -> Iterator[SftpServer]:
    with serving_sftp() as running:
        yield running


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sftp, "SETTLED_AFTER", 0.05)


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """A folder that the server has."""
    folder = tmp_path / "there"
    folder.mkdir()
    return folder


def reading(server: SftpServer, tmp_path: Path, **settings: str) -> Reading:
    folder = tmp_path / "reading"
    folder.mkdir(exist_ok=True)
    return Reading(Path(), {**server.signing, **settings}, folder=folder)


def wrong(kind: type[RollbookError], server: SftpServer, path: Path, tmp_path: Path, **settings: str) -> str:
    with pytest.raises(kind) as raised:
        fetch(server.address(path), reading(server, tmp_path, **settings))
    assert server.key[60:100] not in str(raised.value)
    return str(raised.value)


def packed(path: Path, word: str = "key\n") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("person.csv", word)
    return path


def test_a_zip_is_fetched_and_the_request_is_on_record(server: SftpServer, there: Path, tmp_path: Path) -> None:
    noted: list[Request] = []
    asked = reading(server, tmp_path)
    zipped = packed(there / "roster.zip")
    found = fetch(server.address(zipped), Reading(Path(), asked.settings, folder=asked.folder, note=noted.append))
    assert found.path.read_bytes() == zipped.read_bytes()
    size = zipped.stat().st_size
    assert found.note == f"roster.zip was fetched from 127.0.0.1, {size} bytes; its key is {server.fingerprint}"
    assert [(one.method, one.address) for one in noted] == [("GET", f"sftp://127.0.0.1{zipped}")]


def test_a_folder_of_files_is_fetched(server: SftpServer, there: Path, tmp_path: Path) -> None:
    (there / "users.csv").write_text("sourcedId\n1\n")
    (there / "orgs.csv").write_text("")
    (there / ".hidden.csv").write_text("x")
    found = fetch(server.address(there), reading(server, tmp_path))
    files = {one.name: one.read_text() for one in found.path.iterdir() if one.suffix == ".csv"}
    assert files == {"users.csv": "sourcedId\n1\n", "orgs.csv": ""}


def test_of_dated_sets_the_newest_is_fetched(server: SftpServer, there: Path, tmp_path: Path) -> None:
    for day in ("2026-11-28", "2026-11-30", "2026-11-29"):
        (there / day).mkdir()
        (there / day / "orgs.csv").write_text(day)
    found = fetch(server.address(there), reading(server, tmp_path))
    assert (found.path / "orgs.csv").read_text() == "2026-11-30"


def test_the_key_of_the_server_is_told_to_whoever_asks(server: SftpServer) -> None:
    assert host_key(Address.of(server.address("/"))) == ("ssh-ed25519", server.fingerprint)


def test_a_server_whose_key_is_not_kept_is_not_read(server: SftpServer, there: Path, tmp_path: Path) -> None:
    said_ = wrong(Malformed, server, there, tmp_path, **{"host-key": ""})
    assert f"127.0.0.1 shows the ssh-ed25519 key {server.fingerprint}" in said_
    assert f"--set host-key={server.fingerprint}" in said_


def test_a_server_whose_key_changed_is_not_read(server: SftpServer, there: Path, tmp_path: Path) -> None:
    packed(there / "roster.zip")
    said_ = wrong(Stop, server, there, tmp_path, **{"host-key": f"SHA256:{'A' * 43}"})
    assert "is another than the one that is kept" in said_
    assert server.fingerprint in said_
    assert not [*(tmp_path / "reading").iterdir()]


def test_a_key_or_passphrase_that_is_wrong_is_named_and_not_shown(
    server: SftpServer, there: Path, tmp_path: Path
) -> None:
    assert "cannot be read with this passphrase" in wrong(Malformed, server, there, tmp_path, passphrase="wrong")
    others = {"private-key": "", "passphrase": "", "password": "a guess"}
    assert "does not accept the user with this password or key" in wrong(Malformed, server, there, tmp_path, **others)
    assert "is not there" in wrong(Malformed, server, there / "nothing.zip", tmp_path)


def test_a_zip_that_was_cut_short_is_not_read(server: SftpServer, there: Path, tmp_path: Path) -> None:
    zipped = packed(there / "roster.zip")
    zipped.write_bytes(zipped.read_bytes()[:-30])
    assert "the end of the ZIP is missing" in wrong(Unavailable, server, zipped, tmp_path)


def test_a_file_that_grows_is_not_read(
    server: SftpServer, there: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "SETTLED_AFTER", 0.6)
    (there / "users.csv").write_text("sourcedId\n")
    stop = threading.Event()

    def write() -> None:
        while not stop.wait(0.1):
            with (there / "users.csv").open("a") as out:
                out.write("1\n")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert "users.csv: is still being written" in wrong(Unavailable, server, there, tmp_path)
    finally:
        stop.set()
        writer.join()
    assert fetch(server.address(there), reading(server, tmp_path)).path.is_dir()


def test_what_was_begun_is_gone_on_with_while_it_is_the_same(
    server: SftpServer, there: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "PIECE", 1 << 16)
    big = there / "users.csv"
    big.write_bytes(os.urandom(1 << 20))
    began: list[int] = []

    def cut(what: str, done: int, of: int) -> None:
        began.append(done)
        if len(began) == 5:
            raise Unavailable("the line was cut")

    asked = reading(server, tmp_path)
    told = Reading(Path(), asked.settings, folder=asked.folder, progress=cut)
    with pytest.raises(Unavailable):
        fetch(server.address(there), told)
    found = fetch(server.address(there), told)
    assert began[4] < began[5] <= began[4] + (1 << 16)
    assert (found.path / "users.csv").read_bytes() == big.read_bytes()
    big.write_bytes(b"another")
    os.utime(big, (1, 1))
    assert (fetch(server.address(there), told).path / "users.csv").read_bytes() == b"another"


def test_what_is_too_large_is_not_fetched(
    server: SftpServer, there: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Incoming.__init__, "__defaults__", (100,))
    (there / "users.csv").write_bytes(b"1" * 101)
    assert "has 101 bytes; the limit is 100" in wrong(Malformed, server, there, tmp_path)
    assert not (tmp_path / "reading" / "fetched").exists()


def test_without_the_extra_it_says_what_to_install(
    server: SftpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "asyncssh", None)
    assert "pip install 'rollbook[sftp]'" in wrong(Malformed, server, tmp_path, tmp_path)


def test_a_source_on_an_sftp_server_is_added_and_read(server: SftpServer, there: Path, tmp_path: Path) -> None:
    rosters.folder(there / "roster_2026-11-30", rosters.roster())
    shutil.copytree(there / "roster_2026-11-30", there / "roster_2026-11-29")
    (tmp_path / "key").write_text(server.key)
    (tmp_path / "words").write_text(PASSPHRASE)
    data: list[object] = ["--data", tmp_path / "hub"]
    words: list[object] = ["sources", "add", "sis", "--district", "Heronsgate District", "--connector", "oneroster-csv"]
    words += ["--path", server.address(there), "--secret", f"private-key=file:{tmp_path / 'key'}"]
    words += ["--secret", f"passphrase=file:{tmp_path / 'words'}"]
    unpinned = refused(*words, *data)
    assert f"127.0.0.1 shows the ssh-ed25519 key {server.fingerprint}" in unpinned
    added: Any = json.loads(said(*words, "--set", f"host-key={server.fingerprint}", "--json", *data))
    assert added["test"]["schools"]
    said("sources", "sync", "sis", *data)
    shown: Any = json.loads(said("sources", "show", "sis", "--json", *data))
    assert shown["settings"]["path"] == server.address(there)
    assert (shown["settings"]["host-key"], shown["settings"]["private-key"]) == (server.fingerprint, "(secret)")
    assert shown["rows"]
    assert not [*(tmp_path / "hub" / "readings").rglob("*.csv")]
