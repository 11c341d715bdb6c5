"""What an app says of itself, and what it asks schools for: each scope with the reason, needed or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..addresses import read_address
from ..errors import Conflict, Malformed, Problem
from ..store.kept.apps import Ask as Ask
from ..store.port import Store
from .addresses import address_problems, line_problems
from .grants import App, known_scopes


@dataclass(frozen=True)
class Registration:
    """What an app says of itself; `live` tells whether it is more than a trial."""

    app: App
    contact: str = ""
    webhook: str = ""
    live: bool = False
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


class Registrations:
    """What apps say of themselves."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, app: App) -> Registration:
        """What an app says of itself; one that has said nothing yet is a trial that asks for nothing."""
        kept = self._store.kept.apps
        contact, webhook, live = kept.registered(app.id) or ("", "", False)
        return Registration(app, contact, webhook, live, kept.asks(app.id))

    def change(
        self, app: App, *, contact: str | None = None, webhook: str | None = None, live: bool | None = None
    ) -> Registration:
        """Change what an app says of itself; what is None stays as it was, an empty text takes it back."""
        wrong = address_problems("contact", contact) if contact else []
        wrong += webhook_problems(webhook) if webhook else []
        if wrong:
            raise Malformed(*wrong)
        with self._store.transaction() as kept:
            kept.apps.register(app.id, contact, webhook, live)
        return self.of(app)

    def ask(self, app: App, scopes: Iterable[str], *, required: bool, reason: str) -> Registration:
        """Have an app ask for scopes, or ask otherwise than before. Grants that there are stay as they are."""
        names = known_scopes(frozenset(scopes))
        wrong = line_problems("reason", reason, 300)
        if not reason.strip():
            wrong.append(Problem("reason", "is missing", "schools read this: say what the app does with the data"))
        if wrong:
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


def webhook_problems(url: str) -> list[Problem]:
    """Why the address of an app's webhooks can never be called: what the guard of calls says of it (`addresses`)."""
    try:
        read_address(url, "webhook")
    except Malformed as error:
        return list(error.problems)
    return [Problem("webhook", "has a fragment", "remove the # and everything after it")] if "#" in url else []
