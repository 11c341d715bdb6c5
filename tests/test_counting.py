"""Counts of many records: several of the same records, made in one pass, are what each is by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from rollbook.fields import Arg, Called, Day, Expr, Many, MarkString, Not, Path, Question, Tally, Total
from rollbook.model.attendance import Mark, in_year, marks_this_year
from rollbook.model.people import Contact
from rollbook.model.students import Relationship, Student
from rollbook.store.plan.gathered import Days, Gathering, by_the_day
from rollbook.store.plan.planner import Plan, plan
from rollbook.store.plan.sights import OneSchool, Sight
from tests.looking import opened

from .hub import Hub
from .xporter.tables import Tables

YEAR = {"year_start": "2026-09-01", "year_end": "2027-08-31"}
contacts = Many("The contacts of a student", Relationship.student)
marks = Many("The session marks of a student", Mark.student, where=in_year)

OF_MARKS: dict[str, Expr] = {
    "late": Tally(marks, Mark.mark.one_of("L", "U")),
    "every": Tally(marks),
    "noted": Tally(marks, Mark.notes.known() & Mark.mark.is_not("#")),
    "minutes": Total(marks, Mark.minutes_late),
    "early minutes": Total(marks, Mark.minutes_late, Mark.mark.is_("L") | Mark.minutes_late.until(5)),
    "never": Tally(marks, Mark.mark.is_("never")),
}
OF_ONE_FACT: dict[str, Expr] = {
    "late": Tally(marks, Mark.mark.one_of("L", "U")),
    "here": Tally(marks, Mark.mark.one_of("/", "\\", "L")),
    "not here": Tally(marks, Not(Mark.mark.one_of("/", "\\", "L"))),
    "never": Tally(marks, Mark.mark.one_of("never")),
    "marks": MarkString(marks, Arg("year_start"), Arg("today")),
}
OF_CONTACTS: dict[str, Expr] = {
    "contacts": Tally(contacts),
    "known": Tally(contacts, Path((Relationship.contact,), Contact.mis_id).known()),
    "mothers": Tally(contacts, Relationship.relationship.is_("Mother")),
    "priorities": Total(contacts, Relationship.priority, Relationship.parental.is_(1)),
}


@pytest.fixture
def held(small_hub: Hub) -> Tables:
    """The tables of a small school."""
    return Tables(small_hub)


def compiled(columns: Mapping[str, Expr], sight: Sight, **asked: Any) -> Plan:
    """A question for columns of every student."""
    return plan(Question(Student, (("Id", Student.mis_id), *columns.items()), order=(Student.mis_id,), **asked), sight)


def answers(held: Tables, found: Plan, grant: str = "", **args: str) -> dict[str, dict[str, Any]]:
    """The rows that a plan finds, by id."""
    school = {"district": held.school["district"], "school": held.school["id"], "grant": grant, "today": held.today}
    school |= {"allowed_on": held.today}
    bound = {**school, **YEAR, "limit": -1, "offset": 0, **args}
    rows = [json.loads(row) for (row,) in held.hub.store.kept.plans.rows(found, bound)]
    return {row["Id"]: row for row in rows}


@pytest.mark.parametrize("columns", [OF_MARKS, OF_ONE_FACT, OF_CONTACTS, {**OF_MARKS, **OF_CONTACTS}])
def test_counts_made_together_are_those_made_alone(held: Tables, columns: dict[str, Expr]):
    sight = OneSchool({})
    together = answers(held, compiled(columns, sight))
    for name, column in columns.items():
        alone = answers(held, compiled({name: column}, sight))
        assert {i: row[name] for i, row in together.items()} == {i: row[name] for i, row in alone.items()}, name
        assert any(row[name] for row in alone.values()) == (name != "never")


def test_counts_of_the_same_records_read_them_once():
    (together,) = compiled(OF_MARKS, OneSchool({})).rows
    assert together.count('FROM "mark"') == 1
    assert compiled(OF_ONE_FACT, OneSchool({}, veils=True)).rows[0].count('FROM "mark"') == 1
    assert compiled({**OF_MARKS, **OF_CONTACTS}, OneSchool({})).rows[0].count('FROM "relationship"') == 1


def test_counts_of_one_row_are_the_same(held: Tables):
    where = Called((Student.mis_id,), Arg("id"))
    one = answers(held, compiled(OF_MARKS, OneSchool({}), where=where, few=True), id="9919")
    assert one == {"9919": answers(held, compiled(OF_MARKS, OneSchool({})))["9919"]}


def test_what_a_grant_leaves_out_is_not_counted(held: Tables):
    desk = held.hub.desk
    grant = held.hub.grant()
    everybody = answers(held, compiled(OF_CONTACTS, OneSchool({})))
    left_out = held.known("contact")[held.of("relationship")[0]["contact"]]
    desk.people.choose(grant, "contacts", "except", [left_out["mis_id"]])
    told = answers(held, compiled(OF_CONTACTS, OneSchool({"Contact": "except"})), grant.id)
    without = {r["student"] for r in held.of("relationship") if r["contact"] == left_out["id"]}
    students = held.known("student")
    changed = {i for i, row in told.items() if row["contacts"] == everybody[i]["contacts"] - 1}
    assert changed == {students[s]["mis_id"] for s in without}
    assert all(told[i] == everybody[i] for i in told.keys() - changed)


def test_marks_are_looked_up_by_student_and_day(held: Tables):
    found = compiled(
        {"here": Tally(marks_this_year), "late": Tally(marks_this_year, Mark.mark.is_("L"))}, OneSchool({})
    )
    bound = {"district": 1, "school": held.school["id"], "grant": "", "today": held.today, **YEAR}
    with opened(held.hub.store) as records:
        steps = records.execute(f"EXPLAIN QUERY PLAN {found.rows[0]}", {**bound, "limit": -1, "offset": 0}).fetchall()
    said = [step[-1] for step in steps if "mark_student" in step[-1]]
    assert len(said) == 1
    assert "COVERING INDEX" in said[0]
    assert "student=? AND kind=? AND date>? AND date<?" in said[0]


def slots(*sessions: str) -> str:
    """Sessions such as `2026-09-04AM` as statements tell of them: by their numbers, two on each day."""
    numbers = (2 * (Day.number(one[:10]) or 0) + (one[10:] == "PM") for one in sessions)
    return ",".join(map(str, numbers))


def test_an_unknown_value_is_none_of_any():
    choices = ((True, ("L",)), (False, ("L", "/")))
    assert Gathering("", choices, ()).counts({"L": 2, "": 1, "/": 1}) == (2, 1)
    gathering = Gathering("", choices[:1], (Days("first", "last", "#"),))
    make = partial(gathering.made, gathering.laid({"first": "2026-09-02", "last": "2026-09-02"}))
    assert make("0\x1e\x1e") == [b"0", b'"##"']
    assert make(f"1\x1e{slots('2026-09-02PM')}\x1eL") == [b"1", b'"#L"']
    # A mark of no half of a day counts and stands nowhere; an empty one stands as none would.
    assert make(f"3\x1e{slots('2026-09-02PM')},-1,{slots('2026-09-02AM')}\x1e\\\x1fL\x1f") == [b"1", b'"#\\\\"']


def test_marks_stand_at_their_sessions_in_whatever_order_they_come():
    three = slots("2026-09-04AM", "2026-09-02PM", "2026-09-05AM")
    assert by_the_day([*"L\\I"], three, "2026-09-02", "2026-09-04", "#") == "#\\##L#"
    assert by_the_day([], "", "2026-09-02", "2026-09-02", "#") == "##"
