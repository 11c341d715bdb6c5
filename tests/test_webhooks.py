"""Webhooks: what an app's server is told, signed, until it has accepted it."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

import pytest
from click.testing import CliRunner
from standardwebhooks import Webhook, WebhookVerificationError

from rollbook import cli
from rollbook.api.callbacks import _tls  # pyright: ignore[reportPrivateUsage]
from rollbook.api.webhooks import Body, Undelivered, Webhooks
from rollbook.app import application
from rollbook.consent.ledger import Ledger
from rollbook.jobs import Job
from rollbook.jobs import Queue as Jobs
from rollbook.jobs.queue import DELAYS
from tests.looking import changing

from .hub import THORNFIELD, Hub
from .receiver import Receiver, listening


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's owner lets it call the loopback address."""
    monkeypatch.setenv("ROLLBOOK_CALLBACK_ALLOW", "127.0.0.1, hooks.example")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening(Receiver()) as one:
        yield one


def ask(hub: Hub, url: str, more: str = "") -> dict[str, Any]:
    """The answer to a request that names a callback, once the worker has done what it asks for."""
    answer = hub.school(f"Students?pagesize=1&callbackUrl={quote(url, safe='')}{more}", hub.token())
    hub.work()
    return answer


def tell(hub: Hub, url: str, **more: Any) -> str:
    """Promise a webhook about a new grant, as a change of the records does; gives its id."""
    grant = hub.grant()
    told = {"app": grant.app.id, "grant": grant.id, "family": "writeback", "url": url, **more}
    with hub.store.transaction() as db:
        return db.outbox.promise("webhook", told, due=0)


def jobs(hub: Hub, state: str) -> list[Job]:
    """The jobs in a state."""
    return Jobs(hub.store, lambda: hub.now).jobs(state)


# ---- data availability


def test_the_state_of_the_databases_is_posted_to_the_address(small_hub: Hub, receiver: Receiver) -> None:
    status = small_hub.school("Students?onlyGetDBStatus=true", small_hub.token())
    ask(small_hub, receiver.url("/ready"))
    method, path, headers, body = receiver.take()
    assert (method, path, headers["content-type"]) == ("POST", "/ready", "application/json")
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert json.loads(body) == status
    (row,) = status["DBStatus"]
    assert (row["Id"], row["DBName"], row["Status"]) == ("1", "XodSchoolData", "OK")


def test_the_query_of_the_address_is_kept(small_hub: Hub, receiver: Receiver) -> None:
    ask(small_hub, receiver.url(f"/ready?estab={THORNFIELD}&id=42&note=a%20b%26c"))
    assert receiver.take()[1] == f"/ready?estab={THORNFIELD}&id=42&note=a%20b%26c"


def test_the_request_itself_is_answered_as_ever(small_hub: Hub, receiver: Receiver) -> None:
    answer = ask(small_hub, receiver.url())
    assert len(answer["Students"]) == 1
    assert receiver.take()[0] == "POST"


def test_every_request_calls_even_when_its_answer_is_known_already(small_hub: Hub, receiver: Receiver) -> None:
    token = small_hub.token()
    for number in range(3):
        small_hub.school(f"Students?pagesize=1&callbackUrl={quote(receiver.url('/again'), safe='')}", token)
        small_hub.work()
        assert receiver.take()[1] == "/again", number


def test_nobody_is_called_while_a_request_is_answered(small_hub: Hub, receiver: Receiver) -> None:
    answer = small_hub.school(f"Students?pagesize=1&callbackUrl={receiver.url()}", small_hub.token())
    assert len(answer["Students"]) == 1
    assert receiver.hears_nothing()


def test_a_request_that_is_refused_calls_nobody(small_hub: Hub, receiver: Receiver) -> None:
    assert ask(small_hub, receiver.url(), "&colour=red")["ExceptionType"] == "InvalidRequest"
    small_hub.school(f"Students?callbackUrl={receiver.url()}", "not a token")
    small_hub.school(f"Staff?callbackUrl={receiver.url()}", small_hub.token(["School"]))
    assert small_hub.work() == 0
    assert receiver.hears_nothing()


def test_an_address_that_cannot_be_called_is_refused_at_once(small_hub: Hub) -> None:
    answer = ask(small_hub, "http://me@10.0.0.1:22/", "&httpstatuscodes=true&colour=red")
    assert answer["ExceptionType"] == "InvalidRequest"
    for told in (
        "callbackUrl: has a user name before the host",
        "callbackUrl: is an address inside a private network",
        "callbackUrl: has port 22",
        "colour",
    ):
        assert told in answer["ExceptionMessage"]


