"""What an app says of itself, and what it asks schools for: each scope with the reason, needed or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ..addresses import read_address
from ..errors import Conflict, Malformed, Problem
from ..store.kept import Kept
from ..store.kept.accounts import Account
from ..store.kept.apps import Ask as Ask
from ..store.numbering import now
from ..store.port import Store
from .addresses import address_problems, line_problems
from .apps import Apps, new_app
from .grants import App, known_scopes
from .roles import DEVELOPER
from .secrets import digest

MOST_APPS = 10
"""How many apps one developer may register."""

NEEDED = (
    ("name", "schools know the app by it"),
    ("purpose", "schools read what the app is for"),
    ("contact", "schools need somebody to ask"),
)
"""What a developer has to say, and why."""

LONGEST_ADDRESS = 500
"""The longest address of a page, in characters."""


@dataclass(frozen=True)
class Registration:
    """What an app says of itself; `live` tells whether it is more than a trial."""

    app: App
    contact: str = ""
    webhook: str = ""
    live: bool = False
    purpose: str = ""
    """What it is for, in a sentence that schools read."""
    privacy: str = ""
    """The address of the page on which it says how it treats data."""
    asks: tuple[Ask, ...] = ()

    @property
    def scopes(self) -> frozenset[str]:
        """Every scope that it asks for."""
        return frozenset(a.scope for a in self.asks)

    @property
    def required(self) -> frozenset[str]:
        """The scopes without which it is of no use."""
        return frozenset(a.scope for a in self.asks if a.required)

    def among(self, scopes: Iterable[str]) -> tuple[Ask, ...]:
        """What it asks for of some scopes; all of it where none is named."""
        wanted = frozenset(scopes) or self.scopes
        return tuple(a for a in self.asks if a.scope in wanted)


@dataclass(frozen=True)
class Wish:
    """Everything that the developer of an app says of it, in one piece."""

    relying_party: str
    name: str
    purpose: str
    contact: str
    webhook: str
    privacy: str
    asks: tuple[Ask, ...]


class Registrations:
    """What apps say of themselves."""

    def __init__(self, store: Store, apps: Apps) -> None:
        self._store = store
        self._apps = apps

    def of(self, app: App) -> Registration:
        """What an app says of itself; one that has said nothing yet is a trial that asks for nothing."""
        kept = self._store.kept.apps
        said = kept.registered(app.id) or ("", "", False, "", "")
        return Registration(app, *said, kept.asks(app.id))

    def change(
        self,
        app: App,
        *,
        contact: str | None = None,
        webhook: str | None = None,
        live: bool | None = None,
        purpose: str | None = None,
        privacy: str | None = None,
        name: str = "",
    ) -> Registration:
        """Change what an app says of itself; what is None stays as it was, an empty text takes it back."""
        wrong = said_problems(contact=contact, webhook=webhook, purpose=purpose, privacy=privacy, name=name)
        if wrong:
            raise Malformed(*wrong)
        with self._store.transaction() as kept:
            kept.apps.register(app.id, contact, webhook, live, purpose, privacy)
            if name:
                kept.apps.rename(app.id, name)
        return self.of(replace(app, name=name or app.name))

    # ---- by their developers

    def begin(self, wish: Wish, account: Account) -> tuple[App, str]:
        """Register an app for its developer, a trial until the operator makes it live; with its management secret.

        Raises `Malformed` with everything that is wrong, and `Conflict` where the developer has as many as they may.
        """
        wrong = [*self._apps.name_problems(wish.relying_party), *wish_problems(wish)]
        if wrong:
            raise Malformed(*wrong)
        if len(self._store.kept.roles.of(account.id)) > MOST_APPS:
            raise Conflict(f"you build {MOST_APPS} apps already", hint="ask the people who run this hub")
        app, secret = new_app(wish.relying_party, wish.name)
        with self._store.transaction() as kept:
            kept.apps.add(app, digest(secret), now())
            kept.roles.give(account.id, DEVELOPER, app.id)
            kept.decisions.add(account.email, "registered an app", app.id, app.relying_party)
            _keep(kept, app, wish)
        return app, secret

    def rewrite(self, app: App, wish: Wish, by: str) -> Registration:
        """Change everything that an app says of itself and asks for; `by` is who does. Grants stay as they are."""
        if wrong := wish_problems(wish):
            raise Malformed(*wrong)
        with self._store.transaction() as kept:
            kept.decisions.add(by, "changed what an app asks for", app.id, app.relying_party)
            _keep(kept, app, wish)
        return self.of(replace(app, name=wish.name))

    def ask(self, app: App, scopes: Iterable[str], *, required: bool, reason: str) -> Registration:
        """Have an app ask for scopes, or ask otherwise than before. Grants that there are stay as they are."""
        names = known_scopes(frozenset(scopes))
        if wrong := reason_problems("reason", reason):
            raise Malformed(*wrong)
        with self._store.transaction() as kept:
            kept.apps.ask(app.id, [Ask(name, required, reason.strip()) for name in sorted(names)])
        return self.of(app)

    def ask_no_more(self, app: App, scopes: Iterable[str]) -> Registration:
        """Have an app ask for scopes no longer."""
        names = known_scopes(frozenset(scopes))
        strange = sorted(names - self.of(app).scopes)
        if strange:
            raise Conflict(*(Problem("scopes", f"{app.relying_party} does not ask for {name}") for name in strange))
        with self._store.transaction() as kept:
            kept.apps.ask_no_more(app.id, names)
        return self.of(app)


def said_problems(
    *, contact: str | None, webhook: str | None, purpose: str | None, privacy: str | None, name: str = ""
) -> list[Problem]:
    """Everything that is wrong with what an app says of itself."""
    return [
        *(address_problems("contact", contact) if contact else ()),
        *(webhook_problems(webhook) if webhook else ()),
        *line_problems("purpose", purpose or "", 300),
        *(page_problems(privacy) if privacy else ()),
        *line_problems("name", name, 100),
    ]


def _keep(kept: Kept, app: App, wish: Wish) -> None:
    kept.apps.register(app.id, wish.contact, wish.webhook, None, wish.purpose, wish.privacy)
    kept.apps.rename(app.id, wish.name)
    kept.apps.ask_no_more(app.id, [one.scope for one in kept.apps.asks(app.id)])
    kept.apps.ask(app.id, wish.asks)


def wish_problems(wish: Wish) -> list[Problem]:
    """Everything that is wrong with what a developer says of an app; a reason is at `reason.` and its scope."""
    missing = [Problem(name, f"is missing: {why}") for name, why in NEEDED if not getattr(wish, name).strip()]
    said = said_problems(contact=wish.contact, webhook=wish.webhook, purpose=wish.purpose, privacy=wish.privacy,
                         name=wish.name)  # fmt: skip
    asked = [] if wish.asks else [Problem("asks", "is missing: choose at least one kind of data")]
    known_scopes(frozenset(one.scope for one in wish.asks))
    reasons = [problem for one in wish.asks for problem in reason_problems(f"reason.{one.scope}", one.reason)]
    return [*missing, *said, *asked, *reasons]


def reason_problems(where: str, reason: str) -> list[Problem]:
    """What is wrong with the reason for which an app asks for something."""
    if not reason.strip():
        return [Problem(where, "is missing", "schools read this: say what the app does with the data")]
    return line_problems(where, reason, 300)


def page_problems(url: str) -> list[Problem]:
    """Why the address of a page on how an app treats data is none that a school can open."""
    fine = len(url) <= LONGEST_ADDRESS and url.isprintable() and not any(c.isspace() for c in url)
    try:
        parts = urlsplit(url)
        fine = fine and parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    except ValueError:
        fine = False
    return [] if fine else [Problem("privacy", "is not the address of a page", "such as https://app.example/privacy")]


def webhook_problems(url: str) -> list[Problem]:
    """Why the address of an app's webhooks can never be called: what the guard of calls says of it (`addresses`)."""
    try:
        read_address(url, "webhook")
    except Malformed as error:
        return list(error.problems)
    return [Problem("webhook", "has a fragment", "remove the # and everything after it")] if "#" in url else []
