"""Every page of the console, and every state of one, in both sizes and both schemes: nothing that axe finds, and no
scrolling sideways."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page as Sheet
from pyotp.totp import TOTP

from .crawling import crawl, kind, make_busy
from .hub import THORNFIELD, Hub
from .looking import look
from .person import PASSWORD, Person, signed_in
from .school import PARTY, Page
from .test_review_browser import browser as browser

SHOTS = os.environ.get("ROLLBOOK_TEST_SHOTS", "")
"""Where pictures of the pages are kept, where somebody wants to look at them."""

SCHOOL, APP = f"/console/schools/{THORNFIELD}", f"/console/apps/{PARTY}"
COMBINED = [(width, scheme) for width in (390, 1280) for scheme in ("light", "dark")]

WHOLE: dict[str, Any] = {"resultTypes": ["violations"]}
SEEN: dict[str, Any] = {**WHOLE, "runOnly": ["color-contrast", "target-size", "scrollable-region-focusable"]}
LOOKS = {(390, "light"): WHOLE, (1280, "dark"): SEEN}
"""What axe looks for where. Colours depend on the scheme alone and sizes on the width alone, so that two combinations
tell of all four; all else is the same in each."""


def states(hub: Hub) -> Iterator[tuple[str, Page]]:
    """Every page that somebody comes to, and what forms of them lead to, each with a name."""
    make_busy(hub)
    visitor = Person(hub)
    yield "sign-in", visitor.go("/console/sign-in")
    yield "sign-in-refused", visitor.send(visitor.go("/console/sign-in"), "sign-in", email="x@y.example", password="x")
    yield "nothing", visitor.go("/console/nowhere")
    operator = signed_in(hub, "olu@hub.example", "operator")
    head = signed_in(hub, "head@thornfield.example", "school")
    dev = signed_in(hub, "dev@app.example.org", "developer", app=PARTY)
    new = signed_in(hub, "new@app.example.org", "developer")
    found = (
        "SELECT s.mis_id FROM student s JOIN school c ON c.id = s.school WHERE c.estab = ? ORDER BY s.mis_id LIMIT 1"
    )
    ((child,),) = look(hub.store, found, (THORNFIELD,))
    starts = {
        operator: ["/console", "/console/account", "/console/hub/disclosures?person=nobody"],
        head: [SCHOOL, f"{SCHOOL}/children?q=a", f"{SCHOOL}/children/{child}", f"{SCHOOL}/decide",
               f"{SCHOOL}/decide?what=pause&app={PARTY}", f"{SCHOOL}/decide?what=less"],
        dev: ["/console", f"{APP}/requests?status=x"],
        new: ["/console/apps", "/console/new-app"],
    }  # fmt: skip
    done = set[str]()
    for person, addresses in starts.items():
        for at, page in crawl(person, *addresses).items():
            if "html" in page.answer.headers["content-type"] and kind(at) not in done:
                done.add(kind(at))
                yield kind(at).strip("/").replace("/", "_").replace("?", "_"), page
    yield "app-refused", new.send(new.go("/console/new-app"), "new-app", relying_party=PARTY)
    yield from _forms(head, dev)


def _forms(head: Person, dev: Person) -> Iterator[tuple[str, Page]]:
    """What comes of forms."""
    yield "keys-refused", dev.send(dev.go(f"{APP}/keys"), "keys", old="until", day="2020-01-01")
    yield "secret", dev.send(dev.go(f"{APP}/keys"), "keys", old="now")
    yield "sandbox-secrets", dev.send(dev.go(f"{APP}/sandboxes"), "keys")
    yield "invite-refused", dev.send(dev.go(APP), "invite", estab="12")
    yield "event-refused", dev.send(dev.go(f"{APP}/webhooks"), "test")
    yield "decided", head.send(head.go(f"{SCHOOL}/decide?what=pause&app={PARTY}"), "decide")
    head.link = f"{SCHOOL}/apps/{PARTY}"
    yield "paused", head.look()
    choosing = head.send(head.look(), "choose")
    yield "choosing", choosing
    yield "choosing-students", head.look("people/students")
    yield "preview", head.look("people/students/preview")
    yield "form-refused", head.post(f"{SCHOOL}/people/invite", [("proof", "of another day")])
    shown = head.go("/console/account/app")
    secret = shown.html.partition('<p class="secret">')[2].partition("<")[0].replace(" ", "")
    yield "code-refused", head.send(shown, "app", code="000000")
    yield "recovery", head.send(head.go("/console/account/app"), "app", code=TOTP(secret).at(head.hub.now))
    yield "account-with-app", head.go("/console/account")
    yield "password-refused", head.send(head.go("/console/account"), "password", old="x", password="y", again="z")
    again = Person(head.hub)
    yield "code", again.sign_in("head@thornfield.example", PASSWORD)


@pytest.mark.slow
def test_every_page_and_state_is_fine_in_both_sizes_and_schemes(small_hub: Hub, browser: Browser) -> None:
    # The browser has this thread's event loop.
    with ThreadPoolExecutor(1) as beside:
        pages = beside.submit(lambda: list(states(small_hub))).result()
    script: str = import_module("axe_playwright_python.sync_playwright").Axe().axe_script
    context = browser.new_context()
    sheet, wrong = context.new_page(), list[str]()
    assert len(pages) > 50
    for name, page in pages:
        # A page of the console brings its style with it.
        sheet.set_content(page.html)
        if sheet.evaluate("typeof axe") == "undefined":
            sheet.evaluate(script)
        for width, scheme in COMBINED:
            wrong += looked_at(sheet, name, width, scheme)
    context.close()
    assert not wrong, "\n".join(wrong)


def test_a_pupil_in_each_api_is_seen_whole_on_a_desktop_and_with_the_facts_names_on_a_phone(
    small_hub: Hub, browser: Browser
) -> None:
    found = "SELECT s.mis_id FROM student s JOIN school c ON c.id = s.school WHERE c.estab = ? LIMIT 1"
    ((child,),) = look(small_hub.store, found, (THORNFIELD,))

    def told() -> str:
        return signed_in(small_hub, "head@thornfield.example", "school").go(f"{SCHOOL}/children/{child}/apis").html

    # The browser has this thread's event loop.
    with ThreadPoolExecutor(1) as beside:
        html = beside.submit(told).result()
    sheet = browser.new_page(viewport={"width": 1280, "height": 800})
    sheet.set_content(html)
    region = sheet.get_by_role("region", name="Facts in each API")
    assert region.evaluate("one => one.scrollWidth - one.clientWidth") == 0
    sheet.set_viewport_size({"width": 390, "height": 800})
    region.evaluate("one => { one.scrollLeft = 300 }")
    lefts = "one => ['th[scope=row]', 'td'].map(cell => one.querySelector(cell).getBoundingClientRect().left)"
    name, value = region.evaluate(lefts)
    assert (name, value < 0) == (16, True)
    sheet.close()


def looked_at(sheet: Sheet, name: str, width: int, scheme: Any) -> Iterator[str]:
    """What is wrong with a page in one size and scheme."""
    sheet.set_viewport_size({"width": width, "height": 800})
    sheet.emulate_media(color_scheme=scheme)
    if SHOTS:
        sheet.screenshot(path=Path(SHOTS) / f"{name[:80]}-{width}-{scheme}.png", full_page=True)
    how = LOOKS.get((width, scheme))
    found: Any = sheet.evaluate("how => axe.run(how)", how) if how else {"violations": []}
    for one in found["violations"]:
        yield f"{name} {width} {scheme}: {one['id']} {one['nodes'][0]['html'][:150]}"
    wide = sheet.evaluate("document.documentElement.scrollWidth")
    if wide != width:
        yield f"{name} {width} {scheme}: is {wide} wide"
