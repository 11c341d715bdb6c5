"""Events of attendance written through Ed-Fi are marks in the school's register, which Xporter shows."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.model.attendance import Mark
from tests.district import EdFi, word
from tests.hub import SAGUARO, THORNFIELD
from tests.looking import look, look_by_key

from .test_writing import plain

DAY = "2026-11-12"


def unique(api: EdFi, mis_id: str, estab: str = THORNFIELD) -> str:
    """The number by which Ed-Fi knows a student of a school."""
    found = look(
        api.hub.store,
        "SELECT p.student_unique_id FROM student s JOIN person p ON p.id = s.person JOIN school c ON c.id = s.school"
        " WHERE c.estab = ? AND s.mis_id = ?",
        (estab, mis_id),
    )
    return found.get


def event(api: EdFi, student: str, category: str, day: str = DAY, **more: Any) -> dict[str, Any]:
    """What a client says of a student's day."""
    (term,) = api.get(f"sessions?schoolId={THORNFIELD}&sessionName=Autumn%20Term&schoolYear=2027")
    year = term["schoolYearTypeReference"]["schoolYear"]
    return {
        "attendanceEventCategoryDescriptor": word("AttendanceEventCategory", category),
        "eventDate": day,
        "schoolReference": {"schoolId": int(THORNFIELD)},
        "sessionReference": {"schoolId": int(THORNFIELD), "schoolYear": year, "sessionName": term["sessionName"]},
        "studentReference": {"studentUniqueId": student},
        **more,
    }


def shown(api: EdFi, day: str = DAY, estab: str = THORNFIELD) -> list[dict[str, Any]]:
    """The marks of a day as Xporter shows them."""
    token = api.hub.token(["Attendance", "Student"], estab)
    return api.hub.school(f"AttendanceForDate?date={day}", token, estab)["AttendMarks"]


def register(api: EdFi, mis_id: str) -> dict[str, tuple[str, str | None]]:
    """A student's session marks of the day, with their notes."""
    rows = [row for row in shown(api) if (row["StudentId"], row["Type"]) == (mis_id, "S")]
    return {row["Session"]: (row["Mark"], row["Notes"]) for row in rows}


PRESENT = {"AM": ("/", None), "PM": ("\\", None)}


@pytest.fixture
def pupil(api: EdFi) -> str:
    """A student who was there on the day."""
    there = {row["StudentId"]: register(api, row["StudentId"]) for row in shown(api)[:9]}
    return next(mis_id for mis_id, marks in there.items() if marks == PRESENT)


def test_an_event_is_a_mark_of_the_register_until_it_is_gone(api: EdFi, pupil: str) -> None:
    absent = event(api, unique(api, pupil), "Unexcused Absence", attendanceEventReason="Nobody rang")
    identity = api.post("studentSchoolAttendanceEvents", absent)
    assert register(api, pupil) == {"AM": ("O", "Nobody rang"), "PM": ("O", "Nobody rang")}
    assert plain(api.get(f"studentSchoolAttendanceEvents/{identity}")) == absent
    api.put("studentSchoolAttendanceEvents", identity, absent | {"eventDuration": 0.5, "departureTime": "13:00:00"})
    assert register(api, pupil) == {"AM": ("/", None), "PM": ("O", "Nobody rang")}
    assert api.ask("DELETE", f"studentSchoolAttendanceEvents/{identity}").status == 204
    assert register(api, pupil) == PRESENT


@pytest.mark.parametrize(
    ("category", "more", "marks"),
    [
        ("In Attendance", {}, ("/", "\\")),
        ("Excused Absence", {}, ("C", "C")),
        ("Tardy", {"arrivalTime": "09:20:00"}, ("L", "\\")),
        ("Tardy", {"arrivalTime": "13:40:00"}, ("/", "L")),
        ("Excused Absence", {"eventDuration": 0.5, "arrivalTime": "12:40:00"}, ("C", "\\")),
        ("Excused Absence", {"eventDuration": 0.5}, ("/", "\\")),
        ("Early departure", {"departureTime": "14:00:00"}, ("/", "\\")),
    ],
)
def test_a_category_is_the_mark_of_the_sessions_that_it_is_about(
    api: EdFi, pupil: str, category: str, more: dict[str, Any], marks: tuple[str, str]
) -> None:
    api.post("studentSchoolAttendanceEvents", event(api, unique(api, pupil), category, **more))
    assert tuple(mark for mark, _ in register(api, pupil).values()) == marks


