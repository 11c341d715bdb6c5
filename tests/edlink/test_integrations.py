"""With its own secret an app lists its integrations: where they lead, and their tokens where these are kept."""

from __future__ import annotations

import pytest

from ..hub import Answer, Hub
from .vendor import Vendor


@pytest.fixture
def secret(writer: Vendor) -> str:
    """The management secret of the app."""
    return writer.hub.desk.apps.new_secret(writer.app)


def ask(hub: Hub, secret: str, path: str = "") -> Answer:
    return hub.get(f"/api/v1/integrations{path}", None, authorization=f"Bearer {secret}", host="hub.example.org")


def test_an_integration_is_told_with_its_district_and_its_schools(writer: Vendor, secret: str) -> None:
    (told,) = ask(writer.hub, secret).json["$data"]
    assert list(told) == [
        *("id", "status", "scope", "district_sharing", "developer_sharing", "district_licensing_enabled"),
        *("created_date", "updated_date", "permissions", "targets", "source", "team", "access_token", "provider"),
        "entity",
    ]
    assert (told["id"], told["status"]) == (writer.credential.id, "active")
    assert writer.school() in told["targets"]
    assert (told["source"]["name"], told["team"]["city"]) == ("Larkspur Learning Trust", "Larkspur Vale")
    assert ask(writer.hub, secret, f"/{told['id']}").json["$data"] == told


def test_its_token_is_told_where_it_was_to_be_listed(writer: Vendor, secret: str) -> None:
    made, token = writer.hub.desk.credentials.add(writer.app, "edlink", district=1, listed=True)
    told = {one["id"]: one["access_token"] for one in ask(writer.hub, secret).json["$data"]}
    assert told == {writer.credential.id: None, made.id: token}
    assert not made.signs


def test_the_list_is_paged(writer: Vendor, secret: str) -> None:
    for _ in range(2):
        writer.hub.desk.credentials.add(writer.app, "edlink", district=1)
    whole = [one["id"] for one in ask(writer.hub, secret).json["$data"]]
    first = ask(writer.hub, secret, "?$first=2").json
    rest = ask(writer.hub, secret, first["$next"].removeprefix("http://hub.example.org/api/v1/integrations")).json
    assert [one["id"] for one in (*first["$data"], *rest["$data"])] == whole
    assert len(whole) == 3
    assert "$next" not in rest


def test_what_no_school_shares_any_more_is_inactive(writer: Vendor, secret: str) -> None:
    for grant in writer.hub.desk.grants.of(writer.app):
        writer.hub.desk.grants.revoke(grant)
    (told,) = ask(writer.hub, secret).json["$data"]
    assert (told["status"], told["targets"], told["source"], told["team"]) == ("inactive", [], None, None)


def test_no_other_secret_opens_it(writer: Vendor, secret: str) -> None:
    for wrong in (writer.token, secret[:-1], ""):
        assert ask(writer.hub, wrong).status == 401
    other, its_own = writer.hub.desk.apps.add("other.example.org")
    assert ask(writer.hub, its_own).json["$data"] == []
    assert ask(writer.hub, its_own, f"/{writer.credential.id}").json["$errors"][0]["code"] == "NOT_FOUND"
    assert other.id != writer.app.id


def test_what_is_not_granted_of_a_district_is_not_told(small_hub: Hub) -> None:
    narrow = Vendor(small_hub, ("StudentLite",))
    (told,) = ask(small_hub, small_hub.desk.apps.new_secret(narrow.app)).json["$data"]
    assert (told["source"]["name"], told["team"]["name"], told["permissions"]) == (None, None, ["StudentLite"])
