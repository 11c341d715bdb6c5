"""The desk: what a school lets an app see, of whom, and how soon it shows when the school thinks again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rollbook.consent import Desk, Grant
from rollbook.consent.tokens import Paused
from rollbook.errors import Conflict, Malformed, NotFound, NotSignedIn, RollbookError
from rollbook.scopes import CATALOGUE

from .hub import BRAMBLESIDE, THORNFIELD, Hub

PARTY = "app.example.org"


def messages(error: RollbookError) -> list[str]:
    """Everything that an error says, a line each."""
    return [str(problem) for problem in error.problems]


def ids(hub: Hub, token: str, path: str = "Students?select=Id") -> list[str]:
    """The Ids that an endpoint shows."""
    return [row["Id"] for row in next(iter(hub.school(path, token).values()))]


class Office:
    """The school's own hands on its data directory: a desk in what stands for another process."""

    def __init__(self, hub: Hub) -> None:
        self.store = hub.store.again()
        self.desk = Desk(self.store, lambda: hub.now)

    def __enter__(self) -> Desk:
        return self.desk

    def __exit__(self, *_: object) -> None:
        self.store.close()


# ---- apps


def test_an_app_is_known_by_the_name_that_it_signs_in_with(small_hub: Hub) -> None:
    app, secret = small_hub.desk.apps.add("Reports.Example.org", "Reports")
    assert (app.relying_party, app.name) == ("Reports.Example.org", "Reports")
    assert small_hub.desk.apps.named("reports.example.ORG") == app
    assert small_hub.desk.apps.all() == [app]
    assert small_hub.desk.tokens.sign_in("Reports.Example.org", secret)[0]


def test_two_apps_do_not_share_a_name(small_hub: Hub) -> None:
    small_hub.desk.apps.add(PARTY)
    with pytest.raises(Conflict, match=r"relying party: App\.Example\.Org is already taken"):
        small_hub.desk.apps.add("App.Example.Org")


@pytest.mark.parametrize("name", ["", "two words", "tab\there", "new\nline"])
def test_an_apps_name_has_no_spaces(small_hub: Hub, name: str) -> None:
    with pytest.raises(Malformed, match=r"must be a name without spaces \(such as app\.example\.org\)"):
        small_hub.desk.apps.add(name)


def test_an_app_that_is_not_known_gets_a_hint(small_hub: Hub) -> None:
    small_hub.desk.apps.add("reports.example.org")
    with pytest.raises(NotFound) as raised:
        small_hub.desk.apps.named("report.example.org")
    assert messages(raised.value) == ["app: report.example.org is not known (did you mean reports.example.org?)"]


# ---- grants


def test_a_grant_holds_the_scopes_as_the_catalogue_spells_them(small_hub: Hub) -> None:
    grant, _ = small_hub.desk.grants.authorise(small_hub.app(), THORNFIELD, ["studentlite", "SCHOOL", "upn"])
    assert grant.scopes == {"StudentLite", "School", "UPN"}
    assert (grant.estab, grant.school_name, grant.state) == (THORNFIELD, "Thornfield Academy", "active")


def test_all_is_every_scope(small_hub: Hub) -> None:
    assert small_hub.grant(["ALL"]).scopes == CATALOGUE.keys()


def test_every_unknown_scope_is_named_with_a_hint(small_hub: Hub) -> None:
    with pytest.raises(Malformed) as raised:
        small_hub.desk.grants.authorise(small_hub.app(), THORNFIELD, ["Studnet", "School", "Atendance"])
    assert messages(raised.value) == [
        "scopes: Atendance is not a scope (did you mean Attendance?)",
        "scopes: Studnet is not a scope (did you mean Student?)",
    ]
    assert small_hub.desk.grants.all() == []


def test_a_school_that_is_not_known_gets_a_hint(small_hub: Hub) -> None:
    with pytest.raises(NotFound) as raised:
        small_hub.desk.grants.authorise(small_hub.app(), "9994002", ["School"])
    (said,) = messages(raised.value)
    assert said.startswith("estab: no school has the number 9994002 (did you mean 999")


