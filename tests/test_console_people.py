"""People who sign in: how they come to an account, what guards it, and that each sees what is theirs only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyotp.totp import TOTP

from rollbook.api.messages import Request, Response
from rollbook.consent.accounts import CodeWanted, WrongPassword
from rollbook.consent.roles import COMMAND
from rollbook.consent.sittings import IDLE, LONGEST
from rollbook.console.guests import SESSION
from rollbook.console.proofs import with_cookie
from rollbook.settings import ADDRESS, SENDER, SMTP
from tests.looking import changing

from .hub import BRAMBLESIDE, THORNFIELD, Hub
from .person import PASSWORD, Person, account, signed_in
from .postbox import receiving
from .school import PARTY, asking_app, invited

HEAD, CLERK, OTHER = "head@thornfield.example", "clerk@thornfield.example", "head@brambleside.example"


@pytest.fixture
def lab(empty_folder: Path, tmp_path: Path) -> Iterator[Hub]:
    """A hub without schools."""
    made = Hub.copy(empty_folder, tmp_path / "hub")
    yield made
    made.close()


# ---- coming to an account


def test_whoever_starts_the_hub_becomes_its_operator_by_a_link_that_opens_once(lab: Hub) -> None:
    path = lab.desk.roles.first()
    assert path is not None
    first = Person(lab)
    told: Any = {"email": "Olu@hub.example", "first_name": "Olu", "last_name": "Bright"}
    page = first.send(first.go(path), path.rpartition("/")[2], **told, password=PASSWORD, again=PASSWORD)
    assert page.at == "/console/hub"
    assert [(one.account.email, one.role) for one in lab.desk.roles.held()] == [("olu@hub.example", "operator")]
    assert Person(lab).go(path).answer.status == 404
    assert lab.desk.roles.first() is None


def test_an_invitation_by_e_mail_opens_an_account_that_decides_for_the_school(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as postbox:
        monkeypatch.setenv(SMTP.name, f"smtp://127.0.0.1:{postbox.port}")
        monkeypatch.setenv(SENDER.name, "rollbook@hub.example")
        monkeypatch.setenv(ADDRESS.name, "http://hub.example")
        place = small_hub.desk.roles.place("school", THORNFIELD)
        link = small_hub.desk.roles.invite(HEAD, "school", place, COMMAND, mail=True)
        hub = Hub(small_hub.store.folder)
        hub.work()
        hub.close()
        assert postbox.envelopes[0][1] == [HEAD]
        found = re.search(r"http://hub\.example(/console/join/\S+)", postbox.text(0))
    assert found is not None
    head = Person(small_hub)
    page = head.go(found[1])
    assert "The invitation is for head@thornfield.example" in page.words
    page = head.send(page, found[1].rpartition("/")[2], first_name="Ama", password=PASSWORD, again=PASSWORD)
    assert page.at == f"/console/schools/{THORNFIELD}"
    assert "Apps at Thornfield Academy" in page.words
    assert small_hub.desk.roles.by_id(link.id) is None
    assert head.go(found[1]).answer.status == 404


def test_who_has_an_account_takes_on_a_second_school_with_its_password(small_hub: Hub) -> None:
    account(small_hub, HEAD, "school")
    roles = small_hub.desk.roles
    path = roles.path(roles.invite(HEAD, "school-look", roles.place("school-look", BRAMBLESIDE), COMMAND))
    head = Person(small_hub)
    last = path.rpartition("/")[2]
    assert "is wrong" in head.send(head.go(path), last, password="something else").words
    page = head.send(head.go(path), last, password=PASSWORD)
    assert "Thornfield Academy" in page.words
    assert "Brambleside" in page.words


# ---- signing in and out


def test_a_sitting_ends_when_nothing_is_asked_for_and_after_half_a_day(small_hub: Hub) -> None:
    head, home = signed_in(small_hub, HEAD, "school"), f"/console/schools/{THORNFIELD}"
    small_hub.now += IDLE - 1
    assert head.go(home).at == home
    small_hub.now += IDLE
    page = head.go(home)
    assert (page.at.startswith("/console/sign-in?next="), "Sign in" in page.words) == (True, True)
    assert head.sign_in(HEAD).at == home
    for _ in range(int(LONGEST // (IDLE - 1)) + 1):
        small_hub.now += IDLE - 1
        page = head.go(home)
    assert page.at != home


def test_signing_out_ends_the_sitting_whoever_has_the_cookie(small_hub: Hub) -> None:
    head = signed_in(small_hub, HEAD, "school")
    cookie = head.cookies["rollbook-session"]
    page = head.look()
    assert head.send(page, "sign-out").at == "/console/sign-in"
    head.cookies["rollbook-session"] = cookie
    assert head.look().at.startswith("/console/sign-in")


def test_the_cookie_is_for_no_script_and_behind_tls_for_no_plain_line(small_hub: Hub) -> None:
    asked = Request("POST", "/console/sign-in", b"", {}, scheme="https")
    page = with_cookie(Response(b""), asked, SESSION, "x" * 40, "/console", "Lax")
    assert page.headers[-1][1] == b"rollbook-session=" + b"x" * 40 + b"; Path=/console; HttpOnly; SameSite=Lax; Secure"
    page = small_hub.get("/console/sign-in").headers
    assert page["set-cookie"].endswith("; Path=/console; HttpOnly; SameSite=Strict")
    assert "script-src" not in page["content-security-policy"]
    assert page["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")


def test_signing_in_leads_nowhere_else(small_hub: Hub) -> None:
    account(small_hub, HEAD, "school")
    for there in (
        "https://evil.example",
        "//evil.example",
        "/console//evil.example",
        "/console/sign-in",
        "/console/\\e",
    ):
        head = Person(small_hub)
        page = head.send(head.go("/console/sign-in"), "sign-in", email=HEAD, password=PASSWORD, next=there)
        assert page.at == f"/console/schools/{THORNFIELD}"


def test_a_form_of_another_sitting_does_nothing(small_hub: Hub) -> None:
    head, clerk = signed_in(small_hub, HEAD, "school"), signed_in(small_hub, CLERK, "school")
    where, pairs = clerk.look("account").form("elsewhere")
    assert head.post(where, pairs).answer.status == 409


# ---- passwords and codes


def test_an_authenticator_app_guards_every_way_in(small_hub: Hub) -> None:
    head = signed_in(small_hub, HEAD, "school")
    page = head.look("account/app")
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page.html)
    assert secret is not None
    made = TOTP(secret[1].replace(" ", ""))
    assert "not right" in head.send(page, "app", code="000000").words
    page = head.send(head.look("account/app"), "app", code=made.at(int(small_hub.now)))
    codes = re.findall(r"<li>(\w{5}-\w{5})</li>", page.html)
    assert len(codes) == 10

    again = Person(small_hub)
    page = again.sign_in(HEAD)
    assert "The code of your authenticator app" in page.words
    assert again.look().at.startswith("/console/sign-in")
    # A code that was taken is not taken again.
    page = again.sign_in(HEAD)
    page = again.send(page, "code", code=made.at(int(small_hub.now)))
    assert "not right" in page.words
    small_hub.now += 30
    assert again.send(page, "code", code=made.at(int(small_hub.now))).at == f"/console/schools/{THORNFIELD}"
    # A recovery code lets in once.
    for at in (f"/console/schools/{THORNFIELD}", "/console/code"):
        recovered = Person(small_hub)
        assert recovered.send(recovered.sign_in(HEAD), "code", code=codes[0].lower()).at == at
    with pytest.raises(CodeWanted):
        small_hub.desk.accounts.sign_in(HEAD, PASSWORD)


def test_a_password_that_was_kept_by_scrypt_still_opens_and_is_kept_anew(small_hub: Hub) -> None:
    import hashlib

    head = account(small_hub, HEAD)
    old = hashlib.scrypt(PASSWORD.encode(), salt=b"s" * 16, n=2**14, r=8, p=1, dklen=32)
    with changing(small_hub.store) as db:
        db.execute("UPDATE research_password SET salt = ?, hash = ?", (b"s" * 16, old))
    assert small_hub.desk.accounts.recognise(HEAD, PASSWORD) == head
    salt, hashed = small_hub.store.kept.accounts.password(head.id) or (b"", b"")
    assert (salt, hashed[:10]) == (b"", b"$argon2id$")
    assert small_hub.desk.accounts.recognise(HEAD, PASSWORD) == head
    with pytest.raises(WrongPassword):
        small_hub.desk.accounts.recognise(HEAD, "something else")


def test_another_password_signs_out_elsewhere(small_hub: Hub) -> None:
    head = signed_in(small_hub, HEAD, "school")
    elsewhere = Person(small_hub)
    elsewhere.sign_in(HEAD)
    words = "another long word"
    page = head.send(head.look("account"), "password", old="wrong", password=words, again=words)
    assert "is wrong" in page.words or "Unable" in page.words
    page = head.send(head.look("account"), "password", old=PASSWORD, password=words, again=words)
    assert "Your password is changed" in page.words
    assert elsewhere.look().at.startswith("/console/sign-in")
    assert head.look("account").at == "/console/account"


# ---- what each may see


def test_another_schools_person_is_answered_as_if_the_school_were_not_there(small_hub: Hub) -> None:
    invited(small_hub)
    other = signed_in(small_hub, OTHER, "school", BRAMBLESIDE)
    child = small_hub.token(["StudentLite"])
    mis_id = small_hub.school("Students?pagesize=1&select=Id", child)["Students"][0]["Id"]
    pages = ("", "/children", f"/children/{mis_id}", f"/children/{mis_id}/seen.csv", "/history", "/people")
    for page in (*pages, f"/apps/{PARTY}", f"/apps/{PARTY}/people"):
        theirs, nowhere = (other.go(f"/console/schools/{estab}{page}").answer for estab in (THORNFIELD, "1234567"))
        assert (theirs.status, theirs.body) == (404, nowhere.body)
    proof = other.look("account").form("elsewhere")[1]
    for deed in ("people/invite", "people/remove", f"apps/{PARTY}/authorise"):
        theirs, nowhere = (other.post(f"/console/schools/{e}/{deed}", proof).answer for e in (THORNFIELD, "1234567"))
        assert (theirs.status, theirs.body) == (404, nowhere.body)
    assert other.go(f"/console/schools/{BRAMBLESIDE}/apps/{PARTY}").answer.status == 404


def test_who_may_only_look_sees_and_decides_nothing(small_hub: Hub) -> None:
    asking_app(small_hub)
    small_hub.grant(["School", "StudentLite", "Attendance"], app=PARTY)
    clerk = signed_in(small_hub, CLERK, "school-look")
    at = f"/console/schools/{THORNFIELD}/apps/{PARTY}"
    page = clerk.go(at)
    assert "Your account lets you look, and not decide." in page.words
    assert re.findall(r'action="([^"]+)"', page.html) == ["/console/sign-out"]
    proof = [("proof", f"{clerk.look('account').form('elsewhere')[1][0][1]}.x"), ("when", "now")]
    assert clerk.post(f"{at}/revoke", proof).answer.status == 403
    assert clerk.post(f"/console/schools/{THORNFIELD}/people/invite", [*proof, ("role", "school")]).answer.status == 403
    assert small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD).state == "active"


def test_a_link_alone_no_longer_agrees_once_somebody_decides_for_the_school(small_hub: Hub) -> None:
    link = invited(small_hub)
    assert link.look().form("authorise")[1]
    account(small_hub, HEAD, "school")
    page = link.look()
    assert "Sign in to decide" in page.words
    assert "authorise" not in re.findall(r'action="[^"]*/(\w+)"', page.html)
    head = Person(small_hub)
    head.sign_in(HEAD)
    head.link = f"/console/schools/{THORNFIELD}/apps/{PARTY}"
    head.send(head.look(), "authorise", scope="Attendance")
    # The link still shows what is shared, and stops it.
    page = link.look()
    assert "Sign in to change it" in page.words
    link.send(page, "revoke", when="now")
    assert small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD).state == "revoked"
