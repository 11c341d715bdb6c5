"""AttendanceSummary, AttStatsByWeek and HistoricalAttendanceSummary: what marks add up to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

import pytest

from rollbook.model.attendance import STATUTORY_CODES, WITHDRAWN_CODES, Mark
from rollbook.model.students import Student
from tests.looking import look

from ..hub import Hub
from .tables import Caller, Row, Tables

MEANING = {code: meaning.short for code, (_, meaning) in {**STATUTORY_CODES, **WITHDRAWN_CODES}.items()}
LETTERS = "LWBVPSTREHMINGOU"
LAST_YEAR = ("2025-09-01", "2026-08-31")


def statistics(marks: list[str]) -> Row:
    """What a list of marks adds up to, by the names of the columns."""
    short, given = Counter(MEANING.get(m) for m in marks), Counter(marks)
    known = sum(short[s] for s in ("Present", "AEA", "Authorised", "Unauthorised"))
    return {
        "NumUnknownMarks": sum(m not in MEANING for m in marks),
        "MarkIs_PresentAM": given["/"],
        "MarkIs_PresentPM": given["\\"],
        **{f"MarkIs_{letter}": given[letter] for letter in LETTERS},
        "MarkIs_C": given["C"] + given["C1"] + given["C2"],
        "MarkIs_J": given["J"] + given["J1"],
        "MarkIs_NoMark": given["-"],
        "NumPossibleMarks": known + given["-"],
        "NumMissingMarks": given["-"],
        "NumPresentMarks": short["Present"],
        "NumApprovedEAMarks": short["AEA"],
        "NumAuthAbsMarks": short["Authorised"],
        "NumUnauthAbsMarks": short["Unauthorised"],
        "NumLateMarks": given["U"],
        "NumLateBeforeRegMarks": given["L"],
    }


@cache
def session_marks(tables: Tables, first: str, last: str) -> list[tuple[str, str, str, str, int | None, str | None]]:
    """Student (MIS id), day, session, mark, minutes and notes of the session marks of a school between two days."""
    return look(
        tables.hub.store,
        "SELECT s.mis_id, m.date, m.session, m.mark, m.minutes_late, m.notes FROM mark m JOIN student s"
        " ON s.district = m.district AND s.id = m.student"
        " WHERE m.school = ? AND m.kind = 'S' AND m.date BETWEEN ? AND ?",
        (tables.school["id"], first, last),
    ).fetchall()


@cache
def by_student(tables: Tables, first: str, last: str) -> dict[str, list[str]]:
    """The session marks of each student between two days."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for student, _, _, mark, _, _ in session_marks(tables, first, last):
        found[student].append(mark)
    return found


def counted(row: Row) -> Row:
    """The columns of a row that count marks."""
    return {name: value for name, value in row.items() if name.startswith(("Num", "MarkIs_"))}


def monday(day: str) -> str:
    """The Monday of a day's week."""
    at = date.fromisoformat(day)
    return (at - timedelta(at.weekday())).isoformat()


def on_roll(tables: Tables) -> set[str]:
    """The MIS ids of the students on roll."""
    return {s["mis_id"] for s in tables.students("OnRoll")}


# ---- by week

WEEKS = "AttStatsByWeek?startDate=2026-11-04&endDate=2026-11-17"


def test_each_student_has_a_row_for_each_week_with_marks_in_the_range(app: Caller, held: Tables):
    marks: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for student, day, _, mark, _, _ in session_marks(held, "2026-11-04", "2026-11-17"):
        marks[student, monday(day)].append(mark)
    rows = app.rows(WEEKS)
    assert {(r["StudentId"], r["WeekStartDate"]): counted(r) for r in rows} == {
        week: statistics(those) for week, those in marks.items()
    }
    assert len(rows) == len(marks) > 2500


def test_a_week_is_named_by_student_and_monday_and_ends_on_sunday(app: Caller):
    rows = app.rows(WEEKS)
    assert all(r["Id"] == f"{r['StudentId']}.{r['WeekStartDate']}" for r in rows)
    assert {(r["WeekStartDate"], r["WeekEndDate"]) for r in rows} == {
        ("2026-11-02", "2026-11-08"),
        ("2026-11-09", "2026-11-15"),
        ("2026-11-16", "2026-11-22"),
    }
    assert len({r["Id"] for r in rows}) == len(rows)


