"""`/my`: what a person's token shows, and tokens themselves."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.dialects.edlink.catalogue import MINE, PATHS, RESOURCES, check_mine
from rollbook.model.curriculum import Course
from rollbook.model.groups import ClassSection
from rollbook.model.students import Student, StudentMembership

from ..hub import Hub
from .vendor import Row, Vendor, having


@pytest.fixture(scope="module")
def graham(vendor: Vendor) -> Vendor:
    """A student's token."""
    return vendor.signed_in(vendor.human("student", "9919"))


@pytest.fixture(scope="module")
def tutor(vendor: Vendor) -> Vendor:
    """The token of a teacher of the student."""
    ((person,),) = vendor.sql(
        'SELECT s.person FROM staff_membership m JOIN staff s ON s.id = m.staff JOIN "group" g ON g.id = m."group"'
        " WHERE g.name = '8A' AND g.start = '2026-09-02' AND m.role = 'Form Tutor'"
    )
    return vendor.signed_in(person)


@pytest.fixture(scope="module")
def mother(vendor: Vendor) -> Vendor:
    """The token of a parent of the student."""
    student, _ = vendor.role("student", "9919")
    ((person,),) = vendor.sql(
        "SELECT c.person FROM relationship r JOIN contact c ON c.id = r.contact"
        " WHERE r.student = ? AND r.relationship = 'Mother'",
        student,
    )
    return vendor.signed_in(person)


def me(person: Vendor) -> Row:
    """Whose token it is."""
    return person.one("profile")


# ---- whose token it is


def test_a_profile_is_the_person_as_the_whole_list_has_them(vendor: Vendor, graham: Vendor):
    profile = me(graham)
    assert profile["display_name"] == "Graham Mossgrove"
    assert profile == vendor.one(f"people/{profile['id']}") == graham.one(f"people/{profile['id']}")
    assert graham.one("profile", fields="first_name", expand="schools")["schools"][0]["name"] == "Thornfield Academy"


def test_an_integration_is_what_the_schools_share_with_the_app(vendor: Vendor, graham: Vendor):
    told = graham.one("integration")
    assert told["permissions"][:3] == ["Address", "AgencyAgent", "Applications"]
    assert {n: v for n, v in told.items() if n != "permissions"} == {
        "id": vendor.credential.id,
        "created_date": f"{vendor.credential.made}Z",
        "updated_date": f"{vendor.credential.made}Z",
        "state": "active",
        "scope": "",
        "start_date": None,
        "end_date": None,
        "locked": False,
        "application_id": vendor.app.id,
        "source_id": vendor.ids("districts")[0],
        "destination_id": None,
        "region_id": None,
    }


def test_a_source_is_the_district(vendor: Vendor, graham: Vendor):
    told = graham.one("source")
    (district,) = vendor.rows("districts")
    assert {n: told[n] for n in ("id", "name", "created_date", "updated_date")} == {
        n: district[n] for n in ("id", "name", "created_date", "updated_date")
    }
    assert told["provider"]["name"] == "Rollbook"


# ---- what concerns them


def test_a_student_sees_their_own_classes_and_who_is_in_them(vendor: Vendor, graham: Vendor):
    mine = me(graham)["id"]
    own = [e for e in vendor.rows("enrollments") if e["person_id"] == mine]
    assert graham.rows("enrollments") == own
    classes = {e["class_id"] for e in own if e["state"] != "completed"}
    assert set(graham.ids("classes")) == classes
    assert set(graham.ids("schools")) == {vendor.school()}
    beside = {e["person_id"] for e in vendor.rows("enrollments") if e["class_id"] in classes}
    family = {a["observer_id"] for a in vendor.rows("agents") if a["target_id"] == mine}
    assert set(graham.ids("people")) == beside | family
    assert {a["id"] for a in graham.rows("agents")} == {
        a["id"] for a in vendor.rows("agents") if a["target_id"] == mine
    }
    courses = {c["course_id"] for c in vendor.rows("classes") if c["id"] in classes} - {None}
    assert set(graham.ids("courses")) == courses != set()
    assert graham.rows("sessions") == vendor.rows(f"schools/{vendor.school()}/sessions")
    assert graham.rows("districts") == vendor.rows("districts")


