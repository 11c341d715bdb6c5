"""Study programmes, funding and support of learners over sixteen, and education elsewhere."""

from __future__ import annotations

import pytest

from rollbook.model.post16 import AlternativeProvision

from ..hub import THORNFIELD, Hub
from .tables import Caller, Row, Tables, mis_ids

TABLES = {
    "StudentFAM": ("FundingMonitoring", "funding_record"),
    "LearnerSupport": ("FundingMonitoring", "learner_support"),
    "StudentAlternativeProvision": ("StudentAlternativeProvision", "alternative_provision"),
    "Post16Study": ("Post16Study", "study_programme"),
    "Post16StudyCourses": ("Post16Study", "study_course"),
}
"""Each table on the wire with its endpoint and the store's table."""

COLUMNS = {
    "StudentFAM": {
        "FAMType": "kind",
        "FAMCode": "code",
        "FAMDescription": "description",
        "AcademicYear": "academic_year",
        "AutumnHours": "autumn_hours",
        "SpringHours": "spring_hours",
        "SummerHours": "summer_hours",
        "AcademicYearHours": "hours",
        "FAMNotes": "notes",
    },
    "LearnerSupport": {
        "SupportCode": "code",
        "SupportDescription": "description",
        "AcademicYear": "academic_year",
        "StartDate": "start",
        "EndDate": "end",
        "Notes": "notes",
    },
    "StudentAlternativeProvision": {
        "StartDate": "start",
        "EndDate": "end",
        "AttendancePattern": "pattern",
        "SessionsPerWeek": "sessions",
        "ProvisionSettingType": "setting",
        "PrimaryPlacementReason": "reason",
        "PlacementAssociation": "association",
        "CompanyHouseNo": "company_no",
        "PostCode": "post_code",
        "URN": "urn",
        "UKPRN": "ukprn",
        "Notes": "notes",
    },
    "Post16Study": {
        "AcademicYear": "academic_year",
        "ProgrammeType": "kind",
        "StartDate": "start",
        "EndDate": "end",
        "PlannedEnd": "planned_end",
        "Status": "status",
        "Reason": "reason",
        "Traineeship": "traineeship",
        "QualHours": "qualification_hours",
        "NonQualHours": "other_hours",
        "TotalHours": "total_hours",
        "CoreAim": "core_aim",
        "Notes": "notes",
    },
    "Post16StudyCourses": {
        "CourseID": "course",
        "Name": "name",
        "StartDate": "start",
        "EndDate": "end",
        "PlannedEndDate": "planned_end",
        "CompletionStatus": "status",
        "PlannedQualificationHours": "planned_hours",
        "PlannedNonQualHours": "planned_other_hours",
        "QualHours": "hours",
        "Subject": "subject",
        "ClassificationCode": "classification",
        "CoreAim": "core_aim",
    },
}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_tells_every_record_as_it_is_held(app: Caller, held: Tables, table: str):
    endpoint, stored = TABLES[table]
    columns = COLUMNS[table]
    shown = {r["Id"]: {c: r[c] for c in columns} for r in app.rows(endpoint, table)}
    assert shown == {r["mis_id"]: {c: r[f] for c, f in columns.items()} for r in held.of(stored)}
    assert shown


@pytest.mark.parametrize("table", [t for t in TABLES if t != "Post16StudyCourses"])
def test_a_record_names_its_student_by_mis_id(app: Caller, held: Tables, table: str):
    endpoint, stored = TABLES[table]
    students = held.known("student")
    shown = {r["Id"]: r["StudentMis_Id"] for r in app.rows(endpoint, table)}
    assert shown == {r["mis_id"]: students[r["student"]]["mis_id"] for r in held.of(stored)}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_records_of_one_student(app: Caller, held: Tables, table: str, known_by: str):
    endpoint, stored = TABLES[table]
    whose = held.of(stored)[-1]["student"]
    own = mis_ids(r for r in held.of(stored) if r["student"] == whose)
    student = held.known("student")[whose]
    assert app.ids(f"{endpoint}?StudentId={student[known_by]}", table) == own
    assert len(own) < len(held.of(stored))


@pytest.mark.parametrize("endpoint", ["FundingMonitoring", "StudentAlternativeProvision", "Post16Study"])
def test_nobody_has_an_unknown_id(app: Caller, endpoint: str):
    answer = app.answer(f"{endpoint}?StudentId=0")
    assert not any(rows for name, rows in answer.items() if name != "meta")


def test_courses_name_the_programme_that_they_belong_to(app: Caller, held: Tables):
    programmes = held.known("study_programme")
    shown = {r["Id"]: r["Post16StudyId"] for r in app.rows("Post16Study", "Post16StudyCourses")}
    assert shown == {r["mis_id"]: programmes[r["programme"]]["mis_id"] for r in held.of("study_course")}


def test_courses_are_those_of_the_programmes_on_the_page(app: Caller):
    answer = app.answer("Post16Study?page=2&pagesize=7")
    assert len(answer["Post16Study"]) == 7
    assert {r["Post16StudyId"] for r in answer["Post16StudyCourses"]} == {r["Id"] for r in answer["Post16Study"]}


@pytest.mark.parametrize(
    ("scope", "endpoint"),
    [
        ("FundingMonitoring", "FundingMonitoring"),
        ("StudentAlternativeProvision", "StudentAlternativeProvision"),
        ("Post16Study", "Post16Study"),
    ],
)
def test_one_scope_is_enough_and_no_other_will_do(hub: Hub, app: Caller, scope: str, endpoint: str):
    told, whole = Caller(hub, [scope]).answer(endpoint), app.answer(endpoint)
    assert {n: r for n, r in told.items() if n != "meta"} == {n: r for n, r in whole.items() if n != "meta"}
    other = hub.school(endpoint, hub.token(["Student", "SEN"], app="other.example.org"))
    assert other["ExceptionType"] is not None


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_told_of_a_student_left_out(small_hub: Hub, small: Tables, table: str):
    endpoint, stored = TABLES[table]
    whose = small.of(stored)[0]["student"]
    student = small.known("student")[whose]["mis_id"]
    caller = Caller(small_hub)
    small_hub.desk.people.choose(
        small_hub.desk.grants.at(small_hub.app("all.example.org"), THORNFIELD), "students", "except", [student]
    )
    assert caller.ids(endpoint, table) == mis_ids(r for r in small.of(stored) if r["student"] != whose)


def test_alternative_provision_follows_what_the_school_changes(asker: Caller, small: Tables):
    row: Row = small.of("alternative_provision")[0]
    small.change(AlternativeProvision, row["id"], sessions=6)
    shown = {r["Id"]: r["SessionsPerWeek"] for r in asker.rows("StudentAlternativeProvision")}
    assert shown[row["mis_id"]] == 6
