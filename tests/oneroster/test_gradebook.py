"""Gradebooks and resources: what is listed, what a platform writes and reads back, and what else shows it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rollbook.fields import Record
from rollbook.model.assessment import Aspect, AssessmentResult
from rollbook.model.students import Student
from tests.hub import BRAMBLESIDE, THORNFIELD, Answer, Hub
from tests.told import entries, told

from .platform import Platform, Row

G, M, OLD = "/ims/oneroster/gradebook/v1p2", "/ims/oneroster/resources/v1p2", "/ims/oneroster/v1p1"
RIGHTS = ("roster.readonly", "gradebook.readonly", "gradebook.createput", "gradebook.delete", "resource.readonly")
MARK = {"scoreStatus": "fully graded", "scoreDate": "2026-11-09"}


@pytest.fixture
def grader(small_hub: Hub) -> Platform:
    """A platform whose key may do everything with gradebooks."""
    return Platform(small_hub, rights=RIGHTS)


def send(who: Platform, method: str, path: str, body: Any = None) -> Answer:
    """What is answered to a request that writes."""
    data = b"" if body is None else json.dumps(body).encode()
    return who.hub.ask(method, path, None, data, authorization=f"Bearer {who.token}", content_type="application/json")


def put(who: Platform, name: str, one: str, identity: str, values: Row) -> Answer:
    return send(who, "PUT", f"{G}/{name}/{identity}", {one: values})


def said(answer: Answer) -> str:
    """The description of a refusal."""
    return answer.json["imsx_description"]


def volcano(who: Platform, **more: Any) -> Row:
    """A line item of a class, whose category is there."""
    first = who.rows(f"{G}/lineItems")[0]
    assert put(who, "categories", "category", "labs", {"title": "Laboratory", "weight": 15}).status in (200, 201)
    return {
        "title": "A volcano",
        "assignDate": "2026-11-01T08:00:00Z",
        "dueDate": "2026-11-08T16:30:00+01:00",
        "class": {"sourcedId": first["class"]["sourcedId"]},
        "school": {"sourcedId": first["school"]["sourcedId"]},
        "category": {"sourcedId": "labs"},
        "resultValueMin": 0,
        "resultValueMax": 12,
        **more,
    }


def pupil(who: Platform) -> Row:
    """A student of the class of the first line item."""
    group = who.rows(f"{G}/lineItems")[0]["class"]["sourcedId"]
    return {"sourcedId": who.rows(f"classes/{group}/students")[0]["sourcedId"]}


# ---- reading


def test_what_leads_from_a_class_is_of_that_class(platform: Platform) -> None:
    item = platform.rows(f"{G}/lineItems")[0]
    group, school = item["class"]["sourcedId"], item["school"]["sourcedId"]
    titles = ["A map of the way to school", "Ten questions on Chapter 1", "A model of a lighthouse"]
    assert [one["title"] for one in platform.rows(f"{G}/classes/{group}/lineItems")] == titles
    assert [one["title"] for one in platform.rows(f"{OLD}/classes/{group}/lineItems")] == titles
    categories = [(one["title"], one["weight"]) for one in platform.rows(f"{G}/classes/{group}/categories")]
    assert categories == [("Homework", 30.0), ("Quizzes", 20.0), ("Projects", 50.0)]
    scales = platform.rows(f"{G}/classes/{group}/scoreScales")
    assert [scale["scoreScaleValue"][0] for scale in scales] == [
        {"itemValueLHS": "90-100", "itemValueRHS": "A"},
        {"itemValueLHS": "90-100", "itemValueRHS": "B"},
    ]
    results = platform.rows(f"{G}/classes/{group}/results")
    own = [one for one in results if one["lineItem"]["sourcedId"] == item["sourcedId"]]
    assert platform.rows(f"{G}/classes/{group}/lineItems/{item['sourcedId']}/results") == own
    who = own[0]["student"]["sourcedId"]
    theirs = [one for one in results if one["student"]["sourcedId"] == who]
    assert platform.rows(f"{G}/classes/{group}/students/{who}/results") == theirs
    assert len(theirs) == 3
    at_school = [one for one in platform.rows(f"{G}/lineItems") if one["school"]["sourcedId"] == school]
    assert platform.rows(f"{G}/schools/{school}/lineItems") == at_school


def test_scores_are_compared_as_numbers(platform: Platform) -> None:
    scores = [one["score"] for one in platform.rows(f"{G}/results") if "score" in one]
    best = platform.rows(f"{G}/results", sort="score", orderBy="desc", fields="score")
    assert best[0]["score"] == max(scores)
    assert len(platform.rows(f"{G}/results", filter="score>='9'")) == sum(score >= 9 for score in scores)
    assert platform.codes(f"{G}/results", 400, filter="score>'many'") == ["invaliddata"]


def test_a_resource_is_found_through_whoever_uses_it(platform: Platform) -> None:
    atlas = next(one for one in platform.rows(f"{M}/resources") if one["vendorResourceId"] == "atlas-7")
    group = platform.rows(f"{G}/lineItems")[0]["class"]["sourcedId"]
    assert platform.rows(f"{M}/classes/{group}/resources") == [atlas]
    assert [one["sourcedId"] for one in platform.one(f"classes/{group}")["resources"]] == [atlas["sourcedId"]]
    used = {
        one["vendorResourceId"]
        for user in platform.rows("users")
        for one in platform.rows(f"{M}/users/{user['sourcedId']}/resources")
    }
    assert used == {"ruler", "atlas-7-answers"}


def test_marks_of_whom_a_school_leaves_out_are_nowhere(small_hub: Hub) -> None:
    platform = Platform(small_hub, schools=(THORNFIELD,))
    before = platform.rows(f"{G}/results")
    person = before[0]["student"]["sourcedId"]
    (mis_id,) = [row["mis_id"] for row in found(small_hub, Student, person=person)]
    small_hub.desk.people.choose(small_hub.desk.grants.at(platform.app, THORNFIELD), "students", "except", [mis_id])
    left = [one for one in before if one["student"]["sourcedId"] != person]
    assert platform.rows(f"{G}/results") == left
    assert len(left) < len(before)


def found(hub: Hub, record: type[Record], **facts: str) -> list[Row]:
    """Records as they are stored."""
    district = hub.desk.schools.find(THORNFIELD)[0]
    return hub.store.kept.records.find(record, district, facts)


# ---- writing


def test_what_is_put_is_read_back_as_it_was_sent(grader: Platform) -> None:
    sent = volcano(
        grader,
        metadata={"href": "stays", "room": [1, 2]},
        learningObjectiveSet=[{"source": "case", "learningObjectiveIds": ["magma"]}],
    )
    assert put(grader, "lineItems", "lineItem", "v-1", sent).status == 201
    shown = grader.one(f"{G}/lineItems/v-1")
    assert {name: shown[name] for name in ("title", "metadata", "learningObjectiveSet")} == {
        name: sent[name] for name in ("title", "metadata", "learningObjectiveSet")
    }
    assert (shown["assignDate"], shown["dueDate"]) == ("2026-11-01T08:00:00.000Z", "2026-11-08T15:30:00.000Z")
    assert (shown["resultValueMin"], shown["resultValueMax"]) == (0.0, 12.0)
    assert shown["category"] == {"href": f"http://hub.example.org{G}/categories/labs", "sourcedId": "labs"} | {
        "type": "category"
    }
    again = {name: value for name, value in sent.items() if not name.startswith("result")} | {"title": "A geyser"}
    assert put(grader, "lineItems", "lineItem", "v-1", again).status == 200
    shown = grader.one(f"{G}/lineItems/v-1")
    assert (shown["title"], "resultValueMax" in shown) == ("A geyser", False)


def test_a_mark_that_is_put_is_an_assessment_result_of_xporter(grader: Platform) -> None:
    put(grader, "lineItems", "lineItem", "v-1", volcano(grader))
    mark = {"lineItem": {"sourcedId": "v-1"}, "student": pupil(grader), **MARK, "score": 11.5, "textScore": "A"}
    assert put(grader, "results", "result", "m-1", mark | {"comment": "It erupted", "late": "true"}).status == 201
    shown = grader.one(f"{G}/results/m-1")
    assert (shown["score"], shown["late"], shown["class"]) == (
        11.5,
        "true",
        grader.one(f"{G}/lineItems/v-1")["class"],
    )
    (aspect,) = found(grader.hub, Aspect, external_id="v-1")
    token = grader.hub.token()
    xporter = grader.hub.school(f"AssessmentResultsByAspect?Aspects={aspect['mis_id']}", token)["assessmentresults"]
    assert [(one["Result"], one["NumericValue"], one["Notes"]) for one in xporter] == [("A", 11.5, "It erupted")]
    names = {one["Name"] for one in grader.hub.school("AssessmentStructure", token)["Aspects"]}
    assert "A volcano" in names


def test_everything_that_is_wrong_is_told_at_once(grader: Platform) -> None:
    wrong = {"student": {"sourcedId": "x"}, "scoreStatus": "graded", "score": "11", "colour": "red"}
    refused = put(grader, "results", "result", "m-1", wrong | {"sourcedId": "m-2"})
    assert refused.status == 400
    for name in (
        "lineItem: is missing",
        "scoreStatus: cannot",
        "score: cannot",
        "scoreDate: is missing",
        "colour: is no",
    ):
        assert f"result.{name}" in said(refused)
    assert "result.sourcedId: is not the id in the address" in said(refused)
    lost = put(
        grader, "results", "result", "m-1", {"lineItem": {"sourcedId": "no"}, "student": {"sourcedId": "x"}, **MARK}
    )
    assert "result.lineItem: no was not found" in said(lost)
    assert "result.student: x was not found" in said(lost)


def test_several_are_created_at_once_and_keep_ids_that_are_free(grader: Platform) -> None:
    put(grader, "lineItems", "lineItem", "v-1", volcano(grader))
    marks = [{"sourcedId": "m-1", "student": pupil(grader), **MARK}, {"student": pupil(grader), **MARK}]
    made = send(grader, "POST", f"{G}/lineItems/v-1/results", {"results": marks})
    assert made.status == 201
    first, second = made.json["sourcedIdPairs"]
    assert first == {"suppliedSourcedId": "m-1", "allocatedSourcedId": "m-1"}
    ids = {one["sourcedId"] for one in grader.rows(f"{G}/lineItems/v-1/results")}
    assert ids == {"m-1", second["allocatedSourcedId"]}
    group = grader.one(f"{G}/lineItems/v-1")["class"]["sourcedId"]
    term = grader.rows("terms")[0]["sourcedId"]
    bad = [{"lineItem": {"sourcedId": "v-1"}, "student": pupil(grader), **MARK}, {"lineItem": {"sourcedId": "v-1"}}]
    path = f"{G}/classes/{group}/academicSessions/{term}/results"
    assert send(grader, "POST", path, {"results": bad}).status == 400
    assert send(grader, "POST", path, {"results": bad[:1]}).status == 201
    assert len(grader.rows(f"{G}/lineItems/v-1/results")) == 3


def test_what_others_refer_to_is_deleted_last(grader: Platform) -> None:
    put(grader, "lineItems", "lineItem", "v-1", volcano(grader))
    put(grader, "results", "result", "m-1", {"lineItem": {"sourcedId": "v-1"}, "student": pupil(grader), **MARK})
    refused = send(grader, "DELETE", f"{G}/lineItems/v-1")
    fields = refused.json["imsx_CodeMinor"]["imsx_codeMinorField"]
    assert [one["imsx_codeMinorFieldValue"] for one in fields] == ["deletefailure"]
    assert [send(grader, "DELETE", f"{G}/{path}").status for path in ("results/m-1", "lineItems/v-1")] == [204, 204]
    assert grader.ask(f"{G}/lineItems/v-1").status == 404
    assert send(grader, "DELETE", f"{G}/lineItems/v-1").status == 404


def test_an_assessment_of_no_class_belongs_to_the_only_school_that_lets_it_be_written(grader: Platform) -> None:
    body = {"title": "Reading at Christmas"}
    assert "class: is needed" in said(put(grader, "assessmentLineItems", "assessmentLineItem", "r-1", body))
    alone = Platform(grader.hub, schools=(THORNFIELD,), app="alone.example.org", rights=RIGHTS)
    assert put(alone, "assessmentLineItems", "assessmentLineItem", "r-1", body).status == 201
    assert alone.one(f"{G}/assessmentLineItems/r-1")["title"] == "Reading at Christmas"


def test_only_a_key_that_says_so_and_a_school_that_grants_it_let_marks_be_written(small_hub: Hub) -> None:
    reads = Platform(small_hub)
    assert send(reads, "PUT", f"{G}/categories/x", {"category": {"title": "X"}}).status == 403
    keyed = Platform(small_hub, ("School", "Student", "AssessmentResults"), app="keyed.example.org", rights=RIGHTS)
    refused = put(keyed, "categories", "category", "x", {"title": "X"})
    assert refused.status == 403
    assert "WritebackAssessment" in said(refused)
    only_puts = Platform(small_hub, app="puts.example.org", rights=["gradebook.createput"])
    assert put(only_puts, "categories", "category", "x", {"title": "X"}).status == 201
    assert send(only_puts, "DELETE", f"{G}/categories/x").status == 403


def test_an_id_that_is_taken_out_of_sight_is_answered_like_a_free_one(small_hub: Hub) -> None:
    other = Platform(small_hub, schools=(BRAMBLESIDE,), app="other.example.org", rights=RIGHTS)
    mine = Platform(small_hub, schools=(THORNFIELD,), app="mine.example.org", rights=RIGHTS)
    assert put(other, "lineItems", "lineItem", "quiz", volcano(other, title="Theirs")).status == 201
    assert put(mine, "lineItems", "lineItem", "quiz", volcano(mine, title="Mine")).status == 201
    assert other.one(f"{G}/lineItems/quiz")["title"] == "Theirs"
    assert mine.one(f"{G}/lineItems/quiz")["title"] == "Mine"


def test_a_client_of_1_1_leaves_what_its_version_does_not_have(grader: Platform) -> None:
    put(grader, "lineItems", "lineItem", "v-1", volcano(grader))
    mark = {"lineItem": {"sourcedId": "v-1"}, "student": pupil(grader), **MARK}
    put(grader, "results", "result", "m-1", mark | {"textScore": "A", "late": "true"})
    assert send(grader, "PUT", f"{OLD}/results/m-1", {"result": mark | {"score": 9}}).status == 200
    shown = grader.one(f"{G}/results/m-1")
    assert (shown["score"], shown["textScore"], shown["late"]) == (9.0, "A", "true")
    old = grader.one(f"{OLD}/results/m-1")
    assert old.keys() <= {"sourcedId", "status", "dateLastModified", "metadata", "lineItem", "student"} | {
        *("scoreStatus", "score", "scoreDate", "comment")
    }


def test_whoever_a_mark_is_of_is_on_the_line_of_the_write(grader: Platform) -> None:
    put(grader, "lineItems", "lineItem", "v-1", volcano(grader))
    student = pupil(grader)
    put(grader, "results", "result", "m-1", {"lineItem": {"sourcedId": "v-1"}, "student": student, **MARK})
    assert entries(grader.hub)[0].what.endpoint == "results/{id}"
    (row,) = found(grader.hub, AssessmentResult, external_id="m-1")
    assert row["student"] in told(grader.hub)


def test_a_class_has_its_line_items_however_the_address_spells_them(grader: Platform) -> None:
    group = grader.rows(f"{OLD}/lineItems")[0]["class"]["sourcedId"]
    assert grader.rows(f"{OLD}/classes/{group}/lineitems") == grader.rows(f"{OLD}/classes/{group}/lineItems")
