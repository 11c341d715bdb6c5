"""A hub in PostgreSQL: what is written whole or not at all, who waits for whom, and what others learn of it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import Malformed, NotFound, Occupied, Stop, Unavailable
from rollbook.model.curriculum import Program
from rollbook.model.organisation import School
from rollbook.store.journal import KEPT, LAST, Journal, answered, asked, named, told
from rollbook.store.kept.tokens import Token
from rollbook.store.opening import holds, making, opened
from rollbook.store.port import Store
from rollbook.store.postgres.locks import written
from rollbook.store.postgres.making import make
from rollbook.store.postgres.session import Session

from .postgres import ABSENT, BIN, served

pytestmark = [pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]

SOON = 0.05


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with served() as where:
        make(where)
        yield where


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


@pytest.fixture
def store(server: str, folder: Path) -> Iterator[Store]:
    with opened(folder, server) as one:
        yield one


def founded(store: Store) -> int:
    """A new district with a school."""
    with store.founding({"name": "A trust"}) as batch:
        batch.add(School, [{"id": f"school of {batch.district}", "estab": "1", "name": "A school"}])
        return batch.district


def program(district: int, name: str) -> dict[str, Any]:
    return {"school": f"school of {district}", "name": name, "kind": "Other"}


def names(store: Store, district: int) -> list[str]:
    return [row["name"] for row in store.kept.records.find(Program, district, {})]


# ---- whole or not at all


def test_records_are_added_changed_and_removed(store: Store) -> None:
    district = founded(store)
    with store.write(district) as batch:
        first, second = batch.add(Program, [program(district, "Chess"), program(district, "Choir")])
    with store.write(district) as batch:
        assert batch.change(Program, first, {"name": "Draughts"})
        assert batch.remove(Program, second) == 1
    (row,) = store.kept.records.find(Program, district, {})
    assert (row["id"], row["name"], row["school"]) == (first, "Draughts", f"school of {district}")
    assert row["made"] < row["seq"]
    stones = store.kept.history.stones(district, ["Program"])
    assert [(stone.what, stone.id) for stone in stones] == [("key", first), ("gone", second)]


def test_what_fails_leaves_nothing(store: Store) -> None:
    district = founded(store)
    before = store.watch.versions()
    with pytest.raises(NotFound), store.write(district) as batch:
        batch.add(Program, [{**program(district, "Chess"), "school": "nowhere"}])
    assert names(store, district) == []
    assert store.watch.versions() == before


def test_an_attempt_that_fails_leaves_the_rest(store: Store) -> None:
    with store.transaction() as kept:
        kept.settings.put("one", "kept")
        with suppress(ZeroDivisionError), kept.attempt():
            kept.settings.put("two", "undone")
            raise ZeroDivisionError
    assert (store.setting("one"), store.setting("two")) == ("kept", None)


def test_one_reading_is_of_one_moment(store: Store) -> None:
    district = founded(store)
    with store.lend() as kept:
        assert kept.history.newest(district) > 0
        with store.write(district) as batch:
            batch.add(Program, [program(district, "Chess")])
        assert kept.records.find(Program, district, {}) == []
    assert names(store, district) == ["Chess"]


def test_what_only_reads_cannot_write(store: Store) -> None:
    with pytest.raises(Unavailable, match="read-only"):
        store.kept.settings.put("one", "other")


def test_a_text_that_postgresql_cannot_keep_is_refused(store: Store) -> None:
    with pytest.raises(Malformed, match=r"U\+0000"):
        store.set("one", "a\0b")


# ---- who waits for whom


def test_a_district_is_written_by_one_at_a_time(store: Store) -> None:
    district, other = founded(store), founded(store)
    with store.write(district) as batch:
        batch.add(Program, [program(district, "Chess")])
        with pytest.raises(Occupied), store.write(district, SOON):
            pass
        with store.write(other, SOON) as beside:
            beside.add(Program, [program(other, "Choir")])
    assert (names(store, district), names(store, other)) == (["Chess"], ["Choir"])


def test_consent_waits_for_who_writes_records_and_they_for_it(store: Store) -> None:
    district = founded(store)
    with store.write(district), pytest.raises(Occupied), store.transaction(SOON):
        pass
    with store.transaction(), pytest.raises(Occupied), store.write(district, SOON):
        pass


def test_everybody_sees_which_districts_are_being_written(store: Store, server: str) -> None:
    district, session = founded(store), Session(server, "records")
    with store.write(district):
        assert written(session) == {district}
    assert written(session) == set()
    session.close()


def test_numbers_are_nobody_elses_and_grow_with_the_commits_of_a_district(store: Store) -> None:
    districts = [founded(store) for _ in range(3)]

    def write(district: int) -> None:
        for number in range(10):
            with store.write(district) as batch:
                batch.add(Program, [program(district, f"{number:02}.{one}") for one in range(number)])

    threads = [threading.Thread(target=write, args=(district,)) for district in districts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = [row for district in districts for row in store.kept.records.find(Program, district, {})]
    assert len({row["made"] for row in rows}) == len(rows) == 3 * 45
    for district in districts:
        assert names(store, district) == sorted(names(store, district))


# ---- what others learn


def test_another_server_learns_of_a_change_at_once(store: Store, server: str, tmp_path: Path) -> None:
    with opened(tmp_path, server) as other:
        before = other.watch.versions()
        assert other.watch.versions() == before
        store.set("today", "2026-11-20")
        assert other.watch.versions() != before
        assert other.setting("today") == "2026-11-20"


def test_a_token_that_is_dropped_is_a_change_and_one_that_is_added_is_none(store: Store) -> None:
    before = store.watch.versions()
    with store.passing as passing:
        passing.tokens.add(b"digest", Token("app", "grant", 1, 2e9), 1.8e9)
        assert store.passing.tokens.with_digest(b"digest") == Token("app", "grant", 1, 2e9)
    assert store.watch.versions() == before
    store.passing.tokens.drop("grant")
    assert store.watch.versions() != before


def end_all_others(server: str) -> None:
    """Have the server end every session but the one that asks, and wait until they are gone."""
    session = Session(server, "public")
    others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
    session.execute(f"SELECT pg_terminate_backend(pid, 10000) {others}")
    session.close()


def test_a_session_that_the_server_ended_is_not_used_again(store: Store, server: str) -> None:
    assert store.setting("nothing") is None
    end_all_others(server)
    assert store.setting("nothing") is None
    store.set("nothing", "something")
    assert store.setting("nothing") == "something"


def test_a_session_whose_end_the_first_statement_finds_out_is_replaced(
    store: Store, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may end a session between the look whether it stands and the statement."""

    def stands(_: Session) -> bool:
        return True

    monkeypatch.setattr(Session, "stands", stands)
    with store.lend():
        assert store.setting("nowhere") is None
    end_all_others(server)
    assert store.setting("nowhere") is None
    end_all_others(server)
    with store.lend() as kept:
        assert kept.settings.get("nowhere") is None
    end_all_others(server)
    store.set("nowhere", "somewhere")
    assert store.setting("nowhere") == "somewhere"


