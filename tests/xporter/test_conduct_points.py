"""ConductPoints: what achievements and behaviour come to over a year, this week and the terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rollbook.model.conduct import Achievement, AchievementStudent, Behaviour, BehaviourStudent, ReportCard
from rollbook.model.detention import Detention, StudentDetention
from rollbook.model.intervention import Intervention
from rollbook.model.students import Student

from ..hub import Hub
from .tables import Caller, Row, Tables, mis_ids

YEAR, LAST_YEAR = ("2026-09-01", "2027-08-31"), ("2025-09-01", "2026-08-31")
MONDAY, TODAY, SUNDAY = "2026-11-16", "2026-11-20", "2026-11-22"
Meant = Callable[[str], bool]


def days(first: str, last: str) -> Meant:
    """Whether a day is one of these."""
    return lambda day: first <= day <= last


def shares(held: Tables, event: str, student: str, meant: Meant) -> tuple[int, int]:
    """How many events a student took part in, and the points."""
    dates = {e["id"]: e["date"] for e in held.of(event)}
    found = [s for s in held.of(f"{event}_student") if s["student"] == student and meant(dates[s[event]])]
    return len(found), sum(s["points"] or 0 for s in found)


def detentions(held: Tables, student: str, meant: Meant) -> int:
    """How many detentions a student is to come to."""
    dates = {d["id"]: d["date"] for d in held.of("detention")}
    return sum(d["student"] == student and meant(dates[d["detention"]]) for d in held.of("student_detention"))


def under_way(rows: list[Row], student: str, first: str, last: str) -> int:
    """How many of a student's times touch some days."""
    return sum(r["student"] == student and r["start"] <= last and (r["end"] is None or r["end"] >= first) for r in rows)


def expected(held: Tables, student: Row, year: tuple[str, str] = YEAR) -> dict[str, Any]:
    """The counts of a year."""
    achieved, merits = shares(held, "achievement", student["id"], days(*year))
    behaved, points = shares(held, "behaviour", student["id"], days(*year))
    return {
        "Id": student["mis_id"],
        "TotalAchievementPoints": merits,
        "TotalAchievementIncidents": achieved,
        "TotalBehaviourPoints": points,
        "TotalBehaviourIncidents": behaved,
        "TotalConductPoints": merits - points,
        "TotalConductIncidents": achieved + behaved,
        "NumberOfDetentions": detentions(held, student["id"], days(*year)),
        "NumberOfInterventions": under_way(held.of("intervention"), student["id"], *year),
        "NumberOfReportCards": under_way(held.of("report_card"), student["id"], *year),
    }


def bare(row: Row) -> Row:
    """A row without what differs from run to run."""
    return {n: v for n, v in row.items() if n not in ("LastUpdated", "RowHash")}


def some(held: Tables) -> list[Row]:
    """Some students on roll, with the one of the examples and the one with the most detentions."""
    counts: dict[str, int] = {}
    for place in held.of("student_detention"):
        counts[place["student"]] = counts.get(place["student"], 0) + 1
    roll = held.students("OnRoll")
    most = max(roll, key=lambda s: counts.get(s["id"], 0))
    return [most, *(s for s in roll if s["mis_id"] == "9919"), *roll[::90]]


# ---- the year


def test_every_student_on_roll_has_a_row(app: Caller, held: Tables):
    assert app.ids("ConductPoints") == mis_ids(held.students("OnRoll"))


def test_points_and_counts_are_those_of_this_academic_year(app: Caller, held: Tables):
    rows = {r["Id"]: bare(r) for r in app.rows("ConductPoints")}
    for student in some(held):
        assert rows[student["mis_id"]] == expected(held, student)
    assert sum(r["TotalConductIncidents"] for r in rows.values()) > 3000


def test_a_school_year_has_its_own_points(app: Caller, held: Tables):
    rows = {r["Id"]: bare(r) for r in app.rows("ConductPoints?SchoolYear=2025")}
    for student in some(held):
        assert rows[student["mis_id"]] == expected(held, student, LAST_YEAR)
    assert app.rows("ConductPoints?SchoolYear=2026") == app.rows("ConductPoints")


def test_a_school_year_must_be_one_of_the_schools(app: Caller):
    assert "is not an academic year of the school" in app.refusal("ConductPoints?SchoolYear=1999")


