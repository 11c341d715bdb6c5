"""Readers are made here: for one grant, for whoever holds a credential, and for what anybody may read."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any

from ..recent import once
from ..scopes import writable
from ..store.port import Store
from .checking import Checker
from .credentials import Credential, Holder
from .district import DistrictReader
from .gaps import Gap
from .grants import Grant
from .memory import Memory
from .reader import Reader
from .renewing import RecentRows
from .rights import WRITTEN
from .shared import SharedReader
from .slips import asked_by
from .waiting import WaitingReader

_NEVER = (None, ())


class Readers:
    """Makes a reader for whoever asks, for what they are granted now."""

    def __init__(self, store: Store, clock: Callable[[], float], memory: Memory) -> None:
        self._store = store
        self._clock = clock
        self._memory = memory
        self.recent = RecentRows()
        """The rows of lists that were asked for last, whoever asked."""

    def for_grant(self, grant: Grant) -> Reader:
        """The reader for what a grant holds now."""
        known = self._memory.known()
        return Reader(self._store, grant, self._memory.today(grant.time_zone), known, self.recent)

    def for_holder(self, holder: Holder) -> tuple[DistrictReader, ...]:
        """A reader for each district in which the holder's app has something granted, or that it made itself."""
        found = self._each(holder.credential)
        asked_by(holder.app.id, (g for reader in found for g in reader.grant_ids), holder.person)
        return found

    def of_district(
        self, credential: Credential, district: int, identifier: str, grants: list[Grant]
    ) -> DistrictReader:
        """The reader of one district for a credential that holds these grants there.

        `identifier` is what others know the district by, or empty.
        """
        return self._of_district(credential, district, identifier, grants, self._memory.known())

    def shared(self) -> SharedReader:
        """The reader of what all districts share."""
        known = self._memory.known()
        return SharedReader(self._store, self._memory.today("UTC"), known)

    def waiting(self, holder: Holder) -> WaitingReader:
        """The reader of the humans whom the holder's app told of and who have no role."""
        known = self._memory.known()
        return WaitingReader(self._store, holder.credential, self._memory.today("UTC"), known)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What the hub lost when it was restored, each time."""
        return once(self._memory.granted(), "gaps", self._store.kept.settings.gaps)

    def final(self, readers: Iterable[DistrictReader | SharedReader | WaitingReader]) -> int:
        """A number up to which all writes that some readers read are there: who has read so far misses none."""
        return self._store.final({reader.district for reader in readers})

    @contextmanager
    def checker(self, grant: Grant) -> Generator[Checker]:
        """What a write-back of a grant may name, as of one moment of the store."""
        with self._store.lend(grant.district) as kept:
            yield Checker(kept, grant, self._memory.today(grant.time_zone))

    def reach(self, credential: Credential) -> frozenset[str]:
        """The scopes that a key has: those that its words let through of what the schools it reaches granted."""
        held = {name for _, grants in self._districts(credential).values() for g in grants for name in g.scopes}
        beside = {name for name in writable(held) if name not in WRITTEN}
        return frozenset(held & credential.scopes) - beside

    def _each(self, credential: Credential) -> tuple[DistrictReader, ...]:
        known, key = self._memory.known(), ("readers", credential.id)
        now = self._memory.today("UTC"), int(self._clock() // 900)
        if known.get(key, _NEVER)[0] != now:
            known[key] = now, tuple(reader.afresh(known) for reader in self._granted(credential, now))
        return known[key][1]

    def _granted(self, credential: Credential, now: object) -> tuple[DistrictReader, ...]:
        """The readers for a credential, as they are until something is granted or taken back, or it is another day."""
        granted, key = self._memory.granted(), ("readers", credential.id)
        if granted.get(key, _NEVER)[0] != now:
            found, known = self._districts(credential).items(), self._memory.known()
            each = (self._of_district(credential, number, *held, known) for number, held in found)
            granted[key] = now, tuple(each)
        return granted[key][1]

    def _of_district(
        self, credential: Credential, district: int, identifier: str, grants: list[Grant], known: dict[object, Any]
    ) -> DistrictReader:
        today = self._memory.today(grants[0].time_zone if grants else "UTC")
        more = (self.recent, self.gaps)
        return DistrictReader(self._store, credential, district, identifier, grants, today, known, *more)

    def _districts(self, credential: Credential) -> dict[int, tuple[str, list[Grant]]]:
        """By district, what others know it by and the grants of a credential's app that are active."""
        key = ("districts", credential.app.id, credential.district)
        return once(self._memory.granted(), key, lambda: self._look_up(credential))

    def _look_up(self, credential: Credential) -> dict[int, tuple[str, list[Grant]]]:
        kept, app, district = self._store.kept, credential.app.id, credential.district
        found: dict[int, list[Grant]] = {number: [] for number in kept.apps.founded(app, district)}
        # A key for every district is one for every real one: invented people are never mixed with others.
        invented = frozenset[int]() if district else kept.sandboxes.districts(app)
        for grant in kept.grants.active(app, district):
            if grant.district in invented:
                continue
            found.setdefault(grant.district, []).append(grant)
        named = kept.schools.identifiers()
        return {number: (named.get(number) or "", grants) for number, grants in sorted(found.items())}
