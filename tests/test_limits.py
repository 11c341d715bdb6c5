"""How many requests a caller may send: who sends more is told when to go on, in its own dialect's form."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.api.limits import GUESSES, Limit

from .hub import BRAMBLESIDE, THORNFIELD, Answer, Hub
from .test_server import Served


class Clock:
    """A clock that tests turn."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def limited(hub: Hub, per_minute: int) -> Clock:
    """Let each caller of a hub send so many requests a minute."""
    clock = Clock()
    hub.edge.limited(per_minute)
    hub.edge.calls.limit = Limit(per_minute, clock)
    hub.edge.calls.guesses = Limit(GUESSES, clock)
    return clock


# ---- counting


def test_a_minutes_worth_may_be_sent_at_once_and_then_as_time_allows() -> None:
    clock = Clock()
    limit = Limit(60, clock)
    assert [limit.spend("a") for _ in range(60)] == [0.0] * 60
    assert limit.spend("a") == pytest.approx(1.0, abs=1e-4)
    assert limit.spend("b") == 0.0
    clock.now += 1.001
    assert limit.spend("a") == 0.0
    assert limit.spend("a") == pytest.approx(0.999, abs=1e-4)
    clock.now += 60
    assert [limit.spend("a") for _ in range(60)] == [0.0] * 60
    assert limit.spend("a") > 0


@given(st.integers(1, 500), st.lists(st.floats(0, 30), max_size=200))
def test_in_no_minute_twice_the_limit_is_let_through(per_minute: int, gaps: list[float]) -> None:
    clock = Clock()
    limit = Limit(per_minute, clock)
    passed: list[float] = []
    for gap in gaps:
        clock.now += gap
        wait = limit.spend("a")
        if not wait:
            passed.append(clock.now)
            continue
        # Whoever waits as long as it was told is let through.
        clock.now += wait + 1e-6
        assert limit.spend("a") == 0.0
        passed.append(clock.now)
    for begin in passed:
        assert sum(begin <= at < begin + 60 for at in passed) <= 2 * per_minute


def test_callers_who_come_once_take_no_room() -> None:
    clock = Clock()
    limit = Limit(600, clock, callers=1000)
    for number in range(100_000):
        clock.now += 0.001
        assert limit.spend(number) == 0.0
    assert len(limit._moments) <= 1000  # pyright: ignore[reportPrivateUsage]


def test_the_room_is_bounded_however_many_come_at_once() -> None:
    limit = Limit(1, Clock(), callers=100)
    for number in range(1000):
        limit.spend(number)
        assert len(limit._moments) <= 100  # pyright: ignore[reportPrivateUsage]


def test_counting_costs_about_a_microsecond() -> None:
    limit, key = Limit(10_000_000), b"idaas x" * 10
    best = min(_seconds(lambda: limit.spend(key)) for _ in range(5))
    assert best < 5e-6


def _seconds(act: Callable[[], object], times: int = 10_000) -> float:
    # Of this thread alone: what others do on the machine does not count.
    began = time.thread_time()
    for _ in range(times):
        act()
    return (time.thread_time() - began) / times


# ---- each dialect


def refused(answer: Answer) -> dict[str, Any]:
    """The body of an answer that says when to go on."""
    assert (answer.status, answer.headers["retry-after"]) == (429, "20")
    assert answer.headers["cache-control"] == "no-store"
    return answer.json


def test_xporter_says_so_as_any_error_and_with_its_status_also_when_that_is_not_asked_for(small_hub: Hub) -> None:
    token, other = small_hub.token(), small_hub.token(app="other.example.org")
    limited(small_hub, 3)
    for _ in range(3):
        assert small_hub.get("/api/v1/TokenDetails", token).status == 200
    told = refused(small_hub.get("/api/v1/TokenDetails", token))
    assert told == {
        "Message": "Too many requests. Wait, then try again.",
        "ExceptionType": "TooManyRequests",
        "ExceptionMessage": "more than 3 requests a minute (try again in 20 seconds)",
        "InnerException": None,
    }
    assert small_hub.get("/api/v1/TokenDetails", other).status == 200