@pytest.mark.parametrize("known_by", ["mis_id", "external_id"])
def test_an_id_leaves_one_student(app: Caller, held: Tables, known_by: str):
    (graham,) = [s for s in held.of("student") if s["mis_id"] == "9919"]
    row = app.one(f"ConductPoints/{graham[known_by]}")
    assert bare(row) == expected(held, graham)
    assert app.one(f"ConductPoints?id={graham[known_by]}") == row


def test_a_leaver_has_no_row(asker: Caller, small: Tables):
    small.change(Student, small.students("OnRoll")[0]["id"], leaving_date="2026-11-01")
    assert small.students("OnRoll")[0]["mis_id"] not in asker.ids("ConductPoints")


def give(small: Tables, student: Row, date: str, points: int) -> None:
    """A student does something well and something badly, for as many points each."""
    for event, share, name in (
        (Achievement, AchievementStudent, "achievement"),
        (Behaviour, BehaviourStudent, "behaviour"),
    ):
        made = small.add(event, date=date)
        small.add(share, **{name: made}, student=student["id"], points=points + (name == "achievement"))


def test_the_first_and_the_last_day_of_the_year_count_and_no_other(asker: Caller, small: Tables):
    student = small.students("OnRoll")[0]
    before = asker.one(f"ConductPoints/{student['mis_id']}")
    for date, points in (("2026-08-31", 1000), ("2026-09-01", 100), ("2027-08-31", 10), ("2027-09-01", 10_000)):
        give(small, student, date, points)
    after = asker.one(f"ConductPoints/{student['mis_id']}")
    assert after["TotalAchievementPoints"] - before["TotalAchievementPoints"] == 112
    assert after["TotalBehaviourPoints"] - before["TotalBehaviourPoints"] == 110
    assert after["TotalConductIncidents"] - before["TotalConductIncidents"] == 4
    assert after["TotalConductPoints"] - before["TotalConductPoints"] == 2


@pytest.mark.parametrize(
    ("start", "end", "year", "week", "term"),
    [
        ("2026-11-16", "2026-11-27", 1, 1, 1),
        ("2026-11-20", None, 1, 1, 1),
        ("2026-11-23", None, 1, 0, 1),
        ("2026-09-07", "2026-11-15", 1, 0, 1),
        ("2026-07-01", "2026-09-01", 1, 0, 0),
        ("2026-12-21", "2027-01-02", 1, 0, 0),
        ("2026-06-01", "2026-07-17", 0, 0, 0),
    ],
)
def test_an_intervention_counts_where_it_is_under_way(
    asker: Caller, small: Tables, start: str, end: str | None, year: int, week: int, term: int
):
    student = small.students("OnRoll")[0]
    asked = f"ConductPoints/{student['mis_id']}?includeWeeklyStats=true&includeTermlyStats=true"
    before = asker.answer(asked)
    small.add(Intervention, student=student["id"], start=start, end=end)
    after = asker.answer(asked)
    for table, column, more in (
        ("ConductPoints", "NumberOfInterventions", year),
        ("WeeklyStats", "WeekInterventions", week),
        ("TermlyStats", "TermInterventions", term),
    ):
        assert after[table][0][column] - before[table][0][column] == more


def test_a_report_card_counts_where_it_is_open(asker: Caller, small: Tables):
    student = small.students("OnRoll")[0]
    before = asker.one(f"ConductPoints/{student['mis_id']}")["NumberOfReportCards"]
    small.add(ReportCard, student=student["id"], start="2026-06-01", end="2026-07-01")
    small.add(ReportCard, student=student["id"], start="2026-10-01", end=None)
    assert asker.one(f"ConductPoints/{student['mis_id']}")["NumberOfReportCards"] == before + 1


# ---- the week


def test_the_week_is_there_when_asked_for(app: Caller):
    assert app.rows("ConductPoints", "WeeklyStats") == []
    rows = app.rows("ConductPoints?includeWeeklyStats=true", "WeeklyStats")
    assert {r["Id"] for r in rows} == app.ids("ConductPoints")


