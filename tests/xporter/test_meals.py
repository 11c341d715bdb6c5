"""StudentMeals: what each student on roll eats on each day of the week."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rollbook.model.medical import MealPattern, MealType
from rollbook.model.students import Student

from ..hub import Hub
from .tables import Caller, Row, Tables, mis_ids

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def pattern_of(held: Tables, student: Row) -> Row:
    """A student's pattern as the store holds it."""
    (found,) = [p for p in held.of("meal_pattern") if p["student"] == student["id"]]
    return found


def test_there_is_a_row_for_each_student_on_roll(app: Caller, held: Tables):
    assert app.ids("StudentMeals") == mis_ids(held.students("OnRoll"))
    assert len(held.of("meal_pattern")) > len(held.students("OnRoll"))


def test_each_day_has_the_code_and_the_words_of_its_meal(app: Caller, held: Tables):
    kinds, students = held.known("meal_type"), {s["mis_id"]: s for s in held.of("student")}
    patterns = {p["student"]: p for p in held.of("meal_pattern")}
    for row in app.rows("StudentMeals"):
        pattern = patterns[students[row["Id"]]["id"]]
        for day in DAYS:
            kind = kinds.get(pattern[day.lower()])
            expected = (kind["code"], kind["description"]) if kind else (None, None)
            assert (row[f"{day}Code"], row[f"{day}Type"]) == expected


def test_each_day_has_a_meal_of_its_own(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    kinds = [small.add(MealType, code=f"T{n}", description=f"Type {n}") for n in range(7)]
    days = {day.lower(): kind for day, kind in zip(DAYS, kinds, strict=True)}
    small.change(MealPattern, pattern_of(small, student)["id"], **days)
    row = asker.one(f"StudentMeals/{student['mis_id']}")
    assert [row[f"{day}Code"] for day in DAYS] == [f"T{n}" for n in range(7)]
    assert [row[f"{day}Type"] for day in DAYS] == [f"Type {n}" for n in range(7)]


def test_a_student_goes_by_their_legal_names(app: Caller, held: Tables):
    (graham,) = [s for s in held.of("student") if s["mis_id"] == "9919"]
    (person,) = held.sql("SELECT * FROM person WHERE id = ?", graham["person"])
    row = app.one("StudentMeals/9919")
    assert (row["Forename"], row["Surname"]) == (person["legal_forename"], person["legal_surname"])


@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_an_id_leaves_one_student(app: Caller, held: Tables, known_by: str):
    student = held.shown_students()[3]
    assert app.ids(f"StudentMeals/{student[known_by]}") == {student["mis_id"]}
    assert app.ids(f"StudentMeals?id={student[known_by]}") == {student["mis_id"]}


def test_the_kinds_of_meal_are_listed_whoever_is_asked_for(app: Caller, held: Tables):
    expected = {(k["mis_id"], k["code"], k["description"], k["active"]) for k in held.of("meal_type")}
    for asked in ("StudentMeals", "StudentMeals/9919"):
        rows = app.rows(asked, "StudentMealTypes")
        assert {(r["Id"], r["Code"], r["Description"], r["Active"]) for r in rows} == expected
    assert {active for *_, active in expected} == {0, 1}


def test_updated_since_shows_patterns_that_changed_after_that_date(asker: Caller, small: Tables):
    first, second, *_ = small.shown_students()
    kind = next(k["id"] for k in small.of("meal_type") if k["code"] == "TR")
    small.change(MealPattern, pattern_of(small, first)["id"], "2027-03-01T09:00:00.000", friday=kind)
    small.change(MealPattern, pattern_of(small, second)["id"], "2027-03-02T09:00:00.000", friday=kind)
    assert asker.ids("StudentMeals?updatedSince=2027-02-28") == mis_ids([first, second])
    assert asker.ids("StudentMeals?updatedSince=2027-03-02") == mis_ids([second])
    assert asker.ids(f"StudentMeals?updatedSince=2027-02-28&id={first['mis_id']}") == mis_ids([first])
    assert asker.ids("StudentMeals?updatedSince=2027-03-03") == set()


def test_a_date_that_is_none_is_refused(app: Caller):
    assert "updatedSince" in app.refusal("StudentMeals?updatedSince=Friday")


def test_a_student_who_left_eats_elsewhere(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    yesterday = (date.fromisoformat(small.today) - timedelta(1)).isoformat()
    small.change(Student, student["id"], leaving_date=yesterday)
    assert student["mis_id"] not in asker.ids("StudentMeals")


def test_meals_need_one_scope_only(hub: Hub, app: Caller):
    assert Caller(hub, ["StudentExtended"]).rows("StudentMeals") == app.rows("StudentMeals")
    body = hub.school("StudentMeals", Caller(hub, ["Student"]).token)
    assert body["ExceptionType"] == "ScopeNotHeld"
