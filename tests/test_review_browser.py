"""The school's page in a real browser: by keyboard, without scripts, and on a phone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from rollbook.consent import App, Desk
from rollbook.store.sqlite import Store

from .hub import THORNFIELD
from .school import ASKED, PARTY
from .test_server import COMMAND

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

if CHROMIUM is None:
    missing = "no Chromium is there: run 'apt-get install chromium'"
    if os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing, allow_module_level=True)


@dataclass(frozen=True)
class Link:
    """A school's link at a hub that is served, and the store behind it."""

    url: str
    store: Store
    app: App


@pytest.fixture
def link(small_folder: Path, tmp_path: Path) -> Iterator[Link]:
    """The link of a school that an app has invited."""
    folder = tmp_path / "hub"
    shutil.copytree(small_folder, folder)
    with Store(folder) as store:
        desk = Desk(store)
        app, _ = desk.apps.add(PARTY, "Pupil Pages")
        for scope, required, reason in ASKED:
            desk.registrations.ask(app, [scope], required=required, reason=reason)
        token = desk.invitations.link(desk.invitations.make(app, THORNFIELD))
        serving = subprocess.Popen(
            [COMMAND, "serve", "--data", folder, "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert serving.stdout is not None
        try:
            told = serving.stdout.readline()
            found = re.search(r"http://\S+", told)
            assert found is not None, told
            yield Link(f"{found[0]}/authorise/{token}", store, app)
        finally:
            serving.kill()
            serving.wait()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it."""
    # Root has no sandbox, which is how containers run.
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=flags) as opened:
        yield opened


def press_through_to(page: Page, name: str, limit: int = 90) -> None:
    """Press Tab until something of this accessible name has the focus."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        focused = page.locator("*:focus")
        if focused.count() and (focused.inner_text() or focused.get_attribute("value") or "").startswith(name):
            return
    raise AssertionError(f"Tab does not reach {name}")


def test_a_school_agrees_and_chooses_people_with_the_keyboard_and_without_scripts(link: Link, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        said.append(message.text)

    page.on("console", hear)
    page.goto(link.url)
    assert "Pupil Pages asks to read records of Thornfield Academy" in page.inner_text("h1")

    press_through_to(page, "Attendance")
    page.keyboard.press("Space")
    press_through_to(page, "everyone")
    page.keyboard.press("ArrowDown")
    press_through_to(page, "Agree")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people")

    page.get_by_role("link", name="Choose students").press("Enter")
    page.get_by_label("Only the people ticked below").check()
    first = page.locator("input[name=tick]").first
    chosen = first.get_attribute("value")
    first.press("Space")
    page.get_by_role("button", name="Done").press("Enter")
    page.wait_for_url("**/people")
    page.get_by_role("button", name="Confirm").press("Enter")
    secret = page.locator(".secret").inner_text()

    desk = Desk(link.store)
    grant = desk.grants.at(link.app, THORNFIELD)
    assert (grant.state, grant.scopes) == ("active", {"School", "StudentLite", "Attendance"})
    assert desk.choosing.chosen(grant, "Student").people == {chosen}
    assert desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]
    # A browser tells of whatever the policy of the page forbids.
    assert said == []
    context.close()


def test_the_pages_fit_a_phone(link: Link, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    page.goto(link.url)
    page.get_by_label("A selection").check()
    widths = [wide(page)]
    page.get_by_role("button", name="Agree").tap()
    page.wait_for_url("**/people")
    widths.append(wide(page))
    page.get_by_role("link", name="Choose students").tap()
    page.wait_for_url("**/students")
    widths.append(wide(page))
    assert widths == [360, 360, 360]
    assert page.get_by_role("button", name="Search").bounding_box()["height"] >= 44  # pyright: ignore[reportOptionalSubscript]
    context.close()


def wide(page: Page) -> int:
    """How wide a page is, in CSS pixels."""
    return page.evaluate("document.documentElement.scrollWidth")
