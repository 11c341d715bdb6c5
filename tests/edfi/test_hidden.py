"""What other schools hold, and what a school leaves out, decides no answer to a write, and is not lost by one."""

from __future__ import annotations

import pytest

from rollbook.ingest.exporting import changes, reached
from rollbook.model.attendance import Mark
from tests.district import (
    EdFi,
    assignment,
    cohort,
    enrolment,
    in_section,
    place,
    school,
    section,
    staff,
    student,
)
from tests.hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub
from tests.looking import look

from .conftest import caller
from .school_year import ESTAB, write
from .test_authorisation import granted
from .test_writing import plain, problem


def leaves_out(hub: Hub, app: str, unique: str, estab: str = THORNFIELD) -> None:
    """Let a school leave a student out of what an app sees."""
    _, here, _ = hub.desk.schools.find(estab)
    sql = (
        "SELECT s.mis_id FROM student s JOIN person p ON p.district = s.district AND p.id = s.person"
        " WHERE p.student_unique_id = ? AND s.school = ?"
    )
    mis_id = look(hub.store, sql, (unique, here)).get
    hub.desk.people.choose(hub.desk.grants.at(hub.app(app), estab), "students", "except", [mis_id])


@pytest.fixture
def little(api: EdFi) -> EdFi:
    """A caller to whom the school has granted everything, but a student who is enrolled there."""
    write(api, "students", "studentSchoolAssociations")
    hub = api.hub
    hub.grant(app="little.example.org")
    leaves_out(hub, "little.example.org", "7001")
    return caller(hub, app="little.example.org")


def test_a_number_that_is_taken_out_of_sight_is_free_and_nobody_else_meets_two(api: EdFi, little: EdFi) -> None:
    assert little.get("students?studentUniqueId=7001") == []
    identity = little.post("students", student("7001", "Mine"))
    held = little.post("studentSchoolAssociations", enrolment("7001", ESTAB))
    (mine,) = little.get("students?studentUniqueId=7001")
    assert (mine["id"], mine["firstName"]) == (identity, "Mine")
    assert len(little.get("studentSchoolAssociations?studentUniqueId=7001")) == 1
    (theirs,) = api.get("students?studentUniqueId=7001")
    assert theirs["firstName"] == "Ana"
    assert len(api.get("studentSchoolAssociations?studentUniqueId=7001")) == 1
    assert problem(api.ask("GET", f"students/{identity}"))[0] == 404
    assert problem(api.ask("DELETE", f"studentSchoolAssociations/{held}"))[0] == 404


def test_what_is_part_of_a_double_is_seen_by_who_wrote_it(api: EdFi, little: EdFi) -> None:
    api.post("cohorts", cohort("1", ESTAB))
    # What was compiled while nothing was hidden must not be what is asked afterwards.
    api.hub.school("Students?includeLeavers=true", api.hub.token(app="sis.example.org"))
    little.post("students", student("7001", "Mine"))
    little.post("studentSchoolAssociations", enrolment("7001", ESTAB))
    held = little.post("studentCohortAssociations", place("1", ESTAB, "7001", "2026-10-01"))
    assert [d["id"] for d in little.get("studentCohortAssociations?studentUniqueId=7001")] == [held]
    assert api.get("studentCohortAssociations?studentUniqueId=7001") == []
    token = api.hub.token(app="sis.example.org")
    shown = api.hub.school("Students?includeLeavers=true", token)["Students"]
    assert [s["Forename"] for s in shown if s["Surname"] == "Ironwood"] == ["Ana"]
    mine = api.hub.token(app="little.example.org")
    shown = api.hub.school("Students?includeLeavers=true", mine)["Students"]
    assert [s["Forename"] for s in shown if s["Surname"] == "Ironwood"] == ["Mine"]


