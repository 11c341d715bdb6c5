"""Pages are cut from what page 1 was cut from: of a change set exactly, of a plain answer for as long as it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.consent import pulls
from rollbook.model.students import Student
from tests.looking import look_passing

from ..hub import THORNFIELD, Hub
from .tables import Tables

PLAIN = "Students?select=Id&pagesize=10"
CHANGES = f"{PLAIN}&changedRows=%2A"


def ids(answer: dict[str, Any]) -> list[str]:
    """The Ids of the main table."""
    assert "ExceptionMessage" not in answer, answer
    return [row["Id"] for row in answer["Students"]]


def pages(hub: Hub, path: str, token: str, *numbers: int) -> list[list[str]]:
    """The Ids of some pages."""
    return [ids(hub.school(f"{path}&page={number}", token)) for number in numbers]


def gone(hub: Hub, mis_id: str) -> None:
    """The school's source no longer has a student."""
    known = {row["mis_id"]: row["id"] for row in Tables(hub).of("student")}
    with hub.store.write(hub.desk.schools.find(THORNFIELD)[0]) as batch:
        batch.remove(Student, known[mis_id])


@pytest.fixture
def every(small_hub: Hub) -> list[str]:
    """The Ids of all students, in order."""
    return ids(small_hub.school("Students?select=Id", small_hub.token(app="other.example.org")))


@pytest.mark.parametrize("path", [PLAIN, CHANGES])
def test_a_row_that_goes_between_two_pages_moves_no_other_one(small_hub: Hub, every: list[str], path: str) -> None:
    token = small_hub.token()
    (first,) = pages(small_hub, path, token, 1)
    gone(small_hub, first[3])
    gone(small_hub, every[12])
    assert [first, *pages(small_hub, path, token, 2, 3)] == [
        every[:10],
        [*every[10:12], *every[13:20]],
        every[20:30],
    ]


@pytest.mark.parametrize("path", [PLAIN, CHANGES])
def test_the_count_and_the_next_value_are_those_of_page_one(small_hub: Hub, path: str) -> None:
    token = small_hub.token()
    first = small_hub.school(f"{path}&page=1", token)
    gone(small_hub, first["Students"][0]["Id"])
    second = small_hub.school(f"{path}&page=2", token)
    for one in (first, second):
        one["__pagination__"][0].pop("PageNumber")
        one["__pagination__"][0].pop("NextPage")
    assert second["__pagination__"] == first["__pagination__"]
    assert second.get("__changedRows__") == first.get("__changedRows__")


def test_what_went_between_two_pages_is_in_the_next_change_set(small_hub: Hub, every: list[str]) -> None:
    token = small_hub.token()
    first = small_hub.school(f"{CHANGES}&page=1", token)
    gone(small_hub, every[0])
    gone(small_hub, every[12])
    last = small_hub.school(f"{CHANGES}&page=2", token)
    value = last["__changedRows__"][0]["NextChangedRows"]
    assert value == first["__changedRows__"][0]["NextChangedRows"]
    answer = small_hub.school(f"Students?select=Id&changedRows={value}", token)
    assert [row["Id"] for row in answer["Students_deleted"]] == sorted([every[0], every[12]])


def test_a_page_shows_its_rows_as_they_are_by_then(small_hub: Hub, every: list[str]) -> None:
    token, path = small_hub.token(), "Students?select=Id,AdmissionNo&pagesize=10&changedRows=%2A"
    value = small_hub.school(f"{path}&page=1", token)["__changedRows__"][0]["NextChangedRows"]
    known = {row["mis_id"]: row for row in Tables(small_hub).of("student")}[every[15]]

    def number(to: str) -> None:
        with small_hub.store.write(small_hub.desk.schools.find(THORNFIELD)[0]) as batch:
            batch.change(Student, known["id"], {"admission_no": to})

    number("X77")
    assert {"Id": every[15], "AdmissionNo": "X77"} in small_hub.school(f"{path}&page=2", token)["Students"]
    number(known["admission_no"])
    # It is again what it was when the set was cut, and the app has the other one.
    answer = small_hub.school(f"Students?select=Id,AdmissionNo&changedRows={value}", token)
    assert answer["Students"] == [{"Id": every[15], "AdmissionNo": known["admission_no"]}]
    again = answer["__changedRows__"][0]["NextChangedRows"]
    assert small_hub.school(f"Students?select=Id,AdmissionNo&changedRows={again}", token)["Students"] == []


@pytest.mark.parametrize("path", [PLAIN, CHANGES])
def test_whom_the_school_leaves_out_between_two_pages_is_on_none(small_hub: Hub, every: list[str], path: str) -> None:
    token = small_hub.token()
    pages(small_hub, path, token, 1)
    small_hub.desk.people.choose(
        small_hub.desk.grants.at(small_hub.app(), THORNFIELD), "students", "except", [every[12]]
    )
    assert pages(small_hub, path, token, 2) == [[*every[10:12], *every[13:20]]]


