"""Every page that somebody comes to: each link on it leads to a page, and so does what a refused form says."""

from __future__ import annotations

import html
import re

import pytest

from .crawling import crawl, forms, links, make_busy
from .hub import THORNFIELD, Hub
from .person import Person, signed_in
from .school import PARTY, Page

HELPED = re.compile(r"</h1>\n?(?:[^\n]*\n)?<p class=\"muted\"")
"""A page says under its heading what it is for."""

LEADS = re.compile(r'<a href="([^"]*)">(?:Go on|Back to [^<]*)</a>')
ROLES = {"operator": "", "school": "", "school-look": "", "developer": PARTY}


@pytest.fixture
def busy_hub(small_hub: Hub) -> Hub:
    """A hub where there is something on each page."""
    make_busy(small_hub)
    return small_hub


def at_home(hub: Hub, role: str) -> Person:
    """Somebody of a role, who is signed in."""
    return signed_in(hub, f"{role}@thornfield.example", role, app=ROLES[role])


@pytest.mark.parametrize("role", ROLES)
def test_every_link_leads_to_a_page_and_so_does_whatever_a_refused_form_says(busy_hub: Hub, role: str) -> None:
    person = at_home(busy_hub, role)
    starts = ["/console", "/console/account"]
    if role.startswith("school"):
        # Nobody chooses people just now, so that these pages are refused.
        waits = [f"/console/schools/{THORNFIELD}/apps/{PARTY}/people{more}" for more in ("", "/students?q=a")]
        for refused in map(person.go, waits):
            assert refused.answer.status in (403, 409)
            assert {person.go(leads).answer.status for leads in onward(refused)} == {200}
    pages = crawl(person, *starts)
    assert {at: page.answer.status for at, page in pages.items() if page.answer.status != 200} == {}
    assert [at for at, page in pages.items() if not HELPED.search(page.html)] == []

    for where in sorted({where for page in pages.values() for where in forms(page)}):
        # A form that is out of date does nothing, whoever sends it.
        refused = person.post(where, [("proof", "of another day")])
        assert refused.answer.status in (400, 403, 409), (where, refused.words)
        for leads in onward(refused):
            assert person.go(leads).answer.status == 200, (where, leads)


def onward(page: Page) -> list[str]:
    """Where a page that says that something was refused leads."""
    said = [html.unescape(one) for one in LEADS.findall(page.html)]
    return [*said, *links(page)]
