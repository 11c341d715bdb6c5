"""A hub in PostgreSQL: who waits for something to do is told when there is something, whoever has it to do."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from rollbook.app import application
from rollbook.jobs import Job, Lane, Queue, Worker
from rollbook.jobs import worker as module
from rollbook.store.bell import AGENTS, EVERYBODY
from rollbook.store.opening import opened
from rollbook.store.port import Store
from rollbook.store.postgres import listening
from rollbook.store.postgres.session import Session

from .postgres import ABSENT, BIN, hub_served
from .test_postgres_writing import end_all_others

pytestmark = [pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]

PATIENCE, NEVER = 60.0, 1000.0
LANES = (Lane(frozenset({"webhook"})),)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with hub_served() as where:
        yield where


@pytest.fixture
def store(server: str, tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "one", server) as one:
        yield one


@pytest.fixture
def done(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Semaphore]:
    """Counts the jobs that are done by a worker of another machine, which looks by itself once and then never."""
    monkeypatch.setattr(module, "IDLE", NEVER)
    monkeypatch.setattr(module, "RARELY", NEVER)
    count = threading.Semaphore(0)

    def work(job: Job) -> None:
        count.release()

    kinds = {"webhook": work, "note": work}
    worker = Worker(partial(opened, tmp_path / "other", server), lambda store, queue: kinds, lanes=LANES)
    worker.start()
    yield count
    worker.stop()


def listeners(server: str) -> int:
    """How many sessions wait to be told of something."""
    session = Session(server, "public")
    try:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%' AND pid <> pg_backend_pid()"
        return session.execute(asked).get
    finally:
        session.close()


def until(found: Callable[[], bool]) -> None:
    """Wait for something that comes soon."""
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("kind", ["webhook", "note"])
def test_a_worker_anywhere_does_what_was_just_queued(
    store: Store, server: str, done: threading.Semaphore, kind: str
) -> None:
    until(lambda: listeners(server) == 1)
    Queue(store, time.time).add(kind, {})
    assert done.acquire(timeout=PATIENCE)
    with store.transaction() as kept:
        kept.outbox.promise(kind, {})
    assert done.acquire(timeout=PATIENCE)


def test_a_worker_that_was_cut_off_looks_by_itself_and_is_told_again(
    store: Store, server: str, done: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(lambda: listeners(server) == 1)
    queue = Queue(store, time.time)
    monkeypatch.setattr(listening, "AGAIN_SECONDS", 0.2)
    end_all_others(server)
    # Nobody is told of this one; it is found when the connection is there again.
    queue.add("webhook", {})
    assert done.acquire(timeout=PATIENCE)
    until(lambda: listeners(server) == 1)
    queue.add("webhook", {})
    assert done.acquire(timeout=PATIENCE)


def test_an_agents_call_that_waits_is_looked_at_again_when_there_is_something(store: Store) -> None:
    edge = application(store)
    # Until the connection is there, it cannot be told without a look.
    assert edge.stirred() is None
    until(lambda: edge.stirred() is not None)
    before = store.bell.rung([AGENTS])
    Queue(store, time.time).add("webhook", {})
    with store.passing as passing:
        passing.tasks.put("two", "agent", "reading", {}, 1.0)
    until(lambda: edge.stirred() != before)
    assert edge.stirred() == before + 1


def test_a_bell_is_trusty_while_it_hears_and_rings_for_its_cause_alone(
    store: Store, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bell, trusty = store.bell, list[bool]()
    assert not bell.trusty
    bell.rung(())
    until(lambda: bell.trusty)
    before = bell.rung([AGENTS]), bell.rung(["webhook"])
    with store.passing as passing:
        passing.tasks.put("one", "agent", "reading", {}, 1.0)
        assert bell.rung([AGENTS]) == before[0]
    bell.wait([AGENTS], before[0], PATIENCE)
    assert (bell.rung([AGENTS]), bell.rung(["webhook"])) == (before[0] + 1, before[1])
    ring = bell.ring

    def noted(cause: str = EVERYBODY) -> None:
        trusty.append(bell.trusty)
        ring(cause)

    monkeypatch.setattr(bell, "ring", noted)
    end_all_others(server)
    # It rings when the connection is lost, and once more when it is there again.
    until(lambda: len(trusty) >= 2)
    assert not any(trusty)
    until(lambda: bell.trusty)
