"""Events: what was made, changed and deleted, in order, for thirty days."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from rollbook.dialects.edlink.catalogue import RESOURCES
from rollbook.fields import Record
from rollbook.model.calendar import Session
from rollbook.model.groups import ClassSection, Group, GroupSession
from rollbook.model.organisation import School
from rollbook.model.people import Person, Staff
from rollbook.model.students import Relationship, Student, StudentMembership
from rollbook.model.timetable import LessonClass

from ..hub import BRAMBLESIDE, Hub
from .vendor import Row, Vendor

DAY = 86_400.0


def newest(vendor: Vendor) -> str:
    """The id of the newest event."""
    return vendor.body("events", last=1)["$data"][0]["id"]


def since(vendor: Vendor, last: str) -> list[Row]:
    """The events after one."""
    return vendor.rows("events", after=last)


def said(events: list[Row]) -> list[tuple[str, str, str]]:
    """Type, target and id of events."""
    return [(e["type"], e["target"], e["target_id"]) for e in events]


# ---- the first reading


def test_at_first_everything_was_created(vendor: Vendor):
    events = vendor.rows("events")
    assert {e["type"] for e in events} == {"created"}
    for name, resource in RESOURCES.items():
        told = [e for e in events if e["target"] == resource.one]
        assert {e["target_id"]: e["data"] for e in told} == {r["id"]: r for r in vendor.rows(name)}
        assert len(told) == len(vendor.rows(name))


def test_an_event_has_every_documented_property(vendor: Vendor):
    event = vendor.body("events", first=1)["$data"][0]
    (district,) = vendor.rows("districts")
    assert list(event) == ["id", "date", "type", "target", "target_id", "integration_id", "materialization_id", "data"]
    assert {n: v for n, v in event.items() if n != "id"} == {
        "date": district["created_date"],
        "type": "created",
        "target": "district",
        "target_id": district["id"],
        "integration_id": vendor.credential.id,
        "materialization_id": vendor.ids("materializations")[0],
        "data": district,
    }
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", event["id"])


def test_events_are_paged_forwards_and_backwards(vendor: Vendor):
    whole = vendor.rows("events")
    assert [e["id"] for e in whole] == sorted(e["id"] for e in whole)
    assert [e["date"] for e in whole] == sorted(e["date"] for e in whole)
    assert [e for page in vendor.follow("events", first=701) for e in page] == whole
    assert [e for page in vendor.follow("events", last=701) for e in page] == whole[::-1]
    at = len(whole) // 2
    assert vendor.body("events", first=3, after=whole[at]["id"])["$data"] == whole[at + 1 : at + 4]
    assert vendor.body("events", last=3, before=whole[at]["id"])["$data"] == whole[at - 3 : at][::-1]


def test_one_event_is_fetched_by_its_id(vendor: Vendor):
    whole = vendor.rows("events")
    for event in (whole[0], whole[len(whole) // 2], whole[-1]):
        assert vendor.one(f"events/{event['id']}") == event
    assert vendor.refusal(f"events/{vendor.school()}")[0][0] == "NOT_FOUND"
    assert vendor.refusal("events/1")[0][0] == "INVALID_UUID"


def test_fields_limit_what_is_told(vendor: Vendor):
    assert [tuple(e) for e in vendor.body("events", first=2, fields="id,type")["$data"]] == [("id", "type")] * 2


# ---- changes


def test_a_renamed_student_is_an_updated_person(writer: Vendor):
    _, person = writer.role("student", "9919")
    last = newest(writer)
    assert since(writer, last) == []
    with writer.hub.store.write(1) as batch:
        batch.change(Person, person, {"surname": "Quill"})
    (event,) = since(writer, last)
    assert said([event]) == [("updated", "person", person)]
    assert event["data"] == writer.one(f"people/{person}")
    assert event["data"]["last_name"] == "Quill"
    assert event["date"] == event["data"]["updated_date"]
    assert since(writer, event["id"]) == []


def test_of_several_changes_the_last_one_is_told(writer: Vendor):
    _, person = writer.role("student", "9919")
    last = newest(writer)
    for surname in ("Quill", "Quincey"):
        with writer.hub.store.write(1) as batch:
            batch.change(Person, person, {"surname": surname})
    (event,) = since(writer, last)
    assert event["data"]["last_name"] == "Quincey"


def test_who_has_read_one_change_is_told_of_the_next(writer: Vendor):
    _, person = writer.role("student", "9919")
    last = newest(writer)
    for surname in ("Quill", "Quincey", "Quarrie"):
        with writer.hub.store.write(1) as batch:
            batch.change(Person, person, {"surname": surname})
        (event,) = since(writer, last)
        assert event["data"]["last_name"] == surname
        last = event["id"]


CHANGES: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("school", "school", School, {"name": "Thornfield High"}),
    ("session", "session", Session, {"end": "2027-01-01"}),
    ("class", '"group"', Group, {"description": "A class"}),
    ("section", "class_section", ClassSection, {"name": "Another name"}),
    ("enrollment", "student_membership", StudentMembership, {"end": "2026-12-01"}),
    ("agent", "relationship", Relationship, {"relationship": "Carer"}),
]


@pytest.mark.parametrize(("target", "table", "record", "values"), CHANGES)
def test_every_kind_of_thing_tells_of_its_change(
    writer: Vendor, target: str, table: str, record: Any, values: dict[str, Any]
):
    where = {
        "class": "kind = 'TeachingGrp'",
        "enrollment": '"group" IN (SELECT id FROM "group" WHERE kind = \'RegGrp\')',
        "agent": "relationship = 'Mother'",
    }.get(target, "TRUE")
    ((one,),) = writer.sql(f"SELECT id FROM {table} WHERE district = 1 AND {where} ORDER BY id LIMIT 1")
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        assert batch.change(record, one, values)
    events = since(writer, last)
    assert ("updated", target, one) in said(events)
    assert all(e["type"] == "updated" for e in events)


def test_a_fact_of_a_role_is_the_humans(writer: Vendor):
    student, person = writer.role("student", "9919")
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        batch.change(Student, student, {"homeless": 1})
    assert said(since(writer, last)) == [("updated", "person", person)]


def test_a_session_in_which_a_class_meets_is_the_classs(writer: Vendor):
    ((group, session),) = writer.sql(
        "SELECT g.id, s.id FROM \"group\" g JOIN session s ON s.school = g.school WHERE g.kind = 'RegGrp'"
        " AND g.district = 1 ORDER BY g.id, s.id LIMIT 1"
    )
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        (held,) = batch.add(GroupSession, [{"school": writer.school(), "group": group, "session": session}])
    (event,) = since(writer, last)
    assert said([event]) == [("updated", "class", group)]
    with writer.hub.store.write(1) as batch:
        batch.remove(GroupSession, held)
    assert said(since(writer, event["id"])) == [("updated", "class", group)]


def test_a_lesson_in_which_a_class_is_taught_is_the_classs(writer: Vendor):
    ((group, lesson, period),) = writer.sql(
        'SELECT g.id, l.id, l.period FROM "group" g JOIN timetable_lesson l ON l.school = g.school'
        " WHERE g.kind = 'RegGrp' AND g.district = 1 ORDER BY g.id, l.id LIMIT 1"
    )
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        (held,) = batch.add(LessonClass, [{"school": writer.school(), "group": group, "lesson": lesson}])
    (event,) = since(writer, last)
    assert (said([event]), event["data"]["period_ids"]) == ([("updated", "class", group)], [period])
    with writer.hub.store.write(1) as batch:
        batch.remove(LessonClass, held)
    (event,) = since(writer, event["id"])
    assert (said([event]), event["data"]["period_ids"]) == ([("updated", "class", group)], [])


def test_what_is_made_is_created(writer: Vendor):
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        (session,) = batch.add(Session, [{"name": "Extra", "kind": "term"}])
        (person,) = batch.add(Person, [{"forename": "Una", "surname": "Quill"}])
        batch.add(Staff, [{"school": writer.school(), "person": person, "is_teacher": 1}])
    assert said(since(writer, last)) == [("created", "session", session), ("created", "person", person)]


def test_what_was_made_and_then_changed_is_told_twice(writer: Vendor):
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        (session,) = batch.add(Session, [{"name": "Extra", "kind": "term"}])
    time.sleep(0.002)
    with writer.hub.store.write(1) as batch:
        batch.change(Session, session, {"name": "Extra Term"})
    events = since(writer, last)
    assert said(events) == [("created", "session", session), ("updated", "session", session)]
    assert {e["data"]["name"] for e in events} == {"Extra Term"}


def test_what_rosters_do_not_tell_is_no_event(writer: Vendor):
    student, _ = writer.role("student", "9919")
    ((house,),) = writer.sql("SELECT id FROM \"group\" WHERE kind = 'HouseGrp' AND district = 1 LIMIT 1")
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        batch.change(Group, house, {"name": "Wren"})
        batch.add(StudentMembership, [{"school": writer.school(), "group": house, "student": student}])
    assert since(writer, last) == []


# ---- what is gone


def test_a_deleted_student_is_told_with_all_that_went_with_them(writer: Vendor):
    student, person = writer.role("student", "9919")
    enrolled = {e["id"] for e in writer.rows(f"people/{person}/enrollments")}
    agents = {a["id"] for a in writer.rows(f"people/{person}/agents")}
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        batch.remove(Student, student)
    events = since(writer, last)
    assert {e["type"] for e in events} == {"deleted"}
    assert [e["target_id"] for e in events if e["target"] == "person"] == [person]
    assert {e["target_id"] for e in events if e["target"] == "enrollment"} == enrolled
    assert {e["target_id"] for e in events if e["target"] == "agent"} == agents
    assert len(events) == 1 + len(enrolled) + len(agents)
    assert all(e["data"]["id"] == e["target_id"] for e in events)
    assert writer.one(f"events/{events[-1]['id']}") == events[-1]
    assert not {("created", "person", person)} & set(said(writer.rows("events")))


def test_what_is_gone_is_told_as_it_was_last_as_far_as_the_history_keeps_it(writer: Vendor):
    student, person = writer.role("student", "9919")
    before = writer.one(f"people/{person}")
    places = {e["id"]: e for e in writer.rows(f"people/{person}/enrollments")}
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        batch.remove(Student, student)
    told = {e["target_id"]: e for e in since(writer, last)}
    human = told[person]["data"]
    assert list(human) == list(before)
    assert {n: human[n] for n in ("first_name", "last_name", "display_name", "roles", "email", "school_ids")} == {
        "first_name": before["first_name"],
        "last_name": before["last_name"],
        "display_name": before["display_name"],
        "roles": [],
        "email": None,
        "school_ids": [],
    }
    assert (human["created_date"], human["updated_date"]) == (None, told[person]["date"])
    for identity, place in places.items():
        gone = told[identity]["data"]
        assert list(gone) == list(place)
        assert [gone[n] for n in ("role", "person_id", "class_id")] == ["student", person, place["class_id"]]


def test_what_was_not_granted_is_not_told_of_what_is_gone(small_hub: Hub):
    narrow = Vendor(small_hub, ("School", "StaffLite"))
    ((staff,),) = narrow.sql("SELECT id FROM staff WHERE district = 1 AND school = ? LIMIT 1", narrow.school())
    last = newest(narrow)
    with small_hub.store.write(1) as batch:
        person = (batch.get(Staff, staff) or {})["person"]
        student = narrow.role("student", "9919")[0]
        batch.remove(Student, student)
        batch.remove(Staff, staff)
    (event,) = [e for e in since(narrow, last) if e["target"] == "person"]
    assert (event["type"], event["target_id"]) == ("deleted", person)
    assert {e["target"] for e in since(narrow, last)} <= {"person", "enrollment"}
    assert not [e for e in since(narrow, last) if e["data"].get("role") == "student"]


def test_somebody_who_keeps_another_role_has_changed(writer: Vendor):
    student, person = writer.role("student", "9919")
    with writer.hub.store.write(1) as batch:
        batch.add(Staff, [{"school": writer.school(BRAMBLESIDE), "person": person, "is_teacher": 1}])
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        batch.remove(Student, student)
    events = [e for e in since(writer, last) if e["target"] == "person"]
    assert said(events) == [("updated", "person", person)]
    assert events[0]["data"]["roles"] == ["teacher"]


def test_a_class_that_is_gone_takes_its_enrollments_with_it(writer: Vendor):
    group = writer.rows("enrollments")[-1]["class_id"]
    enrolled = {e["id"] for e in writer.rows(f"classes/{group}/enrollments")}
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        batch.remove(Group, group)
    deleted = {(e["target"], e["target_id"]) for e in since(writer, last) if e["type"] == "deleted"}
    assert ("class", group) in deleted
    assert {("enrollment", i) for i in enrolled} <= deleted


def test_a_house_that_is_gone_was_no_class(writer: Vendor):
    ((house,),) = writer.sql("SELECT id FROM \"group\" WHERE kind = 'HouseGrp' AND district = 1 LIMIT 1")
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        batch.remove(Group, house)
    assert since(writer, last) == []


def test_an_agent_whom_a_court_keeps_away_is_deleted(writer: Vendor):
    one = writer.rows("agents")[0]
    last = newest(writer)
    with writer.hub.store.write(1) as batch:
        batch.change(Relationship, one["id"], {"court_order": 1})
    assert ("deleted", "agent", one["id"]) in said(since(writer, last))


def test_another_districts_changes_are_no_events(writer: Vendor):
    ((school,),) = writer.sql("SELECT id FROM school WHERE district = 2")
    last = newest(writer)
    with writer.hub.store.write(2) as batch:
        batch.change(School, school, {"name": "Elsewhere"})
    assert since(writer, last) == []


# ---- thirty days


def test_events_are_kept_for_thirty_days(small_hub: Hub):
    small_hub.now = time.time()
    vendor = Vendor(small_hub)
    last = newest(vendor)
    small_hub.now += 29 * DAY
    assert vendor.rows("events") != []
    small_hub.now += 2 * DAY
    assert vendor.rows("events") == []
    assert vendor.refusal(f"events/{last}")[0][0] == "NOT_FOUND"
    assert vendor.refusal("events", after=last) == [
        (
            "INVALID_CURSOR",
            "$after: is older than thirty days (read everything again, then go on with the newest event)",
        )
    ]


@pytest.mark.parametrize("place", ["00000000-0000-1000-8000-000000000000", "ffffffff-ffff-4fff-bfff-ffffffffffff"])
def test_a_place_that_is_no_event_is_refused(vendor: Vendor, place: str):
    for name in ("after", "before"):
        ((code, message),) = vendor.refusal("events", **{name: place})
        assert (code, message.split(" (")[0]) == ("INVALID_CURSOR", f"${name}: is not an event")


def test_events_are_not_filtered(vendor: Vendor):
    ((code, message),) = vendor.refusal("events", filter={"type": [{"operator": "equals", "value": "deleted"}]})
    assert (code, message.split(" (")[0]) == ("INVALID_FILTER", "$filter.type: has no operators in events")


def test_a_reader_of_events_ends_with_what_a_reader_of_everything_has(writer: Vendor):
    copy: dict[tuple[str, str], Row] = {}
    last = ""

    def sync() -> None:
        nonlocal last
        for event in writer.rows("events", **({"after": last} if last else {})):
            key, last = (event["target"], event["target_id"]), event["id"]
            if event["type"] == "deleted":
                copy.pop(key, None)
            else:
                copy[key] = event["data"]

    sync()
    student, person = writer.role("student", "9920")
    changes: list[tuple[type[Record], str, Row]] = [
        (Person, person, {"surname": "Quill"}),
        (School, writer.school(), {"name": "Thornfield High"}),
        (Relationship, writer.ids("agents")[0], {"court_order": 1}),
        (Relationship, writer.ids("agents")[0], {"court_order": 0}),
        (Group, writer.ids("classes")[0], {"description": "A class"}),
    ]
    for number, (record, one, values) in enumerate(changes):
        with writer.hub.store.write(1) as batch:
            batch.change(record, one, values)
        if number % 2:
            sync()
    with writer.hub.store.write(1) as batch:
        batch.add(Session, [{"name": "Extra", "kind": "term"}])
        batch.remove(Student, student)
        batch.remove(Group, writer.ids("classes")[3])
    sync()
    whole = {(r.one, row["id"]): row for name, r in RESOURCES.items() for row in writer.rows(name)}
    assert copy.keys() == whole.keys()
    stale = [key for key, row in whole.items() if copy[key] != row]
    # What a contact is to a student is told by the agent; that it is gone shows in the contact when they are read.
    assert {kind for kind, _ in stale} <= {"person"}