def test_a_week_goes_from_monday_until_today(app: Caller, held: Tables):
    rows = {r["Id"]: bare(r) for r in app.rows("ConductPoints?includeWeeklyStats=true", "WeeklyStats")}
    for student in some(held):
        achieved, merits = shares(held, "achievement", student["id"], days(MONDAY, TODAY))
        behaved, points = shares(held, "behaviour", student["id"], days(MONDAY, TODAY))
        assert rows[student["mis_id"]] == {
            "Id": student["mis_id"],
            "WeeklyAchievementEvents": achieved,
            "WeeklyAchievementPoints": merits,
            "WeeklyBehaviourIncidents": behaved,
            "WeeklyBehaviourPoints": points,
            "WeeklyDetentionsTotal": detentions(held, student["id"], days(MONDAY, SUNDAY)),
            "WeeklyDetentionsFuture": detentions(held, student["id"], days(TODAY, SUNDAY)),
            "WeekInterventions": under_way(held.of("intervention"), student["id"], MONDAY, TODAY),
        }
    assert sum(r["WeeklyDetentionsFuture"] for r in rows.values()) > 0


def test_a_week_is_this_one_whatever_year_is_asked_for(app: Caller):
    this = app.rows("ConductPoints?includeWeeklyStats=true", "WeeklyStats")
    assert app.rows("ConductPoints?includeWeeklyStats=true&SchoolYear=2025", "WeeklyStats") == this


@pytest.mark.parametrize(
    ("date", "total", "future"),
    [("2026-11-15", 0, 0), ("2026-11-16", 1, 0), ("2026-11-20", 1, 1), ("2026-11-22", 1, 1), ("2026-11-23", 0, 0)],
)
def test_detentions_of_a_week_are_those_from_monday_to_sunday(
    asker: Caller, small: Tables, date: str, total: int, future: int
):
    student = small.students("OnRoll")[0]
    asked = f"ConductPoints/{student['mis_id']}?includeWeeklyStats=true"
    (before,) = asker.rows(asked, "WeeklyStats")
    small.add(StudentDetention, student=student["id"], detention=small.add(Detention, date=date))
    (after,) = asker.rows(asked, "WeeklyStats")
    assert after["WeeklyDetentionsTotal"] - before["WeeklyDetentionsTotal"] == total
    assert after["WeeklyDetentionsFuture"] - before["WeeklyDetentionsFuture"] == future


def test_an_event_after_today_is_not_this_weeks_yet(asker: Caller, small: Tables):
    student = small.students("OnRoll")[0]
    asked = f"ConductPoints/{student['mis_id']}?includeWeeklyStats=true"
    (before,) = asker.rows(asked, "WeeklyStats")
    for date, points in (("2026-11-15", 1), ("2026-11-16", 10), ("2026-11-20", 100), ("2026-11-21", 1000)):
        give(small, student, date, points)
    (after,) = asker.rows(asked, "WeeklyStats")
    assert after["WeeklyAchievementPoints"] - before["WeeklyAchievementPoints"] == 112
    assert after["WeeklyBehaviourIncidents"] - before["WeeklyBehaviourIncidents"] == 2


# ---- the terms


def test_termly_sums_are_those_of_days_in_the_terms_of_the_year(app: Caller, held: Tables):
    terms = [t for t in held.of("session") if t["kind"] == "term" and YEAR[0] <= t["start"] <= YEAR[1]]

    def in_term(day: str) -> bool:
        return any(t["start"] <= day <= t["end"] for t in terms)

    rows = {r["Id"]: r for r in app.rows("ConductPoints?includeTermlyStats=true", "TermlyStats")}
    early = {e["id"] for e in held.of("achievement") if e["date"] == YEAR[0]}
    readers = {s["student"] for s in held.of("achievement_student") if s["achievement"] in early}
    assert readers
    for student in [*some(held)[:6], *[s for s in held.students("OnRoll") if s["id"] in readers][:3]]:
        row = rows[student["mis_id"]]
        achieved = shares(held, "achievement", student["id"], in_term)
        behaved = shares(held, "behaviour", student["id"], in_term)
        assert (row["TermAchievementEvents"], row["TermAchievementPoints"]) == achieved
        assert (row["TermBehaviourIncidents"], row["TermBehaviourPoints"]) == behaved
        assert row["TermDetentions"] == detentions(held, student["id"], in_term)