def test_a_callback_that_an_earlier_version_wrote_down_is_made(small_hub: Hub, receiver: Receiver) -> None:
    grant = small_hub.grant()
    told = {"url": receiver.url("/earlier"), "grant": grant.id, "endpoint": "Students"}
    Jobs(small_hub.store, lambda: small_hub.now).add("callback", told)
    assert small_hub.work() == 1
    assert receiver.take()[1] == "/earlier"


# ---- write-back and authorisation


def test_the_outcome_of_a_write_back_is_told_behind_the_receivers_own_parameters(
    small_hub: Hub, receiver: Receiver
) -> None:
    query = {"id": "Conduct", "estab": THORNFIELD, "trackingid": "2026.x", "XodCompleted": "True", "ErrorMessage": None}
    result = {"result": [{"IncidentId": 1, "ActualId": 1811}]}
    tell(small_hub, receiver.url(f"/hook?id=ConductBeh&estab={THORNFIELD}"), query=query, json=result)
    small_hub.work()
    _, path, headers, body = receiver.take()
    assert path == f"/hook?id=ConductBeh&estab={THORNFIELD}&trackingid=2026.x&XodCompleted=True"
    assert (headers["content-type"], body) == ("application/json", b'{"result":[{"IncidentId":1,"ActualId":1811}]}')


def test_what_the_mis_refused_is_told_with_an_empty_outcome_and_no_body(small_hub: Hub, receiver: Receiver) -> None:
    tell(small_hub, receiver.url("/hook"), query={"XodCompleted": "", "ErrorMessage": "Öffnen & schließen?"}, json=None)
    small_hub.work()
    _, path, headers, body = receiver.take()
    assert path == "/hook?XodCompleted=&ErrorMessage=%C3%96ffnen%20%26%20schlie%C3%9Fen%3F"
    assert ("content-type" in headers, headers["content-length"], body) == (False, "0", b"")


@pytest.mark.usefixtures("now")
def test_a_form_is_posted_as_one(small_hub: Hub, receiver: Receiver) -> None:
    tell(small_hub, receiver.url(), form={"schoolName": "Thornfield Academy", "scopes": "School,SEN"})
    small_hub.work()
    _, _, headers, body = receiver.take()
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert body == b"schoolName=Thornfield+Academy&scopes=School%2CSEN"
    Webhook(small_hub.desk.signing.secret(small_hub.app())).verify(body, headers, json_parse=False)


def test_a_familys_filler_completes_the_body_when_it_is_sent(small_hub: Hub, receiver: Receiver) -> None:
    def fill(told: Mapping[str, Any]) -> Body:
        return Body(form={"schoolSecret": "made now", **told["form"]})

    call = Webhooks(small_hub.desk, {"authorisation": fill}, Ledger(small_hub.store.folder))
    tell(small_hub, receiver.url(), family="authorisation", form={"schoolId": THORNFIELD})
    queue = Jobs(small_hub.store, lambda: small_hub.now)
    queue.collect()
    job = queue.take()
    assert job is not None
    call(job)
    assert parse_qs(receiver.take()[3].decode()) == {"schoolSecret": ["made now"], "schoolId": [THORNFIELD]}
    assert "made now" not in str(queue.jobs())


# ---- the signature


@pytest.fixture
def now(small_hub: Hub) -> None:
    """The hub's clock tells the time of day, which the receiver's library compares with its own."""
    small_hub.now = time.time()


@pytest.mark.usefixtures("now")
def test_a_call_is_signed_so_that_the_receivers_library_accepts_it(small_hub: Hub, receiver: Receiver) -> None:
    identity = tell(small_hub, receiver.url(), json={"result": [{"IncidentId": 1, "ActualId": "é"}]})
    small_hub.work()
    _, _, headers, body = receiver.take()
    secret = small_hub.desk.signing.secret(small_hub.app())
    assert headers["webhook-id"] == identity
    assert Webhook(secret).verify(body, headers) == {"result": [{"IncidentId": 1, "ActualId": "é"}]}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(small_hub.desk.signing.secret(small_hub.app("other.example.org"))).verify(body, headers)