def test_a_week_counts_only_what_lies_in_the_range(app: Caller, held: Tables):
    rows = app.rows("AttStatsByWeek?startDate=2026-11-18&endDate=2026-11-18")
    marks = by_student(held, "2026-11-18", "2026-11-18")
    assert {r["StudentId"]: counted(r) for r in rows} == {s: statistics(those) for s, those in marks.items()}
    assert {r["WeekStartDate"] for r in rows} == {"2026-11-16"}
    assert max(r["NumPossibleMarks"] for r in rows) == 2


def test_a_range_without_marks_has_no_rows(app: Caller):
    assert app.rows("AttStatsByWeek?startDate=2026-08-03&endDate=2026-08-28") == []
    assert app.rows("AttStatsByWeek?startDate=2027-01-01&endDate=2099-12-31") == []


def test_a_range_of_centuries_is_that_of_the_marks(asker: Caller):
    rows = asker.rows("AttStatsByWeek?startDate=0001-01-01&endDate=9999-12-31")
    assert (min(r["WeekStartDate"] for r in rows), max(r["WeekEndDate"] for r in rows)) == ("2025-09-01", "2026-11-22")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", "startDate: is required"),
        ("", "endDate: is required"),
        ("?startDate=2026-11-09", "endDate: is required"),
        ("?startDate=2026-11-20&endDate=2026-11-09", "2026-11-20 is after endDate 2026-11-09"),
        ("?startDate=soon&endDate=2026-11-09", "soon is not a date"),
        ("/9919?startDate=2026-11-09&endDate=2026-11-20", "does not take an id"),
    ],
)
def test_a_range_of_weeks_needs_two_days_in_order(app: Caller, asked: str, said: str):
    assert said in app.refusal(f"AttStatsByWeek{asked}")