def test_what_several_servers_told_is_in_one_ledger(store: Store, server: str, tmp_path: Path) -> None:
    with opened(tmp_path, server) as other:
        for number, one in enumerate((store, other), 1):
            journal = Journal(one.folder)
            said = {"dialect": "xporter", "endpoint": "Students", "app": "app", "grants": ["grant"], "reader": ""}
            asks = asked(1, json.dumps({**said, "facts": ["Student.upn"], "outcome": ""}).encode())
            people = named([(1, "graham"), (2, f"pupil {number}")]) + told(1, 1, 2, [1, 2], LAST | KEPT)
            journal.write(asks + people + answered(1_795_000_000.0 + number, 1, 1, 200))
            one.ledger.check()
            one.ledger.fold()
        (often,) = other.ledger.about(["graham"])
        assert (often.times, often.what.facts) == (2, ("Student.upn",))
        lines = store.ledger.log([what.number for what in store.ledger.whats()])
        assert [store.ledger.people(line.number) for line in lines] == [{"graham", "pupil 2"}, {"graham", "pupil 1"}]


# ---- databases


def test_a_database_holds_a_hub_once_one_was_made_whole(store: Store, server: str, tmp_path: Path) -> None:
    assert holds(tmp_path, server)
    session = Session(server, "public")
    session.execute("CREATE DATABASE other")
    session.close()
    other = f"{server} ".replace("dbname=postgres ", "dbname=other")
    assert not holds(tmp_path, other)
    with making(tmp_path, other, keep=False) as made:
        made.set("one", "not kept")
    assert not holds(tmp_path, other)
    with making(tmp_path, other) as made:
        made.set("one", "kept")
    with opened(tmp_path, other) as again:
        assert again.setting("one") == "kept"


def test_a_database_that_orders_texts_otherwise_is_refused(server: str, tmp_path: Path) -> None:
    session = Session(server, "public")
    session.execute("CREATE DATABASE ordered TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")
    session.close()
    with pytest.raises(Stop, match="code points"):
        opened(tmp_path, server.replace("dbname=postgres", "dbname=ordered"))


def test_a_server_that_is_not_there_is_said_to_be_away(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        opened(tmp_path, f"host={tmp_path} dbname=nobody")
