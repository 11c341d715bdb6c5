"""A provider that people sign in with, made with Authlib's own server, over a real socket (OpenID Connect)."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc.jwk import RSAKey

from .services import Asked, Reply, Served, serving

CLIENT, SECRET = "rollbook", "a-secret-of-the-provider"

# Authlib has no types.
_grants: Any = import_module("authlib.oauth2.rfc6749.grants")
_models: Any = import_module("authlib.oauth2.rfc6749.models")
_oauth: Any = import_module("authlib.oauth2.rfc6749")
_pkce: Any = import_module("authlib.oauth2.rfc7636")
_oidc: Any = import_module("authlib.oidc.core")
_tokens: Any = import_module("authlib.oauth2.rfc6750")


@dataclass
class Code:
    """A code that was handed out: for whom, and what it must be shown with."""

    code: str
    back: str
    nonce: str
    code_challenge: str
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> str:
        """Where it was sent."""
        return self.back

    def get_scope(self) -> str:
        """What it is for."""
        return "openid email profile"

    def get_nonce(self) -> str:
        """What the token must repeat."""
        return self.nonce

    def get_auth_time(self) -> int:
        """When somebody signed in."""
        return int(time.time())

    def get_acr(self) -> None:
        """Nothing is said of how."""

    get_amr = get_acr


class Client(_models.ClientMixin):
    """The hub, as the provider knows it."""

    def get_client_id(self) -> str:
        return CLIENT

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/back")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@cache
def _key(kid: str, keys: str) -> RSAKey:
    """A key, which takes long to make."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@dataclass
class IdentityProvider:
    """A provider, who is signed in there now, and what it does wrong."""

    served: Served | None = None
    person: dict[str, Any] = field(default_factory=dict[str, Any])
    """What it says of who is signed in there."""
    wrong: dict[str, Any] = field(default_factory=dict[str, Any])
    """What its token says instead of what is right."""
    denies: bool = False
    down: bool = False
    aside: bool = False
    """Whether it tells of addresses only when it is asked for more."""
    kid: str = "1"
    codes: dict[str, Code] = field(default_factory=dict[str, Code])
    keys: str = "its own"

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        assert self.served is not None
        return self.served.address

    def key(self) -> RSAKey:
        """The key that it signs with now."""
        return _key(self.kid, self.keys)

    def settings(self, stem: str = "OIDC") -> dict[str, str]:
        """What a hub is told of it."""
        own = {"ISSUER": self.issuer, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET, "NAME": "Campus"}
        return {f"ROLLBOOK_{stem}_{name}": value for name, value in own.items()}

    def answer(self, asked: Asked) -> Reply:
        """Answer a request."""
        if self.down:
            return Reply({}, 503)
        at = asked.path
        if at == "/.well-known/openid-configuration":
            return Reply(self.metadata())
        if at == "/jwks":
            return Reply({"keys": [self.key().as_dict(private=False)]})
        if at == "/me":
            return Reply(self.person)
        return _Server(self).answered(asked)

    def metadata(self) -> dict[str, Any]:
        """What it says of itself."""
        at = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        at["userinfo_endpoint"] = "me"
        said = {name: f"{self.issuer}/{path}" for name, path in at.items()}
        return {"issuer": self.issuer, **said, "id_token_signing_alg_values_supported": ["RS256", "none"]}


class _Grant(_grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

    def save_authorization_code(self, code: str, request: Any) -> None:
        said = request.payload.data
        self.server.provider.codes[code] = Code(code, said["redirect_uri"], said["nonce"], said["code_challenge"])

    def query_authorization_code(self, code: str, client: Any) -> Code | None:
        return self.server.provider.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del self.server.provider.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
        return self.server.provider.person


class _OpenID(_oidc.OpenIDCode):
    def __init__(self, provider: IdentityProvider) -> None:
        super().__init__(require_nonce=True)  # pyright: ignore[reportUnknownMemberType]
        self.provider = provider

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return any(code.nonce == nonce for code in self.provider.codes.values())

    def resolve_client_private_key(self, client: Any) -> Any:
        return self.provider.key()

    def get_encode_header(self, client: Any) -> dict[str, str]:
        return {"alg": "RS256", "kid": self.provider.kid}

    def get_client_claims(self, client: Any) -> dict[str, Any]:
        return {"iss": self.provider.issuer, "aud": [CLIENT]}

    def generate_user_info(self, user: dict[str, Any], scope: str) -> dict[str, Any]:
        told = {"sub": user["sub"]} if self.provider.aside else user
        return {**told, **self.provider.wrong}


class _Request(_oauth.OAuth2Request):
    def __init__(self, asked: Asked) -> None:
        headers = {name.title(): value for name, value in asked.headers.items()}
        at = "https://provider.example/"
        super().__init__(asked.method, at, headers=headers)  # pyright: ignore[reportUnknownMemberType]
        said = dict(asked.params) | dict(parse_qsl(asked.body.decode()))
        self.said, self.payload = said, _oauth.requests.BasicOAuth2Payload(said)

    @property
    def form(self) -> dict[str, str]:
        return self.said

    args = form


class _Server(_oauth.AuthorizationServer):
    def __init__(self, provider: IdentityProvider) -> None:
        super().__init__(scopes_supported=["openid", "email", "profile"])  # pyright: ignore[reportUnknownMemberType]
        self.provider = provider
        made = _tokens.BearerTokenGenerator(self.access_token)
        self.register_token_generator("default", made)
        self.register_grant(_Grant, [_OpenID(provider), _pkce.CodeChallenge(required=True)])

    def access_token(self, **_: Any) -> str:
        return "access-" + self.provider.person["sub"]

    def answered(self, asked: Asked) -> Reply:
        request = _Request(asked)
        if asked.path == "/token":
            return self.create_token_response(request)
        grant = self.get_consent_grant(request, self.provider.person)
        return self.create_authorization_response(request, None if self.provider.denies else "somebody", grant)

    def query_client(self, client_id: str) -> Client | None:
        return Client() if client_id == CLIENT else None

    def save_token(self, token: Any, request: Any) -> None:
        pass

    def send_signal(self, *args: Any, **kwargs: Any) -> None:
        pass

    def create_oauth2_request(self, request: Any) -> Any:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Reply:
        return Reply(body, status, dict(headers))


@contextmanager
def provider_up(**person: Any) -> Generator[IdentityProvider]:
    """A provider on loopback, as long as the context lasts."""
    made = IdentityProvider(person=person)
    with serving(lambda asked: made.answer(asked)) as served:
        made.served = served
        yield made


def sent_back(to: str) -> str:
    """Where a provider sends a browser that comes with an address: its path and query at the hub."""
    import httpx

    answer = httpx.get(to, follow_redirects=False)
    assert answer.status_code in (302, 303), answer.text
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


def changed(path: str, **said: str) -> str:
    """An address with something else in its query."""
    at, _, query = path.partition("?")
    return f"{at}?{urlencode({**dict(parse_qsl(query)), **said})}"
