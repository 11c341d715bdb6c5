"""Work that is set through Ed-Fi, and its marks, are in the gradebooks of every dialect, and theirs are in Ed-Fi."""

from __future__ import annotations

from typing import Any

import pytest

from tests.district import GRADEBOOKS, EdFi, edlink, grading_period, handed_in, word, work
from tests.hub import THORNFIELD
from tests.looking import look

from ..oneroster.platform import Platform
from ..oneroster.test_gradebook import RIGHTS, G, put
from .school_year import ESTAB, TERM, write
from .test_authorisation import granted
from .test_homing import before, opened_again
from .test_writing import plain, problem

ENTRIES, MARKED = "gradebookEntries", "studentGradebookEntries"
CLASS = ("students", "studentSchoolAssociations", "sessions", "courses", "courseOfferings", "sections")
WORK = TERM[ENTRIES] | {"dueDate": "2026-10-12", "dueTime": "15:30:00", "maxPoints": 20, "description": "To scale"}
MARK: dict[str, Any] = {
    "pointsEarned": 17.5,
    "letterGradeEarned": "B",
    "dateFulfilled": "2026-10-11",
    "diagnosticStatement": "Neat",
    "assignmentLateStatusDescriptor": word("AssignmentLateStatus", "Not Late"),
    "submissionStatusDescriptor": word("SubmissionStatus", "Graded"),
}


@pytest.fixture
def school(api: EdFi) -> EdFi:
    """A school with a class, and a student in it."""
    write(api, *CLASS, "studentSectionAssociations")
    return api


def test_work_and_its_mark_are_in_the_gradebooks_of_every_dialect(school: EdFi) -> None:
    school.post(ENTRIES, WORK)
    held = school.post(MARKED, handed_in("W-1", "7001", **MARK))
    platform = Platform(school.hub)
    (item,) = [one for one in platform.rows(f"{G}/lineItems") if one["title"] == "A map"]
    told = ("assignDate", "dueDate", "resultValueMin", "resultValueMax", "description")
    days = ["2026-10-05T00:00:00.000Z", "2026-10-12T15:30:00.000Z"]
    assert [item[name] for name in told] == [*days, 0.0, 20.0, "To scale"]
    (result,) = platform.rows(f"{G}/lineItems/{item['sourcedId']}/results")
    marked = [result[name] for name in ("score", "textScore", "scoreDate", "comment", "late", "scoreStatus")]
    assert marked == [17.5, "B", "2026-10-11", "Neat", "false", "fully graded"]
    token = school.hub.token()
    xporter = school.hub.school("AssessmentResultsByAspect?Aspects=W-1", token)["assessmentresults"]
    assert [(one["Result"], one["NumericValue"], one["Notes"]) for one in xporter] == [("B", 17.5, "Neat")]
    assert "A map" in {one["Name"] for one in school.hub.school("AssessmentStructure", token)["Aspects"]}
    vendor = edlink(school.hub, school.hub.app("sis.example.org"), THORNFIELD)
    (group,) = vendor.get("classes", filter={"name": [{"operator": "equals", "value": "A1"}]})
    (assignment,) = vendor.get(f"classes/{group['id']}/assignments")
    assert (assignment["title"], assignment["points_possible"]) == ("A map", 20.0)
    (submission,) = vendor.get(f"classes/{group['id']}/assignments/{assignment['id']}/submissions")
    assert (submission["grade_points"], submission["grade"]) == (17.5, "B")
    assert plain(school.get(f"{MARKED}/{held}")) == handed_in("W-1", "7001", **MARK)


