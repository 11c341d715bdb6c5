"""Change queries: how far the record has come, what has moved since, and what is gone."""

from __future__ import annotations

from typing import Any, cast

import pytest

from rollbook.model.people import Person
from rollbook.model.students import Student
from rollbook.scopes import CATALOGUE
from tests.district import EdFi, cohort, enrolment, place, staff, student, word
from tests.hub import BRAMBLESIDE, THORNFIELD
from tests.looking import look

from .conftest import caller
from .school_year import ESTAB, TERM, write
from .test_writing import plain

VERSIONS = "/edfi/changeQueries/v1/availableChangeVersions"


def newest(api: EdFi) -> int:
    """How far the record has come."""
    answer = api.get(VERSIONS)
    assert list(answer) == ["oldestChangeVersion", "newestChangeVersion"]
    assert answer["oldestChangeVersion"] == 0
    return answer["newestChangeVersion"]


def test_each_write_moves_the_newest_version_and_only_a_write_does(api: EdFi) -> None:
    seen = [newest(api)]
    identity = api.post("cohorts", cohort("1", ESTAB))
    seen.append(newest(api))
    api.put("cohorts", identity, cohort("1", ESTAB, "Field Trip"))
    seen.append(newest(api))
    api.post("cohortTypeDescriptors", {"namespace": "uri://x.example", "codeValue": "A", "shortDescription": "A"})
    seen.append(newest(api))
    api.ask("DELETE", f"cohorts/{identity}")
    seen.append(newest(api))
    assert seen == sorted(set(seen))
    api.get("cohorts")
    api.ask("POST", "cohorts", cohort("1", 4242))
    api.ask("DELETE", f"cohorts/{identity}")
    assert newest(api) == seen[-1]


def test_the_bounds_are_included(api: EdFi) -> None:
    # Whoever asks first brings the published words into the record, which are newer than what was written before.
    newest(api)
    numbers: dict[str, int] = {}
    for name in "abc":
        api.post("cohorts", cohort(name, ESTAB))
        numbers[name] = newest(api)

    def found(query: str) -> list[str]:
        mine = [c for c in api.get(f"cohorts?limit=500&{query}") if c["cohortIdentifier"] in numbers]
        return [c["cohortIdentifier"] for c in mine]

    a, b, c = numbers.values()
    assert found(f"minChangeVersion={b}") == ["b", "c"]
    assert found(f"maxChangeVersion={b}") == ["a", "b"]
    assert found(f"minChangeVersion={b}&maxChangeVersion={b}") == ["b"]
    assert found(f"minChangeVersion={a}&maxChangeVersion={c}") == ["a", "b", "c"]
    assert found(f"minChangeVersion={c + 1}") == []


def test_a_window_of_changes_is_filtered_counted_and_paged_like_any_list(api: EdFi) -> None:
    before = newest(api)
    for at in range(7):
        api.post("cohorts", cohort(f"c{at}", ESTAB))
    window = f"minChangeVersion={before + 1}&maxChangeVersion={newest(api)}"
    assert api.ask("GET", f"cohorts?{window}&totalCount=true&limit=0").headers["total-count"] == "7"
    assert [c["cohortIdentifier"] for c in api.get(f"cohorts?{window}&limit=3&offset=5")] == ["c5", "c6"]
    assert len(api.get(f"cohorts?{window}&cohortIdentifier=c4")) == 1
    tokens = api.get(f"cohorts/partitions?number=2&{window}")["pageTokens"]
    assert [len(api.get(f"cohorts?{window}&pageSize=25&pageToken={t}")) for t in tokens] == [3, 4]


# ---- what is not seen moves nothing


@pytest.fixture
def narrow(api: EdFi) -> EdFi:
    """A caller to whom one school granted little: names and groups, no birth dates."""
    for estab in (THORNFIELD,):
        api.hub.grant({"SchoolLite", "StudentLite"}, estab, "narrow.example.org")
    return caller(api.hub, app="narrow.example.org")


