"""AssessmentStructure: what is assessed, on which scales, in which grids."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from rollbook.model.assessment import Aspect, AssessmentCategory, GradeSet, GradeSetHistory, ResultSet, Template
from rollbook.model.assessment import Grade as GradeRecord
from rollbook.model.assessment import MarkSet as MarkSetRecord

from .tables import Caller, Row, Tables, mis_ids

EVERYTHING = "AssessmentStructure?options=includeMarkingGrids,includeGradesets,includeGradesetHistory"
GRIDS, SCALES, HISTORY = (
    {"Templates", "Marksheets", "Columns"},
    {"GradeSets", "Grades", "MarkSets"},
    {"GradeSetHistory"},
)
PLAIN = {"Aspects", "ResultSets", "Categories"}


def filled(answer: dict[str, list[Row]]) -> set[str]:
    """The tables of an answer that have rows, `meta` apart."""
    return {name for name, rows in answer.items() if rows and name != "meta"}


def ids_of(rows: Iterable[Row]) -> set[str]:
    """The Ids of rows of an answer."""
    return {row["Id"] for row in rows}


def not_exams(held: Tables, table: str) -> list[Row]:
    """The rows of a table that are not a public examination's."""
    aspects, scales, versions = (held.known(n) for n in ("aspect", "grade_set", "grade_set_history"))

    def of_exam(row: Row) -> bool:
        if table == "mark_set":
            return bool(aspects[row["aspect"]]["exam"])
        if table == "grade":
            return bool(scales[versions[row["version"]]["grade_set"]]["exam"])
        return bool(row["exam"])

    return [row for row in held.of(table) if not of_exam(row)]


# ---- tables


def test_aspects_resultsets_and_categories_come_unasked(app: Caller, held: Tables):
    answer = app.answer("AssessmentStructure")
    assert filled(answer) == PLAIN
    assert ids_of(answer["Aspects"]) == mis_ids(not_exams(held, "aspect"))
    assert ids_of(answer["ResultSets"]) == mis_ids(not_exams(held, "result_set"))
    assert {c["categoryName"] for c in answer["Categories"]} == {c["name"] for c in held.of("assessment_category")}


@pytest.mark.parametrize(
    ("option", "more"),
    [("includeMarkingGrids", GRIDS), ("includeGradesets", SCALES), ("includeGradesetHistory", HISTORY)],
)
def test_an_option_fills_its_tables(app: Caller, option: str, more: set[str]):
    assert filled(app.answer(f"AssessmentStructure?{option}=true")) == PLAIN | more


def test_the_tables_are_those_of_the_document_in_its_order(app: Caller):
    assert [name for name in app.answer(EVERYTHING) if name != "meta"] == [
        "Aspects",
        "Templates",
        "Marksheets",
        "Columns",
        "ResultSets",
        "GradeSetHistory",
        "GradeSets",
        "Grades",
        "MarkSets",
        "Categories",
    ]


def test_an_aspect_tells_its_kind_its_scale_and_its_key_stage(app: Caller, held: Tables):
    scales = held.known("grade_set")
    rows = {r["Id"]: r for r in app.rows("AssessmentStructure")}
    for aspect in not_exams(held, "aspect"):
        row, scale = rows[aspect["mis_id"]], scales.get(aspect["grade_set"])
        assert (row["AspectType"], row["GradeSetId"]) == (aspect["kind"], scale and scale["mis_id"])
        assert (row["KS1"], row["KS2"], row["KS3"]) == (aspect["ks1"], aspect["ks2"], aspect["ks3"])
        assert (row["Name"], row["ExternalId"], row["Supplier"]) == (
            aspect["name"],
            aspect["external_id"],
            aspect["supplier"],
        )
    assert {r["KS3"] for r in rows.values()} == {0, 1}


