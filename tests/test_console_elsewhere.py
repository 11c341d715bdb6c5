"""People who sign in with an account that they have elsewhere: as whom, and every way in which they are not let in."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from pyotp.totp import TOTP

from rollbook.api.openid import GOOGLE, MailUnverified, OpenID, Provider, Untrusted, providers, vouched
from rollbook.consent.roles import COMMAND
from rollbook.errors import Stop
from rollbook.settings import PROVIDERS

from .hub import BRAMBLESIDE, THORNFIELD, Hub
from .identity_provider import IdentityProvider, changed, provider_up, sent_back
from .person import PASSWORD, Person, account, signed_in
from .school import Page

HEAD, OPERATOR = "head@thornfield.example", "olu@hub.example"
HOME = f"/console/schools/{THORNFIELD}"


@pytest.fixture
def campus(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityProvider]:
    """A provider at which the head of Thornfield is signed in."""
    with provider_up(sub="1001", email=HEAD, email_verified=True, given_name="Ama") as made:
        for name, value in made.settings().items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def hub(small_hub: Hub, campus: IdentityProvider) -> Iterator[Hub]:
    """A hub whose people may sign in with the provider, and whose clock is right."""
    made = Hub(small_hub.store.folder)
    made.now = time.time()
    yield made
    made.close()


class Browser(Person):
    """Somebody whose browser also goes to the provider."""

    def go(self, at: str) -> Page:
        """Look at an address, also where that is the provider's."""
        return super().go(sent_back(at)) if at.startswith("http:") else super().go(at)

    def arrive(self, then: str = "/console") -> Page:
        """Sign in with the account elsewhere."""
        return self.go(f"/console/with/1?next={then}")


# ---- who is let in


def test_an_account_with_a_verified_address_is_its_owners_and_from_then_on_the_providers_name_counts(
    hub: Hub, campus: IdentityProvider
) -> None:
    head = account(hub, HEAD, "school")
    assert "Sign in with Campus" in Browser(hub).go("/console/sign-in").words
    assert Browser(hub).arrive(f"{HOME}/history").at == f"{HOME}/history"
    assert [(one.issuer, one.subject) for one in hub.desk.identities.of(head)] == [(campus.issuer, "1001")]
    # The address has moved on at the provider; the account has not.
    campus.person["email"] = "ama.new@thornfield.example"
    assert Browser(hub).arrive().at == HOME
    # Somebody else has the address by now.
    campus.person = {"sub": "2002", "email": HEAD, "email_verified": True}
    page = Browser(hub).arrive()
    assert (page.answer.status, "signs in as somebody else" in page.words) == (403, True)


def test_whoever_has_an_address_of_a_domain_is_let_in_at_its_school_and_nobody_else_is(
    hub: Hub, campus: IdentityProvider
) -> None:
    page = Browser(hub).arrive()
    assert (page.answer.status, f"Nobody with the address {HEAD} has an account here" in page.words) == (403, True)
    assert hub.desk.accounts.users() == []
    olu = signed_in(hub, OPERATOR, "operator")
    page = olu.look("hub/sign-in")
    assert "http://localhost/console/with/1/back" in page.html
    wrong = olu.send(page, "let-in", domain="thornfield", role="school", estabs=THORNFIELD)
    assert "Is not a domain" in wrong.words
    page = olu.send(
        page, "let-in", domain="Thornfield.example", role="school-look", estabs=f"{THORNFIELD}, {BRAMBLESIDE}"
    )
    assert "thornfield.example at Campus: sees what a school shares, and decides nothing, Thornfield" in page.words
    assert "Brambleside" in Browser(hub).arrive().words
    held = [(one.account.email, one.name, one.role) for one in hub.desk.roles.held()]
    assert held[1:] == [(HEAD, "Ama", "school-look")] * 2
    # One school's role is taken away, and signing in does not bring it back; what is given later is had.
    head = hub.desk.accounts.user(HEAD)
    hub.desk.roles.take(head, "school-look", hub.desk.schools.find(BRAMBLESIDE)[1], OPERATOR)
    hub.now += 1
    assert Browser(hub).arrive().at == HOME
    hub.now += 1
    olu.send(olu.look("hub/sign-in"), "let-in", domain="thornfield.example", role="school", estabs=THORNFIELD)
    hub.now += 1
    Browser(hub).arrive()
    assert hub.desk.roles.of(head).decides(hub.desk.schools.find(THORNFIELD)[1])
    # Neither the school next door nor a domain below.
    for number, email in enumerate(("x@brambleside.example", "x@sub.thornfield.example", "x@thornfield.example.evil")):
        campus.person = {"sub": f"3{number}", "email": email, "email_verified": True}
        assert Browser(hub).arrive().answer.status == 403
    for _ in range(3):
        olu.send(olu.look("hub/sign-in"), "keep-out")
    campus.person = {"sub": "4004", "email": "clerk@thornfield.example", "email_verified": True}
    assert Browser(hub).arrive().answer.status == 403
    told = [(one.person, one.what) for one in hub.desk.roles.decisions(100)]
    assert (HEAD, "signed in with Campus") in told
    assert (f"{OPERATOR}, for thornfield.example", "gave: decides for a school") in told


