"""Receipts: a school hears of every change of what an app may read, whoever made it, and of who that was."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from rollbook.consent.addresses import SENDS_MAIL

from .hub import THORNFIELD, Hub
from .postbox import Postbox, receiving
from .school import PARTY, invited
from .test_cli import said

OPERATOR = "The people who run this hub"


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """The school's mail server."""
    with receiving() as box:
        monkeypatch.setenv("ROLLBOOK_SMTP_URL", f"smtp://127.0.0.1:{box.port}")
        monkeypatch.setenv("ROLLBOOK_MAIL_FROM", "rollbook@hub.example.org")
        monkeypatch.setenv("ROLLBOOK_URL", "https://hub.example.org")
        yield box


@pytest.fixture
def hub(postbox: Postbox, small_hub: Hub) -> Iterator[Hub]:
    """A hub that has a mail server, and an app to which Thornfield has granted names."""
    served = Hub(small_hub.store.folder)
    # The operator's commands go by the machine's clock.
    served.now = time.time()
    served.grant(["School", "StudentLite", "Contact"], app=PARTY)
    served.work()
    yield served
    served.close()


def headings(hub: Hub) -> list[str]:
    """What the receipts of the grant are about, the first one first."""
    grant = hub.desk.grants.at(hub.app(PARTY), THORNFIELD)
    return [receipt.heading for receipt in reversed(hub.desk.receipts.of(grant.id))]


def typed(hub: Hub, command: str, *words: str) -> str:
    """What the operator's command about the grant prints."""
    printed = said("apps", command, PARTY, THORNFIELD, *words, "--data", hub.store.folder)
    hub.now = max(hub.now, time.time())
    return printed


@pytest.mark.parametrize(
    ("command", "words", "heading"),
    [
        ("people", ("students", "by", "year", "8"), "changed which people are included"),
        ("people", ("students", "except", "9919"), "changed which people are included"),
        ("people", ("contacts", "only"), "changed which people are included"),
        ("narrow", ("--scopes", "School"), "stopped sharing some data"),
        ("widen", ("--scopes", "UPN"), "agreed to share more data"),
        ("pause", (), "paused sharing"),
        ("revoke", ("--at", "2999-12-31"), "set a day on which sharing ends"),
        ("grant", ("--scopes", "School", "--new-secret"), "agreed to share data"),
    ],
)
def test_what_the_operator_changes_is_sent_to_the_school_with_who_did_it(
    hub: Hub, postbox: Postbox, command: str, words: tuple[str, ...], heading: str
) -> None:
    sent = len(postbox.letters)
    typed(hub, command, *words)
    assert headings(hub)[-1] == f"{OPERATOR} {heading}"
    hub.work()
    assert postbox.envelopes[sent:] == [("rollbook@hub.example.org", ["office@thornfield.example"])]
    assert f"{OPERATOR} {heading}. This is your receipt" in postbox.text()


def test_each_edit_of_a_list_of_people_has_a_receipt_that_says_whose_data_it_is_now(hub: Hub, postbox: Postbox) -> None:
    typed(hub, "people", "students", "only", "9919", "by", "year", "8")
    hub.work()
    assert "- Students: only year 8, and 1 chosen one by one" in postbox.text()
    assert "- Contacts: the contacts of the students included, and no others" in postbox.text()
    typed(hub, "people", "students", "add", "9920", "by", "form", "7A")
    hub.work()
    assert "- Students: only form 7A, year 8, and 2 chosen one by one" in postbox.text()
    typed(hub, "people", "students", "remove", "9920", "by", "form", "7A")
    typed(hub, "people", "students", "all")
    hub.work()
    assert "- Students: everyone" in postbox.text()
    assert headings(hub)[1:] == [f"{OPERATOR} changed which people are included"] * 4


def test_what_changes_nothing_sends_nothing(hub: Hub, postbox: Postbox) -> None:
    typed(hub, "people", "students", "by", "year", "8")
    hub.work()
    sent, told = len(postbox.letters), headings(hub)
    typed(hub, "people", "students", "by", "year", "8")
    typed(hub, "people", "students")
    typed(hub, "narrow", "--scopes", "School,StudentLite,Contact")
    typed(hub, "widen", "--scopes", "School")
    typed(hub, "resume")
    typed(hub, "revoke", "--never")
    hub.work()
    assert (len(postbox.letters), headings(hub)) == (sent, told)


def test_a_pause_and_its_end_an_end_and_its_being_cancelled_are_all_told(hub: Hub, postbox: Postbox) -> None:
    typed(hub, "pause")
    hub.work()
    assert "Nothing is shared while it is paused." in postbox.text()
    typed(hub, "resume")
    typed(hub, "revoke", "--at", "2999-12-31")
    typed(hub, "revoke", "--never")
    typed(hub, "revoke")
    assert headings(hub)[1:] == [
        f"{OPERATOR} paused sharing",
        f"{OPERATOR} resumed sharing",
        f"{OPERATOR} set a day on which sharing ends",
        f"{OPERATOR} cancelled the day on which sharing was to end",
        "Sharing has ended",
    ]


def test_the_operators_shell_need_not_know_the_mail_server_that_the_served_hub_has(
    hub: Hub, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.store.set(SENDS_MAIL, "yes")
    sent = len(postbox.letters)
    with monkeypatch.context() as shell:
        shell.delenv("ROLLBOOK_SMTP_URL")
        typed(hub, "people", "students", "by", "year", "8")
    hub.work()
    assert len(postbox.letters) == sent + 1


def test_where_no_hub_sends_mail_the_page_has_the_receipt_and_no_job_waits(small_hub: Hub) -> None:
    small_hub.grant(["School", "StudentLite"], app=PARTY)
    typed(small_hub, "people", "students", "by", "year", "8")
    assert headings(small_hub)[-1] == f"{OPERATOR} changed which people are included"
    assert small_hub.work() == 0


def test_what_a_school_does_by_its_link_is_its_own_and_choosing_people_has_one_receipt(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise")
    school.send(school.look(), "choose")
    for kind in ("students", "staff"):
        school.send(school.look(f"people/{kind}"), f"people/{kind}", mode="except", do="done")
    school.send(school.look("people/students"), "people/students", rule=["year:8"], do="done")
    school.send(school.look("people"), "confirm")
    school.send(school.look(), "revoke", when="date", date="2026-12-24")
    school.send(school.look(), "endless")
    assert headings(small_hub) == [
        "You agreed to share data",
        "You changed which people are included",
        "You set a day on which sharing ends",
        "You cancelled the day on which sharing was to end",
    ]


def test_a_day_that_an_app_names_for_its_end_is_the_apps(small_hub: Hub) -> None:
    app, secret = small_hub.desk.apps.add(PARTY)
    small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])
    management, _ = small_hub.desk.tokens.sign_in(PARTY, secret)
    body = f'{{"Estab": "{THORNFIELD}", "RevokeDate": "31:12:2026"}}'.encode()
    answer = small_hub.ask("POST", "/api/Manage/RevokeAccess", management, body, content_type="application/json")
    assert "will be revoked" in answer.json["Message"], answer.body
    assert headings(small_hub)[-1] == "The app set a day on which sharing ends"
