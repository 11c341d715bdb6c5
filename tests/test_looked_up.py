"""What is worked out from others, and follows a few of them, is found by those rather than by a walk through all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rollbook.fields import Among, Arg, Question, Record, Ref, Within
from rollbook.model.timetable import ClassOfLesson, LessonInstance, RoomOfLesson, StaffOfLesson, StudentOfLesson
from rollbook.store.plan.planner import plan
from rollbook.store.plan.sights import OneSchool
from rollbook.store.sqlite import Store

from .looking import opened

BOUND = {"district": 1, "school": "", "ids": "[]", "limit": -1, "offset": 0}


@pytest.mark.parametrize("kind", [ClassOfLesson, RoomOfLesson, StaffOfLesson, StudentOfLesson])
def test_what_follows_lessons_is_found_by_their_keys(kind: type[Record], empty_folder: Path, tmp_path: Path) -> None:
    instance = kind.fields["instance"]
    assert isinstance(instance, Ref)
    lessons = Question(LessonInstance, (("Id", LessonInstance.mis_id),), where=Among(Arg("ids")))
    found = plan(Question(kind, (("Lesson", instance),), where=Within(instance, lessons)), OneSchool({}))
    with Store(shutil.copytree(empty_folder, tmp_path / "hub")) as store, opened(store) as records:
        steps = records.execute(f"EXPLAIN QUERY PLAN {found.rows[0]}", BOUND).fetchall()
    assert "SEARCH i USING INTEGER PRIMARY KEY (rowid=?)" in [step[-1] for step in steps]