def test_an_invitation_is_accepted_by_signing_in_with_its_address_and_no_password(
    hub: Hub, campus: IdentityProvider
) -> None:
    roles = hub.desk.roles
    path = roles.path(roles.invite(HEAD, "school", roles.place("school", THORNFIELD), COMMAND))
    campus.person["email"] = "clerk@thornfield.example"
    page = Browser(hub).arrive(path)
    assert (page.answer.status, f"The invitation is for {HEAD}" in page.words) == (409, True)
    campus.person["email"] = HEAD
    head = Browser(hub)
    assert "Sign in with Campus" in head.go(path).words
    assert head.arrive(path).at == HOME
    assert Browser(hub).arrive(path).answer.status == 404
    # There is no password that anybody could guess, and none to change.
    assert not hub.desk.accounts.has_password(hub.desk.accounts.user(HEAD))
    assert "Password" not in head.look("account").words
    assert "is wrong" in Person(hub).sign_in(HEAD).words


def test_the_code_of_an_authenticator_app_is_asked_for_however_somebody_signs_in(
    hub: Hub, campus: IdentityProvider
) -> None:
    head = account(hub, HEAD, "school")
    keys = hub.desk.accounts.authenticators
    made = TOTP(keys.begin(head).partition("secret=")[2].partition("&")[0])
    keys.confirm(head, made.at(int(hub.now)))
    browser = Browser(hub)
    browser.go("/console/sign-in")
    page = browser.arrive(f"{HOME}/history")
    assert "The code of your authenticator app" in page.words
    # Nothing is theirs before the code: whoever has but the mailbox takes nothing over.
    assert hub.desk.identities.of(head) == []
    assert browser.look().at.startswith("/console/sign-in")
    hub.now += 30
    assert browser.send(page, "code", code=made.at(int(hub.now))).at == f"{HOME}/history"
    assert [one.subject for one in hub.desk.identities.of(head)] == ["1001"]


def test_what_was_filled_in_when_the_sitting_ended_is_kept_over_the_way_to_the_provider(
    hub: Hub, campus: IdentityProvider
) -> None:
    head = Browser(hub)
    account(hub, HEAD, "school")
    head.arrive()
    page = head.go(f"{HOME}/people")
    hub.now += 3600
    campus.wrong = {"iat": int(hub.now), "exp": int(hub.now) + 600}
    page = head.send(page, "invite", email="new@thornfield.example", role="school-look")
    page = head.send(page, "1")
    assert "kept for ten minutes" in page.words
    link = page.html.partition('<a class="button" href="http')[2].partition('"')[0].replace("&amp;", "&")
    page = head.go(f"http{link}")
    assert "new@thornfield.example" in page.words
    assert "new@thornfield.example" in head.send(page, "invite").words


