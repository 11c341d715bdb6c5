"""Timetable, TimetableForGroup, -Staff and -Student, TimetableModel and TimetableStructure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

import pytest

from rollbook.model.timetable import CoverLesson, CoverStaff, LessonClass, LessonStaff

from .tables import Caller, Row, Tables, mis_ids

WEEK = "DateFrom=2026-11-16&DateTo=2026-11-20"
FIRST, LAST = "2026-11-13", "2026-12-04"
"""The days that are meant when none are given: a week before the demo's day and two weeks after."""

Meant = Callable[[Row], bool]


def held_between(held: Tables, first: str, last: str) -> list[Row]:
    """The lessons of these dates."""
    return [row for row in held.of("lesson_instance") if first <= row["date"] <= last]


def told_of(held: Tables, rows: Iterable[Row]) -> set[tuple[object, ...]]:
    """What is to be told of each lesson: ids, class, subject, teacher, room and time."""
    groups, subjects, slots = held.known('"group"'), held.known("subject"), held.known("timetable_period_instance")
    people, rooms, periods = held.known("staff"), held.known("room"), held.known("timetable_period")
    taught, by, where = (
        {row["lesson"]: row[what] for row in held.of(f"lesson_{table}")}
        for table, what in (("class", "group"), ("staff", "staff"), ("room", "room"))
    )
    found: set[tuple[object, ...]] = set()
    for row in rows:
        group, slot = groups[taught[row["lesson"]]], slots[row["slot"]]
        subject = subjects[group["subject"]]
        found.add(
            (
                row["mis_id"],
                slot["mis_id"],
                group["mis_id"],
                group["name"],
                periods[slot["period"]]["name"],
                row["start"],
                row["end"],
                people[by[row["lesson"]]]["code"],
                rooms[where[row["lesson"]]]["code"],
                subject["code"],
                subject["name"],
            )
        )
    return found


COLUMNS = (
    *("Id", "PeriodId", "ClassId", "ClassName", "Period", "StartDateTime", "EndDateTime"),
    *("StaffCodes", "RoomCodes", "SubjectCode", "SubjectName"),
)


def shown(rows: Iterable[Row]) -> set[tuple[object, ...]]:
    """What an answer tells of each lesson."""
    return {tuple(row[c] for c in COLUMNS) for row in rows}


# ---- Timetable


def test_the_timetable_is_empty_unless_an_option_asks_for_more(app: Caller):
    answer = app.answer("Timetable")
    assert (answer["Lessons"], answer["LessonStaff"], answer["LessonRooms"]) == ([], [], [])


def test_lessons_are_those_from_a_week_before_today_to_two_weeks_after(app: Caller, held: Tables):
    rows = app.rows("Timetable?includeLessons=true")
    assert shown(rows) == told_of(held, held_between(held, FIRST, LAST))
    assert len({row["Id"] for row in rows}) == len(rows) > 2000


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        (WEEK, "2026-11-16", "2026-11-20"),
        ("DateFrom=2026-12-02", "2026-12-02", LAST),
        ("DateTo=2026-11-13", FIRST, FIRST),
    ],
)
def test_dates_bound_the_lessons(app: Caller, held: Tables, query: str, first: str, last: str):
    rows = app.rows(f"Timetable?includeLessons=true&{query}")
    assert {row["Id"] for row in rows} == mis_ids(held_between(held, first, last))
    assert rows


@pytest.mark.parametrize(
    ("option", "table", "side", "what", "column"),
    [
        ("includeLessonStaff", "LessonStaff", "staff", "staff", "StaffId"),
        ("includeLessonRooms", "LessonRooms", "room", "room", "RoomId"),
    ],
)
def test_staff_and_rooms_are_those_of_the_lessons_of_the_dates(
    app: Caller, held: Tables, option: str, table: str, side: str, what: str, column: str
):
    answer = app.answer(f"Timetable?{option}=true&{WEEK}")
    others = held.known(side)
    by = {row["lesson"]: others[row[what]] for row in held.of(f"lesson_{side}")}
    expected = {
        (f"{row['mis_id']}.{by[row['lesson']]['mis_id']}", row["mis_id"], by[row["lesson"]]["mis_id"])
        for row in held_between(held, "2026-11-16", "2026-11-20")
    }
    assert {(row["Id"], row["LessonId"], row[column]) for row in answer[table]} == expected
    assert [t for t, rows in answer.items() if rows and t != "meta"] == [table]


