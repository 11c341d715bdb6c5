"""Assessments of Ed-Fi's and what students achieved in them are the record's, and so are other dialects' in Ed-Fi."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rollbook.dialects.edfi.manners.fitting import FittingPen
from rollbook.dialects.edfi.reading import START
from rollbook.edfi.resources import RESOURCES
from rollbook.edfi.schema import Resource
from tests.district import TESTS, EdFi, achieved, assessment, enrolment, student, word
from tests.hub import SAGUARO, THORNFIELD
from tests.looking import look

from ..oneroster.platform import Platform
from ..oneroster.test_gradebook import RIGHTS, G, put
from .school_year import ESTAB, write
from .test_authorisation import granted
from .test_homing import before, opened_again
from .test_writing import plain, problem

TAKEN, SAT = "assessments", "studentAssessments"
TEST = assessment("T-1", "Fractions", maxRawScore=40, assessmentForm="B")


def score(method: str, kind: str, said: str) -> dict[str, Any]:
    """A score by a method."""
    return {
        "assessmentReportingMethodDescriptor": word("AssessmentReportingMethod", method),
        "resultDatatypeTypeDescriptor": word("ResultDatatypeType", kind),
        "result": said,
    }


DONE = achieved(
    "S-1",
    "T-1",
    "7001",
    administrationDate="2026-10-05T09:30:00Z",
    scoreResults=[
        score("Percentile rank", "Percentile", "64"),
        score("Scale score", "Integer", "31"),
        score("Achievement/proficiency level", "Level", "Secure"),
        score("Raw score", "Decimal", "30.50"),
    ],
)


@pytest.fixture
def school(api: EdFi) -> EdFi:
    """A school with a student, and a test."""
    write(api, "students", "studentSchoolAssociations")
    api.post(TAKEN, TEST)
    return api


def rows_of(api: EdFi) -> list[tuple[Any, ...]]:
    """What the record has of the test."""
    asked = "SELECT r.mis_id, r.numeric_value, r.result, r.percentile FROM assessment_result r"
    return list(look(api.hub.store, f"{asked} JOIN aspect a ON a.id = r.aspect WHERE a.namespace = ?", (TESTS,)))


def whole(api: EdFi, resource: str = SAT) -> int:
    """How many documents of a resource are kept whole."""
    return len(list(look(api.hub.store, "SELECT 1 FROM whole_document WHERE resource = ?", (resource,))))


def test_a_test_and_its_score_are_in_every_dialect(school: EdFi) -> None:
    held = school.post(SAT, DONE)
    assert plain(school.get(f"{SAT}/{held}")) == DONE
    assert rows_of(school) == [("S-1", 31.0, "Secure", 64.0)]
    platform = Platform(school.hub)
    (item,) = [one for one in platform.rows(f"{G}/assessmentLineItems") if one["title"] == "Fractions"]
    assert item["resultValueMax"] == 40.0
    (result,) = platform.rows(f"{G}/assessmentResults", filter=f"assessmentLineItem.sourcedId='{item['sourcedId']}'")
    said = [result[name] for name in ("score", "textScore", "scoreDate", "scorePercentile")]
    assert said == [31.0, "Secure", "2026-10-05", 64.0]
    shown = school.hub.school("AssessmentResultsByAspect?Aspects=T-1", school.hub.token())["assessmentresults"]
    assert [(one["Result"], one["NumericValue"], one["ResultDate"]) for one in shown] == [
        ("Secure", 31.0, "2026-10-05")
    ]


def test_what_oneroster_writes_is_a_document_which_ed_fi_changes(school: EdFi) -> None:
    grader = Platform(school.hub, schools=(THORNFIELD,), app="alone.example.org", rights=RIGHTS)
    (pupil,) = [one["sourcedId"] for one in grader.rows("users") if one.get("userMasterIdentifier") == "7001"]
    test = {"title": "Times tables", "resultValueMin": 0, "resultValueMax": 25}
    assert put(grader, "assessmentLineItems", "assessmentLineItem", "t-1", test).status == 201
    mark = {"assessmentLineItem": {"sourcedId": "t-1"}, "student": {"sourcedId": pupil}, "score": 19}
    mark |= {"scoreStatus": "fully graded", "scoreDate": "2026-11-09", "scorePercentile": 80}
    assert put(grader, "assessmentResults", "assessmentResult", "m-1", mark).status == 201
    (one,) = school.get(f"{TAKEN}?assessmentTitle=Times%20tables")
    assert one["maxRawScore"] == 25.0
    named = f"assessmentIdentifier={one['assessmentIdentifier']}&namespace={one['namespace']}"
    (result,) = school.get(f"{SAT}?{named}")
    assert (result["administrationDate"], result["scoreResults"]) == (
        "2026-11-09T00:00:00Z",
        [score("Number score", "Integer", "19"), score("Percentile rank", "Percentile", "80")],
    )
    better = plain(result) | {"scoreResults": [score("Raw score", "Integer", "21")]}
    school.put(SAT, result["id"], better)
    assert plain(school.get(f"{SAT}/{result['id']}")) == better
    shown = grader.one(f"{G}/assessmentResults/m-1")
    assert (shown["score"], shown.get("scorePercentile")) == (21.0, None)


def test_what_another_dialect_changes_is_said_in_the_words_that_the_client_chose(school: EdFi) -> None:
    held = school.post(SAT, DONE)
    (row,) = [key for (key,) in look(school.hub.store, "SELECT key FROM assessment_result WHERE mis_id = 'S-1'")]
    with school.hub.store.of_district(1) as kept:
        kept.connection.execute(
            "UPDATE assessment_result SET numeric_value = 33, result = NULL, percentile = 70 WHERE key = ?", (row,)
        )
    assert plain(school.get(f"{SAT}/{held}"))["scoreResults"] == [
        score("Percentile rank", "Percentile", "70"),
        score("Scale score", "Integer", "33"),
        score("Raw score", "Decimal", "30.50"),
    ]


def test_the_assessments_of_a_school_are_there_and_their_results(shelf: EdFi) -> None:
    tests = shelf.get(f"{TAKEN}?namespace=uri://school/{ESTAB}&limit=500")
    (english,) = [one for one in tests if one["assessmentTitle"] == "English KS3 Working At"]
    assert english["academicSubjects"] == [{"academicSubjectDescriptor": word("AcademicSubject", "Other")}]
    named = f"assessmentIdentifier={english['assessmentIdentifier']}&namespace={english['namespace']}"
    some = shelf.get(f"{SAT}?{named}&limit=500")
    assert len(some) > 5
    assert {
        "administrationDate": "2025-12-03T00:00:00Z",
        "scoreResults": [score("Number score", "Integer", "7"), score("Letter grade/mark", "Level", "S-")],
    }.items() <= some[0].items()


def test_a_result_that_is_sent_back_as_it_was_read_changes_nothing(api: EdFi) -> None:
    (one,) = api.get(f"{SAT}?limit=1&offset=40")
    assert api.post(SAT, plain(one), 200) == one["id"]
    (again,) = api.get(f"{SAT}?limit=1&offset=40")
    assert again == one


@pytest.mark.parametrize("at", ["2026-10-05T00:00:00Z", "2026-10-05T23:59:59.500000Z"])
def test_a_result_is_found_by_the_moment_at_which_the_test_was_taken(school: EdFi, at: str) -> None:
    held = school.post(SAT, achieved("S-2", "T-1", "7001", administrationDate=at))
    school.post(SAT, achieved("S-3", "T-1", "7001", administrationDate="2026-10-06T00:00:00Z"))
    found = school.get(f"{SAT}?administrationDate={at}&namespace={TESTS}")
    assert [one["id"] for one in found] == [held]


def test_tests_that_no_school_owns_are_the_districts_and_one_that_names_a_school_is_its_own(school: EdFi) -> None:
    own = TEST | {
        "assessmentIdentifier": "T-2",
        "educationOrganizationReference": {"educationOrganizationId": ESTAB},
    }
    held = school.post(TAKEN, own)
    assert plain(school.get(f"{TAKEN}/{held}")) == own
    asked = "SELECT mis_id, school IS NULL FROM aspect WHERE namespace = ? ORDER BY 1"
    assert [tuple(row) for row in look(school.hub.store, asked, (TESTS,))] == [("T-1", 1), ("T-2", 0)]


def test_results_are_shown_to_whoever_may_see_results(school: EdFi) -> None:
    school.post(SAT, DONE)
    little = granted(school, "Student", "School", "WritebackAssessment")
    assert [one["assessmentTitle"] for one in little.get(f"{TAKEN}?assessmentIdentifier=T-1")] == ["Fractions"]
    assert little.get(f"{SAT}?studentUniqueId=7001") == []
    assert problem(little.ask("POST", SAT, achieved("S-9", "T-1", "7001")))[0] == 403
    more = granted(school, "Student", "School", "AssessmentResults", "WritebackAssessment")
    assert [plain(one) for one in more.get(f"{SAT}?studentUniqueId=7001")] == [DONE]


# ---- records and whole documents under one resource


@pytest.fixture
def mixed(school: EdFi, monkeypatch: pytest.MonkeyPatch) -> tuple[EdFi, list[str]]:
    """Five results, of which the second and the fourth fit no record."""
    kept = FittingPen.leads

    def leads(self: FittingPen, form: Resource, document: dict[str, Any]) -> bool:
        return document.get("serialNumber") != "odd" and kept(self, form, document)

    monkeypatch.setattr(FittingPen, "leads", leads)
    odd = {"serialNumber": "odd"}
    return (
        school,
        [school.post(SAT, achieved(f"S-{n}", "T-1", "7001", **(odd if n in (2, 4) else {}))) for n in range(1, 6)],
    )


def test_both_are_one_list_with_one_count_and_one_order(mixed: tuple[EdFi, list[str]]) -> None:
    api, ids = mixed
    asked = f"{SAT}?namespace={TESTS}"
    assert (whole(api), len(rows_of(api))) == (2, 3)
    answer = api.ask("GET", f"{asked}&totalCount=true&limit=2")
    assert answer.headers["total-count"] == "5"
    order = [one["id"] for one in api.get(asked)]
    assert sorted(order) == sorted(ids)
    assert [one["id"] for at in range(0, 5, 2) for one in api.get(f"{asked}&limit=2&offset={at}")] == order
    assert [one["id"] for one in api.get(f"{asked}&studentAssessmentIdentifier=S-4")] == [ids[3]]
    assert [one["id"] for one in api.get(f"{asked}&serialNumber=odd")] == order[:2]


def test_a_cursor_leads_through_both_and_partitions_meet_nowhere(mixed: tuple[EdFi, list[str]]) -> None:
    api, ids = mixed
    asked = f"{SAT}?namespace={TESTS}"
    order: list[str] = []
    token = START.token()
    while token:
        page = api.ask("GET", f"{asked}&pageSize=2&pageToken={token}")
        order += [one["id"] for one in json.loads(page.body)]
        token = page.headers.get("next-page-token", "")
    assert sorted(order) == sorted(ids)
    tokens = api.get(f"{SAT}/partitions?namespace={TESTS}&number=3")["pageTokens"]
    parts = [one["id"] for token in tokens for one in api.get(f"{asked}&pageSize=500&pageToken={token}")]
    assert (len(tokens), parts) == (3, order)


def test_a_document_that_fits_another_part_after_a_change_keeps_its_id_and_is_told_as_changed(
    mixed: tuple[EdFi, list[str]],
) -> None:
    api, ids = mixed
    since = api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"] + 1
    fits, odd = achieved("S-2", "T-1", "7001"), achieved("S-1", "T-1", "7001", serialNumber="odd")
    api.put(SAT, ids[1], fits)
    assert api.post(SAT, odd, 200) == ids[0]
    assert [plain(api.get(f"{SAT}/{one}")) for one in ids[:2]] == [odd, fits]
    assert (whole(api), len(rows_of(api))) == (2, 3)
    changed = api.get(f"{SAT}?minChangeVersion={since}")
    assert sorted(one["id"] for one in changed) == sorted(ids[:2])
    assert api.get(f"{SAT}/deletes?minChangeVersion={since}") == []
    for one in ids:
        assert api.ask("DELETE", f"{SAT}/{one}").status == 204
    told = {one["id"]: one["keyValues"]["studentAssessmentIdentifier"] for one in api.get(f"{SAT}/deletes")}
    assert told == {one: f"S-{n}" for n, one in enumerate(ids, 1)}


def test_a_key_is_taken_by_either(mixed: tuple[EdFi, list[str]]) -> None:
    api, ids = mixed
    for number, held in ((2, ids[1]), (3, ids[2])):
        assert api.post(SAT, achieved(f"S-{number}", "T-1", "7001", serialNumber="even"), 200) == held
    assert len(api.get(f"{SAT}?namespace={TESTS}")) == 5
    test = api.get(f"{TAKEN}?assessmentIdentifier=T-1")[0]["id"]
    assert problem(api.ask("DELETE", f"{TAKEN}/{test}"))[0] == 409


def test_what_refers_to_a_document_leads_to_it_whatever_it_is(mixed: tuple[EdFi, list[str]]) -> None:
    api, ids = mixed
    name = "studentAssessmentEducationOrganizationAssociations"
    for number in (1, 2):
        key = {n: v for n, v in achieved(f"S-{number}", "T-1", "7001").items() if n == "studentAssessmentIdentifier"}
        reference = {**key, "assessmentIdentifier": "T-1", "namespace": TESTS, "studentUniqueId": "7001"}
        document = {
            "educationOrganizationReference": {"educationOrganizationId": ESTAB},
            "studentAssessmentReference": reference,
            "educationOrganizationAssociationTypeDescriptor": word(
                "EducationOrganizationAssociationType", "Attribution"
            ),
        }
        held = api.post(name, document)
        assert plain(api.get(f"{name}/{held}")) == document
        assert problem(api.ask("DELETE", f"{SAT}/{ids[number - 1]}"))[0] == 409


def test_a_result_whose_test_is_in_another_district_is_kept_whole_in_the_same_list(school: EdFi) -> None:
    estab = int(SAGUARO)
    school.post("students", student("7009"))
    school.post("studentSchoolAssociations", enrolment("7009", estab))
    held = [school.post(SAT, DONE), school.post(SAT, away := DONE | achieved("S-1", "T-1", "7009"))]
    assert (whole(school), len(rows_of(school))) == (1, 1)
    assert [plain(school.get(f"{SAT}/{one}")) for one in held] == [DONE, away]
    found = school.get(f"{SAT}?assessmentIdentifier=T-1&namespace={TESTS}")
    assert sorted(one["id"] for one in found) == sorted(held)
    assert school.post(SAT, away | {"serialNumber": "9"}, 200) == held[1]
    (test,) = school.get(f"{TAKEN}?assessmentIdentifier=T-1&namespace={TESTS}")
    assert school.ask("DELETE", f"{SAT}/{held[0]}").status == 204
    assert problem(school.ask("DELETE", f"{TAKEN}/{test['id']}"))[0] == 409


def test_documents_that_were_kept_whole_come_home_or_stay_and_are_shown(school: EdFi) -> None:
    with before(TAKEN, SAT):
        other = school.post(TAKEN, assessment("T-7", "Decimals", maxRawScore=12))
        held = school.post(SAT, achieved("S-7", "T-7", "7001", scoreResults=DONE["scoreResults"]))
        part = school.post("objectiveAssessments", _part("T-7"))
        gone = school.post(SAT, achieved("S-8", "T-7", "7001"))
        school.ask("DELETE", f"{SAT}/{gone}")
    api = opened_again(school)
    assert (whole(api, TAKEN), whole(api)) == (0, 0)
    assert plain(api.get(f"{TAKEN}/{other}")) == assessment("T-7", "Decimals", maxRawScore=12)
    assert plain(api.get(f"{SAT}/{held}"))["scoreResults"] == DONE["scoreResults"]
    assert plain(api.get(f"objectiveAssessments/{part}")) == _part("T-7")
    assert [one["keyValues"]["studentAssessmentIdentifier"] for one in api.get(f"{SAT}/deletes")] == ["S-8"]
    assert api.post(SAT, achieved("S-7", "T-7", "7001"), 200) == held


def _part(test: str) -> dict[str, Any]:
    return {
        "identificationCode": "Part A",
        "assessmentReference": {"assessmentIdentifier": test, "namespace": TESTS},
    }


def test_every_part_has_the_members_of_its_resource() -> None:
    for resource in RESOURCES.values():
        for part in resource.parts:
            assert (part.name, [one.name for one in part.properties]) == (
                resource.name,
                [one.name for one in resource.properties],
            )
            assert part.read_only or part.writing == resource.writing
