"""Requests that a client signs with its secret: OAuth 1.0a without anybody's token (RFC 5849, "two-legged")."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass
from hashlib import new
from urllib.parse import parse_qsl, quote, unquote

from ..errors import NotSignedIn, Problem, nearest
from .messages import Request

METHODS = {"HMAC-SHA1": "sha1", "HMAC-SHA256": "sha256"}
"""The methods of signing that are taken (RFC 5849 section 3.4.2; OneRoster 1.1 asks for SHA-256 as well)."""

NEEDED = ("oauth_consumer_key", "oauth_signature_method", "oauth_signature", "oauth_timestamp", "oauth_nonce")
LONGEST = 256
"""The most letters that a nonce or a key has."""

_PART = re.compile(r'\s*([^\s=",]+)\s*=\s*"([^"]*)"\s*(?:,|$)')
_PORTS = {"http": ":80", "https": ":443"}
_FORM = "application/x-www-form-urlencoded"

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Signature:
    """What a signed request says of itself: whose it is, when and how it was signed, and what was signed."""

    key: str
    nonce: str
    at: int
    """Seconds since 1970, on the client's clock."""
    digest: str
    value: str
    bases: tuple[str, ...]
    """What may have been signed: behind a proxy a hub need not know whether it was reached by http or https."""

    def by(self, secret: str) -> bool:
        """Whether it was signed with a secret."""
        made = [hmac.digest(f"{_escaped(secret)}&".encode(), base.encode(), self.digest) for base in self.bases]
        return any(hmac.compare_digest(b64encode(one), self.value.encode()) for one in made)


def is_signed(request: Request) -> bool:
    """Whether a request is signed rather than bearing a token."""
    return request.header("authorization").strip().partition(" ")[0].lower() == "oauth"


def signed_by(request: Request) -> str:
    """Whose a signed request says it is; nothing where it does not say so."""
    return dict(_protocol(request)).get("oauth_consumer_key", "")


def signature(request: Request) -> Signature:
    """The signature of a signed request; raises `NotSignedIn` with everything that is wrong with it."""
    said = _protocol(request)
    given = dict(said)
    problems = [*_repeated(said), *_missing(given), *_strange(given, request)]
    if problems:
        raise NotSignedIn(*problems)
    key, method, value, at, nonce = (given[name] for name in NEEDED)
    bases = tuple(_base(request, scheme, said) for scheme in _PORTS)
    return Signature(key, nonce, int(at), METHODS[method.upper()], value, bases)


def _protocol(request: Request) -> Pairs:
    """The parameters of the protocol, which stand in the header (RFC 5849 section 3.5.1)."""
    text = request.header("authorization").strip().partition(" ")[2]
    return [(unquote(name), unquote(value)) for name, value in _PART.findall(text)]


def _repeated(said: Pairs) -> list[Problem]:
    times = Counter(name for name, _ in said)
    return [Problem(name, "is given twice", "give it once") for name, many in times.items() if many > 1]


def _missing(given: dict[str, str]) -> list[Problem]:
    hint = 'send the header Authorization: OAuth oauth_consumer_key="…", …'
    missing = [Problem(name, "is missing", hint) for name in NEEDED if not given.get(name)]
    long = [name for name in ("oauth_consumer_key", "oauth_nonce") if len(given.get(name, "")) > LONGEST]
    return missing + [Problem(name, "is too long", f"{LONGEST} letters at the most") for name in long]


def _strange(given: dict[str, str], request: Request) -> list[Problem]:
    """What is said that is not what this service takes."""
    found: list[Problem] = []
    method, at = given.get("oauth_signature_method", ""), given.get("oauth_timestamp", "")
    if method and method.upper() not in METHODS:
        found.append(Problem("oauth_signature_method", f"{method[:40]} is not taken", nearest(method[:40], METHODS)))
    if at and not re.fullmatch(r"\d{1,12}", at, re.ASCII):
        found.append(Problem("oauth_timestamp", f"{at[:40]} is not a moment", "give whole seconds since 1970"))
    if given.get("oauth_version", "1.0") != "1.0":
        found.append(Problem("oauth_version", "is not 1.0", "leave it out, or give 1.0"))
    if given.get("oauth_token"):
        found.append(Problem("oauth_token", "is of no use here", "sign with the client's key and secret alone"))
    if (sent := given.get("oauth_body_hash")) and method.upper() in METHODS:
        made = b64encode(new(METHODS[method.upper()], request.body).digest()).decode()
        found += [] if sent == made else [Problem("oauth_body_hash", "is not that of the body", "sign what is sent")]
    return found


# ---- what is signed (RFC 5849 section 3.4.1)


def _base(request: Request, scheme: str, said: Pairs) -> str:
    host = request.header("host").lower().removesuffix(_PORTS[scheme])
    address = f"{scheme}://{host}{request.raw_path or quote(request.path)}"
    pairs = [pair for pair in said if pair[0] not in ("realm", "oauth_signature")] + request.query + _form(request)
    sorted_pairs = sorted((_escaped(name), _escaped(value)) for name, value in pairs)
    told = "&".join(f"{name}={value}" for name, value in sorted_pairs)
    return "&".join(map(_escaped, (request.method.upper(), address, told)))


def _form(request: Request) -> Pairs:
    """The parameters in a body, where it is a form (section 3.4.1.3.1)."""
    if request.header("content-type").partition(";")[0].strip().lower() != _FORM:
        return []
    try:
        return parse_qsl(request.body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError:
        return []


def _escaped(text: str) -> str:
    """A text as section 3.6 encodes it."""
    return quote(text, safe="~")