def test_edfi_says_so_in_problem_details(small_hub: Hub) -> None:
    limited(small_hub, 3)
    answers = [small_hub.get("/edfi/data/v3/ed-fi/students", authorization="Bearer x") for _ in range(4)]
    assert answers[0].status == 401
    told = refused(answers[-1])
    assert (told["status"], told["type"]) == (429, "urn:ed-fi:api:too-many-requests")
    assert told["detail"] == "More than 3 requests a minute (try again in 20 seconds)."


def test_edlink_says_so_among_its_errors(small_hub: Hub) -> None:
    limited(small_hub, 3)
    answers = [small_hub.get("/api/v2/graph/people", authorization="Bearer x") for _ in range(4)]
    assert answers[0].status == 401
    assert refused(answers[-1])["$errors"] == [
        {"code": "RATE_LIMITED", "message": "more than 3 requests a minute (try again in 20 seconds)"}
    ]


def test_research_says_so_as_a_detail(small_hub: Hub) -> None:
    limited(small_hub, 3)
    answers = [small_hub.get("/api/private/stem/cohort/", authorization="Bearer x") for _ in range(4)]
    assert refused(answers[-1]) == {"detail": "more than 3 requests a minute (try again in 20 seconds)"}


def test_who_shows_no_token_is_counted_too(small_hub: Hub) -> None:
    limited(small_hub, 3)
    answers = [small_hub.get("/") for _ in range(4)]
    assert refused(answers[-1]) == {"error": "more than 3 requests a minute (try again in 20 seconds)"}


def test_one_token_is_one_caller_however_its_scheme_is_written(small_hub: Hub) -> None:
    token = small_hub.token()
    limited(small_hub, 3)
    written = [f"Idaas {token}", f"idaas {token}", f"IDAAS  {token}", f"Idaas   {token}"]
    answers = [small_hub.get("/api/v1/TokenDetails", authorization=one) for one in written]
    assert [a.status for a in answers] == [200, 200, 200, 429]


def test_answers_that_are_known_already_are_counted(small_hub: Hub) -> None:
    token = small_hub.token()
    small_hub.school("Students", token)
    limited(small_hub, 2)
    path = f"/api/v1/School/{THORNFIELD}/Students"
    assert [small_hub.get(path, token).status for _ in range(3)] == [200, 200, 429]


def test_what_is_not_limited_never_refuses(small_hub: Hub) -> None:
    token = small_hub.token()
    limited(small_hub, 1)
    small_hub.edge.limited(0)
    assert {small_hub.get("/api/v1/TokenDetails", token).status for _ in range(50)} == {200}


# ---- guessing


def sign_in(hub: Hub, password: str, estab: str = THORNFIELD) -> Answer:
    """Ask Xporter's STS for a token."""
    asked = {"relyingParty": "app.example.org", "password": password, "estab": estab}
    return hub.post("/api/oauth/GetToken", asked)


def test_who_guesses_at_a_schools_secret_is_told_to_wait_and_locks_nobody_out(small_hub: Hub) -> None:
    secrets = {e: small_hub.desk.grants.authorise(small_hub.app(), e, ["School"])[1] for e in (THORNFIELD, BRAMBLESIDE)}
    clock = limited(small_hub, 10_000)
    for _ in range(GUESSES):
        assert sign_in(small_hub, "guess").json["ExceptionMessage"].startswith("Relying Party not found")
    stopped = sign_in(small_hub, "guess")
    assert (stopped.status, stopped.headers["retry-after"]) == (429, "2")
    assert stopped.json["token"] is None
    assert stopped.json["ExceptionMessage"] == "the secret was wrong too often (try again in 2 seconds)"
    # Whoever guesses, from the same address and under the same name, keeps the owner of the right one from nothing.
    assert sign_in(small_hub, secrets[THORNFIELD]).json["token"]
    assert sign_in(small_hub, secrets[BRAMBLESIDE], BRAMBLESIDE).json["token"]
    clock.now += 2.1
    assert sign_in(small_hub, "guess").status == 200


