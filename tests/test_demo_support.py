"""Special needs, agencies, interventions and exclusions of the invented schools are as those of real ones could be."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from rollbook.model.exclusion import EXCLUSION_REASONS, EXCLUSION_TYPES

from .hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub
from .xporter.tables import Tables

ESTABS = (THORNFIELD, BRAMBLESIDE, SAGUARO)


@pytest.fixture(scope="module", params=ESTABS, ids=["thornfield", "brambleside", "saguaro"])
def held(hub: Hub, request: pytest.FixtureRequest) -> Tables:
    """What the store holds of each school."""
    return Tables(hub, request.param)


def by(rows: list[dict[str, Any]], name: str) -> defaultdict[str, list[dict[str, Any]]]:
    """Rows by one of their facts."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def school_days(held: Tables) -> set[str]:
    """The days of this year on which the registers were taken."""
    return {m["date"] for m in held.of("mark") if m["mark"] != "#"}


# ---- special needs


def test_a_students_provision_is_the_one_that_is_active_in_the_history(held: Tables):
    history = by(held.of("sen_provision"), "student")
    for student in held.students("OnRoll"):
        active = [p["code"] for p in history[student["id"]] if held.now(p)]
        assert active == ([student["sen_provision"]] if student["sen_provision"] else [])


def test_provisions_of_a_student_follow_each_other_without_a_gap(held: Tables):
    several = 0
    for spans in by(held.of("sen_provision"), "student").values():
        ordered = sorted(spans, key=lambda p: p["start"])
        several += len(ordered) > 1
        for one, following in pairwise(ordered):
            assert (date.fromisoformat(following["start"]) - date.fromisoformat(one["end"])).days == 1
            assert one["code"] != following["code"]
    assert several


def test_whoever_has_support_has_a_need_of_rank_one_and_no_two_of_one_kind(held: Tables):
    needs = by(held.of("sen_need"), "student")
    for student in held.students("OnRoll"):
        mine = needs[student["id"]]
        assert sorted(n["rank"] for n in mine) == list(range(1, len(mine) + 1))
        assert len({n["code"] for n in mine}) == len(mine)
        if student["sen_provision"] in ("K", "E"):
            assert any(held.now(n) for n in mine)


def test_a_disabled_student_has_an_active_disability_and_only_they(held: Tables):
    active = {d["student"] for d in held.of("disability") if held.now(d)}
    assert active == {s["id"] for s in held.students("OnRoll") if s["disabled"]}


def test_a_plan_is_made_after_it_was_asked_for_and_whoever_has_one_now_has_the_provision(held: Tables):
    plans = by(held.of("sen_plan"), "student")
    for plan in held.of("sen_plan"):
        known = [plan[n] for n in ("requested", "consultation", "finalised", "ceased") if plan[n]]
        assert known == sorted(known)
    british = held.school["estab"] != SAGUARO
    for student in held.students("OnRoll"):
        in_force = [p for p in plans[student["id"]] if p["finalised"] and not p["ceased"]]
        assert len(in_force) == (british and student["sen_provision"] == "E")


def test_reviews_are_completed_when_their_day_is_over_and_planned_before(held: Tables):
    for review in held.of("sen_review"):
        assert (review["status"] == "Planned") == (review["date"] > held.today)
        assert date.fromisoformat(review["date"]).weekday() < 5
    assert {r["status"] for r in held.of("sen_review")} >= {"Planned", "Completed"}


def test_about_one_in_six_pupils_has_special_needs(hub: Hub):
    # DfE, "Special educational needs in England": in 2024/25, 5 in 100 had a plan and 14 in 100 support.
    counts = Counter(s["sen_provision"] for s in Tables(hub).students("OnRoll"))
    share = {code: 100 * counts[code] / sum(counts.values()) for code in "KE"}
    assert 8 < share["K"] < 18
    assert 2 < share["E"] < 7


# ---- agencies


def test_nobody_is_linked_twice_to_one_agency_or_agent(held: Tables):
    for table, who in (("agency_student", "agency"), ("agent_student", "agent")):
        pairs = Counter((r["student"], r[who]) for r in held.of(table))
        assert set(pairs.values()) == {1}


