"""Where students were before, for how long they have been enrolled, and what they were entitled to."""

from __future__ import annotations

from datetime import date

import pytest

from rollbook.model.history import Enrolment, Entitlement, PreviousSchool
from rollbook.model.students import Student

from ..hub import Hub
from .tables import Caller, Row, Tables, mis_ids

# ---- previous schools


def before(held: Tables, *rolls: str) -> list[Row]:
    """The previous schools of students of these roll statuses."""
    students = held.known("student")
    return [r for r in held.of("previous_school") if held.roll(students[r["student"]]) in rolls]


def test_school_history_is_that_of_students_on_roll(app: Caller, held: Tables):
    assert app.ids("StudentSchoolHistory") == mis_ids(before(held, "OnRoll"))
    assert len(before(held, "OnRoll")) > 900


def test_school_history_of_leavers_is_added_when_asked_for(app: Caller, held: Tables):
    added = app.ids("StudentSchoolHistory?includeLeavers=true") - app.ids("StudentSchoolHistory")
    assert added == mis_ids(before(held, "Leaver"))
    assert added


def test_a_row_tells_of_the_school_and_of_the_student(app: Caller, held: Tables):
    students, people = held.known("student"), {p["id"]: p for p in held.sql("SELECT * FROM person")}
    shown = {r["Id"]: r for r in app.rows("StudentSchoolHistory")}
    for row in before(held, "OnRoll"):
        student = students[row["student"]]
        person = people[student["person"]]
        told = shown[row["mis_id"]]
        assert (told["StudentId"], told["Forename"], told["Surname"]) == (
            student["mis_id"],
            person["forename"],
            person["surname"],
        )
        assert (
            told["PreviousSchoolName"],
            told["LEA"],
            told["EstabId"],
            told["LeavingDate"],
            told["LeavingReason"],
        ) == (
            row["name"],
            row["authority"],
            row["estab"],
            row["leaving_date"],
            row["reason"],
        )


@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_school_history_of_one_student(app: Caller, held: Tables, known_by: str):
    students = held.known("student")
    student = students[before(held, "OnRoll")[7]["student"]]
    own = mis_ids(r for r in held.of("previous_school") if r["student"] == student["id"])
    assert app.ids(f"StudentSchoolHistory?id={student[known_by]}") == own
    assert app.ids(f"StudentSchoolHistory/{student[known_by]}") == own


def test_a_leaver_is_found_only_among_leavers(app: Caller, held: Tables):
    left = held.known("student")[before(held, "Leaver")[0]["student"]]
    assert app.ids(f"StudentSchoolHistory?id={left['mis_id']}") == set()
    assert app.ids(f"StudentSchoolHistory?id={left['mis_id']}&includeLeavers=true")


def test_leaving_dates_bound_the_history_both_ends_included(app: Caller, held: Tables):
    rows = before(held, "OnRoll")
    first, last = "2023-07-21", "2024-07-19"
    assert {first, last} <= {r["leaving_date"] for r in rows}
    since = {r["mis_id"] for r in rows if r["leaving_date"] >= first}
    until = {r["mis_id"] for r in rows if r["leaving_date"] <= last}
    assert app.ids(f"StudentSchoolHistory?LeavingDateFrom={first}") == since
    assert app.ids(f"StudentSchoolHistory?LeavingDateTo={last}") == until
    assert app.ids(f"StudentSchoolHistory?leavingdatefrom={first}&leavingdateto={last}") == since & until
    assert since & until < since | until


def test_the_day_after_a_leaving_date_leaves_it_out(asker: Caller, small: Tables):
    row = before(small, "OnRoll")[0]
    small.change(PreviousSchool, row["id"], leaving_date="2001-07-20")
    assert asker.ids("StudentSchoolHistory?LeavingDateTo=2001-07-20") == {row["mis_id"]}
    assert asker.ids("StudentSchoolHistory?LeavingDateTo=2001-07-19") == set()


# ---- enrolments


def window(held: Tables) -> tuple[str, str]:
    """The first day of the third academic year before this one, and the last day of this one."""
    (year,) = [s for s in held.of("session") if s["kind"] == "schoolYear" and s["start"] == held.year_start()]
    return f"{int(year['start'][:4]) - 3}{year['start'][4:]}", year["end"]


def enrolment_ids(held: Tables, rows: list[Row]) -> set[str]:
    students = held.known("student")
    return {f"{students[r['student']]['mis_id']}.{r['start']}" for r in rows}


def shown_enrolments(held: Tables) -> list[Row]:
    first, last = window(held)
    return [r for r in held.of("enrolment") if r["start"] <= last and (r["end"] or "9") >= first]


