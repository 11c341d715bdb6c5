"""ExamResults, ExamEntries and ExamForecasts: what students sit, are expected to achieve and achieved."""

from __future__ import annotations

import pytest

from rollbook.model.exams import ExamEntry, ExamResult
from rollbook.model.students import Student

from ..hub import THORNFIELD, Hub
from .examined import NEXT_SUMMER, SUMMER, busiest, named, of_season, of_student, those
from .tables import Caller, Tables, mis_ids

# ---- ExamResults

REFERENCES = {
    "AspectId": ("aspect", "aspect"),
    "ResultSetId": ("result_set", "result_set"),
    "ExamSeasonId": ("exam_season", "season"),
    "QanId": ("qan", "qan"),
    "SyllabusCodeId": ("syllabus_code", "syllabus"),
    "ExamBoardId": ("exam_board", "board"),
    "ExamLevelId": ("exam_level", "level"),
    "OptionCodeId": ("option_code", "option"),
}


def test_a_result_says_what_it_is_of(app: Caller, held: Tables):
    result = held.of("exam_result")[7]
    student = named(held, "student", result, "student")
    (row,) = (r for r in app.rows(f"ExamResults?Students={student}") if r["Id"] == result["mis_id"])
    expected = {column: named(held, table, result, ref) for column, (table, ref) in REFERENCES.items()}
    assert {c: row[c] for c in REFERENCES} == expected
    assert (row["Mis_Id"], row["StudentId"]) == (result["mis_id"], student)
    assert (row["Result"], row["ResultDate"]) == (result["result"], result["date"])


@pytest.mark.parametrize(
    ("name", "table", "reference", "known_by"),
    [
        ("Students", "student", "student", "mis_id"),
        ("Aspects", "aspect", "aspect", "mis_id"),
        ("Resultsets", "result_set", "result_set", "mis_id"),
        ("Seasons", "exam_season", "season", "mis_id"),
        ("Qans", "qan", "qan", "mis_id"),
        ("Qans", "qan", "qan", "qan"),
        ("SyllabusCodes", "syllabus_code", "syllabus", "mis_id"),
        ("SyllabusCodes", "syllabus_code", "syllabus", "code"),
        ("OptionCodes", "option_code", "option", "mis_id"),
        ("OptionCodes", "option_code", "option", "code"),
    ],
)
@pytest.mark.parametrize("count", [1, 2])
def test_results_are_filtered_by_a_list(
    app: Caller, held: Tables, name: str, table: str, reference: str, known_by: str, count: int
):
    used = list(dict.fromkeys(row[reference] for row in held.of("exam_result")))[-count:]
    wanted = [held.known(table)[i][known_by] for i in used]
    assert app.ids(f"ExamResults?{name}={','.join(wanted)}") == those(
        held, "exam_result", lambda row: row[reference] in used
    )
    assert len(used) == count


def test_results_meet_every_filter_that_is_given(app: Caller, held: Tables):
    student = busiest(held, "exam_result")
    found = app.ids(f"ExamResults?Students={student}&SyllabusCodes=8901,8903&Seasons=12,13")
    codes = held.known("syllabus_code")
    assert found == of_student(held, "exam_result", student) & those(
        held, "exam_result", lambda row: codes[row["syllabus"]]["code"] in ("8901", "8903")
    )
    assert found < of_student(held, "exam_result", student)


def test_results_are_filtered_by_their_date_the_first_and_the_last_day_included(app: Caller, held: Tables):
    found = app.ids("ExamResults?Seasons=12,13&ResultDateBetween=2025-08-21|2026-08-13")
    assert found == those(held, "exam_result", lambda row: row["date"] in ("2025-08-21", "2026-08-13"))
    assert app.ids("ExamResults?Seasons=12,13&ResultDateBetween=2025-08-22|2026-08-12") == set()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("ExamResults", "at least one of these is required"),
        ("ExamResults?ResultDateBetween=2026-08-01|2026-08-31", "at least one of these is required"),
        ("ExamResults?Seasons=13&ResultDateBetween=2026-08-31|2026-08-01", "2026-08-31 is after 2026-08-01"),
        ("ExamResults?Seasons=13&ResultDateBetween=2026-08-01", "is not a range"),
        ("ExamResults?Season=13", "Season: is not a filter or option"),
    ],
)
def test_a_question_for_results_that_cannot_be_understood_is_refused(app: Caller, asked: str, said: str):
    assert said in app.refusal(asked)


def test_an_id_that_nobody_has_finds_nothing(app: Caller):
    assert app.ids("ExamResults?Students=1") == set()


def test_results_of_leavers_are_there(app: Caller, held: Tables):
    students = held.known("student")
    shown = {row["StudentId"] for row in app.rows(f"ExamResults?Seasons={SUMMER}")}
    assert shown & mis_ids(held.students("Leaver"))
    assert shown & mis_ids(held.students("OnRoll"))
    assert shown <= mis_ids(students.values())


def test_a_result_that_was_corrected_is_a_changed_row(asker: Caller, small: Tables):
    asked = f"ExamResults?Seasons={SUMMER}&changedRows="
    first = asker.rows(f"{asked}*", "__changedRows__")[0]["NextChangedRows"]
    result = small.of("exam_result")[-1]
    small.change(ExamResult, result["id"], result="7")
    assert [(r["Id"], r["Result"]) for r in asker.rows(f"{asked}{first}")] == [(result["mis_id"], "7")]


# ---- ExamEntries and ExamForecasts


