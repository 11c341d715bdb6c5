"""A school at its link: what a browser without scripts does with the pages, through the hub's own edge."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from rollbook.consent import App
from rollbook.consent.invitations import Invitation

from .hub import THORNFIELD, Answer, Hub

PARTY = "app.example.org"
OFFICE = "office@thornfield.example"

_FORM = re.compile(r'<form method="post" action="([^"]+)">(.*?)</form>', re.S)
_INPUT = re.compile(r"<input ([^>]*)>")
_VALUE = re.compile(r'(\w+)="([^"]*)"')
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Page:
    """A page that came back: its words, its forms by the last part of where they go, and its address."""

    answer: Answer
    at: str

    @property
    def html(self) -> str:
        """The page as it is sent."""
        return self.answer.body.decode()

    @property
    def words(self) -> str:
        """What stands on the page, without marks."""
        body = self.html.partition('<main id="content">')[2].partition("</main>")[0]
        return " ".join(html.unescape(_TAG.sub(" ", body.replace("<wbr>", ""))).split())

    def form(self, action: str) -> tuple[str, list[tuple[str, str]]]:
        """Where a form goes, and what it sends when nothing on it is touched."""
        for where, inside in _FORM.findall(self.html):
            if where.endswith(f"/{action}"):
                return where, [pair for pair in map(_sent, _INPUT.findall(inside)) if pair]
        raise AssertionError(f"no form goes to {action}: {self.words}")


def _sent(attributes: str) -> tuple[str, str] | None:
    said = {name: html.unescape(value) for name, value in _VALUE.findall(attributes)}
    if said.get("type") in ("checkbox", "radio") and "checked" not in attributes.split():
        return None
    return (said["name"], said.get("value", "")) if "name" in said else None


class School:
    """Those who answer for a school, with the link that they were sent."""

    def __init__(self, hub: Hub, link: str) -> None:
        self.hub = hub
        self.link = link

    def look(self, action: str = "") -> Page:
        """Look at a page of the link."""
        at = f"{self.link}/{action}" if action else self.link
        return Page(self.hub.get(at), at)

    def send(
        self,
        page: Page,
        action: str,
        others: dict[str, str] | None = None,
        *,
        without: Iterable[tuple[str, str]] = (),
        **more: str | list[str],
    ) -> Page:
        """Send a form of a page: as it is, less the pairs named, with other or further values.

        `others` are those whose names no argument can have.
        """
        where, pairs = page.form(action)
        more = {**more, **(others or {})}
        gone = {*without}
        kept = [(n, v) for n, v in pairs if (n, v) not in gone and n not in more]
        kept += [(n, v) for n, said in more.items() for v in ([said] if isinstance(said, str) else said)]
        return self.post(where, kept)

    def post(self, where: str, pairs: list[tuple[str, str]]) -> Page:
        """Post a form, and look at where it leads."""
        kind = "application/x-www-form-urlencoded"
        answer = self.hub.post(where, urlencode(pairs).encode(), kind)
        if answer.status == 303:
            return Page(self.hub.get(answer.headers["location"]), answer.headers["location"])
        return Page(answer, where)


ASKED = (
    ("School", True, "Lessons need rooms and teachers."),
    ("StudentLite", True, "A page for each pupil."),
    ("Attendance", False, "Parents are told the same day."),
    ("Contact", False, "Messages to parents."),
)


def asking_app(hub: Hub, *, live: bool = True, webhook: str = "", name: str = "Pupil Pages") -> tuple[App, str]:
    """An app that asks for something, and its management token."""
    app, secret = hub.desk.apps.add(PARTY, name)
    hub.desk.registrations.change(app, contact="help@app.example.org", webhook=webhook, live=live)
    for scope, required, reason in ASKED:
        hub.desk.registrations.ask(app, [scope], required=required, reason=reason)
    return app, hub.desk.tokens.sign_in(PARTY, secret)[0]


def link_of(hub: Hub, made: Invitation) -> str:
    """The path of an invitation's link."""
    return f"/authorise/{hub.desk.invitations.link(made)}"


def invited(hub: Hub, estab: str = THORNFIELD) -> School:
    """A school that an app has invited."""
    app = asking_app(hub)[0]
    return School(hub, link_of(hub, hub.desk.invitations.make(app, estab)))
