"""Webhooks of data changes: an app is told that what it sees of a database has changed, and of nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from rollbook.jobs import Job, Later, Queue, subscriptions
from rollbook.jobs.queue import DELAYS
from rollbook.jobs.subscriptions import MOST, QUIET, State, Subscriptions, Watching
from rollbook.model.attendance import Mark
from rollbook.model.people import Person
from rollbook.model.students import Student
from tests.looking import look

from ..hub import BRAMBLESIDE, THORNFIELD, Hub
from ..receiver import Receiver, listening

PATH = f"/api/v1/School/{THORNFIELD}/Webhooks/DataChanges"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("ROLLBOOK_CALLBACK_ALLOW", "127.0.0.1")
    with listening(Receiver()) as one:
        yield one


def send(hub: Hub, token: str, body: object, method: str = "POST", path: str = PATH) -> dict[str, Any]:
    """The answer to a request about subscriptions, with its status."""
    answer = hub.ask(method, f"{path}?httpstatuscodes=true", token, json.dumps(body).encode() if body else b"")
    return {**answer.json, "status": answer.status}


def subscribe(hub: Hub, token: str, url: str, database: str = "XodSchoolData") -> str:
    """The id of a new subscription, of which the hub has seen what it looks like now."""
    answer = send(hub, token, {"url": url, "DatabaseName": database})
    assert answer["status"] == 200, answer
    hub.work()
    return answer["DataChanges"][0]["Id"]


def later(hub: Hub, seconds: float = QUIET) -> None:
    """Let some time pass, and the worker do what is due."""
    hub.work()
    hub.now += seconds
    hub.work()


def students(hub: Hub, estab: str = THORNFIELD) -> list[tuple[str, str, str]]:
    """The hub ids of the humans and of the students of a school who are on roll, and their MIS ids."""
    district, school, _ = hub.desk.schools.find(estab)
    return look(
        hub.store,
        "SELECT person, id, mis_id FROM student WHERE district = ? AND school = ? AND leaving_date IS NULL"
        " AND enrolment_status = 'C' ORDER BY mis_id",
        (district, school),
    ).fetchall()


def rename(hub: Hub, forename: str, number: int = 0, estab: str = THORNFIELD) -> None:
    """Change the forename of a student of a school."""
    with hub.store.write(hub.desk.schools.find(estab)[0]) as batch:
        batch.change(Person, students(hub, estab)[number][0], {"forename": forename})


def looked_over(hub: Hub, took: float, patch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What compares what a grant sees, each time in so many seconds; only comparisons take any."""
    moments = [100.0]

    def look(reader: object, database: str, before: State, reads: bool) -> State:
        moments[0] += took
        return before

    patch.setattr(subscriptions, "time", SimpleNamespace(monotonic=lambda: moments[0]))
    grant, queue = hub.desk.grants.at(hub.app(), THORNFIELD), Queue(hub.store, lambda: hub.now)
    wanted = {"grant": grant.id, "database": "XodSchoolData"}
    job = Job("1", "watch", "1", wanted, state="running", due=0, tries=0, made=0, ended=None, error=None)
    return partial(Watching(hub.desk, Subscriptions(queue, look)), job)


# ---- being told


@pytest.mark.parametrize(("took", "rest"), [(0.5, 10.0), (9.0, 60.0)])
def test_after_a_long_comparison_there_is_a_longer_rest_of_a_minute_at_most(
    small_hub: Hub, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, took: float, rest: float
) -> None:
    subscribe(small_hub, small_hub.token(["School"]), receiver.url("/changed"))
    compare = looked_over(small_hub, took, monkeypatch)
    compare()
    with pytest.raises(Later) as told:
        compare()
    assert told.value.seconds == rest