def test_codes_stand_beside_ids(app: Caller, held: Tables):
    answer = app.answer(f"Timetable?options=includeLessonStaff,includeLessonRooms&{WEEK}")
    staff = {s["mis_id"]: s["code"] for s in held.of("staff")}
    rooms = {r["mis_id"]: r["code"] for r in held.of("room")}
    assert all(row["StaffCode"] == staff[row["StaffId"]] for row in answer["LessonStaff"])
    assert all(row["Code"] == rooms[row["RoomId"]] for row in answer["LessonRooms"])


def test_a_double_lesson_names_the_lesson_that_follows(app: Caller):
    rows = {row["Id"]: row for row in app.rows(f"Timetable?includeLessons=true&{WEEK}")}
    doubles = [row for row in rows.values() if row["JoinedId"]]
    for row in doubles:
        after = rows[row["JoinedId"]]
        assert (row["ClassId"], row["EndDateTime"]) == (after["ClassId"], after["StartDateTime"])
    assert doubles


def test_a_lesson_of_two_classes_and_teachers_names_both_once(asker: Caller, small: Tables):
    row = held_between(small, small.today, small.today)[0]
    groups = [g for g in small.of('"group"') if g["kind"] == "TeachingGrp" and small.now(g)]
    own = {c["group"] for c in small.of("lesson_class") if c["lesson"] == row["lesson"]}
    other = next(g for g in groups if g["id"] not in own)
    teacher = next(s for s in small.staff("Current") if s["mis_id"] == "1")
    small.add(LessonClass, lesson=row["lesson"], group=other["id"])
    small.add(LessonStaff, lesson=row["lesson"], staff=teacher["id"])
    (told,) = [r for r in asker.rows("Timetable?includeLessons=1") if r["Id"] == row["mis_id"]]
    assert other["mis_id"] in told["ClassId"].split(",")
    assert len(told["ClassId"].split(",")) == len(told["StaffCodes"].split(",")) == 2


def test_lesson_marks_and_the_structure_name_the_periods_of_lessons(app: Caller):
    lessons = app.rows(f"TimetableForStudent/9919?{WEEK}")
    marks = app.rows("AttendanceForDate/9919?date=2026-11-17&attendanceType=L")
    days = {row["PeriodId"] for row in lessons if row["StartDateTime"].startswith("2026-11-17")}
    assert {row["InstanceId"] for row in marks} == days
    periods = {row["Id"]: row for row in app.rows(f"TimetableStructure?{WEEK}", "TTPeriods")}
    for row in lessons:
        period = periods[row["PeriodId"]]
        assert (period["StartDateTime"], period["EventDescription"]) == (row["StartDateTime"], row["Period"])


# ---- for a group, a member of staff, a student


def of_groups(held: Tables, groups: set[str]) -> set[str]:
    """The lessons of the cycle that are taught to some of these groups."""
    return {row["lesson"] for row in held.of("lesson_class") if row["group"] in groups}


def a_class(held: Tables) -> Row:
    """A class of this year."""
    taught = {row["group"] for row in held.of("lesson_class")}
    return next(g for g in held.of('"group"') if g["id"] in taught and g["code"] == "9X1/En")


@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_a_group_has_the_lessons_of_the_class(app: Caller, held: Tables, known_by: str):
    group = a_class(held)
    mine = [r for r in held_between(held, FIRST, LAST) if r["lesson"] in of_groups(held, {group["id"]})]
    rows = app.rows(f"TimetableForGroup/{group[known_by]}")
    assert shown(rows) == told_of(held, mine)
    assert len(rows) == 13


def test_a_year_group_has_the_lessons_of_its_classes(app: Caller, held: Tables):
    year = next(g for g in held.of('"group"') if g["kind"] == "YearGrp" and g["standard_year_code"] == "12")
    classes = {row["child"] for row in held.of("sub_group") if row["parent"] == year["id"]}
    mine = [r for r in held_between(held, FIRST, LAST) if r["lesson"] in of_groups(held, classes)]
    assert app.ids(f"TimetableForGroup/{year['mis_id']}") == mis_ids(mine)
    assert len(mine) > 100


