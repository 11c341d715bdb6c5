"""The ways in which services know who calls: signatures, tokens and keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, runtime_checkable
from urllib.parse import parse_qsl, quote

import httpx
import msgspec

from ...errors import Malformed, Problem
from ..renewing import Renew, Unanswered


class Token(NamedTuple):
    """A token, and for how many seconds from now it is good; 0 where that was not said."""

    text: str
    seconds: float


Exchange = Callable[[httpx.Request], bytes]
"""Sends a request for a token and gives the body of its answer."""


class Signs(Protocol):
    """What makes each request known by itself."""

    def sign(self, request: httpx.Request) -> None:
        """Add to a request what shows who sends it."""
        ...


@runtime_checkable
class Fetches(Protocol):
    """What makes requests known by a token that is fetched first, and fetched anew when it has expired."""

    def fetch(self, exchange: Exchange) -> Token:
        """Get a token; raises `Malformed` where the answer has none."""
        ...


@runtime_checkable
class Spends(Protocol):
    """What makes requests known by a token for which a secret is used up, and renewed by the answer."""

    def spend(self, renew: Renew, exchange: Exchange) -> Token:
        """Get a token; `exchange` sends no request twice that may have arrived."""
        ...


Auth = Signs | Fetches | Spends


@dataclass(frozen=True)
class Bearer:
    """A token that was handed over for good (RFC 6750)."""

    token: str = field(repr=False)

    def sign(self, request: httpx.Request) -> None:
        """Send the token."""
        request.headers["Authorization"] = f"Bearer {self.token}"


@dataclass(frozen=True)
class KeyHeader:
    """A key in a header of the service's own, such as `AERIES-CERT`."""

    name: str
    key: str = field(repr=False)

    def sign(self, request: httpx.Request) -> None:
        """Send the key."""
        request.headers[self.name] = self.key


@dataclass(frozen=True)
class Basic:
    """A name and a password (RFC 7617)."""

    name: str
    password: str = field(repr=False)

    def sign(self, request: httpx.Request) -> None:
        """Send both."""
        request.headers["Authorization"] = f"Basic {_encoded(self.name, self.password)}"


@dataclass(frozen=True)
class OAuth1:
    """OAuth 1.0a with a consumer's key and secret (RFC 5849), and with a token of a user where there is one.

    `method` is HMAC-SHA1 for services that know no other; OneRoster 1.1 has no token.
    """

    key: str
    secret: str = field(repr=False)
    method: str = "HMAC-SHA256"
    token: str = ""
    token_secret: str = field(default="", repr=False)

    def sign(self, request: httpx.Request) -> None:
        """Sign the request with all parameters of its query."""
        said = {
            "oauth_consumer_key": self.key,
            "oauth_nonce": secrets.token_hex(16),
            "oauth_signature_method": self.method,
            "oauth_timestamp": str(int(time.time())),
            "oauth_version": "1.0",
            **({"oauth_token": self.token} if self.token else {}),
        }
        said["oauth_signature"] = self._signature(request, said)
        words = ", ".join(f'{name}="{_escaped(value)}"' for name, value in said.items())
        request.headers["Authorization"] = f"OAuth {words}"

    def _signature(self, request: httpx.Request, said: Mapping[str, str]) -> str:
        query = parse_qsl(request.url.query.decode(), keep_blank_values=True)
        pairs = sorted((_escaped(n), _escaped(v)) for n, v in (*query, *said.items()))
        params = "&".join(f"{n}={v}" for n, v in pairs)
        # RFC 5849 §3.4.1.2: scheme and host in small letters, a port only where it is not the usual one, no query.
        address = str(request.url.copy_with(query=None))
        base = "&".join(_escaped(part) for part in (request.method.upper(), address, params))
        digest = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}[self.method]
        return base64.b64encode(hmac.digest(self._key, base.encode(), digest)).decode()

    @property
    def _key(self) -> bytes:
        return f"{_escaped(self.secret)}&{_escaped(self.token_secret)}".encode()


@dataclass(frozen=True)
class ClientCredentials:
    """OAuth 2 client credentials (RFC 6749 §4.4).

    The client is named by HTTP Basic, or `in_form` where a server knows only that; `more` goes into the form.
    """

    address: str
    client: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...] = ()
    in_form: bool = False
    more: Mapping[str, str] = field(default_factory=dict[str, str])

    def fetch(self, exchange: Exchange) -> Token:
        """Get a token for the client."""
        form = {"grant_type": "client_credentials", **self.more}
        form |= {"scope": " ".join(self.scopes)} if self.scopes else {}
        return _token(exchange(asking(self.address, form, self.client, self.secret, in_form=self.in_form)))


@dataclass(frozen=True)
class RefreshToken:
    """OAuth 2 by the refresh token of somebody who authorised the hub (RFC 6749 §6); the answer has the next one.

    `setting` is where it is set, and the client is named as for `ClientCredentials`.
    """

    address: str
    client: str
    secret: str = field(repr=False)
    refresh: str = field(repr=False)
    setting: str = "refresh-token"
    scopes: tuple[str, ...] = ()
    in_form: bool = False

    def spend(self, renew: Renew, exchange: Exchange) -> Token:
        """Exchange the refresh token that counts now."""
        found: list[Token] = []

        def exchanged(spent: str) -> str:
            form = {"grant_type": "refresh_token", "refresh_token": spent}
            form |= {"scope": " ".join(self.scopes)} if self.scopes else {}
            body = exchange(asking(self.address, form, self.client, self.secret, in_form=self.in_form))
            try:
                found.append(_token(body))
            except Malformed as error:
                raise Unanswered(*error.problems) from None
            # A server that gives no other one lets the old one count (RFC 6749 §6).
            return str(msgspec.json.decode(body).get("refresh_token") or spent)

        renew(self.setting, self.refresh, exchanged)
        return found[-1]


@dataclass(frozen=True)
class JwtExchange:
    """A key that is exchanged for a JWT of a few minutes, whose text is the whole answer, as Ellucian Ethos does."""

    address: str
    key: str = field(repr=False)

    def fetch(self, exchange: Exchange) -> Token:
        """Exchange the key."""
        request = httpx.Request("POST", self.address, headers={"Authorization": f"Bearer {self.key}"})
        text = exchange(request).decode("ascii", "replace").strip().strip('"')
        try:
            body = text.split(".")[1]
            said = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=dict[str, Any])
        except (IndexError, ValueError, msgspec.DecodeError):
            raise _without_token() from None
        return Token(text, max(float(said.get("exp", 0)) - time.time(), 0.0))


def asking(address: str, form: Mapping[str, str], client: str, secret: str, *, in_form: bool) -> httpx.Request:
    """A request for a token by a client (RFC 6749 §2.3.1)."""
    headers = {"Accept": "application/json"}
    if in_form:
        form = {**form, "client_id": client, "client_secret": secret}
    else:
        # Each is escaped first, so that a colon in the client's name is none.
        headers["Authorization"] = f"Basic {_encoded(_escaped(client), _escaped(secret))}"
    return httpx.Request("POST", address, data=dict(form), headers=headers)


def _token(body: bytes) -> Token:
    try:
        said = msgspec.json.decode(body, type=dict[str, Any])
        return Token(str(said["access_token"]), float(said.get("expires_in") or 0))
    except (KeyError, ValueError, TypeError, msgspec.DecodeError):
        raise _without_token() from None


def _without_token() -> Malformed:
    return Malformed(Problem("credentials", "the service answered without a token", "check the token's address"))


def _encoded(name: str, password: str) -> str:
    return base64.b64encode(f"{name}:{password}".encode()).decode()


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")
