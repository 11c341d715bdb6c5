"""An app's developer: schools and their states, secrets, the app's own requests, and its webhooks."""

from __future__ import annotations

import re

from rollbook.jobs import Queue

from .hub import Hub
from .person import signed_in
from .school import PARTY, asking_app

DEV, OTHER = "dev@app.example.org", "dev@other.example.org"


def test_a_developer_sees_schools_and_requests_and_makes_other_secrets(small_hub: Hub) -> None:
    asking_app(small_hub)
    token = small_hub.token(["StudentLite"], app=PARTY)
    small_hub.school("Students?pagesize=3&select=Id", token)
    dev = signed_in(small_hub, DEV, "developer", app=PARTY)
    dev.link = f"/console/apps/{PARTY}"
    page = dev.look()
    assert "Thornfield Academy (9994001) Agreed in part StudentLite" in page.words
    assert "xporter school.students 9994001 200 3" in dev.look("requests").words
    made = re.search(r'class="secret">([^<]+)<', dev.send(page, "secret").html)
    assert made is not None
    assert small_hub.desk.tokens.sign_in(PARTY, made[1])[0]
    signing = re.search(r'class="secret">([^<]+)<', dev.send(dev.look(), "signing").html)
    assert signing is not None
    assert signing[1] == small_hub.desk.signing.secret(small_hub.app(PARTY))


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
