"""Documents that are kept whole: what they refer to is held, their references follow it, and they are somebody's."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.scopes import CATALOGUE
from tests.district import EdFi, enrolment, grading_period, session, student, word
from tests.hub import SAGUARO, THORNFIELD
from tests.looking import look
from tests.told import told

from .conftest import caller
from .school_year import ESTAB, write
from .test_hidden import leaves_out
from .test_writing import plain, problem

PERIOD: dict[str, Any] = {"classPeriodName": "First", "schoolReference": {"schoolId": ESTAB}}
IN_PERIOD = {"classPeriodReference": {"classPeriodName": "First", "schoolId": ESTAB}}
BELLS: dict[str, Any] = {
    "bellScheduleName": "Normal",
    "schoolReference": {"schoolId": ESTAB},
    "classPeriods": [IN_PERIOD],
}
SURVEY: dict[str, Any] = {
    "namespace": "uri://ocotillo.example.org",
    "surveyIdentifier": "1",
    "surveyTitle": "How was it?",
    "schoolYearTypeReference": {"schoolYear": 2027},
}
GRADES = {"gradeLevels": [{"gradeLevelDescriptor": word("GradeLevel", "Ninth grade")}]}
OF_SURVEY = {"surveyReference": {"namespace": "uri://ocotillo.example.org", "surveyIdentifier": "1"}}


def health(unique: str, at: int = ESTAB, day: str = "2026-09-01") -> dict[str, Any]:
    """When a school looked at a student's immunisations."""
    return {
        "educationOrganizationReference": {"educationOrganizationId": at},
        "studentReference": {"studentUniqueId": unique},
        "asOfDate": day,
    }


def numbers(api: EdFi, resource: str) -> dict[str, tuple[str, str]]:
    """The etag of each document, and when it was last changed."""
    return {one["id"]: (one["_etag"], one["_lastModifiedDate"]) for one in api.get(f"{resource}?limit=500")}


def newest(api: EdFi) -> int:
    """How far the record has come."""
    return api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"]


# ---- what is referred to


def test_what_a_collection_refers_to_must_be_there(api: EdFi) -> None:
    refused = problem(api.ask("POST", "bellSchedules", BELLS))
    there_is_none = f"There is no classPeriod with classPeriodName = First, schoolId = {ESTAB}."
    assert refused == (
        409,
        "data-conflict:unresolved-reference",
        {"$.classPeriods[0].classPeriodReference": [there_is_none]},
    )


def test_what_a_document_refers_to_is_held_until_it_refers_to_it_no_more(api: EdFi) -> None:
    period, bells = api.post("classPeriods", PERIOD), api.post("bellSchedules", BELLS)
    refused = api.ask("DELETE", f"classPeriods/{period}")
    assert (refused.status, refused.json["type"]) == (409, "urn:ed-fi:api:data-conflict:dependent-item-exists")
    assert refused.json["detail"] == "The item cannot be deleted because an item of BellSchedule refers to it."
    other = PERIOD | {"classPeriodName": "Second"}
    api.post("classPeriods", other)
    second = {"classPeriodReference": {"classPeriodName": "Second", "schoolId": ESTAB}}
    api.put("bellSchedules", bells, BELLS | {"classPeriods": [second]})
    assert api.ask("DELETE", f"classPeriods/{period}").status == 204


def test_what_the_rest_of_a_record_refers_to_is_held_too(api: EdFi) -> None:
    ids = write(api)
    section = plain(api.get(f"sections/{ids['sections']}"))
    period = api.post("classPeriods", PERIOD)
    api.put("sections", ids["sections"], section | {"classPeriods": [IN_PERIOD]})
    refused = api.ask("DELETE", f"classPeriods/{period}")
    assert refused.json["detail"] == "The item cannot be deleted because an item of Section refers to it."
    api.put("sections", ids["sections"], section)
    assert api.ask("DELETE", f"classPeriods/{period}").status == 204