def test_the_subjects_of_their_classes_are_seen_beside_these(vendor: Vendor, graham: Vendor):
    there = {one["id"]: one for one in vendor.rows("subjects")}
    classes = graham.rows("classes", expand="subject")
    assert [one["subject"] for one in classes] == [there.get(one["subject_id"]) for one in classes]
    assert any(one["subject"] and one["period_ids"] for one in classes)


def test_a_teacher_sees_everybody_in_their_classes_and_no_other_student(vendor: Vendor, tutor: Vendor):
    mine = me(tutor)["id"]
    classes = set(tutor.ids("classes"))
    enrolled = [e for e in vendor.rows("enrollments") if e["class_id"] in classes]
    assert {e["person_id"] for e in tutor.rows("enrollments")} == {mine}
    pupils = {e["person_id"] for e in enrolled if e["role"] == "student"}
    own = {a["target_id"] for a in tutor.rows("agents")}
    assert (
        {p["id"] for p in tutor.rows("people") if "student" in p["roles"]} <= pupils | own <= set(tutor.ids("people"))
    )
    assert 0 < len(pupils) < len(vendor.rows(f"schools/{vendor.school()}/students"))


def test_a_parent_sees_their_children_and_no_class(vendor: Vendor, mother: Vendor):
    mine = me(mother)["id"]
    children = {a["target_id"] for a in vendor.rows("agents") if a["observer_id"] == mine}
    assert set(mother.ids("people")) == {mine, *children}
    assert len(children) == 3
    assert {a["observer_id"] for a in mother.rows("agents")} == {mine}
    assert mother.rows("classes") == mother.rows("enrollments") == mother.rows("courses") == []
    assert sorted(mother.ids("schools")) == sorted(me(mother)["school_ids"])


def test_what_is_over_is_not_theirs_any_more(writer: Vendor):
    student, person = writer.role("student", "9919")
    graham = writer.signed_in(person)
    before = graham.ids("classes")
    ((membership, group),) = writer.sql(
        'SELECT id, "group" FROM student_membership WHERE student = ? AND "group" = ?', student, before[0]
    )
    with writer.hub.store.write(1) as batch:
        batch.change(StudentMembership, membership, {"end": "2026-11-19"})
    assert graham.ids("classes") == before[1:]
    assert group not in graham.ids("classes")
    assert membership in graham.ids("enrollments")


def test_sections_are_those_that_somebody_is_in(writer: Vendor):
    student, person = writer.role("student", "9919")
    graham = writer.signed_in(person)
    whole, divided = graham.ids("classes")[:2]
    with writer.hub.store.write(1) as batch:
        rows = [{"school": writer.school(), "group": g, "name": g[-4:]} for g in (whole, divided, divided)]
        of_whole, own, other = batch.add(ClassSection, rows)
        ((membership,),) = writer.sql(
            'SELECT id FROM student_membership WHERE student = ? AND "group" = ?', student, divided
        )
        batch.change(StudentMembership, membership, {"section": own})
    mine = graham.ids("sections")
    assert {of_whole, own} <= set(mine)
    assert other not in mine


# ---- paths


def test_a_class_shows_all_its_enrollments(vendor: Vendor, graham: Vendor):
    for one in graham.ids("classes"):
        assert graham.rows(f"classes/{one}/enrollments") == vendor.rows(f"classes/{one}/enrollments")
        assert graham.rows(f"classes/{one}/people") == vendor.rows(f"classes/{one}/people")
        assert graham.rows(f"classes/{one}/teachers") == vendor.rows(f"classes/{one}/teachers")


@pytest.mark.parametrize(("name", "leads"), PATHS)
def test_a_path_shows_nothing_that_the_whole_list_does_not(vendor: Vendor, graham: Vendor, name: str, leads: str):
    target = PATHS[name, leads].leads
    seen = set(graham.ids(target))
    beside = {e["id"] for c in graham.ids("classes") for e in vendor.rows(f"classes/{c}/enrollments")}
    for one in graham.ids(name)[:12]:
        rows = graham.rows(f"{name}/{one}/{leads}")
        assert {r["id"] for r in rows} <= (seen | beside if target == "enrollments" else seen)
        assert all(r in vendor.rows(f"{name}/{one}/{leads}") for r in rows)


