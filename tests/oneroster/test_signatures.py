"""OneRoster 1.1 for who signs each request (OAuth 1.0a), signed here by oauthlib."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest
from oauthlib.oauth1 import Client

from rollbook.api.messages import Request
from rollbook.api.signatures import signature
from rollbook.errors import NotSignedIn
from tests.hub import BRAMBLESIDE, THORNFIELD, Answer, Hub
from tests.told import entries

HOST = "hub.example.org"
OLD = "/ims/oneroster/v1p1"


@dataclass
class Signer:
    """An app that was given a key to sign with, granted the schools of a district."""

    hub: Hub
    signs: bool = True
    key: str = field(init=False)
    secret: str = field(init=False)

    def __post_init__(self) -> None:
        app = self.hub.app("signer.example.org")
        for estab in (THORNFIELD, BRAMBLESIDE):
            self.hub.desk.grants.authorise(app, estab, ["all"])
        district = self.hub.desk.schools.find(THORNFIELD)[0]
        made, self.secret = self.hub.desk.credentials.add(app, "oneroster", district=district, signs=self.signs)
        self.key = made.key

    def signed(self, path: str, method: str = "GET", **changed: Any) -> dict[str, str]:
        """The headers of a request, signed a moment ago."""
        said: dict[str, Any] = {
            "signature_method": "HMAC-SHA256",
            "timestamp": str(int(self.hub.now)),
            "host": HOST,
            "scheme": "http",
        }
        said |= {"client_key": self.key, "client_secret": self.secret, "nonce": None, "body": None, **changed}
        address = f"{said.pop('scheme')}://{said.pop('host')}{path}"
        body, form = said.pop("body"), {"content-type": "application/x-www-form-urlencoded"}
        client: Any = Client(said.pop("client_key"), **said)
        return client.sign(address, method, body, form if body else {})[1]

    def ask(self, path: str, headers: dict[str, str] | None = None, method: str = "GET", **changed: Any) -> Answer:
        """The answer to a signed request."""
        shown = self.signed(path, method, **changed) if headers is None else headers
        return self.hub.ask(method, path, None, authorization=shown["Authorization"], host=HOST)


@pytest.fixture(scope="module")
def signer(shared: Hub) -> Signer:
    return Signer(shared)


def told(answer: Answer) -> str:
    """What a refusal says."""
    assert answer.status == 401, answer.body
    (status,) = answer.json["statusInfoSet"]
    assert status["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == "unauthorisedrequest"
    return status["imsx_description"]


FILTER = quote("givenName='Zoë' AND familyName!='O''Neil & Søn, 100% / a+b'", safe="")


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256"])
@pytest.mark.parametrize("query", ["", "?limit=2", f"?limit=5000&offset=0&filter={FILTER}", "?fields=&sort=title&"])
def test_a_request_is_answered_to_who_signed_it(signer: Signer, method: str, query: str) -> None:
    answer = signer.ask(f"{OLD}/classes{query if 'givenName' not in query else ''}", signature_method=method)
    assert (answer.status, [*answer.json]) == (200, ["classes"])
    assert signer.ask(f"{OLD}/users{query.replace('title', 'givenName')}", signature_method=method).status == 200


def test_what_was_signed_is_what_is_answered(signer: Signer) -> None:
    path = f"{OLD}/users?limit=1"
    headers = signer.signed(path)
    for other in (f"{OLD}/users?limit=2", f"{OLD}/users", f"{OLD}/students?limit=1"):
        assert "not what was signed" in told(signer.ask(other, headers))
    assert signer.ask(path, headers, "HEAD").status == 401
    wrong: tuple[dict[str, Any], ...] = (
        {"client_secret": "guess"},
        {"client_key": "nobody"},
        {"host": "evil.example.org"},
        {"scheme": "ftp"},
    )
    for changed in wrong:
        assert "not what was signed" in told(signer.ask(path, **changed))
    assert signer.ask(path, headers).status == 200


@pytest.mark.parametrize("host", [f"{HOST}:443", HOST.upper()])
def test_a_proxy_that_says_nothing_of_https_is_no_hindrance(signer: Signer, host: str) -> None:
    assert signer.ask(f"{OLD}/orgs", scheme="https", host=host).status == 200


def test_a_signed_request_is_good_once_and_for_some_minutes(signer: Signer) -> None:
    path = f"{OLD}/orgs"
    headers = signer.signed(path)
    assert signer.ask(path, headers).status == 200
    assert "nonce was used before" in told(signer.ask(path, headers))
    assert "nonce was used before" in told(signer.ask(f"{path}?limit=3", nonce=_nonce(headers)))
    for away in (-301, 301):
        assert "the hub's clock" in told(signer.ask(path, timestamp=str(int(signer.hub.now) + away)))
    assert signer.ask(path, timestamp=str(int(signer.hub.now) - 299), nonce=_nonce(headers)).status == 200


def _nonce(headers: dict[str, str]) -> str:
    return headers["Authorization"].partition('oauth_nonce="')[2].partition('"')[0]


def test_everything_that_is_wrong_with_a_signature_is_told_at_once(signer: Signer) -> None:
    said = 'OAuth oauth_consumer_key="x", oauth_signature_method="PLAINTEXT", oauth_token="t", oauth_timestamp="soon"'
    described = told(signer.ask(f"{OLD}/orgs", {"Authorization": said}))
    for wrong in ("oauth_signature: is missing", "oauth_nonce: is missing", "PLAINTEXT", "oauth_token", "soon"):
        assert wrong in described
    assert "is given twice" in told(signer.ask(f"{OLD}/orgs", {"Authorization": f'{said}, oauth_token="u"'}))


def test_only_a_key_made_to_sign_signs_and_only_for_the_old_version(small_hub: Hub) -> None:
    plain = Signer(small_hub, signs=False)
    assert "--oauth1" in told(plain.ask(f"{OLD}/orgs"))
    answer = Signer(small_hub).ask("/ims/oneroster/rostering/v1p2/orgs")
    assert (answer.status, "takes no signatures" in answer.json["imsx_description"]) == (401, True)


def sent(body: str, kind: str, method: str = "HMAC-SHA256", **said: str) -> Request:
    """A request with a body, signed with `sec ret&`."""
    address, headers = "http://hub.example.org/a%2Fb?c=%26", {"Content-Type": kind}
    signing: Any = Client("key", "sec ret&", signature_method=method)
    shown = signing.sign(address, "POST", body if "form" in kind else None, headers)[1]["Authorization"]
    further = "".join(f', {name}="{quote(value, safe="")}"' for name, value in said.items())
    head = {b"host": b"hub.example.org", b"authorization": (shown + further).encode(), b"content-type": kind.encode()}
    return Request("POST", "/a/b", b"c=%26", head, body.encode(), raw_path="/a%2Fb")


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256"])
def test_a_form_is_signed_with_the_rest_of_a_request(method: str) -> None:
    form = sent("name=Zo%C3%AB+B&empty=&a=1", "application/x-www-form-urlencoded", method)
    assert signature(form).by("sec ret&")
    assert not signature(form).by("secret")
    assert not signature(replace(form, body=b"name=Zo%C3%AB+B&empty=&a=2")).by("sec ret&")
    assert not signature(replace(form, raw_path="/a/b")).by("sec ret&")


def test_a_body_that_is_no_form_can_be_signed_by_its_hash() -> None:
    said = b64encode(sha256(b"{}").digest()).decode()
    assert signature(sent("{}", "application/json", oauth_body_hash=said)).nonce
    with pytest.raises(NotSignedIn, match="oauth_body_hash: is not that of the body"):
        signature(sent("[]", "application/json", oauth_body_hash=said))


def test_whoever_guesses_at_a_secret_waits_and_who_knows_it_does_not(small_hub: Hub) -> None:
    small_hub.edge.limited(1_000_000)
    signer = Signer(small_hub)
    path = f"{OLD}/orgs?limit=1"
    statuses = {signer.ask(path, client_secret=f"guess {at}").status for at in range(40)}
    assert statuses == {401, 429}
    assert signer.ask(path).status == 200


def test_an_answer_to_a_signed_request_is_on_the_ledger(small_hub: Hub) -> None:
    signer = Signer(small_hub)
    assert signer.ask(f"{OLD}/students?limit=1").status == 200
    line = entries(small_hub)[0]
    assert (line.what.dialect, line.what.endpoint, line.status) == ("oneroster", "students", 200)


def test_a_dropped_key_signs_no_more(small_hub: Hub) -> None:
    signer = Signer(small_hub)
    assert signer.ask(f"{OLD}/orgs").status == 200
    small_hub.desk.credentials.drop(small_hub.desk.credentials.by_key(signer.key))
    assert told(signer.ask(f"{OLD}/orgs"))


def test_the_secret_is_nowhere_in_the_hubs_files(small_hub: Hub) -> None:
    signer = Signer(small_hub)
    files = [path for path in small_hub.store.folder.rglob("*") if path.is_file()]
    assert not any(signer.secret.encode() in path.read_bytes() for path in files)
