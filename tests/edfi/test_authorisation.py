"""What a caller may do: claim sets narrow what schools granted, and what is not granted looks like what is absent."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.scopes import CATALOGUE
from tests.district import EdFi, agency, cohort, enrolment, place, school, staff, student, word
from tests.hub import BRAMBLESIDE, SAGUARO, THORNFIELD

from .conftest import caller
from .school_year import ESTAB, TERM, write
from .test_writing import clock, plain, problem
from .whole import NAMES


def granted(api: EdFi, *scopes: str, rights: str = "EdFiSandbox", estab: str = THORNFIELD) -> EdFi:
    """A caller to whom one school granted scopes."""
    app = f"app{len(api.hub.desk.apps.all())}.example.org"
    api.hub.grant(scopes or CATALOGUE, estab, app)
    return caller(api.hub, rights, app)


# ---- claim sets


@pytest.mark.parametrize("rights", ["EdFiAPIReadOnly", "RosterVendor"])
def test_who_may_only_read_writes_nothing(api: EdFi, rights: str) -> None:
    identity = api.post("cohorts", cohort("1", ESTAB))
    reader = caller(api.hub, rights)
    denied = "security:authorization:access-denied"
    before = clock(api)
    for method, path, body in (
        ("POST", "cohorts", cohort("2", ESTAB)),
        ("PUT", f"cohorts/{identity}", cohort("1", ESTAB)),
        ("DELETE", f"cohorts/{identity}", None),
        ("POST", "students", student("7001")),
        ("POST", "cohortTypeDescriptors", {"namespace": "uri://x", "codeValue": "A", "shortDescription": "A"}),
    ):
        status, said = problem(reader.ask(method, path, body))[:2]
        assert (status, said.rsplit(":", 1)[0]) == (403, denied)
    assert clock(api) == before
    assert plain(api.get(f"cohorts/{identity}")) == cohort("1", ESTAB)


@pytest.mark.parametrize(
    ("rights", "agencies", "schools"),
    [("EdFiSandbox", 201, 201), ("DistrictHostedSISVendor", 403, 201), ("SISVendor", 403, 403)],
)
def test_only_some_make_districts_and_schools(api: EdFi, rights: str, agencies: int, schools: int) -> None:
    who = caller(api.hub, rights)
    for resource, body, status in (
        ("localEducationAgencies", agency(700100), agencies),
        ("schools", school(700101), schools),
        ("schools", school(700102, 1000), schools),
    ):
        assert who.ask("POST", resource, body).status == status, resource
    known = plain(who.get(f"schools?schoolId={THORNFIELD}")[0])
    assert who.ask("POST", "schools", known).status == (200 if schools == 201 else 403)


def test_a_roster_vendor_reads_rosters_and_no_birth_dates(api: EdFi) -> None:
    write(api)
    reader = caller(api.hub, "RosterVendor")
    (shown,) = reader.get("students?studentUniqueId=7001")
    assert shown["lastSurname"] == "Ironwood"
    assert "birthDate" not in shown
    assert reader.get("sections?sectionIdentifier=A1")


# ---- what is not granted


def test_a_fact_that_is_not_granted_is_absent_and_cannot_be_asked_for(api: EdFi) -> None:
    write(api)
    little = granted(api, "SchoolLite", "StudentLite")
    (shown,) = little.get("students?studentUniqueId=7001")
    assert plain(shown) == {"studentUniqueId": "7001", "firstName": "Ana", "lastSurname": "Ironwood"}
    assert little.get("students?birthDate=2015-05-01") == []
    whole = int(little.ask("GET", "students?totalCount=true&limit=0").headers["total-count"])
    found = little.ask("GET", "students?birthDate=2015-05-01&totalCount=true&limit=0").headers["total-count"]
    assert (found, whole > 1) == ("0", True)


def test_a_kind_that_is_not_granted_is_empty(api: EdFi) -> None:
    ids = write(api)
    little = granted(api, "SchoolLite")
    for name in ("students", "staffs", "studentSchoolAssociations"):
        assert little.get(name) == [], name
        assert problem(little.ask("GET", f"{name}/{ids[name]}"))[0] == 404
    assert plain(little.get(f"cohorts/{ids['cohorts']}")) == TERM["cohorts"]


def test_a_place_in_a_group_tells_the_id_of_the_student_and_leads_no_further(api: EdFi) -> None:
    """As Xporter's groups list their members to whoever may see groups."""
    ids = write(api)
    little = granted(api, "SchoolLite")
    shown = little.get(f"studentCohortAssociations/{ids['studentCohortAssociations']}")
    assert shown["studentReference"] == {"studentUniqueId": "7001"}


