"""The invented schools' histories, entitlements and study programmes are such as a school could have."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import date, timedelta

import pytest

from .hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub
from .xporter.tables import Row, Tables


@pytest.fixture(scope="module", params=[THORNFIELD, BRAMBLESIDE, SAGUARO])
def school(hub: Hub, request: pytest.FixtureRequest) -> Tables:
    """The tables of each school."""
    return Tables(hub, request.param)


@pytest.fixture(scope="module")
def thornfield(hub: Hub) -> Tables:
    """The tables of the secondary school."""
    return Tables(hub)


def test_nobody_left_an_earlier_school_after_coming_to_this_one(school: Tables):
    students = school.known("student")
    rows = school.of("previous_school")
    late = [r for r in rows if r["leaving_date"] >= students[r["student"]]["entry_date"]]
    assert rows
    assert not late
    assert all(date.fromisoformat(r["leaving_date"]).weekday() < 5 for r in rows)


def test_schools_before_were_left_one_after_the_other(school: Tables):
    left: defaultdict[str, list[str]] = defaultdict(list)
    for row in school.of("previous_school"):
        left[row["student"]].append(row["leaving_date"])
    assert all(len(set(days)) == len(days) for days in left.values())
    assert max(map(len, left.values())) == 2


def test_who_came_from_the_primary_school_of_the_trust_left_it_on_that_day(hub: Hub, thornfield: Tables):
    primary = {s["person"]: s for s in Tables(hub, BRAMBLESIDE).of("student")}
    students = thornfield.known("student")
    came = [r for r in thornfield.of("previous_school") if r["estab"] == BRAMBLESIDE]
    assert len(came) == 24
    for row in came:
        student = primary[students[row["student"]]["person"]]
        assert (row["leaving_date"], row["reason"]) == (student["leaving_date"], student["reason_for_leaving"])


def test_a_student_is_never_enrolled_twice_on_a_day(school: Tables):
    spells: defaultdict[str, list[Row]] = defaultdict(list)
    for row in school.of("enrolment"):
        spells[row["student"]].append(row)
    for rows in spells.values():
        rows.sort(key=lambda r: r["start"])
        assert all(a["end"] < b["start"] for a, b in itertools.pairwise(rows))
        assert all(r["end"] is None or r["start"] <= r["end"] for r in rows)
    assert spells.keys() == school.known("student").keys()


def test_the_last_enrolment_is_the_one_of_the_students_record(school: Tables):
    last: dict[str, Row] = {}
    for row in sorted(school.of("enrolment"), key=lambda r: r["start"]):
        last[row["student"]] = row
    for student in school.of("student"):
        one = last[student["id"]]
        assert (one["status"], one["end"]) == (student["enrolment_status"], student["leaving_date"])
        # Who goes to two schools was at this one alone before.
        assert one["start"] >= student["entry_date"]


def entitled(school: Tables, short: str) -> dict[str, list[Row]]:
    """By student, the entitlements of a kind, oldest first."""
    groups = school.known("entitlement_group")
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in sorted(school.of("entitlement"), key=lambda r: r["start"]):
        if groups[row["group"]]["short"] == short:
            found[row["student"]].append(row)
    return found


def test_free_school_meals_of_the_students_record_are_the_latest_of_the_entitlements(school: Tables):
    meals = entitled(school, "FSM")
    for student in school.of("student"):
        rows = meals.get(student["id"])
        if rows:
            start, end = rows[-1]["start"], rows[-1]["end"]
            now = int(start <= school.today <= (end or "9"))
            assert (student["fsm_start"], student["fsm_end"], student["fsm_eligible"]) == (start, end, now)
        else:
            assert (student["fsm_start"], student["fsm_end"]) == (None, None)
            assert student["fsm_eligible"] in (0, None)
    assert meals


def test_entitlements_of_one_kind_do_not_overlap(school: Tables):
    for short in ("FSM", "PP", "Ever6"):
        for rows in entitled(school, short).values():
            assert all(a["end"] and a["end"] < b["start"] for a, b in itertools.pairwise(rows))
            assert all(r["end"] is None or r["start"] < r["end"] for r in rows)


def test_pupil_premium_of_the_students_record_is_an_entitlement_of_today(thornfield: Tables):
    premium = entitled(thornfield, "PP")
    for student in thornfield.of("student"):
        own = premium.get(student["id"], [])
        now = any(r["start"] <= thornfield.today <= (r["end"] or "9") for r in own)
        assert student["pupil_premium"] == int(now), student["mis_id"]
    share = sum(s["pupil_premium"] for s in thornfield.of("student")) / len(thornfield.of("student"))
    assert 0.2 < share < 0.35


def test_pupil_premium_is_paid_for_whoever_had_meals_in_the_last_six_years(thornfield: Tables):
    since = f"{int(thornfield.today[:4]) - 6}{thornfield.today[4:]}"
    students = thornfield.known("student")
    for whose, rows in entitled(thornfield, "FSM").items():
        if any((r["end"] or "9") >= since for r in rows):
            assert students[whose]["pupil_premium"] == 1
            assert students[whose]["ever6"] is None


def test_an_ever_six_entitlement_lasts_six_years_longer_than_the_meals(thornfield: Tables):
    ever = entitled(thornfield, "Ever6")
    for whose, rows in entitled(thornfield, "FSM").items():
        (one,) = ever[whose]
        end = rows[-1]["end"]
        assert (one["start"], one["end"]) == (rows[0]["start"], f"{int(end[:4]) + 6}{end[4:]}" if end else None)


def test_hours_of_a_study_programme_are_those_of_its_courses(thornfield: Tables):
    hours: defaultdict[str, int] = defaultdict(int)
    core: defaultdict[str, int] = defaultdict(int)
    for row in thornfield.of("study_course"):
        hours[row["programme"]] += row["planned_hours"]
        core[row["programme"]] += row["core_aim"]
    for row in thornfield.of("study_programme"):
        assert row["qualification_hours"] == hours[row["id"]]
        assert row["total_hours"] == row["qualification_hours"] + row["other_hours"]
        assert bool(row["core_aim"]) == (core[row["id"]] == 1)
        # DfE, funding guidance for young people: a full-time programme of a 16 or 17 year old is 580 hours or more.
        assert row["total_hours"] >= 580


def test_courses_of_this_year_are_what_the_learner_is_taught(thornfield: Tables):
    groups, subjects = thornfield.known('"group"'), thornfield.known("subject")
    taught: defaultdict[str, set[str]] = defaultdict(set)
    for row in filter(thornfield.now, thornfield.of("student_membership")):
        subject = groups[row["group"]]["subject"]
        if subject:
            taught[row["student"]].add(subjects[subject]["code"])
    learners = {s["id"] for s in thornfield.students("OnRoll") if s["nc_year"] in ("12", "13")}
    studied: defaultdict[str, set[str]] = defaultdict(set)
    for row in thornfield.of("study_course"):
        if row["status"] == "Continuing":
            studied[row["student"]].add(row["subject"])
    assert learners
    assert dict(studied) == {one: taught[one] for one in learners}


def test_a_programme_that_is_over_says_how_it_ended(thornfield: Tables):
    for row in thornfield.of("study_programme"):
        expected = "Continuing" if row["end"] is None else "Withdrawn" if row["reason"] else "Completed"
        assert row["status"] == expected
        assert row["end"] is None or row["end"] <= row["planned_end"]
    assert {r["status"] for r in thornfield.of("study_programme")} == {"Continuing", "Withdrawn", "Completed"}


def test_funding_agrees_with_the_students_record(thornfield: Tables):
    students = thornfield.known("student")
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for row in thornfield.of("funding_record"):
        kinds[row["kind"]].add(row["student"])
        terms = [row[f"{term}_hours"] for term in ("autumn", "spring", "summer")]
        assert row["hours"] == (None if terms == [None] * 3 else sum(terms))
    learners = [s for s in students.values() if s["nc_year"] in ("12", "13") and thornfield.roll(s) == "OnRoll"]
    assert kinds["FME"] == {s["id"] for s in learners if s["fsm_eligible"]}
    assert kinds["HNS"] == {s["id"] for s in learners if s["sen_provision"] == "E"}


def test_who_is_taught_elsewhere_this_year_is_marked_so(thornfield: Tables):
    elsewhere = {m["student"] for m in thornfield.marks() if m["mark"] == "K"}
    placed = {p["student"] for p in thornfield.of("alternative_provision") if p["start"] >= thornfield.year_start()}
    assert placed == elsewhere
    assert placed


def test_who_was_at_farm_school_is_marked_so_in_either_year(thornfield: Tables):
    farm = [p for p in thornfield.of("alternative_provision") if "Farm school" in (p["notes"] or "")]
    marked = {(m["student"], m["date"]) for m in thornfield.of("mark") if m["mark"] == "K"}
    assert {p["student"] for p in farm} == {student for student, _ in marked}
    assert len({p["start"][:4] + p["start"][5:7] for p in farm}) == 2
    assert all({(p["student"], p["start"]), (p["student"], p["end"])} <= marked for p in farm)


# ---- days


def school_days(school: Tables) -> set[str]:
    """The days of last year and of this one until today on which the school taught."""
    closed = [e for e in school.of("calendar_event") if e["kind"] != "SchoolEvent"]
    terms = [s for s in school.of("session") if s["kind"] in ("term", "semester")]
    first = date.fromisoformat(min(t["start"] for t in terms))
    length = (date.fromisoformat(school.today) - first).days
    days = [(first + timedelta(n)) for n in range(length + 1)]
    held = {d.isoformat() for d in days if d.weekday() < 5}
    return {
        d
        for d in held
        if any(t["start"] <= d <= t["end"] for t in terms) and not any(c["start"] <= d <= c["end"] for c in closed)
    }


def test_students_come_and_go_on_days_on_which_the_school_teaches(school: Tables):
    days = school_days(school)
    first = min(days)
    for student in school.of("student"):
        for day in filter(None, (student["entry_date"], student["leaving_date"])):
            assert date.fromisoformat(day).weekday() < 5
            assert day in days or not first <= day <= school.today, (student["mis_id"], day)


def test_what_is_provided_for_special_needs_changes_on_school_days(school: Tables):
    days, entered = school_days(school), {s["id"]: s["entry_date"] for s in school.of("student")}
    changes = [p["start"] for p in school.of("sen_provision") if p["start"] != entered[p["student"]]]
    assert changes
    assert all(date.fromisoformat(day).weekday() < 5 for day in changes)
    assert all(day in days for day in changes if day >= min(days))


def test_who_counts_for_six_years_is_told_of_among_the_entitlements(thornfield: Tables):
    ever = entitled(thornfield, "Ever6")
    told = [s for s in thornfield.students("OnRoll") if s["ever6"]]
    assert told
    assert all(any(r["start"] <= thornfield.today <= (r["end"] or "9") for r in ever[s["id"]]) for s in told)
