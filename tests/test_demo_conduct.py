"""What the invented schools wrote down of their students could have happened there."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from rollbook.demo.years import UK_LAST, UK_THIS, US_LAST, US_THIS
from tests.looking import look_by_key

from .hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub

Rows = list[tuple[Any, ...]]
TODAY = "2026-11-20"
OPEN = {
    estab: {d.date for year in years for d in year.days() if not d.closed}
    for estab, years in (
        (THORNFIELD, (UK_LAST, UK_THIS)),
        (BRAMBLESIDE, (UK_LAST, UK_THIS)),
        (SAGUARO, (US_LAST, US_THIS)),
    )
}
"""The days on which each school teaches."""
schools = pytest.mark.parametrize("estab", list(OPEN))


def rows(hub: Hub, sql: str, *values: Any) -> Rows:
    """The rows of a statement."""
    return look_by_key(hub.store, sql, values).fetchall()


def of(hub: Hub, estab: str, columns: str, tables: str, where: str = "1") -> Rows:
    """Columns of a school's rows; `e` is the event."""
    return rows(
        hub, f"SELECT {columns} FROM {tables} JOIN school c ON c.key = e.school WHERE c.estab = ? AND {where}", estab
    )


def away(hub: Hub, estab: str, *marks: str) -> set[tuple[Any, ...]]:
    """Students and days with one of some session marks."""
    found = of(hub, estab, "e.student, e.date, e.mark", "mark e", "e.kind = 'S'")
    return {(student, day) for student, day, mark in found if mark in marks}


@schools
@pytest.mark.parametrize("event", ["achievement", "behaviour"])
def test_events_are_seen_on_school_days_and_written_down_on_the_next_at_the_latest(hub: Hub, estab: str, event: str):
    found = of(hub, estab, "e.date, e.recorded_on", f"{event} e")
    first_days = {UK_THIS.start, US_THIS.start}
    assert {d for d, _ in found} <= OPEN[estab] | (first_days if event == "achievement" else set())
    assert all(d <= on <= TODAY for d, on in found)
    assert len(found) > 200


@schools
@pytest.mark.parametrize("event", ["achievement", "behaviour"])
def test_nobody_takes_part_who_is_not_at_school_that_day(hub: Hub, estab: str, event: str):
    where = "(e.date < s.entry_date OR e.date > s.leaving_date)"
    tables = f'{event} e JOIN {event}_student p ON p."{event}" = e.key JOIN student s ON s.key = p.student'
    assert of(hub, estab, "s.mis_id, e.date", tables, where) == []
    taking_part = set(of(hub, estab, "p.student, e.date", tables))
    assert not taking_part & away(hub, estab, "I", "M", "G", "C", "O", "E", "V", "W", "#")


@schools
@pytest.mark.parametrize("event", ["achievement", "behaviour"])
def test_every_event_has_students_each_once(hub: Hub, estab: str, event: str):
    tables = f'{event} e LEFT JOIN {event}_student p ON p."{event}" = e.key'
    counts = of(hub, estab, "e.id, p.student", tables)
    assert all(student for _, student in counts)
    assert len(set(counts)) == len(counts)
    assert max(Counter(e for e, _ in counts).values()) in (3, 4)


def test_points_are_those_of_the_kind_except_for_who_only_saw_or_suffered(hub: Hub):
    tables = (
        "behaviour e JOIN behaviour_student p ON p.behaviour = e.key JOIN conduct_type t ON t.key = e.type"
        " JOIN conduct_lookup r ON r.key = p.role"
    )
    found = of(hub, THORNFIELD, "p.points, t.points, r.code", tables)
    assert all(given == (usual if role in ("PT", "IN") else 0) for given, usual, role in found)
    assert {role for _, _, role in found} == {"PT", "IN", "TG", "WI"}


def test_a_few_students_are_in_many_incidents_and_many_in_none(hub: Hub):
    tables = "behaviour_student p JOIN behaviour e ON e.key = p.behaviour"
    counts = sorted(
        (n for (n,) in of(hub, THORNFIELD, "count(*)", tables, "e.date >= '2026-09-01' GROUP BY p.student")),
        reverse=True,
    )
    assert len(counts) < 750
    assert sum(counts[:100]) > sum(counts) / 3
    assert counts[0] < 70


def test_there_is_more_praise_than_blame(hub: Hub):
    for estab in OPEN:
        ((praise,),) = of(hub, estab, "count(*)", "achievement e")
        ((blame,),) = of(hub, estab, "count(*)", "behaviour e")
        assert praise > 1.5 * blame


