"""Backups: made while a hub is written to, of one moment, read back, and brought back whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from rollbook.errors import Occupied, Stop
from rollbook.operation import archive, encrypting
from rollbook.operation.encrypting import MAGIC, PIECE, TAG, Decrypting, Encrypting
from rollbook.store import copies
from rollbook.store.connection import connect
from rollbook.store.opening import opened
from rollbook.store.port import Store
from rollbook.store.postgres.session import Session

from .hub import THORNFIELD, Hub
from .postgres import ABSENT, BIN, new_hub, served
from .test_cli import refused, run, said

PASSPHRASE = "correct horse battery staple"
STUDENTS = f"/api/v1/School/{THORNFIELD}/Students?pagesize=5"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if BIN is None and not os.environ.get("CI"):
        pytest.skip(ABSENT)
    with served() as where:
        yield where


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    # Guesses may be cheap here.
    monkeypatch.setattr(encrypting, "COST", 2**10)
    for name in ("ROLLBOOK_KEY", "ROLLBOOK_BACKUP_PASSPHRASE", "ROLLBOOK_BACKUP_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)


pytestmark = pytest.mark.usefixtures("unset")


def made(store: Store, place: Path, at: float = 1_795_000_000.0, passphrase: str | None = PASSPHRASE) -> Path:
    return archive.make(store, place, passphrase, with_key=bool(passphrase), now=at)[0]


def answers(folder: Path, token: str) -> bytes:
    hub = Hub(folder, "")
    try:
        return hub.get(STUDENTS, token).body
    finally:
        hub.close()


class Writing:
    """Pairs of settings in records and jobs in what passes, written one after the other as fast as can be."""

    def __init__(self, store: Store) -> None:
        self._store, self._stop = store, threading.Event()
        self.begun = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Writing:
        self._thread.start()
        assert self.begun.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            with self._store.transaction() as kept:
                kept.settings.put("first", str(number))
                kept.settings.put("second", str(number))
            # A job whose cause is in no copy would do what never happened.
            with self._store.passing as passing:
                passing.jobs.put(str(number), "mail", str(number), {}, due=0, now=0)
            self.begun.set()


def unpacked(path: Path, folder: Path, passphrase: str | None = PASSPHRASE) -> Path:
    folder.mkdir()
    archive.unpack(path, folder, passphrase)
    return folder


@pytest.mark.files
def test_a_backup_taken_while_others_write_is_of_one_moment(small_hub: Hub, tmp_path: Path):
    token = small_hub.token()
    told = small_hub.get(STUDENTS, token).body
    with closing(small_hub.store.again()) as writer, Writing(writer):
        path = made(small_hub.store, tmp_path / "backups")
    out = unpacked(path, tmp_path / "out")
    with opened(out) as found:
        first, jobs = int(found.setting("first") or 0), [int(job.id) for job in found.passing.jobs.every("mail")]
        assert found.setting("second") == str(first)
        # The writer may have been between the two.
        assert first - max(jobs) in (0, 1)
        assert sorted(jobs) == list(range(1, max(jobs) + 1))
        # What was told before the backup began is on its ledger.
        assert [one.endpoint for one in found.ledger.whats()] == ["school.students"]
    assert answers(out, token) == told


@pytest.mark.files
def test_what_is_restored_answers_as_before_and_nothing_is_overwritten(small_hub: Hub, tmp_path: Path):
    token = small_hub.token()
    told, where = small_hub.get(STUDENTS, token).body, ["--data", small_hub.store.folder]
    facts = json.loads(said("backup", tmp_path / "backups", "--with-key", *where))
    assert (facts["key"], facts["encrypted"]) == (True, False)
    said("restore", facts["backup"], "--data", tmp_path / "back")
    assert answers(tmp_path / "back", token) == told
    again = refused("restore", facts["backup"], "--data", tmp_path / "back")
    assert f"{tmp_path / 'back'}: holds records.sqlite" in again
    assert json.loads(said("restore", facts["backup"], "--check"))["files"] == facts["files"]


@pytest.mark.files
def test_without_a_passphrase_the_key_stays_out_and_its_loss_is_told(small_hub: Hub, tmp_path: Path):
    small_hub.store.secret("anything")
    done = run("backup", tmp_path / "backups", "--data", small_hub.store.folder)
    assert "Keep hub.key (or ROLLBOOK_KEY) elsewhere" in " ".join(done.stderr.split())
    done = run("restore", tmp_path / "backups", "--data", tmp_path / "back")
    assert "put hub.key into" in " ".join(done.stderr.split())
    (tmp_path / "other").mkdir()
    (tmp_path / "other/hub.key").write_bytes(b"another key of 32 bytes, at least")
    wrong = run("restore", tmp_path / "backups", "--data", tmp_path / "other")
    assert (wrong.returncode, "not the one of this hub" in " ".join(wrong.stderr.split())) == (1, True)
    assert (tmp_path / "other/hub.key").read_bytes() == b"another key of 32 bytes, at least"


@pytest.mark.files
def test_when_the_newest_backup_is_lost_or_torn_the_one_before_brings_the_hub_back(small_hub: Hub, tmp_path: Path):
    place = tmp_path / "backups"
    small_hub.store.set("written", "before the first")
    first = made(small_hub.store, place, 1_795_000_000.0)
    small_hub.store.set("written", "before the second")
    second = made(small_hub.store, place, 1_795_000_100.0)
    assert archive.newest(place) == second
    second.write_bytes(second.read_bytes()[: -PIECE // 8])
    with pytest.raises(Stop, match=f"the one before is {first.name}"):
        archive.check(second, PASSPHRASE)
    second.unlink()
    assert archive.newest(place) == first
    with opened(unpacked(archive.newest(place), tmp_path / "out")) as found:
        assert found.setting("written") == "before the first"


@pytest.mark.files
def test_only_the_newest_backups_are_kept(small_hub: Hub, tmp_path: Path):
    paths = [made(small_hub.store, tmp_path, 1_795_000_000.0 + number) for number in range(3)]
    assert archive.forget(tmp_path, 2) == paths[:1]
    assert archive.listed(tmp_path) == paths[1:]
    assert [one for one in tmp_path.iterdir() if one.name.startswith(".")] == []
    assert [oct(one.stat().st_mode & 0o777) for one in paths[1:]] == ["0o600"] * 2


@pytest.mark.files
def test_a_backup_that_was_changed_is_refused(small_hub: Hub, tmp_path: Path):
    path = made(small_hub.store, tmp_path / "plain", passphrase=None)
    whole = path.read_bytes()
    for at in (40, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Stop):
            archive.check(path, None)
    path.write_bytes(b"no backup at all")
    with pytest.raises(Stop, match="is not whole"):
        archive.check(path, None)


def test_what_somebody_packed_is_put_nowhere_but_where_a_hub_has_its_files(tmp_path: Path):
    place, content = tmp_path / "rollbook-packed.backup", b"theirs"
    outside = archive.Copied("../outside", len(content), hashlib.sha256(content).hexdigest())
    told = msgspec.json.encode(archive.Manifest(archive.FORMAT, "1", 0.0, 0, "", (outside,)))
    with tarfile.open(place, "w:gz") as tar:
        for name, packed in ((archive.MANIFEST, told), (outside.name, content)):
            head = tarfile.TarInfo(name)
            head.size = len(packed)
            tar.addfile(head, io.BytesIO(packed))
    (within := tmp_path / "within").mkdir()
    with pytest.raises(Stop, match="tells of a file that no hub has"):
        archive.unpack(place, within, None)
    assert not (tmp_path / "outside").exists()


@pytest.mark.files
def test_a_backup_waits_for_an_import_and_says_so_when_that_takes_too_long(small_hub: Hub, tmp_path: Path):
    (tmp_path / "copy").mkdir()
    with closing(connect(small_hub.store.folder / "records.sqlite")) as importing:
        importing.execute("BEGIN IMMEDIATE")
        with pytest.raises(Occupied, match="wait until its import has ended"):
            copies.copy_files(small_hub.store.folder, tmp_path / "copy", 0.3)
        importing.execute("ROLLBACK")
    copies.copy_files(small_hub.store.folder, tmp_path / "copy", 0.3)
    copies.check(tmp_path / "copy")


@pytest.mark.slow
def test_a_hub_in_a_database_is_copied_while_others_write_and_goes_back_into_another(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    one = new_hub(server, "one")
    with opened(tmp_path / "hub", one) as store, closing(store.again()) as writer:
        store.set("written", "before")
        with Writing(writer):
            path = made(store, tmp_path / "backups")
    with opened(unpacked(path, tmp_path / "out")) as found:
        first, jobs = int(found.setting("first") or 0), [int(job.id) for job in found.passing.jobs.every("mail")]
        assert found.setting("second") == str(first)
        assert first - max(jobs) in (0, 1)
        assert sorted(jobs) == list(range(1, max(jobs) + 1))
    monkeypatch.setenv("ROLLBOOK_BACKUP_PASSPHRASE", PASSPHRASE)
    with closing(Session(server, "public")) as session:
        session.execute("CREATE DATABASE two")
    two = f"{server} dbname=two"
    said("restore", path, "--database", two, "--data", tmp_path / "back")
    with opened(tmp_path / "back", two) as found:
        assert (found.setting("written"), found.setting("first")) == ("before", str(first))
        assert found.secret("a purpose") == store.secret("a purpose")
    assert "the database holds a hub of its own" in refused(
        "restore", path, "--database", two, "--data", tmp_path / "back"
    )


def test_what_is_sealed_comes_out_as_it_went_in_and_no_other_way():
    for size in (0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 5):
        data = bytes(range(256)) * (size // 256 + 1)
        sealed = io.BytesIO()
        writing = Encrypting(sealed, PASSPHRASE)
        writing.write(data[:size])
        writing.close()
        found = sealed.getvalue()
        assert Decrypting(io.BytesIO(found[len(MAGIC) :]), PASSPHRASE).read() == data[:size]
        with pytest.raises(Stop, match="another passphrase"):
            Decrypting(io.BytesIO(found[len(MAGIC) :]), "guessed").read()
        if size > PIECE:
            # Cut off where a piece ends, which no seal of a piece alone would notice.
            cut = found[len(MAGIC) : len(found) - 1 - (size - 1) % PIECE - TAG]
            with pytest.raises(Stop, match="cut off" if size > 2 * PIECE else "passphrase"):
                Decrypting(io.BytesIO(cut), PASSPHRASE).read()
