"""What other schools hold, and what a school leaves out, decides no answer to a write, and is not lost by one."""

from __future__ import annotations

import pytest

from rollbook.model.attendance import Mark
from tests.district import EdFi, assignment, cohort, enrolment, place, school, staff, student
from tests.hub import BRAMBLESIDE, THORNFIELD, Hub

from .conftest import caller
from .school_year import ESTAB, write
from .test_authorisation import granted
from .test_writing import plain, problem


def leaves_out(hub: Hub, app: str, unique: str, estab: str = THORNFIELD) -> None:
    """Let a school leave a student out of what an app sees."""
    _, here, _ = hub.desk.school(estab)
    sql = (
        "SELECT s.mis_id FROM student s JOIN person p ON p.id = s.person WHERE p.student_unique_id = ? AND s.school = ?"
    )
    mis_id = hub.store.records.execute(sql, (unique, here)).get
    hub.desk.choose(hub.desk.grant(hub.app(app), estab), "students", "except", [mis_id])


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
    district, here, _ = hub.desk.school(THORNFIELD)
    role = hub.store.records.execute(
        "SELECT s.id FROM student s JOIN person p ON p.id = s.person WHERE p.student_unique_id = '7001'"
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
    assert little.ask("DELETE", f"cohorts/{identity}").status == 204
    assert little.get("cohorts?cohortIdentifier=1") == []
    again = little.post("cohorts", cohort("1", ESTAB))
    assert again != identity
    assert plain(api.get(f"cohorts/{identity}")) == cohort("1", ESTAB)
    assert api.get(f"studentCohortAssociations/{held}")["beginDate"] == "2026-10-01"


def test_the_operator_sees_what_is_veiled(api: EdFi, little: EdFi) -> None:
    little.post("students", student("7001", "Mine"))
    little.post("studentSchoolAssociations", enrolment("7001", ESTAB))
    little.post("schools", school(700101))
    assert [(v.kind, v.app, v.shown) for v in api.hub.desk.veiled()] == [
        ("Person", "little.example.org", True),
        ("Student", "little.example.org", True),
    ]