def test_enrolments_are_those_of_this_and_the_previous_three_academic_years(app: Caller, held: Tables):
    shown = shown_enrolments(held)
    assert app.ids("StudentEnrolmentHistory") == enrolment_ids(held, shown)
    earlier = [r for r in held.of("enrolment") if r["end"] and r["end"] < window(held)[0]]
    assert earlier
    assert len(shown) + len(earlier) <= len(held.of("enrolment"))


def test_the_window_opens_on_the_first_day_of_the_third_year_before(asker: Caller, small: Tables):
    first, last = window(small)
    assert (first, last) == ("2023-09-01", "2027-08-31")
    student = small.students("OnRoll")[0]
    one = small.add(Enrolment, student=student["id"], status="C", start="2020-01-06", end="2023-08-31")
    key = f"{student['mis_id']}.2020-01-06"
    assert key not in asker.ids("StudentEnrolmentHistory")
    small.change(Enrolment, one, end=first)
    assert key in asker.ids("StudentEnrolmentHistory")


def test_enrolments_of_the_next_academic_year_are_no_history(asker: Caller, small: Tables):
    student = small.students("OnRoll")[0]
    one = small.add(Enrolment, student=student["id"], status="C", start="2027-09-01")
    assert f"{student['mis_id']}.2027-09-01" not in asker.ids("StudentEnrolmentHistory")
    small.change(Enrolment, one, start="2027-08-31")
    assert f"{student['mis_id']}.2027-08-31" in asker.ids("StudentEnrolmentHistory")


@pytest.mark.parametrize("known_by", ["{mis_id}", "PL-{mis_id}"])
def test_enrolments_of_one_student_by_mis_id_or_idaas_id(app: Caller, held: Tables, known_by: str):
    students = held.known("student")
    again = next(r for r in shown_enrolments(held) if r["end"] and held.roll(students[r["student"]]) == "OnRoll")
    student = students[again["student"]]
    own = enrolment_ids(held, [r for r in shown_enrolments(held) if r["student"] == student["id"]])
    assert len(own) == 2
    assert app.ids(f"StudentEnrolmentHistory?id={known_by.format(**student)}") == own
    assert app.ids(f"StudentEnrolmentHistory?id=GY-{student['mis_id']}") == set()


def test_effective_date_leaves_the_enrolments_of_that_day(app: Caller, held: Tables):
    for day in ("2024-10-01", "2026-09-01", "2026-09-02", held.today):
        there = [r for r in shown_enrolments(held) if r["start"] <= day <= (r["end"] or "9")]
        assert app.ids(f"StudentEnrolmentHistory?effectiveDate={day}") == enrolment_ids(held, there), day


def test_everybody_on_roll_today_is_enrolled_today_with_the_status_that_their_record_has(app: Caller, held: Tables):
    rows = app.rows(f"StudentEnrolmentHistory?EffectiveDate={held.today}")
    assert {r["Student_MisId"]: r["EnrolmentStatusCode"] for r in rows} == {
        s["mis_id"]: s["enrolment_status"] for s in held.students("OnRoll")
    }
    assert all((r["StudentIdaasId"], r["StudentXid"][0]) == (f"PL-{r['Student_MisId']}", "x") for r in rows)


def test_an_effective_date_is_a_date(app: Caller):
    assert "effectiveDate" in app.refusal("StudentEnrolmentHistory?effectiveDate=yesterday")


# ---- entitlements


def test_entitlement_groups_and_who_was_in_them(app: Caller, held: Tables):
    answer = app.answer("EntitlementHistory")
    groups, students = held.known("entitlement_group"), held.known("student")
    assert [(g["Shortname"], g["Fullname"]) for g in answer["EntitlementGroups"]] == [
        ("FSM", "Free School Meals"),
        ("PP", "Pupil Premium"),
        ("Ever6", "Free School Meals in the Last Six Years"),
    ]
    shown = {
        (r["Id"], r["EntitlementGroupId"], r["StudentId"], r["StartDate"], r["EndDate"])
        for r in answer["EntitlementGroupStudents"]
    }
    assert shown == {
        (
            e["mis_id"],
            groups[e["group"]]["mis_id"],
            students[e["student"]]["mis_id"],
            f"{e['start']}T00:00:00",
            f"{e['end']}T00:00:00" if e["end"] else None,
        )
        for e in held.of("entitlement")
    }
    assert len(shown) > 400


def test_only_entitlement_groups_leaves_the_students_out(app: Caller):
    answer = app.answer("EntitlementHistory?onlyEntitlementGroups=true")
    assert len(answer["EntitlementGroups"]) == 3
    assert answer["EntitlementGroupStudents"] == []