def test_a_template_tells_who_made_it_and_for_which_group(app: Caller, held: Tables):
    staff, groups = held.known("staff"), held.known('"group"')
    rows = {r["Id"]: r for r in app.rows(EVERYTHING, "Templates")}
    for one in held.of("template"):
        row, group = rows[one["mis_id"]], groups.get(one["filter_group"])
        assert (row["Name"], row["Notes"]) == (one["name"], one["notes"])
        assert row["CreatorId"] == staff[one["creator"]]["mis_id"]
        assert row["FilterGroupId"] == (group and group["mis_id"])
    assert {None} < {r["FilterGroupId"] for r in rows.values()}


def test_columns_and_marksheets_lead_to_what_they_are_made_of(app: Caller, held: Tables):
    answer = app.answer(EVERYTHING)
    templates, aspects, sets = held.known("template"), held.known("aspect"), held.known("result_set")
    columns = {
        (
            c["mis_id"],
            templates[c["template"]]["mis_id"],
            aspects[c["aspect"]]["mis_id"],
            c["result_set"] and sets[c["result_set"]]["mis_id"],
            c["heading"],
            c["display_order"],
            c["read_only"],
        )
        for c in held.of("template_column")
    }
    names = ("Id", "TemplateId", "AspectId", "ResultSetId", "ColumnHeading", "DisplayOrder", "ReadOnly")
    assert {tuple(r[n] for n in names) for r in answer["Columns"]} == columns
    groups = held.known('"group"')
    assert {(r["Id"], r["TemplateId"], r["GroupId"]) for r in answer["Marksheets"]} == {
        (m["mis_id"], templates[m["template"]]["mis_id"], groups[m["group"]]["mis_id"]) for m in held.of("marksheet")
    }


def test_columns_stand_in_the_order_of_their_template(app: Caller):
    rows = app.rows(EVERYTHING, "Columns")
    assert rows == sorted(rows, key=lambda r: (r["TemplateId"], r["DisplayOrder"]))


def test_grades_belong_to_a_scale_as_it_was_for_a_time(app: Caller, held: Tables):
    answer = app.answer(EVERYTHING)
    history = {h["Id"]: h for h in answer["GradeSetHistory"]}
    assert {g["GradeSetHistoryId"] for g in answer["Grades"]} == history.keys()
    assert {h["GradeSetId"] for h in history.values()} == ids_of(answer["GradeSets"])
    versions = held.known("grade_set_history")
    names = ("Value", "Description", "NumericValue", "DisplayOrder")
    assert {(r["Id"], r["GradeSetHistoryId"], *(r[n] for n in names)) for r in answer["Grades"]} == {
        (
            g["mis_id"],
            versions[g["version"]]["mis_id"],
            g["value"],
            g["description"],
            g["numeric_value"],
            g["display_order"],
        )
        for g in not_exams(held, "grade")
    }
    assert any(h["EndDate"] for h in history.values())


def test_mark_sets_bound_the_aspects_without_grades(app: Caller, held: Tables):
    answer = app.answer(EVERYTHING)
    without = {a["Id"] for a in answer["Aspects"] if a["AspectType"] == "Integer"}
    assert {m["AspectId"] for m in answer["MarkSets"]} == without
    assert {(m["Id"], m["MinValue"], m["MaxValue"], m["StartDate"], m["EndDate"]) for m in answer["MarkSets"]} == {
        (m["mis_id"], m["least"], m["most"], m["start"], m["end"]) for m in not_exams(held, "mark_set")
    }


def test_public_examinations_are_left_to_their_own_endpoints(asker: Caller, small: Tables):
    before = asker.answer(EVERYTHING)
    scale = small.add(GradeSet, mis_id="9001", name="Level 2 award", exam=1)
    version = small.add(GradeSetHistory, mis_id="9002", grade_set=scale)
    small.add(GradeRecord, mis_id="9003", version=version, value="P")
    aspect = small.add(Aspect, mis_id="9004", name="Unit 1", grade_set=scale, exam=1)
    small.add(MarkSetRecord, mis_id="9005", aspect=aspect)
    small.add(ResultSet, mis_id="9006", name="Summer season", exam=1)
    after = asker.answer(EVERYTHING)
    assert {n: ids_of(r) for n, r in after.items()} == {n: ids_of(r) for n, r in before.items()}


