"""Usage, Logs, and what a school asks with its own key."""

from __future__ import annotations

from typing import Any

import pytest

from ..edlink.vendor import Vendor
from ..hub import BRAMBLESIDE, THORNFIELD, Hub
from .writer import Writer

DAY = 86_400.0
NOW = "2026-11-18T11:06:40.000"


def usage(hub: Hub, token: str) -> list[dict[str, Any]]:
    return hub.get("/api/v1/Usage", token).json["Usage"]


def test_usage_counts_by_area_day_and_month(small_hub: Hub) -> None:
    token = small_hub.token()
    small_hub.school("Students", token)
    small_hub.now += 14 * DAY
    token = small_hub.token()
    small_hub.school("Students", token)
    small_hub.school("Staff?nonsense=1", token)
    small_hub.now += DAY
    small_hub.school("Students", token)
    answer = small_hub.get("/api/v1/Usage", token).json
    assert answer == {
        "Usage": [
            {
                "Estab": THORNFIELD,
                "RP": "app.example.org",
                "Areas": [
                    {
                        "Area": "school.staff",
                        "Total": 1,
                        "Today": 0,
                        "ThisMonth": 1,
                        "History": [{"month": "2026-12", "count": 1}],
                    },
                    {
                        "Area": "school.students",
                        "Total": 3,
                        "Today": 1,
                        "ThisMonth": 2,
                        "History": [{"month": "2026-11", "count": 1}, {"month": "2026-12", "count": 2}],
                    },
                ],
            }
        ],
        "Message": None,
        "ExceptionType": None,
        "ExceptionMessage": None,
        "InnerException": None,
    }


def test_usage_is_of_ones_own_grant_or_of_all_schools_of_the_app(small_hub: Hub) -> None:
    small_hub.school("Students", small_hub.token())
    small_hub.school("Students", small_hub.token(app="other.example.org"))
    there = small_hub.token(estab=BRAMBLESIDE)
    small_hub.school("Students", there, BRAMBLESIDE)
    small_hub.school("Staff", there, BRAMBLESIDE)
    (only,) = usage(small_hub, there)
    assert (only["Estab"], [a["Area"] for a in only["Areas"]]) == (BRAMBLESIDE, ["school.staff", "school.students"])
    secret = small_hub.desk.apps.new_secret(small_hub.app())
    management, _ = small_hub.desk.tokens.sign_in("app.example.org", secret)
    every = usage(small_hub, management)
    assert {one["Estab"]: sum(a["Total"] for a in one["Areas"]) for one in every} == {THORNFIELD: 1, BRAMBLESIDE: 3}


def test_usage_counts_what_the_app_asked_of_the_school_in_other_dialects(small_hub: Hub) -> None:
    vendor = Vendor(small_hub, app="app.example.org")
    vendor.body("people", first=1)
    secret = small_hub.desk.grants.authorise(vendor.app, THORNFIELD, ["all"])[1]
    token, _ = small_hub.desk.tokens.sign_in("app.example.org", secret, THORNFIELD)
    (only,) = usage(small_hub, token)
    assert [a["Area"] for a in only["Areas"]] == ["edlink.people"]


def test_logs_tell_what_became_of_each_request(small_hub: Hub) -> None:
    token = small_hub.token(["StudentLite"])
    small_hub.school("Students?id=9919", token)
    small_hub.now += 60
    small_hub.school("Staff", token)
    answer = small_hub.get("/api/v1/Logs", token).json
    assert list(answer) == ["Logs", "Message", "ExceptionType", "ExceptionMessage", "InnerException"]
    refused, read = answer["Logs"]
    assert read == {
        "Id": "1",
        "TrackingId": None,
        "DateTime": NOW,
        "Estab": THORNFIELD,
        "RelyingParty": "app.example.org",
        "Area": "school.students",
        "Status": 200,
        "RowCount": read["RowCount"],
        "ExceptionType": None,
    }
    assert read["RowCount"] >= 1
    assert (refused["Area"], refused["Status"], refused["ExceptionType"]) == ("school.staff", 403, "ScopeNotHeld")


def test_a_write_back_is_found_in_the_logs_by_its_tracking_id(writer: Writer) -> None:
    mark = {"StudentId": "9919", "MarkType": "S", "Date": "2026-11-20", "Session": "AM", "Mark": "I"}
    asked = {"Method": "POST", "Url": "https://app.example.org/done"}
    tracking = writer.write(f"AttendanceAsync/{THORNFIELD}/", {"Marks": [mark], "Callback": asked})["TrackingId"]
    (row,) = writer.hub.get(f"/api/v1/Logs?trackingId={tracking}", writer.token).json["Logs"]
    assert (row["TrackingId"], row["Area"], row["Status"]) == (tracking, "writeback.attendanceasync", 200)