def test_a_change_of_what_is_seen_is_told_with_the_state_of_the_database(small_hub: Hub, receiver: Receiver) -> None:
    token = small_hub.token(["School", "Student"])
    subscribe(small_hub, token, receiver.url("/changed?id=7"))
    rename(small_hub, "Fernwhistle")
    later(small_hub)
    method, path, headers, body = receiver.take()
    assert (method, path) == ("POST", f"/changed?id=7&estab={THORNFIELD}&DatabaseName=XodSchoolData")
    (row,) = json.loads(body)["DBStatus"]
    assert (row["Id"], row["DBName"], row["Status"]) == ("1", "XodSchoolData", "OK")
    assert b"Fernwhistle" not in body
    assert headers["webhook-signature"].startswith("v1,")
    later(small_hub)
    assert receiver.hears_nothing()


def test_changes_that_follow_one_another_are_told_together(small_hub: Hub, receiver: Receiver) -> None:
    subscribe(small_hub, small_hub.token(["School", "Student"]), receiver.url())
    for number in range(5):
        rename(small_hub, f"Fern {number}")
        small_hub.now += 0.5
        small_hub.work()
    later(small_hub)
    assert receiver.take()[0] == "POST"
    assert receiver.hears_nothing()
    rename(small_hub, "Larkspur")
    later(small_hub)
    assert receiver.take()[0] == "POST"


def test_what_changes_right_after_somebody_subscribed_is_told(small_hub: Hub, receiver: Receiver) -> None:
    token = small_hub.token(["School", "Student"])
    send(small_hub, token, {"url": receiver.url(), "DatabaseName": "xodschooldata"})
    rename(small_hub, "Fernwhistle")
    later(small_hub)
    assert receiver.take()[0] == "POST"
    later(small_hub)
    assert receiver.hears_nothing()


def test_each_database_is_told_of_by_itself(small_hub: Hub, receiver: Receiver) -> None:
    token = small_hub.token()
    subscribe(small_hub, token, receiver.url("/marks"), "XodAttendanceForDate")
    subscribe(small_hub, token, receiver.url("/conduct"), "XodConductForDateRange")
    identity = look(
        small_hub.store,
        "SELECT m.id FROM mark m JOIN student s ON s.id = m.student WHERE m.kind = 'S' AND s.leaving_date IS NULL"
        " AND m.date > '2026-10-01' LIMIT 1",
    ).get
    with small_hub.store.write(1) as batch:
        batch.change(Mark, identity, {"mark": "Y1"})
    later(small_hub)
    # Comparing the one may have taken so long that the other was put off.
    later(small_hub, 60)
    assert receiver.take()[1].startswith("/marks")
    assert receiver.hears_nothing()


# ---- not being told


def quiet(hub: Hub, receiver: Receiver) -> bool:
    """Whether nobody is called, however long one waits; a comparison was made."""
    later(hub)
    later(hub, 600)
    return receiver.hears_nothing()


def test_a_change_of_a_fact_that_is_not_granted_is_told_to_nobody(small_hub: Hub, receiver: Receiver) -> None:
    subscribe(small_hub, small_hub.token(["School", "StudentLite"]), receiver.url())
    with small_hub.store.write(1) as batch:
        batch.change(Student, students(small_hub)[0][1], {"upn": "A999999999999", "quick_note": "Fernwhistle"})
    assert quiet(small_hub, receiver)
    rename(small_hub, "Fernwhistle")
    later(small_hub)
    assert receiver.take()[0] == "POST"


def test_a_change_of_somebody_whom_the_grant_leaves_out_is_told_to_nobody(small_hub: Hub, receiver: Receiver) -> None:
    token = small_hub.token()
    mis_id = students(small_hub)[3][2]
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    small_hub.desk.people.choose(grant, "Student", "except", [mis_id])
    subscribe(small_hub, token, receiver.url())
    rename(small_hub, "Fernwhistle", 3)
    assert quiet(small_hub, receiver)
    rename(small_hub, "Larkspur")
    later(small_hub)
    assert receiver.take()[0] == "POST"


