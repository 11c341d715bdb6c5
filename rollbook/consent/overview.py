"""What a school shares, at a glance: each app with its state, what it read last, and what waits for the school."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..store.folding import DAY
from ..store.port import Store
from .apps import Apps
from .authorising import Grants
from .choosing import Choosing
from .grants import App, Grant
from .invitations import Invitation, Invitations
from .registering import Registrations

_EPOCH = date(1970, 1, 1).toordinal()

LATELY = 30
"""Days of which it is told how often an app read."""


@dataclass(frozen=True)
class Reads:
    """How often an app read under a grant lately, and the day on which it last did (UTC), if ever."""

    times: int = 0
    last: date | None = None


@dataclass(frozen=True)
class Sharing:
    """An app at a school: what it was granted or asks for, since when, what it read, and what waits for the school."""

    app: App
    grant: Grant | None
    invitation: Invitation | None
    since: float | None
    ended: float | None
    reads: Reads
    more: tuple[str, ...] = ()
    """The scopes that it asks for and does not hold."""
    choosing: bool = False
    """Whether people are being chosen, for which it waits."""

    @property
    def state(self) -> str:
        """`active`, `paused` or `revoked`; `asked` or `declined` where nothing was ever granted."""
        if self.grant is not None:
            return self.grant.state
        return "declined" if self.invitation and self.invitation.answer == "declined" else "asked"

    @property
    def waits(self) -> bool:
        """Whether the school has something to decide."""
        return self.state == "asked" or self.choosing or bool(self.more and self.state in ("active", "paused"))


class Overview:
    """What schools share."""

    def __init__(
        self, store: Store, apps: Apps, grants: Grants, invitations: Invitations, registrations: Registrations,
        choosing: Choosing,
    ) -> None:  # fmt: skip
        self._store = store
        self._apps = apps
        self._grants = grants
        self._invitations = invitations
        self._registrations = registrations
        self._choosing = choosing

    def of_school(self, school: str, now: float) -> list[Sharing]:
        """The apps of a school (hub id), by name: those that hold something, and those that ask."""
        grants = {g.app.id: g for g in self._grants.all() if g.school == school}
        asked = {i.app.id: i for i in self._invitations.all() if i.school == school}
        reads = self.reads([g.id for g in grants.values()], now)
        apps = {one.app.id: one.app for one in (*grants.values(), *asked.values())}
        return [
            self._sharing(app, grants.get(app.id), asked.get(app.id), reads)
            for app in sorted(apps.values(), key=lambda a: a.name.casefold())
        ]

    def _sharing(self, app: App, grant: Grant | None, asked: Invitation | None, reads: dict[str, Reads]) -> Sharing:
        if grant is None:
            return Sharing(app, None, asked, None, None, Reads())
        dates = next(a for a in self._grants.authorisations(app) if a.grant.id == grant.id)
        wanted = self._registrations.of(app).among(asked.scopes if asked else ())
        more = tuple(a.scope for a in wanted if a.scope not in grant.scopes)
        choosing = bool(self._choosing.choosers(grant))
        found = reads.get(grant.id, Reads())
        return Sharing(app, grant, asked, dates.authorised, dates.revoked, found, more, choosing)

    def reads(self, grants: Iterable[str], now: float) -> dict[str, Reads]:
        """How often something was read under each of some grants (hub ids)."""
        self._store.ledger.fold()
        wanted = frozenset(grants)
        whats = {what.number: wanted & {*what.grants} for what in self._store.ledger.whats() if not what.outcome}
        mine = {number: held for number, held in whats.items() if held}
        found: dict[str, Reads] = {}
        first = int(now * 1000) // DAY - LATELY
        for number, day, times in self._store.ledger.usage(mine):
            for grant in mine[number]:
                before = found.get(grant, Reads())
                on = date.fromordinal(_EPOCH + day)
                last = on if before.last is None else max(before.last, on)
                found[grant] = Reads(before.times + (times if day > first else 0), last)
        return found
