"""The console in a real browser: whole journeys by keyboard and without scripts, at both sizes, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from rollbook.app import application

from .hub import THORNFIELD, Hub
from .person import PASSWORD, account
from .school import PARTY, asking_app
from .test_review_browser import browser as browser
from .threaded import threaded

HEAD, DEPUTY, OPERATOR = "head@thornfield.example", "deputy@thornfield.example", "olu@hub.example"
DEV = "dev@app.example.org"
HOME = f"/console/schools/{THORNFIELD}"


@dataclass
class Site:
    """A hub that is served from this process, on a clock that tests may turn, and the path of an invitation."""

    hub: Hub
    url: str
    link: str


@pytest.fixture(scope="module")
def site(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A hub with an app that asks a school, served, with people who decide and somebody who runs it."""
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("site") / "hub")
    app, _ = asking_app(hub)
    hub.desk.invitations.make(app, THORNFIELD)
    hub.grant(["School", "StudentLite"], app="other.example.org")
    for email, role in ((HEAD, "school"), (DEPUTY, "school"), (OPERATOR, "operator")):
        account(hub, email, role)
    account(hub, DEV, "developer", app=PARTY)
    with threaded(application(hub.store.again(), lambda: hub.now)) as url:
        yield Site(hub, url, hub.desk.roles.path(hub.desk.roles.invite(
            "new@thornfield.example", "school-look", hub.desk.schools.find(THORNFIELD)[1], OPERATOR)))  # fmt: skip
    hub.close()


def opened(browser: Browser, **how: Any) -> tuple[BrowserContext, Page, list[str]]:
    """A browser of somebody's own, and what it says of whatever the policy of a page forbids."""
    context = browser.new_context(**how)
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    return context, page, said


def sign_in(page: Page, site: Site, email: str, at: str = "/console") -> None:
    """Sign in with the keyboard alone."""
    page.goto(f"{site.url}{at}")
    page.get_by_label("Your e-mail address").focus()
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


@pytest.mark.slow
def test_a_head_agrees_with_a_double_click_and_a_deputy_who_decides_at_the_same_moment_is_told(
    site: Site, browser: Browser
) -> None:
    context, page, said = opened(browser, java_script_enabled=False)
    other, second, _ = opened(browser, java_script_enabled=False)
    sign_in(page, site, HEAD)
    page.get_by_role("link", name="Pupil Pages").first.press("Enter")
    sign_in(second, site, DEPUTY, f"{HOME}/apps/{PARTY}")
    page.get_by_role("checkbox", name="Attendance").press("Space")
    page.get_by_role("button", name="Agree").dblclick(no_wait_after=True)
    page.wait_for_selector(".secret")
    secret = page.locator(".secret").inner_text()
    assert site.hub.desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]

    second.get_by_role("button", name="Agree").click()
    assert "Somebody decided before you" in second.inner_text("h1")
    assert HEAD in second.inner_text("main")
    # The button that leads back shows what stands by now, and not the form that was.
    second.go_back()
    assert "Pupil Pages at Thornfield Academy" in second.inner_text("h1")
    grant = site.hub.desk.grants.at(site.hub.app(PARTY), THORNFIELD)
    assert (grant.scopes, grant.serial) == ({"School", "StudentLite", "Attendance"}, 1)

    # The sitting ends while the head has a form open: what was chosen is kept.
    page.goto(f"{site.url}{HOME}/apps/{PARTY}")
    page.get_by_label("From the start of this day").check()
    page.get_by_label("Day", exact=True).fill("2026-12-24")
    site.hub.now += 3600
    page.get_by_role("button", name="Stop sharing", exact=True).click()
    assert "What you had filled in is kept" in page.inner_text("[role=status]")
    page.get_by_label("Your e-mail address").fill(HEAD)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").press("Enter")
    assert "2026-12-24" in page.inner_text("dl")
    page.get_by_role("button", name="Send what I had filled in").press("Enter")
    assert "Sharing ends on 24 December 2026." in page.inner_text("main")
    assert [line for line in said if "401" not in line] == []
    context.close()
    other.close()


PAGES = {
    HEAD: (HOME, f"{HOME}/apps/other.example.org", f"{HOME}/apps/{PARTY}", f"{HOME}/children?q=a", f"{HOME}/history",
           f"{HOME}/people", f"{HOME}/sources", f"{HOME}/matches",
           "/console/account", "/console/account/app", "/console/nothing"),
    OPERATOR: ("/console/hub", "/console/hub/scopes", "/console/hub/people", "/console/hub/sources",
        "/console/hub/jobs",
               "/console/hub/disclosures", "/console/hub/history", "/console/hub/matches"),
    DEV: tuple(f"/console/apps/{PARTY}{page}" for page in ("", "/requests", "/webhooks")),
}  # fmt: skip


@pytest.mark.slow
def test_nothing_on_the_pages_keeps_anybody_out_at_either_size_in_light_or_dark(site: Site, browser: Browser) -> None:
    # It has no types.
    axe: Any = import_module("axe_playwright_python.sync_playwright").Axe()
    for number, (width, scheme) in enumerate(((390, "light"), (1280, "dark"))):
        context, page, said = opened(browser, viewport={"width": width, "height": 800}, color_scheme=scheme)

        def fine(page: Page = page, width: int = width) -> None:
            found = axe.run(page)
            assert found.violations_count == 0, (page.url, found.generate_report())
            assert page.evaluate("document.documentElement.scrollWidth") == width, page.url

        for at in ("/console/sign-in", site.link):
            page.goto(f"{site.url}{at}")
            fine()
        for email, pages in PAGES.items():
            context.clear_cookies()
            sign_in(page, site, email)
            for at in pages:
                answer = page.goto(f"{site.url}{at}")
                assert answer is not None
                assert answer.status == (404 if at == "/console/nothing" else 200), at
                fine()
            if email == HEAD and number == 0:
                page.goto(f"{site.url}{HOME}/children?q=a")
                page.locator("main li a").first.click()
                fine()
        assert [line for line in said if "404" not in line] == []
        context.close()
