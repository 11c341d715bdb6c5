"""Tokens: how an app gets one from the STS, what it is good for, and when it dies (the document's Authentication)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from rollbook.consent import Grant
from rollbook.consent.tokens import TOKEN_SECONDS
from tests.looking import look_passing

from .hub import BRAMBLESIDE, THORNFIELD, Hub

STS = "/api/oauth/GetToken"
OLDER = "/idaas/sts/STS/GetToken"
PARTY = "app.example.org"

FAILED = {
    "token": None,
    "expires": "0001-01-01T00:00:00",
    "Message": None,
    "ExceptionType": None,
    "ExceptionMessage": "Relying Party not found for estab or secret not correct",
    "InnerException": None,
}
"""The document's Example Failed Response."""

PAUSED = {
    **FAILED,
    "ExceptionMessage": "Authorisation is currently paused while the school finalises the selection of people they wish"
    " to include in this feed.",
}
"""The document's Example AuthorisationPaused Response."""


@pytest.fixture
def secret(small_hub: Hub) -> str:
    """The school secret of an app that Thornfield has authorised."""
    return small_hub.desk.grants.authorise(small_hub.app(PARTY), THORNFIELD, ["School"])[1]


def asked(password: str, estab: str | None = THORNFIELD, **more: str) -> dict[str, Any]:
    """The body of a token request."""
    school = {} if estab is None else {"estab": estab}
    return {**school, "relyingParty": PARTY, "password": password, "thirdpartyid": "XporterOnDemand", **more}


def grant_of(hub: Hub) -> Grant:
    """The grant that these tests are about."""
    return hub.desk.grants.at(hub.app(PARTY), THORNFIELD)


def works(hub: Hub, token: str) -> bool:
    """Whether a token is good for anything."""
    return hub.get("/api/v1/TokenDetails", token).json["ExceptionType"] is None


def _as_one_client_does(key: str) -> str:
    return key.replace("partyid", "PartyId")


# ---- asking for one


@pytest.mark.parametrize("path", [STS, OLDER, "/API/OAUTH/gettoken", "/idaas/sts/sts/gettoken/", STS + "/"])
def test_a_school_secret_gives_a_token_at_either_address(small_hub: Hub, secret: str, path: str) -> None:
    answer = small_hub.post(path, asked(secret))
    assert answer.status == 200
    assert set(answer.json) == set(FAILED)
    assert [answer.json[k] for k in ("Message", "ExceptionType", "ExceptionMessage", "InnerException")] == [None] * 4
    details = small_hub.get("/api/v1/TokenDetails", answer.json["token"]).json
    assert details == {
        "Estab": THORNFIELD,
        "Expires": answer.json["expires"],
        "Name": PARTY,
        "RelyingParty": PARTY,
        "Scopes": ["School"],
        "Message": None,
        "ExceptionType": None,
        "ExceptionMessage": None,
        "InnerException": None,
    }


def test_expires_is_utc_with_six_decimals_five_days_from_now(small_hub: Hub, secret: str) -> None:
    small_hub.now = 1_795_000_000.402555
    assert small_hub.post(STS, asked(secret)).json["expires"] == "2026-11-23T11:06:40.402555Z"
    assert TOKEN_SECONDS == 5 * 24 * 60 * 60


def test_the_answer_is_not_to_be_kept_by_caches(small_hub: Hub, secret: str) -> None:
    assert small_hub.post(STS, asked(secret)).headers["cache-control"] == "no-store"


def test_a_form_does_as_well_as_json(small_hub: Hub, secret: str) -> None:
    form = urlencode(asked(secret)).encode()
    token = small_hub.post(STS, form, "application/x-www-form-urlencoded; charset=utf-8").json["token"]
    assert works(small_hub, token)


@pytest.mark.parametrize("content_type", ["application/json", "text/json", "text/plain", "", "image/png"])
def test_json_is_understood_whatever_it_is_called(small_hub: Hub, secret: str, content_type: str) -> None:
    assert works(small_hub, small_hub.post(STS, json.dumps(asked(secret)).encode(), content_type).json["token"])


def test_json_that_calls_itself_a_form_is_understood(small_hub: Hub, secret: str) -> None:
    body = json.dumps(asked(secret)).encode()
    assert works(small_hub, small_hub.post(STS, body, "application/x-www-form-urlencoded").json["token"])


@pytest.mark.parametrize(
    "spell",
    [str.lower, str.upper, _as_one_client_does],
    ids=["lower", "upper", "as one client sends it"],
)
def test_keys_are_known_in_any_case(small_hub: Hub, secret: str, spell: Callable[[str], str]) -> None:
    body = {spell(key): value for key, value in asked(secret).items()}
    assert works(small_hub, small_hub.post(STS, body).json["token"])


def test_the_service_may_be_left_out_and_keys_unknown_here_are_passed_over(small_hub: Hub, secret: str) -> None:
    body = {**asked(secret), "clientVersion": "7.2"}
    body.pop("thirdpartyid")
    assert works(small_hub, small_hub.post(STS, body).json["token"])


