"""An app's developer: schools and their states, secrets, the app's own requests, and its webhooks."""

from __future__ import annotations

import base64
import hmac
import re
from datetime import UTC, datetime, timedelta

import pytest

from rollbook.consent.credentials import WrongClient
from rollbook.consent.tokens import WrongSecret
from rollbook.jobs import Queue

from .hub import THORNFIELD, Hub
from .person import signed_in
from .receiver import Receiver, listening
from .school import PARTY, Page, asking_app

DEV, OTHER = "dev@app.example.org", "dev@other.example.org"


def test_a_developer_sees_schools_and_requests_and_makes_other_secrets(small_hub: Hub) -> None:
    asking_app(small_hub)
    token = small_hub.token(["StudentLite"], app=PARTY)
    small_hub.school("Students?pagesize=3&select=Id", token)
    dev = signed_in(small_hub, DEV, "developer", app=PARTY)
    dev.link = f"/console/apps/{PARTY}"
    page = dev.look()
    assert "Thornfield Academy (9994001) Agreed in part StudentLite" in page.words
    asked = dev.look("requests").words
    assert "xporter school.students 9994001 200 3" in asked
    assert "18 Nov 1" in asked
    assert "Requests by API, as a table Requests xporter 1" in asked
    assert "Name its address first." in dev.send(dev.look("webhooks"), "test").words
    made = re.search(r'class="secret">([^<]+)<', dev.send(dev.look("keys"), "keys", old="now").html)
    assert made is not None
    assert small_hub.desk.tokens.sign_in(PARTY, made[1])[0]
    signing = re.search(r'class="secret">([^<]+)<', dev.send(dev.look("keys"), "signing").html)
    assert signing is not None
    assert signing[1] == small_hub.desk.signing.secret(small_hub.app(PARTY))


def test_a_developer_finds_requests_by_api_endpoint_status_and_day_and_reads_one(small_hub: Hub) -> None:
    asking_app(small_hub)
    token = small_hub.token(["StudentLite"], app=PARTY)
    small_hub.school("Students?pagesize=3&select=Id", token)
    small_hub.now += 24 * 3600
    small_hub.get(f"/api/v1/School/{THORNFIELD}/Staff?httpstatuscodes=true", token)
    small_hub.get("/api/v1/TokenDetails", token)
    dev = signed_in(small_hub, DEV, "developer", app=PARTY)
    at = f"/console/apps/{PARTY}/requests"

    def found(query: str) -> list[str]:
        return re.findall(r'<th scope="row">([a-z.]+)</th>', dev.go(f"{at}?{query}").html.partition("</table>")[0])

    assert found("") == ["tokendetails", "school.staff", "school.students"]
    assert found("api=edfi") == []
    assert found("endpoint=school.staff") == found("status=403") == ["school.staff"]
    assert found("day=2026-11-18") == ["school.students"]
    assert found("day=2026-11-19&status=200") == ["tokendetails"]
    wrong = dev.go(f"{at}?status=x")
    assert (wrong.answer.status, "Is no status" in wrong.words) == (400, True)
    assert dev.go(f"{at}?day=yesterday").answer.status == 400
    number = re.findall(r'/requests/(\d+)"', dev.go(f"{at}?endpoint=school.students").html)[0]
    words = dev.go(f"{at}/{number}").words
    assert f"Asked for school.students School {THORNFIELD} Status 200 Rows 3" in words
    small_hub.desk.apps.add("other.example.org")
    other = signed_in(small_hub, OTHER, "developer", app="other.example.org")
    for where in (f"/console/apps/other.example.org/requests/{number}", f"{at}/{number}", f"{at}/x", f"{at}/99999999"):
        assert other.go(where).answer.status == 404


def test_a_developer_sends_a_webhook_of_their_own_app_again_and_no_other(small_hub: Hub) -> None:
    app, _ = asking_app(small_hub)
    queue = Queue(small_hub.store, lambda: small_hub.now)
    queue.add("webhook", {"app": app.id, "family": "data", "url": "https://app.example.org/hook"})
    job = queue.take(["webhook"])
    assert job is not None
    queue.fail(job, "answered 500", final=True)
    dev = signed_in(small_hub, DEV, "developer", app=PARTY)
    dev.link = f"/console/apps/{PARTY}"
    page = dev.look("webhooks")
    assert "data Failed" in page.words
    small_hub.desk.apps.add("other.example.org")
    other = signed_in(small_hub, OTHER, "developer", app="other.example.org")
    proof = other.look("account").form("elsewhere")[1]
    assert other.post("/console/apps/other.example.org/webhooks/again", [*proof, ("id", job.id)]).answer.status == 404
    assert other.go(dev.link).answer.body == other.go("/console/apps/nowhere").answer.body
    assert "data Waits" in dev.send(page, "again").words