def test_references_follow_what_they_refer_to_when_it_gets_another_key(api: EdFi) -> None:
    ids = write(api)
    section = plain(api.get(f"sections/{ids['sections']}")) | {"classPeriods": [IN_PERIOD]}
    period, bells = api.post("classPeriods", PERIOD), api.post("bellSchedules", BELLS)
    api.put("sections", ids["sections"], section)
    before, since = numbers(api, "bellSchedules"), newest(api)
    api.put("classPeriods", period, PERIOD | {"classPeriodName": "Early"})
    renamed = {"classPeriodReference": {"classPeriodName": "Early", "schoolId": ESTAB}}
    assert plain(api.get(f"bellSchedules/{bells}"))["classPeriods"] == [renamed]
    assert plain(api.get(f"sections/{ids['sections']}"))["classPeriods"] == [renamed]
    assert numbers(api, "bellSchedules")[bells] != before[bells]
    assert [one["id"] for one in api.get(f"bellSchedules?minChangeVersion={since + 1}")] == [bells]
    assert [one["newKeyValues"] for one in api.get(f"classPeriods/keyChanges?minChangeVersion={since}")] == [
        {"classPeriodName": "Early", "schoolId": ESTAB}
    ]


def test_a_key_that_is_made_of_references_changes_with_what_they_refer_to(api: EdFi) -> None:
    ids = write(api)
    period = grading_period("First", ESTAB)
    api.post("gradingPeriods", period)
    key = api.get(f"studentSectionAssociations/{ids['studentSectionAssociations']}")
    grade = {
        "gradeTypeDescriptor": word("GradeType", "Grading Period"),
        "letterGradeEarned": "A",
        "gradingPeriodReference": {
            "gradingPeriodName": "First",
            "gradingPeriodDescriptor": period["gradingPeriodDescriptor"],
            "schoolId": ESTAB,
            "schoolYear": 2027,
        },
        "studentSectionAssociationReference": {
            "beginDate": key["beginDate"],
            "studentUniqueId": "7001",
            **{n: v for n, v in key["sectionReference"].items() if n != "link"},
        },
    }
    grades, since = api.post("grades", grade), newest(api)
    api.put("sessions", ids["sessions"], session(ESTAB, "Autumn", "2026-08-20", "2026-12-18"))
    now = plain(api.get(f"grades/{grades}"))
    assert now["studentSectionAssociationReference"]["sessionName"] == "Autumn"
    (change,) = api.get(f"grades/keyChanges?minChangeVersion={since}")
    assert (change["oldKeyValues"]["sessionName"], change["newKeyValues"]["sessionName"]) == ("Fall", "Autumn")
    assert api.post("grades", now, 200) == grades
    assert [one["id"] for one in api.get("grades?sessionName=Autumn")] == [grades]


def test_a_word_that_a_document_uses_is_held(api: EdFi) -> None:
    own = {"namespace": "uri://ocotillo.example.org/CalendarEventDescriptor", "codeValue": "Fair"}
    fair = api.post("calendarEventDescriptors", own | {"shortDescription": "Fair"})
    calendar = {
        "calendarCode": "1",
        "calendarTypeDescriptor": word("CalendarType", "School"),
        "schoolReference": {"schoolId": ESTAB},
        "schoolYearTypeReference": {"schoolYear": 2027},
    }
    api.post("calendars", calendar)
    day = api.post(
        "calendarDates",
        {
            "date": "2026-10-01",
            "calendarReference": {"calendarCode": "1", "schoolId": ESTAB, "schoolYear": 2027},
            "calendarEvents": [{"calendarEventDescriptor": f"{own['namespace'].upper()}#fair"}],
        },
    )
    refused = api.ask("DELETE", f"calendarEventDescriptors/{fair}")
    assert refused.json["detail"] == "The item cannot be deleted because an item of CalendarDate refers to it."
    assert api.ask("DELETE", f"calendarDates/{day}").status == 204
    assert api.ask("DELETE", f"calendarEventDescriptors/{fair}").status == 204


# ---- whose they are


def enrolled(api: EdFi, *uniques: str) -> None:
    """Students of the school, each with a document."""
    for unique in uniques:
        api.post("students", student(unique))
        api.post("studentSchoolAssociations", enrolment(unique, ESTAB))
        api.post("studentHealths", health(unique))


def test_a_document_about_a_student_is_hidden_with_the_student(api: EdFi) -> None:
    enrolled(api, "7001", "7002")
    api.hub.grant(app="little.example.org")
    leaves_out(api.hub, "little.example.org", "7001")
    seen = caller(api.hub, app="little.example.org")
    shown = [one["studentReference"]["studentUniqueId"] for one in seen.get("studentHealths?limit=500")]
    assert "7002" in shown
    assert "7001" not in shown
    assert seen.ask("GET", "studentHealths?studentUniqueId=7001&totalCount=true").headers["total-count"] == "0"
    assert len(seen.get("academicWeeks?limit=500")) > 10
    answer = seen.ask("POST", "studentHealths", health("7001"))
    assert answer.json["validationErrors"] == {
        "$.studentReference": ["There is no student with studentUniqueId = 7001."]
    }


