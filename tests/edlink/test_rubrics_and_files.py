"""What work is judged by, and the files that go with it: read, written, handed in, downloaded, and guarded."""

from __future__ import annotations

from typing import Any

import pytest

from ..hub import Hub
from .test_coursework import RIGHTS, app, codes, done, made, room, send
from .vendor import Row, Vendor

__all__ = ["app"]

CRITERIA = [
    {
        "name": "Content",
        "description": "What it says",
        "weight": 0.5,
        "performance_levels": [{"name": "good", "description": None, "points": 3}, {"name": "weak", "points": 1}],
    },
    {"name": "Form", "performance_levels": [{"name": "neat", "points": 2.5}]},
]
RUBRIC = {"title": "A report", "description": "For all reports", "grading_criteria": CRITERIA}
HELLO = list(b"hello")


def lighthouse(who: Vendor) -> tuple[str, Row]:
    """The class that has handed in files, and the work."""
    group = room(who)
    (work,) = [one for one in who.rows(f"classes/{group}/assignments") if one["rubric_id"]]
    return group, work


def student_of(who: Vendor, group: str) -> str:
    found = who.rows(f"classes/{group}/enrollments")
    return next(one["person_id"] for one in found if (one["role"], one["state"]) == ("student", "active"))


# ---- rubrics


def test_work_names_the_rubric_that_it_is_judged_by(vendor: Vendor) -> None:
    group, work = lighthouse(vendor)
    (rubric,) = vendor.rows(f"classes/{group}/rubrics")
    assert (work["rubric_id"], work["grading_type"]) == (rubric["id"], "rubric")
    assert vendor.one(f"classes/{group}/rubrics/{rubric['id']}") == rubric
    assert rubric["title"] == "Things that we make"
    assert [(one["name"], one["weight"]) for one in rubric["grading_criteria"]] == [
        ("Likeness", 0.6),
        ("Teamwork", 0.4),
    ]
    assert rubric["grading_criteria"][1]["performance_levels"] == [
        {"name": "Excellent", "description": "All three made something", "points": 20.0},
        {"name": "A start", "description": "One did it alone", "points": 8.0},
    ]


def test_a_rubric_is_written_changed_and_deleted(app: Vendor) -> None:
    group = room(app)
    work = made(app, group)["id"]
    told = done(send(app, "POST", f"classes/{group}/rubrics", {**RUBRIC, "assignment_id": work}))
    assert (told["title"], told["description"], told["properties"]) == ("A report", "For all reports", {})
    assert told["grading_criteria"][1] == {
        "name": "Form",
        "description": None,
        "weight": None,
        "performance_levels": [{"name": "neat", "description": None, "points": 2.5}],
    }
    assert app.one(f"classes/{group}/assignments/{work}")["rubric_id"] == told["id"]
    path = f"classes/{group}/rubrics/{told['id']}"
    changed = done(send(app, "PATCH", path, {"grading_criteria": CRITERIA[1:]}))
    assert [one["name"] for one in changed["grading_criteria"]] == ["Form"]
    assert changed["title"] == "A report"
    assert codes(send(app, "DELETE", path)) == ["INVALID_REQUEST"]
    done(send(app, "PATCH", f"classes/{group}/assignments/{work}", {"rubric_id": None}))
    assert send(app, "DELETE", path).status == 200
    assert app.refusal(path)[0][0] == "NOT_FOUND"
    assert app.sql("SELECT count(*) FROM rubric_criterion WHERE name = 'Form'") == [(0,)]


@pytest.mark.parametrize(
    "criteria",
    [
        [],
        [{"name": "Content"}],
        [{"name": "Content", "performance_levels": []}],
        [{"name": "Content", "performance_levels": [{"name": "a", "points": -1}]}],
        [*CRITERIA, CRITERIA[0]],
        "Content",
    ],
)
def test_a_rubric_without_names_to_choose_from_is_refused(app: Vendor, criteria: Any) -> None:
    refused = send(app, "POST", f"classes/{room(app)}/rubrics", {**RUBRIC, "grading_criteria": criteria})
    assert codes(refused) == ["INVALID_REQUEST_BODY"]


def test_levels_that_are_chosen_give_the_points(app: Vendor) -> None:
    group = room(app)
    rubric = done(send(app, "POST", f"classes/{group}/rubrics", RUBRIC))["id"]
    assert codes(send(app, "POST", f"classes/{group}/assignments", {**WORK_BY_RUBRIC})) == ["MISSING_REQUIRED_FIELD"]
    work = done(send(app, "POST", f"classes/{group}/assignments", {**WORK_BY_RUBRIC, "rubric_id": rubric}))["id"]
    first, second = app.rows(f"classes/{group}/assignments/{work}/submissions")[:2]
    path = f"classes/{group}/assignments/{work}/submissions"
    chosen = {"Content": "weak", "Form": "neat"}
    marked = done(send(app, "PATCH", f"{path}/{first['id']}", {"rubric_grade": chosen}))
    assert (marked["rubric_grade"], marked["grade_points"], marked["state"]) == (chosen, 3.5, "returned")
    own = done(send(app, "PATCH", f"{path}/{second['id']}", {"rubric_grade": chosen, "grade_points": 9}))
    assert (own["rubric_grade"], own["grade_points"]) == (chosen, 9.0)
    wrong = send(app, "PATCH", f"{path}/{first['id']}", {"rubric_grade": {"Content": "neat", "Style": "good"}})
    assert codes(wrong) == ["INVALID_REQUEST"] * 2


