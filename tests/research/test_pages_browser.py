"""A researcher's pages in a real browser: without scripts, with the keyboard's order of things, and for everybody."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from rollbook.consent import Desk
from rollbook.consent.accounts import Accounts
from rollbook.consent.research import KEEPERS, Caller, Portal, ResearchDesk
from rollbook.model.research import Project, ProjectInvitation
from rollbook.store.sqlite import Store

from ..test_review_browser import browser as browser
from ..test_server import COMMAND

if not find_spec("axe_playwright_python"):
    missing = "axe is not there: run 'pip install axe-playwright-python'"
    if os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing, allow_module_level=True)

PASSWORD = "a long enough word"


@dataclass(frozen=True)
class Served:
    """A hub that is served, with Ada's account and an invitation of Eli."""

    url: str
    accounts: Accounts
    join: str


@pytest.fixture(scope="module")
def served(empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served") / "hub"
    shutil.copytree(empty_folder, folder)
    with Store(folder) as store:
        desk = ResearchDesk(Desk(store, time.time))
        ada = desk.accounts.add_user("ada@research.example", "Ada", "Fenn")
        desk.accounts.set_password(ada, PASSWORD)
        with desk.writing(Caller(Portal.PRIVATE, ada)) as work:
            _, project = KEEPERS[Project].add(work, {"name": "Maze"})
        with desk.writing(Caller(Portal.PRIVATE, ada)) as work:
            _, asked = KEEPERS[ProjectInvitation].add(work, {"project": project, "email": "eli@research.example"})
        serving = subprocess.Popen(
            [COMMAND, "serve", "--data", folder, "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert serving.stdout is not None
        try:
            found = re.search(r"http://\S+", serving.stdout.readline())
            assert found is not None
            yield Served(found[0], desk.accounts, f"/research/join/{desk.joining.link(asked)}")
        finally:
            serving.kill()
            serving.wait()


def test_nothing_on_the_pages_keeps_anybody_out(served: Served, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    # It has no types.
    axe: Any = import_module("axe_playwright_python.sync_playwright").Axe()

    def fine() -> None:
        found = axe.run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") == 360

    page.goto(f"{served.url}{served.join}")
    fine()
    code = served.accounts.begin_device("brainstem-python").user_code
    page.goto(f"{served.url}/research/device/?user_code={code}")
    fine()
    page.get_by_role("button", name="Continue").click()
    fine()
    page.get_by_label("Your e-mail address").fill("ada@research.example")
    page.get_by_label("Your password").fill("something else")
    page.get_by_role("button", name="Refuse").click()
    assert "Unable to log in" in page.inner_text("[role=alert]")
    fine()
    context.close()


def test_a_device_is_let_in_and_an_invitation_accepted_without_scripts(served: Served, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    said = list[str]()
    page.on("console", lambda message: said.append(message.text))
    device = served.accounts.begin_device("brainstem-python")
    page.goto(f"{served.url}/research/device/?user_code={device.user_code}")
    page.get_by_role("button", name="Continue").press("Enter")
    page.get_by_label("Your e-mail address").fill("ada@research.example")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Allow").press("Enter")
    assert "brainstem-python now acts for you" in page.inner_text("h1")
    assert served.accounts.poll_device(device.code)["status"] == "success"

    page.goto(f"{served.url}{served.join}")
    page.get_by_label("First name").fill("Eli")
    page.get_by_label("Last name").fill("Moss")
    page.get_by_label("A password of ten characters or more").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Accept").press("Enter")
    assert "You now work on Maze" in page.inner_text("h1")
    assert served.accounts.user("eli@research.example")
    # A browser tells of whatever the policy of a page forbids.
    assert said == []
    context.close()
