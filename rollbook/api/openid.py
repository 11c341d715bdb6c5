"""Signing in with an account elsewhere (OpenID Connect): how a provider is asked who somebody is, and what counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx
import msgspec

from ..consent.addresses import is_address
from ..consent.identities import Vouched
from ..errors import NotFound, Problem, Refused, RollbookError, Stop
from ..jobs.mail import hub_address
from ..settings import ISSUER, PROVIDERS, Elsewhere, Environment
from ..waiting import seconds_left

LEEWAY = 120
"""By how many seconds the provider's clock may differ from the hub's."""

PATIENCE = 5.0
"""Seconds to wait for each answer of a provider."""

FRESH, AGAIN, DOWN = 3600.0, 30.0, 5.0
"""Seconds for which it counts what a provider says of itself and its keys, before unknown keys are asked for again, and
for which one that did not answer is not asked."""

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""The signatures that count: those that need a key which only the provider has."""

WITH = "/console/with/"
"""Where people are sent from to a provider, and come back to."""

GOOGLE = "https://accounts.google.com"

_SURE = ("email_verified", "xms_edov")
"""What says that an address is verified; Microsoft says so of its domain, where the directory lets it."""

_CALLED = {GOOGLE: "Google", "https://login.microsoftonline.com": "Microsoft"}


class Denied(Refused):
    """The provider did not let you sign in."""


class Unreachable(RollbookError):
    """The provider does not answer."""


class Untrusted(Refused):
    """What the provider answered does not fit what it was asked."""


class ClocksDiffer(Refused):
    """The provider's clock and the hub's differ."""


class MailUnverified(Refused):
    """The provider gives no e-mail address that it has verified."""


@dataclass(frozen=True)
class Provider:
    """Who says who somebody is: its part of an address, what people call it, and what the hub knows it by."""

    key: str
    name: str
    issuer: str
    client: str
    secret: str


def providers(environment: Environment | None = None) -> tuple[Provider, ...]:
    """Those that the settings name; raises `Stop` where something is missing."""
    found, wrong = list[Provider](), list[Problem]()
    for number, one in enumerate(PROVIDERS, 1):
        issuer, client, secret = (said.get(environment) for said in (one.issuer, one.client, one.secret))
        if issuer or client or secret:
            wrong += _missing(one, environment)
            found.append(Provider(str(number), one.called.get(environment) or _called(issuer), issuer, client, secret))
    issuers = [one.issuer for one in found]
    wrong += [Problem(PROVIDERS[0].issuer.name, "is named twice", "each provider once")
              for one in set(issuers) if issuers.count(one) > 1]  # fmt: skip
    if found and find_spec("authlib") is None:
        wrong.append(Problem(PROVIDERS[0].issuer.name, "needs Authlib", "pip install 'rollbook[oidc]'"))
    if wrong:
        raise Stop(*wrong)
    return tuple(found)


def _missing(one: Elsewhere, environment: Environment | None) -> list[Problem]:
    needed = one.issuer, one.client, one.secret
    return [Problem(said.name, "is missing", "the other settings of this provider are there")
            for said in needed if not said.get(environment)]  # fmt: skip


def _called(issuer: str) -> str:
    parts = urlsplit(issuer)
    return _CALLED.get(f"{parts.scheme}://{parts.hostname}", parts.hostname or issuer)


def way_back(provider: Provider, base: str) -> str:
    """The address that a provider sends people back to, which it must know; `base` is the hub's as it was reached."""
    return f"{hub_address() or base}{WITH}{provider.key}/back"


@dataclass(frozen=True)
class Departure:
    """What somebody is sent to a provider with: what it brings back, repeats, and is shown in the end."""

    state: str
    nonce: str
    verifier: str
    back: str
    """The address that the provider sends them back to."""


@dataclass(frozen=True)
class _Met:
    """What a provider said of itself, and its keys, since when they count."""

    said: Mapping[str, Any]
    keys: Mapping[str, Any]
    since: float