WORK_BY_RUBRIC = {
    "title": "A volcano",
    "description": "Build one.",
    "due_date": "2026-12-04T16:00:00+01:00",
    "grading_type": "rubric",
}

# ---- files


def test_what_is_handed_out_and_handed_in_is_downloaded(vendor: Vendor) -> None:
    group, work = lighthouse(vendor)
    (plan,) = work["attachments"]
    assert (plan["type"], plan["title"], plan["size"]) == ("file", "lighthouse.txt", 55)
    answer = vendor.get(plan["url"])
    assert (answer.status, len(answer.body)) == (200, 55)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''lighthouse.txt"
    (rules,) = vendor.rows(f"classes/{group}/files")
    assert vendor.one(f"classes/{group}/files/{rules['id']}") == rules
    assert vendor.get(rules["url"]).body == b"Everybody has a part. Nobody does it alone."
    submissions = vendor.rows(f"classes/{group}/assignments/{work['id']}/submissions")
    made_by_some = [file for one in submissions for file in one["attachments"]]
    assert made_by_some
    assert vendor.get(made_by_some[0]["url"]).body == b"I made the lamp out of a jam jar."


def test_a_file_is_kept_for_a_class_and_deleted(app: Vendor) -> None:
    group = room(app)
    told = done(send(app, "POST", f"classes/{group}/files", {"title": "hi.txt", "data": HELLO, "size": 5}))
    assert list(told) == [
        *("id", "created_date", "updated_date", "type", "title", "description", "url", "size", "thumbnail_url"),
        *("share_mode", "identifiers"),
    ]
    assert (told["type"], told["size"], told["share_mode"]) == ("file", 5, "view")
    assert app.get(told["url"]).body == b"hello"
    for wrong in ([256], ["a"], "hello", None):
        assert codes(send(app, "POST", f"classes/{group}/files", {"title": "hi.txt", "data": wrong}))
    assert codes(send(app, "PATCH", f"classes/{group}/files/{told['id']}", {})) == ["UNSUPPORTED_OPERATION"]
    assert send(app, "DELETE", f"classes/{group}/files/{told['id']}").status == 200
    assert app.get(told["url"]).status == 404


def test_work_brings_files_and_lets_them_go(app: Vendor) -> None:
    group = room(app)
    hi = {"type": "file", "title": "hi.txt", "data": HELLO}
    link = {"type": "link", "url": "https://larkspur-press.example"}
    work = made(app, group, attachments=[hi, link])
    file, same = work["attachments"]
    assert (same, app.get(file["url"]).body) == (link, b"hello")
    path = f"classes/{group}/assignments/{work['id']}"
    again = done(send(app, "PATCH", path, {"attachments": [file]}))
    assert again["attachments"] == [file]
    strange = {"type": "file", "id": app.school()}
    assert codes(send(app, "PATCH", path, {"attachments": [strange]})) == ["INVALID_REQUEST"]
    assert done(send(app, "PATCH", path, {"attachments": []}))["attachments"] == []
    assert app.get(file["url"]).status == 404
    assert app.sql("SELECT count(*) FROM class_file WHERE title = 'hi.txt'") == [(0,)]


def test_a_student_hands_in_a_file_that_only_they_and_their_teachers_read(app: Vendor) -> None:
    group = room(app)
    work = made(app, group)["id"]
    students = [
        one["person_id"]
        for one in app.rows(f"classes/{group}/enrollments")
        if (one["role"], one["state"]) == ("student", "active")
    ]
    me, other = app.signed_in(students[0]), app.signed_in(students[1])
    body = {"attachments": [{"type": "file", "title": "mine.txt", "data": HELLO}]}
    told = done(send(me, "POST", f"classes/{group}/assignments/{work}/submit", body))
    (file,) = told["attempts"][0]["attachments"]
    assert (file["size"], me.get(file["url"]).body) == (5, b"hello")
    assert "/api/v2/my/" in file["url"]
    assert other.get(file["url"]).status == 404
    (seen,) = app.one(f"classes/{group}/assignments/{work}/submissions/{told['id']}")["attachments"]
    assert "/api/v2/graph/" in seen["url"]
    assert app.get(seen["url"]).body == b"hello"
    draft = made(app, group, state="draft", attachments=body["attachments"])
    hidden = draft["attachments"][0]["url"].replace("/graph/", "/my/")
    assert me.get(hidden).status == 404


def test_without_results_granted_no_file_that_was_handed_in_is_read(vendor: Vendor, small_hub: Hub) -> None:
    group, work = lighthouse(vendor)
    submissions = vendor.rows(f"classes/{group}/assignments/{work['id']}/submissions")
    file = next(file for one in submissions for file in one["attachments"])
    narrow = Vendor(
        small_hub, ("School", "Student", "Staff", "WritebackAssessment"), app="narrow.example.org", rights=RIGHTS
    )
    assert narrow.get(file["url"]).status == 404