def test_a_teacher_has_the_lessons_that_they_teach_and_cover(app: Caller, held: Tables):
    taught, covered = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for row in held.of("lesson_staff"):
        taught[row["staff"]].add(row["lesson"])
    for row in held.of("cover_staff"):
        covered[row["staff"]].add(row["instance"])
    every = held.of("lesson_instance")
    both = next(s for s in held.of("staff") if taught[s["id"]] and covered[s["id"]])
    supply = next(s for s in held.of("staff") if not taught[s["id"]] and covered[s["id"]])
    for member in (both, supply):
        mine = [r for r in every if r["lesson"] in taught[member["id"]] or r["id"] in covered[member["id"]]]
        assert app.ids(f"TimetableForStaff/{member['mis_id']}?bypassDateFilter=true") == mis_ids(mine)
        week = {r["mis_id"] for r in mine if "2026-11-16" <= r["date"] <= "2026-11-20"}
        assert app.ids(f"TimetableForStaff?id={member['mis_id']}&{WEEK}") == week


def of_student(held: Tables, student: Row) -> list[Row]:
    """The lessons of the classes of which a student is a member on the day."""
    lessons = defaultdict[str, set[str]](set)
    for row in held.of("lesson_class"):
        lessons[row["lesson"]].add(row["group"])
    mine = [m for m in held.of("student_membership") if m["student"] == student["id"]]
    return [
        r
        for r in held.of("lesson_instance")
        if any(
            m["group"] in lessons[r["lesson"]] and (m["start"] or "") <= r["date"] <= (m["end"] or "9") for m in mine
        )
    ]


def test_a_student_has_the_lessons_of_their_classes(app: Caller, held: Tables):
    student = next(s for s in held.shown_students() if s["mis_id"] == "9919")
    mine = of_student(held, student)
    weeks = [r for r in mine if FIRST <= r["date"] <= LAST]
    assert shown(app.rows("TimetableForStudent/9919")) == told_of(held, weeks)
    assert app.ids("TimetableForStudent/9919?options=bypassDateFilter") == mis_ids(mine)
    assert len(mine) > 900


def test_a_student_who_left_has_no_lessons_after_that(app: Caller, held: Tables):
    student = next(s for s in held.students("Leaver") if s["leaving_date"] > "2026-09-20")
    mine = of_student(held, student)
    rows = app.rows(f"TimetableForStudent/{student['mis_id']}?bypassDateFilter=true")
    assert {r["Id"] for r in rows} == mis_ids(mine)
    assert max(r["Date"][:10] for r in rows) <= student["leaving_date"]


@pytest.mark.parametrize(
    ("names", "first", "last"),
    [
        ("From=2026-11-18&To=2026-11-19", "2026-11-18", "2026-11-19"),
        ("From=2026-11-30", "2026-11-30", LAST),
        ("To=2026-11-16", FIRST, "2026-11-16"),
        ("DateFrom=2026-09-02&To=2026-09-04", "2026-09-02", "2026-09-04"),
    ],
)
@pytest.mark.parametrize("segment", ["TimetableForStudent/9919", "TimetableForGroup/301"])
def test_from_and_to_are_dates_too(app: Caller, segment: str, names: str, first: str, last: str):
    every = app.rows(f"{segment}?bypassDateFilter=true")
    expected = {row["Id"] for row in every if first <= row["Date"][:10] <= last}
    assert app.ids(f"{segment}?{names}") == expected
    assert expected


def test_staff_and_rooms_are_those_of_the_lessons_of_a_person(app: Caller):
    answer = app.answer(f"TimetableForStudent/9919?{WEEK}")
    lessons = {row["Id"] for row in answer["Lessons"]}
    assert {row["LessonId"] for row in answer["LessonStaff"]} == lessons
    assert {row["LessonId"] for row in answer["LessonRooms"]} == lessons


def test_lesson_and_joined_ids_are_of_the_cycle(app: Caller, held: Tables):
    lessons, cycle = {r["mis_id"]: r for r in held.of("lesson_instance")}, held.known("timetable_lesson")
    rows = app.rows(f"TimetableForGroup/301?{WEEK}")
    for row in rows:
        lesson = cycle[lessons[row["Id"]]["lesson"]]
        joined = cycle[lesson["joined"]]["mis_id"] if lesson["joined"] else None
        assert (row["LessonId"], row["JoinedId"]) == (lesson["mis_id"], joined)
    assert {row["Date"] for row in rows} == {f"2026-11-{day}T00:00:00" for day in range(16, 21)}
    assert any(row["JoinedId"] for row in rows)


