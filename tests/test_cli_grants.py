"""`rollbook apps grant`, `widen` and what each app may do, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rollbook.consent import Desk
from rollbook.store.sqlite import Store

from .hub import THORNFIELD, Hub
from .test_cli import PARTY, refused, said


@pytest.fixture
def data(small_hub: Hub) -> Path:
    """A data directory with the demo schools, and an app."""
    folder = small_hub.store.folder
    said("apps", "add", PARTY, "--name", "Reports", "--data", folder)
    return folder


def granted(data: Path, scopes: str, *more: str) -> str:
    """What `apps grant` says of Thornfield."""
    return said("apps", "grant", PARTY, THORNFIELD, "--scopes", scopes, *more, "--data", data)


def held(data: Path) -> frozenset[str]:
    """The scopes of the grant."""
    with Store(data) as store:
        desk = Desk(store)
        return desk.grants.at(desk.apps.named(PARTY), THORNFIELD).scopes


def test_granting_again_never_takes_a_secret_away(data: Path) -> None:
    secret = granted(data, "School,StudentLite").removeprefix("schoolSecret: ").strip()
    assert "its secret stays as it is" in granted(data, "studentlite, School")
    told = refused("apps", "grant", PARTY, THORNFIELD, "--scopes", "School,Student", "--data", data)
    assert "rollbook apps widen" in told
    assert "--new-secret" in told
    assert held(data) == {"School", "StudentLite"}
    with Store(data) as store:
        assert Desk(store).tokens.sign_in(PARTY, secret, THORNFIELD)[0]


def test_a_new_secret_is_made_when_it_is_asked_for(data: Path) -> None:
    first = granted(data, "School")
    again = said("apps", "grant", PARTY, THORNFIELD, "--new-secret", "--data", data)
    assert again.startswith("schoolSecret: ")
    assert again != first
    assert held(data) == {"School"}
    assert "is missing" in refused("apps", "grant", PARTY, "9992001", "--data", data)


def test_widening_keeps_secret_tokens_people_and_the_count_of_authorisations(data: Path) -> None:
    secret = granted(data, "School,StudentLite").removeprefix("schoolSecret: ").strip()
    said("apps", "people", PARTY, THORNFIELD, "students", "only", "9919", "--data", data)
    with Store(data) as store:
        desk = Desk(store)
        before = desk.grants.at(desk.apps.named(PARTY), THORNFIELD)
        token, _ = desk.tokens.sign_in(PARTY, secret, THORNFIELD)
        told = said("apps", "widen", PARTY, THORNFIELD, "--scopes", "UPN,WritebackTags", "--data", data)
        assert told == f"{PARTY} at {THORNFIELD}: School, StudentLite, UPN, WritebackTags\n"
        desk.memory.fresh()
        after = desk.tokens.admit(token).grant  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
        assert after.scopes == before.scopes | {"UPN", "WritebackTags"}  # pyright: ignore[reportUnknownMemberType]
        assert (after.serial, after.people) == (before.serial, before.people)  # pyright: ignore[reportUnknownMemberType]
        assert desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]


def test_what_is_revoked_is_granted_again_and_not_widened(data: Path) -> None:
    granted(data, "School")
    said("apps", "revoke", PARTY, THORNFIELD, "--data", data)
    assert "revoked" in refused("apps", "widen", PARTY, THORNFIELD, "--scopes", "UPN", "--data", data)
    assert granted(data, "UPN").startswith("schoolSecret: ")


def test_apps_and_keys_are_listed_with_what_they_may_read_and_change(data: Path) -> None:
    granted(data, "School,StudentLite,WritebackGroups,WritebackTags")
    said("apps", "key", PARTY, "edfi", "--data", data)
    said("apps", "key", PARTY, "edfi", "--rights", "SISVendor", "--data", data)
    (app,) = (row for row in json.loads(said("apps", "list", "--data", data)) if row["app"] == PARTY)
    assert app["reads"] == ["School", "StudentLite"]
    assert app["changes"] == ["WritebackTags", "WritebackGroups"]
    keys = {
        tuple(row["rights"]): row for row in json.loads(said("apps", "keys", "--data", data)) if row["app"] == PARTY
    }
    assert keys[("EdFiAPIReadOnly",)]["reads"] == ["School", "StudentLite"]
    assert keys[("EdFiAPIReadOnly",)]["changes"] == []
    # Tags are written back through Xporter, which needs no key.
    assert keys[("SISVendor",)]["changes"] == ["WritebackGroups"]
