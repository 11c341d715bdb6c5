"""Who may sign in, what a client's scopes reach, and what of a school is told that did not grant it."""

from __future__ import annotations

from rollbook.consent.words import WORDS
from rollbook.model.people import Person
from tests.hub import BRAMBLESIDE, THORNFIELD, Hub
from tests.told import entries

from .platform import Platform

SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/"


def test_a_token_tells_its_scopes_and_ends(small_hub: Hub) -> None:
    platform = Platform(small_hub, rights=("roster-core.readonly",))
    told = platform.sign_in(scope=f"{SCOPE}roster-core.readonly {SCOPE}roster.readonly").json
    assert (told["token_type"], told["expires_in"]) == ("bearer", 3600)
    assert told["scope"] == f"{SCOPE}roster-core.readonly"
    assert platform.ask("users").status == 200
    small_hub.now += 3601
    assert platform.codes("users", 401) == ["unauthorisedrequest"]


def test_who_shows_nothing_or_something_wrong_gets_nothing(platform: Platform) -> None:
    wrong = platform.sign_in("not the secret")
    assert (wrong.status, wrong.json["error"]) == (401, "invalid_client")
    assert platform.sign_in(grant_type="password").json["error"] == "unsupported_grant_type"
    assert platform.sign_in(scope="everything").json["error"] == "invalid_scope"
    assert platform.hub.get("/ims/oneroster/rostering/v1p2/users").status == 401
    assert platform.hub.ask("GET", "/oauth/token").status == 405


def test_a_client_with_every_scope_is_told_what_one_without_any_is(small_hub: Hub) -> None:
    every = [word.name for word in WORDS if word.dialect == "oneroster"]
    free, named = (Platform(small_hub, app=f"p{len(r)}.example.org", rights=r) for r in ((), every))
    for address in ("users", "demographics", "/ims/oneroster/gradebook/v1p2/results"):
        assert free.rows(address) == named.rows(address)


def test_scopes_decide_what_may_be_asked_for(small_hub: Hub) -> None:
    roster = Platform(small_hub, app="roster.example.org", rights=("roster.readonly",))
    assert roster.codes("demographics", 403) == ["forbidden"]
    assert any("email" in user for user in roster.rows("users"))
    people = Platform(small_hub, app="people.example.org", rights=("roster-demographics.readonly",))
    assert people.codes("users", 403) == ["forbidden"]
    assert people.rows("demographics")
    core = Platform(small_hub, app="core.example.org", rights=("roster-core.readonly",))
    assert not any("phone" in user or "agents" in user for user in core.rows("users"))


def test_what_a_school_did_not_grant_is_nowhere(small_hub: Hub) -> None:
    lite = Platform(small_hub, ("SchoolLite", "StudentLite"), schools=(THORNFIELD,))
    (school,) = lite.rows("schools")
    assert {row["school"]["sourcedId"] for row in lite.rows("classes")} == {school["sourcedId"]}
    users = lite.rows("users")
    assert {one["role"] for user in users for one in user["roles"]} == {"student"}
    assert not any(name in user for user in users for name in ("phone", "sms", "agents"))
    assert lite.rows("demographics") == [] or not any("birthDate" in row for row in lite.rows("demographics"))
    assert lite.codes("users", 400, filter="phone='a'") == ["invalid_filter_field"]
    assert lite.codes("users", 400, sort="phone") == ["invaliddata"]


def test_nobody_is_told_of_without_a_grant(small_hub: Hub) -> None:
    platform = Platform(small_hub)
    for estab in (THORNFIELD, BRAMBLESIDE):
        small_hub.desk.grants.revoke(small_hub.desk.grants.at(platform.app, estab))
    assert platform.codes("users", 403) == ["forbidden"]


def test_each_answer_is_on_the_ledger_with_whom_it_told_of(small_hub: Hub) -> None:
    platform = Platform(small_hub)
    student = platform.rows("students")[0]["sourcedId"]
    platform.body(f"students/{student}/classes")
    platform.one(f"users/{student}")
    lines = [line for line in entries(small_hub) if line.what.dialect == "oneroster"]
    assert [line.what.endpoint for line in lines[:3]] == ["users/{id}", "students/{id}/classes", "students"]


def test_an_answer_follows_what_is_written(writer: Platform) -> None:
    district = writer.hub.desk.schools.find(THORNFIELD)[0]
    before = writer.rows("users")
    assert writer.rows("users") == before
    key = writer.rows("students")[0]["sourcedId"]
    with writer.hub.store.write(district) as batch:
        batch.change(Person, key, {"surname": "Quillfeather", "legal_surname": "Quillfeather"})
    assert writer.one(f"users/{key}")["familyName"] == "Quillfeather"
    assert [u["familyName"] for u in writer.rows("users") if u["sourcedId"] == key] == ["Quillfeather"]
    assert writer.rows("users", filter="familyName='Quillfeather'")