def test_logs_are_read_by_pages_and_by_tracking_id(small_hub: Hub) -> None:
    token = small_hub.token()
    for number in range(5):
        small_hub.school(f"Students?id={9919 + number}", token)
    assert [row["Id"] for row in small_hub.get("/api/v1/Logs?take=2", token).json["Logs"]] == ["5", "4"]
    # The request for the first page is a request too.
    assert [row["Id"] for row in small_hub.get("/api/v1/Logs?startingAt=2&take=2", token).json["Logs"]] == ["4", "3"]
    assert small_hub.get("/api/v1/Logs?trackingId=20261120.none", token).json["Logs"] == []


@pytest.mark.parametrize(
    "query", ["take=many", "take=1001", "startingAt=-1", "take=1e3", "startingAt=99999999999999999"]
)
def test_a_page_that_is_none_is_refused(small_hub: Hub, query: str) -> None:
    answer = small_hub.get(f"/api/v1/Logs?{query}&httpstatuscodes=true", small_hub.token())
    assert (answer.status, answer.json["ExceptionType"]) == (400, "InvalidRequest")


def test_nobody_reads_logs_without_a_token(small_hub: Hub) -> None:
    for path in ("Logs", "Usage"):
        assert small_hub.get(f"/api/v1/{path}", "none").json["ExceptionType"] == "InvalidToken"


# ---- a school's own question


def ask(hub: Hub, query: str, key: str, estab: str = THORNFIELD) -> dict[str, Any]:
    path = f"/api/v1/School/{estab}/Disclosures?{query}&httpstatuscodes=true"
    return hub.get(path, authorization=f"School {key}").json


def test_a_school_is_told_who_saw_what_about_a_child(small_hub: Hub) -> None:
    small_hub.school("Students?id=9919&select=Id,Surname", small_hub.token())
    small_hub.now += 3600
    small_hub.school("Students?id=9919&select=Id,Surname", small_hub.token())
    key = small_hub.desk.school_keys.make(THORNFIELD)
    assert ask(small_hub, "studentId=9919", key)["Disclosures"] == [
        {
            "RelyingParty": "app.example.org",
            "OnBehalfOf": None,
            "Api": "xporter",
            "Area": "school.students",
            "Fields": ["Student: The MIS Id of the student", "Student: Preferred surname"],
            "Times": 2,
            "First": NOW,
            "Last": "2026-11-18T12:06:40.000",
        }
    ]
    single, earlier = ask(small_hub, "studentId=9919&all=true", key)["Disclosures"]
    assert (single["DateTime"], earlier["DateTime"]) == ("2026-11-18T12:06:40.000", NOW)
    assert (single["PeopleCount"], single["IsWhole"]) == (1, 1)
    assert ask(small_hub, "studentId=9920", key)["Disclosures"] == []
    assert ask(small_hub, "studentId=9919&until=2026-11-17", key)["Disclosures"] == []


def test_a_school_is_told_of_its_own_grants_only(small_hub: Hub) -> None:
    # One request reads the whole district, under the grants of two schools.
    Vendor(small_hub).body("people", first=10_000)
    small_hub.school("Students", small_hub.token(estab=BRAMBLESIDE, app="other.example.org"), BRAMBLESIDE)
    here, there = (small_hub.desk.school_keys.make(estab) for estab in (THORNFIELD, BRAMBLESIDE))
    (line,) = ask(small_hub, "studentId=9919", here)["Disclosures"]
    assert (line["RelyingParty"], line["Api"]) == ("vendor.example.org", "edlink")
    pupil = min(
        row["Id"] for row in small_hub.school("Students", small_hub.token(estab=BRAMBLESIDE), BRAMBLESIDE)["Students"]
    )
    seen = ask(small_hub, f"studentId={pupil}", there, BRAMBLESIDE)["Disclosures"]
    assert {row["RelyingParty"] for row in seen} == {"vendor.example.org", "other.example.org", "app.example.org"}
    assert ask(small_hub, "studentId=9919", there)["ExceptionType"] == "SchoolNotGranted"


def test_a_new_key_voids_the_earlier_one(small_hub: Hub) -> None:
    old = small_hub.desk.school_keys.make(THORNFIELD)
    new = small_hub.desk.school_keys.make(THORNFIELD)
    assert ask(small_hub, "studentId=9919", old)["ExceptionType"] == "InvalidToken"
    assert ask(small_hub, "studentId=9919", new)["Disclosures"] == []


def test_an_apps_token_does_not_open_the_schools_ledger(small_hub: Hub) -> None:
    token = small_hub.token()
    answer = small_hub.get(f"/api/v1/School/{THORNFIELD}/Disclosures?studentId=9919&httpstatuscodes=true", token)
    assert answer.json["ExceptionType"] == "InvalidToken"
    assert ask(small_hub, "studentId=9919", token)["ExceptionType"] == "InvalidToken"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "name one person"),
        ("studentId=1&staffId=2", "name one person"),
        ("studentId=9919&since=soon&until=never", "until: never is not a day"),
        ("studentId=none", "no Student of the school has, or had, the Id none"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_with_a_hint(small_hub: Hub, query: str, said: str) -> None:
    assert said in ask(small_hub, query, small_hub.desk.school_keys.make(THORNFIELD))["ExceptionMessage"]