def test_what_happened_between_terms_is_the_years_and_no_terms(asker: Caller, small: Tables):
    student = small.students("OnRoll")[0]
    asked = f"ConductPoints/{student['mis_id']}?includeTermlyStats=true"
    before = asker.answer(asked)
    for date, points in (("2026-09-01", 1), ("2026-12-18", 10), ("2026-12-21", 100), ("2027-01-04", 1000)):
        give(small, student, date, points)
        small.add(StudentDetention, student=student["id"], detention=small.add(Detention, date=date))
    after = asker.answer(asked)

    def more(table: str, column: str) -> int:
        return after[table][0][column] - before[table][0][column]

    assert more("ConductPoints", "TotalBehaviourPoints") == 1111
    assert more("TermlyStats", "TermBehaviourPoints") == 1010
    assert (more("TermlyStats", "TermAchievementEvents"), more("TermlyStats", "TermDetentions")) == (2, 2)
    assert more("ConductPoints", "NumberOfDetentions") == 4


def test_the_terms_of_a_school_year_are_its_own(app: Caller, held: Tables):
    rows = {r["Id"]: r for r in app.rows("ConductPoints?includeTermlyStats=true&SchoolYear=2025", "TermlyStats")}
    terms = [t for t in held.of("session") if t["kind"] == "term" and LAST_YEAR[0] <= t["start"] <= LAST_YEAR[1]]
    for student in some(held)[:6]:
        achieved, merits = shares(
            held, "achievement", student["id"], lambda day: any(t["start"] <= day <= t["end"] for t in terms)
        )
        row = rows[student["mis_id"]]
        assert (row["TermAchievementEvents"], row["TermAchievementPoints"]) == (achieved, merits)


# ---- when it was last changed


def test_updated_since_leaves_students_whose_sums_may_be_others(asker: Caller, small: Tables):
    share = small.of("achievement_student")[-1]
    assert asker.ids("ConductPoints?updatedSince=2027-01-01") == set()
    small.change(AchievementStudent, share["id"], "2027-01-02T09:00:00.000", points=7)
    expected = {small.known("student")[share["student"]]["mis_id"]} & mis_ids(small.students("OnRoll"))
    assert asker.ids("ConductPoints?updatedSince=2027-01-01") == expected != set()
    assert asker.one("ConductPoints?updatedSince=2027-01-01")["LastUpdated"] == "2027-01-02T09:00:00.000"
    assert asker.ids("ConductPoints?updatedSince=2027-01-02T09:00:00") == set()


def test_the_outcome_of_an_event_changes_no_sum(asker: Caller, small: Tables):
    share = small.of("behaviour_student")[-1]
    small.change(BehaviourStudent, share["id"], "2027-01-02T09:00:00.000", outcome=None, role=None)
    assert asker.ids("ConductPoints?updatedSince=2027-01-01") == set()


def test_detentions_are_counted_for_those_who_may_not_read_them(small_hub: Hub, small: Tables):
    plain = Caller(small_hub, ["Conduct"])
    place = next(
        p for p in small.of("student_detention") if p["student"] in {s["id"] for s in small.students("OnRoll")}
    )
    student = small.known("student")[place["student"]]
    before = plain.one(f"ConductPoints/{student['mis_id']}")
    assert bare(before) == expected(small, student)
    small.change(StudentDetention, place["id"], "2027-01-02T09:00:00.000", comments="Bring a pen.")
    assert plain.one(f"ConductPoints/{student['mis_id']}") == before
    small.change(Detention, place["detention"], "2027-01-02T09:00:00.000", date="2024-01-01")
    after = plain.one(f"ConductPoints/{student['mis_id']}")
    assert after["LastUpdated"] == "2027-01-02T09:00:00.000"
    assert plain.ids("ConductPoints?updatedSince=2027-01-01") >= {student["mis_id"]}


def test_pages_bring_the_weeks_of_their_students(app: Caller):
    answer = app.answer("ConductPoints?includeWeeklyStats=true&page=3&pagesize=40")
    assert [r["Id"] for r in answer["WeeklyStats"]] == [r["Id"] for r in answer["ConductPoints"]]
    assert len(answer["ConductPoints"]) == 40
