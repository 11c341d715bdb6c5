"""SeatingPlans: who sits where."""

from __future__ import annotations

import pytest

from rollbook.model.timetable import Seat

from .tables import Caller, Row, Tables, mis_ids


def seats(held: Tables, plans: set[str]) -> set[tuple[object, ...]]:
    """What is to be told of the seats of some plans."""
    known, groups, rooms = held.known("seating_plan"), held.known('"group"'), held.known("room")
    students = held.known("student")

    def told(seat: Row) -> tuple[object, ...]:
        plan, student = known[seat["plan"]], students[seat["student"]]["mis_id"]
        group, room = groups[plan["group"]], rooms[plan["room"]]
        return (
            f"SP-{plan['mis_id']}.PL-{student}",
            *(plan["mis_id"], plan["name"], group["mis_id"], group["name"], room["mis_id"], room["code"]),
            *(plan["rows"], plan["columns"], student, seat["row"], seat["column"]),
        )

    return {told(seat) for seat in held.of("seat") if seat["plan"] in plans}


def test_every_seat_of_every_plan_is_told(app: Caller, held: Tables):
    rows = app.rows("SeatingPlans")
    assert {tuple(row.values())[:-2] for row in rows} == seats(held, set(held.known("seating_plan")))
    assert len({row["Id"] for row in rows}) == len(rows) > 500


def test_a_group_has_its_own_plans(app: Caller, held: Tables):
    plans = held.of("seating_plan")
    group = next(p["group"] for p in plans if p["name"] == "Test conditions")
    mine = {p["id"] for p in plans if p["group"] == group}
    rows = app.rows(f"SeatingPlans?GroupId={held.known(chr(34) + 'group' + chr(34))[group]['mis_id']}")
    assert {tuple(row.values())[:-2] for row in rows} == seats(held, mine)
    assert {row["Name"] for row in rows} == {"Usual places", "Test conditions"}


def test_a_group_without_a_plan_and_one_that_is_not_there_have_no_seats(app: Caller, held: Tables):
    planned = {p["group"] for p in held.of("seating_plan")}
    other = mis_ids(g for g in held.of('"group"') if g["id"] not in planned).pop()
    assert app.rows(f"SeatingPlans?GroupId={other}") == []
    assert app.rows("SeatingPlans?GroupId=999999") == []


@pytest.mark.parametrize(("scope", "seen"), [("School", True), ("EmergeForWeb", True), ("Student", False)])
def test_either_scope_will_do(app: Caller, scope: str, seen: bool):
    caller = Caller(app.hub, (scope,))
    answer = app.hub.school("SeatingPlans", caller.token)
    assert bool(answer.get("SeatingPlan")) is seen
    if seen:
        assert answer["SeatingPlan"] == app.rows("SeatingPlans")


def test_a_student_who_moves_to_another_seat_is_a_change(asker: Caller, small: Tables):
    before = asker.answer("SeatingPlans?changedRows=*")["__changedRows__"][0]["NextChangedRows"]
    seat = small.of("seat")[0]
    small.change(Seat, seat["id"], row=9)
    answer = asker.answer(f"SeatingPlans?changedRows={before}")
    student = small.known("student")[seat["student"]]["mis_id"]
    assert [(row["StudentId"], row["Row"]) for row in answer["SeatingPlan"]] == [(student, 9)]