def test_a_double_that_goes_is_told_to_who_wrote_it_alone(api: EdFi, little: EdFi) -> None:
    little.post("students", student("7001", "Mine"))
    held = little.post("studentSchoolAssociations", enrolment("7001", ESTAB))
    assert little.ask("DELETE", f"studentSchoolAssociations/{held}").status == 204
    assert [d["id"] for d in little.get("studentSchoolAssociations/deletes")][-1:] == [held]
    assert [s["firstName"] for s in little.get("students?studentUniqueId=7001")] == ["Mine"]
    assert api.get("studentSchoolAssociations/deletes") == []


def test_a_human_who_works_where_the_caller_does_not_see_it_has_one_role_for_others(api: EdFi) -> None:
    write(api, "staffs", "staffEducationOrganizationAssignmentAssociations")
    here = granted(api, estab=BRAMBLESIDE)
    here.post("staffs", staff("8001", "Mine"))
    here.post("staffEducationOrganizationAssignmentAssociations", assignment("8001", int(BRAMBLESIDE)))
    assert [s["firstName"] for s in here.get("staffs?staffUniqueId=8001")] == ["Mine"]
    assert len(api.get("staffs?staffUniqueId=8001")) == 1


def test_what_something_hidden_depends_on_goes_for_who_deletes_it_and_stays_for_others(api: EdFi) -> None:
    ids = write(api, "students", "studentSchoolAssociations")
    held = ids["studentSchoolAssociations"]
    hub = api.hub
    district, here, _ = hub.desk.schools.find(THORNFIELD)
    role = look(
        hub.store, "SELECT s.id FROM student s JOIN person p ON p.id = s.person WHERE p.student_unique_id = '7001'"
    ).get
    with hub.store.write(district) as batch:
        day = {"date": "2026-11-20", "session": "AM", "kind": "S", "mark": "/"}
        batch.add(Mark, [{"school": here, "student": role, **day}])
    assert problem(api.ask("DELETE", f"studentSchoolAssociations/{held}"))[:2] == (
        409,
        "data-conflict:dependent-item-exists",
    )
    little = granted(api, "SchoolLite", "Student", "StudentExtended", "WritebackStudents", "WritebackEnrolments")
    assert little.ask("DELETE", f"studentSchoolAssociations/{held}").status == 204
    assert problem(little.ask("GET", f"studentSchoolAssociations/{held}"))[0] == 404
    # Who has no enrolment left waits for another one.
    assert [s["id"] for s in little.get("students?studentUniqueId=7001")] == [ids["students"]]
    (gone,) = little.get("studentSchoolAssociations/deletes")
    assert gone["id"] == held
    assert api.get("studentSchoolAssociations/deletes") == []
    assert api.get(f"studentSchoolAssociations/{held}")["entryDate"] == "2026-08-20"
    # They can be enrolled again, under the same id.
    assert little.post("students", student("7001", "Back"), 200) == ids["students"]
    little.post("studentSchoolAssociations", enrolment("7001", ESTAB, "2026-09-20"))
    assert [s["firstName"] for s in little.get("students?studentUniqueId=7001")] == ["Back"]
    assert len(api.get("studentSchoolAssociations?studentUniqueId=7001")) == 1


def test_a_place_of_a_student_out_of_sight_keeps_no_cohort_and_is_not_lost(api: EdFi, little: EdFi) -> None:
    identity = api.post("cohorts", cohort("1", ESTAB))
    held = api.post("studentCohortAssociations", place("1", ESTAB, "7001", "2026-10-01"))
    with api.hub.store.lend() as connection:
        before = reached(connection, api.hub.desk.schools.find(THORNFIELD)[0])
    assert little.ask("DELETE", f"cohorts/{identity}").status == 204
    assert little.get("cohorts?cohortIdentifier=1") == []
    with api.hub.store.lend() as connection:
        # An agent tells its hub of what is gone for everybody.
        told = changes(connection, api.hub.desk.schools.find(THORNFIELD)[0], before, 100)
    assert told is not None
    assert told.gone == {}
    again = little.post("cohorts", cohort("1", ESTAB))
    assert again != identity
    assert plain(api.get(f"cohorts/{identity}")) == cohort("1", ESTAB)
    assert api.get(f"studentCohortAssociations/{held}")["beginDate"] == "2026-10-01"


