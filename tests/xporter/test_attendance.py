"""AttendanceCodes, AttendanceForDate and AttendanceForDateRange: marks, as the registers have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from rollbook.model.attendance import AttendanceCode
from rollbook.model.students import Student

from .tables import Caller, Row, Tables

LAST, CLOSED = "2026-11-20", "2026-10-23"
"""The last school day in the demo, on which some marks are missing; and a day on which the school was closed."""


def marks(held: Tables, meant: Callable[[Row], bool], *rolls: str) -> list[Row]:
    """The marks of students of these roll statuses, on roll when none are named, that meet a condition."""
    students = held.known("student")
    return [m for m in held.marks() if meant(m) and held.roll(students[m["student"]]) in (rolls or ("OnRoll",))]


def stored(held: Tables, rows: list[Row]) -> list[tuple[object, ...]]:
    """Marks as the store holds them."""
    students = held.known("student")
    columns = ("date", "session", "kind", "mark")
    return sorted((students[m["student"]]["mis_id"], *(m[c] for c in columns)) for m in rows)


def shown(rows: list[Row]) -> list[tuple[object, ...]]:
    """Marks as an answer shows them."""
    return sorted(tuple(r[c] for c in ("StudentId", "Date", "Session", "Type", "Mark")) for r in rows)


# ---- codes


def test_codes_are_those_in_use(app: Caller, held: Tables):
    active = {c["mark"] for c in held.of("attendance_code") if c["active"] != 0}
    assert {c["Mark"] for c in app.rows("AttendanceCodes")} == active


def test_inactive_codes_are_added_when_asked_for(app: Caller, held: Tables):
    rows = app.rows("AttendanceCodes?includeInactive=true")
    columns = ("Mark", "Description", "MeaningDescription", "ShortMeaningDescription", "PhysicalMeaning", "Active")
    names = ("mark", "description", "meaning", "short_meaning", "physical_meaning", "active")
    assert sorted(tuple(r[c] for c in columns) for r in rows) == sorted(
        tuple(c[n] for n in names) for c in held.of("attendance_code")
    )
    assert {r["Mark"] for r in rows if r["Active"] == 0} == {"F", "H", "J", "Y"}


def test_a_code_of_which_nobody_says_whether_it_is_active_is_in_use(asker: Caller, small: Tables):
    code = next(c for c in small.of("attendance_code") if c["mark"] == "H")
    small.change(AttendanceCode, code["id"], active=None)
    assert next(c for c in asker.rows("AttendanceCodes") if c["Mark"] == "H")["Active"] is None


# ---- one day


def test_a_day_has_the_session_and_lesson_marks_of_students_on_roll(app: Caller, held: Tables):
    rows = app.rows(f"AttendanceForDate?date={LAST}")
    assert shown(rows) == stored(held, marks(held, lambda m: m["date"] == LAST))
    assert {r["Type"] for r in rows} == {"S", "L"}


def test_the_day_is_today_when_none_is_given(app: Caller, held: Tables):
    answer = app.answer("AttendanceForDate")
    assert {r["Date"] for r in answer["AttendMarks"]} == {held.today}
    assert answer["DateRange"] == [{"Id": "1", "DateFrom": held.today, "DateTo": held.today}]


def test_the_day_asked_for_is_told(app: Caller):
    (row,) = app.rows(f"AttendanceForDate?date={CLOSED}", "DateRange")
    assert (row["DateFrom"], row["DateTo"]) == (CLOSED, CLOSED)


@pytest.mark.parametrize(("written", "kind"), [("S", "S"), ("L", "L"), ("l", "L")])
def test_attendance_type_leaves_session_or_lesson_marks(app: Caller, held: Tables, written: str, kind: str):
    rows = app.rows(f"AttendanceForDate?date={LAST}&attendanceType={written}")
    assert shown(rows) == stored(held, marks(held, lambda m: (m["date"], m["kind"]) == (LAST, kind)))


@pytest.mark.parametrize(("written", "session"), [("AM", "AM"), ("pm", "PM")])
def test_session_type_leaves_the_morning_or_the_afternoon(app: Caller, held: Tables, written: str, session: str):
    rows = app.rows(f"AttendanceForDate?date={LAST}&sessionType={written}")
    assert shown(rows) == stored(held, marks(held, lambda m: (m["date"], m["session"]) == (LAST, session)))


@pytest.mark.parametrize("known_by", ["mis_id", "external_id"])
def test_an_id_leaves_the_marks_of_one_student(app: Caller, held: Tables, known_by: str):
    student = held.shown_students()[2]
    expected = stored(held, marks(held, lambda m: (m["date"], m["student"]) == (LAST, student["id"])))
    assert shown(app.rows(f"AttendanceForDate/{student[known_by]}?date={LAST}")) == expected
    assert shown(app.rows(f"AttendanceForDate?id={student[known_by]}&date={LAST}")) == expected
    assert len(expected) > 2


def test_exclude_no_marks_leaves_out_missing_marks(app: Caller, held: Tables):
    rows = app.rows(f"AttendanceForDate?date={LAST}&excludeNoMarks=true")
    assert shown(rows) == stored(held, marks(held, lambda m: m["date"] == LAST and m["mark"] != "-"))
    assert "-" in {r["Mark"] for r in app.rows(f"AttendanceForDate?date={LAST}")}


def test_exclude_closed_leaves_out_closures(app: Caller, held: Tables):
    rows = app.rows(f"AttendanceForDate?date={CLOSED}&excludeClosed=true")
    assert shown(rows) == stored(held, marks(held, lambda m: m["date"] == CLOSED and m["mark"] != "#"))
    assert "#" in {r["Mark"] for r in app.rows(f"AttendanceForDate?date={CLOSED}")}


def test_filters_and_options_of_a_day_are_all_met(app: Caller, held: Tables):
    rows = app.rows(f"AttendanceForDate?date={LAST}&attendanceType=S&sessionType=PM&excludeNoMarks=true")
    expected = marks(held, lambda m: (m["date"], m["kind"], m["session"]) == (LAST, "S", "PM") and m["mark"] != "-")
    assert shown(rows) == stored(held, expected)


def test_a_mark_is_named_by_student_day_and_session_or_lesson(app: Caller):
    rows = app.rows(f"AttendanceForDate?date={LAST}")
    assert all(r["Id"] == f"{r['StudentId']}.{LAST}.{r['InstanceId'] or r['Session']}" for r in rows)
    assert len({r["Id"] for r in rows}) == len(rows)


def test_minutes_late_and_notes_are_those_of_the_register(app: Caller, held: Tables):
    students = held.known("student")
    found = marks(held, lambda m: m["date"] == LAST and (m["minutes_late"] or m["notes"]))
    rows = app.rows(f"AttendanceForDate?date={LAST}")
    told = Counter((r["StudentId"], r["MinsLate"], r["Notes"]) for r in rows if r["MinsLate"] or r["Notes"])
    assert told == Counter((students[m["student"]]["mis_id"], m["minutes_late"], m["notes"]) for m in found)
    assert found


def test_a_leaver_has_no_marks_in_a_day(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    before = (date.fromisoformat(small.today) - timedelta(1)).isoformat()
    assert asker.rows(f"AttendanceForDate/{student['mis_id']}?date={before}")
    small.change(Student, student["id"], leaving_date=before)
    assert asker.rows(f"AttendanceForDate/{student['mis_id']}?date={before}") == []


# ---- a range of days

WEEK = "DateFrom=2026-11-16&DateTo=2026-11-20"


def of_week(mark: Row) -> bool:
    """Whether a mark is a session mark of the demo's last week."""
    return mark["kind"] == "S" and "2026-11-16" <= mark["date"] <= "2026-11-20"


