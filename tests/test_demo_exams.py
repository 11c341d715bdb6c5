"""The examinations of the invented secondary school: what an examinations officer would check."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import correlation

import pytest

from rollbook.demo import build
from rollbook.demo.examinees import marked, uci
from rollbook.store.sqlite import Store
from tests.looking import look

from .hub import THORNFIELD, Hub
from .xporter.tables import Row, Tables


@pytest.fixture(scope="module")
def held(hub: Hub) -> Tables:
    return Tables(hub, THORNFIELD)


def joined(held: Tables, table: str, **references: str) -> Iterator[tuple[Row, ...]]:
    """The rows of a table, each with those that it refers to."""
    others = [(name, held.known(other)) for name, other in references.items()]
    for row in held.of(table):
        yield (row, *(known[row[name]] for name, known in others))


def test_the_check_character_of_a_uci_is_that_of_the_published_example():
    assert uci("68199", 2001, "2058") == "681990012058G"


def test_candidates_have_the_number_of_the_students_record_and_one_uci_for_all_seasons(held: Tables):
    ucis: defaultdict[str, set[str]] = defaultdict(set)
    for candidate, student in joined(held, "exam_candidate", student="student"):
        assert candidate["number"] == student["candidate_no"]
        assert candidate["uci"][:5] == candidate["centre_no"] == held.school["exam_centre"]
        assert candidate["uci"] == uci(candidate["uci"][:5], int(candidate["uci"][6:8]), candidate["uci"][8:12])
        ucis[student["id"]].add(candidate["uci"])
    assert {len(found) for found in ucis.values()} == {1}


def test_a_number_belongs_to_one_candidate_of_a_season(held: Tables):
    numbers = Counter(
        (row["season"], row["number"]) for table in ("exam_candidate", "external_candidate") for row in held.of(table)
    )
    assert set(numbers.values()) == {1}


@pytest.mark.parametrize("table", ["exam_entry", "exam_result", "exam_forecast"])
def test_whoever_is_entered_is_a_candidate_of_the_season(held: Tables, table: str):
    candidates = {(c["student"], c["season"]) for c in held.of("exam_candidate")}
    assert {(row["student"], row["season"]) for row in held.of(table)} <= candidates


def test_nobody_is_entered_twice_for_a_syllabus_in_a_season(held: Tables):
    entries = Counter((e["student"], e["season"], e["syllabus"]) for e in held.of("exam_entry"))
    assert set(entries.values()) == {1}


def test_every_entry_that_stands_has_one_grade_once_results_are_published(held: Tables):
    series = held.known("exam_series")
    due = {
        (e["student"], e["season"], e["option"])
        for e in held.of("exam_entry")
        if e["status"] != "W" and series[e["series"]]["results_date"] <= held.today
    }
    graded = Counter(
        (r["student"], r["season"], r["option"])
        for r, aspect in joined(held, "exam_result", aspect="aspect")
        if aspect["name"].endswith("Result Grade")
    )
    assert set(graded) == due
    assert set(graded.values()) == {1}


@pytest.mark.parametrize("table", ["exam_result", "exam_forecast"])
def test_a_result_is_a_grade_of_its_aspect_that_was_valid_then_or_a_mark_within_its_bounds(held: Tables, table: str):
    versions = held.known("grade_set_history")
    grades: defaultdict[str, set[str]] = defaultdict(set)
    for grade in held.of("grade"):
        version = versions[grade["version"]]
        if version["end"] is None:
            grades[version["grade_set"]].add(grade["value"])
    most = {m["aspect"]: m["most"] for m in held.of("mark_set") if m["end"] is None}
    for row, aspect in joined(held, table, aspect="aspect"):
        if aspect["kind"] == "Grade":
            assert row["result"] in grades[aspect["grade_set"]]
        else:
            assert 0 <= int(row["result"]) < most[aspect["id"]]


def test_results_are_published_on_the_day_of_their_series(held: Tables):
    days = {(s["season"], s["board"], s["name"].split()[1]): s["results_date"] for s in held.of("exam_series")}
    for result, level in joined(held, "exam_result", level="exam_level"):
        kind = "A" if level["code"] == "ADV" else "GCSE"
        assert result["date"] == days[result["season"], result["board"], kind]
        assert result["date"] <= held.today


def test_forecasts_are_close_to_results(held: Tables):
    forecasts = {(f["student"], f["option"], f["season"]): f["result"] for f in held.of("exam_forecast")}
    pairs = [
        (int(forecasts[r["student"], r["option"], r["season"]]), int(r["result"]))
        for r, aspect, level in joined(held, "exam_result", aspect="aspect", level="exam_level")
        if aspect["name"].endswith("Result Grade") and level["code"] == "FC" and r["result"].isdecimal()
        if forecasts[r["student"], r["option"], r["season"]].isdecimal()
    ]
    assert len(pairs) > 300
    assert correlation(*zip(*pairs, strict=True)) > 0.8


def test_english_and_mathematics_are_passed_by_most_and_grades_are_spread(held: Tables):
    options = held.known("option_code")
    found = [
        int(r["result"])
        for r, aspect in joined(held, "exam_result", aspect="aspect")
        if options[r["option"]]["code"] in ("8901", "8903F", "8903H") and aspect["name"].endswith("Result Grade")
        if r["result"].isdecimal()
    ]
    assert 0.55 < sum(g >= 4 for g in found) / len(found) < 0.85
    assert set(found) == set(range(1, 10))


def test_grades_of_a_tier_are_those_that_it_can_lead_to(held: Tables):
    options = held.known("option_code")
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for r, aspect in joined(held, "exam_result", aspect="aspect"):
        if aspect["name"].endswith("Result Grade"):
            seen[options[r["option"]]["code"]].add(r["result"])
    assert seen["8903F"] <= set("12345UX")
    assert seen["8903H"] <= set("3456789UX")


def test_a_better_grade_is_worth_a_better_mark():
    for tier, grades in (("F", "U12345"), ("H", "U3456789")):
        for worse, better in pairwise(grades):
            assert marked(tier, worse, 0.999) < marked(tier, better, 0.0)
        assert marked(tier, grades[-1], 0.999) < 240


def test_in_november_those_try_again_who_had_no_grade_4_in_summer(held: Tables):
    numbers = {season["id"]: season["mis_id"] for season in held.of("exam_season")}
    summer = {
        (r["student"], r["syllabus"]): r["result"]
        for r, aspect in joined(held, "exam_result", aspect="aspect")
        if numbers[r["season"]] == "13" and aspect["name"].endswith("Result Grade")
    }
    again = [e for e in held.of("exam_entry") if numbers[e["season"]] == "14"]
    assert len(again) > 5
    assert {summer[e["student"], e["syllabus"]] for e in again} <= set("123U")
    assert {e["resit"] for e in again} == {1}


TITLES = {"Ar": "Fine Art|Photography", "Co": "Computer Science", "Sc": "Combined Science|Environmental Science"}
"""What a subject of the timetable is called by boards, where they call it otherwise."""


def test_next_summers_entries_are_for_what_a_student_is_taught(held: Tables):
    subjects = {s["id"]: TITLES.get(s["code"], s["name"]) for s in held.of("subject")}
    classes = {g["id"]: subjects.get(g["subject"]) for g in held.sql('SELECT * FROM "group"')}
    taught: defaultdict[str, str] = defaultdict(str)
    for m in held.of("student_membership"):
        if held.now(m) and classes.get(m["group"]):
            taught[m["student"]] += f"|{classes[m['group']]}"
    (season,) = (s["id"] for s in held.of("exam_season") if s["mis_id"] == "15")
    entries = [(e, o) for e, o in joined(held, "exam_entry", option="option_code") if e["season"] == season]
    for entry, option in entries:
        assert any(name and name in option["title"] for name in taught[entry["student"]].split("|")), option["title"]
    assert len({entry["student"] for entry, _ in entries}) > 200


# ---- the hall


def test_nobody_sits_two_papers_at_once_and_no_seat_has_two(held: Tables):
    sittings = held.of("exam_sitting")
    when = ("date", "session")
    people = Counter((s["student"] or s["external"], *(s[w] for w in when)) for s in sittings)
    seats = Counter((s["room"], s["row"], s["seat"], *(s[w] for w in when)) for s in sittings)
    assert set(people.values()) == set(seats.values()) == {1}


def test_papers_are_sat_on_school_days_within_the_season(held: Tables):
    closed = [(e["start"], e["end"]) for e in held.of("calendar_event") if e["kind"] != "SchoolEvent"]
    for sitting, season in joined(held, "exam_sitting", season="exam_season"):
        assert season["start"] <= sitting["date"] <= season["end"]
        assert date.fromisoformat(sitting["date"]).weekday() < 5
        assert not any(start <= sitting["date"] <= end for start, end in closed)


def test_students_sit_the_papers_of_their_entries(held: Tables):
    entries = {(e["student"], e["season"], e["option"]) for e in held.of("exam_entry") if e["status"] != "W"}
    sat = {(s["student"], s["season"], s["option"]) for s in held.of("exam_sitting") if s["student"]}
    assert sat <= entries
    guests = {s["external"] for s in held.of("exam_sitting")} - {None}
    assert guests == {g["id"] for g in held.of("external_candidate")}


def test_extra_time_is_that_of_the_arrangement(held: Tables):
    more: Counter[tuple[str, str]] = Counter()
    for a in held.of("exam_arrangement"):
        more[a["student"] or a["external"], a["season"]] += a["extra_percent"] or 0
    for s in held.of("exam_sitting"):
        assert s["extra_minutes"] == -(-s["minutes"] * more[s["student"] or s["external"], s["season"]] // 100)


def test_extra_time_goes_to_students_with_a_special_need(held: Tables):
    students = held.known("student")
    found = {
        students[a["student"]]["sen_provision"]
        for a in held.of("exam_arrangement")
        if a["student"] and a["code"] in ("ET25", "ET50", "RD", "SC")
    }
    assert found == {"K", "E"}


def test_whoever_was_at_a_november_paper_is_marked_present_that_morning(held: Tables):
    marks = {(m["student"], m["date"]): m["mark"] for m in held.of("mark") if (m["kind"], m["session"]) == ("S", "AM")}
    for s in held.of("exam_sitting"):
        if s["student"] and s["date"] > "2026-11":
            assert s["present"] == int(marks[s["student"], s["date"]] in ("/", "L"))


def test_whoever_has_no_result_was_at_no_paper(held: Tables):
    missed = {(r["student"], r["season"], r["option"]) for r in held.of("exam_result") if r["result"] == "X"}
    absent = {
        (s["student"], s["season"], s["option"])
        for s in held.of("exam_sitting")
        if s["present"] == 0 and s["date"] < "2026-09"
    }
    assert absent <= missed


@pytest.mark.parametrize("today", [date(2026, 9, 2), date(2026, 11, 5), date(2026, 12, 18)])
def test_on_every_day_nothing_is_known_before_it_has_happened(tmp_path: Path, today: date):
    with Store(tmp_path) as store:
        build(store, today, size=0.05)
        for table, column, where in (
            ("exam_entry", "entered", ""),
            ("exam_entry", "withdrawn", ""),
            ("exam_forecast", "date", ""),
            ("exam_result", "date", ""),
            ("exam_sitting", "date", " WHERE present IS NOT NULL"),
        ):
            (latest,) = look(store, f"SELECT max({column}) FROM {table}{where}").fetchone() or (None,)
            assert latest is None or str(latest) <= today.isoformat()
        assert look(store, "SELECT count(*) FROM exam_result").get
