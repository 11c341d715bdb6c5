"""Somebody who signs in: what a browser without scripts does with the console, cookies and all."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from rollbook.consent.roles import COMMAND
from rollbook.store.kept.accounts import Account

from .hub import THORNFIELD, Answer, Hub
from .school import Page, School

PASSWORD = "a long enough word"

_KEPT = re.compile(r"([\w-]+)=([^;]*)")


class Person(School):
    """Somebody at a browser of their own."""

    def __init__(self, hub: Hub, link: str = "/console") -> None:
        super().__init__(hub, link)
        self.cookies: dict[str, str] = {}

    def go(self, at: str) -> Page:
        """Look at an address, and at those where it leads."""
        answer = self._asked("GET", at)
        return self.go(answer.headers["location"]) if answer.status == 303 else Page(answer, at)

    def look(self, action: str = "") -> Page:
        """Look at a page below the link."""
        return self.go(f"{self.link}/{action}" if action else self.link)

    def post(self, where: str, pairs: list[tuple[str, str]]) -> Page:
        """Post a form, and look at where it leads."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        answer = self._asked("POST", where, urlencode(pairs).encode(), **kind)
        return self.go(answer.headers["location"]) if answer.status == 303 else Page(answer, where)

    def sign_in(self, email: str, password: str = PASSWORD) -> Page:
        """Sign in, and look at where that leads."""
        return self.send(self.go("/console/sign-in"), "sign-in", email=email, password=password)

    def _asked(self, method: str, at: str, body: bytes = b"", **headers: str) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)
        answer = self.hub.ask(method, at, None, body, **headers, **({"cookie": cookie} if cookie else {}))
        if kept := _KEPT.match(answer.headers.get("set-cookie", "")):
            self.cookies[kept[1]] = kept[2]
        return answer


def account(hub: Hub, email: str, role: str = "", estab: str = THORNFIELD, app: str = "") -> Account:
    """An account with a password, and a role at a school or for an app."""
    made = hub.desk.accounts.add_user(email)
    hub.desk.accounts.set_password(made, PASSWORD)
    if role:
        place = hub.desk.roles.place(role, estab if role.startswith("school") else "", app)
        hub.desk.roles.give(made, role, place, COMMAND)
    return made


def signed_in(hub: Hub, email: str, role: str = "", estab: str = THORNFIELD, app: str = "") -> Person:
    """Somebody with an account, who is signed in."""
    account(hub, email, role, estab, app)
    person = Person(hub)
    person.sign_in(email)
    return person
