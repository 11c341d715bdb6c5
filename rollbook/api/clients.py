"""How a client shows its id and secret for a token: by HTTP Basic, in a form, or in JSON (RFC 6749, section 2.3)."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from ..errors import Malformed, NotSignedIn
from .bodies import read_json
from .messages import Request


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


def client(request: Request) -> tuple[str, str]:
    """The id and the secret that a request for a token shows."""
    said = fields(request)
    return _basic(request) or (said.get("client_id", ""), said.get("client_secret", ""))


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, encoded = request.header("authorization").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        key, _, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeError):
        return "", ""
    return key, secret


def bearer(request: Request) -> str:
    """The token that a request carries."""
    kind, _, token = request.header("authorization").strip().partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise NotSignedIn("the request carries no token", hint="send the header Authorization: Bearer {token}")
    return token.strip()
