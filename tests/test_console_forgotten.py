"""Somebody has forgotten their password: a letter with a link, the same answer to everybody, or whom to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from pyotp.totp import TOTP

from rollbook.settings import ADDRESS, SENDER, SMTP

from .hub import THORNFIELD, Hub
from .person import PASSWORD, Person, account, signed_in
from .postbox import Postbox, receiving
from .school import Page

HEAD, NOBODY = "head@thornfield.example", "nobody@thornfield.example"
ANOTHER = "another long word"


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A mail server that the hub knows of."""
    with receiving() as box:
        monkeypatch.setenv(SMTP.name, f"smtp://127.0.0.1:{box.port}")
        monkeypatch.setenv(SENDER.name, "rollbook@hub.example")
        monkeypatch.setenv(ADDRESS.name, "http://hub.example")
        yield box


@pytest.fixture
def hub(postbox: Postbox, small_hub: Hub) -> Iterator[Hub]:
    """A hub that sends e-mail."""
    made = Hub(small_hub.store.folder)
    yield made
    made.close()


def asked(hub: Hub, email: str) -> Page:
    """What somebody is answered who asks for another password."""
    person = Person(hub)
    return person.send(person.go("/console/forgotten"), "forgotten", email=email)


def link_in(text: str) -> str:
    """The path of the link in a letter."""
    found = re.search(r"http://hub\.example(/console/join/\S+)", text)
    assert found is not None, text
    return found[1]


def test_a_letter_lets_somebody_choose_another_password_once_and_within_an_hour(hub: Hub, postbox: Postbox) -> None:
    head = signed_in(hub, HEAD, "school")
    keys = hub.desk.accounts.authenticators
    made = TOTP(keys.begin(hub.desk.accounts.user(HEAD)).partition("secret=")[2].partition("&")[0])
    keys.confirm(hub.desk.accounts.user(HEAD), made.at(int(hub.now)))
    assert "a letter is on its way" in asked(hub, " Head@Thornfield.example").words
    hub.work()
    assert (postbox.envelopes[0][1], "opens once, and for an hour" in postbox.text(0)) == ([HEAD], True)
    path = link_in(postbox.text(0))
    person = Person(hub)
    page = person.send(person.go(path), path.rpartition("/")[2], password=ANOTHER, again=ANOTHER)
    assert page.at == "/console/sign-in"
    # Other sittings have ended, the old password is wrong, and the code is asked for as before.
    assert head.look().at.startswith("/console/sign-in")
    assert "is wrong" in Person(hub).sign_in(HEAD, PASSWORD).words
    page = person.sign_in(HEAD, ANOTHER)
    assert "The code of your authenticator app" in page.words
    hub.now += 30
    assert person.send(page, "code", code=made.at(int(hub.now))).at == f"/console/schools/{THORNFIELD}"
    assert person.go(path).answer.status == 404
    hub.work()
    assert (postbox.envelopes[1][1], "was changed on" in postbox.text(1)) == ([HEAD], True)
    assert "http" in postbox.text(1).splitlines()[-1]
    asked(hub, HEAD)
    hub.work()
    hub.now += 3601
    assert person.go(link_in(postbox.text(2))).answer.status == 404
    whats = [one.what for one in hub.desk.roles.decisions() if one.person == HEAD]
    assert (whats.count("asked for another password"), whats.count("chose another password")) == (2, 1)


def test_the_answer_is_the_same_for_everybody_and_costs_the_same_work(hub: Hub, postbox: Postbox) -> None:
    account(hub, HEAD, "school")
    ours, theirs = asked(hub, HEAD), asked(hub, NOBODY)
    assert ours.words == theirs.words.replace(NOBODY, HEAD)
    # What is done at once is one promise for either; who has an account is looked at afterwards.
    promised = [one.payload for one in hub.store.kept.outbox.promised()]
    assert [payload.count("forgotten") for payload in promised] == [1, 1]
    hub.work()
    assert [to for _, (to,) in postbox.envelopes] == [HEAD]


def test_letters_are_few_and_whoever_asks_for_many_is_told_to_wait(hub: Hub, postbox: Postbox) -> None:
    account(hub, HEAD, "school")
    for number in range(10):
        assert asked(hub, HEAD if number < 5 else f"x{number}@thornfield.example").answer.status == 200
        hub.work()
    assert len(postbox.envelopes) == 3
    page = asked(hub, NOBODY)
    assert (page.answer.status, "Too many attempts" in page.words) == (429, True)
    assert asked(hub, "no address").answer.status == 400


def test_who_has_no_password_is_written_so_and_gets_no_link(hub: Hub, postbox: Postbox) -> None:
    hub.desk.accounts.add_user(HEAD)
    asked(hub, HEAD)
    hub.work()
    assert ("has no password" in postbox.text(0), "/console/join" in postbox.text(0)) == (True, False)


def test_a_password_that_is_changed_while_signed_in_has_a_receipt_too(hub: Hub, postbox: Postbox) -> None:
    head = signed_in(hub, HEAD, "school")
    head.send(head.look("account"), "password", old=PASSWORD, password=ANOTHER, again=ANOTHER)
    hub.work()
    assert "The password of head@thornfield.example on Rollbook was changed" in postbox.text(0)


def test_without_a_mail_server_the_page_says_whom_to_ask(small_hub: Hub) -> None:
    page = Person(small_hub).go("/console/forgotten")
    assert "This hub sends no e-mail. Ask a colleague who decides for your school" in page.words
    assert "<form" not in page.html