def test_marks_that_guidance_split_or_withdrew_are_counted_under_their_letter(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    for day, mark in enumerate(["H", "C", "C1", "C2", "J", "J1", "@"], 11):
        small.add(Mark, student=student["id"], mark=mark, kind="S", session="AM", date=f"2025-08-{day}")
    (row,) = asker.rows("AttStatsByWeek?startDate=2025-08-04&endDate=2025-08-31")
    assert {name: count for name, count in counted(row).items() if count} == {
        "MarkIs_H": 1,
        "MarkIs_C": 3,
        "MarkIs_J": 2,
        # An interview (J) was an educational activity; @ is no mark that anybody knows.
        "NumUnknownMarks": 1,
        "NumAuthAbsMarks": 5,
        "NumPossibleMarks": 6,
        "NumApprovedEAMarks": 1,
    }


def test_pages_of_weeks_are_the_whole(app: Caller):
    first = app.answer(f"{WEEKS}&page=1&pagesize=2000")
    assert first["__pagination__"][0]["RowCount"] == len(app.rows(WEEKS))
    second = app.rows(f"{WEEKS}&page=2&pagesize=2000")
    assert first["AttStatsByWeek"] + second == app.rows(WEEKS)[:4000]


def test_weeks_of_who_is_left_out_are_not_told(small_hub: Hub, small: Tables):
    caller = Caller(small_hub, ["Attendance"])
    small_hub.desk.people.choose(
        small_hub.desk.grants.at(small_hub.app("attendance.example.org"), caller.estab), "students", "except", ["9919"]
    )
    assert "9919" not in {r["StudentId"] for r in caller.rows(WEEKS)}
    assert "9919" not in {r["StudentId"] for r in caller.rows("AttendanceSummary")}
    assert "9919" in {s["mis_id"] for s in small.shown_students()}


def test_a_mark_that_changes_changes_its_week_and_no_other(asker: Caller, small: Tables):
    first = asker.answer(f"{WEEKS}&changedRows=*")["__changedRows__"][0]["NextChangedRows"]
    mark = next(m for m in small.marks() if m["date"] == "2026-11-10" and m["mark"] == "/")
    small.change(Mark, mark["id"], mark="I")
    student = small.known("student")[mark["student"]]["mis_id"]
    changed = asker.answer(f"{WEEKS}&changedRows={first}")
    assert [r["Id"] for r in changed["AttStatsByWeek"]] == [f"{student}.2026-11-09"]
    assert changed["AttStatsByWeek_deleted"] == []


# ---- this year


def test_a_summary_counts_the_marks_of_each_student_on_roll_this_year(app: Caller, held: Tables):
    marks = by_student(held, held.year_start(), held.today)
    rows = app.rows("AttendanceSummary")
    assert {r["StudentId"] for r in rows} == on_roll(held)
    assert {r["Id"]: counted(r) for r in rows} == {s: statistics(marks[s]) for s in on_roll(held)}
    assert {(r["StartDate"], r["EndDate"]) for r in rows} == {(held.year_start(), held.today)}


def test_a_summary_agrees_with_the_students_statistics(app: Caller):
    same = {
        "NumPossibleMarks": "NumPossMarks",
        "NumPresentMarks": "NumPresMarks",
        "NumApprovedEAMarks": "NumAEAMarks",
        "NumAuthAbsMarks": "NumAuthAbsMarks",
        "NumUnauthAbsMarks": "NumUnauthAbsMarks",
        "NumMissingMarks": "NumMissMarks",
        "NumLateMarks": "NumLateMarks",
        "NumLateBeforeRegMarks": "NumLateBeforeRegMarks",
        "Marks": "Marks",
        "StartDate": "AttStatsStartDate",
        "EndDate": "AttStatsEndDate",
        "ExternalId": "ExternalId",
    }
    summaries = {r["StudentId"]: r for r in app.rows("AttendanceSummary")}
    students = app.rows("Students?includeAttStats=true&includeAttMarkString=true")
    assert all(summaries[s["Id"]][ours] == s[theirs] for s in students for ours, theirs in same.items())
    assert len(students) > 900


def test_the_weeks_of_the_year_add_up_to_the_summary(app: Caller, held: Tables):
    weeks: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in app.rows(f"AttStatsByWeek?startDate={held.year_start()}&endDate={held.today}"):
        weeks[row["StudentId"]].update(counted(row))
    assert all(weeks[r["StudentId"]] == Counter(counted(r)) for r in app.rows("AttendanceSummary"))


def test_a_summary_brings_the_codes_in_use(app: Caller):
    assert app.rows("AttendanceSummary", "AttendCodes") == app.rows("AttendanceCodes")


@pytest.mark.parametrize("known_by", ["mis_id", "external_id"])
def test_an_id_leaves_the_summary_of_one_student(app: Caller, held: Tables, known_by: str):
    student = next(s for s in held.shown_students() if s["mis_id"] == "9919")
    whole = next(r for r in app.rows("AttendanceSummary") if r["StudentId"] == "9919")
    assert app.rows(f"AttendanceSummary?id={student[known_by]}") == [whole]
    assert app.rows(f"AttendanceSummary/{student[known_by]}") == [whole]


def test_a_summary_needs_attendance_and_no_more(hub: Hub, app: Caller):
    marks = Caller(hub, ["Attendance"])
    assert marks.answer("AttendanceSummary/9919")["AttendanceSummary"] == app.rows("AttendanceSummary/9919")
    refused = hub.school("AttendanceSummary", Caller(hub, ["Student"]).token)
    assert "needs the scope Attendance" in refused["ExceptionMessage"]


def test_who_has_no_mark_yet_has_a_summary_of_noughts(asker: Caller, small: Tables):
    person = small.shown_students()[0]["person"]
    small.add(Student, person=person, mis_id="4711", entry_date=small.today)
    row = asker.one("AttendanceSummary/4711")
    assert set(counted(row).values()) == {0}


def test_a_leaver_is_not_in_the_summary(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    small.change(Student, student["id"], leaving_date="2026-11-01")
    assert asker.rows(f"AttendanceSummary/{student['mis_id']}") == []


def test_marks_planned_for_later_are_not_counted_yet(asker: Caller, small: Tables):
    before = asker.one("AttendanceSummary/9919")
    (student,) = [s for s in small.of("student") if s["mis_id"] == "9919"]
    small.add(Mark, student=student["id"], kind="S", session="AM", date="2026-12-01", mark="C")
    small.add(Mark, student=student["id"], kind="L", session="AM", date="2026-11-02", mark="C", instance="1")
    assert asker.one("AttendanceSummary/9919") == before


# ---- what is said beside the marks

Meant = Callable[[tuple[str, str, str, str, int | None, str | None]], bool]
BESIDE: dict[str, tuple[str, str, int, Meant]] = {
    "includeMinutesLate": ("MinutesLate", "MinsLate", 4, lambda m: m[4] is not None),
    "includeAttendanceNotes": ("AttendanceNotes", "Notes", 5, lambda m: m[5] is not None and m[3] != "#"),
    "includeStatutoryComments": (
        "StatutoryComments",
        "Comment",
        5,
        lambda m: m[5] is not None and m[3] in ("K", "V", "P", "W", "B", "Y7"),
    ),
}


def said_beside(tables: Tables, option: str, first: str, last: str, students: set[str]) -> list[tuple[object, ...]]:
    """What the registers say beside the marks of these students between two days."""
    _, _, at, meant = BESIDE[option]
    found = [m for m in session_marks(tables, first, last) if m[0] in students and meant(m)]
    return sorted((*m[:4], m[at]) for m in found)


def shown_beside(rows: list[Row], option: str) -> list[tuple[object, ...]]:
    """The same as an answer shows it."""
    assert all(r["Id"] == f"{r['StudentId']}.{r['Date']}.{r['Session']}" for r in rows)
    return sorted((r["StudentId"], r["Date"], r["Session"], r["Mark"], r[BESIDE[option][1]]) for r in rows)


@pytest.mark.parametrize("option", BESIDE)
def test_what_is_said_beside_the_marks_comes_when_asked_for(app: Caller, held: Tables, option: str):
    answer = app.answer(f"AttendanceSummary?{option}=true")
    expected = said_beside(held, option, held.year_start(), held.today, on_roll(held))
    assert shown_beside(answer[BESIDE[option][0]], option) == expected
    assert expected
    assert all(answer[table] == [] for other, (table, *_) in BESIDE.items() if other != option)


def test_what_is_said_beside_one_students_marks_is_theirs(app: Caller, held: Tables):
    student = next(m[0] for m in session_marks(held, held.year_start(), held.today) if m[3] == "L" and m[5])
    options = "&".join(f"{option}=true" for option in BESIDE)
    answer = app.answer(f"AttendanceSummary/{student}?{options}")
    for option, (table, *_) in BESIDE.items():
        expected = said_beside(held, option, held.year_start(), held.today, {student} & on_roll(held))
        assert shown_beside(answer[table], option) == expected


def test_what_is_said_beside_the_marks_follows_the_page(app: Caller):
    answer = app.answer("AttendanceSummary?includeAttendanceNotes=true&page=2&pagesize=10")
    page = {r["StudentId"] for r in answer["AttendanceSummary"]}
    assert {r["StudentId"] for r in answer["AttendanceNotes"]} <= page
    assert answer["AttendanceNotes"]


# ---- earlier years


@pytest.mark.parametrize("year", ["2025", "2026"])
def test_a_historical_summary_counts_the_marks_of_everybody_who_has_any(app: Caller, held: Tables, year: str):
    first, last = LAST_YEAR if year == "2025" else (held.year_start(), held.today)
    marks = by_student(held, first, last)
    rows = app.rows(f"HistoricalAttendanceSummary?SchoolYear={year}")
    assert {r["StudentId"]: counted(r) for r in rows} == {s: statistics(those) for s, those in marks.items()}
    assert {r["Id"] for r in rows} == {f"{student}.{year}" for student in marks}
    assert {(r["StartDate"], r["EndDate"], r["SchoolYear"]) for r in rows} == {
        (f"{year}-09-01", f"{int(year) + 1}-08-31", year)
    }


def test_an_earlier_year_tells_of_leavers(app: Caller, held: Tables):
    left = {s["mis_id"] for s in held.students("Leaver")}
    told = {r["StudentId"] for r in app.rows("HistoricalAttendanceSummary?SchoolYear=2025")}
    assert len(told & left) > 80


def test_an_id_leaves_one_students_year(app: Caller):
    whole = app.rows("HistoricalAttendanceSummary?SchoolYear=2025")
    row = app.one("HistoricalAttendanceSummary?SchoolYear=2025&id=9919")
    assert row == next(r for r in whole if r["StudentId"] == "9919")
    assert app.rows("HistoricalAttendanceSummary/9919?SchoolYear=2025") == [row]


def test_what_was_said_beside_the_marks_of_an_earlier_year(app: Caller, held: Tables):
    students = {m[0] for m in session_marks(held, *LAST_YEAR)}
    answer = app.answer(f"HistoricalAttendanceSummary?SchoolYear=2025&options={','.join(BESIDE)}")
    for option, (table, *_) in BESIDE.items():
        expected = said_beside(held, option, *LAST_YEAR, students)
        assert shown_beside(answer[table], option) == expected
        assert expected


@pytest.mark.parametrize("option", BESIDE)
def test_an_option_of_an_earlier_year_brings_its_own_table(app: Caller, option: str):
    answer = app.answer(f"HistoricalAttendanceSummary?SchoolYear=2025&{option}=true&pagesize=40")
    assert {table for table, *_ in BESIDE.values() if answer[table]} == {BESIDE[option][0]}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", "SchoolYear: is required"),
        ("?SchoolYear=1999", "1999 is not an academic year of the school"),
        ("?SchoolYear=2025-2026", "2025-2026 is not an academic year of the school"),
    ],
)
def test_a_historical_summary_needs_a_year_of_the_school(app: Caller, asked: str, said: str):
    assert said in app.refusal(f"HistoricalAttendanceSummary{asked}")
