"""The worker: slow work waits for its like alone."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from rollbook.jobs import Job, Lane, Queue, Work, Worker
from rollbook.jobs import worker as module
from rollbook.store.sqlite import Store

PATIENCE = 60.0


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that find nothing to do look again at once."""
    monkeypatch.setattr(module, "IDLE", 0.01)


@contextmanager
def working(folder: Path, works: dict[str, Work], *lanes: Lane) -> Generator[Queue]:
    """A worker that does these kinds of job, and the queue that it takes them from."""
    worker = Worker(partial(Store, folder), lambda store, queue: works, lanes=lanes)
    with Store(folder) as store:
        worker.start()
        try:
            yield Queue(store, module.time.time)
        finally:
            worker.stop()


def test_a_long_reading_of_a_source_delays_no_webhook(tmp_path: Path) -> None:
    called, reading = threading.Event(), threading.Event()

    def read(job: Job) -> None:
        assert called.wait(PATIENCE)
        reading.set()

    lanes = (Lane(frozenset({"webhook"})), Lane(frozenset({"refresh"})))
    with working(tmp_path, {"refresh": read, "webhook": lambda job: called.set()}, *lanes) as queue:
        queue.add("refresh", {})
        queue.add("webhook", {})
        assert reading.wait(PATIENCE)


def test_a_slow_receiver_delays_no_other_apps_webhook(tmp_path: Path) -> None:
    called, slow = threading.Event(), threading.Semaphore(0)

    def call(job: Job) -> None:
        if job.payload["app"] == "quick":
            called.set()
        else:
            assert called.wait(PATIENCE)
            slow.release()

    with working(tmp_path, {"webhook": call}, Lane(frozenset({"webhook"}), threads=4)) as queue:
        for _ in range(6):
            queue.add("webhook", {"app": "slow"})
        queue.add("webhook", {"app": "quick"})
        for _ in range(6):
            assert slow.acquire(timeout=PATIENCE)


def test_what_no_lane_names_is_done_too(tmp_path: Path) -> None:
    done = threading.Event()
    with working(tmp_path, {"note": lambda job: done.set()}, Lane(frozenset({"webhook"}))) as queue:
        queue.add("note", {})
        assert done.wait(PATIENCE)


def test_what_went_wrong_while_looking_ends_no_thread(tmp_path: Path) -> None:
    done, wrong = threading.Event(), threading.Event()

    def tick(queue: Queue) -> None:
        if not wrong.is_set():
            wrong.set()
            raise RuntimeError

    worker = Worker(partial(Store, tmp_path), lambda store, queue: {"note": lambda job: done.set()}, tick=tick)
    with Store(tmp_path) as store:
        worker.start()
        Queue(store, module.time.time).add("note", {})
        assert done.wait(PATIENCE)
        worker.stop()


def test_a_worker_closes_its_store_when_its_jobs_have_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed, close = list[Store](), Store.close

    def noted(store: Store) -> None:
        closed.append(store)
        close(store)

    monkeypatch.setattr(Store, "close", noted)
    with working(tmp_path, {}):
        assert closed == []
    assert len(closed) == 2