def test_an_entry_says_what_is_sat_and_on_what_terms(app: Caller, held: Tables):
    entry = next(e for e in held.of("exam_entry") if e["status"] == "W" and e["tier"])
    student = named(held, "student", entry, "student")
    (row,) = (r for r in app.rows(f"ExamEntries?Students={student}") if r["Id"] == entry["mis_id"])
    about = {c: (t, r) for c, (t, r) in REFERENCES.items() if c not in ("AspectId", "ResultSetId")}
    about["ExamSeriesId"] = ("exam_series", "series")
    assert {c: row[c] for c in about} == {c: named(held, t, entry, r) for c, (t, r) in about.items()}
    columns = ("Tier", "Status", "EntryDate", "WithdrawnDate", "IsResit", "Fee", "FeePayer")
    facts = ("tier", "status", "entered", "withdrawn", "resit", "fee", "fee_payer")
    assert [row[c] for c in columns] == [entry[f] for f in facts]
    assert row["OptionCode"] == held.known("option_code")[entry["option"]]["code"]


def test_a_forecast_has_the_columns_of_a_result(app: Caller, held: Tables):
    forecast = held.of("exam_forecast")[3]
    student = named(held, "student", forecast, "student")
    (row,) = (r for r in app.rows(f"ExamForecasts?Students={student}") if r["Id"] == forecast["mis_id"])
    about = {c: v for c, v in REFERENCES.items() if c != "ResultSetId"}
    assert {c: row[c] for c in about} == {c: named(held, t, forecast, r) for c, (t, r) in about.items()}
    assert (row["Result"], row["ResultDate"]) == (forecast["result"], forecast["date"])
    assert set(row) == set(app.rows(f"ExamResults?Seasons={SUMMER}")[0]) - {"ResultSetId"}


BOTH = pytest.mark.parametrize(
    ("endpoint", "table"), [("ExamEntries", "exam_entry"), ("ExamForecasts", "exam_forecast")]
)


@BOTH
def test_all_are_shown_when_nothing_is_asked_for(app: Caller, held: Tables, endpoint: str, table: str):
    assert app.ids(endpoint) == mis_ids(held.of(table))


@BOTH
def test_they_are_filtered_by_students(app: Caller, held: Tables, endpoint: str, table: str):
    one, other = busiest(held, table), named(held, "student", held.of(table)[0], "student") or ""
    assert one != other
    assert app.ids(f"{endpoint}?Students={one}") == of_student(held, table, one)
    assert app.ids(f"{endpoint}?Students={one},{other}") == of_student(held, table, one, other)


@BOTH
def test_they_are_filtered_by_seasons(app: Caller, held: Tables, endpoint: str, table: str):
    assert app.ids(f"{endpoint}?Seasons={NEXT_SUMMER}") == of_season(held, table, NEXT_SUMMER)
    assert app.ids(f"{endpoint}?Seasons={SUMMER},12") == of_season(held, table, SUMMER, "12")


@BOTH
def test_both_filters_are_met(app: Caller, held: Tables, endpoint: str, table: str):
    student = busiest(held, table)
    found = app.ids(f"{endpoint}?Students={student}&Seasons={NEXT_SUMMER}")
    assert found == of_student(held, table, student) & of_season(held, table, NEXT_SUMMER)


@pytest.mark.parametrize("endpoint", ["ExamEntries", "ExamForecasts", "ExamResults?Seasons=13"])
def test_they_need_the_scope_of_examinations(hub: Hub, endpoint: str):
    assert Caller(hub, ["ExamsResults"]).rows(endpoint)[0]["StudentId"]
    token = hub.token(["School", "Student", "AssessmentResults"], app="no-exams.example.org")
    assert hub.school(endpoint, token)["ExceptionType"] == "ScopeNotHeld"


ABOUT_STUDENTS = (
    ("ExamResults?Seasons=12,13", "ExamResults", "exam_result"),
    ("ExamEntries", "ExamEntries", "exam_entry"),
    ("ExamForecasts", "ForecastResults", "exam_forecast"),
    ("ExamCandidates", "examcandidates", "exam_candidate"),
    ("ExamCandidates", "ExamSittings", "exam_sitting"),
    ("ExamCandidates", "ExamArrangements", "exam_arrangement"),
)


@pytest.mark.parametrize(("asked", "table", "record"), ABOUT_STUDENTS)
def test_what_is_about_a_student_is_hidden_with_the_student(
    asker: Caller, small: Tables, asked: str, table: str, record: str
):
    hidden = busiest(small, record)
    assert hidden in {r["StudentId"] for r in asker.rows(asked, table)}
    grant = small.hub.desk.grants.at(small.hub.app("all.example.org"), THORNFIELD)
    small.hub.desk.people.choose(grant, "students", "except", [hidden])
    shown = {r["StudentId"] for r in asker.rows(asked, table)}
    assert shown
    assert hidden not in shown


def test_entries_go_with_their_student(asker: Caller, small: Tables):
    entry = small.of("exam_entry")[0]
    student = named(small, "student", entry, "student")
    assert asker.ids(f"ExamEntries?Students={student}")
    with small.hub.store.write(small.school["district"]) as batch:
        assert batch.remove(Student, entry["student"])
    assert asker.ids(f"ExamEntries?Students={student}") == set()


def test_a_change_set_names_an_entry_that_was_taken_back(asker: Caller, small: Tables):
    first = asker.rows("ExamEntries?changedRows=*", "__changedRows__")[0]["NextChangedRows"]
    entry = small.of("exam_entry")[0]
    with small.hub.store.write(small.school["district"]) as batch:
        assert batch.remove(ExamEntry, entry["id"])
    answer = asker.answer(f"ExamEntries?changedRows={first}")
    assert (answer["ExamEntries"], answer["ExamEntries_deleted"]) == ([], [{"Id": entry["mis_id"]}])