def test_the_operator_sees_what_is_veiled(api: EdFi, little: EdFi) -> None:
    little.post("students", student("7001", "Mine"))
    little.post("studentSchoolAssociations", enrolment("7001", ESTAB))
    little.post("schools", school(700101))
    assert [(v.kind, v.app, v.shown) for v in api.hub.desk.apps.veiled()] == [
        ("Person", "little.example.org", True),
        ("Student", "little.example.org", True),
    ]


# ---- a key that is taken by something hidden, when a document is renamed


@pytest.fixture
def two_schools(api: EdFi) -> EdFi:
    """A caller of two schools, of which one has left out a student who is enrolled at both."""
    write(api, "students", "studentSchoolAssociations")
    api.post("studentSchoolAssociations", enrolment("7001", int(BRAMBLESIDE), "2026-08-20"))
    for estab in (THORNFIELD, BRAMBLESIDE):
        api.hub.grant(estab=estab, app="little.example.org")
    leaves_out(api.hub, "little.example.org", "7001", THORNFIELD)
    return caller(api.hub, app="little.example.org")


def enrolments(who: EdFi) -> list[tuple[int, str]]:
    """Where a caller sees the student enrolled, and under which id."""
    found = who.get("studentSchoolAssociations?studentUniqueId=7001")
    return sorted((e["schoolReference"]["schoolId"], e["id"]) for e in found)


def test_a_key_that_is_taken_out_of_sight_can_be_renamed_to_and_nobody_else_meets_two(
    api: EdFi, two_schools: EdFi
) -> None:
    hidden = next(identity for estab, identity in enrolments(api) if estab == ESTAB)
    ((_, mine),) = enrolments(two_schools)
    since = api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"] + 1
    two_schools.put("studentSchoolAssociations", mine, enrolment("7001", ESTAB))
    assert enrolments(two_schools) == [(ESTAB, mine)]
    (renamed,) = two_schools.get(f"studentSchoolAssociations/keyChanges?minChangeVersion={since}")
    assert renamed["id"] == mine
    assert two_schools.get(f"studentSchoolAssociations/deletes?minChangeVersion={since}") == []
    # Everybody else sees the enrolment that there was, and is told that the other one is gone.
    assert enrolments(api) == [(ESTAB, hidden)]
    (gone,) = api.get(f"studentSchoolAssociations/deletes?minChangeVersion={since}")
    assert (gone["id"], gone["keyValues"]["schoolId"]) == (mine, int(BRAMBLESIDE))
    assert api.get(f"studentSchoolAssociations/keyChanges?minChangeVersion={since}") == []


def test_a_rename_within_a_school_that_leaves_out_another_enrolment_is_everybodys(api: EdFi, little: EdFi) -> None:
    api.post("studentSchoolAssociations", enrolment("7001", ESTAB, "2026-09-20"))
    ((_, mine),) = enrolments(little)
    little.put("studentSchoolAssociations", mine, enrolment("7001", ESTAB, "2026-09-21"))
    assert api.get(f"studentSchoolAssociations/{mine}")["entryDate"] == "2026-09-21"
    assert len(enrolments(api)) == 2


def test_what_takes_the_key_of_a_record_that_one_app_deleted_is_seen_by_that_app_alone(api: EdFi, little: EdFi) -> None:
    api.post("cohorts", cohort("1", ESTAB))
    api.post("studentCohortAssociations", place("1", ESTAB, "7001", "2026-10-01"))
    (kept,) = api.get("cohorts?cohortIdentifier=1")
    assert little.ask("DELETE", f"cohorts/{kept['id']}").status == 204
    again = little.post("cohorts", cohort("1", ESTAB))
    assert [c["id"] for c in little.get("cohorts?cohortIdentifier=1")] == [again]
    assert [c["id"] for c in api.get("cohorts?cohortIdentifier=1")] == [kept["id"]]