def test_an_app_without_a_grant_is_told_how_to_make_one(small_hub: Hub) -> None:
    with pytest.raises(NotFound) as raised:
        small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    assert messages(raised.value) == [
        "grant: app.example.org has none at 9994001 (make one with `rollbook apps grant`)"
    ]


def test_each_school_grants_for_itself(small_hub: Hub) -> None:
    here, there = small_hub.grant(["School"]), small_hub.grant(["Staff"], BRAMBLESIDE)
    assert [(g.estab, sorted(g.scopes)) for g in small_hub.desk.grants.all()] == [
        (THORNFIELD, ["School"]),
        (BRAMBLESIDE, ["Staff"]),
    ]
    small_hub.desk.grants.revoke(there)
    assert small_hub.desk.grants.at(here.app, THORNFIELD).state == "active"


# ---- narrowing


def test_a_narrowed_grant_keeps_its_token_and_loses_the_fields(small_hub: Hub) -> None:
    token = small_hub.token(["Student", "UPN"])
    before = small_hub.school("Students?pagesize=1", token)["Students"][0]
    small_hub.desk.grants.narrow(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), ["Student"])
    after = small_hub.school("Students?pagesize=1", token)["Students"][0]
    assert before.keys() - after.keys() == {"UPN", "FormerUPN"} & before.keys()
    assert "UPN" in before


def test_what_is_not_held_cannot_be_kept(small_hub: Hub) -> None:
    grant = small_hub.grant(["Student", "UPN"])
    with pytest.raises(Conflict) as raised:
        small_hub.desk.grants.narrow(grant, ["Student", "Staff", "Contact"])
    assert messages(raised.value) == [
        "scopes: Contact is not held, so it cannot be kept (add scopes with `rollbook apps widen`)",
        "scopes: Staff is not held, so it cannot be kept (add scopes with `rollbook apps widen`)",
    ]
    with pytest.raises(Malformed, match=r"Stduent is not a scope \(did you mean Student\?\)"):
        small_hub.desk.grants.narrow(grant, ["Stduent"])
    assert small_hub.desk.grants.at(grant.app, THORNFIELD) == grant


def test_a_grant_narrowed_in_another_process_shows_in_the_next_answer(small_hub: Hub) -> None:
    token = small_hub.token(["Student", "Staff"])
    assert ids(small_hub, token, "Staff?select=Id")
    with Office(small_hub) as desk:
        desk.grants.narrow(desk.grants.at(desk.apps.named(PARTY), THORNFIELD), ["Student"])
    refused = small_hub.school("Staff?select=Id", token)
    assert (refused["ExceptionType"], refused["ExceptionMessage"]) == (
        "ScopeNotHeld",
        "Staff: needs the scope Staff / StaffLite (ask the school to grant it)",
    )
    assert ids(small_hub, token)


def test_a_narrowed_grant_shows_in_change_sets_as_deletions(small_hub: Hub) -> None:
    token = small_hub.token(["School", "Staff", "Student"])
    path = "Groups?Type=RegGrp&includeStudentMembers=true&includeStaffMembers=true"
    first = small_hub.school(f"{path}&changedRows=*", token)
    assert first["StudentMembers"]
    with Office(small_hub) as desk:
        desk.people.choose(desk.grants.at(desk.apps.named(PARTY), THORNFIELD), "student", "only", [])
    value = first["__changedRows__"][0]["NextChangedRows"]
    then = small_hub.school(f"{path}&changedRows={value}", token)
    assert then["StudentMembers"] == []
    assert {r["Id"] for r in then["StudentMembers_deleted"]} == {
        r.get("Id") or f"{r['GroupId']}.{r['StudentId']}" for r in first["StudentMembers"]
    }


def test_a_field_that_is_no_longer_granted_makes_every_row_a_changed_one(small_hub: Hub) -> None:
    token = small_hub.token(["Student", "UPN"])
    first = small_hub.school("Students?changedRows=*", token)
    small_hub.desk.grants.narrow(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), ["Student"])
    value = first["__changedRows__"][0]["NextChangedRows"]
    then = small_hub.school(f"Students?changedRows={value}", token)
    assert len(then["Students"]) == len(first["Students"])
    assert not any("UPN" in row for row in then["Students"])


