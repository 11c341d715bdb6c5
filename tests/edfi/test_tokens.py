"""Tokens: each way in which Ed-Fi's clients ask for one, what it stands for, and how long."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from rollbook.consent import Credential
from tests.district import ED_FI, EdFi
from tests.hub import Answer, Hub

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@pytest.fixture
def key(api: EdFi) -> tuple[Credential, str]:
    """A key and its secret."""
    return api.hub.desk.credentials.add(api.hub.app("sis.example.org"), "edfi")


def basic(key: str, secret: str) -> str:
    """A key and a secret as HTTP Basic carries them."""
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def ask(hub: Hub, body: bytes, kind: str = FORM, path: str = "/edfi/oauth/token", **headers: str) -> Answer:
    return hub.ask("POST", path, None, body, content_type=kind, **headers)


@pytest.mark.parametrize("path", ["/edfi/oauth/token", "/edfi/oauth/token/", "/edfi/connect/token"])
@pytest.mark.parametrize("way", ["form", "basic", "json", "basic and json"])
def test_a_key_and_a_secret_get_a_token_in_each_way(
    api: EdFi, key: tuple[Credential, str], path: str, way: str
) -> None:
    client, secret = key[0].key, key[1]
    grant: dict[str, str] = {"grant_type": "client_credentials"}
    whole = {**grant, "client_id": client, "client_secret": secret}
    answer = {
        "form": lambda: ask(api.hub, "&".join(f"{n}={v}" for n, v in whole.items()).encode(), FORM, path),
        "json": lambda: ask(api.hub, json.dumps(whole).encode(), JSON, path),
        "basic": lambda: ask(
            api.hub, b"grant_type=client_credentials", FORM, path, authorization=basic(client, secret)
        ),
        "basic and json": lambda: ask(
            api.hub, json.dumps(grant).encode(), JSON, path, authorization=basic(client, secret)
        ),
    }[way]()
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json.pop("access_token")
    assert answer.json == {"expires_in": 1800, "token_type": "bearer"}
    assert EdFi(api.hub, token).get("schools")


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", 400, "invalid_request"),
        (b"client_id=x&client_secret=y", 400, "invalid_request"),
        (b"grant_type=password&client_id=x&client_secret=y", 400, "unsupported_grant_type"),
        (b"grant_type=client_credentials", 401, "invalid_client"),
        (b"grant_type=client_credentials&client_id=x&client_secret=y", 401, "invalid_client"),
        (b"\xff\xfe", 400, "invalid_request"),
        (b"a=1&" * 200, 400, "invalid_request"),
    ],
)
def test_what_is_no_key_gets_no_token(api: EdFi, body: bytes, status: int, error: str) -> None:
    answer = ask(api.hub, body)
    assert (answer.status, answer.json["error"]) == (status, error)


@pytest.mark.parametrize("header", ["Basic", "Basic ???", "Basic " + base64.b64encode(b"\xff").decode()])
def test_a_broken_basic_header_is_a_wrong_key(api: EdFi, header: str) -> None:
    answer = ask(api.hub, b"grant_type=client_credentials", authorization=header)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Basic realm="Ed-Fi"')


def test_a_secret_of_another_dialect_is_no_secret_here(api: EdFi) -> None:
    district = api.hub.desk.schools.find("9994001")[0]
    client, secret = api.hub.desk.credentials.add(api.hub.app("sis.example.org"), "edlink", district=district)
    body = f"grant_type=client_credentials&client_id={client.key}&client_secret={secret}".encode()
    assert ask(api.hub, body).status == 401
    assert EdFi(api.hub, secret).ask("GET", "schools").status == 401


def test_only_a_post_gets_a_token(api: EdFi) -> None:
    answer = api.hub.get("/edfi/oauth/token")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer nobody", "Basic eDp5", "nobody"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{ED_FI}/cohorts"),
        ("POST", f"{ED_FI}/cohorts"),
        ("PATCH", f"{ED_FI}/cohorts"),
        ("GET", f"{ED_FI}/no-such-thing"),
        ("GET", f"{ED_FI}/cohorts/no-id"),
        ("GET", "/edfi/changeQueries/v1/availableChangeVersions"),
        ("POST", "/edfi/oauth/token_info"),
    ],
)
def test_without_a_token_nothing_else_is_told(shelf: EdFi, header: str, method: str, path: str) -> None:
    """Authentication comes before existence, and existence before the method."""
    answer = shelf.hub.ask(method, path, None, b"{}", content_type=JSON, authorization=header)
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="Ed-Fi"'
    assert answer.json["type"] == "urn:ed-fi:api:security:authentication"


def test_a_token_ends_after_half_an_hour(api: EdFi) -> None:
    assert api.ask("GET", "schools").status == 200
    api.hub.now += 1799
    assert api.ask("GET", "schools").status == 200
    api.hub.now += 2
    assert api.ask("GET", "schools").status == 401


def test_a_token_ends_with_its_key(api: EdFi, key: tuple[Credential, str]) -> None:
    body = f"grant_type=client_credentials&client_id={key[0].key}&client_secret={key[1]}".encode()
    mine = EdFi(api.hub, ask(api.hub, body).json["access_token"])
    assert mine.ask("GET", "schools").status == 200
    api.hub.desk.credentials.drop(key[0])
    assert mine.ask("GET", "schools").status == 401


# ---- what it stands for


@pytest.mark.parametrize("kind", [FORM, JSON])
def test_a_token_tells_what_it_stands_for(api: EdFi, kind: str) -> None:
    said: Any = json.dumps({"token": api.token}) if kind == JSON else f"token={api.token}"
    told = ask(api.hub, said.encode(), kind, "/edfi/oauth/token_info", authorization=f"Bearer {api.token}")
    assert told.status == 200
    assert told.json["active"] is True
    assert told.json["claim_set"] == {"name": "EdFiSandbox"}
    may = {one["resource"]: one["operations"] for one in told.json["resources"]}
    assert may["/ed-fi/cohorts"] == ["Create", "Read", "Update", "Delete", "ReadChanges"]
    assert {o["education_organization_id"] for o in told.json["education_organizations"]} == {
        s["schoolId"] for s in api.get("schools")
    }
    assert {
        (o["education_organization_id"], o["local_education_agency_id"]) for o in told.json["education_organizations"]
    } >= {(9994001, 1000)}


@pytest.mark.parametrize("body", [b"", b"{}", b'{"token": "another"}', b'{"token": 1}', b"[", b"\xff"])
def test_a_token_that_is_missing_or_another_one_is_400(api: EdFi, body: bytes) -> None:
    answer = ask(api.hub, body, JSON, "/edfi/oauth/token_info", authorization=f"Bearer {api.token}")
    assert answer.status == 400
    assert list(answer.json["validationErrors"]) == ["$.token"]
