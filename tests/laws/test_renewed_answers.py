"""A list whose rows stay in memory is what would be read, byte by byte, whatever was written since; and tells of the
same people."""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.app import application
from rollbook.consent import renewing
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.model.people import Person
from rollbook.model.students import Student
from tests.hub import THORNFIELD, Hub
from tests.told import entries

from .asking import kinds_of, widest
from .editing import Editor
from .test_change_sets import edit, some

drawn = settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(autouse=True)
def every_list_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are kept however short they are."""
    monkeypatch.setattr(renewing, "LEAST", 1)


@pytest.fixture
def other(small_hub: Hub) -> Iterator[Hub]:
    """A hub over the same files."""
    hub = Hub(small_hub.store.folder)
    yield hub
    hub.close()


def asked(hub: Hub, path: str, token: str) -> tuple[bytes, object]:
    """The answer of a school endpoint, and what the ledger says that it told of whom."""
    body = hub.get(f"/api/v1/School/{THORNFIELD}/{path}", token).body
    last = entries(hub)[0]
    return body, (last.what, hub.store.ledger.people(last.number))


def afresh(hub: Hub, path: str, token: str) -> tuple[bytes, object]:
    """The same from an application that remembers nothing."""
    assert hub.edge.ledger is not None
    hub.edge.ledger.close()
    hub.edge = application(hub.store, lambda: hub.now)
    return asked(hub, path, token)


def paths_of(segment: str, hub: Hub, token: str) -> list[str]:
    """Questions that an app asks again and again: of one endpoint, and lists and pages of people."""
    endpoint = ENDPOINTS[segment]
    plain = ["Students?", "Students?select=Id,Surname,RegGroup,RowHash", "Contacts?", "Students?pagesize=7&page=2"]
    return [*plain, f"{endpoint.segment}?{urlencode(endpoint.example)}", widest(hub, token)[endpoint.segment]]


@drawn
@given(seed=st.integers(0, 2**32), segment=st.sampled_from(sorted(set(ENDPOINTS) - {"testerror"})))
def test_a_list_that_is_renewed_is_what_would_be_read(small_hub: Hub, other: Hub, seed: int, segment: str) -> None:
    rng, token = random.Random(seed), small_hub.token()
    paths = paths_of(segment, small_hub, token)
    editor, kinds = Editor(small_hub, rng), kinds_of(small_hub, paths[-2])
    for _ in range(6):
        for _ in range(rng.randint(0, 3)):
            editor.edit(kinds)
            edit(small_hub, rng)
        for path in paths:
            assert asked(small_hub, path, token) == afresh(other, path, token), (path, editor.done)


@drawn
@given(seed=st.integers(0, 2**32))
def test_a_list_is_renewed_when_people_are_chosen_or_days_pass(small_hub: Hub, other: Hub, seed: int) -> None:
    rng, token = random.Random(seed), small_hub.token()
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    students = [s["Id"] for s in small_hub.school("Students", token)["Students"]]
    for _ in range(6):
        match rng.choice(["choose", "day", "edit", "edit"]):
            case "choose":
                mode = rng.choice(["only", "except", "all"])
                small_hub.desk.people.choose(grant, "students", mode, rng.sample(students, 9))
            case "day":
                small_hub.store.set("today", f"2026-11-{rng.randint(10, 28)}")
            case _:
                edit(small_hub, rng)
        for path in ("Students?", "Contacts?", "Groups?includeStudentMembers=true", "Counts?"):
            assert asked(small_hub, path, token) == afresh(other, path, token), path


# ---- what is read


def test_only_the_rows_that_moved_are_read(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    token, path = small_hub.token(), f"/api/v1/School/{THORNFIELD}/Students"
    district, _, _ = small_hub.desk.schools.find(THORNFIELD)
    person, read = some(small_hub, Student, random.Random(2)), list[list[str]]()
    some_of = renewing.Plans.some

    def watched(plans: renewing.Plans, found: object, bound: object, only: list[str]) -> object:
        read.append(list(only))
        return some_of(plans, found, bound, only)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(renewing.Plans, "some", watched)
    for number in range(4):
        with small_hub.store.write(district) as batch:
            student = batch.get(Student, person)
            assert student is not None
            batch.change(Person, student["person"], {"middle_name": f"Number {number}"})
        assert f"Number {number}".encode() in small_hub.get(path, token).body
    assert read == [[person], [person]]


def test_rows_are_kept_within_a_bound_of_bytes_those_longest_that_were_asked_for_last() -> None:
    recent = renewing.RecentRows(bound=3_000)

    def keep(key: str, rows: int) -> None:
        plan: renewing.Plan = None  # pyright: ignore[reportAssignmentType]
        recent.put(key, renewing.Kept.of(plan, {}, {str(n): (b"x" * 500,) for n in range(rows)}))

    keep("a", 1)
    keep("b", 2)
    assert recent.find("a") is not None
    keep("c", 1)
    assert [key for key in "abc" if recent.find(key)] == ["a", "c"]
    keep("a", 2)
    assert recent.held == 3_000
