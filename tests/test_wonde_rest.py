"""Wonde's API: what it says of a school comes in as records, and so does what changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed
from rollbook.ingest import import_roster
from rollbook.ingest.conformance import Samples, by_keys, conform
from rollbook.store.sqlite import Store
from tests.services import Served, serving
from tests.wonde_service import SCHOOL, Wonde, lesson, lesson_mark, mark, moment, school

from .demo_data import new_store

WONDE = CONNECTORS["wonde-rest"]
WHOLE = range(1, 13)


@pytest.fixture
def service() -> Wonde:
    return Wonde({"whole": school(WHOLE)})


@pytest.fixture
def served(service: Wonde) -> Iterator[Served]:
    with serving(service) as up:
        yield up


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        yield opened


def settings(served: Served, name: str = "whole", **more: str) -> dict[str, str]:
    return {"address": f"{served.address}/{name}/v1.0", "token": "wonde", "school": SCHOOL, **more}


def test_it_conforms(service: Wonde, served: Served, tmp_path: Path) -> None:
    service.most = 50
    # Wonde gives contacts no number by which another source could know them again.
    alone = {
        name: school(numbers) for name, numbers in {"whole": WHOLE, "fewer": range(1, 12), "shrunk": (1, 2)}.items()
    }
    service.schools = {**alone, "altered": school(WHOLE, "Marchbanks"), "dangling": school(WHOLE)}
    for lists in service.schools.values():
        lists["contacts"] = []
        for one in lists["students"]:
            one["contacts"]["data"] = []
    service.schools["dangling"]["groups"][1]["students"]["data"].append({"id": "A1099"})
    whole, fewer, altered, shrunk, dangling = (
        Path(name) for name in ("whole", "fewer", "altered", "shrunk", "dangling")
    )
    samples = Samples(whole, fewer, altered, shrunk, dangling, "Zephyrine")
    conform(WONDE, samples, tmp_path, lambda path: settings(served, path.name))


def test_a_school_comes_in_with_all_that_wonde_says(store: Store, served: Served) -> None:
    diff = import_roster(store, WONDE, "", settings=settings(served, **{"marks-since": "2026-11-01"}))
    assert diff.district == "Alder School"
    assert not diff.aside
    counts = {kind: tally.new for kind, tally in diff.kinds.items() if tally.new}
    assert counts == {
        "District": 1,
        "School": 1,
        "Person": 18,
        "Student": 12,
        "Staff": 2,
        "Contact": 4,
        "Relationship": 4,
        "Subject": 1,
        "Room": 1,
        "Timetable": 1,
        "TimetableDay": 1,
        "TimetablePeriod": 1,
        "TimetableLesson": 1,
        "LessonClass": 1,
        "LessonStaff": 2,
        "LessonRoom": 1,
        "GroupType": 4,
        "Group": 4,
        "StudentMembership": 38,
        "StaffMembership": 2,
        "AttendanceCode": 1,
        "Mark": 4,
    }
    held = by_keys(store)
    told = ("upn", "admission_no", "nc_year", "reg_group", "sen_provision", "pupil_premium", "entry_date", "work_email")
    assert [held["Student", "A1001"][name] for name in told] == [
        *("A930299900001", "000001", "7", "groups/G2", "K", 1, "2026-09-01", "ruth1@school.example")
    ]
    who = held["Person", "students/A1001"]
    assert (who["birth_date"], who["gender"], who["street"], who["home_phone"]) == (
        *("2014-10-10", "F", "Weir Lane", "01632 960001"),
    )
    related = held["Relationship", "A1001:C1001"]
    assert (related["relationship"], related["parental"], related["court_order"]) == ("Mother", 1, 0)
    assert held["School", SCHOOL]["estab"] == "8304001"
    assert [held["Staff", "E1"][name] for name in ("is_teacher", "is_support", "roles")] == [1, 0, "Teacher"]
    assert held["StaffMembership", "classes/K1:E1"]["is_main"] == 1
    assert held["AttendanceCode", "X1"]["meaning"] == "Present"
    period = held["TimetablePeriod", "P1"]
    assert (period["day"], period["start"], period["end"]) == ("Monday", "09:00", "10:00")
    one = held["Mark", "MA10012026-11-02"]
    assert (one["student"], one["mark"], one["session"]) == ("A1001", "/", "AM")


def test_what_changed_is_laid_over_what_was_read(service: Wonde, served: Served, store: Store) -> None:
    said = settings(served, **{"marks-since": "2026-11-01", "full-every": "24"})
    district = import_roster(store, WONDE, "", settings=said, name="wonde").number
    lists = service.schools["whole"]
    lists["students"][0] |= {"surname": "Marchbanks", "updated_at": moment("2999-01-01")}
    lists["students"] = [one for one in lists["students"] if one["id"] not in ("A1002", "A1003")]
    for one in (*lists["groups"], *lists["classes"]):
        one["students"]["data"] = [who for who in one["students"]["data"] if who["id"] != "A1002"]
    lists["groups"][1]["students"]["data"].pop(0)
    later = {**mark("A1001", "2026-11-04", "L"), "updated_at": moment("2999-01-01")}
    # Marks of one who was deleted are not among the deletions.
    lists["attendance/session"] = [lists["attendance/session"][1], later]
    lost = ("A1002", "MA10012026-11-02")
    lists["deletions"] = [{"id": key, "type": "any", "updated_at": moment("2999-01-01")} for key in lost]
    served.asked.clear()
    diff = import_roster(store, WONDE, "", settings=said, name="wonde", district=district)
    students = [one for one in served.asked if one.path.endswith("/students")]
    assert [len(one.params["updated_after"]) for one in students] == [19]
    # One who is no longer listed and not called deleted stays until everything is read again.
    assert (diff.kinds["Student"].gone, diff.kinds["Mark"].gone, diff.kinds["Mark"].new) == (1, 3, 1)
    held = by_keys(store)
    assert held["Person", "students/A1001"]["surname"] == "Marchbanks"
    assert held["Student", "A1001"]["reg_group"] is None
    assert ("Student", "A1003") in held
    assert sorted(key for kind, key in held if kind == "Mark") == ["MA10012026-11-03", "MA10012026-11-04"]
    everything = import_roster(store, WONDE, "", settings=said, name="wonde", district=district, changes=False)
    assert {kind: tally.gone for kind, tally in everything.kinds.items() if tally.gone} == {"Person": 1, "Student": 1}
    assert everything.total("new") == everything.total("changed") == 0
    # Changes are no news to who asks for something else.
    served.asked.clear()
    import_roster(store, WONDE, "", settings={**said, "marks-since": "2026-11-02"}, name="wonde", district=district)
    assert not [
        one for one in served.asked if one.path.endswith(("/students", "/deletions")) and "updated_after" in one.params
    ]


def test_lessons_are_a_timetable_that_a_week_without_any_does_not_clear(
    service: Wonde, served: Served, store: Store
) -> None:
    district = import_roster(store, WONDE, "", settings=settings(served), name="wonde").number
    held = by_keys(store)
    assert held["TimetableLesson", "P1:K1"]["period"] == "P1"
    assert held["LessonClass", "P1:K1"]["group"] == "classes/K1"
    assert {held["LessonStaff", f"P1:K1:{one}"]["staff"] for one in ("E1", "E2")} == {"E1", "E2"}
    assert held["LessonRoom", "P1:K1:R1"]["room"] == "R1"
    service.schools["whole"]["lessons"] = []
    assert not import_roster(store, WONDE, "", settings=settings(served), name="wonde", district=district).moved
    # Lessons of the next week have other ids, and are the same lessons.
    service.schools["whole"]["lessons"] = [lesson("L8", "E1")]
    diff = import_roster(store, WONDE, "", settings=settings(served), name="wonde", district=district)
    assert {kind: tally.gone for kind, tally in diff.kinds.items() if tally.gone} == {"LessonStaff": 1}
    assert diff.total("new") == 0


def test_marks_of_lessons_are_of_the_half_day_in_which_those_begin(
    service: Wonde, served: Served, store: Store
) -> None:
    service.schools["whole"]["attendance/lesson"] = [lesson_mark("A1001", "L")]
    said = settings(served, **{"marks-since": "2026-11-01", "lesson-marks": "yes"})
    import_roster(store, WONDE, "", settings=said)
    one = by_keys(store)["Mark", "MLA1001"]
    told = ("student", "date", "session", "kind", "instance", "mark")
    assert [one[name] for name in told] == ["A1001", "2026-11-02", "AM", "L", "L1", "L"]
    assert len([key for kind, key in by_keys(store) if kind == "Mark"]) == 5


def test_a_list_that_is_not_served_leaves_what_is_held(service: Wonde, served: Served, store: Store) -> None:
    said = settings(served)
    district = import_roster(store, WONDE, "", settings=said, name="wonde").number
    del service.schools["whole"]["rooms"]
    del service.schools["whole"]["contacts"]
    diff = import_roster(store, WONDE, "", settings=said, name="wonde", district=district)
    assert not diff.moved
    assert "rooms are not served, and what is held of them stays" in diff.notes


def test_a_school_that_the_token_may_not_read_is_named(served: Served, store: Store) -> None:
    with pytest.raises(Malformed, match="A999: is not there"):
        import_roster(store, WONDE, "", settings={**settings(served), "school": "A999"})


def test_a_day_that_is_none_is_named(served: Served, store: Store) -> None:
    with pytest.raises(Malformed, match="'September' is not a day"):
        import_roster(store, WONDE, "", settings=settings(served, **{"marks-since": "September"}))
