"""The life of an authorisation, as all who take part see it: the app, the school, and the hub's letters and calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from rollbook.consent import Desk
from rollbook.consent.invitations import LIFE

from .hub import THORNFIELD, Hub
from .postbox import Postbox, receiving
from .school import PARTY, School, asking_app, link_of
from .test_callbacks import Receiver, listening
from .test_review import secret_on

STS = "/api/oauth/GetToken"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """The app's own server."""
    monkeypatch.setenv("ROLLBOOK_CALLBACK_ALLOW", "127.0.0.1")
    with listening(Receiver()) as server:
        server.wait.set()
        yield server


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """The school's mail server."""
    with receiving() as box:
        monkeypatch.setenv("ROLLBOOK_SMTP_URL", f"smtp://127.0.0.1:{box.port}")
        monkeypatch.setenv("ROLLBOOK_MAIL_FROM", "rollbook@hub.example.org")
        monkeypatch.setenv("ROLLBOOK_URL", "https://hub.example.org")
        yield box


@pytest.fixture
def served(postbox: Postbox, small_hub: Hub) -> Iterator[Hub]:
    """A hub that has a mail server."""
    hub = Hub(small_hub.store.folder)
    hub.now = small_hub.now
    yield hub
    hub.close()


def form_of(receiver: Receiver) -> dict[str, str]:
    """The form that the app's server was sent."""
    _, path, headers, body = receiver.take()
    assert (path, headers["content-type"]) == ("/hooks", "application/x-www-form-urlencoded")
    assert headers["webhook-signature"].startswith("v1,")
    return {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}


def sign_in(hub: Hub, secret: str) -> dict[str, Any]:
    """What the STS answers to a school secret."""
    return hub.post(STS, {"estab": THORNFIELD, "relyingParty": PARTY, "password": secret}).json


def students(hub: Hub, token: str) -> set[str]:
    """The Ids of the students that a token sees."""
    return {row["Id"] for row in hub.school("Students?select=Id", token)["Students"]}


def test_from_the_invitation_to_the_end(served: Hub, postbox: Postbox, receiver: Receiver) -> None:
    _, management = asking_app(served, webhook=receiver.url("/hooks"))

    # The app invites the school, which is sent a letter with a link.
    body = b'{"RegistrationType": "Live", "Schools": [{"LeaCode": "999", "DfesCode": "4001"}]}'
    answer = served.ask("POST", "/api/Manage/SchoolRegister", management, body, content_type="application/json")
    assert answer.json["Schools"][0]["Status"] == "OK"
    served.work()
    found = re.search(r"https://hub\.example\.org(/authorise/\S+)", postbox.text())
    assert found is not None
    school = School(served, found[1])

    # The school reads, ticks what it likes and agrees; the app's server is told the secret.
    page = school.send(school.look(), "authorise", scope="Attendance")
    served.work()
    # The school is sent a receipt, with the link by which it can change its mind.
    assert postbox.letters[-1]["subject"] == "Receipt: Thornfield Academy and Pupil Pages, 18 November 2026"
    assert "Attendance marks" in postbox.text()
    assert found[0] in postbox.text()
    told = form_of(receiver)
    assert told == {
        "schoolSecret": secret_on(page.words),
        "schoolId": THORNFIELD,
        "schoolEmail": "office@thornfield.example",
        "schoolName": "Thornfield Academy",
        "templateScopes": "Attendance,Contact,School,StudentLite",
        "scopes": "Attendance,School,StudentLite",
        "thirdParty": "XporterOnDemand",
        "partnerId": PARTY,
    }
    token = sign_in(served, told["schoolSecret"])["token"]
    everyone = students(served, token)
    assert len(everyone) > 2

    # It authorises a second time: another secret, and the first one and its token are void.
    school.send(school.look("again"), "authorise")
    served.work()
    second = form_of(receiver)["schoolSecret"]
    assert second != told["schoolSecret"]
    assert sign_in(served, told["schoolSecret"])["token"] is None
    assert served.get("/api/v1/TokenDetails", token).json["ExceptionType"] == "InvalidToken"
    token = sign_in(served, second)["token"]

    # It changes whom the app sees; the app waits meanwhile.
    school.send(school.look(), "choose")
    assert "Authorisation is currently paused" in sign_in(served, second)["ExceptionMessage"]
    one = sorted(everyone)[0]
    school.send(school.look("people/students"), "people/students", tick=[one], mode="except", do="done")
    school.send(school.look("people"), "confirm")
    assert students(served, token) == everyone - {one}

    # It names a day for the end: until then all goes on, from then on nothing does, and the app is told.
    school.send(school.look(), "revoke", when="date", date="2026-11-21")
    served.now = datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC).timestamp()
    assert students(served, token) == everyone - {one}
    served.now += 1
    assert served.get("/api/v1/TokenDetails", token).json["ExceptionType"] == "InvalidToken"
    assert sign_in(served, second)["token"] is None
    served.work()
    assert form_of(receiver) == {
        "schoolId": THORNFIELD,
        "schoolEmail": "office@thornfield.example",
        "schoolName": "Thornfield Academy",
        "thirdParty": "XporterOnDemand",
        "partnerId": PARTY,
        "event": "revoked",
        "dateRevoked": "2026-11-21T00:00:00",
    }
    revoked = served.get("/api/XporterOnDemand/GetXodSchools", served_again(served)).json["Revoked"]
    assert revoked == [{"estab": THORNFIELD, "schoolName": "Thornfield Academy", "dateRevoked": "2026-11-21T00:00:00"}]


