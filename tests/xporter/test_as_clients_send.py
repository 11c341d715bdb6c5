"""Requests as the libraries of real clients send them: numbers for texts, marks before bodies, slashes doubled."""

from __future__ import annotations

import codecs
import json
from typing import Any

import pytest

from ..hub import THORNFIELD, Hub
from ..school import asking_app

GET_TOKEN = "/api/oauth/GetToken"
MARKS = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


@pytest.fixture
def token(hub: Hub) -> str:
    """A token for everything at Thornfield."""
    return hub.token(app="sent.example.org")


def signing_in(hub: Hub, estab: object = THORNFIELD) -> dict[str, Any]:
    """The body of a token request of a new grant."""
    grant, secret = hub.desk.grants.authorise(hub.app("sent.example.org"), THORNFIELD, ["School"])
    return {"estab": estab, "relyingParty": grant.app.relying_party, "password": secret}


def test_the_number_of_a_school_may_be_a_json_number(hub: Hub) -> None:
    assert hub.post(GET_TOKEN, signing_in(hub, int(THORNFIELD))).json["token"]


@pytest.mark.parametrize("estab", [True, [THORNFIELD], {"estab": THORNFIELD}])
def test_what_is_neither_a_text_nor_a_number_is_refused(hub: Hub, estab: object) -> None:
    answer = hub.post(GET_TOKEN, signing_in(hub, estab)).json
    assert (answer["token"], answer["ExceptionMessage"]) == (None, "estab: must be a string")


@pytest.mark.parametrize("mark", MARKS)
def test_a_byte_order_mark_before_a_body_is_passed_over(hub: Hub, mark: str) -> None:
    assert hub.post(GET_TOKEN, MARKS[mark] + json.dumps(signing_in(hub)).encode(mark)).json["token"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/Writeback/Tags", {"Tags": [{"TagDefinitionId": "1", "EntityType": "Student", "EntityId": "x"}]}),
        (f"/api/v1/School/{THORNFIELD}/Webhooks/DataChanges", {"url": 7}),
        ("/api/Manage/SchoolRegister", {"RegistrationType": "Live", "Schools": []}),
        ("/api/Manage/RevokeAccess", {"Estab": THORNFIELD}),
    ],
)
def test_every_body_is_read_the_same_with_a_mark_before_it(small_hub: Hub, path: str, body: Any) -> None:
    token = asking_app(small_hub)[1] if "/Manage/" in path else small_hub.token()
    said = json.dumps(body).encode()
    plain, marked = (small_hub.ask("POST", path, token, lead + said) for lead in (b"", codecs.BOM_UTF8))
    assert plain.body == marked.body
    assert plain.json["ExceptionType"] in ("ValidationError", "InvalidRequest")
    assert "body" not in plain.json["ExceptionMessage"]


def test_a_text_of_a_write_back_may_be_a_number(small_hub: Hub) -> None:
    token = small_hub.token()
    xid = small_hub.school("Students?pagesize=1&select=XID", token)["Students"][0]["XID"]
    body = {"attributes": [{"XID": xid, "Cycle permit": 17}]}
    answer = small_hub.ask("POST", "/api/v1/Writeback/EntityAttributes", token, json.dumps(body).encode()).json
    assert answer["Message"] == "success"
    rows = small_hub.school("XIDs?includeAttributes=true", token)["EntityAttributes"]
    assert [row["Value"] for row in rows if row["Name"] == "Cycle permit"] == ["17"]


@pytest.mark.parametrize(
    "path",
    [
        f"/api/v1/School/{THORNFIELD}//Students?pagesize=1&select=Id",
        f"//api/v1/School/{THORNFIELD}/Students/?pagesize=1&select=Id",
        f"/api//v1//School//{THORNFIELD}//Students//?pagesize=1&select=Id",
    ],
)
def test_a_doubled_slash_is_one_slash(hub: Hub, token: str, path: str) -> None:
    assert hub.get(path, token).json == hub.school("Students?pagesize=1&select=Id", token)


@pytest.mark.parametrize(
    ("with_it", "without"),
    [
        (f"/api/v1/School/{THORNFIELD}/Students?pagesize=1&_=1732860000", "Students?pagesize=1"),
        (f"/api/v1/School/{THORNFIELD}/Students?_=1732860000&pagesize=1", "Students?pagesize=1"),
        (f"/api/v1/School/{THORNFIELD}/SchoolInfo?_", "SchoolInfo"),
    ],
)
def test_what_jquery_adds_against_caches_is_passed_over(hub: Hub, token: str, with_it: str, without: str) -> None:
    answer = hub.get(with_it, token).json
    assert answer["meta"]
    assert answer == hub.school(without, token)


def test_it_is_passed_over_by_the_management_apis_too(small_hub: Hub) -> None:
    _, token = asking_app(small_hub)
    assert small_hub.get("/api/XporterOnDemand/GetXodSchools?_=1732860000", token).json["Authorised"] == []


def test_a_name_that_begins_with_an_underscore_is_still_told(hub: Hub, token: str) -> None:
    assert "_x" in hub.school("Students?_x=1", token)["ExceptionMessage"]


