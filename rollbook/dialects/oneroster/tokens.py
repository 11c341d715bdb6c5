"""Tokens: OAuth 2.0 client credentials (RFC 6749 section 4.4), with the scopes of OneRoster 1.2 (section 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from ...api.clients import client, fields
from ...api.messages import JSON, NO_STORE, Request, Response
from ...consent import Desk, Holder
from ...consent.credentials import WrongClient
from ...consent.words import ROSTER

TOKEN_SECONDS = 3600
"""The life of a token: one hour."""

READ, CORE, DEMOGRAPHICS = (f"{ROSTER}{name}.readonly" for name in ("roster", "roster-core", "roster-demographics"))
GRADES, CORE_GRADES, RESOURCES = (f"{ROSTER}{name}.readonly" for name in ("gradebook", "gradebook-core", "resource"))
CREATE, DELETE = (f"{ROSTER}gradebook.{name}" for name in ("createput", "delete"))
READING = (READ, CORE, DEMOGRAPHICS, GRADES, CORE_GRADES, RESOURCES)
ALL = (*READING, CREATE, DELETE)


def give(request: Request, desk: Desk) -> Response:
    """A token for a client's id and secret: by HTTP Basic, in a form, or in JSON."""
    said = fields(request)
    if said.get("grant_type", "").lower() != "client_credentials":
        code = "unsupported_grant_type" if said.get("grant_type") else "invalid_request"
        return _refused(code, "grant_type must be client_credentials")
    wanted = said.get("scope", "").split()
    if strange := [name for name in wanted if name not in ALL]:
        return _refused("invalid_scope", f"{strange[0][:120]} is not a scope of this service")
    try:
        token, _ = desk.tickets.exchange("oneroster", *client(request), TOKEN_SECONDS)
    except WrongClient:
        return replace(_refused("invalid_client", "the client id or the secret is wrong", 401), guessed=True)
    held = allowed(desk.tickets.admit("oneroster", token))
    if wanted and not held.intersection(wanted):
        return _refused("invalid_scope", "the client may not use any of these scopes")
    body = {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS, "scope": " ".join(sorted(held))}
    return _answer(body)


def allowed(holder: Holder) -> frozenset[str]:
    """The scopes of a client; one that was made without any has all of those that read."""
    return frozenset(word.name for word in holder.credential.words) or frozenset(READING)


def _answer(body: Mapping[str, Any], status: int = 200, *further: tuple[bytes, bytes]) -> Response:
    # RFC 6749 §5.1: token responses must not be cached.
    return Response(msgspec.json.encode(body), status, (JSON, NO_STORE, (b"pragma", b"no-cache"), *further))


def _refused(error: str, description: str, status: int = 400) -> Response:
    further = ((b"www-authenticate", b'Basic realm="OneRoster"'),) if status == 401 else ()
    return _answer({"error": error, "error_description": description}, status, *further)