def test_a_line_item_and_its_result_are_documents_which_ed_fi_changes(school: EdFi) -> None:
    grader = Platform(school.hub, rights=RIGHTS)
    (group,) = [one["sourcedId"] for one in grader.rows("classes") if one["title"] == "A1"]
    (pupil,) = [one["sourcedId"] for one in grader.rows(f"classes/{group}/students")]
    item = {
        "title": "A volcano",
        "assignDate": "2026-11-01T08:00:00Z",
        "dueDate": "2026-11-08T15:30:00Z",
        "class": {"sourcedId": group},
        "school": {"sourcedId": grader.rows("classes", filter="title='A1'")[0]["school"]["sourcedId"]},
        "category": {"sourcedId": "labs"},
        "resultValueMax": 12,
    }
    assert put(grader, "categories", "category", "labs", {"title": "Laboratory"}).status == 201
    assert put(grader, "lineItems", "lineItem", "v-1", item).status == 201
    mark = {"lineItem": {"sourcedId": "v-1"}, "student": {"sourcedId": pupil}, "score": 11.5, "textScore": "A"}
    mark |= {"scoreStatus": "submitted", "scoreDate": "2026-11-09"}
    assert put(grader, "results", "result", "m-1", mark).status == 201
    (entry,) = school.get(f"{ENTRIES}?title=A%20volcano")
    number = entry["gradebookEntryIdentifier"]
    told = {"namespace": f"uri://school/{ESTAB}", "dateAssigned": "2026-11-01", "dueDate": "2026-11-08"}
    in_class = {"maxPoints": 12.0, "dueTime": "15:30:00", "sectionReference": WORK["sectionReference"]}
    expected = work(number, "A volcano") | told | in_class
    assert plain(entry) == expected
    assert school.post(ENTRIES, expected | {"title": "A geyser"}, 200) == entry["id"]
    shown = grader.one(f"{G}/lineItems/v-1")
    assert (shown["title"], shown["assignDate"]) == ("A geyser", "2026-11-01T08:00:00.000Z")
    assert shown["resultValueMax"] == 12.0
    (marked,) = school.get(f"{MARKED}?gradebookEntryIdentifier={number}&studentUniqueId=7001")
    status = word("SubmissionStatus", "Submitted")
    assert (marked["pointsEarned"], marked["submissionStatusDescriptor"]) == (11.5, status)
    returned = plain(marked) | {"submissionStatusDescriptor": word("SubmissionStatus", "Returned"), "pointsEarned": 12}
    school.put(MARKED, marked["id"], returned)
    assert plain(school.get(f"{MARKED}/{marked['id']}")) == returned
    assert grader.one(f"{G}/results/m-1")["scoreStatus"] == "fully graded"
    assert school.ask("DELETE", f"{ENTRIES}/{entry['id']}").status == 409
    for name, one in ((MARKED, marked), (ENTRIES, entry)):
        assert school.ask("DELETE", f"{name}/{one['id']}").status == 204
    assert grader.ask(f"{G}/lineItems/v-1").status == 404


def test_the_gradebooks_of_the_demo_schools_are_there(shelf: EdFi) -> None:
    entries = shelf.get(f"{ENTRIES}?limit=500")
    (quiz, *_) = [one for one in entries if one["title"] == "Ten questions on Chapter 1"]
    assert {one["namespace"] for one in entries} >= {f"uri://school/{ESTAB}"}
    assert (quiz["dateAssigned"], quiz["dueTime"], quiz["maxPoints"]) == ("2026-10-12", "15:00:00", 10.0)
    query = f"gradebookEntryIdentifier={quiz['gradebookEntryIdentifier']}&namespace={quiz['namespace']}"
    marks = shelf.get(f"{MARKED}?{query}&limit=500")
    assert len(marks) > 5
    assert all(plain(one)["gradebookEntryReference"].items() <= quiz.items() for one in marks)


def test_work_of_no_class_is_every_schools_of_its_district(school: EdFi) -> None:
    alone = work("D-1", "A survey of birds", maxPoints=5)
    held = school.post(ENTRIES, alone)
    assert plain(school.get(f"{ENTRIES}/{held}")) == alone
    names = {one["Name"] for one in school.hub.school("AssessmentStructure", school.hub.token())["Aspects"]}
    assert "A survey of birds" in names
    school.post(MARKED, handed_in("D-1", "7001", pointsEarned=4))
    assert len(school.get(f"{MARKED}?gradebookEntryIdentifier=D-1")) == 1