@pytest.mark.parametrize("resource", NAMES)
def test_the_documents_of_a_school_that_granted_nothing_are_not_there(api: EdFi, resource: str) -> None:
    every = {d["id"] for d in pages(api, resource)}
    mine = {d["id"] for d in pages(granted(api), resource)}
    theirs = {d["id"] for d in pages(granted(api, estab=BRAMBLESIDE), resource)}
    elsewhere = {d["id"] for d in pages(granted(api, estab=SAGUARO), resource)}
    assert mine | theirs | elsewhere == every
    for one, other in ((mine, elsewhere), (theirs, elsewhere)):
        assert not one & other
    here, there = (granted(api, estab=estab) for estab in (THORNFIELD, SAGUARO))
    hidden = sorted(every - mine)
    for identity in hidden[:3]:
        assert problem(here.ask("GET", f"{resource}/{identity}"))[0] == 404
        assert here.get(f"{resource}?id={identity}") == []
        assert problem(here.ask("DELETE", f"{resource}/{identity}"))[0] == 404
    for identity in sorted(mine)[:3]:
        assert problem(there.ask("GET", f"{resource}/{identity}"))[0] == 404


def pages(api: EdFi, resource: str) -> list[dict[str, Any]]:
    """All documents."""
    found: list[dict[str, Any]] = []
    while page := api.get(f"{resource}?limit=500&offset={len(found)}"):
        found += page
    return found


def test_what_is_at_another_school_cannot_be_changed_or_referred_to(api: EdFi) -> None:
    ids = write(api)
    other = granted(api, estab=SAGUARO)
    before = clock(api)
    for name, identity in ids.items():
        assert problem(other.ask("PUT", f"{name}/{identity}", TERM[name]))[0] == 404, name
        assert problem(other.ask("DELETE", f"{name}/{identity}"))[0] == 404, name
    for resource, body in (
        ("cohorts", cohort("9", ESTAB)),
        ("cohorts", cohort("9", 1000)),
        ("studentSchoolAssociations", enrolment("7001", int(SAGUARO))),
        ("studentCohortAssociations", place("1", ESTAB, "7001", "2026-10-01")),
    ):
        assert problem(other.ask("POST", resource, body))[:2] == (409, "data-conflict:unresolved-reference")
    assert clock(api) == before


def test_the_natural_key_of_what_is_hidden_is_free_to_take(api: EdFi) -> None:
    """Otherwise a refusal would tell that it is there."""
    api.post("cohorts", cohort("1", ESTAB))
    little = granted(api, estab=SAGUARO)
    little.post("cohorts", cohort("1", int(SAGUARO)))


@pytest.mark.parametrize("state", ["paused", "revoked"])
def test_a_grant_that_ends_takes_everything_with_it(api: EdFi, state: str) -> None:
    who = granted(api, rights="SISVendor")
    identity = who.post("cohorts", cohort("1", ESTAB))
    grant = api.hub.desk.grants.at(next(a for a in api.hub.desk.apps.all() if a.name.startswith("app")), THORNFIELD)
    api.hub.desk.grants.pause(grant) if state == "paused" else api.hub.desk.grants.revoke(grant)
    assert who.get("cohorts") == []
    assert problem(who.ask("GET", f"cohorts/{identity}"))[0] == 404
    assert problem(who.ask("PUT", f"cohorts/{identity}", cohort("1", ESTAB)))[0] == 403
    assert problem(who.ask("POST", "cohorts", cohort("2", ESTAB)))[0] == 403
    assert who.get("cohortTypeDescriptors")


# ---- writing what is not granted


def test_a_fact_that_is_not_granted_is_not_written(api: EdFi) -> None:
    little = granted(api, "SchoolLite", "StudentLite", "WritebackStudents", "WritebackEnrolments")
    little.post("students", student("7001"))
    before = clock(api)
    refused = little.ask("POST", "studentSchoolAssociations", enrolment("7001", ESTAB))
    assert problem(refused)[:2] == (403, "security:authorization")
    assert clock(api) == before


def test_a_kind_that_is_not_granted_is_not_written(api: EdFi) -> None:
    little = granted(api, "StudentLite", "WritebackGroups")
    before = clock(api)
    refused = little.ask("POST", "cohorts", cohort("1", ESTAB))
    assert problem(refused)[0] in (403, 409)
    assert clock(api) == before