def test_a_range_has_the_session_marks_of_students_on_roll(app: Caller, held: Tables):
    answer = app.answer(f"AttendanceForDateRange?{WEEK}")
    assert shown(answer["AttendMarks"]) == stored(held, marks(held, of_week))
    assert answer["DateRange"] == [{"Id": "1", "DateFrom": "2026-11-16", "DateTo": "2026-11-20"}]


def test_a_date_alone_is_a_range_of_one_day(app: Caller, held: Tables):
    answer = app.answer(f"AttendanceForDateRange?date={LAST}")
    assert shown(answer["AttendMarks"]) == stored(held, marks(held, lambda m: (m["date"], m["kind"]) == (LAST, "S")))
    assert answer["DateRange"] == [{"Id": "1", "DateFrom": LAST, "DateTo": LAST}]


@pytest.mark.parametrize(
    ("asked", "missing"),
    [("", ["DateFrom", "DateTo"]), ("?DateFrom=2026-11-16", ["DateTo"]), ("?DateTo=2026-11-20", ["DateFrom"])],
)
def test_a_range_needs_its_first_and_its_last_day(app: Caller, asked: str, missing: list[str]):
    said = app.refusal(f"AttendanceForDateRange{asked}")
    assert [n for n in ("DateFrom", "DateTo") if f"{n}: is required" in said] == missing