@pytest.mark.parametrize("zone", ["+01:00", "+0100"])
def test_a_plus_that_nobody_encoded_is_taken_for_a_plus(hub: Hub, token: str, zone: str) -> None:
    raw = hub.school(f"Students?updatedSince=2026-11-20T08:30:00{zone}&pagesize=1", token)
    encoded = hub.school("Students?updatedSince=2026-11-20T07:30:00Z&pagesize=1", token)
    assert "ExceptionType" not in raw
    assert raw == encoded


def test_a_blank_elsewhere_is_no_plus(hub: Hub, token: str) -> None:
    assert "updatedSince" in hub.school("Students?updatedSince=2026-11-20T08:30:00%2001", token)["ExceptionMessage"]


# ---- named queries


def test_a_school_is_found_by_words_of_its_name(hub: Hub, token: str) -> None:
    answer = hub.get("/api/v1/RunQuery/?id=edubase.search&q=thornfield", token).json
    assert answer["EduBase"] == [
        {
            "Id": THORNFIELD,
            "Estab": THORNFIELD,
            "LaCode": "999",
            "EstabCode": "4001",
            "Name": "Thornfield Academy",
            "Phase": "Secondary",
            "Governance": "Academy Converter",
            "Address": "Lanthorn Lane, Mossbridge, Fenshire, LK4 1TA",
            "PostCode": "LK4 1TA",
            "Telephone": "01632 960100",
            "Web": "www.thornfield.example",
        }
    ]
    assert answer["ExceptionMessage"] is None


@pytest.mark.parametrize(
    "query",
    ["postcode=lk41ta", "telephone=01632960100", "la_code=999&estab_code=4001", "q=academy&limit=1", "q=9994001"],
)
def test_a_school_is_found_by_what_is_known_of_it(hub: Hub, token: str, query: str) -> None:
    rows = hub.get(f"/api/v1/RunQuery?id=EduBase.Search&{query}&options=includeClosed", token).json["EduBase"]
    assert [row["Estab"] for row in rows] == [THORNFIELD]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("id=edubase.search", "q: is required"),
        ("id=edubase.serch&q=x", "did you mean edubase.search?"),
        ("q=x", "id: is not a named query"),
        ("id=edubase.search&q=x&limit=0", "limit: 0 is not a whole number from 1 to 100"),
        ("id=edubase.search&q=x&town=Y", "town: is not a parameter here"),
    ],
)
def test_a_query_that_cannot_be_run_says_why(hub: Hub, token: str, query: str, problem: str) -> None:
    assert problem in hub.get(f"/api/v1/RunQuery/?{query}", token).json["ExceptionMessage"]


def test_a_named_query_needs_a_token(hub: Hub) -> None:
    assert hub.get("/api/v1/RunQuery/?id=edubase.search&q=x").json["ExceptionType"] == "InvalidToken"


def test_queries_lists_it(hub: Hub, token: str) -> None:
    rows = hub.get("/api/v1/Queries", token).json["Endpoints"]
    assert [row["Path"] for row in rows if row["Id"] == "edubase.search"] == ["/api/v1/RunQuery/?id=edubase.search"]


# ---- what the document and its witnesses call things


def test_the_birth_date_of_a_student_is_spelled_as_the_service_spells_it(hub: Hub, token: str) -> None:
    assert hub.school("Students/9919?select=dateOFbirth", token)["Students"] == [{"DateofBirth": "2013-09-01"}]
    assert "DateOfBirth" in hub.school("Staff?pagesize=1", token)["Staff"][0]


def test_the_main_table_of_achievements_is_called_achievements(hub: Hub, token: str) -> None:
    answer = hub.school("AchievementForDateRange?DateFrom=2026-11-16&DateTo=2026-11-20&pagesize=1", token)
    assert list(answer)[:3] == ["Achievements", "StudentAchievements", "StaffAchievements"]
    assert "Achievements" in hub.school("AchievementForToday", token)


def test_the_school_tells_its_year_its_logos_and_when_it_changed(hub: Hub, token: str) -> None:
    (row,) = hub.school("SchoolInfo", token)["SchoolInfo"]
    assert row["CurrentAcademicYear"] == 2026
    assert row["SchoolLogoUrl"] == "https://www.thornfield.example/logo.png"
    assert row["SchoolLogoAlternateUrl"] == "https://www.thornfield.example/logo-light.png"
    assert len(row["RowHash"]) == 40
    assert row["LastUpdated"]


def test_discount_codes_of_another_key_stage_are_included_when_asked_for(hub: Hub, token: str) -> None:
    def stages(query: str) -> set[str]:
        return {row["KeyStage"] for row in hub.school(f"DiscountCodes?{query}", token)["discountcodes"]}

    assert stages("KeyStage=KS4&includeKS4=true") == stages("KeyStage=KS4") == {"KS4"}
    assert stages("KeyStage=KS4&includeKS5=true") == stages("KeyStage=KS5&options=includeKS4") == {"KS4", "KS5"}