def served_again(hub: Hub) -> str:
    """A new management token."""
    return hub.desk.tokens.sign_in(PARTY, hub.desk.apps.new_secret(hub.app(PARTY)))[0]


# ---- what the app is told


def test_each_try_brings_the_same_secret_and_no_file_holds_it(small_hub: Hub, receiver: Receiver) -> None:
    app, _ = asking_app(small_hub, webhook=receiver.url("/hooks"))
    _, secret = small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])
    kept = b"".join(f.read_bytes() for f in small_hub.store.folder.iterdir() if f.is_file())
    assert secret.encode() not in kept
    receiver.status = 503
    small_hub.work()
    receiver.status = 200
    small_hub.now += 3600
    small_hub.work()
    assert form_of(receiver) == form_of(receiver)


def test_a_secret_that_is_void_by_now_is_not_delivered_late(small_hub: Hub, receiver: Receiver) -> None:
    app, _ = asking_app(small_hub, webhook=receiver.url("/hooks"))
    small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])
    _, second = small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])
    small_hub.work()
    assert form_of(receiver)["schoolSecret"] == second
    assert receiver.hears_nothing()


def test_an_app_without_an_address_is_told_nothing(small_hub: Hub) -> None:
    app, _ = asking_app(small_hub)
    small_hub.desk.grants.revoke(small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])[0])
    assert small_hub.work() == 0


# ---- a planned end, in every dialect


def test_a_planned_end_is_one_in_every_dialect(small_hub: Hub) -> None:
    app = small_hub.app(PARTY)
    grant, _ = small_hub.desk.grants.authorise(app, THORNFIELD, ["all"])
    credential, secret = small_hub.desk.credentials.add(app, "edfi")
    _, edlink = small_hub.desk.credentials.add(app, "edlink", district=grant.district)
    edfi = small_hub.desk.tickets.exchange("edfi", credential.key, secret, 7200.0)[0]

    def seen() -> tuple[int, int]:
        pupils = small_hub.get("/edfi/data/v3/ed-fi/students?limit=5", authorization=f"Bearer {edfi}")
        people = small_hub.get("/api/v2/graph/people?$first=5", authorization=f"Bearer {edlink}")
        listed = people.json.get("$data", [])
        return len(pupils.json) if isinstance(pupils.json, list) else 0, len(listed)

    before = seen()
    assert min(before) > 0
    small_hub.desk.grants.revoke_at(grant, small_hub.now + 60)
    assert seen() == before
    small_hub.now += 60
    assert seen() == (0, 0)


def test_another_process_sees_a_planned_end_at_the_same_moment(small_hub: Hub) -> None:
    grant, secret = small_hub.desk.grants.authorise(small_hub.app(PARTY), THORNFIELD, ["School"])
    small_hub.desk.grants.revoke_at(grant, small_hub.now + 60)
    other = Hub(small_hub.store.folder)
    other.now = small_hub.now + 59
    token = sign_in(other, secret)["token"]
    path = f"/api/v1/School/{THORNFIELD}/SchoolInfo"
    assert other.get(path, token).json["SchoolInfo"]
    other.now += 1
    assert other.get(path, token).json["ExceptionType"] == "InvalidToken"
    other.close()