def test_a_range_that_ends_before_it_begins_is_refused(app: Caller):
    said = app.refusal("AttendanceForDateRange?DateFrom=2026-11-20&DateTo=2026-11-16")
    assert "2026-11-20 is after DateTo 2026-11-16" in said


def test_leavers_marks_are_added_when_asked_for(app: Caller, held: Tables):
    def of_october(m: Row) -> bool:
        return m["kind"] == "S" and "2026-10-01" <= m["date"] <= "2026-10-02"

    asked = "AttendanceForDateRange?DateFrom=2026-10-01&DateTo=2026-10-02"
    assert shown(app.rows(f"{asked}&includeLeavers=true")) == stored(held, marks(held, of_october, "OnRoll", "Leaver"))
    assert marks(held, of_october, "Leaver")
    assert shown(app.rows(asked)) == stored(held, marks(held, of_october))


def test_external_ids_of_students_are_shown_when_asked_for(app: Caller, held: Tables):
    students = {s["mis_id"]: s["external_id"] for s in held.of("student")}
    rows = app.rows(f"AttendanceForDateRange?date={LAST}&includeExternalId=true")
    assert all(r["ExternalId"] == students[r["StudentId"]] for r in rows)
    assert "ExternalId" not in app.rows(f"AttendanceForDateRange?date={LAST}&pagesize=1")[0]


def test_session_type_leaves_one_half_of_each_day(app: Caller, held: Tables):
    rows = app.rows(f"AttendanceForDateRange?{WEEK}&sessionType=AM")
    assert shown(rows) == stored(held, marks(held, lambda m: of_week(m) and m["session"] == "AM"))


def test_a_range_has_no_lesson_marks(app: Caller, held: Tables):
    assert app.rows(f"AttendanceForDateRange?{WEEK}&attendanceType=L") == []
    rows = app.rows(f"AttendanceForDateRange?{WEEK}&attendanceType=S")
    assert shown(rows) == stored(held, marks(held, of_week))


@pytest.mark.parametrize("known_by", ["mis_id", "external_id"])
def test_an_id_leaves_one_students_marks_of_the_range(app: Caller, held: Tables, known_by: str):
    student = held.shown_students()[2]
    rows = app.rows(f"AttendanceForDateRange/{student[known_by]}?{WEEK}")
    assert shown(rows) == stored(held, marks(held, lambda m: of_week(m) and m["student"] == student["id"]))


def test_missing_marks_and_closures_are_left_out_of_a_range(app: Caller, held: Tables):
    asked = "DateFrom=2026-10-22&DateTo=2026-10-23&excludeClosed=true&excludeNoMarks=true"
    expected = marks(
        held,
        lambda m: m["kind"] == "S" and m["date"] in ("2026-10-22", "2026-10-23") and m["mark"] not in ("#", "-"),
    )
    assert shown(app.rows(f"AttendanceForDateRange?{asked}")) == stored(held, expected)
    missing = app.rows(f"AttendanceForDateRange?{WEEK}&excludeNoMarks=true")
    assert shown(missing) == stored(held, marks(held, lambda m: of_week(m) and m["mark"] != "-"))


def test_a_forced_download_changes_nothing(app: Caller):
    plain = app.rows(f"AttendanceForDateRange?date={LAST}")
    assert app.rows(f"AttendanceForDateRange?date={LAST}&forcedownload=true") == plain
