"""Apps, what they registered, and the districts that they made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .statements import Statements


@dataclass(frozen=True)
class App:
    """A piece of software that reads; `relying_party` is the name by which it signs in."""

    id: str
    relying_party: str
    name: str


@dataclass(frozen=True)
class Ask:
    """A scope that an app asks for, whether it cannot do without it, and why, in a sentence for the school."""

    scope: str
    required: bool
    reason: str


class Apps(Statements):
    """Apps, what they registered, and the districts that they made."""

    def names(self) -> dict[str, tuple[str, str]]:
        """By hub id, the name by which each app signs in, and what it is called."""
        return {app: (party, name) for app, party, name in self._rows("SELECT id, relying_party, name FROM app")}

    # ---- what they registered

    def registered(self, app: str) -> tuple[str, str, bool] | None:
        """The contact and webhook of an app (id), and whether it is more than a trial; None where it said nothing."""
        row = self._row("SELECT contact, webhook, live FROM registration WHERE app = ?", (app,))
        return (row[0], row[1], bool(row[2])) if row else None

    def register(self, app: str, contact: str | None, webhook: str | None, live: bool | None) -> None:
        """Change what an app (id) says of itself; what is None stays as it was."""
        self._do(
            "INSERT INTO registration (app, contact, webhook, live) VALUES (?, '', '', 0) ON CONFLICT DO NOTHING",
            (app,),
        )
        self._do(
            "UPDATE registration SET contact = coalesce(?, contact), webhook = coalesce(?, webhook),"
            " live = coalesce(?, live) WHERE app = ?",
            (contact, webhook, live, app),
        )

    def asks(self, app: str) -> tuple[Ask, ...]:
        """What an app (id) asks schools for, by scope."""
        rows = self._rows("SELECT scope, required, reason FROM ask WHERE app = ? ORDER BY scope", (app,))
        return tuple(Ask(scope, bool(required), reason) for scope, required, reason in rows)

    def ask(self, app: str, asks: Iterable[Ask]) -> None:
        """Have an app (id) ask for scopes, or for other reasons than before."""
        self._each(
            "INSERT INTO ask (app, scope, required, reason) VALUES (?, ?, ?, ?) ON CONFLICT (app, scope) DO UPDATE"
            " SET required = excluded.required, reason = excluded.reason",
            [(app, one.scope, one.required, one.reason) for one in asks],
        )

    def ask_no_more(self, app: str, scopes: Iterable[str]) -> None:
        """Have an app (id) ask for scopes no longer."""
        self._each("DELETE FROM ask WHERE app = ? AND scope = ?", [(app, scope) for scope in scopes])
