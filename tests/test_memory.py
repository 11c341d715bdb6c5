"""Answers are kept in memory only as long as they are what would be given."""

from __future__ import annotations

import gc
from contextvars import copy_context

import pytest

from rollbook.api.messages import Handler, Request, Response
from rollbook.cli.serving import spare
from rollbook.consent import Desk
from rollbook.model.attendance import Mark
from rollbook.model.people import Person
from tests.looking import look

from .hub import BRAMBLESIDE, THORNFIELD, Hub

STUDENTS = f"/api/v1/School/{THORNFIELD}/Students?select=Id,Surname"


def first(hub: Hub, table: str, estab: str = THORNFIELD) -> tuple[int, str]:
    """The district and the hub id of some record of a school."""
    district, school, _ = hub.desk.schools.find(estab)
    where = (
        "school = ?"
        if table != "person"
        else "'' <> ? AND id IN (SELECT person FROM student WHERE leaving_date IS NULL)"
    )
    found = look(hub.store, f"SELECT id FROM {table} WHERE district = ? AND {where} LIMIT 1", (district, school))
    return district, found.get


def read_again(hub: Hub, token: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the students are read from the store when they are asked for."""
    asked: list[str] = []
    answer = hub.edge.calls.answer

    def watched(handler: Handler, request: Request) -> Response:
        asked.append(request.path)
        return answer(handler, request)

    monkeypatch.setattr(hub.edge.calls, "answer", watched)
    hub.get(STUDENTS, token)
    monkeypatch.undo()
    return bool(asked)


def test_the_same_question_is_answered_from_memory(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    token = small_hub.token()
    answer = small_hub.get(STUDENTS, token).body
    assert not read_again(small_hub, token, monkeypatch)
    assert small_hub.get(STUDENTS, token).body == answer


def test_a_write_to_what_it_reads_ends_it(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    token = small_hub.token()
    small_hub.get(STUDENTS, token)
    district, person = first(small_hub, "person")
    with small_hub.store.write(district) as batch:
        batch.change(Person, person, {"surname": "Quince"})
    assert read_again(small_hub, token, monkeypatch)


def test_a_write_to_something_else_does_not(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    token = small_hub.token()
    small_hub.get(STUDENTS, token)
    for estab in (THORNFIELD, BRAMBLESIDE):
        district, mark = first(small_hub, "mark", estab)
        with small_hub.store.write(district) as batch:
            batch.change(Mark, mark, {"notes": "Bus was late"})
        assert not read_again(small_hub, token, monkeypatch)


def test_consent_that_is_narrowed_or_revoked_ends_it(small_hub: Hub) -> None:
    token = small_hub.token()
    assert small_hub.get(STUDENTS, token).json["Students"]
    small_hub.desk.grants.narrow(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), ["School"])
    assert small_hub.get(STUDENTS, token).json["ExceptionType"] == "ScopeNotHeld"
    token = small_hub.token()
    assert small_hub.get(STUDENTS, token).json["Students"]
    small_hub.desk.grants.revoke(small_hub.desk.grants.at(small_hub.app(), THORNFIELD))
    assert small_hub.get(STUDENTS, token).json["ExceptionType"] == "InvalidToken"


def test_a_token_that_expires_ends_it(small_hub: Hub) -> None:
    token = small_hub.token()
    assert small_hub.get(STUDENTS, token).json["Students"]
    small_hub.now += 5 * 24 * 3600 + 1
    assert small_hub.get(STUDENTS, token).json["ExceptionType"] == "InvalidToken"


def test_another_token_does_not_get_it(small_hub: Hub) -> None:
    small_hub.get(STUDENTS, small_hub.token())
    lite = small_hub.token(["SchoolLite"], app="lite.example.org")
    assert small_hub.get(STUDENTS, lite).json["ExceptionType"] == "ScopeNotHeld"
    assert small_hub.get(STUDENTS).json["ExceptionType"] == "InvalidToken"


# ---- one answer, one state


def test_whether_anybody_has_written_is_looked_up_once_for_each_answer(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, watch, looks = small_hub.token(), small_hub.store.watch, list[object]()
    small_hub.get(f"{STUDENTS}&pagesize=1", token)
    versions = watch.versions
    monkeypatch.setattr(watch, "versions", lambda: looks.append(None) or versions())
    small_hub.get(f"{STUDENTS}&pagesize=2", token)
    assert len(looks) == 1


def test_what_is_looked_up_for_an_answer_is_of_the_state_in_which_it_was_begun_until_the_hub_writes(
    small_hub: Hub,
) -> None:
    hub, memory = small_hub, small_hub.desk.memory
    context = copy_context()
    state, known = context.run(memory.settle), context.run(memory.known)
    with hub.store.again() as elsewhere:
        elsewhere.set("anything", "else")
        assert (context.run(memory.known), context.run(memory.fresh)) == (known, state)
        # Nobody else is kept in that state.
        assert memory.known() is not known
        hub.store.set("anything", "more")
        assert context.run(memory.known) is memory.known()
        assert context.run(memory.fresh) == memory.fresh() != state


def test_a_hub_that_is_narrowed_elsewhere_says_so_with_the_next_answer(small_hub: Hub) -> None:
    token = small_hub.token()
    assert small_hub.get(STUDENTS, token).json["Students"]
    with small_hub.store.again() as elsewhere:
        grants = Desk(elsewhere, lambda: small_hub.now).grants
        grants.narrow(grants.at(small_hub.app(), THORNFIELD), ["School"])
    assert small_hub.get(STUDENTS, token).json["ExceptionType"] == "ScopeNotHeld"


# ---- what lasts


def test_garbage_is_not_looked_for_among_what_a_server_consists_of() -> None:
    spare()
    try:
        assert len(gc.get_objects()) < 1000 < gc.get_freeze_count()
    finally:
        gc.unfreeze()