def test_every_token_is_another_one_and_all_of_them_are_good(small_hub: Hub, secret: str) -> None:
    tokens = {small_hub.post(STS, asked(secret)).json["token"] for _ in range(5)}
    assert len(tokens) == 5
    assert all(works(small_hub, t) for t in tokens)


@pytest.mark.parametrize("estab", [None, ""])
def test_without_a_school_the_management_secret_gives_a_management_token(small_hub: Hub, estab: str | None) -> None:
    app, management = small_hub.desk.apps.add("managed.example.org", "Managed")
    token = small_hub.post(STS, asked(management, estab, relyingParty=app.relying_party)).json["token"]
    details = small_hub.get("/api/v1/TokenDetails", token).json
    assert (details["Estab"], details["Name"], details["Scopes"]) == (None, "Managed", [])
    refused = small_hub.school("SchoolInfo", token)
    assert refused["ExceptionType"] == "SchoolNotGranted"
    assert refused["ExceptionMessage"] == (
        "a management token cannot read a school's records (request a school token from the STS)"
    )


# ---- being refused


def test_a_wrong_secret_is_answered_as_the_document_shows(small_hub: Hub, secret: str) -> None:
    answer = small_hub.post(STS, asked("b9aef7a6-3ee4-4935-98ff-6afe46447213"))
    assert (answer.status, answer.json) == (200, FAILED)


def test_who_or_what_was_wrong_is_not_told(small_hub: Hub, secret: str) -> None:
    _, management = small_hub.desk.apps.add("managed.example.org")
    for body in (
        asked(secret, relyingParty="nobody.example.org"),
        asked(secret, "0000000"),
        asked(secret, BRAMBLESIDE),
        asked(secret, None),
        asked(secret, ""),
        asked(management, THORNFIELD, relyingParty="managed.example.org"),
        asked(secret.upper()),
        asked(f" {secret}"),
        asked("' OR 1=1 --"),
    ):
        assert small_hub.post(STS, body).json == FAILED, body


def test_everything_that_is_missing_is_told_at_once(small_hub: Hub) -> None:
    assert small_hub.post(STS, {"estab": THORNFIELD, "thirdpartyid": "Xporter"}).json == {
        **FAILED,
        "ExceptionMessage": "relyingParty: is missing (send relyingParty in a JSON object or a form);"
        " password: is missing (send password in a JSON object or a form);"
        " thirdpartyid: Xporter is not served here (always XporterOnDemand)",
    }


def test_another_method_is_refused_in_the_same_form(small_hub: Hub) -> None:
    assert small_hub.get(STS).json == {
        **FAILED,
        "ExceptionMessage": "method: GET is not allowed here (use POST)",
    }


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[1]", "body: is not a JSON object"),
        (b"{", 'body: must be a JSON object or a form (send {"relyingParty": …})'),
        (b"\xff\xff", 'body: must be a JSON object or a form (send {"relyingParty": …})'),
        (b" " * 65_537, "body: is larger than 64 KB"),
        (b"[" * 60_000, 'body: must be a JSON object or a form (send {"relyingParty": …})'),
        (
            b'{"relyingParty": true, "password": ["x"]}',
            "relyingparty: must be a string; password: must be a string",
        ),
    ],
)
def test_a_body_that_cannot_be_read_is_named_for_what_it_is(small_hub: Hub, body: bytes, message: str) -> None:
    said = small_hub.post(STS, body).json
    nested = "body: is nested too deeply"
    assert {**said, "ExceptionMessage": None} == {**FAILED, "ExceptionMessage": None}
    assert said["ExceptionMessage"] in (message, nested if body.startswith(b"[[") else message)


# ---- dying


def test_a_token_lives_five_days_and_not_a_second_more(small_hub: Hub, secret: str) -> None:
    token = small_hub.post(STS, asked(secret)).json["token"]
    path = f"/api/v1/School/{THORNFIELD}/SchoolInfo"
    small_hub.now += TOKEN_SECONDS - 1
    assert small_hub.get(path, token).json["SchoolInfo"][0]["Name"] == "Thornfield Academy"
    small_hub.now += 1
    assert small_hub.get(path, token).json == {
        "Message": "The token is missing, unknown, expired or revoked. Request a new one.",
        "ExceptionType": "InvalidToken",
        "ExceptionMessage": "the token has expired (request a new one from the STS)",
        "InnerException": None,
    }


def test_what_has_expired_is_cleared_away(small_hub: Hub, secret: str) -> None:
    for _ in range(3):
        small_hub.post(STS, asked(secret))
    small_hub.now += TOKEN_SECONDS + 1
    small_hub.post(STS, asked(secret))
    assert look_passing(small_hub.store, "SELECT count(*) FROM token").get == 1


def test_a_token_dies_with_its_grant(small_hub: Hub, secret: str) -> None:
    token = small_hub.post(STS, asked(secret)).json["token"]
    assert works(small_hub, token)
    small_hub.desk.grants.revoke(grant_of(small_hub))
    assert small_hub.get("/api/v1/TokenDetails?httpstatuscodes=true", token).status == 401
    assert small_hub.post(STS, asked(secret)).json == FAILED


