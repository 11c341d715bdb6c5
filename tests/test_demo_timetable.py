"""The timetable of the invented schools can be taught: nobody, and no room, is in two places at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import pytest

from .hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub
from .xporter.tables import Row, Tables

SCHOOLS = (THORNFIELD, BRAMBLESIDE, SAGUARO)


@pytest.fixture(scope="module", params=SCHOOLS)
def school(hub: Hub, request: pytest.FixtureRequest) -> Tables:
    """The tables of one of the schools."""
    return Tables(hub, request.param)


@pytest.fixture(scope="module")
def secondary(hub: Hub) -> Tables:
    """The tables of the secondary school."""
    return Tables(hub)


def of_lesson(held: Tables, table: str, what: str) -> dict[str, str]:
    """What the only row of a table says of each lesson."""
    found = {row["lesson"]: row[what] for row in held.of(table)}
    assert len(found) == len(held.of(table)) == len(held.of("timetable_lesson"))
    return found


def repeated(pairs: Iterable[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Those that stand more than once."""
    return [pair for pair, count in Counter(pairs).items() if count > 1]


def periods(held: Tables) -> dict[str, str]:
    """The period of each lesson."""
    return {lesson["id"]: lesson["period"] for lesson in held.of("timetable_lesson")}


@pytest.mark.parametrize(("table", "what"), [("lesson_staff", "staff"), ("lesson_room", "room")])
def test_no_teacher_and_no_room_has_two_lessons_at_once(school: Tables, table: str, what: str):
    at = periods(school)
    assert repeated((at[row["lesson"]], row[what]) for row in school.of(table)) == []
    assert len(at) > 150


def test_no_student_has_two_lessons_at_once(school: Tables):
    at = periods(school)
    lessons: defaultdict[str, list[str]] = defaultdict(list)
    for row in school.of("lesson_class"):
        lessons[row["group"]].append(row["lesson"])
    taught = [m for m in school.of("student_membership") if school.now(m) and m["group"] in lessons]
    assert repeated((m["student"], at[lesson]) for m in taught for lesson in lessons[m["group"]]) == []
    assert taught


@pytest.mark.parametrize("year", ["7", "8", "9", "10", "11"])
def test_every_pupil_to_year_11_has_25_lessons_a_week(secondary: Tables, year: str):
    lessons = Counter(row["group"] for row in secondary.of("lesson_class"))
    groups = secondary.known('"group"')
    pupils = [s for s in secondary.shown_students() if groups[s["year_group"]]["standard_year_code"] == year]
    week: Counter[str] = Counter()
    for membership in secondary.of("student_membership"):
        if secondary.now(membership):
            week[membership["student"]] += lessons[membership["group"]]
    assert {week[pupil["id"]] for pupil in pupils} == {25}


def test_no_class_of_years_7_to_9_meets_twice_a_day_but_in_a_double_lesson(secondary: Tables):
    lessons, days = secondary.known("timetable_lesson"), {p["id"]: p["day"] for p in secondary.of("timetable_period")}
    joined = {row["joined"] for row in lessons.values()}
    groups = secondary.known('"group"')
    met = [
        (row["group"], days[lessons[row["lesson"]]["period"]])
        for row in secondary.of("lesson_class")
        if groups[row["group"]]["standard_year_code"] in ("7", "8", "9") and row["lesson"] not in joined
    ]
    assert repeated(met) == []


def test_a_double_lesson_is_one_class_in_one_room_without_a_break(school: Tables):
    lessons, spans = school.known("timetable_lesson"), school.known("timetable_period")
    groups, rooms = of_lesson(school, "lesson_class", "group"), of_lesson(school, "lesson_room", "room")
    doubles = [row for row in lessons.values() if row["joined"]]
    for row in doubles:
        after = lessons[row["joined"]]
        assert spans[row["period"]]["end"] == spans[after["period"]]["start"]
        assert (groups[row["id"]], rooms[row["id"]]) == (groups[after["id"]], rooms[after["id"]])
    assert bool(doubles) is (school.school["estab"] == THORNFIELD)


def test_a_class_says_where_and_when_it_meets_as_the_timetable_does(school: Tables):
    groups, lessons = school.known('"group"'), school.known("timetable_lesson")
    rooms, names = school.known("room"), {p["id"]: p["name"].split(":")[1] for p in school.of("timetable_period")}
    where, who = of_lesson(school, "lesson_room", "room"), of_lesson(school, "lesson_staff", "staff")
    met: defaultdict[str, set[str]] = defaultdict(set)
    for row in school.of("lesson_class"):
        group = groups[row["group"]]
        met[row["group"]].add(names[lessons[row["lesson"]]["period"]])
        assert group["location"] == rooms[where[row["lesson"]]]["name"]
        assert group["primary_staff"] == who[row["lesson"]]
    assert {g: groups[g]["periods"] for g in met} == {g: ",".join(sorted(p)) for g, p in met.items()}


@pytest.mark.parametrize(("subject", "begins"), [("Science", "L"), ("Computing", "C"), ("Art", "A"), ("History", "H")])
def test_a_subject_is_taught_in_its_own_rooms(secondary: Tables, subject: str, begins: str):
    rooms, groups, subjects = (secondary.known(t) for t in ("room", '"group"', "subject"))
    where = of_lesson(secondary, "lesson_room", "room")
    used = {
        rooms[where[row["lesson"]]]["code"]
        for row in secondary.of("lesson_class")
        if subjects[groups[row["group"]]["subject"]]["name"] == subject
    }
    assert {code.rstrip("0123456789") for code in used} == {begins}


