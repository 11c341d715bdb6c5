"""`rollbook sources authorize`: somebody at the provider lets the hub in, and what comes of it is told to nobody."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from click.testing import CliRunner, Result

from rollbook.cli import main
from rollbook.store.opening import opened

from .ports import free_port
from .services import Asked, Reply, Served, serving

DISTRICT = "Heronsgate District"


@pytest.fixture
def provider() -> Iterator[Served]:
    """A provider that gives tokens for the code `let-in`."""

    def answers(asked: Asked) -> Reply:
        form = dict(parse_qsl(asked.body.decode()))
        good = (form["client_id"], form["client_secret"], form["code"]) == ("client", "hush", "let-in")
        given = {"access_token": "a", "refresh_token": "refresh-one", "expires_in": 3600}
        return Reply(given) if good else Reply({"error": "invalid_grant"}, 400)

    with serving(answers) as up:
        yield up


@pytest.fixture
def data(tmp_path: Path, provider: Served, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A hub with a source that nobody let in yet."""
    monkeypatch.setenv("LEARN_SECRET", "hush")
    settings = ("address=" + provider.address, "school=Heronsgate", "client=client", f"tokens={provider.address}/token")
    where = ["--data", str(tmp_path / "hub")]
    words = ["sources", "add", "learn", "--district", DISTRICT, "--connector", "brightspace"]
    added = run(*words, *(w for one in settings for w in ("--set", one)), "--secret", "secret=env:LEARN_SECRET", *where)
    assert added.exit_code == 0, added.output
    assert "`rollbook sources authorize learn` has somebody at the provider let the hub in." in added.stderr
    assert provider.asked == []
    return where


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(main, list(words), input=given)


def shown(data: list[str]) -> dict[str, Any]:
    return json.loads(run("sources", "show", "learn", "--json", *data).stdout)


def test_a_code_that_is_pasted_is_exchanged_and_the_token_is_kept_sealed(data: list[str], provider: Served) -> None:
    assert shown(data)["state"] == "paused"
    done = run("sources", "authorize", "learn", "--redirect", "https://hub.example.org/back", *data, given="let-in\n")
    assert done.exit_code == 0, done.output
    address = next(line for line in done.stdout.splitlines() if line.startswith("https://auth.brightspace.com/"))
    page, sent = dict(parse_qsl(urlsplit(address).query)), dict(parse_qsl(provider.asked[0].body.decode()))
    assert (page["response_type"], page["client_id"]) == ("code", "client")
    assert "users:userdata:read" in page["scope"]
    proof = hashlib.sha256(sent["code_verifier"].encode()).digest()
    assert page["code_challenge"] == base64.urlsafe_b64encode(proof).decode().rstrip("=")
    assert sent["redirect_uri"] == page["redirect_uri"] == "https://hub.example.org/back"
    told = shown(data)
    assert (told["state"], told["settings"]["refresh-token"]) == ("on", "(secret) not renewed yet")
    with opened(Path(data[1])) as store:
        (feed,) = store.kept.feeds.every()
        assert "refresh-one" not in json.dumps(feed.settings)
    assert "hush" not in done.output


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("https://hub.example.org/back?code=let-in&state=another", "is not the answer to this request"),
        ("https://hub.example.org/back?error=access_denied", "did not agree, or the provider refused"),
        ("wrong", "invalid_grant"),
    ],
)
def test_what_is_no_consent_to_this_request_keeps_nothing(data: list[str], given: str, why: str) -> None:
    done = run("sources", "authorize", "learn", "--paste", *data, given=f"{given}\n")
    assert done.exit_code != 0
    assert why in str(done.exception)
    assert shown(data)["state"] == "paused"


def test_a_browser_on_this_machine_brings_the_code_by_itself(data: list[str], provider: Served) -> None:
    redirect, seen = f"http://127.0.0.1:{free_port()}/", list[httpx.Response]()

    def browser(state: str) -> None:
        for said in ("favicon.ico", "?code=let-in&state=forged", f"?code=let-in&state={state}"):
            seen.append(httpx.get(redirect + said))

    def printed(text: str = "", **_: object) -> None:
        if state := dict(parse_qsl(urlsplit(text).query)).get("state"):
            threading.Thread(target=browser, args=(state,)).start()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rollbook.cli.authorizing.click.echo", printed)
        done = run("sources", "authorize", "learn", "--redirect", redirect, *data)
    assert done.exit_code == 0, done.output
    assert [one.status_code for one in seen][:2] == [404, 404]
    assert len(provider.asked) == 1
    assert shown(data)["state"] == "on"