@pytest.mark.parametrize("segment", ["Group/301", "Staff/5", "Student/9919"])
def test_the_structure_is_included_when_asked_for(app: Caller, segment: str):
    tables = ("Timetables", "TimetableDays", "TimetablePeriods")
    plain, full = app.answer(f"TimetableFor{segment}"), app.answer(f"TimetableFor{segment}?includeTTStructure=true")
    model = app.answer("TimetableModel?excludeLessonInstances=true")
    assert [plain[t] for t in tables] == [[], [], []]
    assert [full[t] for t in tables] == [model[t] for t in tables]
    assert full["Lessons"] == plain["Lessons"]


@pytest.mark.parametrize("whose", ["Group", "Staff", "Student"])
def test_whose_timetable_it_is_must_be_said(app: Caller, whose: str):
    assert app.refusal(f"TimetableFor{whose}").startswith("id: is required")


def test_dates_in_the_wrong_order_are_refused(app: Caller):
    assert "is after" in app.refusal("Timetable?DateFrom=2026-11-20&DateTo=2026-11-16")
    assert "tomorrow" in app.refusal("TimetableForStaff/5?From=tomorrow")


@pytest.mark.parametrize(
    ("whose", "scopes", "seen"),
    [
        ("Staff/5", ("School",), False),
        ("Staff/5", ("School", "StaffLite"), True),
        ("Staff/5", ("School", "Student"), False),
        ("Student/9919", ("School", "StudentLite"), True),
        ("Student/9919", ("StudentLite",), False),
        ("Student/9919", ("School", "Staff"), False),
        ("Group/301", ("School",), True),
        ("Group/301", ("SchoolLite",), False),
    ],
)
def test_a_timetable_needs_the_scopes_of_the_school_and_of_whom_it_is(
    app: Caller, whose: str, scopes: tuple[str, ...], seen: bool
):
    answer = Caller(app.hub, scopes).hub.school(f"TimetableFor{whose}", Caller(app.hub, scopes).token)
    assert bool(answer.get("Lessons")) is seen


# ---- TimetableModel


def year(held: Tables, table: str, column: str = "date", *, last: bool = False) -> list[Row]:
    """The rows of a table in an academic year."""
    first, end = ("2025-09-01", "2026-08-31") if last else ("2026-09-01", "2027-08-31")
    return [row for row in held.of(table) if first <= row[column] <= f"{end}T24"]


def test_the_model_has_the_timetable_of_this_year(app: Caller):
    answer = app.answer("TimetableModel?excludeLessonInstances=true")
    assert [{k: v for k, v in row.items() if k != "Id"} for row in answer["Timetables"]] == [
        {
            "Description": "Timetable 2026-2027",
            "StartDate": "2026-09-01",
            "EndDate": "2027-08-31",
            "DaysPerCycle": 5,
            "PeriodsPerCycle": 35,
            "TeachingPeriodsPerCycle": 25,
        }
    ]
    assert [(row["DayName"], row["Sequence"]) for row in answer["TimetableDays"]] == [
        (name, n) for n, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri"), 1)
    ]
    monday = [row for row in answer["TimetablePeriods"] if row["TimetableDayId"] == answer["TimetableDays"][0]["Id"]]
    assert [(p["PeriodName"], p["StartTime"], p["EndTime"], p["PeriodSequence"]) for p in monday] == [
        ("Mon:AM", "08:40", "09:00", 1),
        ("Mon:1", "09:00", "10:00", 2),
        ("Mon:2", "10:00", "11:00", 3),
        ("Mon:3", "11:20", "12:20", 4),
        ("Mon:PM", "13:10", "13:20", 5),
        ("Mon:4", "13:20", "14:20", 6),
        ("Mon:5", "14:20", "15:20", 7),
    ]


def test_lessons_with_classes_staff_and_rooms_are_those_of_the_cycle(app: Caller, held: Tables):
    answer = app.answer("TimetableModel?excludeLessonInstances=true")
    lessons, periods = held.known("timetable_lesson"), held.known("timetable_period")
    assert {(r["Id"], r["TimetablePeriodId"]) for r in answer["TimetableLessons"]} == {
        (r["mis_id"], periods[r["period"]]["mis_id"]) for r in lessons.values()
    }
    groups, subjects = held.known('"group"'), held.known("subject")
    staff, rooms = held.known("staff"), held.known("room")
    assert {tuple(r.values()) for r in answer["LessonClasses"]} == {
        (
            r["mis_id"],
            lessons[r["lesson"]]["mis_id"],
            groups[r["group"]]["mis_id"],
            groups[r["group"]]["name"],
            subjects[groups[r["group"]]["subject"]]["mis_id"],
            subjects[groups[r["group"]]["subject"]]["name"],
        )
        for r in held.of("lesson_class")
    }
    assert {tuple(r.values()) for r in answer["LessonStaff"]} == {
        (r["mis_id"], lessons[r["lesson"]]["mis_id"], staff[r["staff"]]["mis_id"]) for r in held.of("lesson_staff")
    }
    assert {tuple(r.values()) for r in answer["LessonRooms"]} == {
        (r["mis_id"], lessons[r["lesson"]]["mis_id"], *(rooms[r["room"]][n] for n in ("mis_id", "name", "code")))
        for r in held.of("lesson_room")
    }


