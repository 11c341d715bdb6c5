"""The webhook of authorisations: checked when it is named, tried on request, told of widening, missed when dead."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from rollbook.errors import Malformed
from rollbook.jobs import Queue

from .hub import THORNFIELD, Hub
from .receiver import Receiver, listening
from .school import PARTY, School, asking_app, link_of
from .test_cli import refused, said


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """The app's own server."""
    monkeypatch.setenv("ROLLBOOK_CALLBACK_ALLOW", "127.0.0.1")
    with listening(Receiver()) as server:
        server.wait.set()
        yield server


def form_of(receiver: Receiver) -> dict[str, str]:
    """The form that the app's server was sent."""
    _, _, headers, body = receiver.take()
    assert headers["webhook-signature"].startswith("v1,")
    return {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000/hooks",
        "http://localhost/hooks",
        "https://hooks.internal/x",
        "http://[::1]/",
        "http://10.1.2.3/",
    ],
)
def test_a_webhook_inside_a_private_network_is_refused_when_it_is_registered(
    small_hub: Hub, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ROLLBOOK_CALLBACK_ALLOW", raising=False)
    app = small_hub.app()
    with pytest.raises(Malformed, match="ROLLBOOK_CALLBACK_ALLOW"):
        small_hub.desk.registrations.change(app, webhook=url)
    assert small_hub.desk.registrations.of(app).webhook == ""
    told = refused("apps", "register", app.relying_party, "--webhook", url, "--data", small_hub.store.folder)
    assert "ROLLBOOK_CALLBACK_ALLOW" in told


@pytest.mark.parametrize(
    "url", ["ftp://app.example.org/", "https://user@app.example.org/", "https://app.example.org/#x", "x"]
)
def test_what_can_never_be_called_is_refused_too(small_hub: Hub, url: str) -> None:
    with pytest.raises(Malformed):
        small_hub.desk.registrations.change(small_hub.app(), webhook=url)


def test_a_test_event_is_signed_and_what_came_back_is_shown(small_hub: Hub, receiver: Receiver) -> None:
    app, folder = small_hub.app(), small_hub.store.folder
    assert "has none" in refused("apps", "test-event", app.relying_party, "--data", folder)
    small_hub.desk.registrations.change(app, webhook=receiver.url("/hooks"))
    assert said("apps", "test-event", app.relying_party, "--data", folder) == "127.0.0.1 answered 200\n"
    assert form_of(receiver) == {"event": "test", "partnerId": app.relying_party}


def test_widening_is_told_with_the_same_secret(small_hub: Hub, receiver: Receiver) -> None:
    app = small_hub.app()
    small_hub.desk.registrations.change(app, webhook=receiver.url("/hooks"))
    grant, secret = small_hub.desk.grants.authorise(app, THORNFIELD, ["School"])
    small_hub.work()
    assert form_of(receiver)["scopes"] == "School"
    small_hub.desk.grants.widen(grant, ["UPN"])
    small_hub.work()
    form = form_of(receiver)
    assert (form["event"], form["scopes"], form["schoolSecret"]) == ("widened", "School,UPN", secret)


def test_narrowing_is_told_with_the_same_secret_and_the_scopes_that_are_left(
    small_hub: Hub, receiver: Receiver
) -> None:
    app = small_hub.app()
    small_hub.desk.registrations.change(app, webhook=receiver.url("/hooks"))
    grant, secret = small_hub.desk.grants.authorise(app, THORNFIELD, ["School", "UPN"])
    small_hub.work()
    assert form_of(receiver)["scopes"] == "School,UPN"
    grant = small_hub.desk.grants.narrow(grant, ["School"])
    small_hub.work()
    form = form_of(receiver)
    assert (form["event"], form["scopes"], form["schoolSecret"]) == ("narrowed", "School", secret)
    small_hub.desk.grants.narrow(grant, ["School"])
    assert small_hub.work() == 0


def test_a_message_that_arrives_late_brings_back_no_scope_that_was_taken_away(
    small_hub: Hub, receiver: Receiver
) -> None:
    app = small_hub.app()
    small_hub.desk.registrations.change(app, webhook=receiver.url("/hooks"))
    grant, _ = small_hub.desk.grants.authorise(app, THORNFIELD, ["School", "UPN"])
    receiver.status = 503
    small_hub.work()
    form_of(receiver)
    small_hub.desk.grants.narrow(grant, ["School"])
    receiver.status = 200
    small_hub.now += 3600
    small_hub.work()
    assert [form_of(receiver)["scopes"] for _ in range(2)] == ["School", "School"]


def test_a_school_and_the_operator_see_that_the_app_was_not_told(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_CALLBACK_ALLOW", "127.0.0.1")
    with listening(Receiver(status=410)) as server:
        server.wait.set()
        asking_app(small_hub, webhook=server.url("/hooks"))
        grant, _ = small_hub.desk.grants.authorise(small_hub.app(PARTY), THORNFIELD, ["School"])
        small_hub.work()
    job = Queue(small_hub.store, lambda: small_hub.now).undelivered(grant.id)
    assert job is not None
    assert job.state == "dead"
    listed = said("jobs", "--data", small_hub.store.folder)
    assert f"authorisation, {PARTY} at {THORNFIELD}" in listed
    made = small_hub.desk.invitations.make(small_hub.app(PARTY), THORNFIELD)
    page = School(small_hub, link_of(small_hub, made)).look().words
    assert "has not been told about your last decision" in page
    assert "answered 410" in page