# ---- pausing and revoking


def test_a_paused_grant_refuses_and_a_resumed_one_goes_on(small_hub: Hub) -> None:
    token = small_hub.token(["School"])
    with Office(small_hub) as desk:
        grant = desk.grants.pause(desk.grants.at(desk.apps.named(PARTY), THORNFIELD))
        assert grant.state == "paused"
        refused = small_hub.school("SchoolInfo", token)
        assert refused["ExceptionMessage"] == str(Paused())
        assert desk.grants.pause(grant, False).state == "active"
        assert small_hub.school("SchoolInfo", token)["SchoolInfo"][0]["Id"]


def test_a_grant_revoked_in_another_process_ends_the_token_at_once(small_hub: Hub) -> None:
    token = small_hub.token(["School"])
    path = f"/api/v1/School/{THORNFIELD}/SchoolInfo?httpstatuscodes=true"
    assert small_hub.get(path, token).status == 200
    with Office(small_hub) as desk:
        assert desk.grants.revoke(desk.grants.at(desk.apps.named(PARTY), THORNFIELD)).state == "revoked"
    assert small_hub.get(path, token).status == 401


def test_a_revoked_grant_is_neither_paused_nor_resumed(small_hub: Hub) -> None:
    grant = small_hub.desk.grants.revoke(small_hub.grant())
    for paused in (True, False):
        with pytest.raises(Conflict, match=r"the grant is revoked \(authorise the app again\)"):
            small_hub.desk.grants.pause(grant, paused)
    assert small_hub.desk.grants.at(grant.app, THORNFIELD).state == "revoked"


def test_a_revoked_grant_can_be_given_anew(small_hub: Hub) -> None:
    earlier = small_hub.token(["School", "Staff"])
    small_hub.desk.grants.revoke(small_hub.desk.grants.at(small_hub.app(), THORNFIELD))
    token = small_hub.token(["School"])
    assert small_hub.get("/api/v1/TokenDetails", token).json["Scopes"] == ["School"]
    with pytest.raises(NotSignedIn):
        small_hub.desk.tokens.admit(earlier)


# ---- people


def test_only_the_people_chosen_are_seen(small_hub: Hub) -> None:
    token = small_hub.token()
    some = ids(small_hub, token)[:2]
    with Office(small_hub) as desk:
        grant = desk.people.choose(desk.grants.at(desk.apps.named(PARTY), THORNFIELD), "students", "only", some)
    # Contacts are seen with their students.
    assert dict(grant.people) == {"Student": "only", "Contact": "only"}
    assert ids(small_hub, token) == some


def test_all_but_the_people_chosen_are_seen(small_hub: Hub) -> None:
    token = small_hub.token()
    every = ids(small_hub, token)
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    small_hub.desk.people.choose(grant, "Student", "except", every[:2])
    assert ids(small_hub, token) == every[2:]


def test_a_choice_taken_back_shows_everybody_again(small_hub: Hub) -> None:
    token = small_hub.token()
    every = ids(small_hub, token)
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    grant = small_hub.desk.people.choose(grant, "student", "only", every[:1])
    assert ids(small_hub, token) == every[:1]
    grant = small_hub.desk.people.choose(grant, "student", "all", [])
    assert (dict(grant.people), ids(small_hub, token)) == ({}, every)


def test_a_later_choice_replaces_the_earlier_one_of_its_kind_only(small_hub: Hub) -> None:
    token = small_hub.token()
    students, staff = ids(small_hub, token), ids(small_hub, token, "Staff?select=Id")
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    grant = small_hub.desk.people.choose(grant, "staff", "except", staff[:1])
    grant = small_hub.desk.people.choose(grant, "student", "only", students[:3])
    grant = small_hub.desk.people.choose(grant, "student", "except", students[:1])
    assert dict(grant.people) == {"Staff": "except", "Student": "except", "Contact": "only"}
    assert ids(small_hub, token) == students[1:]
    assert ids(small_hub, token, "Staff?select=Id") == staff[1:]


