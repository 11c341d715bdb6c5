"""KS4DiscountCodes, KS5DiscountCodes and DiscountCodes: what qualifications count as in performance tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from rollbook.model.exams import DiscountCode

from ..hub import BRAMBLESIDE, SAGUARO, Hub
from .examined import SUMMER
from .tables import Caller, Row, Tables

DISCOUNTS = {
    "Year": "year",
    "QAN": "qan",
    "QualificationTitle": "qualification_title",
    "SyllabusCode": "syllabus_code",
    "SyllabusTitle": "syllabus_title",
    "DiscountCode": "code",
    "DiscountCodeDescription": "description",
}


def listed_codes(held: Tables, meant: Callable[[Row], bool]) -> list[tuple[object, ...]]:
    """The discount codes of the store that meet a condition."""
    return sorted(tuple(r[f] for f in DISCOUNTS.values()) for r in held.of("discount_code") if meant(r))


def shown_codes(rows: Iterable[Row]) -> list[tuple[object, ...]]:
    """The discount codes of an answer."""
    return sorted(tuple(r[c] for c in DISCOUNTS) for r in rows)


@pytest.mark.parametrize("stage", ["KS4", "KS5"])
def test_the_codes_of_a_key_stage_are_those_of_all_years(app: Caller, held: Tables, stage: str):
    expected = listed_codes(held, lambda r: r["stage"] == stage)
    assert shown_codes(app.rows(f"{stage}DiscountCodes", "DiscountCodes")) == expected
    assert len({year for year, *_ in expected}) == 3


@pytest.mark.parametrize("stage", ["KS4", "KS5"])
def test_the_codes_of_a_key_stage_are_filtered_by_year(app: Caller, held: Tables, stage: str):
    rows = app.rows(f"{stage}DiscountCodes?Year=2026")
    assert shown_codes(rows) == listed_codes(held, lambda r: (r["stage"], r["year"]) == (stage, 2026))
    assert app.rows(f"{stage}DiscountCodes?Year=1999") == []


@pytest.mark.parametrize(("written", "stage"), [("KS4", "KS4"), ("KS5", "KS5"), ("ks5", "KS5")])
def test_discount_codes_are_those_of_the_key_stage_asked_for(app: Caller, held: Tables, written: str, stage: str):
    rows = app.rows(f"DiscountCodes?KeyStage={written}", "discountcodes")
    assert shown_codes(rows) == listed_codes(held, lambda r: r["stage"] == stage)
    assert {r["KeyStage"] for r in rows} == {stage}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("DiscountCodes", "KeyStage: is required"),
        ("DiscountCodes?KeyStage=KS3", "KS3 is not a valid value"),
        ("KS4DiscountCodes?Year=MMXX", "Year"),
        ("KS5DiscountCodes?KeyStage=KS5", "KeyStage: is not a filter or option"),
    ],
)
def test_a_question_for_codes_that_cannot_be_understood_is_refused(app: Caller, asked: str, said: str):
    assert said in app.refusal(asked)


def test_all_schools_of_a_district_have_the_list_and_nobody_else(hub: Hub, held: Tables):
    primary = Caller(hub, estab=BRAMBLESIDE).rows("KS4DiscountCodes")
    shared = listed_codes(held, lambda r: r["stage"] == "KS4" and r["school"] is None)
    assert shown_codes(primary) == shared
    assert 0 < len(shared) < len(listed_codes(held, lambda r: r["stage"] == "KS4"))
    assert Caller(hub, estab=SAGUARO).rows("KS4DiscountCodes") == []


def test_a_discount_code_leads_from_a_result_by_qan_and_syllabus(app: Caller):
    structure = app.answer("ExamsStructure")
    qans = {r["Id"]: r["Qan"] for r in structure["QANs"]}
    codes = {r["Id"]: r["Code"] for r in structure["SyllabusCodes"]}
    discounts = {
        (r["QAN"], r["SyllabusCode"]): r["DiscountCode"]
        for stage in ("KS4", "KS5")
        for r in app.rows(f"{stage}DiscountCodes?Year=2026")
    }
    for result in app.rows(f"ExamResults?Seasons={SUMMER}"):
        qan, code = qans[result["QanId"]], codes[result["SyllabusCodeId"]]
        # Only where one QAN has several codes does it depend on the syllabus.
        assert ((qan, code) in discounts) != ((qan, "") in discounts)


def test_a_change_set_names_a_discount_code_by_year_qan_and_syllabus(asker: Caller, small: Tables):
    first = asker.rows("KS4DiscountCodes?changedRows=*", "__changedRows__")[0]["NextChangedRows"]
    gone = next(r for r in small.of("discount_code") if r["syllabus_code"] == "J908")
    with small.hub.store.write(small.school["district"]) as batch:
        assert batch.remove(DiscountCode, gone["id"])
    answer = asker.answer(f"KS4DiscountCodes?changedRows={first}")
    assert answer["DiscountCodes_deleted"] == [{"Id": f"{gone['year']}.{gone['qan']}.J908"}]
    assert answer["DiscountCodes"] == []


def test_discount_codes_need_the_scope_of_the_school(hub: Hub):
    assert Caller(hub, ["School"]).rows("DiscountCodes?KeyStage=KS5")
    token = hub.token(["ExamsResults"], app="results-only.example.org")
    for asked in ("DiscountCodes?KeyStage=KS5", "KS4DiscountCodes", "KS5DiscountCodes"):
        assert hub.school(asked, token)["ExceptionType"] == "ScopeNotHeld"
