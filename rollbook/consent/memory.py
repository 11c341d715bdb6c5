"""What was looked up in the present state of the hub, so that the next request need not look again."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..store.port import Store
from .credentials import Holder
from .grants import zone_of
from .tokens import ManagementPass, SchoolPass


@dataclass
class Remembered:
    """What was looked up in one state of the hub: as the files' versions are, and as many grants have ended."""

    versions: tuple[int, ...] = ()
    endings: tuple[float, ...] = ()
    today: str = ""
    ended: int = 0
    passes: dict[bytes, SchoolPass | ManagementPass] = field(default_factory=dict[bytes, Any])
    holders: dict[tuple[str, bytes], Holder] = field(default_factory=dict[tuple[str, bytes], Holder])
    known: dict[object, Any] = field(default_factory=dict[object, Any])

    @property
    def state(self) -> tuple[int, ...]:
        """What tells this state from others."""
        return (*self.versions, self.ended)


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
        return None if versions is None or versions != remembered.versions else (*versions, self._ended(remembered))

    def today(self, time_zone: str) -> str:
        """The day as of which a school is read: its own today, unless the data directory has stopped the clock."""
        return self._remembered.today or datetime.fromtimestamp(self._clock(), zone_of(time_zone)).date().isoformat()

    def passes(self) -> dict[bytes, SchoolPass | ManagementPass]:
        """What each token stands for, as far as that was looked up in the present state; to be added to."""
        return self._present().passes

    def holders(self) -> dict[tuple[str, bytes], Holder]:
        """Who shows which token of a credential, as far as that was looked up in the present state; to be added to."""
        return self._present().holders

    def known(self) -> dict[object, Any]:
        """Whatever else was looked up in the present state, under keys of those who did; to be added to."""
        return self._present().known

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
        ended = self._ended(remembered)
        if versions == remembered.versions and ended == remembered.ended:
            return remembered
        remembered = Remembered(versions, self._store.kept.grants.named_ends(), self._store.setting("today") or "")
        remembered.ended = self._ended(remembered)
        self._remembered = remembered
        return remembered

    def _ended(self, remembered: Remembered) -> int:
        """How many grants have come to the moment that their schools named."""
        return bisect.bisect_right(remembered.endings, self._clock())
