"""`rollbook doctor` finds what is wrong with a hub, says what to do, and changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import closing
from pathlib import Path

import pytest

from rollbook.cli.common import note_served
from rollbook.fields import RECORDS
from rollbook.ingest.settings import sealed
from rollbook.model.students import Student
from rollbook.operation.doctor import examine
from rollbook.store import examining
from rollbook.store.connection import connect
from rollbook.store.kept.feeds import ON, Feed, Run
from rollbook.store.opening import opened
from rollbook.store.postgres.session import Session

from .hub import Hub
from .postgres import ABSENT, BIN, hub_served
from .test_cli import run


@pytest.fixture
def folder(small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory that was served, with nothing wrong with it."""
    for name in [name for name in os.environ if name.startswith("ROLLBOOK_")]:
        monkeypatch.delenv(name)
    hub = Hub.copy(small_folder, tmp_path / "hub", "")
    note_served(hub.store, "http://127.0.0.1:8000")
    hub.store.ledger.check()
    hub.close()
    return tmp_path / "hub"


pytestmark = pytest.mark.files


def found(folder: Path, database: str | None = None) -> list[tuple[str, str]]:
    """Each thing that is wrong, by its level and where it is."""
    return [(one.level, one.check) for one in examine(folder, database)]


def test_nothing_is_wrong_with_a_hub_that_is_well(folder: Path):
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".sqlite"}
    done = run("doctor", "--data", folder)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".sqlite"} == before


def test_a_lost_or_readable_or_other_key_is_found(folder: Path):
    key = folder / "hub.key"
    key.chmod(0o644)
    assert found(folder) == [("error", "key")]
    kept = key.read_bytes()
    key.unlink()
    done = run("doctor", "--data", folder)
    assert done.returncode == 1
    assert json.loads(done.stdout) == [
        {
            "level": "error",
            "check": "key",
            "what": "neither hub.key nor ROLLBOOK_KEY is there",
            "do": "put hub.key back from where it is kept, before the hub is served: it would make another one",
        }
    ]
    # Looking makes none.
    assert not key.exists()
    key.touch(0o600)
    key.write_bytes(kept[::-1])
    assert found(folder) == [("error", "key")]


def test_a_secret_that_this_key_does_not_open_is_found(folder: Path):
    with opened(folder) as store:
        with closing(connect(folder / "records.sqlite")) as file:
            district = int(file.execute("SELECT min(district) FROM student").get)
        settings = {"url": "https://sis.example", "secret": sealed(store, "secret", "hush")}
        with store.of_district(district) as kept:
            kept.feeds.put(Feed(district, "sis", "oneroster-rest", settings, 1, (), 0.1, ON, "", "2026-01-01T00:00:00"))
        store.set("key is known by", "")
    assert found(folder) == []
    (folder / "hub.key").write_bytes(os.urandom(32))
    (one,) = examine(folder, None)
    assert "a secret of the source sis cannot be opened with this key" in one.what