@pytest.mark.usefixtures("now")
def test_for_a_day_after_a_change_both_secrets_verify(small_hub: Hub, receiver: Receiver) -> None:
    app, desk = small_hub.app(), small_hub.desk
    secrets = [desk.signing.secret(app), desk.signing.rotate(app)]
    assert desk.signing.secret(app) == secrets[1] != secrets[0]
    tell(small_hub, receiver.url(), json={})
    small_hub.work()
    _, _, headers, body = receiver.take()
    for secret in secrets:
        Webhook(secret).verify(body, headers)
    assert len(headers["webhook-signature"].split(" ")) == 2
    with changing(small_hub.store) as db:
        db.execute("UPDATE signing SET at = at - 24 * 3600")
    tell(small_hub, receiver.url(), json={})
    small_hub.work()
    _, _, headers, body = receiver.take()
    Webhook(secrets[1]).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secrets[0]).verify(body, headers)


def test_the_secret_is_shown_and_changed_in_the_terminal_and_kept_nowhere(small_hub: Hub) -> None:
    small_hub.app()

    def call(*more: str) -> str:
        words = ["apps", "signing-secret", "app.example.org", *more, "--data", str(small_hub.store.folder)]
        return CliRunner().invoke(cli.main, words, obj=application).output

    first = call()
    assert first.startswith("signingSecret: whsec_")
    assert call() == first
    assert call("--rotate") != first
    assert call().split()[1] == small_hub.desk.signing.secret(small_hub.app())
    kept = b"".join(path.read_bytes() for path in small_hub.store.folder.iterdir())
    assert first.split()[1].removeprefix("whsec_").encode() not in kept


def test_a_day_that_is_named_in_the_terminal_is_the_last_on_which_calls_are_signed_with_both(small_hub: Hub) -> None:
    app, signing = small_hub.app(), small_hub.desk.signing
    before = signing.secret(app)
    words = ["apps", "signing-secret", "app.example.org", "--rotate", "--until", "2099-12-24"]
    told = CliRunner().invoke(cli.main, [*words, "--data", str(small_hub.store.folder)], obj=application).output
    after = told.removeprefix("signingSecret: ").strip()

    def signed_with(moment: str) -> list[str]:
        small_hub.now = datetime.fromisoformat(moment).timestamp()
        return [f"whsec_{b64encode(key).decode()}" for key in signing.keys(app)]

    assert signed_with("2099-12-24T23:59:59Z") == [after, before]
    assert signed_with("2099-12-25T00:00:00Z") == [after]


# ---- what is not accepted


def test_a_receiver_that_is_not_there_is_called_again_later(small_hub: Hub) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert len(ask(small_hub, f"http://127.0.0.1:{port}/")["Students"]) == 1
    (job,) = jobs(small_hub, "waiting")
    assert job.due == small_hub.now + DELAYS[0]
    assert "127.0.0.1 could not be reached" in (job.error or "")
    with listening(Receiver(), port) as back:
        small_hub.now += DELAYS[0]
        assert small_hub.work() == 1
        assert back.take()[2]["webhook-id"] == job.id
    assert jobs(small_hub, "waiting") == []


def test_a_call_that_is_refused_is_repeated_under_the_same_id_until_it_is_given_up(
    small_hub: Hub, receiver: Receiver
) -> None:
    receiver.status = 503
    tell(small_hub, receiver.url(), json={"a": 1})
    ids: list[str] = []
    moments: list[str] = []
    for delay in [*DELAYS, 0]:
        small_hub.work()
        _, _, headers, _ = receiver.take()
        ids.append(headers["webhook-id"])
        moments.append(headers["webhook-timestamp"])
        small_hub.now += delay
    assert len(set(ids)) == 1
    assert len(set(moments)) == len(moments)
    (dead,) = jobs(small_hub, "dead")
    assert (dead.id, dead.error) == (ids[0], "127.0.0.1 answered 503")
    small_hub.now += 3600
    assert small_hub.work() == 0
    receiver.status = 200
    Jobs(small_hub.store, lambda: small_hub.now).again(dead.id)
    assert small_hub.work() == 1
    assert receiver.take()[2]["webhook-id"] == dead.id


def test_what_was_accepted_is_said_once_more_when_the_operator_wants_it(small_hub: Hub, receiver: Receiver) -> None:
    identity = tell(small_hub, receiver.url(), json={"result": [{"IncidentId": 1, "ActualId": 2}]})
    small_hub.work()
    first = receiver.take()
    small_hub.now += 6 * 24 * 3600
    Jobs(small_hub.store, lambda: small_hub.now).again(identity)
    small_hub.work()
    second = receiver.take()
    assert (first[2]["webhook-id"], first[3]) == (second[2]["webhook-id"], second[3])