def test_rooms_are_those_with_lessons_and_all_rooms_are_all(app: Caller, held: Tables):
    answer = app.answer("TimetableModel?excludeLessonInstances=true")
    rooms, used = held.known("room"), {row["room"] for row in held.of("lesson_room")}
    for table, expected in (("Rooms", [rooms[r] for r in used]), ("AllRooms", rooms.values())):
        assert {(r["Id"], r["RoomName"], r["RoomCode"]) for r in answer[table]} == {
            (r["mis_id"], r["name"], r["code"]) for r in expected
        }
    assert len(answer["Rooms"]) < len(answer["AllRooms"])


def test_lessons_are_held_all_year(app: Caller, held: Tables):
    answer = app.answer("TimetableModel")
    lessons, days = held.known("timetable_lesson"), held.known("timetable_day")
    assert {tuple(r.values()) for r in answer["LessonInstances"]} == {
        (r["mis_id"], lessons[r["lesson"]]["mis_id"], r["start"], r["end"]) for r in year(held, "lesson_instance")
    }
    assert {tuple(r.values()) for r in answer["TimetableDayInstances"]} == {
        (r["mis_id"], days[r["day"]]["mis_id"], r["date"]) for r in year(held, "timetable_day_instance")
    }


def test_cover_says_what_is_changed_in_which_lesson(app: Caller, held: Tables):
    answer = app.answer("TimetableModel?excludeLessonInstances=true")
    lessons, staff, rooms = (held.known(t) for t in ("lesson_instance", "staff", "room"))
    assert {tuple(r.values()) for r in answer["CoverLessons"]} == {
        (r["mis_id"], lessons[r["instance"]]["mis_id"], r["kind"]) for r in held.of("cover_lesson")
    }
    assert {tuple(r.values()) for r in answer["CoverLessonStaff"]} == {
        (r["mis_id"], lessons[r["instance"]]["mis_id"], staff[r["staff"]]["mis_id"]) for r in held.of("cover_staff")
    }
    assert {tuple(r.values()) for r in answer["CoverLessonRooms"]} == {
        (r["mis_id"], lessons[r["instance"]]["mis_id"], *(rooms[r["room"]][n] for n in ("mis_id", "name", "code")))
        for r in held.of("cover_room")
    }
    assert {r["Type"] for r in answer["CoverLessons"]} == {"StaffCover", "RoomCover"}


def test_room_closures_say_when_and_why(app: Caller, held: Tables):
    rows = app.rows("TimetableModel?excludeLessonInstances=true", "RoomClosures")
    assert {tuple(r.values()) for r in rows} == {
        (r["mis_id"], r["description"], r["start"], r["end"]) for r in held.of("room_closure")
    }
    assert rows


def test_lesson_instances_can_be_left_out(app: Caller):
    answer = app.answer("TimetableModel?excludeLessonInstances=true")
    assert answer["LessonInstances"] == []
    assert answer["TimetableDayInstances"]


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("LessonInstancesDateFrom=2026-11-16&LessonInstancesDateTo=2026-11-20", "2026-11-16", "2026-11-20"),
        ("LessonInstancesDateFrom=2027-07-15", "2027-07-15", "2027-07-21"),
        ("LessonInstancesDateTo=2026-09-10", "2026-09-02", "2026-09-10"),
    ],
)
def test_dates_bound_the_lesson_instances_and_their_cover(app: Caller, held: Tables, query: str, first: str, last: str):
    answer = app.answer(f"TimetableModel?{query}")
    assert {r["Id"] for r in answer["LessonInstances"]} == mis_ids(held_between(held, first, last))
    assert {r["Id"] for r in answer["CoverLessons"]} == mis_ids(
        r for r in held.of("cover_lesson") if first <= r["date"] <= last
    )
    lessons = {r["Id"] for r in answer["LessonInstances"]}
    for table in ("CoverLessons", "CoverLessonStaff", "CoverLessonRooms"):
        assert {r["LessonInstanceId"] for r in answer[table]} <= lessons
    assert len(answer["TimetableDayInstances"]) == 191


