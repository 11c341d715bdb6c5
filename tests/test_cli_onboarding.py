"""`rollbook apps register`, `apps ask`, `apps revoke --at` and `rollbook invites`, as they are typed."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path

import pytest

from rollbook.consent import Desk
from rollbook.errors import NotSignedIn
from rollbook.store.sqlite import Store
from tests.looking import changing

from .hub import THORNFIELD, Hub
from .school import School
from .test_cli import Done, run

PARTY = "app.example.org"


@pytest.fixture
def data(small_folder: Path, tmp_path: Path) -> Path:
    """A data directory with an app."""
    shutil.copytree(small_folder, tmp_path / "data")
    run("apps", "add", PARTY, "--name", "Pupil Pages", "--data", tmp_path / "data")
    return tmp_path / "data"


def said(done: Done) -> str:
    """What a command printed, which went well."""
    assert done.returncode == 0, done.stderr
    return done.stdout


def wrong(done: Done) -> str:
    """What a command that went wrong said."""
    assert done.returncode == 1
    return done.stderr.strip()


def test_an_app_says_what_it_is_and_what_it_asks_for(data: Path) -> None:
    at = ("--data", data)
    said(run("apps", "register", PARTY, "--contact", "help@app.example.org", "--live", *at))
    said(run("apps", "ask", PARTY, "School,StudentLite", "--reason", "A page for each pupil.", *at))
    said(run("apps", "ask", PARTY, "attendance", "Contact", "--optional", "--reason", "Messages.", *at))
    said(run("apps", "ask", PARTY, "Contact", "--drop", *at))
    told = json.loads(said(run("apps", "ask", PARTY, *at)))
    assert (told["name"], told["live"], told["contact"]) == ("Pupil Pages", True, "help@app.example.org")
    assert [(asked["scope"], asked["required"], asked["reason"]) for asked in told["asks"]] == [
        ("Attendance", False, "Messages."),
        ("School", True, "A page for each pupil."),
        ("StudentLite", True, "A page for each pupil."),
    ]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("ask", PARTY, "School"), "reason: is missing (schools read this: say what the app does with the data)"),
        (("ask", PARTY, "Scool", "--reason", "x"), "scopes: Scool is not a scope (did you mean School?)"),
        (("ask", PARTY, "School", "--drop"), "scopes: app.example.org does not ask for School"),
        (("register", PARTY, "--contact", "nobody"), "contact: 'nobody' is not an e-mail address"),
        (
            ("register", PARTY, "--webhook", "ftp://x"),
            "webhook: is not an http or https address (such as https://app.example.org/hook)",
        ),
        (
            ("register", PARTY, "--webhook", "https://me@x.example/#top"),
            "webhook: has a user name before the host (remove everything before the @)",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_hint(data: Path, words: tuple[str, ...], problem: str) -> None:
    assert wrong(run("apps", *words, "--data", data)) == problem


def test_the_operator_invites_and_hands_the_link_over(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_URL", "https://hub.example.org/")
    at = ("--data", data)
    assert wrong(run("invites", "add", PARTY, THORNFIELD, *at)) == (
        "app: app.example.org asks for nothing (`rollbook apps ask` first)"
    )
    said(run("apps", "ask", PARTY, "School", "--reason", "Lessons.", *at))
    link = said(run("invites", "add", PARTY, THORNFIELD, *at)).strip()
    assert re.fullmatch(r"https://hub\.example\.org/authorise/[\w-]{43}", link)
    assert said(run("invites", "link", PARTY, THORNFIELD, *at)).strip() == link
    listed = said(run("invites", "list", *at))
    assert "9994001" in listed
    assert "waits" in listed
    assert link[-20:] not in listed
    with Store(data) as store:
        assert Desk(store).invitations.follow(link.rpartition("/")[2]).estab == THORNFIELD


def test_only_those_whom_the_operator_names_answer_for_a_school(data: Path) -> None:
    at = ("--data", data)
    said(run("apps", "ask", PARTY, "School", "--reason", "Lessons.", *at))
    assert wrong(run("invites", "add", PARTY, THORNFIELD, "--email", "dpo@trust.example", *at)) == (
        "--email: dpo@trust.example may not answer for 9994001"
        " (known: office@thornfield.example; `rollbook invites signatory` adds one)"
    )
    both = said(run("invites", "signatory", THORNFIELD, "dpo@trust.example", *at))
    assert both == "office@thornfield.example\ndpo@trust.example\n"
    said(run("invites", "add", PARTY, THORNFIELD, "--email", "dpo@trust.example", *at))
    assert said(run("invites", "signatory", THORNFIELD, "dpo@trust.example", "--drop", *at)) == (
        "office@thornfield.example\n"
    )
    assert wrong(run("invites", "link", PARTY, THORNFIELD, *at)) == (
        "invitation: its link has been revoked (`rollbook invites renew` makes a new one)"
    )


def test_a_grant_ends_at_a_date_that_may_be_taken_back(data: Path) -> None:
    at = ("--data", data)
    said(run("apps", "grant", PARTY, THORNFIELD, "--scopes", "School", *at))
    assert said(run("apps", "revoke", PARTY, THORNFIELD, "--at", "2999-12-31", *at)) == (
        "app.example.org at 9994001: active until 2999-12-31\n"
    )
    assert said(run("apps", "revoke", PARTY, THORNFIELD, "--never", *at)) == "app.example.org at 9994001: active\n"
    assert wrong(run("apps", "revoke", PARTY, THORNFIELD, "--at", "tomorrow", *at)) == (
        "--at: tomorrow is not a day (yyyy-MM-dd, or yyyy-MM-ddTHH:mm)"
    )
    assert said(run("apps", "revoke", PARTY, THORNFIELD, "--at", "2020-01-01T12:00", *at)) == (
        "app.example.org at 9994001: revoked\n"
    )


def test_a_hub_whose_mail_settings_make_no_sense_does_not_start(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_SMTP_URL", "http://user:secret@mail.example")
    told = wrong(run("serve", "--data", data, "--port", "0"))
    assert told == (
        "ROLLBOOK_SMTP_URL: is not the address of a mail server (such as smtp://name:password@host:587)\n"
        "ROLLBOOK_MAIL_FROM: is not an e-mail address (such as rollbook@hub.example.org)\n"
        "ROLLBOOK_URL: is missing (e-mails contain links to it: such as https://hub.example.org)"
    )


def test_a_token_dies_with_its_app(data: Path) -> None:
    with Store(data) as store:
        desk = Desk(store)
        app = desk.apps.named(PARTY)
        _, secret = desk.grants.authorise(app, THORNFIELD, ["School"])
        token = desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]
        with changing(store) as db:
            db.execute("DELETE FROM app WHERE id = ?", (app.id,))
        with pytest.raises(NotSignedIn):
            desk.tokens.admit(token)


# ---- links that are renewed and revoked


@pytest.fixture
def agreed(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory in which the school has agreed, by the link that it was sent."""
    monkeypatch.setenv("ROLLBOOK_URL", "https://hub.example.org")
    at = ("--data", data)
    said(run("apps", "ask", PARTY, "School,StudentLite", "--reason", "Lessons.", *at))
    said(run("invites", "add", PARTY, THORNFIELD, *at))
    with Store(data) as store:
        desk = Desk(store)
        made = desk.invitations.at(desk.apps.named(PARTY), THORNFIELD)
        desk.grants.authorise(made.app, THORNFIELD, ["School", "StudentLite"], answers=made)
    return data


