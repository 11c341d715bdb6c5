"""How people come into groups, and groups into projects: invitations with letters and pages, and requests."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.jobs.mail import ADDRESS, SENDER, SMTP

from ..hub import Answer, Hub
from ..postbox import receiving
from .lab import Json, Lab
from .test_pages import PASSWORD, Browser

INVITE, ASK = "users/group_membership_invitation/", "users/group_membership_request/"
TOGETHER = "stem/project_group_membership_invitation/"


@pytest.fixture
def team(lab: Lab) -> Lab:
    """Ada's group, which has the number 1."""
    lab.add("group", name="Mouse lab")
    lab.token("bram")
    return lab


def only(lab: Lab, path: str, who: str) -> Json:
    """The one row of a list."""
    (one,) = next(iter(lab.get(path, who).values()))
    return one


def emails(lab: Lab, who: str = "ada") -> list[str]:
    return [email.partition("@")[0] for email in lab.one("group", 1, who)["users"]]


# ---- to groups


@pytest.mark.parametrize("spelling", [INVITE, "users/groupmembershipinvitation/"])
def test_whoever_is_put_into_a_group_is_invited_and_accepts(team: Lab, spelling: str):
    team.patch("group", 1, users={team.email("bram"): {"is_manager": True}})
    assert emails(team) == ["ada"]
    asked = only(team, spelling, "bram")
    assert asked == {
        "id": asked["id"],
        "user_account_invitation": 2,
        "email": None,
        "authgroup": 1,
        "new_manager": True,
        "new_owner": False,
    }
    assert only(team, spelling, "ada") == asked
    assert team.get(spelling, "cleo")["count"] == 0
    at = f"{spelling}{asked['id']}"
    assert team.ask("GET", f"{at}/accept", "ada").status == 403
    assert team.ask("GET", f"{at}/accept", "cleo").status == 404
    assert team.ask("GET", f"{at}/accept", "bram").json == {"group_membership_invitation": asked}
    assert team.one("group", 1)["users"][team.email("bram")] == {"is_manager": True, "is_owner": False}
    assert team.get(spelling, "bram")["count"] == 0


def test_who_is_invited_again_is_offered_what_was_said_last(team: Lab):
    for rights in ({}, {"is_owner": True}):
        assert team.patch("group", 1, users={team.email("bram"): rights}).status == 200
    assert only(team, INVITE, "bram")["new_owner"] is True
    again = team.ask("POST", INVITE, body={"authgroup": 1, "user_account_invitation": 2})
    assert team.wrong(again) == {"user_account_invitation": ["is already invited"]}


@pytest.mark.parametrize(("who", "end"), [("bram", "reject"), ("bram", "decline"), ("ada", "cancel")])
def test_an_invitation_to_a_group_ends(team: Lab, who: str, end: str):
    asked = team.add("group_membership_invitation", authgroup=1, user_account_invitation=2)
    other = {"bram": "ada", "ada": "bram"}[who]
    assert team.ask("GET", f"{INVITE}{asked['id']}/{end}", other).status == 403
    assert team.ask("GET", f"{INVITE}{asked['id']}/{end}", who).status == 200
    assert team.get(INVITE)["count"] == 0
    assert emails(team) == ["ada"]


def test_managers_invite_members_and_owners_anybody(team: Lab):
    team.gather(1, "bram", "is_manager")
    team.token("cleo")
    body: Json = {"authgroup": 1, "user_account_invitation": 3}
    for rights in ({"new_manager": True}, {"new_owner": True}):
        assert team.ask("POST", INVITE, "bram", {**body, **rights}).status == 403
    assert team.ask("POST", INVITE, "cleo", body).status == 403
    assert team.ask("POST", INVITE, "bram", body).status == 201
    wrong = team.ask("POST", INVITE, "bram", {"authgroup": 9, "user_account_invitation": 99})
    assert team.wrong(wrong) == {
        "authgroup": ['Invalid pk "9" - object does not exist.'],
        "user_account_invitation": ['Invalid pk "99" - object does not exist.'],
    }
    assert team.wrong(team.ask("POST", INVITE, body={"authgroup": 1, "user_account_invitation": 2})) == {
        "user_account_invitation": ["is already in the group"]
    }


