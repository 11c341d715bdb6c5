"""UserAsync Writeback Async."""

from __future__ import annotations

from typing import Any

import pytest

from tests.looking import look

from ..hub import BRAMBLESIDE, THORNFIELD
from .tables import Row, Tables
from .writer import Writer

CALLBACK = {"Method": "POST", "Url": "https://app.example.org/done?id=Users"}
GRAHAM = {"StudentId": "9919"}


def post(writer: Writer, *users: Row) -> dict[str, Any]:
    """The answer to a write-back of these users."""
    return writer.write("Writeback/UserAsync", {"Users": list(users), "Callback": CALLBACK})


def outcome(writer: Writer, *users: Row) -> tuple[str, str | None, dict[str, Any]]:
    """What the app is called back with: XodCompleted, ErrorMessage, and the body."""
    answer = post(writer, *users)
    assert answer["Message"] == "success", answer
    told = writer.called(answer["TrackingId"])
    return told["query"]["XodCompleted"], told["query"].get("ErrorMessage"), told["json"]


def wrong(writer: Writer, *users: Row) -> str:
    """What is said of a write-back that is not accepted."""
    answer = post(writer, *users)
    assert answer["ExceptionType"] == "ValidationError"
    return answer["ExceptionMessage"]


def username(small: Tables, table: str, mis_id: str) -> str | None:
    """The sign-in name of a human, through a role."""
    return look(
        small.hub.store,
        f"SELECT p.username FROM {table} r JOIN person p ON p.id = r.person WHERE r.school = ? AND r.mis_id = ?",
        (small.school["id"], mis_id),
    ).get


def test_a_student_is_assigned_to_a_user_and_the_app_is_called_back(writer: Writer, small: Tables):
    assert outcome(writer, {**GRAHAM, "Username": "gmossgrove27"}) == (
        "True",
        None,
        {"result": [{"StudentId": "9919", "Username": "gmossgrove27"}]},
    )
    assert username(small, "student", "9919") == "gmossgrove27"


def test_the_name_is_there_for_staff_and_contacts_and_is_taken_away_by_a_minus(writer: Writer, small: Tables):
    (staff, *_), (contact, *_) = small.staff("Current"), small.of("contact")
    ids = {"StaffId": staff["mis_id"], "ContactId": contact["mis_id"]}
    outcome(writer, *({kind: mis_id, "Username": f"user.{kind}"} for kind, mis_id in ids.items()))
    assert username(small, "staff", ids["StaffId"]) == "user.StaffId"
    assert username(small, "contact", ids["ContactId"]) == "user.ContactId"
    outcome(writer, {"StaffId": f"-{ids['StaffId']}"})
    assert username(small, "staff", ids["StaffId"]) is None


def test_a_name_that_somebody_at_another_school_has_is_answered_as_a_free_one(writer: Writer, small: Tables):
    """The app is not granted that school: a refusal would tell of whom it does not see."""
    elsewhere = Tables(writer.hub, BRAMBLESIDE)
    here = {s["person"] for table in ("staff", "student", "contact") for s in small.of(table)}
    theirs = next(
        s for s in elsewhere.staff("Current") if username(elsewhere, "staff", s["mis_id"]) and s["person"] not in here
    )
    name = username(elsewhere, "staff", theirs["mis_id"])
    assert outcome(writer, {**GRAHAM, "Username": name}) == (
        "True",
        None,
        {"result": [{"StudentId": "9919", "Username": name}]},
    )


def test_a_name_that_somebody_of_the_school_has_in_any_case_is_refused(writer: Writer, small: Tables):
    theirs = next(s["mis_id"] for s in small.staff("Current") if username(small, "staff", s["mis_id"]))
    taken = (username(small, "staff", theirs) or "").upper()
    before = username(small, "student", "9919")
    told = outcome(writer, {**GRAHAM, "Username": taken})
    assert told == ("False", f"Invalid Username provided: {taken}", {})
    assert username(small, "student", "9919") == before