def looked_at(data: Path, link: str) -> tuple[int, str]:
    """What somebody who opens a link is answered: the status and the words of the page."""
    hub = Hub(data)
    hub.now = time.time()
    try:
        page = School(hub, link.removeprefix("https://hub.example.org")).look()
        return page.answer.status, page.words
    finally:
        hub.close()


def held(data: Path) -> tuple[str, list[str], int]:
    """The state, the scopes and the authorisation of the grant."""
    with Store(data) as store:
        desk = Desk(store)
        grant = desk.grants.at(desk.apps.named(PARTY), THORNFIELD)
        return grant.state, sorted(grant.scopes), grant.serial


def test_a_renewed_link_takes_the_place_of_the_old_one_and_keeps_what_is_shared(agreed: Path) -> None:
    at = ("--data", agreed)
    old, before = said(run("invites", "link", PARTY, THORNFIELD, *at)).strip(), held(agreed)
    assert looked_at(agreed, old)[0] == 200
    new = said(run("invites", "renew", PARTY, THORNFIELD, *at)).strip()
    assert re.fullmatch(r"https://hub\.example\.org/authorise/[\w-]{43}", new)
    assert new != old
    status, words = looked_at(agreed, old)
    assert (status, "Pupil Pages" in words) == (404, False), "whoever holds an old link is told nothing of the app"
    assert words == (
        "This link is not in use A newer link has taken its place, or it never existed. Use the link in the newest"
        " e-mail. If you cannot find it, ask the people who run this hub to send you a new link."
    )
    status, words = looked_at(agreed, new)
    assert (status, "Pupil Pages at Thornfield Academy" in words) == (200, True)
    assert "Example from your school" in words, "a new link can do everything again"
    assert held(agreed) == before
    assert said(run("invites", "link", PARTY, THORNFIELD, *at)).strip() == new
    assert '"authorised"' in said(run("invites", "list", "--json", *at))


def test_a_revoked_link_stops_working_at_once_and_ends_no_sharing(agreed: Path) -> None:
    at = ("--data", agreed)
    old, before = said(run("invites", "link", PARTY, THORNFIELD, *at)).strip(), held(agreed)
    assert said(run("invites", "revoke", PARTY, THORNFIELD, *at)) == (
        "The link of app.example.org at 9994001 no longer works.\n"
    )
    status, words = looked_at(agreed, old)
    assert (status, words) == (
        404,
        "This link is not in use It has been revoked. To see, change or end what your school shares, ask the people"
        " who run this hub for a new link.",
    )
    assert held(agreed) == before
    assert '"revoked"' in said(run("invites", "list", "--json", *at))
    assert wrong(run("invites", "link", PARTY, THORNFIELD, *at)) == (
        "invitation: its link has been revoked (`rollbook invites renew` makes a new one)"
    )
    new = said(run("invites", "renew", PARTY, THORNFIELD, *at)).strip()
    assert (looked_at(agreed, new)[0], looked_at(agreed, old)[0]) == (200, 404)
    assert held(agreed) == before


@pytest.mark.parametrize("command", ["renew", "revoke", "link"])
def test_the_link_of_a_school_that_was_never_invited_is_not_there(data: Path, command: str) -> None:
    assert wrong(run("invites", command, PARTY, THORNFIELD, "--data", data)) == (
        "invitation: app.example.org has not invited 9994001 (`rollbook invites add` does it)"
    )