def test_lessons_are_held_on_every_day_on_which_the_school_teaches(secondary: Tables):
    closed = {m["date"] for m in secondary.marks() if m["mark"] == "#"}
    open_days = {m["date"] for m in secondary.marks()} - closed
    dates = {row["date"] for row in secondary.of("lesson_instance")}
    assert {d for d in dates if d <= secondary.today} == open_days
    assert len(dates) == 191
    assert (min(dates), max(dates)) == ("2026-09-02", "2027-07-21")


def test_a_lesson_is_held_in_its_period_on_its_weekday(school: Tables):
    lessons, spans = school.known("timetable_lesson"), school.known("timetable_period")
    slots = school.known("timetable_period_instance")
    for row in school.of("lesson_instance")[::97]:
        span, slot = spans[lessons[row["lesson"]]["period"]], slots[row["slot"]]
        assert (slot["period"], slot["date"]) == (span["id"], row["date"])
        assert (row["start"], row["end"]) == (f"{row['date']}T{span['start']}:00", f"{row['date']}T{span['end']}:00")


# ---- marks


def test_a_lesson_mark_is_of_a_member_of_a_class_that_is_taught_then(school: Tables):
    slots = {row["mis_id"]: row for row in school.of("timetable_period_instance")}
    lessons = school.known("timetable_lesson")
    taught: defaultdict[str, set[str]] = defaultdict(set)
    for row in school.of("lesson_class"):
        taught[lessons[row["lesson"]]["period"]].add(row["group"])
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for membership in school.of("student_membership"):
        groups[membership["student"]].append(membership)
    for mark in (m for m in school.of("mark") if m["kind"] == "L"):
        slot = slots[mark["instance"]]
        assert slot["date"] == mark["date"]
        mine = [m for m in groups[mark["student"]] if m["group"] in taught[slot["period"]]]
        assert len([m for m in mine if m["start"] <= mark["date"] <= (m["end"] or "9")]) == 1


def test_who_was_in_school_all_day_has_a_mark_for_each_lesson(secondary: Tables):
    student = next(s for s in secondary.shown_students() if secondary.known('"group"')[s["year_group"]]["code"] == "7")
    days = {m["date"] for m in secondary.of("mark") if m["kind"] == "L"}
    marked = Counter(m["date"] for m in secondary.of("mark") if m["student"] == student["id"] and m["kind"] == "L")
    assert set(marked.values()) == {5}
    assert len(days) == 5


# ---- cover


def covers(held: Tables, kind: str) -> list[tuple[Row, Row]]:
    """The covers of a kind, each with the lesson of the date."""
    lessons = held.known("lesson_instance")
    return [(c, lessons[c["instance"]]) for c in held.of("cover_lesson") if c["kind"] == kind]


def test_who_covers_is_not_busy_and_not_the_teacher(school: Tables):
    at, slots = periods(school), defaultdict[tuple[str, str], set[str]](set)
    for row in school.of("lesson_staff"):
        slots["", at[row["lesson"]]].add(row["staff"])
    found = {row["cover"]: row["staff"] for row in school.of("cover_staff")}
    told = [(lesson["date"], at[lesson["lesson"]], found[c["id"]]) for c, lesson in covers(school, "StaffCover")]
    assert repeated(told) == []
    assert all(staff not in slots["", period] for _, period, staff in told)
    assert told


def test_a_room_that_is_used_instead_is_free(secondary: Tables):
    at = periods(secondary)
    used: defaultdict[str, set[str]] = defaultdict(set)
    for row in secondary.of("lesson_room"):
        used[at[row["lesson"]]].add(row["room"])
    found = {row["cover"]: row["room"] for row in secondary.of("cover_room")}
    told = [(lesson["date"], at[lesson["lesson"]], found[c["id"]]) for c, lesson in covers(secondary, "RoomCover")]
    assert repeated(told) == []
    assert all(room not in used[period] for _, period, room in told)


def test_lessons_move_out_of_rooms_that_are_closed(secondary: Tables):
    where = of_lesson(secondary, "lesson_room", "room")
    closures = secondary.of("room_closure")
    for _, lesson in covers(secondary, "RoomCover"):
        mine = [c for c in closures if c["room"] == where[lesson["lesson"]]]
        assert any(c["start"] <= lesson["start"] and lesson["end"] <= c["end"] for c in mine)


# ---- seats


def test_nobody_sits_in_two_seats_of_a_plan_or_on_another(school: Tables):
    seats = school.of("seat")
    assert repeated((s["plan"], s["student"]) for s in seats) == []
    assert repeated((s["plan"], s["row"], s["column"]) for s in seats) == []
    plans = school.known("seating_plan")
    assert all(1 <= s["row"] <= plans[s["plan"]]["rows"] for s in seats)
    assert all(1 <= s["column"] <= plans[s["plan"]]["columns"] for s in seats)


def test_a_plan_has_a_seat_for_each_student_of_the_class_in_its_room(school: Tables):
    plans = school.of("seating_plan")
    members: defaultdict[str, set[str]] = defaultdict(set)
    current = {s["id"] for s in school.students("OnRoll")}
    for membership in school.of("student_membership"):
        if school.now(membership) and membership["student"] in current:
            members[membership["group"]].add(membership["student"])
    groups, rooms = school.known('"group"'), school.known("room")
    for plan in plans:
        seated = {s["student"] for s in school.of("seat") if s["plan"] == plan["id"]}
        assert seated == members[plan["group"]]
        assert groups[plan["group"]]["location"] == rooms[plan["room"]]["name"]
    assert len(plans) > 5
