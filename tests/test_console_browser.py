"""The console in a real browser: whole journeys by keyboard and without scripts, at both sizes, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from pyotp.totp import TOTP

from rollbook.app import application

from .hub import THORNFIELD, Hub
from .person import PASSWORD, account
from .school import PARTY, asking_app
from .test_review_browser import browser as browser
from .threaded import threaded

HEAD, DEPUTY, OPERATOR = "head@thornfield.example", "deputy@thornfield.example", "olu@hub.example"
BURSAR, CHOOSY = "bursar@thornfield.example", "choosy.example.org"
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
    choosy, _ = hub.desk.apps.add(CHOOSY, "Choosy")
    hub.desk.registrations.ask(choosy, ["StudentLite"], required=True, reason="A page for each pupil.")
    hub.desk.invitations.make(choosy, THORNFIELD)
    for email, role in ((HEAD, "school"), (DEPUTY, "school"), (BURSAR, "school"), (OPERATOR, "operator")):
        account(hub, email, role)
    account(hub, DEV, "developer", app=PARTY)
    with pytest.MonkeyPatch.context() as patch:
        # A provider that nobody answers for.
        for name, value in (("ISSUER", "http://127.0.0.1:9"), ("CLIENT_ID", "hub"), ("CLIENT_SECRET", "secret")):
            patch.setenv(f"ROLLBOOK_OIDC_{name}", value)
        edge = application(hub.store.again(), lambda: hub.now)
    with threaded(edge) as url:
        yield Site(hub, url, hub.desk.roles.path(hub.desk.roles.invite(
            "new@thornfield.example", "school-look", hub.desk.schools.find(THORNFIELD)[1], OPERATOR)))  # fmt: skip
    hub.close()


def opened(browser: Browser, **how: Any) -> tuple[BrowserContext, Page, list[str]]:
    """A browser of somebody's own, and what it says of whatever the policy of a page forbids."""
    context = browser.new_context(**how)
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    return context, page, said


def begin(page: Page, site: Site, email: str, at: str = "/console") -> None:
    """Enter an address and a password with the keyboard alone."""
    page.goto(f"{site.url}{at}")
    page.get_by_label("Your e-mail address").focus()
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def sign_in(page: Page, site: Site, email: str, at: str = "/console") -> None:
    """Sign in with the keyboard alone."""
    begin(page, site, email, at)
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
    page.get_by_role("radio", name="From the start of this day").check()
    page.get_by_label("Day", exact=True).fill("2026-12-24")
    site.hub.now += 3600
    page.get_by_role("button", name="Stop sharing", exact=True).click()
    assert "What you had filled in is kept" in page.inner_text("[role=status]")
    page.get_by_label("Your e-mail address").fill(HEAD)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).press("Enter")
    assert "2026-12-24" in page.inner_text("dl")
    page.get_by_role("button", name="Send what I had filled in").press("Enter")
    assert "Sharing ends on 24 December 2026." in page.inner_text("main")
    assert [line for line in said if "401" not in line] == []
    context.close()
    other.close()


PAGES = {
    HEAD: (HOME, f"{HOME}/apps/other.example.org", f"{HOME}/apps/{PARTY}", f"{HOME}/children?q=a", f"{HOME}/history",
           f"{HOME}/people", f"{HOME}/sources", f"{HOME}/matches", f"{HOME}/pictures",
           "/console/account", "/console/account/app", "/console/nothing"),
    OPERATOR: ("/console/hub", "/console/hub/scopes", "/console/hub/people", "/console/hub/sources",
        "/console/hub/jobs",
               "/console/hub/disclosures", "/console/hub/history", "/console/hub/matches",
               "/console/hub/sign-in", "/console/hub/settings"),
    DEV: tuple(f"/console/apps/{PARTY}{page}" for page in ("", "/requests", "/webhooks")),
}  # fmt: skip


@pytest.mark.slow
def test_no_page_does_what_its_policy_forbids_and_none_that_leads_in_keeps_anybody_out(
    site: Site, browser: Browser
) -> None:
    # It has no types.
    axe: Any = import_module("axe_playwright_python.sync_playwright").Axe()
    for width, scheme in ((390, "light"), (1280, "dark")):
        context, page, said = opened(browser, viewport={"width": width, "height": 800}, color_scheme=scheme)

        def fine(page: Page = page, width: int = width) -> None:
            found = axe.run(page)
            assert found.violations_count == 0, (page.url, found.generate_report())
            assert page.evaluate("document.documentElement.scrollWidth") == width, page.url

        for at in ("/console/sign-in", "/console/forgotten", "/console/with/1", site.link):
            page.goto(f"{site.url}{at}")
            fine()
        for email, pages in PAGES.items():
            context.clear_cookies()
            sign_in(page, site, email)
            for at in pages:
                answer = page.goto(f"{site.url}{at}")
                assert answer is not None
                assert answer.status == (404 if at == "/console/nothing" else 200), at
        assert [line for line in said if "404" not in line and "503" not in line] == []
        context.close()


