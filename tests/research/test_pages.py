"""The pages of researchers: a device is let in with its code, and an invitation is answered by its link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from rollbook.jobs.mail import ADDRESS, SENDER, SMTP
from tests.looking import look

from ..hub import Answer, Hub
from ..person import Person
from ..postbox import receiving
from .lab import Json, Lab
from .test_signing_in import begin, post

PASSWORD = "a long enough word"
DEVICE = "/research/device/"


@dataclass
class Browser:
    """What a browser does with our pages: it keeps the cookie and sends what a form holds."""

    lab: Lab
    cookie: str = ""
    hidden: dict[str, str] = field(default_factory=dict[str, str])

    def get(self, path: str) -> Answer:
        """Open a page, or that to which it leads."""
        answer = self._seen(self.lab.hub.ask("GET", path, None, b"", **self._headers()))
        return self.get(answer.headers["location"]) if answer.status == 303 else answer

    def send(self, path: str, values: Mapping[str, str] = {}, **headers: str) -> Answer:
        """Send the form of the last page, filled in."""
        body = urlencode({**self.hidden, **values}).encode()
        sent = {**self._headers(), "content_type": "application/x-www-form-urlencoded", **headers}
        return self._seen(self.lab.hub.ask("POST", path, None, body, **sent))

    def _headers(self) -> dict[str, str]:
        return {"cookie": self.cookie} if self.cookie else {}

    def _seen(self, answer: Answer) -> Answer:
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.body.decode())
        self.hidden = dict(found) or self.hidden
        return answer


@pytest.fixture
def ada(lab: Lab) -> Browser:
    """Ada, who has a password."""
    lab.token("ada")
    lab.desk.accounts.set_password(lab.people["ada"], PASSWORD)
    return Browser(lab)


def signed(do: str, password: str = PASSWORD) -> dict[str, str]:
    return {"email": "ada@research.example", "password": password, "do": do}


def polled(lab: Lab, begun: Json) -> Json:
    return post(lab, "/api/auth/device/token/", device_code=begun["device_code"]).json


# ---- devices


def test_a_person_lets_a_device_in(ada: Browser):
    begun = begin(ada.lab)
    first = ada.get(f"{DEVICE}?user_code={begun['user_code']}")
    assert begun["user_code"] in first.body.decode()
    assert (
        "brainstem-python asks to act for you" in ada.send(DEVICE, {"code": begun["user_code"].lower()}).body.decode()
    )
    assert polled(ada.lab, begun) == {"status": "authorization_pending"}
    done = ada.send(DEVICE, signed("allow"))
    assert (done.status, "brainstem-python now acts for you" in done.body.decode()) == (200, True)
    ada.lab.tokens["ada"] = polled(ada.lab, begun)["token"]
    assert ada.lab.ask("GET", "users/user/1/").status == 200
    # A code is answered once.
    assert ada.send(DEVICE, signed("allow")).status == 404


def test_whoever_is_signed_in_lets_a_device_in_with_one_click(lab: Lab):
    lab.token("ada")
    lab.desk.accounts.set_password(lab.people["ada"], PASSWORD)
    ada, begun = Person(lab.hub), begin(lab)
    ada.sign_in("ada@research.example")
    page = ada.go(f"{DEVICE}?user_code={begun['user_code']}")
    assert page.at == f"/console/device?user_code={begun['user_code']}"
    assert "brainstem-python asks to act for you" in page.words
    assert {name for name, _ in page.form("device")[1]} == {"proof", "code"}
    done = ada.send(page, "device", do="allow")
    assert "brainstem-python now acts for you" in done.words
    lab.tokens["ada"] = polled(lab, begun)["token"]
    assert lab.ask("GET", "users/user/1/").status == 200
    assert ada.go(page.at).answer.status == 404


@pytest.mark.parametrize("how", ["refused", "a proof of nobody", "signed out", "half signed in"])
def test_a_click_lets_in_only_what_somebody_signed_in_allows(lab: Lab, how: str):
    lab.token("ada")
    lab.desk.accounts.set_password(lab.people["ada"], PASSWORD)
    ada, begun = Person(lab.hub), begin(lab)
    ada.sign_in("ada@research.example")
    page = ada.go(f"{DEVICE}?user_code={begun['user_code']}")
    if how == "refused":
        ada.send(page, "device", do="refuse")
        assert polled(lab, begun) == {"error": "access_denied"}
        return
    pairs = [*page.form("device")[1], ("do", "allow")]
    if how == "a proof of nobody":
        pairs = [(name, "0" * 40 if name == "proof" else value) for name, value in pairs]
    elif how == "signed out":
        lab.hub.desk.sittings.end_all(lab.people["ada"])
    else:
        ada.cookies["rollbook-session"] = lab.hub.desk.sittings.begin(lab.people["ada"], whole=False)
    ada.post("/console/device", pairs)
    assert polled(lab, begun) == {"status": "authorization_pending"}
    if how != "a proof of nobody":
        # Whoever is not signed in is asked for address and password.
        assert ada.go(f"{DEVICE}?user_code={begun['user_code']}").at.startswith(DEVICE)


def test_a_person_refuses_a_device(ada: Browser):
    begun = begin(ada.lab)
    ada.get(DEVICE)
    ada.send(DEVICE, {"code": begun["user_code"]})
    assert ada.send(DEVICE, signed("refuse")).status == 200
    assert polled(ada.lab, begun) == {"error": "access_denied"}


def test_nothing_is_answered_without_the_password(ada: Browser):
    begun = begin(ada.lab)
    ada.get(DEVICE)
    ada.send(DEVICE, {"code": begun["user_code"]})
    for do in ("allow", "refuse"):
        wrong = ada.send(DEVICE, signed(do, "something else"))
        assert (wrong.status, "Unable to log in" in wrong.body.decode()) == (400, True)
    assert polled(ada.lab, begun) == {"status": "authorization_pending"}
    for _ in range(3):
        ada.send(DEVICE, signed("allow", "something else"))
    assert ada.send(DEVICE, signed("allow")).status == 429
    assert polled(ada.lab, begun) == {"status": "authorization_pending"}


def test_a_code_ends_after_a_quarter_of_an_hour(ada: Browser):
    begun = begin(ada.lab)
    ada.get(DEVICE)
    ada.lab.hub.now += 901
    late = ada.send(DEVICE, {"code": begun["user_code"]})
    assert (late.status, "is waiting" in late.body.decode()) == (404, True)


def test_codes_are_not_guessed(ada: Browser):
    begun = begin(ada.lab)
    ada.get(DEVICE)
    assert [ada.send(DEVICE, {"code": f"BCDF-GHJ{c}"}).status for c in "BCDFGHJKLM"] == [404] * 10
    assert ada.send(DEVICE, {"code": begun["user_code"]}).status == 429
    ada.lab.hub.now += 901
    code = ada.lab.hub.post("/api/auth/device/", {}).json["user_code"]
    assert ada.send(DEVICE, {"code": code}).status == 200


def test_a_form_of_another_site_does_nothing(ada: Browser):
    begun = begin(ada.lab)
    values = {"code": begun["user_code"], **signed("allow")}
    # Without the cookie, with one of another browser, and as a browser that tells where it comes from.
    assert ada.send(DEVICE, values).status == 409
    ada.get(DEVICE)
    other = Browser(ada.lab)
    other.get(DEVICE)
    other.hidden = ada.hidden
    assert other.send(DEVICE, values).status == 409
    assert ada.send(DEVICE, values, sec_fetch_site="cross-site").status == 400
    assert polled(ada.lab, begun) == {"status": "authorization_pending"}


def test_the_pages_hold_no_script_and_keep_to_themselves(ada: Browser):
    page = ada.get(f"{DEVICE}?user_code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script" not in page.body.decode()
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["set-cookie"].endswith("Path=/research/; HttpOnly; SameSite=Strict")
    assert ada.lab.hub.ask("PUT", DEVICE, None, b"").status == 405
    assert ada.get("/research/nothing").status == 404


# ---- invitations


def invite(lab: Lab, project: str, **more: Any) -> Answer:
    return lab.ask("POST", "stem/project_membership_invitation/", body={"project": project, **more})


def link(lab: Lab, answer: Answer) -> str:
    """The address in the letter of an invitation."""
    identity = answer.json["project_membership_invitation"]["id"]
    return f"/research/join/{lab.desk.joining.link(identity)}"


def test_somebody_without_an_account_is_invited_by_letter(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    project = lab.project()
    with receiving() as postbox:
        settings = {SMTP: f"smtp://127.0.0.1:{postbox.port}", SENDER: "hub@hub.example", ADDRESS: "https://hub.example"}
        for name, value in settings.items():
            monkeypatch.setenv(name.name, value)
        answer = invite(lab, project, email="Eli.Moss@research.example", can_change=True)
        assert answer.json["project_membership_invitation"] == {
            "id": answer.json["project_membership_invitation"]["id"],
            "invitee": None,
            "email": "eli.moss@research.example",
            "project": project,
            "can_change": True,
            "manage_project": False,
            "own_project": False,
        }
        # Where its letters go, a hub reads when it is opened.
        mailing = Hub(lab.hub.store.folder)
        mailing.work()
        mailing.close()
    assert postbox.envelopes == [("hub@hub.example", ["eli.moss@research.example"])]
    assert f"https://hub.example{link(lab, answer)}" in postbox.text().split()
    assert "Ada Fenn invites you to work on the research project Maze" in postbox.text()


def test_the_link_opens_an_account_that_works_on_the_project(lab: Lab):
    project = lab.project()
    at = link(lab, invite(lab, project, email="eli@research.example", can_change=True))
    eli = Browser(lab)
    page = eli.get(at).body.decode()
    assert "Ada Fenn invites you to work on Maze" in page
    names = {"first_name": "Eli", "last_name": "Moss", "do": "accept"}
    assert eli.send(at, {**names, "password": PASSWORD, "again": "another one"}).status == 400
    assert "use 10 characters or more" in eli.send(at, {**names, "password": "x", "again": "x"}).body.decode()
    assert eli.send(at, {**names, "password": PASSWORD, "again": PASSWORD}).status == 200
    token = post(lab, "/api/token/", username="eli@research.example", password=PASSWORD).json["token"]
    lab.tokens["eli"] = token
    assert lab.one("project", project, "eli")["users"]["eli@research.example"]["can_change"] is True
    assert eli.get(at).status == 404


def test_a_user_accepts_by_link_with_the_password(lab: Lab):
    project = lab.project()
    lab.token("bram")
    lab.desk.accounts.set_password(lab.people["bram"], PASSWORD)
    answer = invite(lab, project, email="bram@research.example")
    assert answer.json["project_membership_invitation"]["invitee"] == 2
    at, bram = link(lab, answer), Browser(lab)
    bram.get(at)
    assert bram.send(at, {"do": "accept", "password": "something else"}).status == 400
    assert bram.send(at, {"do": "accept", "password": PASSWORD}).status == 200
    assert "bram@research.example" in lab.one("project", project)["users"]


def test_an_address_that_gets_an_account_another_way_finds_its_invitation(lab: Lab):
    project = lab.project()
    invite(lab, project, email="eli@research.example")
    assert lab.get("stem/project_membership_invitation/", "bram")["count"] == 0
    (found,) = lab.get("stem/project_membership_invitation/", "eli")["project_membership_invitations"]
    assert lab.ask("GET", f"stem/project_membership_invitation/{found['id']}/accept", "bram").status == 404
    assert lab.ask("GET", f"stem/project_membership_invitation/{found['id']}/accept", "eli").status == 200
    assert "eli@research.example" in lab.one("project", project)["users"]


@pytest.mark.parametrize("end", ["decline", "cancel", "late", "forged"])
def test_a_link_ends(lab: Lab, end: str):
    project = lab.project()
    answer = invite(lab, project, email="eli@research.example")
    at, eli = link(lab, answer), Browser(lab)
    eli.get(at)
    if end == "decline":
        assert eli.send(at, {"do": "decline"}).status == 200
    elif end == "cancel":
        identity = answer.json["project_membership_invitation"]["id"]
        assert lab.ask("GET", f"stem/project_membership_invitation/{identity}/cancel").status == 200
    elif end == "late":
        lab.hub.now += 32 * 24 * 3600
        lab.hub.store.kept.settings.day("UTC")
    else:
        at = f"{at[:-1]}{'0' if at[-1] != '0' else '1'}"
    if end == "late":
        assert lab.hub.store.kept.settings.get("today") is None
    assert eli.send(at, {"do": "accept", "password": PASSWORD, "again": PASSWORD}).status == 404
    assert look(lab.hub.store, "SELECT count(*) FROM research_user").get == 1


def test_invitations_are_limited(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rollbook.consent.research.inviting.UNANSWERED", 2)
    monkeypatch.setattr("rollbook.consent.research.desk.INVITED", 5)
    project = lab.project()
    for name in ("eli", "fay"):
        assert invite(lab, project, email=f"{name}@research.example").status == 201
    assert lab.wrong(invite(lab, project, email="gus@research.example")) == {
        "project": ["2 invitations wait for an answer (cancel some of them first)"]
    }
    assert lab.wrong(invite(lab, lab.project("Other"), email="nobody")) == {
        "email": ["'nobody' is not an e-mail address"]
    }
    assert lab.wrong(invite(lab, project, email="hal@research.example", invitee=1))["email"]
    assert invite(lab, project, email="ian@research.example").status == 429
