"""Changing records: their numbers, what moves, and the keys that the history keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.fields import RECORDS, Record, Ref, Text
from rollbook.model.calendar import Session
from rollbook.model.curriculum import Course, CourseOffering
from rollbook.model.groups import Group, StaffMembership
from rollbook.model.organisation import District, School
from rollbook.model.people import Person, Staff
from rollbook.model.students import Student, StudentMembership
from rollbook.store.sqlite import Store
from rollbook.store.writing import Batch
from tests.looking import look

from .demo_data import new_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as opened:
        opened.new_district({"id": "district", "name": "Larkspur Learning Trust", "identifier": "1000"})
        with opened.write(1) as batch:
            put_school(batch)
        yield opened


def put_school(batch: Batch) -> None:
    """A school with a student and a teacher in a class of this year, and a cohort of the whole district."""
    batch.add(School, [{"id": "school", "estab": "255901107", "name": "Grand Bend Elementary"}])
    batch.add(Session, [{"id": "fall", "school": "school", "name": "Fall Semester", "year": 2027}])
    batch.add(Course, [{"id": "maths", "code": "MATH09"}])
    batch.add(
        CourseOffering,
        [{"id": "offer", "school": "school", "session": "fall", "course": "maths", "code": "MATH09"}],
    )
    batch.add(Person, [{"id": "ann", "student_unique_id": "111111"}, {"id": "bob", "staff_unique_id": "207219"}])
    batch.add(Student, [{"id": "student", "school": "school", "person": "ann", "entry_date": "2026-08-23"}])
    batch.add(Staff, [{"id": "staff", "school": "school", "person": "bob"}])
    taught = {"kind": "TeachingGrp", "code": "MATH09-1", "external_id": "s1", "offering": "offer"}
    batch.add(Group, [{"id": "class", "school": "school", **taught}, {"id": "cohort", "kind": "Cohort", "code": "1"}])
    place = {"school": "school", "start": "2026-09-14"}
    batch.add(StudentMembership, [{"id": "place", "group": "class", "student": "student", **place}])
    batch.add(StudentMembership, [{"id": "chosen", "group": "cohort", "student": "student", **place}])
    batch.add(StaffMembership, [{"id": "lead", "group": "cohort", "staff": "staff", **place}])


def remembered(store: Store, what: str = "gone") -> dict[str, dict[str, Any]]:
    """The keys in the history, by hub id."""
    found = look(store, "SELECT id, keys FROM history WHERE what = ? ORDER BY seq", (what,)).fetchall()
    return {identity: json.loads(keys) for identity, keys in found}


def test_what_goes_leaves_the_keys_of_all_that_it_was_known_by(store: Store) -> None:
    with store.write(1) as batch:
        assert batch.remove(StudentMembership, "place") == 1
    assert remembered(store) == {
        "place": {
            "school": "school",
            "group": "class",
            "student": "student",
            "start": "2026-09-14",
            "district.identifier": "1000",
            "group.code": "MATH09-1",
            "group.kind": "TeachingGrp",
            "group.external_id": "s1",
            "group.school.estab": "255901107",
            "group.offering.code": "MATH09",
            "group.offering.session.name": "Fall Semester",
            "group.offering.session.year": 2027,
            "student.person.student_unique_id": "111111",
            # What a list of what is gone says of it besides.
            "group.school": "school",
            "student.person": "ann",
        }
    }


def test_what_goes_with_another_is_known_by_the_same_keys(store: Store) -> None:
    with store.write(1) as batch:
        assert batch.remove(Group, "cohort") == 3
    gone = remembered(store)
    assert list(gone) == ["lead", "chosen", "cohort"]
    assert gone["lead"]["staff.person.staff_unique_id"] == "207219"
    assert {keys["district.identifier"] for keys in gone.values()} == {"1000"}
    assert {name: gone["cohort"][name] for name in ("code", "kind")} == {"code": "1", "kind": "Cohort"}
    assert gone["chosen"]["group.code"] == "1"
    assert "school.estab" not in gone["cohort"]


def test_a_student_who_goes_was_known_by_their_first_day_and_the_humans_number(store: Store) -> None:
    with store.write(1) as batch:
        batch.remove(Student, "student")
        batch.remove(Person, "ann")
    gone = remembered(store)
    assert gone["student"]["person.student_unique_id"] == gone["ann"]["student_unique_id"] == "111111"
    assert (gone["student"]["entry_date"], gone["student"]["school.estab"]) == ("2026-08-23", "255901107")
    assert gone["place"]["student.person.student_unique_id"] == "111111"


@pytest.mark.parametrize(
    ("record", "identity", "changed", "was"),
    [
        (Session, "fall", {"name": "Autumn"}, {"name": "Fall Semester", "year": 2027, "school.estab": "255901107"}),
        (StudentMembership, "place", {"start": "2026-09-15"}, {"start": "2026-09-14", "group.code": "MATH09-1"}),
        (StudentMembership, "place", {"group": "cohort"}, {"group": "class", "group.code": "MATH09-1"}),
        (Person, "ann", {"student_unique_id": "222222"}, {"student_unique_id": "111111"}),
        (District, "district", {"identifier": "2000"}, {"identifier": "1000"}),
    ],
)
def test_a_change_of_a_key_leaves_the_old_ones(
    store: Store, record: type[Record], identity: str, changed: dict[str, Any], was: dict[str, Any]
) -> None:
    with store.write(1) as batch:
        batch.change(record, identity, changed)
    (old,) = remembered(store, "key").values()
    assert {name: old[name] for name in was} == was


def test_a_change_of_something_else_leaves_no_keys(store: Store) -> None:
    with store.write(1) as batch:
        batch.change(Session, "fall", {"instructional_days": 88})
        batch.change(StudentMembership, "place", {"end": "2026-09-21"})
    assert remembered(store, "key") == {}


def test_a_record_is_touched_when_what_it_refers_to_is_known_by_something_else(store: Store) -> None:
    with store.write(1) as batch:
        old = batch.keys(CourseOffering, "offer")
        batch.change(Session, "fall", {"name": "Autumn"})
        assert batch.touch(CourseOffering, "offer", old)
        assert not batch.touch(CourseOffering, "offer", batch.keys(CourseOffering, "offer"))
        row = batch.get(CourseOffering, "offer") or {}
        assert json.loads(row["changed"]) == {"session": row["seq"]}
    assert remembered(store, "key")["offer"]["session.name"] == "Fall Semester"
    moved = look(store, "SELECT school, seq FROM moved WHERE kind = 'CourseOffering'").fetchall()
    assert moved == [("school", row["seq"])]


def test_a_cohort_of_the_district_is_touched_when_the_districts_number_changes(store: Store) -> None:
    with store.write(1) as batch:
        old = batch.keys(Group, "cohort")
        batch.change(District, "district", {"identifier": "2000"})
        assert batch.touch(Group, "cohort", old)
        assert list(json.loads((batch.get(Group, "cohort") or {})["changed"])) == ["school"]
    assert remembered(store, "key")["cohort"]["district.identifier"] == "1000"


def test_a_change_at_one_school_moves_nothing_at_the_others(store: Store) -> None:
    asked = "SELECT school FROM moved WHERE kind = 'Session' ORDER BY school"
    with store.write(1) as batch:
        batch.change(Session, "fall", {"name": "Autumn"})
    assert look(store, asked).fetchall() == [("school",)]
    with store.write(1) as batch:
        batch.change(Session, "fall", {"school": None})
    assert look(store, asked).fetchall() == [("",), ("school",)]


def test_what_all_schools_share_has_a_number_that_no_school_gives(store: Store) -> None:
    found = look(store, 'SELECT id, mis_id FROM "group" ORDER BY seq').fetchall()
    assert found == [("class", "1"), ("cohort", "9000001")]


def test_a_human_without_a_number_gets_one_for_both_roles(store: Store) -> None:
    with store.write(1) as batch:
        batch.add(Person, [{"id": "eve"}])
        batch.add(Student, [{"id": "role", "school": "school", "person": "eve"}])
    asked = "SELECT student_unique_id, staff_unique_id FROM person ORDER BY seq"
    (ann, bob, eve) = look(store, asked).fetchall()
    assert ann[0] == "111111"
    assert bob[1] == "207219"
    assert eve[0] == eve[1]
    made = [ann[1], bob[0], eve[0], *(x for (x,) in look(store, "SELECT xid FROM student").fetchall())]
    assert len(set(made)) == len(made) == 5
    assert all(len(one) == 7 and one.startswith("x") for one in made)


@pytest.mark.parametrize("name", ["colour", "school.colour", "paint.estab", "shade.estab", "district.colour"])
def test_a_key_that_leads_nowhere_fails_where_it_is_declared(name: str) -> None:
    with pytest.raises(TypeError, match=f"Fence has no {name} to be known by"):

        class Fence(Record, abstract=True, natural=(name,)):  # pyright: ignore[reportUnusedClass]
            """Something between two schools."""

            school = Ref("Whose", School)
            shade = Text("Its colour", "green")


def test_every_kind_of_record_that_others_know_by_keys_says_so() -> None:
    known = {kind for kind, record in RECORDS.items() if record.natural}
    assert known >= {"District", "School", "Session", "Course", "CourseOffering", "Program", "Person", "Staff"}
    assert known >= {"Student", "Contact", "Group", "StudentMembership", "StaffMembership", "StaffAssignment"}
    assert known >= {"Relationship", "Descriptor"}


def test_what_a_kind_declares_anew_is_its_own() -> None:
    shared = {
        kind for kind, record in RECORDS.items() if isinstance(s := record.fields.get("school"), Ref) and s.shared
    }
    assert shared == {
        *("Session", "Subject", "Course", "Program", "Group", "GroupSession", "GroupProgram"),
        *("DiscountCode", "TimetableSubject", "AssessmentCategory", "Aspect", "MarkSet"),
        *("Resource", "CourseResource", "WholeDocument"),
    }
    assert next(iter(Group.fields)) == "school"