def test_a_redirect_is_a_failure_and_told_as_one(small_hub: Hub, receiver: Receiver) -> None:
    receiver.status, receiver.location = 301, "http://127.0.0.1/elsewhere"
    tell(small_hub, receiver.url())
    small_hub.work()
    (job,) = jobs(small_hub, "waiting")
    assert job.error == ("127.0.0.1 answered 301, a redirect, which is not followed: name the address that it leads to")


def test_a_receiver_that_is_gone_for_good_is_not_called_again(small_hub: Hub, receiver: Receiver) -> None:
    receiver.status = 410
    tell(small_hub, receiver.url())
    small_hub.work()
    (job,) = jobs(small_hub, "dead")
    assert (job.tries, job.error) == (1, "127.0.0.1 answered 410")


def test_a_receiver_may_say_when_to_call_again(small_hub: Hub, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "120"}
    tell(small_hub, receiver.url())
    small_hub.work()
    (job,) = jobs(small_hub, "waiting")
    assert job.due == small_hub.now + 120
    assert receiver.take()[0] == "POST"


def test_a_body_that_is_too_large_is_given_up_and_seen(small_hub: Hub, receiver: Receiver) -> None:
    tell(small_hub, receiver.url(), json={"result": "x" * (9 * 1024 * 1024)})
    small_hub.work()
    (job,) = jobs(small_hub, "dead")
    assert job.error == "the body is larger than 8 MB"
    assert receiver.hears_nothing()


def test_an_address_that_may_no_longer_be_called_is_given_up(
    small_hub: Hub, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(small_hub, receiver.url())
    monkeypatch.delenv("ROLLBOOK_CALLBACK_ALLOW")
    small_hub.work()
    (job,) = jobs(small_hub, "dead")
    assert "url: is an address inside a private network" in (job.error or "")
    assert receiver.hears_nothing()


# ---- whose it is


@pytest.mark.parametrize("family", ["data", "database"])
def test_who_is_no_longer_granted_anything_is_not_called(small_hub: Hub, receiver: Receiver, family: str) -> None:
    tell(small_hub, receiver.url(), family=family, endpoint="Students", database="XodSchoolData", json={})
    small_hub.desk.grants.revoke(small_hub.desk.grants.at(small_hub.app(), THORNFIELD))
    assert small_hub.work() == 1
    assert receiver.hears_nothing()
    assert len(jobs(small_hub, "done")) == 1


def test_what_came_of_a_write_back_is_told_although_the_grant_has_ended(small_hub: Hub, receiver: Receiver) -> None:
    tell(small_hub, receiver.url())
    small_hub.desk.grants.revoke(small_hub.desk.grants.at(small_hub.app(), THORNFIELD))
    small_hub.work()
    assert receiver.take()[0] == "POST"


def test_while_a_grant_is_paused_its_webhooks_wait(small_hub: Hub, receiver: Receiver) -> None:
    tell(small_hub, receiver.url(), family="data", endpoint="Students")
    grant = small_hub.desk.grants.pause(small_hub.desk.grants.at(small_hub.app(), THORNFIELD))
    small_hub.work()
    assert receiver.hears_nothing()
    small_hub.desk.grants.pause(grant, False)
    small_hub.now += 300
    assert small_hub.work() == 1
    assert receiver.take()[0] == "POST"
    assert jobs(small_hub, "done")[0].tries == 1


def test_an_app_that_is_gone_is_not_called(small_hub: Hub, receiver: Receiver) -> None:
    tell(small_hub, receiver.url(), app="nobody")
    assert small_hub.work() == 1
    assert receiver.hears_nothing()


# ---- over TLS


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the receiver's certificate")
def test_a_receiver_is_known_by_its_certificate_wherever_its_name_leads(
    small_hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=hooks.example"
    names = ["-addext", "subjectAltName=DNS:hooks.example", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made.split(), *names], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("ROLLBOOK_CALLBACK_ALLOW", "hooks.example, other.example")
    _tls.cache_clear()
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with listening(Receiver(), tls=context) as receiver:
        call = Webhooks(small_hub.desk, {}, Ledger(small_hub.store.folder), resolve=lambda host, port: ["127.0.0.1"])
        queue = Jobs(small_hub.store, lambda: small_hub.now)
        for host in ("hooks.example", "other.example"):
            tell(small_hub, receiver.url("/hook", host=host).replace("http:", "https:"))
        queue.collect()
        for job in filter(None, [queue.take(), queue.take()]):
            if "other" not in job.payload["url"]:
                call(job)
                assert receiver.take()[1] == "/hook"
                continue
            with pytest.raises(Undelivered, match="certificate verify failed"):
                call(job)
    assert sorted(filter(None, asked)) == ["hooks.example", "other.example"]
    _tls.cache_clear()