def test_an_administrator_puts_people_in_at_once(team: Lab):
    body: Json = {"users": {team.email("bram"): {}}}
    assert team.ask("PATCH", "users/group/1/", "dana", body, "super").status == 200
    assert emails(team) == ["ada", "bram"]


# ---- requests


def test_somebody_asks_to_join_and_a_manager_lets_them_in(team: Lab):
    told = team.ask("GET", "users/group/1/join", "bram")
    assert (told.status, told.json["group"]["id"]) == (200, 1)
    team.ask("GET", "users/group/1/join", "bram")
    asked = only(team, ASK, "ada")
    assert asked == {"id": asked["id"], "user_account_request": 2, "authgroup": 1}
    assert only(team, "users/groupmembershiprequest/", "bram") == asked
    assert team.get(ASK, "cleo")["count"] == 0
    assert team.ask("POST", ASK, "bram", {"authgroup": 1}).status == 405
    for who, action in (("bram", "accept"), ("bram", "reject"), ("ada", "cancel")):
        assert team.ask("GET", f"{ASK}{asked['id']}/{action}", who).status == 403
    assert team.ask("GET", f"{ASK}{asked['id']}/accept", "ada").json == {"group_membership_request": asked}
    assert emails(team) == ["ada", "bram"]
    assert team.get(ASK)["count"] == 0
    assert team.wrong_detail("users/group/1/join", "bram") == "you are in the group"


@pytest.mark.parametrize(("who", "end"), [("ada", "reject"), ("bram", "cancel")])
def test_a_request_to_join_ends(team: Lab, who: str, end: str):
    team.ask("GET", "users/group/1/join", "bram")
    assert team.ask("GET", f"{ASK}{only(team, ASK, 'bram')['id']}/{end}", who).status == 200
    assert (team.get(ASK)["count"], emails(team)) == (0, ["ada"])


def test_anybody_leaves_a_group_but_its_last_owner(team: Lab):
    team.gather(1, "bram")
    assert team.ask("GET", "users/group/1/leave", "bram").status == 200
    assert emails(team) == ["ada"]
    assert team.wrong_detail("users/group/1/leave", "bram") == "you are not in the group"
    assert team.wrong(team.ask("GET", "users/group/1/leave")) == {
        "users": ["a group needs an owner (add another one first)"]
    }


# ---- groups in projects


def invited(team: Lab, **more: Any) -> tuple[str, Json]:
    """Cleo's project, to which ada's group is invited."""
    project = team.project("Wheel", "cleo")
    answer = team.ask("POST", TOGETHER, "cleo", {"project": project, "invitee": 1, "can_change": True, **more})
    assert answer.status == 201, answer.body
    return project, answer.json["project_group_membership_invitation"]


def test_a_manager_of_the_group_lets_it_work_on_a_project(team: Lab):
    team.gather(1, "bram")
    project, asked = invited(team)
    assert asked == {
        "id": asked["id"],
        "invitee": 1,
        "project": project,
        "can_change": True,
        "manage_project": False,
        "own_project": False,
    }
    assert only(team, "users/projectgroupmembershipinvitation/", "ada") == asked
    assert team.get(TOGETHER, "bram")["count"] == 0
    assert team.ask("GET", f"{TOGETHER}{asked['id']}/accept", "cleo").status == 403
    assert team.ask("GET", f"stem/project/{project}/", "bram").status == 404
    assert team.ask("GET", f"{TOGETHER}{asked['id']}/accept", "ada").status == 200
    assert team.one("project", project, "bram")["groups"]["Mouse lab"]["can_change"] is True
    body = {"project": project, "invitee": 1}
    assert team.wrong(team.ask("POST", TOGETHER, "cleo", body)) == {"invitee": ["is already in the project"]}


