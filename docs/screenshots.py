"""Takes the pictures that the pages show, of a demo hub that is made for them: `make screenshots`.

Everybody in them is invented. A picture changes with the moments in it, and with the machine's fonts.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
ROLLBOOK = Path(sys.executable).with_name("rollbook")
SCHOOL = "/console/schools/9994001"
ASKS = f"{SCHOOL}/apps/pages.rollbook.example"
PASSWORD = "a long enough word"
"""That of invented people, gone with the demo."""

HIGH, LOW = 900, 640


def main() -> None:
    """Make a demo, have it read by apps, and take each picture."""
    with TemporaryDirectory(prefix="rollbook-") as folder, demo(folder) as facts, sync_playwright() as playwright:
        read(facts)
        with playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"]) as browser:
            referred(browser, facts["url"])
            olu = link(folder, "Olu Adeyemi", "operator")
            pictured(browser, facts["url"], olu, {"hub": (_at("/console/hub"), LOW)})
            head = link(folder, "Rowan Ashdown", "school", "--school", "9994001")
            places = {"school": (_at(SCHOOL), LOW), "app": (_at(ASKS), HIGH), "seen": (_graham, LOW)}
            pictured(browser, facts["url"], head, places)


def chromium() -> str:
    """The browser that the machine has."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return found or sys.exit("no Chromium is there: install it, such as with 'apt-get install chromium'")


@contextmanager
def demo(folder: str) -> Generator[dict[str, Any]]:
    """A demo hub of a third of its usual size, and what clients need."""
    command = [ROLLBOOK, "demo", "--data", folder, "--port", "0", "--size", "0.3", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        try:
            yield json.loads(serving.stdout.readline())
        finally:
            serving.terminate()


def read(facts: dict[str, Any]) -> None:
    """Have apps read what schools then see that they have read."""
    given = facts["xporter"]
    secret = {"estab": given["estab"], "relyingParty": given["relyingParty"], "password": given["schoolSecret"]}
    with httpx.Client(base_url=facts["url"], timeout=60) as client:
        token = client.post("/api/oauth/GetToken", json=secret).json()["token"]
        for asked in (
            "Students/9919?select=Id,DisplayName,RegGroup",
            "StudentMeals?select=StudentId,MealTypeCode",
            "Staff?select=Id",
        ):
            client.get(f"/api/v1/School/9994001/{asked}", headers={"Authorization": f"Idaas {token}"})
        client.get("/api/v2/graph/people", headers={"Authorization": f"Bearer {facts['edlink']['token']}"})


def link(folder: str, name: str, role: str, *more: str) -> tuple[str, str]:
    """Somebody's name, and the path at which they open an account."""
    email = f"{name.split()[0].lower()}@larkspur.example"
    command = [ROLLBOOK, "accounts", "invite", email, "--role", role, *more, "--data", folder]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return name, urlsplit(told.split()[-1]).path


def referred(browser: Browser, url: str) -> None:
    """Take a picture of an endpoint in the reference, which needs no account."""
    page = browser.new_page(base_url=url, viewport={"width": 1000, "height": HIGH}, locale="en-GB")
    page.goto("/reference/xporter/Students")
    page.screenshot(path=PICTURES / "reference.png")


def pictured(
    browser: Browser, url: str, who: tuple[str, str], places: dict[str, tuple[Callable[[Page], object], int]]
) -> None:
    """Take pictures of what somebody sees."""
    page = browser.new_page(base_url=url, viewport={"width": 1000, "height": LOW}, locale="en-GB")
    join(page, *who)
    for name, (go, height) in places.items():
        page.set_viewport_size({"width": 1000, "height": height})
        go(page)
        page.screenshot(path=PICTURES / f"{name}.png")


def join(page: Page, name: str, path: str) -> None:
    """Open an account."""
    page.goto(path)
    for label, said in zip(("First name", "Last name"), name.split(), strict=True):
        page.get_by_label(label).fill(said)
    page.get_by_label("A password of ten").fill(PASSWORD)
    page.get_by_label("The same password").fill(PASSWORD)
    page.get_by_role("button", name="Accept").click()


def _at(path: str) -> Callable[[Page], object]:
    return lambda page: page.goto(path)


def _graham(page: Page) -> None:
    page.goto(f"{SCHOOL}/children?q={quote('Mossgrove')}")
    page.get_by_role("link", name="Graham Mossgrove").click()


if __name__ == "__main__":
    main()