def test_authorising_anew_voids_the_earlier_secret_and_its_tokens(small_hub: Hub, secret: str) -> None:
    token = small_hub.post(STS, asked(secret)).json["token"]
    assert works(small_hub, token)
    _, other = small_hub.desk.grants.authorise(small_hub.app(PARTY), THORNFIELD, ["School"])
    assert not works(small_hub, token)
    assert small_hub.post(STS, asked(secret)).json == FAILED
    assert works(small_hub, small_hub.post(STS, asked(other)).json["token"])


def test_a_new_management_secret_voids_the_earlier_one_and_its_tokens_only(small_hub: Hub, secret: str) -> None:
    earlier = small_hub.desk.apps.new_secret(small_hub.app(PARTY))
    management = small_hub.post(STS, asked(earlier, None)).json["token"]
    school = small_hub.post(STS, asked(secret)).json["token"]
    assert works(small_hub, management)
    other = small_hub.desk.apps.new_secret(small_hub.app(PARTY))
    assert small_hub.post(STS, asked(earlier, None)).json == FAILED
    assert not works(small_hub, management)
    assert works(small_hub, school)
    assert works(small_hub, small_hub.post(STS, asked(other, None)).json["token"])


def test_while_the_school_chooses_people_no_token_is_given_and_none_works(small_hub: Hub, secret: str) -> None:
    token = small_hub.post(STS, asked(secret)).json["token"]
    small_hub.desk.grants.pause(grant_of(small_hub))
    assert small_hub.post(STS, asked(secret)).json == PAUSED
    assert small_hub.post(STS, asked("wrong")).json == FAILED
    refused = small_hub.get("/api/v1/TokenDetails?httpstatuscodes=true", token)
    assert (refused.status, refused.json["ExceptionType"]) == (401, "AuthorisationPaused")
    assert refused.json["ExceptionMessage"] == PAUSED["ExceptionMessage"]
    small_hub.desk.grants.pause(grant_of(small_hub), False)
    assert works(small_hub, token)
    assert works(small_hub, small_hub.post(STS, asked(secret)).json["token"])


# ---- being shown


@pytest.mark.parametrize("header", ["Idaas {token}", "idaas {token}", "IDAAS  {token} "])
def test_a_token_is_shown_in_the_idaas_scheme(small_hub: Hub, header: str) -> None:
    shown = header.format(token=small_hub.token())
    assert small_hub.get("/api/v1/TokenDetails", authorization=shown).json["Estab"] == THORNFIELD


@pytest.mark.parametrize(
    "header", ["", "Idaas", "Idaas ", "Bearer {token}", "Basic {token}", "{token}", "Idaas{token}"]
)
def test_without_the_scheme_there_is_no_token(small_hub: Hub, header: str) -> None:
    shown = header.format(token=small_hub.token())
    refused = small_hub.get("/api/v1/TokenDetails?httpstatuscodes=true", authorization=shown)
    assert (refused.status, refused.json["ExceptionType"]) == (401, "InvalidToken")
    assert refused.json["ExceptionMessage"] == (
        "Authorization: is missing (send the header Authorization: Idaas {token})"
    )


@pytest.mark.parametrize("token", ["x", "A" * 64, "Idaas x", "é", "%00", "x" * 7000])
def test_a_token_that_was_not_given_here_is_not_known(small_hub: Hub, token: str) -> None:
    refused = small_hub.get("/api/v1/TokenDetails", token).json
    assert refused["ExceptionMessage"] == "the token is unknown (request a new one from the STS)"


def test_a_token_is_for_its_own_school_and_whether_there_is_another_is_not_told(small_hub: Hub) -> None:
    token = small_hub.token()
    small_hub.token(estab=BRAMBLESIDE)
    real = small_hub.get(f"/api/v1/School/{BRAMBLESIDE}/SchoolInfo?httpstatuscodes=true", token)
    unreal = small_hub.get("/api/v1/School/1234567/SchoolInfo?httpstatuscodes=true", token)
    assert real.status == unreal.status == 403
    assert real.body == unreal.body


# ---- being kept


def test_no_secret_and_no_token_is_kept_in_clear(small_hub: Hub, secret: str) -> None:
    management = small_hub.desk.apps.new_secret(small_hub.app(PARTY))
    said = [secret, management]
    said += [
        small_hub.post(STS, asked(secret)).json["token"],
        small_hub.post(STS, asked(management, None)).json["token"],
    ]
    assert all(works(small_hub, token) for token in said[2:])
    kept = files(small_hub.store.folder)
    assert PARTY.encode() in b"".join(kept.values())
    for name, content in kept.items():
        for one in said:
            assert one.encode() not in content, name
            assert one.replace("-", "").encode() not in content.lower(), name


def test_nobody_else_on_the_machine_can_open_the_directory(small_hub: Hub) -> None:
    assert small_hub.store.folder.stat().st_mode & 0o777 == 0o700


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a data directory, the write-ahead logs among them."""
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert {"records.sqlite", "passing.sqlite"} <= found.keys()
    return found
