"""The queue: what is written down is done at least once, by one worker at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from rollbook import cli
from rollbook.app import application
from rollbook.errors import NotFound, Stop
from rollbook.jobs import Job, Later, Queue
from rollbook.jobs.queue import DELAYS, KEPT, LEASE
from rollbook.jobs.worker import step
from rollbook.store.sqlite import Store


class Clock:
    """A clock that tests turn."""

    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(tmp_path: Path, clock: Clock) -> Iterator[Queue]:
    with Store(tmp_path / "data") as store:
        yield Queue(store, clock)


def test_a_job_is_done_once_and_can_still_be_looked_at(queue: Queue, clock: Clock) -> None:
    identity = queue.add("note", {"word": "heron"})
    done: list[Job] = []
    assert step(queue, {"note": done.append}) is True
    assert step(queue, {"note": done.append}) is False
    assert [(job.id, job.payload, job.tries) for job in done] == [(identity, {"word": "heron"}, 1)]
    assert [job.state for job in queue.jobs()] == ["done"]
    clock.now += KEPT + 1
    queue.add("note", {})
    step(queue, {"note": done.append})
    assert len(queue.jobs()) == 1


def test_jobs_are_done_in_the_order_in_which_they_are_due(queue: Queue, clock: Clock) -> None:
    for word, due in (("later", clock.now + 60), ("second", clock.now - 1), ("first", clock.now - 2)):
        queue.add("note", {"word": word}, due=due)
    done: list[str] = []

    def note(job: Job) -> None:
        done.append(job.payload["word"])

    while step(queue, {"note": note}):
        pass
    assert done == ["first", "second"]
    clock.now += 60
    step(queue, {"note": note})
    assert done == ["first", "second", "later"]


def test_of_jobs_with_one_key_one_waits_or_runs(queue: Queue) -> None:
    first = queue.add("refresh", {}, key="1/a")
    assert queue.add("refresh", {}, key="1/a") == first
    taken = queue.take()
    assert taken is not None
    assert queue.add("refresh", {}, key="1/a") == first
    assert queue.add("refresh", {}, key="1/b") != first
    assert queue.add("other", {}, key="1/a") != first
    queue.finish(taken)
    assert queue.add("refresh", {}, key="1/a") != first


def test_two_workers_never_hold_the_same_job(queue: Queue, tmp_path: Path, clock: Clock) -> None:
    for _ in range(20):
        queue.add("note", {})
    with Store(tmp_path / "data") as store:
        other = Queue(store, clock)
        taken = [job.id for one in [queue, other] * 10 if (job := one.take())]
    assert len(set(taken)) == len(taken) == 20


def test_a_job_whose_worker_died_is_done_by_another(queue: Queue, clock: Clock) -> None:
    identity = queue.add("note", {})
    assert queue.take() is not None
    clock.now += LEASE - 1
    assert queue.take() is None
    clock.now += 2
    again = queue.take()
    assert again is not None
    assert (again.id, again.tries) == (identity, 2)


def test_what_cannot_be_done_yet_is_put_off_and_has_not_failed(queue: Queue, clock: Clock) -> None:
    def not_yet(job: Job) -> None:
        raise Later(5)

    queue.add("note", {})
    for _ in range(100):
        assert step(queue, {"note": not_yet})
        assert not step(queue, {"note": not_yet})
        clock.now += 5
    (job,) = queue.jobs()
    assert (job.state, job.tries, job.error) == ("waiting", 0, None)


def test_what_fails_is_tried_less_and_less_often_and_then_given_up(queue: Queue, clock: Clock) -> None:
    def fail(job: Job) -> None:
        raise Stop("the bridge is closed")

    identity = queue.add("note", {})
    for delay in DELAYS:
        assert step(queue, {"note": fail})
        (job,) = queue.jobs("waiting")
        assert (job.due, job.error) == (clock.now + delay, "the bridge is closed")
        clock.now += delay
    assert step(queue, {"note": fail})
    (job,) = queue.jobs("dead")
    assert (job.id, job.tries, job.ended) == (identity, len(DELAYS) + 1, clock.now)
    clock.now += KEPT * 2
    queue.add("note", {})
    step(queue, {"note": lambda job: None})
    assert [job.id for job in queue.jobs("dead")] == [identity]


def test_a_fault_of_ours_is_told_by_its_kind_alone(queue: Queue) -> None:
    def stumble(job: Job) -> None:
        raise KeyError("Fernwhistle")

    queue.add("note", {})
    step(queue, {"note": stumble})
    assert queue.jobs()[0].error == "KeyError"


def test_only_what_has_ended_is_done_again(queue: Queue) -> None:
    identity = queue.add("note", {})
    with pytest.raises(NotFound, match="is not one that has ended"):
        queue.again(identity)
    step(queue, {"note": lambda job: None})
    queue.again(identity)
    assert [(job.id, job.state, job.tries) for job in queue.jobs()] == [(identity, "waiting", 0)]


def test_jobs_are_seen_and_sent_again_from_the_terminal(queue: Queue, tmp_path: Path) -> None:
    def call(*words: str) -> str:
        return CliRunner().invoke(cli.main, [*words, "--data", str(tmp_path / "data")], obj=application).output

    assert "There are no jobs" in call("jobs")
    identity = queue.add("callback", {})
    step(queue, {"callback": lambda job: None})
    assert identity in call("jobs", "--state", "done")
    assert "There are no jobs" in call("jobs", "--state", "dead")
    assert f"callback {identity} waits" in call("jobs", "again", identity)
    assert identity in call("jobs", "--state", "waiting")