class OpenID:
    """Asks the providers of a hub who somebody is; may be used by any thread."""

    def __init__(self, every: tuple[Provider, ...], clock: Callable[[], float]) -> None:
        self.every = every
        self._clock = clock
        self._met: dict[str, _Met] = {}
        self._down: dict[str, float] = {}
        self._lock = threading.Lock()

    def named(self, key: str) -> Provider:
        """The provider with this part of an address."""
        found = next((one for one in self.every if one.key == key), None)
        if found is None:
            raise NotFound("There is no such page.")
        return found

    def called(self, issuer: str) -> str:
        """What people call a provider, also one that the settings name no longer."""
        return next((one.name for one in self.every if one.issuer == issuer), _called(issuer))

    def meet(self, provider: Provider) -> None:
        """Ask a provider what it says of itself; raises `Unreachable` or `Untrusted`."""
        self._known(provider)

    # ---- asking

    def address(self, provider: Provider, asked: Departure, *, another: bool = False) -> str:
        """Where somebody is sent, to say there who they are; with `another`, they are asked for which account."""
        return _authlib("oauth2.rfc6749.parameters").prepare_grant_uri(
            self._known(provider).said["authorization_endpoint"],
            provider.client,
            "code",
            redirect_uri=asked.back,
            scope="openid email profile",
            state=asked.state,
            nonce=asked.nonce,
            code_challenge=_authlib("oauth2.rfc7636").create_s256_code_challenge(asked.verifier),
            code_challenge_method="S256",
            prompt="select_account" if another else None,
        )

    def heard(self, provider: Provider, asked: Departure, said: Mapping[str, str]) -> Vouched:
        """Who somebody is by what they bring back from a provider; only an address that it has verified counts."""
        known = self._known(provider).said
        # RFC 9207 §2.4: an answer of another provider is not this one's.
        if said.get("iss", provider.issuer) != provider.issuer:
            raise Untrusted(f"The answer is not from {provider.name}.")
        if "error" in said or not said.get("code"):
            raise _denied(provider, said.get("error", ""))
        token = self._token(provider, known, asked, said["code"])
        claims = dict(self._claims(provider, token, asked.nonce))
        whole = "email" in claims and not claims.keys().isdisjoint(_SURE)
        if not whole and known.get("userinfo_endpoint"):
            claims |= self._more(provider, known, token, claims["sub"])
        return vouched(provider, claims)

    def _token(self, provider: Provider, known: Mapping[str, Any], asked: Departure, code: str) -> Mapping[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": asked.back,
                "code_verifier": asked.verifier}  # fmt: skip
        own = {"client_id": provider.client, "client_secret": provider.secret}
        posts = "client_secret_post" in known.get("token_endpoint_auth_methods_supported", ())
        # RFC 6749 §2.3.1: what is shown as a name and a password is encoded as in forms first.
        basic = quote_plus(provider.client), quote_plus(provider.secret)
        how: dict[str, Any] = {"data": form | own} if posts else {"data": form, "auth": basic}
        token = self._asked(provider, "POST", known["token_endpoint"], **how)
        if not isinstance(token.get("id_token"), str):
            raise Untrusted(f"{provider.name} does not say who you are.")
        return token

    def _more(self, provider: Provider, known: Mapping[str, Any], token: Mapping[str, Any], subject: str) -> Any:
        shown = {"authorization": f"Bearer {token.get('access_token')}"}
        found = self._asked(provider, "GET", known["userinfo_endpoint"], headers=shown)
        # OpenID Connect Core 1.0 §5.3.2: what is said of somebody else is not used.
        if found.get("sub") != subject:
            raise Untrusted(f"{provider.name} tells of somebody else.")
        return found

    # ---- the token that says who somebody is

    def _claims(self, provider: Provider, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError

        read = self.read(provider, token["id_token"])
        own = {"value": provider.client}
        wanted = {"iss": {"essential": True, "value": provider.issuer}, "aud": {"essential": True, **own}}
        known = {"nonce": nonce, "client_id": provider.client, "access_token": token.get("access_token")}
        try:
            claims = _authlib("oidc.core").CodeIDToken(read.claims, read.header, wanted, known)
            claims.validate(int(self._clock()), LEEWAY)
        except ExpiredTokenError:
            raise _clocks(provider) from None
        except InvalidClaimError as error:
            raise (_clocks(provider) if error.claim in ("iat", "nbf") else _unfitting(provider)) from None
        except JoseError:
            raise _unfitting(provider) from None
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise _unfitting(provider)
        return claims

    def read(self, provider: Provider, text: str) -> Any:
        """A token whose signature is right; keys that are not known yet are asked for."""
        from joserfc.errors import JoseError

        met = self._known(provider)
        try:
            return _signed(text, met)
        except (JoseError, ValueError):
            if self._clock() - met.since < AGAIN:
                raise _unfitting(provider) from None
        try:
            return _signed(text, self._known(provider, anew=True))
        except (JoseError, ValueError):
            raise _unfitting(provider) from None

    # ---- what a provider says of itself

    def _known(self, provider: Provider, *, anew: bool = False) -> _Met:
        met, now = self._met.get(provider.issuer), self._clock()
        if met is not None and not anew and now - met.since < FRESH:
            return met
        try:
            found = self._meet(provider)
        except Unreachable:
            if met is None or anew:
                raise
            # What it said an hour ago most likely still holds.
            found = met
        with self._lock:
            self._met[provider.issuer] = found
        return found

    def _meet(self, provider: Provider) -> _Met:
        said = self._asked(provider, "GET", f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        needed = "authorization_endpoint", "token_endpoint", "jwks_uri"
        if said.get("issuer") != provider.issuer:
            raise Untrusted(f"{provider.name} calls itself otherwise than the settings of this hub do.")
        for name in (*needed, *(("userinfo_endpoint",) if "userinfo_endpoint" in said else ())):
            with suppress(ValueError, TypeError, AttributeError):
                ISSUER.read(said[name].partition("?")[0])
                continue
            raise Untrusted(f"{provider.name} does not say where it is asked ({name}).")
        return _Met(said, self._asked(provider, "GET", said["jwks_uri"]), self._clock())

    def _asked(self, provider: Provider, method: str, address: str, **how: Any) -> Mapping[str, Any]:
        """What a provider answers; it is trusted with who people are, and with nothing else."""
        if self._clock() < self._down.get(provider.issuer, 0.0):
            raise _unreachable(provider)
        seconds_left(PATIENCE)
        try:
            answer = httpx.request(method, address, timeout=PATIENCE, follow_redirects=False, **how)
        except httpx.HTTPError:
            self._down[provider.issuer] = self._clock() + DOWN
            raise _unreachable(provider) from None
        if answer.status_code >= 500:
            raise _unreachable(provider)
        with suppress(ValueError, msgspec.DecodeError):
            said = msgspec.json.decode(answer.content, type=dict[str, Any])
            if answer.status_code >= 400:
                raise _refusing(provider, said)
            if answer.status_code == 200:
                return said
        raise Untrusted(f"{provider.name} answered otherwise than providers do ({answer.status_code}).")


def _authlib(part: str) -> Any:
    """A part of Authlib, which has no types, and which only those hubs need whose people sign in elsewhere."""
    return import_module(f"authlib.{part}")


def _signed(text: str, met: _Met) -> Any:
    from joserfc import jwt
    from joserfc.jwk import KeySet
    from joserfc.jws import JWSRegistry

    offered = met.said.get("id_token_signing_alg_values_supported", ["RS256"])
    keys = [key for key in met.keys.get("keys", ()) if key.get("kty") in ("RSA", "EC", "OKP")
            and key.get("use", "sig") == "sig"]  # fmt: skip
    allowed = sorted(ALGORITHMS.intersection(offered)) or ["RS256"]
    registry = JWSRegistry(algorithms=allowed, strict_check_header=False)
    return jwt.decode(text, KeySet.import_key_set({"keys": keys}), registry=registry)


def vouched(provider: Provider, claims: Mapping[str, Any]) -> Vouched:
    """Who somebody is by what a provider says of them; raises `MailUnverified` where no address counts."""
    email, names = claims.get("email"), [claims.get(name) for name in ("given_name", "family_name")]
    if not isinstance(email, str) or not is_address(email) or not _verified(provider, email, claims):
        raise MailUnverified(f"{provider.name} gives no e-mail address of yours that it has verified.")
    if not any(names):
        names = [claims.get("name"), ""]
    first, last = (name[:150] if isinstance(name, str) else "" for name in names)
    return Vouched(provider.issuer, claims["sub"], email.lower(), first, last, provider.name)


def _verified(provider: Provider, email: str, claims: Mapping[str, Any]) -> bool:
    sure = any(claims.get(name) in (True, 1, "1", "true") for name in _SURE)
    if provider.issuer != GOOGLE:
        return sure
    # Anybody can open an account there with an address that was theirs once; Google vouches for its own, and for those
    # of organisations that it keeps the mail of.
    return sure and (email.lower().endswith("@gmail.com") or bool(claims.get("hd")))


def _denied(provider: Provider, error: str) -> Denied:
    if error == "access_denied":
        return Denied(f"{provider.name} did not let you sign in, or you did not want to.")
    if error in ("temporarily_unavailable", "server_error"):
        return Denied(f"{provider.name} cannot let anybody sign in now.", hint="try again later")
    return Denied(f"{provider.name} did not let you sign in.")


def _refusing(provider: Provider, said: Mapping[str, Any]) -> RollbookError:
    if said.get("error") == "invalid_client":
        return Untrusted(f"{provider.name} does not know this hub, or its secret has changed.")
    return Untrusted(f"{provider.name} no longer knows of this sign-in.")


def _unreachable(provider: Provider) -> Unreachable:
    return Unreachable(f"{provider.name} does not answer.", hint="try again in a minute")


def _unfitting(provider: Provider) -> Untrusted:
    return Untrusted(f"What {provider.name} answered does not fit what it was asked.")


def _clocks(provider: Provider) -> ClocksDiffer:
    return ClocksDiffer(
        f"By the clock of this hub, what {provider.name} says is too old or of a later time.",
        hint="tell the people who run this hub: one of the two clocks is wrong",
    )
