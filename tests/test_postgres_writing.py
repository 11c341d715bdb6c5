"""A hub in PostgreSQL: what is written whole or not at all, who waits for whom, and what others learn of it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import Malformed, NotFound, Occupied, Stop, Unavailable
from rollbook.jobs.queue import SHARE, Queue
from rollbook.model.curriculum import Program
from rollbook.model.organisation import School
from rollbook.store.journal import KEPT, LAST, Journal, answered, asked, named, told
from rollbook.store.kept.tokens import Token
from rollbook.store.opening import holds, making, opened
from rollbook.store.port import Store
from rollbook.store.postgres.locks import written
from rollbook.store.postgres.session import Session

from .postgres import ABSENT, BIN, hub_served

pytestmark = [pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]

SOON = 0.05


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with hub_served() as where:
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


def test_many_records_are_copied_in_and_the_server_knows_how_many_at_once(store: Store, server: str) -> None:
    district = founded(store)
    with store.write(district) as batch:
        batch.add(Program, (program(district, f"Club {n}") for n in range(700)))
    assert len(names(store, district)) == 700
    looking = Session(server, "records")
    assert looking.execute("SELECT reltuples FROM pg_class WHERE oid = CAST('program' AS regclass)").get >= 700
    looking.close()


def test_among_many_records_a_text_that_postgresql_cannot_keep_is_refused(store: Store) -> None:
    district = founded(store)
    rows = [(district, number, name) for number, name in enumerate(("a", "b", "c", "d", "Ch\0ess", "f"))]
    with pytest.raises(Malformed, match=r"U\+0000"), store.of_district(district) as kept:
        kept.connection.insert("program", ("district", "key", "name"), rows)
    assert names(store, district) == []


def test_a_record_may_refer_to_one_of_many_that_come_later(store: Store) -> None:
    district = founded(store)
    with store.write(district) as batch:
        schools = [batch.promise(School) for _ in range(9)]
        batch.add(Program, [{"school": one, "name": one, "kind": "Other"} for one in schools])
        batch.add(School, [{"id": one, "estab": f"1{n}", "name": "A school"} for n, one in enumerate(schools)])
    rows = store.kept.records.find(Program, district, {})
    assert sorted(row["school"] for row in rows) == sorted(row["name"] for row in rows) == sorted(schools)


def test_a_district_is_written_by_one_at_a_time(store: Store) -> None:
    district, other = founded(store), founded(store)
    with store.write(district) as batch:
        batch.add(Program, [program(district, "Chess")])
        with pytest.raises(Occupied), store.write(district, SOON):
            pass
        with store.write(other, SOON) as beside:
            beside.add(Program, [program(other, "Choir")])
    assert (names(store, district), names(store, other)) == (["Chess"], ["Choir"])


def test_what_a_school_grants_waits_for_who_writes_its_records_and_they_for_it(store: Store) -> None:
    district = founded(store)
    with store.write(district), pytest.raises(Occupied), store.of_district(district, SOON):
        pass
    with store.of_district(district), pytest.raises(Occupied), store.write(district, SOON):
        pass


def test_a_long_import_holds_up_its_own_district_only(store: Store) -> None:
    district, other = founded(store), founded(store)
    with store.write(district) as batch:
        batch.add(Program, [program(district, "Chess")])
        with store.of_district(other, SOON) as kept:
            kept.choices.drop_drafts("no grant")
        with store.transaction(SOON) as kept:
            kept.settings.put("one", "other")
        with store.of_new_district(SOON) as kept:
            assert kept.schools.next_district() > other
        with pytest.raises(Occupied), store.of_districts({district, other}, SOON):
            pass


def test_one_makes_a_district_at_a_time(store: Store) -> None:
    with store.of_new_district(), pytest.raises(Occupied), store.of_new_district(SOON):
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


def test_a_reader_of_several_districts_goes_no_further_than_a_number_that_may_still_come(store: Store) -> None:
    slow, quick = founded(store), founded(store)
    before = store.final([slow, quick])
    with store.write(slow) as batch:
        assert store.final([slow, quick]) == before
        with store.write(quick) as beside:
            beside.add(Program, [program(quick, "Chess")])
        # Nothing was written to the other one yet, so what is will have greater numbers.
        assert store.final([slow, quick]) >= (told := store.kept.history.newest(quick))
        batch.add(Program, [program(slow, "Choir")])
        with store.write(quick) as beside:
            beside.add(Program, [program(quick, "Draughts")])
        reached = store.kept.history.newest(quick)
        assert told <= store.final([slow, quick]) < reached <= store.final([quick])
    assert store.kept.history.newest(slow) < reached <= store.final([slow, quick])


def test_a_number_has_64_bits_also_where_a_lock_tells_it(store: Store, server: str) -> None:
    district, session = founded(store), Session(server, "records")
    gone: int = session.execute("SELECT last_value FROM number").get
    far = 5 * 2**32 + 7
    session.execute("SELECT setval('number', ?)", (far,))
    try:
        with store.write(district) as batch:
            batch.add(Program, [program(district, "Chess")])
            assert store.final([district]) == far
    finally:
        session.execute("SELECT setval('number', ?)", (gone + 100,))
        session.close()


def test_a_writer_that_fails_holds_nobody_back(store: Store) -> None:
    district = founded(store)
    with suppress(ZeroDivisionError), store.write(district) as batch:
        batch.add(Program, [program(district, "Chess")])
        raise ZeroDivisionError
    with store.write(founded(store)) as other:
        other.tick()
    assert store.final([district, other.district]) >= store.kept.history.newest(other.district)


def test_writers_of_all_kinds_at_once_never_wait_for_each_other_in_a_ring(store: Store) -> None:
    districts = [founded(store) for _ in range(3)]

    def one(number: int) -> None:
        district = districts[number % 3]
        with store.write(district) as batch:
            batch.add(Program, [program(district, f"{number}")])
            batch.beside(0).tick()
            batch.kept.schools.has_estab("1")

    def several(number: int) -> None:
        with store.of_districts({0, *districts[number % 2 :]}) as kept:
            kept.choices.drop_drafts("no grant")

    def hub(number: int) -> None:
        store.set("number", str(number))

    def new(number: int) -> None:
        with store.founding({"name": f"Trust {number}"}) as batch:
            batch.kept.schools.free_estab(None, batch.district)

    kinds = one, several, hub, new
    with ThreadPoolExecutor(len(kinds) * 2) as pool:
        waiting = [pool.submit(kinds[n % 4], n) for n in range(80)]
        for writing in waiting:
            writing.result()


def test_a_school_s_number_is_given_once_in_the_whole_hub(store: Store) -> None:
    districts = [founded(store) for _ in range(4)]

    def give(district: int) -> str:
        with store.write(district) as batch:
            estab = batch.kept.schools.free_estab(None, 1)
            batch.add(School, [{"estab": estab, "name": "A school"}])
            return estab

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(give, districts * 3))
    assert len(set(given)) == len(given)


def test_workers_together_do_no_more_of_an_app_s_jobs_than_its_share(store: Store) -> None:
    queue = Queue(store, lambda: 1_795_000_000.0)
    for number in range(12):
        queue.add("share", {"app": "one.example.org"}, key=f"{number}")
    for _ in range(3):
        with ThreadPoolExecutor(8) as pool:
            taking = [pool.submit(queue.take, ["share"]) for _ in range(8)]
            taken = [job for one in taking if (job := one.result())]
        assert len(taken) == SHARE
        for job in taken:
            queue.finish(job)


@pytest.mark.parametrize("text", ["\0", "a\0", "a\\\0", "\0\0", '["\0'])
def test_nothing_is_found_by_a_text_that_cannot_be_held(store: Store, text: str) -> None:
    district = founded(store)
    with store.write(district) as batch:
        batch.add(Program, [program(district, name) for name in ("a", "\x01", "\\u0000")])
    with store.lend(district) as kept:
        assert kept.records.find(Program, district, {"name": text}) == []
        listed = f"SELECT name FROM program WHERE name IN ({store.flavour.listed(':names')})"
        assert kept.connection.execute(listed, {"names": json.dumps([text, f"{text}b"])}).fetchall() == []


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
    other = f"{server} dbname=other"
    assert not holds(tmp_path, other)
    with making(tmp_path, other, keep=False) as made:
        made.set("one", "not kept")
    assert not holds(tmp_path, other)
    with making(tmp_path, other) as made:
        made.set("one", "kept")
    with opened(tmp_path, other) as again:
        assert again.setting("one") == "kept"


def test_of_two_who_make_a_hub_in_a_database_at_once_one_does(server: str, tmp_path: Path) -> None:
    session = Session(server, "public")
    session.execute("CREATE DATABASE twice")
    session.close()
    both = f"{server} dbname=twice"
    busy = pytest.raises(Occupied, match="another process is making a hub in this database")
    with making(tmp_path, both) as made:
        with busy, making(tmp_path, both):
            pass
        with busy:
            holds(tmp_path, both)
        made.set("one", "kept")
    # Whoever found it empty before, and comes now, takes nothing away.
    with busy, making(tmp_path, both):
        pass
    assert holds(tmp_path, both)
    with opened(tmp_path, both) as again:
        assert again.setting("one") == "kept"


def test_a_database_that_orders_texts_otherwise_is_refused(server: str, tmp_path: Path) -> None:
    session = Session(server, "public")
    session.execute("CREATE DATABASE ordered TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")
    session.close()
    with pytest.raises(Stop, match="code points"):
        opened(tmp_path, f"{server} dbname=ordered")


def test_a_server_that_is_not_there_is_said_to_be_away(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        opened(tmp_path, f"host={tmp_path} dbname=nobody")