@pytest.mark.parametrize("name", ["records", "passing", "ledger"])
def test_a_torn_or_missing_or_newer_file_is_found(folder: Path, name: str):
    path = folder / f"{name}.sqlite"
    whole = path.read_bytes()
    with closing(connect(path)) as file:
        file.execute("PRAGMA user_version = 999")
    assert found(folder) == [("error", "migrations")]
    path.write_bytes(whole[: len(whole) // 2])
    assert ("error", name) in found(folder)
    path.write_bytes(b"")
    assert found(folder) == [("error", name)]
    path.write_bytes(b"no database" * 1000)
    assert found(folder) == [("error", name)]
    path.unlink()
    assert ("error", name) in found(folder)


def test_what_is_left_over_or_full_or_ahead_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "making").mkdir()
    assert found(folder) == [("warning", "leftovers")]
    (folder / "making").rmdir()
    full = shutil.disk_usage(folder)._replace(free=1024)

    def usage(_: Path) -> object:
        return full

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", usage)
        assert found(folder) == [("error", "disk")]
    os.utime(folder / "records.sqlite", (time.time() + 3600, time.time() + 3600))
    assert found(folder) == [("error", "clock")]


def test_a_clock_that_was_set_back_is_found_by_what_was_written(folder: Path):
    with closing(connect(folder / "records.sqlite")) as file:
        file.execute("UPDATE clock SET at = '2999-01-01T00:00:00.000'")
    assert found(folder) == [("error", "clock")]


def test_who_holds_the_lock_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(examining, "WRITER_SECONDS", 0.01)
    with closing(connect(folder / "passing.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        (one,) = [one for one in examine(folder, None) if one.check == "locks"]
        other.execute("ROLLBACK")
    assert one.what.startswith(f"somebody has been writing to {folder / 'passing.sqlite'}")


def test_jobs_that_failed_or_that_nobody_does_are_found(folder: Path):
    now = time.time()
    with opened(folder) as store, store.passing as passing:
        passing.jobs.put("1", "webhook", "1", {}, due=now - 7200, now=now - 7200)
        passing.jobs.put("2", "mail", "2", {}, due=now + 60, now=now)
    assert found(folder) == [("warning", "jobs")]
    with closing(connect(folder / "passing.sqlite")) as file:
        file.execute("UPDATE job SET state = 'dead', ended = due WHERE id = '1'")
    (one,) = examine(folder, None)
    assert (one.what, one.do) == (
        "1 webhook job failed permanently",
        "see why with `rollbook jobs`, then `rollbook jobs again ID`",
    )


def test_a_source_that_fails_or_is_overdue_is_found(folder: Path):
    with closing(connect(folder / "records.sqlite")) as file:
        district = int(file.execute("SELECT min(district) FROM student").get)

    def ran(outcome: str, at: str) -> None:
        with opened(folder) as store, store.of_district(district) as kept:
            kept.feeds.put(Feed(district, "sis", "oneroster-rest", {}, 1, (), 0.1, ON, "60", at))
            kept.feeds.ran(district, "sis", Run(at, at, outcome, {}, 0, "nobody answered"))

    ran("done", "2026-01-01T00:00:00.000")
    (one,) = examine(folder, None)
    assert (one.check, one.what.endswith("hours ago, which is overdue")) == ("sources", True)
    ran("refused", "2026-01-01T01:00:00.000")
    (one,) = examine(folder, None)
    assert one.what == "the source sis has failed (1 in a row): nobody answered"


def test_a_reference_to_what_is_not_there_is_found(folder: Path):
    with closing(connect(folder / "records.sqlite")) as file:
        file.execute(f'UPDATE "{Student.table}" SET reg_group = 999999999 WHERE key = (SELECT min(key) FROM student)')
    (one,) = examine(folder, None)
    assert (one.level, one.what) == ("error", "1 of Student name a reg_group that is not there")
    assert RECORDS["Student"] is Student


def test_what_is_no_hub_is_said_to_be_none(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    assert ("error", "records") in found(tmp_path / "empty")
    assert found(tmp_path / "nowhere") == [("error", "directory")]


@pytest.mark.slow
def test_what_is_wrong_with_a_database_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    if BIN is None and not os.environ.get("CI"):
        pytest.skip(ABSENT)
    (tmp_path / "here").mkdir()
    monkeypatch.setenv("ROLLBOOK_KEY", "a key of all servers, long enough")
    with hub_served() as where:
        # Servers of tests do without some safety.
        well = [("warning", "database")] * 2
        assert found(tmp_path / "here", where) == well
        with closing(Session(where, "records")) as session:
            session.execute("INSERT INTO applied (number) VALUES (999)")
            assert found(tmp_path / "here", where) == [("error", "migrations"), *well]
            session.execute("DELETE FROM applied WHERE number = 999")
    assert found(tmp_path / "here", where) == [("error", "database")]