def test_an_aspect_of_which_nobody_says_whether_it_is_an_examinations_is_shown(asker: Caller, small: Tables):
    small.add(Aspect, mis_id="9004", name="Neat writing", exam=None)
    assert "9004" in asker.ids("AssessmentStructure")


# ---- categories


def belonging(held: Tables, name: str) -> dict[str, set[str]]:
    """The Ids of what belongs to a category, by table."""
    category = next(c for c in held.of("assessment_category") if c["name"] == name)
    templates = [t for t in held.of("template") if t["category"] == category["id"]]
    those = {t["id"] for t in templates}
    columns = [c for c in held.of("template_column") if c["template"] in those]
    own = {a["id"] for a in held.of("aspect") if a["category"] == category["id"]}
    aspects = [a for a in held.of("aspect") if a["id"] in own | {c["aspect"] for c in columns}]
    sets = {c["result_set"] for c in held.of("template_column") if c["template"] in those or c["aspect"] in own}
    scales = {a["grade_set"] for a in aspects}
    versions = [v for v in held.of("grade_set_history") if v["grade_set"] in scales]
    return {
        "Aspects": mis_ids(aspects),
        "Templates": mis_ids(templates),
        "Marksheets": mis_ids(m for m in held.of("marksheet") if m["template"] in those),
        "Columns": mis_ids(columns),
        "ResultSets": mis_ids(s for s in held.of("result_set") if s["id"] in sets),
        "GradeSetHistory": mis_ids(versions),
        "GradeSets": mis_ids(s for s in held.of("grade_set") if s["id"] in scales),
        "Grades": mis_ids(g for g in held.of("grade") if g["version"] in {v["id"] for v in versions}),
        "MarkSets": mis_ids(m for m in held.of("mark_set") if m["aspect"] in {a["id"] for a in aspects}),
        "Categories": {category["mis_id"]},
    }


@pytest.mark.parametrize("name", ["Academic Progress", "Effort", "Baseline", "National Assessments"])
def test_a_category_leaves_what_belongs_to_it_in_each_table(app: Caller, held: Tables, name: str):
    answer = app.answer(f"{EVERYTHING}&CategoryFilter={name}")
    assert {n: ids_of(r) for n, r in answer.items() if n != "meta"} == belonging(held, name)
    assert len(answer["Aspects"]) < len(held.of("aspect"))


def test_a_category_is_named_in_any_case(app: Caller):
    assert app.answer("AssessmentStructure?categoryFilter=BASELINE") == app.answer(
        "AssessmentStructure?CategoryFilter=Baseline"
    )


def test_a_category_that_the_school_has_not_got_has_nothing(app: Caller):
    assert filled(app.answer(f"{EVERYTHING}&CategoryFilter=Juggling")) == set()


def test_a_category_of_a_template_brings_the_aspects_of_its_columns(asker: Caller, small: Tables):
    category = small.add(AssessmentCategory, mis_id="9001", name="Governors")
    template = next(t for t in small.of("template") if t["name"] == "Year 7 Baseline")
    small.change(Template, template["id"], category=category)
    answer = asker.answer(f"{EVERYTHING}&CategoryFilter=governors")
    assert {c["AspectId"] for c in answer["Columns"]} == ids_of(answer["Aspects"])
    assert {a["Name"] for a in answer["Aspects"]} >= {"Verbal Reasoning Baseline", "Reading Age (months)"}


# ---- scopes


def test_the_structure_needs_the_scope_of_the_school(app: Caller):
    assert Caller(app.hub, ["School"]).answer(EVERYTHING) == app.answer(EVERYTHING)
    refused = app.hub.school("AssessmentStructure", Caller(app.hub, ["SchoolLite"]).token)
    assert refused["ExceptionType"] == "ScopeNotHeld"