def test_another_token_of_the_same_secret_does_not_begin_the_count_again(small_hub: Hub) -> None:
    secret = small_hub.desk.grants.authorise(small_hub.app(), THORNFIELD, ["School"])[1]
    first, second = (sign_in(small_hub, secret).json["token"] for _ in range(2))
    limited(small_hub, 6)
    assert [small_hub.get("/api/v1/TokenDetails", first).status for _ in range(4)] == [200] * 4
    answers = [small_hub.get("/api/v1/TokenDetails", second).status for _ in range(4)]
    assert answers == [200, 200, 429, 429]
    credential, shown = small_hub.desk.credentials.add(small_hub.app(), "edfi")
    form = f"grant_type=client_credentials&client_id={credential.key}&client_secret={shown}".encode()
    kind = "application/x-www-form-urlencoded"
    tokens = [small_hub.post("/edfi/oauth/token", form, kind).json["access_token"] for _ in range(2)]
    limited(small_hub, 3)
    path = "/edfi/data/v3/ed-fi/schools"
    answers = [small_hub.get(path, authorization=f"Bearer {t}").status for t in (tokens[0], *tokens, tokens[1])]
    assert answers == [200, 200, 200, 429]


def test_tokens_that_are_not_known_are_counted_together_by_their_address(small_hub: Hub) -> None:
    token = small_hub.token()
    assert small_hub.get("/api/v1/TokenDetails", token).status == 200
    limited(small_hub, 5)
    assert [small_hub.get("/api/v1/TokenDetails", f"guess{n}").status for n in range(6)] == [200] * 5 + [429]
    # Of a token that is known it does not matter what else comes from its address.
    assert small_hub.get("/api/v1/TokenDetails", token).status == 200


def test_right_secrets_may_be_shown_as_often_as_anything(small_hub: Hub) -> None:
    secret = small_hub.desk.grants.authorise(small_hub.app(), THORNFIELD, ["School"])[1]
    limited(small_hub, 10_000)
    assert all(sign_in(small_hub, secret).json["token"] for _ in range(GUESSES * 2))


def test_who_guesses_at_an_edfi_secret_is_made_to_wait(small_hub: Hub) -> None:
    limited(small_hub, 10_000)
    form = b"grant_type=client_credentials&client_id=key&client_secret=guess"
    kind = "application/x-www-form-urlencoded"
    for _ in range(GUESSES):
        assert small_hub.post("/edfi/oauth/token", form, kind).status == 401
    assert small_hub.post("/edfi/oauth/token", form, kind).status == 429
    basic = base64.b64encode(b"key:guess").decode()
    asked = {"content-type": kind, "authorization": f"Basic {basic}"}
    assert small_hub.ask("POST", "/edfi/oauth/token", None, b"grant_type=client_credentials", **asked).status == 429


def test_who_guesses_at_an_edlink_secret_is_made_to_wait(small_hub: Hub) -> None:
    limited(small_hub, 10_000)
    asked = {"client_id": "key", "client_secret": "guess", "code": "guess"}
    answers = [small_hub.post("/api/authentication/token", asked) for _ in range(GUESSES + 1)]
    assert [answers[0].status, answers[-2].status, answers[-1].status] == [401, 401, 429]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"relyingParty": 7}', b"\xff", b"[" * 10_000])
@pytest.mark.parametrize("path", ["/api/oauth/GetToken", "/edfi/oauth/token", "/api/authentication/token"])
def test_a_sign_in_that_cannot_be_read_is_refused_as_ever(small_hub: Hub, path: str, body: bytes) -> None:
    before = small_hub.post(path, body)
    limited(small_hub, 10_000)
    after = small_hub.post(path, body)
    assert (after.status, after.json.keys()) == (before.status, before.json.keys())


# ---- served


def test_a_served_hub_has_the_limit_that_it_is_started_with(tmp_path: Path) -> None:
    with Served(tmp_path / "data", "--rate-limit", "5") as served:
        connection, token = served.connection(), {"Authorization": f"Idaas {served.token()}"}

        def ask(method: str, path: str, body: bytes = b"", headers: dict[str, str] = token) -> tuple[int, bytes]:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

        answers = [ask("GET", "/api/v1/TokenDetails") for _ in range(6)]
        assert [status for status, _ in answers] == [200] * 5 + [429]
        assert json.loads(answers[-1][1])["ExceptionType"] == "TooManyRequests"
        # A body that is not read leaves the connection fit for the next request.
        assert ask("POST", "/api/v1/x", b"x" * 100_000)[0] == 429
        assert ask("GET", "/", headers={})[0] == 200
        connection.close()
