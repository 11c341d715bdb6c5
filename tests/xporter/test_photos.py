"""Photos: what students on roll and current staff look like."""

from __future__ import annotations

from base64 import b64decode
from datetime import date, timedelta

import pytest

from rollbook.model.people import Person, StaffPhoto
from rollbook.model.students import Student, StudentPhoto

from ..hub import Hub
from .tables import Caller, Row, Tables


def pictures(held: Tables) -> list[tuple[str, str, str]]:
    """Kind of person, MIS id and picture of everybody who is shown."""
    kinds = {"Student": held.students("OnRoll"), "Staff": held.staff("Current")}
    whose = {kind: {p["id"]: p["mis_id"] for p in people} for kind, people in kinds.items()}
    return [
        (kind, whose[kind][r["who"]], r["image"])
        for kind in kinds
        for r in held.of(f"{kind.lower()}_photo")
        if r["who"] in whose[kind]
    ]


def seen(rows: list[Row]) -> list[tuple[str, str, str]]:
    """The same of an answer."""
    return sorted((r["PersonType"], r["PersonId"], r["Photo"]) for r in rows)


def test_photos_are_those_of_students_on_roll_and_of_current_staff(app: Caller, held: Tables):
    assert seen(app.rows("Photos")) == sorted(pictures(held))
    assert len(pictures(held)) < len(held.of("student_photo")) + len(held.of("staff_photo"))


def test_there_are_as_many_photos_as_counts_says(app: Caller):
    counted = {r["Area"]: r["Count"] for r in app.rows("Counts")}
    assert len(app.rows("Photos")) == counted["Photos"]


@pytest.mark.parametrize(("written", "kind"), [("Student", "Student"), ("staff", "Staff")])
def test_a_person_type_leaves_the_photos_of_one_kind(app: Caller, held: Tables, written: str, kind: str):
    expected = [p for p in pictures(held) if p[0] == kind]
    assert seen(app.rows(f"Photos?PersonType={written}")) == sorted(expected)
    assert expected


def test_an_unknown_person_type_is_refused(app: Caller):
    assert "PersonType" in app.refusal("Photos?PersonType=Cat")


def test_an_id_that_two_people_have_shows_both_unless_one_kind_is_asked_for(asker: Caller, small: Tables):
    pictured = {p["who"] for p in small.of("student_photo")}
    student = next(s for s in small.shown_students() if s["id"] in pictured)
    staff = next(s for s in small.staff("Current") if s["id"] in {p["who"] for p in small.of("staff_photo")})
    small.change(Student, student["id"], mis_id=staff["mis_id"])
    for asked in (f"Photos/{staff['mis_id']}", f"Photos?id={staff['mis_id']}"):
        assert [r["PersonType"] for r in asker.rows(asked)] == ["Student", "Staff"]
    rows = asker.rows(f"Photos?id={staff['mis_id']}&PersonType=Staff")
    assert [r["PersonType"] for r in rows] == ["Staff"]


def test_a_photo_is_that_on_the_persons_own_record(app: Caller):
    (photo,) = app.rows("Photos?id=9919&PersonType=Student")
    student = app.one("Students/9919?includePhotos=true")
    assert (photo["Photo"], photo["PersonName"]) == (student["Photo"], "Graham Mossgrove")
    assert b64decode(photo["Photo"]).startswith(b"\x89PNG")


def test_names_are_display_names(app: Caller):
    staff = {r["Id"]: r["DisplayName"] for r in app.rows("Staff")}
    rows = app.rows("Photos?PersonType=Staff")
    assert {r["PersonId"]: r["PersonName"] for r in rows}.items() <= staff.items()


def test_updated_since_shows_photos_taken_after_that_date(asker: Caller, small: Tables):
    students = {s["id"] for s in small.students("OnRoll")}
    first = next(p for p in small.of("student_photo") if p["who"] in students)
    second = next(p for p in small.of("staff_photo") if p["who"] in {s["id"] for s in small.staff("Current")})
    small.change(StudentPhoto, first["id"], "2027-03-01T09:00:00.000", image="AAAA")
    small.change(StaffPhoto, second["id"], "2027-03-02T09:00:00.000", image="BBBB")
    assert [r["Photo"] for r in asker.rows("Photos?updatedSince=2027-02-28")] == ["AAAA", "BBBB"]
    assert [r["Photo"] for r in asker.rows("Photos?updatedSince=2027-03-02")] == ["BBBB"]
    assert asker.rows("Photos?updatedSince=2027-02-28&PersonType=Staff&id=9919") == []


def test_photos_of_a_student_and_of_staff_may_have_one_id_and_are_two_to_a_change_set(asker: Caller, small: Tables):
    student = next(p for p in small.of("student_photo") if p["who"] in {s["id"] for s in small.shown_students()})
    small.change(StudentPhoto, student["id"], mis_id="1")
    first = asker.answer("Photos?changedRows=*")["__changedRows__"][0]["NextChangedRows"]
    both = [r for r in asker.rows("Photos") if r["Id"] == "1"]
    assert [r["PersonType"] for r in both] == ["Student", "Staff"]
    staff = next(p for p in small.of("staff_photo") if p["mis_id"] == "1")
    with small.hub.store.write(small.school["district"]) as batch:
        batch.remove(StaffPhoto, staff["id"])
    then = asker.answer(f"Photos?changedRows={first}")
    assert (then["Photos"], then["Photos_deleted"]) == ([], [{"Id": "Staff.1"}])


def test_one_scope_shows_photos_with_names(hub: Hub, app: Caller):
    shown = Caller(hub, ["Photos"]).rows("Photos")
    assert [(r["PersonId"], r["PersonName"]) for r in shown] == [
        (r["PersonId"], r["PersonName"]) for r in app.rows("Photos")
    ]
    body = hub.school("Photos", Caller(hub, ["Student", "Staff"]).token)
    assert body["ExceptionType"] == "ScopeNotHeld"


def test_a_student_who_left_is_not_pictured(asker: Caller, small: Tables):
    yesterday = (date.fromisoformat(small.today) - timedelta(1)).isoformat()
    (row,) = asker.rows("Photos?id=9919&PersonType=Student")
    (graham,) = [s for s in small.of("student") if s["mis_id"] == row["PersonId"]]
    small.change(Student, graham["id"], leaving_date=yesterday)
    assert asker.rows("Photos?id=9919&PersonType=Student") == []


def test_a_photo_bears_the_new_name_of_who_is_seen(asker: Caller, small: Tables):
    (graham,) = [s for s in small.of("student") if s["mis_id"] == "9919"]
    small.change(Person, graham["person"], surname="Fenwhistle")
    assert asker.one("Photos?id=9919&PersonType=Student")["PersonName"] == "Graham Fenwhistle"


def test_the_number_of_a_photo_is_that_of_one_person(app: Caller):
    assert len(app.ids("Photos")) == len(app.rows("Photos"))
