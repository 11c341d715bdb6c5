"""A developer's journey in a real browser: from signing up by letter to the first answered request."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from rollbook.app import application

from .hub import Hub
from .person import PASSWORD
from .postbox import Postbox, receiving
from .test_console_browser import opened
from .test_review_browser import browser as browser
from .threaded import threaded

PATIENCE = 60.0
DEV, PARTY = "dee@app.example.org", "bell.example.org"
AT = f"/console/apps/{PARTY}"

PAGES = ("/console/apps", "/console/new-app", AT, *(f"{AT}/{room}" for room in
         ("asks", "sandboxes", "keys", "requests", "webhooks")))  # fmt: skip


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A mail server, and a hub that lets developers sign up."""
    with receiving() as box:
        monkeypatch.setenv("ROLLBOOK_SMTP_URL", f"smtp://127.0.0.1:{box.port}")
        monkeypatch.setenv("ROLLBOOK_MAIL_FROM", "rollbook@hub.example")
        monkeypatch.setenv("ROLLBOOK_URL", "https://hub.example")
        monkeypatch.setenv("ROLLBOOK_SIGN_UP", "developers")
        yield box


def until(found: Callable[[], Any]) -> Any:
    """What is found, as soon as it is."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.05)
    raise AssertionError("it did not come")


@pytest.mark.slow
def test_from_signing_up_to_the_first_answered_request(
    small_hub: Hub, postbox: Postbox, browser: Browser, tmp_path: Path
) -> None:
    axe: Any = import_module("axe_playwright_python.sync_playwright").Axe()
    shots = Path(os.environ.get("ROLLBOOK_TEST_SHOTS", tmp_path))

    def fine(page: Page, name: str, width: int) -> None:
        found = axe.run(page)
        page.screenshot(path=shots / f"{name}-{width}.png", full_page=True)
        assert found.violations_count == 0, (page.url, found.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth") == width, page.url

    with threaded(application(small_hub.store.again(), lambda: small_hub.now)) as url:
        context, page, said = opened(browser, viewport={"width": 390, "height": 800}, color_scheme="light")
        page.goto(f"{url}/console/sign-in")
        page.get_by_role("link", name="Sign up").press("Enter")
        fine(page, "sign-up", 390)
        page.get_by_label("Your e-mail address").fill(DEV)
        page.get_by_role("button", name="Send me the link").press("Enter")
        fine(page, "sent", 390)
        until(lambda: postbox.letters)
        link = re.search(r"https://hub\.example(/console/join/\S+)", postbox.text())
        assert link is not None
        page.goto(f"{url}{link[1]}")
        fine(page, "join", 390)
        page.get_by_label("A password of ten characters or more").fill(PASSWORD)
        page.get_by_label("The same password again").fill(PASSWORD)
        page.get_by_role("button", name="Accept").press("Enter")
        page.get_by_role("link", name="Register an app").press("Enter")
        page.get_by_role("button", name="Register it").press("Enter")
        assert "Nothing was kept yet" in page.inner_text("[role=alert]")
        fine(page, "wrong", 390)
        page.get_by_label("The name that it signs in by").fill(PARTY)
        page.get_by_label("What people call it").fill("Late Bell")
        page.get_by_label("What it is for").fill("Shows tutors who is late today.")
        for scope in ("School", "StudentLite"):
            group = page.locator("fieldset", has=page.locator(f'[id="reason.{scope}"]'))
            if not group.is_visible():
                page.locator("details", has=group).locator("summary").press("Enter")
            group.get_by_label("Required").check()
            group.get_by_role("textbox").fill("A list needs names.")
        page.get_by_role("button", name="Register it").press("Enter")
        assert "Late Bell is registered" in page.inner_text("h1")
        fine(page, "registered", 390)
        page.goto(f"{url}{AT}/sandboxes")
        page.get_by_role("button", name="Make a sandbox school").press("Enter")
        fine(page, "making", 390)
        app = small_hub.app(PARTY)
        until(lambda: [one for one in small_hub.desk.sandboxes.of(app) if small_hub.desk.sandboxes.grant(app, one)])
        until(lambda: page.reload() and page.locator("button", has_text="Make and show secrets").is_enabled())
        page.get_by_role("button", name="Make and show secrets").press("Enter")
        fine(page, "secrets", 390)
        told = dict(zip(page.locator("dt").all_inner_texts(), page.locator("dd").all_inner_texts(), strict=True))
        asked = {"estab": told["Establishment number"], "relyingParty": PARTY, "password": told["School secret"]}
        token = httpx.post(f"{url}/api/oauth/GetToken", json=asked).json()["token"]
        answer = httpx.get(
            f"{url}/api/v1/School/{asked['estab']}/SchoolInfo", headers={"Authorization": f"Idaas {token}"}
        )
        assert "(sandbox)" in json.dumps(answer.json())
        page.goto(f"{url}{AT}/requests")
        assert "school.schoolinfo" in page.inner_text("main").lower()
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(color_scheme="dark")
        for at in PAGES:
            page.goto(f"{url}{at}")
            fine(page, at.rpartition("/")[2], 1280)
        assert [line for line in said if "400" not in line] == []
        context.close()
