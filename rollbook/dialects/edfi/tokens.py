"""Tokens: OAuth 2.0 client credentials (RFC 6749 section 4.4), in each form that Ed-Fi's clients send them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from ...api.bodies import read_json
from ...api.messages import JSON, Request, Response
from ...consent import Desk, Holder
from ...consent.credentials import WrongClient
from ...errors import Malformed, NotSignedIn

TOKEN_SECONDS = 1800
"""The life of a token: thirty minutes, as the ODS/API's."""

# RFC 6749 §5.1: token responses must not be cached.
_HEADERS = (JSON, (b"cache-control", b"no-store"), (b"pragma", b"no-cache"))


def _answer(body: Mapping[str, Any], status: int = 200, *further: tuple[bytes, bytes]) -> Response:
    return Response(msgspec.json.encode(body), status, (*_HEADERS, *further))


def _refused(error: str, description: str, status: int = 400) -> Response:
    further = ((b"www-authenticate", b'Basic realm="Ed-Fi"'),) if status == 401 else ()
    return _answer({"error": error, "error_description": description}, status, *further)


def fields(request: Request) -> dict[str, str]:
    """What a form or a JSON object says; nothing when it is neither."""
    if request.header("content-type").lower().partition(";")[0].strip().endswith("json"):
        try:
            said = read_json(request.body, dict[str, Any])
        except (Malformed, msgspec.DecodeError, UnicodeError, RecursionError):
            return {}
        return {name: value for name, value in said.items() if isinstance(value, str)}
    try:
        return dict(parse_qsl(request.body.decode("utf-8"), keep_blank_values=True, max_num_fields=50))
    except (ValueError, UnicodeError):
        return {}


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, encoded = request.header("authorization").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        key, _, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeError):
        return "", ""
    return key, secret


def credentials(request: Request) -> tuple[str, str]:
    """The key and the secret that a request for a token shows."""
    said = fields(request)
    return _basic(request) or (said.get("client_id", ""), said.get("client_secret", ""))


def give(request: Request, desk: Desk) -> Response:
    """A token for a key and a secret: by HTTP Basic, in a form, or in JSON."""
    said = fields(request)
    grant = said.get("grant_type", "")
    if grant.lower() != "client_credentials":
        code = "unsupported_grant_type" if grant else "invalid_request"
        return _refused(code, "grant_type must be client_credentials")
    key, secret = credentials(request)
    try:
        token, _ = desk.tickets.exchange("edfi", key, secret, TOKEN_SECONDS)
    except WrongClient:
        return replace(_refused("invalid_client", "the key or the secret is wrong", 401), guessed=True)
    return _answer({"access_token": token, "expires_in": TOKEN_SECONDS, "token_type": "bearer"})


def bearer(request: Request) -> str:
    """The token that a request carries."""
    kind, _, token = request.header("authorization").strip().partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise NotSignedIn("the request carries no token", hint="send the header Authorization: Bearer {token}")
    return token.strip()


def tell(request: Request, desk: Desk, holder: Holder) -> dict[str, Any] | None:
    """What a token stands for, when the body names the same one that signs the request."""
    if fields(request).get("token") != bearer(request):
        return None
    organisations = [
        {
            "education_organization_id": int(grant.estab),
            "name_of_institution": grant.school_name,
            "type": "edfi.School",
            **({"local_education_agency_id": int(r.identifier)} if r.identifier.isdecimal() else {}),
        }
        for r in desk.readers.for_holder(holder)
        for grant in r.grants
        if grant.estab.isdecimal()
    ]
    words = holder.credential.words
    return {
        "active": True,
        "client_id": holder.credential.key,
        "namespace_prefixes": ["uri://"],
        "education_organizations": organisations,
        "student_identification_system": None,
        "assigned_profiles": [],
        "claim_set": {"name": words[0].name if words else ""},
    }
