"""Humans whom an app has told of and whom no school has, not yet or no longer: the app's own, and nobody else's."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.district import EdFi, assignment, contact, enrolment, staff, student, word
from tests.hub import BRAMBLESIDE, THORNFIELD

from .conftest import caller
from .school_year import ESTAB

VERSIONS = "/edfi/changeQueries/v1/availableChangeVersions"
KINDS = [
    ("students", "studentUniqueId", student("7777")),
    ("staffs", "staffUniqueId", staff("7777")),
    ("contacts", "contactUniqueId", contact("7777")),
]


def total(api: EdFi, path: str) -> int:
    """How many documents a query has."""
    answer = api.ask("GET", f"{path}{'&' if '?' in path else '?'}totalCount=true&limit=0")
    return int(answer.headers["total-count"])


@pytest.mark.parametrize(("resource", "key", "document"), KINDS)
def test_whoever_posted_somebody_reads_changes_and_deletes_them(
    api: EdFi, resource: str, key: str, document: dict[str, Any]
) -> None:
    before = total(api, resource)
    posted = api.ask("POST", resource, document)
    identity = posted.headers["location"].rsplit("/", 1)[-1]
    got = api.ask("GET", f"{resource}/{identity}")
    assert posted.headers["etag"] == got.headers["etag"]
    assert {name: got.json[name] for name in document} == document
    assert [one["id"] for one in api.get(f"{resource}?{key}=7777")] == [identity]
    assert total(api, resource) == before + 1
    everyone = api.get(f"{resource}?limit=500")
    assert identity in [one["id"] for one in everyone]

    changed = {**document, "middleName": "Rowan"}
    put = api.ask("PUT", f"{resource}/{identity}", changed, if_match=got.headers["etag"])
    assert (put.status, put.headers["etag"]) == (204, api.ask("GET", f"{resource}/{identity}").headers["etag"])
    assert api.ask("PUT", f"{resource}/{identity}", document, if_match=got.headers["etag"]).status == 412
    assert api.get(f"{resource}/{identity}")["middleName"] == "Rowan"

    since = api.get(VERSIONS)["newestChangeVersion"]
    assert api.ask("DELETE", f"{resource}/{identity}").status == 204
    assert api.ask("GET", f"{resource}/{identity}").status == 404
    assert total(api, resource) == before
    (gone,) = api.get(f"{resource}/deletes?minChangeVersion={since + 1}")
    assert (gone["id"], gone["keyValues"]) == (identity, {key: "7777"})
    assert api.get(VERSIONS)["newestChangeVersion"] >= gone["changeVersion"]


@pytest.mark.parametrize(("resource", "key", "document"), KINDS)
def test_another_app_sees_nothing_of_them(api: EdFi, resource: str, key: str, document: dict[str, Any]) -> None:
    other = caller(api.hub, app="other.example.org")
    before = total(other, resource)
    identity = api.post(resource, document)
    assert other.ask("GET", f"{resource}/{identity}").status == 404
    assert other.ask("PUT", f"{resource}/{identity}", document).status == 404
    assert other.ask("DELETE", f"{resource}/{identity}").status == 404
    assert other.get(f"{resource}?{key}=7777") == []
    assert total(other, resource) == before
    assert api.ask("DELETE", f"{resource}/{identity}").status == 204
    assert identity not in [one["id"] for one in other.get(f"{resource}/deletes")]


def test_a_student_is_no_member_of_staff(api: EdFi) -> None:
    identity = api.post("students", student("7777"))
    assert api.ask("GET", f"staffs/{identity}").status == 404
    assert api.get("staffs?staffUniqueId=7777") == []


def test_the_last_enrolment_ends_and_the_student_is_still_there(api: EdFi) -> None:
    identity = api.post("students", student("7777"))
    before = api.get(f"students/{identity}")
    since = api.get(VERSIONS)["newestChangeVersion"]
    enrolled = api.post("studentSchoolAssociations", enrolment("7777", ESTAB))
    assert total(api, "students?studentUniqueId=7777") == 1
    assert api.ask("DELETE", f"studentSchoolAssociations/{enrolled}").status == 204
    now = api.get(f"students/{identity}")
    assert {n: v for n, v in now.items() if n[0] != "_"} == {n: v for n, v in before.items() if n[0] != "_"}
    assert total(api, "students?studentUniqueId=7777") == 1
    assert api.get(f"students/deletes?minChangeVersion={since}") == []
    assert [d["id"] for d in api.get(f"studentSchoolAssociations/deletes?minChangeVersion={since}")] == [enrolled]
    # Once more: under the same id.
    api.post("studentSchoolAssociations", enrolment("7777", ESTAB, "2026-09-01"))
    assert api.get("students?studentUniqueId=7777")[0]["id"] == identity


def test_the_last_position_ends_and_the_member_of_staff_is_still_there(api: EdFi) -> None:
    identity = api.post("staffs", staff("8888"))
    post = api.post("staffEducationOrganizationAssignmentAssociations", assignment("8888", ESTAB))
    assert api.ask("DELETE", f"staffEducationOrganizationAssignmentAssociations/{post}").status == 204
    assert api.get(f"staffs/{identity}")["firstName"] == "Noor"
    assert api.ask("DELETE", f"staffs/{identity}").status == 204
    (gone,) = (d for d in api.get("staffs/deletes") if d["id"] == identity)
    assert gone["keyValues"] == {"staffUniqueId": "8888"}


def test_what_the_school_did_not_grant_stays_hidden_when_the_student_leaves(api: EdFi) -> None:
    hub, app = api.hub, "narrow.example.org"
    hub.grant(
        ("Student", "StudentLite", "StudentExtended", "School", "WritebackStudents", "WritebackEnrolments"), app=app
    )
    narrow = caller(hub, app=app)
    identity = narrow.post("students", student("9999"))
    enrolled = narrow.post("studentSchoolAssociations", enrolment("9999", int(THORNFIELD), "2026-09-01"))
    told = {**student("9999", last="Saltbush"), "birthCountryDescriptor": word("Country", "FR")}
    api.post("students", told, 200)
    assert "birthCountryDescriptor" in api.get(f"students/{identity}")
    assert narrow.get(f"students/{identity}")["lastSurname"] == "Saltbush"

    assert narrow.ask("DELETE", f"studentSchoolAssociations/{enrolled}").status == 204
    left = narrow.get(f"students/{identity}")
    assert (left["lastSurname"], "birthCountryDescriptor" in left) == ("Saltbush", False)
    assert narrow.get(f"students?birthCountryDescriptor={quote(word('Country', 'FR'))}") == []
    assert api.ask("GET", f"students/{identity}").status == 404

    # What could not be seen is not lost: it is there again with the next enrolment, for those who may see it.
    narrow.put("students", identity, student("9999", first="Anahi"))
    narrow.post("studentSchoolAssociations", enrolment("9999", int(THORNFIELD), "2026-10-01"))
    back = api.get(f"students/{identity}")
    assert (back["firstName"], back["birthCountryDescriptor"]) == ("Anahi", word("Country", "FR"))


def test_a_role_that_the_app_does_not_see_does_not_show_in_what_is_left(api: EdFi) -> None:
    hub, app = api.hub, "narrow.example.org"
    hub.grant(app=app)
    narrow = caller(hub, app=app)
    identity = narrow.post("students", student("9999"))
    enrolled = narrow.post("studentSchoolAssociations", enrolment("9999", int(THORNFIELD), "2026-09-01"))
    before = narrow.get(f"students/{identity}")
    # Another school of the district enrols the student, and says so to another app only.
    api.post("studentSchoolAssociations", enrolment("9999", int(BRAMBLESIDE), "2026-09-02"))
    assert narrow.ask("DELETE", f"studentSchoolAssociations/{enrolled}").status == 204
    left = narrow.get(f"students/{identity}")
    assert {n: v for n, v in left.items() if n[0] != "_"} == {n: v for n, v in before.items() if n[0] != "_"}
    assert len(narrow.get("students?studentUniqueId=9999")) == 1
    narrow.post("studentSchoolAssociations", enrolment("9999", int(THORNFIELD), "2026-10-01"))
    assert [one["id"] for one in narrow.get("students?studentUniqueId=9999")] == [identity]
    assert [one["id"] for one in api.get("students?studentUniqueId=9999")] == [identity]