def test_an_end_that_was_moved_comes_when_it_is_due(small_hub: Hub) -> None:
    desk: Desk = small_hub.desk
    grant = desk.grants.authorise(small_hub.app(PARTY), THORNFIELD, ["School"])[0]
    desk.grants.revoke_at(grant, small_hub.now + 60)
    desk.grants.revoke_at(grant, small_hub.now + 600)
    small_hub.now += 60
    small_hub.work()
    assert desk.grants.at(grant.app, THORNFIELD).state == "active"
    small_hub.now += 540
    small_hub.work()
    assert desk.grants.all()[0].state == "revoked"
    assert desk.grants.all()[0].ends is None


def test_what_has_ended_is_not_ended_later_by_ending_it_again(small_hub: Hub) -> None:
    desk: Desk = small_hub.desk
    grant = desk.grants.revoke_at(
        desk.grants.authorise(small_hub.app(PARTY), THORNFIELD, ["School"])[0], small_hub.now + 60
    )
    small_hub.now += 3600
    desk.grants.revoke(grant)
    (known,) = desk.grants.authorisations(grant.app)
    assert known.revoked == grant.ends


def test_a_link_serves_the_school_also_after_the_end(small_hub: Hub) -> None:
    app, _ = asking_app(small_hub)
    school = School(small_hub, link_of(small_hub, small_hub.desk.invitations.make(app, THORNFIELD)))
    school.send(school.look(), "authorise")
    school.send(school.look(), "revoke", when="now")
    secret = secret_on(school.send(school.look(), "authorise").words)
    assert sign_in(small_hub, secret)["token"]


# ---- a new link


def test_an_old_link_has_a_new_one_sent_to_the_schools_address_and_stops_working(served: Hub, postbox: Postbox) -> None:
    app, _ = asking_app(served)
    old = School(served, link_of(served, served.desk.invitations.make(app, THORNFIELD)))
    secret = secret_on(old.send(old.look(), "authorise").words)
    served.work()
    young = old.look()
    assert "E-mail me a new link" not in young.words
    served.now += LIFE
    page = old.look()
    assert "E-mail me a new link" in page.words
    page = old.send(page, "new-link")
    assert page.words == (
        "Look in your e-mail A new link is on its way by e-mail, to the address that this one was sent to. This link no"
        " longer works."
    )
    assert old.look().answer.status == 404
    served.work()
    assert postbox.envelopes[-1][1] == ["office@thornfield.example"]
    assert postbox.letters[-1]["subject"] == "Your new link: what Thornfield Academy shares with Pupil Pages"
    found = re.search(r"https://hub\.example\.org(/authorise/\S+)", postbox.text())
    assert found is not None
    new = School(served, found[1])
    page = new.send(new.look(), "widen", scope="Contact")
    assert page.answer.status == 200
    grant = served.desk.grants.at(app, THORNFIELD)
    assert (grant.state, grant.scopes) == ("active", {"School", "StudentLite", "Contact"})
    assert sign_in(served, secret)["token"], "a new link is no new secret"


def test_a_young_link_sends_no_other(served: Hub, postbox: Postbox) -> None:
    app, _ = asking_app(served)
    school = School(served, link_of(served, served.desk.invitations.make(app, THORNFIELD)))
    school.send(school.look(), "authorise")
    token = school.link.removeprefix("/authorise/")
    asked = [(a.scope, a.required) for a in served.desk.registrations.of(app).asks]
    proof = [("proof", served.desk.invitations.proof(token, "new-link", 1, asked))]
    sent = len(postbox.letters)
    assert school.post(f"{school.link}/new-link", proof).answer.status == 409
    served.work()
    # The receipt of the agreement is all that is sent.
    assert [letter["subject"][:8] for letter in postbox.letters[sent:]] == ["Receipt:"]
    assert school.look().answer.status == 200


def test_a_hub_without_a_mail_server_says_whom_to_ask_for_a_new_link(small_hub: Hub) -> None:
    app, _ = asking_app(small_hub)
    school = School(small_hub, link_of(small_hub, small_hub.desk.invitations.make(app, THORNFIELD)))
    school.send(school.look(), "authorise")
    small_hub.now += LIFE
    words = school.look().words
    assert "E-mail me a new link" not in words
    assert "Ask the people who run this hub for a new link." in words