def test_a_change_at_another_school_is_told_to_nobody(small_hub: Hub, receiver: Receiver) -> None:
    subscribe(small_hub, small_hub.token(), receiver.url())
    rename(small_hub, "Fernwhistle", estab=BRAMBLESIDE)
    assert quiet(small_hub, receiver)


def test_what_is_written_as_it_was_is_no_change(small_hub: Hub, receiver: Receiver) -> None:
    subscribe(small_hub, small_hub.token(["School", "Student"]), receiver.url())
    small_hub.store.set("anything", "else")
    assert quiet(small_hub, receiver)


# ---- what the school changes


def test_leaving_somebody_out_is_a_change_of_what_is_seen(small_hub: Hub, receiver: Receiver) -> None:
    subscribe(small_hub, small_hub.token(["School", "Student"]), receiver.url())
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    small_hub.desk.people.choose(grant, "Student", "except", [students(small_hub)[0][2]])
    later(small_hub)
    assert receiver.take()[0] == "POST"


def test_a_subscription_dies_with_its_grant(small_hub: Hub, receiver: Receiver) -> None:
    token = small_hub.token(["School", "Student"])
    subscribe(small_hub, token, receiver.url())
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    small_hub.desk.grants.revoke(grant)
    rename(small_hub, "Fernwhistle")
    assert quiet(small_hub, receiver)
    again = small_hub.token(["School", "Student"])
    assert send(small_hub, again, None, "GET")["DataChanges"] == []


def test_a_paused_grant_is_told_when_it_goes_on(small_hub: Hub, receiver: Receiver) -> None:
    subscribe(small_hub, small_hub.token(["School", "Student"]), receiver.url())
    grant = small_hub.desk.grants.pause(small_hub.desk.grants.at(small_hub.app(), THORNFIELD))
    rename(small_hub, "Fernwhistle")
    assert quiet(small_hub, receiver)
    small_hub.desk.grants.pause(grant, False)
    later(small_hub)
    assert receiver.take()[0] == "POST"


# ---- a receiver that is not there


def test_what_changes_while_the_receiver_is_away_is_told_once_and_under_a_new_id(
    small_hub: Hub, receiver: Receiver
) -> None:
    subscribe(small_hub, small_hub.token(["School", "Student"]), receiver.url())
    receiver.status = 503
    rename(small_hub, "Fern")
    later(small_hub)
    first = receiver.take()[2]["webhook-id"]
    rename(small_hub, "Larkspur")
    receiver.status = 200
    later(small_hub)
    later(small_hub, DELAYS[0])
    second = receiver.take()[2]["webhook-id"]
    # The first may have arrived although it was refused: one who knows its id would take the second for a repeat.
    assert second != first
    assert receiver.hears_nothing()
    assert [j.state for j in Queue(small_hub.store, lambda: small_hub.now).jobs(kind="webhook")] == ["done"]


def test_a_receiver_that_is_gone_for_good_ends_the_subscription(small_hub: Hub, receiver: Receiver) -> None:
    token = small_hub.token(["School", "Student"])
    subscribe(small_hub, token, receiver.url())
    receiver.status = 410
    rename(small_hub, "Fern")
    later(small_hub)
    assert receiver.take()[0] == "POST"
    assert send(small_hub, token, None, "GET")["DataChanges"] == []


# ---- subscribing


