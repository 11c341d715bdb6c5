"""Every page that somebody can come to by links, as a browser without scripts would follow them."""

from __future__ import annotations

import html
import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

from .hub import THORNFIELD, Hub
from .person import Person
from .school import PARTY, Page, asking_app

ALIKE = 3
"""How many pages of one kind are looked at: those whose addresses differ in numbers and ids only."""

_LINK = re.compile(r'<a [^>]*?href="([^"]*)"')
_FORM = re.compile(r'<form method="post" action="([^"]+)"')
_NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")


def links(page: Page) -> list[str]:
    """Where the links of a page lead within the hub and beyond the page itself."""
    found = (urljoin(page.at, html.unescape(one)) for one in _LINK.findall(page.html) if not one.startswith("#"))
    return list(dict.fromkeys(one.partition("#")[0] for one in found if not urlsplit(one).scheme))


def forms(page: Page) -> list[str]:
    """Where the forms of a page go that change something."""
    return list(dict.fromkeys(map(html.unescape, _FORM.findall(page.html))))


def kind(address: str) -> str:
    """What an address has in common with those of its kind."""
    return _NUMBER.sub("*", address)


def crawl(person: Person, *starts: str, below: str = "/console") -> dict[str, Page]:
    """The pages that somebody comes to from where they start, by address; those that do not lie `below` end a path."""
    waits, seen, alike = list(starts), dict[str, Page](), Counter[str]()
    while waits:
        at = waits.pop(0)
        if at in seen or alike[kind(at)] >= ALIKE:
            continue
        alike[kind(at)] += 1
        seen[at] = person.go(at)
        if at.startswith(below) and "html" in seen[at].answer.headers.get("content-type", ""):
            waits += links(seen[at])
    return seen


def make_busy(hub: Hub) -> None:
    """Let there be something on each page: an app that reads one school, has asked another, and has a sandbox."""
    app, _ = asking_app(hub, webhook="https://app.example.org/hook")
    hub.school("Students?pagesize=1", hub.token(["School", "StudentLite"], app=PARTY))
    hub.grant(["Contact"], THORNFIELD, "other.example.org")
    hub.desk.invitations.make(app, "9992001")
    hub.desk.sandboxes.ask(app, "dev@app.example.org")
    hub.desk.origins.add(app, "https://app.example.org")
    hub.work()