def test_a_section_renamed_to_one_that_an_app_deleted_goes_for_others_with_its_places(api: EdFi, little: EdFi) -> None:
    write(api, "sessions", "courses", "courseOfferings", "sections", "studentSectionAssociations")
    hidden = api.get("sections?sectionIdentifier=A1")[0]["id"]
    other = api.post("sections", section("A2", "ALG-1", ESTAB, "Fall"))
    api.post("students", student("7002"))
    api.post("studentSchoolAssociations", enrolment("7002", ESTAB))
    held = api.post(
        "studentSectionAssociations",
        in_section("A2", "ALG-1", ESTAB, "Fall") | {"studentReference": {"studentUniqueId": "7002"}},
    )
    assert little.ask("DELETE", f"sections/{hidden}").status == 204
    little.put("sections", other, section("A1", "ALG-1", ESTAB, "Fall"))
    assert [s["id"] for s in little.get("sections?localCourseCode=ALG-1")] == [other]
    assert [s["id"] for s in little.get("studentSectionAssociations?studentUniqueId=7002")] == [held]
    assert [s["id"] for s in api.get("sections?sectionIdentifier=A1")] == [hidden]
    assert api.get("studentSectionAssociations?studentUniqueId=7002") == []
    assert [s["id"] for s in api.get("studentSectionAssociations/deletes")] == [held]
    # A further place in the section that only one app sees is that app's.
    little.post(
        "studentSectionAssociations",
        in_section("A1", "ALG-1", ESTAB, "Fall")
        | {"studentReference": {"studentUniqueId": "7002"}}
        | {"beginDate": "2026-10-05"},
    )
    assert len(little.get("studentSectionAssociations?studentUniqueId=7002")) == 2
    assert api.get("studentSectionAssociations?studentUniqueId=7002") == []


# ---- somebody of two districts


def test_a_human_whose_other_district_is_out_of_sight_waits_like_anybody_else(api: EdFi) -> None:
    identity = api.post("students", student("7001"))
    left = api.post("studentSchoolAssociations", enrolment("7001", ESTAB, exitWithdrawDate="2026-10-01"))
    api.post("studentSchoolAssociations", enrolment("7001", int(SAGUARO), "2026-10-02"))
    hub = api.hub
    leaves_out(hub, "sis.example.org", "7001", SAGUARO)
    assert api.ask("DELETE", f"studentSchoolAssociations/{left}").status == 204
    assert api.get(f"students/{identity}")["studentUniqueId"] == "7001"
    assert [s["id"] for s in api.get("students?studentUniqueId=7001")] == [identity]
    # They come back under the same id, and are one human again where both districts are seen.
    api.post("studentSchoolAssociations", enrolment("7001", ESTAB, "2026-11-02"))
    hub.desk.people.choose(hub.desk.grants.at(hub.app("sis.example.org"), SAGUARO), "students", "all")
    assert [s["id"] for s in api.get("students?studentUniqueId=7001")] == [identity]
    assert len(api.get("studentSchoolAssociations?studentUniqueId=7001")) == 2


def test_who_waits_and_comes_into_sight_again_is_one_document(api: EdFi) -> None:
    identity = api.post("students", student("7001"))
    left = api.post("studentSchoolAssociations", enrolment("7001", ESTAB, exitWithdrawDate="2026-10-01"))
    api.post("studentSchoolAssociations", enrolment("7001", int(SAGUARO), "2026-10-02"))
    hub = api.hub
    leaves_out(hub, "sis.example.org", "7001", SAGUARO)
    assert api.ask("DELETE", f"studentSchoolAssociations/{left}").status == 204
    hub.desk.people.choose(hub.desk.grants.at(hub.app("sis.example.org"), SAGUARO), "students", "all")
    assert [s["id"] for s in api.get("students?studentUniqueId=7001")] == [identity]
    assert api.ask("GET", "students?studentUniqueId=7001&totalCount=true").headers["total-count"] == "1"
