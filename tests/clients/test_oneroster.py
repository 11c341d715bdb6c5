"""oneroster 0.0.17, which signs as ClassLink does, and StrongMind's client 2.0.5, as published, against the demo."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import HERE, Client, Demo

SCRIPT = HERE / "oneroster" / "reading.py"

pytestmark = pytest.mark.slow


class Api:
    """The clients, pointed at a server."""

    def __init__(self, client: Client, served: Demo) -> None:
        self.client = client
        self.server = {"url": served.url, **served.facts["oneroster"]}

    def ask(self, step: str, **given: Any) -> Any:
        """What a step of the script answers."""
        return self.client.ask("python", SCRIPT, step, **{"server": self.server, **given})


@pytest.fixture(scope="module")
def api(oneroster: Client, demo: Demo) -> Api:
    return Api(oneroster, demo)


@pytest.fixture(scope="module")
def rosters(api: Api) -> dict[str, list[dict[str, Any]]]:
    """Every collection, read with a token."""
    return api.ask("read", asked={"limit": 10_000, "filter": "status='active'", "fields": []})


def test_every_collection_is_what_the_models_of_the_client_take(rosters: dict[str, list[dict[str, Any]]]) -> None:
    assert all(rosters.values())
    assert {one["status"] for rows in rosters.values() for one in rows} == {"active"}
    assert {row["role"] for row in rosters["teachers"]} >= {"teacher"}
    ids = {name: {row["sourcedId"] for row in rows} for name, rows in rosters.items()}
    assert ids["schools"] < ids["orgs"]
    assert ids["students"] | ids["teachers"] < ids["users"]


def test_who_signs_reads_what_who_has_a_token_reads(api: Api, rosters: dict[str, list[dict[str, Any]]]) -> None:
    school, course = rosters["schools"][0], rosters["courses"][0]
    asked = [
        {"user_filter": "students"},
        {"user_filter": "teachers"},
        {"group_filter": "schools", "group_name": school["name"], "user_filter": "students"},
        {"group_filter": "courses", "group_name": course["title"], "user_filter": "students"},
    ]
    students, teachers, pupils, followers = api.ask("signed", size=500, asked=asked)
    assert students == [row["sourcedId"] for row in rosters["students"]]
    assert teachers == [row["sourcedId"] for row in rosters["teachers"]]
    at_school = {
        r["user"]["sourcedId"] for r in rosters["enrollments"] if r["school"]["sourcedId"] == school["sourcedId"]
    }
    assert pupils
    assert set(pupils) & at_school
    assert set(followers) <= set(students)


def test_a_gradebook_is_read_and_written_by_the_client(api: Api, rosters: dict[str, list[dict[str, Any]]]) -> None:
    item = rosters["lineItems"][0]
    assert {one["lineItem"]["sourcedId"] for one in rosters["results"]} >= {item["sourcedId"]}
    found = api.ask("graded", item=item, identity="by-a-client", title="A volcano")
    assert found == ["A volcano", [True, False]]


def test_a_wrong_secret_is_refused(api: Api) -> None:
    assert "401" in api.ask("refused")
