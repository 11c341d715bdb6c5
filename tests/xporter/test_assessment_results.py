"""AssessmentResults, by aspect, marksheet and student, and PriorAttainment: what students achieved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from rollbook.model.assessment import AssessmentResult, Marksheet, Template, TemplateColumn
from rollbook.model.groups import Group
from rollbook.model.students import StudentMembership

from .tables import Caller, Row, Tables, mis_ids

R = "AssessmentResults"


class Ledger:
    """The results of a school, and what names some of them, with the ids that the school knows."""

    def __init__(self, held: Tables) -> None:
        self.held = held
        known = {t: held.known(t) for t in ("student", "aspect", "result_set", "template", '"group"')}
        self.ids = {t: {i: r["mis_id"] for i, r in rows.items()} for t, rows in known.items()}
        self.rows = held.of("assessment_result")
        self.columns = held.of("template_column")
        self.marksheets = held.of("marksheet")

    def where(self, meant: Callable[[str, str, str | None, Row], bool]) -> set[str]:
        """The Ids of the results that meet a condition on student, aspect, resultset and the row."""
        ids = self.ids
        return {
            r["mis_id"]
            for r in self.rows
            if meant(ids["student"][r["student"]], ids["aspect"][r["aspect"]], self.set_of(r), r)
        }

    def set_of(self, row: Row) -> str | None:
        """The resultset of a result or a column."""
        return self.ids["result_set"].get(row["result_set"])

    def members(self, *groups: str) -> set[str]:
        """The students who are in groups now."""
        return {
            self.ids["student"][m["student"]]
            for m in self.held.of("student_membership")
            if self.ids['"group"'].get(m["group"]) in groups and self.held.now(m)
        }

    def pairs(self, *, columns: tuple[str, ...] = (), templates: tuple[str, ...] = ()) -> set[tuple[str, str | None]]:
        """The aspects and resultsets of columns, and of all columns of templates."""
        return {
            (self.ids["aspect"][c["aspect"]], self.set_of(c))
            for c in self.columns
            if c["mis_id"] in columns or self.ids["template"][c["template"]] in templates
        }

    def sheet(self, marksheet: str) -> tuple[set[str], set[tuple[str, str | None]]]:
        """The students and the pairs of a marksheet."""
        row = next(m for m in self.marksheets if m["mis_id"] == marksheet)
        template, group = self.ids["template"][row["template"]], self.ids['"group"'][row["group"]]
        return self.members(group), self.pairs(templates=(template,))


def fits(pairs: set[tuple[str, str | None]], aspect: str, result_set: str | None) -> bool:
    """Whether an aspect and resultset are one of the pairs, of which those without a resultset stand for any."""
    return (aspect, None) in pairs or (aspect, result_set) in pairs


@pytest.fixture(scope="module")
def ledger(held: Tables) -> Ledger:
    return Ledger(held)


# ---- aspects


def test_a_result_tells_whose_it_is_of_what_and_when(app: Caller, ledger: Ledger):
    rows = app.rows(f"{R}?Aspects=702")
    stored = {r["mis_id"]: r for r in ledger.rows}
    for row in rows:
        one = stored[row["Id"]]
        assert row == {
            "Id": one["mis_id"],
            "StudentId": ledger.ids["student"][one["student"]],
            "AspectId": "702",
            "ResultDate": one["date"],
            "ResultSetId": ledger.set_of(one),
            "Result": one["result"],
            "NumericValue": one["numeric_value"],
            "Notes": one["notes"],
        }
    assert any(r["Notes"] for r in rows)


def test_an_aspect_alone_is_asked_for_in_every_resultset(app: Caller, ledger: Ledger):
    rows = app.rows(f"{R}?Aspects=702")
    assert {r["Id"] for r in rows} == ledger.where(lambda s, a, rs, r: a == "702")
    assert {r["ResultSetId"] for r in rows} == {"31", "32", "33", "34"}


def test_a_pair_is_an_aspect_in_a_resultset(app: Caller, ledger: Ledger):
    wanted = {("702", "34"), ("701", "31")}
    assert app.ids(f"{R}?Aspects=702|34,701|31") == ledger.where(lambda s, a, rs, r: (a, rs) in wanted)


def test_a_pair_with_nothing_after_the_bar_is_an_aspect_in_no_resultset(app: Caller, ledger: Ledger):
    reading = next(a["mis_id"] for a in ledger.held.of("aspect") if a["name"].startswith("Reading Age"))
    found = app.ids(f"{R}?Aspects={reading}|")
    assert found == ledger.where(lambda s, a, rs, r: a == reading and rs is None)
    assert set() < found < app.ids(f"{R}?Aspects={reading}")


def test_pairs_and_aspects_alone_add_up(app: Caller, ledger: Ledger):
    found = app.ids(f"{R}?Aspects=702|34,703")
    assert found == ledger.where(lambda s, a, rs, r: a == "703" or (a, rs) == ("702", "34"))


def test_an_aspect_alone_and_in_a_pair_is_asked_for_in_every_resultset(app: Caller):
    assert app.ids(f"{R}?Aspects=702,702|34") == app.ids(f"{R}?Aspects=702")


def test_a_pair_has_two_parts(app: Caller):
    assert "702|34|1 is not a pair" in app.refusal(f"{R}?Aspects=702|34|1")


def test_columns_name_their_aspect_in_their_resultset(app: Caller, ledger: Ledger):
    pairs = ledger.pairs(columns=("13801", "13802"))
    assert pairs == {("701", "34"), ("702", "34")}
    found = ledger.where(lambda s, a, rs, r: fits(pairs, a, rs))
    assert app.ids(f"{R}?Columns=13801,13802") == found
    assert found


def test_a_column_without_a_resultset_names_its_aspect_in_all(app: Caller, ledger: Ledger):
    column = next(c for c in ledger.columns if c["result_set"] is None)
    aspect = ledger.ids["aspect"][column["aspect"]]
    rows = app.rows(f"{R}?Columns={column['mis_id']}")
    assert {r["Id"] for r in rows} == ledger.where(lambda s, a, rs, r: a == aspect)
    assert {r["ResultSetId"] for r in rows} == {"33", "34", None}


def test_aspects_and_columns_add_up(app: Caller):
    assert app.ids(f"{R}?Columns=13801&Aspects=704|33") == app.ids(f"{R}?Columns=13801") | app.ids(
        f"{R}?Aspects=704|33"
    )


# ---- resultsets


def test_resultsets_alone_are_all_their_results(app: Caller, ledger: Ledger):
    assert app.ids(f"{R}?ResultSets=37,41") == ledger.where(lambda s, a, rs, r: rs in ("37", "41"))


@pytest.mark.parametrize("named", ["Aspects=702|34", "Aspects=702|", "Columns=13802", "Aspects=702"])
def test_resultsets_take_the_place_of_those_of_pairs_and_columns(app: Caller, ledger: Ledger, named: str):
    found = app.ids(f"{R}?{named}&Resultsets=31,32")
    assert found == ledger.where(lambda s, a, rs, r: a == "702" and rs in ("31", "32"))
    assert found


def test_resultsets_narrow_the_results_of_students(app: Caller, ledger: Ledger):
    found = app.ids(f"{R}?Students=9919&ResultSets=34")
    assert found == ledger.where(lambda s, a, rs, r: (s, rs) == ("9919", "34"))


# ---- students


def test_students_are_named_by_their_ids(app: Caller, ledger: Ledger):
    assert app.ids(f"{R}?Students=9919,9922") == ledger.where(lambda s, a, rs, r: s in ("9919", "9922"))


def test_a_student_of_another_school_has_nothing(app: Caller):
    assert app.rows(f"{R}?Students=9001") == []


def test_groups_name_their_members(app: Caller, ledger: Ledger):
    group = ledger.ids['"group"'][ledger.marksheets[0]["group"]]
    members = ledger.members(group)
    assert 10 < len(members) < 40
    assert app.ids(f"{R}?Groups={group}") == ledger.where(lambda s, a, rs, r: s in members)


def test_students_and_groups_add_up(app: Caller, ledger: Ledger):
    group = ledger.ids['"group"'][ledger.marksheets[0]["group"]]
    outside = next(
        ledger.ids["student"][r["student"]]
        for r in ledger.rows
        if ledger.ids["student"][r["student"]] not in ledger.members(group)
    )
    both = app.ids(f"{R}?Groups={group}&Students={outside}")
    assert both == app.ids(f"{R}?Groups={group}") | app.ids(f"{R}?Students={outside}")
    assert both == app.ids(f"{R}ByStudent?Groups={group}&Students={outside}")


def test_students_and_aspects_narrow_each_other(app: Caller, ledger: Ledger):
    found = app.ids(f"{R}?Students=9919,9922&Aspects=702,704|34")
    assert found == ledger.where(lambda s, a, rs, r: s in ("9919", "9922") and (a == "702" or (a, rs) == ("704", "34")))
    assert found


def test_who_has_left_a_group_is_not_named_by_it(asker: Caller, small: Tables):
    one = next(m for m in small.of("student_membership") if small.now(m) and results_of(small, m["student"]))
    group = small.known('"group"')[one["group"]]["mis_id"]
    student = small.known("student")[one["student"]]["mis_id"]
    assert student in {r["StudentId"] for r in asker.rows(f"{R}?Groups={group}")}
    small.change(StudentMembership, one["id"], end=yesterday(small))
    assert student not in {r["StudentId"] for r in asker.rows(f"{R}?Groups={group}")}


def test_a_group_that_is_over_names_all_that_it_had(asker: Caller, small: Tables):
    student = next(s for s in small.shown_students() if results_of(small, s["id"]))
    group = small.add(Group, mis_id="99001", kind="Cohort", code="Old", end=yesterday(small))
    small.add(StudentMembership, group=group, student=student["id"], end="2026-01-09")
    assert {r["StudentId"] for r in asker.rows(f"{R}?Groups=99001")} == {student["mis_id"]}


def results_of(held: Tables, student: str) -> list[Row]:
    """A student's results."""
    return [r for r in held.of("assessment_result") if r["student"] == student]


