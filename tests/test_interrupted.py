"""A reading that a replica ends, because of what is written at the primary, is made again there."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest

from rollbook.errors import Interrupted
from rollbook.jobs import Queue
from rollbook.jobs.worker import step

from .hub import THORNFIELD, Answer, Hub
from .test_aside import cohort
from .told import entries

Interrupt = Callable[[int], None]


@pytest.fixture
def interrupt(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Interrupt:
    """Has so many of the next readings for somebody end before they are complete."""
    lend, left = small_hub.store.lend, [0]

    @contextmanager
    def lent(*districts: int) -> Generator[Any]:
        with lend(*districts) as kept:
            yield kept
            if districts and left[0]:
                left[0] -= 1
                raise Interrupted

    monkeypatch.setattr(small_hub.store, "lend", lent)
    return lambda times: left.__setitem__(0, times)


def test_it_is_asked_again_and_told_once(small_hub: Hub, interrupt: Interrupt) -> None:
    token, path = small_hub.token(), f"/api/v1/School/{THORNFIELD}/Students?pagesize=3&page="
    interrupt(1)
    answers = [small_hub.get(f"{path}{page}", token) for page in (1, 2)]
    assert [(a.status, len(a.json["Students"])) for a in answers] == [(200, 3), (200, 3)]
    again, other = entries(small_hub)[1::-1]
    assert (again.rows, again.people) == (other.rows, other.people)


def test_who_meets_it_twice_is_to_try_again(small_hub: Hub, interrupt: Interrupt) -> None:
    token = small_hub.token()
    interrupt(2)
    answer = small_hub.get(f"/api/v1/School/{THORNFIELD}/Students?pagesize=3", token)
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")


def test_a_write_that_meets_it_is_its_callers_to_repeat(small_hub: Hub, interrupt: Interrupt) -> None:
    small_hub.grant()
    credential, secret = small_hub.desk.credentials.add(small_hub.app(), "edfi", rights=["SISVendor"])
    method, path, body, headers = cohort(1, small_hub.desk.tickets.exchange("edfi", credential.key, secret, 3600)[0])

    def ask(method: str, path: str, body: bytes = body) -> Answer:
        return small_hub.loop.run_until_complete(small_hub.asking(method, path, body, headers))

    made = ask(method, path)
    own = f"{path}/{made.headers['location'].rpartition('/')[2]}"
    document = {**json.loads(body), "cohortDescription": "In the library"}
    interrupt(1)
    statuses = [ask("PUT", own, json.dumps(document).encode()).status for _ in range(2)]
    assert (made.status, statuses) == (201, [503, 204])


def test_a_job_is_done_again_at_once(small_hub: Hub) -> None:
    queue, tried = Queue(small_hub.store, lambda: small_hub.now), list[int]()

    def work(job: object) -> None:
        tried.append(1)
        if len(tried) == 1:
            raise Interrupted

    queue.add("read", {})
    assert step(queue, {"read": work})
    assert step(queue, {"read": work})
    assert not step(queue, {"read": work})
