"""Secrets that a provider renews at each use: the new one is kept before it is relied on, and none is used twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ..errors import Conflict, Malformed, Problem, RollbookError, Unavailable
from ..store.kept import Kept
from ..store.kept.feeds import Feed
from ..store.numbering import now
from ..store.port import Store
from ..store.sealing import seal, unseal
from .scheduling import seconds

Exchanged = Callable[[str], str]
"""Sends a secret to its provider and gives the one that came for it.

Raises `Unanswered` where the secret may be used up all the same, and another error of the hub's where it is not.
"""
Renew = Callable[[str, str, Exchanged], None]
"""Has a secret exchanged: that of a setting, which was given as a text and may have been renewed since."""

TAKES = 300.0
"""Seconds after which an exchange that has not ended was cut short."""

KEY = "settings of sources"
"""The purpose of the key that secrets of sources are sealed with."""

RENEWED = "renewed "
"""What stands before a setting in the name under which its renewed secret is kept."""


class Unanswered(Unavailable):
    """A secret was sent to be exchanged, and its provider's answer did not come. Set a new one: it may be used up."""


class InMemory:
    """Secrets of a reading of which nothing is kept."""

    def __init__(self) -> None:
        self._now: dict[str, str] = {}

    def __call__(self, name: str, given: str, exchanged: Exchanged) -> None:
        """Have a secret exchanged."""
        self._now[name] = exchanged(self._now.get(name, given))


class Exchanges(msgspec.Struct, frozen=True):
    """How the exchanges of a secret went.

    `of` is the digest of the one that somebody set, `sealed` the one that counts now; `renewed` and `begun` are moments
    (UTC) of the last exchange and of one that has not ended, which was `lost` where its answer did not come.
    """

    of: str
    sealed: str
    renewed: str = ""
    begun: str = ""
    lost: bool = False

    @property
    def words(self) -> str:
        """The same, for whoever tends the source."""
        if self.begun:
            return f"{'lost' if self.lost else 'not ended'}: an exchange that began at {self.begun[:19]}Z"
        return f"renewed at {self.renewed[:19]}Z" if self.renewed else "not renewed yet"


def renewing(store: Store, district: int | None, source: str) -> Renew:
    """How secrets of a source are renewed: of one that the hub knows by name, they are kept sealed."""
    known = store.kept.feeds.find(district, source) if district and source else None
    return OfSource(store, known.district, known.source) if known else InMemory()


class OfSource:
    """Secrets of a source that the hub knows by name.

    Before one is sent it is kept that its exchange began, so that nobody else sends it too, and one that was cut short
    is known. What came for it is kept before anything relies on it.
    """

    def __init__(self, store: Store, district: int, source: str) -> None:
        self._store = store
        self._district = district
        self._source = source

    def __call__(self, name: str, given: str, exchanged: Exchanged) -> None:
        """Have a secret exchanged.

        Raises `Unavailable` while somebody else does, and `Malformed` where one may be used up that nothing came for.
        """
        began = self._begin(name)
        try:
            fresh = exchanged(unseal(self._key, name, began.sealed))
        except Unanswered:
            self._keep(name, began, msgspec.structs.replace(began, lost=True))
            raise
        except RollbookError:
            self._keep(name, began, msgspec.structs.replace(began, begun=""))
            raise
        sealed = seal(self._key, name, fresh)
        self._keep(name, began, msgspec.structs.replace(began, sealed=sealed, renewed=now(), begun=""))

    def _begin(self, name: str) -> Exchanges:
        """Keep that an exchange begins, whose turn nobody else's is."""
        with self._store.of_district(self._district) as kept:
            there = self._there(kept, name)
            if there.begun:
                raise self._under_way(name, there)
            began = msgspec.structs.replace(there, begun=now())
            self._put(kept, name, began)
        return began

    def _keep(self, name: str, began: Exchanges, ended: Exchanges) -> None:
        """Keep what came of an exchange, unless somebody has set another secret since."""
        with self._store.of_district(self._district) as kept:
            if self._there(kept, name) == began:
                self._put(kept, name, ended)

    def _under_way(self, name: str, there: Exchanges) -> RollbookError:
        """Why a secret is not sent: somebody else's exchange of it has not ended, or never will."""
        hint = f"authorise the hub anew and set it: rollbook sources set {self._source} --secret {name}=env:VARIABLE"
        if there.lost or seconds(now()) - seconds(there.begun) > TAKES:
            said = "the provider's answer did not come" if there.lost else "the hub was stopped before it ended"
            what = f"may be used up: its exchange began at {there.begun[:19]}Z, and {said}"
            return Malformed(Problem(name, what, hint))
        what = f"is being exchanged since {there.begun[:19]}Z by another reading"
        return Unavailable(Problem(name, what, f"read it again in some minutes; if no other reading is left, {hint}"))

    def _there(self, kept: Kept, name: str) -> Exchanges:
        feed = kept.feeds.find(self._district, self._source)
        if feed is None or name not in feed.settings:
            raise Conflict(Problem(name, f"is no longer a setting of {self._source}"))
        return exchanges(kept, feed, name)

    def _put(self, kept: Kept, name: str, said: Exchanges) -> None:
        kept.sources.keep_file(self._district, self._source, RENEWED + name, msgspec.json.encode(said))

    @property
    def _key(self) -> bytes:
        return self._store.secret(KEY)


def exchanges(kept: Kept, feed: Feed, name: str) -> Exchanges:
    """How the exchanges went of the secret that was set last; of one that was set before they do not count."""
    sealed = _sealed(feed.settings, name)
    of = hashlib.sha256(sealed.encode()).hexdigest()
    data = kept.sources.file(feed.district, feed.source, RENEWED + name)
    found = msgspec.json.decode(data, type=Exchanges) if data else None
    return found if found and found.of == of else Exchanges(of, sealed)


def _sealed(settings: Mapping[str, Any], name: str) -> str:
    return str(settings[name]["sealed"])