def yesterday(held: Tables) -> str:
    """The day before today."""
    return (date.fromisoformat(held.today) - timedelta(1)).isoformat()


# ---- marksheets and templates


@pytest.mark.parametrize("segment", [R, f"{R}ByMarksheet"])
def test_a_marksheet_names_the_students_and_the_aspects_of_its_grid(app: Caller, ledger: Ledger, segment: str):
    students, pairs = ledger.sheet("5301")
    found = app.ids(f"{segment}?Marksheets=5301")
    assert found == ledger.where(lambda s, a, rs, r: s in students and fits(pairs, a, rs))
    assert found


def test_marksheets_add_up(app: Caller, ledger: Ledger):
    sheets = [ledger.sheet(one) for one in ("5301", "5302")]
    students, pairs = sheets[0][0] | sheets[1][0], sheets[0][1] | sheets[1][1]
    assert app.ids(f"{R}?Marksheets=5301,5302") == ledger.where(
        lambda s, a, rs, r: s in students and fits(pairs, a, rs)
    )


def test_a_marksheet_with_a_student_and_an_aspect_more(app: Caller, ledger: Ledger):
    students, pairs = ledger.sheet("5301")
    outside = sorted(set(ledger.ids["student"].values()) - students)[0]
    found = app.ids(f"{R}?Marksheets=5301&Students={outside}&Aspects=704|33")
    assert found == ledger.where(lambda s, a, rs, r: s in {*students, outside} and fits(pairs | {("704", "33")}, a, rs))