# ---- who is not


REFUSED: tuple[tuple[dict[str, Any], int, str], ...] = (
    # First, since what a provider once said of itself is kept.
    ({"down": True}, 503, "Campus does not answer"),
    ({"person": {"sub": "1", "email": HEAD}}, 403, "no e-mail address of yours that it has verified"),
    ({"person": {"sub": "1", "email": HEAD, "email_verified": False}}, 403, "Verify it there"),
    ({"person": {"sub": "1", "email_verified": True}}, 403, "no e-mail address of yours that it has verified"),
    ({"denies": True}, 403, "Campus did not let you sign in, or you did not want to."),
    ({"wrong": {"nonce": "another"}}, 400, "does not fit what it was asked"),
    ({"wrong": {"aud": ["another"]}}, 400, "does not fit what it was asked"),
    ({"wrong": {"aud": ["rollbook", "another"], "azp": "another"}}, 400, "does not fit what it was asked"),
    ({"wrong": {"iss": "http://127.0.0.1:1"}}, 400, "does not fit what it was asked"),
    ({"wrong": {"sub": ""}}, 400, "does not fit what it was asked"),
    ({"wrong": {"exp": 1_000_000_000}}, 400, "one of the two clocks is wrong"),
    ({"wrong": {"iat": 4_000_000_000}}, 400, "one of the two clocks is wrong"),
)  # fmt: skip
"""What a provider says or does, with which status nobody is let in, and what the page says."""


def test_nobody_is_let_in_whom_the_provider_does_not_vouch_for_and_the_page_says_why(
    hub: Hub, campus: IdentityProvider
) -> None:
    account(hub, HEAD, "school")
    right = replace(campus)
    for wrong, status, told in REFUSED:
        for name, value in {**vars(right), **wrong}.items():
            setattr(campus, name, value)
        browser = Browser(hub)
        page = browser.arrive()
        assert (page.answer.status, told in page.words) == (status, True), (wrong, page.words)
        assert browser.look().at.startswith("/console/sign-in")
    assert hub.desk.identities.every() == []


@pytest.mark.parametrize(
    ("said", "sure"),
    [
        ({"email_verified": True, "email": "ama@gmail.com"}, True),
        ({"email_verified": True, "email": "head@thornfield.example", "hd": "thornfield.example"}, True),
        ({"email_verified": True, "email": "head@thornfield.example"}, False),
        ({"email_verified": "false", "email": "ama@gmail.com"}, False),
    ],
)
def test_google_vouches_for_its_own_addresses_and_for_those_of_organisations(said: dict[str, Any], sure: bool) -> None:
    google = Provider("1", "Google", GOOGLE, "rollbook", "secret")
    if sure:
        assert vouched(google, {"sub": "1", **said}).email == said["email"]
    else:
        with pytest.raises(MailUnverified):
            vouched(google, {"sub": "1", **said})


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_no_token_counts_that_is_signed_by_nobody_or_with_what_everybody_knows(campus: IdentityProvider) -> None:
    openid = OpenID(providers(), time.time)
    known = OctKey.import_key(json.dumps(campus.key().as_dict(private=False)))
    for alg in ("none", "HS256"):
        text = jwt.encode({"alg": alg}, {"sub": "1001"}, known, algorithms=[alg])
        with pytest.raises(Untrusted):
            openid.read(openid.every[0], text)


def test_a_small_difference_of_clocks_does_no_harm(hub: Hub, campus: IdentityProvider) -> None:
    account(hub, HEAD, "school")
    campus.wrong = {"iat": int(hub.now) + 100}
    assert Browser(hub).arrive().at == HOME


