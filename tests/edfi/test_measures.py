"""Exclusions and detentions of a school's record are disciplineActions, beside those that are in no record."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.dialects.edfi.reading import hub_id
from rollbook.model.exclusion import Exclusion
from rollbook.store.writing import Batch
from tests.district import EdFi, word
from tests.looking import look

from .school_year import ESTAB, write
from .test_authorisation import granted
from .test_homing import before, opened_again
from .test_writing import plain, problem

ACTIONS = "disciplineActions"


def measure(number: str, what: str, unique: str = "7001", **more: Any) -> dict[str, Any]:
    """What a school did about what a student did."""
    return {
        "disciplineActionIdentifier": number,
        "disciplineDate": "2026-10-05",
        "disciplines": [{"disciplineDescriptor": word("Discipline", what)}],
        "responsibilitySchoolReference": {"schoolId": ESTAB},
        "studentReference": {"studentUniqueId": unique},
        **more,
    }


AWAY = measure("E-1", "Out of School Suspension", disciplineActionLength=1.5, relatedToZeroTolerancePolicy=False)
SERVICE = measure("E-2", "Community Service")


@pytest.fixture
def school(api: EdFi) -> EdFi:
    """A school with a student."""
    write(api, "students", "studentSchoolAssociations")
    return api


def kept(api: EdFi) -> tuple[list[Any], list[Any]]:
    """The exclusions and the whole documents that are the student's."""
    excluded = look(api.hub.store, "SELECT mis_id, kind, days FROM exclusion WHERE mis_id LIKE 'E-%' ORDER BY 1")
    whole = look(api.hub.store, "SELECT known_as FROM whole_document WHERE resource = ?", (ACTIONS,))
    return [tuple(row) for row in excluded], [row[0].split('"')[3] for row in whole]


def test_a_suspension_is_an_exclusion_and_another_measure_is_kept_whole(school: EdFi) -> None:
    held = [school.post(ACTIONS, one) for one in (AWAY, SERVICE)]
    assert kept(school) == ([("E-1", "FIXD", 1.5)], ["E-2"])
    assert [plain(school.get(f"{ACTIONS}/{one}")) for one in held] == [AWAY, SERVICE]
    assert [one["id"] for one in school.get(f"{ACTIONS}?studentUniqueId=7001")] == held[::-1]
    rows = school.hub.school("StudentExclusions?pagesize=500", school.hub.token())
    (shown,) = [one for one in rows["StudentExclusions"] if one["Id"] == "E-1"]
    told = [shown[name] for name in ("ExclusionTypeCode", "StartDate", "ExclusionDays")]
    assert told == ["FIXD", "2026-10-05", 1.5]


def test_the_exclusions_and_detentions_of_a_school_are_there(shelf: EdFi) -> None:
    asked = "SELECT count(*) FROM exclusion WHERE kind IN ('FIXD', 'PERM')"
    excluded, detained = (
        next(iter(look(shelf.hub.store, one)))[0] for one in (asked, "SELECT count(*) FROM student_detention")
    )
    answer = shelf.ask("GET", f"{ACTIONS}?totalCount=true&limit=0")
    assert min(excluded, detained) > 0
    assert answer.headers["total-count"] == str(excluded + detained)
    every = [one for at in range(0, excluded + detained, 500) for one in shelf.get(f"{ACTIONS}?limit=500&offset={at}")]
    assert len({one["id"] for one in every}) == excluded + detained
    places = [one for one in every if one["disciplineActionIdentifier"].startswith("Det.")]
    assert len(places) == detained
    words = {one["disciplines"][0]["disciplineDescriptor"].partition("#")[2] for one in places}
    assert "Lunchtime Detention" in words
    one = places[0]
    named = "&".join(
        f"{name}={value}"
        for name, value in (
            ("disciplineActionIdentifier", one["disciplineActionIdentifier"]),
            ("disciplineDate", one["disciplineDate"]),
            ("studentUniqueId", one["studentReference"]["studentUniqueId"]),
        )
    )
    assert shelf.get(f"{ACTIONS}?{named}") == [one]


def test_a_measure_that_becomes_another_one_keeps_its_id(school: EdFi) -> None:
    held = school.post(ACTIONS, AWAY)
    school.put(ACTIONS, held, AWAY | {"disciplines": SERVICE["disciplines"]})
    assert kept(school) == ([], ["E-1"])
    assert school.post(ACTIONS, AWAY, 200) == held
    assert kept(school) == ([("E-1", "FIXD", 1.5)], [])
    assert school.get(f"{ACTIONS}/deletes") == []