@pytest.mark.parametrize(("who", "end"), [("ada", "reject"), ("cleo", "cancel")])
def test_an_invitation_of_a_group_ends(team: Lab, who: str, end: str):
    project, asked = invited(team)
    again = team.ask("POST", TOGETHER, "cleo", {"project": project, "invitee": 1})
    assert team.wrong(again) == {"invitee": ["is already invited"]}
    assert team.ask("GET", f"{TOGETHER}{asked['id']}/{end}", who).status == 200
    assert team.get(TOGETHER, "cleo")["count"] == 0
    assert team.one("project", project, "cleo")["groups"] == {}


# ---- letters and pages


def link(lab: Lab, identity: str, answerer: str = "") -> str:
    return f"/research/join/{lab.desk.joining.link(identity, answerer)}"


def test_letters_tell_of_groups_and_of_projects_for_groups(team: Lab, monkeypatch: pytest.MonkeyPatch):
    with receiving() as postbox:
        settings = {SMTP: f"smtp://127.0.0.1:{postbox.port}", SENDER: "hub@hub.example", ADDRESS: "https://hub.example"}
        for name, value in settings.items():
            monkeypatch.setenv(name.name, value)
        asked = team.add("group_membership_invitation", authgroup=1, email="eli@research.example", new_manager=True)
        _, together = invited(team)
        mailing = Hub(team.hub.store.folder)
        mailing.work()
        mailing.close()
    assert sorted(to for _, to in postbox.envelopes) == [["ada@research.example"], ["eli@research.example"]]
    both = "\n".join(postbox.text(n) for n in (0, 1))
    assert f"https://hub.example{link(team, asked['id'])}" in both.split()
    assert f"https://hub.example{link(team, together['id'], team.people['ada'].id)}" in both.split()
    assert "Ada Fenn invites you to join the group Mouse lab." in both
    assert "Cleo Fenn invites you to work on the research project Wheel, with the group Mouse lab." in both


def test_the_link_opens_an_account_that_is_in_the_group(team: Lab):
    asked = team.add("group_membership_invitation", authgroup=1, email="eli@research.example")
    at, eli = link(team, asked["id"]), Browser(team)
    assert "Ada Fenn invites you to join the group Mouse lab" in eli.get(at).body.decode()
    words = {"first_name": "Eli", "do": "accept", "password": PASSWORD, "again": PASSWORD}
    assert "You are now in the group Mouse lab" in eli.send(at, words).body.decode()
    assert emails(team) == ["ada", "eli"]
    assert eli.get(at).status == 404


def answered(team: Lab, asked: Json, who: str, do: str) -> Answer:
    """What somebody is told who follows the link to their group's invitation."""
    team.desk.accounts.set_password(team.people[who], PASSWORD)
    at, browser = link(team, asked["id"], team.people[who].id), Browser(team)
    browser.get(at)
    return browser.send(at, {"do": do, "password": PASSWORD})


def test_a_manager_answers_for_the_group_by_the_link(team: Lab):
    project, asked = invited(team)
    told = answered(team, asked, "ada", "accept").body.decode()
    assert "The group Mouse lab now works on Wheel" in told
    assert list(team.one("project", project, "cleo")["groups"]) == ["Mouse lab"]


@pytest.mark.parametrize("whose", ["of a member", "of nobody", "of somebody else"])
def test_a_link_for_a_group_is_its_managers_alone(team: Lab, whose: str):
    team.gather(1, "bram")
    _, asked = invited(team)
    ada, bram = team.people["ada"].id, team.people["bram"].id
    at = {
        "of a member": link(team, asked["id"], bram),
        "of nobody": link(team, asked["id"]),
        "of somebody else": link(team, asked["id"], bram).replace(bram, ada),
    }[whose]
    assert Browser(team).get(at).status == 404
    assert Browser(team).get(link(team, asked["id"], ada)).status == 200