def test_people_who_are_left_out_are_deletions_in_a_change_set(small_hub: Hub) -> None:
    token = small_hub.token()
    first = small_hub.school("Students?select=Id,Surname&changedRows=*", token)
    every = [row["Id"] for row in first["Students"]]
    value = first["__changedRows__"][0]["NextChangedRows"]
    small_hub.desk.people.choose(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), "student", "except", every[:3])
    then = small_hub.school(f"Students?select=Id,Surname&changedRows={value}", token)
    assert then["Students"] == []
    assert sorted(r["Id"] for r in then["Students_deleted"]) == sorted(every[:3])


@pytest.mark.parametrize("kind", ["student", "staff", "contact"])
def test_everybody_who_is_not_there_is_named(small_hub: Hub, kind: str) -> None:
    grant = small_hub.grant()
    with pytest.raises(NotFound) as raised:
        small_hub.desk.people.choose(grant, kind, "only", ["nobody", "9919' OR 1=1 --"])
    name = kind.capitalize()
    assert messages(raised.value) == [
        f"people: no {name} has the Id nobody at 9994001",
        f"people: no {name} has the Id 9919' OR 1=1 -- at 9994001",
    ]
    assert small_hub.desk.grants.at(grant.app, THORNFIELD) == grant


def test_another_schools_people_cannot_be_chosen(small_hub: Hub) -> None:
    other = ids_at(small_hub, BRAMBLESIDE)
    here = set(ids_at(small_hub, THORNFIELD))
    stranger = next(i for i in other if i not in here)
    with pytest.raises(NotFound, match=f"no Student has the Id {stranger} at 9994001"):
        small_hub.desk.people.choose(small_hub.grant(), "student", "only", [stranger])


def ids_at(hub: Hub, estab: str) -> list[str]:
    """The Ids of the students at a school."""
    token = hub.token(estab=estab)
    return [row["Id"] for row in hub.school("Students?select=Id", token, estab)["Students"]]


@pytest.mark.parametrize(
    ("kind", "mode", "said"),
    [
        ("pupil", "only", "people: pupil is not a kind of person (known: Contact, Staff, Student)"),
        ("studnets", "only", "people: studnets is not a kind of person (did you mean Student?)"),
        ("student", "onyl", "mode: onyl is not known (did you mean only?)"),
    ],
)
def test_a_kind_or_a_mode_that_is_not_known_gets_a_hint(small_hub: Hub, kind: str, mode: str, said: str) -> None:
    with pytest.raises(RollbookError) as raised:
        small_hub.desk.people.choose(small_hub.grant(), kind, mode, [])
    assert messages(raised.value) == [said]


# ---- the hub as a whole


CHANGES: dict[str, Callable[[Desk, Grant], object]] = {
    "narrow": lambda desk, grant: desk.grants.narrow(grant, ["SchoolLite"]),
    "pause": lambda desk, grant: desk.grants.pause(grant),
    "revoke": lambda desk, grant: desk.grants.revoke(grant),
    "choose": lambda desk, grant: desk.people.choose(grant, "student", "only", []),
    "authorise": lambda desk, grant: desk.grants.authorise(grant.app, grant.estab, ["SchoolLite"]),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("elsewhere", [True, False], ids=["another process", "this process"])
def test_no_answer_from_memory_outlives_what_it_was_granted_under(small_hub: Hub, change: str, elsewhere: bool) -> None:
    token = small_hub.token()
    path = f"/api/v1/School/{THORNFIELD}/Students"
    before = small_hub.get(path, token).body
    assert small_hub.get(path, token).body == before
    if elsewhere:
        with Office(small_hub) as desk:
            CHANGES[change](desk, desk.grants.at(desk.apps.named(PARTY), THORNFIELD))
    else:
        CHANGES[change](small_hub.desk, small_hub.desk.grants.at(small_hub.app(), THORNFIELD))
    assert b'"Graham"' in before
    assert b'"Graham"' not in small_hub.get(path, token).body