def test_whoever_works_with_a_student_has_an_agency_that_does(held: Tables):
    agency = {r["agent"]: r["agency"] for r in held.of("agency_agent")}
    linked = {(r["student"], r["agency"]) for r in held.of("agency_student")}
    assert all((r["student"], agency[r["agent"]]) in linked for r in held.of("agent_student"))


def test_whoever_is_in_care_has_a_social_worker(held: Tables):
    workers = {a["id"] for a in held.of("agent") if a["kind"] == "Social Worker"}
    cared_for = {r["student"] for r in held.of("agent_student") if r["agent"] in workers and held.now(r)}
    assert cared_for == {s["id"] for s in held.students("OnRoll") if s["in_care"]} != set()


# ---- interventions


def test_an_intervention_lies_within_what_is_offered_and_within_the_time_at_school(held: Tables):
    overviews, students = held.known("intervention_overview"), held.known("student")
    for one in held.of("intervention"):
        overview, student = overviews[one["overview"]], students[one["student"]]
        assert overview["start"] <= one["start"] <= one["review"] <= one["end"] <= overview["end"]
        assert student["entry_date"] <= one["start"]
        assert one["end"] <= (student["leaving_date"] or one["end"])
        assert (one["outcome"] is not None) == (one["end"] < held.today)


# ---- exclusions


def test_every_session_of_a_suspension_is_in_the_register_and_the_other_way_round(held: Tables):
    marked = by([m for m in held.of("mark") if m["mark"] == "E" and m["kind"] == "S"], "student")
    kept = min(m["date"] for m in held.of("mark"))
    known = [e for e in held.of("exclusion") if e["kind"] in ("FIXD", "RFIX", "RPER") and e["start"] >= kept]
    suspended = by(known, "student")
    assert marked.keys() == suspended.keys() != set()
    for student, marks in marked.items():
        sessions = {(m["date"], m["session"]) for m in marks}
        spans = [((e["start"], e["start_session"]), (e["end"], e["end_session"])) for e in suspended[student]]
        assert all(any(first <= s <= last for first, last in spans) for s in sessions)
        assert {edge for span in spans for edge in span} <= sessions
        assert sum(e["sessions"] for e in suspended[student]) == len(sessions)


def test_a_day_is_two_sessions(held: Tables):
    for exclusion in held.of("exclusion"):
        if exclusion["sessions"] is not None:
            assert exclusion["days"] == exclusion["sessions"] / 2
            assert exclusion["start"] <= exclusion["end"]
        assert exclusion["kind"] in EXCLUSION_TYPES


def test_this_years_exclusions_start_and_end_on_school_days(held: Tables):
    taught = school_days(held)
    for exclusion in held.of("exclusion"):
        if exclusion["academic_year"] == "2026/2027":
            assert {exclusion["start"], exclusion["end"]} <= taught


def test_terms_and_years_are_those_of_the_calendar(held: Tables):
    terms = [s for s in held.of("session") if s["kind"] in ("term", "semester")]
    for exclusion in held.of("exclusion"):
        (term,) = (t for t in terms if t["start"] <= exclusion["start"] <= t["end"])
        assert exclusion["term"] == term["name"]
        assert exclusion["academic_year"] == term["school_year"].replace("-", "/")


def test_an_exclusion_has_a_reason_and_names_it_when_there_is_one(held: Tables):
    grounds = by(held.of("exclusion_ground"), "exclusion")
    for exclusion in held.of("exclusion"):
        reasons = {g["reason"] for g in grounds[exclusion["id"]]}
        assert reasons
        assert exclusion["reason"] == (next(iter(reasons)) if len(reasons) == 1 else None)
    assert {r["code"]: r["description"] for r in held.of("exclusion_reason")} == EXCLUSION_REASONS


def test_a_british_school_excluded_one_leaver_for_good(hub: Hub):
    held = Tables(hub)
    students = held.known("student")
    (gone,) = (e for e in held.of("exclusion") if e["kind"] == "PERM")
    assert held.roll(students[gone["student"]]) == "Leaver"
    assert gone["start"] <= students[gone["student"]]["leaving_date"]
    back = [e for e in held.of("exclusion") if e["reinstatement"]]
    assert {e["kind"] for e in back} == {"RFIX", "RPER"}
    assert all(e["end"] < e["reinstatement"] for e in back)