def test_a_document_that_somebody_may_not_read_is_not_there_for_them(api: EdFi) -> None:
    enrolled(api, "7001")
    (one,) = api.get("studentHealths?studentUniqueId=7001")
    api.hub.grant({*CATALOGUE} - {"StudentMedical"}, app="less.example.org")
    less = caller(api.hub, app="less.example.org")
    assert less.get("studentHealths?limit=500") == []
    assert less.ask("GET", f"studentHealths/{one['id']}").status == 404
    assert problem(less.ask("POST", "studentHealths", health("7001")))[0] == 403
    assert api.ask("DELETE", f"studentHealths/{one['id']}").status == 204
    assert less.get("studentHealths/deletes") == []
    assert len(api.get("studentHealths/deletes")) == 1


def test_what_holds_something_and_is_not_seen_does_not_tell_so(api: EdFi) -> None:
    ids = write(api, "students", "studentSchoolAssociations", "programs")
    program = plain(api.get(f"programs/{ids['programs']}"))
    key = {n: v for n, v in program.items() if n in ("programName", "programTypeDescriptor")}
    api.post(
        "studentHomelessProgramAssociations",
        {
            "beginDate": "2026-09-01",
            "educationOrganizationReference": {"educationOrganizationId": ESTAB},
            "programReference": {**key, "educationOrganizationId": ESTAB},
            "studentReference": {"studentUniqueId": "7001"},
        },
    )
    api.hub.grant({*CATALOGUE} - {"StudentFamily"}, app="less.example.org")
    less = caller(api.hub, app="less.example.org")
    assert less.ask("DELETE", f"programs/{ids['programs']}").status == 204
    assert less.ask("GET", f"programs/{ids['programs']}").status == 404
    assert api.get(f"programs/{ids['programs']}")["programName"] == key["programName"]
    assert api.ask("DELETE", f"programs/{ids['programs']}").status == 409


def test_the_ledger_says_of_whom_a_document_was_shown(api: EdFi) -> None:
    enrolled(api, "7001")
    api.get("studentHealths?studentUniqueId=7001")
    named = "SELECT s.id FROM student s JOIN person p ON p.id = s.person WHERE p.student_unique_id = '7001'"
    assert told(api.hub) == {look(api.hub.store, named).get}


@pytest.mark.parametrize("at", [THORNFIELD, SAGUARO])
def test_the_demo_has_weeks(shelf: EdFi, at: str) -> None:
    weeks = shelf.get(f"academicWeeks?schoolId={at}&limit=500")
    assert len(weeks) > 10
    assert weeks[0]["weekIdentifier"] == "Week 1"


# ---- organisations


def test_an_id_is_unique_among_organisations_of_all_kinds(api: EdFi) -> None:
    category = {"educationOrganizationCategoryDescriptor": word("EducationOrganizationCategory", "Other")}
    named = {"nameOfInstitution": "Palo Verde", "categories": [category]}
    taken = problem(api.ask("POST", "educationServiceCenters", named | {"educationServiceCenterId": ESTAB}))
    assert taken[:2] == (409, "data-conflict:non-unique-identity")
    identity = api.post("educationServiceCenters", named | {"educationServiceCenterId": 77})
    assert api.post("educationServiceCenters", named | {"educationServiceCenterId": 77}, 200) == identity
    for resource, member in (("stateEducationAgencies", "stateEducationAgencyId"), ("schools", "schoolId")):
        document = named | {member: 77, "educationOrganizationCategories": [category]}
        assert api.ask("POST", resource, document | GRADES).status == 409, resource
    rating = {
        "ratingTitle": "Good",
        "rating": "A",
        "educationOrganizationReference": {"educationOrganizationId": 77},
        "schoolYearTypeReference": {"schoolYear": 2027},
    }
    api.post("accountabilityRatings", rating)
    assert api.ask("DELETE", f"educationServiceCenters/{identity}").status == 409


def test_a_survey_is_of_no_school_and_its_questions_are_with_it(api: EdFi) -> None:
    survey = api.post("surveys", SURVEY)
    question = {"questionCode": "a", "questionFormDescriptor": word("QuestionForm", "Radio box"), "questionText": "?"}
    identity = api.post("surveyQuestions", question | OF_SURVEY)
    assert api.ask("DELETE", f"surveys/{survey}").status == 409
    assert api.ask("DELETE", f"surveyQuestions/{identity}").status == 204
    assert api.ask("DELETE", f"surveys/{survey}").status == 204