def test_a_student_left_out_has_no_entitlements(small_hub: Hub, small: Tables):
    whose = small.known("student")[small.of("entitlement")[0]["student"]]["mis_id"]
    caller = Caller(small_hub)
    rows = caller.rows("EntitlementHistory", "EntitlementGroupStudents")
    assert whose in {r["StudentId"] for r in rows}
    small_hub.desk.people.choose(
        small_hub.desk.grants.at(small_hub.app("all.example.org"), caller.estab), "students", "except", [whose]
    )
    rest = caller.rows("EntitlementHistory", "EntitlementGroupStudents")
    assert rest == [r for r in rows if r["StudentId"] != whose]


def test_entitlements_are_told_to_student_funding_and_asked_for_with_historic_data_too(hub: Hub, app: Caller):
    whole = app.answer("EntitlementHistory")
    told = Caller(hub, ["StudentFunding"]).answer("EntitlementHistory")
    assert told["EntitlementGroupStudents"] == whole["EntitlementGroupStudents"]
    empty = Caller(hub, ["historicdata"]).answer("EntitlementHistory")
    assert (empty["EntitlementGroups"], empty["EntitlementGroupStudents"]) == ([], [])
    refused = hub.school("EntitlementHistory", hub.token(["Student"], app="other.example.org"))
    assert refused["ExceptionType"] is not None


def ever_six(asker: Caller, student: Row) -> int | None:
    """What the student's record says today."""
    return asker.one(f"Students/{student['mis_id']}?select=FSMEver6", "Students")["FSMEver6"]


@pytest.fixture
def well_off(asker: Caller, small: Tables) -> Row:
    """A student who was never entitled to anything."""
    entitled = {e["student"] for e in small.of("entitlement")}
    return next(s for s in small.shown_students() if s["id"] not in entitled and s["ever6"] == 0)


def six_years_before(day: str) -> str:
    return f"{int(day[:4]) - 6}{day[4:]}"


def day_before(day: str) -> str:
    return date.fromordinal(date.fromisoformat(day).toordinal() - 1).isoformat()


def group_of(small: Tables, short: str) -> str:
    return next(g["id"] for g in small.of("entitlement_group") if g["short"] == short)


def test_ever_six_looks_back_six_years_to_the_day(asker: Caller, small: Tables, well_off: Row):
    assert ever_six(asker, well_off) == 0
    meals = {"group": group_of(small, "FSM"), "student": well_off["id"], "start": "2015-01-05"}
    one = small.add(Entitlement, **meals, end=day_before(six_years_before(small.today)))
    assert ever_six(asker, well_off) == 0
    small.change(Entitlement, one, end=six_years_before(small.today))
    assert ever_six(asker, well_off) == 1
    small.change(Entitlement, one, end=None)
    assert ever_six(asker, well_off) == 1


def test_ever_six_does_not_look_ahead(asker: Caller, small: Tables, well_off: Row):
    one = small.add(Entitlement, group=group_of(small, "FSM"), student=well_off["id"], start="2027-01-04")
    assert ever_six(asker, well_off) == 0
    small.change(Entitlement, one, start=small.today)
    assert ever_six(asker, well_off) == 1


def test_pupil_premium_alone_is_no_ever_six(asker: Caller, small: Tables, well_off: Row):
    one = small.add(Entitlement, group=group_of(small, "PP"), student=well_off["id"], start="2026-09-02")
    assert ever_six(asker, well_off) == 0
    small.change(Entitlement, one, group=group_of(small, "Ever6"))
    assert ever_six(asker, well_off) == 1
    small.change(Entitlement, one, end=day_before(small.today))
    assert ever_six(asker, well_off) == 0


def test_ever_six_is_what_earlier_schools_told_where_there_are_no_entitlements(
    asker: Caller, small: Tables, well_off: Row
):
    small.change(Student, well_off["id"], ever6=1)
    assert ever_six(asker, well_off) == 1
    small.change(Student, well_off["id"], ever6=None)
    assert ever_six(asker, well_off) is None


def test_ever_six_of_every_student_follows_from_the_entitlements(app: Caller, held: Tables):
    fsm = group_of(held, "FSM")
    since = six_years_before(held.today)
    lately = {
        e["student"]
        for e in held.of("entitlement")
        if e["group"] == fsm and e["start"] <= held.today and (e["end"] or "9") >= since
    }
    expected = {s["mis_id"]: 1 if s["id"] in lately else s["ever6"] for s in held.shown_students()}
    assert {r["Id"]: r["FSMEver6"] for r in app.rows("Students?select=Id,FSMEver6")} == expected
    assert 100 < sum(v or 0 for v in expected.values()) < 400


def test_ever_six_needs_student_funding(hub: Hub):
    assert "FSMEver6" not in Caller(hub, ["Student", "StudentExtended"]).rows("Students?pagesize=1")[0]
    assert "FSMEver6" in Caller(hub, ["Student", "StudentFunding"]).rows("Students?pagesize=1")[0]