def test_a_template_names_its_aspects_and_the_students_of_its_group(app: Caller, ledger: Ledger):
    row = next(t for t in ledger.held.of("template") if t["name"] == "English Assessment Y9")
    students = ledger.members(ledger.ids['"group"'][row["filter_group"]])
    pairs = ledger.pairs(templates=(row["mis_id"],))
    found = app.ids(f"{R}?Templates={row['mis_id']}")
    assert found == ledger.where(lambda s, a, rs, r: s in students and fits(pairs, a, rs))
    assert found


def test_a_template_names_the_students_of_its_marksheets(asker: Caller, small: Tables):
    ledger = Ledger(small)
    template, *_ = (t for t in small.of("template") if t["name"] == "English Assessment Y9")
    small.change(Template, template["id"], filter_group=None)
    groups = [ledger.ids['"group"'][m["group"]] for m in ledger.marksheets if m["template"] == template["id"]]
    students, pairs = ledger.members(*groups), ledger.pairs(templates=(template["mis_id"],))
    found = asker.ids(f"{R}?Templates={template['mis_id']}")
    assert found == ledger.where(lambda s, a, rs, r: s in students and fits(pairs, a, rs))
    assert found


def test_a_template_without_a_group_names_no_students(app: Caller, ledger: Ledger):
    row = next(t for t in ledger.held.of("template") if t["filter_group"] is None)
    pairs = ledger.pairs(templates=(row["mis_id"],))
    assert app.ids(f"{R}?Templates={row['mis_id']}") == ledger.where(lambda s, a, rs, r: fits(pairs, a, rs))
    found = app.ids(f"{R}?Templates={row['mis_id']}&Students=9919")
    assert found == ledger.where(lambda s, a, rs, r: s == "9919" and fits(pairs, a, rs))
    assert found