def reach(page: Page, what: Locator) -> None:
    """Come to something with the Tab key alone."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if what.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {what} at {page.url}")


@pytest.mark.slow
def test_codes_secrets_choices_and_what_was_kept_are_reached_by_keyboard_and_keep_nobody_out(
    site: Site, browser: Browser
) -> None:
    axe: Any = import_module("axe_playwright_python.sync_playwright").Axe()
    context, page, _ = opened(browser, viewport={"width": 390, "height": 800}, color_scheme="light")

    def fine(heading: str) -> None:
        page.locator("h1", has_text=heading).wait_for()
        for width, scheme in ((1280, "dark"), (390, "light")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found = axe.run(page)
            assert found.violations_count == 0, (page.url, found.generate_report())
            assert page.evaluate("document.documentElement.scrollWidth") == width, page.url

    def press(role: Any, name: str, key: str = "Enter") -> None:
        reach(page, page.get_by_role(role, name=name, exact=True).first)
        page.keyboard.press(key)

    def enter(label: str, text: str) -> None:
        reach(page, page.get_by_label(label))
        page.keyboard.type(text)
        page.keyboard.press("Enter")

    # An app that makes codes is set up, and one of what lets in without it is used.
    sign_in(page, site, BURSAR, "/console/account/app")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    enter("The code of six digits", TOTP(secret).at(int(site.hub.now)))
    fine("Your recovery codes")
    codes = page.locator(".codes li").all_inner_texts()
    press("button", "Sign out")
    page.locator("h1", has_text="Sign in").wait_for()
    begin(page, site, BURSAR, f"{HOME}/apps/{CHOOSY}")
    fine("The code of your authenticator app")
    enter("Six digits, or one of your recovery codes", codes[0])

    # People are chosen, looked at and confirmed; the secret is shown this once.
    reach(page, page.get_by_role("radio", checked=True))
    page.keyboard.press("ArrowDown")
    press("button", "Agree")
    fine("Whose data can Choosy read?")
    press("link", "Choose students")
    fine("Which students' data can Choosy read?")
    reach(page, page.get_by_role("radio", checked=True))
    page.keyboard.press("ArrowDown")
    reach(page, page.locator("input[name=tick]").first)
    page.keyboard.press("Space")
    press("button", "See who is included")
    fine("Students whose data Choosy will be able to read")
    assert "1 today" in page.inner_text("main")
    press("link", "All kinds of people")
    press("button", "Confirm, and let the app read")
    fine("Choosy can now read records of")
    assert len(page.locator(".secret").inner_text()) == 36

    # The sitting ends while a form is open: what was filled in is kept until the code, too, is shown.
    page.goto(f"{site.url}{HOME}/apps/{CHOOSY}")
    page.get_by_role("radio", name="From the start of this day").check()
    page.get_by_label("Day", exact=True).fill("2026-12-24")
    site.hub.now += 3600
    press("button", "Stop sharing")
    fine("Sign in")
    reach(page, page.get_by_label("Your e-mail address"))
    page.keyboard.type(BURSAR)
    enter("Your password", PASSWORD)
    enter("Six digits, or one of your recovery codes", codes[1])
    fine("You are signed in again")
    press("button", "Send what I had filled in")
    page.locator("main", has_text="Sharing ends on 24 December 2026.").wait_for()
    context.close()


@pytest.mark.slow
def test_of_two_people_who_decide_for_a_later_day_each_is_told_of_the_other_and_the_day_counts_by_itself(
    site: Site, browser: Browser
) -> None:
    at = f"{HOME}/apps/other.example.org"
    context, head, _ = opened(browser, java_script_enabled=False)
    other, deputy, _ = opened(browser, java_script_enabled=False)
    sign_in(head, site, HEAD, at)
    sign_in(deputy, site, DEPUTY, at)

    def decide(page: Page, day: str) -> None:
        page.get_by_role("checkbox", name="(StudentLite)").uncheck()
        page.get_by_label("Stop sharing what is not ticked from the start of this day").fill(day)
        page.get_by_role("button", name="Stop sharing what is not ticked", exact=True).press("Enter")

    def planned(page: Page, day: str) -> None:
        page.get_by_role("listitem").filter(has_text="Take back").filter(has_text=day).wait_for()

    def too_late(page: Page) -> None:
        page.locator("h1", has_text="Somebody decided before you").wait_for()

    decide(head, "2026-12-01")
    planned(head, "1 December 2026")
    # The deputy's page is of before: nothing of it is done, and it says who decided what.
    decide(deputy, "2026-12-02")
    too_late(deputy)
    deputy.goto(f"{site.url}{at}")
    deputy.get_by_role("button", name="Take back").press("Enter")
    deputy.get_by_role("button", name="Take back").wait_for(state="detached")
    head.get_by_role("button", name="Take back").press("Enter")
    too_late(head)
    head.goto(f"{site.url}{at}")
    decide(head, "2026-12-01")
    planned(head, "1 December 2026")
    grant = site.hub.desk.grants.at(site.hub.app("other.example.org"), THORNFIELD)
    assert grant.scopes == {"School", "StudentLite"}
    site.hub.now = datetime(2026, 12, 1, 8, tzinfo=UTC).timestamp()
    sign_in(deputy, site, DEPUTY, at)
    assert deputy.get_by_role("checkbox", name="(StudentLite)").count() == 0
    assert deputy.get_by_role("button", name="Take back").count() == 0
    assert site.hub.desk.grants.at(grant.app, THORNFIELD).scopes == {"School"}
    context.close()
    other.close()
