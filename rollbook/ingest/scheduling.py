"""Sources that are read at set times: every night, or every so often."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import UTC, datetime

from ..errors import Malformed, Problem
from ..jobs import Queue
from ..store.kept.feeds import ON, Feed
from ..store.port import Store

NIGHTLY = "nightly"

NIGHT = 3 * 3600
"""When the night's readings begin, in seconds of a day (UTC)."""

SPREAD = 3600
"""Over how many seconds they are spread, each source always at the same time, so that they do not begin together."""

PAUSE = 30.0
"""Seconds between two looks at what is due."""

UNITS = {"m": 1, "h": 60, "d": 1440}

LEAST = 5
"""Minutes that have to be between two readings."""


def every(words: str) -> str:
    """A schedule of words such as `30m`, `2h` or `1d`; `never` is none. Raises `Malformed` for others."""
    if words == "never":
        return ""
    number, unit = words[:-1], words[-1:]
    minutes = int(number) * UNITS[unit] if words.isascii() and number.isdecimal() and unit in UNITS else 0
    if minutes < LEAST:
        raise Malformed(
            Problem("every", f"{words!r} is not a time", f"such as 30m, 2h, 1d or never; at least {LEAST}m")
        )
    return str(minutes)


def in_words(schedule: str) -> str:
    """A schedule as people say it."""
    if schedule in ("", NIGHTLY):
        return schedule or "when its data is asked for"
    minutes = int(schedule)
    unit = next(unit for unit in reversed(UNITS) if minutes % UNITS[unit] == 0)
    return f"every {minutes // UNITS[unit]}{unit}"


def due(feed: Feed, last: float | None, now: float) -> bool:
    """Whether a source has to be read, which last was at a moment (seconds since 1970)."""
    if not feed.schedule or feed.state != ON:
        return False
    if last is None:
        return True
    if feed.schedule == NIGHTLY:
        return last < _night(feed, now) <= now
    return now >= last + int(feed.schedule) * 60


def _night(feed: Feed, now: float) -> float:
    """When the source is read tonight."""
    place = zlib.crc32(f"{feed.district}/{feed.source}".encode()) % SPREAD
    return now - now % 86400 + NIGHT + place


class Schedules:
    """Has sources read when it is time: each becomes a job, so what is due is not lost when the hub stops."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._looked = float("-inf")

    def __call__(self, queue: Queue) -> None:
        """Look at what is due, now and then."""
        now = self.clock()
        if now < self._looked + PAUSE:
            return
        self._looked = now
        for feed in queue.store.kept.feeds.every():
            if due(feed, _last(queue.store, feed) if feed.schedule else None, now):
                _add(queue, feed)


def _last(store: Store, feed: Feed) -> float | None:
    runs = store.kept.feeds.runs(feed.district, feed.source, 1)
    return datetime.fromisoformat(runs[0].started).replace(tzinfo=UTC).timestamp() if runs else None


def _add(queue: Queue, feed: Feed) -> None:
    key = f"{feed.district}/{feed.source}"
    if not queue.pending("sync", key):
        queue.add("sync", {"district": feed.district, "source": feed.source}, key=key)
