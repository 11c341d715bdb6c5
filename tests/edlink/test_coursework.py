"""Coursework: what is set for a class and what came of it, written by apps and teachers, and read everywhere."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from ..hub import THORNFIELD, Answer, Hub
from .vendor import Row, Vendor

RIGHTS = ("roster.readonly", "gradebook.readonly", "gradebook.createput", "gradebook.delete")
WORK = {
    "title": "A volcano",
    "description": "<p>Build one that <b>erupts</b>.</p>",
    "due_date": "2026-12-04T16:00:00+01:00",
    "grading_type": "points",
    "points_possible": 12,
}


@pytest.fixture
def app(small_hub: Hub) -> Vendor:
    """An app whose key may read rosters and write coursework."""
    return Vendor(small_hub, rights=RIGHTS)


def send(who: Vendor, method: str, path: str, body: Any = None, **parameters: str) -> Answer:
    """What is answered to a request that writes."""
    query = urlencode({f"${name}": value for name, value in parameters.items()})
    data = b"" if body is None else json.dumps(body).encode()
    address = f"{who.base}/{path}{'?' if query else ''}{query}"
    return who.hub.ask(method, address, None, data, authorization=f"Bearer {who.token}", host="hub.example.org")


def done(answer: Answer) -> Row:
    """What was written."""
    assert answer.status == 200, answer.body
    return answer.json["$data"]


def codes(answer: Answer) -> list[str]:
    """What was refused."""
    assert 400 <= answer.status < 500, answer.body
    return [one["code"] for one in answer.json["$errors"]]


def warned(answer: Answer) -> list[str]:
    return [one["code"] for one in answer.json.get("$warnings", [])]


def room(who: Vendor) -> str:
    """A class of Thornfield that keeps a gradebook and has two students at least."""
    sql = 'SELECT "group" FROM aspect WHERE classwork = 1 AND school = ? ORDER BY key'
    found = who.sql(sql, who.school())
    return found[0][0]


def made(who: Vendor, group: str, **more: Any) -> Row:
    return done(send(who, "POST", f"classes/{group}/assignments", {**WORK, **more}))


# ---- aliases


def test_an_assignment_is_found_by_the_aliases_that_apps_give_it(app: Vendor) -> None:
    group = room(app)
    work, other = (made(app, group, title=title) for title in ("A volcano", "A glacier"))
    at = f"classes/{group}/assignments"
    answer = done(send(app, "POST", f"{at}/{work['id']}/aliases", {"type": "Edlink", "identifier": "101"}))
    assert answer == {"identifier": "101", "type": "Edlink"}
    assert app.one(f"{at}/Edlink:101")["title"] == "A volcano"
    assert app.ids(f"{at}/Edlink:101/submissions") == app.ids(f"{at}/{work['id']}/submissions")
    changed = done(send(app, "PATCH", f"{at}/Edlink:101", {"title": "A taller volcano"}))
    assert (changed["id"], changed["title"]) == (work["id"], "A taller volcano")
    # What one assignment is known by is no other's; sent once more for its own, it changes nothing.
    again = {"type": "Edlink", "identifier": "101"}
    assert codes(send(app, "POST", f"{at}/{other['id']}/aliases", again)) == ["INVALID_REQUEST_BODY"]
    assert done(send(app, "POST", f"{at}/Edlink:101/aliases", again)) == answer
    assert done(send(app, "PATCH", f"{at}/Edlink:101/aliases/Edlink:101", {"identifier": "unit"})) == {
        "identifier": "unit",
        "type": "Edlink",
    }
    assert codes(app.ask(f"{at}/Edlink:101")) == ["NOT_FOUND"]
    assert app.one(f"{at}/Edlink:unit")["id"] == work["id"]
    for wrong in ({"type": "Edlink"}, {"type": "a b", "identifier": "1"}, {"type": "a", "identifier": "1/2"}):
        assert send(app, "POST", f"{at}/{work['id']}/aliases", wrong).status == 400


def test_an_alias_of_a_draft_is_not_there_for_students(app: Vendor) -> None:
    group = room(app)
    draft = made(app, group, state="draft")
    at = f"classes/{group}/assignments"
    done(send(app, "POST", f"{at}/{draft['id']}/aliases", {"type": "lms", "identifier": "7"}))
    student = app.signed_in(app.rows(f"classes/{group}/students")[0]["id"])
    assert codes(student.ask(f"{at}/lms:7")) == codes(student.ask(f"{at}/lms:8")) == ["NOT_FOUND"]
    refused = send(student, "POST", f"{at}/{draft['id']}/aliases", {"type": "lms", "identifier": "9"})
    assert codes(refused) == ["NO_PERMISSION"]


def test_the_planner_of_the_demo_calls_its_work_by_an_alias(vendor: Vendor) -> None:
    ((group, work),) = vendor.sql(
        'SELECT "group", id FROM aspect WHERE rubric IS NOT NULL AND school = ?', vendor.school()
    )
    assert vendor.one(f"classes/{group}/assignments/planner:unit-3")["id"] == work


# ---- reading


def test_what_a_source_set_is_read_with_what_came_of_it(vendor: Vendor) -> None:
    group = room(vendor)
    first = vendor.rows(f"classes/{group}/assignments")[0]
    assert list(first) == [
        *("id", "created_date", "updated_date", "title", "description", "description_plaintext", "state"),
        *("attachments", "due_date", "display_date", "start_date", "end_date", "assignee_mode", "assignee_ids"),
        *("points_possible", "grading_type", "submission_types", "max_attempts", "properties", "identifiers"),
        *("session_id", "category_id", "rubric_id"),
    ]
    assert (first["state"], first["assignee_mode"], first["grading_type"]) == ("open", "all", "points")
    assert vendor.one(f"classes/{group}/assignments/{first['id']}") == first
    category = vendor.one(f"classes/{group}/categories/{first['category_id']}")
    assert category["title"] in ("Homework", "Quizzes", "Projects")
    found = vendor.rows(f"classes/{group}/assignments/{first['id']}/submissions")
    assert list(found[0]) == [
        *("id", "created_date", "updated_date", "state", "flags", "attachments", "grade_comment", "grade_points"),
        *("grade", "extra_attempts", "override_due_date", "properties", "identifiers", "assignment_id"),
        *("grader_id", "person_id", "rubric_grade"),
    ]
    students = {one["person_id"] for one in vendor.rows(f"classes/{group}/enrollments") if one["role"] == "student"}
    assert {one["person_id"] for one in found} >= {
        one["person_id"]
        for one in vendor.rows(f"classes/{group}/enrollments")
        if one["role"] == "student" and one["state"] == "active"
    }
    assert {one["person_id"] for one in found} <= students
    assert any(one["state"] == "returned" and one["grade_points"] is not None for one in found)
    assert vendor.one(f"classes/{group}/assignments/{first['id']}/submissions/{found[0]['id']}") == found[0]


def test_lists_are_paged_and_limited(vendor: Vendor) -> None:
    group = room(vendor)
    whole = vendor.rows(f"classes/{group}/assignments")
    path = f"classes/{group}/assignments/{whole[0]['id']}/submissions"
    every = vendor.rows(path)
    assert [one for page in vendor.follow(f"classes/{group}/assignments", first=1) for one in page] == whole
    assert [one for page in vendor.follow(path, first=2) for one in page] == every
    assert [one for page in vendor.follow(path, last=2) for one in page] == every[::-1]
    assert vendor.body(path, first=1, fields="id,state")["$data"] == [
        {"id": every[0]["id"], "state": every[0]["state"]}
    ]


def test_what_is_not_there_is_not_found(app: Vendor) -> None:
    group, none = room(app), app.school()
    work = app.rows(f"classes/{group}/assignments")[0]["id"]
    for path in (
        f"classes/{none}/assignments",
        f"classes/{group}/assignments/{none}",
        f"classes/{group}/assignments/{none}/submissions",
        f"classes/{group}/assignments/{work}/submissions/{none}",
        f"classes/{group}/categories/{none}",
        f"classes/{group}/assignments/{work}/files",
    ):
        assert app.refusal(path)[0][0] == "NOT_FOUND", path
    assert app.refusal(f"classes/{group}/assignments/1")[0][0] == "INVALID_UUID"
    assert codes(send(app, "POST", f"classes/{none}/assignments", WORK)) == ["NOT_FOUND"]
    refused = send(app, "PUT", f"classes/{group}/assignments", WORK)
    assert (codes(refused), refused.headers["allow"]) == (["UNSUPPORTED_OPERATION"], "GET, HEAD, POST")


# ---- what is set


def test_work_that_an_app_sets_is_a_line_item_and_an_aspect(app: Vendor) -> None:
    group = room(app)
    category = app.rows(f"classes/{group}/categories")[0]["id"]
    work = made(app, group, category_id=category, max_attempts=2, properties={"unit": [1, 2]}, state="locked")
    assert {n: work[n] for n in ("title", "description", "description_plaintext", "due_date", "points_possible")} == {
        "title": "A volcano",
        "description": "<p>Build one that <b>erupts</b>.</p>",
        "description_plaintext": "Build one that erupts.",
        "due_date": "2026-12-04T15:00:00.000Z",
        "points_possible": 12.0,
    }
    assert [work[n] for n in ("state", "max_attempts", "properties", "category_id")] == [
        *("locked", 2, {"unit": [1, 2]}),
        category,
    ]
    assert work in app.rows(f"classes/{group}/assignments")
    client, secret = app.hub.desk.credentials.add(app.app, "oneroster", district=1)
    token, _ = app.hub.desk.tickets.exchange("oneroster", client.key, secret, 3600)
    item = app.hub.get(
        f"/ims/oneroster/gradebook/v1p2/lineItems/{work['id']}", None, authorization=f"Bearer {token}"
    ).json["lineItem"]
    assert (item["title"], item["dueDate"], item["resultValueMax"]) == ("A volcano", "2026-12-04T15:00:00.000Z", 12.0)
    assert item["class"]["sourcedId"] == group
    names = {one["Name"] for one in app.hub.school("AssessmentStructure", app.hub.token())["Aspects"]}
    assert "A volcano" in names


def test_a_patch_changes_what_it_says_and_no_more(app: Vendor) -> None:
    group = room(app)
    work = made(app, group, max_attempts=2)
    path = f"classes/{group}/assignments/{work['id']}"
    changed = done(send(app, "PATCH", path, {"title": "A geyser", "max_attempts": None, "points_possible": 8}))
    told = {"title": "A geyser", "max_attempts": None, "points_possible": 8.0}
    assert changed == work | told | {"updated_date": changed["updated_date"]}
    # Only what $properties names is meant.
    again = done(send(app, "PATCH", path, {"title": "A spring", "points_possible": 9}, properties="points_possible"))
    assert (again["title"], again["points_possible"]) == ("A geyser", 9.0)
    assert app.one(path) == again


def test_work_is_deleted_with_its_submissions(app: Vendor) -> None:
    group = room(app)
    work = made(app, group)
    path = f"classes/{group}/assignments/{work['id']}"
    one = app.rows(f"{path}/submissions")[0]
    done(send(app, "PATCH", f"{path}/submissions/{one['id']}", {"grade_points": 3}))
    assert send(app, "DELETE", path).json["$data"] is None
    assert app.refusal(path)[0][0] == "NOT_FOUND"
    assert codes(send(app, "DELETE", path)) == ["NOT_FOUND"]
    assert app.sql("SELECT count(*) FROM assessment_result WHERE aspect = ?", work["id"]) == [(0,)]


def test_everything_that_is_wrong_is_told_at_once(app: Vendor) -> None:
    group = room(app)
    wrong = {"title": 7, "grading_type": "stars", "attachments": [{"type": "file", "data": [1]}]}
    refused = send(app, "POST", f"classes/{group}/assignments", wrong)
    assert [(e["code"], e["message"].split(":")[0]) for e in refused.json["$errors"]] == [
        ("INVALID_REQUEST_BODY", "title"),
        ("INVALID_REQUEST_BODY", "attachments"),
        ("INVALID_REQUEST_BODY", "grading_type"),
        ("MISSING_REQUIRED_FIELD", "description"),
        ("MISSING_REQUIRED_FIELD", "due_date"),
    ]
    lost = {**WORK, "session_id": app.school(), "category_id": "x"}
    assert [
        e["message"].split(":")[0] for e in send(app, "POST", f"classes/{group}/assignments", lost).json["$errors"]
    ] == [
        "session_id",
        "category_id",
    ]
    nothing = {**WORK, "points_possible": 0}
    assert codes(send(app, "POST", f"classes/{group}/assignments", nothing)) == ["ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS"]
    assert codes(send(app, "POST", f"classes/{group}/assignments", [1])) == ["INVALID_REQUEST_BODY"]
    assert codes(
        send(
            app,
            "PATCH",
            f"classes/{group}/assignments/{app.rows(f'classes/{group}/assignments')[0]['id']}",
            {"title": None},
        )
    ) == ["MISSING_REQUIRED_FIELD"]
    heeded = send(
        app, "POST", f"classes/{group}/assignments", {**WORK, "assignee_ids": [], "colour": 1, "due_date": "2026-12-04"}
    )
    assert warned(heeded) == ["ASSIGNEES_IGNORED", "FOUND_UNEXPECTED_FIELD", "DATETIME_MISSING_TIMEZONE"]


def test_a_category_is_its_schools_and_kept_while_work_is_sorted_under_it(app: Vendor) -> None:
    group = room(app)
    path = f"classes/{group}/categories"
    made_here = done(send(app, "POST", path, {"title": "Laboratory", "weight": 15, "position": 2}))
    assert [made_here[n] for n in ("title", "weight", "position", "drop_lowest")] == ["Laboratory", 15.0, 2, None]
    assert made_here in app.rows(path)
    one = f"{path}/{made_here['id']}"
    assert done(send(app, "PATCH", one, {"drop_lowest": 1}))["drop_lowest"] == 1
    work = made(app, group, category_id=made_here["id"])
    assert codes(send(app, "DELETE", one)) == ["INVALID_REQUEST"]
    done(send(app, "PATCH", f"classes/{group}/assignments/{work['id']}", {"category_id": None}))
    assert send(app, "DELETE", one).status == 200
    assert app.refusal(one)[0][0] == "NOT_FOUND"


# ---- repeats


def test_a_repeat_makes_no_second_record(app: Vendor) -> None:
    group = room(app)
    path = f"classes/{group}/assignments"
    before = len(app.rows(path))
    first = send(app, "POST", path, WORK, idempotency="once")
    assert warned(first) == []
    again = send(app, "POST", path, WORK, idempotency="once")
    assert (again.json["$data"], warned(again)) == (first.json["$data"], ["IDEMPOTENCY_KEY_REPEATED"])
    app.hub.now = app.hub.desk.clock() + 29 * 86400
    assert done(send(app, "POST", path, WORK, idempotency="once")) == first.json["$data"]
    assert len(app.rows(path)) == before + 1
    # Another app's key is another key, and so is one that was sent elsewhere, or two months ago.
    other = Vendor(app.hub, app="other.example.org", rights=RIGHTS)
    assert done(send(other, "POST", path, WORK, idempotency="once"))["id"] != first.json["$data"]["id"]
    app.hub.now += 60 * 86400
    assert done(send(app, "POST", path, WORK, idempotency="once"))["id"] != first.json["$data"]["id"]
    assert codes(send(app, "POST", path, WORK, idempotency="k" * 256)) == ["IDEMPOTENCY_KEY_TOO_LONG"]
    harmless = send(app, "PATCH", f"{path}/{first.json['$data']['id']}", {"title": "X"}, idempotency="x")
    assert warned(harmless) == ["IDEMPOTENCY_KEY_IGNORED"]


# ---- what came of it


def test_a_grade_that_an_app_sends_is_a_result(app: Vendor) -> None:
    group = room(app)
    work = made(app, group)
    path = f"classes/{group}/assignments/{work['id']}/submissions"
    one = app.rows(path)[0]
    assert (one["state"], one["grade_points"], one["created_date"]) == ("created", None, work["created_date"])
    marked = {"grade_points": 11.5, "grade": "A", "grade_comment": "It erupted", "flags": ["late"]}
    told = done(send(app, "PATCH", f"{path}/{one['id']}", marked | {"extra_attempts": 1}))
    assert {n: told[n] for n in (*marked, "id", "state", "person_id", "extra_attempts")} == {
        **marked,
        "id": one["id"],
        "state": "returned",
        "person_id": one["person_id"],
        "extra_attempts": 1,
    }
    assert app.one(f"{path}/{one['id']}") == told
    assert done(send(app, "POST", f"{path}/{one['id']}/return")) == told
    excused = done(send(app, "PATCH", f"{path}/{one['id']}", {"flags": ["excused"], "grade_points": None}))
    assert (excused["flags"], excused["grade_points"], excused["grade"]) == (["excused"], None, "A")
    ((aspect,),) = app.sql("SELECT mis_id FROM aspect WHERE id = ?", work["id"])
    shown = app.hub.school(f"AssessmentResultsByAspect?Aspects={aspect}", app.hub.token())["assessmentresults"]
    assert [(r["Result"], r["NumericValue"], r["Notes"]) for r in shown] == [("A", None, "It erupted")]
    assert codes(send(app, "POST", f"{path}/{app.rows(path)[1]['id']}/return")) == ["INVALID_REQUEST"]


def test_a_student_hands_in_and_takes_back_and_only_a_teacher_marks(app: Vendor) -> None:
    group = room(app)
    work = made(app, group)
    path = f"classes/{group}/assignments/{work['id']}"
    enrolled = [e for e in app.rows(f"classes/{group}/enrollments") if e["state"] == "active"]
    student = app.signed_in(next(e["person_id"] for e in enrolled if e["role"] == "student"))
    teacher = app.signed_in(next(e["person_id"] for e in enrolled if e["role"] == "teacher"))
    (own,) = student.rows(f"{path}/submissions")
    assert (own["person_id"], own["attempts"]) == (student.one("profile")["id"], [])
    assert len(teacher.rows(f"{path}/submissions")) > 1
    attached = {"attachments": [{"type": "link", "url": "https://example.org/volcano"}]}
    told = done(send(student, "POST", f"{path}/submit", attached, idempotency="1"))
    assert (told["id"], told["state"], told["attempts"][0]["attachments"]) == (
        *(own["id"], "submitted"),
        attached["attachments"],
    )
    assert done(send(student, "POST", f"{path}/submit", attached, idempotency="1")) == told
    assert codes(send(student, "POST", f"{path}/submit", attached)) == ["INVALID_REQUEST"]
    assert done(send(student, "POST", f"{path}/reclaim"))["state"] == "reclaimed"
    assert len(done(send(student, "POST", f"{path}/submit", attached))["attempts"]) == 2
    assert app.one(f"{path}/submissions/{own['id']}")["attachments"] == attached["attachments"]
    draft = made(teacher, group, title="Next week", state="draft")["id"]
    assert draft in teacher.ids(f"classes/{group}/assignments")
    assert draft not in student.ids(f"classes/{group}/assignments")
    assert student.refusal(f"classes/{group}/assignments/{draft}/submissions")[0][0] == "NOT_FOUND"
    grade = {"grade_points": 9}
    assert codes(send(student, "PATCH", f"{path}/submissions/{own['id']}", grade)) == ["NO_PERMISSION"]
    assert codes(send(student, "POST", f"classes/{group}/assignments", WORK)) == ["NO_PERMISSION"]
    assert done(send(teacher, "PATCH", f"{path}/submissions/{own['id']}", grade))["state"] == "returned"
    assert student.one(f"{path}/submissions/{own['id']}")["grade_points"] == 9.0
    assert codes(send(app, "POST", f"{path}/submit", attached)) == ["NO_PERMISSION"]


# ---- consent


def test_only_a_key_that_says_so_and_a_school_that_grants_it_let_coursework_be_written(small_hub: Hub) -> None:
    reads = Vendor(small_hub)
    group = room(reads)
    assert codes(send(reads, "POST", f"classes/{group}/assignments", WORK)) == ["NO_PERMISSION"]
    keyed = Vendor(small_hub, ("School", "Student", "AssessmentResults"), app="keyed.example.org", rights=RIGHTS)
    refused = send(keyed, "POST", f"classes/{group}/assignments", WORK)
    assert codes(refused) == ["NO_PERMISSION"]
    assert "WritebackAssessment" in refused.json["$errors"][0]["message"]
    adds = Vendor(small_hub, app="adds.example.org", rights=RIGHTS[:3])
    work = made(adds, group)
    assert codes(send(adds, "DELETE", f"classes/{group}/assignments/{work['id']}")) == ["NO_PERMISSION"]


def test_what_a_school_does_not_grant_is_like_what_is_not_there(small_hub: Hub) -> None:
    blind = Vendor(small_hub, ("School", "Student", "WritebackAssessment"), rights=RIGHTS)
    group = room(blind)
    work = blind.rows(f"classes/{group}/assignments")[0]
    found = blind.rows(f"classes/{group}/assignments/{work['id']}/submissions")
    assert {(one["state"], one["grade_points"], one["grade_comment"]) for one in found} == {("created", None, None)}
    path = f"classes/{group}/assignments/{work['id']}/submissions/{found[0]['id']}"
    assert {*codes(send(blind, "PATCH", path, {"grade_points": 1}))} == {"NO_PERMISSION"}
    elsewhere = Vendor(small_hub, (), elsewhere=("all",), app="elsewhere.example.org", rights=RIGHTS)
    assert elsewhere.refusal(f"classes/{group}/assignments")[0][0] == "NOT_FOUND"
    assert codes(send(elsewhere, "POST", f"classes/{group}/assignments", WORK)) == ["NOT_FOUND"]


def test_whom_a_school_leaves_out_has_no_submission(app: Vendor) -> None:
    group = room(app)
    work = made(app, group)["id"]
    path = f"classes/{group}/assignments/{work}/submissions"
    before = app.rows(path)
    ((mis_id,),) = app.sql(
        "SELECT mis_id FROM student WHERE person = ? AND school = ?", before[0]["person_id"], app.school()
    )
    app.hub.desk.people.choose(app.hub.desk.grants.at(app.app, THORNFIELD), "students", "except", [mis_id])
    assert app.ids(path) == [one["id"] for one in before[1:]]
    assert codes(send(app, "PATCH", f"{path}/{before[0]['id']}", {"grade": "A"})) == ["NOT_FOUND"]
