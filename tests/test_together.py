"""Group commit: what several threads write at the same time reaches the disk at once, and each is told when it has."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import apsw
import pytest

from rollbook.errors import NoRoom, NotFound, Occupied
from rollbook.model.groups import Group
from rollbook.model.people import Person
from rollbook.store import turns
from rollbook.store.connection import Opened
from rollbook.store.sqlite import Store
from rollbook.store.turns import Writer
from tests.looking import look

PATIENCE = 30.0


class Spied:
    """A store's connection that tells what it executed, and fails where it is told to."""

    def __init__(self, connection: Opened) -> None:
        self.connection = connection
        self.said: list[str] = []
        self.faults: dict[str, BaseException] = {}

    def execute(self, statements: str, bindings: Any = None) -> Any:
        self.said.append(statements)
        if statements in self.faults:
            raise self.faults.pop(statements)
        return self.connection.execute(statements, bindings)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    @property
    def commits(self) -> int:
        """How often something was brought to the disk."""
        return self.said.count("COMMIT")


class Desk:
    """A district into which several threads write."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self.store.new_district({"name": "Heronsgate"})
        # The store's own writer, over a connection that tells.
        self.spied = Spied(self.store._writer._connection)  # pyright: ignore[reportPrivateUsage]
        self.writer = Writer(cast(Opened, self.spied))
        self.store._writer = self.writer  # pyright: ignore[reportPrivateUsage]
        self.pool = ThreadPoolExecutor(8)

    def write(self, name: str, before: Callable[[], object] = lambda: None, fault: Exception | None = None) -> None:
        """Add a person, having waited for something; or fail after that."""
        with self.store.write(1, PATIENCE, together=True) as batch:
            batch.add(Person, [{"surname": name}])
            before()
            if fault:
                raise fault

    def begin(self, name: str, fault: Exception | None = None) -> Future[None]:
        """Another thread that writes the same, which is about to have its turn when this returns."""
        expected = self.writer.coming + 1
        future = self.pool.submit(self.write, name, fault=fault)
        wait_for(lambda: self.writer.coming == expected)
        return future

    def names(self) -> list[str]:
        """The people whom everybody else sees."""
        return [name for (name,) in look(self.store, "SELECT surname FROM person WHERE district = 1 ORDER BY surname")]


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, "it did not come to be"
        time.sleep(0.001)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A district with nobody in it; however slow the machine is, no transaction is closed to others by time."""
    for name in ("SECONDS", "LOOK_SECONDS"):
        monkeypatch.setattr(turns, name, PATIENCE)
    one = Desk(tmp_path / "hub")
    yield one
    one.pool.shutdown()
    one.store.close()


def test_what_several_write_reaches_the_disk_at_once_and_each_waits_for_it(desk: Desk) -> None:
    others: list[Future[None]] = []

    def come() -> None:
        others.extend(map(desk.begin, ("Ash", "Birch")))

    desk.write("Cedar", come)

    for other in others:
        other.result(PATIENCE)
    assert desk.names() == ["Ash", "Birch", "Cedar"]
    assert desk.spied.commits == 1


def test_nobody_is_told_that_it_is_written_before_it_is_on_the_disk(desk: Desk) -> None:
    seen: list[list[str]] = []
    told, has_its_turn = threading.Event(), threading.Event()
    first: list[Future[None]] = []

    def second() -> None:
        has_its_turn.set()
        wait_for(lambda: desk.writer.coming == 1)

    def come() -> None:
        first.append(desk.pool.submit(desk.write, "Cedar", second))
        first[0].add_done_callback(lambda _: told.set())
        wait_for(lambda: desk.writer.coming == 1)

    def last() -> None:
        # The one before has written, and waits.
        seen.append(desk.names())
        assert not told.is_set()

    desk.pool.submit(desk.write, "Ash", come).add_done_callback(lambda _: None)
    assert has_its_turn.wait(PATIENCE)
    desk.write("Birch", last)

    first[0].result(PATIENCE)
    assert seen == [[]]
    assert desk.names() == ["Ash", "Birch", "Cedar"]


