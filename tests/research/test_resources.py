"""Every resource, as its document shows it: list, add, detail, change, delete."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rollbook.dialects import research
from rollbook.model.research import ResearchSubject, SubjectProject

from ..hub import Hub
from .lab import Json, Lab

EMPTY_PAGE = {
    "meta": {"page": 1, "per_page": 20, "total_results": 0, "total_pages": 1},
    "count": 0,
    "next": None,
    "previous": None,
}


def test_a_cohort_from_its_making_to_its_end(lab: Lab):
    project = lab.project()
    one, two = lab.subject("Mouse 1", project), lab.subject("Mouse 2", project)
    added = lab.ask("POST", "stem/cohort", body={"name": "Control", "project": project, "subjects": [two, one]})
    assert added.status == 201
    cohort = added.json["cohort"]["id"]
    shown: Json = {
        "id": cohort,
        "name": "Control",
        "description": "",
        "project": project,
        "subjects": [two, one],
        "tags": [],
    }
    assert added.json == {"cohort": shown}
    assert list(added.json["cohort"]) == list(shown)
    assert lab.get(f"stem/cohort/{cohort}/") == {"cohort": shown}
    assert lab.get("stem/cohort/") == {
        "cohorts": [shown],
        "meta": {"page": 1, "per_page": 20, "total_results": 1, "total_pages": 1},
        "count": 1,
        "next": None,
        "previous": None,
    }
    changed = lab.patch("cohort", cohort, name="Controls", tags=["batch-1", "mice"])
    assert (changed.status, changed.json) == (
        200,
        {"cohort": {**shown, "name": "Controls", "tags": ["batch-1", "mice"]}},
    )
    put = lab.ask("PUT", f"stem/cohort/{cohort}/", body={"name": "All", "project": project, "subjects": [one]})
    assert (put.status, put.json["cohort"]["subjects"], put.json["cohort"]["tags"]) == (200, [one], ["batch-1", "mice"])
    gone = lab.ask("DELETE", f"stem/cohort/{cohort}/")
    assert (gone.status, gone.body) == (204, b"")
    assert lab.ask("GET", f"stem/cohort/{cohort}/").status == 404
    assert lab.get("stem/cohort/") == {"cohorts": [], **EMPTY_PAGE}
    assert lab.one("subject", one)["name"] == "Mouse 1"


def test_a_project_as_its_document_shows_it(lab: Lab):
    body = {"name": "Maze", "description": "some text", "tags": ["a", "b"], "extra_fields": {"ethics": "1", "n": 2}}
    added = lab.ask("POST", "stem/project/", body={**body, "users": {"bram@research.example": {"is_owner": True}}})
    shown: Json = {
        "id": added.json["project"]["id"],
        "name": "Maze",
        "description": "some text",
        "sessions": [],
        "subjects": [],
        "publications": [],
        "collections": [],
        "cohorts": [],
        "extra_fields": {"ethics": "1", "n": 2},
        "is_public": False,
        "tags": ["a", "b"],
        "users": {"ada@research.example": {"can_change": True, "is_manager": True, "is_owner": True}},
        "groups": {},
    }
    assert (added.status, added.json) == (201, {"project": shown})
    assert list(added.json["project"]) == list(shown)
    subject = lab.subject("Mouse 1", shown["id"])
    cohort = lab.cohort("Control", shown["id"], subject)
    assert lab.one("project", shown["id"]) == {**shown, "subjects": [subject], "cohorts": [cohort]}
    changed = lab.patch("project", shown["id"], is_public="true", subjects=[], extra_fields={}, sessions=["x"])
    assert changed.json["project"]["is_public"] is True
    assert changed.json["project"]["subjects"] == [subject]
    assert changed.json["project"]["extra_fields"] == {}


def test_a_subject_as_its_document_shows_it(lab: Lab):
    project = lab.project()
    body = {"name": "Mouse 1", "strain": lab.strain, "sex": "F", "projects": [project], "birth_date": "2023-03-22"}
    added = lab.ask("POST", "stem/subject/", body=body)
    shown: Json = {
        "id": added.json["subject"]["id"],
        "name": "Mouse 1",
        "description": "",
        "projects": [project],
        "strain": lab.strain,
        "sex": "F",
        "genetic_line": "",
        "subject_identifier": "",
        "supplier": None,
        "birth_date": "2023-03-22",
        "death_date": None,
        "extra_fields": {},
        "procedures": [],
        "subjectlogs": [],
        "tags": [],
        "name_used_in_storage": None,
    }
    assert (added.status, added.json) == (201, {"subject": shown})
    assert list(added.json["subject"]) == list(shown)
    changed = lab.patch("subject", shown["id"], birth_date=None, genetic_line="PV-Cre", extra_fields={"weight": 25})
    expected = {**shown, "birth_date": None, "genetic_line": "PV-Cre", "extra_fields": {"weight": 25}}
    assert changed.json == {"subject": expected}
    assert lab.ask("DELETE", f"stem/subject/{shown['id']}").status == 204


def test_users_see_each_other_and_keep_their_own_profile(lab: Lab):
    project = lab.project()
    lab.token("bram")
    shown: Json = {
        "id": 1,
        "email": "ada@research.example",
        "first_name": "Ada",
        "last_name": "Fenn",
        "groups_own_json": [],
        "website": "",
        "google_scholar": "",
        "orcid_id": "",
        "atlas_preference": "",
        "active_projects": [project],
    }
    assert lab.get("users/user/1/") == {"user": shown}
    # Of somebody else, only the projects that the reader is in too.
    assert lab.one("user", 1, "bram") == {**shown, "active_projects": []}
    changed = lab.patch("user", 1, website="https://fenn.example", email="ada@research.example")
    assert changed.json["user"]["website"] == "https://fenn.example"
    assert lab.patch("user", 2, website="https://other.example").status == 403
    assert lab.wrong(lab.patch("user", 1, email="other@research.example")) == {
        "email": ["cannot be changed (projects identify people by it)"]
    }
    assert [u["id"] for u in lab.get("users/user/?sort[]=-id")["users"]] == [2, 1]


def test_administrators_add_and_remove_users(lab: Lab):
    body = {"email": "Eve@Research.example", "first_name": "Eve"}
    refused = lab.ask("POST", "users/user/", "ada", body)
    assert (refused.status, refused.json) == (
        403,
        {"detail": "You do not have permission to perform this action. (only an administrator may do this)"},
    )
    assert lab.ask("DELETE", f"users/user/{lab.number('bram')}/", "ada").status == 403
    added = lab.ask("POST", "users/user/", "dana", body)
    assert (added.status, added.json["user"]["email"]) == (201, "eve@research.example")
    taken = lab.ask("POST", "users/user/", "dana", {"email": "eve@research.example"})
    assert lab.wrong(taken) == {"email": ["user with this email already exists."]}
    assert lab.ask("DELETE", f"users/user/{added.json['user']['id']}/", "dana").status == 204
    lab.token("bram")
    assert lab.ask("DELETE", f"users/user/{lab.number('bram')}/", "dana").status == 204
    assert lab.ask("GET", "users/user/", "bram").status == 401


def test_a_group_from_its_making_to_its_end(lab: Lab):
    added = lab.ask("POST", "users/group/", body={"name": "Mouse lab", "users": {"bram@research.example": {}}})
    owner = {"ada@research.example": {"is_manager": True, "is_owner": True}}
    assert (added.status, added.json) == (201, {"group": {"id": 1, "name": "Mouse lab", "users": owner}})
    lab.token("bram")
    changed = lab.patch("group", 1, name="Rat lab", users={"BRAM@research.example": {"is_manager": True}})
    # Whoever is put into a group is invited first.
    assert changed.json["group"] == {"id": 1, "name": "Rat lab", "users": owner}
    (asked,) = lab.get("users/groupmembershipinvitation/", "bram")["group_membership_invitations"]
    lab.ask("GET", f"users/groupmembershipinvitation/{asked['id']}/accept", "bram")
    assert lab.one("group", 1) == {
        "id": 1,
        "name": "Rat lab",
        "users": {**owner, "bram@research.example": {"is_manager": True, "is_owner": False}},
    }
    again = lab.ask("POST", "users/group/", "bram", {"name": "Rat lab"})
    assert lab.wrong(again) == {"name": ["group with this name already exists."]}
    assert lab.ask("DELETE", "users/group/1/").status == 204
    assert lab.get("users/group/") == {"groups": [], **EMPTY_PAGE}


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_address_is_answered_with_and_without_a_slash(lab: Lab, slash: str):
    project = lab.project()
    for path in ("stem/project", f"stem/project/{project}"):
        answer = lab.ask("GET", f"{path}{slash}")
        assert (answer.status, "location" in answer.headers) == (200, False)
    assert lab.ask("POST", f"stem/project{slash}", body={"name": "Other"}).status == 201


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("stem/cohort/", "DELETE", "GET, HEAD, POST"),
        ("stem/cohort/01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f/", "POST", "GET, HEAD, PUT, PATCH, DELETE"),
        ("stem/projectmembershipinvitation/01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f/", "PATCH", "GET, HEAD, DELETE"),
        ("taxonomies/strainapproval/", "POST", "GET, HEAD"),
        ("stem/cohort/draw/", "GET", "POST"),
    ],
)
def test_what_an_address_does_not_do_is_told_with_what_it_does(lab: Lab, path: str, method: str, allowed: str):
    answer = lab.ask(method, path, body={})
    assert (answer.status, answer.headers["allow"]) == (405, allowed)
    assert answer.json == {"detail": f'Method "{method}" not allowed. (allowed: {allowed})'}


def test_what_is_not_there_is_not_found(lab: Lab):
    assert lab.ask("GET", "stem/cohort/01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f/").json == {"detail": "Not found."}
    for path in ("stem/cohort/5/", "users/user/abc/", "users/user/99/", "users/user/9999999999999999999/"):
        answer = lab.ask("GET", path)
        assert (answer.status, answer.json) == (404, {"detail": "Not found."})
    assert lab.ask("GET", "stem/cohrt/").json == {"detail": "Not found. (did you mean stem/cohort?)"}
    assert lab.ask("GET", "taxonomies/cohort/").status == 404
    assert lab.ask("GET", "stem/project/accept/x/").status == 404


def test_head_is_like_get_without_a_body(lab: Lab):
    answer = lab.ask("HEAD", "stem/project/")
    assert (answer.status, answer.body) == (200, b"")


# ---- what is wrong with a body


def test_everything_that_is_wrong_is_told_at_once(lab: Lab):
    lab.project()
    answer = lab.ask(
        "POST", "stem/subject/", body={"name": "x" * 101, "sex": "Q", "projects": [], "birth_date": "soon"}
    )
    assert lab.wrong(answer) == {
        "name": ["Ensure this field has no more than 100 characters."],
        "projects": ["This list may not be empty."],
        "strain": ["This field is required."],
        "sex": ['"Q" is not a valid choice.'],
        "birth_date": ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."],
    }


def test_what_cannot_be_seen_is_told_like_what_is_not_there(lab: Lab):
    theirs = lab.project("Theirs", "bram")
    nowhere = "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f"
    mine = lab.project()
    for project in (theirs, nowhere):
        answer = lab.ask("POST", "stem/cohort/", body={"name": "C", "project": project})
        assert lab.wrong(answer) == {"project": [f'Invalid pk "{project}" - object does not exist.']}
    subject = lab.subject("Mouse 9", theirs, who="bram")
    for one in (subject, nowhere):
        answer = lab.ask("POST", "stem/cohort/", body={"name": "C", "project": mine, "subjects": [one]})
        assert lab.wrong(answer) == {"subjects": [f'Invalid pk "{one}" - object does not exist.']}


@pytest.mark.parametrize(
    ("model", "body", "said"),
    [
        ("cohort", {}, {"name": ["This field is required."], "project": ["This field is required."]}),
        ("cohort", {"name": " ", "project": None}, {
            "name": ["This field may not be blank."], "project": ["This field may not be null."]}),
        ("cohort", {"name": ["x"], "project": 5}, {
            "name": ["Not a valid string."], "project": ["Incorrect type. Expected pk value, received int."]}),
        ("cohort", {"name": "x\0y", "project": "x"}, {
            "name": ["Null characters are not allowed."], "project": ["“x” is not a valid UUID."]}),
        ("cohort", {"name": "x", "project": "{project}", "subjects": "s", "tags": "t"}, {
            "subjects": ['Expected a list of items but got type "str".'],
            "tags": ['Expected a list of items but got type "str".']}),
        ("cohort", {"name": "x", "project": "{project}", "description": None, "tags": [""]}, {
            "description": ["This field may not be null."], "tags": ["A tag may not be blank."]}),
        ("project", {"name": "x" * 201, "is_public": "perhaps", "publications": ["p"], "extra_fields": {"1": 1}}, {
            "name": ["Ensure this field has no more than 200 characters."],
            "publications": ['“p” is not a valid UUID.'],
            "extra_fields": ["“1” must start with a letter, then only letters, numbers and underscores."],
            "is_public": ["Must be a valid boolean."]}),
        ("project", {"name": "x", "extra_fields": {"a": [1]}, "users": []}, {
            "extra_fields": ["The value of “a” must be a string or a number."],
            "users": ['Expected a dictionary of items but got type "list".']}),
        ("project", {"name": "Maze"}, {"name": ["project with this name already exists."]}),
        ("subject", {"name": "Mouse 1", "sex": "M", "strain": "{strain}", "projects": ["{project}"], "supplier": "s"}, {
            "name": ["subject with this name already exists."],
            "supplier": ['“s” is not a valid UUID.']}),
        ("cohort", {"name": "Control", "project": "{project}"}, {
            "name": ["cohort with this name already exists in the project."]}),
        ("group", {"name": "x" * 151}, {"name": ["Ensure this field has no more than 150 characters."]}),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_taken(lab: Lab, model: str, body: dict[str, Any], said: dict[str, list[str]]):
    project = lab.project()
    lab.cohort("Control", project, lab.subject("Mouse 1", project))
    known = {"{project}": project, "{strain}": lab.strain}
    text = json.dumps(body)
    for called, identity in known.items():
        text = text.replace(called, identity)
    app = {"group": "users"}.get(model, "stem")
    # What is taken is told with what is wrong: problems of every kind stand in one answer.
    answer = lab.ask("POST", f"{app}/{model}/", body=text.encode())
    assert lab.wrong(answer) == said
    assert lab.get("stem/project/")["count"] == lab.get("stem/cohort/")["count"] == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", {"detail": "JSON parse error - Input data was truncated (send a JSON object in UTF-8)"}),
        (b"[]", {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
        (b"null", {"non_field_errors": ["Invalid data. Expected a dictionary, but got null."]}),
    ],
)
def test_a_body_that_is_no_object(lab: Lab, body: bytes, said: dict[str, Any]):
    assert lab.wrong(lab.ask("POST", "stem/project/", body=body)) == said


def test_names_are_kept_without_blanks_around_them(lab: Lab):
    assert lab.add("project", name="  Maze ")["name"] == "Maze"


def test_put_asks_for_all_that_is_required_and_patch_for_nothing(lab: Lab):
    project = lab.project()
    subject = lab.subject("Mouse 1", project)
    put = lab.ask("PUT", f"stem/subject/{subject}/", body={"description": "x"})
    required = ["This field is required."]
    assert lab.wrong(put) == {"name": required, "projects": required, "strain": required, "sex": required}
    assert lab.patch("subject", subject).status == 200


def test_what_a_resource_does_not_have_is_passed_over(lab: Lab):
    answer = lab.ask("POST", "stem/project/", body={"name": "Maze", "id": "x", "colour": "red", "subjects": "y"})
    assert answer.status == 201


def test_a_cohorts_subjects_belong_to_its_project_and_keep_their_order(lab: Lab):
    maze, wheel = lab.project("Maze"), lab.project("Wheel")
    mice = [lab.subject(f"Mouse {n}", maze) for n in range(6)]
    other = lab.subject("Mouse 9", wheel)
    answer = lab.ask("POST", "stem/cohort/", body={"name": "C", "project": maze, "subjects": [mice[0], other]})
    assert lab.wrong(answer) == {"subjects": [f'Subject "{other}" does not belong to the project.']}
    order = [mice[n] for n in (3, 1, 5, 0)]
    cohort = lab.cohort("C", maze, *order, order[0])
    assert lab.one("cohort", cohort)["subjects"] == order
    order = [mice[n] for n in (0, 5, 2, 3)]
    assert lab.patch("cohort", cohort, subjects=order).json["cohort"]["subjects"] == order
    assert lab.patch("cohort", cohort, name="D").json["cohort"]["subjects"] == order
    assert [c["subjects"] for c in lab.get("stem/cohort/")["cohorts"]] == [order]
    moved = lab.patch("cohort", cohort, project=wheel)
    assert lab.wrong(moved) == {"subjects": [f'Subject "{m}" does not belong to the project.' for m in order]}
    assert lab.patch("cohort", cohort, project=wheel, subjects=[other]).json["cohort"]["subjects"] == [other]


def test_a_name_is_taken_within_its_project_only(lab: Lab):
    maze, wheel = lab.project("Maze"), lab.project("Wheel")
    lab.cohort("Control", maze)
    assert lab.cohort("Control", wheel)
    other = lab.cohort("Other", maze)
    assert lab.wrong(lab.patch("cohort", other, name="Control")) == {
        "name": ["cohort with this name already exists in the project."]
    }
    assert lab.patch("cohort", other, name="Other").status == 200


def test_a_subject_may_belong_to_several_projects(lab: Lab):
    maze, wheel = lab.project("Maze"), lab.project("Wheel")
    mouse = lab.subject("Mouse 1", wheel, maze)
    assert lab.one("subject", mouse)["projects"] == [maze, wheel]
    cohort = lab.cohort("C", wheel, mouse)
    assert lab.wrong(lab.patch("subject", mouse, projects=[maze])) == {
        "projects": [f"the subject is in a cohort of {wheel} (take it out of the cohort first)"]
    }
    assert lab.patch("cohort", cohort, subjects=[]).status == 200
    assert lab.patch("subject", mouse, projects=[maze]).json["subject"]["projects"] == [maze]
    assert lab.one("project", wheel)["subjects"] == []


def test_deleting_a_project_takes_what_belongs_to_it_alone(lab: Lab):
    maze, wheel = lab.project("Maze"), lab.project("Wheel")
    both, one = lab.subject("Mouse 1", maze, wheel), lab.subject("Mouse 2", maze)
    lab.cohort("C", maze, both, one)
    assert lab.ask("DELETE", f"stem/project/{maze}/").status == 204
    assert lab.ask("GET", f"stem/subject/{one}/").status == 404
    assert lab.one("subject", both)["projects"] == [wheel]
    assert lab.get("stem/cohort/")["count"] == 0
    assert lab.project("Maze")


# ---- lists


def test_a_list_is_told_page_by_page(lab: Lab):
    project = lab.project()
    for n in range(5):
        lab.cohort(f"C{n}", project)
    page = lab.get("stem/cohort/?sort[]=-name&limit=2&offset=2")
    assert [c["name"] for c in page["cohorts"]] == ["C2", "C1"]
    assert list(page) == ["cohorts", "meta", "count", "next", "previous"]
    assert page["meta"] == {"page": 2, "per_page": 2, "total_results": 5, "total_pages": 3}
    assert page["count"] == 5
    at = "http://hub.example/api/private/stem/cohort/?sort%5B%5D=-name&limit=2&offset="
    assert (page["next"], page["previous"]) == (f"{at}4", f"{at}0")
    last = lab.get("stem/cohort/?limit=2&offset=4")
    assert (last["next"], len(last["cohorts"])) == (None, 1)
    assert lab.get("stem/cohort/?limit=2&offset=9")["cohorts"] == []
    assert lab.get("stem/cohort/?limit=5000")["meta"]["per_page"] == 100


def test_pages_are_told_as_each_caller_reached_the_hub(lab: Lab):
    project = lab.project(is_public=True)
    for n in range(3):
        lab.cohort(f"C{n}", project)

    def ask(**headers: str) -> str:
        return lab.hub.ask("GET", "/api/public/stem/cohort/?limit=2", None, b"", **headers).json["next"]

    assert ask(host="evil.example").startswith("http://evil.example/api/")
    assert ask(host="hub.example", x_forwarded_proto="https").startswith("https://hub.example/api/")


def test_related_resources_stand_after_the_resources(lab: Lab):
    project = lab.project()
    mice = [lab.subject(f"Mouse {n}", project) for n in range(3)]
    lab.cohort("B", project, mice[2], mice[0])
    lab.cohort("A", project, mice[0], mice[1])
    for spelling in ("subjects", "subjects.", "subjects.*"):
        page = lab.get(f"stem/cohort/?include[]={spelling}&include[]=project.*")
        assert list(page)[:3] == ["cohorts", "subjects", "projects"]
        assert [s["id"] for s in page["subjects"]] == [mice[0], mice[1], mice[2]]
        assert [p["id"] for p in page["projects"]] == [project]
    deep = lab.get("stem/cohort/?include[]=subjects.strain.species.*&exclude[]=tags&limit=1")
    assert list(deep)[:4] == ["cohorts", "subjects", "strains", "species"]
    assert [s["name"] for s in deep["species"]] == ["Mus musculus"]
    assert "tags" not in deep["cohorts"][0]
    again = lab.get("stem/project/?include[]=subjects.projects.*")
    assert [p["id"] for p in again["+projects"]] == [project]
    one = lab.get(f"stem/project/{project}/?include[]=cohorts.*&include[]=sessions.*")
    assert ([c["name"] for c in one["cohorts"]], one["sessions"]) == (["B", "A"], [])


def test_many_related_resources_are_all_there(lab: Lab):
    project, strain = lab.project(), lab.strain
    with lab.desk.store.write(0) as batch:
        ids = batch.add(ResearchSubject, [{"name": f"M{n}", "sex": "U", "strain": strain} for n in range(1203)])
        batch.add(SubjectProject, [{"subject": i, "project": project} for i in ids])
    page = lab.get("stem/project/?include[]=subjects.*")
    assert [s["id"] for s in page["subjects"]] == page["projects"][0]["subjects"]
    assert len(page["subjects"]) == 1203


def test_an_answer_stays_true_until_something_moves(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    project = lab.project()
    first = lab.get("stem/project/")
    read = 0
    before = research.read_list

    def counted(*args: Any) -> Any:
        nonlocal read
        read += 1
        return before(*args)

    monkeypatch.setattr(research, "read_list", counted)
    assert lab.get("stem/project/") == first
    lab.hub.desk.apps.add("other.example.org")
    assert lab.get("stem/project/") == first
    assert read == 0
    lab.patch("project", project, description="new")
    assert lab.get("stem/project/")["projects"][0]["description"] == "new"
    assert read == 1


def test_an_answer_ends_with_its_token(lab: Lab):
    lab.project()
    lab.get("stem/project/")
    lab.hub.now += 365 * 24 * 3600 + 1
    assert lab.ask("GET", "stem/project/").status == 401


def test_research_is_no_schools(hub: Hub):
    answer = hub.ask("GET", "/api/public/stem/project/", None, b"")
    assert answer.json == {"projects": [], **EMPTY_PAGE}
