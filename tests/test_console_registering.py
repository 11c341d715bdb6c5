"""Developers who sign up by themselves, and register apps."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rollbook.errors import Malformed
from rollbook.store.kept.apps import Ask

from .hub import SAGUARO, THORNFIELD, Hub
from .person import PASSWORD, Person, account, signed_in
from .school import PARTY, asking_app, link_of

DEV = "dev@app.example.org"

APP: dict[str, Any] = {
    "relying_party": "new.example.org",
    "name": "Late Bell",
    "purpose": "Shows tutors who is late today.",
    "contact": "help@new.example.org",
    "privacy": "https://new.example.org/privacy",
    "need.StudentLite": "required",
    "reason.StudentLite": "A name for each pupil.",
    "need.Attendance": "optional",
    "reason.Attendance": "Who is late.",
}


WRONG: dict[str, Any] = {
    "relying_party": PARTY,
    "name": "",
    "contact": "nobody",
    "privacy": "http://app.example",
    "purpose": "x\ty",
    "webhook": "ftp://app.example",
    "need.UPN": "required",
}


def called(relying_party: str) -> dict[str, Any]:
    """The app under another name to sign in by."""
    return {**APP, "relying_party": relying_party}


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that sends letters and lets developers sign up."""
    monkeypatch.setenv("ROLLBOOK_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("ROLLBOOK_MAIL_FROM", "rollbook@hub.example")
    monkeypatch.setenv("ROLLBOOK_URL", "https://hub.example")
    monkeypatch.setenv("ROLLBOOK_SIGN_UP", "developers")


def letters(hub: Hub) -> list[str]:
    """The paths of links that letters were promised with."""
    return [hub.desk.roles.path(link) for link in hub.desk.roles.waiting()]


def test_a_hub_lets_nobody_sign_up_unless_its_operator_says_so(small_hub: Hub) -> None:
    visitor = Person(small_hub)
    assert visitor.go("/console/sign-up").answer.status == 404
    assert "Sign up" not in visitor.go("/console/sign-in").words


@pytest.mark.usefixtures("mailed")
def test_somebody_who_signs_up_opens_the_account_from_a_letter_and_registers_an_app(small_hub: Hub) -> None:
    visitor = Person(small_hub)
    assert "Do you build an app? Sign up" in visitor.go("/console/sign-in").words
    sent = visitor.send(visitor.go("/console/sign-up"), "sign-up", email="Dev@App.Example.org")
    assert "A letter is on its way to dev@app.example.org." in sent.words
    opened = visitor.send(visitor.go(letters(small_hub)[0]), "join/" + letters(small_hub)[0].rpartition("/")[2],
                          password=PASSWORD, again=PASSWORD, first_name="Dee")  # fmt: skip
    assert "Your apps" in opened.words
    made = visitor.send(visitor.go("/console/new-app"), "new-app", **APP)
    assert "Late Bell is registered" in made.words
    secret = re.search(r'class="secret">([^<]+)<', made.html)
    assert secret is not None
    assert small_hub.desk.tokens.sign_in("new.example.org", secret[1])[0]
    said = small_hub.desk.registrations.of(small_hub.app("new.example.org"))
    assert (said.purpose, said.privacy, said.live) == (APP["purpose"], APP["privacy"], False)
    assert said.asks == (Ask("Attendance", False, "Who is late."), Ask("StudentLite", True, "A name for each pupil."))
    assert [place.name for place in small_hub.desk.apps.all()] == ["Late Bell"]


@pytest.mark.usefixtures("mailed")
def test_signing_up_answers_alike_for_those_who_have_an_account_and_is_bounded(small_hub: Hub) -> None:
    account(small_hub, DEV)
    visitor = Person(small_hub)
    known = visitor.send(visitor.go("/console/sign-up"), "sign-up", email=DEV).words
    other = visitor.send(visitor.go("/console/sign-up"), "sign-up", email="new@app.example.org").words
    assert known == other.replace("new@app", "dev@app")
    # A fourth letter in a day is not sent, and nobody is told.
    first = letters(small_hub)
    for _ in range(3):
        assert visitor.send(visitor.go("/console/sign-up"), "sign-up", email=DEV).words == known
    assert len({*letters(small_hub)} - {*first}) == 1
    small_hub.now += 24 * 3600
    for _ in range(10):
        visitor.send(visitor.go("/console/sign-up"), "sign-up", email=DEV)
    assert visitor.send(visitor.go("/console/sign-up"), "sign-up", email=DEV).answer.status == 429
    assert "not a valid" not in visitor.go("/console/sign-up").words


def test_everything_wrong_with_an_app_is_said_at_once_and_nothing_is_kept(small_hub: Hub) -> None:
    asking_app(small_hub)
    dev = signed_in(small_hub, DEV, "developer")
    page = dev.send(dev.go("/console/new-app"), "new-app", **WRONG)
    assert page.answer.status == 400
    for said in (
        "Relying party : App.example.org is already taken",
        "Name : Is missing: schools know the app by it",
        "Contact : 'nobody' is not an e-mail address",
        "Privacy : Is not the address of a page (such as https://app.example/privacy)",
        "Purpose : Must be one line without control characters",
        "Webhook : ",
        "The reason for UPN : Is missing (schools read this: say what the app does with the data)",
    ):
        assert said in page.words, page.words
    assert 'name="need.UPN" value="required" checked' in page.html
    assert [app.relying_party for app in small_hub.desk.apps.all()] == [PARTY]


def test_an_app_that_asks_for_more_keeps_what_schools_agreed_to_and_they_see_the_difference(small_hub: Hub) -> None:
    asking_app(small_hub)
    small_hub.grant(["School", "StudentLite"], app=PARTY)
    dev = signed_in(small_hub, DEV, "developer", app=PARTY)
    page = dev.go(f"/console/apps/{PARTY}/asks")
    assert "Pupil Pages" in page.html
    more: dict[str, Any] = {"purpose": "Pages.", "need.UPN": "optional", "reason.UPN": "Exams.", "need.Contact": ""}
    dev.send(page, "asks", **more)
    said = small_hub.desk.registrations.of(small_hub.app(PARTY))
    assert [one.scope for one in said.asks] == ["Attendance", "School", "StudentLite", "UPN"]
    assert small_hub.desk.grants.at(said.app, THORNFIELD).scopes == {"School", "StudentLite"}
    grant = small_hub.desk.grants.at(said.app, THORNFIELD)
    sharing = small_hub.desk.overview.of_school(grant.school, small_hub.desk.clock())
    assert [one.more for one in sharing if one.app == said.app] == [("Attendance", "UPN")]


def test_pages_of_apps_look_to_others_as_if_they_were_not_there(small_hub: Hub) -> None:
    asking_app(small_hub)
    head = signed_in(small_hub, "head@thornfield.example", "school")
    for page in ("apps", "new-app", f"apps/{PARTY}/asks"):
        assert head.go(f"/console/{page}").answer.status == 404
    other = signed_in(small_hub, "other@app.example.org", "developer")
    assert other.go(f"/console/apps/{PARTY}/asks").answer.status == 404
    assert "None yet." in other.go("/console/apps").words


def test_a_developer_registers_ten_apps_and_no_more(small_hub: Hub) -> None:
    dev = signed_in(small_hub, DEV, "developer")
    for number in range(10):
        made = dev.send(dev.go("/console/new-app"), "new-app", **called(f"app{number}.example"))
        assert "is registered" in made.words
    page = dev.send(dev.go("/console/new-app"), "new-app", **called("app10.example"))
    assert "You build 10 apps already" in page.words
    with pytest.raises(Malformed):
        small_hub.desk.registrations.change(small_hub.app("app1.example"), privacy="no address")


@pytest.mark.usefixtures("mailed")
def test_a_developer_invites_a_school_sees_its_states_and_reminds_it_within_limits(small_hub: Hub) -> None:
    app, _ = asking_app(small_hub)
    dev = signed_in(small_hub, DEV, "developer", app=PARTY)
    dev.link = f"/console/apps/{PARTY}"
    assert "No school has the number 12" in dev.send(dev.look(), "invite", estab="12").words
    page = dev.send(dev.look(), "invite", estab=THORNFIELD)
    assert f"Thornfield Academy ({THORNFIELD}) Invited" in page.words
    assert f"/console/schools/{THORNFIELD}/apps/{PARTY}" in page.html
    assert "/authorise/" not in page.html
    assert "It is too soon (remind them in 7 days)" in dev.send(page, "remind").words
    small_hub.get(link_of(small_hub, small_hub.desk.invitations.at(app, THORNFIELD)))
    assert "Opened" in dev.look().words
    for _ in range(3):
        small_hub.now += 7 * 24 * 3600
        assert dev.sign_in(DEV).answer.status == 200
        assert "alert" not in dev.send(dev.look(), "remind").html
    small_hub.now += 7 * 24 * 3600
    dev.sign_in(DEV)
    assert "The school was reminded 3 times" in dev.send(dev.look(), "remind").words
    grant = small_hub.grant(["School", "StudentLite"], app=PARTY)
    assert "Agreed in part" in dev.look().words
    small_hub.desk.grants.pause(grant)
    assert "Paused" in dev.look().words
    small_hub.desk.grants.revoke(small_hub.desk.grants.at(app, THORNFIELD))
    assert "Ended" in dev.look().words


def test_a_trial_invites_five_schools_and_no_more(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    app, _ = asking_app(small_hub, live=False)
    monkeypatch.setattr("rollbook.consent.invitations.TRIES", 1)
    dev = signed_in(small_hub, DEV, "developer", app=PARTY)
    dev.link = f"/console/apps/{PARTY}"
    dev.send(dev.look(), "invite", estab=THORNFIELD)
    page = dev.send(dev.look(), "invite", estab=SAGUARO)
    assert (
        "The app is a trial, and has invited 1 schools (ask the people who run this hub to make it live)" in page.words
    )
    assert [one.estab for one in small_hub.desk.invitations.of(app)] == [THORNFIELD]