def test_an_update_that_leaves_out_what_the_caller_cannot_see_keeps_it(api: EdFi) -> None:
    identity = write(api)["students"]
    whole = student("7001", middleName="Felisa", birthCity="Ajo", multipleBirthStatus=True, maidenName="Mesquite")
    api.put("students", identity, whole)
    little = granted(api, "SchoolLite", "StudentLite", "StudentExtended", "WritebackStudents")
    shown = plain(little.get(f"students/{identity}"))
    assert shown.keys() == {"studentUniqueId", "firstName", "lastSurname", "middleName", "birthDate"}
    little.put("students", identity, shown)
    assert plain(api.get(f"students/{identity}")) == whole


@pytest.mark.parametrize("guess", ["2015-05-01", "2015-05-02"])
def test_a_guess_at_a_fact_that_is_not_granted_is_refused_right_or_wrong(api: EdFi, guess: str) -> None:
    identity = write(api)["students"]
    little = granted(api, "SchoolLite", "StudentLite", "WritebackStudents")
    guessed = student("7001", birthDate=guess, middleName="Felisa")
    for method, path in (("POST", "students"), ("PUT", f"students/{identity}")):
        refused = little.ask(method, path, guessed)
        assert problem(refused)[:2] == (403, "security:authorization")
        assert refused.json["errors"] == [
            "$.birthDate needs the scope StudentExtended. Ask the school to grant it.",
            "$.middleName needs the scope StudentExtended. Ask the school to grant it.",
        ]


@pytest.mark.parametrize("guess", ["Mesquite", "Juniper"])
def test_a_guess_at_what_has_no_field_is_refused_right_or_wrong(api: EdFi, guess: str) -> None:
    write(api)
    api.post("students", student("7001", maidenName="Mesquite"), 200)
    little = granted(api, "SchoolLite", "StudentLite", "StudentExtended", "WritebackStudents")
    refused = little.ask("POST", "students", student("7001", maidenName=guess))
    assert problem(refused)[0] == 403
    assert refused.json["errors"] == [
        "$.maidenName needs the scope StudentDemographic&StudentExtended. Ask the school to grant it."
    ]


def test_a_caller_who_is_shown_one_name_of_two_changes_the_one_that_is_shown(api: EdFi) -> None:
    identity = write(api)["staffs"]
    little = granted(api, "SchoolLite", "StaffLite", "WritebackStaff")
    shown = plain(little.get(f"staffs/{identity}"))
    little.put("staffs", identity, shown)
    little.put("staffs", identity, shown | {"firstName": "Juno"})
    assert little.get(f"staffs/{identity}")["firstName"] == "Juno"
    assert {n: api.get(f"staffs/{identity}")[n] for n in ("firstName", "preferredFirstName")} == {
        "firstName": shown["firstName"],
        "preferredFirstName": "Juno",
    }


def test_a_word_that_stands_in_for_what_is_not_shown_may_be_sent_back(api: EdFi) -> None:
    identity = write(api)["cohorts"]
    shown = plain(granted(api, "SchoolLite").get(f"cohorts/{identity}"))
    granted(api, "SchoolLite", "WritebackGroups").put("cohorts", identity, shown)
    assert plain(api.get(f"cohorts/{identity}")) == shown


# ---- people and relationships


def test_an_association_to_a_student_whom_the_caller_does_not_see_is_not_found(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    little = granted(api, "SchoolLite", "School", "WritebackGroups")
    little.post("cohorts", cohort("1", ESTAB))
    refused = little.ask("POST", "studentCohortAssociations", place("1", ESTAB, "7001", "2026-09-14"))
    assert problem(refused)[0] in (403, 409)


def test_a_human_must_have_a_role_within_the_callers_organisations(api: EdFi) -> None:
    who = granted(api)
    who.post("cohorts", cohort("1", ESTAB))
    for resource, human, link, body in (
        ("students", student("7001"), "studentCohortAssociations", place("1", ESTAB, "7001", "2026-09-14")),
        ("staffs", staff("8001"), "staffCohortAssociations", TERM["staffCohortAssociations"]),
    ):
        who.post(resource, human)
        refused = who.ask("POST", link, body)
        assert problem(refused)[:2] == (403, "security:authorization")
        said = f"No relationships have been established between the caller's organisations and '{body_id(body)}'."
        assert refused.json["errors"] == [said]


def body_id(body: dict[str, Any]) -> str:
    """Whom an association is about."""
    return next(v for name in ("studentReference", "staffReference") for v in body.get(name, {}).values())


# ---- descriptors


def test_descriptors_are_everyones_to_read(api: EdFi) -> None:
    alone = caller(api.hub, app="nobody.example.org")
    assert alone.get("schools") == []
    assert [d["codeValue"] for d in alone.get("cohortTypeDescriptors?codeValue=Study%20Hall")] == ["Study Hall"]
    assert alone.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"] > 0
    assert word("CohortType", "Study Hall")
