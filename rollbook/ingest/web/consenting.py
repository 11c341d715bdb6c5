"""Being let in by somebody at a provider, once: the authorization code of OAuth 2 (RFC 6749 §4.1), with PKCE."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec

from ...errors import Malformed, Problem
from .auth import asking


@dataclass(frozen=True)
class Consent:
    """Where somebody lets the hub read a service in their name, and where a code is exchanged for a refresh token."""

    page: str
    tokens: str
    client: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...] = ()
    in_form: bool = False

    def begin(self, redirect: str) -> Begun:
        """An address to open in a browser, which is sent to `redirect` with a code at the end."""
        # RFC 7636: whoever reads the code on its way cannot use it.
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": redirect,
            **({"scope": " ".join(self.scopes)} if self.scopes else {}),
            "state": state,
            "code_challenge": proof,
            "code_challenge_method": "S256",
        }
        return Begun(str(httpx.URL(self.page).copy_merge_params(asked)), redirect, state, verifier)

    def exchange(self, begun: Begun, code: str) -> httpx.Request:
        """The request that exchanges a code, which may be sent once."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": begun.redirect}
        form |= {"code_verifier": begun.verifier}
        return asking(self.tokens, form, self.client, self.secret, in_form=self.in_form)


@dataclass(frozen=True)
class Begun:
    """A consent that was asked for: the address to open, and what tells its answer from others."""

    address: str
    redirect: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)

    def code(self, said: str) -> str:
        """The code in the address that the browser was sent to, or a code alone. Raises `Malformed` for others."""
        query = dict(parse_qsl(urlsplit(said.strip()).query)) if "?" in said else {"code": said.strip()}
        if "error" in query:
            raise Malformed(Problem("code", "was not given: whoever was asked did not agree, or the provider refused"))
        if not query.get("code") or ("?" in said and not secrets.compare_digest(query.get("state", ""), self.state)):
            hint = "open the address that was printed last, and give the one at which the browser ends"
            raise Malformed(Problem("code", "is not the answer to this request", hint))
        return query["code"]


def refresh_token(body: bytes) -> str:
    """The refresh token in the answer to a code."""
    try:
        token = msgspec.json.decode(body, type=dict[str, Any]).get("refresh_token")
    except (ValueError, msgspec.DecodeError):
        token = None
    if not token:
        hint = "let the application have refresh tokens, where it is registered at the provider"
        raise Malformed(Problem("refresh-token", "did not come with the provider's answer", hint))
    return str(token)
