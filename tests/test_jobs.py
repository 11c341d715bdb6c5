"""The queue: what is written down is done at least once, by one worker at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from rollbook import cli
from rollbook.app import application
from rollbook.errors import Conflict, NotFound, Stop
from rollbook.jobs import Failed, Job, Later, Queue
from rollbook.jobs.queue import DEAD_KEPT, DELAYS, KEPT, LEASE, SHARE, SWEEP
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
    identity = queue.add("webhook", {"a": 1})
    with pytest.raises(NotFound, match="is not known"):
        queue.again("another")
    with pytest.raises(Conflict, match="has not ended: it is waiting"):
        queue.again(identity)
    step(queue, {"webhook": lambda job: None})
    queue.again(identity)
    assert [(job.id, job.state, job.tries, job.payload) for job in queue.jobs()] == [(identity, "waiting", 0, {"a": 1})]


def test_what_is_done_again_does_not_meet_another_that_does_the_same(queue: Queue) -> None:
    first = queue.add("refresh", {}, key="1/a")
    step(queue, {"refresh": lambda job: None})
    queue.add("refresh", {}, key="1/a")
    with pytest.raises(Conflict, match="is already waiting"):
        queue.again(first)


# ---- what is kept


def test_what_an_app_wrote_of_children_is_let_go_when_it_is_entered(queue: Queue) -> None:
    identity = queue.add("writeback", {"Notes": "Fernwhistle"})
    step(queue, {"writeback": lambda job: None})
    assert (queue.job(identity).state, queue.job(identity).payload) == ("done", {})
    with pytest.raises(Conflict, match="its details were deleted"):
        queue.again(identity)


def test_a_webhook_that_was_sent_can_be_sent_again_for_a_week(queue: Queue, clock: Clock) -> None:
    identity = queue.add("webhook", {"json": "Fernwhistle"})
    step(queue, {"webhook": lambda job: None})
    clock.now += KEPT - 1
    queue.let_go()
    assert queue.job(identity).payload == {"json": "Fernwhistle"}
    clock.now += SWEEP + 2
    queue.let_go()
    with pytest.raises(NotFound):
        queue.job(identity)


def test_of_what_was_given_up_the_content_is_let_go_after_thirty_days(queue: Queue, clock: Clock) -> None:
    def fail(job: Job) -> None:
        raise Failed("the bridge is gone", final=True)

    identity = queue.add("webhook", {"json": "Fernwhistle"})
    step(queue, {"webhook": fail})
    clock.now += DEAD_KEPT - 1
    queue.let_go()
    assert queue.job(identity).payload == {"json": "Fernwhistle"}
    clock.now += SWEEP + 2
    queue.let_go()
    job = queue.job(identity)
    assert (job.state, job.error, job.payload) == ("dead", "the bridge is gone", {})
    with pytest.raises(Conflict, match="its details were deleted"):
        queue.again(identity)


# ---- whose turn it is


def test_of_one_app_only_a_few_jobs_are_under_way_at_a_time(queue: Queue, clock: Clock) -> None:
    for number in range(SHARE + 2):
        queue.add("webhook", {"app": "slow", "n": number}, due=clock.now - 100 + number)
    queue.add("webhook", {"app": "quick"}, due=clock.now - 10)
    queue.add("refresh", {"n": 1})
    taken = list(iter(queue.take, None))
    assert [job.payload.get("app") for job in taken] == ["slow"] * SHARE + ["quick", None]
    queue.finish(taken[0])
    again = queue.take()
    assert again is not None
    assert again.payload == {"app": "slow", "n": SHARE}


def test_a_worker_whose_job_was_taken_by_another_has_no_say_any_more(queue: Queue, clock: Clock) -> None:
    queue.add("note", {})
    first = queue.take()
    clock.now += LEASE + 1
    second = queue.take()
    assert first is not None
    assert second is not None
    queue.fail(first, "too late")
    queue.postpone(first, 60)
    assert [(job.state, job.error) for job in queue.jobs()] == [("running", None)]
    queue.finish(second)
    queue.fail(first, "too late")
    assert [job.state for job in queue.jobs()] == ["done"]


def test_a_job_of_a_kind_that_this_version_does_not_know_waits(queue: Queue) -> None:
    identity = queue.add("teleport", {"to": "Mossbridge"})
    assert not step(queue, {"note": lambda job: None})
    assert [(job.id, job.state, job.tries) for job in queue.jobs()] == [(identity, "waiting", 0)]
    assert step(queue, {"teleport": lambda job: None})


def test_what_is_of_no_use_to_try_again_is_given_up_at_once(queue: Queue) -> None:
    def fail(job: Job) -> None:
        raise Failed("gone for good", final=True)

    queue.add("note", {})
    step(queue, {"note": fail})
    assert [(job.state, job.tries, job.error) for job in queue.jobs()] == [("dead", 1, "gone for good")]


def test_whoever_fails_may_say_when_to_try_again(queue: Queue, clock: Clock) -> None:
    def fail(job: Job) -> None:
        raise Failed("busy", after=DELAYS[0] * 3)

    queue.add("note", {})
    step(queue, {"note": fail})
    assert [job.due for job in queue.jobs()] == [clock.now + DELAYS[0] * 3]


# ---- the terminal


def command(tmp_path: Path, *words: str) -> str:
    """What `rollbook` prints."""
    called = CliRunner().invoke(cli.main, [*words, "--data", str(tmp_path / "data")], obj=application)
    return called.output + str(called.exception or "")


def test_jobs_are_seen_and_sent_again_from_the_terminal(queue: Queue, tmp_path: Path) -> None:
    assert command(tmp_path, "jobs") == "[]\n"
    identity = queue.add("webhook", {})
    step(queue, {"webhook": lambda job: None})
    assert identity in command(tmp_path, "jobs", "--state", "done")
    assert command(tmp_path, "jobs", "--state", "dead") == "[]\n"
    assert command(tmp_path, "jobs", "--kind", "refresh") == "[]\n"
    assert f"webhook {identity} is waiting to run" in command(tmp_path, "jobs", "again", identity)
    assert identity in command(tmp_path, "jobs", "--state", "waiting")


def test_all_that_was_given_up_is_sent_again_at_once(queue: Queue, tmp_path: Path) -> None:
    def fail(job: Job) -> None:
        raise Failed("gone", final=True)

    for kind in ("webhook", "webhook", "refresh"):
        queue.add(kind, {})
    while step(queue, {"webhook": fail, "refresh": fail}):
        pass
    assert "Waiting to run: 2." in command(tmp_path, "jobs", "again", "--all-dead", "--kind", "webhook")
    assert [job.kind for job in queue.jobs("dead")] == ["refresh"]
    assert "Give either one job's ID or --all-dead" in command(tmp_path, "jobs", "again")
    assert "Give either one job's ID or --all-dead" in command(tmp_path, "jobs", "again", "x", "--all-dead")
    assert "works only together with --all-dead" in command(tmp_path, "jobs", "again", "x", "--kind", "webhook")


def test_a_job_is_shown_without_what_it_says_of_anybody(queue: Queue, tmp_path: Path) -> None:
    told = {
        "family": "writeback",
        "url": "https://app.example/secret-path?id=ConductBeh&estab=9994001",
        "query": {"XodCompleted": "True", "ErrorMessage": "Fernwhistle is not on roll"},
        "json": {"result": [{"IncidentId": 1, "ActualId": 1811}, {"IncidentId": 2, "ActualId": 1812}]},
        "form": None,
    }
    shown = command(tmp_path, "jobs", "show", queue.add("webhook", told))
    about = json.loads(shown)["about"]
    assert about == {
        "family": "writeback",
        "url": "https://app.example/… with id, estab",
        "query": {"XodCompleted": "…", "ErrorMessage": "…"},
        "json": {"result": [{"IncidentId": "…", "ActualId": "…"}, "… 2 in all"]},
        "form": None,
    }
    assert "is not known" in command(tmp_path, "jobs", "show", "another")
