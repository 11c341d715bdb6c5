"""A person who opens an address in a browser gets a page; API clients keep their dialect's errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.console.errors import prefers_html

from .hub import THORNFIELD, Hub

CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture(scope="module")
def hub(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub over small schools."""
    served = Hub.copy(small_folder, tmp_path_factory.mktemp("pages") / "hub")
    yield served
    served.close()


ADDRESSES = [
    ("/nothing/here", 404),
    ("/edfi/data/v3/ed-fi/students", 401),
    ("/api/v2/graph/people", 401),
    (f"/api/v1/School/{THORNFIELD}/Students?httpstatuscodes=true", 401),
    ("/api/private/stem/cohort/", 401),
    ("/reference/xporter/Nothing", 404),
]


@pytest.mark.parametrize(("path", "status"), ADDRESSES)
def test_a_browser_gets_a_page_that_says_what_to_do(hub: Hub, path: str, status: int) -> None:
    answer = hub.ask("GET", path, None, accept=CHROMIUM)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    text = answer.body.decode()
    assert f"<h1>{status} " in text
    assert "front page" in text.lower()
    assert "accept" in answer.headers["vary"].lower()


@pytest.mark.parametrize(("path", "status"), ADDRESSES)
@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html;q=0.9", ""])
def test_an_api_client_gets_its_dialects_form(hub: Hub, path: str, status: int, accept: str) -> None:
    answer = hub.ask("GET", path, None, accept=accept)
    assert answer.status == status
    assert json.loads(answer.body)


def test_what_is_not_an_error_stays_as_it_is(hub: Hub) -> None:
    assert (
        hub.ask("GET", "/api/v1/openapi.json", None, accept=CHROMIUM)
        .headers["content-type"]
        .startswith("application/json")
    )


def test_a_page_escapes_what_was_sent(hub: Hub) -> None:
    answer = hub.ask("GET", "/edfi/data/v3/ed-fi/<script>alert(1)</script>", None, accept=CHROMIUM)
    assert b"<script>" not in answer.body


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (CHROMIUM, True),
        ("text/html", True),
        ("text/html;q=0.5, application/json;q=0.4", True),
        ("text/html, application/json", False),
        ("text/html;q=0", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_html_is_sent_to_who_asks_for_it_first(accept: str, html: bool) -> None:
    assert prefers_html(accept) is html
