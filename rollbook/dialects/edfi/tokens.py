"""Tokens: OAuth 2.0 client credentials (RFC 6749 section 4.4), in each form that Ed-Fi's clients send them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from ...api.clients import bearer, client, fields
from ...api.messages import JSON, Request, Response
from ...consent import Desk, Holder
from ...consent.credentials import WrongClient
from ...edfi.resources import RESOURCES
from .claiming import operations

TOKEN_SECONDS = 1800
"""The life of a token: thirty minutes, as the ODS/API's."""

# RFC 6749 §5.1: token responses must not be cached.
_HEADERS = (JSON, (b"cache-control", b"no-store"), (b"pragma", b"no-cache"))


def _answer(body: Mapping[str, Any], status: int = 200, *further: tuple[bytes, bytes]) -> Response:
    return Response(msgspec.json.encode(body), status, (*_HEADERS, *further))


def _refused(error: str, description: str, status: int = 400) -> Response:
    further = ((b"www-authenticate", b'Basic realm="Ed-Fi"'),) if status == 401 else ()
    return _answer({"error": error, "error_description": description}, status, *further)


def give(request: Request, desk: Desk) -> Response:
    """A token for a key and a secret: by HTTP Basic, in a form, or in JSON."""
    said = fields(request)
    grant = said.get("grant_type", "")
    if grant.lower() != "client_credentials":
        code = "unsupported_grant_type" if grant else "invalid_request"
        return _refused(code, "grant_type must be client_credentials")
    key, secret = client(request)
    try:
        token, _ = desk.tickets.exchange("edfi", key, secret, TOKEN_SECONDS)
    except WrongClient:
        return replace(_refused("invalid_client", "the key or the secret is wrong", 401), guessed=True)
    return _answer({"access_token": token, "expires_in": TOKEN_SECONDS, "token_type": "bearer"})


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
        "namespace_prefixes": list(holder.credential.namespaces) or ["uri://"],
        "education_organizations": organisations,
        "student_identification_system": None,
        "assigned_profiles": list(holder.credential.profiles),
        "claim_set": {"name": words[0].name if words else ""},
        "resources": operations(desk, holder, RESOURCES),
        "services": [],
    }
