"""`rollbook accounts`: the same as the console's pages of people, by command."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner, Result

from rollbook.cli import main

from .hub import THORNFIELD, Hub
from .identity_provider import provider_up
from .person import PASSWORD, Person

HEAD = "head@thornfield.example"


def run(hub: Hub, *words: str) -> Result:
    """What a command answers."""
    return CliRunner().invoke(main, ["accounts", *words], env=hub.environment)


def test_somebody_is_invited_by_command_and_loses_the_role_by_command(small_hub: Hub) -> None:
    said = run(small_hub, "invite", HEAD, "--role", "school", "--school", THORNFIELD).output
    link = re.search(r"/console/join/\S+", said)
    assert link is not None, said
    head = Person(small_hub)
    head.send(head.go(link[0]), link[0].rpartition("/")[2], password=PASSWORD, again=PASSWORD)
    listed = run(small_hub, "list", "--json").output
    assert f'"email":"{HEAD}"' in listed.replace('": "', '":"')
    assert "Thornfield Academy (9994001)" in listed
    assert run(small_hub, "sign-out", HEAD).output == f"{HEAD}: 1 browsers signed out\n"
    assert head.look().at.startswith("/console/sign-in")
    role = ("--role", "school", "--school", THORNFIELD)
    assert run(small_hub, "take", HEAD, *role).output == f"{HEAD}: no longer school\n"
    assert small_hub.desk.roles.held() == []
    assert run(small_hub, "give", HEAD, *role).output == f"{HEAD}: school\n"
    decided = run(small_hub, "decisions", "--json").output
    assert decided.count("the command line") == 4


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("--role", "school"), "school: is missing for school"),
        (("--role", "operator", "--school", THORNFIELD), "school: has nothing to do with operator"),
        (("--role", "developer", "--app", "nobody"), "app: nobody is not known"),
        (("--role", "operator", "--mail"), "--mail: this hub sends no e-mail"),
    ],
)
def test_a_role_that_is_nowhere_is_refused_in_words(small_hub: Hub, words: tuple[str, ...], wrong: str) -> None:
    assert wrong in str(run(small_hub, "invite", HEAD, *words).exception)


def test_a_link_for_another_password_signs_out_everywhere(small_hub: Hub) -> None:
    small_hub.desk.accounts.set_password(small_hub.desk.accounts.add_user(HEAD), PASSWORD)
    head = Person(small_hub)
    head.sign_in(HEAD)
    link = re.search(r"/console/join/\S+", run(small_hub, "link", HEAD).output)
    assert link is not None
    again = Person(small_hub)
    words = "another long word"
    page = again.send(again.go(link[0]), link[0].rpartition("/")[2], password=words, again=words)
    assert page.at == "/console/sign-in"
    assert head.look().at.startswith("/console/sign-in")
    assert again.sign_in(HEAD, words).at == "/console"


def test_a_domain_lets_people_in_by_command_and_no_longer_by_command(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = ("--role", "school-look", "--school", THORNFIELD)
    assert "the settings name none" in str(run(small_hub, "let-in", "thornfield.example", *role).exception)
    with provider_up() as campus:
        for name, value in campus.settings().items():
            monkeypatch.setenv(name, value)
        listed = run(small_hub, "providers", "--json").output
        assert (campus.issuer in listed, "/console/with/1/back" in listed, "answers" in listed) == (True, True, True)
        assert run(small_hub, "let-in", "thornfield.example", *role).output == "thornfield.example: school-look\n"
        again = run(small_hub, "let-in", "thornfield.example", *role)
        assert "gives this role already" in str(again.exception)
        elsewhere = run(small_hub, "let-in", "x.example", *role, "--provider", "nowhere")
        assert "nowhere is not known" in str(elsewhere.exception)
        assert "Thornfield Academy (9994001)" in run(small_hub, "domains", "--json").output
        said = run(small_hub, "keep-out", "@Thornfield.example", *role, "--provider", "Campus").output
        assert said == "@Thornfield.example: no longer school-look\n"
    assert small_hub.desk.identities.domains() == []
    head = small_hub.desk.accounts.add_user(HEAD)
    with small_hub.store.transaction() as kept:
        kept.identities.use(campus.issuer, "1001", head.id)
    assert '"subject":"1001"' in run(small_hub, "elsewhere", "--json").output.replace('": "', '":"')
    assert run(small_hub, "forget", HEAD).output == f"{HEAD}: 1 accounts elsewhere removed\n"