def test_who_fails_harms_nobody_else(desk: Desk) -> None:
    others: list[Future[None]] = []

    def come() -> None:
        others.append(desk.begin("Ash", NotFound("no such school")))
        others.append(desk.begin("Birch"))

    desk.write("Cedar", come)

    with pytest.raises(NotFound, match="no such school"):
        others[0].result(PATIENCE)
    others[1].result(PATIENCE)
    assert desk.names() == ["Birch", "Cedar"]
    assert desk.spied.commits == 1


def test_who_fails_first_leaves_the_turn_to_the_next(desk: Desk) -> None:
    others: list[Future[None]] = []
    with pytest.raises(NotFound):
        desk.write("Ash", lambda: others.append(desk.begin("Birch")), NotFound("no such school"))
    others[0].result(PATIENCE)
    assert desk.names() == ["Birch"]


def test_where_the_disk_is_full_everybody_is_told_and_nothing_is_kept(desk: Desk) -> None:
    others: list[Future[None]] = []
    desk.spied.faults["COMMIT"] = apsw.FullError("database or disk is full")

    with pytest.raises(NoRoom):
        desk.write("Cedar", lambda: others.append(desk.begin("Ash")))
    with pytest.raises(NoRoom):
        others[0].result(PATIENCE)
    assert desk.names() == []
    desk.write("Birch")
    assert desk.names() == ["Birch"]


def test_a_transaction_that_sqlite_has_ended_is_lost_for_everybody_in_it(desk: Desk) -> None:
    others: list[Future[None]] = []
    full = apsw.FullError("database or disk is full")

    def end() -> None:
        desk.spied.connection.execute("ROLLBACK")
        raise full

    def come() -> None:
        others.append(desk.pool.submit(desk.write, "Ash", end))
        wait_for(lambda: desk.writer.coming == 1)

    with pytest.raises(NoRoom):
        desk.write("Cedar", come)
    with pytest.raises(NoRoom):
        others[0].result(PATIENCE)
    assert desk.names() == []


def test_a_transaction_in_which_nobody_could_begin_is_ended(desk: Desk) -> None:
    desk.spied.faults["SAVEPOINT one"] = apsw.IOError("disk I/O error")
    with pytest.raises(NoRoom):
        desk.write("Cedar")
    assert not desk.spied.connection.in_transaction
    desk.write("Birch")
    assert desk.names() == ["Birch"]


def test_what_decides_who_sees_what_is_kept_before_the_next_begins(desk: Desk) -> None:
    others: list[Future[None]] = []
    seen: list[list[str]] = []

    def veil() -> None:
        with desk.store.write(1, PATIENCE, together=True) as batch:
            made = batch.add(Group, [{"code": "G1", "kind": "Cohort"}])[0]
            batch.veil(Group, made, "app", shown=True)
            others.append(desk.pool.submit(desk.write, "Ash", lambda: seen.append(veiled())))
            wait_for(lambda: desk.writer.coming == 1)

    def veiled() -> list[str]:
        return [app for (app,) in look(desk.store, "SELECT app FROM veiled")]

    veil()
    others[0].result(PATIENCE)
    assert seen == [["app"]]
    assert desk.spied.commits == 2


def test_whoever_writes_alone_has_what_was_written_together_kept_first(desk: Desk) -> None:
    others: list[Future[None]] = []
    seen: list[list[str]] = []

    def alone() -> None:
        with desk.store.write(1, PATIENCE) as batch:
            seen.append(desk.names())
            batch.add(Person, [{"surname": "Ash"}])

    def come() -> None:
        others.append(desk.pool.submit(alone))
        # Somebody who never comes: the turn is left to them.
        desk.writer.coming += 1

    desk.write("Cedar", come)

    others[0].result(PATIENCE)
    assert seen == [["Cedar"]]
    assert desk.names() == ["Ash", "Cedar"]


def test_it_is_kept_too_when_those_who_were_about_to_come_give_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LOOK_SECONDS", 0.05)

    def come() -> None:
        desk.writer.coming += 1
        with pytest.raises(Occupied):
            desk.pool.submit(desk.store.write(1, 0.01, together=True).__enter__).result(PATIENCE)

    desk.write("Cedar", come)
    assert desk.names() == ["Cedar"]
