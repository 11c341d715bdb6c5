"""What cannot be recorded is not told: the journal or the ledger is gone, damaged, or cannot be written to."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rollbook.consent.ledger import Folding, Ledger
from rollbook.errors import Stop, Unavailable
from rollbook.store.journal import FOLDER, Journal, answered
from rollbook.store.sqlite import Store

from .hub import THORNFIELD, Hub
from .test_cli import run
from .told import entries, roles

GRAHAM = "9919"
PATH = f"/api/v1/School/{THORNFIELD}/Students?id={GRAHAM}"


def delete_files(journal: Path) -> None:
    for path in journal.iterdir():
        path.unlink()


def move_away(journal: Path) -> None:
    journal.rename(journal.with_name("elsewhere"))


def delete_run(journal: Path) -> None:
    (run,) = journal.glob("*.run")
    run.unlink()


def at_once(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """The journal of a hub, which looks for its files each time."""
    monkeypatch.setattr("rollbook.store.journal.LOOK_SECONDS", 0)
    assert hub.edge.ledger is not None
    return hub.edge.ledger._journal  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("take_away", [delete_files, shutil.rmtree, move_away, delete_run])
def test_a_journal_that_is_gone_stops_every_answer_and_then_goes_on_without_loss(
    small_hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    take_away: Callable[[Path], None],
) -> None:
    journal = at_once(small_hub, monkeypatch)
    token = small_hub.token()
    for _ in range(3):
        assert small_hub.get(PATH, token).status == 200
    take_away(small_hub.store.folder / FOLDER)
    asked = [small_hub.get(PATH, token), small_hub.get(f"{PATH}&select=Forename", token), small_hub.get(PATH, token)]
    assert [one.status for one in asked] == [503] * 3
    assert b"Graham" not in b"".join(one.body for one in asked)
    assert "was deleted or moved while the hub was running" in caplog.text
    # A moment later it is made again, with all that it held.
    journal._held = 0  # pyright: ignore[reportPrivateUsage]
    assert small_hub.get(PATH, token).json["Students"][0]["Forename"] == "Graham"
    assert "can be recorded again: answers are sent" in caplog.text
    told = [small_hub.store.ledger.people(one.number) & roles(small_hub, GRAHAM) for one in entries(small_hub)]
    assert told == [roles(small_hub, GRAHAM)] * 4


def test_what_was_folded_before_the_journal_was_deleted_is_not_told_twice(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = at_once(small_hub, monkeypatch)
    journal._held = 0  # pyright: ignore[reportPrivateUsage]
    token = small_hub.token()
    small_hub.get(PATH, token)
    assert len(entries(small_hub)) == 1
    small_hub.get(PATH, token)
    delete_files(small_hub.store.folder / FOLDER)
    small_hub.get(PATH, token)
    assert len(entries(small_hub)) == 3


def test_a_journal_that_was_cut_short_is_not_written_to(tmp_path: Path) -> None:
    journal = Journal(tmp_path, held=0)
    journal.write(answered(1.0, 1, 0, 200))
    (part,) = (tmp_path / FOLDER).glob("*.000001")
    os.truncate(part, 0)
    with pytest.raises(OSError, match="was cut short: restart the hub"):
        journal.write(answered(2.0, 1, 0, 200))
    journal.close()


def test_a_long_answer_ends_where_it_can_no_longer_be_recorded(tmp_path: Path) -> None:
    pen = Ledger(tmp_path)
    growing = pen.begin(pen.slip())
    growing.slip.share().people.add("first")
    growing.grow()
    delete_files(tmp_path / FOLDER)
    growing.slip.share().people.add("second")
    with pytest.raises(Unavailable):
        growing.grow()
    pen.close()


def garbage(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def torn(path: Path) -> None:
    """Some pages in the middle are written over."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"?" * (path.stat().st_size - 4096))


def emptied(path: Path) -> None:
    """Another program's database."""
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE something (a)")
        other.execute("PRAGMA user_version = 1")
    other.close()


@pytest.mark.parametrize("damage", [garbage, nothing, torn, emptied])
def test_a_hub_with_a_damaged_ledger_refuses_to_start(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    with Store(tmp_path) as store:
        store.ledger.fold()
    damage(tmp_path / "ledger.sqlite")
    for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    with pytest.raises(Stop, match="restore it from a backup, or move it away to begin a new ledger"):
        Hub(tmp_path)
    said = run("serve", "--data", str(tmp_path), "--port", "0")
    assert said.returncode != 0
    assert "restore it from a backup, or move it away to begin a new ledger" in " ".join(said.stderr.split())


def test_a_data_directory_on_a_read_only_disk_is_said_to_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, mode: int) -> bool:
        return mode != os.W_OK

    monkeypatch.setattr(os, "access", refused)
    with pytest.raises(Stop, match="cannot be written to"):
        Store(tmp_path)


def test_a_ledger_that_is_damaged_under_the_hub_stops_it_until_it_is_put_right(
    small_hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    path = small_hub.store.folder / "ledger.sqlite"
    token = small_hub.token()
    assert small_hub.get(PATH, token).status == 200
    small_hub.work()
    kept = path.with_name("kept")
    path.rename(kept)
    small_hub.work()
    assert [small_hub.get(one, token).status for one in (PATH, f"{PATH}&select=Id")] == [200, 200]
    garbage(path)
    with caplog.at_level(logging.ERROR):
        small_hub.work()
    assert "answers are held back: the ledger of disclosures" in caplog.text
    assert [small_hub.get(one, token).status for one in (PATH, f"{PATH}&select=Id")] == [503, 503]
    kept.rename(path)
    small_hub.work()
    assert small_hub.get(PATH, token).status == 200
    assert len(entries(small_hub)) == 4


def test_a_ledger_that_is_deleted_under_the_hub_is_not_begun_again_in_silence(tmp_path: Path) -> None:
    folding = Folding()
    with Store(tmp_path) as store:
        folding.fold(store)
        assert folding.fault == ""
        (tmp_path / "ledger.sqlite").unlink()
        folding.fold(store)
    assert "was deleted or moved while the hub was running" in folding.fault
    pen = Ledger(tmp_path, folding=folding)
    with pytest.raises(Unavailable), pen.reading("webhook", "data", "app", ()) as slip:
        pen.note(slip)
    assert not (tmp_path / "ledger.sqlite").exists()


def test_many_threads_write_with_one_pen(tmp_path: Path) -> None:
    pen = Ledger(tmp_path)

    def answer(number: int) -> None:
        for at in range(50):
            with pen.reading("xporter", f"endpoint{number}", "app", ()) as slip:
                slip.share().people.update({f"person {at}", f"person {number}.{at}"})
            pen.note(slip)

    threads = [threading.Thread(target=answer, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pen.close()
    with Store(tmp_path) as store:
        store.ledger.fold()
        every = store.ledger.log([what.number for what in store.ledger.whats()], take=1000)
        told = {(one.what.endpoint, store.ledger.people(one.number)) for one in every}
    assert told == {
        (f"endpoint{n}", frozenset({f"person {at}", f"person {n}.{at}"})) for n in range(8) for at in range(50)
    }