def test_two_authorities_and_a_school_may_number_work_alike(school: EdFi) -> None:
    held = [school.post(ENTRIES, WORK | {"namespace": space}) for space in (GRADEBOOKS, "uri://other.example")]
    own = school.post(ENTRIES, WORK | {"namespace": f"uri://school/{ESTAB}"})
    assert len({*held, own}) == 3
    assert [one["id"] for one in school.get(f"{ENTRIES}?namespace=uri://other.example")] == held[1:]
    school.post(MARKED, handed_in("W-1", "7001"))
    (marked,) = school.get(MARKED + "?studentUniqueId=7001")
    assert marked["gradebookEntryReference"]["link"]["href"].endswith(held[0])


def test_marks_are_shown_to_whoever_may_see_results_and_work_to_whoever_sees_the_school(school: EdFi) -> None:
    school.post(ENTRIES, WORK)
    school.post(MARKED, handed_in("W-1", "7001", **MARK))
    little = granted(school, "Student", "School", "WritebackAssessment")
    assert [one["title"] for one in little.get(f"{ENTRIES}?gradebookEntryIdentifier=W-1")] == ["A map"]
    assert little.get(MARKED) == []
    assert problem(little.ask("POST", MARKED, handed_in("W-1", "7001", pointsEarned=1)))[0] == 403


def test_gradebooks_that_were_kept_whole_are_the_records(school: EdFi) -> None:
    with before(ENTRIES, MARKED):
        entry, gone = school.post(ENTRIES, WORK), school.post(ENTRIES, work("W-2", "A tent"))
        held = school.post(MARKED, handed_in("W-1", "7001", **MARK, numericGradeEarned=88))
        school.ask("DELETE", f"{ENTRIES}/{gone}")
    api = opened_again(school)
    assert plain(api.get(f"{ENTRIES}/{entry}")) == WORK
    assert plain(api.get(f"{MARKED}/{held}")) == handed_in("W-1", "7001", **MARK, numericGradeEarned=88)
    told = look(api.hub.store, "SELECT mis_id, classwork, assigned FROM aspect WHERE namespace = ?", (GRADEBOOKS,))
    assert list(told) == [("W-1", 1, "2026-10-05T00:00:00.000")]
    assert [one["keyValues"]["gradebookEntryIdentifier"] for one in api.get(f"{ENTRIES}/deletes")] == ["W-2"]
    api.put(ENTRIES, entry, WORK | {"maxPoints": 30})
    assert api.get(f"{ENTRIES}/{entry}")["maxPoints"] == 30


def test_a_grading_period_is_one_of_every_dialect_and_no_session_of_ed_fi(school: EdFi) -> None:
    said = grading_period("Six weeks", ESTAB)
    held = school.post("gradingPeriods", said)
    assert plain(school.get(f"gradingPeriods/{held}")) == said
    assert school.get("sessions?sessionName=Six%20weeks") == []
    reference = {n: said[n] for n in ("gradingPeriodDescriptor", "gradingPeriodName")}
    reference |= {"schoolId": ESTAB, "schoolYear": 2027}
    entry = school.post(ENTRIES, WORK | {"gradingPeriodReference": reference})
    assert plain(school.get(f"{ENTRIES}/{entry}")) == WORK | {"gradingPeriodReference": reference}
    platform = Platform(school.hub)
    (period,) = platform.rows("gradingPeriods")
    assert (period["title"], period["type"], period["startDate"]) == ("Six weeks", "gradingPeriod", "2026-08-20")
    (item,) = [one for one in platform.rows(f"{G}/lineItems") if one["title"] == "A map"]
    assert item["gradingPeriod"]["sourcedId"] == period["sourcedId"]
    assert school.ask("DELETE", f"gradingPeriods/{held}").status == 409


def test_the_grading_periods_of_an_american_school_are_told_by_their_names(shelf: EdFi) -> None:
    told = shelf.get("gradingPeriods")
    names = {f"{one} Nine Weeks" for one in ("First", "Second", "Third", "Fourth")}
    assert {one["gradingPeriodName"] for one in told} == names
    assert {one["gradingPeriodDescriptor"] for one in told} == {word("GradingPeriod", name) for name in names}