# ---- dates


def test_result_dates_include_both_days(app: Caller, ledger: Ledger):
    found = app.ids(f"{R}?Aspects=702&ResultDateFrom=2026-10-13&ResultDateTo=2026-10-15")
    assert found == ledger.where(lambda s, a, rs, r: a == "702" and "2026-10-13" <= r["date"] <= "2026-10-15")
    assert {r["date"] for r in ledger.rows if r["mis_id"] in found} == {"2026-10-13", "2026-10-14", "2026-10-15"}


@pytest.mark.parametrize("segment", ["?Aspects=702", "ByAspect?Aspects=702", "ByStudent?Students=9919"])
def test_collection_dates_include_both_days(app: Caller, ledger: Ledger, segment: str):
    day = "2026-10-19"
    collected = {r["mis_id"] for r in ledger.rows if r["collection_date"] == day}
    found = app.ids(f"{R}{segment}&CollectionDateFrom={day}&CollectionDateTo={day}")
    assert found == app.ids(f"{R}{segment}") & collected
    assert found


@pytest.mark.parametrize("name", ["ResultDate", "CollectionDate"])
def test_a_result_without_a_date_is_left_out_when_dates_are_given(asker: Caller, small: Tables, name: str):
    student = small.shown_students()[0]
    aspect = next(a for a in small.of("aspect") if a["mis_id"] == "702")
    small.add(AssessmentResult, mis_id="99", student=student["id"], aspect=aspect["id"], result="S=")
    assert "99" in asker.ids(f"{R}?Aspects=702")
    assert "99" not in asker.ids(f"{R}?Aspects=702&{name}From=1990-01-01")
    assert "99" not in asker.ids(f"{R}?Aspects=702&{name}To=2090-01-01")


def test_a_first_day_after_the_last_is_refused(app: Caller):
    asked = f"{R}?Aspects=702&ResultDateFrom=2026-10-15&ResultDateTo=2026-10-13"
    assert "is after ResultDateTo" in app.refusal(asked)


# ---- what must be given


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        (R, "Students, Groups, Aspects, ResultSets, Templates, Columns, Marksheets: at least one of these is required"),
        (f"{R}ByAspect", "Aspects: is required"),
        (f"{R}ByMarksheet", "Marksheets: is required"),
        (f"{R}ByStudent", "Students, Groups, Marksheets: at least one of these is required"),
    ],
)
def test_dates_alone_are_not_enough(app: Caller, segment: str, said: str):
    assert said in app.refusal(f"{segment}?ResultDateFrom=2026-01-01")


def test_by_student_takes_student_ids_as_marksheets_too(app: Caller):
    assert app.ids(f"{R}ByStudent?Marksheets=9919") == app.ids(f"{R}ByStudent?Students=9919")
    assert app.ids(f"{R}ByStudent?Marksheets=9919&Students=9922") == app.ids(f"{R}?Students=9919,9922")


def test_by_aspect_answers_as_the_endpoint_of_all_filters(app: Caller):
    assert app.answer(f"{R}ByAspect?Aspects=702|34,704") == app.answer(f"{R}?Aspects=702|34,704")


def test_pages_together_are_the_whole(app: Caller):
    whole = app.rows(f"{R}?Aspects=702")
    pages = [row for page in range(1, 6) for row in app.rows(f"{R}?Aspects=702&page={page}&pagesize=500")]
    assert pages == whole


# ---- scopes


def test_results_alone_need_no_other_scope(app: Caller):
    alone = Caller(app.hub, [R])
    for asked in ("Aspects=702|34", "Students=9919", "Students=9919&ResultSets=34"):
        assert alone.rows(f"{R}?{asked}") == app.rows(f"{R}?{asked}")


@pytest.mark.parametrize(
    ("scopes", "name"),
    [((R,), "Groups"), ((R,), "Templates"), ((R, "SchoolLite"), "Columns"), ((R, "SchoolLite"), "Marksheets")],
)
def test_who_is_in_a_group_or_grid_needs_its_own_scope(app: Caller, scopes: tuple[str, ...], name: str):
    assert f"{name}: is not a filter" in Caller(app.hub, scopes).refusal(f"{R}?Aspects=702&{name}=310")