def test_what_is_no_longer_granted_is_on_no_page(small_hub: Hub) -> None:
    token, path = small_hub.token(), "Students?pagesize=10&changedRows=%2A"
    assert "UPN" in small_hub.school(f"{path}&page=1", token)["Students"][0]
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    small_hub.desk.grants.narrow(grant, grant.scopes - {"UPN"})
    answer = small_hub.school(f"{path}&page=2", token)
    assert answer["Students"]
    assert not any("UPN" in row for row in answer["Students"])


def test_the_parts_of_a_page_are_those_of_its_rows(small_hub: Hub, every: list[str]) -> None:
    token, path = small_hub.token(), "Students?pagesize=10&includeSiblingsResultset=true"
    small_hub.school(f"{path}&page=1", token)
    gone(small_hub, every[0])
    answer = small_hub.school(f"{path}&page=2", token)
    assert {row["StudentId"] for row in answer["StudentSiblings"]} <= set(every[10:20])
    whole = small_hub.school("Students?includeSiblingsResultset=true", token)["StudentSiblings"]
    assert answer["StudentSiblings"] == [row for row in whole if row["StudentId"] in every[10:20]]


@pytest.mark.parametrize("path", [PLAIN, CHANGES])
def test_another_page_one_begins_anew(small_hub: Hub, every: list[str], path: str) -> None:
    token = small_hub.token()
    pages(small_hub, path, token, 1)
    gone(small_hub, every[3])
    left = [one for one in every if one != every[3]]
    assert pages(small_hub, path, token, 1, 2) == [left[:10], left[10:20]]


@pytest.mark.parametrize("path", [PLAIN, CHANGES])
def test_two_workers_of_one_app_have_each_their_own_pages(small_hub: Hub, every: list[str], path: str) -> None:
    grant, secret = small_hub.desk.grants.authorise(small_hub.app(), THORNFIELD, ["all"])
    tokens = [small_hub.desk.tokens.sign_in(grant.app.relying_party, secret, THORNFIELD)[0] for _ in range(2)]
    pages(small_hub, path, tokens[0], 1)
    gone(small_hub, every[3])
    pages(small_hub, path, tokens[1], 1)
    assert pages(small_hub, path, tokens[0], 2) == [every[10:20]]
    assert pages(small_hub, path, tokens[1], 2) == [every[11:21]]
    renewed = small_hub.desk.tokens.sign_in(grant.app.relying_party, secret, THORNFIELD)[0]
    assert pages(small_hub, path, renewed, 2)


@pytest.mark.parametrize("path", [PLAIN, CHANGES])
def test_pages_are_kept_through_a_restart(small_hub: Hub, every: list[str], path: str, tmp_path_factory: Any) -> None:
    token = small_hub.token()
    pages(small_hub, path, token, 1)
    gone(small_hub, every[3])
    other = Hub.copy(small_hub.store.folder, tmp_path_factory.mktemp("restarted"))
    try:
        assert pages(other, path, token, 2) == [every[10:20]]
    finally:
        other.close()


def test_a_page_of_a_change_set_that_is_kept_no_longer_says_where_to_begin(small_hub: Hub) -> None:
    token = small_hub.token()
    pages(small_hub, CHANGES, token, 1, 2)
    small_hub.now += pulls.LIFE + 1
    answer = small_hub.school(f"{CHANGES}&page=3", token)
    assert answer["ExceptionType"] == "UnknownChangeSet"
    assert "page=1" in answer["ExceptionMessage"]
    assert pages(small_hub, CHANGES, token, 1, 2, 3)


def test_a_plain_page_that_is_kept_no_longer_is_cut_from_what_there_is(small_hub: Hub, every: list[str]) -> None:
    token = small_hub.token()
    pages(small_hub, PLAIN, token, 1)
    gone(small_hub, every[3])
    small_hub.now += pulls.LIFE + 1
    assert pages(small_hub, PLAIN, token, 2) == [every[11:21]]


def test_a_page_beyond_the_last_is_empty(small_hub: Hub) -> None:
    token = small_hub.token()
    assert pages(small_hub, CHANGES, token, 1, 9)[1] == []
    assert pages(small_hub, PLAIN, token, 1, 9)[1] == []
    value = small_hub.school("Students?select=Id&changedRows=%2A", token)["__changedRows__"][0]["NextChangedRows"]
    unchanged = f"{PLAIN}&changedRows={value}"
    assert pages(small_hub, unchanged, token, 1, 2) == [[], []]


def test_what_is_kept_is_bounded(small_hub: Hub, every: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    token = small_hub.token()
    monkeypatch.setattr(pulls, "ROOM", 1)
    pages(small_hub, PLAIN, token, 1)
    ((left,),) = look_passing(small_hub.store, "SELECT count(*) FROM pull_page").fetchall()
    assert left == 0
    assert pages(small_hub, PLAIN, token, 2) == [every[10:20]]


def test_a_page_is_logged_with_the_rows_that_it_shows(small_hub: Hub) -> None:
    token = small_hub.token()
    pages(small_hub, CHANGES, token, 1)
    (second,) = pages(small_hub, CHANGES, token, 2)
    rows = small_hub.get("/api/v1/logs?take=1", token).json["Logs"]
    assert rows[0]["RowCount"] == len(second)