def test_a_test_event_goes_to_a_receiver_signed_and_the_page_says_what_it_answered(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_CALLBACK_ALLOW", "127.0.0.1")
    with listening(Receiver()) as receiver:
        app, _ = asking_app(small_hub, webhook=receiver.url("/hook"))
        dev = signed_in(small_hub, DEV, "developer", app=PARTY)
        dev.link = f"/console/apps/{PARTY}"
        said = dev.send(dev.look("webhooks"), "test")
        assert "What came of the test event 127.0.0.1 answered 200" in said.words
        _, path, headers, body = receiver.take()
        assert (path, body) == ("/hook", b"event=test&partnerId=app.example.org")
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(small_hub.desk.signing.secret(app).removeprefix("whsec_"))
        made = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        assert f"v1,{made}" in headers["webhook-signature"].split()
        receiver.status = 500
        refused = dev.send(dev.look("webhooks"), "test")
        assert "The test event was not accepted" in refused.words
        assert "500" in refused.words


def test_a_secret_goes_on_working_until_the_day_that_its_developer_sets(small_hub: Hub) -> None:
    asking_app(small_hub)
    app, desk = small_hub.app(PARTY), small_hub.desk
    small_hub.grant(["School"], app=PARTY)
    district = desk.schools.find(THORNFIELD)[0]
    (_, token), (client, own) = (
        desk.credentials.add(app, dialect, district=district, signs=dialect == "oneroster")
        for dialect in ("edlink", "oneroster")
    )
    old = desk.apps.new_secret(app)
    dev = signed_in(small_hub, DEV, "developer", app=PARTY)
    dev.link = f"/console/apps/{PARTY}"
    graph = "/api/v2/graph/schools"
    assert small_hub.get(graph, authorization=f"Bearer {token}").status == 200
    assert "Edlink key" in dev.look("keys").words
    keys = {one.dialect: one.key for one in desk.credentials.of(app)}
    day = datetime.fromtimestamp(small_hub.now, UTC).date()
    last = (day + timedelta(1)).isoformat()
    new = {
        key: _shown(dev.send(dev.look("keys"), "keys", key=key, old="until", day=last)) for key in ("", *keys.values())
    }
    # Until then both work, and the page tells when each was used.
    for secret in (old, new[""]):
        assert desk.tokens.sign_in(PARTY, secret)[0]
    for secret in (token, new[keys["edlink"]]):
        assert small_hub.get(graph, authorization=f"Bearer {secret}").status == 200
    for secret in (own, new[client.key]):
        assert desk.tickets.exchange("oneroster", client.key, secret, 3600)[0]
        proof = secret.__eq__
        assert desk.tickets.signed("oneroster", client.key, proof, at=small_hub.now, nonce=secret, request=secret)
    words = dev.look("keys").words
    assert words.count("One before, until") == 3
    assert "Last used: never" not in words
    # After it the earlier ones are nobody's.
    small_hub.now += 2 * 24 * 3600
    with pytest.raises(WrongSecret):
        desk.tokens.sign_in(PARTY, old)
    with pytest.raises(WrongClient):
        desk.tickets.exchange("oneroster", client.key, own, 3600)
    assert small_hub.get(graph, authorization=f"Bearer {token}").status == 401
    assert small_hub.get(graph, authorization=f"Bearer {new[keys['edlink']]}").status == 200
    assert desk.tokens.sign_in(PARTY, new[""])[0]
    dev.sign_in(DEV)
    assert "Is too far away or past" in dev.send(dev.look("keys"), "keys", old="until", day="2020-01-01").words
    other = desk.credentials.add(desk.apps.add("other.example.org")[0], "edfi")[0]
    assert dev.send(dev.look("keys"), "keys", key=other.key, old="now").answer.status == 404


def test_webhooks_are_signed_with_both_secrets_until_the_day_that_the_developer_names(small_hub: Hub) -> None:
    app, _ = asking_app(small_hub)
    dev = signed_in(small_hub, DEV, "developer", app=PARTY)
    dev.link = f"/console/apps/{PARTY}"
    (before,) = small_hub.desk.signing.keys(app)
    last = (datetime.fromtimestamp(small_hub.now, UTC).date() + timedelta(10)).isoformat()
    assert _shown(dev.send(dev.look("keys"), "signing", day=last)) == small_hub.desk.signing.secret(app)
    small_hub.now += 10 * 24 * 3600
    assert small_hub.desk.signing.keys(app)[1] == before
    small_hub.now += 24 * 3600
    assert len(small_hub.desk.signing.keys(app)) == 1
    dev.sign_in(DEV)
    assert "Is too far away or past" in dev.send(dev.look("keys"), "signing", day="2020-01-01").words


def test_a_developer_makes_another_school_secret_for_a_school_of_the_app_and_no_other(small_hub: Hub) -> None:
    asking_app(small_hub)
    first = small_hub.desk.grants.authorise(small_hub.app(PARTY), THORNFIELD, ["School"])[1]
    dev = signed_in(small_hub, DEV, "developer", app=PARTY)
    dev.link = f"/console/apps/{PARTY}"
    day = datetime.fromtimestamp(small_hub.now, UTC).date().isoformat()
    where, pairs = dev.look("keys").form("keys")
    pairs = [(name, value) for name, value in pairs if name in ("proof",)]
    made = _shown(dev.post(where, [*pairs, ("estab", THORNFIELD), ("old", "until"), ("day", day)]))
    for secret in (first, made):
        assert small_hub.desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]
    assert dev.post(where, [*pairs, ("estab", "9992001"), ("old", "now")]).answer.status == 404


def _shown(page: Page) -> str:
    made = re.search(r'class="secret">([^<]+)<', page.html)
    assert made is not None, page.words
    return made[1]
