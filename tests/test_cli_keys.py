"""`rollbook apps key` and what belongs to it, as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.consent import Desk
from rollbook.store.sqlite import Store

from .hub import THORNFIELD, Hub
from .test_cli import PARTY, refused, said


@pytest.fixture
def data(small_hub: Hub) -> Path:
    """A data directory with the demo schools, and an app that Thornfield has authorised."""
    folder = small_hub.store.folder
    said("apps", "add", PARTY, "--name", "Reports", "--data", folder)
    said("apps", "grant", PARTY, THORNFIELD, "--scopes", "all", "--data", folder)
    return folder


def lines(text: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def test_a_key_for_ed_fi_gives_a_token(data: Path) -> None:
    made = lines(said("apps", "key", PARTY, "edfi", "--rights", "RosterVendor", "--data", data))
    with Store(data) as store:
        desk = Desk(store)
        token, _ = desk.tickets.exchange("edfi", made["key"], made["secret"], 60)
        assert [w.name for w in desk.tickets.admit("edfi", token).credential.words] == ["RosterVendor"]


def test_keys_are_listed_and_ended(data: Path) -> None:
    made = lines(said("apps", "key", PARTY, "edlink", "--estab", THORNFIELD, "--data", data))
    listed = said("apps", "keys", "--data", data)
    assert made["key"] in listed
    assert "Larkspur" in listed
    assert made["token"] not in listed
    assert said("apps", "drop-key", made["key"], "--data", data) == f"{made['key']}: ended\n"
    assert made["key"] not in said("apps", "keys", "--data", data)


def test_a_code_leads_to_one_persons_token(data: Path) -> None:
    made = lines(said("apps", "key", PARTY, "edlink", "--estab", THORNFIELD, "--data", data))
    code = lines(said("apps", "person-code", made["key"], THORNFIELD, "student", "9919", "--data", data))["code"]
    with Store(data) as store:
        desk = Desk(store)
        access, _, _ = desk.tickets.redeem("edlink", made["key"], made["token"], code=code)
        assert desk.tickets.admit("edlink", access).person == desk.schools.person(THORNFIELD, "student", "9919")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("apps", "key", PARTY, "edlink"), "an Edlink integration reads one district"),
        (("apps", "key", PARTY, "edfi", "--rights", "SISVendr"), "did you mean SISVendor?"),
        (("apps", "key", "nobody.example.org", "edfi"), "is not known"),
        (("apps", "drop-key", "nothing"), "list keys with `rollbook apps keys`"),
        (("apps", "person-code", "nothing", THORNFIELD, "student", "9919"), "is not known"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_hint(data: Path, words: tuple[str, ...], told: str) -> None:
    assert told in refused(*words, "--data", data)
