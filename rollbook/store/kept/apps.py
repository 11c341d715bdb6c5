"""Apps, what they registered, and the districts that they made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from .statements import Timed


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


class Said(NamedTuple):
    """What an app says of itself: an address for questions, where its webhooks go, whether it is more than a trial,
    what it is for, and the page on which it says how it treats data."""

    contact: str
    webhook: str
    live: bool
    purpose: str
    privacy: str


_APPS = "SELECT id, relying_party, name FROM app"


# Its management secret has a digest, or one of those before it that are still good.
_SHOWS = "(secret = ? OR id IN (SELECT e.holder FROM earlier_secret e WHERE e.hash = ? AND e.until > ?))"


class Apps(Timed):
    """Apps, what they registered, and the districts that they made."""

    # ---- who they are

    def every(self) -> list[App]:
        """All apps, by name."""
        return [App(*row) for row in self._rows(f"{_APPS} ORDER BY name, id")]

    def named(self, relying_party: str) -> App | None:
        """The app that signs in by a name, in any case."""
        return self._one(self._flavour.same("relying_party", "?"), relying_party)

    def with_id(self, app: str) -> App | None:
        """The app with this id."""
        return self._one("id = ?", app)

    def with_secret(self, relying_party: str, secret: bytes) -> App | None:
        """The app that signs in by a name, if its management secret has this digest."""
        return self._one(
            f"{self._flavour.same('relying_party', '?')} AND {_SHOWS}", relying_party, secret, secret, self._clock()
        )

    def of_secret(self, secret: bytes) -> App | None:
        """The app whose management secret has this digest."""
        return self._one(_SHOWS, secret, secret, self._clock())

    def _one(self, where: str, *values: object) -> App | None:
        row = self._row(f"{_APPS} WHERE {where}", values)
        return App(*row) if row else None

    def add(self, app: App, secret: bytes, made: str) -> None:
        """Keep a new app, with the digest of its management secret; `made` is the moment, UTC."""
        self._do(
            "INSERT INTO app (id, relying_party, name, secret, made) VALUES (?, ?, ?, ?, ?)",
            (app.id, app.relying_party, app.name, secret, made),
        )

    def secret(self, app: str) -> bytes | None:
        """The digest of the present management secret of an app (id)."""
        return self._value("SELECT secret FROM app WHERE id = ?", (app,))

    def renew_secret(self, app: str, secret: bytes, until: float = 0.0) -> None:
        """Let an app (id) have another management secret (its digest); those before are good until a moment, if any."""
        self._do("DELETE FROM earlier_secret WHERE until <= ? OR (holder = ? AND ? = 0)", (self._clock(), app, until))
        if until:
            self._do(
                "INSERT INTO earlier_secret (holder, hash, until) SELECT id, secret, CAST(? AS DOUBLE PRECISION)"
                " FROM app WHERE id = ? AND secret IS NOT NULL",
                (until, app),
            )
        self._do("UPDATE app SET secret = ? WHERE id = ?", (secret, app))

    def founded(self, app: str, district: int = 0) -> list[int]:
        """The districts that an app (id) made; only the one that is given, if it is one of them."""
        rows = self._rows(
            "SELECT district FROM founded WHERE app = ? AND (? = 0 OR district = ?)", (app, district, district)
        )
        return [number for (number,) in rows]

    def found(self, app: str, district: int) -> None:
        """Note that an app (id) made a district."""
        self._do("INSERT INTO founded (district, app) VALUES (?, ?)", (district, app))

    # ---- where browsers may call from for them

    def origins(self, app: str) -> list[str]:
        """The origins of an app (id), in order."""
        return self._values("SELECT origin FROM app_origin WHERE app = ? ORDER BY origin", (app,))

    def from_origin(self, origin: str) -> list[str]:
        """The apps (ids) that named an origin."""
        return self._values("SELECT app FROM app_origin WHERE origin = ? ORDER BY app", (origin,))

    def add_origin(self, app: str, origin: str) -> None:
        """Let browsers call from an origin for an app (id)."""
        self._do("INSERT INTO app_origin (app, origin) VALUES (?, ?) ON CONFLICT DO NOTHING", (app, origin))

    def drop_origin(self, app: str, origin: str) -> None:
        """Let them no longer."""
        self._do("DELETE FROM app_origin WHERE app = ? AND origin = ?", (app, origin))

    # ---- what calls to them are signed with

    def rotation(self, app: str) -> tuple[int, float]:
        """How often an app (id) had another signing secret, and when it last had (seconds since 1970)."""
        row = self._row("SELECT rotation, at FROM signing WHERE app = ?", (app,))
        return (row[0], row[1]) if row else (0, 0.0)

    def rotate(self, app: str, at: float) -> None:
        """Let an app (id) have another signing secret from a moment on."""
        self._do(
            "INSERT INTO signing (app, rotation, at) VALUES (?, 1, ?) ON CONFLICT (app)"
            " DO UPDATE SET rotation = signing.rotation + 1, at = excluded.at",
            (app, at),
        )

    # ---- what they registered

    def registered(self, app: str) -> Said | None:
        """What an app (id) says of itself; None where it said nothing."""
        row = self._row("SELECT contact, webhook, live, purpose, privacy FROM registration WHERE app = ?", (app,))
        return Said(row[0], row[1], bool(row[2]), row[3], row[4]) if row else None

    def rename(self, app: str, name: str) -> None:
        """Let an app (id) be called otherwise."""
        self._do("UPDATE app SET name = ? WHERE id = ?", (name, app))

    def register(
        self,
        app: str,
        contact: str | None,
        webhook: str | None,
        live: bool | None,
        purpose: str | None,
        privacy: str | None,
    ) -> None:
        """Change what an app (id) says of itself; what is None stays as it was."""
        self._do(
            "INSERT INTO registration (app, contact, webhook, live) VALUES (?, '', '', 0) ON CONFLICT DO NOTHING",
            (app,),
        )
        self._do(
            "UPDATE registration SET contact = coalesce(?, contact), webhook = coalesce(?, webhook),"
            " live = coalesce(?, live), purpose = coalesce(?, purpose), privacy = coalesce(?, privacy) WHERE app = ?",
            (contact, webhook, live, purpose, privacy, app),
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
