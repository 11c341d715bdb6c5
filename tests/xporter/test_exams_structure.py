"""ExamsStructure: what results of public examinations relate to."""

from __future__ import annotations

import pytest

from rollbook.model.assessment import Aspect, GradeSet, MarkSet, ResultSet

from ..hub import BRAMBLESIDE, SAGUARO, Hub
from .tables import Caller, Row, Tables

STRUCTURE = {
    "Aspects": ("aspect", {"Name": "name", "AspectType": "kind"}),
    "Resultsets": ("result_set", {"Name": "name"}),
    "Gradesets": ("grade_set", {"Name": "name", "Notes": "notes"}),
    "GradesetHistories": ("grade_set_history", {"StartDate": "start", "EndDate": "end"}),
    "Grades": (
        "grade",
        {
            "Description": "description",
            "Value": "value",
            "NumericValue": "numeric_value",
            "DisplayOrder": "display_order",
        },
    ),
    "Marksets": ("mark_set", {"StartDate": "start", "EndDate": "end", "MinValue": "least", "MaxValue": "most"}),
    "ExamSeasons": ("exam_season", {"Name": "name", "StartDate": "start", "EndDate": "end"}),
    "QANs": ("qan", {"Qan": "qan"}),
    "SyllabusCodes": ("syllabus_code", {"Code": "code"}),
    "OptionCodes": ("option_code", {"Code": "code", "Title": "title"}),
    "ExamBoards": ("exam_board", {"Code": "code", "Description": "description"}),
    "ExamLevels": ("exam_level", {"Code": "code", "Description": "description"}),
    "ExamSeries": (
        "exam_series",
        {
            "Code": "code",
            "Name": "name",
            "Year": "year",
            "Month": "month",
            "EntryDeadline": "entry_deadline",
            "StartDate": "start",
            "EndDate": "end",
            "ResultsDate": "results_date",
        },
    ),
}
"""Each table of the structure: of which kind of record it is, and which column says which fact."""

ABOVE = {
    "grade": ("grade_set_history", "version"),
    "grade_set_history": ("grade_set", "grade_set"),
    "mark_set": ("aspect", "aspect"),
}
"""What a kind of record is a part of: the table, and the reference to it."""


def of_exams(held: Tables, table: str, row: Row) -> bool:
    """Whether a row, or what it is a part of, is about public examinations; of some kinds all are."""
    if table in ABOVE:
        above, reference = ABOVE[table]
        return of_exams(held, above, held.known(above)[row[reference]])
    return bool(row.get("exam", True))


@pytest.mark.parametrize("table", STRUCTURE)
def test_the_structure_holds_what_the_school_keeps_about_public_examinations(app: Caller, held: Tables, table: str):
    record, columns = STRUCTURE[table]
    expected = {
        (row["mis_id"], row["mis_id"], *(row[name] for name in columns.values()))
        for row in held.of(record)
        if of_exams(held, record, row)
    }
    rows = app.rows("ExamsStructure", table)
    assert {tuple(row[c] for c in ("Id", "Mis_Id", *columns)) for row in rows} == expected
    assert len(rows) == len(expected) > 1


@pytest.mark.parametrize(
    ("table", "column", "above"),
    [
        ("GradesetHistories", "GradeSetId", "Gradesets"),
        ("Grades", "GradeSetHistoryId", "GradesetHistories"),
        ("Marksets", "AspectId", "Aspects"),
        ("ExamSeries", "ExamSeasonId", "ExamSeasons"),
        ("ExamSeries", "ExamBoardId", "ExamBoards"),
    ],
)
def test_what_the_structure_refers_to_is_in_it(app: Caller, table: str, column: str, above: str):
    answer = app.answer("ExamsStructure")
    assert {row[column] for row in answer[table]} <= {row["Id"] for row in answer[above]}


def test_grades_stand_under_the_time_for_which_they_are_valid(app: Caller):
    answer = app.answer("ExamsStructure")
    (gcse,) = (row["Id"] for row in answer["Gradesets"] if row["Name"] == "GCSE")
    eras = {r["StartDate"]: r["Id"] for r in answer["GradesetHistories"] if r["GradeSetId"] == gcse}
    values = {start: [g["Value"] for g in answer["Grades"] if g["GradeSetHistoryId"] == e] for start, e in eras.items()}
    assert values == {
        "1994-09-01": ["A*", "A", "B", "C", "D", "E", "F", "G", "U", "X"],
        "2017-09-01": ["9", "8", "7", "6", "5", "4", "3", "2", "1", "U", "X"],
    }


@pytest.mark.parametrize(("record", "table"), [(Aspect, "Aspects"), (GradeSet, "Gradesets"), (ResultSet, "Resultsets")])
@pytest.mark.parametrize("exam", [0, None])
def test_what_is_not_of_public_examinations_is_left_to_the_assessment_structure(
    asker: Caller, small: Tables, record: type[Aspect | GradeSet | ResultSet], table: str, exam: int | None
):
    small.add(record, mis_id="77001", name="Year 8 Effort", exam=exam)
    assert "77001" not in asker.ids("ExamsStructure", table)


def test_marks_of_an_aspect_of_the_schools_own_are_left_out(asker: Caller, small: Tables):
    own = small.add(Aspect, mis_id="77001", name="Year 8 Spelling", kind="Integer", exam=0)
    small.add(MarkSet, mis_id="77002", aspect=own, least=0.0, most=20.0)
    assert "77002" not in asker.ids("ExamsStructure", "Marksets")


def test_the_structure_needs_the_scope_of_the_school(hub: Hub):
    assert Caller(hub, ["School"]).rows("ExamsStructure", "ExamSeasons")
    token = hub.token(["ExamsResults"], app="results-only.example.org")
    assert hub.school("ExamsStructure", token)["ExceptionType"] == "ScopeNotHeld"


@pytest.mark.parametrize("estab", [BRAMBLESIDE, SAGUARO])
def test_a_school_that_is_no_centre_has_no_structure(hub: Hub, estab: str):
    answer = Caller(hub, estab=estab).answer("ExamsStructure")
    assert not any(rows for table, rows in answer.items() if table in STRUCTURE)
