"""The assessments of the invented schools are what a data manager would expect to find."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import mean

import pytest

from .hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub
from .xporter.tables import Row, Tables

SCHOOLS = (THORNFIELD, BRAMBLESIDE, SAGUARO)


@pytest.fixture(scope="module")
def schools(hub: Hub) -> dict[str, Tables]:
    return {estab: Tables(hub, estab) for estab in SCHOOLS}


def results(held: Tables, aspect: str) -> list[Row]:
    """The results of the aspect of a name."""
    ids = {a["id"] for a in held.of("aspect") if a["name"] == aspect}
    return [r for r in held.of("assessment_result") if r["aspect"] in ids]


@pytest.mark.parametrize("estab", SCHOOLS)
def test_a_grade_is_one_of_its_scale_on_its_day(schools: dict[str, Tables], estab: str):
    held = schools[estab]
    aspects, grades = held.known("aspect"), defaultdict[str, dict[str, float]](dict)
    for grade in held.of("grade"):
        grades[grade["version"]][grade["value"]] = grade["numeric_value"]
    for row in held.of("assessment_result"):
        scale = aspects[row["aspect"]]["grade_set"]
        if scale:
            version = next(
                v["id"]
                for v in held.of("grade_set_history")
                if v["grade_set"] == scale and v["start"] <= row["date"] <= (v["end"] or row["date"])
            )
            assert grades[version][row["result"]] == row["numeric_value"]


@pytest.mark.parametrize("estab", SCHOOLS)
def test_a_mark_is_within_the_bounds_of_its_day(schools: dict[str, Tables], estab: str):
    held = schools[estab]
    spans = defaultdict[str, list[Row]](list)
    for one in held.of("mark_set"):
        spans[one["aspect"]].append(one)
    marked = [r for r in held.of("assessment_result") if r["aspect"] in spans and r["numeric_value"] is not None]
    of_class = {a["id"] for a in held.of("aspect") if a["classwork"]}
    for row in marked:
        (span,) = (s for s in spans[row["aspect"]] if s["start"] <= row["date"] <= (s["end"] or row["date"]))
        assert span["least"] <= row["numeric_value"] <= span["most"]
        # The points of class work stand for letters.
        assert row["result"] in "ABCDE" if row["aspect"] in of_class else row["result"] == f"{row['numeric_value']:.0f}"
    assert {row["aspect"] in of_class for row in marked} == {True, False}


@pytest.mark.parametrize("estab", SCHOOLS)
def test_a_result_is_of_a_past_weekday_on_which_the_student_was_there(schools: dict[str, Tables], estab: str):
    held = schools[estab]
    prior, students = {a["id"] for a in held.of("aspect") if a["prior"]}, held.known("student")
    closed = {(e["start"], e["end"]) for e in held.of("calendar_event") if e["kind"] != "SchoolEvent"}
    days = Counter((r["date"], r["collection_date"]) for r in held.of("assessment_result"))
    for day, collected in days:
        assert day <= collected <= held.today
        assert not any(start <= day <= end for start, end in closed)
    for row in held.of("assessment_result"):
        student = students[row["student"]]
        assert row["date"] <= (student["leaving_date"] or row["date"])
        assert row["aspect"] in prior or row["date"] >= student["entry_date"]


@pytest.mark.parametrize("estab", SCHOOLS)
def test_a_student_has_one_result_of_an_aspect_in_a_resultset(schools: dict[str, Tables], estab: str):
    rows = [r for r in schools[estab].of("assessment_result") if r["result_set"]]
    assert len({(r["student"], r["aspect"], r["result_set"]) for r in rows}) == len(rows)


def test_the_top_set_does_better_than_the_bottom_one(schools: dict[str, Tables]):
    held = schools[THORNFIELD]
    sets = {g["id"]: g["code"] for g in held.of('"group"') if g["code"] in ("9X1/En", "9X3/En") and held.now(g)}
    members = defaultdict[str, set[str]](set)
    for one in held.of("student_membership"):
        if one["group"] in sets:
            members[sets[one["group"]]].add(one["student"])
    working = {r["student"]: r["numeric_value"] for r in results(held, "English KS3 Working At")}
    top, bottom = (mean(working[s] for s in members[c] if s in working) for c in ("9X1/En", "9X3/En"))
    assert top > bottom + 3


def test_targets_are_above_where_most_students_are(schools: dict[str, Tables]):
    held = schools[THORNFIELD]
    autumn = next(s["id"] for s in held.of("result_set") if s["name"] == "Autumn Term 2026")
    aim, now = (
        {
            r["student"]: r["numeric_value"]
            for r in results(held, f"Mathematics KS4 {what}")
            if r["result_set"] == autumn
        }
        for what in ("Target", "Working At")
    )
    ahead = sum(now[s] > aim[s] for s in now.keys() & aim.keys())
    assert 0 <= ahead < len(now) * 0.1


def test_scaled_scores_lie_about_the_expected_standard(schools: dict[str, Tables]):
    scores = [r["numeric_value"] for r in results(schools[THORNFIELD], "KS2 Reading Scaled Score")]
    assert 103 < mean(scores) < 106
    assert 0.65 < sum(s >= 100 for s in scores) / len(scores) < 0.85


def test_nobody_was_assessed_in_the_summers_without_assessments(schools: dict[str, Tables]):
    for estab in (THORNFIELD, BRAMBLESIDE):
        prior = {a["id"] for a in schools[estab].of("aspect") if a["prior"]}
        years = {r["date"][:4] for r in schools[estab].of("assessment_result") if r["aspect"] in prior}
        assert years
        assert not years & {"2020", "2021"}


def test_the_phonics_outcome_is_that_of_the_mark(schools: dict[str, Tables]):
    held = schools[BRAMBLESIDE]
    marks = {r["student"]: r["numeric_value"] for r in results(held, "Year 1 Phonics Mark")}
    outcomes = {r["student"]: r["result"] for r in results(held, "Year 1 Phonics Outcome")}
    assert {s: "Wa" if m >= 32 else "Wt" for s, m in marks.items()} == outcomes
    assert set(outcomes.values()) == {"Wa", "Wt"}


def test_both_schools_of_a_child_know_the_same_national_results(schools: dict[str, Tables]):
    told: list[dict[tuple[str, str], tuple[str, str]]] = []
    for estab in (THORNFIELD, BRAMBLESIDE):
        held = schools[estab]
        names = {a["id"]: a["name"] for a in held.of("aspect") if a["prior"]}
        people = {s["id"]: s["person"] for s in held.of("student")}
        told.append(
            {
                (people[r["student"]], names[r["aspect"]]): (r["date"], r["result"])
                for r in held.of("assessment_result")
                if r["aspect"] in names
            }
        )
    both = told[0].keys() & told[1].keys()
    assert len(both) > 24
    assert {k: told[0][k] for k in both} == {k: told[1][k] for k in both}


def test_a_marksheet_is_of_a_class_that_is_taught_what_its_template_assesses(schools: dict[str, Tables]):
    held = schools[THORNFIELD]
    templates, groups, subjects = held.known("template"), held.known('"group"'), held.known("subject")
    for sheet in held.of("marksheet"):
        name, group = templates[sheet["template"]]["name"], groups[sheet["group"]]
        if group["subject"]:
            assert name.startswith(subjects[group["subject"]]["name"])
            assert name.endswith(f"Y{group['standard_year_code']}")
        else:
            assert group["kind"] == "YearGrp"