def test_an_exclusion_that_says_more_than_its_document_stays_one(school: EdFi) -> None:
    held = school.post(ACTIONS, AWAY)
    with school.hub.store.of_district(1) as some:
        some.connection.execute("UPDATE exclusion SET comments = 'Graffiti' WHERE mis_id = 'E-1'")
    answer = school.ask("PUT", f"{ACTIONS}/{held}", AWAY | {"disciplines": SERVICE["disciplines"]})
    assert problem(answer)[0] == 409
    assert kept(school) == ([("E-1", "FIXD", 1.5)], [])
    school.put(ACTIONS, held, AWAY | {"disciplineActionLength": 2})
    assert kept(school) == ([("E-1", "FIXD", 2.0)], [])
    assert school.ask("DELETE", f"{ACTIONS}/{held}").status == 204
    assert [one["keyValues"]["disciplineActionIdentifier"] for one in school.get(f"{ACTIONS}/deletes")] == ["E-1"]


def test_a_detention_is_the_schools_and_is_read_only(api: EdFi) -> None:
    place = next(one for one in api.get(f"{ACTIONS}?limit=500") if one["disciplineActionIdentifier"][:4] == "Det.")
    said = plain(place) | {"disciplines": SERVICE["disciplines"]}
    for answer in (
        api.ask("PUT", f"{ACTIONS}/{place['id']}", said),
        api.ask("POST", ACTIONS, said),
        api.ask("DELETE", f"{ACTIONS}/{place['id']}"),
    ):
        assert problem(answer)[:2] == (403, "security:authorization")
    assert api.get(f"{ACTIONS}/{place['id']}") == place


def test_each_part_of_the_list_is_shown_under_its_own_scopes(school: EdFi) -> None:
    for one in (AWAY, SERVICE):
        school.post(ACTIONS, one)

    def seen(*scopes: str) -> list[str]:
        little = granted(school, "Student", "School", *scopes)
        answer = little.ask("GET", f"{ACTIONS}?limit=500&totalCount=true")
        every = little.get(f"{ACTIONS}?limit=500")
        assert answer.headers["total-count"] == str(len(every))
        return sorted({one["disciplineActionIdentifier"][:3] for one in every} & {"E-1", "E-2", "Det"})

    assert seen("StudentExclusions") == ["E-1"]
    assert seen("StudentDetentions") == ["Det"]
    assert seen("Conduct") == []
    assert seen("StudentExclusions", "Conduct", "SEN", "Staff") == ["E-1", "E-2"]


def test_a_document_that_names_staff_is_kept_whole(school: EdFi) -> None:
    write(school, "staffs", "staffEducationOrganizationAssignmentAssociations")
    taken = AWAY | {"staffs": [{"staffReference": {"staffUniqueId": "8001"}}]}
    held = school.post(ACTIONS, taken)
    assert (kept(school), plain(school.get(f"{ACTIONS}/{held}"))) == (([], ["E-1"]), taken)


def test_measures_of_before_come_home_or_stay_and_are_shown(school: EdFi) -> None:
    with before(ACTIONS):
        held = [school.post(ACTIONS, one) for one in (AWAY, SERVICE)]
    api = opened_again(school)
    assert kept(api) == ([("E-1", "FIXD", 1.5)], ["E-2"])
    assert [plain(api.get(f"{ACTIONS}/{one}")) for one in held] == [AWAY, SERVICE]
    assert api.get(f"{ACTIONS}/deletes") == []
    assert [api.post(ACTIONS, one, 200) for one in (AWAY, SERVICE)] == held


def test_a_key_that_only_others_see_is_free_and_nobody_else_sees_two(school: EdFi) -> None:
    school.post(ACTIONS, SERVICE)
    little = granted(school, "Student", "School", "StudentExclusions", "WritebackConduct")
    mine = measure("E-2", "Expulsion")
    held = little.post(ACTIONS, mine)
    assert [plain(one) for one in little.get(f"{ACTIONS}?studentUniqueId=7001")] == [mine]
    assert [plain(one) for one in school.get(f"{ACTIONS}?studentUniqueId=7001")] == [SERVICE]
    assert little.ask("DELETE", f"{ACTIONS}/{held}").status == 204


def test_an_exclusion_that_was_taken_back_is_told_as_gone(school: EdFi) -> None:
    held = school.post(ACTIONS, AWAY)
    since = school.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"] + 1
    with school.hub.store.of_district(1) as some:
        Batch(some, 1).change(Exclusion, hub_id(held) or "", {"kind": "RFIX"})
    assert school.ask("GET", f"{ACTIONS}/{held}").status == 404
    (gone,) = school.get(f"{ACTIONS}/deletes?minChangeVersion={since}")
    assert (gone["id"], gone["keyValues"]["disciplineActionIdentifier"]) == (held, "E-1")
