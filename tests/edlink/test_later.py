"""The newer models: subjects, calendars, days, periods, meetings, and who is at a school."""

from __future__ import annotations

import pytest

from rollbook.dialects.edlink.later import LATER

from ..hub import Hub
from .vendor import Vendor, having


@pytest.mark.parametrize("name", LATER)
def test_each_of_them_is_listed_fetched_paged_and_filtered(vendor: Vendor, name: str) -> None:
    first, second = vendor.body(name, first=2)["$data"]
    assert list(first) == list(LATER[name].properties)
    assert vendor.one(f"{name}/{second['id']}") == second
    assert vendor.body(name, first=1, after=first["id"])["$data"] == [second]
    assert vendor.rows(name, filter=having("id", "equals", second["id"])) == [second]


def test_a_lesson_is_a_meeting_of_a_class_in_a_period_of_a_day(vendor: Vendor) -> None:
    ((group, of),) = vendor.sql('SELECT "group", lesson FROM lesson_class WHERE district = 1 ORDER BY key LIMIT 1')
    ((lesson,),) = vendor.sql("SELECT id FROM lesson_instance WHERE lesson = ? ORDER BY key LIMIT 1", of)
    told = vendor.one(f"meetings/{lesson}")
    assert (told["type"], told["class_id"]) == ("period", group)
    day, period = vendor.one(f"days/{told['day_id']}"), vendor.one(f"periods/{told['period_id']}")
    calendar = vendor.one(f"calendars/{day['calendar_id']}")
    assert calendar["start_date"] <= day["date"] <= calendar["end_date"]
    assert (period["type"], period["school_ids"]) == ("class", calendar["school_ids"])
    assert period["start_time"] < period["end_time"]
    whole = vendor.one(f"meetings/{told['day_id']}")
    assert (whole["type"], whole["class_id"], whole["day_id"], whole["period_id"]) == ("day", None, day["id"], None)


def test_subjects_have_their_area(vendor: Vendor) -> None:
    areas = {one["name"]: one["ceds_code"] for one in vendor.rows("subjects")}
    assert areas["Mathematics"] == "CEDS.02"


def test_who_is_at_a_school_is_told_with_their_days(vendor: Vendor) -> None:
    student, person = vendor.role("student", "9919")
    told = vendor.one(f"school_enrollments/{student}", expand="school,person")
    assert (told["person_id"], told["school_id"], told["end_date"]) == (person, vendor.school(), None)
    assert told["start_date"][10:] == "T00:00:00.000Z"
    assert told["person"]["id"] == person
    assert (told["school"]["id"], told["properties"]) == (vendor.school(), {"role": "student"})
    roles = {one["properties"]["role"] for one in vendor.rows("school_enrollments")}
    assert roles == {"student", "teacher", "staff"}


def test_what_is_not_granted_is_not_told(small_hub: Hub) -> None:
    narrow = Vendor(small_hub, ("StudentLite",))
    told = narrow.rows("school_enrollments")
    assert {(one["start_date"], one["properties"]["role"]) for one in told} == {(None, "student")}
    assert [narrow.rows(name) for name in ("subjects", "calendars", "days", "periods", "meetings")] == [[]] * 5


def test_they_are_of_integrations_only(vendor: Vendor) -> None:
    me = vendor.signed_in(vendor.human("student", "9919"))
    assert me.refusal("periods")[0][0] == "NOT_FOUND"


def test_a_department_is_of_its_school(vendor: Vendor) -> None:
    told = {one["name"]: one for one in vendor.rows("departments", expand="schools")}
    assert sorted(told) == ["Humanities Department", "Science Department"]
    science = told["Science Department"]
    assert science["school_ids"] == [vendor.school()]
    assert [one["id"] for one in science["schools"]] == [vendor.school()]
    assert {"type": "school_id", "value": "1001-S"} in science["identifiers"]


def test_of_departments_of_a_school_that_shares_nothing_nothing_is_told(small_hub: Hub) -> None:
    assert Vendor(small_hub, (), elsewhere=("all",)).rows("departments") == []