@pytest.mark.parametrize("name", RESOURCES)
def test_what_does_not_concern_them_is_not_there(vendor: Vendor, graham: Vendor, name: str):
    others = [i for i in vendor.ids(name) if i not in set(graham.ids(name))]
    if name != "districts":
        assert others
    for one in others[:3]:
        assert graham.refusal(f"{name}/{one}")[0][0] == "NOT_FOUND"
        for of, leads in PATHS:
            if of == name:
                assert graham.refusal(f"{name}/{one}/{leads}")[0][0] == "NOT_FOUND"


def test_expansions_show_only_what_concerns_them(vendor: Vendor, graham: Vendor):
    for person in graham.rows("people", expand="schools"):
        assert {s["id"] for s in person["schools"]} <= {vendor.school()}
    for enrolment in graham.rows("enrollments", expand="class"):
        over = enrolment["class_id"] not in graham.ids("classes")
        assert (enrolment["class"] is None) == over


def test_lists_are_paged_and_filtered(graham: Vendor):
    whole = graham.rows("people")
    assert [p for page in graham.follow("people", first=3) for p in page] == whole
    named = graham.rows("people", filter=having("first_name", "equals", "Graham"))
    assert named == [p for p in whole if p["first_name"] == "Graham"]


def test_events_and_licenses_are_the_integrations(graham: Vendor):
    for path in ("events", "licenses"):
        assert graham.refusal(path)[0][0] == "NOT_FOUND"


# ---- tokens


def given(vendor: Vendor, **fields: Any) -> Any:
    """The answer to a request for a token."""
    return vendor.hub.post("/api/authentication/token", fields)


def test_a_code_gives_a_token_for_an_hour_and_serves_once(writer: Vendor):
    _, person = writer.role("student", "9919")
    code = writer.hub.desk.tickets.code(writer.credential, person)
    asked = {**writer.client, "code": code, "grant_type": "authorization_code", "redirect_uri": "https://app.example"}
    answer = given(writer, **asked)
    data = answer.json["$data"]
    assert (answer.status, list(answer.json)) == (200, ["$data", "$request"])
    assert list(data) == ["access_token", "refresh_token", "expires_in", "token_type"]
    assert (data["expires_in"], data["token_type"]) == (3600, "Bearer")
    assert answer.headers["cache-control"] == "no-store"
    again = given(writer, **asked)
    assert (again.status, again.json["$errors"][0]["code"]) == (400, "INVALID_GRANT")


def test_a_token_dies_after_an_hour_and_a_refresh_token_gives_another(small_hub: Hub):
    vendor = Vendor(small_hub)
    graham = vendor.signed_in(vendor.human("student", "9919"))
    code = small_hub.desk.tickets.code(vendor.credential, vendor.human("student", "9920"))
    refresh = given(vendor, **vendor.client, code=code).json["$data"]["refresh_token"]
    assert graham.one("profile")["first_name"] == "Graham"
    small_hub.now += 3600
    assert graham.refusal("profile")[0] == ("INVALID_TOKEN", "the token has expired (request a new one)")
    data = given(vendor, **vendor.client, refresh_token=refresh, grant_type="refresh_token").json["$data"]
    answer = small_hub.get("/api/v2/my/profile", None, authorization=f"Bearer {data['access_token']}")
    assert answer.json["$data"]["first_name"] == "Primrose"
    assert given(vendor, **vendor.client, refresh_token=refresh).json["$errors"][0]["code"] == "INVALID_GRANT"


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({}, 400, ["MISSING_REQUIRED_FIELD"] * 3),
        ({"grant_type": "refresh_token"}, 400, ["MISSING_REQUIRED_FIELD"] * 3),
        ({"grant_type": "password", "client_id": "a", "client_secret": "b"}, 400, ["INVALID_REQUEST_BODY"]),
        ({"client_id": 1, "client_secret": [], "code": {}}, 400, ["INVALID_REQUEST_BODY"] * 3),
        ({"client_id": "a", "client_secret": "b", "code": "c"}, 401, ["INVALID_CLIENT"]),
        ({"client_id": "a", "client_secret": "", "code": None}, 400, ["MISSING_REQUIRED_FIELD"] * 2),
    ],
)
def test_everything_that_is_wrong_with_a_request_for_a_token_is_told(
    vendor: Vendor, fields: Row, status: int, told: list[str]
):
    answer = given(vendor, **fields)
    assert (answer.status, [e["code"] for e in answer.json["$errors"]]) == (status, told)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"code=x", b"\xff", b"[" * 50_000])