def test_a_mark_that_somebody_changed_since_stays_when_the_event_goes(api: EdFi, pupil: str) -> None:
    identity = api.post("studentSchoolAttendanceEvents", event(api, unique(api, pupil), "Unexcused Absence"))
    ((mark, district),) = look(
        api.hub.store,
        "SELECT m.id, m.district FROM mark m JOIN student s ON s.id = m.student"
        " WHERE s.mis_id = ? AND m.date = ? AND m.kind = 'S' AND m.session = 'AM' AND m.mark = 'O'",
        (pupil, DAY),
    )
    with api.hub.store.write(district) as batch:
        batch.change(Mark, mark, {"mark": "I"})
    assert api.ask("DELETE", f"studentSchoolAttendanceEvents/{identity}").status == 204
    assert register(api, pupil) == {"AM": ("I", None), "PM": ("\\", None)}


def test_the_day_of_two_events_is_what_the_one_that_stays_says(api: EdFi, pupil: str) -> None:
    student = unique(api, pupil)
    first = api.post("studentSchoolAttendanceEvents", event(api, student, "Unexcused Absence"))
    second = api.post("studentSchoolAttendanceEvents", event(api, student, "Tardy"))
    assert register(api, pupil) == {"AM": ("L", None), "PM": ("O", None)}
    assert api.ask("DELETE", f"studentSchoolAttendanceEvents/{first}").status == 204
    assert register(api, pupil) == {"AM": ("L", None), "PM": ("\\", None)}
    assert api.ask("DELETE", f"studentSchoolAttendanceEvents/{second}").status == 204
    assert register(api, pupil) == PRESENT


def test_an_event_of_a_section_is_a_mark_of_its_lesson(api: EdFi) -> None:
    ((student, group, slot),) = look_by_key(
        api.hub.store,
        "SELECT s.id, g.id, i.mis_id FROM lesson_instance l JOIN lesson_class c ON c.lesson = l.lesson"
        ' JOIN "group" g ON g.key = c."group" JOIN timetable_period_instance i ON i.key = l.slot'
        ' JOIN student_membership p ON p."group" = g.key JOIN student s ON s.key = p.student'
        " JOIN school h ON h.key = s.school WHERE h.estab = ? AND l.date = ? AND g.offering IS NOT NULL"
        ' AND p.start <= l.date AND p."end" >= l.date ORDER BY s.mis_id, i.mis_id LIMIT 1',
        (SAGUARO, DAY),
    )
    mis_id = look(api.hub.store, "SELECT mis_id FROM student WHERE id = ?", (student,)).get
    (section,) = [one for one in api.get("sections?limit=500") if one["id"] == group.replace("-", "")]

    def marks() -> dict[str, str]:
        rows = shown(api, estab=SAGUARO)
        return {r["InstanceId"]: r["Mark"] for r in rows if (r["StudentId"], r["Type"]) == (mis_id, "L")}

    before = marks()
    late = {
        "attendanceEventCategoryDescriptor": word("AttendanceEventCategory", "Tardy"),
        "eventDate": DAY,
        "sectionReference": {
            "sectionIdentifier": section["sectionIdentifier"],
            **{n: v for n, v in section["courseOfferingReference"].items() if n != "link"},
        },
        "studentReference": {"studentUniqueId": unique(api, mis_id, SAGUARO)},
    }
    identity = api.post("studentSectionAttendanceEvents", late)
    assert marks() == before | {slot: "L"}
    assert api.ask("DELETE", f"studentSectionAttendanceEvents/{identity}").status == 204
    assert marks() == before
