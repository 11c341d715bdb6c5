"""Devices that ask to act for a researcher: whoever is signed in lets one in with a click."""

from __future__ import annotations

from urllib.parse import urlencode

from ..api.messages import Response
from ..errors import NotFound
from .forms import Form
from .guests import ROOT, Guest, Routes
from .researching import DEVICE, lines_of, named
from .visiting import go

HERE = f"{ROOT}/device"


class Devices:
    """The page on which somebody who is signed in answers a device."""

    def __init__(self) -> None:
        self.routes = Routes({"device": lambda guest, _: self.ask(guest)}, {"device": self.answer})

    def ask(self, guest: Guest) -> Response:
        """Which device asks; a code that is none is asked for again where no account is needed."""
        code = dict(guest.request.query).get("user_code", "")
        try:
            code, client = guest.desk.accounts.waiting_device(code, guest.request.client)
        except NotFound as error:
            return guest.page("device.html", 404, code="", client="", wrong=lines_of(error), elsewhere=f"{DEVICE}/")
        return guest.page("device.html", code=code, client=named(client), email=guest.email, elsewhere=other(code))

    def answer(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Let the device act for whoever is signed in, or refuse it."""
        accounts = guest.desk.accounts
        allowed = form.choice("do", ("allow", "refuse")) == "allow"
        code, client = accounts.waiting_device(form.one("code"), guest.request.client)
        accounts.answer_device(code, guest.sitting.account if allowed else None)
        if allowed:
            return guest.said(f"{named(client)} now acts for you", "You can close this page and go back to it.")
        return guest.said(f"{named(client)} was refused", "It gets no access.")


def other(code: str) -> str:
    """The page on which the same is done with address and password, by somebody else or without signing in."""
    return f"{DEVICE}/?{urlencode({'user_code': code[:40], 'here': 'yes'})}"


def to_page(query: list[tuple[str, str]]) -> Response:
    """Lead somebody who is not signed in to the page that asks for address and password."""
    return go(other(dict(query).get("user_code", "")))
