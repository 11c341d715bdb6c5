"""DeceasedStudents: whom the school remembers."""

from __future__ import annotations

import pytest

from rollbook.model.people import Person
from rollbook.model.students import Student

from ..hub import Hub
from .tables import Caller, Row, Tables, mis_ids


def remembered(held: Tables) -> list[Row]:
    """The students whose date of death is known."""
    people = {p["id"]: p for p in held.sql("SELECT * FROM person WHERE district = ?", held.school["district"])}
    return [s for s in held.of("student") if people[s["person"]]["death_date"]]


def test_deceased_students_are_those_whose_date_of_death_is_known(app: Caller, held: Tables):
    assert app.ids("DeceasedStudents") == mis_ids(remembered(held))
    assert len(remembered(held)) == 1


def test_a_deceased_student_is_shown_with_their_dates(app: Caller, held: Tables):
    (student,) = remembered(held)
    (person,) = held.sql("SELECT * FROM person WHERE id = ?", student["person"])
    groups = held.known('"group"')
    row = app.one("DeceasedStudents")
    names = {
        "Forename": person["forename"],
        "Surname": person["surname"],
        "Gender": person["gender"],
        "DateofBirth": person["birth_date"],
        "DateOfDeath": person["death_date"],
        "UPN": student["upn"],
        "AdmissionNo": student["admission_no"],
        "EntryDate": student["entry_date"],
        "LeavingDate": student["leaving_date"],
        "ReasonForLeaving": student["reason_for_leaving"],
        "LeavingYearGroup": groups[student["leaving_year_group"]]["mis_id"],
        "LeavingRegGroup": groups[student["leaving_reg_group"]]["mis_id"],
    }
    assert {c: row[c] for c in names} == names
    assert row["DateOfDeath"] == row["LeavingDate"]


def test_a_deceased_student_is_never_on_roll(app: Caller, held: Tables):
    (student,) = remembered(held)
    assert held.roll(student) == "Leaver"
    assert app.rows(f"Students/{student['mis_id']}") == []


@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_an_id_leaves_one_student(asker: Caller, small: Tables, known_by: str):
    (first,) = remembered(small)
    second = small.students("Leaver")[-1]
    small.change(Person, second["person"], death_date="2026-09-01")
    assert asker.ids("DeceasedStudents") == mis_ids([first, second])
    assert asker.ids(f"DeceasedStudents/{second[known_by]}") == mis_ids([second])
    assert asker.ids(f"DeceasedStudents?id={first[known_by]}") == mis_ids([first])


def test_an_id_of_somebody_alive_finds_nobody(app: Caller):
    assert app.rows("DeceasedStudents/9919") == []


def test_updated_since_shows_whose_record_changed_after_that_date(asker: Caller, small: Tables):
    (first,) = remembered(small)
    second = small.students("Leaver")[-1]
    small.change(Person, second["person"], "2027-03-01T09:00:00.000", death_date="2026-09-01")
    small.change(Student, first["id"], "2027-03-02T09:00:00.000", reason_for_leaving="Died")
    assert asker.ids("DeceasedStudents?updatedSince=2027-02-28") == mis_ids([first, second])
    assert asker.ids("DeceasedStudents?updatedSince=2027-03-02") == mis_ids([first])
    assert asker.ids(f"DeceasedStudents?updatedSince=2027-02-28&id={second['mis_id']}") == mis_ids([second])
    assert asker.ids("DeceasedStudents?updatedSince=2027-03-03") == set()


def test_a_date_of_death_needs_the_scope_of_birth_dates(hub: Hub, app: Caller):
    body = hub.school("DeceasedStudents", Caller(hub, ["Student"]).token)
    assert body["ExceptionType"] == "ScopeNotHeld"
    row = Caller(hub, ["StudentLite", "StudentExtended"]).one("DeceasedStudents")
    shown = app.one("DeceasedStudents")
    assert shown.keys() - row.keys() == {"UPN", "AdmissionNo", "LeavingYearGroup", "LeavingRegGroup"}
    assert row["DateOfDeath"] == shown["DateOfDeath"]
