"""SeatingPlan Writeback."""

from __future__ import annotations

import pytest

from rollbook.model.timetable import Seat

from .sending import Sender, without
from .tables import Row, Tables


@pytest.fixture
def plan(sender: Sender) -> list[Row]:
    """The rows of a plan in which several students sit."""
    rows = sender.rows("SeatingPlans")
    plans = {r["PlanId"]: [one for one in rows if one["PlanId"] == r["PlanId"]] for r in rows}
    return max(plans.values(), key=len)


def seats(sender: Sender, plan: str) -> dict[str, tuple[int, int]]:
    """Who sits where in a plan."""
    rows = [r for r in sender.rows("SeatingPlans") if r["PlanId"] == plan]
    return {r["StudentId"]: (r["Row"], r["Column"]) for r in rows}


def test_what_is_read_can_be_sent_back_and_changes_nothing(sender: Sender):
    rows, before = sender.rows("SeatingPlans"), sender.writes()
    sender.done("SeatingPlan", {"SeatingPlan": rows})
    assert sender.writes() == before


def test_two_students_change_places_and_the_others_stay(sender: Sender, plan: list[Row]):
    one, other = plan[0], plan[1]
    first, before = sender.seen_from("SeatingPlans"), seats(sender, one["PlanId"])
    moved = [
        {"PlanId": one["PlanId"], "StudentId": one["StudentId"], "Row": other["Row"], "Column": other["Column"]},
        {"PlanId": one["PlanId"], "StudentId": other["StudentId"], "Row": one["Row"], "Column": one["Column"]},
    ]
    assert sender.done("SeatingPlan", {"SeatingPlan": moved}) == [{"Name": one["Name"], "ActualId": one["PlanId"]}]
    there = {r["StudentId"]: (r["Row"], r["Column"]) for r in moved}
    assert seats(sender, one["PlanId"]) == {**before, **there}
    assert {r["StudentId"] for r in sender.changes("SeatingPlans", first)["SeatingPlan"]} == set(there)


def test_a_plan_is_made_once_for_a_group_and_a_name(sender: Sender, plan: list[Row]):
    seat = {"Name": "Exam", "GroupId": plan[0]["GroupId"], "StudentId": plan[0]["StudentId"], "Row": 1, "Column": 1}
    (made,) = sender.done("SeatingPlan", {"SeatingPlan": [{**seat, "Rows": 2, "Columns": 2}]})
    assert seats(sender, made["ActualId"]) == {plan[0]["StudentId"]: (1, 1)}
    beside = {**seat, "StudentId": plan[1]["StudentId"], "Column": 2}
    assert sender.done("SeatingPlan", {"SeatingPlan": [beside]}) == [made]
    assert len(seats(sender, made["ActualId"])) == 2
    outside = {**seat, "Row": 3}
    assert sender.wrong("SeatingPlan", {"SeatingPlan": [outside]}) == ["Invalid Row provided: 3"]


def test_the_facts_of_a_plan_change_for_all_its_seats(sender: Sender, plan: list[Row]):
    sender.done("SeatingPlan", {"SeatingPlan": [{"PlanId": plan[0]["PlanId"], "Name": "By the window", "Columns": 20}]})
    rows = [r for r in sender.rows("SeatingPlans") if r["PlanId"] == plan[0]["PlanId"]]
    assert {(r["Name"], r["Columns"], r["Rows"]) for r in rows} == {("By the window", 20, plan[0]["Rows"])}
    assert len(rows) == len(plan)


def test_a_minus_takes_a_student_off_a_plan_and_empties_a_plan(sender: Sender, plan: list[Row]):
    mis_id, first = plan[0]["PlanId"], sender.seen_from("SeatingPlans")
    sender.done("SeatingPlan", {"SeatingPlan": [{"PlanId": mis_id, "StudentId": f"-{plan[0]['StudentId']}"}]})
    assert set(seats(sender, mis_id)) == {r["StudentId"] for r in plan[1:]}
    assert sender.changes("SeatingPlans", first)["SeatingPlan_deleted"] == [{"Id": plan[0]["Id"]}]
    sender.done("SeatingPlan", {"SeatingPlan": [{"PlanId": f"-{mis_id}"}]})
    assert seats(sender, mis_id) == {}


def test_a_plan_that_is_emptied_first_is_replaced(sender: Sender, plan: list[Row]):
    mis_id, student = plan[0]["PlanId"], plan[1]["StudentId"]
    alone = {"PlanId": mis_id, "StudentId": student, "Row": plan[0]["Row"], "Column": plan[0]["Column"]}
    sender.done("SeatingPlan", {"SeatingPlan": [{"PlanId": f"-{mis_id}"}, alone]})
    assert seats(sender, mis_id) == {student: (plan[0]["Row"], plan[0]["Column"])}