def test_a_lesson_has_the_subject_and_teacher_of_one_of_the_students_classes(hub: Hub):
    tables = (
        "behaviour e JOIN behaviour_student p ON p.behaviour = e.key JOIN conduct_lookup r ON r.key = p.role"
        " JOIN subject s ON s.key = e.subject"
    )
    where = "e.date >= '2026-09-01' AND r.code IN ('PT', 'IN')"
    lessons = of(hub, THORNFIELD, "e.id, p.student, e.subject, e.recorded_by", tables, where)
    classes = rows(
        hub,
        'SELECT m.student, g.subject, g.primary_staff FROM student_membership m JOIN "group" g ON g.key = m."group"'
        " WHERE g.kind = 'TeachingGrp' AND g.start >= '2026-09-01'",
    )
    taught = set(classes)
    right = {e for e, *lesson in lessons if tuple(lesson) in taught}
    assert right == {e for e, *_ in lessons}
    assert len(right) > 500


# ---- detentions


@schools
def test_detentions_are_held_on_school_days_after_what_they_are_for(hub: Hub, estab: str):
    tables = "detention e JOIN student_detention p ON p.detention = e.key JOIN behaviour b ON b.key = p.behaviour"
    found = of(hub, estab, "e.date, e.recorded_on, b.date", tables)
    assert {d for d, _, _ in found} <= OPEN[estab]
    assert all(day > incident for day, _, incident in found)
    assert all(day > on for day, on, _ in found)
    assert len(found) > 100


@schools
def test_a_detention_is_for_a_student_who_took_part_and_was_given_one(hub: Hub, estab: str):
    tables = (
        "student_detention e LEFT JOIN behaviour_student p ON p.behaviour = e.behaviour AND p.student = e.student"
        " LEFT JOIN conduct_lookup o ON o.key = p.outcome JOIN detention d ON d.key = e.detention"
        " JOIN detention_type t ON t.key = d.type"
    )
    follows = {"LD": {"LUND", "Y7LD"}, "AD": {"ASD"}, "SD": {"SLTD"}}
    found = of(hub, estab, "o.code, t.code", tables)
    assert all(kind in follows[outcome] for outcome, kind in found)


@schools
def test_nobody_is_twice_in_one_detention_and_no_two_are_the_same(hub: Hub, estab: str):
    places = of(hub, estab, "e.detention, e.student", "student_detention e")
    assert len(set(places)) == len(places)
    held = of(hub, estab, "e.type, e.date", "detention e")
    assert len(set(held)) == len(held)


@schools
def test_who_came_is_known_of_the_past_only_and_agrees_with_the_registers(hub: Hub, estab: str):
    tables = "student_detention e JOIN detention d ON d.key = e.detention JOIN detention_lookup a ON a.key = e.attended"
    found = of(hub, estab, "d.date, a.code, e.non_attendance_reason", tables)
    assert {code for day, code, _ in found if day >= TODAY} <= {"NR"}
    assert all((why is not None) == (code in ("ABS", "DNA")) for _, code, why in found)
    came = set(of(hub, estab, "e.student, d.date", tables, "a.code = 'ATT'"))
    assert not came & away(hub, estab, "I", "G", "C", "O", "E")


def test_some_detentions_are_still_to_come(hub: Hub):
    tables = "detention e JOIN student_detention p ON p.detention = e.key"
    assert len(of(hub, THORNFIELD, "p.id", tables, f"e.date > '{TODAY}'")) > 3


def test_no_teacher_takes_two_detentions_at_once(hub: Hub):
    held = Counter(of(hub, THORNFIELD, "e.staff, e.date, e.start_time", "detention e"))
    assert [slot for slot, times in held.items() if times > 1] == []


# ---- report cards


@schools
def test_who_is_on_report_has_an_open_card_and_nobody_else_does(hub: Hub, estab: str):
    here = f"e.entry_date <= '{TODAY}' AND coalesce(e.leaving_date, '9') >= '{TODAY}'"
    on_report = of(hub, estab, "e.key", "student e", f"e.on_report = 1 AND {here}")
    cards = of(
        hub, estab, "e.student", "report_card e", f"e.start <= '{TODAY}' AND coalesce(e.\"end\", '9') >= '{TODAY}'"
    )
    assert sorted(cards) == sorted(on_report)
    assert len(cards) > 3