def test_groups_need_what_tells_of_memberships(app: Caller):
    assert Caller(app.hub, [R, "SchoolLite"]).rows(f"{R}?Groups=310&ResultSets=37") == app.rows(
        f"{R}?Groups=310&ResultSets=37"
    )


def test_results_need_their_scope(app: Caller):
    refused = app.hub.school(f"{R}?Aspects=702", Caller(app.hub, ["School", "Student"]).token)
    assert refused["ExceptionType"] == "ScopeNotHeld"


# ---- grids that change


def test_a_column_that_is_added_is_asked_for_with_its_template(asker: Caller, small: Tables):
    ledger = Ledger(small)
    template = next(t for t in small.of("template") if t["name"] == "English Assessment Y9")
    aspect = next(a for a in small.of("aspect") if a["name"] == "Mathematics KS3 Working At")
    asked = f"{R}?Templates={template['mis_id']}"
    assert aspect["mis_id"] not in {r["AspectId"] for r in asker.rows(asked)}
    small.add(TemplateColumn, template=template["id"], aspect=aspect["id"], mis_id="99")
    year9 = ledger.members(ledger.ids['"group"'][template["filter_group"]])
    added = {r["Id"] for r in asker.rows(asked) if r["AspectId"] == aspect["mis_id"]}
    assert added == ledger.where(lambda s, a, rs, r: s in year9 and a == aspect["mis_id"])


def test_a_marksheet_of_another_group_shows_that_groups_students(asker: Caller, small: Tables):
    ledger = Ledger(small)
    sheet, *_ = ledger.marksheets
    year8 = next(g for g in small.of('"group"') if g["kind"] == "YearGrp" and g["standard_year_code"] == "8")
    small.change(Marksheet, sheet["id"], group=year8["id"])
    found = {r["StudentId"] for r in asker.rows(f"{R}?Marksheets={sheet['mis_id']}")}
    assert found <= ledger.members(year8["mis_id"])


# ---- prior attainment

P = "PriorAttainment"


def prior(ledger: Ledger) -> list[Row]:
    """The results of prior attainment."""
    aspects = {a["id"] for a in ledger.held.of("aspect") if a["prior"]}
    return [r for r in ledger.rows if r["aspect"] in aspects]


def test_prior_attainment_is_what_was_achieved_in_aspects_of_early_stages(app: Caller, ledger: Ledger):
    names = {a["mis_id"]: a["name"] for a in ledger.held.of("aspect")}
    expected = {
        r["mis_id"]: {
            "Id": r["mis_id"],
            "StudentId": ledger.ids["student"][r["student"]],
            "AspectID": ledger.ids["aspect"][r["aspect"]],
            "AspectName": names[ledger.ids["aspect"][r["aspect"]]],
            "ResultId": r["mis_id"],
            "ResultsetId": ledger.set_of(r),
            "Result": r["result"],
            "ResultValue": r["numeric_value"],
        }
        for r in prior(ledger)
    }
    assert {r["Id"]: r for r in app.rows(P)} == expected


def test_prior_attainment_of_one_student(app: Caller, ledger: Ledger):
    expected = {r["mis_id"] for r in prior(ledger) if ledger.ids["student"][r["student"]] == "9919"}
    assert app.ids(f"{P}?StudentId=9919") == expected
    assert expected


def test_prior_attainment_of_some_days_includes_both(app: Caller, ledger: Ledger):
    days = sorted({r["date"] for r in prior(ledger)})
    first, last = days[2], days[-2]
    expected = {r["mis_id"] for r in prior(ledger) if first <= r["date"] <= last}
    assert app.ids(f"{P}?DateFrom={first}&DateTo={last}") == expected
    assert expected < mis_ids(prior(ledger))


@pytest.mark.parametrize("scope", ["School", "SchoolLite"])
def test_without_the_scope_of_results_only_the_aspects_are_told(app: Caller, scope: str):
    told = ("Id", "StudentId", "AspectID", "AspectName")
    rows = Caller(app.hub, [scope]).rows(f"{P}?StudentId=9919")
    assert rows == [{n: r[n] for n in told} for r in app.rows(f"{P}?StudentId=9919")]


def test_the_day_of_a_result_needs_the_scope_of_results(app: Caller):
    assert "DateFrom: is not a filter" in Caller(app.hub, ["School"]).refusal(f"{P}?DateFrom=2020-01-01")


def test_prior_attainment_is_not_told_by_results_alone(app: Caller):
    refused = app.hub.school(P, Caller(app.hub, [R]).token)
    assert refused["ExceptionType"] == "ScopeNotHeld"
