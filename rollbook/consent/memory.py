"""What was looked up in the present state of the hub, so that the next request need not look again."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..recent import forget_everybody
from ..store.kept import Kept
from ..store.port import Store
from .credentials import Holder
from .grants import zone_of
from .tokens import ManagementPass, SchoolPass


@dataclass(frozen=True)
class Admission:
    """What was looked up of who is admitted and what is granted; a write that changes records alone leaves it be."""

    said: str | None = None
    """What the store says of it, which is another text after any change of it."""
    endings: tuple[float, ...] = ()
    ended: int = 0
    """How many moments had come that schools named, for the ends of grants or for what else they decided for later."""
    today: str = ""
    known: dict[object, Any] = field(default_factory=dict[object, Any])


@dataclass(frozen=True)
class Remembered:
    """What was looked up in one state of the hub: as the files' versions are, and as many grants have ended."""

    versions: tuple[int, ...] = ()
    admission: Admission = field(default_factory=Admission)
    passes: dict[bytes, SchoolPass | ManagementPass] = field(default_factory=dict[bytes, Any])
    holders: dict[tuple[str, bytes], Holder] = field(default_factory=dict[tuple[str, bytes], Holder])
    known: dict[object, Any] = field(default_factory=dict[object, Any])

    @property
    def state(self) -> tuple[int, ...]:
        """What tells this state from others."""
        return (*self.versions, self.admission.ended)

    def after(self, versions: tuple[int, ...], admission: Admission) -> Remembered:
        """What is left of it in a later state: whom it admitted, unless a token may have come or gone meanwhile."""
        if admission is self.admission and versions[1:] == self.versions[1:]:
            return Remembered(versions, admission, self.passes, self.holders)
        return Remembered(versions, admission)


@dataclass(frozen=True)
class _Settled:
    """In which state a request is answered, and how far this process's transactions had come when it was found."""

    memory: Memory
    remembered: Remembered
    turns: int


_SETTLED: ContextVar[_Settled | None] = ContextVar("settled", default=None)


class Memory:
    """Notices, from one request to the next, what another process changed, and forgets what was of an earlier state.

    A request is answered in the state in which it was begun (`settle`): another process that writes meanwhile might
    as well have written after it. What this process writes is noticed at once.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._remembered = Remembered()
        self._erased: int | None = None

    def fresh(self) -> tuple[int, ...]:
        """The state of records, tokens and grants; what was remembered of an earlier one is forgotten."""
        return self._present().state

    def settle(self) -> tuple[int, ...]:
        """The newest state, in which the present request is answered from now on."""
        turns, remembered = self._store.turns, self._newest()
        _SETTLED.set(_Settled(self, remembered, turns))
        return remembered.state

    def glance(self) -> tuple[int, ...] | None:
        """The same without any waiting; None when something has changed, or waiting is needed to tell."""
        remembered, versions = self._remembered, self._store.watch.at_once()
        if versions is None or versions != remembered.versions:
            return None
        return *versions, self._ended(remembered.admission.endings)

    def today(self, time_zone: str) -> str:
        """The day as of which a school is read: its own today, unless the data directory has stopped the clock."""
        now = datetime.fromtimestamp(self._clock(), zone_of(time_zone))
        return self._remembered.admission.today or now.date().isoformat()

    def passes(self) -> dict[bytes, SchoolPass | ManagementPass]:
        """What each token stands for, as far as that was looked up in the present state; to be added to."""
        return self._present().passes

    def holders(self) -> dict[tuple[str, bytes], Holder]:
        """Who shows which token of a credential, as far as that was looked up in the present state; to be added to."""
        return self._present().holders

    def known(self) -> dict[object, Any]:
        """Whatever else was looked up in the present state, under keys of those who did; to be added to."""
        return self._present().known

    def granted(self) -> dict[object, Any]:
        """What else was looked up of what is granted, as `known`; it is kept while records alone are written."""
        return self._present().admission.known

    def _present(self) -> Remembered:
        """What was looked up in the state in which the present request is answered; without one, in the newest."""
        settled = _SETTLED.get()
        if settled is not None and settled.memory is self and settled.turns == self._store.turns:
            return settled.remembered
        return self._newest()

    def _newest(self) -> Remembered:
        """What was looked up in the present state of the hub.

        A thread that has begun in an earlier state adds to the memory of that one, which nobody asks any more.
        """
        remembered, versions = self._remembered, self._store.watch.versions()
        if versions == remembered.versions and self._ended(remembered.admission.endings) == remembered.admission.ended:
            return remembered
        self._remembered = remembered.after(versions, self._admission(remembered.admission))
        return self._remembered

    def _admission(self, before: Admission) -> Admission:
        """What was looked up of who is admitted; nothing yet, where that may be otherwise now."""
        kept = self._store.kept
        # First of all: a change that comes after this is noticed the next time.
        said = kept.settings.admission()
        if said != before.said:
            self._forget_erased(kept)
        if said == before.said and self._ended(before.endings) == before.ended:
            return before
        endings = tuple(sorted((*kept.grants.named_ends(), *kept.planned.moments())))
        return Admission(said, endings, self._ended(endings), self._store.setting("today") or "")

    def _forget_erased(self, kept: Kept) -> None:
        """Let go of what is in memory of people, once somebody of them has been erased, by whatever process."""
        before, self._erased = self._erased, kept.erasures.count()
        if before not in (None, self._erased):
            forget_everybody()

    def _ended(self, endings: tuple[float, ...]) -> int:
        """How many of some moments have come."""
        return bisect.bisect_right(endings, self._clock())
