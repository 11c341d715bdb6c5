"""What is called for, or follows a few others, is found by its key rather than by a walk through all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from rollbook.fields import Among, Arg, Called, Question, Record, Ref, Within
from rollbook.model.students import Sibling, Student
from rollbook.model.timetable import ClassOfLesson, LessonInstance, RoomOfLesson, StaffOfLesson, StudentOfLesson
from rollbook.store.kept.statements import Statements
from rollbook.store.plan.planner import plan
from rollbook.store.plan.sights import OneSchool
from rollbook.store.sqlite import Store

from .looking import opened

BOUND = {"district": 1, "school": "", "ids": "[]", "wanted": "", "limit": -1, "offset": 0}


@pytest.mark.parametrize("kind", [ClassOfLesson, RoomOfLesson, StaffOfLesson, StudentOfLesson])
def test_what_follows_lessons_is_found_by_their_keys(kind: type[Record], empty_folder: Path, tmp_path: Path) -> None:
    instance = kind.fields["instance"]
    assert isinstance(instance, Ref)
    lessons = Question(LessonInstance, (("Id", LessonInstance.mis_id),), where=Among(Arg("ids")))
    found = plan(Question(kind, (("Lesson", instance),), where=Within(instance, lessons)), OneSchool({}))
    assert "SEARCH i USING INTEGER PRIMARY KEY (rowid=?)" in steps(found.rows[0], empty_folder, tmp_path)


def test_one_who_is_called_for_is_found_by_their_key(empty_folder: Path, tmp_path: Path) -> None:
    one = Called((Student.mis_id, Student.external_id, Student.xid), Arg("wanted"))
    found = plan(Question(Student, (("Id", Student.mis_id),), where=one, order=(Student.mis_id,)), OneSchool({}))
    for statement in (*found.rows, found.ids, found.count, found.numbered):
        assert "SEARCH t1 USING INTEGER PRIMARY KEY (rowid=?)" in steps(statement, empty_folder, tmp_path)


def test_siblings_are_found_without_a_walk_through_everybodys(empty_folder: Path, tmp_path: Path) -> None:
    """They are worked out from relationships, and follow students: nothing of them is found by a student's key."""
    students = Question(Student, (("Id", Student.mis_id),), order=(Student.mis_id,))
    about = Within(Sibling.student, students)
    found = plan(Question(Sibling, (("Id", Sibling.sibling),), where=about), OneSchool({}))
    assert [step for step in steps(found.rows[0], empty_folder, tmp_path) if step.startswith("SCAN")] == []


def test_what_a_source_says_of_a_record_is_found_by_the_record(
    empty_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any]] = []

    def noted(self: Statements, statement: str, values: Any = ()) -> list[Any]:
        asked.append((statement, values))
        return []

    with Store(shutil.copytree(empty_folder, tmp_path / "asked")) as store, monkeypatch.context() as patch:
        patch.setattr(Statements, "_rows", noted)
        store.kept.matches.keys_of(1, "sis", "Person", ["x"])
        store.kept.matches.claims(1, "Person", "x")
        store.kept.matches.others(1, "sis", "Person", ["x"])
    assert len(asked) == 3
    for statement, values in asked:
        (first, *_) = steps(statement, empty_folder, tmp_path, values)
        assert "INDEX source_row_id (district=? AND id=? AND kind=?" in first


def steps(statement: str, empty_folder: Path, place: Path, bound: Any = None) -> list[str]:
    """The steps by which SQLite finds the rows of a statement."""
    explained = f"EXPLAIN QUERY PLAN {statement}"
    with Store(shutil.copytree(empty_folder, place / "hub", dirs_exist_ok=True)) as store, opened(store) as records:
        return [step[-1] for step in records.execute(explained, bound or BOUND).fetchall()]
