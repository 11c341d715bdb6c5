"""The reference in a real browser: calls of every API run from their pages, at both sizes, in light and dark."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rollbook.app import application

from .demo_hub import DemoHub
from .test_review_browser import browser as browser
from .threaded import threaded

CALLS = {
    "xporter/Students": ({"query.pagesize": "2", "query.select": "Id,Surname"}, "Students: 2 rows"),
    "edfi/getStudents": ({"query.limit": "2"}, "2 rows"),
    "edlink/graph.people": ({"query.$first": "2"}, "$data: 2 rows"),
    "oneroster/getAllStudents": ({"query.limit": "2"}, "users: 2 rows"),
    "oneroster-1.1/getAllStudents": ({"query.limit": "2"}, "users: 2 rows"),
    "research/cohort": ({"query.limit": "2"}, "cohorts: 2 rows"),
}
"""A call of each API, how its form is filled in, and the caption of the table of what comes."""

PAGES = (
    *("/", "/nowhere", "/reference", "/reference/xporter", "/reference/edfi", "/reference/edfi/students"),
    *("/reference/search?q=pupil+premium", "/reference/search?q=xyzzy", "/reference/scopes/UPN"),
    *("/reference/xporter/WritebackTags", "/reference/oneroster/putLineItem", "/reference/edlink/token"),
)


@dataclass
class Reader:
    """Somebody who reads the reference in a browser of their own."""

    url: str
    context: BrowserContext
    page: Page
    width: int
    asked: list[tuple[str, str | None]] = field(default_factory=list[tuple[str, str | None]])
    said: list[str] = field(default_factory=list[str])

    def fine(self) -> None:
        """Nothing keeps anybody out of the page, nor is it wider than the screen."""
        found = AXE.run(self.page)
        assert found.violations_count == 0, (self.page.url, found.generate_report())
        assert self.page.evaluate("document.documentElement.scrollWidth") == self.width, self.page.url

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def answered(self) -> str:
        """What the page says of the answer, once it is there."""
        self.page.wait_for_selector("#answer:not([hidden])")
        return self.page.inner_text("#status")


# It has no types.
AXE: Any = import_module("axe_playwright_python.sync_playwright").Axe()


@pytest.fixture(scope="module")
def demo(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DemoHub, str]]:
    """A demo that is served, and its address."""
    made = DemoHub(small_folder, tmp_path_factory.mktemp("reference") / "hub")
    with threaded(application(made.hub.store.again(), lambda: made.hub.now, demo=made.facts)) as url:
        yield made, url
    made.hub.close()


def reading(browser: Browser, url: str, width: int = 1280, **how: Any) -> Reader:
    context = browser.new_context(viewport={"width": width, "height": 900}, **how)
    reader = Reader(url, context, context.new_page(), width)
    reader.page.on("console", lambda message: reader.said.append(message.text))
    reader.page.on("request", lambda request: reader.asked.append((request.url, request.post_data)))
    return reader


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_a_call_of_every_api_is_run_from_its_page_and_nothing_keeps_anybody_out(
    demo: tuple[DemoHub, str], browser: Browser, width: int, scheme: Any
) -> None:
    made, url = demo
    reader = reading(browser, url, width, color_scheme=scheme)
    for path in PAGES:
        reader.open(path)
        reader.fine()
    reader.said.clear()
    # Each API is called on the narrow page, two of them on the wide one.
    for path in CALLS if width == 390 else ("edfi/getStudents", "edlink/graph.people"):
        filled, caption = CALLS[path]
        page = reader.open(f"/reference/{path}")
        page.get_by_role("button", name="Use the demo's own").click()
        expect(page.locator("#secret" if page.locator("#secret").count() else "#token")).not_to_have_value("")
        for name, value in filled.items():
            page.locator(f"[id='{name}']").fill(value)
        page.locator(f"[id='{next(iter(filled))}']").press("Enter")
        assert reader.answered().startswith("200 OK, "), path
        assert ", request " in page.inner_text("#status")
        assert caption in page.inner_text("#told"), path
        shown = json.loads(page.locator("#told details pre").first.inner_text())
        assert shown, path
        page.get_by_text("Headers", exact=True).click()
        assert "x-request-id: " in page.inner_text("#told")
        if path in ("edfi/getStudents", "research/cohort"):
            reader.fine()
    # A policy that forbids something says so here.
    assert reader.said == []
    secrets = [made.facts["edfi"]["secret"], made.facts["edlink"]["token"], made.facts["xporter"]["schoolSecret"]]
    assert not [url for url, _ in reader.asked for secret in secrets if secret in url]
    # Another tab knows nothing of who asks.
    other = reader.context.new_page()
    other.goto(f"{url}/reference/edlink/graph.people")
    assert other.get_by_label("Token").input_value() == ""
    reader.open("/reference/edlink/graph.people")
    assert reader.page.get_by_label("Token").input_value() == made.facts["edlink"]["token"]
    reader.page.get_by_role("button", name="Forget").click()
    assert reader.page.evaluate("sessionStorage.getItem('rollbook edlink')") is None
    reader.context.close()


@pytest.mark.slow
def test_what_writes_is_sent_only_once_somebody_says_that_they_know(
    demo: tuple[DemoHub, str], browser: Browser
) -> None:
    reader = reading(browser, demo[1])

    def read(path: str) -> dict[str, Any]:
        token = demo[0].facts["research"]["token"]
        asked = {"Authorization": f"Bearer {token}"}
        return reader.context.request.get(f"{demo[1]}/api/private/stem/{path}", headers=asked).json()

    page = reader.open("/reference/research/cohort.add")
    page.get_by_role("button", name="Use the demo's own").click()
    expect(page.locator("#token")).not_to_have_value("")
    project = read("project/")["projects"][0]["id"]
    page.get_by_label("What body.json holds").fill(json.dumps({"name": "Owls", "project": project}))
    send = page.get_by_role("button", name="Send it: POST, which changes records")
    assert send.is_disabled()
    page.get_by_label("I know that this changes records at this hub.").press("Space")
    send.press("Enter")
    assert reader.answered().startswith("201 Created")
    # To send it again needs to be said again.
    assert send.is_disabled()
    assert [one["name"] for one in read("cohort/?filter{name}=Owls")["cohorts"]] == ["Owls"]
    page.get_by_label("Token").fill("guess")
    page.get_by_label("I know that this changes records at this hub.").check()
    send.click()
    expect(page.locator("#status")).to_contain_text("401 Unauthorized")
    reader.context.close()


def test_without_scripts_the_form_shows_the_call(demo: tuple[DemoHub, str], browser: Browser) -> None:
    reader = reading(browser, demo[1], java_script_enabled=False)
    page = reader.open("/reference/edlink/graph.people.id")
    page.get_by_label("person_id required").fill("9919")
    page.get_by_role("button", name="Show the call").press("Enter")
    assert f"{demo[1]}/api/v2/graph/people/9919" in page.locator("#calls pre").first.inner_text()
    assert not page.locator("#who").is_visible()
    reader.context.close()
