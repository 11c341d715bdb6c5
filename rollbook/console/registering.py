"""The pages on which a developer registers an app, and changes what it says of itself and asks schools for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..api.messages import Response
from ..consent.registering import Ask, Registration, Wish
from ..errors import Conflict, Malformed, Problem
from ..scopes import CATALOGUE
from .developing import app_of, app_page
from .forms import Form
from .guests import ROOT, Guest, Routes, app_path, nothing
from .visiting import by_category, go

MINE, NEW = f"{ROOT}/apps", f"{ROOT}/new-app"

NEEDS = {"": "Not asked for", "optional": "Optional", "required": "Required"}
"""How an app may ask for a scope."""

_SAID = ("name", "purpose", "contact", "webhook", "privacy")


class Registering:
    """The pages of those who register apps."""

    def __init__(self) -> None:
        self.routes = Routes(
            {"apps": self.mine, "new-app": self.new, "apps/{party}/asks": self.edit},
            {"new-app": self.begin, "apps/{party}/asks": self.change},
        )

    def mine(self, guest: Guest, _: dict[str, str]) -> Response:
        """The apps that somebody builds."""
        _must_develop(guest)
        apps = [(app_path(a.relying_party), a) for a in guest.desk.apps.all() if guest.standing.builds(a.id)]
        return guest.page("apps.html", apps=apps, new=NEW, crumbs=((MINE, "Your apps"),))

    def new(self, guest: Guest, _: dict[str, str]) -> Response:
        """The form with which an app is registered."""
        _must_develop(guest)
        return _form(guest, Wish("", "", "", guest.email, "", "", ()))

    def begin(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Register an app, and show its management secret."""
        _must_develop(guest)
        wish = _wish(form, form.one("relying_party").strip())
        try:
            app, secret = guest.desk.registrations.begin(wish, guest.sitting.account)
        except (Malformed, Conflict) as error:
            return _form(guest, wish, error.problems)
        return app_page(guest, app, "secret.html", "Schools", secret=secret, name="management secret", begun=True,
                        about="With it the app signs in to invite schools and to read its own log.")  # fmt: skip

    def edit(self, guest: Guest, part: dict[str, str]) -> Response:
        """The form with which an app changes what it asks for."""
        said = guest.desk.registrations.of(app_of(guest, part["party"]))
        return _form(guest, _said(said), app=said)

    def change(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Change what an app says of itself; schools see what it asks for besides, and decide."""
        said = guest.desk.registrations.of(app_of(guest, part["party"]))
        wish = _wish(form, said.app.relying_party)
        try:
            guest.desk.registrations.rewrite(said.app, wish, guest.email)
        except Malformed as error:
            return _form(guest, wish, error.problems, app=said)
        return go(app_path(said.app.relying_party))


def _must_develop(guest: Guest) -> None:
    if not guest.standing.develops:
        raise nothing()


def _wish(form: Form, relying_party: str) -> Wish:
    needs = {name: form.one(f"need.{name}") for name in CATALOGUE}
    asks = (Ask(name, need == "required", form.one(f"reason.{name}").strip()) for name, need in needs.items() if need)
    name, purpose, contact, webhook, privacy = (form.one(field).strip() for field in _SAID)
    return Wish(relying_party, name, purpose, contact, webhook, privacy, tuple(asks))


def _said(said: Registration) -> Wish:
    app = said.app
    return Wish(app.relying_party, app.name, said.purpose, said.contact, said.webhook, said.privacy, said.asks)


def _form(guest: Guest, wish: Wish, problems: Iterable[Problem] = (), *, app: Registration | None = None) -> Response:
    asked = {one.scope: one for one in wish.asks}
    scopes = by_category((scope, asked.get(name)) for name, scope in CATALOGUE.items())
    parts = [(category, [*some], sum(one is not None for _, one in some)) for category, some in scopes]
    wrong = _by_field(problems)
    facts: dict[str, Any] = {"wish": wish, "parts": parts, "problems": wrong, "needs": NEEDS}
    status = 400 if wrong else 200
    if app is None:
        crumbs = ((MINE, "Your apps"), (NEW, "Register an app"))
        return guest.page("app_form.html", status, crumbs=crumbs, where=NEW, app=None, **facts)
    where = app_path(app.app.relying_party, "asks")
    return app_page(guest, app.app, "app_form.html", "What it asks for", status, where=where, **facts)


def _by_field(problems: Iterable[Problem]) -> dict[str, list[str]]:
    """What is wrong, by the name of the field on the form."""
    found: dict[str, list[str]] = {}
    for one in problems:
        text = f"{one.what}{f' ({one.hint})' if one.hint else ''}"
        found.setdefault(one.where.replace(" ", "_"), []).append(f"{text[:1].upper()}{text[1:]}")
    return found