def test_an_earlier_school_year_has_its_own_timetable(app: Caller, held: Tables):
    answer = app.answer("TimetableModel?SchoolYear=2025")
    assert [r["Description"] for r in answer["Timetables"]] == ["Timetable 2025-2026"]
    assert {r["TimetableId"] for r in answer["TimetableDays"]} == {answer["Timetables"][0]["Id"]}
    assert (len(answer["TimetableDays"]), len(answer["TimetablePeriods"])) == (5, 35)
    assert (answer["TimetableLessons"], answer["LessonInstances"], answer["CoverLessons"]) == ([], [], [])
    assert app.answer("TimetableModel?SchoolYear=2026") == app.answer("TimetableModel")


def test_an_unknown_school_year_is_refused(app: Caller):
    assert "not an academic year" in app.refusal("TimetableModel?SchoolYear=1999")


# ---- TimetableStructure


def test_the_structure_is_of_the_days_from_a_week_before_today_to_two_weeks_after(app: Caller, held: Tables):
    answer = app.answer("TimetableStructure")
    for table, stored in (
        ("TTDays", "timetable_day_instance"),
        ("TTSessions", "timetable_session_instance"),
        ("TTPeriods", "timetable_period_instance"),
    ):
        expected = mis_ids(r for r in held.of(stored) if FIRST <= r["date"] <= LAST)
        assert {r["Id"] for r in answer[table]} == expected
    assert len(answer["TTDays"]) == 16


def test_a_day_of_the_structure_has_sessions_and_periods(app: Caller):
    answer = app.answer("TimetableStructure?DateFrom=2026-11-16&DateTo=2026-11-16")
    ((day,), (am, pm)) = answer["TTDays"], answer["TTSessions"]
    assert tuple(day.values())[2:] == ("Mon", "2026-11-16T00:00:00", "2026-11-16T23:59:00")
    assert (am["DayId"], am["EventDescription"], am["Session"]) == (day["Id"], "Monday AM", "AM")
    assert (pm["StartDateTime"], pm["EndDateTime"]) == ("2026-11-16T13:10:00", "2026-11-16T15:20:00")
    assert [(p["EventDescription"], p["SessionId"], p["StartDateTime"][11:16]) for p in answer["TTPeriods"]] == [
        ("Mon:AM", am["Id"], "08:40"),
        ("Mon:1", am["Id"], "09:00"),
        ("Mon:2", am["Id"], "10:00"),
        ("Mon:3", am["Id"], "11:20"),
        ("Mon:PM", pm["Id"], "13:10"),
        ("Mon:4", pm["Id"], "13:20"),
        ("Mon:5", pm["Id"], "14:20"),
    ]


def test_events_of_the_structure_are_days_and_periods_of_the_model(app: Caller):
    structure, model = app.answer("TimetableStructure"), app.answer("TimetableModel?excludeLessonInstances=true")
    assert {r["EventId"] for r in structure["TTDays"]} == {r["Id"] for r in model["TimetableDays"]}
    assert {r["EventId"] for r in structure["TTPeriods"]} == {r["Id"] for r in model["TimetablePeriods"]}


def test_the_structure_has_all_subjects_and_rooms(app: Caller, held: Tables):
    answer = app.answer("TimetableStructure?DateTo=2026-11-13")
    for table, stored in (("TTSubjects", "subject"), ("TTRooms", "room")):
        assert {tuple(r.values()) for r in answer[table]} == {
            (r["mis_id"], r["code"], r["name"]) for r in held.of(stored)
        }


# ---- changes


def test_a_new_cover_is_a_change_of_the_model_only_there(asker: Caller, small: Tables):
    path = "TimetableModel?excludeLessonInstances=true&changedRows="
    before = asker.answer(f"{path}*")["__changedRows__"][0]["NextChangedRows"]
    lesson = held_between(small, small.today, small.today)[0]
    own = {"instance": lesson["id"], "date": lesson["date"], "mis_id": "9001"}
    cover = small.add(CoverLesson, **own, kind="StaffCover")
    small.add(CoverStaff, **own, cover=cover, staff=small.staff("Current")[0]["id"])
    answer = asker.answer(path + before)
    changed = {t: [r["Id"] for r in rows] for t, rows in answer.items() if rows and t[0] != "_" and t != "meta"}
    assert changed == {"CoverLessons": ["9001"], "CoverLessonStaff": ["9001"]}
