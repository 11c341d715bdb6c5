"""The outbox: what a change of the records promises is done, once, and only when the change is there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from rollbook.jobs import Queue
from rollbook.store.sqlite import Store
from tests.looking import look


def test_what_a_transaction_promised_comes_to_the_queue_once(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        queue = Queue(store, lambda: 1_000.0)
        with store.transaction() as db:
            identity = db.outbox.promise("callback", {"to": "Mossbridge"}, due=900.0)
        assert queue.collect() == 1
        assert queue.collect() == 0
        job = queue.take()
        assert job is not None
        assert (job.id, job.kind, job.payload) == (identity, "callback", {"to": "Mossbridge"})


def test_what_came_to_the_queue_before_a_crash_does_not_come_twice(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        queue = Queue(store, lambda: 1_000.0)
        for _ in range(2):
            # The second time is the outbox as a crash between the two files would have left it.
            with store.transaction() as db:
                db.outbox.promise("callback", {}, identity="one", due=900.0)
            queue.collect()
        assert [job.id for job in queue.jobs()] == ["one"]


def test_what_was_not_written_promises_nothing(tmp_path: Path) -> None:
    def change(store: Store) -> None:
        with store.transaction() as db:
            db.outbox.promise("callback", {})
            raise RuntimeError

    with Store(tmp_path) as store:
        with pytest.raises(RuntimeError):
            change(store)
        assert Queue(store, lambda: 1_000.0).collect() == 0


def test_what_is_the_same_as_a_job_under_way_waits_until_that_has_ended(tmp_path: Path) -> None:
    """The one under way may have read what is there before this one's cause was."""
    with Store(tmp_path) as store:
        queue = Queue(store, lambda: 1_000.0)
        queue.add("refresh", {"first": True}, key="1/a")
        running = queue.take()
        assert running is not None
        with store.transaction() as db:
            db.outbox.promise("refresh", {"second": True}, key="1/a", due=900.0)
            db.outbox.promise("refresh", {"other": True}, due=900.0)
        assert [queue.collect(), queue.collect()] == [1, 0]
        queue.finish(running)
        assert queue.collect() == 1
        assert sorted(map(str, (job.payload for job in queue.jobs("waiting")))) == [
            "{'other': True}",
            "{'second': True}",
        ]


def test_bringing_jobs_to_the_queue_waits_for_nobody_who_writes(tmp_path: Path) -> None:
    with Store(tmp_path) as store, Store(tmp_path) as importing:
        queue = Queue(store, lambda: 1_000.0)
        with store.transaction() as db:
            db.outbox.promise("callback", {}, identity="one", due=900.0)
        began = time.monotonic()
        with importing.transaction() as db:
            db.settings.put("a", "b")
            assert [queue.collect(), queue.collect()] == [1, 0]
            assert [job.id for job in queue.jobs()] == ["one"]
        assert time.monotonic() - began < 5
        queue.collect()
        assert look(store, "SELECT count(*) FROM outbox").get == 0


def test_a_secret_of_the_directory_stays_and_differs_by_purpose(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        first, other = store.secret("signing"), store.secret("granting")
    with Store(tmp_path) as again:
        assert again.secret("signing") == first != other
    assert (tmp_path / "hub.key").stat().st_mode & 0o777 == 0o600
