"""SchoolInfo, Counts, Calendar, Health, ScopeFields: the school itself, and what can be known of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest

from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.model.organisation import School, Site
from rollbook.model.students import Student

from ..hub import BRAMBLESIDE, THORNFIELD, Hub
from .tables import Caller, Row, Tables

# ---- SchoolInfo


def test_the_school_is_told_by_its_own_facts(app: Caller, held: Tables):
    row, school = app.one("SchoolInfo"), held.school
    assert row == {
        "Id": "1",
        "Name": school["name"],
        "Head": school["head"],
        "MainContact": school["main_contact"],
        "Telephone": school["telephone"],
        "Web": school["web"],
        "Email": school["email"],
        "DeniNo": school["deni_no"],
        "Governance": school["governance"],
        "Phase": school["phase"],
        "ExamCentre": school["exam_centre"],
        "Address": school["address"],
        "EstabId": school["estab"],
        "CurrentAcademicYear": 2026,
        "SchoolLogoUrl": school["logo"],
        "SchoolLogoAlternateUrl": school["second_logo"],
        "LastUpdated": row["LastUpdated"],
        "RowHash": row["RowHash"],
    }
    assert re.fullmatch(r"[0-9A-F]{40}", row["RowHash"])


def test_another_school_has_its_own_details(hub: Hub):
    row = Caller(hub, estab=BRAMBLESIDE).one("SchoolInfo")
    assert row["EstabId"] == BRAMBLESIDE


def test_sites_are_shown_when_asked_for(asker: Caller, small: Tables):
    small.add(Site, mis_id="2", name="Sports Hall", is_main="0", latitude=52.5, opened="2019-09-03")
    first, second = asker.rows("SchoolInfo?includeSites=true", "Sites")
    assert (first["Id"], first["IsMain"]) == ("1", "1")
    assert second == {
        "Id": "2",
        "Name": "Sports Hall",
        "IsMain": "0",
        "Telephone": None,
        "Address": None,
        "PostCode": None,
        "Latitude": 52.5,
        "Longitude": None,
        "OpenedDate": "2019-09-03",
    }
    assert asker.rows("SchoolInfo", "Sites") == []


def test_updated_since_shows_the_school_when_its_details_changed(asker: Caller, small: Tables):
    small.change(School, small.school["id"], "2027-03-01T09:00:00.000", head="Ada Fenwhistle")
    assert asker.one("SchoolInfo?updatedSince=2027-02-28")["Head"] == "Ada Fenwhistle"
    assert asker.rows("SchoolInfo?updatedSince=2027-03-02") == []


# ---- Counts


def counts(app: Caller) -> dict[str, int]:
    """How many there are in each area."""
    return {row["Area"]: row["Count"] for row in app.rows("Counts")}


def test_counts_agree_with_the_lists(app: Caller, held: Tables):
    on_roll = {s["id"] for s in held.students("OnRoll")}
    current = {s["id"] for s in held.staff("Current")}
    photos = [p for p in held.of("student_photo") if p["who"] in on_roll]
    photos += [p for p in held.of("staff_photo") if p["who"] in current]
    assert counts(app) == {
        "Students": len(app.rows("Students")),
        "Staff": len(app.rows("Staff")),
        "Contacts": len(app.rows("Contacts")),
        "Groups": len(app.rows("Groups")),
        "Photos": len(photos),
    }


def test_a_new_student_is_counted(asker: Caller, small: Tables):
    before = counts(asker)["Students"]
    small.add(Student, entry_date=small.today)
    assert counts(asker)["Students"] == before + 1


# ---- Calendar


EVENTS: list[tuple[str, Callable[[Row], bool]]] = [
    ("", lambda e: bool(e)),
    ("DateFrom=2026-12-25", lambda e: e["start"] >= "2026-12-25"),
    ("DateTo=2025-12-25", lambda e: e["end"] <= "2025-12-25"),
    ("DateFrom=2026-09-01&DateTo=2026-12-31", lambda e: e["start"] >= "2026-09-01" and e["end"] <= "2026-12-31"),
    ("EventType=Holiday", lambda e: e["kind"] == "Holiday"),
    ("EventType=publicholiday", lambda e: e["kind"] == "PublicHoliday"),
    ("EventType=HalfTerm&DateFrom=2026-09-01", lambda e: e["kind"] == "HalfTerm" and e["start"] >= "2026-09-01"),
]
"""What is asked, and which rows it means."""


@pytest.mark.parametrize(("asked", "meant"), EVENTS, ids=[asked or "everything" for asked, _ in EVENTS])
def test_the_diary_has_the_events_that_meet_every_filter(
    app: Caller, held: Tables, asked: str, meant: Callable[[Row], bool]
):
    expected = {e["mis_id"] for e in held.of("calendar_event") if meant(e)}
    assert app.ids(f"Calendar?{asked}") == expected
    assert expected


def test_an_event_is_told_by_its_facts(app: Caller, held: Tables):
    event = next(e for e in held.of("calendar_event") if e["kind"] == "SchoolEvent")
    row = app.one(f"Calendar/{event['mis_id']}")
    assert row == {
        "Id": event["mis_id"],
        "StartDate": event["start"],
        "StartTime": event["start_time"],
        "EndDate": event["end"],
        "EndTime": event["end_time"],
        "Category": event["category"],
        "Description": event["description"] or event["category"],
        "Type": "School Event",
        "LastUpdated": row["LastUpdated"],
        "RowHash": row["RowHash"],
    }


def test_an_unknown_type_of_event_is_refused_with_a_hint(app: Caller):
    assert "PublicHoliday" in app.refusal("Calendar?EventType=PublicHolidays")


# ---- Health, database status, TestError


def test_the_data_of_a_school_grows_old_until_its_source_is_read(small_hub: Hub, asker: Caller):
    asker.answer("SchoolInfo")
    small_hub.now += 3 * 24 * 3600 + 60
    old = {
        "Id": "1",
        "Estab": "9994001",
        "SchoolDataStatus": "ok",
        "SchoolDataAgeDays": 3,
        "XodStatus": "refreshing",
    }
    health = Caller(small_hub, ["Attendance"])
    assert health.one("Health") == old
    small_hub.work()
    assert health.one("Health") == {**old, "SchoolDataAgeDays": 0, "XodStatus": "ok"}


def test_a_management_token_asks_after_the_health_of_the_schools_that_let_the_app_in(small_hub: Hub):
    app, secret = small_hub.desk.apps.add("manager.example.org")
    small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])
    token = small_hub.desk.tokens.sign_in(app.relying_party, secret)[0]
    (told,) = small_hub.school("Health", token)["health"]
    assert (told["Estab"], told["SchoolDataStatus"]) == (THORNFIELD, "ok")
    assert small_hub.get(f"/api/v1/School/any/Health?estab={THORNFIELD}", token).json["health"] == [told]
    for path in ("SchoolInfo", "Health?estab=9992001", "Health?estab=1"):
        assert small_hub.school(path, token)["ExceptionType"] == "SchoolNotGranted"
    small_hub.desk.grants.revoke(small_hub.desk.grants.at(app, THORNFIELD))
    assert small_hub.school("Health", token)["ExceptionType"] == "SchoolNotGranted"


@pytest.mark.parametrize(
    ("endpoint", "database", "minutes"),
    [
        ("Students", "XodSchoolData", 1440),
        ("AttendanceForDate", "XodAttendanceForDate", 30),
        ("AttendanceForDateRange?date=2026-11-20", "XodAttendanceForDate", 30),
        ("AttendanceCodes", "XodEndpointInfo", 5),
    ],
)
def test_the_status_of_the_databases_is_told_instead_of_their_content(
    app: Caller, endpoint: str, database: str, minutes: int
):
    answer = app.answer(f"{endpoint}{'&' if '?' in endpoint else '?'}onlyGetDBStatus=true")
    assert list(answer) == ["DBStatus"]
    (row,) = answer["DBStatus"]
    assert (row["DBName"], row["Status"]) == (database, "OK")
    lasts = datetime.fromisoformat(row["ExpiresAt"]) - datetime.fromisoformat(row["LastUpdated"])
    assert lasts.total_seconds() % (60 * minutes) == 0
    assert row["AgeMinutes"] * 60 < lasts.total_seconds()


def test_the_error_for_tests_is_always_an_error(app: Caller):
    answer = app.hub.get(f"/api/v1/School/{app.estab}/TestError", app.token)
    assert (answer.status, answer.json["ExceptionType"]) == (200, "TestError")


# ---- ScopeFields


def test_a_scope_shows_these_fields(app: Caller):
    assert app.ids("ScopeFields?Scope=UPN") == {
        *("Students.Students.UPN", "Students.Students.FormerUPN", "DeceasedStudents.Students.UPN"),
    }
    assert app.ids("ScopeFields?Scope=upn") == app.ids("ScopeFields?Scope=UPN")


def test_a_scope_that_is_needed_with_another_shows_the_field(app: Caller):
    fields = app.ids("ScopeFields?Scope=Contact")
    assert "Contacts.Contacts.Surname" in fields
    assert "StudentContacts.StudentContacts.Relationship" in fields
    assert "Students.Students.UPN" not in fields


@pytest.mark.parametrize("written", ["Students", "students"])
def test_an_endpoint_has_the_fields_that_it_shows(app: Caller, written: str):
    options = ",".join(o for o in ENDPOINTS["students"].options if o.startswith("include"))
    answer = app.answer(f"Students?options={options}")
    shown = {f"Students.{t}.{c}" for t in ("Students", "StudentSiblings") for c in answer[t][0]}
    assert app.ids(f"ScopeFields?APIEndpoint={written}") == shown


def test_filters_of_fields_are_both_met(app: Caller):
    both = app.ids("ScopeFields?APIEndpoint=Staff&Scope=StaffExtended")
    assert both == app.ids("ScopeFields?APIEndpoint=Staff") & app.ids("ScopeFields?Scope=StaffExtended")
    assert "Staff.StaffVehicles.VehicleModel" in both
    assert "Staff.Staff.Surname" not in both


def test_a_field_is_told_with_its_description_and_an_example(app: Caller):
    row = next(r for r in app.rows("ScopeFields") if r["Id"] == "Students.Students.FsmEligible")
    assert (row["APIEndpoint"], row["ResultSet"], row["Field"]) == ("Students", "Students", "FsmEligible")
    assert row["Scope"] == "StudentFunding"
    assert row["Description"]


def test_every_endpoint_with_fields_is_in_the_dictionary(app: Caller):
    told = {r["APIEndpoint"] for r in app.rows("ScopeFields")}
    assert told == {e.segment for e in ENDPOINTS.values()} - {"TestError"}


def test_anybody_may_ask_which_scope_shows_which_field(hub: Hub, app: Caller):
    assert Caller(hub, ["UPN"]).ids("ScopeFields") == app.ids("ScopeFields")