def test_a_body_that_is_no_object_is_refused(vendor: Vendor, body: bytes):
    answer = vendor.hub.post("/api/authentication/token", body)
    assert (answer.status, answer.json["$errors"][0]["code"]) == (400, "INVALID_REQUEST_BODY")


def test_tokens_are_given_to_posts(vendor: Vendor):
    assert vendor.hub.get("/api/authentication/token").status == 405


def test_a_code_of_one_app_is_worth_nothing_to_another(writer: Vendor):
    other = Vendor(writer.hub, app="other.example.org")
    code = writer.hub.desk.tickets.code(writer.credential, writer.human("student", "9919"))
    assert given(other, **other.client, code=code).json["$errors"][0]["code"] == "INVALID_GRANT"
    assert given(writer, **writer.client, code=code).status == 200


# ---- the right kind of token


def ask(vendor: Vendor, path: str, shown: str | None) -> tuple[int, str, str]:
    """Status, code and message of what an Authorization header gets."""
    headers = {} if shown is None else {"authorization": shown}
    answer = vendor.hub.get(path, None, **headers)
    (error,) = answer.json["$errors"]
    return answer.status, error["code"], error["message"]


@pytest.mark.parametrize(
    "shown", [None, "", "Bearer", "Bearer ", "Basic dTpw", "Idaas x", "Bearer guessed", "Bearer \0", "bearer é"]
)
@pytest.mark.parametrize("path", ["/api/v2/graph/people", "/api/v2/my/profile", "/api/v2/graph/nothing"])
def test_a_stranger_is_told_no_more_than_that(vendor: Vendor, path: str, shown: str | None):
    status, code, _ = ask(vendor, path, shown)
    assert (status, code) == (401, "INVALID_TOKEN")


def test_an_integrations_token_is_not_a_persons_nor_the_other_way_round(vendor: Vendor, graham: Vendor):
    assert ask(vendor, "/api/v2/my/profile", f"Bearer {vendor.token}") == (
        401,
        "INVALID_TOKEN",
        "Authorization: is a token of an integration (here, send one of a person)",
    )
    assert ask(vendor, "/api/v2/graph/people", f"Bearer {graham.token}") == (
        401,
        "INVALID_TOKEN",
        "Authorization: is a token of a person (here, send one of an integration)",
    )


def test_a_token_of_another_api_is_none_here(vendor: Vendor):
    token = vendor.hub.token(app="xporter.example.org")
    assert ask(vendor, "/api/v2/graph/people", f"Bearer {token}")[:2] == (401, "INVALID_TOKEN")


def test_a_person_who_is_gone_is_not_shared_any_more(writer: Vendor):
    student, person = writer.role("student", "9919")
    graham = writer.signed_in(person)
    assert graham.rows("classes") != []
    with writer.hub.store.write(1) as batch:
        batch.remove(Student, student)
    for path in ("profile", "classes", f"people/{person}", "districts"):
        assert graham.refusal(path) == [
            ("UNSHARED_TOKEN", "The schools do not, or no longer, share the person this token is for.")
        ]


@pytest.mark.parametrize(
    "path", ["/api/v2", "/api/v2/", "/api/v2/graph", "/api/v2/graf/people", "/api/authentication/x"]
)
def test_an_address_that_edlink_does_not_have_gets_a_hint(vendor: Vendor, path: str):
    answer = vendor.hub.get(path, None, authorization=f"Bearer {vendor.token}")
    if path == "/api/v2":
        # One step short of the dialect's own addresses.
        assert answer.status == 404
        return
    assert (answer.status, answer.json["$errors"][0]["code"]) == (404, "NOT_FOUND")


def test_a_resource_that_nobody_says_is_whose_fails_at_import() -> None:
    without = {record: where for record, where in MINE.items() if record is not Course}
    with pytest.raises(TypeError, match=r"courses \(Course\)"):
        check_mine(RESOURCES.values(), without)
    check_mine(RESOURCES.values(), MINE)