def test_a_change_of_what_is_not_granted_moves_nothing(api: EdFi, narrow: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    before, lists = newest(narrow), narrow.ask("GET", "students?limit=500").body
    row = look(api.hub.store, "SELECT district, id FROM person WHERE student_unique_id = '7001'").fetchone()
    assert row is not None
    district, person = cast("tuple[int, str]", row)
    assert "birthDate" not in narrow.get("students?studentUniqueId=7001")[0]
    for fact, value in (("birth_date", "2014-01-01"), ("birth_city", "Elsewhere"), ("home_email", "x@y.example")):
        with api.hub.store.write(district) as batch:
            assert batch.change(Person, person, {fact: value})
        assert newest(narrow) == before, fact
        assert narrow.get(f"students?minChangeVersion={before + 1}") == []
    assert narrow.ask("GET", "students?limit=500").body == lists
    assert newest(api) > before
    with api.hub.store.write(district) as batch:
        assert batch.change(Person, person, {"surname": "Seen"})
    assert newest(narrow) > before
    assert len(narrow.get(f"students?minChangeVersion={before + 1}")) == 1


def test_what_happens_at_another_school_moves_nothing(api: EdFi, narrow: EdFi) -> None:
    before = newest(narrow)
    api.post("students", student("7001"))
    assert newest(narrow) == before
    held = api.post("studentSchoolAssociations", enrolment("7001", int(BRAMBLESIDE)))
    gone = api.post("cohorts", cohort("1", int(BRAMBLESIDE)))
    api.ask("DELETE", f"cohorts/{gone}")
    api.ask("DELETE", f"studentSchoolAssociations/{held}")
    assert newest(narrow) == before
    assert narrow.get("cohorts/deletes") == []
    assert narrow.get("students/deletes") == []
    api.post("cohorts", cohort("2", ESTAB))
    assert newest(narrow) > before


def test_a_human_who_waits_moves_something_for_their_app_only(api: EdFi, narrow: EdFi) -> None:
    before, theirs = newest(api), newest(narrow)
    api.post("students", student("7001"))
    api.post("staffs", staff("8001"))
    assert newest(api) > before
    assert newest(narrow) == theirs
    assert [s["studentUniqueId"] for s in api.get(f"students?minChangeVersion={before + 1}")] == ["7001"]


def test_a_document_moves_when_it_comes_into_sight(api: EdFi) -> None:
    before = newest(api)
    api.post("students", student("7001"))
    api.post("studentSchoolAssociations", enrolment("7001", ESTAB))
    moved = api.get(f"students?minChangeVersion={before + 1}")
    assert [s["studentUniqueId"] for s in moved] == ["7001"]
    assert newest(api) > before


# ---- what is gone

DELETABLE = [
    "assessments",
    "studentGradebookEntries",
    "gradebookEntries",
    "staffDisciplineIncidentAssociations",
    "studentDisciplineIncidentNonOffenderAssociations",
    "studentDisciplineIncidentBehaviorAssociations",
    "disciplineIncidents",
    "studentEducationOrganizationAssociations",
    "studentContactAssociations",
    "staffCohortAssociations",
    "studentCohortAssociations",
    "cohorts",
    "staffSectionAssociations",
    "studentSectionAssociations",
    "sections",
    "courseOfferings",
    "courses",
    "gradingPeriods",
    "sessions",
    "programs",
    "staffEducationOrganizationAssignmentAssociations",
    "studentSchoolAssociations",
]


def test_each_resource_tells_what_is_gone_until_it_is_made_anew(api: EdFi) -> None:
    ids = write(api)
    since = newest(api) + 1
    shown = {name: api.get(f"{name}/{ids[name]}") for name in DELETABLE}
    for name in DELETABLE:
        before = newest(api)
        answer = api.ask("DELETE", f"{name}/{ids[name]}")
        assert answer.status == 204, (name, answer.body)
        (gone,) = api.get(f"{name}/deletes?minChangeVersion={since}")
        assert list(gone) == ["id", "changeVersion", "keyValues"]
        assert gone["id"] == ids[name]
        assert before < gone["changeVersion"] <= newest(api)
        told: dict[str, Any] = plain(shown[name])
        for member, value in gone["keyValues"].items():
            inner = (cast("dict[str, Any]", v) for v in told.values() if isinstance(v, dict))
            held = told[member] if member in told else next(v[member] for v in inner if member in v)
            assert held == value, (name, member)
    for name in reversed(DELETABLE):
        api.post(name, TERM[name])
        assert api.get(f"{name}/deletes?minChangeVersion={since}") == [], name


def test_deletes_are_counted_paged_and_bounded(api: EdFi) -> None:
    numbers: list[int] = []
    for name in "abc":
        identity = api.post("cohorts", cohort(name, ESTAB))
        assert api.ask("DELETE", f"cohorts/{identity}").status == 204
        numbers.append(newest(api))

    def told(query: str) -> list[str]:
        return [g["keyValues"]["cohortIdentifier"] for g in api.get(f"cohorts/deletes?{query}")]

    assert told("") == ["a", "b", "c"]
    assert told("limit=1&offset=1") == ["b"]
    assert told("limit=100&offset=100") == []
    assert told(f"minChangeVersion={numbers[1]}") == ["b", "c"]
    assert told(f"maxChangeVersion={numbers[1]}") == ["a", "b"]
    assert told(f"minChangeVersion={numbers[1]}&maxChangeVersion={numbers[1]}") == ["b"]
    answer = api.ask("GET", "cohorts/deletes?totalCount=True&limit=0")
    assert (answer.headers["total-count"], answer.json) == ("3", [])


def test_what_is_gone_is_told_by_its_own_resource_only(api: EdFi) -> None:
    ids = write(api)
    for name in ("studentCohortAssociations", "studentSectionAssociations", "staffCohortAssociations", "cohorts"):
        before = {n: api.get(f"{n}/deletes") for n in TERM}
        if name == "cohorts":
            api.ask("DELETE", f"staffCohortAssociations/{ids['staffCohortAssociations']}")
            before = {n: api.get(f"{n}/deletes") for n in TERM}
        assert api.ask("DELETE", f"{name}/{ids[name]}").status == 204
        grown = [n for n in TERM if api.get(f"{n}/deletes") != before[n]]
        assert grown == [name]


def test_a_descriptor_that_is_gone_is_told_to_everybody(api: EdFi, narrow: EdFi) -> None:
    own = {"namespace": "uri://x.example", "codeValue": "A", "shortDescription": "A"}
    identity = api.post("cohortTypeDescriptors", own)
    assert api.ask("DELETE", f"cohortTypeDescriptors/{identity}").status == 204
    for one in (api, narrow):
        (gone,) = one.get("cohortTypeDescriptors/deletes")
        assert gone["keyValues"] == {"codeValue": "A", "namespace": "uri://x.example"}
        assert one.get("cohortScopeDescriptors/deletes") == []


def test_a_student_whom_the_school_left_out_is_not_told_of_when_gone(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    row = look(
        api.hub.store,
        "SELECT s.mis_id, s.district, s.id FROM student s JOIN person p ON p.id = s.person"
        " WHERE p.student_unique_id = '7001'",
    ).fetchone()
    assert row is not None
    mis = cast("tuple[str, int, str]", row)
    grant = api.hub.grant(CATALOGUE, THORNFIELD, "chosen.example.org")
    api.hub.desk.people.choose(grant, "students", "except", [mis[0]])
    chosen = caller(api.hub, app="chosen.example.org")
    assert chosen.get("students?studentUniqueId=7001") == []
    with api.hub.store.write(mis[1]) as batch:
        assert batch.remove(Student, mis[2])
    assert chosen.get("students/deletes") == []
    assert chosen.get("studentSchoolAssociations/deletes") == []
    assert len(api.get("students/deletes")) == 1


def test_what_went_out_of_sight_is_told_by_the_key_that_it_had_there(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations", "cohorts")
    api.post("studentCohortAssociations", place("1", ESTAB, "7001", "2026-09-14"))
    row = look(
        api.hub.store,
        "SELECT s.district, s.mis_id, s.id, p.id FROM student s JOIN person p ON p.id = s.person"
        " WHERE p.student_unique_id = '7001'",
    ).fetchone()
    district, mis, identity, person = cast("tuple[int, str, str, str]", row)
    grant = api.hub.grant(CATALOGUE, THORNFIELD, "chosen.example.org")
    chosen = caller(api.hub, app="chosen.example.org")
    with api.hub.store.write(district) as batch:
        batch.change(Student, identity, {"entry_date": "2026-08-21"})
    api.hub.desk.people.choose(grant, "students", "except", [mis])
    with api.hub.store.write(district) as batch:
        batch.change(Person, person, {"student_unique_id": "7999"})
    (gone,) = chosen.get("studentCohortAssociations/deletes")
    assert gone["keyValues"]["studentUniqueId"] == "7001"


def test_an_enrolment_that_loses_its_first_day_is_told_as_deleted_since_it_has_no_key_any_more(api: EdFi) -> None:
    ids = write(api, "students", "studentSchoolAssociations")
    ((district, identity),) = look(
        api.hub.store,
        "SELECT s.district, s.id FROM student s JOIN person p ON p.id = s.person WHERE p.student_unique_id = '7001'",
    )
    before = newest(api)
    with api.hub.store.write(district) as batch:
        batch.change(Student, identity, {"entry_date": None})
    assert api.ask("GET", f"studentSchoolAssociations/{ids['studentSchoolAssociations']}").status == 404
    (gone,) = api.get(f"studentSchoolAssociations/deletes?minChangeVersion={before + 1}")
    assert gone["id"] == ids["studentSchoolAssociations"]
    assert gone["keyValues"] == {"entryDate": "2026-08-20", "schoolId": ESTAB, "studentUniqueId": "7001"}
    with api.hub.store.write(district) as batch:
        batch.change(Student, identity, {"entry_date": "2026-08-21"})
    assert api.get(f"studentSchoolAssociations/deletes?minChangeVersion={before + 1}") == []
    assert len(api.get(f"studentSchoolAssociations?minChangeVersion={before + 1}")) == 1


def test_the_end_of_a_place_in_a_cohort_is_a_change_and_no_delete(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations", "cohorts")
    identity = api.post("studentCohortAssociations", place("1", ESTAB, "7001", "2026-09-14"))
    before = newest(api)
    ended = place("1", ESTAB, "7001", "2026-09-14", endDate="2026-09-21")
    api.put("studentCohortAssociations", identity, ended)
    (moved,) = api.get(f"studentCohortAssociations?minChangeVersion={before + 1}")
    assert plain(moved) == ended
    assert api.get("studentCohortAssociations/deletes") == []


def test_a_feed_of_changes_has_no_filters(api: EdFi) -> None:
    for feed in ("deletes", "keyChanges"):
        assert api.ask("GET", f"cohorts/{feed}?cohortIdentifier=1", prefer="handling=strict").status == 400
        assert api.ask("GET", f"cohorts/{feed}?limit=501").status == 400


def test_the_word_of_a_new_list_is_no_change_of_others(api: EdFi) -> None:
    before = newest(api)
    api.post("cohortTypeDescriptors", {"namespace": "uri://x.example", "codeValue": "A", "shortDescription": "A"})
    moved = {
        name: len(api.get(f"{name}?minChangeVersion={before + 1}"))
        for name in ("cohortTypeDescriptors", "cohortScopeDescriptors", "cohorts", "students")
    }
    assert moved == {"cohortTypeDescriptors": 1, "cohortScopeDescriptors": 0, "cohorts": 0, "students": 0}
    assert word("CohortType", "A")