def test_names_may_change_hands_within_one_write_back(writer: Writer, small: Tables):
    graham, primrose = (username(small, "student", one) for one in ("9919", "9920"))
    assert graham
    assert primrose
    swapped = [{"StudentId": "9919", "Username": primrose}, {"StudentId": "9920", "Username": graham}]
    assert outcome(writer, *swapped)[0] == "True"
    assert (username(small, "student", "9919"), username(small, "student", "9920")) == (primrose, graham)


def test_two_of_one_write_back_cannot_have_one_name_and_nothing_is_entered(writer: Writer, small: Tables):
    before = username(small, "student", "9919")
    rows = [{"StudentId": "9919", "Username": "Twin"}, {"StudentId": "9920", "Username": "twin"}]
    assert outcome(writer, *rows)[:2] == ("False", "Invalid Username provided: twin")
    assert username(small, "student", "9919") == before


def test_a_human_with_a_role_at_another_school_of_the_district_has_the_one_name(writer: Writer):
    here, there = Tables(writer.hub, THORNFIELD), Tables(writer.hub, BRAMBLESIDE)
    both = {s["person"]: s for s in here.of("contact")}
    shared = next(c for c in there.of("contact") if c["person"] in both)
    outcome(writer, {"ContactId": both[shared["person"]]["mis_id"], "Username": "one.name"})
    assert username(there, "contact", shared["mis_id"]) == "one.name"


def test_everything_that_is_wrong_is_told_at_once(writer: Writer):
    rows: list[Row] = [
        {"StudentId": "4711", "Username": "nobody"},
        {"StudentId": "9919", "StaffId": "1", "Username": "who"},
        {"Username": "nobody"},
        {"StudentId": "9919"},
        {"StudentId": "9919", "Username": "two words"},
        {"StudentId": "9919", "Username": "x" * 101},
    ]
    assert wrong(writer, *rows).split("; ") == [
        "Invalid StudentId: 4711",
        "Provide one of StudentId, StaffId and ContactId for each user",
        "Missing mandatory field Username",
        "Invalid Username provided: two words",
        f"Invalid Username provided: {'x' * 60}…",
    ]
    answer = writer.write("Writeback/UserAsync", {"Users": [{**GRAHAM, "Username": "fine"}]})
    assert answer["ExceptionMessage"] == "Missing mandatory section Callback"


def test_who_is_left_out_is_not_named(writer: Writer, small: Tables):
    before = username(small, "student", "9919")
    writer.leave_out("Student", "9919")
    writer.hold("all")
    assert wrong(writer, {**GRAHAM, "Username": "seen"}) == "Invalid StudentId: 9919"
    assert username(small, "student", "9919") == before


def test_who_is_left_out_after_it_was_queued_is_not_named_either(writer: Writer, small: Tables):
    before = username(small, "student", "9919")
    answer = post(writer, {**GRAHAM, "Username": "seen"})
    writer.leave_out("Student", "9919")
    told = writer.called(answer["TrackingId"])["query"]
    assert (told["XodCompleted"], told["ErrorMessage"]) == ("False", "Invalid StudentId: 9919")
    assert username(small, "student", "9919") == before


@pytest.mark.parametrize(
    ("scopes", "told"),
    [
        (("Student", "Staff"), "ScopeNotHeld"),
        (("WritebackUsers", "Staff"), "ValidationError"),
        (("WritebackUsers", "StudentLite"), None),
    ],
)
def test_a_role_is_named_by_those_who_may_see_it(writer: Writer, scopes: tuple[str, ...], told: str | None):
    writer.hold(*scopes)
    assert post(writer, {**GRAHAM, "Username": "gm"})["ExceptionType"] == told


def test_a_mis_that_is_not_known_takes_no_users(writer: Writer):
    writer.set_mis("Slate")
    assert wrong(writer, {**GRAHAM, "Username": "gm"}) == "User writeback is not supported for Slate"