def test_a_subscription_is_made_seen_and_ended(small_hub: Hub, receiver: Receiver) -> None:
    token = small_hub.token(["School", "Student"])
    made = send(small_hub, token, {"Url": receiver.url("/a"), "databasename": "xodschooldata"})
    (row,) = made["DataChanges"]
    assert (row["DatabaseName"], row["url"]) == ("XodSchoolData", receiver.url("/a"))
    assert [scope["Name"] for scope in made["Scopes"]] == ["School", "Student"]
    assert (made["Message"], made["ExceptionMessage"]) == ("success", None)
    assert send(small_hub, token, {"url": receiver.url("/a"), "DatabaseName": "XodSchoolData"})["DataChanges"] == [row]
    assert send(small_hub, token, None, "GET")["DataChanges"] == [row]
    assert send(small_hub, token, None, "DELETE", f"{PATH}/{row['Id']}")["Message"] == "success"
    assert send(small_hub, token, None, "GET")["DataChanges"] == []
    assert send(small_hub, token, None, "DELETE", f"{PATH}/{row['Id']}")["status"] == 404
    rename(small_hub, "Fernwhistle")
    assert quiet(small_hub, receiver)


def test_an_app_sees_and_ends_its_own_subscriptions_only(small_hub: Hub, receiver: Receiver) -> None:
    identity = subscribe(small_hub, small_hub.token(["School"]), receiver.url())
    other = small_hub.token(["School"], app="other.example.org")
    assert send(small_hub, other, None, "GET")["DataChanges"] == []
    assert send(small_hub, other, None, "DELETE", f"{PATH}/{identity}")["status"] == 404
    elsewhere = small_hub.token(["School"], estab=BRAMBLESIDE)
    assert send(small_hub, elsewhere, None, "GET")["ExceptionType"] == "SchoolNotGranted"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "body: is not a JSON object"),
        ([], "body: is not a JSON object"),
        ({"a": 1}, 'url: is missing (send {"url": …, "DatabaseName": …}); DatabaseName: is missing'),
        ({"url": 7, "DatabaseName": []}, "url: must be a string; DatabaseName: must be a string"),
        (
            {"url": "http://10.0.0.1/", "DatabaseName": "XodSchoolDat"},
            "url: is an address inside a private network (use a host that can be reached from the internet, or list it"
            " in ROLLBOOK_CALLBACK_ALLOW);"
            " DatabaseName: XodSchoolDat is not a database (did you mean XodSchoolData?)",
        ),
    ],
)
def test_all_that_is_wrong_with_a_subscription_is_told_at_once(small_hub: Hub, body: object, told: str) -> None:
    answer = send(small_hub, small_hub.token(["School"]), body)
    assert (answer["status"], answer["ExceptionType"]) == (400, "InvalidRequest")
    assert answer["ExceptionMessage"].startswith(told)


def test_a_database_of_which_nothing_is_granted_is_as_one_that_is_not_there(small_hub: Hub, receiver: Receiver) -> None:
    token = small_hub.token(["School"])
    for name in ("XodConductPoints", "XodNothing"):
        answer = send(small_hub, token, {"url": receiver.url(), "DatabaseName": name})
        assert answer["ExceptionMessage"].startswith(f"DatabaseName: {name} is not a database (")
        assert "XodConduct" not in answer["ExceptionMessage"].partition("(")[2]


def test_a_grant_has_so_many_subscriptions_and_no_more(small_hub: Hub, receiver: Receiver) -> None:
    token = small_hub.token(["School"])
    for number in range(MOST):
        assert (
            send(small_hub, token, {"url": receiver.url(f"/{number}"), "DatabaseName": "XodSchoolData"})["status"]
            == 200
        )
    answer = send(small_hub, token, {"url": receiver.url("/more"), "DatabaseName": "XodSchoolData"})
    assert (answer["status"], answer["ExceptionType"]) == (409, "Conflict")


@pytest.mark.parametrize("path", [f"{PATH}/a/b", f"/api/v1/School/{THORNFIELD}/Webhooks", f"{PATH[:-1]}"])
def test_other_addresses_of_webhooks_are_not_there(small_hub: Hub, path: str) -> None:
    assert send(small_hub, small_hub.token(["School"]), None, "GET", path)["status"] == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(small_hub: Hub, method: str) -> None:
    assert send(small_hub, small_hub.token(["School"]), None, method)["status"] == 405
