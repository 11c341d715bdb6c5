"""Whether a hub can answer now: each thing that it needs is looked at, and told by a word to whoever asks."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..store.examining import LEAST_FREE
from ..store.opening import known_layout
from ..store.port import Store

WORKER_SECONDS = 120.0
"""A worker that has not come round for so long does nothing any more, or one job for too long."""

FOLDED_SECONDS = 300.0
"""For so long, disclosures may wait in the journals before they are in the ledger."""

BACK_SECONDS = 60.0
"""By so much, clocks of servers may differ; records that were written later than that tell of a clock set back."""

KEPT_SECONDS = 1.0
"""For how long what was found is told again, however often it is asked for."""

Beat = Callable[[str], float | None]
"""The latest of what processes hold: `beat` when a worker came round, `folded` when journals were taken in."""


class Failed(Exception):
    """What a check found; its words are for the log of those who run the hub."""


@dataclass(frozen=True)
class Found:
    """What each check found: an empty text where it is well."""

    checks: Mapping[str, str]

    @property
    def ready(self) -> bool:
        """Whether all is well."""
        return not any(self.checks.values())


class Readiness:
    """Looks at what a hub needs; may be asked by any thread, and however often."""

    def __init__(
        self, store: Store, beat: Beat, clock: Callable[[], float] = time.time, kept: float = KEPT_SECONDS
    ) -> None:
        self._store = store
        self._beat = beat
        self._clock = clock
        self._kept = kept
        self._lock = threading.Lock()
        self._found: Found | None = None
        self._until = 0.0

    def look(self) -> Found:
        """What there is to find now."""
        with self._lock:
            if self._found is None or time.monotonic() > self._until:
                self._found = Found({name: _said(check) for name, check in self._checks().items()})
                self._until = time.monotonic() + self._kept
            return self._found

    def _checks(self) -> Mapping[str, Callable[[], None]]:
        return {
            "store": self._check_store,
            "ledger": self._check_ledger,
            "worker": self._check_worker,
            "disk": self._check_disk,
            "clock": self._check_clock,
            "migrations": self._check_migrations,
        }

    def _check_store(self) -> None:
        self._store.kept.settings.get("readiness")
        self._store.passing.jobs.queued()

    def _check_ledger(self) -> None:
        self._store.ledger.check()
        self._recent("folded", FOLDED_SECONDS, "disclosures have not been taken into the ledger")

    def _check_worker(self) -> None:
        self._recent("beat", WORKER_SECONDS, "no worker has come round")

    def _recent(self, name: str, seconds: float, what: str) -> None:
        last = self._beat(name)
        if last is None or time.time() - last > seconds:
            raise Failed(what if last is None else f"{what} for {time.time() - last:.0f} seconds")

    def _check_disk(self) -> None:
        free = shutil.disk_usage(self._store.folder).free
        if free < LEAST_FREE:
            raise Failed(f"{free // 1024 // 1024} MB are left on the disk of {self._store.folder}")

    def _check_clock(self) -> None:
        last = self._store.kept.condition.last_write()
        if last is not None and last - self._clock() > BACK_SECONDS:
            raise Failed(f"records were written {last - self._clock():.0f} seconds from now")

    def _check_migrations(self) -> None:
        layout, known = self._store.layout(), known_layout()
        if layout != known:
            raise Failed(f"the records have the layout {layout}, and this program knows {known}")


def _said(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:
        # Whatever hinders a check hinders the hub.
        return str(error) or type(error).__name__
    return ""