def test_who_is_left_out_keeps_their_seat_whatever_is_done_to_the_plan(sender: Sender, plan: list[Row]):
    mis_id, hidden, seen = plan[0]["PlanId"], plan[0], plan[1]
    other = without(sender, "Student", hidden["StudentId"])
    at = {"Row": hidden["Row"], "Column": hidden["Column"]}
    assert hidden["StudentId"] not in seats(other, mis_id)
    for student in (hidden["StudentId"], f"-{hidden['StudentId']}"):
        told = other.wrong("SeatingPlan", {"SeatingPlan": [{"PlanId": mis_id, "StudentId": student, **at}]})
        assert told == [f"Invalid StudentId: {hidden['StudentId']}"]
    # Their seat is free to whoever does not know of them, for a refusal would tell that somebody sits there.
    other.done("SeatingPlan", {"SeatingPlan": [{"PlanId": mis_id, "StudentId": seen["StudentId"], **at}]})
    assert seats(other, mis_id)[seen["StudentId"]] == (hidden["Row"], hidden["Column"])
    other.done("SeatingPlan", {"SeatingPlan": [{"PlanId": f"-{mis_id}"}]})
    assert seats(other, mis_id) == {}
    assert seats(sender, mis_id) == {hidden["StudentId"]: (hidden["Row"], hidden["Column"])}


def test_an_emptied_plan_looks_the_same_whether_or_not_somebody_unseen_is_in_it(sender: Sender, plan: list[Row]):
    mis_id = plan[0]["PlanId"]
    for other in (without(sender, "Student", plan[0]["StudentId"]), sender):
        other.done("SeatingPlan", {"SeatingPlan": [{"PlanId": f"-{mis_id}"}]})
        again = {"PlanId": mis_id, "StudentId": plan[1]["StudentId"], "Row": 1, "Column": 1}
        assert other.done("SeatingPlan", {"SeatingPlan": [again]})[0]["ActualId"] == mis_id
        assert seats(other, mis_id) == {plan[1]["StudentId"]: (1, 1)}


def test_the_seat_of_somebody_who_stays_is_taken_and_that_of_a_leaver_is_free(
    sender: Sender, plan: list[Row], small: Tables
):
    one, other = plan[0], plan[1]
    at = {"PlanId": one["PlanId"], "Row": other["Row"], "Column": other["Column"]}
    moved = {**at, "StudentId": one["StudentId"]}
    taken = [f"The seat in Row {other['Row']}, Column {other['Column']} is taken"]
    assert sender.wrong("SeatingPlan", {"SeatingPlan": [moved]}) == taken
    (seat,) = [
        s
        for s in small.of("seat")
        if small.known("student")[s["student"]]["mis_id"] == other["StudentId"]
        and small.known("seating_plan")[s["plan"]]["mis_id"] == one["PlanId"]
    ]
    leaver = small.students("Leaver")[0]["id"]
    small.change(Seat, seat["id"], student=leaver)
    sender.done("SeatingPlan", {"SeatingPlan": [moved]})


def test_everything_that_is_wrong_is_told_at_once(sender: Sender, plan: list[Row]):
    mis_id, student, other = plan[0]["PlanId"], plan[0]["StudentId"], plan[1]["StudentId"]
    rows = [
        {"Name": "Nowhere"},
        {"PlanId": "4711"},
        {"PlanId": mis_id, "RoomId": "4711", "Rows": 0, "Name": "One"},
        {"PlanId": mis_id, "StudentId": student, "Name": "Two"},
        {"PlanId": mis_id, "StudentId": other, "Row": 1, "Column": 500},
        {"PlanId": mis_id, "StudentId": other, "Row": 1, "Column": "left"},
    ]
    found = sender.wrong("SeatingPlan", {"SeatingPlan": rows})
    assert found[:7] == [
        "Invalid Column provided: left",
        "Missing mandatory field GroupId",
        "Invalid PlanId provided: 4711",
        "Only write back one Name for a seating plan",
        "Invalid RoomId provided: 4711",
        "Invalid Rows provided: 0",
        "Missing mandatory field Row",
    ]
    assert f"Only write back one seat for StudentId: {other}" in found
    assert "Invalid Column provided: 500" in found


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        (("School", "WritebackSeating"), True),
        (("EmergeForWeb", "WritebackSeating"), True),
        (("Student", "WritebackSeating"), False),
        (("School", "EmergeForWeb"), False),
    ],
)
def test_plans_are_written_by_whoever_may_read_and_change_them(
    sender: Sender, plan: list[Row], scopes: tuple[str, ...], may: bool
):
    other = Sender(sender.hub, scopes)
    answer = other.send("SeatingPlan", {"SeatingPlan": [{"PlanId": plan[0]["PlanId"], "Name": "Renamed"}]})
    assert answer["ExceptionType"] == (None if may else "ScopeNotHeld")