def test_a_sign_in_is_used_once_in_the_browser_that_it_began_in_and_within_ten_minutes(
    hub: Hub, campus: IdentityProvider
) -> None:
    account(hub, HEAD, "school")

    def begun() -> tuple[Browser, str]:
        browser = Browser(hub)
        return browser, sent_back(browser._asked("GET", "/console/with/1").headers["location"])  # pyright: ignore[reportPrivateUsage]

    browser, back = begun()
    assert browser.go(back).at == HOME
    for again in (browser, Browser(hub)):
        page = again.go(back)
        assert (page.answer.status, "begin again" in page.words) == (400, True)
    _, stolen = begun()
    assert Browser(hub).go(stolen).answer.status == 400
    browser, back = begun()
    assert browser.go(changed(back, state="x" * 40)).answer.status == 400
    browser, back = begun()
    # RFC 9207: the answer of another provider.
    assert "is not from Campus" in browser.go(changed(back, iss="https://other.example")).words
    browser, back = begun()
    assert "no longer knows" in browser.go(changed(back, code="another")).words
    browser, back = begun()
    hub.now += 601
    assert browser.go(back).answer.status == 400


def test_keys_that_are_new_are_asked_for_and_keys_that_are_nobodys_count_for_nothing(
    hub: Hub, campus: IdentityProvider
) -> None:
    account(hub, HEAD, "school")
    assert Browser(hub).arrive().at == HOME
    assert campus.served is not None
    campus.kid = "2"
    hub.now += 60
    assert Browser(hub).arrive().at == HOME
    assert campus.served.paths.count("/jwks") == 2
    # Asked again at once, the provider would only be asked the more.
    campus.keys = "nobody's"
    assert Browser(hub).arrive().answer.status == 400
    assert campus.served.paths.count("/jwks") == 2


def test_an_address_that_is_told_only_when_asked_for_counts_if_it_is_of_the_same_person(
    hub: Hub, campus: IdentityProvider
) -> None:
    account(hub, HEAD, "school")
    campus.aside = True
    assert Browser(hub).arrive().at == HOME
    # The token may hold the address, and not say whether it is verified.
    campus.wrong = {"email": HEAD}
    assert Browser(hub).arrive().at == HOME
    campus.wrong = {"sub": "another"}
    assert "tells of somebody else" in Browser(hub).arrive().words


def test_the_owner_and_the_operator_part_an_account_from_the_one_elsewhere(hub: Hub, campus: IdentityProvider) -> None:
    head = account(hub, HEAD, "school")
    browser = Browser(hub)
    browser.arrive()
    page = browser.look("account")
    assert "You sign in with Campus." in page.words
    browser.send(page, "remove-identity")
    assert hub.desk.identities.of(head) == []
    browser.arrive()
    campus.person["sub"] = "2002"
    olu = signed_in(hub, OPERATOR, "operator")
    assert f"{HEAD}: Campus" in olu.look("hub/sign-in").words
    olu.send(olu.look("hub/sign-in"), "forget")
    assert Browser(hub).arrive().at == HOME
    assert [one.subject for one in hub.desk.identities.of(head)] == ["2002"]


def test_a_provider_that_is_named_by_half_stops_the_hub_and_says_what_is_missing(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PROVIDERS[1].issuer.name, "https://accounts.google.com")
    with pytest.raises(Stop, match=r"ROLLBOOK_OIDC_2_CLIENT_ID: is missing.*ROLLBOOK_OIDC_2_CLIENT_SECRET: is missing"):
        Hub(small_hub.store.folder)
    monkeypatch.setenv(PROVIDERS[1].issuer.name, "http://accounts.google.com")
    with pytest.raises(Stop, match="must be an address of https"):
        Hub(small_hub.store.folder)


def test_others_cannot_say_who_is_let_in(hub: Hub) -> None:
    head = signed_in(hub, HEAD, "school")
    assert PASSWORD
    proof = head.look("account").form("elsewhere")[1]
    assert head.look("hub/sign-in").answer.status == 404
    for deed in ("let-in", "keep-out", "forget"):
        assert head.post(f"/console/hub/sign-in/{deed}", proof).answer.status == 404
