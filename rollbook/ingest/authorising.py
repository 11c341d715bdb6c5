"""Having somebody at a provider let the hub in: the refresh token that comes of it is kept sealed, as any secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from ..errors import Conflict, Malformed, Problem
from ..store.kept.feeds import ON, Feed
from ..store.port import Store
from .feeds import arrange
from .reading import Connectors, connector_named
from .rows import Connector
from .setting import Setting
from .settings import missing, opened, sealed, settings_of
from .web import Service, Session
from .web.consenting import Begun, Consent, refresh_token


@runtime_checkable
class Asks(Connector, Protocol):
    """A connector whose provider has somebody let the hub in."""

    def consent(self, settings: Mapping[str, str]) -> Consent | None:
        """Where they do; none where the provider has no such page."""
        ...

    def reached(self, settings: Mapping[str, str]) -> Service:
        """The service."""
        ...


def token_setting(connector: Connector) -> Setting | None:
    """The setting for a refresh token that somebody's consent brings, where there is one."""
    renewed = next((one for one in settings_of(connector) if one.renewed), None)
    return renewed if isinstance(connector, Asks) else None


class Authorising:
    """One source, whose provider is asked."""

    def __init__(self, store: Store, connectors: Connectors, feed: Feed) -> None:
        """Raises `Conflict` where the source needs no consent, and `Malformed` with the settings that it lacks."""
        connector = connector_named(connectors, feed.connector)
        setting = token_setting(connector)
        settings = opened(store, feed.settings)
        lacking = [one for one in missing(connector, feed.settings) if one is not setting]
        if lacking:
            how = f"rollbook sources set {feed.source} --set or --secret"
            raise Malformed(*(Problem(one.name, "is not known", f"{how} {one.name}=…") for one in lacking))
        consent = connector.consent(settings) if isinstance(connector, Asks) else None
        if setting is None or consent is None or not isinstance(connector, Asks):
            raise Conflict(Problem(feed.source, f"{feed.connector} is let in by other means", "see its settings"))
        self._store, self._feed, self._setting = store, feed, setting
        self._consent, self._service = consent, connector.reached(settings)

    def begin(self, redirect: str) -> Begun:
        """What to open in a browser."""
        return self._consent.begin(redirect)

    def finish(self, begun: Begun, said: str) -> None:
        """Exchange a code, or the address that has it, and keep the refresh token that comes.

        A source that waited for it is read by itself from then on.
        """
        code = begun.code(said)
        with Session(self._service) as session:
            token = refresh_token(session.exchange(self._consent.exchange(begun, code)))
        name, feed = self._setting.name, self._feed
        state = feed.state if name in feed.settings else ON
        fresh = sealed(self._store, name, token)
        arrange(self._store, feed._replace(settings={**feed.settings, name: fresh}, state=state))
