"""Who may read what a hub keeps, and what becomes of a request or an import when the disk is full."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import cast

import pytest

from rollbook.errors import NoRoom
from rollbook.ingest.exporting import export
from rollbook.store.connection import connect
from rollbook.store.lending import OwnWrites
from rollbook.store.sqlite import Store
from tests.looking import look

from .hub import THORNFIELD, Hub


def readable_by_others(folder: Path) -> list[str]:
    """The files in a folder that anybody but their owner may read or write."""
    return sorted(p.name for p in folder.rglob("*") if p.is_file() and stat.S_IMODE(p.stat().st_mode) & 0o077)


def test_only_their_owner_may_read_the_files_of_a_data_directory(small_hub: Hub, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Store(tmp_path / "new") as store:
            store.set("a", "b")
            store.ledger.check()
            with store.passing as passing:
                passing.tasks.forget(0.0)
            assert {"records.sqlite", "records.sqlite-wal", "passing.sqlite"} <= set(os.listdir(store.folder))
            assert readable_by_others(store.folder) == []
        small_hub.school("Students", small_hub.token())
        assert readable_by_others(small_hub.store.folder) == []
        with small_hub.store.lend() as kept:
            export(kept, 1, tmp_path / "all.zip")
            export(kept, 1, tmp_path / "files")
        assert readable_by_others(tmp_path) == []
    finally:
        os.umask(before)


def test_a_directory_that_others_could_read_is_closed_to_them_when_it_is_opened(tmp_path: Path) -> None:
    Store(tmp_path).close()
    for path in tmp_path.iterdir():
        path.chmod(0o644)
    tmp_path.chmod(0o755)
    with Store(tmp_path):
        assert readable_by_others(tmp_path) == []
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def fill(store: Store, name: str) -> None:
    """Let a file of a store grow no more, as on a full disk."""
    own = cast(OwnWrites, store.passing._own)  # pyright: ignore[reportPrivateUsage]
    one = own._writer if name == "passing" else store._writer  # pyright: ignore[reportPrivateUsage]
    connection = one._connection  # pyright: ignore[reportPrivateUsage]
    connection.execute(f"PRAGMA max_page_count = {int(connection.execute('PRAGMA page_count').get)}")


def set_many(store: Store) -> None:
    """Change ten thousand settings in one transaction."""
    with store.transaction() as kept:
        for number in range(10_000):
            kept.settings.put(f"n{number}", "x" * 100)


def test_a_full_disk_leaves_nothing_half_written_and_is_told_as_that(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.set("before", "there")
        fill(store, "records")
        with pytest.raises(NoRoom):
            set_many(store)
        assert look(store, "SELECT name FROM setting WHERE name <> 'admission'").fetchall() == [("before",)]
        connection = connect(tmp_path / "records.sqlite")
        assert connection.execute("PRAGMA integrity_check").get == "ok"
        connection.close()


def test_a_request_that_finds_the_disk_full_is_answered_503(small_hub: Hub) -> None:
    grant, secret = small_hub.desk.grants.authorise(small_hub.app(), THORNFIELD, ["School"])
    asked = {"relyingParty": grant.app.relying_party, "password": secret, "estab": THORNFIELD}
    assert isinstance(small_hub.store, Store)
    fill(small_hub.store, "passing")
    answers = [small_hub.post("/api/oauth/GetToken", asked) for _ in range(400)]
    last = answers[-1]
    assert (last.status, last.headers["retry-after"], last.json["token"]) == (503, "2", None)
    assert "full" in last.json["ExceptionMessage"]
    assert {a.status for a in answers} == {200, 503}
